//! A visit to an address as a citizen makes it: no cookies, no credentials, redirects followed a few times.
//!
//! The address came out of a remote's answer. So it must be public, unless it leads to where an administrator said that the account or
//! the office's own site is; and the same is asked of every redirect.

use url::Url;

use super::reading::Visited;
use crate::http::{CallError, Method, Outbound, RequestBuilder};
use crate::receipt::Doubt;

/// Makes visits for one account.
pub struct Visitor<'a> {
    /// The one door out.
    pub http: &'a Outbound,
    /// Hosts and ports that an administrator set.
    pub trusted: Vec<(String, u16)>,
    /// The language a citizen's browser asks for.
    pub lang: &'a str,
}

impl Visitor<'_> {
    /// Visits an address; or says why nothing can be told.
    pub async fn visit(&self, address: &str) -> Result<Visited, (Doubt, String)> {
        let asked = Url::parse(address).map_err(|_| (Doubt::Forbidden, format!("\"{address}\" is no address.")))?;
        let followed = self.http.follow(asked.as_str(), |url| self.ask(url)).await;
        let (address, reply) = followed.map_err(|error| doubt(&error))?;
        Ok(Visited { asked, address, reply })
    }

    fn ask(&self, address: &Url) -> Result<RequestBuilder, CallError> {
        let request = if self.is_trusted(address) {
            self.http.to_account(Method::GET, address.as_str())?
        } else {
            self.http.to_anyone(Method::GET, address.as_str())?
        };
        let request = request.header("Accept", "text/html, application/xhtml+xml, application/json;q=0.9, */*;q=0.8");
        Ok(request.header("Accept-Language", self.lang))
    }

    fn is_trusted(&self, address: &Url) -> bool {
        origin(address).is_some_and(|origin| self.trusted.contains(&origin))
    }
}

/// Host and port of an address.
pub fn origin(address: &Url) -> Option<(String, u16)> {
    Some((address.host_str()?.to_ascii_lowercase(), address.port_or_known_default()?))
}

fn doubt(error: &CallError) -> (Doubt, String) {
    let doubt = match error {
        CallError::Forbidden(..) => Doubt::Forbidden,
        _ => Doubt::NoAnswer,
    };
    (doubt, format!("{error}."))
}
