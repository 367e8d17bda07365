//! What the engine does for a driver, reduced to a loop; and notices to publish.

use std::collections::BTreeMap;
use std::io::Cursor;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use async_trait::async_trait;
use kasnec::channels::{Account, Driver, Job, Registry, Step, Tools};
use kasnec::clock::SystemClock;
use kasnec::http::{Limits, Outbound};
use kasnec::item::{Attachment, check};
use kasnec::ports::{Entries, Entry, Files, Page, Pages, PortError, Sheets};
use kasnec::receipt::{Action, Answer, Failure, Objects};
use kasnec::render::{ActKind, Category, Media, Post, Renderer};
use url::Url;
use uuid::Uuid;

use crate::notices;
use crate::wordpress::wordpress;

/// The attachments' bytes, by hash.
#[derive(Clone, Default)]
pub struct Shelf(pub BTreeMap<String, Arc<Vec<u8>>>);

#[async_trait]
impl Files for Shelf {
    async fn bytes(&self, _: &str, sha256: &str) -> Result<Option<Arc<Vec<u8>>>, PortError> {
        Ok(self.0.get(sha256).cloned())
    }
}

/// The stores that WordPress has no use for.
struct Closed;

fn closed<T>() -> Result<T, PortError> {
    Err(PortError("not in this test".to_owned()))
}

#[async_trait]
impl Pages for Closed {
    async fn put_page(&self, _: &str, _: &Page) -> Result<(), PortError> {
        closed()
    }
    async fn page_by_key(&self, _: &str, _: &str) -> Result<Option<Page>, PortError> {
        closed()
    }
}

#[async_trait]
impl Entries for Closed {
    async fn put_entry(&self, _: &str, _: &Entry) -> Result<(), PortError> {
        closed()
    }
    async fn entry_by_id(&self, _: &str, _: &str) -> Result<Option<Entry>, PortError> {
        closed()
    }
}

#[async_trait]
impl Sheets for Closed {
    async fn put_sheet(&self, _: &str, _: &str, _: i64, _: &str) -> Result<(), PortError> {
        closed()
    }
}

/// An account that can be told otherwise before the driver is made.
pub struct Desk {
    pub account: Account,
    pub shelf: Shelf,
    pub patience: Duration,
}

impl Desk {
    /// An account of the user with that role on the WordPress of these tests.
    pub fn of(role: &str) -> Self {
        let site = wordpress();
        Self {
            account: Account {
                name: "wordpress".to_owned(),
                office: notices::office(),
                settings: BTreeMap::from([("base_url".to_owned(), site.url.clone()), ("username".to_owned(), role.to_owned())]),
                secrets: BTreeMap::from([("application_password".to_owned(), site.password(role).to_owned())]),
            },
            shelf: Shelf::default(),
            patience: Duration::from_secs(30),
        }
    }

    pub fn editor() -> Self {
        Self::of("editor")
    }

    pub fn set(mut self, name: &str, value: &str) -> Self {
        self.account.settings.insert(name.to_owned(), value.to_owned());
        self
    }

    pub fn with_password(mut self, password: &str) -> Self {
        self.account.secrets.insert("application_password".to_owned(), password.to_owned());
        self
    }

    pub fn driver(&self) -> Arc<dyn Driver> {
        let limits = Limits {
            connect: Duration::from_secs(5),
            total: self.patience,
        };
        let tools = Tools {
            http: Outbound::new(limits).unwrap(),
            clock: Arc::new(SystemClock),
            files: Arc::new(self.shelf.clone()),
            pages: Arc::new(Closed),
            entries: Arc::new(Closed),
            sheets: Arc::new(Closed),
            renderer: renderer(),
        };
        let manifest = notices::manifest("wordpress");
        Registry::default().make(&manifest, self.account.clone(), &tools).unwrap()
    }

    /// Puts a file on the shelf and describes it as the renderer would.
    pub fn file(&mut self, name: &str, bytes: Vec<u8>, alt: &str) -> Media {
        let read = Attachment::read(name, &bytes).unwrap();
        self.shelf.0.insert(read.sha256.clone(), Arc::new(bytes));
        let mut url = Url::parse("https://njoftime.example.org/files/").unwrap();
        url.path_segments_mut().unwrap().push(&read.sha256).push(name);
        Media {
            name: read.name.clone(),
            media_type: read.media_type,
            size: read.size,
            title: read.name,
            alt: alt.to_owned(),
            url: url.into(),
            sha256: read.sha256,
        }
    }
}

/// The shipped templates, compiled once for all tests.
fn renderer() -> Arc<Renderer> {
    static ONE: OnceLock<Arc<Renderer>> = OnceLock::new();
    Arc::clone(ONE.get_or_init(|| Arc::new(notices::renderer())))
}

/// Why a job stopped.
#[derive(Debug)]
pub enum Stop {
    At(Step, Answer),
    Before(Failure),
}

impl Stop {
    pub fn answer(self) -> Answer {
        match self {
            Self::At(_, answer) => answer,
            Self::Before(failure) => panic!("no call was made: {failure}"),
        }
    }
}

/// Makes call after call until the job is complete.
pub async fn run(driver: &dyn Driver, job: &mut Job) -> Result<(), Stop> {
    while let Some(step) = driver.next(job).map_err(Stop::Before)? {
        match driver.perform(&step, job).await {
            Answer::Done(object) => {
                assert_eq!(object.role, step.role);
                job.objects.put(object);
            }
            answer => return Err(Stop::At(step, answer)),
        }
    }
    Ok(())
}

/// Publishes, and gives the post's id.
pub async fn publish(driver: &dyn Driver, job: &mut Job) -> String {
    run(driver, job).await.unwrap();
    driver.standing(job).unwrap().remote_id.clone()
}

/// A job for a post, with a key that no other test has.
pub fn job(post: Post) -> Job {
    Job {
        delivery: 1,
        key: Uuid::new_v4().to_string(),
        action: Action::Publish,
        post,
        objects: Objects::default(),
        standing: Objects::default(),
        since: "2026-11-22T09:00:00Z".parse().unwrap(),
    }
}

/// The next delivery of the same item.
pub fn then(job: &Job, action: Action, post: Post) -> Job {
    let mut standing = job.standing.clone();
    job.objects.0.iter().for_each(|object| standing.put(object.clone()));
    Job {
        delivery: job.delivery + 1,
        action,
        post,
        objects: Objects::default(),
        standing,
        ..job.clone()
    }
}

/// A short post without files.
pub fn post(title: &str, content: &str) -> Post {
    Post {
        channel: "wordpress".to_owned(),
        languages: vec![notices::lang("sq")],
        slug: "kk-2026-011-mbledhja".to_owned(),
        link: "https://njoftime.example.org/n/kk-2026-011-mbledhja".to_owned(),
        title: title.to_owned(),
        kind: "assembly-meeting".to_owned(),
        category: Some(Category {
            key: "mbledhjet".to_owned(),
            label: "Mbledhjet".to_owned(),
        }),
        tags: vec![],
        parts: BTreeMap::from([
            ("title".to_owned(), title.to_owned()),
            ("content".to_owned(), content.to_owned()),
            ("excerpt".to_owned(), "E martë, në orën 10:00.".to_owned()),
        ]),
        media: vec![],
    }
}

/// The sample notice, rendered as it ships, with its files on the desk's shelf.
pub fn notice(desk: &mut Desk, text: &str) -> Post {
    let files = BTreeMap::from([("salla.jpg", jpeg(40)), ("Rendi i ditës.pdf", pdf("Rendi"))]);
    let source = kasnec::item::Source::parse("notice.md", text).unwrap();
    let checked = check(&source, &notices::kinds(), &notices::office(), |file| {
        Ok(files[file.file.as_str()].clone())
    });
    for (name, bytes) in &files {
        desk.file(name, bytes.clone(), "");
    }
    notices::try_say(
        &renderer(),
        &notices::manifest("wordpress"),
        &checked.unwrap().content,
        &notices::act(ActKind::Publish),
        &["sq", "sr"],
    )
    .unwrap()
}

/// A small document.
pub fn pdf(words: &str) -> Vec<u8> {
    format!("%PDF-1.7\n% {words}\n%%EOF\n").into_bytes()
}

/// A small picture of one shade.
pub fn jpeg(shade: u8) -> Vec<u8> {
    let picture = image::RgbImage::from_pixel(64, 48, image::Rgb([shade, 90, 160]));
    let mut bytes = Cursor::new(Vec::new());
    picture.write_to(&mut bytes, image::ImageFormat::Jpeg).unwrap();
    bytes.into_inner()
}
