//! A newspaper's website: it takes posts over HTTP, shows them as pages, and does to its visitors what the test says.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::{get, post, put};
use axum::{Json, Router};
use serde_json::{Value, json};
use tokio::net::TcpListener;

/// How a page answers.
#[derive(Debug, Clone, Default)]
pub enum Mood {
    #[default]
    Shows,
    Status(u16),
    Redirects(String),
    Says(String),
}

#[derive(Default)]
pub struct Inside {
    pub posts: BTreeMap<String, String>,
    pub mood: Mood,
    /// What stands at `/other`.
    pub other: String,
    /// How often it was written to, and what visitors sent along.
    pub written: usize,
    pub visits: Vec<HeaderMap>,
}

/// The paper; it ends with the test's runtime.
#[derive(Clone)]
pub struct Paper {
    pub url: String,
    pub inside: Arc<Mutex<Inside>>,
}

impl Paper {
    pub async fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let paper = Self {
            url: format!("http://{}", listener.local_addr().unwrap()),
            inside: Arc::default(),
        };
        let routes = Router::new()
            .route("/posts", post(take))
            .route("/posts/{id}", put(change).delete(remove))
            .route("/n/{id}", get(show))
            .route("/other", get(other))
            .route("/login", get(async || Html("<h1>Hyni</h1>")))
            .with_state(paper.clone());
        tokio::spawn(async move { axum::serve(listener, routes).await });
        paper
    }

    /// The manifest of a channel on it; without `verify` nobody can look.
    pub fn manifest<'a>(id: &'a str, verify: &str) -> (&'a str, String) {
        let call = |name: &str, method: &str, path: &str| {
            format!(
                "[http.{name}]\nmethod = \"{method}\"\nurl = \"{{{{settings.base_url}}}}/posts{path}\"\nheaders = {{ Content-Type = \"application/json\", \
                 Authorization = \"Bearer i-fshehtë\" }}\nbody = '{{\"text\": {{{{json parts.text}}}}}}'\nid_pointer = \"/id\"\nlink = \"{{{{answer.url}}}}\"\n"
            )
        };
        let calls = [
            call("publish", "POST", ""),
            call("update", "PUT", "/{{remote_id}}"),
            call("withdraw", "DELETE", "/{{remote_id}}"),
        ]
        .concat();
        let text = format!(
            "id = \"{id}\"\ndriver = \"http\"\nlabel = {{ sq = \"Gazeta\" }}\n[parts.text]\ntemplate = \"text.hbs\"\n\
             [settings.base_url]\nlabel = {{ sq = \"Adresa\" }}\nrequired = true\n{verify}\n{calls}"
        );
        (id, text)
    }

    pub fn mood(&self, mood: Mood) {
        self.inside.lock().unwrap().mood = mood;
    }

    /// Somebody at the paper writes something else.
    pub fn rewrite(&self, from: &str, to: &str) {
        for text in self.inside.lock().unwrap().posts.values_mut() {
            *text = text.replace(from, to);
        }
    }

    pub fn visits(&self) -> usize {
        self.inside.lock().unwrap().visits.len()
    }

    pub fn written(&self) -> usize {
        self.inside.lock().unwrap().written
    }
}

fn answer(paper: &Paper, id: &str) -> Json<Value> {
    Json(json!({ "id": id, "url": format!("{}/n/{id}", paper.url) }))
}

async fn take(State(paper): State<Paper>, Json(post): Json<Value>) -> Json<Value> {
    let mut inside = paper.inside.lock().unwrap();
    let id = (inside.posts.len() + 1).to_string();
    inside.written += 1;
    inside.posts.insert(id.clone(), post["text"].as_str().unwrap().to_owned());
    answer(&paper, &id)
}

async fn change(State(paper): State<Paper>, Path(id): Path<String>, Json(post): Json<Value>) -> Json<Value> {
    let mut inside = paper.inside.lock().unwrap();
    inside.written += 1;
    inside.posts.insert(id.clone(), post["text"].as_str().unwrap().to_owned());
    answer(&paper, &id)
}

async fn remove(State(paper): State<Paper>, Path(id): Path<String>) -> Json<Value> {
    paper.inside.lock().unwrap().posts.remove(&id);
    answer(&paper, &id)
}

async fn other(State(paper): State<Paper>) -> Html<String> {
    Html(paper.inside.lock().unwrap().other.clone())
}

async fn show(State(paper): State<Paper>, Path(id): Path<String>, headers: HeaderMap) -> Response {
    let mut inside = paper.inside.lock().unwrap();
    inside.visits.push(headers);
    let page = |text: &str| {
        Html(format!(
            "<html><nav>Ballina · Sporti</nav><article>{text}</article><aside>Lexo edhe</aside></html>"
        ))
    };
    match (&inside.mood, inside.posts.get(&id)) {
        (Mood::Status(status), _) => StatusCode::from_u16(*status).unwrap().into_response(),
        (Mood::Redirects(to), _) => (StatusCode::FOUND, [(header::LOCATION, to.clone())]).into_response(),
        (Mood::Says(text), _) => page(text).into_response(),
        (Mood::Shows, Some(text)) => page(
            &text
                .replace('&', "&amp;")
                .replace('<', "&lt;")
                .replace('"', "&#8220;")
                .replace('\n', "<br>"),
        )
        .into_response(),
        (Mood::Shows, None) => StatusCode::NOT_FOUND.into_response(),
    }
}
