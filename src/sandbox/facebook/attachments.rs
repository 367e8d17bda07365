//! What hangs on a post, as the `attachments` field shows it.

use serde_json::{Map, Value, json};

use super::media::is_kept;
use super::model::{Photo, Post, Video};
use super::scrape::link_title;
use super::world::World;

impl World {
    /// `{"data":[…]}`, or null when nothing hangs on the post.
    pub fn attachments(&self, post: &Post, base: &str) -> Value {
        let media: Vec<Value> = post.media.iter().filter_map(|id| self.attachment(id, base)).collect();
        let whole = match media.len() {
            0 => post.link.as_ref().map(|link| share(link)),
            1 => media.into_iter().next(),
            _ => Some(self.album(post, &media, base)),
        };
        whole.map_or(Value::Null, |attachment| json!({ "data": [attachment] }))
    }

    fn attachment(&self, id: &str, base: &str) -> Option<Value> {
        let photo = self
            .photos
            .get(id)
            .filter(|photo| is_kept(photo))
            .map(|photo| photo_attachment(photo, base));
        photo.or_else(|| {
            self.videos
                .get(id)
                .filter(|video| !video.deleted)
                .map(|video| video_attachment(video, base))
        })
    }

    fn album(&self, post: &Post, media: &[Value], base: &str) -> Value {
        json!({
            "media": media.first().and_then(|first| first.get("media")),
            "subattachments": { "data": media },
            "target": { "id": post.local_id(), "url": self.permalink(post, base) },
            "title": format!("Photos from {}'s post", self.options.page_name),
            "type": "album",
            "url": self.permalink(post, base),
        })
    }

    /// Where a post can be looked at.
    pub fn permalink(&self, post: &Post, base: &str) -> String {
        format!("{base}/{}/posts/{}", self.options.page_id, post.local_id())
    }
}

/// What kind of story a post is, in Meta's words.
pub(super) fn status_type(world: &World, post: &Post) -> &'static str {
    match post.media.first() {
        Some(id) if world.videos.contains_key(id) => "added_video",
        Some(_) => "added_photos",
        None if post.link.is_some() => "shared_story",
        None => "mobile_status_update",
    }
}

/// The picture itself, as the sandbox serves it.
pub(super) fn picture_url(photo: &Photo, base: &str) -> String {
    photo.url.clone().unwrap_or_else(|| format!("{base}/_sandbox/photo/{}", photo.id))
}

fn share(link: &str) -> Value {
    json!({
        "description": "",
        "target": { "url": link },
        "title": link_title(link),
        "type": "share",
        "unshimmed_url": link,
        "url": link,
    })
}

fn photo_attachment(photo: &Photo, base: &str) -> Value {
    let mut attachment = Map::new();
    if let Some(caption) = &photo.caption {
        attachment.insert("description".into(), json!(caption));
    }
    let image = json!({ "height": photo.height, "src": picture_url(photo, base), "width": photo.width });
    attachment.insert("media".into(), json!({ "image": image }));
    attachment.insert("target".into(), target(&photo.id, base));
    attachment.insert("type".into(), json!("photo"));
    attachment.insert("url".into(), json!(picture_url(photo, base)));
    Value::Object(attachment)
}

fn video_attachment(video: &Video, base: &str) -> Value {
    json!({
        "description": video.description,
        "target": target(&video.id, base),
        "title": video.title,
        "type": "video_inline",
        "url": format!("{base}/{}", video.id),
    })
}

fn target(id: &str, base: &str) -> Value {
    json!({ "id": id, "url": format!("{base}/{id}") })
}
