//! What stands, corrected or taken down; and what is left to a person where Facebook does not let us.

use super::errors::{self, About};
use super::post::is_recent;
use super::{Facebook, content, plan};
use crate::channels::Job;
use crate::receipt::{Action, Answer, Failure, FailureCode, Object, Phase};

/// The longest comment that Facebook takes.
const COMMENT: usize = 8000;

impl Facebook {
    /// Gives the post its new text. Where Facebook will not have it changed, that is kept as the outcome of this step.
    pub(super) async fn edit(&self, job: &Job) -> Result<Object, Answer> {
        let post = standing(job)?;
        let edited = self
            .graph
            .post(&format!("/{}", post.remote_id), &[("message", job.post.part("message"))])
            .await;
        match edited {
            Ok(done) if done["success"] == true => Ok(as_edit(post, Phase::Public)),
            Ok(done) => Err(errors::shapeless(&done)),
            Err(fault) if fault.forbids_change() => Ok(as_edit(post, Phase::Refused)),
            Err(fault) => Err(self.graph.answer(&fault, About::Standing)),
        }
    }

    /// Looks whether the post says what it should.
    pub(super) async fn find_edit(&self, job: &Job) -> Result<Option<Object>, Answer> {
        let post = standing(job)?;
        let there = self
            .read_post(&post.remote_id)
            .await
            .map_err(|fault| self.graph.harmless(&fault, About::Standing))?;
        let same = content::is_same(there["message"].as_str().unwrap_or_default(), job.post.part("message"));
        Ok(same.then(|| as_edit(post, Phase::Public)))
    }

    /// Says the correction below the post. An account that may not comment is no reason to stop the channel.
    pub(super) async fn comment(&self, job: &Job) -> Result<Object, Answer> {
        let post = standing(job)?;
        let message = comment_text(job);
        match self
            .graph
            .post(&format!("/{}/comments", post.remote_id), &[("message", &message)])
            .await
        {
            Ok(made) => match made["id"].as_str() {
                Some(id) => Ok(as_comment(id)),
                None => Err(errors::shapeless(&made)),
            },
            Err(fault) if fault.forbids_change() => Ok(Object::new(plan::COMMENT, Phase::Refused, "")),
            Err(fault) => Err(self.graph.answer(&fault, About::Standing)),
        }
    }

    /// Looks for the correction below the post.
    pub(super) async fn find_comment(&self, job: &Job) -> Result<Option<Object>, Answer> {
        let path = format!("/{}/comments", standing(job)?.remote_id);
        let query = [("fields", "id,message,created_time,from"), ("limit", "100")];
        let list = self
            .graph
            .get(&path, &query)
            .await
            .map_err(|fault| self.graph.harmless(&fault, About::Standing))?;
        let wanted = comment_text(job);
        let comments = list["data"].as_array().map(Vec::as_slice).unwrap_or_default();
        let own = comments.iter().find(|comment| {
            let ours = comment["from"]["id"].as_str().is_none_or(|id| id == self.graph.page);
            ours && is_recent(comment, job) && content::is_same(comment["message"].as_str().unwrap_or_default(), &wanted)
        });
        Ok(own.and_then(|comment| comment["id"].as_str()).map(as_comment))
    }

    /// Takes the post down; where Facebook will not, that is kept as the outcome of this step.
    pub(super) async fn delete(&self, job: &Job) -> Result<Object, Answer> {
        let post = standing(job)?;
        self.remove(&post.remote_id, plan::DELETE, About::Standing).await
    }

    /// Tells a person what to do, unless Facebook lets us do it by now: they may have given the app the right and said “again”.
    pub(super) async fn ask_person(&self, job: &Job) -> Result<Object, Answer> {
        let done = if job.objects.has(plan::DELETE) {
            self.delete(job).await?
        } else {
            self.edit(job).await?
        };
        match done.phase {
            Phase::Refused => Err(by_hand(job)),
            _ => Ok(Object {
                role: plan::BY_HAND.to_owned(),
                ..done
            }),
        }
    }
}

/// What a person has to do on the Page.
fn by_hand(job: &Job) -> Answer {
    let place = plan::standing_object(&job.standing)
        .and_then(|post| post.url.as_deref())
        .unwrap_or("the post on the Page");
    let done = |role: &str| job.objects.get(role).is_some_and(|object| object.phase == Phase::Public);
    let said = if done(plan::COMMENT) {
        " The correction stands below it as a comment."
    } else if done(plan::EDIT) {
        " It now says that the notice is withdrawn."
    } else {
        ""
    };
    let what = match job.action {
        Action::Withdraw if job.objects.has(plan::DELETE) => {
            format!("Facebook does not let this app delete the post.{said} Delete it by hand: {place}.")
        }
        Action::Withdraw => {
            format!("Facebook does not let this app edit the post.{said} Mark it as withdrawn by hand, or delete it: {place}.")
        }
        _ => format!("Facebook does not let this app edit the post.{said} Put the new text in by hand: {place}."),
    };
    Answer::NeedsPerson(Failure::new(FailureCode::ByHand, what).with_evidence(job.post.part("message")))
}

/// The post that stands.
fn standing(job: &Job) -> Result<&Object, Answer> {
    let gone = job.standing.get(plan::DELETE).is_some_and(|deleted| deleted.phase == Phase::Gone);
    let post = plan::standing_object(&job.standing).filter(|post| !gone && post.phase != Phase::Gone);
    post.ok_or_else(|| errors::gone("No post of this notice stands on the Page, so it can be neither changed nor taken down."))
}

fn comment_text(job: &Job) -> String {
    content::within(job.post.part("message"), COMMENT, &job.post.link)
}

fn as_comment(id: &str) -> Object {
    Object::new(plan::COMMENT, Phase::Public, id)
}

/// The edited post keeps the id and the address of the post.
fn as_edit(post: &Object, phase: Phase) -> Object {
    Object {
        role: plan::EDIT.to_owned(),
        phase,
        ..post.clone()
    }
}
