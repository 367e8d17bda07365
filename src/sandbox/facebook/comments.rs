//! `POST /{post}/comments`: the Page comments on its own post.

use serde_json::{Value, json};

use super::clock::now;
use super::errors::GraphError;
use super::fields::{Node, project};
use super::journal::Entry;
use super::model::Comment;
use super::params::Params;
use super::request::Call;
use super::world::World;

impl World {
    /// Adds a comment.
    pub fn create_comment(&mut self, call: &Call, post: &str) -> Result<Value, GraphError> {
        self.commenter(call)?;
        let params = Params(&call.params);
        let local = self.post(post, "post")?.local_id().to_owned();
        let message = params.filled("message").unwrap_or_default();
        let attachment_url = params.filled("attachment_url");
        if message.is_empty() && attachment_url.is_none() {
            return Err(GraphError::parameter("You must provide a message or an attachment."));
        }
        let id = format!("{local}_{}", self.fresh_id());
        let comment = Comment {
            id: id.clone(),
            post: post.into(),
            message,
            attachment_url,
            created: now(),
            deleted: false,
        };
        self.put(Entry::Comment(Box::new(comment)))?;
        match params.filled("fields") {
            Some(fields) => project(
                Node::Comment,
                &self.show_comment(&self.comments[&id], &call.base_url()),
                Some(&fields),
            ),
            None => Ok(json!({ "id": id })),
        }
    }

    /// The comments of a post, oldest first.
    pub fn comments_of(&self, post: &str) -> Vec<&Comment> {
        self.comments
            .values()
            .filter(|comment| comment.post == post && !comment.deleted)
            .collect()
    }
}
