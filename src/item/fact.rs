//! Facts: what a kind asks for, checked and typed.

use chrono::NaiveDate;
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::moment::{BadMoment, parse_day};
use super::{FactSpec, FactType, Lang, Localized, Moment, markup};

/// The longest line of a fact, in characters.
pub const MAX_LINE: usize = 2000;
/// The longest list.
pub const MAX_LINES: usize = 200;

/// A checked fact.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FactValue {
    /// The same text in every language.
    Text(String),
    /// A text per language.
    Texts(Localized),
    /// The same lines in every language.
    List(Vec<String>),
    /// Lines per language.
    Lists(Localized<Vec<String>>),
    /// A date and a time.
    Instant(Moment),
    /// A day.
    Date(NaiveDate),
    /// A whole number.
    Number(i64),
    /// The chosen option's key.
    Choice(String),
}

/// Why a fact is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadFact {
    /// It is of another type.
    #[error("it is not a {0}")]
    Type(&'static str),
    /// The moment does not exist.
    #[error(transparent)]
    Moment(#[from] BadMoment),
    /// The option is not one of the kind's.
    #[error("\"{0}\" is not one of its options")]
    Option(String),
    /// It is empty.
    #[error("it is empty")]
    Empty,
    /// A language code in it is wrong.
    #[error("{0}")]
    Lang(String),
    /// It goes on and on.
    #[error("it is longer than {MAX_LINES} lines of {MAX_LINE} characters")]
    TooLong,
}

impl FactValue {
    /// Checks `value` against `spec` on the clocks of `zone`.
    pub fn read(spec: &FactSpec, value: &Value, zone: Tz) -> Result<Self, BadFact> {
        if spec.localized && value.is_object() {
            return localized(spec, value);
        }
        match spec.kind {
            FactType::Text => text(value).map(Self::Text),
            FactType::List => list(value).map(Self::List),
            FactType::Instant => Ok(Self::Instant(Moment::parse(&text(value)?, zone)?)),
            FactType::Date => Ok(Self::Date(parse_day(&text(value)?)?)),
            FactType::Number => value.as_i64().map(Self::Number).ok_or(BadFact::Type("whole number")),
            FactType::Choice => choice(spec, &text(value)?),
            FactType::Url => url(&text(value)?).map(Self::Text),
            FactType::Email => email(&text(value)?).map(Self::Text),
        }
    }

    /// The instant this fact names, if it is one.
    pub fn instant(&self) -> Option<&Moment> {
        match self {
            Self::Instant(moment) => Some(moment),
            _ => None,
        }
    }

    /// The languages in which it says something; `None` where it is the same in all.
    pub fn languages(&self) -> Option<Vec<&Lang>> {
        match self {
            Self::Texts(texts) => Some(texts.0.keys().collect()),
            Self::Lists(lists) => Some(lists.0.keys().collect()),
            _ => None,
        }
    }
}

fn localized(spec: &FactSpec, value: &Value) -> Result<FactValue, BadFact> {
    let bad = |e: serde_json::Error| BadFact::Lang(e.to_string());
    if spec.kind == FactType::List {
        let lists: Localized<Vec<String>> = serde_json::from_value(value.clone()).map_err(bad)?;
        return each(lists, |list| lines(&list)).map(FactValue::Lists);
    }
    let texts: Localized = serde_json::from_value(value.clone()).map_err(bad)?;
    each(texts, |text| line(&text)).map(FactValue::Texts)
}

fn each<T>(values: Localized<T>, read: impl Fn(T) -> Result<T, BadFact>) -> Result<Localized<T>, BadFact> {
    if values.is_empty() {
        return Err(BadFact::Empty);
    }
    let read = values.0.into_iter().map(|(lang, value)| Ok((lang, read(value)?)));
    read.collect::<Result<_, _>>().map(Localized)
}

fn text(value: &Value) -> Result<String, BadFact> {
    line(value.as_str().ok_or(BadFact::Type("text in quotes"))?)
}

/// Cleans before it asks whether anything is left: control characters alone are nothing.
fn line(text: &str) -> Result<String, BadFact> {
    let line = markup::line(text);
    match line.chars().count() {
        0 => Err(BadFact::Empty),
        1..=MAX_LINE => Ok(line),
        _ => Err(BadFact::TooLong),
    }
}

fn list(value: &Value) -> Result<Vec<String>, BadFact> {
    let items = value.as_array().ok_or(BadFact::Type("list"))?;
    let items: Option<Vec<String>> = items.iter().map(|item| item.as_str().map(str::to_owned)).collect();
    lines(&items.ok_or(BadFact::Type("list of texts in quotes"))?)
}

fn lines(items: &[String]) -> Result<Vec<String>, BadFact> {
    match items.len() {
        0 => Err(BadFact::Empty),
        1..=MAX_LINES => items.iter().map(|item| line(item)).collect(),
        _ => Err(BadFact::TooLong),
    }
}

fn choice(spec: &FactSpec, text: &str) -> Result<FactValue, BadFact> {
    if spec.options.contains_key(text) {
        Ok(FactValue::Choice(text.to_owned()))
    } else {
        Err(BadFact::Option(text.to_owned()))
    }
}

fn url(text: &str) -> Result<String, BadFact> {
    match url::Url::parse(text) {
        Ok(url) if matches!(url.scheme(), "http" | "https") && !text.contains(char::is_whitespace) => Ok(url.into()),
        _ => Err(BadFact::Type("web address that begins with https://")),
    }
}

fn email(text: &str) -> Result<String, BadFact> {
    let fits = text
        .split_once('@')
        .is_some_and(|(name, host)| !name.is_empty() && host.contains('.') && !text.contains(char::is_whitespace));
    if fits {
        Ok(text.to_owned())
    } else {
        Err(BadFact::Type("e-mail address"))
    }
}
