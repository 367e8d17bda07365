//! The storage's faults: a power cut, a full disk, a locked, read-only or damaged file, a database that goes away.

pub mod damage;
mod disk;
pub mod full;
pub mod import;
pub mod locked;
mod notes;
mod office;
pub mod postgresql;
pub mod power;
mod standing;

use super::outcome::Outcome;
use super::{guarded, postgres};

/// Says what is wrong, and counts it.
fn complain(outcome: &mut Outcome, what: &str) {
    println!("{what}");
    outcome.wrong += 1;
}
