//! What templates can say: one item, prepared once for a channel and its languages.

use serde::Serialize;
use serde_json::{Map, Value, json};

use super::dates::{Spoken, day, instant, iso};
use super::slug::{file_url, item_url};
use super::words::word;
use super::{ActKind, Category, Media, RenderError, Request};
use crate::item::{Attachment, FactSpec, FactType, FactValue, Kind, Lang, Localized, Translation};

/// Everything a post needs beside its rendered parts, and the values its templates see.
pub struct Prepared {
    /// The item's canonical address.
    pub link: String,
    /// The first version's title.
    pub title: String,
    /// Where the channel files it.
    pub category: Option<Category>,
    /// The files that go along.
    pub media: Vec<Media>,
    /// The templates' values.
    pub values: Value,
}

impl Prepared {
    /// Prepares a request.
    pub fn of(request: &Request<'_>) -> Result<Self, RenderError> {
        let content = request.content;
        let kind = request.kinds.get(&content.kind).ok_or_else(|| RenderError::UnknownKind {
            kind: content.kind.clone(),
        })?;
        let first = request.languages.first().ok_or(RenderError::NoLanguage)?;
        let speakers = request
            .languages
            .iter()
            .map(|lang| Speaker::new(*request, kind, lang))
            .collect::<Result<Vec<_>, _>>()?;
        let link = item_url(request.office, request.slug);
        let category = category(request, first);
        let versions: Vec<Value> = speakers.iter().map(|speaker| value(&speaker.version(&link))).collect();
        let media = speakers.first().map(Speaker::media).unwrap_or_default();
        let title = speakers.first().map(Speaker::title).unwrap_or_default();
        Ok(Self {
            values: top(request, first, &link, category.as_ref(), versions),
            link,
            title,
            category,
            media,
        })
    }
}

/// One language's version of the item, as templates see it.
#[derive(Serialize)]
struct Version<'a> {
    lang: &'a str,
    tag: &'a str,
    language_name: String,
    office_name: &'a str,
    title: String,
    plain_title: &'a str,
    html: &'a str,
    text: &'a str,
    kind_label: &'a str,
    act_line: Option<String>,
    event: Option<Spoken>,
    facts: Map<String, Value>,
    fact_rows: Vec<Row<'a>>,
    attachments: Vec<File<'a>>,
    url: &'a str,
}

/// A fact for display by templates that know nothing of its kind.
#[derive(Serialize)]
struct Row<'a> {
    lang: &'a str,
    name: &'a str,
    r#type: FactType,
    label: &'a str,
    value: Option<String>,
    list: Option<&'a [String]>,
    href: Option<String>,
    iso: Option<String>,
    is_event: bool,
}

#[derive(Serialize)]
struct File<'a> {
    lang: &'a str,
    name: &'a str,
    title: &'a str,
    alt: &'a str,
    url: String,
    size: usize,
    size_text: String,
    media_type: &'a str,
    is_image: bool,
}

fn top(request: &Request<'_>, first: &Lang, link: &str, category: Option<&Category>, versions: Vec<Value>) -> Value {
    let (office, act) = (request.office, request.act);
    let mut top = Map::new();
    let mut put = |name: &str, value: Value| top.insert(name.to_owned(), value);
    put("channel", json!(request.manifest.id));
    put(
        "office",
        json!({ "id": office.id, "name": localized(request, &office.name, first), "url": office.public_url }),
    );
    put(
        "item",
        json!({ "reference": request.content.reference, "kind": request.content.kind, "slug": request.slug, "url": link, "revision": act.revision }),
    );
    put(
        "act",
        json!({ "kind": act.kind, "reason": act.reason, "at": iso(act.at, office.zone) }),
    );
    put("category", json!(category));
    put("tags", json!(request.content.tags));
    if let Some(Value::Object(fields)) = versions.first() {
        top.extend(fields.clone());
    }
    top.insert("versions".to_owned(), Value::Array(versions));
    Value::Object(top)
}

/// One item in one language.
struct Speaker<'a> {
    request: Request<'a>,
    kind: &'a Kind,
    lang: &'a Lang,
    translation: &'a Translation,
}

impl<'a> Speaker<'a> {
    fn new(request: Request<'a>, kind: &'a Kind, lang: &'a Lang) -> Result<Self, RenderError> {
        let translation = request
            .content
            .translations
            .get(lang)
            .ok_or_else(|| RenderError::NoText { lang: lang.to_string() })?;
        Ok(Self {
            request,
            kind,
            lang,
            translation,
        })
    }

    fn version(&self, link: &'a str) -> Version<'a> {
        let specs = self.request.kinds.facts(&self.request.content.kind);
        let said: Vec<_> = specs.iter().map(|(name, spec)| (name, spec, self.said(name, spec))).collect();
        Version {
            lang: self.lang.as_str(),
            tag: self.lang.tag(),
            language_name: word(self.lang.as_str(), "language-name", &[]),
            office_name: self.of(&self.request.office.name),
            title: self.title(),
            plain_title: &self.translation.title,
            html: &self.translation.html,
            text: &self.translation.text,
            kind_label: self.of(&self.kind.label),
            act_line: self.act_line(),
            event: self.event(),
            facts: said.iter().map(|(name, _, said)| ((*name).clone(), fact(said.as_ref()))).collect(),
            fact_rows: said
                .into_iter()
                .filter_map(|(name, spec, said)| Some(self.row(name, spec, said?)))
                .collect(),
            attachments: self.request.content.attachments.iter().map(|file| self.file(file)).collect(),
            url: link,
        }
    }

    fn of(&self, texts: &'a Localized) -> &'a str {
        localized(&self.request, texts, self.lang)
    }

    fn title(&self) -> String {
        let prefix = match self.request.act.kind {
            ActKind::Publish | ActKind::Correct => return self.translation.title.clone(),
            ActKind::Postpone => "prefix-postponed",
            ActKind::Withdraw if self.kind.event.is_some() => "prefix-cancelled",
            ActKind::Withdraw => "prefix-withdrawn",
        };
        format!("{}: {}", word(self.lang.as_str(), prefix, &[]), self.translation.title)
    }

    fn event(&self) -> Option<Spoken> {
        let moment = self.request.content.event(self.kind.event.as_deref())?;
        Some(instant(moment.at, self.request.office.zone, self.lang.as_str()))
    }

    fn act_line(&self) -> Option<String> {
        let (lang, act, zone) = (self.lang.as_str(), self.request.act, self.request.office.zone);
        let key = match act.kind {
            ActKind::Publish => return None,
            ActKind::Correct => "act-corrected",
            ActKind::Postpone => "act-postponed",
            ActKind::Withdraw if self.kind.event.is_some() => "act-cancelled",
            ActKind::Withdraw => "act-withdrawn",
        };
        let mut line = word(lang, key, &[("at", &instant(act.at, zone, lang).stamp)]);
        if let Some(previous) = &act.previous_event {
            let was = instant(previous.at, zone, lang).long;
            line.push_str("; ");
            line.push_str(&word(lang, "act-previously", &[("was", &was)]));
        }
        match act.reason.as_deref().map(str::trim).filter(|reason| !reason.is_empty()) {
            Some(reason) => line.extend([": ", reason]),
            None => line.push('.'),
        }
        Some(line)
    }

    fn said(&self, name: &str, spec: &'a FactSpec) -> Option<Said<'a>> {
        let lang = self.lang.as_str();
        let order = &self.request.office.languages;
        Some(match self.request.content.facts.get(name)? {
            FactValue::Text(text) => Said::Text(text),
            FactValue::Texts(texts) => Said::Text(texts.get(self.lang, order)?),
            FactValue::List(list) => Said::List(list),
            FactValue::Lists(lists) => Said::List(lists.get(self.lang, order)?),
            FactValue::Instant(moment) => Said::Date(instant(moment.at, self.request.office.zone, lang)),
            FactValue::Date(date) => Said::Date(day(*date, lang)),
            FactValue::Number(number) => Said::Number(*number),
            FactValue::Choice(key) => Said::Text(spec.options.get(key).and_then(|label| label.get(self.lang, order)).unwrap_or(key)),
        })
    }

    fn row(&self, name: &'a str, spec: &'a FactSpec, said: Said<'a>) -> Row<'a> {
        let mut row = Row {
            lang: self.lang.as_str(),
            name,
            r#type: spec.kind,
            label: self.of(&spec.label),
            value: None,
            list: None,
            href: None,
            iso: None,
            is_event: self.kind.event.as_deref() == Some(name),
        };
        match said {
            Said::Text(text) => {
                row.href = match spec.kind {
                    FactType::Url => Some(text.to_owned()),
                    FactType::Email => Some(format!("mailto:{text}")),
                    _ => None,
                };
                row.value = Some(text.to_owned());
            }
            Said::List(list) => row.list = Some(list),
            Said::Date(spoken) => (row.value, row.iso) = (Some(spoken.long), Some(spoken.iso)),
            Said::Number(number) => row.value = Some(number.to_string()),
        }
        row
    }

    fn file(&self, file: &'a Attachment) -> File<'a> {
        File {
            lang: self.lang.as_str(),
            name: &file.name,
            title: Some(self.of(&file.title)).filter(|title| !title.is_empty()).unwrap_or(&file.name),
            alt: self.of(&file.alt),
            url: file_url(self.request.office, file),
            size: file.size,
            size_text: size_text(self.lang.as_str(), file.size),
            media_type: &file.media_type,
            is_image: file.is_image(),
        }
    }

    fn media(&self) -> Vec<Media> {
        let limits = self.request.manifest.limits;
        let within = |size: usize, limit: usize| limit == 0 || size <= limit;
        let mut images = 0;
        let taken = self.request.content.attachments.iter().filter(|file| {
            if !file.is_image() {
                return within(file.size, limits.file_bytes);
            }
            let taken = within(file.size, limits.image_bytes) && within(images + 1, limits.images);
            images += usize::from(taken);
            taken
        });
        taken
            .map(|file| {
                let shown = self.file(file);
                Media {
                    name: file.name.clone(),
                    media_type: file.media_type.clone(),
                    sha256: file.sha256.clone(),
                    size: file.size,
                    title: shown.title.to_owned(),
                    alt: shown.alt.to_owned(),
                    url: shown.url,
                }
            })
            .collect()
    }
}

/// A fact in one language.
enum Said<'a> {
    Text(&'a str),
    List(&'a [String]),
    Date(Spoken),
    Number(i64),
}

fn fact(said: Option<&Said<'_>>) -> Value {
    match said {
        None => Value::Null,
        Some(Said::Text(text)) => json!(text),
        Some(Said::List(list)) => json!(list),
        Some(Said::Date(spoken)) => value(spoken),
        Some(Said::Number(number)) => json!(number),
    }
}

fn category(request: &Request<'_>, lang: &Lang) -> Option<Category> {
    let key = request.manifest.category(&request.content.kind)?;
    let label = request
        .manifest
        .category_labels
        .get(key)
        .map(|label| localized(request, label, lang));
    Some(Category {
        key: key.to_owned(),
        label: label.unwrap_or(key).to_owned(),
    })
}

fn localized<'a>(request: &Request<'_>, texts: &'a Localized, lang: &Lang) -> &'a str {
    texts.get(lang, &request.office.languages).map_or("", String::as_str)
}

/// Sizes to two digits, as people read them: 12 kB, 3,4 MB.
fn size_text(lang: &str, bytes: usize) -> String {
    let kilobytes = ((bytes + 500) / 1000).max(1);
    if kilobytes < 1000 {
        return format!("{kilobytes} kB");
    }
    let tenths = (bytes + 50_000) / 100_000;
    let mark = word(lang, "decimal-mark", &[]);
    format!("{}{mark}{} MB", tenths / 10, tenths % 10)
}

/// Our own structs serialize; nothing in them can fail.
fn value(of: &impl Serialize) -> Value {
    serde_json::to_value(of).unwrap_or_default()
}
