//! What survives the process: how the time in force stands to the machine's count, until the machine starts anew.

use std::path::Path;

use serde::{Deserialize, Serialize};

use super::Doubt;

/// The file's name in the data folder.
pub(super) const FILE: &str = "clock.json";

/// The file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Notes {
    /// The start of the machine from which it counts.
    pub boot: String,
    /// The time in force is the machine's count plus so many milliseconds.
    pub offset_ms: i64,
    /// Whether others, or a person, have confirmed it.
    pub attested: bool,
    /// Whether it rests on one witness's word.
    pub on_one_word: bool,
    /// What spoke against it, or against the machine's clock.
    pub doubt: Option<Doubt>,
    /// When a person last said that the machine's clock is right, by the machine's count.
    pub trusted_at: i64,
    /// Whether that still holds: the machine's clock has not jumped since.
    #[serde(default)]
    pub trusted: bool,
}

impl Notes {
    /// What was noted since the machine's start. What cannot be read is as good as nothing: witnesses decide then.
    pub fn read(folder: &Path, boot: &str) -> Option<Self> {
        let text = std::fs::read(folder.join(FILE)).ok()?;
        let notes: Self = serde_json::from_slice(&text).ok()?;
        (notes.boot == boot && !boot.is_empty()).then_some(notes)
    }

    /// Writes the whole file, or nothing.
    pub fn write(&self, folder: &Path) -> std::io::Result<()> {
        let draft = folder.join(format!("{FILE}.{}", std::process::id()));
        std::fs::write(&draft, serde_json::to_vec(self)?)?;
        std::fs::rename(draft, folder.join(FILE))
    }
}
