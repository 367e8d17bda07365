//! `GET /{node}`: every kind of object as Graph shows it, whole; `fields` picks from that.

use serde_json::{Value, json};

use super::attachments::{picture_url, status_type};
use super::clock::{graph_time, now};
use super::errors::GraphError;
use super::fields::{Node, project};
use super::media::is_kept;
use super::model::{Comment, Photo, Post, Video};
use super::params::Params;
use super::request::Call;
use super::settings::Condition;
use super::tokens::{Token, TokenKind};
use super::world::World;

/// The person behind the user token.
pub(super) const USER_ID: &str = "10150000000000042";
/// How the consent dialog addresses that person.
pub(super) const USER_NAME: &str = "Arta Shembulli";
/// What the person may do on the Page.
pub(super) const TASKS: [&str; 6] = ["ADVERTISE", "ANALYZE", "CREATE_CONTENT", "MESSAGING", "MODERATE", "MANAGE"];

impl World {
    /// Reads any one object.
    pub fn read_node(&mut self, call: &Call, node: &str) -> Result<Value, GraphError> {
        let token = self.caller(call)?;
        let (kind, whole) = self.node(call, &token, node)?;
        if !matches!(kind, Node::Page | Node::User | Node::Application) {
            self.reader(call)?;
        }
        project(kind, &whole, Params(&call.params).text("fields").as_deref())
    }

    fn node(&mut self, call: &Call, token: &Token, id: &str) -> Result<(Node, Value), GraphError> {
        if self.is_page(call, id) {
            return Ok((Node::Page, self.show_page(token, &call.base_url())?));
        }
        if id == "me" || id == USER_ID {
            return Ok((Node::User, json!({ "id": USER_ID, "name": USER_NAME })));
        }
        if id == "app" || id == self.options.app_id {
            return Ok((Node::Application, self.show_application()));
        }
        self.content_node(id, &call.base_url())
            .ok_or_else(|| GraphError::missing_object("get", id))
    }

    fn content_node(&self, id: &str, base: &str) -> Option<(Node, Value)> {
        let post = self.posts.get(id).filter(|post| !post.deleted && self.is_readable(post.created));
        let photo = self.photos.get(id).filter(|photo| is_kept(photo));
        let video = self.videos.get(id).filter(|video| !video.deleted);
        let comment = self.comments.get(id).filter(|comment| !comment.deleted);
        post.map(|post| (Node::Post, self.show_post(post, base)))
            .or_else(|| photo.map(|photo| (Node::Photo, self.show_photo(photo, base))))
            .or_else(|| video.map(|video| (Node::Video, self.show_video(video, base))))
            .or_else(|| comment.map(|comment| (Node::Comment, self.show_comment(comment, base))))
    }

    /// Whether what was written then can be read back already.
    pub fn is_readable(&self, written: i64) -> bool {
        written.saturating_add(self.settings.read_lag_ms) <= now()
    }

    fn show_page(&mut self, token: &Token, base: &str) -> Result<Value, GraphError> {
        let access_token = match token.kind {
            TokenKind::App => None,
            TokenKind::Page => Some(token.value.clone()),
            TokenKind::User => Some(self.page_token(token)?),
        };
        Ok(json!({
            "id": self.options.page_id,
            "name": self.options.page_name,
            "access_token": access_token,
            "category": "Government Organization",
            "category_list": [{ "id": "147714868971098", "name": "Government Organization" }],
            "is_published": !self.settings.has(Condition::PageUnpublished),
            "has_transitioned_to_new_page_experience": true,
            "link": format!("{base}/"),
            "tasks": TASKS,
            "fan_count": 0,
            "followers_count": 0,
        }))
    }

    /// The app, as the `application` field has it.
    pub fn show_application(&self) -> Value {
        json!({ "category": "Utilities", "link": "https://www.facebook.com/", "name": "Kasnec", "id": self.options.app_id })
    }

    /// A post with every field.
    pub fn show_post(&self, post: &Post, base: &str) -> Value {
        let by_app = post.app.as_ref().map(|app| {
            if *app == self.options.app_id {
                self.show_application()
            } else {
                json!({ "name": "Another app", "id": app })
            }
        });
        let comments: Vec<Value> = self
            .comments_of(&post.id)
            .into_iter()
            .map(|comment| self.show_comment(comment, base))
            .collect();
        json!({
            "id": post.id,
            "message": post.message,
            "created_time": graph_time(post.shown_time()),
            "updated_time": graph_time(post.updated),
            "backdated_time": post.backdated.map(graph_time),
            "permalink_url": self.permalink(post, base),
            "application": by_app,
            "status_type": status_type(self, post),
            "attachments": self.attachments(post, base),
            "is_published": post.published.is_some(),
            "is_hidden": post.hidden,
            "is_pinned": post.pinned,
            "is_expired": false,
            "scheduled_publish_time": post.scheduled.map(|at| at / 1000),
            "from": self.author(),
            "full_picture": self.first_picture(post, base),
            "comments": if comments.is_empty() { Value::Null } else { json!({ "data": comments }) },
        })
    }

    fn first_picture(&self, post: &Post, base: &str) -> Option<String> {
        post.media
            .iter()
            .find_map(|id| self.photos.get(id))
            .map(|photo| picture_url(photo, base))
    }

    /// A photo with every field.
    pub fn show_photo(&self, photo: &Photo, base: &str) -> Value {
        let source = picture_url(photo, base);
        json!({
            "id": photo.id,
            "name": photo.caption,
            "alt_text_custom": photo.alt_text,
            "alt_text": photo.alt_text,
            "created_time": graph_time(photo.created),
            "updated_time": graph_time(photo.created),
            "images": [{ "height": photo.height, "source": source, "width": photo.width }],
            "picture": source,
            "width": photo.width,
            "height": photo.height,
            "link": source,
            "page_story_id": photo.post,
            "from": self.author(),
        })
    }

    /// A video with every field.
    pub fn show_video(&self, video: &Video, base: &str) -> Value {
        json!({
            "id": video.id,
            "title": video.title,
            "description": video.description,
            "created_time": graph_time(video.created),
            "updated_time": graph_time(video.finished.unwrap_or(video.created)),
            "status": self.video_status(video),
            "permalink_url": format!("{base}/{}/videos/{}", self.options.page_id, video.id),
            "published": video.published,
            "post_id": video.post,
            "from": self.author(),
        })
    }

    fn video_status(&self, video: &Video) -> Value {
        let processed = video.finished.is_some_and(|at| self.is_readable(at));
        let phase = |done: bool, begun: bool| match (done, begun) {
            (true, _) => "complete",
            (false, true) => "in_progress",
            (false, false) => "not_started",
        };
        let publish_status = match (video.published, video.scheduled) {
            (true, _) => "published",
            (false, Some(_)) => "scheduled",
            (false, None) => "draft",
        };
        let video_status = match (processed, video.finished) {
            (true, _) => "ready",
            (false, Some(_)) => "processing",
            (false, None) => "uploading",
        };
        json!({
            "video_status": video_status,
            "uploading_phase": { "status": phase(video.finished.is_some(), true), "bytes_transferred": video.received },
            "processing_phase": { "status": phase(processed, video.finished.is_some()) },
            "publishing_phase": {
                "status": phase(processed && video.published, processed),
                "publish_status": publish_status,
                "publish_time": video.scheduled.or(video.finished).map(graph_time),
            },
        })
    }

    /// A comment with every field.
    pub fn show_comment(&self, comment: &Comment, base: &str) -> Value {
        let local = comment.post.rsplit('_').next().unwrap_or_default();
        json!({
            "created_time": graph_time(comment.created),
            "from": self.author(),
            "message": comment.message,
            "id": comment.id,
            "permalink_url": format!("{base}/{}/posts/{local}#{}", self.options.page_id, comment.id),
            "attachment": comment.attachment_url.as_ref().map(|url| json!({ "type": "share", "url": url })),
            "comment_count": 0,
            "like_count": 0,
        })
    }

    fn author(&self) -> Value {
        json!({ "name": self.options.page_name, "id": self.options.page_id })
    }
}
