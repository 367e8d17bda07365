//! What the channels say, held to the letter.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should fail where it stands")]

mod acts;
mod common;
mod dates;
mod limits;
mod locales;
mod manifests;
mod messages;
mod pages;
mod slugs;
mod strict;
