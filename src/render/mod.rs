//! Placeholder shape until the render branch lands.
#![allow(missing_docs)]
use crate::item::Lang;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Category {
    pub key: String,
    pub label: String,
}
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Media {
    pub name: String,
    pub media_type: String,
    pub sha256: String,
    pub size: usize,
    pub title: String,
    pub alt: String,
    pub url: String,
}
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Post {
    pub channel: String,
    pub languages: Vec<Lang>,
    pub slug: String,
    pub link: String,
    pub title: String,
    pub kind: String,
    pub category: Option<Category>,
    pub tags: Vec<String>,
    pub parts: BTreeMap<String, String>,
    pub media: Vec<Media>,
}
impl Post {
    pub fn hash(&self) -> String {
        String::new()
    }
    pub fn part(&self, name: &str) -> &str {
        self.parts.get(name).map_or("", String::as_str)
    }
}
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct RenderError(String);
pub struct Renderer;
impl Renderer {
    pub fn fill(&self, _t: &str, _d: &serde_json::Value) -> Result<String, RenderError> {
        Err(RenderError(String::new()))
    }
}
