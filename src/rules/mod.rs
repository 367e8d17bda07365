//! What the plan and the law ask of an item. Pure: rules, facts and the zone in, a deadline out.

mod count;
mod rule;

pub use count::Reading;
pub use rule::{BadRules, Deadline, Rule, Rules};
