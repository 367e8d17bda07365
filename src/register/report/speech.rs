//! Figures, dates and titles as the report's language writes them. What is not known is said as nothing.

use chrono::{DateTime, NaiveDate, Utc};

use super::share::Share;
use crate::item::{Lang, Localized, Office};
use crate::render::dates;
use crate::render::words::{Args, say, word};

/// Speaks one language for one office.
pub struct Speech<'a> {
    lang: &'a Lang,
    office: &'a Office,
    decimal_mark: String,
}

impl<'a> Speech<'a> {
    /// In `lang`.
    pub fn new(lang: &'a Lang, office: &'a Office) -> Self {
        Self {
            lang,
            office,
            decimal_mark: word(lang.as_str(), "decimal-mark", &[]),
        }
    }

    /// The language's tag.
    pub fn tag(&self) -> &str {
        self.lang.tag()
    }

    /// A text.
    pub fn word(&self, key: &'static str) -> String {
        self.with(key, &[])
    }

    /// A text that mentions values.
    pub fn with(&self, key: &'static str, args: &[(&'static str, &str)]) -> String {
        word(self.lang.as_str(), key, args)
    }

    /// What a group of channels is called; one that has no word, by its name.
    pub fn group(&self, name: &str) -> String {
        say(self.lang.as_str(), &format!("report-group-{name}"), &Args::new()).unwrap_or_else(|| name.to_owned())
    }

    /// What a language calls itself; one that has no locale, by its code.
    pub fn language(code: &str) -> String {
        let known = crate::render::words::languages().any(|known| known == code);
        if known { word(code, "language-name", &[]) } else { code.to_owned() }
    }

    /// What exists in several languages.
    pub fn localized(&self, text: &Localized) -> String {
        text.get(self.lang, &self.office.languages).cloned().unwrap_or_default()
    }

    /// With one decimal, if there is any.
    pub fn number(&self, value: f64) -> String {
        let written = format!("{value:.1}");
        let short = written.strip_suffix(".0").unwrap_or(&written);
        // What rounds to nothing has no sign.
        if short == "-0" {
            "0".to_owned()
        } else {
            short.replace('.', &self.decimal_mark)
        }
    }

    /// The same, blank where it is not known.
    pub fn figure(&self, value: Option<f64>) -> String {
        value.map_or_else(String::new, |value| self.number(value))
    }

    /// A count.
    pub fn count(value: Option<u32>) -> String {
        value.map_or_else(String::new, |value| value.to_string())
    }

    /// *93,3%*.
    pub fn share(&self, share: Option<Share>) -> String {
        share.map_or_else(String::new, |share| {
            self.with("report-percent", &[("number", &self.number(share.percent()))])
        })
    }

    /// *14 of 15*.
    pub fn parts(&self, share: Option<Share>) -> String {
        let Some(share) = share else { return String::new() };
        let (part, whole) = (share.part().to_string(), share.whole().to_string());
        self.with("report-part-of", &[("part", &part), ("whole", &whole)])
    }

    /// A day: *24 nëntor 2026*.
    pub fn day(&self, day: NaiveDate) -> String {
        dates::day(day, self.lang.as_str()).stamp
    }

    /// An instant, in digits.
    pub fn instant(&self, at: Option<DateTime<Utc>>) -> String {
        at.map_or_else(String::new, |at| dates::instant(at, self.office.zone, self.lang.as_str()).short)
    }

    /// An instant, in words.
    pub fn stamp(&self, at: DateTime<Utc>) -> String {
        dates::instant(at, self.office.zone, self.lang.as_str()).stamp
    }
}
