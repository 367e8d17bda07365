//! The two halves of the flow: the address that the person opens, and what their browser brings back.

use std::time::Duration;

use oauth2::basic::{BasicClient, BasicErrorResponse, BasicTokenResponse};
use oauth2::http::Response;
use oauth2::{
    AuthType, AuthUrl, AuthorizationCode, ClientId, ClientSecret, CsrfToken, EndpointNotSet, EndpointSet, HttpRequest, HttpResponse,
    PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, RequestTokenError, Scope, TokenResponse, TokenUrl,
};
use serde_json::{Value, json};
use subtle::ConstantTimeEq;

use super::{Account, ConnectError, Connected, facebook};
use crate::http::{CallError, Method, Outbound};
use crate::manifest::{Manifest, OAuth};
use crate::render::Renderer;

type Client = BasicClient<EndpointSet, EndpointNotSet, EndpointNotSet, EndpointNotSet, EndpointSet>;

/// One attempt to connect, begun.
pub struct Flow {
    oauth: OAuth,
    client: Client,
    url: String,
    state: CsrfToken,
    verifier: Option<PkceCodeVerifier>,
}

/// What the browser brought back.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Return {
    /// The mark of the attempt.
    pub state: String,
    /// What the token is given for.
    pub code: Option<String>,
    /// Why there is none.
    pub error: Option<String>,
}

impl Return {
    /// Reads the query of the address that the browser was sent to.
    pub fn of(query: &str) -> Self {
        let mut back = Self::default();
        for (name, value) in url::form_urlencoded::parse(query.as_bytes()) {
            match name.as_ref() {
                "state" => back.state = value.into_owned(),
                "code" => back.code = Some(value.into_owned()),
                "error_description" => back.error = Some(value.into_owned()),
                "error" => back.error = back.error.or_else(|| Some(value.into_owned())),
                _ => {}
            }
        }
        back
    }
}

impl Flow {
    /// Begins an attempt whose browser returns to `redirect`.
    pub fn begin(manifest: &Manifest, account: &Account<'_>, renderer: &Renderer, redirect: &str) -> Result<Self, ConnectError> {
        let oauth = manifest.oauth.clone().ok_or_else(|| ConnectError::NotNeeded(manifest.id.clone()))?;
        let client = client(&oauth, account, renderer, redirect)?;
        let (challenge, verifier) = (oauth.flavour != facebook::FLAVOUR)
            .then(PkceCodeChallenge::new_random_sha256)
            .unzip();
        let scopes = oauth.scopes.iter().map(|scope| Scope::new(scope.clone()));
        let mut request = client.authorize_url(CsrfToken::new_random).add_scopes(scopes);
        if let Some(challenge) = challenge {
            // A server that does not know PKCE passes it over (RFC 6749 § 3.1).
            request = request.set_pkce_challenge(challenge);
        }
        let (url, state) = request.url();
        Ok(Self {
            oauth,
            client,
            url: url.to_string(),
            state,
            verifier,
        })
    }

    /// The address that the person opens.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Whether what the browser brought back belongs to this attempt.
    pub fn is_ours(&self, back: &Return) -> bool {
        // In constant time: the mark is a secret that a stranger could otherwise guess letter by letter.
        self.state.secret().as_bytes().ct_eq(back.state.as_bytes()).into()
    }

    /// Exchanges what the browser brought back for the token to be stored.
    pub async fn finish(self, back: &Return, account: &Account<'_>, http: &Outbound) -> Result<Connected, ConnectError> {
        if !self.is_ours(back) {
            return Err(ConnectError::StateMismatch);
        }
        let code = match (&back.error, &back.code) {
            (Some(error), _) => return Err(ConnectError::Declined(error.clone())),
            (None, None) => return Err(ConnectError::NoCode),
            (None, Some(code)) => AuthorizationCode::new(code.clone()),
        };
        let (stored_as, is_facebook) = (self.oauth.store_as.clone(), self.oauth.flavour == facebook::FLAVOUR);
        let granted = self.exchange(code, http).await?;
        let token = granted.access_token().secret();
        let (token, notes) = if is_facebook {
            facebook::page_token(token, account, http).await?
        } else {
            (token.clone(), vec![lifetime(granted.expires_in())])
        };
        Ok(Connected { token, stored_as, notes })
    }

    async fn exchange(self, code: AuthorizationCode, http: &Outbound) -> Result<BasicTokenResponse, ConnectError> {
        let send = |request: HttpRequest| send(http, request);
        let mut request = self.client.exchange_code(code);
        if let Some(verifier) = self.verifier {
            request = request.set_pkce_verifier(verifier);
        }
        request.request_async(&send).await.map_err(refused)
    }
}

fn client(oauth: &OAuth, account: &Account<'_>, renderer: &Renderer, redirect: &str) -> Result<Client, ConnectError> {
    let data = json!({ "settings": account.settings });
    let fill = |template: &str| renderer.fill(template, &data).map_err(ConnectError::from);
    let (authorize, token) = (fill(&oauth.authorize_url)?, fill(&oauth.token_url)?);
    let bad = |address: &str, why: &dyn std::fmt::Display| ConnectError::BadAddress {
        address: address.to_owned(),
        why: why.to_string(),
    };
    let client = BasicClient::new(ClientId::new(first(account.settings, ["client_id", "app_id"])?))
        .set_client_secret(ClientSecret::new(first(account.secrets, ["client_secret", "app_secret"])?))
        // Every server takes the credentials in the body; Facebook takes them nowhere else.
        .set_auth_type(AuthType::RequestBody)
        .set_auth_uri(AuthUrl::new(authorize.clone()).map_err(|error| bad(&authorize, &error))?)
        .set_token_uri(TokenUrl::new(token.clone()).map_err(|error| bad(&token, &error))?)
        .set_redirect_uri(RedirectUrl::new(redirect.to_owned()).map_err(|error| bad(redirect, &error))?);
    Ok(client)
}

/// The first of those values that is there.
fn first(values: &std::collections::BTreeMap<String, String>, names: [&'static str; 2]) -> Result<String, ConnectError> {
    let known = |name: &&str| values.get(*name).map(|value| value.trim()).filter(|value| !value.is_empty());
    // The channel calls it what its manifest calls it: the name that is there, empty or not.
    let meant = names.into_iter().find(|name| values.contains_key(*name)).unwrap_or(names[0]);
    names.iter().find_map(known).map(str::to_owned).ok_or(ConnectError::Missing(meant))
}

/// The one door out, in the shape that the OAuth2 library asks for.
async fn send(http: &Outbound, request: HttpRequest) -> Result<HttpResponse, CallError> {
    let (head, body) = request.into_parts();
    let method = Method::from_bytes(head.method.as_str().as_bytes()).unwrap_or(Method::POST);
    let mut call = http.to_account(method, &head.uri.to_string())?;
    for (name, value) in &head.headers {
        call = call.header(name.as_str(), value.as_bytes());
    }
    let reply = http.call(call.body(body)).await?;
    let mut response = Response::new(reply.body);
    *response.status_mut() = oauth2::http::StatusCode::from_u16(reply.status).unwrap_or_default();
    Ok(response)
}

fn refused(error: RequestTokenError<CallError, BasicErrorResponse>) -> ConnectError {
    let during = "the exchange of the code for a token";
    let said = match error {
        RequestTokenError::Request(source) => return ConnectError::Unreachable { during, source },
        RequestTokenError::ServerResponse(response) => response.to_string(),
        RequestTokenError::Parse(_, body) => said(&body),
        RequestTokenError::Other(what) => what,
    };
    ConnectError::Refused { during, said }
}

/// What a server said in its own way; of a success that cannot be read nothing is shown, for it may hold a token.
fn said(body: &[u8]) -> String {
    let body: Value = serde_json::from_slice(body).unwrap_or_default();
    match body["error"]["message"].as_str() {
        Some(message) => format!("{message} (error {})", body["error"]["code"]),
        None => "the answer cannot be understood".to_owned(),
    }
}

fn lifetime(expires_in: Option<Duration>) -> String {
    match expires_in {
        None => "The connection has no end date.".to_owned(),
        Some(lifetime) => format!("The connection lasts {} days; connect again before.", lifetime.as_secs() / 86_400),
    }
}
