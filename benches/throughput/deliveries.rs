//! Deliveries a second, and processor time each: render, draft, publication, receipts and ledger against a bare queue with one POST.

use std::time::{Duration, Instant};

use crate::office::Office;
use crate::process::cpu;
use crate::reference::Reference;
use crate::sink::Sink;
use crate::table::Table;

/// How one run went.
struct Run {
    count: usize,
    took: Duration,
    cpu: Duration,
    lost: usize,
    doubled: usize,
}

impl Run {
    fn rate(&self) -> f64 {
        as_f64(self.count) / self.took.as_secs_f64()
    }

    fn cpu_ms(&self) -> f64 {
        self.cpu.as_secs_f64() * 1000.0 / as_f64(self.count)
    }
}

/// Measures and adds the rows.
pub async fn measure(table: &mut Table) {
    let count = std::env::var("BENCH_ITEMS")
        .ok()
        .and_then(|count| count.parse().ok())
        .unwrap_or(10_000);
    let kasnec = deliver(count).await;
    let one = bare(count, 1).await;
    let three = bare(count, 3).await;
    table.compared("deliveries, each of three calls", "/s", kasnec.rate(), one.rate(), ">= 1,500 /s");
    table.compared("processor time a delivery", "ms", kasnec.cpu_ms(), one.cpu_ms(), "<= 0.50 ms");
    table.compared(
        "… beside a bare queue with the same three calls",
        "/s",
        kasnec.rate(),
        three.rate(),
        "",
    );
    table.compared("… its processor time", "ms", kasnec.cpu_ms(), three.cpu_ms(), "");
    table.compared("lost", "", as_f64(kasnec.lost), as_f64(one.lost), "0");
    table.compared("doubled", "", as_f64(kasnec.doubled), as_f64(one.doubled), "0");
}

async fn deliver(count: usize) -> Run {
    let mut sink = Sink::start();
    let office = Office::open(&sink.url).await;
    office.approve(count).await;
    let before = cpu();
    let took = office.deliver().await;
    let cpu = cpu().saturating_sub(before);
    let seen = sink.seen();
    Run {
        count,
        took,
        cpu,
        lost: count - seen.values().filter(|post| post.public > 0).count(),
        doubled: seen.values().filter(|post| post.made > 1).count(),
    }
}

async fn bare(count: usize, calls: usize) -> Run {
    let mut sink = Sink::start();
    let reference = Reference::open(&sink.url, calls);
    reference.enqueue(count, |_| 0);
    let (before, began) = (cpu(), Instant::now());
    reference.run().await;
    let (took, cpu) = (began.elapsed(), cpu().saturating_sub(before));
    let seen = sink.seen();
    let wanted = u32::try_from(calls).unwrap();
    Run {
        count,
        took,
        cpu,
        lost: count - seen.len(),
        doubled: seen.values().filter(|job| job.made > wanted).count(),
    }
}

/// Counts are small enough for this to be exact.
#[allow(clippy::cast_precision_loss, reason = "counts far below 2^52")]
pub fn as_f64(count: usize) -> f64 {
    count as f64
}
