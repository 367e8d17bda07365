//! `POST /{post}` and `DELETE /{node}`: editing, publishing a draft, taking down.

use serde_json::{Value, json};

use super::clock::now;
use super::errors::GraphError;
use super::journal::Entry;
use super::model::Post;
use super::params::Params;
use super::posts::{check_schedule, message};
use super::request::Call;
use super::settings::Condition;
use super::world::World;

impl World {
    /// Changes a post; publishing a draft again changes nothing and succeeds again.
    pub fn update_node(&mut self, call: &Call, node: &str) -> Result<Value, GraphError> {
        self.publisher(call)?;
        if self.videos.contains_key(node) {
            return self.update_video(call, node);
        }
        let mut post = self.editable(node)?;
        self.edit(&mut post, Params(&call.params))?;
        let added = self.attachable_media(Params(&call.params))?;
        post.media.extend(added.iter().cloned());
        post.updated = now();
        self.put(Entry::Post(Box::new(post)))?;
        self.hang_media(&added, node)?;
        Ok(json!({ "success": true }))
    }

    fn editable(&self, id: &str) -> Result<Post, GraphError> {
        let post = self.post(id, "post")?;
        if self.settings.has(Condition::EditsRefused) {
            return Err(GraphError::new(200, "(#200) Permissions error"));
        }
        if post.app.as_deref() != Some(self.options.app_id.as_str()) {
            return Err(GraphError::new(200, "(#200) This post wasn't created by the application"));
        }
        Ok(post.clone())
    }

    fn edit(&self, post: &mut Post, params: Params) -> Result<(), GraphError> {
        if let Some(text) = message(params)? {
            post.message = Some(text);
            post.edits += 1;
        }
        if let Some(at) = params.instant("scheduled_publish_time")? {
            reschedule(post, at)?;
        }
        if let Some(at) = params.instant("backdated_time")? {
            post.backdated = Some(at);
        }
        post.hidden = params.flag("is_hidden")?.unwrap_or(post.hidden);
        post.pinned = params.flag("is_pinned")?.unwrap_or(post.pinned);
        match params.flag("is_published")? {
            Some(true) => self.publish(post),
            Some(false) if post.published.is_some() => {
                return Err(GraphError::parameter("A published post cannot be unpublished."));
            }
            _ => {}
        }
        Ok(())
    }

    /// Makes a draft public; what is public stays as it is.
    pub fn publish(&self, post: &mut Post) {
        post.publish_calls += 1;
        if post.published.is_none() {
            post.published = Some(now());
            post.scheduled = None;
            post.audience = self.audience();
        }
    }

    /// Takes a post, photo, video or comment down.
    pub fn delete_node(&mut self, call: &Call, node: &str) -> Result<Value, GraphError> {
        self.publisher(call)?;
        if self.settings.has(Condition::DeletesRefused) {
            return Err(GraphError::new(
                3,
                "(#3) Application does not have the capability to make this API call.",
            ));
        }
        let entry = self.deleted(node).ok_or_else(|| GraphError::missing_object("delete", node))?;
        self.put(entry)?;
        Ok(json!({ "success": true }))
    }

    fn deleted(&self, id: &str) -> Option<Entry> {
        if let Some(post) = self.posts.get(id).filter(|post| !post.deleted) {
            return Some(Entry::Post(Box::new(Post {
                deleted: true,
                updated: now(),
                ..post.clone()
            })));
        }
        if let Some(photo) = self.photos.get(id).filter(|photo| !photo.deleted) {
            let mut photo = photo.clone();
            photo.deleted = true;
            return Some(Entry::Photo(Box::new(photo)));
        }
        if let Some(video) = self.videos.get(id).filter(|video| !video.deleted) {
            let mut video = video.clone();
            video.deleted = true;
            return Some(Entry::Video(Box::new(video)));
        }
        let mut comment = self.comments.get(id).filter(|comment| !comment.deleted)?.clone();
        comment.deleted = true;
        Some(Entry::Comment(Box::new(comment)))
    }
}

fn reschedule(post: &mut Post, at: i64) -> Result<(), GraphError> {
    if post.published.is_some() {
        return Err(GraphError::parameter(
            "You cannot specify a scheduled publish time on a published post",
        ));
    }
    check_schedule(at)?;
    post.scheduled = Some(at);
    Ok(())
}
