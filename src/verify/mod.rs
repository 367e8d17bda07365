//! Whether what was delivered still stands: looked at as a citizen would, soon after and again the next day, and compared with what was sent.
//!
//! What was changed or taken down is told to a person, never put up again. An outage is no finding: the look is made again.

mod aside;
mod citizen;
mod expect;
mod feed;
mod html;
mod look;
mod reading;
mod subject;
mod text;
mod turns;
mod visit;
mod watch;
mod weigh;
mod whose;

pub use expect::Expected;
pub use feed::CUT;
pub use reading::{Reading, Visited};
pub use text::{Difference, Plain};
pub use watch::{round, watch};
pub use weigh::Saw;
