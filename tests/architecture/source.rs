//! Rust source, read just well enough: code, comments and literals apart, and the modules it names.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

/// One source file.
pub struct Source {
    /// Its path below the root, with forward slashes.
    pub path: String,
    /// The top-level module it belongs to.
    pub module: String,
    /// How deep it lies below that module's folder.
    pub depth: usize,
    /// The text up to its tests, comments and literals blanked.
    pub code: String,
    /// The string literals in that part, with their lines.
    pub literals: Vec<(usize, String)>,
}

/// Where a word stands.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// `path:line`.
    pub at: String,
    /// What was found there.
    pub what: String,
}

/// The root of the project.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Every file below a folder of the project, sorted.
pub fn files(folder: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    walk(&root().join(folder), &mut found);
    found.sort();
    found
}

/// The Rust sources below `src/`, read once.
pub fn sources() -> &'static [Source] {
    static SOURCES: OnceLock<Vec<Source>> = OnceLock::new();
    SOURCES.get_or_init(|| {
        let rust = files("src")
            .into_iter()
            .filter(|path| path.extension().is_some_and(|ending| ending == "rs"))
            // A module's tests in a file of their own.
            .filter(|path| !path.ends_with("tests.rs"));
        rust.map(|path| Source::read(&path)).collect()
    })
}

/// A path as the reports show it.
pub fn shown(path: &Path) -> String {
    path.strip_prefix(root()).unwrap_or(path).display().to_string()
}

fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            walk(&path, found);
        } else {
            found.push(path);
        }
    }
}

impl Source {
    fn read(path: &Path) -> Self {
        let text = fs::read_to_string(path).unwrap();
        Self::of(&shown(path), &text)
    }

    /// The source `text` as if it stood at `path`.
    pub fn of(path: &str, text: &str) -> Self {
        let parts: Vec<&str> = path.trim_start_matches("src/").split('/').collect();
        let module = parts[0].trim_end_matches(".rs").to_owned();
        let is_mod = parts.last() == Some(&"mod.rs");
        let own = text.find("#[cfg(test)]").map_or(text, |tests| &text[..tests]);
        let (code, literals) = split(own);
        Self {
            path: path.to_owned(),
            module,
            depth: parts.len() - usize::from(is_mod),
            code,
            literals,
        }
    }

    /// Where `word` stands in the code, as a whole word or path.
    pub fn places(&self, word: &str) -> Vec<Place> {
        let bounded = |at: usize| {
            let before = self.code[..at].chars().next_back();
            let after = self.code[at + word.len()..].chars().next();
            let inside = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_');
            let starts = !word.starts_with(char::is_alphanumeric) || (!inside(before) && before != Some(':'));
            starts && (!word.ends_with(char::is_alphanumeric) || !inside(after))
        };
        let found = self.code.match_indices(word).filter(|(at, _)| bounded(*at));
        found.map(|(at, _)| self.place(at, word)).collect()
    }

    /// The other top-level modules this file names, by `crate::` or by climbing with `super::`.
    pub fn uses(&self) -> Vec<Place> {
        let mut used = Vec::new();
        for (at, _) in self.code.match_indices("crate::") {
            for name in heads(&self.code[at + "crate::".len()..]) {
                used.push(self.place(at, &name));
            }
        }
        let climb = "super::".repeat(self.depth);
        for (at, _) in self.code.match_indices(&climb) {
            if !self.code[..at].ends_with("super::") {
                for name in heads(&self.code[at + climb.len()..]) {
                    used.push(self.place(at, &name));
                }
            }
        }
        used.retain(|place| place.what != self.module);
        used
    }

    fn place(&self, at: usize, what: &str) -> Place {
        let line = self.code[..at].matches('\n').count() + 1;
        Place {
            at: format!("{}:{line}", self.path),
            what: what.to_owned(),
        }
    }
}

/// The first names of what follows `crate::`: one, or those of a group in braces.
fn heads(rest: &str) -> Vec<String> {
    let name = |text: &str| {
        text.trim_start()
            .chars()
            .take_while(|c| c.is_alphanumeric() || *c == '_')
            .collect::<String>()
    };
    let Some(group) = rest.strip_prefix('{') else {
        return vec![name(rest)];
    };
    let (mut depth, mut heads, mut start) = (0, vec![], 0);
    for (at, c) in group.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth > 0 => depth -= 1,
            ',' | '}' if depth == 0 => {
                heads.push(name(&group[start..at]));
                start = at + 1;
                if c == '}' {
                    break;
                }
            }
            _ => {}
        }
    }
    heads.retain(|head| !head.is_empty());
    heads
}

/// Blanks comments and literals; gives the string literals with their lines.
fn split(text: &str) -> (String, Vec<(usize, String)>) {
    let (mut code, mut literals, mut rest) = (String::new(), Vec::new(), text);
    while let Some(c) = rest.chars().next() {
        let (skipped, literal) = token(rest, code.chars().next_back());
        if let Some(literal) = literal {
            literals.push((code.matches('\n').count() + 1, literal));
        }
        if skipped == 0 {
            code.push(c);
            rest = &rest[c.len_utf8()..];
        } else {
            code.extend(rest[..skipped].chars().map(|c| if c == '\n' { '\n' } else { ' ' }));
            rest = &rest[skipped..];
        }
    }
    (code, literals)
}

/// How many bytes a comment or literal at the start takes (0 if there is none), and the text of a string.
fn token(rest: &str, before: Option<char>) -> (usize, Option<String>) {
    if rest.starts_with("//") {
        return (rest.find('\n').unwrap_or(rest.len()), None);
    }
    let in_word = before.is_some_and(|c| c.is_alphanumeric() || c == '_');
    let raw = rest.strip_prefix('b').unwrap_or(rest);
    if !in_word && raw.starts_with('r') && raw[1..].trim_start_matches('#').starts_with('"') {
        let hashes = raw[1..].chars().take_while(|c| *c == '#').count();
        let opening = rest.len() - raw.len() + 2 + hashes;
        let closing = format!("\"{}", "#".repeat(hashes));
        let length = rest[opening..].find(&closing).unwrap_or(rest.len() - opening);
        return (opening + length + closing.len(), Some(rest[opening..opening + length].to_owned()));
    }
    if let Some(inside) = rest.strip_prefix('"') {
        let end = closing_quote(inside, '"');
        return (end + 2, Some(inside[..end].to_owned()));
    }
    let is_char = rest.starts_with("'\\") || rest.chars().nth(2) == Some('\'');
    if rest.starts_with('\'') && is_char {
        return (closing_quote(&rest[1..], '\'') + 2, None);
    }
    (0, None)
}

fn closing_quote(text: &str, quote: char) -> usize {
    let mut escaped = false;
    for (at, c) in text.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            c if c == quote => return at,
            _ => {}
        }
    }
    text.len()
}
