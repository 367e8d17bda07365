//! What the sandbox remembers. Times are milliseconds since the epoch.

use serde::{Deserialize, Serialize};

/// Who can see what was published.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Audience {
    Everyone,
    /// The app was in development mode: only people with a role on it see the post.
    AppRoles,
}

/// A post of the Page: a draft, scheduled, published or deleted.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Post {
    pub id: String,
    pub message: Option<String>,
    pub link: Option<String>,
    /// Ids of the photos and the video that hang on it.
    pub media: Vec<String>,
    pub created: i64,
    pub updated: i64,
    /// When it became public; `None` while it is a draft.
    pub published: Option<i64>,
    pub scheduled: Option<i64>,
    pub backdated: Option<i64>,
    pub unpublished_type: Option<String>,
    pub hidden: bool,
    pub pinned: bool,
    pub deleted: bool,
    pub audience: Audience,
    /// The app that made it; `None` for a person at facebook.com.
    pub app: Option<String>,
    pub edits: u32,
    /// How often it was asked to become public, repetitions included.
    pub publish_calls: u32,
}

impl Post {
    /// The part after the underscore, which stands in the permalink.
    pub fn local_id(&self) -> &str {
        self.id.rsplit('_').next().unwrap_or(&self.id)
    }

    /// What `created_time` tells: the backdated time, else the publication, else the creation.
    pub fn shown_time(&self) -> i64 {
        self.backdated.or(self.published).unwrap_or(self.created)
    }
}

/// A photo, its bytes kept apart.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Photo {
    pub id: String,
    pub caption: Option<String>,
    pub alt_text: Option<String>,
    pub created: i64,
    pub published: bool,
    pub temporary: bool,
    pub deleted: bool,
    /// The post it hangs on, once it does.
    pub post: Option<String>,
    pub mime: String,
    pub width: u32,
    pub height: u32,
    pub size: usize,
    /// Set when it was given by `url`; the sandbox never fetches.
    pub url: Option<String>,
}

/// A video and how far its upload has come.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Video {
    pub id: String,
    pub session: String,
    pub size: u64,
    pub received: u64,
    pub title: Option<String>,
    pub description: Option<String>,
    pub created: i64,
    /// When the upload was finished, from which on it is processed.
    pub finished: Option<i64>,
    pub published: bool,
    pub scheduled: Option<i64>,
    pub deleted: bool,
    pub post: Option<String>,
}

/// A comment below a post.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Comment {
    pub id: String,
    pub post: String,
    pub message: String,
    pub attachment_url: Option<String>,
    pub created: i64,
    pub deleted: bool,
}
