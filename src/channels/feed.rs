//! The feeds: entries put into the store, from which the web side draws RSS, Atom and JSON Feed.
//!
//! Readers fetch an edited entry but alert nobody to it. So a change is two acts: the entry is edited under its own id, and a new
//! entry announces the change and links to the notice.

use std::sync::Arc;

use async_trait::async_trait;
use url::Url;

use super::{Account, Check, Driver, Job, Safety, Step, Tools};
use crate::clock::Clock;
use crate::manifest::Manifest;
use crate::ports::{Entries, Entry, PortError};
use crate::receipt::{Action, Answer, Failure, FailureCode, Object, Phase, Sighting};
use crate::render::Post;

const ENTRY: &str = "entry";
const CHANGE: &str = "change";

/// A `tag:` URI bears a date on which its authority held the name (RFC 4151); it must never move, or every entry would be a new one.
const MINTED: &str = "2026";

/// The driver `feed`.
pub fn make(_: &Manifest, account: Account, tools: &Tools) -> Arc<dyn Driver> {
    Arc::new(Feed {
        host: host(&account.office.public_url).unwrap_or_else(|| account.office.id.clone()),
        office: account.office.id,
        entries: tools.entries.clone(),
        clock: tools.clock.clone(),
    })
}

struct Feed {
    office: String,
    host: String,
    entries: Arc<dyn Entries>,
    clock: Arc<dyn Clock>,
}

#[async_trait]
impl Driver for Feed {
    fn next(&self, job: &Job) -> Result<Option<Step>, Failure> {
        let roles: &[&str] = match job.action {
            Action::Publish => &[ENTRY],
            Action::Update | Action::Withdraw => &[ENTRY, CHANGE],
            Action::Discard => &[],
        };
        let open = roles.iter().find(|role| !job.objects.has(role));
        Ok(open.map(|role| Step::new(*role, Safety::Repeatable)))
    }

    async fn perform(&self, step: &Step, job: &Job) -> Answer {
        let entry = self.entry(step, job);
        match self.entries.put_entry(&self.office, &entry).await {
            Ok(()) => Answer::Done(object(step, &entry)),
            Err(error) => Answer::Retry(not_stored(&error)),
        }
    }

    async fn find(&self, step: &Step, job: &Job) -> Sighting {
        let ours = self.entry(step, job);
        match self.entries.entry_by_id(&self.office, &ours.id).await {
            Ok(Some(found)) if found.title == ours.title && found.content == ours.content => Sighting::Found(object(step, &found)),
            Ok(_) => Sighting::Absent,
            Err(error) => Sighting::CannotTell(Answer::Retry(not_stored(&error))),
        }
    }

    async fn check(&self) -> Check {
        Check {
            fine: vec!["The feeds are part of Kasnec; they need no account.".to_owned()],
            wrong: vec![],
        }
    }

    fn standing<'a>(&self, job: &'a Job) -> Option<&'a Object> {
        job.objects.get(ENTRY)
    }
}

impl Feed {
    fn entry(&self, step: &Step, job: &Job) -> Entry {
        let (post, now) = (&job.post, self.clock.now());
        Entry {
            id: self.id(step, job),
            lang: post.languages.first().map(ToString::to_string).unwrap_or_default(),
            category: post.category.as_ref().map(|category| category.key.clone()),
            kind: post.kind.clone(),
            title: post.part("title").to_owned(),
            content: post.part("content").to_owned(),
            link: post.link.clone(),
            enclosure: enclosure(post),
            published_at: now,
            updated_at: now,
        }
    }

    /// The id the entry was given first stays its id, even if the office has moved to another host since.
    fn id(&self, step: &Step, job: &Job) -> String {
        let minted = || format!("tag:{},{MINTED}:{}", self.host, uri_safe(&job.key));
        let entry = job.standing.id(ENTRY).map_or_else(minted, str::to_owned);
        match step.role.as_str() {
            CHANGE => format!("{entry}/change-{}", job.delivery),
            _ => entry,
        }
    }
}

fn object(step: &Step, entry: &Entry) -> Object {
    Object::new(&step.role, Phase::Public, &entry.id).at(&entry.link)
}

/// A feed's entry has room for one file: the document before the picture.
fn enclosure(post: &Post) -> Option<(String, usize, String)> {
    let chosen = post.media.iter().find(|media| !media.is_image()).or(post.media.first())?;
    Some((chosen.url.clone(), chosen.size, chosen.media_type.clone()))
}

fn host(public_url: &str) -> Option<String> {
    Url::parse(public_url).ok()?.host_str().map(str::to_owned)
}

fn uri_safe(key: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~/:".contains(&byte);
    let spell = |byte| {
        if plain(byte) {
            char::from(byte).to_string()
        } else {
            format!("%{byte:02X}")
        }
    };
    key.bytes().map(spell).collect()
}

fn not_stored(error: &PortError) -> Failure {
    Failure::new(FailureCode::Storage, "The feed's entry could not be stored.").with_evidence(&error.to_string())
}
