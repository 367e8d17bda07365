//! Channel manifests: everything about a channel that is data. One TOML file a channel, in `channels/`.

mod quiet;
mod verify;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

pub use self::quiet::{BadQuiet, Quiet};
pub use self::verify::{Form, Verify};
use crate::item::Localized;

/// One channel, as `channels/ID.toml` describes it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// The channel's name, the same as the file's.
    pub id: String,
    /// The driver that speaks to it; `http` needs nothing but this manifest.
    pub driver: String,
    /// The group by which rules name it: `website`, `facebook`, `boards`, `media` or `feed`.
    #[serde(default)]
    pub group: Option<String>,
    /// What people call it.
    pub label: Localized,
    /// One post for all languages, or one for each.
    #[serde(default)]
    pub languages: Languages,
    /// How fast it may be used.
    #[serde(default)]
    pub pace: Pace,
    /// What it takes.
    #[serde(default)]
    pub limits: Limits,
    /// The parts of a post, each with its template.
    pub parts: BTreeMap<String, Part>,
    /// Which kinds it takes; all published ones unless said otherwise.
    #[serde(default)]
    pub kinds: KindFilter,
    /// The category a kind goes to; `default` for the rest.
    #[serde(default)]
    pub categories: BTreeMap<String, String>,
    /// What each category is called.
    #[serde(default)]
    pub category_labels: BTreeMap<String, Localized>,
    /// What an account on it must be told.
    #[serde(default)]
    pub settings: BTreeMap<String, Setting>,
    /// The credentials an account on it needs, kept encrypted.
    #[serde(default)]
    pub secrets: BTreeMap<String, Secret>,
    /// How an account is connected in the browser.
    #[serde(default)]
    pub oauth: Option<OAuth>,
    /// The calls of the generic `http` driver.
    #[serde(default)]
    pub http: Option<HttpCalls>,
    /// How citizens find what stands; without it nobody can look.
    #[serde(default)]
    pub verify: Option<Verify>,
}

/// How several languages are said.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Languages {
    /// One post with every language the item has.
    #[default]
    Together,
    /// One post a language.
    Each,
}

/// The speed a channel bears.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Pace {
    /// Seconds between two posts of one account.
    pub spacing_seconds: u32,
    /// Posts of one account in a day, 0 for no cap.
    pub daily: u32,
    /// Local hours in which courtesy posts wait, for example `22:00-07:00`; none where nothing is said.
    pub quiet: Quiet,
    /// Deliveries of one account under way at once.
    pub parallel: u32,
    /// Seconds after which a lost, invisible draft may be made again.
    pub grace_seconds: u32,
}

impl Default for Pace {
    fn default() -> Self {
        Self {
            spacing_seconds: 0,
            daily: 0,
            quiet: Quiet::Never,
            parallel: 4,
            grace_seconds: 120,
        }
    }
}

/// What a post may carry, 0 for no limit.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Limits {
    /// Pictures on one post.
    pub images: usize,
    /// Bytes of one picture.
    pub image_bytes: usize,
    /// Bytes of one file.
    pub file_bytes: usize,
}

/// One part of a post.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Part {
    /// The file in `templates/ID/`; `NAME.KIND.hbs` is taken before `NAME.hbs`.
    pub template: String,
    /// How values are escaped.
    #[serde(default)]
    pub format: Format,
    /// The longest it may be, in characters; 0 for no limit.
    #[serde(default)]
    pub limit: usize,
    /// What happens beyond the limit.
    #[serde(default)]
    pub overflow: Overflow,
}

/// How values are written into a part.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    /// As they are.
    #[default]
    Text,
    /// HTML-escaped.
    Html,
}

/// What becomes of a text over the limit.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Overflow {
    /// Cut at a word, the link kept.
    #[default]
    Cut,
    /// The item is refused when it is queued, with the numbers.
    Refuse,
}

/// Which kinds a channel takes.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct KindFilter {
    /// If not empty, only these.
    pub only: Vec<String>,
    /// Never these.
    pub except: Vec<String>,
}

/// One thing an account must be told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Setting {
    /// What people call it.
    pub label: Localized,
    /// Whether the account is refused without it.
    #[serde(default)]
    pub required: bool,
    /// The value when nothing is said.
    #[serde(default)]
    pub default: Option<String>,
    /// What a good one looks like.
    #[serde(default)]
    pub example: Option<String>,
}

/// One credential.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Secret {
    /// What people call it.
    pub label: Localized,
    /// Whether the account cannot work without it.
    #[serde(default)]
    pub required: bool,
    /// Where a person gets it.
    #[serde(default)]
    pub help: Option<String>,
}

/// An authorisation-code flow (RFC 6749 § 4.1).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OAuth {
    /// The flavour: `facebook` exchanges for a page token, `plain` keeps the access token.
    #[serde(default = "plain")]
    pub flavour: String,
    /// Where the person agrees; `{{settings.NAME}}` is filled in.
    pub authorize_url: String,
    /// Where the code is exchanged.
    pub token_url: String,
    /// What is asked for.
    pub scopes: Vec<String>,
    /// The secret that receives the token.
    pub store_as: String,
}

fn plain() -> String {
    "plain".to_owned()
}

/// The calls of the generic driver.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HttpCalls {
    /// Makes a post stand.
    pub publish: HttpCall,
    /// Changes one that stands.
    #[serde(default)]
    pub update: Option<HttpCall>,
    /// Takes one down.
    #[serde(default)]
    pub withdraw: Option<HttpCall>,
    /// Looks one up again after an answer that never came.
    #[serde(default)]
    pub find: Option<HttpCall>,
    /// Asks whether the account works.
    #[serde(default)]
    pub check: Option<HttpCall>,
}

/// One call: what is sent and how its answer is read.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HttpCall {
    /// The HTTP method.
    #[serde(default = "post")]
    pub method: String,
    /// The address, a template.
    pub url: String,
    /// Headers, templates.
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
    /// The body, a template; `{{json parts.text}}` writes a JSON string.
    #[serde(default)]
    pub body: Option<String>,
    /// Whether sending it twice does no harm (a PUT, an edit).
    #[serde(default)]
    pub repeatable: bool,
    /// For so many seconds after it was first sent, sending it again does no harm: the remote remembers its idempotency key.
    #[serde(default)]
    pub repeatable_seconds: Option<u32>,
    /// Words in a refusal that mean: it is so already (an edit whose first answer was lost).
    #[serde(default)]
    pub already_done: Option<String>,
    /// The statuses of success.
    #[serde(default = "ok_statuses")]
    pub success_status: Vec<u16>,
    /// A JSON pointer that must exist (or be `true`) in a success.
    #[serde(default)]
    pub success_pointer: Option<String>,
    /// The JSON pointer of the remote id; for `find`, relative to the matching element.
    #[serde(default)]
    pub id_pointer: Option<String>,
    /// The public address, a template over the answer (`{{answer.…}}`).
    #[serde(default)]
    pub link: Option<String>,
    /// For `find`: the JSON pointer of the list to search.
    #[serde(default)]
    pub list_pointer: Option<String>,
    /// For `find`: the JSON pointer, within an element, of the text that must contain the item's link.
    #[serde(default)]
    pub match_pointer: Option<String>,
    /// A JSON pointer to seconds to wait when throttled, beside `Retry-After`.
    #[serde(default)]
    pub retry_after_pointer: Option<String>,
}

fn post() -> String {
    "POST".to_owned()
}

fn ok_statuses() -> Vec<u16> {
    vec![200, 201, 202]
}

impl Manifest {
    /// Reads one manifest.
    pub fn parse(file: &str, text: &str) -> Result<Self, BadManifest> {
        let manifest: Self = toml::from_str(text).map_err(|error| BadManifest::Shape(file.to_owned(), error.to_string()))?;
        if file.strip_suffix(".toml").is_some_and(|stem| stem != manifest.id) {
            return Err(BadManifest::Name(file.to_owned(), manifest.id));
        }
        if manifest.driver == "http" && manifest.http.is_none() {
            return Err(BadManifest::NoCalls(file.to_owned()));
        }
        let finds = manifest.http.as_ref().is_some_and(|calls| calls.find.is_some());
        if finds && manifest.languages == Languages::Each {
            return Err(BadManifest::FindsAnother(file.to_owned()));
        }
        Ok(manifest)
    }

    /// Whether the channel takes items of that kind.
    pub fn takes(&self, kind: &str) -> bool {
        let listed = |list: &[String]| list.iter().any(|k| k == kind);
        (self.kinds.only.is_empty() || listed(&self.kinds.only)) && !listed(&self.kinds.except)
    }

    /// The category an item of that kind goes to.
    pub fn category(&self, kind: &str) -> Option<&str> {
        self.categories
            .get(kind)
            .or_else(|| self.categories.get("default"))
            .map(String::as_str)
    }
}

/// Why a manifest cannot be used; each names the file first.
#[derive(Debug, thiserror::Error)]
pub enum BadManifest {
    /// The TOML does not fit.
    #[error("channels/{0}: {1}")]
    Shape(String, String),
    /// File and id differ.
    #[error("channels/{0}: its id is \"{1}\"; name the file {1}.toml or change the id")]
    Name(String, String),
    /// The generic driver was chosen, but nothing to call.
    #[error("channels/{0}: the driver \"http\" needs a table [http.publish] with a url")]
    NoCalls(String),
    /// A post is found by its link, which all languages have in common.
    #[error(
        "channels/{0}: [http.find] knows a post by its link, which is the same in every language; write languages = \"together\", or leave [http.find] out"
    )]
    FindsAnother(String),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_post_of_each_language_is_not_looked_up_by_the_link_that_all_have() {
        let manifest = |languages: &str| {
            let text = format!(
                "id = \"a\"\ndriver = \"http\"\nlanguages = \"{languages}\"\nlabel = {{ sq = \"A\" }}\n[parts.text]\ntemplate = \"text.hbs\"\n\
                 [http.publish]\nurl = \"https://a.example\"\n[http.find]\nurl = \"https://a.example\"\n"
            );
            Manifest::parse("a.toml", &text)
        };
        assert!(manifest("together").is_ok());
        assert!(matches!(manifest("each"), Err(BadManifest::FindsAnother(_))));
    }
}
