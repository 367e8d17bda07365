//! `/?id=URL`: what the crawler knows about a page out in the web.
//!
//! The sandbox fetches nothing; it remembers that it was asked to, which is what a publisher can get wrong.

use serde_json::{Value, json};

use super::clock::{graph_time, now};
use super::errors::GraphError;
use super::fields::{Node, project};
use super::params::Params;
use super::request::Call;
use super::world::World;

impl World {
    /// `POST /?id=URL&scrape=true`
    pub fn scrape(&mut self, call: &Call) -> Result<Value, GraphError> {
        self.caller(call)?;
        let url = asked_url(call)?;
        if Params(&call.params).flag("scrape")? == Some(true) {
            self.scraped.insert(url.clone(), now());
        }
        Ok(self.link(&url))
    }

    /// `GET /?id=URL`
    pub fn read_url(&self, call: &Call) -> Result<Value, GraphError> {
        self.reader(call)?;
        let url = asked_url(call)?;
        let object = self.scraped.contains_key(&url).then(|| self.link(&url));
        project(
            Node::Link,
            &json!({ "id": url, "og_object": object }),
            Params(&call.params).text("fields").as_deref(),
        )
    }

    fn link(&self, url: &str) -> Value {
        let updated = self.scraped.get(url).copied().unwrap_or_else(now);
        json!({
            "url": url,
            "type": "website",
            "title": link_title(url),
            "description": "",
            "updated_time": graph_time(updated),
            "id": url,
        })
    }
}

/// The host, in place of the title that only a fetch could tell.
pub(super) fn link_title(link: &str) -> String {
    url::Url::parse(link)
        .ok()
        .and_then(|url| url.host_str().map(str::to_owned))
        .unwrap_or_else(|| link.to_owned())
}

fn asked_url(call: &Call) -> Result<String, GraphError> {
    let url = Params(&call.params)
        .filled("id")
        .ok_or_else(|| GraphError::parameter("The parameter id is required"))?;
    let usable = url::Url::parse(&url).is_ok_and(|url| matches!(url.scheme(), "http" | "https"));
    if usable {
        Ok(url)
    } else {
        Err(GraphError::missing_object("post", &url))
    }
}
