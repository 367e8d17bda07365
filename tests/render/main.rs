//! What the channels say, held to the letter.

mod acts;
mod common;
mod dates;
mod limits;
mod locales;
mod manifests;
mod messages;
mod pages;
mod strict;
