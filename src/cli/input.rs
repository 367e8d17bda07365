//! Reading items from files, folders and standard input.

use std::cell::Cell;
use std::fs;
use std::io::{IsTerminal, Read};
use std::path::{Path, PathBuf};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::exit::Failed;
use crate::acts::{ActError, check_source};
use crate::item::check::Checked;
use crate::item::source::{SourceAttachment, SourceItem};
use crate::item::{Office, Problems, Source};
use crate::system::System;

/// The largest file of items that is read.
const MAX_FILE: u64 = 64 * 1024 * 1024;
/// The most items of one import.
const MAX_ITEMS: usize = 10_000;
/// The most text of one import: all of it is checked before any of it is kept.
const MAX_TEXTS: u64 = 128 * 1024 * 1024;
/// The most bytes of attachments of one import.
const MAX_ATTACHED: u64 = 512 * 1024 * 1024;

/// Reads and checks everything at `paths`. All problems of all files are told at once, and then nothing is given back.
pub fn read_all(system: &System, office: &Office, paths: &[PathBuf]) -> Result<Vec<Checked>, Failed> {
    let mut files = Vec::new();
    for path in paths {
        find(path, &mut files)?;
    }
    if files.is_empty() {
        return Err(Failed::Input("there is no item there: files must end in .md or .json".to_owned()));
    }
    let progress = Progress::new();
    let (mut import, mut checked, mut problems) = (Import::default(), Vec::new(), Vec::new());
    for file in files {
        for source in import.sources(&file, &progress)? {
            match source.and_then(|source| import.check(system, office, &source)) {
                Ok(item) => checked.push(item),
                Err(found) => problems.extend(found.0),
            }
            progress.step();
        }
        import.must_fit()?;
    }
    progress.end(checked.len());
    if problems.is_empty() {
        Ok(checked)
    } else {
        Err(ActError::Problems(Problems(problems)).into())
    }
}

/// Reads and checks the one item in a file, or on standard input.
pub fn read_one(system: &System, office: &Office, path: &Path) -> Result<Checked, Failed> {
    let mut items = read_all(system, office, &[path.to_owned()])?;
    match (items.pop(), items.is_empty()) {
        (Some(item), true) => Ok(item),
        _ => Err(Failed::Input(format!("{} must hold exactly one item", path.display()))),
    }
}

fn find(path: &Path, files: &mut Vec<PathBuf>) -> Result<(), Failed> {
    if path == Path::new("-") {
        files.push(path.to_owned());
        return Ok(());
    }
    let unreadable = |e: std::io::Error| Failed::Input(format!("{} cannot be read: {e}", path.display()));
    if !path.is_dir() {
        // A file that is not there is told before others are checked.
        fs::metadata(path).map_err(unreadable)?;
        files.push(path.to_owned());
        return Ok(());
    }
    let mut entries: Vec<PathBuf> = fs::read_dir(path)
        .map_err(unreadable)?
        .filter_map(|entry| Some(entry.ok()?.path()))
        .collect();
    entries.sort();
    for entry in entries {
        let is_item = entry.extension().is_some_and(|ending| ending == "md" || ending == "json");
        if entry.is_dir() || is_item {
            find(&entry, files)?;
        }
    }
    Ok(())
}

/// What one import has taken so far.
#[derive(Default)]
struct Import {
    items: usize,
    texts: u64,
    attached: Cell<u64>,
    folder: PathBuf,
}

impl Import {
    /// The items in a file, each read or with what is wrong with it.
    fn sources(&mut self, path: &Path, progress: &Progress) -> Result<Vec<Result<Source, Problems>>, Failed> {
        let name = if path == Path::new("-") {
            "standard input".to_owned()
        } else {
            path.display().to_string()
        };
        let text = read_text(path).map_err(|e| Failed::Input(format!("{name} cannot be read: {e}")))?;
        path.parent().unwrap_or(Path::new("")).clone_into(&mut self.folder);
        self.texts += text.len() as u64;
        let sources = match sources(&name, &text) {
            Ok(sources) => sources.into_iter().map(Ok).collect(),
            Err(problems) => vec![Err(problems)],
        };
        self.items += sources.len();
        progress.known(self.items);
        self.must_fit()?;
        Ok(sources)
    }

    fn check(&self, system: &System, office: &Office, source: &Source) -> Result<Checked, Problems> {
        check_source(system, office, source, |attachment| {
            // Beyond the limit nothing more is read; `must_fit` tells it once, not for each file.
            if self.attached.get() > MAX_ATTACHED {
                return Err(format!("this import brings more than {} of attachments", megabytes(MAX_ATTACHED)));
            }
            let bytes = attached(&self.folder, attachment)?;
            self.attached.set(self.attached.get() + bytes.len() as u64);
            Ok(bytes)
        })
    }

    fn must_fit(&self) -> Result<(), Failed> {
        let over = if self.items > MAX_ITEMS {
            format!("more than {MAX_ITEMS} items")
        } else if self.texts > MAX_TEXTS {
            format!("more than {} of text", megabytes(MAX_TEXTS))
        } else if self.attached.get() > MAX_ATTACHED {
            format!("more than {} of attachments", megabytes(MAX_ATTACHED))
        } else {
            return Ok(());
        };
        Err(Failed::Input(format!(
            "this import has {over}; nothing of it was kept. Import it in parts"
        )))
    }
}

fn megabytes(bytes: u64) -> String {
    format!("{} MB", bytes / 1024 / 1024)
}

/// By what is read, not by what the file system says: a pipe has no size.
fn read_text(path: &Path) -> std::io::Result<String> {
    let mut text = String::new();
    let read = if path == Path::new("-") {
        std::io::stdin().take(MAX_FILE + 1).read_to_string(&mut text)?
    } else {
        fs::File::open(path)?.take(MAX_FILE + 1).read_to_string(&mut text)?
    };
    if read as u64 > MAX_FILE {
        let what = format!("it has more than the {MAX_FILE} bytes that a file of items may have");
        return Err(std::io::Error::new(std::io::ErrorKind::InvalidData, what));
    }
    Ok(text)
}

/// A file holds one item, or a JSON array of them.
fn sources(name: &str, text: &str) -> Result<Vec<Source>, Problems> {
    if !text.trim_start().starts_with('[') {
        return Ok(vec![Source::parse(name, text)?]);
    }
    let items: Vec<SourceItem> = serde_json::from_str(text).map_err(|error| {
        use crate::item::{Expected, Problem};
        let expected = Expected::Example(r#"[{"kind": "news", "reference": "2026-001", …}, …]"#.to_owned());
        Problems(vec![Problem {
            source: name.to_owned(),
            line: Some(error.line()),
            field: "items".to_owned(),
            what: error.to_string(),
            expected,
        }])
    })?;
    Ok(items
        .into_iter()
        .enumerate()
        .map(|(index, item)| Source::from_item(&format!("{name}[{index}]"), item))
        .collect())
}

/// An attachment beside the item; nothing outside its folder.
fn attached(folder: &Path, attachment: &SourceAttachment) -> Result<Vec<u8>, String> {
    if let Some(text) = &attachment.base64 {
        return crate::item::attachment::from_base64(text);
    }
    let below = Path::new(&attachment.file);
    let inside = below
        .components()
        .all(|part| matches!(part, std::path::Component::Normal(_) | std::path::Component::CurDir));
    if !inside {
        return Err("it must stand in the item's folder or below it".to_owned());
    }
    let path = folder.join(below);
    let file = fs::File::open(&path).map_err(|_| format!("there is no file {}", path.display()))?;
    let mut bytes = Vec::new();
    let most = crate::item::attachment::MAX_BYTES as u64;
    file.take(most + 1)
        .read_to_end(&mut bytes)
        .map_err(|e| format!("{} cannot be read: {e}", path.display()))?;
    if bytes.len() as u64 > most {
        return Err(format!("it has more than the {most} bytes that an attachment may have"));
    }
    Ok(bytes)
}

/// How far the checking has come: a bar on a terminal, a line now and then elsewhere. On standard error, for more than a handful of items.
struct Progress {
    bar: ProgressBar,
    quiet: bool,
}

/// From how many items on it is shown.
const HANDFUL: u64 = 20;
/// After how many items there is a line where there is no terminal.
const NOW_AND_THEN: u64 = 1000;

impl Progress {
    fn new() -> Self {
        let bar = ProgressBar::new(0);
        let quiet = !std::io::stderr().is_terminal();
        let bar = match ProgressStyle::with_template("checking {pos}/{len} {bar:30} {eta}") {
            Ok(style) => bar.with_style(style),
            Err(_) => bar,
        };
        bar.set_draw_target(ProgressDrawTarget::hidden());
        Self { bar, quiet }
    }

    /// So many items are known of by now.
    fn known(&self, items: usize) {
        self.bar.set_length(items as u64);
        if items as u64 >= HANDFUL && !self.quiet && self.bar.is_hidden() {
            self.bar.set_draw_target(ProgressDrawTarget::stderr());
        }
    }

    fn step(&self) {
        self.bar.inc(1);
        if self.quiet && self.bar.position().is_multiple_of(NOW_AND_THEN) {
            eprintln!("checked {} items", self.bar.position());
        }
    }

    fn end(&self, items: usize) {
        self.bar.finish_and_clear();
        if items as u64 >= NOW_AND_THEN {
            eprintln!("{items} items are in order; they are kept all at once now");
        }
    }
}
