//! The contract every channel keeps: name the next remote call, make it, look it up again.
//!
//! The engine owns everything else: order, leases, retries, what to do when an answer never came.

use std::collections::BTreeMap;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::item::Office;
use crate::receipt::{Action, Answer, Failure, Object, Objects, Sighting};
use crate::render::Post;

/// What is known of an office's account on a channel. Secrets stay out of `Debug`.
#[derive(Clone)]
pub struct Account {
    /// The account's name in the office, for example `facebook`.
    pub name: String,
    /// The office that owns it.
    pub office: Office,
    /// The manifest's settings, defaults filled in.
    pub settings: BTreeMap<String, String>,
    /// The manifest's secrets, opened.
    pub secrets: BTreeMap<String, String>,
}

impl Account {
    /// A setting's value, or an empty text.
    pub fn setting(&self, name: &str) -> &str {
        self.settings.get(name).map_or("", String::as_str)
    }

    /// A secret's value, or an empty text.
    pub fn secret(&self, name: &str) -> &str {
        self.secrets.get(name).map_or("", String::as_str)
    }
}

/// One delivery, as a driver sees it.
#[derive(Debug, Clone)]
pub struct Job {
    /// The delivery's number.
    pub delivery: i64,
    /// The same for every delivery of one item on one account in one language set: what a remote object can be found by.
    pub key: String,
    /// What is to be done.
    pub action: Action,
    /// What is to be said.
    pub post: Post,
    /// What this delivery has made so far.
    pub objects: Objects,
    /// What earlier deliveries of the item left standing on this account.
    pub standing: Objects,
    /// When this delivery was first claimed: nothing older can be its doing.
    pub since: DateTime<Utc>,
}

/// How a call behaves when its answer is lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Safety {
    /// Making it twice does no harm: it is simply made again.
    Repeatable,
    /// The remote knows it again by its key for so many seconds; until then it is simply made again, afterwards it is like [`Safety::Once`].
    Keyed(u32),
    /// What it makes is invisible: it is looked up, and after a grace time made again.
    Invisible,
    /// It is public at once and not repeatable: it is looked up, and never made again.
    Once,
}

/// The next remote call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// Its name; the object it makes bears it as role.
    pub role: String,
    /// What a lost answer means.
    pub safety: Safety,
}

impl Step {
    /// A step of that name and safety.
    pub fn new(role: impl Into<String>, safety: Safety) -> Self {
        Self { role: role.into(), safety }
    }
}

/// What `kasnec channel check` found.
#[derive(Debug, Clone, Serialize)]
pub struct Check {
    /// What was looked at and is well, in plain words.
    pub fine: Vec<String>,
    /// What is wrong, if anything.
    pub wrong: Vec<Failure>,
}

/// What the remote itself says that it holds of a post.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Record {
    /// It is public, with these parts.
    Public(BTreeMap<String, Said>),
    /// It is there, but not public, or not there at all: in a sentence.
    Gone(String),
    /// The remote could not be asked.
    CannotTell(Failure),
}

/// A part as the remote holds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Said {
    /// Plain text.
    Text(String),
    /// HTML.
    Html(String),
}

/// A channel's driver, made for one account.
#[async_trait]
pub trait Driver: Send + Sync {
    /// The next remote call this job needs, given `job.objects`; `None` when it is complete.
    fn next(&self, job: &Job) -> Result<Option<Step>, Failure>;

    /// Makes that call, once.
    async fn perform(&self, step: &Step, job: &Job) -> Answer;

    /// Looks whether that call, made earlier, has left its object at the remote. Where nobody can look and other calls must not wait for the
    /// answer, the object may be one in doubt: then `next` ends with the question that is left for a person.
    async fn find(&self, step: &Step, job: &Job) -> Sighting;

    /// Whether [`Driver::find`] asks the remote about this step, or says `Absent` because it cannot ask.
    fn can_look(&self, _step: &Step, _job: &Job) -> bool {
        true
    }

    /// Whether [`Driver::find`] calls the remote for this step: only then does what it says show that the remote lives.
    fn asks(&self, step: &Step, job: &Job) -> bool {
        self.can_look(step, job)
    }

    /// Until when the remote's answers so far ask this account to make no more calls, also where the last one was taken.
    fn rests_until(&self) -> Option<DateTime<Utc>> {
        None
    }

    /// Asks the remote whether this account can publish.
    async fn check(&self) -> Check;

    /// Asks the remote, as the account, what it holds of what this job left standing: for where a citizen's look cannot tell. `None`
    /// where there is nobody to ask.
    async fn record(&self, _job: &Job) -> Option<Record> {
        None
    }

    /// The object that stands for the whole job when it is complete: its id and address go into the receipt.
    fn standing<'a>(&self, job: &'a Job) -> Option<&'a Object> {
        job.objects.0.last()
    }
}
