//! The remote as the measurements see it: a child process that forgets nothing.

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, Command, Stdio};

use serde::Deserialize;

use crate::remote;

/// A running remote; it ends when this is dropped.
pub struct Sink {
    /// Its address, without a trailing slash.
    pub url: String,
    answers: BufReader<std::process::ChildStdout>,
    questions: Option<ChildStdin>,
    child: Child,
}

/// What the remote saw of one name: a post's slug or a plain job's number.
#[derive(Debug, Default, Clone, Copy, Deserialize)]
pub struct Seen {
    /// How often it was made.
    pub made: u32,
    /// When first, in milliseconds since 1970.
    pub made_at: f64,
    /// How often it was made public.
    pub public: u32,
    /// When first.
    pub public_at: f64,
}

impl Sink {
    /// Starts this very program again, in the remote's role.
    pub fn start() -> Self {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .arg(remote::ROLE)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut answers = BufReader::new(child.stdout.take().unwrap());
        let mut url = String::new();
        answers.read_line(&mut url).unwrap();
        Self {
            url: url.trim().to_owned(),
            answers,
            questions: child.stdin.take(),
            child,
        }
    }

    /// Everything it has seen, by name.
    pub fn seen(&mut self) -> HashMap<String, Seen> {
        writeln!(self.questions.as_mut().unwrap(), "seen").unwrap();
        let mut answer = String::new();
        self.answers.read_line(&mut answer).unwrap();
        serde_json::from_str(&answer).unwrap()
    }
}

impl Drop for Sink {
    fn drop(&mut self) {
        // The child reads its standard input to the end, and then ends.
        drop(self.questions.take());
        let _ = self.child.wait();
    }
}
