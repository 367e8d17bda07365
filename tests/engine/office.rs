//! An office with scripted channels, a running worker, and a clock that moves when the test says so.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use kasnec::acts;
use kasnec::channels::Registry;
use kasnec::clock::{Clock, SetClock};
use kasnec::deliver::Worker;
use kasnec::item::Source;
use kasnec::receipt::State;
use kasnec::settings::{Base, load};
use kasnec::store::deliveries::{Filter, Resolution};
use kasnec::store::people::NewPerson;
use kasnec::store::rows::{Delivery, Person, Role};
use kasnec::system::{OfficeConfig, System};
use sqlx::{AssertSqlSafe, Connection, SqliteConnection};
use tempfile::TempDir;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use super::remote::{self, Remote};

/// A system with a worker.
pub struct Office {
    pub system: Arc<System>,
    pub clock: Arc<SetClock>,
    pub editor: Person,
    folder: TempDir,
    worker: Option<(watch::Sender<bool>, JoinHandle<()>)>,
    configuration: String,
}

impl Office {
    /// An office with the given accounts, `(name, further lines of its table)`, and its worker running.
    pub async fn with(accounts: &[(&str, &str)]) -> Self {
        let mut office = Self::idle(accounts).await;
        office.work();
        office
    }

    /// The same, but nobody works yet.
    pub async fn idle(accounts: &[(&str, &str)]) -> Self {
        let clock = Arc::new(SetClock::at("2026-11-23T09:00:00Z".parse().unwrap()));
        Self::idle_by(accounts, clock.clone(), clock).await
    }

    /// The same with a clock of the test's own; `clock` is then moved by nobody.
    pub async fn idle_by(accounts: &[(&str, &str)], clock: Arc<SetClock>, by: Arc<dyn Clock>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(folder.path().join("channels")).unwrap();
        std::fs::create_dir_all(folder.path().join("templates/scripted")).unwrap();
        std::fs::write(folder.path().join("channels/scripted.toml"), MANIFEST).unwrap();
        std::fs::write(
            folder.path().join("templates/scripted/text.hbs"),
            "{{title}}{{#if act_line}} | {{act_line}}{{/if}}",
        )
        .unwrap();
        std::fs::create_dir_all(folder.path().join("kinds")).unwrap();
        std::fs::write(folder.path().join("kinds/plain.toml"), KINDS).unwrap();
        let configuration = configuration(&folder, accounts);
        let settings = load(Base::Text(&configuration)).unwrap().settings;
        let registry = Registry::default().with("scripted", remote::make);
        let system = Arc::new(System::open_with(settings, by, registry).await.unwrap());
        let editor = NewPerson {
            login: "editor",
            name: "Editor",
            role: Role::Administrator,
            lang: "sq",
            os_user: None,
        };
        system.store.add_person("k", &editor).await.unwrap();
        let editor = system.store.person("k", "editor").await.unwrap().unwrap();
        Self {
            system,
            clock,
            editor,
            folder,
            worker: None,
            configuration,
        }
    }

    /// Starts a worker.
    pub fn work(&mut self) {
        let (stop, stopped) = watch::channel(false);
        let worker = tokio::spawn(Worker::new(self.system.clone()).run(true, stopped));
        self.worker = Some((stop, worker));
    }

    /// Ends the worker as it should end.
    pub async fn rest(&mut self) {
        if let Some((stop, worker)) = self.worker.take() {
            stop.send(true).unwrap();
            worker.await.unwrap();
        }
    }

    /// Stops everything and opens the same data as a new process would.
    pub async fn restart(&mut self) {
        self.rest().await;
        self.system.store.close().await;
        let settings = load(Base::Text(&self.configuration)).unwrap().settings;
        let registry = Registry::default().with("scripted", remote::make);
        self.system = Arc::new(System::open_with(settings, self.clock.clone(), registry).await.unwrap());
        self.work();
    }

    /// The office's configuration.
    pub fn config(&self) -> &OfficeConfig {
        &self.system.offices["k"]
    }

    /// Rewrites the scripted channel's template.
    pub fn write_template(&self, text: &str) {
        std::fs::write(self.folder.path().join("templates/scripted/text.hbs"), text).unwrap();
    }

    /// The remote behind an account.
    pub fn remote(&self, account: &str) -> Arc<Mutex<Remote>> {
        remote::remote(&format!("{}/{account}", self.folder.path().display()))
    }

    /// Tells a remote what to do with the next calls.
    pub fn script(&self, account: &str, acts: &[remote::Act]) {
        self.remote(account).lock().unwrap().script.extend(acts);
    }

    /// Queues and approves an item of a kind without a deadline.
    pub async fn publish(&self, reference: &str) {
        self.queue(reference, reference, "").await;
        acts::approve(&self.system, &self.editor, self.config(), reference, None)
            .await
            .unwrap();
    }

    /// Queues an item.
    pub async fn queue(&self, reference: &str, title: &str, front: &str) {
        let kind = if front.contains("kind") { "" } else { "kind = \"plain\"\n" };
        let checked = self.checked(&format!("+++\n{kind}reference = \"{reference}\"\n{front}+++\n# [sq] {title}\n"));
        acts::queue(&self.system, &self.editor, self.config(), vec![checked]).await.unwrap();
    }

    /// A written item, checked.
    pub fn checked(&self, text: &str) -> kasnec::item::check::Checked {
        let source = Source::parse("test.md", text).unwrap();
        acts::check_source(&self.system, &self.config().office, &source, |_| Err("none".to_owned())).unwrap()
    }

    /// Proposes and approves a correction of the title.
    pub async fn correct(&self, reference: &str, title: &str) {
        let checked = self.checked(&format!(
            "+++\nkind = \"plain\"\nreference = \"{reference}\"\n+++\n# [sq] {title}\n"
        ));
        acts::correct(&self.system, &self.editor, self.config(), reference, checked, "arsyeja")
            .await
            .unwrap();
        acts::approve(&self.system, &self.editor, self.config(), reference, None)
            .await
            .unwrap();
    }

    /// Every delivery, the first one first.
    pub async fn deliveries(&self) -> Vec<Delivery> {
        let mut all = self
            .system
            .store
            .deliveries(
                "k",
                &Filter {
                    limit: 10_000,
                    ..Filter::default()
                },
            )
            .await
            .unwrap();
        all.sort_by_key(|delivery| delivery.id);
        all
    }

    /// The states of every delivery.
    pub async fn states(&self) -> Vec<State> {
        self.deliveries().await.iter().map(|delivery| delivery.state).collect()
    }

    /// Waits until the deliveries are as wanted, without moving the clock.
    pub async fn until(&self, wanted: impl Fn(&[Delivery]) -> bool) {
        let end = Instant::now() + Duration::from_secs(20);
        loop {
            let now = self.deliveries().await;
            if wanted(&now) {
                return;
            }
            assert!(Instant::now() < end, "{now:#?}");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    /// Waits until every delivery is in that state.
    pub async fn until_all(&self, state: State) {
        self.until(|all| all.iter().all(|delivery| delivery.state == state)).await;
    }

    /// Moves the clock on in steps of so many seconds until the deliveries are as wanted. How often the worker comes round between two steps is the machine's affair.
    pub async fn as_time_passes(&self, seconds: i64, wanted: impl Fn(&[Delivery]) -> bool) {
        for _ in 0..400 {
            let now = self.deliveries().await;
            if wanted(&now) {
                return;
            }
            self.breathe().await;
            self.let_go().await;
            self.later(seconds);
        }
        panic!("{:#?}", self.deliveries().await);
    }

    /// Waits a while for the worker to end what it holds: on a slow machine its leases would run out under its hands.
    async fn let_go(&self) {
        let under_way = |delivery: &Delivery| matches!(delivery.state, State::Claimed | State::Sending);
        for _ in 0..40 {
            if !self.deliveries().await.iter().any(under_way) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Lets the worker look at the queue a few times, so that what must not happen had its chance.
    pub async fn breathe(&self) {
        tokio::time::sleep(Duration::from_millis(150)).await;
    }

    /// The texts that a statement gives, read over a connection of its own.
    pub async fn lines(&self, sql: &str) -> Vec<String> {
        let url = format!("sqlite:{}/data/kasnec.db", self.folder.path().display());
        let mut database = SqliteConnection::connect(&url).await.unwrap();
        sqlx::query_scalar(AssertSqlSafe(sql.to_owned()))
            .fetch_all(&mut database)
            .await
            .unwrap()
    }

    /// A person has looked, and says whether it stands.
    pub async fn resolve(&self, delivery: &Delivery, delivered: bool) {
        let seen = Resolution {
            delivered,
            at: self.clock.now(),
            place: None,
            note: Some("U shikua".to_owned()),
            photo: None,
        };
        self.system.store.resolve(&self.editor, delivery, &seen, None).await.unwrap();
    }

    /// Does something to the database over a connection of its own.
    pub async fn meddle(&self, sql: &str) {
        let url = format!("sqlite:{}/data/kasnec.db", self.folder.path().display());
        let mut database = SqliteConnection::connect(&url).await.unwrap();
        sqlx::raw_sql(AssertSqlSafe(sql.to_owned())).execute(&mut database).await.unwrap();
    }

    /// Moves the clock.
    pub fn later(&self, seconds: i64) -> DateTime<Utc> {
        self.clock.advance(chrono::Duration::seconds(seconds));
        self.clock.now()
    }
}

/// A kind that asks for nothing, and one whose posts may expire.
const KINDS: &str = r#"
[plain]
plan = []
unit = "information-office"
label = { sq = "Prova" }
[fleeting]
plan = []
unit = "information-office"
courtesy = true
label = { sq = "Prova" }
"#;

const MANIFEST: &str = r#"
id = "scripted"
driver = "scripted"
label = { sq = "Prova" }
[pace]
grace_seconds = 60
[parts.text]
template = "text.hbs"
[settings.remote]
label = { sq = "Remote" }
[settings.phases]
label = { sq = "Phases" }
default = "two"
"#;

fn configuration(folder: &TempDir, accounts: &[(&str, &str)]) -> String {
    let path = folder.path().display();
    let mut text = format!(
        "data = \"{path}/data\"\n[folders]\nchannels = \"{path}/channels\"\nkinds = \"{path}/kinds\"\ntemplates = \"{path}/templates\"\n[worker]\npoll_milliseconds = 10\n\
         [offices.k]\nname = {{ sq = \"K\" }}\nzone = \"Europe/Belgrade\"\nlanguages = [\"sq\"]\n"
    );
    for (name, lines) in accounts {
        let account = format!("[offices.k.accounts.{name}]\nchannel = \"scripted\"\nsettings.remote = \"{path}\"\n{lines}\n");
        text.push_str(&account);
    }
    text
}
