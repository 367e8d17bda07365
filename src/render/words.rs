//! The product's own words in templates, from `locales/LANG/*.ftl`, with each language's plurals.

use std::borrow::Cow;
use std::collections::HashMap;

use fluent_templates::fluent_bundle::FluentValue;
use fluent_templates::{LanguageIdentifier, Loader, static_loader};

static_loader! {
    static WORDS = {
        locales: "./locales",
        fallback_language: "en",
        // Isolation marks would travel into posts, where they are seen as boxes.
        customise: |bundle| bundle.set_use_isolating(false),
    };
}

/// The values a text may mention.
pub type Args = HashMap<Cow<'static, str>, FluentValue<'static>>;

/// The text `key` in `lang`, in English where `lang` has no locale; `None` where no locale has it.
///
/// `lang` is the bare subtag: the plural rules for `sr-Latn` are wrong in ICU's data, those for `sr` are right.
pub fn say(lang: &str, key: &str, args: &Args) -> Option<String> {
    let id: LanguageIdentifier = lang.parse().unwrap_or_default();
    WORDS.try_lookup_with_args(&id, key, args)
}

/// As [`say`], for keys the program itself uses; a key that is missing is shown, as everywhere in Fluent.
pub fn word(lang: &str, key: &'static str, args: &[(&'static str, &str)]) -> String {
    let args = args
        .iter()
        .map(|(name, value)| (Cow::Borrowed(*name), FluentValue::from((*value).to_owned())))
        .collect();
    say(lang, key, &args).unwrap_or_else(|| key.to_owned())
}

/// The text `key` about `n` things, in the plural that `lang` has for so many.
pub fn count(lang: &str, key: &str, n: u32) -> String {
    let args = Args::from([(Cow::Borrowed("n"), FluentValue::from(n))]);
    say(lang, key, &args).unwrap_or_else(|| key.to_owned())
}

/// Whether there is such a text that needs no other values than these.
pub fn knows<'a>(key: &str, args: impl Iterator<Item = &'a String>) -> bool {
    let args = args.map(|name| (Cow::Owned(name.clone()), FluentValue::from(1))).collect();
    say("en", key, &args).is_some()
}

/// The languages that have a locale.
pub fn languages() -> impl Iterator<Item = String> {
    WORDS.locales().map(ToString::to_string)
}
