//! What the Page itself holds of a post: a citizen without an account is often asked to sign in instead.

use std::collections::BTreeMap;

use serde_json::Value;

use super::errors::{About, Fault};
use super::{Facebook, plan};
use crate::channels::{Job, Record, Said};
use crate::receipt::{Failure, FailureCode, Phase};

/// What is read of a post.
const FIELDS: &str = "id,message,is_published,is_hidden";

impl Facebook {
    /// Whether the post is public, and what it says.
    pub(super) async fn held(&self, job: &Job) -> Record {
        if job.objects.get(plan::EDIT).is_some_and(|edit| edit.phase == Phase::Refused) {
            let what = "Facebook did not let the post be changed: the correction stands in a comment below it.";
            return Record::CannotTell(Failure::new(FailureCode::ByHand, what));
        }
        if let Some(video) = plan::left(job, plan::VIDEO) {
            return self.read(&video.remote_id, "published", "description").await;
        }
        let post = plan::standing_object(&job.objects).or_else(|| plan::standing_object(&job.standing));
        match post {
            Some(post) => self.read(&post.remote_id, "is_published", "message").await,
            None => Record::Gone("No post of this notice is known on Facebook.".to_owned()),
        }
    }

    async fn read(&self, id: &str, public: &str, text: &str) -> Record {
        let fields = if text == "message" {
            FIELDS.to_owned()
        } else {
            format!("id,{public},{text}")
        };
        match self.graph.get(&format!("/{id}"), &[("fields", &fields)]).await {
            Ok(there) => shown(&there, public, text),
            Err(fault) => self.unread(&fault),
        }
    }

    fn unread(&self, fault: &Fault) -> Record {
        if fault.is_gone() {
            return Record::Gone("Facebook no longer has the post.".to_owned());
        }
        Record::CannotTell(self.graph.harmless(fault, About::Standing).into_failure())
    }
}

fn shown(there: &Value, public: &str, text: &str) -> Record {
    if there[public] != true {
        return Record::Gone("Facebook has the post, but it is not public any more.".to_owned());
    }
    if there["is_hidden"] == true {
        return Record::Gone("Facebook has the post, but it is hidden from the Page.".to_owned());
    }
    let said = there[text].as_str().unwrap_or_default().to_owned();
    Record::Public(BTreeMap::from([("message".to_owned(), Said::Text(said))]))
}
