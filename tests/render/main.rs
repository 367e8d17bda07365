//! What the channels say, held to the letter.

mod acts;
mod channels;
mod common;
mod dates;
mod limits;
mod locales;
mod manifests;
mod strict;
