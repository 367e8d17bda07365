//! WordPress as the municipality's website, over its REST API and an application password.
//!
//! A notice goes up in two phases: files and a draft, which nobody sees, then a flip to `publish` that can be repeated. Slugs
//! carry a hash of the job's key, so that whatever a lost answer left behind can be looked up.

mod api;
mod check;
mod content;
mod errors;
mod media;
mod plan;
mod post;
mod terms;

use std::sync::Arc;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use serde_json::Value;

use self::api::Api;
use self::terms::Terms;
use super::{Account, Check, Driver, Job, Record, Step, Tools};
use crate::http::Reply;
use crate::manifest::Manifest;
use crate::ports::Files;
use crate::receipt::{Action, Answer, Failure, FailureCode, Sighting};

/// The driver for one WordPress account.
pub struct WordPress {
    api: Api,
    terms: Terms,
    files: Arc<dyn Files>,
    office: String,
    polylang: bool,
    plain_html: bool,
    trash: bool,
}

/// Makes the driver; the registry calls this.
pub fn make(_: &Manifest, account: Account, tools: &Tools) -> Arc<dyn Driver> {
    Arc::new(WordPress {
        api: Api::new(&account, tools),
        terms: Terms::default(),
        files: Arc::clone(&tools.files),
        polylang: account.setting("multilingual") == "polylang",
        plain_html: matches!(account.setting("plain_html"), "on" | "true" | "yes"),
        trash: account.setting("withdraw") == "trash",
        office: account.office.id,
    })
}

/// What an answer of WordPress comes to for a call that may have done something.
pub fn read(reply: &Reply, path: &str, now: DateTime<Utc>) -> Result<Value, Answer> {
    api::sorted(reply, path).map_err(|fault| fault.answer(now))
}

#[async_trait]
impl Driver for WordPress {
    fn next(&self, job: &Job) -> Result<Option<Step>, Failure> {
        match self.api.unusable() {
            Some(what) => Err(Failure::new(FailureCode::NotConfigured, what)),
            None => plan::next(job, self.trash),
        }
    }

    async fn perform(&self, step: &Step, job: &Job) -> Answer {
        let done = match (step.role.as_str(), job.action) {
            (plan::PUBLIC, Action::Publish) => self.publish(job).await,
            (plan::PUBLIC, Action::Withdraw) if self.trash => self.take_down(job).await,
            (plan::PUBLIC, _) => self.change(job).await,
            (plan::DRAFT, Action::Discard) => self.remove_draft(job).await,
            (plan::DRAFT, _) => self.create_draft(job).await,
            (role, Action::Discard) => self.remove_file(role, job).await,
            (role, _) => self.upload(role, job).await,
        };
        done.map_or_else(|answer| answer, Answer::Done)
    }

    async fn find(&self, step: &Step, job: &Job) -> Sighting {
        let found = match step.role.as_str() {
            plan::PUBLIC => self.find_public(job).await,
            plan::DRAFT => self.find_draft(job).await,
            role => self.find_file(role, job).await,
        };
        match found {
            Ok(Some(object)) => Sighting::Found(object),
            Ok(None) => Sighting::Absent,
            Err(answer) => Sighting::CannotTell(answer),
        }
    }

    async fn record(&self, job: &Job) -> Option<Record> {
        Some(self.held(job).await)
    }

    async fn check(&self) -> Check {
        check::check(&self.api).await
    }
}
