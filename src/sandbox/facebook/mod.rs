//! A stand-in for the Facebook Graph API v26.0, as far as publishing on a Page goes.
//!
//! [`start`] binds a server that answers as Meta documents it, misbehaves on demand (`/_sandbox/faults`), shows the Page
//! to a person (`/`) and records every Graph request for an independent check. The Graph itself (`graph` and below) is
//! synchronous and knows no HTTP; `server` is the only door.

mod attachments;
mod auth;
mod clock;
mod comments;
mod consent;
mod control;
mod edges;
mod errors;
mod faults;
mod fields;
mod graph;
mod html;
mod journal;
mod media;
mod model;
mod nodes;
mod oauth;
mod options;
mod page;
mod paging;
mod params;
mod photos;
mod posts;
mod proof;
mod record;
mod request;
mod scrape;
mod server;
mod settings;
mod tokens;
mod updates;
mod usage;
mod videos;
mod wire;
mod world;

pub use options::Options;
pub use server::{Running, SandboxError, start};
