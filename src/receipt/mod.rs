//! The outcome and the proof: a closed vocabulary for what a remote call came to, and what is kept of it.

pub mod alarm;
pub mod chain;
pub mod failure;
pub mod finding;
pub mod key;
pub mod object;
pub mod outcome;
pub mod scrub;
pub mod state;
pub mod words;

pub use alarm::AlarmKind;
pub use failure::{Failure, FailureCode};
pub use finding::{Doubt, Finding, Glance, View};
pub use object::{Object, Objects, Phase};
pub use outcome::{Answer, Receipt, Sighting, Wait};
pub use scrub::Scrub;
pub use state::{Action, State};
