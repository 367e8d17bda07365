//! Facts: what a kind asks for, checked and typed.

use chrono::{Datelike, NaiveDate};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::moment::{BadMoment, parse_day};
use super::{FactSpec, FactType, Lang, Localized, Moment};

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
    /// No person means that year.
    #[error("the year {0} cannot be meant")]
    Year(i32),
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
            FactType::Instant => {
                let moment = Moment::parse(&text(value)?, zone)?;
                sane_year(moment.local().year())?;
                Ok(Self::Instant(moment))
            }
            FactType::Date => {
                let day = parse_day(&text(value)?)?;
                sane_year(day.year())?;
                Ok(Self::Date(day))
            }
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
    match spec.kind {
        FactType::List => {
            let lists: Localized<Vec<String>> = serde_json::from_value(value.clone()).map_err(bad)?;
            let empty = lists.is_empty() || lists.0.values().any(Vec::is_empty);
            if empty { Err(BadFact::Empty) } else { Ok(FactValue::Lists(lists)) }
        }
        _ => {
            let texts: Localized = serde_json::from_value(value.clone()).map_err(bad)?;
            let empty = texts.is_empty() || texts.0.values().any(|t| t.trim().is_empty());
            if empty { Err(BadFact::Empty) } else { Ok(FactValue::Texts(texts)) }
        }
    }
}

fn text(value: &Value) -> Result<String, BadFact> {
    let text = value.as_str().ok_or(BadFact::Type("text in quotes"))?.trim();
    if text.is_empty() {
        Err(BadFact::Empty)
    } else {
        Ok(text.to_owned())
    }
}

fn list(value: &Value) -> Result<Vec<String>, BadFact> {
    let items = value.as_array().ok_or(BadFact::Type("list"))?;
    if items.is_empty() {
        return Err(BadFact::Empty);
    }
    items.iter().map(text).collect()
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
        Ok(url) if matches!(url.scheme(), "http" | "https") => Ok(text.to_owned()),
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

fn sane_year(year: i32) -> Result<(), BadFact> {
    if (1990..=2200).contains(&year) {
        Ok(())
    } else {
        Err(BadFact::Year(year))
    }
}
