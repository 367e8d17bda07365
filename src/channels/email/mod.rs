//! The press list: one mail to each recipient, over SMTP.
//!
//! A mail is public the moment the server has taken it, and no mailbox can be looked into: each one is a step that is never
//! repeated once its text may have gone through. One recipient whom the server refuses, or will not have just now, or whose answer
//! is lost, does not stop the others: what is in doubt is asked of a person once, when everybody else is served.

mod account;
mod turn;

use std::sync::Arc;

use async_trait::async_trait;
use chrono::Duration;

use self::account::{List, server};
use self::turn::{Turn, lost, question, sent_to};
use super::{Account, Check, Driver, Job, Safety, Step, Tools};
use crate::clock::Clock;
use crate::mail::{BadLetter, Letter, Meaning, Server, Stage, Stopped, one_line};
use crate::manifest::Manifest;
use crate::receipt::{Action, Answer, Failure, FailureCode, Object, Objects, Phase, Scrub, Sighting};

/// How long a mailbox may be busy or full before its owner counts as not reached: yesterday's notice is no news.
const PATIENCE: Duration = Duration::days(1);

/// The step of an account that is not set up: it sends nothing.
const NOBODY: &str = "mail";

/// The driver `email`.
pub fn make(_: &Manifest, account: Account, tools: &Tools) -> Arc<dyn Driver> {
    let limits = tools.http.limits();
    Arc::new(Email {
        list: List::read(&account),
        server: server(&account, limits.connect, limits.total),
        scrub: Scrub::of(account.secrets.values()),
        office: account.office.id.clone(),
        office_name: account.office.name.0.values().next().cloned().unwrap_or(account.office.id),
        clock: tools.clock.clone(),
    })
}

struct Email {
    list: Result<List, Failure>,
    server: Result<Server, Failure>,
    scrub: Scrub,
    office: String,
    office_name: String,
    clock: Arc<dyn Clock>,
}

#[async_trait]
impl Driver for Email {
    fn next(&self, job: &Job) -> Result<Option<Step>, Failure> {
        if job.action == Action::Discard {
            return Ok(None);
        }
        // An account that is not set up is found out by the step, which pauses the channel; here it would only cost this notice.
        let Ok(list) = &self.list else {
            return Ok(Some(Step::new(NOBODY, Safety::Once)));
        };
        if let Some(turn) = Turn::of(list, &job.objects) {
            return Ok(Some(Step::new(turn.role, Safety::Once)));
        }
        if let Some(failure) = question(&job.objects) {
            return Err(failure);
        }
        if self.standing(job).is_none() {
            return Err(nobody_reached(&job.objects));
        }
        Ok(None)
    }

    async fn perform(&self, step: &Step, job: &Job) -> Answer {
        let (list, server) = match (&self.list, &self.server) {
            (Ok(list), Ok(server)) => (list, server),
            (Err(failure), _) | (_, Err(failure)) => return Answer::Reauthorise(failure.clone()),
        };
        let Some(turn) = Turn::of(list, &job.objects) else {
            return Answer::Reject(nobody_reached(&job.objects));
        };
        let letter = self.letter(list, &turn, job);
        let id = letter.id.clone();
        let text = match letter.write() {
            Ok(text) => text,
            Err(BadLetter(why)) => return Answer::Reject(unwritable(&why)),
        };
        let stands = |phase| Answer::Done(Object::new(&step.role, phase, &id));
        match server.deliver(&list.from.email, &turn.to.email, &text).await {
            Ok(()) => stands(Phase::Public),
            Err(stopped) if stopped.stage == Stage::Recipient && stopped.is_answer() => {
                let failure = self.failure(&stopped);
                tracing::warn!(
                    delivery = job.delivery,
                    step = step.role,
                    said = failure.evidence,
                    "a recipient is not taken"
                );
                match self.not_taken(job, &turn, &stopped) {
                    Some(phase) => stands(phase),
                    None => Answer::Retry(failure),
                }
            }
            Err(stopped) => self.answer(&stopped),
        }
    }

    /// No mailbox can be looked into; so a mail whose fate is not known stays in doubt, and is never sent again.
    async fn find(&self, step: &Step, job: &Job) -> Sighting {
        let host = self.list.as_ref().map_or("invalid", |list| list.from.email.domain());
        lost(&step.role, job.delivery, host, &job.objects).map_or(Sighting::Absent, Sighting::Found)
    }

    fn can_look(&self, _: &Step, _: &Job) -> bool {
        false
    }

    async fn check(&self) -> Check {
        let mut check = Check {
            fine: vec![],
            wrong: vec![],
        };
        match &self.list {
            Ok(list) => check.fine.push(format!("{} recipients, from {}.", list.to.len(), list.from.email)),
            Err(failure) => check.wrong.push(failure.clone()),
        }
        match &self.server {
            Ok(server) => match server.greet().await {
                Ok(()) => check
                    .fine
                    .push(format!("{} answers and takes mail from this account.", server.name())),
                Err(stopped) => check.wrong.push(self.failure(&stopped)),
            },
            Err(failure) => check.wrong.push(failure.clone()),
        }
        check
    }

    /// The first mail that was taken stands for all.
    fn standing<'a>(&self, job: &'a Job) -> Option<&'a Object> {
        job.objects.0.iter().find(|object| object.phase == Phase::Public)
    }
}

impl Email {
    fn letter<'a>(&'a self, list: &'a List, turn: &Turn<'a>, job: &'a Job) -> Letter<'a> {
        let host = list.from.email.domain();
        let first = sent_to(&job.standing, turn.to).filter(|object| object.phase == Phase::Public);
        Letter {
            id: turn.id(job.delivery, host),
            first: first.map(|object| object.remote_id.as_str()),
            from: &list.from,
            to: turn.to,
            subject: job.post.part("subject"),
            text: job.post.part("text"),
            html: job.post.part("html"),
            at: self.clock.now(),
            list_id: Some(self.list_id(host)),
            language: None,
        }
    }

    /// How a recipient is recorded whom the server does not take: refused for good, or kept for a second turn after all the
    /// others. `None` if the second turn was in vain too.
    fn not_taken(&self, job: &Job, turn: &Turn<'_>, stopped: &Stopped) -> Option<Phase> {
        let waited = self.clock.now() - job.since;
        if stopped.is_final() || waited > PATIENCE {
            return Some(Phase::Refused);
        }
        (!turn.again).then_some(Phase::Draft)
    }

    /// What it means that the conversation stopped there.
    fn answer(&self, stopped: &Stopped) -> Answer {
        let failure = self.failure(stopped);
        match stopped.meaning() {
            Meaning::Account => Answer::Reauthorise(failure),
            Meaning::Refused => Answer::Reject(failure),
            Meaning::Unknown => Answer::Unknown(failure),
            Meaning::Later => Answer::Retry(failure),
        }
    }

    fn failure(&self, stopped: &Stopped) -> Failure {
        let failure = Failure::new(stopped.code(), stopped.what());
        failure.with_evidence(&self.scrub.clean(&stopped.said))
    }

    /// RFC 2919: a name in words is for people; the identifier in brackets never changes.
    fn list_id(&self, host: &str) -> String {
        let office: String = self.office.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '-').collect();
        let name: String = one_line(&self.office_name).chars().filter(|c| !"<>\"\\".contains(*c)).collect();
        format!("\"{name}\" <press.{office}.{host}>")
    }
}

fn nobody_reached(objects: &Objects) -> Failure {
    let what = format!("The mail server refuses every recipient ({}).", objects.0.len());
    Failure::new(FailureCode::ContentRefused, what)
}

fn unwritable(why: &str) -> Failure {
    Failure::new(FailureCode::ContentRefused, "The mail cannot be written.").with_evidence(why)
}
