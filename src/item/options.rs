//! The options of a choice, in the order in which their kind lists them: Monday before Friday.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::Localized;

/// The permitted values of a choice, each with its name per language.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Map<String, Value>", into = "Map<String, Value>")]
pub struct Options(Vec<(String, Localized)>);

impl Options {
    /// The name of that option.
    pub fn get(&self, key: &str) -> Option<&Localized> {
        self.iter().find(|(k, _)| *k == key).map(|(_, label)| label)
    }

    /// Whether there is such an option.
    pub fn contains_key(&self, key: &str) -> bool {
        self.get(key).is_some()
    }

    /// Every option with its name.
    pub fn iter(&self) -> impl Iterator<Item = (&String, &Localized)> {
        self.0.iter().map(|(key, label)| (key, label))
    }

    /// Every option.
    pub fn keys(&self) -> impl Iterator<Item = &String> {
        self.0.iter().map(|(key, _)| key)
    }
}

impl TryFrom<Map<String, Value>> for Options {
    type Error = serde_json::Error;

    fn try_from(map: Map<String, Value>) -> Result<Self, serde_json::Error> {
        let options = map.into_iter().map(|(key, label)| Ok((key, serde_json::from_value(label)?)));
        options.collect::<Result<_, _>>().map(Self)
    }
}

impl From<Options> for Map<String, Value> {
    fn from(options: Options) -> Self {
        let text = |label: Localized| label.0.into_iter().map(|(lang, name)| (lang.into(), name.into()));
        options
            .0
            .into_iter()
            .map(|(key, label)| (key, Value::Object(text(label).collect())))
            .collect()
    }
}
