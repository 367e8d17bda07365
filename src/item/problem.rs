//! What is wrong with an item, said so that the person who wrote it can mend it.

use std::fmt;

use serde::Serialize;

/// One thing that is wrong: where, what, and what is expected instead.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// The file (or `request` for the API).
    pub source: String,
    /// The line in it, where one is known.
    pub line: Option<usize>,
    /// The field, for example `facts.meeting_start`.
    pub field: String,
    /// What is wrong.
    pub what: String,
    /// What is expected.
    pub expected: Expected,
}

/// What is expected instead of what was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Expected {
    /// A value like this one.
    Example(String),
    /// One of these.
    OneOf(Vec<String>),
    /// This step.
    Do(String),
}

impl fmt::Display for Expected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Example(example) => write!(f, "write it like {example}"),
            Self::OneOf(options) => write!(f, "write one of: {}", options.join(", ")),
            Self::Do(step) => f.write_str(step),
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.source)?;
        if let Some(line) = self.line {
            write!(f, ":{line}")?;
        }
        write!(f, ": {}: {}; {}", self.field, self.what, self.expected)
    }
}

/// Everything that is wrong with one item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, thiserror::Error)]
#[serde(transparent)]
pub struct Problems(pub Vec<Problem>);

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let lines: Vec<String> = self.0.iter().map(ToString::to_string).collect();
        f.write_str(&lines.join("\n"))
    }
}

/// The candidate most like `word`, if one is near enough to be meant.
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    candidates
        .into_iter()
        // Comparing costs length times length; nobody means a fact by a page of text.
        .filter(|candidate| word.len() <= 3 * candidate.len())
        .map(|candidate| (strsim::damerau_levenshtein(word, candidate), candidate))
        .filter(|(distance, candidate)| *distance <= 1 + word.len() / 4 || word.starts_with(candidate) || candidate.starts_with(word))
        .min()
        .map(|(_, candidate)| candidate)
}

/// Adds "did you mean" to serde's "unknown field `x`, expected one of `a`, `b`", and to the same of a variant.
pub fn with_suggestion(message: &str) -> String {
    let unknown = ["unknown field `", "unknown variant `"];
    let Some((_, rest)) = unknown.iter().find_map(|words| message.split_once(words)) else {
        return message.to_owned();
    };
    let mut quoted = rest.split('`');
    let Some(unknown) = quoted.next() else { return message.to_owned() };
    let known: Vec<&str> = quoted.skip(1).step_by(2).collect();
    match nearest(unknown, known) {
        Some(meant) => format!("{message}; did you mean `{meant}`?"),
        None => message.to_owned(),
    }
}
