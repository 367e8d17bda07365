//! The feeds, judged by readers that nobody here wrote.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::desk::{Desk, entry};

const READ: &str = "
import feedparser, json, sys
feed = feedparser.parse(sys.stdin.buffer.read(), response_headers={'content-type': 'application/rss+xml; charset=utf-8'})
json.dump({
    'bozo': str(feed.get('bozo_exception', '')), 'version': feed.version, 'language': feed.feed.language, 'title': feed.feed.title,
    'updated': feed.feed.updated_parsed[:6], 'self': [l.href for l in feed.feed.links if l.rel == 'self'],
    'entries': [{'id': e.id, 'permalink': e.guidislink, 'title': e.title, 'published': e.published_parsed[:6], 'summary': e.summary,
        'content': e.content[0].value, 'author': e.author, 'tags': [t.term for t in e.tags],
        'enclosures': [[x.href, x.length, x.type] for x in e.enclosures]} for e in feed.entries],
}, sys.stdout)
";

pub fn python() -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let python = std::env::var_os("KASNEC_PYTHON").map_or_else(|| root.join("target/venv/bin/python"), PathBuf::from);
    assert!(
        python.exists(),
        "no Python at {}: run `make test-deps`, or set KASNEC_PYTHON",
        python.display()
    );
    python
}

/// Gives the feed to a program on its standard input; what it said, and whether it was content.
pub fn give(program: &Path, arguments: &[&str], feed: &str) -> Option<(bool, String)> {
    let mut command = Command::new(program);
    command
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = match command.spawn() {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return None,
        child => child.expect("it starts"),
    };
    child.stdin.take().expect("piped").write_all(feed.as_bytes()).expect("it reads");
    let output = child.wait_with_output().expect("it ends");
    let said = format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    Some((output.status.success(), said))
}

async fn feed(desk: &Desk) -> String {
    let mut hostile = entry("2", "Buxheti & <b>taksat</b> \u{0}\u{8}\u{1f}\u{fffe}]]> \u{1f3b6}", 60);
    hostile.content = String::from("<p>Tekst\u{b} me ]]> dhe &lt;script&gt;alert(1)&lt;/script&gt;</p>");
    hostile.enclosure = None;
    desk.enter(&entry("1", "Mbledhja e Kuvendit", 0)).await;
    desk.enter(&hostile).await;
    desk.page("/feed/sq.xml").await
}

#[tokio::test]
async fn feedparser_reads_everything_without_a_complaint() {
    let desk = Desk::open().await;
    let text = feed(&desk).await;
    let (content, said) = give(&python(), &["-c", READ], &text).expect("Python is there");
    assert!(content, "{said}");
    let read: Value = serde_json::from_str(&said).unwrap();
    assert_eq!(
        (read["bozo"].as_str(), read["version"].as_str()),
        (Some(""), Some("rss20")),
        "{read}"
    );
    assert_eq!(read["language"], "sq");
    assert_eq!(read["updated"], serde_json::json!([2026, 11, 22, 12, 0, 0]));
    assert_eq!(read["self"][0], format!("{}/feed/sq.xml", desk.url));
    let (hostile, meeting) = (&read["entries"][0], &read["entries"][1]);
    // feedparser sanitises what it takes for HTML; that the text arrives and no script does is what counts.
    assert!(hostile["title"].as_str().unwrap().contains("taksat"), "{hostile}");
    assert!(!hostile["content"].as_str().unwrap().contains("<script"), "{hostile}");
    assert_eq!(
        (meeting["id"].as_str(), meeting["permalink"].as_bool()),
        (Some("tag:kacanik.example,2026:1"), Some(false))
    );
    assert_eq!(meeting["published"], serde_json::json!([2026, 11, 22, 11, 0, 0]));
    assert_eq!(meeting["summary"], "Ftohen qytetarët në mbledhje.");
    assert!(meeting["content"].as_str().unwrap().contains("<strong>qytetarët</strong>"));
    assert_eq!(
        (meeting["author"].as_str(), meeting["tags"][0].as_str()),
        (Some("Komuna e Kaçanikut"), Some("Mbledhjet"))
    );
    assert_eq!(meeting["enclosures"][0][1], "4711");
    desk.close().await;
}

#[tokio::test]
async fn xmllint_finds_it_well_formed() {
    let desk = Desk::open().await;
    let text = feed(&desk).await;
    assert!(!text.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\t')));
    let Some((content, said)) = give(Path::new("xmllint"), &["--noout", "--nonet", "-"], &text) else {
        eprintln!("xmllint is not installed: only feedparser judged the feed");
        return;
    };
    assert!(content && said.is_empty(), "{said}");
    desk.close().await;
}

#[tokio::test]
async fn serbian_is_declared_in_latin_script() {
    let desk = Desk::open().await;
    let mut serbian = entry("1", "Sednica Skupštine", 0);
    serbian.lang = "sr".to_owned();
    desk.enter(&serbian).await;
    let text = desk.page("/feed/sr/mbledhjet.xml").await;
    assert!(
        text.contains("<language>sr-Latn</language>") && text.contains("<title>Opština Kačanik: Sednice</title>"),
        "{text}"
    );
    assert!(text.find("<description>Ftohen").unwrap() < text.find("<content:encoded>").unwrap());
    desk.close().await;
}
