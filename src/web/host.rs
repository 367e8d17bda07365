//! Whose site is asked for: the office whose public address the request names.

use axum::http::{HeaderMap, header};
use url::Url;

use crate::system::{OfficeConfig, System};

/// The office of that Host; where none fits (an address of this machine, a proxy that changes it), the first one.
pub fn office<'a>(system: &'a System, headers: &HeaderMap) -> Option<&'a OfficeConfig> {
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let named = system.offices.values().find(|config| {
        Url::parse(&config.office.public_url).is_ok_and(|url| {
            let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
            url.host_str()
                .is_some_and(|name| host.eq_ignore_ascii_case(&format!("{name}{port}")))
        })
    });
    named.or_else(|| system.offices.values().next())
}
