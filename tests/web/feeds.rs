//! The feeds' HTTP: encodings, tags, dates, what a cache may think.

use std::io::Read;

use flate2::read::GzDecoder;
use reqwest::{Method, Response};

use crate::desk::{Desk, at, entry};

async fn ask(desk: &Desk, headers: &[(&str, &str)]) -> Response {
    let request = desk.get("/feed/sq.xml");
    let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
    request.send().await.unwrap()
}

fn header(response: &Response, name: &str) -> String {
    response
        .headers()
        .get(name)
        .map_or(String::new(), |value| value.to_str().unwrap().to_owned())
}

async fn open() -> Desk {
    let desk = Desk::open().await;
    desk.enter(&entry("1", "Mbledhja e parë", 0)).await;
    desk.enter(&entry("2", "Mbledhja e dytë", 5)).await;
    desk
}

#[tokio::test]
async fn a_feed_comes_plain_or_compressed_each_with_its_own_tag() {
    let desk = open().await;
    let plain = ask(&desk, &[]).await;
    let zipped = ask(&desk, &[("accept-encoding", "gzip, br")]).await;
    for response in [&plain, &zipped] {
        assert_eq!(header(response, "content-type"), "application/rss+xml; charset=utf-8");
        assert_eq!(header(response, "vary"), "Accept-Encoding");
        assert_eq!(header(response, "cache-control"), "public, max-age=300");
        assert_eq!(header(response, "last-modified"), "Sun, 22 Nov 2026 11:05:00 GMT");
        assert!(!header(response, "etag").starts_with("W/"));
    }
    assert_eq!(header(&zipped, "content-encoding"), "gzip");
    assert_ne!(header(&plain, "etag"), header(&zipped, "etag"));
    let (plain, zipped) = (plain.bytes().await.unwrap(), zipped.bytes().await.unwrap());
    let mut unzipped = vec![];
    GzDecoder::new(&zipped[..]).read_to_end(&mut unzipped).unwrap();
    assert_eq!(unzipped, plain);
    assert!(zipped.len() < plain.len());
    desk.close().await;
}

#[tokio::test]
async fn an_unchanged_feed_is_not_sent_again() {
    let desk = open().await;
    let plain = header(&ask(&desk, &[]).await, "etag");
    let zipped = header(&ask(&desk, &[("accept-encoding", "gzip")]).await, "etag");
    let date = ("if-modified-since", "Sun, 22 Nov 2026 11:05:00 GMT");
    let same = [
        ask(&desk, &[("if-none-match", &plain)]).await,
        ask(&desk, &[("if-none-match", &zipped), ("accept-encoding", "gzip")]).await,
        ask(&desk, &[date]).await,
    ];
    for (response, etag) in same.into_iter().zip([&plain, &zipped, &plain]) {
        assert_eq!(response.status(), 304);
        assert_eq!(header(&response, "etag"), *etag);
        assert_eq!(header(&response, "vary"), "Accept-Encoding");
        assert_eq!(header(&response, "cache-control"), "public, max-age=300");
        assert!(response.bytes().await.unwrap().is_empty());
    }
    let tag_wins = ask(&desk, &[("if-none-match", "\"other\""), date]).await;
    assert_eq!(tag_wins.status(), 200);
    let other_encoding = ask(&desk, &[("if-none-match", &zipped)]).await;
    assert_eq!(other_encoding.status(), 200);
    desk.close().await;
}

#[tokio::test]
async fn a_new_or_changed_entry_is_in_the_feed_at_once() {
    let desk = open().await;
    let before = header(&ask(&desk, &[]).await, "etag");
    let mut changed = entry("1", "Mbledhja e parë (korrigjuar)", 0);
    changed.updated_at = at(9);
    desk.enter(&changed).await;
    let after = ask(&desk, &[("if-none-match", &before)]).await;
    assert_eq!(
        (after.status().as_u16(), header(&after, "last-modified").as_str()),
        (200, "Sun, 22 Nov 2026 11:09:00 GMT")
    );
    let text = after.text().await.unwrap();
    assert!(text.contains("(korrigjuar)") && text.contains("<lastBuildDate>Sun, 22 Nov 2026 11:09:00 +0000</lastBuildDate>"));
    assert!(
        text.find("e dytë").unwrap() < text.find("e parë").unwrap(),
        "the order stays that of publication"
    );
    desk.close().await;
}

#[tokio::test]
async fn head_tells_what_get_would_without_the_bytes() {
    let desk = open().await;
    let get = ask(&desk, &[]).await;
    let head = desk
        .client
        .request(Method::HEAD, format!("{}/feed/sq.xml", desk.url))
        .send()
        .await
        .unwrap();
    for name in ["content-type", "content-length", "etag", "last-modified", "vary"] {
        assert_eq!(header(&head, name), header(&get, name), "{name}");
    }
    assert!(head.bytes().await.unwrap().is_empty());
    desk.close().await;
}

#[tokio::test]
async fn only_languages_and_categories_of_the_office_have_feeds() {
    let desk = open().await;
    for (path, status) in [
        ("/feed/sq/mbledhjet.xml", 200),
        ("/feed/sr/punesimi.xml", 200),
        ("/feed/en.xml", 200),
        ("/feed/de.xml", 404),
        ("/feed/sq/asgje.xml", 404),
        ("/feed/sq.json", 404),
        ("/feed/S%20Q.xml", 404),
    ] {
        assert_eq!(desk.get(path).send().await.unwrap().status(), status, "{path}");
    }
    desk.close().await;
}

#[tokio::test]
async fn a_feed_has_the_fifty_newest_entries() {
    let desk = Desk::open().await;
    for nth in 0..53 {
        desk.enter(&entry(&format!("n{nth}"), &format!("Njoftimi {nth}."), nth)).await;
    }
    let text = ask(&desk, &[]).await.text().await.unwrap();
    assert_eq!(text.matches("<item>").count(), 50);
    assert!(text.contains("Njoftimi 52.") && text.contains("Njoftimi 3.") && !text.contains("Njoftimi 2."));
    desk.close().await;
}

#[tokio::test]
async fn a_feed_of_large_notices_holds_as_many_of_the_newest_as_readers_can_take() {
    let desk = Desk::open().await;
    for nth in 0..6 {
        let mut large = entry(&format!("n{nth}"), &format!("Njoftimi {nth}."), nth);
        large.content = format!("<p>{}</p>", "Fjalë. ".repeat(1024 * 1024 / 8 - 1));
        desk.enter(&large).await;
    }
    let text = ask(&desk, &[]).await.text().await.unwrap();
    assert_eq!(text.matches("<item>").count(), 3);
    assert!(text.contains("Njoftimi 5.") && text.contains("Njoftimi 3.") && text.len() < 4 * 1024 * 1024);
    assert!(text.contains(kasnec::verify::CUT), "it says that it is not all");
    let mut alone = entry("n7", "Njoftimi 7.", 7);
    alone.content = format!("<p>{}</p>", "Fjalë. ".repeat(1024 * 1024));
    desk.enter(&alone).await;
    let text = ask(&desk, &[]).await.text().await.unwrap();
    assert!(
        text.matches("<item>").count() == 1 && text.contains("Njoftimi 7."),
        "the newest one stands there in any case"
    );
    desk.close().await;
}
