//! The recording: what was asked, for a checker that knows Meta's tables.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::Path;

use serde_json::{Map, Value, json};

use super::request::{Call, Upload};

/// Secrets are recorded as having been there, and no more.
const SECRET: [&str; 5] = [
    "access_token",
    "appsecret_proof",
    "client_secret",
    "fb_exchange_token",
    "input_token",
];

/// An append-only file of requests.
#[derive(Debug)]
pub(super) struct Recorder {
    file: File,
}

impl Recorder {
    /// Opens the file, or makes it.
    pub fn open(path: &Path) -> io::Result<Self> {
        Ok(Self {
            file: OpenOptions::new().create(true).append(true).open(path)?,
        })
    }

    /// Appends one request as one line.
    pub fn write(&mut self, call: &Call) -> io::Result<()> {
        let mut line = recorded(call).to_string();
        line.push('\n');
        self.file.write_all(line.as_bytes())
    }
}

fn recorded(call: &Call) -> Value {
    json!({
        "method": call.method.as_str(),
        "path": call.path,
        "params": without_secrets(&call.params),
        "files": call.files.iter().map(recorded_file).collect::<Vec<_>>(),
        "host": call.host,
    })
}

fn without_secrets(params: &Map<String, Value>) -> Map<String, Value> {
    let hide = |(name, value): (&String, &Value)| {
        let value = if SECRET.contains(&name.as_str()) {
            json!("…")
        } else {
            value.clone()
        };
        (name.clone(), value)
    };
    params.iter().map(hide).collect()
}

fn recorded_file(file: &Upload) -> Value {
    json!({
        "name": file.name,
        "filename": file.filename,
        "content_type": file.content_type,
        "size": file.bytes.len(),
    })
}
