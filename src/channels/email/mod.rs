//! The press list: one mail to each recipient, over SMTP.
//!
//! A mail is public the moment the server has taken it, and no mailbox can be looked into: each one is a step that is never
//! repeated once its text may have gone through. One recipient whom the server refuses does not stop the others.

mod dialogue;
mod letter;

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use lettre::Address;
use lettre::message::Mailbox;
use lettre::transport::smtp::authentication::Credentials;
use sha2::{Digest, Sha256};

use self::dialogue::{Dialogue, Secrecy, Stage, Stopped};
use self::letter::Letter;
use super::scrub::Scrub;
use super::{Account, Check, Driver, Job, Safety, Step, Tools};
use crate::clock::Clock;
use crate::manifest::Manifest;
use crate::receipt::{Action, Answer, Failure, FailureCode, Object, Objects, Phase, Sighting};

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
    server: Result<Dialogue, Failure>,
    scrub: Scrub,
    office: String,
    office_name: String,
    clock: Arc<dyn Clock>,
}

/// Who writes to whom.
struct List {
    from: Mailbox,
    to: Vec<Mailbox>,
}

#[async_trait]
impl Driver for Email {
    fn next(&self, job: &Job) -> Result<Option<Step>, Failure> {
        if job.action == Action::Discard {
            return Ok(None);
        }
        // An account that is not set up is found out by the step, which pauses the channel; here it would only cost this notice.
        if self.list.as_ref().map_or(true, |list| list.waiting(&job.objects).is_some()) {
            return Ok(Some(Step::new(role(job), Safety::Once)));
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
        let Some(to) = list.waiting(&job.objects) else {
            return Answer::Reject(nobody_reached(&job.objects));
        };
        let letter = self.letter(list, to, job);
        let id = letter.id.clone();
        let text = match letter.write() {
            Ok(text) => text,
            Err(failure) => return Answer::Reject(failure),
        };
        match server.deliver(&list.from.email, &to.email, &text).await {
            Ok(()) => Answer::Done(Object::new(&step.role, Phase::Public, id)),
            Err(stopped) => self.answer(step, &to.email, id, &stopped),
        }
    }

    /// No mailbox can be looked into; so a mail whose fate is not known goes to a person, and is never sent again.
    async fn find(&self, _: &Step, _: &Job) -> Sighting {
        Sighting::Absent
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
                Err(stopped) => check.wrong.push(self.failure(&stopped).1),
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
    fn letter<'a>(&'a self, list: &'a List, to: &'a Mailbox, job: &'a Job) -> Letter<'a> {
        let host = list.from.email.domain();
        let number = job.objects.0.len() + 1;
        Letter {
            id: format!("<kasnec-{}-{number}-{}@{host}>", job.delivery, mark(&to.email)),
            first: sent_to(&job.standing, &to.email).map(|object| object.remote_id.as_str()),
            from: &list.from,
            to,
            office: &self.office,
            office_name: &self.office_name,
            post: &job.post,
            at: self.clock.now(),
        }
    }

    /// What it means that the conversation stopped there.
    fn answer(&self, step: &Step, to: &Address, id: String, stopped: &Stopped) -> Answer {
        let (stage, failure) = self.failure(stopped);
        match stage {
            Stage::Recipient if stopped.is_final() => {
                tracing::warn!(recipient = %to, said = failure.evidence, "the mail server refuses a recipient for good");
                Answer::Done(Object::new(&step.role, Phase::Refused, id))
            }
            Stage::Encryption | Stage::SignIn | Stage::Sender if stopped.is_final() => Answer::Reauthorise(failure),
            Stage::Text if stopped.is_final() => Answer::Reject(failure),
            Stage::Text if !stopped.is_answer() => Answer::Unknown(failure),
            _ => Answer::Retry(failure),
        }
    }

    fn failure(&self, stopped: &Stopped) -> (Stage, Failure) {
        let failure = Failure::new(stopped.code(), stopped.what());
        (stopped.stage, failure.with_evidence(&self.scrub.clean(&stopped.said)))
    }
}

impl List {
    fn read(account: &Account) -> Result<Self, Failure> {
        let from = mailbox("from", account.setting("from"))?;
        let to = account
            .setting("recipients")
            .split(',')
            .map(str::trim)
            .filter(|one| !one.is_empty());
        let to = to.map(|one| mailbox("recipients", one)).collect::<Result<Vec<_>, _>>()?;
        if to.is_empty() {
            let what = "The setting \"recipients\" is empty: there is nobody to write to.";
            return Err(Failure::new(FailureCode::NotConfigured, what));
        }
        Ok(Self { from, to })
    }

    /// The first one who has no mail of this delivery yet. It is known by the mark in the mails' ids, not by the place in the
    /// list: the list may be changed while the mails are on their way.
    fn waiting(&self, objects: &Objects) -> Option<&Mailbox> {
        self.to.iter().find(|to| sent_to(objects, &to.email).is_none())
    }
}

fn role(job: &Job) -> String {
    format!("mail-{:04}", job.objects.0.len() + 1)
}

fn sent_to<'a>(objects: &'a Objects, to: &Address) -> Option<&'a Object> {
    let mark = format!("-{}@", mark(to));
    objects.0.iter().find(|object| object.remote_id.contains(&mark))
}

/// Tells recipients apart in what is kept and shown, without showing who they are.
fn mark(to: &Address) -> String {
    let digest = Sha256::digest(to.to_string().to_lowercase());
    hex::encode(&digest[..5])
}

fn nobody_reached(objects: &Objects) -> Failure {
    let what = format!("The mail server refuses every recipient ({}).", objects.0.len());
    Failure::new(FailureCode::ContentRefused, what)
}

fn mailbox(setting: &str, text: &str) -> Result<Mailbox, Failure> {
    text.parse().map_err(|_| {
        let shown: String = text.chars().filter(|c| !c.is_control()).collect();
        let what = format!("The setting \"{setting}\" holds \"{shown}\", which is not an address; write for example redaksia@example.org.");
        Failure::new(FailureCode::NotConfigured, what)
    })
}

fn server(account: &Account, connect: Duration, total: Duration) -> Result<Dialogue, Failure> {
    let wrong = |what: String| Failure::new(FailureCode::NotConfigured, what);
    let host = account.setting("smtp_host").to_owned();
    if host.is_empty() {
        return Err(wrong(
            "The setting \"smtp_host\" is empty: there is no mail server to speak to.".to_owned(),
        ));
    }
    let port = account.setting("smtp_port");
    let port = port
        .parse()
        .map_err(|_| wrong(format!("The setting \"smtp_port\" is \"{port}\"; write a number, for example 587.")))?;
    let tls = account.setting("tls");
    let secrecy = Secrecy::named(tls).ok_or_else(|| wrong(format!("The setting \"tls\" is \"{tls}\"; write starttls, tls or none.")))?;
    let username = account.setting("username");
    let credentials = (!username.is_empty()).then(|| Credentials::new(username.to_owned(), account.secret("password").to_owned()));
    Ok(Dialogue {
        host,
        port,
        secrecy,
        credentials,
        connect,
        total,
    })
}
