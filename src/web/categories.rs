//! What categories are called: the channels' manifests know.

use crate::item::{Lang, Localized};
use crate::system::OfficeConfig;

/// What a category is called in that language; its key where no channel of the office names it.
pub fn label(config: &OfficeConfig, key: &str, lang: &Lang) -> String {
    let label = labels(config, key).and_then(|label| label.get(lang, &config.office.languages));
    label.map_or(key, String::as_str).to_owned()
}

/// Whether a channel of the office names the category.
pub fn is_known(config: &OfficeConfig, key: &str) -> bool {
    labels(config, key).is_some()
}

fn labels<'a>(config: &'a OfficeConfig, key: &str) -> Option<&'a Localized> {
    config.manifests.values().find_map(|manifest| manifest.category_labels.get(key))
}
