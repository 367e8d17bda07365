//! The program as a user runs it: the real binary, the sample office, and a hand that pulls the plug.

#[path = "../support/guarded.rs"]
mod guarded;
mod kasnec;
mod killed;
mod refusals;
mod sample;
