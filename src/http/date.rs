//! What an answer says of the time.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::sync::Arc;

use chrono::{DateTime, Utc};
use reqwest::Response;
use reqwest::header::{AGE, DATE};

/// The time that a server has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dated {
    /// The server's name.
    pub host: String,
    /// Its name and port.
    pub authority: String,
    /// The address that answered; a proxy's, if there is one between.
    pub ip: Option<IpAddr>,
    /// The time it has.
    pub at: DateTime<Utc>,
    /// Whether it runs on this machine, and so has this machine's clock.
    pub own: bool,
}

/// Who is told what time the servers have that answer.
#[derive(Clone)]
pub(super) struct Listener(Arc<dyn Fn(&Dated) + Send + Sync>);

impl Listener {
    pub(super) fn new(hears: impl Fn(&Dated) + Send + Sync + 'static) -> Self {
        Self(Arc::new(hears))
    }

    pub(super) fn hear(&self, dated: &Dated) {
        (self.0)(dated);
    }
}

impl std::fmt::Debug for Listener {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Listener")
    }
}

/// The server's own time. What a cache kept tells when it was made, not when it was asked for.
pub(super) fn dated(response: &Response) -> Option<Dated> {
    let (headers, url) = (response.headers(), response.url());
    if headers.contains_key(AGE) {
        return None;
    }
    let date = headers.get(DATE)?.to_str().ok()?;
    let host = url.host_str()?.to_owned();
    let ip = response.remote_addr().map(|address| address.ip().to_canonical());
    Some(Dated {
        authority: format!("{host}:{}", url.port_or_known_default()?),
        host,
        ip,
        at: DateTime::parse_from_rfc2822(date).ok()?.with_timezone(&Utc),
        own: ip.is_none_or(is_own),
    })
}

/// Whether an address is this machine's: then a packet to it leaves from the same address. None is sent.
fn is_own(ip: IpAddr) -> bool {
    if ip.is_loopback() {
        return true;
    }
    let any: IpAddr = if ip.is_ipv4() {
        Ipv4Addr::UNSPECIFIED.into()
    } else {
        Ipv6Addr::UNSPECIFIED.into()
    };
    let from = std::net::UdpSocket::bind((any, 0)).and_then(|socket| {
        socket.connect((ip, 9))?;
        socket.local_addr()
    });
    from.is_ok_and(|from| from.ip() == ip)
}
