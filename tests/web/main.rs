//! The site, the feeds, the API and the operators' pages, asked over HTTP as anybody would.

mod api;
mod api_errors;
mod desk;
mod feeds;
mod files;
mod operators;
mod site;
mod validators;
