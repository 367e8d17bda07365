//! Reading a request's body, up to the limit.

use axum::body::Body;
use axum::extract::{FromRequest, Request};
use axum::http::{HeaderMap, header};
use futures::StreamExt;
use serde::de::DeserializeOwned;

use super::error::ApiError;
use crate::web::state::Web;

/// The largest body: one item with its attachments in Base64, or a handful.
pub const LIMIT: usize = 40 * 1024 * 1024;

/// How much more is swallowed so that the sender lives to read the refusal: a connection cut while it still sends shows it a reset instead.
const PATIENCE: usize = 4 * LIMIT;

/// The bytes of a body that fits.
pub struct Whole(pub Vec<u8>);

impl FromRequest<Web> for Whole {
    type Rejection = ApiError;

    async fn from_request(request: Request, _: &Web) -> Result<Self, ApiError> {
        let declared = declared(request.headers());
        let waits = request.headers().contains_key(header::EXPECT);
        if declared > PATIENCE || (waits && declared > LIMIT) {
            return Err(ApiError::too_large());
        }
        read(request.into_body()).await.map(Self)
    }
}

impl Whole {
    /// The value the body holds; a body that is JSON of another shape is told the field.
    pub fn json<T: DeserializeOwned>(&self, example: &str) -> Result<T, ApiError> {
        serde_json::from_slice(&self.0).map_err(|error| match error.classify() {
            serde_json::error::Category::Data => {
                let expected = crate::item::Expected::Example(example.to_owned());
                ApiError::field("body", error.to_string(), expected)
            }
            _ => ApiError::bad_json(error.line(), error.to_string(), example),
        })
    }
}

async fn read(body: Body) -> Result<Vec<u8>, ApiError> {
    let mut chunks = body.into_data_stream();
    let (mut whole, mut seen) = (Vec::new(), 0_usize);
    while let Some(chunk) = chunks.next().await {
        let chunk = chunk.map_err(|error| ApiError::broken_body(&error.to_string()))?;
        seen += chunk.len();
        if seen > PATIENCE {
            break;
        }
        if seen <= LIMIT {
            whole.extend_from_slice(&chunk);
        }
    }
    if seen > LIMIT { Err(ApiError::too_large()) } else { Ok(whole) }
}

fn declared(headers: &HeaderMap) -> usize {
    let length = headers.get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok());
    length.and_then(|length| length.parse().ok()).unwrap_or(0)
}
