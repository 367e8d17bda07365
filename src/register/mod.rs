//! What was owed and when it was met: obligations followed whether or not anybody has written anything, warnings, the report.
//!
//! [`refresh`](refresh::refresh) brings the register up to date: it opens what the rules newly ask for, revises what a changed rule or fact
//! moves, and ends what was met or is no longer owed. What has ended never changes. Everything else here reads.

mod ahead;
pub mod due;
pub mod error;
pub mod fulfil;
mod keep;
pub mod prospect;
pub mod refresh;
pub mod settle;
pub mod view;

pub use due::{Filter, Line, Standing, due};
pub use error::RegisterError;
pub use refresh::refresh;
