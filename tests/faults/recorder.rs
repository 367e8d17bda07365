//! Remotes that speak plain HTTP and keep what they were told: Telegram, Mastodon, and webhooks of three tempers.

use std::collections::BTreeMap;
use std::io::{BufReader, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::{JoinHandle, spawn};

use chrono::{DateTime, Duration, Utc};
use kasnec::clock::Clock;
use serde_json::{Value, json};

use super::wire::{self, Message, reply};

/// How long Mastodon remembers an idempotency key (`post_status_service.rb`: 3,600 seconds).
const MEMORY: Duration = Duration::hours(1);

/// A running recorder; it stops when it is dropped.
pub struct Recorder {
    /// Its address, without a trailing slash.
    pub url: String,
    address: SocketAddr,
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

struct Shared {
    clock: Arc<dyn Clock>,
    book: Mutex<Book>,
    stop: AtomicBool,
}

#[derive(Default)]
struct Book {
    /// What stands, by its place; what was taken down is empty.
    posts: Vec<(String, String)>,
    keys: BTreeMap<String, (usize, DateTime<Utc>)>,
}

impl Recorder {
    /// Starts one that goes by that clock.
    pub fn start(clock: Arc<dyn Clock>) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let address = listener.local_addr().unwrap();
        let shared = Arc::new(Shared {
            clock,
            book: Mutex::default(),
            stop: AtomicBool::new(false),
        });
        let inside = shared.clone();
        let thread = spawn(move || {
            for client in listener.incoming().flatten() {
                if inside.stop.load(Ordering::SeqCst) {
                    return;
                }
                let inside = inside.clone();
                spawn(move || serve(&client, &inside));
            }
        });
        Self {
            url: format!("http://{address}"),
            address,
            shared,
            thread: Some(thread),
        }
    }

    /// What stands in one place (`telegram`, `mastodon`, `notices`, `intake`, `hook`).
    pub fn standing(&self, place: &str) -> Vec<String> {
        let book = self.shared.book.lock().unwrap();
        let here = book.posts.iter().filter(|(at, text)| at == place && !text.is_empty());
        here.map(|(_, text)| text.clone()).collect()
    }
}

impl Drop for Recorder {
    fn drop(&mut self) {
        self.shared.stop.store(true, Ordering::SeqCst);
        let _ = TcpStream::connect(self.address);
        let _ = self.thread.take().map(JoinHandle::join);
    }
}

fn serve(client: &TcpStream, shared: &Shared) -> Option<()> {
    let mut reader = BufReader::new(client.try_clone().ok()?);
    let mut client = client;
    while let Some(request) = wire::request(&mut reader) {
        let now = shared.clock.now();
        let answer = shared.book.lock().unwrap().answer(&request, now);
        let answer = match answer {
            Some(value) => reply("200 OK", "application/json", &value.to_string()),
            None => reply("404 Not Found", "application/json", "{}"),
        };
        client.write_all(&answer.bytes("")).ok()?;
        if request.header("connection") == Some("close") {
            return None;
        }
    }
    None
}

impl Book {
    fn answer(&mut self, request: &Message, now: DateTime<Utc>) -> Option<Value> {
        let body: Value = serde_json::from_slice(&request.body).unwrap_or_default();
        let path = request.path().split('?').next().unwrap_or_default().to_owned();
        let parts: Vec<&str> = path.trim_start_matches('/').split('/').collect();
        let text = |name: &str| body[name].as_str().unwrap_or_default().to_owned();
        match (request.method(), parts.as_slice()) {
            ("GET", [_, "getMe"]) => Some(json!({ "ok": true, "result": { "id": 8123 } })),
            ("GET", ["api", "v1", "accounts", "verify_credentials"]) => Some(json!({ "id": "1" })),
            ("POST", [_, "sendMessage"]) => Some(telegram(self.put("telegram", text("text")))),
            ("POST", [_, "editMessageText"]) => {
                let place = usize::try_from(body["message_id"].as_u64()?).ok()?;
                self.posts.get_mut(place)?.1 = text("text");
                Some(telegram(place))
            }
            ("POST", ["api", "v1", "statuses"]) => {
                let key = request.header("idempotency-key")?.to_owned();
                let known = self.keys.get(&key).filter(|(_, at)| now - *at < MEMORY).map(|(place, _)| *place);
                let place = known.unwrap_or_else(|| {
                    let place = self.put("mastodon", text("status"));
                    self.keys.insert(key, (place, now));
                    place
                });
                Some(status(place))
            }
            ("PUT", ["api", "v1", "statuses", id]) => {
                let place = id.parse::<usize>().ok()?;
                self.posts.get_mut(place)?.1 = text("status");
                Some(status(place))
            }
            ("POST", ["notices"]) => Some(json!({ "id": self.put("notices", text("text")) })),
            ("GET", ["notices"]) => Some(self.listed("notices")),
            ("PUT", ["intake", key]) => {
                let known = self.keys.get(*key).map(|(place, _)| *place);
                let place = known.unwrap_or_else(|| self.put("intake", String::new()));
                self.keys.insert((*key).to_owned(), (place, now));
                self.posts[place].1 = text("text");
                Some(json!({ "id": place }))
            }
            ("POST", ["hook"]) => {
                self.put("hook", text("text"));
                Some(json!({ "ok": true }))
            }
            _ => None,
        }
    }

    fn put(&mut self, place: &str, text: String) -> usize {
        self.posts.push((place.to_owned(), text));
        self.posts.len() - 1
    }

    fn listed(&self, place: &str) -> Value {
        let all = self.posts.iter().enumerate().filter(|(_, (at, _))| at == place);
        let listed: Vec<Value> = all.map(|(id, (_, text))| json!({ "id": id, "text": text })).collect();
        json!({ "notices": listed })
    }
}

fn telegram(place: usize) -> Value {
    json!({ "ok": true, "result": { "message_id": place, "chat": { "id": -100, "username": "komunakacanik" } } })
}

fn status(place: usize) -> Value {
    json!({ "id": place.to_string(), "url": format!("https://social.example/@kacanik/{place}") })
}
