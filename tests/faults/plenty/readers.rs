//! Readers of the site: what they got, and how long they waited.

use std::fmt;
use std::time::{Duration, Instant};

use reqwest::header::{ETAG, IF_MODIFIED_SINCE, IF_NONE_MATCH, LAST_MODIFIED};
use reqwest::{Client, Method, RequestBuilder, Response};
use tokio::runtime::Runtime;

use super::office::Office;

/// How long an answer may take, on a machine that has others to serve.
const IN_TIME: Duration = Duration::from_secs(5);

/// Readers, one after the other or all at once.
pub struct Readers {
    /// How many answers they got.
    pub answers: u64,
    /// How many were wrong, or late.
    pub complaints: u64,
    runtime: Runtime,
    client: Client,
    url: String,
    token: String,
    slowest: (Duration, String),
}

impl Readers {
    /// Readers of that office's site.
    pub fn of(office: &Office) -> Self {
        // Whoever was first has installed it.
        let _ = rustls::crypto::ring::default_provider().install_default();
        Self {
            answers: 0,
            complaints: 0,
            runtime: tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap(),
            client: Client::new(),
            url: office.kasnec.site(""),
            token: office.token.clone(),
            slowest: (Duration::ZERO, String::new()),
        }
    }

    /// A page that must be there.
    pub fn page(&mut self, path: &str) -> String {
        String::from_utf8(self.bytes(path)).unwrap()
    }

    /// A file that must be there.
    pub fn bytes(&mut self, path: &str) -> Vec<u8> {
        let begun = Instant::now();
        let bytes = self.runtime.block_on(whole(self.ask(path)));
        self.waited(begun.elapsed(), path);
        self.must(bytes.is_some(), &format!("{path} is not answered"));
        bytes.unwrap_or_default()
    }

    /// Whoever sends the tag or the date of what they have is told that it still holds.
    pub fn has_it_already(&mut self, path: &str) {
        let first = self.runtime.block_on(self.ask(path).send()).unwrap();
        for (header, condition) in [(ETAG, IF_NONE_MATCH), (LAST_MODIFIED, IF_MODIFIED_SINCE)] {
            let Some(value) = first.headers().get(&header) else { continue };
            let begun = Instant::now();
            let again = self.runtime.block_on(self.ask(path).header(condition, value).send()).unwrap();
            self.waited(begun.elapsed(), path);
            self.must(again.status() == 304, &format!("{path} is sent again to whoever has its {header}"));
        }
    }

    /// So many readers of each of these at once.
    pub fn come_together(&mut self, paths: &[&str], each: usize) {
        let asked = paths.iter().flat_map(|path| (0..each).map(move |_| path));
        let all = asked.map(|path| whole(self.ask(path))).collect::<Vec<_>>();
        let served = self.runtime.block_on(futures::future::join_all(all));
        self.answers += served.len() as u64;
        let left = served.iter().filter(|bytes| bytes.is_none()).count();
        self.must(left == 0, &format!("{left} of {} readers at once got nothing", served.len()));
    }

    /// Counts what does not hold, and says so.
    pub fn must(&mut self, holds: bool, what: &str) {
        if !holds {
            println!("{what}");
            self.complaints += 1;
        }
    }

    fn ask(&self, path: &str) -> RequestBuilder {
        self.client
            .request(Method::GET, format!("{}{path}", self.url))
            .bearer_auth(&self.token)
    }

    fn waited(&mut self, took: Duration, path: &str) {
        self.answers += 1;
        self.must(took < IN_TIME, &format!("{path} took {took:?}"));
        if took > self.slowest.0 {
            self.slowest = (took, path.to_owned());
        }
    }
}

impl fmt::Display for Readers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (took, path) = &self.slowest;
        write!(f, "{} answers, the slowest ({path}) after {} ms", self.answers, took.as_millis())
    }
}

async fn whole(request: RequestBuilder) -> Option<Vec<u8>> {
    let answer: Response = request.send().await.ok()?;
    let answer = answer.error_for_status().ok()?;
    Some(answer.bytes().await.ok()?.to_vec())
}
