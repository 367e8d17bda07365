//! From what was written to what may be kept: every fact, text and file checked, all problems told at once.

use std::collections::BTreeMap;

use serde_json::Value;

use super::attachment::{ENDINGS, MAX_BYTES};
use super::fact::BadFact;
use super::problem::nearest;
use super::source::{SourceAttachment, SourceText};
use super::{
    Attachment, Content, Expected, FactSpec, FactValue, Kind, Kinds, Lang, Localized, Moment, Office, Problem, Problems, Source,
    Translation, markup,
};

/// The longest text of one language, in bytes.
pub const MAX_BODY: usize = 1024 * 1024;
/// The longest title, in characters.
pub const MAX_TITLE: usize = 200;
/// The most facts of one item; no kind asks for a tenth of it.
pub const MAX_FACTS: usize = 100;
/// The most languages of one item.
pub const MAX_LANGUAGES: usize = 20;
/// The most files of one item.
pub const MAX_ATTACHMENTS: usize = 50;
/// The most tags of one item.
pub const MAX_TAGS: usize = 20;

/// What passed: the content, and the bytes of its files by their hash.
#[derive(Debug, Clone)]
pub struct Checked {
    /// The content of the revision.
    pub content: Content,
    /// `(sha256, bytes)` of each attachment.
    pub files: Vec<(String, Vec<u8>)>,
}

/// Checks a written item; `load` fetches an attachment's bytes or says why it cannot.
pub fn check(
    source: &Source,
    kinds: &Kinds,
    office: &Office,
    load: impl Fn(&SourceAttachment) -> Result<Vec<u8>, String>,
) -> Result<Checked, Problems> {
    let mut desk = Desk {
        source,
        kinds,
        office,
        problems: Vec::new(),
    };
    desk.counts();
    if !desk.problems.is_empty() {
        return Err(Problems(desk.problems));
    }
    let kind = desk.kind();
    let reference = desk.reference();
    let release = desk.release();
    let facts = desk.facts(kind);
    let translations = desk.translations();
    let (attachments, files) = desk.attachments(load);
    let tags = desk.tags();
    if !desk.problems.is_empty() {
        return Err(Problems(desk.problems));
    }
    let content = Content {
        kind: source.item.kind.clone(),
        reference,
        release,
        tags,
        facts,
        translations,
        attachments,
    };
    Ok(Checked { content, files })
}

struct Desk<'a> {
    source: &'a Source,
    kinds: &'a Kinds,
    office: &'a Office,
    problems: Vec<Problem>,
}

impl<'a> Desk<'a> {
    fn problem(&mut self, field: &str, what: impl Into<String>, expected: Expected) {
        let line = self.source.line_of(field);
        self.problems.push(Problem {
            source: self.source.name.clone(),
            line,
            field: field.to_owned(),
            what: what.into(),
            expected,
        });
    }

    /// Looked at first: what comes by the thousand is not taken to pieces to be told a thousand problems.
    fn counts(&mut self) {
        let item = &self.source.item;
        let counts = [
            (
                "facts",
                item.facts.len(),
                MAX_FACTS,
                "keep the facts that the kind asks for; the rest is text",
            ),
            (
                "translations",
                item.translations.len(),
                MAX_LANGUAGES,
                "keep the languages that are read here",
            ),
            (
                "attachments",
                item.attachments.len(),
                MAX_ATTACHMENTS,
                "put several files together into one PDF",
            ),
            ("tags", item.tags.len(), MAX_TAGS, "keep the words that people would look for"),
        ];
        for (field, there, most, todo) in counts {
            if there > most {
                self.problem(
                    field,
                    format!("there are {there}, more than the {most} that an item may have"),
                    Expected::Do(todo.into()),
                );
            }
        }
    }

    fn kind(&mut self) -> Option<&'a Kind> {
        let name = self.source.item.kind.as_str();
        let Some(kind) = self.kinds.get(name) else {
            let expected = match nearest(name, self.kinds.names()) {
                Some(meant) => Expected::Do(format!("did you mean \"{meant}\"?")),
                None => Expected::OneOf(self.kinds.names().map(str::to_owned).collect()),
            };
            self.problem("kind", format!("\"{name}\" is not a kind of item"), expected);
            return None;
        };
        Some(kind)
    }

    fn reference(&mut self) -> String {
        let reference = self.source.item.reference.trim().to_owned();
        let fits = (1..=80).contains(&reference.chars().count()) && reference == markup::line(&reference);
        if !fits {
            self.problem(
                "reference",
                "it must have 1 to 80 characters on one line",
                Expected::Example("\"KK-2026-011\"".into()),
            );
        }
        reference
    }

    fn release(&mut self) -> Option<Moment> {
        let text = self.source.item.release.as_deref()?;
        match Moment::parse(text, self.office.zone) {
            Ok(moment) => Some(moment),
            Err(bad) => {
                self.problem("release", bad.to_string(), Expected::Example("\"2026-11-15 09:00\"".into()));
                None
            }
        }
    }

    fn tags(&mut self) -> Vec<String> {
        let tags: Vec<String> = self
            .source
            .item
            .tags
            .iter()
            .map(|t| markup::line(t))
            .filter(|t| !t.is_empty())
            .collect();
        if tags.iter().any(|t| t.chars().count() > 60) {
            self.problem(
                "tags",
                "one is longer than 60 characters",
                Expected::Example("[\"kuvendi\", \"buxheti\"]".into()),
            );
        }
        tags
    }

    fn facts(&mut self, kind: Option<&Kind>) -> BTreeMap<String, FactValue> {
        let mut facts = BTreeMap::new();
        if kind.is_none() {
            return facts;
        }
        let specs = self.kinds.facts(&self.source.item.kind);
        self.unknown_facts(specs);
        for (name, spec) in specs {
            if let Some(value) = self.fact(name, spec) {
                facts.insert(name.clone(), value);
            }
        }
        self.order(specs, &facts);
        facts
    }

    fn unknown_facts(&mut self, specs: &[(String, FactSpec)]) {
        let names = || specs.iter().map(|(name, _)| name.as_str());
        let unknown: Vec<&String> = self.source.item.facts.keys().filter(|k| !names().any(|n| n == *k)).collect();
        for fact in unknown {
            let expected = match nearest(fact, names()) {
                Some(meant) => Expected::Do(format!("did you mean \"{meant}\"?")),
                None => Expected::OneOf(names().map(str::to_owned).collect()),
            };
            self.problem(
                &format!("facts.{fact}"),
                format!("the kind \"{}\" has no such fact", self.source.item.kind),
                expected,
            );
        }
    }

    fn fact(&mut self, name: &str, spec: &FactSpec) -> Option<FactValue> {
        let field = format!("facts.{name}");
        let default = spec.default.clone().map(Value::String);
        let Some(value) = self.source.item.facts.get(name).or(default.as_ref()) else {
            if spec.required {
                self.problem(&field, "it is missing", example(spec));
            }
            return None;
        };
        match FactValue::read(spec, value, self.office.zone) {
            Ok(value) => Some(value),
            Err(BadFact::Option(found)) => {
                let options = spec.options.keys().cloned().collect();
                self.problem(&field, format!("\"{found}\" is not one of its options"), Expected::OneOf(options));
                None
            }
            Err(bad) => {
                self.problem(&field, bad.to_string(), example(spec));
                None
            }
        }
    }

    fn order(&mut self, specs: &[(String, FactSpec)], facts: &BTreeMap<String, FactValue>) {
        for (name, spec) in specs {
            let Some(first) = &spec.after else { continue };
            let late = match (facts.get(first), facts.get(name)) {
                (Some(FactValue::Instant(a)), Some(FactValue::Instant(b))) => b.at <= a.at,
                (Some(FactValue::Date(a)), Some(FactValue::Date(b))) => b < a,
                _ => false,
            };
            if late {
                self.problem(
                    &format!("facts.{name}"),
                    format!("it is not after {first}"),
                    Expected::Do(format!("give a moment after {first}")),
                );
            }
        }
    }

    fn translations(&mut self) -> BTreeMap<Lang, Translation> {
        let texts = &self.source.item.translations;
        if texts.is_empty() {
            self.problem("text", "there is none", Expected::Example("# [sq] Njoftim për mbledhje".into()));
        }
        texts
            .iter()
            .map(|(lang, text)| (lang.clone(), self.translation(lang, text)))
            .collect()
    }

    fn translation(&mut self, lang: &Lang, text: &SourceText) -> Translation {
        let title = markup::printable(text.title.trim());
        let field = format!("translations.{lang}.title");
        if title.is_empty() || title.chars().count() > MAX_TITLE || title != markup::line(&title) {
            self.problem(
                &field,
                format!("it must have 1 to {MAX_TITLE} characters on one line"),
                Expected::Example(format!("# [{lang}] Njoftim për mbledhje")),
            );
        }
        let markdown = self.body(lang, &text.body).unwrap_or_default();
        let html = markup::to_html(&markdown);
        Translation {
            title,
            text: markup::text_of(&html),
            html,
            markdown,
        }
    }

    fn body(&mut self, lang: &Lang, body: &str) -> Option<String> {
        let (what, todo) = if body.len() > MAX_BODY {
            let what = format!("it has {} bytes, more than the {MAX_BODY} that a text may have", body.len());
            (what, "attach the long part as a PDF")
        } else if markup::is_tangled(body) {
            let (deep, tags) = (markup::MAX_DEPTH, markup::MAX_TAGS);
            let what = format!("it nests more than {deep} quotes or lists, or has more than {tags} HTML tags");
            (what, "write it in plain Markdown, or attach it as a PDF")
        } else {
            return Some(markup::printable(body));
        };
        self.problem(&format!("translations.{lang}.body"), what, Expected::Do(todo.into()));
        None
    }

    fn attachments(&mut self, load: impl Fn(&SourceAttachment) -> Result<Vec<u8>, String>) -> (Vec<Attachment>, Vec<(String, Vec<u8>)>) {
        let (mut attachments, mut files) = (Vec::new(), Vec::new());
        for (index, written) in self.source.item.attachments.iter().enumerate() {
            let field = format!("attachments.{index}.file");
            let bytes = match load(written) {
                Ok(bytes) => bytes,
                Err(why) => {
                    self.problem(
                        &field,
                        format!("\"{}\": {why}", written.file),
                        Expected::Do("put a readable file of up to 20 MB beside the item, or mend the name".into()),
                    );
                    continue;
                }
            };
            match Attachment::read(&written.file, &bytes) {
                Ok(mut attachment) => {
                    attachment.title = lines(&written.title);
                    attachment.alt = lines(&written.alt);
                    self.alt_text(index, &attachment);
                    files.push((attachment.sha256.clone(), bytes));
                    attachments.push(attachment);
                }
                Err(bad) => {
                    let other = || {
                        format!(
                            "give a file of up to {} MB ending in {}",
                            MAX_BYTES / 1024 / 1024,
                            ENDINGS.join(", ")
                        )
                    };
                    let todo = bad.remedy().map_or_else(other, str::to_owned);
                    self.problem(&field, format!("\"{}\": {bad}", written.file), Expected::Do(todo));
                }
            }
        }
        (attachments, files)
    }

    fn alt_text(&mut self, index: usize, attachment: &Attachment) {
        if attachment.is_image() && attachment.alt.is_empty() {
            let example = Expected::Example("alt.sq = \"Salla e Kuvendit gjatë mbledhjes\"".into());
            self.problem(
                &format!("attachments.{index}.alt"),
                format!(
                    "the picture \"{}\" has no description for people who cannot see it",
                    attachment.name
                ),
                example,
            );
        }
    }
}

/// Each text on one line, the empty ones left out.
fn lines(texts: &Localized) -> Localized {
    let lines = texts.0.iter().map(|(lang, text)| (lang.clone(), markup::line(text)));
    Localized(lines.filter(|(_, line)| !line.is_empty()).collect())
}

fn example(spec: &FactSpec) -> Expected {
    let example = spec
        .example
        .as_ref()
        .map_or_else(|| spec.kind.example().to_owned(), |e| format!("\"{e}\""));
    Expected::Example(example)
}
