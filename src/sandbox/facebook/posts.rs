//! `POST /{page}/feed`: a post, a draft or a scheduled post.

use serde_json::{Value, json};

use super::clock::now;
use super::errors::GraphError;
use super::fields::{Node, project};
use super::journal::Entry;
use super::model::Post;
use super::params::Params;
use super::request::Call;
use super::world::World;

/// What Meta's tables allow as `unpublished_content_type`.
pub(super) const UNPUBLISHED_TYPES: [&str; 8] = [
    "SCHEDULED",
    "SCHEDULED_RECURRING",
    "DRAFT",
    "PUBLISH_PENDING",
    "ADS_POST",
    "INLINE_CREATED",
    "PUBLISHED",
    "REVIEWABLE_BRANDED_CONTENT",
];
const GRANULARITIES: [&str; 6] = ["year", "month", "day", "hour", "min", "none"];
/// The customary cap, in characters.
const LONGEST_MESSAGE: usize = 63_206;
const MINUTE: i64 = 60_000;
const DAY: i64 = 86_400_000;

/// What a new post is to be.
#[derive(Debug, Default)]
pub(super) struct Content {
    pub message: Option<String>,
    pub link: Option<String>,
    pub media: Vec<String>,
    pub publication: Publication,
}

/// When and how a new post becomes public.
#[derive(Debug, Default)]
pub(super) struct Publication {
    pub published: bool,
    pub scheduled: Option<i64>,
    pub backdated: Option<i64>,
    pub unpublished_type: Option<String>,
}

impl World {
    /// Makes a post and answers with its id, or with the fields asked for.
    pub fn create_post(&mut self, call: &Call) -> Result<Value, GraphError> {
        let token = self.publisher(call)?;
        let content = self.post_content(Params(&call.params))?;
        let id = self.add_post(content)?;
        tracing::debug!(post = %id, kind = ?token.kind, "the sandbox accepted a post");
        let post = &self.posts[&id];
        match Params(&call.params).filled("fields") {
            Some(fields) => project(Node::Post, &self.show_post(post, &call.base_url()), Some(&fields)),
            None => Ok(json!({ "id": id, "post_supports_client_mutation_id": true })),
        }
    }

    fn post_content(&self, params: Params) -> Result<Content, GraphError> {
        let content = Content {
            message: message(params)?,
            link: link(params)?,
            media: self.attachable_media(params)?,
            publication: publication(params)?,
        };
        if params.has("tags") && !params.has("place") {
            return Err(GraphError::parameter("You must specify a place to tag people in a post."));
        }
        if content.message.is_none() && content.link.is_none() && content.media.is_empty() {
            return Err(empty());
        }
        self.check_scheduled_photos(&content)?;
        Ok(content)
    }

    fn check_scheduled_photos(&self, content: &Content) -> Result<(), GraphError> {
        let lasting = |id: &&String| self.photos.get(*id).is_some_and(|photo| !photo.temporary);
        match content.media.iter().find(lasting) {
            Some(id) if content.publication.scheduled.is_some() => Err(GraphError::parameter(format!(
                "Photo {id} of a scheduled post must be uploaded with temporary=true."
            ))),
            _ => Ok(()),
        }
    }

    /// Stores a new post and hangs its media on it.
    pub fn add_post(&mut self, content: Content) -> Result<String, GraphError> {
        let local = self.fresh_id();
        let id = format!("{}_{local}", self.options.page_id);
        let created = now();
        let publication = content.publication;
        let post = Post {
            id: id.clone(),
            message: content.message,
            link: content.link,
            media: content.media.clone(),
            created,
            updated: created,
            published: publication.published.then_some(created),
            scheduled: publication.scheduled,
            backdated: publication.backdated,
            unpublished_type: publication.unpublished_type,
            hidden: false,
            pinned: false,
            deleted: false,
            audience: self.audience(),
            app: Some(self.options.app_id.clone()),
            edits: 0,
            publish_calls: u32::from(publication.published),
        };
        self.put(Entry::Post(Box::new(post)))?;
        self.hang_media(&content.media, &id)?;
        Ok(id)
    }
}

/// The message; `null` is not the same as none.
pub(super) fn message(params: Params) -> Result<Option<String>, GraphError> {
    if params.is_null("message") {
        return Err(empty());
    }
    let message = params.filled("message");
    if message.as_ref().is_some_and(|text| text.chars().count() > LONGEST_MESSAGE) {
        return Err(GraphError::parameter("The post message is too long."));
    }
    Ok(message)
}

fn empty() -> GraphError {
    GraphError::new(197, "(#197) The post is empty. Please enter a message to share.")
}

fn link(params: Params) -> Result<Option<String>, GraphError> {
    let Some(text) = params.filled("link") else { return Ok(None) };
    let usable = url::Url::parse(&text).is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
    if usable {
        Ok(Some(text))
    } else {
        Err(GraphError::new(1500, "(#1500) The url you supplied is invalid"))
    }
}

/// Reads `published`, `scheduled_publish_time` and their kin, and holds them against each other.
pub(super) fn publication(params: Params) -> Result<Publication, GraphError> {
    params.one_of("backdated_time_granularity", &GRANULARITIES)?;
    let scheduled = params.instant("scheduled_publish_time")?;
    let unpublished_type = params.one_of("unpublished_content_type", &UNPUBLISHED_TYPES)?;
    let published = params.flag("published")?.unwrap_or(true);
    if published && scheduled.is_some() {
        return Err(GraphError::parameter(
            "You cannot specify a scheduled publish time on a published post",
        ));
    }
    if let Some(at) = scheduled {
        check_schedule(at)?;
    }
    Ok(Publication {
        published,
        scheduled,
        backdated: params.instant("backdated_time")?,
        unpublished_type,
    })
}

/// Between ten minutes and 75 days ahead: the wider of the two ranges that Meta documents.
pub(super) fn check_schedule(at: i64) -> Result<(), GraphError> {
    let ahead = at - now();
    if (10 * MINUTE - 5_000..=75 * DAY).contains(&ahead) {
        return Ok(());
    }
    Err(GraphError::parameter(
        "The specified scheduled publish time is invalid: it must be between 10 minutes and 75 days from now.",
    ))
}
