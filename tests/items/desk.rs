//! The desk of the tests: the shipped kinds, an office, and samples read as on a given day.

use std::fs;
use std::path::{Path, PathBuf};

use chrono::{Datelike, Days, NaiveDate, Utc};
use kasnec::item::check::{self, Checked};
use kasnec::item::source::SourceAttachment;
use kasnec::item::{Kinds, Lang, Localized, Office, Problems, Source};

pub const ZONE: chrono_tz::Tz = chrono_tz::Europe::Belgrade;

/// Everything in `kinds/`.
pub fn kinds() -> Kinds {
    let files: Vec<(String, String)> = files_in("kinds", "toml")
        .iter()
        .map(|path| (name_of(path), fs::read_to_string(path).unwrap()))
        .collect();
    Kinds::parse(files.iter().map(|(name, text)| (name.as_str(), text.as_str()))).unwrap()
}

/// The municipality of the samples.
pub fn office() -> Office {
    Office {
        id: "kacanik".into(),
        name: Localized([(lang("sq"), "Komuna e Kaçanikut".to_owned())].into()),
        zone: ZONE,
        languages: ["sq", "sr", "en", "tr"].map(lang).to_vec(),
        public_url: "https://example.org".into(),
    }
}

pub fn lang(code: &str) -> Lang {
    code.parse().unwrap()
}

/// The files of a folder of the repository with that ending, in order.
pub fn files_in(folder: &str, ending: &str) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join(folder))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|e| e == ending))
        .collect();
    files.sort();
    files
}

pub fn name_of(path: &Path) -> String {
    path.file_name().unwrap().to_str().unwrap().to_owned()
}

pub fn today() -> NaiveDate {
    Utc::now().with_timezone(&ZONE).date_naive()
}

/// The text with `{{+10d}}` and `{{year}}` replaced as on `today`.
pub fn dated(text: &str, today: NaiveDate) -> String {
    let mut pieces = text.split("{{");
    let mut dated = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let (slot, rest) = piece.split_once("}}").expect("a {{ without }}");
        dated.push_str(&slot_on(slot, today));
        dated.push_str(rest);
    }
    dated
}

fn slot_on(slot: &str, today: NaiveDate) -> String {
    if slot == "year" {
        return today.year().to_string();
    }
    let days: i64 = slot.strip_suffix('d').and_then(|n| n.parse().ok()).expect(slot);
    let span = Days::new(days.unsigned_abs());
    let day = if days < 0 { today - span } else { today + span };
    day.format("%Y-%m-%d").to_string()
}

/// Reads and checks a file as on `today`, its attachments beside it.
pub fn check_file(path: &Path, kinds: &Kinds, today: NaiveDate) -> Result<Checked, Problems> {
    let text = dated(&fs::read_to_string(path).unwrap(), today);
    let source = Source::parse(&name_of(path), &text)?;
    let folder = path.parent().unwrap();
    check::check(&source, kinds, &office(), |written| {
        fs::read(folder.join(&written.file)).map_err(|_| "there is no such file".to_owned())
    })
}

/// Checks a text that has no files beside it.
pub fn check_text(text: &str, kinds: &Kinds) -> Result<Checked, Problems> {
    check::check(&Source::parse("request", text)?, kinds, &office(), from_base64)
}

fn from_base64(written: &SourceAttachment) -> Result<Vec<u8>, String> {
    use base64::Engine as _;
    let text = written.base64.as_deref().ok_or("there is no such file")?;
    base64::engine::general_purpose::STANDARD.decode(text).map_err(|e| e.to_string())
}
