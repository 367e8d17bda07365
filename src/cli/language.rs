//! The languages a command may be asked to speak.

use super::exit::Failed;
use crate::item::Lang;
use crate::render::words::languages;

/// The language of that code, if Kasnec speaks it.
pub fn spoken(lang: &str) -> Result<Lang, Failed> {
    let mut known: Vec<String> = languages().collect();
    known.sort();
    let unknown = || {
        Failed::Input(format!(
            "--lang: Kasnec does not speak \"{lang}\"; write one of: {}",
            known.join(", ")
        ))
    };
    lang.parse()
        .ok()
        .filter(|_| known.iter().any(|known| known == lang))
        .ok_or_else(unknown)
}
