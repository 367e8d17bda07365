//! A video: announced, sent piece by piece, finished unpublished, then made public.

use chrono::Duration;
use serde_json::Value;

use super::errors::{self, About, Fault};
use super::photo::about;
use super::refusal::Verdict;
use super::{Facebook, content, plan};
use crate::channels::Job;
use crate::http::multipart::{Form, Part};
use crate::receipt::{Answer, Failure, FailureCode, Object, Phase, Wait};
use crate::render::Media;

/// Wrong offsets that are followed in one go: more would mean that the two sides never agree.
const MOST_JUMPS: usize = 5;
/// How long to leave a video that is not ready.
const READY_MINUTES: i64 = 2;

/// An upload under way. Kept as one text, so that it goes on where a lost answer left it.
struct Session {
    video: String,
    upload: String,
    /// Where the first piece ends.
    end: usize,
}

impl Facebook {
    /// Announces the video: its id is known before any of it is sent.
    pub(super) async fn start_video(&self, job: &Job) -> Result<Object, Answer> {
        let media = video(job)?;
        let size = self.bytes(media).await?.len();
        let form = Form::new().text("upload_phase", "start").text("file_size", size.to_string());
        let made = self.graph.upload_video(form).await;
        let made = made.map_err(|fault| about(media, self.graph.answer(&fault, About::Page)))?;
        let session = Session::begun(&made).ok_or_else(|| errors::shapeless(&made))?;
        Ok(Object::new(plan::VIDEO_START, Phase::Draft, session.kept()))
    }

    /// Sends what is still missing of the video and finishes it, unpublished.
    pub(super) async fn send_video(&self, job: &Job) -> Result<Object, Answer> {
        let media = video(job)?;
        let session = job.objects.id(plan::VIDEO_START).and_then(Session::read);
        let session = session.ok_or_else(|| errors::gone("The video's upload is not known."))?;
        self.transfer(&session, media).await?;
        let form = Form::new()
            .text("upload_phase", "finish")
            .text("upload_session_id", session.upload.clone())
            .text("title", media.title.clone())
            .text("description", job.post.part("message").to_owned())
            .text("published", "false");
        let done = self.graph.upload_video(form).await;
        let done = done.map_err(|fault| about(media, self.graph.harmless(&fault, About::Page)))?;
        if done["success"] != true {
            return Err(errors::shapeless(&done));
        }
        Ok(Object::new(plan::VIDEO, Phase::Draft, session.video))
    }

    /// Looks whether the video is wholly there.
    pub(super) async fn find_video(&self, job: &Job) -> Result<Option<Object>, Answer> {
        let Some(session) = job.objects.id(plan::VIDEO_START).and_then(Session::read) else {
            return Ok(None);
        };
        let there = self.read_video(&session.video).await?;
        let uploaded = there["status"]["uploading_phase"]["status"] == "complete";
        Ok(uploaded.then(|| Object::new(plan::VIDEO, Phase::Draft, session.video)))
    }

    /// Makes the video public and reads it back.
    pub(super) async fn publish_video(&self, id: &str) -> Result<Object, Answer> {
        let done = self.graph.post(&format!("/{id}"), &[("published", "true")]).await;
        let done = done.map_err(|fault| self.graph.answer(&fault, About::Fresh))?;
        if done["success"] != true {
            return Err(errors::shapeless(&done));
        }
        let there = self.find_public_video(id).await.map_err(Answer::behind_a_call)?;
        there.ok_or_else(|| self.not_yet())
    }

    /// Facebook makes a video ready in its own time; waiting for that costs no attempt.
    fn not_yet(&self) -> Answer {
        let what = "Facebook took the video, but does not show it in public yet; it is still making it ready.";
        Answer::Snooze(Wait {
            until: self.clock.now() + Duration::minutes(READY_MINUTES),
            account: false,
            why: Failure::new(FailureCode::BadAnswer, what),
        })
    }

    /// Looks whether the video is public. The id that is kept is its post's: that is what can be edited and commented on.
    pub(super) async fn find_public_video(&self, id: &str) -> Result<Option<Object>, Answer> {
        let there = self.read_video(id).await?;
        if there["published"] != true {
            return Ok(None);
        }
        let post = match there["post_id"].as_str() {
            Some(post) if post.contains('_') => post.to_owned(),
            Some(post) => format!("{}_{post}", self.graph.page),
            None => id.to_owned(),
        };
        let object = Object::new(plan::PUBLIC, Phase::Public, post);
        Ok(Some(match there["permalink_url"].as_str() {
            // Meta gives a video's address without its host.
            Some(path) if path.starts_with('/') => object.at(format!("https://www.facebook.com{path}")),
            Some(url) => object.at(url),
            None => object,
        }))
    }

    async fn read_video(&self, id: &str) -> Result<Value, Answer> {
        let read = self
            .graph
            .get(&format!("/{id}"), &[("fields", "id,published,permalink_url,post_id,status")])
            .await;
        read.map_err(|fault| self.graph.harmless(&fault, About::Fresh))
    }

    async fn transfer(&self, session: &Session, media: &Media) -> Result<(), Answer> {
        let bytes = self.bytes(media).await?;
        let (mut start, mut end, mut jumps) = (0, session.end, 0);
        while start < bytes.len() {
            let piece = bytes.get(start..end.min(bytes.len())).filter(|piece| !piece.is_empty());
            let piece = piece.ok_or_else(|| lost(media))?.to_vec();
            match self.send_piece(session, media, start, piece).await {
                Ok(answer) => (start, end) = offsets(&answer).ok_or_else(|| errors::shapeless(&answer))?,
                Err(Fault::Graph(error)) if error.verdict() == Verdict::Offset && jumps < MOST_JUMPS => {
                    jumps += 1;
                    (start, end) = offsets(&error.data).ok_or_else(|| lost(media))?;
                }
                Err(fault) => return Err(about(media, self.graph.harmless(&fault, About::Page))),
            }
        }
        Ok(())
    }

    async fn send_piece(&self, session: &Session, media: &Media, start: usize, piece: Vec<u8>) -> Result<Value, Fault> {
        let name = media.name.clone();
        let form = Form::new()
            .text("upload_phase", "transfer")
            .text("upload_session_id", session.upload.clone())
            .text("start_offset", start.to_string())
            .part("video_file_chunk", Part::bytes(piece).file_name(name));
        self.graph.upload_video(form).await
    }
}

impl Session {
    fn begun(made: &Value) -> Option<Self> {
        let (_, end) = offsets(made)?;
        Some(Self {
            video: made["video_id"].as_str()?.to_owned(),
            upload: made["upload_session_id"].as_str()?.to_owned(),
            end,
        })
    }

    fn kept(&self) -> String {
        format!("{}:{}:{}", self.video, self.upload, self.end)
    }

    fn read(kept: &str) -> Option<Self> {
        let mut words = kept.split(':');
        Some(Self {
            video: words.next()?.to_owned(),
            upload: words.next()?.to_owned(),
            end: words.next()?.parse().ok()?,
        })
    }
}

fn video(job: &Job) -> Result<&Media, Answer> {
    content::video(&job.post).ok_or_else(|| errors::gone("The post has no video."))
}

/// Offsets come as text.
fn offsets(answer: &Value) -> Option<(usize, usize)> {
    let offset = |name: &str| match &answer[name] {
        Value::String(text) => text.parse().ok(),
        number => number.as_u64().and_then(|number| usize::try_from(number).ok()),
    };
    Some((offset("start_offset")?, offset("end_offset")?))
}

fn lost(media: &Media) -> Answer {
    let what = format!("Facebook asks for a piece of \"{}\" that it does not have.", media.name);
    Answer::Retry(Failure::new(FailureCode::RemoteBroken, what))
}
