//! Why a request is refused: a status, a code for programs, a sentence for people, and every problem by its field.

use axum::Json;
use axum::extract::rejection::{PathRejection, QueryRejection};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;

use super::body::LIMIT;
use crate::acts::ActError;
use crate::item::{Expected, Problem, Problems};
use crate::register::RegisterError;
use crate::store::StoreError;

/// A refusal.
#[derive(Debug)]
pub struct ApiError {
    status: StatusCode,
    code: &'static str,
    message: String,
    problems: Vec<Problem>,
    /// Whether the address takes a name and a password too.
    basic: bool,
}

impl ApiError {
    fn new(status: StatusCode, code: &'static str, message: impl Into<String>) -> Self {
        Self {
            status,
            code,
            message: message.into(),
            problems: vec![],
            basic: false,
        }
    }

    /// The request bears no token.
    pub fn no_token() -> Self {
        let message =
            "the request bears no token; send the header \"Authorization: Bearer kasnec_…\" (an administrator makes one: kasnec token add)";
        Self::new(StatusCode::UNAUTHORIZED, "no_token", message)
    }

    /// The token is not, or no longer, anybody's.
    pub fn bad_token() -> Self {
        let message = "the token is not valid: it was mistyped or revoked; ask an administrator for a new one (kasnec token add)";
        Self::new(StatusCode::UNAUTHORIZED, "bad_token", message)
    }

    /// The same, where a name and a password would do too.
    pub fn or_basic(self) -> Self {
        Self { basic: true, ..self }
    }

    /// There is nothing at that address.
    pub fn no_such_address() -> Self {
        Self::new(
            StatusCode::NOT_FOUND,
            "no_such_address",
            "the API has nothing at this address; see docs/API.md",
        )
    }

    /// A page could not be drawn.
    pub fn undrawn(error: &impl std::fmt::Display) -> Self {
        tracing::error!(%error, "a page could not be drawn");
        let message = "the page could not be drawn; the log says why. Ask for format=json meanwhile";
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "undrawn", message)
    }

    /// The program itself failed.
    pub fn failed(what: &str) -> Self {
        tracing::error!(what, "a request failed");
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "failed", what)
    }

    /// There is no such thing.
    pub fn missing(message: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, "not_found", message)
    }

    /// The address does not take this method.
    pub fn wrong_method() -> Self {
        let message = "this address does not take that method; the header Allow names those it takes";
        Self::new(StatusCode::METHOD_NOT_ALLOWED, "wrong_method", message)
    }

    /// The body is larger than is read.
    pub fn too_large() -> Self {
        let message = format!(
            "the body has more than {} MB; nothing of it was kept. Send fewer items at a time, or smaller attachments",
            LIMIT / 1024 / 1024
        );
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, "too_large", message)
    }

    /// The body broke off.
    pub fn broken_body(what: &str) -> Self {
        let message = format!("the body could not be read to its end ({what}); nothing of it was kept, send it again");
        Self::new(StatusCode::BAD_REQUEST, "broken_body", message)
    }

    /// The body came too slowly.
    pub fn slow_body() -> Self {
        let message = "the body did not come in time; nothing of it was kept. Send it again, in smaller parts where the line is slow";
        Self::new(StatusCode::REQUEST_TIMEOUT, "slow_body", message)
    }

    /// The body is not JSON.
    pub fn bad_json(line: usize, what: String, example: &str) -> Self {
        let problem = Problem {
            source: "request".to_owned(),
            line: Some(line),
            field: "body".to_owned(),
            what,
            expected: Expected::Example(example.to_owned()),
        };
        Self {
            problems: vec![problem],
            ..Self::new(StatusCode::BAD_REQUEST, "bad_json", "the body is not JSON; nothing was changed")
        }
    }

    /// One field of the request is wrong.
    pub fn field(field: &str, what: impl Into<String>, expected: Expected) -> Self {
        let problem = Problem {
            source: "request".to_owned(),
            line: None,
            field: field.to_owned(),
            what: what.into(),
            expected,
        };
        Problems(vec![problem]).into()
    }
}

impl From<QueryRejection> for ApiError {
    fn from(rejection: QueryRejection) -> Self {
        let expected = Expected::Example("?limit=50&open=true".to_owned());
        Self::field("query", rejection.body_text(), expected)
    }
}

impl From<PathRejection> for ApiError {
    fn from(_: PathRejection) -> Self {
        Self::no_such_address()
    }
}

impl From<Problems> for ApiError {
    fn from(Problems(problems): Problems) -> Self {
        let message = match problems.len() {
            1 => "one thing is wrong; nothing was changed".to_owned(),
            many => format!("{many} things are wrong; nothing was changed"),
        };
        Self {
            problems,
            ..Self::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid", message)
        }
    }
}

impl From<ActError> for ApiError {
    fn from(error: ActError) -> Self {
        let (status, code) = match error {
            ActError::Problems(problems) => return problems.into(),
            ActError::Store(error) => return error.into(),
            ActError::NotAllowed(..) => (StatusCode::FORBIDDEN, "not_allowed"),
            ActError::UnknownOffice(..) => (StatusCode::FORBIDDEN, "unknown_office"),
            ActError::UnknownAccount(..) => (StatusCode::NOT_FOUND, "unknown_account"),
            ActError::UnknownLanguage(..) => (StatusCode::NOT_FOUND, "unknown_language"),
            ActError::NoReason => (StatusCode::UNPROCESSABLE_ENTITY, "no_reason"),
            ActError::Unsayable(..) => (StatusCode::UNPROCESSABLE_ENTITY, "unsayable"),
            ActError::OtherItem(..) => (StatusCode::UNPROCESSABLE_ENTITY, "other_item"),
            ActError::Differs(_) => (StatusCode::CONFLICT, "differs"),
            ActError::NothingToApprove(_) => (StatusCode::CONFLICT, "nothing_to_approve"),
            ActError::NotApproved(_) => (StatusCode::CONFLICT, "not_approved"),
            ActError::Withdrawn(_) => (StatusCode::CONFLICT, "withdrawn"),
            ActError::DropsLanguage(..) => (StatusCode::UNPROCESSABLE_ENTITY, "drops_language"),
            ActError::CorrectionWaits(_) => (StatusCode::CONFLICT, "correction_waits"),
            ActError::TwiceInBatch(_) => (StatusCode::UNPROCESSABLE_ENTITY, "twice_in_batch"),
            ActError::LacksFacts(..) => (StatusCode::UNPROCESSABLE_ENTITY, "lacks_facts"),
            ActError::Late { .. } => (StatusCode::CONFLICT, "late"),
            ActError::NothingChanged => (StatusCode::CONFLICT, "nothing_changed"),
            ActError::NoEvent(_) => (StatusCode::CONFLICT, "no_event"),
            ActError::Doubtful(_) => (StatusCode::CONFLICT, "doubtful"),
            ActError::NotPublished(_) => (StatusCode::CONFLICT, "not_published"),
        };
        Self::new(status, code, error.to_string())
    }
}

impl From<RegisterError> for ApiError {
    fn from(error: RegisterError) -> Self {
        let (status, code) = match error {
            RegisterError::Store(error) => return error.into(),
            RegisterError::Act(error) => return error.into(),
            RegisterError::UnknownUnit(unit, known) => {
                return Self::field("unit", format!("the office has no unit \"{unit}\""), Expected::OneOf(known));
            }
            RegisterError::Ahead => {
                let expected = Expected::Do("leave it away, or say when it was".to_owned());
                return Self::field("at", "it lies in the future", expected);
            }
            RegisterError::Ended(..) => (StatusCode::CONFLICT, "ended"),
            RegisterError::HasReason(..) => (StatusCode::CONFLICT, "has_reason"),
            RegisterError::Range(..) => (StatusCode::UNPROCESSABLE_ENTITY, "bad_range"),
            RegisterError::Overdue(_) => (StatusCode::CONFLICT, "overdue"),
            RegisterError::NotLate(_) => (StatusCode::CONFLICT, "not_late"),
            RegisterError::Empty(_) => (StatusCode::UNPROCESSABLE_ENTITY, "no_reason"),
        };
        Self::new(status, code, error.to_string())
    }
}

impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> Self {
        let (status, code) = match &error {
            StoreError::Missing(..) => (StatusCode::NOT_FOUND, "not_found"),
            StoreError::Conflict | StoreError::Duplicate(_) => (StatusCode::CONFLICT, "conflict"),
            transient if transient.is_transient() => (StatusCode::SERVICE_UNAVAILABLE, "store_unavailable"),
            _ => {
                tracing::error!(%error, "the store failed a request");
                (StatusCode::INTERNAL_SERVER_ERROR, "store_failed")
            }
        };
        Self::new(status, code, error.to_string())
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let body = json!({ "error": { "code": self.code, "message": self.message, "problems": self.problems } });
        let mut response = (self.status, Json(body)).into_response();
        if self.status == StatusCode::UNAUTHORIZED {
            let challenges = response.headers_mut();
            if self.basic {
                // First: there are programs that look at the first challenge only.
                let basic = HeaderValue::from_static("Basic realm=\"kasnec\", charset=\"UTF-8\"");
                challenges.append(header::WWW_AUTHENTICATE, basic);
            }
            challenges.append(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer realm=\"kasnec\""));
        }
        response
    }
}
