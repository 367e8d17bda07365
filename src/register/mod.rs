//! What was owed, by when and why.

pub mod explain;
