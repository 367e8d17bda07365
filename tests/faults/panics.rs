//! Panics that nobody waits for: a task or a thread that dies of one takes nobody with it, and the program goes on as if it had only failed.

use std::sync::Once;
use std::sync::atomic::{AtomicU64, Ordering};

use super::outcome::Outcome;

static PANICS: AtomicU64 = AtomicU64::new(0);

/// From now on every panic is counted, but for those that the fuzz targets provoke and catch.
pub fn watch() {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let usual = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            PANICS.fetch_add(1, Ordering::SeqCst);
            usual(panic);
        }));
    });
}

/// A line of the table: how many there were while so many faults were played.
pub fn outcome(faults: usize, seed: u64) -> Outcome {
    let mut outcome = Outcome::new("nothing panicked unseen, in as many rows", seed);
    outcome.runs = faults as u64;
    outcome.wrong = PANICS.load(Ordering::SeqCst);
    outcome
}

#[test]
fn a_panic_on_a_thread_of_its_own_is_counted() {
    watch();
    let before = PANICS.load(Ordering::SeqCst);
    let _ = std::thread::spawn(|| panic!("counted on purpose")).join();
    assert!(PANICS.load(Ordering::SeqCst) > before);
}
