//! `/_sandbox/`: what a test says to the sandbox, and what the sandbox tells a test.

use std::collections::BTreeMap;

use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::{Value, json};

use super::errors::GraphError;
use super::faults::Fault;
use super::journal::Entry;
use super::model::Post;
use super::posts::{Content, Publication};
use super::server::App;
use super::settings::{Change, Settings};
use super::tokens::{Token, TokenKind, TokenState};
use super::world::World;

/// The routes of the control API.
pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/faults", get(faults).post(queue_faults).delete(drop_faults))
        .route("/settings", get(settings).post(change_settings))
        .route("/tokens", get(tokens).post(change_tokens))
        .route("/posts", get(posts).post(foreign_post))
        .route("/scraped", get(scraped))
        .route("/reset", post(reset))
        .route("/photo/{id}", get(photo))
}

/// One thing, or a list of it.
#[derive(Deserialize)]
#[serde(untagged)]
enum OneOrMore<T> {
    More(Vec<T>),
    One(T),
}

async fn faults(State(app): State<App>) -> Json<Vec<Fault>> {
    Json(app.faults().clone())
}

async fn queue_faults(State(app): State<App>, Json(new): Json<OneOrMore<Fault>>) -> Json<Vec<Fault>> {
    let mut queue = app.faults();
    match new {
        OneOrMore::One(fault) => queue.push(fault),
        OneOrMore::More(faults) => queue.extend(faults),
    }
    Json(queue.clone())
}

async fn drop_faults(State(app): State<App>) -> StatusCode {
    app.faults().clear();
    StatusCode::NO_CONTENT
}

async fn settings(State(app): State<App>) -> Json<Settings> {
    Json(app.world().settings.clone())
}

async fn change_settings(State(app): State<App>, Json(change): Json<Change>) -> Result<Json<Settings>, GraphError> {
    let mut world = app.world();
    let mut settings = world.settings.clone();
    settings.change(change);
    world.put(Entry::Settings(settings.clone()))?;
    Ok(Json(settings))
}

async fn tokens(State(app): State<App>) -> Json<Vec<Token>> {
    Json(app.world().tokens.values().cloned().collect())
}

/// What is to become of some tokens.
#[derive(Deserialize)]
struct TokenChange {
    /// `page`, `user`, or the token itself.
    token: String,
    state: TokenState,
    /// Seconds since the epoch.
    expires_at: Option<i64>,
    data_access_expires_at: Option<i64>,
}

async fn change_tokens(State(app): State<App>, Json(change): Json<TokenChange>) -> Result<Json<Vec<Token>>, GraphError> {
    let mut world = app.world();
    let meant = |token: &Token| match change.token.as_str() {
        "page" => token.kind == TokenKind::Page,
        "user" => token.kind == TokenKind::User,
        value => token.value == value,
    };
    let mut changed: Vec<Token> = world.tokens.values().filter(|token| meant(token)).cloned().collect();
    for token in &mut changed {
        token.state = change.state;
        token.expires_at = change.expires_at.unwrap_or(token.expires_at);
        token.data_access_expires_at = change.data_access_expires_at.unwrap_or(token.data_access_expires_at);
        world.put(Entry::Token(Box::new(token.clone())))?;
    }
    Ok(Json(changed))
}

async fn posts(State(app): State<App>) -> Json<Value> {
    let world = app.world();
    let mut creates: BTreeMap<(String, String), u32> = BTreeMap::new();
    for post in world.posts.values() {
        *creates.entry(content_key(post)).or_default() += 1;
    }
    let shown: Vec<Value> = world
        .posts
        .values()
        .map(|post| shown(&world, post, creates[&content_key(post)]))
        .collect();
    let count = |wanted: fn(&Post) -> bool| world.posts.values().filter(|post| wanted(post)).count();
    Json(json!({
        "created": world.posts.len(),
        "published": count(|post| !post.deleted && post.published.is_some()),
        "drafts": count(|post| !post.deleted && post.published.is_none()),
        "deleted": count(|post| post.deleted),
        "posts": shown,
    }))
}

/// Posts that say the same: the sandbox, unlike a reader, counts them.
fn content_key(post: &Post) -> (String, String) {
    (post.message.clone().unwrap_or_default(), post.link.clone().unwrap_or_default())
}

fn shown(world: &World, post: &Post, creates: u32) -> Value {
    let state = match post {
        Post { deleted: true, .. } => "deleted",
        Post { published: Some(_), .. } => "published",
        Post { scheduled: Some(_), .. } => "scheduled",
        _ => "draft",
    };
    let mut value = json!({
        "state": state,
        "creates": creates,
        "comments": world.comments_of(&post.id).iter().map(|comment| &comment.message).collect::<Vec<_>>(),
    });
    if let (Value::Object(into), Ok(Value::Object(whole))) = (&mut value, serde_json::to_value(post)) {
        into.extend(whole);
    }
    value
}

/// A post that this app did not make: by a person, or by another app.
#[derive(Deserialize)]
struct ForeignPost {
    message: String,
    #[serde(default)]
    app: Option<String>,
}

async fn foreign_post(State(app): State<App>, Json(foreign): Json<ForeignPost>) -> Result<Json<Value>, GraphError> {
    let mut world = app.world();
    let publication = Publication {
        published: true,
        ..Publication::default()
    };
    let id = world.add_post(Content {
        message: Some(foreign.message),
        publication,
        ..Content::default()
    })?;
    let post = Post {
        app: foreign.app,
        ..world.post(&id, "get")?.clone()
    };
    world.put(Entry::Post(Box::new(post)))?;
    Ok(Json(json!({ "id": id })))
}

async fn scraped(State(app): State<App>) -> Json<Vec<String>> {
    Json(app.world().scraped.keys().cloned().collect())
}

async fn reset(State(app): State<App>) -> Result<StatusCode, GraphError> {
    app.faults().clear();
    app.world()
        .reset()
        .map_err(|error| GraphError::service(format!("The state file cannot be cleared: {error}")))?;
    Ok(StatusCode::NO_CONTENT)
}

async fn photo(State(app): State<App>, Path(id): Path<String>) -> Response {
    let world = app.world();
    match (world.photos.get(&id), world.pictures.get(&id)) {
        (Some(photo), Some(bytes)) => ([(header::CONTENT_TYPE, photo.mime.clone())], bytes.clone()).into_response(),
        _ => StatusCode::NOT_FOUND.into_response(),
    }
}
