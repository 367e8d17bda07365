//! A remote in memory, and the driver that speaks to it. What it does next is a script.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock};

use async_trait::async_trait;
use chrono::{DateTime, Duration, Utc};
use kasnec::channels::{Account, Check, Driver, Job, Safety, Step, Tools};
use kasnec::clock::Clock;
use kasnec::manifest::Manifest;
use kasnec::receipt::{Action, Answer, Failure, FailureCode, Object, Phase, Sighting, Wait};

/// What the remote does with the next call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Act {
    /// Takes it and says so.
    Take,
    /// Takes it, and the answer is lost.
    TakeAndLose,
    /// Takes it, and answers with what makes no sense.
    TakeAndBabble,
    /// The call is lost on its way, and nobody knows.
    Lose,
    /// Is down.
    Down,
    /// Will not have it.
    Refuse,
    /// Asks to wait so many seconds.
    Throttle(i64),
    /// Does not know the credentials.
    SignedOut,
    /// Can only be served by a person.
    ByHand,
    /// The driver itself breaks.
    Panic,
    /// Answers after so many milliseconds.
    Slow(u64),
}

/// A post at the remote.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Post {
    pub key: String,
    pub text: String,
    pub public: bool,
}

/// Everything the remote knows.
#[derive(Debug, Default)]
pub struct Remote {
    pub posts: Vec<Post>,
    pub script: VecDeque<Act>,
    /// Every call that took effect, in order, with its time.
    pub calls: Vec<(String, String, DateTime<Utc>)>,
    /// Every call and look fails so as long as this is set.
    pub out: Option<FailureCode>,
    /// A post with this text breaks it, every time.
    pub poison: Option<String>,
    /// When it was asked for anything while it was out.
    pub asked: Vec<DateTime<Utc>>,
    /// Looks are answered so as long as this is set.
    pub blind: Option<Answer>,
    /// It takes calls, and asks for no more of them until then.
    pub rests_until: Option<DateTime<Utc>>,
}

impl Remote {
    /// The posts citizens see.
    pub fn public(&self) -> Vec<&str> {
        self.posts
            .iter()
            .filter(|post| post.public)
            .map(|post| post.text.as_str())
            .collect()
    }
}

/// The answer to a look that does not get through.
pub fn nothing_seen() -> Answer {
    Answer::Retry(Failure::new(FailureCode::Unreachable, "blind"))
}

type Named = (String, Arc<Mutex<Remote>>);

/// The remotes of this process, by the account's setting `remote`: a driver is made by a plain function and has to find its own.
fn remotes() -> &'static Mutex<Vec<Named>> {
    static REMOTES: OnceLock<Mutex<Vec<Named>>> = OnceLock::new();
    REMOTES.get_or_init(Mutex::default)
}

/// The remote of that name.
pub fn remote(name: &str) -> Arc<Mutex<Remote>> {
    let mut all = remotes().lock().unwrap();
    if let Some((_, found)) = all.iter().find(|(known, _)| known == name) {
        return found.clone();
    }
    let new = Arc::<Mutex<Remote>>::default();
    all.push((name.to_owned(), new.clone()));
    new
}

/// The driver: a draft and a flip to public, or (setting `phases = "one"`) one public call that cannot be repeated.
pub struct Scripted {
    remote: Arc<Mutex<Remote>>,
    clock: Arc<dyn Clock>,
    one_phase: bool,
}

#[allow(clippy::needless_pass_by_value, reason = "the registry's signature")]
pub fn make(_: &Manifest, account: Account, tools: &Tools) -> Arc<dyn Driver> {
    let name = format!("{}/{}", account.setting("remote"), account.name);
    Arc::new(Scripted {
        remote: remote(&name),
        clock: tools.clock.clone(),
        one_phase: account.setting("phases") == "one",
    })
}

impl Scripted {
    fn lock(&self) -> MutexGuard<'_, Remote> {
        self.remote.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    fn outage(&self) -> Option<Failure> {
        let mut remote = self.lock();
        let failure = Failure::new(remote.out?, "out");
        remote.asked.push(self.clock.now());
        Some(failure)
    }

    fn take(&self, step: &Step, job: &Job) -> Answer {
        let mut remote = self.lock();
        let text = job.post.part("text").to_owned();
        remote.calls.push((step.role.clone(), text.clone(), self.clock.now()));
        let standing = job
            .standing
            .id("post")
            .or(job.standing.id("draft"))
            .or(job.objects.id("draft"))
            .and_then(|id| id.parse::<usize>().ok());
        match step.role.as_str() {
            "draft" => {
                remote.posts.push(Post {
                    key: job.key.clone(),
                    text,
                    public: false,
                });
                Answer::Done(Object::new("draft", Phase::Draft, (remote.posts.len() - 1).to_string()))
            }
            "gone" if remote.posts[standing.unwrap()].public => Answer::NeedsPerson(Failure::new(
                FailureCode::Unresolved,
                "The draft has been published; it was left standing.",
            )),
            "gone" => {
                remote.posts[standing.unwrap()].key.clear();
                Answer::Done(Object::new("gone", Phase::Gone, ""))
            }
            _ => {
                let index = standing.unwrap_or(remote.posts.len());
                if index == remote.posts.len() {
                    remote.posts.push(Post {
                        key: job.key.clone(),
                        text: String::new(),
                        public: true,
                    });
                }
                let post = &mut remote.posts[index];
                (post.text, post.public) = (text, true);
                Answer::Done(Object::new("post", Phase::Public, index.to_string()).at(format!("https://remote.example/{index}")))
            }
        }
    }
}

#[async_trait]
impl Driver for Scripted {
    fn next(&self, job: &Job) -> Result<Option<Step>, Failure> {
        if job.objects.has("post") || job.objects.has("gone") {
            return Ok(None);
        }
        Ok(Some(match job.action {
            Action::Discard => Step::new("gone", Safety::Repeatable),
            Action::Update | Action::Withdraw => Step::new("post", Safety::Repeatable),
            Action::Publish if self.one_phase => Step::new("post", Safety::Once),
            Action::Publish if job.objects.has("draft") => Step::new("post", Safety::Repeatable),
            Action::Publish => Step::new("draft", Safety::Invisible),
        }))
    }

    async fn perform(&self, step: &Step, job: &Job) -> Answer {
        if let Some(failure) = self.outage() {
            return match failure.code {
                FailureCode::Unreachable => Answer::Retry(failure),
                _ => Answer::Unknown(failure),
            };
        }
        if self.lock().poison.as_deref() == Some(job.post.part("text")) {
            return Answer::Unknown(Failure::new(FailureCode::RemoteBroken, "poison"));
        }
        let act = self.lock().script.pop_front().unwrap_or(Act::Take);
        let failure = |code| Failure::new(code, format!("{act:?}"));
        match act {
            Act::Take => self.take(step, job),
            Act::TakeAndLose => {
                self.take(step, job);
                Answer::Unknown(failure(FailureCode::NoAnswer))
            }
            Act::TakeAndBabble => {
                self.take(step, job);
                Answer::Unknown(failure(FailureCode::BadAnswer))
            }
            Act::Lose => Answer::Unknown(failure(FailureCode::NoAnswer)),
            Act::Down => Answer::Retry(failure(FailureCode::Unreachable)),
            Act::Refuse => Answer::Reject(failure(FailureCode::ContentRefused)),
            Act::ByHand => Answer::NeedsPerson(failure(FailureCode::ByHand)),
            Act::SignedOut => Answer::Reauthorise(failure(FailureCode::PasswordChanged)),
            Act::Throttle(seconds) => {
                let until = self.clock.now() + Duration::seconds(seconds);
                Answer::Snooze(Wait {
                    until,
                    account: true,
                    why: failure(FailureCode::Throttled),
                })
            }
            Act::Panic => panic!("a driver that breaks"),
            Act::Slow(milliseconds) => {
                tokio::time::sleep(std::time::Duration::from_millis(milliseconds)).await;
                self.take(step, job)
            }
        }
    }

    async fn find(&self, step: &Step, job: &Job) -> Sighting {
        if let Some(failure) = self.outage() {
            return Sighting::CannotTell(Answer::Retry(failure));
        }
        let remote = self.lock();
        if let Some(answer) = &remote.blind {
            return Sighting::CannotTell(answer.clone());
        }
        match remote.posts.iter().position(|post| post.key == job.key) {
            Some(index) if step.role == "draft" => Sighting::Found(Object::new("draft", Phase::Draft, index.to_string())),
            Some(index) if remote.posts[index].public => Sighting::Found(Object::new("post", Phase::Public, index.to_string())),
            _ => Sighting::Absent,
        }
    }

    fn rests_until(&self) -> Option<DateTime<Utc>> {
        self.lock().rests_until
    }

    async fn check(&self) -> Check {
        Check {
            fine: vec![],
            wrong: vec![],
        }
    }
}
