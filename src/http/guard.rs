//! What keeps an address out of content from leading inside: its look, and where its name resolves to.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use futures::future::BoxFuture;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use url::{Host, Url};

use super::address::is_public;

/// From a name to its addresses.
pub type Lookup = Arc<dyn Fn(String) -> BoxFuture<'static, std::io::Result<Vec<SocketAddr>>> + Send + Sync>;

/// As the machine looks names up.
pub fn system_lookup() -> Lookup {
    Arc::new(|name| Box::pin(async move { Ok(tokio::net::lookup_host((name, 0)).await?.collect()) }))
}

/// What speaks against calling an address that came out of content.
pub fn objection(url: &Url) -> Option<&'static str> {
    if !url.username().is_empty() || url.password().is_some() {
        return Some("it holds a name or a password");
    }
    if !url.port_or_known_default().is_some_and(is_web) {
        return Some("its port is not one of the web");
    }
    literal_ip(url).filter(|ip| !is_public(*ip)).map(|_| "it is not public")
}

/// Below 1024 other services listen, which could take a request for one of their own commands.
fn is_web(port: u16) -> bool {
    matches!(port, 80 | 443 | 1024..)
}

/// Octal, hexadecimal and short forms of IPv4 are addresses by now: the parser has read them.
fn literal_ip(url: &Url) -> Option<IpAddr> {
    match url.host()? {
        Host::Ipv4(ip) => Some(ip.into()),
        Host::Ipv6(ip) => Some(ip.into()),
        Host::Domain(_) => None,
    }
}

/// Resolves names and keeps only public addresses.
///
/// The address that was checked is the one connected to, so a name that changes its mind in between (DNS rebinding) gains nothing.
pub struct PublicOnly(pub Lookup);

impl Resolve for PublicOnly {
    fn resolve(&self, name: Name) -> Resolving {
        let found = (self.0)(name.as_str().to_owned());
        Box::pin(async move {
            let public: Vec<SocketAddr> = found.await?.into_iter().filter(|address| is_public(address.ip())).collect();
            if public.is_empty() {
                return Err("the name leads to no public address".into());
            }
            Ok(Box::new(public.into_iter()) as Addrs)
        })
    }
}
