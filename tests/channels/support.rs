//! A bench for drivers: a store in memory, a clock that stands still, and the loop of the engine without its care.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use chrono::{DateTime, TimeZone, Utc};
use kasnec::channels::{Account, Driver, Job, Registry, Tools};
use kasnec::clock::{Clock, SetClock};
use kasnec::http::{Limits, Outbound};
use kasnec::item::{Lang, Localized, Office};
use kasnec::manifest::Manifest;
use kasnec::ports::{Entries, Entry, Files, Page, Pages, PortError, Sheets};
use kasnec::receipt::{Action, Answer, Object, Objects};
use kasnec::render::{Category, Media, Post, Renderer};

/// Everything a driver is given.
pub struct Bench {
    pub clock: Arc<SetClock>,
    pub memory: Arc<Memory>,
    pub tools: Tools,
}

/// The store's ports, in memory; `broken` makes them fail.
#[derive(Default)]
pub struct Memory {
    pub pages: Mutex<BTreeMap<String, Page>>,
    pub entries: Mutex<BTreeMap<String, Entry>>,
    pub sheets: Mutex<BTreeMap<i64, String>>,
    pub broken: AtomicBool,
}

impl Bench {
    pub fn new() -> Self {
        let clock = Arc::new(SetClock::at(noon()));
        let memory = Arc::new(Memory::default());
        let limits = Limits {
            connect: Duration::from_secs(2),
            total: Duration::from_secs(2),
        };
        let tools = Tools {
            http: Outbound::new(limits).unwrap(),
            clock: clock.clone(),
            files: memory.clone(),
            pages: memory.clone(),
            entries: memory.clone(),
            sheets: memory.clone(),
            renderer: Arc::new(Renderer::new([]).unwrap()),
        };
        Self { clock, memory, tools }
    }

    pub fn driver(&self, manifest: &Manifest, settings: &[(&str, &str)], secrets: &[(&str, &str)]) -> Arc<dyn Driver> {
        let account = account(manifest, settings, secrets);
        Registry::default().make(manifest, account, &self.tools).unwrap()
    }
}

/// Sunday, 22 November 2026, 12:00 in Kaçanik.
pub fn noon() -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 11, 22, 11, 0, 0).unwrap()
}

pub fn manifest(toml: &str) -> Manifest {
    Manifest::parse("test", toml).unwrap()
}

/// One of the manifests that are shipped.
pub fn shipped(id: &str) -> Manifest {
    let path = format!("{}/channels/{id}.toml", env!("CARGO_MANIFEST_DIR"));
    Manifest::parse(&format!("{id}.toml"), &std::fs::read_to_string(path).unwrap()).unwrap()
}

fn account(manifest: &Manifest, settings: &[(&str, &str)], secrets: &[(&str, &str)]) -> Account {
    let owned = |pairs: &[(&str, &str)]| pairs.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
    let defaults = manifest
        .settings
        .iter()
        .filter_map(|(name, s)| Some((name.clone(), s.default.clone()?)));
    let mut all: BTreeMap<String, String> = defaults.collect();
    all.extend::<BTreeMap<_, _>>(owned(settings));
    Account {
        name: manifest.id.clone(),
        office: office(),
        settings: all,
        secrets: owned(secrets),
    }
}

pub fn office() -> Office {
    let name = [("sq", "Komuna e Kaçanikut"), ("en", "Municipality of Kaçanik")];
    Office {
        id: "kacanik".to_owned(),
        name: Localized(name.into_iter().map(|(l, n)| (lang(l), n.to_owned())).collect()),
        zone: chrono_tz::Europe::Belgrade,
        languages: vec![lang("sq"), lang("sr"), lang("en")],
        public_url: "https://njoftime.kacanik.example:8443".to_owned(),
    }
}

pub fn lang(code: &str) -> Lang {
    code.parse().unwrap()
}

pub fn post(parts: &[(&str, &str)]) -> Post {
    Post {
        channel: "test".to_owned(),
        languages: vec![lang("sq")],
        slug: "mbledhja-e-kuvendit-7".to_owned(),
        link: "https://njoftime.kacanik.example/n/mbledhja-e-kuvendit-7".to_owned(),
        title: "Mbledhja e 7-të e Kuvendit".to_owned(),
        kind: "assembly-meeting".to_owned(),
        category: Some(Category {
            key: "mbledhjet".to_owned(),
            label: "Mbledhjet".to_owned(),
        }),
        tags: vec![],
        parts: parts.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect(),
        media: vec![],
    }
}

pub fn file(name: &str, media_type: &str) -> Media {
    Media {
        name: name.to_owned(),
        media_type: media_type.to_owned(),
        sha256: "00".repeat(32),
        size: 4711,
        title: name.to_owned(),
        alt: String::new(),
        url: format!("https://njoftime.kacanik.example/f/{name}"),
    }
}

pub fn publish(post: Post) -> Job {
    Job {
        delivery: 41,
        key: "kacanik/7f3a/sq".to_owned(),
        action: Action::Publish,
        post,
        objects: Objects::default(),
        standing: Objects::default(),
        since: noon(),
    }
}

/// The delivery that comes after `job`, to change what it left standing.
pub fn after(job: &Job, action: Action, post: Post) -> Job {
    Job {
        delivery: job.delivery + 1,
        action,
        post,
        standing: job.objects.clone(),
        objects: Objects::default(),
        ..job.clone()
    }
}

/// Takes every step until the job is complete, or the first answer that is not `Done`.
pub async fn drive(driver: &dyn Driver, job: &mut Job) -> Result<Vec<Object>, Answer> {
    while let Some(step) = driver.next(job).map_err(Answer::Reject)? {
        match driver.perform(&step, job).await {
            Answer::Done(object) => {
                assert_eq!(object.role, step.role, "the object bears its step's name");
                job.objects.put(object);
            }
            other => return Err(other),
        }
    }
    Ok(job.objects.0.clone())
}

impl Memory {
    fn fine(&self) -> Result<(), PortError> {
        match self.broken.load(Ordering::SeqCst) {
            true => Err(PortError("disk I/O error".to_owned())),
            false => Ok(()),
        }
    }
}

#[async_trait]
impl Pages for Memory {
    async fn put_page(&self, _: &str, page: &Page) -> Result<(), PortError> {
        self.fine()?;
        let mut pages = self.pages.lock().unwrap();
        let published_at = pages.get(&page.key).map_or(page.published_at, |old| old.published_at);
        let page = Page {
            published_at,
            ..page.clone()
        };
        pages.insert(page.key.clone(), page);
        Ok(())
    }

    async fn page_by_key(&self, _: &str, key: &str) -> Result<Option<Page>, PortError> {
        self.fine()?;
        Ok(self.pages.lock().unwrap().get(key).cloned())
    }
}

#[async_trait]
impl Entries for Memory {
    async fn put_entry(&self, _: &str, entry: &Entry) -> Result<(), PortError> {
        self.fine()?;
        let mut entries = self.entries.lock().unwrap();
        let published_at = entries.get(&entry.id).map_or(entry.published_at, |old| old.published_at);
        let entry = Entry {
            published_at,
            ..entry.clone()
        };
        entries.insert(entry.id.clone(), entry);
        Ok(())
    }

    async fn entry_by_id(&self, _: &str, id: &str) -> Result<Option<Entry>, PortError> {
        self.fine()?;
        Ok(self.entries.lock().unwrap().get(id).cloned())
    }
}

#[async_trait]
impl Sheets for Memory {
    async fn put_sheet(&self, _: &str, _: &str, delivery: i64, html: &str) -> Result<(), PortError> {
        self.fine()?;
        self.sheets.lock().unwrap().insert(delivery, html.to_owned());
        Ok(())
    }
}

#[async_trait]
impl Files for Memory {
    async fn bytes(&self, _: &str, _: &str) -> Result<Option<Arc<Vec<u8>>>, PortError> {
        Ok(None)
    }
}

impl Bench {
    pub fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }
}
