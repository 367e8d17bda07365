//! An office with the shipped channels and a worker in this process; its clock runs fast, and always behind the remotes' own.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{JoinHandle, sleep, spawn};
use std::time::{Duration, Instant};

use chrono::Utc;
use kasnec::acts;
use kasnec::channels::Registry;
use kasnec::clock::{Clock, SetClock};
use kasnec::deliver::Worker;
use kasnec::item::Source;
use kasnec::item::check::Checked;
use kasnec::settings::{Base, load};
use kasnec::store::deliveries::Filter;
use kasnec::store::people::NewPerson;
use kasnec::store::rows::{Delivery, Person, Role};
use kasnec::system::System;
use tempfile::TempDir;
use tokio::sync::watch;
use tokio::task;

/// The clock moves this often.
const TICK: Duration = Duration::from_millis(10);

/// What a bureau is opened with.
#[derive(Default)]
pub struct Plan<'a> {
    /// The tables of its accounts, `[offices.k.accounts.…]`.
    pub accounts: String,
    /// Account, name, secret.
    pub secrets: &'a [(&'a str, &'a str, &'a str)],
    /// Further manifests: id, text.
    pub manifests: &'a [(&'a str, &'a str)],
    /// How many seconds pass in one.
    pub haste: i64,
    /// How long a call may take, in whole seconds.
    pub patience: u32,
}

/// A system with a worker.
pub struct Bureau {
    pub system: Arc<System>,
    pub clock: Arc<SetClock>,
    pub editor: Person,
    folder: TempDir,
    configuration: String,
    stop: watch::Sender<bool>,
    worker: Option<task::JoinHandle<()>>,
    ended: Arc<AtomicBool>,
    ticking: Option<JoinHandle<()>>,
}

/// A clock two months behind: nothing that a remote makes can seem older than the delivery that had it made.
pub fn slow_clock() -> Arc<SetClock> {
    Arc::new(SetClock::at(Utc::now() - chrono::Duration::days(60)))
}

impl Bureau {
    /// Opens it, and lets its worker and its clock run.
    pub async fn open(clock: Arc<SetClock>, plan: &Plan<'_>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        write_data(&folder, plan);
        let configuration = configuration(&folder, plan);
        let system = system(&configuration, &clock).await;
        for (account, name, secret) in plan.secrets {
            system.put_secret("k", account, name, secret).await.unwrap();
        }
        let editor = editor(&system).await;
        let (stop, stopped) = watch::channel(false);
        let worker = tokio::spawn(Worker::new(system.clone()).run(true, stopped));
        let ended = Arc::new(AtomicBool::new(false));
        let ticking = tick(clock.clone(), ended.clone(), plan.haste);
        Self {
            system,
            clock,
            editor,
            folder,
            configuration,
            stop,
            worker: Some(worker),
            ended,
            ticking: Some(ticking),
        }
    }

    /// The worker dies where it stands; `away` later everything is opened again from what is on the disk.
    pub async fn crash(&mut self, away: chrono::Duration) {
        if let Some(worker) = self.worker.take() {
            worker.abort();
            let _ = worker.await;
        }
        self.system.store.close().await;
        self.clock.advance(away);
        assert!(self.folder.path().join("data").exists());
        self.system = system(&self.configuration, &self.clock).await;
        let (stop, stopped) = watch::channel(false);
        self.worker = Some(tokio::spawn(Worker::new(self.system.clone()).run(true, stopped)));
        self.stop = stop;
    }

    /// Queues and approves an item with that title.
    pub async fn publish(&self, reference: &str, title: &str) {
        self.approve(reference, self.checked(reference, title, "")).await;
    }

    /// The same, to be released so many hours from now.
    pub async fn schedule(&self, reference: &str, title: &str, hours: i64) {
        let at = (self.clock.now() + chrono::Duration::hours(hours)).with_timezone(&self.system.offices["k"].office.zone);
        let front = format!("release = \"{}\"\n", at.format("%Y-%m-%d %H:%M%:z"));
        self.approve(reference, self.checked(reference, title, &front)).await;
    }

    async fn approve(&self, reference: &str, checked: Checked) {
        let office = &self.system.offices["k"];
        acts::queue(&self.system, &self.editor, office, vec![checked]).await.unwrap();
        acts::approve(&self.system, &self.editor, office, reference, None).await.unwrap();
    }

    /// Corrects its title, and approves that.
    pub async fn correct(&self, reference: &str, title: &str) {
        let office = &self.system.offices["k"];
        let checked = self.checked(reference, title, "");
        acts::correct(&self.system, &self.editor, office, reference, checked, "arsyeja")
            .await
            .unwrap();
        acts::approve(&self.system, &self.editor, office, reference, None).await.unwrap();
    }

    fn checked(&self, reference: &str, title: &str, front: &str) -> Checked {
        let text = format!("+++\nkind = \"plain\"\nreference = \"{reference}\"\n{front}+++\n# [sq] {title}\n\nTeksti i njoftimit.\n");
        let source = Source::parse("test.md", &text).unwrap();
        acts::check_source(&self.system, &self.system.offices["k"].office, &source, |_| Err("none".to_owned())).unwrap()
    }

    /// Every delivery, the first one first.
    pub async fn deliveries(&self) -> Vec<Delivery> {
        let filter = Filter {
            limit: 1_000_000,
            ..Filter::default()
        };
        let mut all = self.system.store.deliveries("k", &filter).await.unwrap();
        all.sort_by_key(|delivery| delivery.id);
        all
    }

    /// Waits until every delivery has ended, at most so long; whether they have.
    pub async fn settle(&self, within: Duration) -> bool {
        let end = Instant::now() + within;
        while Instant::now() < end {
            if self.deliveries().await.iter().all(|delivery| delivery.settled_at.is_some()) {
                return true;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        false
    }

    /// Lets the worker end.
    pub async fn close(mut self) {
        let _ = self.stop.send(true);
        if let Some(worker) = self.worker.take() {
            worker.await.unwrap();
        }
        self.system.store.close().await;
    }
}

impl Drop for Bureau {
    fn drop(&mut self) {
        self.ended.store(true, Ordering::SeqCst);
        let _ = self.ticking.take().map(JoinHandle::join);
    }
}

fn tick(clock: Arc<SetClock>, ended: Arc<AtomicBool>, haste: i64) -> JoinHandle<()> {
    spawn(move || {
        let mut last = Instant::now();
        while !ended.load(Ordering::SeqCst) {
            sleep(TICK);
            let passed = i64::try_from(last.elapsed().as_millis()).unwrap();
            last = Instant::now();
            clock.advance(chrono::Duration::milliseconds(passed * haste));
        }
    })
}

async fn system(configuration: &str, clock: &Arc<SetClock>) -> Arc<System> {
    let settings = load(Base::Text(configuration)).unwrap().settings;
    Arc::new(System::open_with(settings, clock.clone(), Registry::default()).await.unwrap())
}

async fn editor(system: &System) -> Person {
    let new = NewPerson {
        login: "editor",
        name: "Editor",
        role: Role::Administrator,
        lang: "sq",
        os_user: None,
    };
    system.store.add_person("k", &new).await.unwrap();
    system.store.person("k", "editor").await.unwrap().unwrap()
}

/// A kind that asks for nothing and never expires.
pub const KINDS: &str = "[plain]\nplan = []\nunit = \"information-office\"\nlabel = { sq = \"Prova\" }\n";

fn write_data(folder: &TempDir, plan: &Plan<'_>) {
    let at = |path: &str| folder.path().join(path);
    for place in ["channels", "kinds", "templates"] {
        std::fs::create_dir(at(place)).unwrap();
    }
    std::fs::write(at("kinds/plain.toml"), KINDS).unwrap();
    for (id, text) in plan.manifests {
        std::fs::write(at(&format!("channels/{id}.toml")), text).unwrap();
        std::fs::create_dir(at(&format!("templates/{id}"))).unwrap();
        std::fs::write(at(&format!("templates/{id}/text.hbs")), "{{title}}\n{{url}}\n").unwrap();
    }
}

fn configuration(folder: &TempDir, plan: &Plan<'_>) -> String {
    let (path, patience) = (folder.path().display(), plan.patience);
    format!(
        "data = \"{path}/data\"\n[folders]\nchannels = \"{path}/channels\"\nkinds = \"{path}/kinds\"\ntemplates = \"{path}/templates\"\n\
         [worker]\npoll_milliseconds = 20\nlook_seconds = 1\nlease_seconds = 1000000\n\
         [http]\nconnect_seconds = {patience}\ntotal_seconds = {patience}\n\
         [server]\npublic_url = \"http://127.0.0.1:9\"\n\
         [offices.k]\nname = {{ sq = \"K\" }}\nzone = \"Europe/Belgrade\"\nlanguages = [\"sq\"]\n{}",
        plan.accounts
    )
}
