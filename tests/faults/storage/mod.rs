//! The storage's faults: a power cut, a full disk, a locked, read-only or damaged file, a database that goes away.

mod disk;
#[path = "../../support/guarded.rs"]
mod guarded;
mod notes;
mod office;
pub mod power;
mod standing;
