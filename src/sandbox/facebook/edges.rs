//! `GET /{node}/{edge}`: the lists.

use serde_json::{Value, json};

use super::clock::now;
use super::errors::GraphError;
use super::fields::{Node, project};
use super::graph::no_such_edge;
use super::media::is_kept;
use super::model::Post;
use super::nodes::{TASKS, USER_ID};
use super::paging::{Item, page};
use super::params::Params;
use super::request::Call;
use super::settings::Condition;
use super::tokens::TokenKind;
use super::world::World;

/// The lists of posts that a Page has.
#[derive(Clone, Copy)]
enum Shelf {
    Published,
    Scheduled,
    Ads,
}

impl World {
    /// Reads a list.
    pub fn read_edge(&mut self, call: &Call, node: &str, edge: &str) -> Result<Value, GraphError> {
        if self.is_page(call, node) {
            return self.page_edge(call, edge);
        }
        match (node, edge) {
            ("me" | USER_ID, "accounts") => self.accounts(call),
            ("me" | USER_ID, "permissions") => self.permissions(call),
            _ => self.post_edge(call, node, edge),
        }
    }

    fn page_edge(&mut self, call: &Call, edge: &str) -> Result<Value, GraphError> {
        self.reader(call)?;
        match edge {
            "published_posts" | "feed" | "posts" => self.shelf(call, Shelf::Published),
            "scheduled_posts" => self.shelf(call, Shelf::Scheduled),
            "ads_posts" => self.shelf(call, Shelf::Ads),
            "photos" => self.page_photos(call),
            "videos" => self.page_videos(call),
            _ => Err(no_such_edge(edge, Node::Page)),
        }
    }

    fn shelf(&self, call: &Call, kind: Shelf) -> Result<Value, GraphError> {
        let params = Params(&call.params);
        let hidden_too = params.flag("include_hidden")? == Some(true);
        let since = params.instant("since")?.unwrap_or(i64::MIN);
        let until = params.instant("until")?.unwrap_or(i64::MAX);
        let items = self
            .posts
            .values()
            .filter(|post| !post.deleted && (hidden_too || !post.hidden))
            .filter(|post| self.stands_on(post, kind) && (since..=until).contains(&post.shown_time()))
            .map(|post| self.post_item(call, post))
            .collect::<Result<_, _>>()?;
        page(call, items)
    }

    fn stands_on(&self, post: &Post, kind: Shelf) -> bool {
        let dark = !matches!(
            post.unpublished_type.as_deref(),
            Some("DRAFT" | "SCHEDULED" | "SCHEDULED_RECURRING")
        );
        match kind {
            Shelf::Published => post.published.is_some_and(|at| self.is_readable(at)),
            Shelf::Scheduled => post.published.is_none() && post.scheduled.is_some() && self.is_readable(post.created),
            Shelf::Ads => post.published.is_none() && post.scheduled.is_none() && dark && self.is_readable(post.created),
        }
    }

    fn post_item(&self, call: &Call, post: &Post) -> Result<Item, GraphError> {
        let fields = Params(&call.params).text("fields");
        let shown = project(Node::Post, &self.show_post(post, &call.base_url()), fields.as_deref())?;
        Ok(Item {
            key: (post.shown_time(), post.id.clone()),
            shown,
        })
    }

    fn page_photos(&self, call: &Call) -> Result<Value, GraphError> {
        let fields = Params(&call.params).text("fields");
        let shown = self.photos.values().filter(|photo| is_kept(photo) && photo.published);
        let items = shown
            .map(|photo| {
                let shown = project(Node::Photo, &self.show_photo(photo, &call.base_url()), fields.as_deref())?;
                Ok(Item {
                    key: (photo.created, photo.id.clone()),
                    shown,
                })
            })
            .collect::<Result<_, GraphError>>()?;
        page(call, items)
    }

    fn page_videos(&self, call: &Call) -> Result<Value, GraphError> {
        let fields = Params(&call.params).text("fields");
        let shown = self.videos.values().filter(|video| !video.deleted && video.finished.is_some());
        let items = shown
            .map(|video| {
                let shown = project(Node::Video, &self.show_video(video, &call.base_url()), fields.as_deref())?;
                Ok(Item {
                    key: (video.created, video.id.clone()),
                    shown,
                })
            })
            .collect::<Result<_, GraphError>>()?;
        page(call, items)
    }

    fn post_edge(&self, call: &Call, id: &str, edge: &str) -> Result<Value, GraphError> {
        self.reader(call)?;
        let post = self.post(id, "get")?;
        match edge {
            "comments" => self.comment_list(call, id),
            "attachments" => Ok(match self.attachments(post, &call.base_url()) {
                Value::Null => json!({ "data": [] }),
                attachments => attachments,
            }),
            _ => Err(no_such_edge(edge, Node::Post)),
        }
    }

    /// Oldest first, as Graph orders comments: the key counts backwards.
    fn comment_list(&self, call: &Call, post: &str) -> Result<Value, GraphError> {
        let fields = Params(&call.params).text("fields");
        let items = self
            .comments_of(post)
            .into_iter()
            .map(|comment| {
                let shown = project(Node::Comment, &self.show_comment(comment, &call.base_url()), fields.as_deref())?;
                Ok(Item {
                    key: (-comment.created, comment.id.clone()),
                    shown,
                })
            })
            .collect::<Result<_, GraphError>>()?;
        page(call, items)
    }

    fn accounts(&mut self, call: &Call) -> Result<Value, GraphError> {
        let token = self.caller(call)?;
        let listed = self.has_scopes(&token, &["pages_show_list"]) && !self.settings.has(Condition::PageUnlisted);
        if token.kind != TokenKind::User || !listed {
            return Ok(json!({ "data": [] }));
        }
        let whole = json!({
            "access_token": self.page_token(&token)?,
            "category": "Government Organization",
            "category_list": [{ "id": "147714868971098", "name": "Government Organization" }],
            "name": self.options.page_name,
            "id": self.options.page_id,
            "tasks": TASKS,
        });
        let asked = Params(&call.params).filled("fields");
        let all = "access_token,category,category_list,name,id,tasks";
        let shown = project(Node::Page, &whole, Some(asked.as_deref().unwrap_or(all)))?;
        page(
            call,
            vec![Item {
                key: (now(), self.options.page_id.clone()),
                shown,
            }],
        )
    }

    fn permissions(&self, call: &Call) -> Result<Value, GraphError> {
        let token = self.caller(call)?;
        let granted = |scope| json!({ "permission": scope, "status": "granted" });
        Ok(json!({ "data": self.scopes(&token).into_iter().map(granted).collect::<Vec<_>>() }))
    }
}
