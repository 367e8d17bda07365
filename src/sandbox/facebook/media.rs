//! Photos that are uploaded first and hung on a post afterwards.

use serde_json::Value;

use super::clock::now;
use super::errors::GraphError;
use super::journal::Entry;
use super::model::Photo;
use super::params::Params;
use super::world::World;

/// How long an unpublished photo is kept.
const PHOTO_LIFETIME: i64 = 24 * 3_600_000;

impl World {
    /// The ids of `attached_media`, each an unpublished photo that hangs nowhere yet.
    pub fn attachable_media(&self, params: Params) -> Result<Vec<String>, GraphError> {
        let objects = params.objects("attached_media")?;
        let mut ids: Vec<String> = Vec::with_capacity(objects.len());
        for object in &objects {
            let id = media_id(object)?;
            self.check_attachable(&id)?;
            if ids.contains(&id) {
                return Err(GraphError::parameter(format!("Photo {id} is attached twice.")));
            }
            ids.push(id);
        }
        Ok(ids)
    }

    fn check_attachable(&self, id: &str) -> Result<(), GraphError> {
        let photo = self.photos.get(id).filter(|photo| is_kept(photo));
        let Some(photo) = photo else {
            return Err(GraphError::parameter(format!(
                "Param attached_media: media_fbid {id} is not a photo of this Page."
            )));
        };
        if photo.published || photo.post.is_some() {
            return Err(GraphError::new(100, "(#100) These photos were already posted.")
                .subcode(1_366_051)
                .user("Photos already posted", "These photos were already posted."));
        }
        Ok(())
    }

    /// Remembers on each photo and video which post it hangs on.
    pub fn hang_media(&mut self, ids: &[String], post: &str) -> Result<(), GraphError> {
        for id in ids {
            if let Some(mut photo) = self.photos.get(id).cloned() {
                photo.post = Some(post.into());
                self.put(Entry::Photo(Box::new(photo)))?;
            } else if let Some(mut video) = self.videos.get(id).cloned() {
                video.post = Some(post.into());
                self.put(Entry::Video(Box::new(video)))?;
            }
        }
        Ok(())
    }
}

/// Whether a photo is still there: unpublished ones that hang nowhere are deleted after a day.
pub(super) fn is_kept(photo: &Photo) -> bool {
    let lost = !photo.published && photo.post.is_none() && now() - photo.created > PHOTO_LIFETIME;
    !photo.deleted && !lost
}

fn media_id(object: &Value) -> Result<String, GraphError> {
    match object.get("media_fbid") {
        Some(Value::String(id)) => Ok(id.clone()),
        Some(Value::Number(id)) => Ok(id.to_string()),
        _ => Err(GraphError::parameter(
            "Param attached_media must contain objects with a media_fbid.",
        )),
    }
}
