//! One driver per remote service, behind one contract. Generic code sees channels only through the [`Registry`].

mod board;
pub mod driver;
mod email;
pub mod facebook;
mod feed;
pub mod http_call;
mod outbox;
pub mod registry;
mod site;
pub mod wordpress;

pub use driver::{Account, Check, Driver, Job, Record, Safety, Said, Step};
pub use registry::{Registry, Tools, UnknownDriver};
