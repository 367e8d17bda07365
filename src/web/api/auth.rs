//! Who asks: the person whose token the request bears.

use axum::extract::FromRequestParts;
use axum::http::header;
use axum::http::request::Parts;

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
        let header = parts.headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
        let token = header
            .and_then(|value| value.split_once(' '))
            .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
            .map(|(_, token)| token.trim())
            .ok_or_else(ApiError::no_token)?;
        let person = web.system.store.person_by_token(&token_hash(token)).await?;
        person.map(Self).ok_or_else(ApiError::bad_token)
    }
}
