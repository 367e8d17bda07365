//! What each channel says: manifest + templates + one item → a [`Post`]. The only home of Handlebars.
//!
//! No I/O, no async and no clock: templates, kinds, content and the act are handed in; the same request gives the same post.

mod context;
pub mod dates;
mod error;
mod fill;
mod fit;
mod helpers;
mod include;
mod inspect;
mod post;
mod renderer;
mod request;
mod slug;
pub mod words;

pub use error::RenderError;
pub use post::{Category, Media, Post};
pub use renderer::{Renderer, escape_html};
pub use request::{Act, ActKind, Request};
pub use slug::{slug, url_encode};
