//! What Kasnec costs: deliveries, lateness, claims, renders, memory and start, each beside a bare reference in the same run.
//!
//! `cargo bench --bench throughput` measures everything; names after `--` only those: `-- deliveries lateness claims renders slow rest`.
//! `BENCH_ITEMS` is the number of items of the first figure. The remote is a process of its own, so that its time is not counted.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a measurement that cannot be made must stop, not go on"
)]

mod claims;
mod deliveries;
mod lateness;
mod office;
mod process;
mod reference;
mod remote;
mod renders;
mod rest;
mod sink;
mod slow;
mod table;

use table::Table;

fn main() {
    let asked: Vec<String> = std::env::args().skip(1).filter(|arg| !arg.starts_with('-')).collect();
    if asked.first().is_some_and(|first| first == remote::ROLE) {
        return remote::run();
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    runtime.block_on(measure(&asked));
}

async fn measure(asked: &[String]) {
    let wanted = |name: &str| asked.is_empty() || asked.iter().any(|asked| asked == name);
    let mut table = Table::default();
    if wanted("deliveries") {
        deliveries::measure(&mut table).await;
    }
    if wanted("lateness") {
        lateness::measure(&mut table).await;
    }
    if wanted("claims") {
        claims::measure(&mut table).await;
    }
    if wanted("renders") {
        renders::measure(&mut table).await;
    }
    if wanted("slow") {
        slow::measure(&mut table).await;
    }
    if wanted("rest") {
        rest::measure(&mut table).await;
    }
    println!("\n{table}");
}
