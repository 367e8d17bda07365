//! The one door out: every outbound call passes here, with timeouts, size caps and verified TLS.
//!
//! Answers are read as they come: nothing is unpacked, so a small answer cannot become a large one.

mod address;
mod date;
mod guard;
#[cfg(test)]
mod tests;

use std::sync::{Arc, Once};
use std::time::Duration;

use futures::StreamExt;
use reqwest::header::HeaderMap;
use reqwest::{Client, redirect};
pub use reqwest::{Method, RequestBuilder, multipart};
use url::Url;

pub use self::address::is_public;
pub use self::date::Dated;
use self::date::{Listener, dated};
use self::guard::{Lookup, PublicOnly, system_lookup};

/// The largest answer that is read.
pub const MAX_ANSWER: usize = 8 * 1024 * 1024;

/// How often an address out of content may send on to another.
pub const MAX_REDIRECTS: usize = 5;

/// How long a call may take.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Until the connection stands.
    pub connect: Duration,
    /// Until the whole answer is read.
    pub total: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(10),
            total: Duration::from_mins(1),
        }
    }
}

/// Makes outbound calls. Cheap to clone; connections are kept and used again.
#[derive(Debug, Clone)]
pub struct Outbound {
    trusted: Client,
    guarded: Client,
    limits: Limits,
    listener: Option<Listener>,
}

/// A whole answer.
#[derive(Debug, Clone)]
pub struct Reply {
    /// The HTTP status.
    pub status: u16,
    /// The headers.
    pub headers: HeaderMap,
    /// The body.
    pub body: Vec<u8>,
}

impl Reply {
    /// The body as JSON, if it is JSON.
    pub fn json(&self) -> Option<serde_json::Value> {
        serde_json::from_slice(&self.body).ok()
    }

    /// The body as text, for evidence.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// A header's value, if it is text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// Whether the status is one of success.
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }
}

/// Why no answer can be used.
#[derive(Debug, thiserror::Error)]
pub enum CallError {
    /// The client could not be built.
    #[error("the HTTP client cannot start: {0}")]
    Client(String),
    /// Not an address that can be called, or one that must not be.
    #[error("the address {0} must not be called: {1}")]
    Forbidden(String, &'static str),
    /// The request never went out: nothing can have happened.
    #[error("no connection: {0}")]
    NotSent(String),
    /// The request may have gone out: anything can have happened.
    #[error("no answer: {0}")]
    NoAnswer(String),
    /// An answer began, but was cut off or too large.
    #[error("the answer broke off: {0}")]
    BrokenAnswer(String),
}

impl CallError {
    /// Whether the remote may have acted on the request.
    pub fn may_have_acted(&self) -> bool {
        matches!(self, Self::NoAnswer(_) | Self::BrokenAnswer(_))
    }
}

impl Outbound {
    /// The door, with those limits.
    pub fn new(limits: Limits) -> Result<Self, CallError> {
        Self::looking_up(limits, system_lookup())
    }

    fn looking_up(limits: Limits, lookup: Lookup) -> Result<Self, CallError> {
        use_ring();
        let build = |builder: reqwest::ClientBuilder| builder.build().map_err(|e| CallError::Client(chain(&e)));
        let base = || {
            Client::builder()
                .connect_timeout(limits.connect)
                .timeout(limits.total)
                .redirect(redirect::Policy::none())
                .pool_idle_timeout(Duration::from_secs(30))
                .user_agent(concat!("Kasnec/", env!("CARGO_PKG_VERSION")))
        };
        Ok(Self {
            trusted: build(base())?,
            // A proxy would resolve the name itself, unguarded: this way goes past those that the environment names.
            guarded: build(base().no_proxy().dns_resolver(Arc::new(PublicOnly(lookup))))?,
            limits,
            listener: None,
        })
    }

    /// Tells `listener` what time each server has that answers.
    #[must_use]
    pub fn telling_dates(mut self, listener: impl Fn(&Dated) + Send + Sync + 'static) -> Self {
        self.listener = Some(Listener::new(listener));
        self
    }

    /// The timeouts in force.
    pub fn limits(&self) -> Limits {
        self.limits
    }

    /// A call to a base URL that an administrator set: it may be private or loopback.
    pub fn to_account(&self, method: Method, url: &str) -> Result<RequestBuilder, CallError> {
        Ok(self.trusted.request(method, checked(url)?))
    }

    /// A call to a URL that came out of content: public addresses only, and no names or passwords in it.
    pub fn to_anyone(&self, method: Method, url: &str) -> Result<RequestBuilder, CallError> {
        let url = checked(url)?;
        match guard::objection(&url) {
            Some(why) => Err(CallError::Forbidden(shown(&url), why)),
            None => Ok(self.guarded.request(method, url)),
        }
    }

    /// Reads a page as anybody would: up to [`MAX_REDIRECTS`] redirects are followed, every hop asked for by `ask`, which may refuse it.
    ///
    /// Gives back where it stood in the end, and the answer. Whoever answers here is no witness of the time: content chose the address.
    pub async fn follow(&self, url: &str, ask: impl Fn(&Url) -> Result<RequestBuilder, CallError>) -> Result<(Url, Reply), CallError> {
        let mut here = checked(url)?;
        for _ in 0..=MAX_REDIRECTS {
            let response = ask(&here)?.send().await.map_err(|e| not_answered(&e))?;
            let reply = whole(response).await?;
            let onward = match (reply.status, reply.header("location")) {
                (301 | 302 | 303 | 307 | 308, Some(location)) => location.to_owned(),
                _ => return Ok((here, reply)),
            };
            here = here
                .join(&onward)
                .map_err(|_| CallError::Forbidden(shown(&here), "it sends callers on to something that is not an address"))?;
        }
        Err(CallError::Forbidden(shown(&here), "it sends callers on and on"))
    }

    /// Sends a request and reads its whole answer, up to [`MAX_ANSWER`].
    pub async fn call(&self, request: RequestBuilder) -> Result<Reply, CallError> {
        let response = request.send().await.map_err(|e| not_answered(&e))?;
        if let Some((listener, dated)) = self.listener.as_ref().zip(dated(&response)) {
            listener.hear(&dated);
        }
        whole(response).await
    }
}

async fn whole(response: reqwest::Response) -> Result<Reply, CallError> {
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    let mut body = Vec::new();
    let mut stream = response.bytes_stream();
    while let Some(chunk) = stream.next().await {
        let chunk = chunk.map_err(|e| CallError::BrokenAnswer(chain(&e.without_url())))?;
        if body.len() + chunk.len() > MAX_ANSWER {
            return Err(CallError::BrokenAnswer(format!("it is larger than {MAX_ANSWER} bytes")));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(Reply { status, headers, body })
}

/// Chooses ring as the one TLS library of the process; called again, it does nothing.
pub fn use_ring() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        // An error here means that a provider is in place already, which is all that is wanted.
        let _ = rustls::crypto::ring::default_provider().install_default();
    });
}

fn not_answered(error: &reqwest::Error) -> CallError {
    let text = chain(error);
    if error.is_connect() || error.is_builder() {
        CallError::NotSent(text)
    } else {
        CallError::NoAnswer(text)
    }
}

/// An error and its causes in one line, without the URL, which may hold a token.
fn chain(error: &dyn std::error::Error) -> String {
    let mut text = Vec::new();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push(error.to_string());
        cause = error.source();
    }
    if text.is_empty() {
        "the request failed".to_owned()
    } else {
        text.join(": ")
    }
}

fn checked(url: &str) -> Result<Url, CallError> {
    let parsed = Url::parse(url).map_err(|_| CallError::Forbidden(beginning(url), "it is not an address"))?;
    match parsed.scheme() {
        "http" | "https" if parsed.has_host() => Ok(parsed),
        _ => Err(CallError::Forbidden(beginning(url), "only http and https are")),
    }
}

/// The part of an address that holds no secret.
fn shown(url: &Url) -> String {
    let port = url.port().map_or_else(String::new, |port| format!(":{port}"));
    let whole = format!("{}://{}{port}{}", url.scheme(), url.host_str().unwrap_or_default(), url.path());
    beginning(&whole)
}

/// The same of what is no address: whatever could be a name and a password is left out.
fn beginning(text: &str) -> String {
    let text = text.split(['?', '#']).next().unwrap_or_default();
    let scheme = text.find("://").map_or(0, |at| at + 3);
    let after = text[scheme..].rsplit_once('@').map_or(&text[scheme..], |(_, host)| host);
    format!("{}{after}", &text[..scheme]).chars().take(80).collect()
}
