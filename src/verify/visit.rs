//! A visit to an address as a citizen makes it: no cookies, no credentials, redirects followed a few times.
//!
//! The address came out of a remote's answer. So it must be public, unless it leads to where an administrator said that the account or
//! the office's own site is; and the same is asked of every redirect.

use url::Url;

use crate::http::{CallError, Method, Outbound, Reply};
use crate::receipt::Doubt;

/// How many redirects are followed.
const HOPS: usize = 5;

/// Makes visits for one account.
pub struct Visitor<'a> {
    /// The one door out.
    pub http: &'a Outbound,
    /// Hosts and ports that an administrator set.
    pub trusted: Vec<(String, u16)>,
    /// The language a citizen's browser asks for.
    pub lang: &'a str,
}

/// What came of a visit.
pub struct Visited {
    /// Where it ended.
    pub address: Url,
    /// What is there.
    pub reply: Reply,
}

impl Visitor<'_> {
    /// Visits an address; or says why nothing can be told.
    pub async fn visit(&self, address: &str) -> Result<Visited, (Doubt, String)> {
        let mut address = Url::parse(address).map_err(|_| (Doubt::Forbidden, format!("\"{address}\" is no address.")))?;
        for _ in 0..=HOPS {
            let reply = self.fetch(&address).await.map_err(|error| doubt(&error))?;
            match onward(&address, &reply) {
                Some(next) => address = next,
                None => return Ok(Visited { address, reply }),
            }
        }
        Err((Doubt::Broken, format!("More than {HOPS} redirects, the last one to {address}.")))
    }

    async fn fetch(&self, address: &Url) -> Result<Reply, CallError> {
        let request = if self.is_trusted(address) {
            self.http.to_account(Method::GET, address.as_str())?
        } else {
            self.http.to_anyone(Method::GET, address.as_str())?
        };
        let request = request.header("Accept", "text/html, application/xhtml+xml, application/json;q=0.9, */*;q=0.8");
        self.http.call(request.header("Accept-Language", self.lang)).await
    }

    fn is_trusted(&self, address: &Url) -> bool {
        origin(address).is_some_and(|origin| self.trusted.contains(&origin))
    }
}

/// Host and port of an address.
pub fn origin(address: &Url) -> Option<(String, u16)> {
    Some((address.host_str()?.to_ascii_lowercase(), address.port_or_known_default()?))
}

fn onward(address: &Url, reply: &Reply) -> Option<Url> {
    if !matches!(reply.status, 301 | 302 | 303 | 307 | 308) {
        return None;
    }
    address.join(reply.header("location")?).ok()
}

fn doubt(error: &CallError) -> (Doubt, String) {
    let doubt = match error {
        CallError::Forbidden(..) => Doubt::Forbidden,
        _ => Doubt::NoAnswer,
    };
    (doubt, format!("{error}."))
}
