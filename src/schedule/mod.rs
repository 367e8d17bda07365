//! When each delivery goes: earliest deadline first, under each channel's pace. Pure: everything, the time included, is handed in.

mod forecast;
mod hours;
mod pace;
mod plan;

pub use forecast::{Forecast, Line, Miss, Waiting, forecast};
pub use hours::{BadHours, OfficeHours};
pub use pace::{local_day, quiet_until};
pub use plan::{Asked, Route, Slot, plan};
