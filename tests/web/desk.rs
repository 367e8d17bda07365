//! A running web side over an empty store, with people and their tokens.

use std::sync::Arc;

use chrono::{DateTime, TimeZone, Utc};
use kasnec::clock::SystemClock;
use kasnec::deliver::Worker;
use kasnec::ports::{Entries, Entry, Page, Pages};
use kasnec::settings::{Base, load};
use kasnec::store::people::NewPerson;
use kasnec::store::rows::Role;
use kasnec::system::System;
use kasnec::vault::new_token;
use reqwest::{Client, RequestBuilder, Response};
use serde_json::{Value, json};
use sqlx::{Connection, SqliteConnection};
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

const SAMPLE: &str = include_str!("../../samples/kasnec.toml");
/// A second publisher on the same machine.
const OTHER: &str = "
[offices.decan]
name = { sq = \"Komuna e Deçanit\" }
zone = \"Europe/Belgrade\"
languages = [\"sq\"]
public_url = \"https://njoftime.decan.example\"
[offices.decan.accounts.site]
";

pub struct Desk {
    pub system: Arc<System>,
    pub url: String,
    pub author: String,
    pub editor: String,
    pub client: Client,
    stop: watch::Sender<bool>,
    server: JoinHandle<Result<(), std::io::Error>>,
    folder: TempDir,
}

impl Desk {
    pub async fn open() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let system = Arc::new(system(&folder, &url).await);
        let author = token(&system, "arta", Role::Author).await;
        let editor = token(&system, "blerim", Role::Editor).await;
        let (stop, stopped) = watch::channel(false);
        let server = tokio::spawn(kasnec::web::serve(system.clone(), listener, stopped));
        let client = Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
        Self {
            system,
            url,
            author,
            editor,
            client,
            stop,
            server,
            folder,
        }
    }

    /// Stops the server and waits until it has.
    pub async fn close(self) {
        self.stop.send_replace(true);
        self.server.await.unwrap().unwrap();
    }

    /// A connection of the test's own to the data file.
    pub async fn database(&self) -> SqliteConnection {
        let file = self.folder.path().join("kasnec.db");
        SqliteConnection::connect(&format!("sqlite:{}", file.display())).await.unwrap()
    }

    pub fn get(&self, path: &str) -> RequestBuilder {
        self.client.get(format!("{}{path}", self.url))
    }

    pub async fn page(&self, path: &str) -> String {
        let response = self.get(path).send().await.unwrap();
        assert_eq!(response.status(), 200, "{path}");
        response.text().await.unwrap()
    }

    pub async fn post(&self, token: &str, path: &str, body: &Value) -> Response {
        let request = self.client.post(format!("{}{path}", self.url));
        request.bearer_auth(token).json(body).send().await.unwrap()
    }

    pub async fn ask(&self, token: &str, path: &str) -> Value {
        let response = self.get(path).bearer_auth(token).send().await.unwrap();
        assert_eq!(response.status(), 200, "{path}");
        response.json().await.unwrap()
    }

    pub async fn put(&self, page: &Page) {
        self.system.store.put_page("kacanik", page).await.unwrap();
    }

    pub async fn enter(&self, entry: &Entry) {
        self.system.store.put_entry("kacanik", entry).await.unwrap();
    }

    /// Lets a worker deliver until nothing is due.
    pub async fn deliver(&self) {
        let (stop, stopped) = watch::channel(false);
        let worker = tokio::spawn(Worker::new(self.system.clone()).run(true, stopped));
        for _ in 0..200 {
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
            let stats = self.system.store.queue_stats().await.unwrap();
            if stats.open == 0 {
                break;
            }
        }
        stop.send_replace(true);
        worker.await.unwrap();
    }
}

async fn system(folder: &TempDir, url: &str) -> System {
    let (office, _) = SAMPLE.split_once("[offices.kacanik.accounts.facebook]").unwrap();
    let data = folder.path().display();
    let text = format!("data = \"{data}\"\n[server]\nlisten = \"127.0.0.1:0\"\npublic_url = \"{url}\"\n{office}\n{OTHER}");
    let settings = load(Base::Text(&text)).unwrap().settings;
    System::open(settings, Arc::new(SystemClock)).await.unwrap()
}

async fn token(system: &System, login: &str, role: Role) -> String {
    let person = NewPerson {
        login,
        name: login,
        role,
        lang: "sq",
        os_user: None,
    };
    system.store.add_person("kacanik", &person).await.unwrap();
    let person = system.store.person("kacanik", login).await.unwrap().unwrap();
    let (token, hash) = new_token();
    system.store.add_token(&person, "test", &hash).await.unwrap();
    token
}

/// Sunday, 22 November 2026, so many minutes after 12:00 in Kaçanik.
pub fn at(minutes: i64) -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 11, 22, 11, 0, 0).unwrap() + chrono::Duration::minutes(minutes)
}

pub fn page(slug: &str, title: &str, minutes: i64) -> Page {
    Page {
        slug: slug.to_owned(),
        key: format!("key-{slug}"),
        kind: "assembly-meeting".to_owned(),
        category: Some("mbledhjet".to_owned()),
        title: title.to_owned(),
        summary: "Fillimi: e martë, 24 nëntor 2026, ora 10:00\nVendi: Salla e Kuvendit".to_owned(),
        body: "<section lang=\"sq\">\n<p>Ftohen qytetarët.</p>\n</section>\n<section lang=\"sr-Latn\">\n<h2>Sednica</h2>\n</section>\n"
            .to_owned(),
        languages: vec!["sq".to_owned(), "sr".to_owned()],
        post_hash: "00".to_owned(),
        withdrawn: false,
        published_at: at(minutes),
        updated_at: at(minutes),
    }
}

pub fn entry(id: &str, title: &str, minutes: i64) -> Entry {
    Entry {
        id: format!("tag:kacanik.example,2026:{id}"),
        lang: "sq".to_owned(),
        category: Some("mbledhjet".to_owned()),
        kind: "assembly-meeting".to_owned(),
        title: title.to_owned(),
        content: "<div lang=\"sq\"><p>Ftohen <strong>qytetarët</strong> në mbledhje.</p></div>".to_owned(),
        link: "https://njoftime.kacanik.example/n/mbledhja".to_owned(),
        enclosure: Some((
            "https://njoftime.kacanik.example/files/ab/Rendi%20i%20dit%C3%ABs.pdf".to_owned(),
            4711,
            "application/pdf".to_owned(),
        )),
        published_at: at(minutes),
        updated_at: at(minutes),
    }
}

/// A news item as the API takes it.
pub fn news(reference: &str, title: &str) -> Value {
    json!({
        "kind": "news",
        "reference": reference,
        "facts": { "location": { "sq": "Sheshi i qytetit" } },
        "translations": {
            "sq": { "title": title, "body": "Hyrja është e **lirë**." },
            "sr": { "title": "Veče na trgu", "body": "Ulaz je slobodan." },
        },
    })
}
