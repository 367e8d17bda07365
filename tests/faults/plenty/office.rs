//! An office that has published for ten years: one notice goes the whole way, and its rows are copied.

use std::time::{Duration, Instant};

use serde_json::Value;
use sqlx::{AssertSqlSafe, Connection, SqliteConnection};

use super::super::guarded::Guarded;
use super::super::kasnec::{Kasnec, write};

/// The languages of its notices.
pub const LANGUAGES: [&str; 3] = ["sq", "sr", "en"];
/// The feeds' endings, and what begins an entry in each.
pub const FORMATS: [(&str, &str); 1] = [("xml", "<item>")];
/// The time between two notices: five thousand a year.
const APART: &str = "i * 6300000";

/// The real program in a folder of its own.
pub struct Office {
    /// The program.
    pub kasnec: Kasnec,
    /// A token of its administrator.
    pub token: String,
}

impl Office {
    /// One with an administrator.
    pub fn new() -> Self {
        let kasnec = Kasnec::new();
        write(&kasnec.path("kasnec.toml"), include_str!("../../../samples/kasnec.toml"));
        kasnec.json(&["user", "add", "shefja", "--name", "Shefja", "--role", "administrator"]);
        let token = kasnec.json(&["token", "add", "shefja", "--label", "harness", "--as", "shefja"]);
        let token = token["token"].as_str().unwrap().to_owned();
        Self { kasnec, token }
    }

    /// One that has published a notice.
    pub fn with_one_notice() -> Self {
        let office = Self::new();
        let texts: String = LANGUAGES.map(|lang| format!("# [{lang}] Lajmi\nTeksti i njoftimit.\n\n")).concat();
        office.approve(&texts, "");
        let running = office.serve();
        office.wait_until_published();
        drop(running);
        office
    }

    /// Queues and approves an item on the command line; `more` goes into its front matter.
    pub fn approve(&self, texts: &str, more: &str) {
        write(&self.kasnec.path("in/1.md"), &item("K-1", texts, more));
        self.kasnec.json(&["item", "add", "in", "--approve", "--as", "shefja"]);
    }

    /// Starts the whole program, and waits until its site answers.
    pub fn serve(&self) -> Guarded {
        let mut running = self.kasnec.serve();
        let ready = |running: &Guarded| running.output().contains("Ctrl-C ends it").then_some(());
        running.wait_for(Duration::from_mins(10), ready).unwrap();
        running
    }

    /// Waits until what was approved stands on the site and in the feeds.
    pub fn wait_until_published(&self) {
        let end = Instant::now() + Duration::from_mins(2);
        let own = |delivery: &&Value| delivery["account"] == "site" || delivery["account"] == "feed";
        loop {
            let deliveries = self.kasnec.json(&["delivery", "list"]);
            let mut open = deliveries.as_array().unwrap().iter().filter(own);
            if open.all(|delivery| delivery["state"] == "delivered") {
                return;
            }
            assert!(Instant::now() < end, "not published: {deliveries:#}");
            std::thread::sleep(Duration::from_millis(200));
        }
    }

    /// Copies the one notice with all that was kept of it until there are so many; the next start links the ledger.
    pub fn multiply(&self, count: u64) {
        let numbers = format!(
            "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {})",
            count - 1
        );
        let copy = |(into, from): &(&str, &str)| format!("INSERT INTO {into} {numbers} SELECT {};\n", from.replace("APART", APART));
        let copies = COPIES.iter().map(copy).collect::<Vec<_>>().concat();
        let script = format!("BEGIN; DELETE FROM head; UPDATE ledger SET seq = NULL, hash = NULL;\n{copies}COMMIT;");
        let file = self.kasnec.path("data/kasnec.db");
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let mut database = SqliteConnection::connect(&format!("sqlite:{}", file.display())).await.unwrap();
            sqlx::raw_sql(AssertSqlSafe(script)).execute(&mut database).await.unwrap();
            database.close().await.unwrap();
        });
    }
}

/// An item's file.
pub fn item(reference: &str, texts: &str, more: &str) -> String {
    format!(
        "+++\nkind = \"capital-project\"\nreference = \"{reference}\"\n[facts]\nproject = \"P\"\nphase = \"planned\"\n{more}+++\n{texts}"
    )
}

/// Into which columns of which table what is copied; the numbers of item and revision are 1, so `i` more is a number of its own.
const COPIES: [(&str, &str); 7] = [
    (
        "item (id, office, reference, kind, slug, state, title, event_at, created_at, updated_at)",
        "id + i, office, reference || '-' || i, kind, slug || '-' || i, state, title || ' ' || i, event_at, created_at - APART, updated_at - APART FROM item, n WHERE id = 1",
    ),
    (
        "revision (id, office, item, number, state, act, reason, content, content_hash, author, created_at, approved_by, approved_at, release_at, deadline_at)",
        "id + i, office, item + i, number, state, act, reason, replace(content, '\"K-1\"', '\"K-1-' || i || '\"'), content_hash, author, created_at - APART, approved_by, \
         approved_at - APART, release_at - APART, deadline_at - APART FROM revision, n WHERE id = 1",
    ),
    (
        "delivery (id, office, item, revision, account, languages, key, action, state, queue, release_at, deadline_at, urgency, next_at, attempt, failures, looks, objects, \
         post, post_hash, remote_id, url, evidence, settled_at)",
        "id + i * (SELECT MAX(id) FROM delivery), office, item + i, revision + i, account, languages, key || '-' || i, action, state, queue, release_at - APART, \
         deadline_at - APART, urgency - APART, next_at - APART, attempt, failures, looks, objects, post, post_hash, remote_id, url, evidence, settled_at - APART \
         FROM delivery, n WHERE settled_at IS NOT NULL",
    ),
    (
        "ledger (office, at, who, act, item, delivery, body, reference, key)",
        "office, at - APART, who, act, item + i, NULL, body, reference || '-' || i, NULL FROM ledger, n WHERE item = 1 AND delivery IS NULL",
    ),
    (
        "page (office, key, slug, kind, category, title, summary, body, languages, post_hash, withdrawn, published_at, updated_at)",
        "office, key || '-' || i, slug || '-' || i, kind, category, title || ' ' || i, summary, body, languages, post_hash, withdrawn, published_at - APART, \
         updated_at - APART FROM page, n",
    ),
    (
        "entry (office, id, lang, category, kind, title, content, link, enclosure, published_at, updated_at)",
        "office, id || '-' || i, lang, category, kind, title || ' ' || i, content, link, enclosure, published_at - APART, updated_at - APART FROM entry, n \
         WHERE kind <> 'ledger-head'",
    ),
    (
        "head (office, day, seq, hash, published_at)",
        "id, date(1600000000 + i * 86400, 'unixepoch'), i, hex(i), 1600000000000 + i * 86400000 FROM office, n WHERE i % 10 = 0",
    ),
];
