//! Item kinds: data in `kinds/*.toml`, never code.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Localized, Options};

/// One kind of item, as `kinds/*.toml` describes it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Kind {
    /// The rows of the plan this kind serves, for example `["01"]`.
    pub plan: Vec<String>,
    /// The unit that answers for it.
    pub unit: String,
    /// Who stands in for that unit.
    #[serde(default)]
    pub deputy: Option<String>,
    /// What people call it.
    pub label: Localized,
    /// `false` for a duty that is tracked but never published (an access request, a petition).
    #[serde(default = "yes")]
    pub published: bool,
    /// `true` for a post that may expire when it is late; a legal notice never does.
    #[serde(default)]
    pub courtesy: bool,
    /// The fact that says when the event starts: what a postponement moves.
    #[serde(default)]
    pub event: Option<String>,
    /// The facts, in the order in which they are shown.
    #[serde(default)]
    pub facts: serde_json::Map<String, serde_json::Value>,
}

fn yes() -> bool {
    true
}

/// What a fact must look like.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FactSpec {
    /// Its type.
    #[serde(rename = "type")]
    pub kind: FactType,
    /// Whether an item without it is refused.
    #[serde(default)]
    pub required: bool,
    /// Whether it is written once per language.
    #[serde(default)]
    pub localized: bool,
    /// What people call it.
    pub label: Localized,
    /// What a good one looks like.
    #[serde(default)]
    pub example: Option<String>,
    /// The permitted values of a choice, each with its name per language.
    #[serde(default)]
    pub options: Options,
    /// The value when nothing is written.
    #[serde(default)]
    pub default: Option<String>,
    /// Another fact that must come earlier.
    #[serde(default)]
    pub after: Option<String>,
}

/// The types a fact can have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FactType {
    /// One line of text.
    Text,
    /// Several lines, in order: an agenda.
    List,
    /// A date and a time on the office's clock.
    Instant,
    /// A calendar day.
    Date,
    /// A whole number.
    Number,
    /// One of the options.
    Choice,
    /// A web address.
    Url,
    /// An e-mail address.
    Email,
}

impl FactType {
    /// How to write one, for messages.
    pub fn example(self) -> &'static str {
        match self {
            Self::Text => "\"Salla e Kuvendit\"",
            Self::List => "[\"Pika e parë\", \"Pika e dytë\"]",
            Self::Instant => "\"2026-11-24 10:00\"",
            Self::Date => "\"2026-11-24\"",
            Self::Number => "12",
            Self::Choice => "\"regular\"",
            Self::Url => "\"https://kk.rks-gov.net/kacanik/\"",
            Self::Email => "\"informimi@example.org\"",
        }
    }
}

/// All kinds, by name.
#[derive(Debug, Clone, Default)]
pub struct Kinds {
    kinds: BTreeMap<String, (Kind, Vec<(String, FactSpec)>)>,
}

/// Why a file of kinds cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum BadKinds {
    /// The TOML does not fit.
    #[error("kinds/{file}: {error}")]
    Shape {
        /// The file in `kinds/`.
        file: String,
        /// What the reader said, with line and column.
        error: String,
    },
    /// Two files define the same kind.
    #[error("kinds/{file}: kind \"{kind}\" is defined twice; keep one of the two")]
    Twice {
        /// The later of the two files.
        file: String,
        /// The kind's name.
        kind: String,
    },
    /// `event` or `after` names a fact the kind does not have.
    #[error("kinds/{file}: kind \"{kind}\" names the fact \"{fact}\", which it does not define")]
    UnknownFact {
        /// The file in `kinds/`.
        file: String,
        /// The kind that names it.
        kind: String,
        /// The fact that is not there.
        fact: String,
    },
}

impl Kinds {
    /// Reads `(file name, TOML text)` pairs.
    pub fn parse<'a>(files: impl IntoIterator<Item = (&'a str, &'a str)>) -> Result<Self, BadKinds> {
        let mut all = Self::default();
        for (file, text) in files {
            let shape = |error: String| BadKinds::Shape {
                file: file.to_owned(),
                error,
            };
            let table: BTreeMap<String, Kind> = toml::from_str(text).map_err(|e| shape(e.to_string()))?;
            for (name, kind) in table {
                let facts = read_facts(file, &name, &kind)?;
                if all.kinds.insert(name.clone(), (kind, facts)).is_some() {
                    return Err(BadKinds::Twice {
                        file: file.to_owned(),
                        kind: name,
                    });
                }
            }
        }
        Ok(all)
    }

    /// The kind of that name.
    pub fn get(&self, name: &str) -> Option<&Kind> {
        self.kinds.get(name).map(|(kind, _)| kind)
    }

    /// The facts of that kind, in their order.
    pub fn facts(&self, name: &str) -> &[(String, FactSpec)] {
        self.kinds.get(name).map_or(&[], |(_, facts)| facts)
    }

    /// One fact of that kind.
    pub fn fact(&self, kind: &str, fact: &str) -> Option<&FactSpec> {
        self.facts(kind).iter().find(|(name, _)| name == fact).map(|(_, spec)| spec)
    }

    /// Every kind's name.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.kinds.keys().map(String::as_str)
    }
}

fn read_facts(file: &str, name: &str, kind: &Kind) -> Result<Vec<(String, FactSpec)>, BadKinds> {
    let mut facts = Vec::new();
    for (fact, value) in &kind.facts {
        let spec = serde_json::from_value(value.clone()).map_err(|e| BadKinds::Shape {
            file: file.to_owned(),
            error: format!("{name}.facts.{fact}: {e}"),
        })?;
        facts.push((fact.clone(), spec));
    }
    let known = |fact: &str| facts.iter().any(|(n, _)| n == fact);
    let named = kind
        .event
        .iter()
        .chain(facts.iter().filter_map(|(_, spec): &(String, FactSpec)| spec.after.as_ref()));
    for fact in named {
        if !known(fact) {
            return Err(BadKinds::UnknownFact {
                file: file.to_owned(),
                kind: name.to_owned(),
                fact: fact.clone(),
            });
        }
    }
    Ok(facts)
}
