//! The state file: one JSON line for every change, replayed at start.
//!
//! A line is written before the answer goes out, so that what was accepted survives a kill of the process.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::model::{Comment, Photo, Post, Video};
use super::settings::Settings;
use super::tokens::Token;

/// A change: the whole new value of one object.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Entry {
    Post(Box<Post>),
    Photo(Box<Photo>),
    Picture { id: String, base64: String },
    Video(Box<Video>),
    Comment(Box<Comment>),
    Token(Box<Token>),
    Settings(Settings),
}

/// The open state file.
#[derive(Debug)]
pub(super) struct Journal {
    file: File,
}

impl Journal {
    /// Opens the file, or makes it, and returns what it holds; a last line torn by a kill is cut off.
    pub fn open(path: &Path) -> io::Result<(Self, Vec<Entry>)> {
        let mut file = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path)?;
        let mut text = Vec::new();
        file.read_to_end(&mut text)?;
        let whole = text.iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end + 1);
        file.set_len(whole as u64)?;
        file.seek(SeekFrom::End(0))?;
        let entries = text[..whole]
            .split(|byte| *byte == b'\n')
            .filter(|line| !line.is_empty())
            .map(|line| serde_json::from_slice(line).map_err(io::Error::from))
            .collect::<io::Result<_>>()?;
        Ok((Self { file }, entries))
    }

    /// Appends one change in a single write.
    pub fn append(&mut self, entry: &Entry) -> io::Result<()> {
        let mut line = serde_json::to_vec(entry)?;
        line.push(b'\n');
        self.file.write_all(&line)
    }

    /// Forgets everything.
    pub fn clear(&mut self) -> io::Result<()> {
        self.file.set_len(0)?;
        self.file.seek(SeekFrom::Start(0)).map(drop)
    }
}
