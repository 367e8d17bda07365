//! A bench for the Facebook driver: the Graph stand-in, a clock that can be moved, and the loop of the engine in short.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use chrono::Utc;
use kasnec::channels::{Account, Driver, Job, Registry, Safety, Step, Tools};
use kasnec::clock::SetClock;
use kasnec::http::{Limits, Outbound};
use kasnec::item::{Lang, Localized, Office};
use kasnec::manifest::Manifest;
use kasnec::ports::{Entries, Entry, Files, Page, Pages, PortError, Sheets};
use kasnec::receipt::{Action, Answer, Failure, Object, Objects, Sighting};
use kasnec::render::{Media, Post, Renderer};
use kasnec::sandbox::facebook::{Options, Running, start};
use reqwest::Client;
use serde_json::{Value, json};
use tempfile::TempDir;

/// The driver, the stand-in and somebody who talks to it.
pub struct Bench {
    pub driver: Arc<dyn Driver>,
    pub clock: Arc<SetClock>,
    pub options: Options,
    sandbox: Running,
    client: Client,
    folder: TempDir,
}

/// What is asked of a bench.
#[derive(Default)]
pub struct Wish<'a> {
    pub settings: &'a [(&'a str, &'a str)],
    pub secrets: &'a [(&'a str, &'a str)],
    /// The driver speaks to this address instead of the stand-in.
    pub elsewhere: Option<String>,
    pub options: Options,
}

impl Bench {
    pub async fn open() -> Self {
        Self::with(Wish::default()).await
    }

    pub async fn with(wish: Wish<'_>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let options = Options {
            record: Some(folder.path().join("recording.jsonl")),
            ..wish.options.clone()
        };
        let sandbox = start(options.clone()).await.unwrap();
        let clock = Arc::new(SetClock::at(Utc::now()));
        let tools = tools(&clock);
        let url = wish.elsewhere.clone().unwrap_or_else(|| sandbox.url());
        let account = account(&url, &options, &wish);
        let driver = Registry::default().make(&manifest(), account, &tools).unwrap();
        Self {
            driver,
            clock,
            options,
            sandbox,
            client: client(),
            folder,
        }
    }

    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.sandbox.url())
    }

    pub async fn control(&self, path: &str, value: Value) -> Value {
        let request = self.client.post(self.url(&format!("/_sandbox/{path}"))).json(&value);
        let answer = request.send().await.unwrap();
        assert!(answer.status().is_success(), "{path}: {}", answer.text().await.unwrap());
        answer.json().await.unwrap()
    }

    pub async fn fault(&self, value: Value) {
        self.control("faults", value).await;
    }

    /// Takes back every fault that has not struck yet.
    pub async fn calm(&self) {
        self.client.delete(self.url("/_sandbox/faults")).send().await.unwrap();
    }

    pub async fn conditions(&self, conditions: &[&str]) {
        self.control("settings", json!({ "conditions": conditions })).await;
    }

    /// Everything the stand-in was told to post.
    pub async fn wall(&self) -> Value {
        self.client
            .get(self.url("/_sandbox/posts"))
            .send()
            .await
            .unwrap()
            .json()
            .await
            .unwrap()
    }

    /// How many posts were created, are public, are drafts, were deleted.
    pub async fn counts(&self) -> [u64; 4] {
        let wall = self.wall().await;
        ["created", "published", "drafts", "deleted"].map(|name| wall[name].as_u64().unwrap())
    }

    /// What the Page shows of one object.
    pub async fn read(&self, id: &str, fields: &str) -> Value {
        let url = self.url(&format!("/v26.0/{id}?fields={fields}"));
        let request = self.client.get(url).bearer_auth(&self.options.page_token);
        request.send().await.unwrap().json().await.unwrap()
    }

    /// Takes every step until the job is complete, or the first answer that is not `Done`.
    pub async fn drive(&self, job: &mut Job) -> Result<(), Answer> {
        while let Some(step) = self.driver.next(job).unwrap() {
            self.step(&step, job).await?;
        }
        Ok(())
    }

    /// Takes the next step, which must be of that role.
    pub async fn take(&self, role: &str, job: &mut Job) -> Result<(), Answer> {
        let step = self.driver.next(job).unwrap().expect("a step");
        assert_eq!(step.role, role);
        self.step(&step, job).await
    }

    async fn step(&self, step: &Step, job: &mut Job) -> Result<(), Answer> {
        match self.driver.perform(step, job).await {
            Answer::Done(object) => {
                assert_eq!(object.role, step.role, "the object bears its step's name");
                job.objects.put(object);
                Ok(())
            }
            other => Err(other),
        }
    }

    /// As the engine does: what is unknown is looked up; what is not found is made again unless it is public and not repeatable.
    pub async fn settle(&self, job: &mut Job) -> Result<(), Answer> {
        for _ in 0..40 {
            let Some(step) = self.driver.next(job).unwrap() else {
                return Ok(());
            };
            match self.step(&step, job).await {
                Ok(()) | Err(Answer::Retry(_)) => {}
                Err(Answer::Unknown(failure)) => match self.driver.find(&step, job).await {
                    Sighting::Found(object) => job.objects.put(object),
                    Sighting::Absent if step.safety == Safety::Once => return Err(Answer::NeedsPerson(failure)),
                    Sighting::Absent => {}
                    Sighting::CannotTell(answer) => return Err(Answer::Unknown(answer.into_failure())),
                },
                Err(other) => return Err(other),
            }
        }
        panic!("it never ends: {:?}", job.objects)
    }

    pub fn recording(&self) -> Vec<Value> {
        let text = std::fs::read_to_string(self.folder.path().join("recording.jsonl")).unwrap();
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    /// Holds everything that was asked against Meta's own tables.
    pub fn hold_against_meta(&self) {
        let root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
        let python = std::env::var_os("KASNEC_PYTHON").map_or_else(|| root.join("target/venv/bin/python"), PathBuf::from);
        let (script, recording) = (
            root.join("tests/sandbox/check_recording.py"),
            self.folder.path().join("recording.jsonl"),
        );
        let output = Command::new(python).arg(script).arg(recording).output();
        let output = output.expect("no Python: run `make test-deps`, or set KASNEC_PYTHON");
        let said = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{said}");
    }
}

pub fn tools(clock: &Arc<SetClock>) -> Tools {
    let limits = Limits {
        connect: Duration::from_secs(2),
        total: Duration::from_secs(2),
    };
    Tools {
        http: Outbound::new(limits).unwrap(),
        clock: clock.clone(),
        files: Arc::new(Store),
        pages: Arc::new(Store),
        entries: Arc::new(Store),
        sheets: Arc::new(Store),
        renderer: Arc::new(Renderer::new([]).unwrap()),
    }
}

pub fn client() -> Client {
    kasnec::http::use_ring();
    let builder = Client::builder().no_proxy().timeout(Duration::from_secs(10));
    builder.redirect(reqwest::redirect::Policy::none()).build().unwrap()
}

/// The manifest that is shipped.
pub fn manifest() -> Manifest {
    shipped("facebook")
}

pub fn shipped(id: &str) -> Manifest {
    let path = format!("{}/channels/{id}.toml", env!("CARGO_MANIFEST_DIR"));
    Manifest::parse(&format!("{id}.toml"), &std::fs::read_to_string(path).unwrap()).unwrap()
}

pub fn settings(url: &str, options: &Options) -> BTreeMap<String, String> {
    let manifest = manifest();
    let defaults = manifest
        .settings
        .iter()
        .filter_map(|(name, s)| Some((name.clone(), s.default.clone()?)));
    let mut settings: BTreeMap<String, String> = defaults.collect();
    let told = [
        ("graph_url", url),
        ("dialog_url", url),
        ("page_id", &options.page_id),
        ("app_id", &options.app_id),
    ];
    settings.extend(owned(&told));
    settings
}

fn account(url: &str, options: &Options, wish: &Wish<'_>) -> Account {
    let mut settings = settings(url, options);
    settings.extend(owned(wish.settings));
    let mut secrets = owned(&[("page_token", &options.page_token), ("app_secret", &options.app_secret)]);
    secrets.extend(owned(wish.secrets));
    Account {
        name: "facebook".to_owned(),
        office: office(),
        settings,
        secrets,
    }
}

pub fn owned(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    pairs.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect()
}

fn office() -> Office {
    Office {
        id: "kacanik".to_owned(),
        name: Localized([("sq".parse().unwrap(), "Komuna e Kaçanikut".to_owned())].into()),
        zone: chrono_tz::Europe::Belgrade,
        languages: vec!["sq".parse().unwrap()],
        public_url: "https://njoftime.kacanik.example".to_owned(),
    }
}

pub const LINK: &str = "https://njoftime.kacanik.example/n/mbledhja-7";

/// A notice in both alphabets, with an emoji beyond the basic plane.
pub fn text() -> String {
    format!("MBLEDHJA E 7-TË E KUVENDIT\n\n📅 27 nëntor 2026 në orën 10:00\n\nСедница Скупштине 🇽🇰 čćžšđ ıŞ\n\n{LINK}")
}

pub fn post(message: &str) -> Post {
    let sq: Lang = "sq".parse().unwrap();
    Post {
        channel: "facebook".to_owned(),
        languages: vec![sq],
        slug: "mbledhja-7".to_owned(),
        link: LINK.to_owned(),
        title: "Mbledhja e 7-të e Kuvendit".to_owned(),
        kind: "assembly-meeting".to_owned(),
        category: None,
        tags: vec![],
        parts: owned(&[("message", message)]),
        media: vec![],
    }
}

pub fn with_media(media: Vec<Media>) -> Post {
    Post { media, ..post(&text()) }
}

/// A file; `Store` has its bytes by the hash that is given here.
pub fn file(name: &str, media_type: &str, hash: &str, alt: &str) -> Media {
    Media {
        name: name.to_owned(),
        media_type: media_type.to_owned(),
        sha256: hash.to_owned(),
        size: 4711,
        title: name.to_owned(),
        alt: alt.to_owned(),
        url: format!("https://njoftime.kacanik.example/f/{name}"),
    }
}

pub fn photo(number: u8) -> Media {
    file(
        &format!("salla-{number}.png"),
        "image/png",
        "png",
        &format!("Salla e Kuvendit, pamja {number}"),
    )
}

pub fn publish(post: Post) -> Job {
    Job {
        delivery: 41,
        key: "kacanik/7f3a/sq".to_owned(),
        action: Action::Publish,
        post,
        objects: Objects::default(),
        standing: Objects::default(),
        since: Utc::now(),
    }
}

/// The delivery that comes after `job`, to change what it left standing.
pub fn after(job: &Job, action: Action, message: &str) -> Job {
    let mut standing = job.standing.clone();
    job.objects.0.iter().cloned().for_each(|object| standing.put(object));
    Job {
        delivery: job.delivery + 1,
        action,
        post: post(message),
        standing,
        objects: Objects::default(),
        ..job.clone()
    }
}

pub fn roles(job: &Job) -> Vec<&str> {
    job.objects.0.iter().map(|object| object.role.as_str()).collect()
}

pub fn object<'a>(job: &'a Job, role: &str) -> &'a Object {
    job.objects.get(role).unwrap_or_else(|| panic!("no {role} in {:?}", job.objects))
}

/// The failure of an answer, and its name.
pub fn told(answer: Answer) -> (&'static str, Failure) {
    match answer {
        Answer::Done(object) => panic!("done: {object:?}"),
        Answer::Snooze(wait) => ("snooze", wait.why),
        Answer::Retry(failure) => ("retry", failure),
        Answer::Reject(failure) => ("reject", failure),
        Answer::Reauthorise(failure) => ("reauthorise", failure),
        Answer::Unknown(failure) => ("unknown", failure),
        Answer::NeedsPerson(failure) => ("needs a person", failure),
    }
}

/// A store with a picture, a broken picture and a film.
struct Store;

/// More than two pieces of a film, as the stand-in cuts them.
pub const FILM: usize = 2_500_000;

#[async_trait]
impl Files for Store {
    async fn bytes(&self, _: &str, sha256: &str) -> Result<Option<Arc<Vec<u8>>>, PortError> {
        Ok(match sha256 {
            "png" => Some(Arc::new(png())),
            "broken" => Some(Arc::new(b"no picture".to_vec())),
            "film" => Some(Arc::new(vec![7; FILM])),
            _ => None,
        })
    }
}

fn png() -> Vec<u8> {
    let mut bytes = std::io::Cursor::new(Vec::new());
    let picture = image::RgbImage::from_pixel(40, 30, image::Rgb([20, 90, 160]));
    picture.write_to(&mut bytes, image::ImageFormat::Png).unwrap();
    bytes.into_inner()
}

#[async_trait]
impl Pages for Store {
    async fn put_page(&self, _: &str, _: &Page) -> Result<(), PortError> {
        unused()
    }
    async fn page_by_key(&self, _: &str, _: &str) -> Result<Option<Page>, PortError> {
        unused()
    }
}

#[async_trait]
impl Entries for Store {
    async fn put_entry(&self, _: &str, _: &Entry) -> Result<(), PortError> {
        unused()
    }
    async fn entry_by_id(&self, _: &str, _: &str) -> Result<Option<Entry>, PortError> {
        unused()
    }
}

#[async_trait]
impl Sheets for Store {
    async fn put_sheet(&self, _: &str, _: &str, _: i64, _: &str) -> Result<(), PortError> {
        unused()
    }
}

fn unused<T>() -> Result<T, PortError> {
    Err(PortError("this channel does not need it".to_owned()))
}
