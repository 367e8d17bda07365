//! Errors as Graph words them.

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};

/// An answer of the shape `{"error":{…}}`.
#[derive(Debug, Clone)]
pub(super) struct GraphError {
    pub status: u16,
    pub code: i64,
    pub subcode: Option<i64>,
    pub kind: &'static str,
    pub message: String,
    pub user: Option<Box<(String, String)>>,
    pub transient: Option<bool>,
    pub data: Option<Box<Value>>,
}

impl GraphError {
    /// An `OAuthException` under HTTP 400, which is what most of Graph's errors are.
    pub fn new(code: i64, message: impl Into<String>) -> Self {
        Self {
            status: 400,
            code,
            subcode: None,
            kind: "OAuthException",
            message: message.into(),
            user: None,
            transient: None,
            data: None,
        }
    }

    /// A parameter that Graph does not accept.
    pub fn parameter(message: impl AsRef<str>) -> Self {
        Self::new(100, format!("(#100) {}", message.as_ref()))
    }

    /// An object that is not there, or not for this token.
    pub fn missing_object(method: &str, id: &str) -> Self {
        let message = format!(
            "Unsupported {} request. Object with ID '{id}' does not exist, cannot be loaded due to missing permissions, \
             or does not support this operation. Please read the Graph API documentation at \
             https://developers.facebook.com/docs/graph-api",
            method.to_lowercase()
        );
        Self::new(100, message).subcode(33).kind("GraphMethodException")
    }

    /// A failure on Graph's own side, before anything was done.
    pub fn service(message: impl Into<String>) -> Self {
        let mut error = Self::new(2, message).status(500);
        error.transient = Some(true);
        error
    }

    /// Tells the same code's cases apart.
    pub fn subcode(mut self, subcode: i64) -> Self {
        self.subcode = Some(subcode);
        self
    }

    /// Another HTTP status than 400.
    pub fn status(mut self, status: u16) -> Self {
        self.status = status;
        self
    }

    /// Another type than `OAuthException`.
    pub fn kind(mut self, kind: &'static str) -> Self {
        self.kind = kind;
        self
    }

    /// The words for a person: a title and a text.
    pub fn user(mut self, title: &str, message: &str) -> Self {
        self.user = Some(Box::new((title.into(), message.into())));
        self
    }

    /// What a program may need to go on.
    pub fn data(mut self, data: Value) -> Self {
        self.data = Some(Box::new(data));
        self
    }

    /// The body, with a fresh trace id.
    pub fn body(&self) -> Value {
        let mut error = Map::new();
        error.insert("message".into(), json!(self.message));
        error.insert("type".into(), json!(self.kind));
        error.insert("code".into(), json!(self.code));
        self.add_optional(&mut error);
        error.insert("fbtrace_id".into(), json!(trace_id()));
        json!({ "error": error })
    }

    fn add_optional(&self, error: &mut Map<String, Value>) {
        if let Some(data) = &self.data {
            error.insert("error_data".into(), (**data).clone());
        }
        if let Some(subcode) = self.subcode {
            error.insert("error_subcode".into(), json!(subcode));
        }
        if let Some(transient) = self.transient {
            error.insert("is_transient".into(), json!(transient));
        }
        if let Some(user) = &self.user {
            error.insert("error_user_title".into(), json!(user.0));
            error.insert("error_user_msg".into(), json!(user.1));
        }
    }
}

impl IntoResponse for GraphError {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::BAD_REQUEST);
        let mut response = (status, Json(self.body())).into_response();
        if self.code == 190 {
            response.headers_mut().insert(
                header::WWW_AUTHENTICATE,
                HeaderValue::from_static("OAuth \"Facebook Platform\" \"invalid_token\""),
            );
        }
        response
    }
}

/// A trace id of the look of Meta's: eleven URL-safe characters after an `A`.
pub(super) fn trace_id() -> String {
    let random = uuid::Uuid::new_v4().simple().to_string();
    format!("A{}", &random[..22])
}
