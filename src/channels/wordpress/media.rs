//! Files: uploaded once, found again by slug, removed with a discarded draft.

use serde_json::Value;

use super::api::Upload;
use super::errors;
use super::{WordPress, content, plan};
use crate::channels::Job;
use crate::receipt::{Answer, Failure, FailureCode, Object, Phase};
use crate::render::Media;

impl WordPress {
    /// Uploads the file of that role, unless it is there: the same file sent twice becomes two.
    pub(super) async fn upload(&self, role: &str, job: &Job) -> Result<Object, Answer> {
        if let Some(there) = self.find_file(role, job).await? {
            return Ok(there);
        }
        let media = file(role, job)?;
        let slug = content::media_slug(role, job);
        let upload = Upload {
            name: &media.name,
            media_type: &media.media_type,
            bytes: self.bytes(media).await?,
            fields: &[
                ("slug", &slug),
                ("title", &media.title),
                ("alt_text", &media.alt),
                ("_fields", "id,slug,source_url"),
            ],
        };
        let made = self
            .api
            .upload(upload)
            .await
            .map_err(|fault| about(media, self.api.answer(&fault)))?;
        object(role, &made)
    }

    /// Looks for the file of that role.
    pub(super) async fn find_file(&self, role: &str, job: &Job) -> Result<Option<Object>, Answer> {
        let slug = content::media_slug(role, job);
        let slugs = format!("{slug},{slug}-2,{slug}-3");
        // Attachments have no status of their own: `any`, right for posts, is refused here.
        let query = [
            ("slug", slugs.as_str()),
            ("status", "inherit,private"),
            ("context", "edit"),
            ("orderby", "id"),
            ("order", "asc"),
            ("_fields", "id,slug,source_url"),
        ];
        let found = self.api.read("/wp/v2/media", &query).await?;
        found.get(0).map(|first| object(role, first)).transpose()
    }

    /// Removes a file for good; media know no trash.
    pub(super) async fn remove_file(&self, role: &str, job: &Job) -> Result<Object, Answer> {
        let Some(file) = plan::object(job, role) else {
            return Ok(Object::new(role, Phase::Gone, ""));
        };
        self.remove(&format!("/wp/v2/media/{}", file.remote_id)).await?;
        Ok(Object::new(role, Phase::Gone, &file.remote_id))
    }

    /// Deletes for good; what is not there any more counts as deleted.
    pub(super) async fn remove(&self, path: &str) -> Result<(), Answer> {
        match self.api.delete(path, true).await {
            Err(fault) if !fault.is_gone() => Err(self.api.answer(&fault)),
            _ => Ok(()),
        }
    }

    async fn bytes(&self, media: &Media) -> Result<Vec<u8>, Answer> {
        match self.files.bytes(&self.office, &media.sha256).await {
            Ok(Some(bytes)) => Ok(bytes.to_vec()),
            Ok(None) => Err(Answer::NeedsPerson(Failure::new(
                FailureCode::Storage,
                format!("The file \"{}\" is not in our store any more.", media.name),
            ))),
            Err(error) => Err(Answer::Retry(Failure::new(FailureCode::Storage, error.to_string()))),
        }
    }
}

fn file<'a>(role: &str, job: &'a Job) -> Result<&'a Media, Answer> {
    let mut media = job.post.media.iter();
    media.find(|media| plan::media_role(media) == role).ok_or_else(|| {
        Answer::NeedsPerson(Failure::new(
            FailureCode::Template,
            format!("The post has no file for the step {role}."),
        ))
    })
}

fn object(role: &str, media: &Value) -> Result<Object, Answer> {
    let (Some(id), Some(url)) = (media["id"].as_i64(), media["source_url"].as_str()) else {
        return Err(errors::shapeless(media));
    };
    Ok(Object::new(role, Phase::Draft, id.to_string()).at(url))
}

/// Names the file and its size in a refusal.
fn about(media: &Media, answer: Answer) -> Answer {
    let named = |failure: Failure| Failure {
        what: format!("The file \"{}\" ({}): {}", media.name, size(media.size), failure.what),
        ..failure
    };
    match answer {
        Answer::Reject(failure) => Answer::Reject(named(failure)),
        Answer::Unknown(failure) => Answer::Unknown(named(failure)),
        other => other,
    }
}

fn size(bytes: usize) -> String {
    match bytes {
        0..1024 => format!("{bytes} B"),
        1024..1_048_576 => format!("{} KiB", bytes / 1024),
        _ => format!("{} MiB", bytes / 1_048_576),
    }
}
