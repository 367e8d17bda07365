//! RSS 2.0 by the RSS Board's Best Practices Profile.

use chrono::{DateTime, Utc};

use super::WRITTEN;
use super::document::{Feed, Item};
use super::xml::Xml;
use crate::verify::CUT;

/// Writes a feed.
pub fn write(feed: &Feed) -> String {
    let mut xml = Xml::new();
    let namespaces = [
        ("version", "2.0"),
        ("xmlns:atom", "http://www.w3.org/2005/Atom"),
        ("xmlns:content", "http://purl.org/rss/1.0/modules/content/"),
        ("xmlns:dc", "http://purl.org/dc/elements/1.1/"),
    ];
    xml.open("rss", &namespaces);
    xml.open("channel", &[]);
    xml.text("title", &[], &feed.title);
    xml.text("link", &[], &feed.link);
    xml.text("description", &[], &feed.description);
    xml.text("language", &[], &feed.lang);
    if let Some(changed) = feed.changed {
        xml.text("lastBuildDate", &[], &date(changed));
    }
    xml.text("generator", &[], "Kasnec");
    xml.empty(
        "atom:link",
        &[("href", &feed.own), ("rel", "self"), ("type", "application/rss+xml")],
    );
    if write_items(&mut xml, feed) {
        xml.comment(CUT);
    }
    xml.close("channel");
    xml.close("rss");
    xml.finish()
}

/// Writes the newest, as many as have room, and one in any case; whether older ones are left out.
fn write_items(xml: &mut Xml, feed: &Feed) -> bool {
    for (number, item) in feed.items.iter().enumerate() {
        let before = xml.len();
        write_item(xml, item, &feed.author);
        if number > 0 && xml.len() > WRITTEN {
            xml.take_back(before);
            return true;
        }
    }
    feed.is_cut
}

fn write_item(xml: &mut Xml, item: &Item, author: &str) {
    let entry = &item.entry;
    xml.open("item", &[]);
    xml.text("title", &[], &entry.title);
    xml.text("link", &[], &entry.link);
    xml.text("guid", &[("isPermaLink", "false")], &entry.id);
    xml.text("pubDate", &[], &date(entry.published_at));
    xml.text("dc:creator", &[], author);
    if let Some(category) = &item.category {
        xml.text("category", &[], category);
    }
    // Some readers show whichever of the two comes last: the whole text.
    xml.text("description", &[], &item.excerpt);
    xml.text("content:encoded", &[], &entry.content);
    if let Some((url, bytes, media_type)) = &entry.enclosure {
        xml.empty("enclosure", &[("url", url), ("length", &bytes.to_string()), ("type", media_type)]);
    }
    xml.close("item");
}

/// RFC 822 with a year of four digits; chrono's names are English whatever the locale, and readers know no others.
fn date(at: DateTime<Utc>) -> String {
    at.format("%a, %d %b %Y %H:%M:%S +0000").to_string()
}
