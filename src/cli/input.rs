//! Reading items from files, folders and standard input.

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use indicatif::{ProgressBar, ProgressStyle};

use super::exit::Failed;
use crate::acts::{ActError, check_source};
use crate::item::check::Checked;
use crate::item::source::{SourceAttachment, SourceItem};
use crate::item::{Office, Problems, Source};
use crate::system::System;

/// The largest file of items that is read.
const MAX_FILE: u64 = 64 * 1024 * 1024;

/// Reads and checks everything at `paths`. All problems of all files are told at once, and then nothing is given back.
pub fn read_all(system: &System, office: &Office, paths: &[PathBuf]) -> Result<Vec<Checked>, Failed> {
    let mut files = Vec::new();
    for path in paths {
        find(path, &mut files)?;
    }
    if files.is_empty() {
        return Err(Failed::Input("there is no item there: files must end in .md or .json".to_owned()));
    }
    let progress = progress(files.len());
    let (mut checked, mut problems) = (Vec::new(), Vec::new());
    for file in files {
        match read_file(system, office, &file)? {
            Ok(items) => checked.extend(items),
            Err(found) => problems.extend(found.0),
        }
        progress.inc(1);
    }
    progress.finish_and_clear();
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
        let size = fs::metadata(path).map_err(unreadable)?.len();
        if size > MAX_FILE {
            return Err(Failed::Input(format!(
                "{} has {size} bytes, more than the {MAX_FILE} that a file of items may have",
                path.display()
            )));
        }
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

fn read_file(system: &System, office: &Office, path: &Path) -> Result<Result<Vec<Checked>, Problems>, Failed> {
    let name = if path == Path::new("-") {
        "standard input".to_owned()
    } else {
        path.display().to_string()
    };
    let text = read_text(path).map_err(|e| Failed::Input(format!("{name} cannot be read: {e}")))?;
    let folder = path.parent().unwrap_or(Path::new("")).to_owned();
    let sources = match sources(&name, &text) {
        Ok(sources) => sources,
        Err(problems) => return Ok(Err(problems)),
    };
    let (mut checked, mut problems) = (Vec::new(), Vec::new());
    for source in sources {
        match check_source(system, office, &source, |attachment| attached(&folder, attachment)) {
            Ok(item) => checked.push(item),
            Err(found) => problems.extend(found.0),
        }
    }
    Ok(if problems.is_empty() {
        Ok(checked)
    } else {
        Err(Problems(problems))
    })
}

fn read_text(path: &Path) -> std::io::Result<String> {
    if path != Path::new("-") {
        return fs::read_to_string(path);
    }
    let mut text = String::new();
    std::io::stdin().take(MAX_FILE).read_to_string(&mut text)?;
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
    let size = fs::metadata(&path)
        .map_err(|_| format!("there is no file {}", path.display()))?
        .len();
    if size > crate::item::attachment::MAX_BYTES as u64 {
        return Err(format!(
            "it has {size} bytes, more than the {} that an attachment may have",
            crate::item::attachment::MAX_BYTES
        ));
    }
    fs::read(&path).map_err(|e| format!("{} cannot be read: {e}", path.display()))
}

/// A bar on a terminal, for more than a handful of files.
fn progress(files: usize) -> ProgressBar {
    if files < 20 {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::new(files as u64);
    match ProgressStyle::with_template("checking {pos}/{len} {bar:30} {eta}") {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}
