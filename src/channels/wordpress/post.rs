//! The post itself: drafted, made public, changed, taken down; and read back, because WordPress drops silently what it does not like.

use std::collections::BTreeMap;

use chrono::{Duration, NaiveDateTime};
use serde_json::{Value, json};

use super::errors::{self, Fault};
use super::{WordPress, content, plan};
use crate::channels::{Job, Record, Said};
use crate::receipt::{Action, Answer, Failure, FailureCode, Object, Phase};

/// What is read of a post.
const FIELDS: &str = "id,status,slug,link,date_gmt,categories,tags,featured_media";

/// How WordPress writes a time in UTC.
const GMT: &str = "%Y-%m-%dT%H:%M:%S";

impl WordPress {
    /// Creates the post where nobody sees it.
    pub(super) async fn create_draft(&self, job: &Job) -> Result<Object, Answer> {
        let mut body = self.body(job).await?;
        body["status"] = "draft".into();
        body["slug"] = content::slug(job).into();
        if let Some(lang) = self.language(job) {
            // Polylang reads it only when a post is created.
            body["lang"] = lang.into();
        }
        match self.api.post("/wp/v2/posts", &body).await {
            Ok(made) => draft(&made),
            Err(fault) => self.left_behind(self.why(&fault).await, job).await,
        }
    }

    /// Looks for the draft; `any` leaves out the trash.
    pub(super) async fn find_draft(&self, job: &Job) -> Result<Option<Object>, Answer> {
        let slug = content::slug(job);
        let slugs = format!("{slug},{slug}-2,{slug}-3");
        let query = [
            ("slug", slugs.as_str()),
            ("status", "any"),
            ("context", "edit"),
            ("orderby", "id"),
            ("order", "asc"),
            ("_fields", "id,link"),
        ];
        let found = self.api.read("/wp/v2/posts", &query).await?;
        found.get(0).map(draft).transpose()
    }

    /// Flips the draft to public. Everything is said again, so that a draft that was found holds what is to be said now.
    pub(super) async fn publish(&self, job: &Job) -> Result<Object, Answer> {
        let Some(draft) = plan::object(job, plan::DRAFT) else {
            return Err(gone("The draft to be published is not known."));
        };
        self.make_public(&draft.remote_id, job).await
    }

    /// Changes the post that stands. What somebody took down on WordPress is not put up again behind their back.
    pub(super) async fn change(&self, job: &Job) -> Result<Object, Answer> {
        let id = &plan::standing_post(job).map_err(Answer::NeedsPerson)?.remote_id;
        let there = self.read_back(id).await?;
        match there["status"].as_str() {
            Some("publish") => self.make_public(id, job).await,
            status => Err(gone(&format!(
                "The post was taken down on WordPress (its status is {}).",
                status.unwrap_or("unknown")
            ))),
        }
    }

    /// Looks whether the post was published, with all that belongs to it. A change is simply made again: that the post is public says nothing of it.
    pub(super) async fn find_public(&self, job: &Job) -> Result<Option<Object>, Answer> {
        if job.action != Action::Publish {
            return Ok(None);
        }
        let post = plan::object(job, plan::PUBLIC).or_else(|| plan::object(job, plan::DRAFT));
        let Some(post) = post else {
            return Ok(None);
        };
        let there = self.read_back(&post.remote_id).await?;
        if there["status"] == "publish" && lost(&self.body(job).await?, &there).is_empty() {
            public(&there).map(Some)
        } else {
            Ok(None)
        }
    }

    /// What WordPress holds of the post.
    pub(super) async fn held(&self, job: &Job) -> Record {
        let post = plan::object(job, plan::PUBLIC).or_else(|| job.objects.get(plan::PUBLIC));
        let Some(id) = post.map(|post| &post.remote_id) else {
            return Record::Gone("No post of this notice is known on WordPress.".to_owned());
        };
        let fields = [("context", "edit"), ("_fields", "status,password,title,content")];
        let there = match self.api.get(&format!("/wp/v2/posts/{id}"), &fields).await {
            Ok(there) => there,
            Err(fault) if fault.is_gone() => return Record::Gone("WordPress no longer has the post.".to_owned()),
            Err(fault) => return Record::CannotTell(self.api.harmless(&fault).into_failure()),
        };
        let text = |field: &Value| field["raw"].as_str().unwrap_or_default().to_owned();
        match there["status"].as_str() {
            Some("publish") if there["password"].as_str().is_some_and(|password| !password.is_empty()) => {
                Record::Gone("On WordPress the post now asks for a password.".to_owned())
            }
            Some("publish") => Record::Public(BTreeMap::from([
                ("title".to_owned(), Said::Html(text(&there["title"]))),
                ("content".to_owned(), Said::Html(text(&there["content"]))),
            ])),
            status => Record::Gone(format!(
                "On WordPress the post is no longer public: its status is {}.",
                status.unwrap_or("unknown")
            )),
        }
    }

    /// Moves the post to the trash, where the office can still bring it back.
    pub(super) async fn take_down(&self, job: &Job) -> Result<Object, Answer> {
        let id = &plan::standing_post(job).map_err(Answer::NeedsPerson)?.remote_id;
        match self.api.delete(&format!("/wp/v2/posts/{id}"), false).await {
            Err(fault) if !fault.is_gone() => Err(self.api.answer(&fault)),
            _ => Ok(Object::new(plan::PUBLIC, Phase::Gone, id)),
        }
    }

    /// Deletes a draft for good, but never what has become public.
    pub(super) async fn remove_draft(&self, job: &Job) -> Result<Object, Answer> {
        let Some(draft) = plan::object(job, plan::DRAFT) else {
            return Ok(Object::new(plan::DRAFT, Phase::Gone, ""));
        };
        let path = format!("/wp/v2/posts/{}", draft.remote_id);
        let there = match self.api.get(&path, &[("context", "edit"), ("_fields", FIELDS)]).await {
            Ok(there) => there,
            Err(fault) if fault.is_gone() => return Ok(Object::new(plan::DRAFT, Phase::Gone, &draft.remote_id)),
            Err(fault) => return Err(self.api.harmless(&fault)),
        };
        if there["status"] == "publish" {
            let what = "The draft to be removed has been published on WordPress; it was left standing.";
            return Err(Answer::NeedsPerson(Failure::new(FailureCode::Unresolved, what)));
        }
        self.remove(&path).await?;
        Ok(Object::new(plan::DRAFT, Phase::Gone, &draft.remote_id))
    }

    async fn make_public(&self, id: &str, job: &Job) -> Result<Object, Answer> {
        let mut body = self.body(job).await?;
        body["status"] = "publish".into();
        let path = format!("/wp/v2/posts/{id}");
        if let Err(fault) = self.api.post(&path, &body).await {
            return Err(self.why(&fault).await);
        }
        let mut there = self.read_back(id).await.map_err(Answer::behind_a_call)?;
        if let Some(meant) = an_hour_before(&there) {
            body["date_gmt"] = meant.into();
            if let Err(fault) = self.api.post(&path, &body).await {
                return Err(self.why(&fault).await.behind_a_call());
            }
            there = self.read_back(id).await.map_err(Answer::behind_a_call)?;
        }
        let lost = lost(&body, &there);
        if lost.is_empty() {
            return public(&there);
        }
        self.terms.forget();
        let what = format!("WordPress took the post, but not all of it: {} did not stay.", lost.join(", "));
        Err(Answer::Retry(
            Failure::new(FailureCode::BadAnswer, what).with_evidence(&there.to_string()),
        ))
    }

    async fn read_back(&self, id: &str) -> Result<Value, Answer> {
        let path = format!("/wp/v2/posts/{id}");
        self.api.read(&path, &[("context", "edit"), ("_fields", FIELDS)]).await
    }

    async fn body(&self, job: &Job) -> Result<Value, Answer> {
        let mut body = json!({
            "title": content::escaped(job.post.part("title")),
            "content": content::html(job, self.plain_html),
            "excerpt": content::escaped(job.post.part("excerpt")),
            "tags": self.tags(job).await?,
            "featured_media": featured(job),
        });
        if let Some(category) = self.category(job).await? {
            body["categories"] = json!([category]);
        }
        Ok(body)
    }

    /// Whether a firewall minds this text or every call: an account is not paused for one text.
    async fn why(&self, fault: &Fault) -> Answer {
        if fault.is_firewall() && self.api.lets_writing_pass().await.is_ok() {
            return errors::unwelcome(fault);
        }
        self.api.answer(fault)
    }

    /// A refusal can leave a draft all the same (403 for protected meta does): then that is the draft.
    async fn left_behind(&self, answer: Answer, job: &Job) -> Result<Object, Answer> {
        if matches!(answer, Answer::Reject(_) | Answer::Reauthorise(_))
            && let Ok(Some(draft)) = self.find_draft(job).await
        {
            return Ok(draft);
        }
        Err(answer)
    }
}

/// The first picture, or 0 for none: a correction may have taken it away.
fn featured(job: &Job) -> i64 {
    let mut pictures = job.post.media.iter().filter(|media| media.is_image());
    let first = pictures.next().and_then(|media| plan::object(job, &plan::media_role(media)));
    first.and_then(|object| object.remote_id.parse().ok()).unwrap_or(0)
}

/// Of a post that WordPress puts off instead of publishing it: an hour before it would. In the hour that a night in autumn has twice, it takes
/// its own local time for the second.
fn an_hour_before(there: &Value) -> Option<String> {
    let put_off = there["date_gmt"].as_str().filter(|_| there["status"] == "future")?;
    let at = NaiveDateTime::parse_from_str(put_off, GMT).ok()?;
    Some((at - Duration::hours(1)).format(GMT).to_string())
}

/// What WordPress drops without a word, and has dropped.
fn lost(sent: &Value, there: &Value) -> Vec<&'static str> {
    let fields = ["status", "categories", "tags", "featured_media"];
    let dropped = |field: &&str| !is_kept(&sent[*field], &there[*field]);
    fields.into_iter().filter(dropped).collect()
}

/// Whether what was sent is there; what was not sent may be anything. Lists come back in WordPress's order.
fn is_kept(sent: &Value, there: &Value) -> bool {
    match (sent, there) {
        (Value::Null, _) => true,
        (Value::Array(sent), Value::Array(there)) => sent.iter().all(|id| there.contains(id)),
        _ => sent == there,
    }
}

fn draft(post: &Value) -> Result<Object, Answer> {
    object(plan::DRAFT, Phase::Draft, post)
}

fn public(post: &Value) -> Result<Object, Answer> {
    object(plan::PUBLIC, Phase::Public, post)
}

fn object(role: &str, phase: Phase, post: &Value) -> Result<Object, Answer> {
    match (post["id"].as_i64(), post["link"].as_str()) {
        (Some(id), Some(link)) => Ok(Object::new(role, phase, id.to_string()).at(link)),
        _ => Err(errors::shapeless(post)),
    }
}

fn gone(what: &str) -> Answer {
    Answer::NeedsPerson(Failure::new(FailureCode::Gone, what))
}
