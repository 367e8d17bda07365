//! The few Graph calls that connecting needs.

use serde_json::Value;

use super::{Account, ConnectError, appsecret_proof};
use crate::http::{Method, Outbound, RequestBuilder};

/// The Graph API, for one app.
pub(super) struct Graph<'a> {
    http: &'a Outbound,
    base: String,
    /// The app's id.
    pub(super) app: &'a str,
    /// The app's secret.
    pub(super) secret: &'a str,
}

impl<'a> Graph<'a> {
    /// The API that the account's settings name.
    pub(super) fn new(account: &Account<'a>, http: &'a Outbound) -> Self {
        let setting = |name: &str| account.settings.get(name).map_or("", |value| value.trim());
        Self {
            http,
            base: format!("{}/{}", setting("graph_url").trim_end_matches('/'), setting("version")),
            app: setting("app_id"),
            secret: account.secrets.get("app_secret").map_or("", |value| value.trim()),
        }
    }

    /// Reads as the person.
    pub(super) async fn get(&self, during: &'static str, path: &str, token: &str, query: &[(&str, &str)]) -> Result<Value, ConnectError> {
        let proof = appsecret_proof(self.secret, token);
        let request = self.request(during, Method::GET, path)?.bearer_auth(token);
        self.send(during, request.query(query).query(&[("appsecret_proof", &proof)])).await
    }

    /// Reads as the app: what a token is worth. Meta takes the token in question as a parameter of a GET only.
    pub(super) async fn debug_token(&self, token: &str) -> Result<Value, ConnectError> {
        let during = "the look at the token";
        let request = self.request(during, Method::GET, "/debug_token")?;
        let request = request.bearer_auth(format!("{}|{}", self.app, self.secret));
        Ok(self.send(during, request.query(&[("input_token", token)])).await?["data"].take())
    }

    /// Exchanges a token; in a body, so that no secret stands in an address.
    pub(super) async fn exchange(&self, during: &'static str, form: &[(&str, &str)]) -> Result<Value, ConnectError> {
        self.send(during, self.request(during, Method::POST, "/oauth/access_token")?.form(form))
            .await
    }

    fn request(&self, during: &'static str, method: Method, path: &str) -> Result<RequestBuilder, ConnectError> {
        let request = self.http.to_account(method, &format!("{}{path}", self.base));
        request.map_err(|source| ConnectError::Unreachable { during, source })
    }

    async fn send(&self, during: &'static str, request: RequestBuilder) -> Result<Value, ConnectError> {
        let reply = self
            .http
            .call(request)
            .await
            .map_err(|source| ConnectError::Unreachable { during, source })?;
        let refused = |said: String| Err(ConnectError::Refused { during, said });
        match reply.json() {
            Some(answer) if answer["error"].is_object() => {
                let error = &answer["error"];
                refused(format!(
                    "{} (error {})",
                    error["message"].as_str().unwrap_or_default(),
                    error["code"]
                ))
            }
            Some(answer) if reply.is_success() => Ok(answer),
            _ => refused(format!("the answer cannot be understood (HTTP {})", reply.status)),
        }
    }
}
