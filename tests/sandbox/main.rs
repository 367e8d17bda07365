//! The Graph stand-in, held against what Meta documents.

mod desk;
mod drafts;
mod faults;
mod media;
mod oauth;
mod page;
mod python;
mod reading;
mod rights;
mod state;
