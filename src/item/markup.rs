//! Markdown as the office writes it → safe HTML and plain text. The one place where HTML from outside is sanitised.

use std::sync::LazyLock;

use comrak::arena_tree::NodeEdge;
use comrak::nodes::NodeValue;
use comrak::{Arena, Node, Options};

/// How deep quotes, lists and emphasis may stand inside one another.
pub const MAX_DEPTH: usize = 100;
/// How many HTML tags of its own a text may open.
pub const MAX_TAGS: usize = 1000;

/// Markdown to HTML without scripts, handlers, styles or unsafe links; a tangled text is shown as it was written.
pub fn to_html(markdown: &str) -> String {
    let markdown = printable(markdown);
    let arena = Arena::new();
    let options = options();
    let root = comrak::parse_document(&arena, &markdown, &options);
    let mut html = String::new();
    if tangled(root) || comrak::format_html(root, &options, &mut html).is_err() {
        return as_written(&markdown);
    }
    clean(&html)
}

/// Where a link may lead: the many other schemes open programs, or load what the page did not ask for.
const SCHEMES: [&str; 4] = ["http", "https", "mailto", "tel"];

/// How often a text is sanitised until nothing changes any more.
const ROUNDS: usize = 4;

/// HTML without anything that acts: no scripts, handlers, styles, frames, forms, or links to programs.
///
/// Misnested tags can come out of a parser so that the next one reads them otherwise. What is kept is read the same way ever after;
/// a text that will not settle is shown as it was written.
pub fn clean(html: &str) -> String {
    let mut html = html.to_owned();
    for _ in 0..ROUNDS {
        let cleaned = sanitised(&html);
        if cleaned == html {
            return html;
        }
        html = cleaned;
    }
    as_written(&html)
}

/// Made once: its lists of tags and attributes take longer to make than a notice takes to clean.
static SANITISER: LazyLock<ammonia::Builder<'static>> = LazyLock::new(|| {
    let mut builder = ammonia::Builder::default();
    builder.link_rel(Some("noopener")).url_schemes(SCHEMES.into());
    builder
});

fn sanitised(html: &str) -> String {
    SANITISER.clean(html).to_string()
}

/// Every character for itself: no markup. A reader of HTML takes a carriage return for a new line, so it is written as one.
fn as_written(text: &str) -> String {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    sanitised(&format!("<p>{}</p>\n", ammonia::clean_text(&text)))
}

/// Whether a text nests deeper than [`MAX_DEPTH`] or opens more than [`MAX_TAGS`] tags.
///
/// HTML5 parsing takes time with the square of the depth: 20 kB of `>` kept the sanitiser busy for half a minute.
pub fn is_tangled(markdown: &str) -> bool {
    tangled(comrak::parse_document(&Arena::new(), &printable(markdown), &options()))
}

fn options() -> Options<'static> {
    let mut options = Options::default();
    options.extension.table = true;
    options.extension.strikethrough = true;
    options.extension.autolink = true;
    options.render.r#unsafe = true;
    options
}

fn tangled(root: Node<'_>) -> bool {
    let (mut depth, mut tags) = (0, 0);
    root.traverse().any(|edge| {
        match edge {
            NodeEdge::Start(node) => {
                depth += 1;
                tags += opened_tags(&node.data().value);
            }
            NodeEdge::End(_) => depth -= 1,
        }
        depth > MAX_DEPTH || tags > MAX_TAGS
    })
}

/// Every tag counts as never closed: what looks like its end may stand in an attribute.
fn opened_tags(node: &NodeValue) -> usize {
    let html = match node {
        NodeValue::HtmlBlock(block) => &block.literal,
        NodeValue::HtmlInline(html) => html,
        _ => return 0,
    };
    html.split('<')
        .skip(1)
        .filter(|tag| tag.starts_with(|c: char| c.is_ascii_alphabetic()))
        .count()
}

/// Markdown to the text a person would read aloud: no tags, links as their address in brackets, lists with dashes.
pub fn to_text(markdown: &str) -> String {
    text_of(&to_html(markdown))
}

/// The text of HTML that [`to_html`] made.
pub fn text_of(html: &str) -> String {
    let mut text = String::with_capacity(html.len());
    let mut link = String::new();
    for piece in pieces(html) {
        match piece {
            Piece::Text(raw) => text.push_str(&unescape(raw)),
            Piece::Open("li") => text.push_str("- "),
            Piece::Open("br") | Piece::Close("li" | "tr") => {}
            Piece::Close("td" | "th") => text.push('\t'),
            Piece::Close("p" | "h1" | "h2" | "h3" | "h4" | "h5" | "h6" | "blockquote") => text.push('\n'),
            Piece::Open(tag) => {
                if let Some(address) = link_address(tag) {
                    link = address;
                }
            }
            Piece::Close("a") => {
                if !link.is_empty() && !text.ends_with(&link) {
                    text.extend([" (", &link, ")"]);
                }
                link.clear();
            }
            Piece::Close(_) => {}
        }
    }
    tidy(&text)
}

/// Removes the characters that XML 1.0 or HTML cannot carry, whatever escapes them, and those that turn the
/// reading direction of all that follows.
pub fn printable(text: &str) -> String {
    text.chars().filter(|c| !is_unprintable(*c)).collect()
}

/// [`printable`], on one line.
pub fn line(text: &str) -> String {
    let printable = printable(text);
    let pieces = printable.split(|c: char| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}'));
    pieces
        .map(str::trim)
        .filter(|piece| !piece.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

fn is_unprintable(c: char) -> bool {
    let control = c.is_control() && !matches!(c, '\t' | '\n' | '\r');
    let noncharacter = matches!(c, '\u{fdd0}'..='\u{fdef}') || u32::from(c) & 0xfffe == 0xfffe;
    control || noncharacter || matches!(c, '\u{202a}'..='\u{202e}')
}

enum Piece<'a> {
    Text(&'a str),
    Open(&'a str),
    Close(&'a str),
}

/// Sanitised HTML, cut at its tags (ammonia guarantees balanced, quoted ones).
fn pieces(html: &str) -> impl Iterator<Item = Piece<'_>> {
    html.split('<').enumerate().flat_map(|(index, chunk)| {
        let (tag, text) = if index == 0 {
            (None, chunk)
        } else {
            chunk.split_once('>').map_or((None, chunk), |(t, x)| (Some(t), x))
        };
        let tag = tag.map(|t| t.strip_prefix('/').map_or_else(|| Piece::Open(t), Piece::Close));
        tag.into_iter().chain(std::iter::once(Piece::Text(text)))
    })
}

fn link_address(tag: &str) -> Option<String> {
    let (_, rest) = tag.strip_prefix("a ")?.split_once("href=\"")?;
    rest.split_once('"').map(|(address, _)| unescape(address))
}

fn unescape(text: &str) -> String {
    text.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&nbsp;", "\u{a0}")
        .replace("&amp;", "&")
}

fn tidy(text: &str) -> String {
    let mut lines: Vec<&str> = Vec::new();
    for line in text.lines().map(str::trim_end) {
        if !(line.is_empty() && lines.last().is_none_or(|last| last.is_empty())) {
            lines.push(line);
        }
    }
    lines.join("\n").trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scripts_handlers_and_script_links_are_gone() {
        let html = to_html("Mirë <script>alert(1)</script><img src=x onerror=alert(1)> [x](javascript:alert(1)) <b>po</b>");
        for bad in ["script", "onerror", "javascript:", "alert(1)<"] {
            assert!(!html.contains(bad), "{html}");
        }
        assert!(html.contains("<b>po</b>"));
    }

    #[test]
    fn misnested_tags_settle() {
        let html = clean("<p>&lt;<form>a<select>b<form>c<p>d</form>\n</p>");
        assert_eq!(clean(&html), html);
        let written = include_str!("../../tests/faults/corpus/markup/unsettled.html");
        let html = to_html(written);
        assert_eq!(clean(&html), html);
    }

    #[test]
    fn tables_and_lists_stay() {
        let html = to_html("| a | b |\n|---|---|\n| 1 | 2 |\n\n- një\n- dy");
        assert!(html.contains("<table>") && html.contains("<li>një</li>"), "{html}");
    }

    #[test]
    fn plain_text_reads_like_the_page() {
        let text = to_text("Ftohen *të gjithë*:\n\n- një & dy\n- [faqja](https://example.org/a?b=1&c=2)\n\nFund.");
        assert_eq!(
            text,
            "Ftohen të gjithë:\n\n- një & dy\n- faqja (https://example.org/a?b=1&c=2)\n\nFund."
        );
    }

    #[test]
    fn control_characters_never_get_in() {
        assert_eq!(printable("a\u{0}b\u{8}c\td\u{fffe}\u{85}\u{202e}\u{1ffff}"), "abc\td");
        assert_eq!(line(" a\r\nb\u{2028}\u{1}c d "), "a b c d");
    }

    #[test]
    fn a_tangled_text_is_shown_as_it_was_written() {
        assert!(is_tangled(&">".repeat(MAX_DEPTH)) && is_tangled(&"<b>".repeat(MAX_TAGS + 1)));
        assert!(!is_tangled(&">".repeat(MAX_DEPTH / 2)) && !is_tangled(&"- një\n".repeat(MAX_TAGS)));
        assert!(to_html(&">".repeat(5000)).starts_with("<p>&gt;&gt;"));
    }
}
