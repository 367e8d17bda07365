//! An office bound by the plan of Kaçanik, with scripted channels, a worker, and a clock that moves when the test says so.

use std::sync::{Arc, Mutex, OnceLock};
use std::time::{Duration, Instant};

use chrono::{DateTime, TimeZone, Utc};
use kasnec::acts::{self, ActError};
use kasnec::channels::Registry;
use kasnec::clock::{Clock, SetClock};
use kasnec::deliver::Worker;
use kasnec::item::Source;
use kasnec::receipt::State;
use kasnec::register::{self, Line};
use kasnec::settings::{Base, load};
use kasnec::store::deliveries::{Filter, Resolution};
use kasnec::store::obligations::Obligation;
use kasnec::store::people::NewPerson;
use kasnec::store::rows::{Delivery, Person, Role};
use kasnec::system::{OfficeConfig, System};
use sqlx::{AssertSqlSafe, Connection, PgConnection, SqliteConnection};
use tempfile::TempDir;
use tokio::sync::watch;

use super::postgres::Postgres;
use super::remote::{self, Remote};

/// The office's zone.
pub const ZONE: chrono_tz::Tz = chrono_tz::Europe::Belgrade;
/// The accounts of an office that serves every group of channels.
pub const ALL: &[(&str, &str)] = &[
    ("website", "channel = \"scripted\"\ngroup = \"website\""),
    ("facebook", "channel = \"scripted\"\ngroup = \"facebook\""),
    ("media", "channel = \"scripted\"\ngroup = \"media\""),
    ("board", "channel = \"board\"\nsettings.places = \"Komuna\""),
];

/// An instant as the office's clock shows it.
pub fn at(wall: &str) -> DateTime<Utc> {
    let wall = chrono::NaiveDateTime::parse_from_str(wall, "%Y-%m-%d %H:%M").unwrap();
    ZONE.from_local_datetime(&wall).earliest().unwrap().to_utc()
}

/// An office at work.
pub struct Office {
    pub system: Arc<System>,
    pub clock: Arc<SetClock>,
    pub editor: Person,
    pub folder: TempDir,
    configuration: String,
    url: String,
    worker: (watch::Sender<bool>, tokio::task::JoinHandle<()>),
    watcher: tokio::sync::Mutex<Watcher>,
}

enum Watcher {
    Sqlite(SqliteConnection),
    Pg(PgConnection),
}

impl Office {
    /// An office on SQLite whose register begins at `wall`.
    pub async fn new(wall: &str) -> Self {
        Self::with(wall, ALL, "", None).await
    }

    /// The same with other accounts, `(name, further lines of its table)`, further lines of its own, and on `store` if one is named.
    pub async fn with(wall: &str, accounts: &[(&str, &str)], more: &str, store: Option<String>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        for (path, text) in [
            ("channels/scripted.toml", MANIFEST),
            ("templates/scripted/text.hbs", "{{item.reference}} {{item.revision}} {{act.kind}}"),
        ] {
            let path = folder.path().join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
        std::fs::create_dir_all(folder.path().join("rules/holidays")).unwrap();
        let url = store.unwrap_or_else(|| format!("sqlite:{}/data/kasnec.db", folder.path().display()));
        let configuration = configuration(&folder, &url, accounts, more);
        let clock = Arc::new(SetClock::at(at(wall)));
        let system = opened(&configuration, &clock).await;
        let editor = NewPerson {
            login: "editor",
            name: "Editor",
            role: Role::Administrator,
            lang: "sq",
            os_user: None,
        };
        system.store.add_person("k", &editor).await.unwrap();
        let editor = system.store.person("k", "editor").await.unwrap().unwrap();
        let office = Self {
            worker: work(&system),
            watcher: tokio::sync::Mutex::new(watch(&url).await),
            system,
            clock,
            editor,
            folder,
            configuration,
            url,
        };
        office.refresh().await;
        office
    }

    /// Stops the worker and opens the same data as a new process would, with whatever stands in its folders by now.
    pub async fn reopen(&mut self) {
        self.worker.0.send(true).unwrap();
        (&mut self.worker.1).await.unwrap();
        self.system.store.close().await;
        self.system = opened(&self.configuration, &self.clock).await;
        self.worker = work(&self.system);
        *self.watcher.lock().await = watch(&self.url).await;
    }

    /// Other accounts and further lines than before, for the next process that opens the data.
    pub fn configure(&mut self, accounts: &[(&str, &str)], more: &str) {
        self.configuration = configuration(&self.folder, &self.url, accounts, more);
    }

    /// Another process on the same data.
    pub async fn another(&self) -> System {
        let registry = Registry::default().with("scripted", remote::make);
        let settings = load(Base::Text(&self.configuration)).unwrap().settings;
        System::open_with(settings, self.clock.clone(), registry).await.unwrap()
    }

    /// Puts a file into the office's folder of rules.
    pub fn write_rules(&self, file: &str, text: &str) {
        std::fs::write(self.folder.path().join("rules").join(file), text).unwrap();
    }

    pub fn config(&self) -> &OfficeConfig {
        &self.system.offices["k"]
    }

    pub fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }

    /// The remote behind an account.
    pub fn remote(&self, account: &str) -> Arc<Mutex<Remote>> {
        remote::remote(&format!("{}/{account}", self.folder.path().display()))
    }

    /// From now on a remote does so with every call; with nothing, it takes them again.
    pub fn every_call(&self, account: &str, act: Option<remote::Act>) {
        let remote = self.remote(account);
        let mut remote = remote.lock().unwrap();
        remote.script.clear();
        remote.script.extend(act.into_iter().flat_map(|act| std::iter::repeat_n(act, 2000)));
    }

    /// Moves the clock to `wall`, lets the worker do what is due, and brings the register up to date.
    pub async fn go(&self, wall: &str) {
        self.go_to(at(wall)).await;
        self.refresh().await;
    }

    /// Moves the clock and lets the worker do what is due.
    pub async fn go_to(&self, at: DateTime<Utc>) {
        self.clock.advance(at - self.now());
        self.settle().await;
    }

    /// Waits until the worker has nothing to do at this instant.
    pub async fn settle(&self) {
        let end = Instant::now() + Duration::from_mins(1);
        while self
            .number(&BUSY.replace("{now}", &self.now().timestamp_millis().to_string()))
            .await
            > 0
        {
            self.system.store.wake().notify_waiters();
            assert!(Instant::now() < end, "the worker does not come to rest");
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    }

    /// Brings the register up to date.
    pub async fn refresh(&self) -> register::refresh::Changes {
        register::refresh(&self.system, self.config()).await.unwrap()
    }

    /// Queues an item, as people write it.
    pub async fn queue(&self, text: &str) -> Result<(), ActError> {
        let checked = self.checked(text);
        acts::queue(&self.system, &self.editor, self.config(), vec![checked])
            .await
            .map(drop)
    }

    pub fn checked(&self, text: &str) -> kasnec::item::check::Checked {
        let source = Source::parse("test.md", text).unwrap();
        acts::check_source(&self.system, &self.config().office, &source, |_| Err("none".to_owned()))
            .unwrap_or_else(|bad| panic!("{bad}\n{text}"))
    }

    pub async fn approve(&self, reference: &str, late: Option<&str>) -> Result<acts::Approved, ActError> {
        acts::approve(&self.system, &self.editor, self.config(), reference, late).await
    }

    /// Queues and approves, lets the channels take it, and brings the register up to date.
    pub async fn publish(&self, text: &str) {
        self.publish_late(text, None).await;
    }

    /// The same with a reason for being late.
    pub async fn publish_late(&self, text: &str, late: Option<&str>) {
        let reference = self.checked(text).content.reference;
        self.queue(text).await.unwrap();
        self.approve(&reference, late).await.unwrap();
        self.settle().await;
        self.refresh().await;
    }

    /// Corrects and approves.
    pub async fn correct(&self, text: &str, reason: &str, late: Option<&str>) {
        let checked = self.checked(text);
        let reference = checked.content.reference.clone();
        acts::correct(&self.system, &self.editor, self.config(), &reference, checked, reason)
            .await
            .unwrap();
        self.approve(&reference, late).await.unwrap();
    }

    pub async fn withdraw(&self, reference: &str, reason: &str) {
        acts::withdraw(&self.system, &self.editor, self.config(), reference, reason)
            .await
            .unwrap();
    }

    pub async fn postpone(&self, reference: &str, to: &str, reason: &str, late: Option<&str>) -> Result<acts::Approved, ActError> {
        acts::postpone(&self.system, &self.editor, self.config(), reference, to, reason, late).await
    }

    /// What waits for somebody's hands.
    pub async fn by_hand(&self) -> Vec<Delivery> {
        let filter = Filter {
            state: Some(State::NeedsPerson),
            limit: 100_000,
            ..Filter::default()
        };
        self.system.store.deliveries("k", &filter).await.unwrap()
    }

    /// Somebody has done by hand what a delivery asked for.
    pub async fn done_by_hand(&self, delivery: &Delivery) {
        let resolution = Resolution {
            delivered: true,
            at: self.now(),
            place: Some("Komuna".to_owned()),
            note: None,
            photo: None,
        };
        self.system.store.resolve(&self.editor, delivery, &resolution, None).await.unwrap();
    }

    /// Everything that waits for somebody's hands is done now.
    pub async fn hang_all(&self) {
        for delivery in self.by_hand().await {
            self.done_by_hand(&delivery).await;
        }
        self.settle().await;
        self.refresh().await;
    }

    /// Everything that is or was owed, in the order in which it came into the register.
    pub async fn owed(&self) -> Vec<Obligation> {
        let mut all = self.system.store.open_obligations("k").await.unwrap();
        all.extend(self.system.store.ended_obligations("k", DateTime::UNIX_EPOCH).await.unwrap());
        all.sort_by_key(|obligation| obligation.id);
        all
    }

    /// What one rule asks for, of the item `reference` (or, without one, of all).
    pub async fn owed_by(&self, rule: &str, reference: &str) -> Vec<Obligation> {
        let mut owed = self.owed().await;
        owed.retain(|obligation| obligation.rule == rule && obligation.title.starts_with(reference));
        owed
    }

    /// The only one of these.
    pub async fn one(&self, rule: &str, reference: &str) -> Obligation {
        let mut owed = self.owed_by(rule, reference).await;
        assert_eq!(owed.len(), 1, "{rule} of {reference}: {owed:#?}");
        owed.remove(0)
    }

    /// How one open duty is going.
    pub async fn line(&self, rule: &str, reference: &str) -> Line {
        let lines = register::due(&self.system, self.config(), &register::Filter::default())
            .await
            .unwrap();
        let mut of = lines
            .into_iter()
            .filter(|line| line.obligation.rule == rule && line.obligation.title.starts_with(reference));
        of.next().unwrap_or_else(|| panic!("{rule} of {reference} is not open"))
    }

    /// The number that a statement gives, read over a connection of its own.
    pub async fn number(&self, sql: &str) -> i64 {
        let sql = AssertSqlSafe(sql.to_owned());
        match &mut *self.watcher.lock().await {
            Watcher::Sqlite(database) => sqlx::query_scalar(sql).fetch_one(database).await.unwrap(),
            Watcher::Pg(database) => sqlx::query_scalar(sql).fetch_one(database).await.unwrap(),
        }
    }

    /// Waits until there is something to count.
    pub async fn comes(&self, sql: &str) {
        let end = std::time::Instant::now() + std::time::Duration::from_secs(15);
        while self.number(sql).await == 0 {
            assert!(std::time::Instant::now() < end, "{sql}");
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
    }

    /// Runs a statement.
    pub async fn run(&self, sql: &str) {
        let sql = AssertSqlSafe(sql.to_owned());
        match &mut *self.watcher.lock().await {
            Watcher::Sqlite(database) => sqlx::raw_sql(sql).execute(database).await.map(drop),
            Watcher::Pg(database) => sqlx::raw_sql(sql).execute(database).await.map(drop),
        }
        .unwrap();
    }
}

/// A database on a PostgreSQL that flushes nothing: nothing here survives a power cut.
pub fn fresh_postgres() -> String {
    static SERVER: OnceLock<Postgres> = OnceLock::new();
    let settings = ["fsync=off", "synchronous_commit=off", "full_page_writes=off"];
    SERVER.get_or_init(|| Postgres::start_with(&settings)).fresh_database()
}

async fn opened(configuration: &str, clock: &Arc<SetClock>) -> Arc<System> {
    let settings = load(Base::Text(configuration)).unwrap().settings;
    let registry = Registry::default().with("scripted", remote::make);
    Arc::new(System::open_with(settings, clock.clone(), registry).await.unwrap())
}

fn work(system: &Arc<System>) -> (watch::Sender<bool>, tokio::task::JoinHandle<()>) {
    let (stop, stopped) = watch::channel(false);
    (stop, tokio::spawn(Worker::new(system.clone()).run(true, stopped)))
}

async fn watch(url: &str) -> Watcher {
    if url.starts_with("sqlite") {
        Watcher::Sqlite(SqliteConnection::connect(url).await.unwrap())
    } else {
        Watcher::Pg(PgConnection::connect(url).await.unwrap())
    }
}

/// How many deliveries a worker holds or could take at the instant `{now}`.
const BUSY: &str = "SELECT COUNT(*) FROM delivery d JOIN account a ON a.id = d.account WHERE d.queue = 'held' \
    OR ((d.queue = 'due' OR (d.queue = 'waiting' AND d.next_at <= {now})) AND a.state = 'open' AND a.not_before <= {now} AND a.probe_at <= {now})";

const MANIFEST: &str = r#"
id = "scripted"
driver = "scripted"
label = { sq = "Prova" }
[pace]
grace_seconds = 60
parallel = 50
[parts.text]
template = "text.hbs"
[settings.remote]
label = { sq = "Remote" }
[settings.phases]
label = { sq = "Phases" }
default = "two"
"#;

fn configuration(folder: &TempDir, url: &str, accounts: &[(&str, &str)], more: &str) -> String {
    let path = folder.path().display();
    let mut text = format!(
        "data = \"{path}/data\"\n[store]\nurl = \"{url}\"\n[folders]\nchannels = \"{path}/channels\"\ntemplates = \"{path}/templates\"\nrules = \"{path}/rules\"\n\
         [worker]\npoll_milliseconds = 10\n[offices.k]\nname = {{ sq = \"K\" }}\nzone = \"Europe/Belgrade\"\nlanguages = [\"sq\"]\n{more}\n"
    );
    for (name, lines) in accounts {
        let settings = if lines.contains("scripted") {
            format!("settings.remote = \"{path}\"\n")
        } else {
            String::new()
        };
        text = format!("{text}[offices.k.accounts.{name}]\n{settings}{lines}\n");
    }
    text
}
