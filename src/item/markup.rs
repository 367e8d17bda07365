//! Markdown as the office writes it → safe HTML and plain text. The one place where HTML from outside is sanitised.

use comrak::Options;

/// Markdown to HTML without scripts, handlers, styles or unsafe links.
pub fn to_html(markdown: &str) -> String {
    let mut options = Options::default();
    options.extension.table = true;
    options.extension.strikethrough = true;
    options.extension.autolink = true;
    options.render.r#unsafe = true;
    let html = comrak::markdown_to_html(&printable(markdown), &options);
    ammonia::Builder::default().link_rel(Some("noopener")).clean(&html).to_string()
}

/// Markdown to the text a person would read aloud: no tags, links as their address in brackets, lists with dashes.
pub fn to_text(markdown: &str) -> String {
    let html = to_html(markdown);
    let mut text = String::with_capacity(html.len());
    let mut link = String::new();
    for piece in pieces(&html) {
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
                    text.push_str(&format!(" ({link})"));
                }
                link.clear();
            }
            Piece::Close(_) => {}
        }
    }
    tidy(&text)
}

/// Removes the characters that XML 1.0 cannot carry, whatever escapes them.
pub fn printable(text: &str) -> String {
    text.chars()
        .filter(|c| !matches!(c, '\0'..='\u{8}' | '\u{b}' | '\u{c}' | '\u{e}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}'))
        .collect()
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
        assert_eq!(printable("a\u{0}b\u{8}c\td\u{fffe}"), "abc\td");
    }
}
