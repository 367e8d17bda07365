//! Pictures: uploaded as bytes, unpublished, to be hung on the draft.
//!
//! Bytes, not addresses: a proxy before the site may answer Facebook's fetch in a way that Facebook takes for a broken picture.

use serde_json::Value;

use super::errors::{self, About};
use super::{Facebook, content};
use crate::channels::Job;
use crate::http::multipart::{Form, Part};
use crate::receipt::{Answer, Failure, FailureCode, Object, Phase};
use crate::render::Media;

impl Facebook {
    /// Uploads the photo of that role.
    pub(super) async fn upload_photo(&self, role: &str, job: &Job) -> Result<Object, Answer> {
        let media = content::photo_of(role, &job.post).ok_or_else(|| no_such(role))?;
        Ok(Object::new(role, Phase::Draft, self.send_photo(media).await?))
    }

    /// Uploads every photo anew and gives their ids.
    pub(super) async fn fresh_photos(&self, job: &Job) -> Result<Vec<String>, Answer> {
        let mut ids = Vec::new();
        for media in content::photos(&job.post) {
            ids.push(self.send_photo(media).await?);
        }
        Ok(ids)
    }

    /// The bytes of a file, out of our store.
    pub(super) async fn bytes(&self, media: &Media) -> Result<Vec<u8>, Answer> {
        match self.files.bytes(&self.office, &media.sha256).await {
            Ok(Some(bytes)) => Ok(bytes.to_vec()),
            Ok(None) => Err(Answer::NeedsPerson(Failure::new(
                FailureCode::Storage,
                format!("The file \"{}\" is not in our store any more.", media.name),
            ))),
            Err(error) => Err(Answer::Retry(Failure::new(FailureCode::Storage, error.to_string()))),
        }
    }

    async fn send_photo(&self, media: &Media) -> Result<String, Answer> {
        let mut form = Form::new().text("published", "false");
        if !media.alt.is_empty() {
            form = form.text("alt_text_custom", media.alt.clone());
        }
        let form = form.part("source", part(media, self.bytes(media).await?)?);
        let path = format!("/{}/photos", self.graph.page);
        let made = self.graph.upload(&path, form).await;
        let made = made.map_err(|fault| about(media, self.graph.answer(&fault, About::Page)))?;
        id(&made).ok_or_else(|| errors::shapeless(&made))
    }
}

/// A file as a part of a form.
fn part(media: &Media, bytes: Vec<u8>) -> Result<Part, Answer> {
    let refused = || {
        let what = format!("The file \"{}\" has the unusable media type \"{}\".", media.name, media.media_type);
        Answer::Reject(Failure::new(FailureCode::ContentRefused, what))
    };
    Part::bytes(bytes)
        .file_name(media.name.clone())
        .mime_str(&media.media_type)
        .map_err(|_| refused())
}

/// Names the file in a refusal.
pub(super) fn about(media: &Media, answer: Answer) -> Answer {
    match answer {
        Answer::Reject(failure) => Answer::Reject(Failure {
            what: format!("The file \"{}\" ({} KiB): {}", media.name, media.size.div_ceil(1024), failure.what),
            ..failure
        }),
        other => other,
    }
}

fn id(made: &Value) -> Option<String> {
    made["id"].as_str().filter(|id| !id.is_empty()).map(str::to_owned)
}

fn no_such(role: &str) -> Answer {
    let what = format!("The post has no picture for the step {role}.");
    Answer::NeedsPerson(Failure::new(FailureCode::Template, what))
}
