//! What the office wrote: a kind, its facts, its translations and its attachments, checked before anything of it is kept.
//!
//! No I/O and no clock: bytes, kinds and the office's zone are handed in.

pub mod attachment;
pub mod check;
pub mod content;
pub mod fact;
pub mod kind;
pub mod lang;
pub mod markup;
pub mod moment;
pub mod office;
pub mod options;
pub mod picture;
pub mod problem;
pub mod source;

pub use attachment::Attachment;
pub use check::check;
pub use content::{Content, Translation};
pub use fact::FactValue;
pub use kind::{FactSpec, FactType, Kind, Kinds};
pub use lang::{Lang, Localized};
pub use moment::Moment;
pub use office::Office;
pub use options::Options;
pub use problem::{Expected, Problem, Problems};
pub use source::{Source, SourceItem};
