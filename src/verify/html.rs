//! The text of somebody else's HTML, in one pass over it, whatever it is: no tree is built that a hostile page could make deep.

/// Elements whose content nobody reads.
const UNREAD: [&str; 5] = ["script", "style", "template", "noscript", "svg"];
/// Elements within a line: their tags part no words.
const INLINE: [&str; 32] = [
    "a", "abbr", "b", "bdi", "bdo", "cite", "code", "data", "del", "dfn", "em", "font", "i", "ins", "kbd", "label", "mark", "q", "s",
    "samp", "small", "span", "strike", "strong", "sub", "sup", "time", "tt", "u", "var", "wbr", "img",
];
/// How far the end of a tag is sought past a `>` inside quotes.
const LONGEST_TAG: usize = 20_000;

/// What a person reads, a line for each block.
pub fn text_of(html: &str) -> String {
    let lower = html.to_ascii_lowercase();
    let mut text = String::with_capacity(html.len() / 2);
    let mut at = 0;
    while let Some(open) = html[at..].find('<').map(|found| at + found) {
        text.push_str(&decoded(&html[at..open]));
        if let Some(tag) = tag_at(&lower, open) {
            if !INLINE.contains(&tag.name) {
                text.push('\n');
            }
            at = tag.end;
        } else {
            text.push('<');
            at = open + 1;
        }
    }
    text.push_str(&decoded(&html[at..]));
    text
}

/// What a page names as its own address: `canonical` and `shortlink`, or `og:url`.
pub fn own_addresses(html: &str) -> impl Iterator<Item = String> + '_ {
    let lower = html.to_ascii_lowercase();
    let mut at = 0;
    std::iter::from_fn(move || {
        while let Some(open) = lower[at..].find('<').map(|found| at + found) {
            let Some(tag) = tag_at(&lower, open) else {
                at = open + 1;
                continue;
            };
            at = tag.end;
            let own = own_address(tag.name, &html[open..tag.end]);
            if own.is_some() {
                return own;
            }
        }
        None
    })
}

fn own_address(name: &str, tag: &str) -> Option<String> {
    if !matches!(name, "link" | "meta") {
        return None;
    }
    let attributes = attributes(tag);
    let value = |name: &str| attributes.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str());
    let is_own = if name == "link" {
        let mut relations = value("rel")?.split_ascii_whitespace();
        relations.any(|relation| relation.eq_ignore_ascii_case("canonical") || relation.eq_ignore_ascii_case("shortlink"))
    } else {
        value("property").is_some_and(|property| property.eq_ignore_ascii_case("og:url"))
    };
    let address = value(if name == "link" { "href" } else { "content" });
    address.filter(|_| is_own).map(decoded)
}

/// The attributes of a tag, with or without quotes.
fn attributes(tag: &str) -> Vec<(String, String)> {
    let apart = |c: char| c.is_ascii_whitespace() || matches!(c, '/' | '>');
    let mut found = Vec::new();
    let mut rest = tag
        .split_once(char::is_whitespace)
        .map_or("", |(_, rest)| rest)
        .trim_start_matches(apart);
    while !rest.is_empty() {
        let (name, after) = rest.split_at(rest.find(|c: char| apart(c) || c == '=').unwrap_or(rest.len()));
        let (value, after) = match after.trim_start().strip_prefix('=').map(str::trim_start) {
            Some(value) => quoted(value)
                .unwrap_or_else(|| value.split_at(value.find(|c: char| c.is_ascii_whitespace() || c == '>').unwrap_or(value.len()))),
            None => ("", after),
        };
        found.push((name.to_ascii_lowercase(), value.to_owned()));
        rest = after.trim_start_matches(apart);
    }
    found
}

fn quoted(value: &str) -> Option<(&str, &str)> {
    let quote = value.chars().next().filter(|quote| matches!(quote, '"' | '\''))?;
    value[1..].split_once(quote)
}

struct Tag<'a> {
    name: &'a str,
    /// Where what is read goes on.
    end: usize,
}

fn tag_at(lower: &str, open: usize) -> Option<Tag<'_>> {
    let rest = &lower[open..];
    if rest.starts_with("<!--") {
        let end = rest.find("-->").map_or(lower.len(), |found| open + found + 3);
        return Some(Tag { name: "a", end });
    }
    let bare = rest[1..].trim_start_matches(['/', '!', '?']);
    let length = bare
        .bytes()
        .take_while(|byte| byte.is_ascii_alphanumeric() || *byte == b':')
        .count();
    if length == 0 || !bare.as_bytes()[0].is_ascii_alphabetic() {
        return None;
    }
    let name = &bare[..length];
    let end = open + end_of_tag(rest);
    let opens = !rest.starts_with("</");
    if opens && UNREAD.contains(&name) {
        let close = lower[end.min(lower.len())..].find(&format!("</{name}"));
        return Some(Tag {
            name,
            end: close.map_or(lower.len(), |found| end + found),
        });
    }
    Some(Tag { name, end })
}

/// One past the `>` that ends the tag; one inside quotes does not.
fn end_of_tag(tag: &str) -> usize {
    let mut quote = None;
    for (at, byte) in tag.bytes().enumerate().take(LONGEST_TAG) {
        match (quote, byte) {
            (None, b'>') => return at + 1,
            (None, b'"' | b'\'') => quote = Some(byte),
            (Some(open), byte) if open == byte => quote = None,
            _ => {}
        }
    }
    tag.find('>').map_or(tag.len(), |at| at + 1)
}

/// Character references as the characters they stand for.
pub fn decoded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('&') {
        out.push_str(before);
        let end = after.bytes().take(11).position(|byte| byte == b';');
        let name = end.map(|end| &after[..end]);
        if let Some((name, character)) = name.and_then(|name| Some((name, character(name)?))) {
            out.push(character);
            rest = &after[name.len() + 1..];
        } else {
            out.push('&');
            rest = after;
        }
    }
    out.push_str(rest);
    out
}

/// Those that WordPress, templates and our own pages write; others are punctuation, which no comparison heeds.
fn character(name: &str) -> Option<char> {
    if let Some(number) = name.strip_prefix('#') {
        let hex = number.strip_prefix(['x', 'X']).map(|hex| u32::from_str_radix(hex, 16));
        return char::from_u32(hex.unwrap_or_else(|| number.parse()).ok()?);
    }
    Some(match name {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        "nbsp" => '\u{a0}',
        "shy" => '\u{ad}',
        "times" => '×',
        "trade" => '™',
        "hellip" => '…',
        "ndash" => '–',
        "mdash" => '—',
        "lsquo" => '‘',
        "rsquo" => '’',
        "ldquo" => '“',
        "rdquo" => '”',
        "bdquo" => '„',
        "laquo" => '«',
        "raquo" => '»',
        "euml" => 'ë',
        "Euml" => 'Ë',
        "ccedil" => 'ç',
        "Ccedil" => 'Ç',
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_read_as_a_person_reads_it() {
        let html = "<head><title>T &amp; u</title><style>p > a {}</style></head><!-- <p>not</p> --><p title=\"a > b\">Mbledhja <b>e</b>\
                    <i>re</i></p><SCRIPT>if (a < b) { x('</p>') }</SCRIPT ><br>5 < 6 &#8211; uj&euml; &#xEB; &unknown; <3";
        let text = text_of(html);
        let lines: Vec<&str> = text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
        assert_eq!(lines, ["T & u", "Mbledhja ere", "5 < 6 – ujë ë &unknown; <3"]);
    }

    #[test]
    fn a_broken_or_hostile_page_ends() {
        for html in [
            "<script>",
            "<!--",
            "<",
            "<p",
            "</",
            "<p title=\"",
            "&",
            "&#x110000;",
            "&#;",
            "ë<script>ë</scri",
        ] {
            let _ = text_of(html);
        }
        let begun = std::time::Instant::now();
        let _ = text_of(&"<div><p a=\"".repeat(20_000));
        assert!(begun.elapsed().as_secs() < 20);
    }
}
