//! The remotes of the simulation, and the driver that speaks to them. A call stops at the gate until the simulation says what becomes of it.

use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use async_trait::async_trait;
use chrono::{DateTime, Duration, Utc};
use kasnec::channels::{Account, Check, Driver, Job, Safety, Step, Tools};
use kasnec::clock::Clock;
use kasnec::manifest::Manifest;
use kasnec::receipt::{Action, Answer, Failure, FailureCode, Object, Phase, Sighting};
use tokio::sync::oneshot;

/// How a channel takes posts: the five ways there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// A draft that nobody sees, then a flip: a website, a page on Facebook.
    Draft,
    /// One public call that can be looked up: a message in a channel.
    Once,
    /// One public call that cannot: a letter.
    Letter,
    /// One public call under a key that the remote remembers for a while.
    Keyed,
    /// One public call to an address of the post's own, as often as one likes.
    Put,
}

impl Way {
    /// All of them, in the order of the accounts.
    pub const ALL: [(&'static str, Self); 5] = [
        ("draft", Self::Draft),
        ("once", Self::Once),
        ("letter", Self::Letter),
        ("keyed", Self::Keyed),
        ("put", Self::Put),
    ];

    /// The way of an account, by its name.
    pub fn of(account: &str) -> Self {
        Self::ALL
            .iter()
            .find(|(name, _)| *name == account)
            .map_or(Self::Draft, |(_, way)| *way)
    }
}

/// A post at a remote.
#[derive(Debug, Clone)]
pub struct Post {
    pub account: String,
    pub key: String,
    pub text: String,
    pub public: bool,
    pub gone: bool,
    pub made_at: DateTime<Utc>,
    /// Looks do not show it before.
    pub seen_from: DateTime<Utc>,
}

/// What the remote has decided about a call.
#[derive(Debug, Clone)]
pub enum Heard {
    /// The caller is told so.
    Answer(Answer),
    /// The caller hears nothing and gives up.
    Nothing,
}

/// What a caller asks of a remote.
#[derive(Debug, Clone)]
pub struct Request {
    pub account: String,
    pub delivery: i64,
    pub key: String,
    pub action: Action,
    pub role: String,
    pub text: String,
    /// The post it is about, if the caller knows one.
    pub about: Option<usize>,
    pub is_look: bool,
    pub sent_at: DateTime<Utc>,
}

/// A call at the gate.
pub struct Call {
    pub request: Request,
    /// Its caller stands still and hears nothing for now.
    pub stalled: bool,
    /// Once the remote has acted (or not): what the caller will hear.
    pub decided: Option<Heard>,
    back: oneshot::Sender<Heard>,
}

impl Call {
    /// What calls are told apart and put in order by.
    pub fn order(&self) -> (String, i64, String, bool) {
        let Request {
            account,
            delivery,
            role,
            is_look,
            ..
        } = &self.request;
        (account.clone(), *delivery, role.clone(), *is_look)
    }

    /// Lets the caller hear.
    pub fn answer(self, heard: Heard) {
        let _ = self.back.send(heard);
    }
}

/// Everything outside the program: the posts of all remotes, and the calls that wait to be answered.
#[derive(Default)]
pub struct Outside {
    pub posts: Vec<Post>,
    pub calls: Vec<Call>,
    /// Calls that were given up, and arrive after all.
    pub late: Vec<(DateTime<Utc>, Request)>,
}

impl Outside {
    /// Forgets the calls whose caller has died.
    pub fn prune(&mut self) -> Vec<Call> {
        let (dead, alive) = std::mem::take(&mut self.calls).into_iter().partition(|call| call.back.is_closed());
        self.calls = alive;
        dead
    }

    /// The posts that citizens see under a key.
    pub fn public<'a>(&'a self, account: &'a str, key: &'a str) -> impl Iterator<Item = &'a Post> {
        self.posts
            .iter()
            .filter(move |post| post.account == account && post.key == key && post.public && !post.gone)
    }

    /// The remote acts on a call; gives what it made and whether the public sees something new.
    pub fn act(&mut self, call: &Request, seen_from: DateTime<Utc>) -> (Answer, bool) {
        let way = Way::of(&call.account);
        let standing = call.about.filter(|index| !self.posts[*index].gone);
        let by_key = self
            .posts
            .iter()
            .position(|post| post.account == call.account && post.key == call.key && post.public && !post.gone);
        let was_removed = call.about.is_some() && standing.is_none();
        let index = match (call.role.as_str(), call.action, way) {
            // Nobody can show a draft that was removed meanwhile.
            ("post", Action::Publish, Way::Draft) if was_removed => {
                return (Answer::Reject(Failure::new(FailureCode::Gone, "it was removed")), false);
            }
            ("draft", ..) => {
                return (
                    Answer::Done(Object::new("draft", Phase::Draft, self.push(call, false, seen_from).to_string())),
                    false,
                );
            }
            ("gone", ..) => {
                if let Some(index) = standing {
                    self.posts[index].gone = true;
                }
                return (Answer::Done(Object::new("gone", Phase::Gone, "")), false);
            }
            (_, Action::Publish, Way::Draft) => standing,
            (_, Action::Publish, Way::Keyed) => by_key.filter(|index| call.sent_at - self.posts[*index].made_at < REMEMBERED),
            (_, Action::Publish, Way::Put) => by_key,
            (_, Action::Publish, _) | (_, _, Way::Letter) => None,
            _ => standing.or(by_key),
        };
        let index = index.unwrap_or_else(|| self.push(call, true, seen_from));
        let post = &mut self.posts[index];
        let is_news = !post.public || post.text != call.text || post.seen_from == seen_from;
        post.public = true;
        // Told the same key again, a remote answers as it did at first.
        if (call.action, way) != (Action::Publish, Way::Keyed) {
            post.text.clone_from(&call.text);
        }
        (Answer::Done(Object::new("post", Phase::Public, index.to_string())), is_news)
    }

    fn push(&mut self, call: &Request, public: bool, seen_from: DateTime<Utc>) -> usize {
        self.posts.push(Post {
            account: call.account.clone(),
            key: call.key.clone(),
            text: call.text.clone(),
            public,
            gone: false,
            made_at: call.sent_at,
            seen_from,
        });
        self.posts.len() - 1
    }

    /// What a look shows.
    pub fn look(&self, call: &Request, now: DateTime<Utc>) -> Option<Object> {
        let mine = |post: &Post| post.account == call.account && post.key == call.key && !post.gone && post.seen_from <= now;
        let found = |wanted: &dyn Fn(&Post) -> bool| self.posts.iter().position(|post| mine(post) && wanted(post));
        match call.role.as_str() {
            _ if Way::of(&call.account) == Way::Letter => None,
            "draft" => found(&|_| true).map(|index| Object::new("draft", Phase::Draft, index.to_string())),
            _ => found(&|post| post.public && post.text == call.text).map(|index| Object::new("post", Phase::Public, index.to_string())),
        }
    }
}

type Shared = Arc<Mutex<Outside>>;

/// What is outside each simulated office, by the setting `remote`: a driver is made by a plain function and has to find its own.
fn all() -> MutexGuard<'static, Vec<(String, Shared)>> {
    static ALL: OnceLock<Mutex<Vec<(String, Shared)>>> = OnceLock::new();
    ALL.get_or_init(Mutex::default).lock().unwrap_or_else(PoisonError::into_inner)
}

/// What is outside the office of that name.
pub fn outside(name: &str) -> Shared {
    let mut all = all();
    if let Some((_, found)) = all.iter().find(|(known, _)| known == name) {
        return found.clone();
    }
    let new = Shared::default();
    all.push((name.to_owned(), new.clone()));
    new
}

/// Forgets an office that is played to its end.
pub fn forget(name: &str) {
    all().retain(|(known, _)| known != name);
}

/// The driver of one account.
pub struct Simulated {
    outside: Shared,
    account: String,
    way: Way,
    clock: Arc<dyn Clock>,
}

#[allow(clippy::needless_pass_by_value, reason = "the registry's signature")]
pub fn make(_: &Manifest, account: Account, tools: &Tools) -> Arc<dyn Driver> {
    Arc::new(Simulated {
        outside: outside(account.setting("remote")),
        way: Way::of(&account.name),
        account: account.name,
        clock: tools.clock.clone(),
    })
}

impl Simulated {
    async fn at_the_gate(&self, step: &Step, job: &Job, is_look: bool) -> Heard {
        let (back, heard) = oneshot::channel();
        let about = job.standing.id("post").or(job.standing.id("draft")).or(job.objects.id("draft"));
        let request = Request {
            account: self.account.clone(),
            delivery: job.delivery,
            key: job.key.clone(),
            action: job.action,
            role: step.role.clone(),
            text: job.post.part("text").to_owned(),
            about: about.and_then(|id| id.parse().ok()),
            is_look,
            sent_at: self.clock.now(),
        };
        let call = Call {
            request,
            stalled: false,
            decided: None,
            back,
        };
        self.outside.lock().unwrap_or_else(PoisonError::into_inner).calls.push(call);
        heard.await.unwrap_or(Heard::Nothing)
    }
}

#[async_trait]
impl Driver for Simulated {
    fn next(&self, job: &Job) -> Result<Option<Step>, Failure> {
        if job.objects.has("post") || job.objects.has("gone") {
            return Ok(None);
        }
        Ok(Some(match (job.action, self.way) {
            (Action::Discard, _) => Step::new("gone", Safety::Repeatable),
            (_, Way::Letter) | (Action::Publish, Way::Once) => Step::new("post", Safety::Once),
            (Action::Publish, Way::Draft) if !job.objects.has("draft") => Step::new("draft", Safety::Invisible),
            (Action::Publish, Way::Keyed) => Step::new("post", Safety::Keyed(REMEMBERED.num_seconds().try_into().unwrap_or(0))),
            _ => Step::new("post", Safety::Repeatable),
        }))
    }

    async fn perform(&self, step: &Step, job: &Job) -> Answer {
        match self.at_the_gate(step, job, false).await {
            Heard::Answer(answer) => answer,
            Heard::Nothing => Answer::Unknown(Failure::new(FailureCode::NoAnswer, "nothing was heard")),
        }
    }

    async fn find(&self, step: &Step, job: &Job) -> Sighting {
        match self.at_the_gate(step, job, true).await {
            Heard::Answer(Answer::Done(object)) => Sighting::Found(object),
            Heard::Answer(Answer::Reject(_)) => Sighting::Absent,
            Heard::Answer(answer) => Sighting::CannotTell(answer),
            Heard::Nothing => Sighting::CannotTell(Answer::Retry(Failure::new(FailureCode::Unreachable, "nothing was seen"))),
        }
    }

    fn can_look(&self, _: &Step, _: &Job) -> bool {
        self.way != Way::Letter
    }

    async fn check(&self) -> Check {
        Check {
            fine: vec![],
            wrong: vec![],
        }
    }
}

/// The longest time between a call and what it does at the remote, and from there until looks show it. Together less than the grace.
pub const LATE: Duration = Duration::seconds(40);

/// How long a remote remembers a key.
const REMEMBERED: Duration = Duration::hours(1);
