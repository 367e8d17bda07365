//! Which node and which edge a call is about.

use axum::http::Method;
use serde_json::Value;

use super::errors::GraphError;
use super::fields::Node;
use super::request::Call;
use super::world::World;

/// Graph versions that answer, oldest first; an older or absent one is served by the oldest.
pub(super) const VERSIONS: [&str; 6] = ["v21.0", "v22.0", "v23.0", "v24.0", "v25.0", "v26.0"];

impl World {
    /// Answers a call: what it does, it does at once and for good.
    pub fn answer(&mut self, call: &Call) -> Result<Value, GraphError> {
        self.calls += 1;
        self.tick()?;
        let segments: Vec<&str> = call.segments.iter().map(String::as_str).collect();
        match (&call.method, segments.as_slice()) {
            (_, ["oauth", "access_token"]) => self.exchange(call),
            (&Method::GET, ["debug_token"]) => self.debug_token(call),
            (&Method::GET, []) => self.read_url(call),
            (&Method::POST, []) => self.scrape(call),
            (&Method::GET, [node]) => self.read_node(call, node),
            (&Method::POST, [node]) => self.update_node(call, node),
            (&Method::DELETE, [node]) => self.delete_node(call, node),
            (&Method::GET, [node, edge]) => self.read_edge(call, node, edge),
            (&Method::POST, [node, edge]) => self.create_on_edge(call, node, edge),
            _ => Err(unknown_path(call)),
        }
    }

    fn create_on_edge(&mut self, call: &Call, node: &str, edge: &str) -> Result<Value, GraphError> {
        let on_page = self.is_page(call, node);
        match edge {
            "feed" if on_page => self.create_post(call),
            "photos" if on_page => self.create_photo(call),
            "videos" if on_page => self.create_video(call),
            "comments" => self.create_comment(call, node),
            _ => {
                self.caller(call)?;
                Err(GraphError::missing_object("post", node))
            }
        }
    }

    /// Whether a path names the Page: by its id, or as `me` with a Page token.
    pub fn is_page(&self, call: &Call, node: &str) -> bool {
        let page_token = || self.caller(call).is_ok_and(|token| token.kind == super::tokens::TokenKind::Page);
        node == self.options.page_id || (node == "me" && page_token())
    }
}

/// An edge that a node does not have.
pub(super) fn no_such_edge(edge: &str, node: Node) -> GraphError {
    GraphError::parameter(format!("Tried accessing nonexisting field ({edge}) on node type ({})", node.name()))
}

fn unknown_path(call: &Call) -> GraphError {
    let rest = call.segments.iter().skip(1).map(String::as_str).collect::<Vec<_>>().join("/");
    GraphError::new(2500, format!("Unknown path components: /{rest}"))
}

/// The version that serves a call, or an error for one that does not exist yet.
pub(super) fn served_version(call: &Call) -> Result<&'static str, GraphError> {
    let Some(asked) = &call.version else { return Ok(VERSIONS[0]) };
    let major = |version: &str| version.trim_start_matches('v').split('.').next().and_then(|text| text.parse().ok());
    let asked_major: u32 = major(asked).unwrap_or(0);
    if let Some(version) = VERSIONS.iter().find(|version| *version == asked) {
        return Ok(version);
    }
    if asked_major < 21 {
        return Ok(VERSIONS[0]);
    }
    Err(GraphError::new(2500, format!("Unknown path components: /{asked}")))
}
