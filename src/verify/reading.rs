//! What an answer shows of a post. Pure, and bounded: whatever somebody else's server sends, it comes to something, soon.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde_json::Value;
use sha2::{Digest, Sha256};
use url::Url;

use super::expect::Expected;
use super::feed::{self, Shown};
use super::weigh::Saw;
use super::whose::Whose;
use crate::channels::Said;
use crate::http::Reply;
use crate::manifest::{Form, Verify};
use crate::receipt::{Doubt, Finding, Glance, View};

/// The largest answer that is compared; a page of an office has a hundredth of that.
const MOST: usize = 4 * 1024 * 1024;

/// An answer, and where it came from.
#[derive(Debug, Clone)]
pub struct Visited {
    /// Where the visit began.
    pub asked: Url,
    /// Where it ended.
    pub address: Url,
    /// What is there.
    pub reply: Reply,
}

/// For what a post's addresses are read, and how.
pub struct Reading {
    /// What the manifest says.
    pub verify: Verify,
    /// What must be seen.
    pub expected: Arc<Expected>,
    /// Further addresses of the post, by which a page names itself.
    pub aliases: Vec<Url>,
    /// What the remote calls it; a feed's guid.
    pub remote_id: String,
    /// Since when the post stands.
    pub first_at: DateTime<Utc>,
}

impl Reading {
    /// What the answer shows.
    pub fn read(&self, visited: &Visited) -> Saw {
        let mut saw = self.told(visited);
        saw.glance.address = Some(visited.address.to_string());
        saw.glance.evidence_hash = Some(hex::encode(Sha256::digest(&visited.reply.body)));
        saw
    }

    fn told(&self, visited: &Visited) -> Saw {
        match visited.reply.status {
            200..=299 if visited.reply.body.len() > MOST => doubtful(
                Doubt::Unclear,
                format!("The address shows more than {} MB: too much to compare.", MOST >> 20),
            ),
            200..=299 => self.shown(visited),
            status @ (404 | 410 | 451) if self.verify.scripted => {
                doubtful(Doubt::Hidden, format!("A visitor is told that there is nothing (HTTP {status})."))
            }
            status @ (404 | 410 | 451) => self.nothing(format!("The address says that there is nothing (HTTP {status}).")),
            status @ (401 | 403 | 407) => doubtful(Doubt::Wall, format!("A visitor is not let in (HTTP {status}).")),
            status if self.verify.scripted && status < 500 => {
                doubtful(Doubt::Wall, format!("A visitor without an account is turned away (HTTP {status})."))
            }
            status => doubtful(Doubt::Broken, format!("The address answered HTTP {status}.")),
        }
    }

    fn shown(&self, visited: &Visited) -> Saw {
        let text = visited.reply.text();
        let saw = match self.verify.form {
            Form::Page => self.expected.on_page(&text, self.whose(visited, &text)),
            Form::Feed => self.in_feed(&text),
            Form::Json => self.in_json(&visited.reply),
        };
        if saw.glance.finding == Finding::Standing {
            return saw;
        }
        if self.verify.gone.iter().any(|words| text.contains(words)) {
            return self.nothing("The page says that there is nothing.".to_owned());
        }
        if self.is_wall(visited, &text) {
            return doubtful(Doubt::Wall, "A visitor is asked to sign in first.".to_owned());
        }
        saw
    }

    /// Where scripts draw the pages they are found by number: nobody guesses, and what a page calls its address is no post's.
    fn whose(&self, visited: &Visited, text: &str) -> Whose {
        if self.verify.scripted || visited.address == visited.asked {
            return Whose::Own;
        }
        let ours: Vec<Url> = [&visited.asked].into_iter().chain(&self.aliases).cloned().collect();
        Whose::of(text, &visited.address, &ours)
    }

    fn nothing(&self, what: String) -> Saw {
        self.expected.not_there(View::Citizen).saying(what).into()
    }

    fn is_wall(&self, visited: &Visited, text: &str) -> bool {
        self.verify.walls.iter().any(|wall| match wall.strip_prefix('/') {
            Some(_) => visited.address.path().starts_with(wall.as_str()),
            None => text.contains(wall),
        })
    }

    fn in_feed(&self, text: &str) -> Saw {
        match feed::entry(text, &self.remote_id, self.first_at) {
            Shown::Entry(title, content) => {
                let parts = [("title", Said::Text(title)), ("content", Said::Html(content))];
                self.expected.in_parts(View::Citizen, &parts).into()
            }
            Shown::Missing => self.nothing("The feed has no such entry.".to_owned()),
            Shown::PushedOut => doubtful(Doubt::PushedOut, "The feed has newer entries only.".to_owned()),
            Shown::NoFeed => doubtful(Doubt::Broken, "The address answers with something that is no feed.".to_owned()),
        }
    }

    fn in_json(&self, reply: &Reply) -> Saw {
        let pointer = self.verify.pointer.as_deref().unwrap_or_default();
        let answer = reply.json();
        let Some(html) = answer.as_ref().and_then(|answer| answer.pointer(pointer)).and_then(Value::as_str) else {
            return doubtful(Doubt::Broken, "The answer has no text where the manifest says.".to_owned());
        };
        let there: Vec<(&str, Said)> = self
            .verify
            .parts
            .iter()
            .map(|part| (part.as_str(), Said::Html(html.to_owned())))
            .collect();
        self.expected.in_parts(View::Citizen, &there).into()
    }
}

fn doubtful(doubt: Doubt, what: String) -> Saw {
    Glance::doubtful(View::Citizen, doubt, what).into()
}
