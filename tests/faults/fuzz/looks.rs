//! What anybody may show a visitor who looks whether a post still stands: pages, feeds, answers in JSON.

use std::sync::{Arc, OnceLock};

use kasnec::assets;
use kasnec::manifest::Manifest;
use kasnec::receipt::Finding;
use kasnec::verify::{Expected, Plain, Reading, Visited};
use serde_json::json;

use super::Target;
use super::answers::{now, reply};

pub const PAGE: Target = Target {
    name: "page",
    run: page,
    runs: (300, 100_000),
    words: &[
        "<p>",
        "</p>",
        "<div>",
        "<b>",
        "<br>",
        "<script>",
        "</script>",
        "<style>",
        "<template>",
        "<noscript>",
        "<svg>",
        "<!--",
        "-->",
        "<link rel=\"canonical\" href=\"",
        "<link rel=shortlink href=/?p=12>",
        "<meta property='og:url' content='",
        "<a title='>",
        "<a title=\">",
        "=\"",
        "&euml;",
        "&#235;",
        "&#x110000;",
        "&amp;lt;",
        "https://example.org/",
        "Mbledhja e Kuvendit",
        "10:00",
        "200\n\n",
        "404\n\n",
    ],
};

pub const FEED: Target = Target {
    name: "feed",
    run: feed,
    runs: (300, 100_000),
    words: &[
        "<rss>",
        "<item>",
        "</item>",
        "<guid>",
        "</guid>",
        "<guid isPermaLink=\"false\">12</guid>",
        "<title>",
        "</title>",
        "<title/>",
        "<description>",
        "<content:encoded>",
        "</content:encoded>",
        "<![CDATA[",
        "]]>",
        "]]]]><![CDATA[>",
        "<pubDate>Sun, 22 Nov 2026 10:00:00 +0000</pubDate>",
        "<pubDate>",
        "200\n\n",
    ],
};

const TITLE: &str = "Mbledhja e Kuvendit & tjera";
const CONTENT: &str = "<p>Mbahet më 24.11. në orën 10:00, te salla “A”.</p>\n<ul><li>Buxheti</li><li>9x9 m…</li></ul>";
const BESIDE: &str = "<html><!-- <p> --><script>if (a < b) { x(\"<p>\") }</script><nav title=\"a > b\">Ballina</nav>";

/// A text stands in itself and on every page that has it word for word, whatever follows; what is no page at all comes to something, too.
fn page(bytes: &[u8]) {
    static LOOKS: OnceLock<[Reading; 3]> = OnceLock::new();
    let [published, withdrawn, answer] =
        LOOKS.get_or_init(|| [reading("wordpress", false), reading("wordpress", true), reading("mastodon", false)]);
    let visited = visited(bytes);
    for look in [published, withdrawn, answer] {
        let _ = (look.read(&visited), look.read(&elsewhere(&visited)));
    }
    let text = visited.reply.text();
    stands_in_itself(&text);
    let shown = showing(
        &visited,
        format!("{BESIDE}<h1>Mbledhja e Kuvendit &amp; tjera</h1>{CONTENT}<footer>{text}"),
    );
    let found = |look: &Reading, visited: &Visited| look.read(visited).glance.finding;
    assert_eq!(found(published, &shown), Finding::Standing, "it is there, word for word");
    assert_eq!(found(withdrawn, &shown), Finding::Changed, "it is there again");
    let led = found(published, &elsewhere(&shown));
    assert!(
        matches!(led, Finding::Standing | Finding::CannotTell),
        "{led}: a redirect takes nothing down"
    );
}

/// An entry is found as it is, whatever entries follow it.
fn feed(bytes: &[u8]) {
    static LOOK: OnceLock<Reading> = OnceLock::new();
    let look = LOOK.get_or_init(|| reading("feed", false));
    let visited = visited(bytes);
    let _ = look.read(&visited);
    let entry = format!(
        "<item><title>Mbledhja e Kuvendit &amp; tjera</title><guid isPermaLink=\"false\">12</guid><content:encoded><![CDATA[{CONTENT}]]></content:encoded></item>"
    );
    let shown = showing(&visited, format!("<rss><channel>{entry}{}", visited.reply.text()));
    assert_eq!(look.read(&shown).glance.finding, Finding::Standing);
}

fn stands_in_itself(text: &str) {
    for text_of in [Plain::of_text, Plain::of_html] {
        let sent = text_of(text);
        assert_eq!((sent.differs(&sent, true), sent.differs(&sent, false)), (None, None));
    }
    let sent = Plain::of_html(text);
    // Nothing follows: the end of a tag that the text left open would make one tag of all that stands between.
    let page = Plain::of_html(&format!("{BESIDE}{text}"));
    assert_eq!(sent.differs(&page, false), None);
    let _ = (page.differs(&sent, true), Plain::of_html(CONTENT).differs(&page, false));
}

/// How a shipped channel's posts are read.
fn reading(channel: &str, absent: bool) -> Reading {
    let file = format!("{channel}.toml");
    let manifest = Manifest::parse(&file, &assets::texts("channels", None).unwrap()[&file]).unwrap();
    let verify = manifest.verify.clone().unwrap();
    let post = json!({"channel": manifest.id, "languages": ["sq"], "slug": "m", "link": "https://example.org/n/m", "title": TITLE, "kind": "news",
        "category": null, "tags": [], "media": [], "parts": {"title": TITLE, "content": CONTENT, "text": TITLE}});
    let post = serde_json::from_value(post).unwrap();
    Reading {
        expected: Arc::new(Expected::of(&post, &manifest, &verify, absent)),
        verify,
        aliases: vec!["https://example.org/?p=12".parse().unwrap()],
        remote_id: "12".to_owned(),
        first_at: now(),
    }
}

fn visited(bytes: &[u8]) -> Visited {
    let address: url::Url = "https://example.org/mbledhja/".parse().unwrap();
    Visited {
        asked: address.clone(),
        address,
        reply: reply(bytes),
    }
}

fn elsewhere(visited: &Visited) -> Visited {
    Visited {
        address: "https://example.org/mbledhja-2/".parse().unwrap(),
        ..visited.clone()
    }
}

fn showing(visited: &Visited, text: String) -> Visited {
    let mut shown = visited.clone();
    (shown.reply.status, shown.reply.body) = (200, text.into_bytes());
    shown
}
