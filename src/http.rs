//! The one door out: every outbound call passes here, with timeouts, size caps and verified TLS.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::sync::{Arc, Once};
use std::time::Duration;

use chrono::{DateTime, Utc};
use futures::StreamExt;
use reqwest::header::HeaderMap;
use reqwest::{Client, redirect};
pub use reqwest::{Method, RequestBuilder, multipart};
use url::Url;

/// The largest answer that is read.
pub const MAX_ANSWER: usize = 8 * 1024 * 1024;

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

/// Who is told what time the servers have that answer.
#[derive(Clone)]
struct Listener(Arc<dyn Fn(&Dated) + Send + Sync>);

impl std::fmt::Debug for Listener {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Listener")
    }
}

/// What an answer says of the time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dated {
    /// The server's name.
    pub host: String,
    /// Its name and port.
    pub authority: String,
    /// The time it has.
    pub at: DateTime<Utc>,
    /// Whether it runs on this machine, and so has this machine's clock.
    pub own: bool,
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
            guarded: build(base().dns_resolver(Arc::new(PublicOnly)))?,
            limits,
            listener: None,
        })
    }

    /// Tells `listener` what time each server has that answers.
    #[must_use]
    pub fn telling_dates(mut self, listener: impl Fn(&Dated) + Send + Sync + 'static) -> Self {
        self.listener = Some(Listener(Arc::new(listener)));
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

    /// A call to a URL that came out of content: public addresses only.
    pub fn to_anyone(&self, method: Method, url: &str) -> Result<RequestBuilder, CallError> {
        let url = checked(url)?;
        if let Some(ip) = literal_ip(&url)
            && !is_public(ip)
        {
            return Err(CallError::Forbidden(url.to_string(), "it is not public"));
        }
        Ok(self.guarded.request(method, url))
    }

    /// Sends a request and reads its whole answer, up to [`MAX_ANSWER`].
    pub async fn call(&self, request: RequestBuilder) -> Result<Reply, CallError> {
        let response = request.send().await.map_err(|e| not_answered(&e))?;
        if let Some((listener, dated)) = self.listener.as_ref().zip(dated(&response)) {
            (listener.0)(&dated);
        }
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
}

/// Chooses ring as the one TLS library of the process; called again, it does nothing.
pub fn use_ring() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        // An error here means that a provider is in place already, which is all that is wanted.
        let _ = rustls::crypto::ring::default_provider().install_default();
    });
}

/// The server's own time. What a cache kept tells when it was made, not when it was asked for.
fn dated(response: &reqwest::Response) -> Option<Dated> {
    let (headers, url) = (response.headers(), response.url());
    if headers.contains_key(reqwest::header::AGE) {
        return None;
    }
    let date = headers.get(reqwest::header::DATE)?.to_str().ok()?;
    let host = url.host_str()?.to_owned();
    Some(Dated {
        authority: format!("{host}:{}", url.port_or_known_default()?),
        host,
        at: DateTime::parse_from_rfc2822(date).ok()?.with_timezone(&Utc),
        own: response.remote_addr().is_none_or(|address| is_own(address.ip())),
    })
}

/// Whether an address is this machine's: then a packet to it leaves from the same address. None is sent.
fn is_own(ip: IpAddr) -> bool {
    let any: IpAddr = if ip.is_ipv4() {
        Ipv4Addr::UNSPECIFIED.into()
    } else {
        Ipv6Addr::UNSPECIFIED.into()
    };
    let from = std::net::UdpSocket::bind((any, 0)).and_then(|socket| {
        socket.connect((ip, 9))?;
        socket.local_addr()
    });
    ip.is_loopback() || from.is_ok_and(|from| from.ip() == ip)
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
    let parsed = Url::parse(url).map_err(|_| CallError::Forbidden(shown(url), "it is not an address"))?;
    match parsed.scheme() {
        "http" | "https" if parsed.has_host() => Ok(parsed),
        _ => Err(CallError::Forbidden(shown(url), "only http and https are")),
    }
}

/// The part of an address that holds no secret.
fn shown(url: &str) -> String {
    url.split(['?', '#']).next().unwrap_or_default().chars().take(40).collect()
}

fn literal_ip(url: &Url) -> Option<IpAddr> {
    match url.host()? {
        url::Host::Ipv4(ip) => Some(ip.into()),
        url::Host::Ipv6(ip) => Some(ip.into()),
        url::Host::Domain(_) => None,
    }
}

/// Whether an address belongs to the public internet.
pub fn is_public(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => is_public_v4(ip),
        IpAddr::V6(ip) => ip.to_ipv4_mapped().map_or_else(|| is_public_v6(ip), is_public_v4),
    }
}

fn is_public_v4(ip: Ipv4Addr) -> bool {
    let [a, b, ..] = ip.octets();
    let shared = a == 100 && (64..128).contains(&b);
    let benchmark = a == 198 && (18..20).contains(&b);
    !(ip.is_private()
        || ip.is_loopback()
        || ip.is_link_local()
        || ip.is_broadcast()
        || ip.is_documentation()
        || ip.is_multicast()
        || a == 0
        || a >= 240
        || shared
        || benchmark)
}

fn is_public_v6(ip: Ipv6Addr) -> bool {
    let first = ip.segments()[0];
    let unique_local = first & 0xfe00 == 0xfc00;
    let link_local = first & 0xffc0 == 0xfe80;
    !(ip.is_loopback()
        || ip.is_unspecified()
        || ip.is_multicast()
        || unique_local
        || link_local
        || first == 0x2001 && ip.segments()[1] == 0xdb8)
}

/// Resolves names and keeps only public addresses, so that no name can lead inside (DNS rebinding included: this is the address connected to).
struct PublicOnly;

impl reqwest::dns::Resolve for PublicOnly {
    fn resolve(&self, name: reqwest::dns::Name) -> reqwest::dns::Resolving {
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let public: Vec<_> = found.filter(|address| is_public(address.ip())).collect();
            if public.is_empty() {
                return Err("the name leads to no public address".into());
            }
            Ok(Box::new(public.into_iter()) as reqwest::dns::Addrs)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn content_never_leads_inside() {
        let door = Outbound::new(Limits::default()).unwrap();
        for url in [
            "http://127.0.0.1/",
            "http://[::1]/",
            "http://10.0.0.1/",
            "http://169.254.169.254/latest",
            "http://[::ffff:192.168.1.1]/",
            "http://2130706433/",
            "file:///etc/passwd",
        ] {
            assert!(matches!(door.to_anyone(Method::GET, url), Err(CallError::Forbidden(..))), "{url}");
        }
        assert!(door.to_account(Method::GET, "http://127.0.0.1/").is_ok());
    }

    #[tokio::test]
    async fn a_name_that_leads_inside_is_not_connected_to() {
        let door = Outbound::new(Limits::default()).unwrap();
        let request = door.to_anyone(Method::GET, "http://localhost:9/").unwrap();
        assert!(matches!(door.call(request).await, Err(CallError::NotSent(_))));
    }

    #[tokio::test]
    async fn a_refused_connection_cannot_have_acted() {
        let door = Outbound::new(Limits::default()).unwrap();
        let request = door.to_account(Method::POST, "http://127.0.0.1:9/?access_token=geheim").unwrap();
        let error = door.call(request).await.unwrap_err();
        assert!(!error.may_have_acted());
        assert!(!error.to_string().contains("geheim"));
    }
}
