//! Facebook Login: from the dialog to a Page token.

use std::collections::HashMap;

use serde_json::Value;
use url::Url;

use crate::desk::{Desk, body, code};

const BACK: &str = "http://127.0.0.1:1/callback";
const SCOPES: &str = "pages_show_list,pages_read_engagement,pages_manage_posts";

async fn redirected(request: reqwest::RequestBuilder) -> HashMap<String, String> {
    let answer = request.send().await.expect("an answer");
    let location = answer.headers()["location"].to_str().expect("text");
    Url::parse(location).expect("an address").query_pairs().into_owned().collect()
}

fn dialog(desk: &Desk, auto: bool) -> Url {
    let mut url = Url::parse(&desk.url("/v26.0/dialog/oauth")).expect("an address");
    url.query_pairs_mut().extend_pairs([
        ("client_id", desk.options.app_id.as_str()),
        ("redirect_uri", BACK),
        ("state", "s&1"),
        ("scope", SCOPES),
        ("response_type", "code"),
    ]);
    if auto {
        url.query_pairs_mut().append_pair("auto", "1");
    }
    url
}

async fn exchange(desk: &Desk, parameters: &[(&str, &str)]) -> Value {
    let mut url = Url::parse(&desk.url("/v26.0/oauth/access_token")).expect("an address");
    url.query_pairs_mut()
        .append_pair("client_id", &desk.options.app_id)
        .append_pair("client_secret", &desk.options.app_secret)
        .extend_pairs(parameters);
    body(desk.client.get(url).send().await.expect("an answer")).await
}

async fn get(desk: &Desk, path: &str, token: &str) -> Value {
    body(desk.client.get(desk.url(path)).bearer_auth(token).send().await.expect("an answer")).await
}

#[tokio::test]
async fn the_way_from_the_dialog_to_a_page_token_that_never_expires() {
    let desk = Desk::open().await;
    let back = redirected(desk.client.get(dialog(&desk, true))).await;
    assert_eq!(back["state"], "s&1");
    let short = exchange(&desk, &[("code", &back["code"]), ("redirect_uri", BACK)]).await;
    let short = short["access_token"].as_str().expect("a token");
    let long = exchange(&desk, &[("grant_type", "fb_exchange_token"), ("fb_exchange_token", short)]).await;
    assert_eq!(long["expires_in"], 5_183_944);
    let long = long["access_token"].as_str().expect("a token");
    let accounts = get(&desk, "/v26.0/me/accounts?fields=id,name,access_token,tasks", long).await;
    let page = &accounts["data"][0];
    assert_eq!(page["name"].as_str(), Some(desk.options.page_name.as_str()));
    assert!(
        page["tasks"]
            .as_array()
            .is_some_and(|tasks| tasks.iter().any(|task| task == "CREATE_CONTENT"))
    );
    let token = page["access_token"].as_str().expect("a token");
    let facts = debug(&desk, token).await;
    assert_eq!(
        (facts["type"].as_str(), facts["expires_at"].as_i64(), &facts["is_valid"]),
        (Some("PAGE"), Some(0), &Value::Bool(true))
    );
    assert_eq!(
        facts["granular_scopes"][0]["target_ids"][0].as_str(),
        Some(desk.options.page_id.as_str())
    );
}

async fn debug(desk: &Desk, token: &str) -> Value {
    let app = format!("{}|{}", desk.options.app_id, desk.options.app_secret);
    get(desk, &format!("/v26.0/debug_token?input_token={token}"), &app).await["data"].clone()
}

#[tokio::test]
async fn a_code_works_once_and_only_with_the_same_redirect() {
    let desk = Desk::open().await;
    let back = redirected(desk.client.get(dialog(&desk, true))).await;
    let code_text = back["code"].as_str();
    assert_eq!(
        code(&exchange(&desk, &[("code", code_text), ("redirect_uri", "http://127.0.0.1:1/")]).await),
        (100, Some(36_008))
    );
    exchange(&desk, &[("code", code_text), ("redirect_uri", BACK)]).await;
    assert_eq!(
        code(&exchange(&desk, &[("code", code_text), ("redirect_uri", BACK)]).await),
        (100, Some(36_009))
    );
}

#[tokio::test]
async fn a_person_can_untick_a_scope_or_say_no() {
    let desk = Desk::open().await;
    let page = desk
        .client
        .get(dialog(&desk, false))
        .send()
        .await
        .expect("an answer")
        .text()
        .await
        .expect("text");
    assert!(page.contains("pages_manage_posts") && page.contains("<button>Vazhdo</button>"));
    let form = |extra: (&'static str, &'static str)| {
        vec![
            ("client_id", desk.options.app_id.clone()),
            ("redirect_uri", BACK.into()),
            ("state", "s".into()),
            ("scope", SCOPES.into()),
            (extra.0, extra.1.into()),
        ]
    };
    let url = desk.url("/v26.0/dialog/oauth");
    let refused = redirected(desk.client.post(&url).form(&form(("cancel", "1")))).await;
    assert_eq!(refused["error"], "access_denied");
    let back = redirected(desk.client.post(&url).form(&form(("grant", "pages_show_list")))).await;
    let token = exchange(&desk, &[("code", &back["code"]), ("redirect_uri", BACK)]).await;
    let facts = debug(&desk, token["access_token"].as_str().expect("a token")).await;
    assert_eq!(facts["scopes"], serde_json::json!(["pages_show_list", "public_profile"]));
}

#[tokio::test]
async fn a_page_left_out_of_the_accounts_still_gives_its_token() {
    let desk = Desk::open().await;
    desk.control("settings", serde_json::json!({ "conditions": ["page_unlisted"] }))
        .await;
    let user = desk.options.user_token.clone();
    assert_eq!(get(&desk, "/v26.0/me/accounts", &user).await["data"], serde_json::json!([]));
    let page = get(
        &desk,
        &format!("/v26.0/{}?fields=access_token,name,id", desk.options.page_id),
        &user,
    )
    .await;
    assert_eq!(page["access_token"].as_str(), Some(desk.options.page_token.as_str()));
}

#[tokio::test]
async fn a_dead_token_is_told_to_be_dead() {
    let desk = Desk::open().await;
    desk.control("tokens", serde_json::json!({ "token": "page", "state": "password_changed" }))
        .await;
    let facts = debug(&desk, &desk.options.page_token).await;
    assert_eq!(
        (&facts["is_valid"], facts["error"]["subcode"].as_i64()),
        (&Value::Bool(false), Some(460))
    );
}
