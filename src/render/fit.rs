//! Making a text fit: tidy lines, cuts at words, the link kept.

use crate::manifest::{Format, Overflow, Part};

/// The mark of a cut.
const ELLIPSIS: char = '…';

/// A part longer than its limit that may not be cut: its length.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TooLong(pub usize);

/// `text` within the part's limit, counted in characters; HTML is never cut, a half tag is worse than no post.
pub fn fit(part: &Part, text: String, link: &str) -> Result<String, TooLong> {
    let length = text.chars().count();
    if part.limit == 0 || length <= part.limit {
        return Ok(text);
    }
    if part.overflow == Overflow::Refuse || part.format == Format::Html {
        return Err(TooLong(length));
    }
    let tail = if text.contains(link) {
        format!("\n\n{link}")
    } else {
        String::new()
    };
    let room = part.limit.checked_sub(tail.chars().count()).ok_or(TooLong(length))?;
    Ok(truncate(&text, room) + &tail)
}

/// At most `limit` characters, cut at a word, with "…" where something was left out.
pub fn truncate(text: &str, limit: usize) -> String {
    if text.chars().count() <= limit {
        return text.to_owned();
    }
    let Some(room) = limit.checked_sub(1) else {
        return String::new();
    };
    let end = text.char_indices().nth(room).map_or(text.len(), |(index, _)| index);
    let whole_word = text[end..].starts_with(char::is_whitespace);
    let cut = if whole_word {
        end
    } else {
        text[..end].rfind(char::is_whitespace).unwrap_or(end)
    };
    let kept = text[..cut].trim_end_matches(|c: char| c.is_whitespace() || matches!(c, ',' | ';' | ':' | '–' | '-'));
    format!("{kept}{ELLIPSIS}")
}

/// No spaces at the end of a line, never two empty lines, none at the ends: templates may be laid out for their reader.
pub fn tidy(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut empty = 0;
    for line in text.lines().map(str::trim_end) {
        if line.is_empty() {
            empty += 1;
            continue;
        }
        if !out.is_empty() {
            out.push_str(if empty > 0 { "\n\n" } else { "\n" });
        }
        empty = 0;
        out.push_str(line);
    }
    out
}
