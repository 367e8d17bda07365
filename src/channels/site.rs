//! The built-in site: a page a notice, put straight into the store that the web side draws from.

use std::sync::Arc;

use async_trait::async_trait;

use super::{Account, Check, Driver, Job, Safety, Step, Tools};
use crate::clock::Clock;
use crate::manifest::Manifest;
use crate::ports::{Page, Pages, PortError};
use crate::receipt::{Action, Answer, Failure, FailureCode, Object, Phase, Sighting};

const PAGE: &str = "page";

/// The driver `site`.
pub fn make(_: &Manifest, account: Account, tools: &Tools) -> Arc<dyn Driver> {
    Arc::new(Site {
        office: account.office.id,
        pages: tools.pages.clone(),
        clock: tools.clock.clone(),
    })
}

struct Site {
    office: String,
    pages: Arc<dyn Pages>,
    clock: Arc<dyn Clock>,
}

#[async_trait]
impl Driver for Site {
    fn next(&self, job: &Job) -> Result<Option<Step>, Failure> {
        let done = job.action == Action::Discard || job.objects.has(PAGE);
        Ok((!done).then(|| Step::new(PAGE, Safety::Repeatable)))
    }

    async fn perform(&self, _: &Step, job: &Job) -> Answer {
        match self.pages.put_page(&self.office, &self.page(job)).await {
            Ok(()) => Answer::Done(object(job)),
            Err(error) => Answer::Retry(not_stored(&error)),
        }
    }

    async fn find(&self, _: &Step, job: &Job) -> Sighting {
        match self.pages.page_by_key(&self.office, &job.key).await {
            Ok(Some(page)) if page.post_hash == job.post.hash() && page.withdrawn == is_withdrawal(job) => Sighting::Found(object(job)),
            Ok(_) => Sighting::Absent,
            Err(error) => Sighting::CannotTell(Answer::Retry(not_stored(&error))),
        }
    }

    async fn check(&self) -> Check {
        Check {
            fine: vec!["The built-in site is part of Kasnec; it needs no account.".to_owned()],
            wrong: vec![],
        }
    }
}

impl Site {
    fn page(&self, job: &Job) -> Page {
        let (post, now) = (&job.post, self.clock.now());
        Page {
            slug: post.slug.clone(),
            key: job.key.clone(),
            kind: post.kind.clone(),
            category: post.category.as_ref().map(|category| category.key.clone()),
            title: post.title.clone(),
            summary: post.part("summary").to_owned(),
            body: post.part("body").to_owned(),
            languages: post.languages.iter().map(ToString::to_string).collect(),
            post_hash: post.hash(),
            withdrawn: is_withdrawal(job),
            published_at: now,
            updated_at: now,
        }
    }
}

/// The page of a withdrawn notice stays public: it says that the notice was withdrawn, and why.
fn object(job: &Job) -> Object {
    Object::new(PAGE, Phase::Public, &job.key).at(&job.post.link)
}

fn is_withdrawal(job: &Job) -> bool {
    job.action == Action::Withdraw
}

fn not_stored(error: &PortError) -> Failure {
    Failure::new(FailureCode::Storage, "The page could not be stored.").with_evidence(&error.to_string())
}
