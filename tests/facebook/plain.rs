//! The plain flavour, which Mastodon speaks: with PKCE, and the token as it is.

use std::sync::Arc;
use std::time::Duration;

use kasnec::clock::SetClock;
use kasnec::connect::{Account, ConnectError, Connected, Listen, connect};
use serde_json::{Value, json};
use url::Url;
use wiremock::matchers::{body_string_contains, method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::bench::{client, owned, shipped, tools};

async fn server(status: u16, answer: Value) -> MockServer {
    let server = MockServer::start().await;
    Mock::given(method("POST"))
        .and(path("/oauth/token"))
        .and(body_string_contains("grant_type=authorization_code"))
        .and(body_string_contains("code=kodi-1"))
        .and(body_string_contains("code_verifier="))
        .and(body_string_contains("client_secret=sekreti"))
        .respond_with(ResponseTemplate::new(status).set_body_json(answer))
        .mount(&server)
        .await;
    server
}

/// Mastodon's consent page, passed: the browser goes straight back with a code.
fn agree(url: &str) {
    let url = Url::parse(url).unwrap();
    assert_eq!(url.path(), "/oauth/authorize");
    let query: std::collections::HashMap<String, String> = url.query_pairs().into_owned().collect();
    assert_eq!(query["scope"], "read:accounts write:statuses");
    assert_eq!(
        (query["response_type"].as_str(), query["code_challenge_method"].as_str()),
        ("code", "S256")
    );
    let back = format!("{}?code=kodi-1&state={}", query["redirect_uri"], query["state"]);
    tokio::spawn(async move { client().get(back).send().await.unwrap() });
}

async fn go(server: &MockServer, secrets: &[(&str, &str)]) -> Result<Connected, ConnectError> {
    let settings = owned(&[("base_url", &server.uri()), ("client_id", "kasnec")]);
    let secrets = owned(secrets);
    let listen = Listen {
        port: 0,
        patience: Duration::from_secs(8),
    };
    let tools = tools(&Arc::new(SetClock::at(chrono::Utc::now())));
    let account = Account {
        settings: &settings,
        secrets: &secrets,
        listen,
    };
    connect(&shipped("mastodon"), &account, &tools.http, &tools.renderer, agree).await
}

#[tokio::test]
async fn a_mastodon_account_is_connected_with_its_access_token() {
    let server = server(
        200,
        json!({ "access_token": "ZA-1", "token_type": "Bearer", "scope": "read:accounts", "created_at": 1 }),
    )
    .await;
    let connected = go(&server, &[("client_secret", "sekreti")]).await.unwrap();
    assert_eq!((connected.token.as_str(), connected.stored_as.as_str()), ("ZA-1", "access_token"));
    assert!(connected.notes[0].contains("no end date"));
}

#[tokio::test]
async fn a_refusal_is_told_in_the_servers_words() {
    let refusal = json!({ "error": "invalid_client", "error_description": "Client authentication failed" });
    let ended = go(&server(401, refusal).await, &[("client_secret", "sekreti")])
        .await
        .unwrap_err()
        .to_string();
    assert!(ended.contains("Client authentication failed"), "{ended}");
}

#[tokio::test]
async fn an_answer_that_cannot_be_read_is_not_shown() {
    let odd = json!({ "token": "ZA-secret" });
    let ended = go(&server(200, odd).await, &[("client_secret", "sekreti")])
        .await
        .unwrap_err()
        .to_string();
    assert!(ended.contains("cannot be understood") && !ended.contains("ZA-secret"), "{ended}");
}

#[tokio::test]
async fn an_account_without_its_app_is_told_what_to_set() {
    let ended = go(&server(200, json!({})).await, &[]).await;
    assert!(matches!(ended, Err(ConnectError::Missing("client_secret"))), "{ended:?}");
}

#[tokio::test]
async fn a_channel_without_oauth_needs_no_browser() {
    let tools = tools(&Arc::new(SetClock::at(chrono::Utc::now())));
    let nothing = owned(&[]);
    let account = Account {
        settings: &nothing,
        secrets: &nothing,
        listen: Listen::default(),
    };
    let ended = connect(&shipped("site"), &account, &tools.http, &tools.renderer, |_| ()).await;
    assert!(matches!(ended, Err(ConnectError::NotNeeded(_))), "{ended:?}");
}
