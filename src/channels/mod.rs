//! One driver per remote service, behind one contract. Generic code sees channels only through the [`Registry`].

pub mod driver;
pub mod registry;
pub mod wordpress;

pub use driver::{Account, Check, Driver, Job, Safety, Step};
pub use registry::{Registry, Tools, UnknownDriver};
