//! Who asks: the person whose token the request bears.

use axum::extract::FromRequestParts;
use axum::http::header;
use axum::http::request::Parts;
use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;

use super::error::ApiError;
use crate::acts::{self, ActError};
use crate::store::rows::{Person, Role};
use crate::system::{OfficeConfig, System};
use crate::vault::token_hash;
use crate::web::state::Web;

/// A known person, by `Authorization: Bearer kasnec_…`.
pub struct Caller(pub Person);

impl Caller {
    /// The person's office, as it is configured.
    pub fn office<'a>(&self, system: &'a System) -> Result<&'a OfficeConfig, ApiError> {
        system.offices.get(&self.0.office).ok_or_else(|| {
            let known = system.offices.keys().cloned().collect::<Vec<_>>().join(", ");
            ActError::UnknownOffice(self.0.office.clone(), known).into()
        })
    }

    /// Refuses whoever has not at least that role.
    pub fn must_be(&self, role: Role) -> Result<(), ApiError> {
        Ok(acts::require(&self.0, role)?)
    }
}

impl FromRequestParts<Web> for Caller {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Self, ApiError> {
        let token = credentials(parts, "bearer").ok_or_else(ApiError::no_token)?;
        let person = web.system.store.person_by_token(&token_hash(token)).await?;
        person.map(Self).ok_or_else(ApiError::bad_token)
    }
}

/// A known person by either: `Authorization: Bearer kasnec_…`, or HTTP Basic with the login and such a token as the password.
///
/// Calendar programs can send nothing but the second.
pub struct Reader(pub Caller);

impl FromRequestParts<Web> for Reader {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Self, ApiError> {
        let Some(basic) = credentials(parts, "basic") else {
            let caller = Caller::from_request_parts(parts, web).await;
            return caller.map(Self).map_err(ApiError::or_basic);
        };
        let bad = || ApiError::bad_token().or_basic();
        let decoded = BASE64.decode(basic).ok().and_then(|bytes| String::from_utf8(bytes).ok());
        let decoded = decoded.ok_or_else(bad)?;
        let (login, token) = decoded.split_once(':').ok_or_else(bad)?;
        let person = web.system.store.person_by_token(&token_hash(token)).await?;
        let person = person.filter(|person| person.login == login);
        person.map(|person| Self(Caller(person))).ok_or_else(bad)
    }
}

/// What the request sends by that scheme.
fn credentials<'a>(parts: &'a Parts, scheme: &str) -> Option<&'a str> {
    let header = parts.headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (named, sent) = header.split_once(' ')?;
    named.eq_ignore_ascii_case(scheme).then(|| sent.trim())
}
