//! Reading a request's body, up to the limit and not for ever.

use std::time::Duration;

use axum::body::Body;
use axum::extract::{FromRequest, Request};
use axum::http::{HeaderMap, header};
use futures::StreamExt;
use serde::de::DeserializeOwned;
use tokio::time::timeout;

use super::error::ApiError;
use crate::web::state::Web;

/// The largest body: one item with its attachments in Base64, or a handful.
pub const LIMIT: usize = 40 * 1024 * 1024;

/// How much more is swallowed so that the sender lives to read the refusal: a connection cut while it still sends shows it a reset instead.
const PATIENCE: usize = 4 * LIMIT;

/// For the next piece of it to come.
const PAUSE: Duration = Duration::from_secs(30);

/// For all of it: a line of an eighth of a megabyte a second manages the largest.
const WHOLE: Duration = Duration::from_mins(6);

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
        match timeout(WHOLE, read(request.into_body(), PAUSE)).await {
            Ok(read) => read.map(Self),
            Err(_) => Err(ApiError::slow_body()),
        }
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

async fn read(body: Body, pause: Duration) -> Result<Vec<u8>, ApiError> {
    let mut chunks = body.into_data_stream();
    let (mut whole, mut seen) = (Vec::new(), 0_usize);
    while let Some(chunk) = timeout(pause, chunks.next()).await.map_err(|_| ApiError::slow_body())? {
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

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::StatusCode;
    use axum::response::IntoResponse;
    use futures::stream;

    #[tokio::test]
    async fn a_body_that_stops_coming_is_not_waited_for() {
        let begun = stream::iter([Ok::<_, std::io::Error>("{\"kind\":")]);
        let stalled = Body::from_stream(begun.chain(stream::pending()));
        let refused = read(stalled, Duration::from_millis(50)).await.unwrap_err();
        assert_eq!(refused.into_response().status(), StatusCode::REQUEST_TIMEOUT);
    }
}
