//! What the office writes: items, texts, moments, files.

use std::sync::OnceLock;

use chrono::Datelike;
use kasnec::assets;
use kasnec::item::attachment::from_base64;
use kasnec::item::moment::parse_day;
use kasnec::item::{Attachment, Content, Kinds, Localized, Moment, Office, Problems, Source, check, markup, picture};

use super::Target;

pub const ITEM: Target = Target {
    name: "item",
    run: item,
    runs: (600, 100_000),
    words: &[
        "+++\n",
        "\n+++\n",
        "# [sq] ",
        "# [sr]",
        "[facts]\n",
        "[[attachments]]\n",
        "kind = \"news\"\n",
        "facts.venue.sq = ",
        "release = \"2026-11-15 09:00\"\n",
        "\"translations\"",
        "\"base64\":",
        "\"facts\":",
        "\"sq\":",
        "title",
        "2026-10-25 02:30",
        "alt.sq = \"x\"",
        "\"\"\"",
        "1979-05-27T07:32:00Z",
    ],
};

pub const MARKUP: Target = Target {
    name: "markup",
    run: text,
    runs: (300, 200_000),
    words: &[
        "<script>",
        "</script>",
        "<img src=x onerror=alert(1)>",
        "javascript:",
        "<a href=\"",
        "<svg>",
        "<math>",
        "<style>",
        "</style>",
        "<!--",
        "-->",
        "<![CDATA[",
        "<table>",
        "<td>",
        "</table>",
        "<p>",
        "<form>",
        "<select>",
        "<template>",
        "<noscript>",
        "<iframe srcdoc=\"",
        "<title>",
        "<textarea>",
        "<xmp>",
        "<mtext>",
        "<mglyph>",
        "<annotation-xml encoding=\"text/html\">",
        "<foreignObject>",
        "[x](",
        "![x](",
        "data:text/html;base64,",
        "&colon;",
        "&#x6a;",
        "&Tab;",
        "\n\n",
        "| a |\n|---|\n",
        "<li>",
        "<ul>",
        "<b>",
        "</b>",
        "<a>",
        "</a>",
        "~~",
        "**",
        "```",
        "    ",
        "style=\"",
        "onclick=\"",
        "<details open ontoggle=",
        "<base href=//a>",
        "<meta http-equiv=refresh>",
    ],
};

pub const MOMENT: Target = Target {
    name: "moment",
    run: moment,
    runs: (2000, 500_000),
    words: &[
        "2026-10-25",
        "02:30",
        "T",
        "Z",
        "+01:00",
        "-",
        ":",
        ".",
        "60",
        "24:00",
        "02:30:60",
        "+24:00",
        "１",
        "31",
        "29",
    ],
};

pub const ATTACHMENT: Target = Target {
    name: "attachment",
    run: attachment,
    runs: (1200, 100_000),
    words: &[
        "\u{89}PNG",
        "IHDR",
        "IDAT",
        "iCCP",
        "zTXt",
        "GIF89a",
        "RIFF",
        "WEBPVP8 ",
        "VP8L",
        "VP8X",
        "PK\u{3}\u{4}",
        "%PDF-",
        "ftyp",
        "Exif\0\0",
        "MZ",
    ],
};

/// Tags that a text may hold: the sanitiser's own list, kept here by hand so that it cannot grow unseen.
const TAGS: &[&str] = &[
    "a",
    "abbr",
    "acronym",
    "area",
    "article",
    "aside",
    "b",
    "bdi",
    "bdo",
    "blockquote",
    "br",
    "caption",
    "center",
    "cite",
    "code",
    "col",
    "colgroup",
    "data",
    "dd",
    "del",
    "details",
    "dfn",
    "div",
    "dl",
    "dt",
    "em",
    "figcaption",
    "figure",
    "footer",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "header",
    "hgroup",
    "hr",
    "i",
    "img",
    "ins",
    "kbd",
    "li",
    "map",
    "mark",
    "nav",
    "ol",
    "p",
    "pre",
    "q",
    "rp",
    "rt",
    "rtc",
    "ruby",
    "s",
    "samp",
    "small",
    "span",
    "strike",
    "strong",
    "sub",
    "summary",
    "sup",
    "table",
    "tbody",
    "td",
    "th",
    "thead",
    "time",
    "tr",
    "tt",
    "u",
    "ul",
    "var",
    "wbr",
];

/// Attributes that load or lead somewhere.
const LEADING: &[&str] = &["href", "src", "cite"];

pub fn kinds() -> &'static Kinds {
    static KINDS: OnceLock<Kinds> = OnceLock::new();
    KINDS.get_or_init(|| {
        let files = assets::texts("kinds", None).unwrap();
        Kinds::parse(files.iter().map(|(file, text)| (file.as_str(), text.as_str()))).unwrap()
    })
}

pub fn office() -> Office {
    Office {
        id: "kacanik".to_owned(),
        name: Localized::default(),
        zone: chrono_tz::Europe::Belgrade,
        languages: ["sq", "sr"].iter().filter_map(|lang| lang.parse().ok()).collect(),
        public_url: "https://example.org".to_owned(),
    }
}

/// Front matter and JSON: refused with its problems, or taken and clean.
fn item(bytes: &[u8]) {
    let written = String::from_utf8_lossy(bytes);
    let read = Source::parse("request", &written).and_then(|source| {
        check(&source, kinds(), &office(), |attachment| {
            from_base64(attachment.base64.as_deref().ok_or("no bytes")?)
        })
    });
    match read {
        Ok(checked) => whole(&checked.content),
        Err(problems) => told(&problems, &written),
    }
}

fn whole(content: &Content) {
    let json = serde_json::to_string(content).unwrap();
    let again: Content = serde_json::from_str(&json).unwrap();
    assert_eq!(again.hash(), content.hash(), "what is kept is what was checked");
    for text in content.translations.values() {
        harmless(&text.html);
        assert_eq!(markup::line(&text.title), text.title);
        assert!(!text.text.contains('\u{202e}'));
    }
    assert!(content.attachments.iter().all(|file| !file.name.contains(['/', '\\', '\n'])));
}

fn told(problems: &Problems, written: &str) {
    assert!(!problems.0.is_empty());
    let lines = written.split('\n').count() + 1;
    for problem in &problems.0 {
        assert!(problem.line.is_none_or(|line| (1..=lines).contains(&line)), "{problem}");
        assert!(!problem.what.is_empty());
    }
}

/// Whatever is written, what is shown does nothing, and sanitising it once more changes nothing.
fn text(bytes: &[u8]) {
    let written = String::from_utf8_lossy(bytes);
    for html in [markup::to_html(&written), markup::clean(&bounded(&written))] {
        harmless(&html);
        assert_eq!(markup::clean(&html), html, "sanitising is idempotent");
        let _ = markup::text_of(&html);
    }
}

/// Raw HTML never comes to the sanitiser that deep: `is_tangled` is asked first.
fn bounded(written: &str) -> String {
    let opened = written.match_indices('<').nth(markup::MAX_TAGS).map_or(written.len(), |(at, _)| at);
    markup::printable(&written[..opened])
}

fn harmless(html: &str) {
    for tag in html.split('<').skip(1) {
        let tag = tag.split('>').next().unwrap_or_default();
        let name = tag.trim_start_matches('/').split([' ', '/']).next().unwrap_or_default();
        assert!(TAGS.contains(&name), "<{name}> stands in {html}");
        for (name, value) in attributes(tag) {
            assert!(
                !name.starts_with("on") && name != "style" && name != "srcdoc",
                "{name} stands in {html}"
            );
            assert!(!LEADING.contains(&name) || leads_well(value), "{name}={value} stands in {html}");
        }
    }
}

/// The sanitiser writes every attribute as `name="value"`, quotes in the value escaped.
fn attributes(tag: &str) -> impl Iterator<Item = (&str, &str)> {
    let mut pieces = tag.split('"');
    std::iter::from_fn(move || {
        let name = pieces.next()?.trim().trim_end_matches('=');
        let value = pieces.next()?;
        Some((name.rsplit(' ').next().unwrap_or_default(), value))
    })
}

fn leads_well(address: &str) -> bool {
    let address = address.replace("&amp;", "&");
    match url::Url::parse(&address) {
        Ok(url) => matches!(url.scheme(), "http" | "https" | "mailto" | "tel"),
        // Relative to the page, or nothing at all.
        Err(_) => true,
    }
}

/// What was read as a moment is one that the calendar and the clock have.
fn moment(bytes: &[u8]) {
    let written = String::from_utf8_lossy(bytes);
    if let Ok(moment) = Moment::parse(&written, chrono_tz::Europe::Belgrade) {
        assert!((1989..=2201).contains(&moment.at.year()), "{moment:?}");
        let again = Moment::parse(
            &moment.at.format("%Y-%m-%d %H:%M:%S%.f+00:00").to_string(),
            chrono_tz::Europe::Belgrade,
        );
        // At the edges the same instant is another year in UTC.
        assert!(again.as_ref().map_or(true, |again| again.at == moment.at), "{moment:?} {again:?}");
    }
    if let Ok(day) = parse_day(&written) {
        assert_eq!(parse_day(&day.to_string()), Ok(day));
        assert!(
            written.trim().bytes().all(|byte| byte.is_ascii_digit() || byte == b'-'),
            "{written}"
        );
    }
}

/// A file is of the type that its bytes show, whatever its name.
fn attachment(bytes: &[u8]) {
    for name in ["a.pdf", "a.png", "a.jpg", "a.gif", "a.webp", "a.docx", "a.mp4"] {
        if let Ok(attachment) = Attachment::read(name, bytes) {
            assert_eq!((attachment.name.as_str(), attachment.size), (name, bytes.len()));
            let known = picture::size(bytes).is_some_and(|(width, height)| !picture::is_too_large(width, height));
            assert!(known || !attachment.is_image(), "a picture of unknown size passes as {name}");
        }
    }
    if let Some((width, height)) = picture::size(bytes) {
        assert!(width.checked_mul(1).is_some() && height.checked_mul(1).is_some());
    }
    let name = String::from_utf8_lossy(bytes);
    if let Ok(attachment) = Attachment::read(&name, b"%PDF-1.7") {
        assert!(!attachment.name.contains(['/', '\\', '\r', '\n']), "{}", attachment.name);
    }
    let _ = from_base64(&name);
}
