//! The watchdog: what is due and not confirmed, whatever the reason; an alarm a cause, raised once and cleared when it is over; and one
//! letter to whoever keeps a channel that stands still.
//!
//! It believes nothing that a worker says of itself: it looks at the store with its own eyes, in every process that runs.

mod cause;
mod house;
mod keeper;
mod letter;
mod look;
mod mail;
mod tell;
mod watchdog;
mod words;

pub use look::{Shown, current};
pub use watchdog::{Watchdog, send_letters, watch};
pub use words::{Said, said};
