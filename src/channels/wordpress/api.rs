//! The REST calls: signed in, read past caches, their answers sorted into values and faults.

use std::sync::Arc;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;
use url::{Host, Url};
use uuid::Uuid;

use super::errors::{Fault, Refusal};
use crate::channels::{Account, Tools};
use crate::clock::Clock;
use crate::http::{CallError, Method, Outbound, Reply, RequestBuilder, is_public};
use crate::receipt::Answer;

/// One site's REST API, as one of its users.
pub(super) struct Api {
    http: Outbound,
    clock: Arc<dyn Clock>,
    base: String,
    user: String,
    password: String,
}

/// A file on its way up.
pub(super) struct Upload<'a> {
    pub(super) name: &'a str,
    pub(super) media_type: &'a str,
    pub(super) bytes: Vec<u8>,
    pub(super) fields: &'a [(&'a str, &'a str)],
}

impl Api {
    /// The API that an account names.
    pub(super) fn new(account: &Account, tools: &Tools) -> Self {
        Self {
            http: tools.http.clone(),
            clock: Arc::clone(&tools.clock),
            base: account.setting("base_url").trim().trim_end_matches('/').to_owned(),
            user: account.setting("username").trim().to_owned(),
            password: account.secret("application_password").trim().to_owned(),
        }
    }

    /// Why no call can be made with what the account was told.
    pub(super) fn unusable(&self) -> Option<String> {
        let told = [
            ("base_url", &self.base),
            ("username", &self.user),
            ("application_password", &self.password),
        ];
        if let Some((name, _)) = told.into_iter().find(|(_, value)| value.is_empty()) {
            return Some(format!("The WordPress account has no {name}."));
        }
        let clear = self.base.starts_with("http://") && !self.is_local();
        clear.then(|| "The base_url begins with http, so the password would travel in clear: use https.".to_owned())
    }

    /// Whether the site is on this machine or in this network.
    pub(super) fn is_local(&self) -> bool {
        let url = Url::parse(&self.base).ok();
        match url.as_ref().and_then(Url::host) {
            Some(Host::Domain(name)) => name.rsplit('.').next().is_some_and(|last| last == "localhost" || last == "local"),
            Some(Host::Ipv4(ip)) => !is_public(ip.into()),
            Some(Host::Ipv6(ip)) => !is_public(ip.into()),
            None => false,
        }
    }

    /// The site's address, without a trailing slash.
    pub(super) fn base(&self) -> &str {
        &self.base
    }

    /// The user who signs in.
    pub(super) fn user(&self) -> &str {
        &self.user
    }

    /// Reads; a lost answer changed nothing, so it is only tried again.
    pub(super) async fn read(&self, path: &str, query: &[(&str, &str)]) -> Result<Value, Answer> {
        self.get(path, query).await.map_err(|fault| self.harmless(&fault))
    }

    /// Reads, the fault as it is.
    pub(super) async fn get(&self, path: &str, query: &[(&str, &str)]) -> Result<Value, Fault> {
        // Caches in front of WordPress keep REST answers; a query that nobody made before passes them.
        let fresh = Uuid::new_v4().simple().to_string();
        let request = self.request(Method::GET, path)?.query(query).query(&[("_", fresh.as_str())]);
        self.send(request, path).await
    }

    /// Creates or changes.
    pub(super) async fn post(&self, path: &str, body: &Value) -> Result<Value, Fault> {
        self.send(self.request(Method::POST, path)?.json(body), path).await
    }

    /// Deletes, or moves to the trash unless `force`.
    pub(super) async fn delete(&self, path: &str, force: bool) -> Result<Value, Fault> {
        let request = self.request(Method::DELETE, path)?.query(&[("force", force)]);
        self.send(request, path).await
    }

    /// Tries to write nothing at all: WordPress, if the call reaches it, refuses a post without a word in it.
    pub(super) async fn lets_writing_pass(&self) -> Result<(), Fault> {
        match self.post("/wp/v2/posts", &Value::Object(serde_json::Map::new())).await {
            Err(Fault::Refused(refusal)) if refusal.code == "empty_content" => Ok(()),
            Err(fault) => Err(fault),
            // A plugin can make WordPress take it all the same.
            Ok(post) => self.delete(&format!("/wp/v2/posts/{}", post["id"]), true).await.map(drop),
        }
    }

    /// Uploads. The raw body, unlike a form, passes PHP's own upload limits.
    pub(super) async fn upload(&self, file: Upload<'_>) -> Result<Value, Fault> {
        let path = "/wp/v2/media";
        let name = header_safe(file.name);
        let request = self
            .request(Method::POST, path)?
            .query(file.fields)
            .header("Content-Type", file.media_type)
            .header("Content-Disposition", format!("attachment; filename=\"{name}\"").into_bytes())
            .timeout(self.http.limits().total + slow_line(file.bytes.len()))
            .body(file.bytes);
        self.send(request, path).await
    }

    /// What a fault means for the call that met it.
    pub(super) fn answer(&self, fault: &Fault) -> Answer {
        fault.answer(self.clock.now())
    }

    /// What a fault means when the call cannot have done any harm.
    pub(super) fn harmless(&self, fault: &Fault) -> Answer {
        match self.answer(fault) {
            Answer::Unknown(failure) => Answer::Retry(failure),
            answer => answer,
        }
    }

    fn request(&self, method: Method, path: &str) -> Result<RequestBuilder, CallError> {
        let credentials = STANDARD.encode(format!("{}:{}", self.user, self.password));
        let request = self.http.to_account(method, &format!("{}/wp-json{path}", self.base))?;
        Ok(request.header("Authorization", format!("Basic {credentials}")))
    }

    async fn send(&self, request: RequestBuilder, path: &str) -> Result<Value, Fault> {
        let reply = self.http.call(request).await?;
        sorted(&reply, path)
    }
}

/// WordPress splits the header at every semicolon, quoted or not.
fn header_safe(name: &str) -> String {
    let parts = |c: char| matches!(c, '"' | '\\' | '/' | ';') || c.is_control();
    name.replace(parts, "-")
}

/// What a line of 100 KB a second, an office's on a bad day, needs for so many bytes.
fn slow_line(bytes: usize) -> Duration {
    Duration::from_millis(bytes as u64 / 100)
}

/// Something in front of WordPress may turn its errors into a success; taken for a result, one would say that nothing is there.
fn is_error(value: &Value) -> bool {
    value["code"].is_string() && value["message"].is_string() && value["id"].is_null()
}

/// A value, or why there is none.
pub(super) fn sorted(reply: &Reply, path: &str) -> Result<Value, Fault> {
    match reply.json() {
        Some(value @ (Value::Object(_) | Value::Array(_))) if reply.is_success() && !is_error(&value) => Ok(value),
        _ if reply.is_success() => Err(Fault::NoResult(reply.text())),
        json => Err(Fault::Refused(Box::new(Refusal::new(reply, json, path)))),
    }
}
