//! What was owed and when it was met: obligations followed whether or not anybody has written anything, warnings, the report.
//!
//! [`refresh`](refresh::refresh) brings the register up to date: it opens what the rules newly ask for, revises what a changed rule or fact
//! moves, and ends what was met or is no longer owed. What has ended never changes. Everything else here reads.

mod ahead;
pub mod due;
pub mod entries;
pub mod entry;
pub mod error;
pub mod explain;
pub mod fulfil;
pub mod ical;
mod keep;
pub mod letters;
pub mod post;
pub mod prospect;
pub mod refresh;
pub mod report;
pub mod settle;
pub mod speaker;
pub mod view;
pub mod warn;
pub mod watch;

pub use due::{Detail, Filter, Line, Standing, detail, due, duties_of};
pub use entries::report;
pub use error::RegisterError;
pub use refresh::refresh;
pub use speaker::Speaker;
pub use watch::watch;
