//! The site, the feeds, the API and the operators' pages, asked over HTTP as anybody would.
#![allow(clippy::float_cmp, reason = "the figures compared are whole numbers")]
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on must end")]

mod api;
mod api_errors;
mod desk;
mod feeds;
mod files;
mod ledger;
mod operators;
mod site;
mod validators;
