//! Everything the sandbox knows, and the one way to change it.

use std::collections::{BTreeMap, HashMap};
use std::io;

use axum::body::Bytes;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::clock::now;
use super::errors::GraphError;
use super::journal::{Entry, Journal};
use super::model::{Audience, Comment, Photo, Post, Video};
use super::oauth::Grant;
use super::options::Options;
use super::settings::{Condition, Settings};
use super::tokens::{Token, TokenKind};

/// Ids start here, so that they look like Meta's and never collide with the Page's.
const FIRST_ID: u64 = 122_100_000_000_000_001;

/// The state of the stand-in.
pub(super) struct World {
    pub options: Options,
    pub settings: Settings,
    pub posts: BTreeMap<String, Post>,
    pub photos: BTreeMap<String, Photo>,
    pub pictures: HashMap<String, Bytes>,
    pub videos: BTreeMap<String, Video>,
    pub comments: BTreeMap<String, Comment>,
    pub tokens: BTreeMap<String, Token>,
    pub grants: HashMap<String, Grant>,
    pub scraped: BTreeMap<String, i64>,
    pub calls: u64,
    next_id: u64,
    journal: Option<Journal>,
}

impl World {
    /// The world as the options describe it, with what the state file holds.
    pub fn open(options: Options) -> io::Result<Self> {
        let opened = options.state.as_deref().map(Journal::open).transpose()?;
        let (journal, entries) = opened.map_or((None, Vec::new()), |(journal, entries)| (Some(journal), entries));
        let mut world = Self::empty(options, journal);
        for entry in entries {
            world.apply(entry);
        }
        Ok(world)
    }

    fn empty(options: Options, journal: Option<Journal>) -> Self {
        let settings = Settings {
            read_lag_ms: i64::try_from(options.read_lag.as_millis()).unwrap_or(i64::MAX),
            ..Settings::default()
        };
        let tokens = seed_tokens(&options);
        Self {
            options,
            settings,
            posts: BTreeMap::new(),
            photos: BTreeMap::new(),
            pictures: HashMap::new(),
            videos: BTreeMap::new(),
            comments: BTreeMap::new(),
            tokens,
            grants: HashMap::new(),
            scraped: BTreeMap::new(),
            calls: 0,
            next_id: FIRST_ID,
            journal,
        }
    }

    /// Back to the beginning, state file included.
    pub fn reset(&mut self) -> io::Result<()> {
        let mut journal = self.journal.take();
        if let Some(journal) = &mut journal {
            journal.clear()?;
        }
        *self = Self::empty(self.options.clone(), journal);
        Ok(())
    }

    /// Makes a change: first on disk, then in memory.
    pub fn put(&mut self, entry: Entry) -> Result<(), GraphError> {
        if let Some(journal) = &mut self.journal {
            journal
                .append(&entry)
                .map_err(|error| GraphError::service(format!("The sandbox cannot write its state file: {error}")))?;
        }
        self.apply(entry);
        Ok(())
    }

    fn apply(&mut self, entry: Entry) {
        match entry {
            Entry::Post(post) => {
                self.reserve(post.local_id().to_owned().as_str());
                self.posts.insert(post.id.clone(), *post);
            }
            Entry::Photo(photo) => {
                self.reserve(&photo.id);
                self.photos.insert(photo.id.clone(), *photo);
            }
            Entry::Picture { id, base64 } => {
                self.pictures.insert(id, STANDARD.decode(base64).unwrap_or_default().into());
            }
            Entry::Video(video) => {
                self.reserve(&video.session);
                self.videos.insert(video.id.clone(), *video);
            }
            Entry::Comment(comment) => {
                self.reserve(comment.id.rsplit('_').next().unwrap_or_default());
                self.comments.insert(comment.id.clone(), *comment);
            }
            Entry::Token(token) => {
                self.tokens.insert(token.value.clone(), *token);
            }
            Entry::Settings(settings) => self.settings = settings,
        }
    }

    fn reserve(&mut self, id: &str) {
        self.next_id = self.next_id.max(id.parse().map_or(0, |id: u64| id + 1));
    }

    /// An id that was never used.
    pub fn fresh_id(&mut self) -> String {
        let id = self.next_id;
        self.next_id += 1;
        id.to_string()
    }

    /// A post that exists, with Graph's answer when it does not.
    pub fn post(&self, id: &str, method: &str) -> Result<&Post, GraphError> {
        self.posts
            .get(id)
            .filter(|post| !post.deleted)
            .ok_or_else(|| GraphError::missing_object(method, id))
    }

    /// Who will see what is published now.
    pub fn audience(&self) -> Audience {
        if self.settings.has(Condition::DevelopmentMode) {
            Audience::AppRoles
        } else {
            Audience::Everyone
        }
    }

    /// Publishes what was scheduled for a time that has come.
    pub fn tick(&mut self) -> Result<(), GraphError> {
        let due: Vec<Post> = self
            .posts
            .values()
            .filter(|post| !post.deleted && post.published.is_none())
            .filter(|post| post.scheduled.is_some_and(|at| at <= now()))
            .cloned()
            .collect();
        for mut post in due {
            post.published = post.scheduled.take();
            post.audience = self.audience();
            self.put(Entry::Post(Box::new(post)))?;
        }
        Ok(())
    }
}

fn seed_tokens(options: &Options) -> BTreeMap<String, Token> {
    let app_token = format!("{}|{}", options.app_id, options.app_secret);
    [
        Token::issue(options.page_token.clone(), TokenKind::Page, now(), 0),
        Token::issue(options.user_token.clone(), TokenKind::User, now(), super::oauth::LONG_LIVED),
        Token::issue(app_token, TokenKind::App, now(), 0),
    ]
    .into_iter()
    .map(|token| (token.value.clone(), token))
    .collect()
}
