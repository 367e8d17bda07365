//! The three types the database knows: whole numbers, texts and bytes, on both back-ends alike.

use super::StoreError;

/// A value on its way in.
#[derive(Debug, Clone)]
pub enum Value {
    /// A number, or nothing.
    Int(Option<i64>),
    /// A text, or nothing.
    Text(Option<String>),
    /// Bytes.
    Bytes(Vec<u8>),
}

macro_rules! from {
    ($($from:ty => |$x:ident| $to:expr),+ $(,)?) => {
        $(impl From<$from> for Value { fn from($x: $from) -> Self { $to } })+
    };
}

from! {
    i64 => |x| Value::Int(Some(x)),
    i32 => |x| Value::Int(Some(i64::from(x))),
    u32 => |x| Value::Int(Some(i64::from(x))),
    usize => |x| Value::Int(i64::try_from(x).ok()),
    bool => |x| Value::Int(Some(i64::from(x))),
    Option<i64> => |x| Value::Int(x),
    &str => |x| Value::Text(Some(x.to_owned())),
    &String => |x| Value::Text(Some(x.clone())),
    String => |x| Value::Text(Some(x)),
    Option<String> => |x| Value::Text(x),
    Option<&str> => |x| Value::Text(x.map(str::to_owned)),
    &Option<String> => |x| Value::Text(x.clone()),
    Vec<u8> => |x| Value::Bytes(x),
    chrono::DateTime<chrono::Utc> => |x| Value::Int(Some(x.timestamp_millis())),
    Option<chrono::DateTime<chrono::Utc>> => |x| Value::Int(x.map(|t| t.timestamp_millis())),
}

/// Values for a statement's `$1`, `$2` …
macro_rules! args {
    ($($value:expr),* $(,)?) => { vec![$($crate::store::value::Value::from($value)),*] };
}
pub(crate) use args;

/// A value on its way out.
#[derive(Debug, Clone)]
pub enum Cell {
    /// NULL.
    Null,
    /// A number.
    Int(i64),
    /// A text.
    Text(String),
    /// Bytes.
    Bytes(Vec<u8>),
}

/// A row, read from left to right: each `take` gives the next column.
#[derive(Debug)]
pub struct Row(std::vec::IntoIter<Cell>);

impl Row {
    pub(super) fn new(cells: Vec<Cell>) -> Self {
        Self(cells.into_iter())
    }

    fn next(&mut self) -> Result<Cell, StoreError> {
        self.0.next().ok_or_else(|| StoreError::Shape("a column is missing".to_owned()))
    }

    /// A number that is there.
    pub fn int(&mut self) -> Result<i64, StoreError> {
        self.opt_int()?.ok_or_else(|| StoreError::Shape("a number is NULL".to_owned()))
    }

    /// A number, or nothing.
    pub fn opt_int(&mut self) -> Result<Option<i64>, StoreError> {
        match self.next()? {
            Cell::Int(int) => Ok(Some(int)),
            Cell::Null => Ok(None),
            other => Err(StoreError::Shape(format!("{other:?} where a number should be"))),
        }
    }

    /// A text that is there.
    pub fn text(&mut self) -> Result<String, StoreError> {
        self.opt_text()?.ok_or_else(|| StoreError::Shape("a text is NULL".to_owned()))
    }

    /// A text, or nothing.
    pub fn opt_text(&mut self) -> Result<Option<String>, StoreError> {
        match self.next()? {
            Cell::Text(text) => Ok(Some(text)),
            Cell::Null => Ok(None),
            other => Err(StoreError::Shape(format!("{other:?} where a text should be"))),
        }
    }

    /// Bytes that are there.
    pub fn bytes(&mut self) -> Result<Vec<u8>, StoreError> {
        match self.next()? {
            Cell::Bytes(bytes) => Ok(bytes),
            other => Err(StoreError::Shape(format!("{other:?} where bytes should be"))),
        }
    }

    /// An instant that is there.
    pub fn instant(&mut self) -> Result<chrono::DateTime<chrono::Utc>, StoreError> {
        self.int().map(crate::clock::from_ms)
    }

    /// An instant, or nothing.
    pub fn opt_instant(&mut self) -> Result<Option<chrono::DateTime<chrono::Utc>>, StoreError> {
        Ok(self.opt_int()?.map(crate::clock::from_ms))
    }

    /// A word of a closed vocabulary.
    pub fn word<T: std::str::FromStr<Err: std::fmt::Display>>(&mut self) -> Result<T, StoreError> {
        let text = self.text()?;
        text.parse().map_err(|e: T::Err| StoreError::Shape(e.to_string()))
    }

    /// A word of a closed vocabulary, or nothing.
    pub fn opt_word<T: std::str::FromStr<Err: std::fmt::Display>>(&mut self) -> Result<Option<T>, StoreError> {
        let word = self.opt_text()?.map(|text| text.parse());
        word.transpose().map_err(|e: T::Err| StoreError::Shape(e.to_string()))
    }

    /// A value kept as JSON.
    pub fn json<T: serde::de::DeserializeOwned>(&mut self) -> Result<T, StoreError> {
        from_json(&self.text()?)
    }

    /// A value kept as JSON, or nothing.
    pub fn opt_json<T: serde::de::DeserializeOwned>(&mut self) -> Result<Option<T>, StoreError> {
        self.opt_text()?.as_deref().map(from_json).transpose()
    }
}

fn from_json<T: serde::de::DeserializeOwned>(text: &str) -> Result<T, StoreError> {
    serde_json::from_str(text).map_err(|e| StoreError::Shape(e.to_string()))
}

/// The JSON of a value, to be kept.
pub fn to_json(value: &impl serde::Serialize) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|e| StoreError::Shape(e.to_string()))
}
