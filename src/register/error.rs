//! Why the register cannot do what it is asked.

use crate::store::StoreError;

/// The closed set.
#[derive(Debug, thiserror::Error)]
pub enum RegisterError {
    /// The store could not do it.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The person may not do this.
    #[error(transparent)]
    Act(#[from] crate::acts::ActError),
    /// The obligation has ended.
    #[error("duty {0} has ended already ({1}); what has ended never changes. See: kasnec due --all")]
    Ended(i64, String),
    /// The reason was given.
    #[error("duty {0} has its reason already: \"{1}\". What was given is kept for ever")]
    HasReason(i64, String),
    /// Nobody of that name owes anything.
    #[error("the office has no unit \"{0}\"; there are: {known}", known = .1.join(", "))]
    UnknownUnit(String, Vec<String>),
    /// It is in time.
    #[error("duty {0} is not late; a reason is asked for only once it is")]
    NotLate(i64),
    /// What is overdue is not lifted.
    #[error(
        "duty {0} is overdue: that cannot be lifted any more. Say why it is late: kasnec due reason {0} --reason \"…\", or when it was met: kasnec due settle {0} --proof \"…\""
    )]
    Overdue(i64),
    /// The days of a report.
    #[error("a report from {0} to {1} cannot be made: the last day must not lie before the first, nor more than ten years after it")]
    Range(chrono::NaiveDate, chrono::NaiveDate),
    /// Something must be said.
    #[error("{0} is empty; say it in a sentence: it is kept for ever and told in the transparency report")]
    Empty(&'static str),
    /// The time lies ahead.
    #[error("it cannot have been met in the future; leave --at away, or mend it")]
    Ahead,
}
