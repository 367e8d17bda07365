//! The written form of an item: Markdown with TOML front matter, or JSON. Both give the same [`SourceItem`].

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::problem::{Expected, Problem, Problems};
use super::{Lang, Localized};

/// The largest front matter, in bytes.
pub const MAX_FRONT: usize = 256 * 1024;

/// An item as it was written, shape-checked only.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SourceItem {
    /// The name of its kind.
    pub kind: String,
    /// The office's own reference; the same one twice is the same item.
    pub reference: String,
    /// Not to be published before this moment on the office's clock.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub release: Option<String>,
    /// Words to file it under.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// Where the kind's facts stand.
    #[serde(default)]
    pub facts: serde_json::Map<String, serde_json::Value>,
    /// Title and body per language.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub translations: BTreeMap<Lang, SourceText>,
    /// The files beside it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attachments: Vec<SourceAttachment>,
}

/// One language's text, as written.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SourceText {
    /// The headline, plain text.
    pub title: String,
    /// The text, Markdown.
    #[serde(default)]
    pub body: String,
}

/// One attachment, as written.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SourceAttachment {
    /// The file's name; for a file on disk, its path beside the item.
    pub file: String,
    /// What people read on the link.
    #[serde(default)]
    pub title: Localized,
    /// What a picture shows, for people who do not see it.
    #[serde(default)]
    pub alt: Localized,
    /// The bytes, where there is no disk to read from (the API).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base64: Option<String>,
}

/// A written item, with the name of where it stood and the lines of its fields.
#[derive(Debug, Clone)]
pub struct Source {
    /// The file's name, or `request`.
    pub name: String,
    /// The item.
    pub item: SourceItem,
    text: String,
}

impl Source {
    /// Reads Markdown with front matter, or JSON: whichever `text` is.
    pub fn parse(name: &str, text: &str) -> Result<Self, Problems> {
        let text = text.trim_start_matches('\u{feff}').replace("\r\n", "\n");
        let item = if text.trim_start().starts_with('{') {
            from_json(name, &text)?
        } else {
            from_markdown(name, &text)?
        };
        Ok(Self {
            name: name.to_owned(),
            item,
            text,
        })
    }

    /// A source that never was a text.
    pub fn from_item(name: &str, item: SourceItem) -> Self {
        Self {
            name: name.to_owned(),
            item,
            text: String::new(),
        }
    }

    /// The line on which a field is set, or the table it is missing from, found again in the text for a message.
    pub fn line_of(&self, field: &str) -> Option<usize> {
        let path: Vec<&str> = field.split('.').collect();
        let index = match path[..] {
            ["translations", lang, ..] => self.heading(lang),
            ["attachments", nth, leaf] => self.attachment(nth.parse().ok()?, leaf),
            _ => path.iter().rev().find_map(|name| self.front().position(|line| sets(line, name))),
        };
        index.map(|index| index + 1)
    }

    fn heading(&self, lang: &str) -> Option<usize> {
        let heading = format!("# [{lang}]");
        let heading = self.text.lines().position(|line| line.starts_with(&heading));
        heading.or_else(|| self.front().position(|line| sets(line, lang)))
    }

    fn attachment(&self, nth: usize, leaf: &str) -> Option<usize> {
        let begins = |line: &str| line.starts_with("[[attachments]]") || line.trim_start().starts_with("\"file\"");
        let (first, _) = self.front().enumerate().filter(|(_, line)| begins(line)).nth(nth)?;
        let table = self.front().skip(first + 1).take_while(|line| !line.starts_with('['));
        let within = table.enumerate().find(|(_, line)| sets(line, leaf) && !begins(line));
        Some(within.map_or(first, |(offset, _)| first + 1 + offset))
    }

    /// The lines that set fields: the front matter, or the whole of a JSON.
    fn front(&self) -> impl Iterator<Item = &str> {
        let mut fences = 0;
        self.text.lines().take_while(move |line| {
            fences += usize::from(*line == "+++");
            fences < 2
        })
    }
}

/// Whether a line sets `name`, or opens a table of that name.
fn sets(line: &str, name: &str) -> bool {
    let line = line.trim_start().trim_start_matches(['"', '[']);
    line.strip_prefix(name)
        .is_some_and(|rest| rest.starts_with([' ', '=', '.', '"', ']', ':']))
}

fn from_json(name: &str, text: &str) -> Result<SourceItem, Problems> {
    serde_json::from_str(text).map_err(|error| {
        one(
            name,
            Some(error.line()),
            "item",
            &error.to_string(),
            r#"{"kind": "news", "reference": "2026-001", "translations": {"sq": {"title": "…", "body": "…"}}}"#,
        )
    })
}

fn from_markdown(name: &str, text: &str) -> Result<SourceItem, Problems> {
    let front_expected = "a first line of +++, the facts in TOML, and a line of +++ before the text";
    let body = text
        .strip_prefix("+++\n")
        .ok_or_else(|| one(name, Some(1), "front matter", "it is missing", front_expected))?;
    let (front, sections) = body
        .split_once("\n+++\n")
        .or_else(|| body.strip_suffix("\n+++").map(|front| (front, "")))
        .ok_or_else(|| one(name, Some(1), "front matter", "its closing line of +++ is missing", front_expected))?;
    if front.len() > MAX_FRONT {
        let what = format!("it has {} bytes, more than the {MAX_FRONT} that it may have", front.len());
        return Err(one(
            name,
            Some(1),
            "front matter",
            &what,
            "the facts before the line of +++, the text after it",
        ));
    }
    let mut item: SourceItem = toml::from_str(front).map_err(|error| {
        let line = error
            .span()
            .map(|span| 2 + front.bytes().take(span.start).filter(|b| *b == b'\n').count());
        one(name, line, "front matter", error.message(), "kind = \"news\"")
    })?;
    let first_line = 4 + front.matches('\n').count();
    for (line, lang, text) in sections_of(name, sections, first_line)? {
        if item.translations.contains_key(&lang) {
            let what = format!("the language [{lang}] is there twice, and only one text can stand");
            return Err(one(name, Some(line), "text", &what, "# [sr] Obaveštenje o sednici"));
        }
        item.translations.insert(lang, text);
    }
    Ok(item)
}

/// Splits the text at headings like `# [sq] Njoftim për mbledhje`.
fn sections_of(name: &str, text: &str, first_line: usize) -> Result<Vec<(usize, Lang, SourceText)>, Problems> {
    let mut sections: Vec<(usize, Lang, SourceText)> = Vec::new();
    for (index, line) in text.lines().enumerate() {
        if let Some((lang, title)) = language_heading(line) {
            let lang = lang.parse::<Lang>().map_err(|bad| {
                one(
                    name,
                    Some(first_line + index),
                    "text",
                    &bad.to_string(),
                    "# [sq] Njoftim për mbledhje",
                )
            })?;
            sections.push((
                first_line + index,
                lang,
                SourceText {
                    title: title.trim().to_owned(),
                    body: String::new(),
                },
            ));
        } else if let Some((_, _, section)) = sections.last_mut() {
            section.body.push_str(line);
            section.body.push('\n');
        } else if !line.trim().is_empty() {
            let what = "there is text before the first language heading";
            return Err(one(name, Some(first_line + index), "text", what, "# [sq] Njoftim për mbledhje"));
        }
    }
    for (_, _, section) in &mut sections {
        section.body = section.body.trim().to_owned();
    }
    Ok(sections)
}

/// A heading that begins with a link, `# [emri](adresa)`, is none.
fn language_heading(line: &str) -> Option<(&str, &str)> {
    let heading = line.strip_prefix("# [")?.split_once(']')?;
    (!heading.1.starts_with('(')).then_some(heading)
}

fn one(name: &str, line: Option<usize>, field: &str, what: &str, example: &str) -> Problems {
    Problems(vec![Problem {
        source: name.to_owned(),
        line,
        field: field.to_owned(),
        what: what.to_owned(),
        expected: Expected::Example(example.to_owned()),
    }])
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOTICE: &str = "+++\nkind = \"news\"\nreference = \"2026-001\"\n[facts]\nvenue.sq = \"Salla\"\n+++\n\n# [sq] Lajm\nTeksti.\n\n# [sr] Vest\nTekst.\n";

    #[test]
    fn front_matter_and_one_section_per_language_are_read() {
        let source = Source::parse("a.md", NOTICE).unwrap();
        assert_eq!(source.item.translations.len(), 2);
        assert_eq!(source.item.translations[&"sr".parse().unwrap()].title, "Vest");
        assert_eq!(source.line_of("facts.venue.sq"), Some(5));
    }

    #[test]
    fn lines_are_found_by_heading_and_by_the_order_of_attachments() {
        let files = "[[attachments]]\nfile = \"a.pdf\"\ntitle.sq = \"A\"\n\n[[attachments]]\nfile = \"b.png\"\n+++\n\n# [sq]";
        let source = Source::parse("a.md", &NOTICE.replace("+++\n\n# [sq]", files)).unwrap();
        assert_eq!(source.line_of("attachments.1.file"), Some(11));
        assert_eq!(source.line_of("attachments.1.alt"), Some(10));
        assert_eq!(source.line_of("translations.sr.title"), Some(17));
        assert_eq!(source.line_of("facts.agenda"), Some(4));
        assert_eq!(source.line_of("text"), None);
    }

    #[test]
    fn a_heading_that_begins_with_a_link_belongs_to_the_text() {
        let source = Source::parse("a.md", &format!("{NOTICE}\n# [Faqja](https://example.org)\n")).unwrap();
        assert!(source.item.translations[&"sr".parse().unwrap()].body.contains("# [Faqja]"));
    }

    #[test]
    fn json_gives_the_same_item() {
        let markdown = Source::parse("a.md", NOTICE).unwrap();
        let json = serde_json::to_string(&markdown.item).unwrap();
        assert_eq!(Source::parse("a.json", &json).unwrap().item, markdown.item);
    }

    #[test]
    fn a_broken_front_matter_names_its_line() {
        let problems = Source::parse("a.md", "+++\nkind = \"news\"\nreference = \n+++\n").unwrap_err();
        assert_eq!(problems.0[0].line, Some(3));
    }

    #[test]
    fn an_unknown_key_is_refused_by_name() {
        let problems = Source::parse("a.md", "+++\nkind = \"news\"\nreference = \"1\"\ncolour = \"red\"\n+++\n").unwrap_err();
        assert!(problems.to_string().contains("colour"), "{problems}");
    }
}
