//! An office at its desk: a store of its own on either database, a clock that stands still, an editor and three channels.

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use chrono::{DateTime, Duration, Utc};
use kasnec::clock::{Clock, SetClock};
use kasnec::item::{Content, Localized, Office, Translation};
use kasnec::receipt::{Failure, FailureCode, Object, Objects, Phase, Receipt, State};
use kasnec::render::Post;
use kasnec::store::Store;
use kasnec::store::approve::{Frozen, Plan};
use kasnec::store::items::Proposal;
use kasnec::store::people::NewPerson;
use kasnec::store::queue::{Allowance, Held};
use kasnec::store::rows::{Person, Revision, RevisionAct, Role};
use kasnec::store::settle::{AccountEffect, Ending};
use sqlx::{AssertSqlSafe, Connection, PgConnection, SqliteConnection};
use tempfile::TempDir;

use crate::postgres::Postgres;

/// Makes two tests of each function: one on SQLite, one on PostgreSQL.
macro_rules! on_both {
    ($($name:ident),+ $(,)?) => {
        mod sqlite {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() {
                super::$name($crate::fixture::Desk::on_sqlite().await).await;
            })+
        }
        mod postgres {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() {
                super::$name($crate::fixture::Desk::on_postgres().await).await;
            })+
        }
    };
}

/// The office's id.
pub const OFFICE: &str = "kacanik";
/// The worker that claims where a test needs only one.
pub const WORKER: &str = "worker-1";
/// An account that bears everything.
pub const FREE: Allowance = Allowance {
    parallel: 1000,
    spacing: Duration::zero(),
    daily: 0,
};

pub struct Desk {
    pub store: Store,
    pub clock: Arc<SetClock>,
    pub editor: Person,
    /// The numbers of the accounts `website`, `facebook` and `email`.
    pub accounts: [i64; 3],
    pub url: String,
    folder: Option<TempDir>,
}

impl Desk {
    pub async fn on_sqlite() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite:{}", folder.path().join("kasnec.db").display());
        Self::furnished(url, Some(folder)).await
    }

    pub async fn on_postgres() -> Self {
        Self::furnished(fresh_postgres(), None).await
    }

    async fn furnished(url: String, folder: Option<TempDir>) -> Self {
        let clock = Arc::new(SetClock::at("2026-11-23T08:00:00Z".parse().unwrap()));
        let store = Store::open(&url, clock.clone()).await.unwrap();
        store.put_office(&office(OFFICE)).await.unwrap();
        store.add_person(OFFICE, &newcomer("arta", Role::Editor)).await.unwrap();
        let channels = ["website", "facebook", "email"].map(|name| (name.to_owned(), name.to_owned()));
        store.put_accounts(OFFICE, &channels).await.unwrap();
        let accounts = store.accounts(OFFICE).await.unwrap();
        let editor = store.person(OFFICE, "arta").await.unwrap().unwrap();
        Self {
            editor,
            accounts: [0, 1, 2].map(|index: usize| accounts[index].id),
            store,
            clock,
            url,
            folder,
        }
    }

    pub fn is_sqlite(&self) -> bool {
        self.folder.is_some()
    }

    /// The same database, opened as another process would.
    pub async fn opened_again(&self) -> Store {
        Store::open(&self.url, self.clock.clone()).await.unwrap()
    }

    pub fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }

    pub fn after_minutes(&self, minutes: i64) -> DateTime<Utc> {
        self.now() + Duration::minutes(minutes)
    }

    pub fn advance_minutes(&self, minutes: i64) {
        self.clock.advance(Duration::minutes(minutes));
    }

    pub async fn queue(&self, content: Content) -> i64 {
        let mut work = self.store.begin().await.unwrap();
        let slug = content.reference.to_lowercase();
        let proposal = proposal(content, RevisionAct::Publish);
        let (item, _) = work.queue_item(&self.store, &self.editor, &slug, proposal, true).await.unwrap();
        work.commit().await.unwrap();
        item
    }

    /// The item's newest revision.
    pub async fn newest(&self, item: i64) -> Revision {
        self.store.revisions(item).await.unwrap().pop().unwrap()
    }

    /// How the item is to stand on an account: at once, due in an hour.
    pub fn plan(&self, item: i64, account: i64) -> Plan {
        Plan {
            account,
            languages: "sq".to_owned(),
            key: format!("key-{item}-{account}"),
            release_at: self.now(),
            deadline_at: Some(self.after_minutes(60)),
            expires_at: None,
            urgency: self.after_minutes(60).timestamp_millis(),
        }
    }

    pub async fn approve(&self, item: i64, plans: &[Plan]) {
        let revision = self.newest(item).await;
        let mut work = self.store.begin().await.unwrap();
        work.approve(&self.store, &self.editor, &revision, &frozen("Titulli", plans))
            .await
            .unwrap();
        work.commit().await.unwrap();
    }

    /// Queues and approves an item for the website; gives its number.
    pub async fn publish(&self, reference: &str) -> i64 {
        let item = self.queue(content(reference, "Mbledhja e Kuvendit")).await;
        self.approve(item, &[self.plan(item, self.accounts[0])]).await;
        item
    }

    /// Proposes and approves another revision for the website.
    pub async fn revise(&self, item: i64, act: RevisionAct, title: &str) {
        self.propose(item, act, title).await;
        self.approve(item, &[self.plan(item, self.accounts[0])]).await;
    }

    pub async fn propose(&self, item: i64, act: RevisionAct, title: &str) -> i64 {
        let reference = self.store.item_by_id(item).await.unwrap().reference;
        let mut work = self.store.begin().await.unwrap();
        let proposal = proposal(content(&reference, title), act);
        let revision = work.propose(&self.store, &self.editor, item, proposal).await.unwrap();
        work.commit().await.unwrap();
        revision
    }

    /// Claims everything that is due on an account.
    pub async fn claim(&self, account: i64) -> Vec<Held> {
        self.claim_within(account, FREE).await
    }

    pub async fn claim_within(&self, account: i64, allowance: Allowance) -> Vec<Held> {
        self.store.due_accounts().await.unwrap();
        let claim = self
            .store
            .claim(account, "2026-11-23", allowance, WORKER, Duration::minutes(1), 1000);
        claim.await.unwrap()
    }

    /// Claims the one delivery that is due on the website.
    pub async fn claim_one(&self) -> Held {
        let mut held = self.claim(self.accounts[0]).await;
        assert_eq!(held.len(), 1, "one delivery is due");
        held.remove(0)
    }

    pub async fn end(&self, held: &Held, objects: &Objects, ending: &Ending) {
        self.store.settle(held, objects, ending, WORKER).await.unwrap();
    }

    pub async fn deliver(&self, held: &Held) {
        let objects = made(&[("public", Phase::Public)]);
        self.end(held, &objects, &delivered(self.now())).await;
    }

    /// What became of an item's deliveries: action, state and place in the queue of each.
    pub async fn chain(&self, item: i64) -> Vec<String> {
        let sql = format!("SELECT action || ', ' || state || ', ' || queue FROM delivery WHERE item = {item} ORDER BY id");
        self.lines(&sql).await
    }

    /// The one text that a statement gives, read over a connection of its own.
    pub async fn line(&self, sql: &str) -> String {
        let mut lines = self.lines(sql).await;
        assert_eq!(lines.len(), 1, "{sql} gives one line");
        lines.remove(0)
    }

    /// How many rows there are `FROM …`.
    pub async fn count(&self, from: &str) -> usize {
        let count = self.line(&format!("SELECT CAST(COUNT(*) AS TEXT) FROM {from}")).await;
        count.parse().unwrap()
    }

    pub async fn lines(&self, sql: &str) -> Vec<String> {
        let sql = AssertSqlSafe(sql.to_owned());
        if self.is_sqlite() {
            let mut database = SqliteConnection::connect(&self.url).await.unwrap();
            sqlx::query_scalar(sql).fetch_all(&mut database).await.unwrap()
        } else {
            let mut database = PgConnection::connect(&self.url).await.unwrap();
            sqlx::query_scalar(sql).fetch_all(&mut database).await.unwrap()
        }
    }

    /// Runs statements over a connection of its own.
    pub async fn run(&self, sql: &str) {
        let sql = AssertSqlSafe(sql.to_owned());
        if self.is_sqlite() {
            let mut database = SqliteConnection::connect(&self.url).await.unwrap();
            sqlx::raw_sql(sql).execute(&mut database).await.unwrap();
        } else {
            let mut database = PgConnection::connect(&self.url).await.unwrap();
            sqlx::raw_sql(sql).execute(&mut database).await.unwrap();
        }
    }
}

/// An empty PostgreSQL database. Nothing here survives a power cut, so nothing is flushed.
pub fn fresh_postgres() -> String {
    static SERVER: OnceLock<Postgres> = OnceLock::new();
    let settings = ["fsync=off", "synchronous_commit=off", "full_page_writes=off"];
    SERVER.get_or_init(|| Postgres::start_with(&settings)).fresh_database()
}

pub fn office(id: &str) -> Office {
    Office {
        id: id.to_owned(),
        name: Localized([("sq".parse().unwrap(), "Komuna e Kaçanikut".to_owned())].into()),
        zone: chrono_tz::Europe::Belgrade,
        languages: vec!["sq".parse().unwrap()],
        public_url: "https://example.org".to_owned(),
    }
}

pub fn newcomer(login: &str, role: Role) -> NewPerson<'_> {
    NewPerson {
        login,
        name: "Arta Krasniqi",
        role,
        lang: "sq",
        os_user: None,
    }
}

pub fn content(reference: &str, title: &str) -> Content {
    let text = Translation {
        title: title.to_owned(),
        markdown: "Njoftim për qytetarët.".to_owned(),
        html: "<p>Njoftim për qytetarët.</p>".to_owned(),
        text: "Njoftim për qytetarët.".to_owned(),
    };
    Content {
        kind: "news".to_owned(),
        reference: reference.to_owned(),
        release: None,
        tags: vec![],
        facts: BTreeMap::new(),
        translations: [("sq".parse().unwrap(), text)].into(),
        attachments: vec![],
    }
}

pub fn proposal(content: Content, act: RevisionAct) -> Proposal {
    Proposal {
        act,
        reason: (act != RevisionAct::Publish).then(|| "Gabim në tekst".to_owned()),
        title: content.translations.values().next().unwrap().title.clone(),
        content,
        event_at: None,
        deadline_at: None,
        files: vec![],
    }
}

pub fn made(objects: &[(&str, Phase)]) -> Objects {
    let made = objects
        .iter()
        .map(|(role, phase)| Object::new(*role, *phase, format!("remote-{role}")));
    Objects(made.collect())
}

pub fn delivered(at: DateTime<Utc>) -> Ending {
    let receipt = Receipt {
        remote_id: "remote-public".to_owned(),
        url: Some("https://example.org/njoftim".to_owned()),
        post_hash: post().hash(),
        at,
    };
    Ending::Delivered {
        receipt,
        post: Box::new(post()),
    }
}

pub fn post() -> Post {
    Post {
        channel: "website".to_owned(),
        languages: vec!["sq".parse().unwrap()],
        slug: "mbledhja".to_owned(),
        link: "https://example.org/mbledhja".to_owned(),
        title: "Mbledhja e Kuvendit".to_owned(),
        kind: "news".to_owned(),
        category: None,
        tags: vec![],
        parts: BTreeMap::new(),
        media: vec![],
    }
}

pub fn failure(code: FailureCode) -> Failure {
    Failure::new(code, "Kështu tha kanali.").with_evidence("503")
}

/// Tried again at `at`.
pub fn again(state: State, at: DateTime<Utc>, account: AccountEffect) -> Ending {
    Ending::Again {
        state,
        at,
        failure: failure(FailureCode::Unreachable),
        failures: 3,
        looks: 2,
        account,
    }
}

pub fn settled(state: State) -> Ending {
    Ending::Settled {
        state,
        failure: Some(failure(FailureCode::ContentRefused)),
    }
}

/// What approval freezes, with a headline of the test's.
pub fn frozen<'a>(title: &'a str, plans: &'a [Plan]) -> Frozen<'a> {
    Frozen {
        title,
        event_at: None,
        late_reason: None,
        plans,
    }
}
