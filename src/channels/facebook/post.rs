//! The post: drafted, made public, looked up.

use chrono::{DateTime, Duration, Utc};
use serde_json::{Value, json};

use super::errors::{self, About, Fault};
use super::list::Search;
use super::refusal::Verdict;
use super::{Facebook, content, plan};
use crate::channels::Job;
use crate::receipt::{Answer, Failure, FailureCode, Object, Phase};

/// What is read of a post.
const FIELDS: &str = "id,message,is_published,permalink_url";
/// How far Facebook's clock and ours may be apart.
const SKEW_MINUTES: i64 = 5;

impl Facebook {
    /// Has the crawler read the notice's page, so that the card shows its picture. The post does not depend on it.
    pub(super) async fn scrape(&self, job: &Job) -> Result<Object, Answer> {
        let link = content::scrapeable(&job.post).unwrap_or_default();
        if let Err(fault) = self.read_link(link).await
            && let Answer::Snooze(wait) = self.graph.harmless(&fault, About::Page)
        {
            return Err(Answer::Snooze(wait));
        }
        Ok(Object::new(plan::SCRAPE, Phase::Draft, link))
    }

    /// Creates the post where nobody sees it.
    pub(super) async fn create_draft(&self, job: &Job) -> Result<Object, Answer> {
        let fault = match self.send_draft(job, &content::photo_ids(job)).await {
            Ok(made) => return draft(&made, Phase::Draft),
            Err(fault) => fault,
        };
        match fault.verdict() {
            Some(Verdict::Scrape) => {
                // Whether the second reading goes better shows in the second try.
                let _ = self.read_link(&job.post.link).await;
                self.draft_again(job, &content::photo_ids(job)).await
            }
            // An earlier try worked after all, or its photos are used up.
            Some(Verdict::Spent) => match self.find_draft(job).await? {
                Some(draft) => Ok(draft),
                None => self.draft_again(job, &self.fresh_photos(job).await?).await,
            },
            Some(Verdict::Duplicate) => match self.find_draft(job).await? {
                Some(draft) => Ok(draft),
                None => Err(self.graph.answer(&fault, About::Page)),
            },
            _ => Err(self.graph.answer(&fault, About::Page)),
        }
    }

    /// Looks for a draft whose making was not confirmed: through its photos, among the unpublished posts, among the public ones.
    pub(super) async fn find_draft(&self, job: &Job) -> Result<Option<Object>, Answer> {
        if let Some(draft) = self.find_by_photo(job).await? {
            return Ok(Some(draft));
        }
        // The list of unpublished posts may be closed to us; what is not seen there is invisible, and may be made again.
        let drafts = match self.search("ads_posts", job, |post| self.is_own(post, job)).await {
            Ok(drafts) => drafts,
            Err(fault) => match self.graph.harmless(&fault, About::Page) {
                Answer::Reauthorise(_) | Answer::Reject(_) => Search::Absent,
                answer => return Err(answer),
            },
        };
        if let Search::Found(post) = &drafts {
            return draft(post, Phase::Draft).map(Some);
        }
        let posts = self.search("published_posts", job, |post| self.is_own(post, job)).await;
        match posts.map_err(|fault| self.graph.harmless(&fault, About::Page))? {
            Search::Found(post) => draft(&post, Phase::Public).map(Some),
            Search::Absent if matches!(drafts, Search::Absent) => Ok(None),
            _ => Err(Answer::Unknown(Failure::new(
                FailureCode::Unresolved,
                "The Page has more posts since then than are looked through, and this one is not among the newest.",
            ))),
        }
    }

    /// Flips the draft, or the unpublished video, to public, and reads it back.
    pub(super) async fn publish(&self, job: &Job) -> Result<Object, Answer> {
        if let Some(video) = job.objects.id(plan::VIDEO) {
            return self.publish_video(video).await;
        }
        let Some(id) = job.objects.id(plan::DRAFT) else {
            return Err(errors::gone("The draft to be published is not known."));
        };
        let done = self.graph.post(&format!("/{id}"), &[("is_published", "true")]).await;
        let done = done.map_err(|fault| self.graph.answer(&fault, About::Fresh))?;
        if done["success"] != true {
            return Err(errors::shapeless(&done));
        }
        let read = self.read_post(id).await;
        let there = read.map_err(|fault| self.graph.answer(&fault, About::Fresh).behind_a_call())?;
        public(&there)?.ok_or_else(|| unconfirmed(&there))
    }

    /// Looks whether the post is public.
    pub(super) async fn find_public(&self, job: &Job) -> Result<Option<Object>, Answer> {
        if let Some(video) = job.objects.id(plan::VIDEO) {
            return self.find_public_video(video).await;
        }
        let Some(id) = job.objects.id(plan::DRAFT) else {
            return Ok(None);
        };
        public(
            &self
                .read_post(id)
                .await
                .map_err(|fault| self.graph.harmless(&fault, About::Fresh))?,
        )
    }

    /// Deletes a draft or an unpublished video, but never what has become public. What may not be deleted stays, invisible.
    pub(super) async fn discard(&self, role: &str, job: &Job) -> Result<Object, Answer> {
        let Some(left) = plan::left(job, role) else {
            return Ok(Object::new(role, Phase::Gone, ""));
        };
        let id = &left.remote_id;
        let public = if role == plan::VIDEO { "published" } else { "is_published" };
        match self.graph.get(&format!("/{id}"), &[("fields", public)]).await {
            Err(fault) if fault.is_gone() => Ok(Object::new(role, Phase::Gone, id)),
            Err(fault) => Err(self.graph.harmless(&fault, About::Fresh)),
            Ok(there) if there[public] == true => {
                let what = "The draft to be removed has been published on Facebook; it was left standing.";
                Err(Answer::NeedsPerson(Failure::new(FailureCode::Unresolved, what)))
            }
            Ok(_) => self.remove(id, role, About::Fresh).await,
        }
    }

    /// Deletes; gone already is gone, and what Facebook will not delete is marked so.
    pub(super) async fn remove(&self, id: &str, role: &str, about: About) -> Result<Object, Answer> {
        match self.graph.delete(&format!("/{id}")).await {
            Ok(_) => Ok(Object::new(role, Phase::Gone, id)),
            Err(fault) if fault.is_gone() && (about != About::Standing || self.is_of_our_page(id).await?) => {
                Ok(Object::new(role, Phase::Gone, id))
            }
            Err(fault) if fault.forbids_change() => Ok(Object::new(role, Phase::Refused, id)),
            Err(fault) => Err(self.graph.harmless(&fault, about)),
        }
    }

    /// Graph says the same of what is gone and of what this token may not see: the token must be of the Page that has the post.
    async fn is_of_our_page(&self, id: &str) -> Result<bool, Answer> {
        let page = &self.graph.page;
        let read = self.graph.get(&format!("/{page}"), &[("fields", "id")]).await;
        let page = read.map_err(|fault| self.graph.harmless(&fault, About::Page))?;
        Ok(page["id"].as_str().is_some_and(|page| id.starts_with(&format!("{page}_"))))
    }

    /// Reads one post.
    pub(super) async fn read_post(&self, id: &str) -> Result<Value, Fault> {
        self.graph.get(&format!("/{id}"), &[("fields", FIELDS)]).await
    }

    async fn read_link(&self, link: &str) -> Result<Value, Fault> {
        self.graph.post("/", &[("id", link), ("scrape", "true")]).await
    }

    async fn draft_again(&self, job: &Job, photos: &[String]) -> Result<Object, Answer> {
        let made = self.send_draft(job, photos).await;
        draft(&made.map_err(|fault| self.graph.answer(&fault, About::Page))?, Phase::Draft)
    }

    async fn send_draft(&self, job: &Job, photos: &[String]) -> Result<Value, Fault> {
        let path = format!("/{}/feed", self.graph.page);
        let photos: Vec<(String, String)> = (0..).zip(photos).map(|(place, id)| attached(place, id)).collect();
        let mut form = vec![("published", "false"), ("fields", "id,permalink_url")];
        let message = job.post.part("message");
        // An empty message is an error, no message is none.
        form.extend((!message.is_empty()).then_some(("message", message)));
        form.extend(content::card(&job.post).map(|link| ("link", link)));
        form.extend(photos.iter().map(|(name, value)| (name.as_str(), value.as_str())));
        self.graph.post(&path, &form).await
    }

    async fn find_by_photo(&self, job: &Job) -> Result<Option<Object>, Answer> {
        let Some(photo) = content::photo_ids(job).into_iter().next() else {
            return Ok(None);
        };
        let there = match self.graph.get(&format!("/{photo}"), &[("fields", "id,page_story_id")]).await {
            Err(fault) if fault.is_gone() => return Ok(None),
            there => there.map_err(|fault| self.graph.harmless(&fault, About::Fresh))?,
        };
        let Some(post) = there["page_story_id"].as_str() else {
            return Ok(None);
        };
        let there = match self.read_post(post).await {
            Err(fault) if fault.is_gone() => return Ok(None),
            there => there.map_err(|fault| self.graph.harmless(&fault, About::Fresh))?,
        };
        let phase = if there["is_published"] == true {
            Phase::Public
        } else {
            Phase::Draft
        };
        let own = content::is_same(there["message"].as_str().unwrap_or_default(), job.post.part("message"));
        if own { draft(&there, phase).map(Some) } else { Ok(None) }
    }

    /// The post of this very job: by our app, not before the job, with its text.
    fn is_own(&self, post: &Value, job: &Job) -> bool {
        let ours = post["application"]["id"] == self.graph.app.as_str();
        ours && is_recent(post, job) && content::is_same(post["message"].as_str().unwrap_or_default(), job.post.part("message"))
    }
}

/// Whether something was made since the job began. The list's own `since` is not documented for every edge.
pub(super) fn is_recent(thing: &Value, job: &Job) -> bool {
    let made = thing["created_time"]
        .as_str()
        .and_then(|text| DateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S%z").ok());
    made.is_some_and(|made| made >= earliest(job))
}

/// The earliest at which something of a job can have been made, by Facebook's clock.
pub(super) fn earliest(job: &Job) -> DateTime<Utc> {
    job.since - Duration::minutes(SKEW_MINUTES)
}

fn attached(place: usize, id: &str) -> (String, String) {
    (format!("attached_media[{place}]"), json!({ "media_fbid": id }).to_string())
}

fn draft(post: &Value, phase: Phase) -> Result<Object, Answer> {
    let id = post["id"]
        .as_str()
        .filter(|id| !id.is_empty())
        .ok_or_else(|| errors::shapeless(post))?;
    Ok(at(Object::new(plan::DRAFT, phase, id), post))
}

fn public(post: &Value) -> Result<Option<Object>, Answer> {
    let id = post["id"].as_str().ok_or_else(|| errors::shapeless(post))?;
    let object = || at(Object::new(plan::PUBLIC, Phase::Public, id), post);
    Ok((post["is_published"] == true).then(object))
}

fn at(object: Object, post: &Value) -> Object {
    match post["permalink_url"].as_str() {
        Some(url) => object.at(url),
        None => object,
    }
}

fn unconfirmed(there: &Value) -> Answer {
    let what = "Facebook said that the post is public, but does not show it so yet.";
    Answer::Unknown(Failure::new(FailureCode::BadAnswer, what).with_evidence(&there.to_string()))
}
