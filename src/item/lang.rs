//! Languages and texts that exist in several of them.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A language, as its BCP 47 primary subtag: `sq`, `sr` (Latin script), `en`, `tr` …
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Lang(String);

impl Lang {
    /// The subtag itself.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The tag to declare on a page or in a feed; Serbian is written in Latin script here.
    pub fn tag(&self) -> &str {
        if self.0 == "sr" { "sr-Latn" } else { &self.0 }
    }
}

/// What is wrong with a language code.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("\"{0}\" is not a language code: write two or three small letters, for example \"sq\"")]
pub struct BadLang(pub String);

impl FromStr for Lang {
    type Err = BadLang;

    fn from_str(text: &str) -> Result<Self, BadLang> {
        let fits = (2..=3).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_lowercase());
        if fits {
            Ok(Self(text.to_owned()))
        } else {
            Err(BadLang(text.to_owned()))
        }
    }
}

impl TryFrom<String> for Lang {
    type Error = BadLang;

    fn try_from(text: String) -> Result<Self, BadLang> {
        text.parse()
    }
}

impl From<Lang> for String {
    fn from(lang: Lang) -> Self {
        lang.0
    }
}

impl fmt::Display for Lang {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// One value in several languages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Localized<T = String>(pub BTreeMap<Lang, T>);

impl<T> Default for Localized<T> {
    fn default() -> Self {
        Self(BTreeMap::new())
    }
}

impl<T> Localized<T> {
    /// The value in `lang`, else in the first of `fallbacks` that has one, else any.
    pub fn get(&self, lang: &Lang, fallbacks: &[Lang]) -> Option<&T> {
        std::iter::once(lang)
            .chain(fallbacks)
            .find_map(|candidate| self.0.get(candidate))
            .or_else(|| self.0.values().next())
    }

    /// Whether nothing is said in any language.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}
