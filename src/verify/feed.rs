//! One entry in a feed that was fetched.

use chrono::{DateTime, Utc};

use super::html::decoded;

/// What the feed shows of an entry.
#[derive(Debug, PartialEq, Eq)]
pub enum Shown {
    /// The entry: its title, and its content as HTML.
    Entry(String, String),
    /// It is not in the feed, which reaches back far enough to have it.
    Missing,
    /// It is not in the feed, all of whose entries are newer.
    PushedOut,
    /// That is no feed.
    NoFeed,
}

/// A feed of so many entries has let older ones go.
const FULL: usize = 50;
/// So has one that says so.
pub const CUT: &str = "Older entries are left out, for all are too large together.";
/// Seconds within which what is published at once is published.
const AT_ONCE: i64 = 3600;

/// Looks for the entry of that guid, which was first published at `first_at`.
pub fn entry(feed: &str, guid: &str, first_at: DateTime<Utc>) -> Shown {
    if !feed.contains("<rss") {
        return Shown::NoFeed;
    }
    let items = || {
        feed.split("<item>")
            .skip(1)
            .map(|item| item.split("</item>").next().unwrap_or_default())
    };
    if let Some(item) = items().find(|item| value(item, "guid").is_some_and(|found| found == guid)) {
        let content = value(item, "content:encoded").or_else(|| value(item, "description"));
        return Shown::Entry(value(item, "title").unwrap_or_default(), content.unwrap_or_default());
    }
    let oldest = items()
        .filter_map(|item| DateTime::parse_from_rfc2822(&value(item, "pubDate")?).ok())
        .min();
    // An entry is there a little before its delivery is known to stand; of many at once the first are pushed out by the last.
    let slack = if items().count() >= FULL || feed.contains(&format!("<!-- {CUT} -->")) {
        AT_ONCE
    } else {
        0
    };
    // Feeds tell whole seconds.
    match oldest {
        Some(oldest) if oldest.timestamp() > first_at.timestamp() - slack => Shown::PushedOut,
        _ => Shown::Missing,
    }
}

/// What stands in the first element of that name.
fn value(item: &str, name: &str) -> Option<String> {
    let (_, rest) = item.split_once(&format!("<{name}"))?;
    let (attributes, rest) = rest.split_once('>')?;
    if attributes.ends_with('/') || attributes.starts_with(|c: char| !c.is_whitespace()) {
        return None;
    }
    let (inner, _) = rest.split_once(&format!("</{name}>"))?;
    Some(
        match inner.trim().strip_prefix("<![CDATA[").and_then(|text| text.strip_suffix("]]>")) {
            Some(raw) => raw.replace("]]]]><![CDATA[>", "]]>"),
            None => decoded(inner),
        },
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    const FEED: &str = "<rss><channel><title>K</title><item><title>A &amp; B</title><guid isPermaLink=\"false\">tag:k,2026:1</guid>\
        <pubDate>Sun, 22 Nov 2026 10:00:00 +0000</pubDate><description>x</description><content:encoded>&lt;p&gt;Uj&#235;&lt;/p&gt;</content:encoded></item></channel></rss>";

    #[test]
    fn an_entry_is_found_by_its_guid() {
        let at = |text: &str| text.parse::<DateTime<Utc>>().unwrap();
        let found = entry(FEED, "tag:k,2026:1", at("2026-11-22T10:00:00Z"));
        assert_eq!(found, Shown::Entry("A & B".to_owned(), "<p>Ujë</p>".to_owned()));
        assert_eq!(entry(FEED, "tag:k,2026:2", at("2026-11-22T10:00:00Z")), Shown::Missing);
        assert_eq!(entry(FEED, "tag:k,2026:2", at("2026-11-21T10:00:00Z")), Shown::PushedOut);
        let cut = FEED.replace("</item>", &format!("</item><!-- {CUT} -->"));
        assert_eq!(
            entry(&cut, "tag:k,2026:2", at("2026-11-22T10:00:00Z")),
            Shown::PushedOut,
            "of those published at once the first are pushed out"
        );
        assert_eq!(entry("<html>", "tag:k,2026:2", at("2026-11-21T10:00:00Z")), Shown::NoFeed);
        assert_eq!(entry("<rss></rss>", "tag:k,2026:2", at("2026-11-21T10:00:00Z")), Shown::Missing);
    }
}
