//! What the law costs: recomputing what is owed, and planning what is open, for a thousand and for a million.
//!
//! `cargo bench --bench rules` measures everything; names after `--` only those: `-- duties plan read`. Each figure is the median of
//! five runs; the growth is held against n log n from the smallest to the largest.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a measurement that cannot be made must stop, not go on"
)]

mod duties;
mod planning;

use std::hint::black_box;
use std::time::Instant;

use kasnec::assets;
use kasnec::item::Kinds;
use kasnec::rules::Rules;

/// How many of each.
pub const SIZES: [usize; 4] = [1_000, 10_000, 100_000, 1_000_000];
const RUNS: usize = 5;

fn main() {
    let asked: Vec<String> = std::env::args().skip(1).filter(|arg| !arg.starts_with('-')).collect();
    let wanted = |name: &str| asked.is_empty() || asked.iter().any(|asked| asked == name);
    let kinds = kinds();
    let rules = read(&kinds);
    if wanted("read") {
        println!("reading all rules and calendars: {:.1} ms", median(|| read(&kinds)) * 1000.0);
    }
    if wanted("duties") {
        grows("what is owed, recomputed", &duties::measure(&rules));
    }
    if wanted("plan") {
        grows("open deliveries, planned on 8 accounts", &planning::measure());
    }
}

fn kinds() -> Kinds {
    let texts = assets::texts("kinds", None).unwrap();
    Kinds::parse(texts.iter().map(|(file, text)| (file.as_str(), text.as_str()))).unwrap()
}

fn read(kinds: &Kinds) -> Rules {
    let texts = assets::texts("rules", None).unwrap();
    Rules::parse(texts.iter().map(|(file, text)| (file.as_str(), text.as_str())), kinds).unwrap()
}

/// Seconds of one run: the median of five.
pub fn median<T>(mut run: impl FnMut() -> T) -> f64 {
    let mut took: Vec<f64> = (0..RUNS)
        .map(|_| {
            let began = Instant::now();
            black_box(run());
            began.elapsed().as_secs_f64()
        })
        .collect();
    took.sort_by(f64::total_cmp);
    took[RUNS / 2]
}

/// Prints how long each number took, and how that grew beside n log n.
fn grows(what: &str, sizes: &[(usize, f64)]) {
    println!("{what}:");
    for (count, seconds) in sizes {
        println!(
            "  {count:>9}  {:>9.1} ms  {:>7.0} ns each",
            seconds * 1e3,
            seconds * 1e9 / as_f64(*count)
        );
    }
    if let (Some((few, quick)), Some((many, slow))) = (sizes.first(), sizes.last()) {
        let weight = |count: usize| as_f64(count) * as_f64(count).ln();
        println!(
            "  growth from {few} to {many}: {:.2} of n log n (aim <= 1.0)",
            slow / quick / (weight(*many) / weight(*few))
        );
    }
    if let Some((_, seconds)) = sizes.iter().find(|(count, _)| (100_000..200_000).contains(count)) {
        println!("  100,000: {:.0} ms (aim: well under 1,000 ms)", seconds * 1e3);
    }
}

#[allow(clippy::cast_precision_loss, reason = "counts far below 2^52")]
fn as_f64(count: usize) -> f64 {
    count as f64
}
