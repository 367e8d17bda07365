//! The citizen's look: the addresses that the manifest names are visited until one tells.

use chrono::{DateTime, Utc};
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::expect::Expected;
use super::feed::{self, Shown};
use super::visit::{Visited, Visitor};
use super::weigh::Saw;
use crate::channels::Said;
use crate::http::Reply;
use crate::manifest::{Form, Verify};
use crate::receipt::{Doubt, Finding, Glance, View};

/// Where to look and for what.
pub struct Citizen<'a> {
    /// Makes the visits.
    pub visitor: Visitor<'a>,
    /// What the manifest says.
    pub verify: &'a Verify,
    /// What must be seen.
    pub expected: Expected,
    /// What the remote calls it; a feed's guid.
    pub remote_id: &'a str,
    /// Since when the post stands.
    pub first_at: DateTime<Utc>,
}

impl Citizen<'_> {
    /// Visits the addresses, in their order, until one tells.
    pub async fn look(&self, addresses: &[String]) -> Saw {
        let mut saw =
            Saw::from(Glance::new(Finding::NotVisible, View::Nobody).saying("There is no public address at which it could be seen."));
        for address in addresses {
            saw = self.look_at(address).await;
            if saw.glance.finding != Finding::CannotTell {
                break;
            }
        }
        saw
    }

    async fn look_at(&self, address: &str) -> Saw {
        match self.visitor.visit(address).await {
            Ok(visited) => {
                let mut saw = self.read(&visited);
                saw.glance.address = Some(visited.address.to_string());
                saw.glance.evidence_hash = Some(hex::encode(Sha256::digest(&visited.reply.body)));
                saw
            }
            Err((doubt, what)) => Glance::doubtful(View::Citizen, doubt, what).at(address).into(),
        }
    }

    fn read(&self, visited: &Visited) -> Saw {
        let reply = &visited.reply;
        match reply.status {
            200..=299 => self.shown(visited),
            404 | 410 | 451 if self.verify.scripted => doubtful(
                Doubt::Hidden,
                format!("A visitor is told that there is nothing (HTTP {}).", reply.status),
            ),
            404 | 410 | 451 => self.nothing(format!("The address says that there is nothing (HTTP {}).", reply.status)),
            401 | 403 | 407 => doubtful(Doubt::Wall, format!("A visitor is not let in (HTTP {}).", reply.status)),
            status if self.verify.scripted && status < 500 => {
                doubtful(Doubt::Wall, format!("A visitor without an account is turned away (HTTP {status})."))
            }
            status => doubtful(Doubt::Broken, format!("The address answered HTTP {status}.")),
        }
    }

    fn shown(&self, visited: &Visited) -> Saw {
        let text = visited.reply.text();
        let saw = match self.verify.form {
            Form::Page => self.expected.on_page(&text),
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
        match feed::entry(text, self.remote_id, self.first_at) {
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
