//! A Facebook Page, over the Graph API.
//!
//! A notice goes up in two phases: pictures and a draft, which nobody sees, then a flip to public that can be repeated. Graph knows
//! no idempotency key, so what a lost answer left behind is looked up; a call that is public at once is never made again.

mod api;
mod change;
mod check;
mod content;
mod errors;
mod list;
mod photo;
mod plan;
mod post;
mod record;
mod refusal;
mod usage;
mod video;

use std::sync::Arc;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use serde_json::Value;

use self::api::Graph;
use super::{Account, Check, Driver, Job, Record, Step, Tools};
use crate::clock::Clock;
use crate::http::Reply;
use crate::manifest::Manifest;
use crate::ports::Files;
use crate::receipt::{Action, Answer, Failure, FailureCode, Object, Phase, Sighting};

/// The driver for one Page.
pub struct Facebook {
    graph: Graph,
    clock: Arc<dyn Clock>,
    files: Arc<dyn Files>,
    office: String,
    delete: bool,
}

/// Makes the driver; the registry calls this.
pub fn make(_: &Manifest, account: Account, tools: &Tools) -> Arc<dyn Driver> {
    Arc::new(Facebook {
        graph: Graph::new(&account, tools),
        clock: Arc::clone(&tools.clock),
        files: Arc::clone(&tools.files),
        delete: account.setting("withdraw") == "delete",
        office: account.office.id,
    })
}

/// What an answer of Graph comes to for a call that may have done something, and until when its headers forbid the next.
pub fn read(reply: &Reply, now: DateTime<Utc>) -> (Result<Value, Answer>, Option<DateTime<Utc>>) {
    let brake = usage::Brake::default();
    brake.watch(usage::Usage::of(reply), now);
    let read = api::sorted(reply, reply.text()).map_err(|fault| fault.answer(now, errors::About::Page));
    (read, brake.until(now))
}

#[async_trait]
impl Driver for Facebook {
    fn next(&self, job: &Job) -> Result<Option<Step>, Failure> {
        match self.graph.missing() {
            Some(what) => Err(Failure::new(
                FailureCode::NotConfigured,
                format!("The Facebook account has no {what}."),
            )),
            None => Ok(plan::next(job, plan::batch(job.since, self.clock.now()), self.delete)),
        }
    }

    async fn perform(&self, step: &Step, job: &Job) -> Answer {
        // A call made while Facebook asks to wait makes the wait longer.
        if let Some(wait) = self.graph.brake() {
            return Answer::Snooze(wait);
        }
        self.make(step, job).await.map_or_else(|answer| answer, Answer::Done)
    }

    async fn find(&self, step: &Step, job: &Job) -> Sighting {
        if let Some(wait) = self.graph.brake() {
            return Sighting::CannotTell(Answer::Snooze(wait));
        }
        match self.look(step, job).await {
            Ok(Some(object)) => Sighting::Found(object),
            Ok(None) => Sighting::Absent,
            Err(answer) => Sighting::CannotTell(answer),
        }
    }

    fn asks(&self, step: &Step, job: &Job) -> bool {
        match step.role.as_str() {
            plan::DRAFT => job.action != Action::Discard,
            role => [plan::VIDEO, plan::PUBLIC, plan::EDIT, plan::COMMENT].contains(&role),
        }
    }

    fn rests_until(&self) -> Option<DateTime<Utc>> {
        self.graph.brake().map(|wait| wait.until)
    }

    async fn record(&self, job: &Job) -> Option<Record> {
        Some(match self.graph.brake() {
            Some(wait) => Record::CannotTell(wait.why),
            None => self.held(job).await,
        })
    }

    async fn check(&self) -> Check {
        check::check(&self.graph, self.clock.now()).await
    }

    fn standing<'a>(&self, job: &'a Job) -> Option<&'a Object> {
        plan::standing_object(&job.objects).or_else(|| job.objects.0.last())
    }
}

impl Facebook {
    async fn make(&self, step: &Step, job: &Job) -> Result<Object, Answer> {
        match (step.role.as_str(), job.action) {
            (role, Action::Discard) => self.discard(role, job).await,
            (plan::SCRAPE, _) => self.scrape(job).await,
            (plan::DRAFT, _) => self.create_draft(job).await,
            (plan::VIDEO_START, _) => self.start_video(job).await,
            (plan::VIDEO, _) => self.send_video(job).await,
            (plan::PUBLIC, _) => self.publish(job).await,
            (plan::EDIT, _) => self.edit(job).await,
            (plan::DELETE, _) => self.delete(job).await,
            (plan::COMMENT, _) => self.comment(job).await,
            (plan::BY_HAND, _) => self.ask_person(job).await,
            (role, _) => self.upload_photo(role, job).await,
        }
    }

    async fn look(&self, step: &Step, job: &Job) -> Result<Option<Object>, Answer> {
        match step.role.as_str() {
            plan::DRAFT if job.action != Action::Discard => self.find_draft(job).await,
            plan::VIDEO => self.find_video(job).await,
            plan::PUBLIC => self.find_public(job).await,
            plan::EDIT => self.find_edit(job).await,
            plan::COMMENT => self.find_comment(job).await,
            role if content::is_late(role, plan::batch(job.since, self.clock.now())) => Ok(Some(Object::new(role, Phase::Gone, ""))),
            // Unpublished photos and begun videos stand in no list; the rest is simply done again.
            _ => Ok(None),
        }
    }
}
