//! How a citizen finds what stands on a channel, as data: the table `[verify]`. A channel without one shows nothing to citizens.

use serde::{Deserialize, Serialize};

/// Where to look, and what must be found there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Verify {
    /// The addresses, templates, tried until one tells; an empty one is passed over.
    #[serde(default = "receipt_address")]
    pub at: Vec<String>,
    /// Further addresses of the same post, templates, by which a page that a redirect led to may name itself.
    #[serde(default)]
    pub aliases: Vec<String>,
    /// What stands at them.
    #[serde(default)]
    pub form: Form,
    /// The parts of the post that must be readable; `title` is the post's own where the channel has no such part.
    pub parts: Vec<String>,
    /// For `json`: the JSON pointer of the text.
    #[serde(default)]
    pub pointer: Option<String>,
    /// Scripts draw the page, or it is shown to some visitors only: that a text is missing, or an error, says nothing by itself.
    #[serde(default)]
    pub scripted: bool,
    /// Marks of a page that asks to sign in: beginnings of a path (`/login`), or words on it.
    #[serde(default)]
    pub walls: Vec<String>,
    /// Words of a page that says with status 200 that there is nothing.
    #[serde(default)]
    pub gone: Vec<String>,
}

/// The forms in which citizens are shown it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Form {
    /// A page, with whatever else stands on it.
    #[default]
    Page,
    /// An entry of an RSS feed, by its guid.
    Feed,
    /// A public JSON answer, with the text as HTML at `pointer`.
    Json,
}

fn receipt_address() -> Vec<String> {
    vec!["{{#if url}}{{url}}{{/if}}".to_owned()]
}
