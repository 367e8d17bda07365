//! Why an act is refused.

use crate::item::Problems;
use crate::render::RenderError;
use crate::store::StoreError;
use crate::store::rows::Role;

/// The closed set.
#[derive(Debug, thiserror::Error)]
pub enum ActError {
    /// The item is wrong.
    #[error("{0}")]
    Problems(#[from] Problems),
    /// The person's role does not allow it.
    #[error("{0} is {1} here; this needs the role of {2}. Ask somebody who has it, or an administrator: kasnec user add")]
    NotAllowed(String, Role, Role),
    /// The office is not configured.
    #[error("there is no office \"{0}\" in the configuration; there are: {1}")]
    UnknownOffice(String, String),
    /// The reference stands for something else that was approved.
    #[error(
        "\"{0}\" is approved already and says something else. Nothing was changed. To change what is published: kasnec item correct \"{0}\" FILE --reason \"…\""
    )]
    Differs(String),
    /// Nothing waits for approval.
    #[error("nothing of \"{0}\" waits for approval; see: kasnec item show \"{0}\"")]
    NothingToApprove(String),
    /// Only what is approved can be corrected, postponed or withdrawn.
    #[error("\"{0}\" is not approved yet: queue the better text again, or approve it first")]
    NotApproved(String),
    /// It was withdrawn.
    #[error("\"{0}\" was withdrawn; a new notice needs a reference of its own")]
    Withdrawn(String),
    /// A correction must keep its reference and kind.
    #[error("the correction names {0} \"{1}\", but the item's is \"{2}\"; keep it, or queue a new item")]
    OtherItem(&'static str, String, String),
    /// A correction that nobody has approved would be lost.
    #[error(
        "a correction of \"{0}\" waits for approval and would be lost: approve it first, or withdraw the item. See: kasnec item show \"{0}\""
    )]
    CorrectionWaits(String),
    /// Two items of one batch bear the same reference.
    #[error("two of the items bear the reference \"{0}\"; give each its own. Nothing was queued")]
    TwiceInBatch(String),
    /// A correction must change something.
    #[error("the correction says the same as what is approved; nothing was changed")]
    NothingChanged,
    /// A language in which it stands is gone from the correction.
    #[error(
        "the correction of \"{0}\" drops {1}, in which it is published already: what stands in {1} would stay uncorrected. Write {1} too, or withdraw the item"
    )]
    DropsLanguage(String, String),
    /// An act needs a reason.
    #[error("a reason is needed: it is shown to citizens and kept for ever. Add --reason \"Mungesë kuorumi\"")]
    NoReason,
    /// The kind has no event to postpone.
    #[error("an item of the kind \"{0}\" has no event that could be postponed; correct it instead")]
    NoEvent(String),
    /// The kind is followed, not published.
    #[error("an item of the kind \"{0}\" is followed, not published: there is nothing to approve")]
    NotPublished(String),
    /// A channel cannot say it.
    #[error("the channel \"{0}\" cannot say it: {1}. Nothing was approved")]
    Unsayable(String, RenderError),
    /// The channel is not one of the office's.
    #[error("the office has no account \"{0}\"; it has: {1}")]
    UnknownAccount(String, String),
    /// The item is not written in that language.
    #[error("\"{0}\" is not written in {1}; it is in: {2}")]
    UnknownLanguage(String, String, String),
    /// A rule asks for facts that are not there.
    #[error("\"{0}\" lacks {1}, which the rule {2} asks for ({3}). Nothing was approved: write it under [facts] and queue the item again")]
    LacksFacts(String, String, String, String),
    /// It would be public too late, and nobody says why.
    #[error(
        "\"{reference}\" would be public too late: the rule {rule} wants it by {latest_by} at the latest ({stands}), and it can be public from {earliest} on. \
         Nothing was approved. To publish it knowingly, say why: --late-reason \"…\" (kept for ever, and told in the transparency report)"
    )]
    Late {
        /// The item.
        reference: String,
        /// The rule.
        rule: String,
        /// Where that stands.
        stands: String,
        /// The latest instant, for people.
        latest_by: String,
        /// When it can be public, for people.
        earliest: String,
    },
    /// What is kept does not agree with the ledger.
    #[error("it cannot be proved: {0}. See the whole of it: kasnec ledger verify")]
    Doubtful(String),
    /// The store could not do it.
    #[error(transparent)]
    Store(#[from] StoreError),
}
