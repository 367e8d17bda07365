//! Reading a Graph request, in whichever of Graph's encodings it came.

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{FromRequest, Multipart, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, header};
use serde_json::{Map, Value};
use url::form_urlencoded;

use super::errors::GraphError;

/// More than the largest thing that is ever sent in one piece.
pub(super) const BODY_LIMIT: usize = 64 * 1024 * 1024;

/// A request as the Graph sees it.
#[derive(Debug)]
pub(super) struct Call {
    pub method: Method,
    /// The path as sent, version included.
    pub path: String,
    pub version: Option<String>,
    /// The path without version and slashes.
    pub segments: Vec<String>,
    /// Query and body merged, as sent.
    pub params: Map<String, Value>,
    pub files: Vec<Upload>,
    pub host: String,
    /// The token of the `Authorization` header.
    pub bearer: Option<String>,
}

/// A file part of a multipart body.
#[derive(Debug)]
pub(super) struct Upload {
    pub name: String,
    pub filename: String,
    pub content_type: String,
    pub bytes: Bytes,
}

impl Call {
    /// Reads head and body.
    pub async fn read(request: Request) -> Result<Self, GraphError> {
        let (parts, body) = request.into_parts();
        let mut call = Self::from_head(&parts);
        let bytes = to_bytes(body, BODY_LIMIT)
            .await
            .map_err(|error| GraphError::parameter(format!("The request body could not be read: {error}")))?;
        call.read_body(parts, bytes).await?;
        Ok(call)
    }

    fn from_head(parts: &Parts) -> Self {
        let path = parts.uri.path().to_owned();
        let mut segments: Vec<String> = path.split('/').filter(|segment| !segment.is_empty()).map(str::to_owned).collect();
        let version = segments.first().filter(|first| is_version(first)).cloned();
        if version.is_some() {
            segments.remove(0);
        }
        Self {
            method: parts.method.clone(),
            path,
            version,
            segments,
            params: form(parts.uri.query().unwrap_or_default().as_bytes()),
            files: Vec::new(),
            host: text_header(&parts.headers, &header::HOST).unwrap_or_default().to_owned(),
            bearer: bearer(&parts.headers),
        }
    }

    async fn read_body(&mut self, parts: Parts, bytes: Bytes) -> Result<(), GraphError> {
        let kind = text_header(&parts.headers, &header::CONTENT_TYPE).unwrap_or_default().to_owned();
        if bytes.is_empty() {
            return Ok(());
        }
        if kind.starts_with("multipart/form-data") {
            return self.read_multipart(Request::from_parts(parts, Body::from(bytes))).await;
        }
        if kind.starts_with("application/json") {
            let body: Map<String, Value> = serde_json::from_slice(&bytes)
                .map_err(|error| GraphError::parameter(format!("The request body is not a JSON object: {error}")))?;
            self.params.extend(body);
        } else {
            self.params.extend(form(&bytes));
        }
        Ok(())
    }

    async fn read_multipart(&mut self, request: Request) -> Result<(), GraphError> {
        let broken = |error: &dyn std::fmt::Display| GraphError::parameter(format!("The multipart body could not be read: {error}"));
        let mut multipart = Multipart::from_request(request, &()).await.map_err(|error| broken(&error))?;
        while let Some(part) = multipart.next_field().await.map_err(|error| broken(&error))? {
            let name = part.name().unwrap_or_default().to_owned();
            let filename = part.file_name().map(str::to_owned);
            let content_type = part.content_type().unwrap_or_default().to_owned();
            let bytes = part.bytes().await.map_err(|error| broken(&error))?;
            match filename {
                Some(filename) => self.files.push(Upload {
                    name,
                    filename,
                    content_type,
                    bytes,
                }),
                None => {
                    self.params
                        .insert(name, Value::String(String::from_utf8_lossy(&bytes).into_owned()));
                }
            }
        }
        Ok(())
    }

    /// The file of that part name, else the first one: Graph does not care how a photo's part is called.
    pub fn file(&self, name: &str) -> Option<&Upload> {
        self.files.iter().find(|file| file.name == name).or_else(|| self.files.first())
    }

    /// Where the caller reached the sandbox.
    pub fn base_url(&self) -> String {
        format!("http://{}", self.host)
    }
}

fn is_version(segment: &str) -> bool {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    segment
        .strip_prefix('v')
        .and_then(|rest| rest.split_once('.'))
        .is_some_and(|(major, minor)| digits(major) && digits(minor))
}

fn form(bytes: &[u8]) -> Map<String, Value> {
    form_urlencoded::parse(bytes)
        .map(|(name, value)| (name.into_owned(), Value::String(value.into_owned())))
        .collect()
}

fn bearer(headers: &HeaderMap) -> Option<String> {
    let value = text_header(headers, &header::AUTHORIZATION)?;
    let (scheme, token) = value.split_once(' ')?;
    let known = scheme.eq_ignore_ascii_case("bearer") || scheme.eq_ignore_ascii_case("oauth");
    known.then(|| token.trim().to_owned())
}

fn text_header<'a>(headers: &'a HeaderMap, name: &header::HeaderName) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}
