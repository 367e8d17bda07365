//! What the plan and the law ask of an office. Pure: rules, facts and the zone in, duties and deadlines out.
//!
//! `docs/RULES.md` is the language of the files. From the bottom up: [`span`](Span) and [`reading`](Reading) say how much and how, `count` counts,
//! [`due`](Due) puts a rule's readings together, [`duty`](Duty) says what is owed.

mod calendar;
mod check;
mod count;
mod due;
mod duty;
mod easter;
mod file;
mod period;
mod reading;
mod rule;
#[allow(clippy::module_inception, reason = "the rules as a whole, in the folder of all that makes them")]
mod rules;
mod span;
mod step;

pub use calendar::{Calendar, DayOff, Status, Written};
pub use due::{Counted, Due, Known, Unsettled};
pub use duty::{Duty, Subject, Told};
pub use file::BadRules;
pub use period::Period;
pub use reading::{Certainty, Count, Direction, Exclude, Reading, Roll};
pub use rule::{
    About, Channels, Escalation, Every, Evidence, Follows, GROUPS, Languages, Length, Measure, PERIOD_END, PERIOD_START, PUBLISHED,
    Principle, QUEUED, Rule, Severity, Told as Recipients, Variation,
};
pub use rules::{Bound, Deadline, Explained, Plan, Rules};
pub use span::{Span, Unit};
pub use step::{Step, Variant};
