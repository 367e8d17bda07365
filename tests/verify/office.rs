//! An office with the accounts a test names, a running worker, and looks made when the test says so.
#![allow(dead_code, reason = "each test binary that includes this file uses its own part of it")]

use std::sync::Arc;
use std::time::{Duration, Instant};

use chrono::Utc;
use kasnec::acts;
use kasnec::clock::{Clock, SetClock};
use kasnec::deliver::Worker;
use kasnec::item::Source;
use kasnec::receipt::{Finding, State};
use kasnec::settings::{Base, load};
use kasnec::store::deliveries::Filter;
use kasnec::store::looks::Seen;
use kasnec::store::people::NewPerson;
use kasnec::store::rows::{Delivery, Person, Role};
use kasnec::system::{OfficeConfig, System};
use kasnec::verify;
use tempfile::TempDir;
use tokio::sync::watch;

/// A system with a worker.
pub struct Office {
    pub system: Arc<System>,
    pub clock: Arc<SetClock>,
    pub editor: Person,
    pub text: String,
    folder: TempDir,
    stop: Option<watch::Sender<bool>>,
}

impl Office {
    /// An office with those lines after its own, and those manifests beside the shipped ones, each with one part `text`.
    pub async fn open(public_url: &str, lines: &str, manifests: &[(&str, String)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().display();
        for name in ["channels", "templates"] {
            std::fs::create_dir_all(folder.path().join(name)).unwrap();
        }
        for (id, manifest) in manifests {
            write(&folder, &format!("channels/{id}.toml"), manifest);
            write(
                &folder,
                &format!("templates/{id}/text.hbs"),
                "{{title}}\n\n{{#each versions}}{{text}}{{/each}}{{#if act_line}} | {{act_line}}{{/if}}",
            );
        }
        write(
            &folder,
            "kinds/plain.toml",
            "[plain]\nplan = []\nunit = \"information-office\"\nlabel = { sq = \"Prova\" }\n",
        );
        let text = format!(
            "data = \"{path}/data\"\n[server]\npublic_url = \"{public_url}\"\n[folders]\nchannels = \"{path}/channels\"\nkinds = \"{path}/kinds\"\n\
             templates = \"{path}/templates\"\n[worker]\npoll_milliseconds = 10\n[http]\nconnect_seconds = 2\ntotal_seconds = 5\n\
             [offices.k]\nname = {{ sq = \"Komuna\" }}\nzone = \"Europe/Belgrade\"\nlanguages = [\"sq\"]\npublic_url = \"{public_url}\"\n{lines}"
        );
        let clock = Arc::new(SetClock::at(Utc::now()));
        let system = open(&text, &clock).await;
        let editor = NewPerson {
            login: "editor",
            name: "Editor",
            role: Role::Administrator,
            lang: "sq",
            os_user: None,
        };
        system.store.add_person("k", &editor).await.unwrap();
        let editor = system.store.person("k", "editor").await.unwrap().unwrap();
        let mut office = Self {
            system,
            clock,
            editor,
            text,
            folder,
            stop: None,
        };
        office.work();
        office
    }

    /// The same office in another process.
    pub async fn another_process(&self) -> Arc<System> {
        open(&self.text, &self.clock).await
    }

    pub fn work(&mut self) {
        let (stop, stopped) = watch::channel(false);
        tokio::spawn(Worker::new(self.system.clone()).run(true, stopped));
        self.stop = Some(stop);
    }

    /// Nobody delivers any more.
    pub async fn rest(&mut self) {
        let _ = self.stop.take().unwrap().send(true);
        tokio::time::sleep(Duration::from_millis(100)).await;
    }

    pub fn config(&self) -> &OfficeConfig {
        &self.system.offices["k"]
    }

    /// Queues, approves and waits until it stands everywhere.
    pub async fn publish(&self, reference: &str, title: &str, body: &str) {
        let checked = self.checked(reference, title, body);
        acts::queue(&self.system, &self.editor, self.config(), vec![checked]).await.unwrap();
        self.approve(reference).await;
        self.delivered().await;
    }

    pub async fn propose_correction(&self, reference: &str, title: &str, body: &str) {
        let checked = self.checked(reference, title, body);
        acts::correct(&self.system, &self.editor, self.config(), reference, checked, "arsyeja")
            .await
            .unwrap();
        self.approve(reference).await;
    }

    pub async fn correct(&self, reference: &str, title: &str, body: &str) {
        self.propose_correction(reference, title, body).await;
        self.delivered().await;
    }

    pub async fn withdraw(&self, reference: &str) {
        acts::withdraw(&self.system, &self.editor, self.config(), reference, "U anulua")
            .await
            .unwrap();
        self.delivered().await;
    }

    async fn approve(&self, reference: &str) {
        acts::approve(&self.system, &self.editor, self.config(), reference, None)
            .await
            .unwrap();
    }

    fn checked(&self, reference: &str, title: &str, body: &str) -> kasnec::item::check::Checked {
        let text = format!("+++\nkind = \"plain\"\nreference = \"{reference}\"\n+++\n# [sq] {title}\n\n{body}\n");
        let source = Source::parse("test.md", &text).unwrap();
        acts::check_source(&self.system, &self.config().office, &source, |_| Err("none".to_owned())).unwrap()
    }

    pub async fn deliveries(&self) -> Vec<Delivery> {
        let filter = Filter {
            limit: 1000,
            ..Filter::default()
        };
        let mut all = self.system.store.deliveries("k", &filter).await.unwrap();
        all.sort_by_key(|delivery| delivery.id);
        all
    }

    /// Waits until everything stands.
    pub async fn delivered(&self) {
        let end = Instant::now() + Duration::from_secs(30);
        loop {
            let all = self.deliveries().await;
            if all.iter().all(|delivery| delivery.state == State::Delivered) {
                return;
            }
            assert!(Instant::now() < end, "{all:#?}");
            // A channel's pace is measured by the clock that the test holds.
            self.clock.advance(chrono::Duration::seconds(1));
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    pub async fn looks(&self) -> usize {
        verify::round(&self.system).await.unwrap()
    }

    /// Moves the clock on, then makes the looks that are due.
    pub async fn looks_after(&self, seconds: i64) -> usize {
        self.later(seconds);
        self.looks().await
    }

    /// Goes on looking for so many hours, every minute.
    pub async fn looks_for_hours(&self, hours: i64) {
        for _ in 0..hours * 12 {
            self.looks_after(300).await;
        }
    }

    pub fn later(&self, seconds: i64) {
        self.clock.advance(chrono::Duration::seconds(seconds));
        let _ = self.clock.now();
    }

    /// What looks at the newest delivery of an account showed.
    pub async fn glances(&self, account: &str) -> Vec<Seen> {
        let delivery = self.newest(account).await.id;
        self.system.store.glances(delivery).await.unwrap()
    }

    pub async fn findings(&self, account: &str) -> Vec<Finding> {
        self.glances(account).await.iter().map(|seen| seen.glance.finding).collect()
    }

    pub async fn newest(&self, account: &str) -> Delivery {
        let all = self.deliveries().await;
        all.into_iter().rfind(|delivery| delivery.account == account).unwrap()
    }

    /// The acts of looks in the ledger, the first one first.
    pub async fn noted(&self, reference: &str) -> Vec<String> {
        let item = self.system.store.item("k", reference).await.unwrap().id;
        let history = self.system.store.history(item).await.unwrap();
        history
            .into_iter()
            .map(|note| note.act)
            .filter(|act| act.starts_with("seen "))
            .collect()
    }

    /// Runs a statement behind the program's back.
    pub async fn meddle(&self, sql: &str) {
        use sqlx::Connection;
        let url = self.system.settings.store_url();
        let mut database = sqlx::SqliteConnection::connect(&url).await.unwrap();
        sqlx::raw_sql(sqlx::AssertSqlSafe(sql.to_owned()))
            .execute(&mut database)
            .await
            .unwrap();
    }

    pub async fn disturbed(&self) -> Vec<Finding> {
        let all = self.system.store.unconfirmed_or_disturbed("k").await.unwrap();
        all.iter().map(|disturbed| disturbed.glance.finding).collect()
    }
}

async fn open(text: &str, clock: &Arc<SetClock>) -> Arc<System> {
    let settings = load(Base::Text(text)).unwrap().settings;
    Arc::new(System::open(settings, clock.clone()).await.unwrap())
}

fn write(folder: &TempDir, name: &str, text: &str) {
    let path = folder.path().join(name);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, text).unwrap();
}
