//! Tokens, proofs, scopes and standing conditions.

use serde_json::json;

use crate::desk::{Desk, code, id};

/// HMAC-SHA256 of the default Page token under the default secret, computed outside this program.
const PROOF: &str = "94022d1b40ac72f8d84830b0fa45acb3c073b970b530493cbaf745f64b7fab74";

#[tokio::test]
async fn a_token_may_come_in_the_header_the_query_or_the_body() {
    let desk = Desk::open().await;
    let (url, token) = (desk.url("/v26.0/me"), &desk.options.page_token);
    let oauth = desk.client.get(&url).header("Authorization", format!("OAuth {token}"));
    let query = desk.client.get(format!("{url}?access_token={token}"));
    for request in [oauth, query] {
        assert_eq!(request.send().await.expect("an answer").status(), 200);
    }
    let form = [("message", "M"), ("access_token", token.as_str())];
    let answer = desk
        .client
        .post(desk.url(&desk.edge("feed")))
        .form(&form)
        .send()
        .await
        .expect("an answer");
    assert_eq!(answer.status(), 200);
    assert_eq!(
        code(&crate::desk::body(desk.client.get(&url).send().await.expect("an answer")).await).0,
        104
    );
}

#[tokio::test]
async fn every_way_to_lose_a_token_has_its_subcode() {
    let desk = Desk::open().await;
    let ways = [
        ("app_removed", 458),
        ("checkpoint", 459),
        ("password_changed", 460),
        ("expired", 463),
        ("unconfirmed", 464),
        ("revoked", 467),
        ("no_page_role", 492),
    ];
    for (state, subcode) in ways {
        desk.control("tokens", json!({ "token": "page", "state": state })).await;
        let answer = desk.post(&desk.edge("feed"), &[("message", "M")]).await;
        assert_eq!(code(&answer), (190, Some(subcode)));
        assert!(answer["error"]["fbtrace_id"].as_str().is_some_and(|id| id.starts_with('A')));
    }
    assert_eq!(desk.posts().await["created"], 0);
}

#[tokio::test]
async fn a_proof_is_checked_when_given_and_missed_when_required() {
    let desk = Desk::open().await;
    let feed = desk.edge("feed");
    assert_eq!(
        code(&desk.post(&feed, &[("message", "M"), ("appsecret_proof", "00ff")]).await).0,
        100
    );
    desk.control("settings", json!({ "conditions": ["proof_required"] })).await;
    assert_eq!(code(&desk.post(&feed, &[("message", "M")]).await).0, 104);
    id(&desk.post(&feed, &[("message", "M"), ("appsecret_proof", PROOF)]).await);
}

#[tokio::test]
async fn a_missing_scope_is_told_by_200_for_writing_and_10_for_reading() {
    let desk = Desk::open().await;
    desk.control("settings", json!({ "missing_scopes": ["pages_read_engagement"] }))
        .await;
    assert_eq!(code(&desk.post(&desk.edge("feed"), &[("message", "M")]).await).0, 200);
    assert_eq!(code(&desk.get(&desk.edge("published_posts")).await).0, 10);
}

#[tokio::test]
async fn a_user_token_cannot_post_as_the_page() {
    let desk = Desk::open().await;
    let form = [("message", "M"), ("access_token", desk.options.user_token.as_str())];
    let answer = desk
        .client
        .post(desk.url(&desk.edge("feed")))
        .form(&form)
        .send()
        .await
        .expect("an answer");
    assert_eq!(code(&crate::desk::body(answer).await), (190, Some(2_069_032)));
}

#[tokio::test]
async fn deletes_and_edits_can_be_refused() {
    let desk = Desk::open().await;
    let post = desk.draft("M").await;
    desk.control("settings", json!({ "conditions": ["deletes_refused", "edits_refused"] }))
        .await;
    assert_eq!(code(&desk.delete(&post).await).0, 3);
    assert_eq!(code(&desk.publish(&post).await).0, 200);
}

#[tokio::test]
async fn in_development_mode_a_post_is_for_app_roles_only() {
    let desk = Desk::open().await;
    desk.control("settings", json!({ "conditions": ["development_mode"] })).await;
    desk.post(&desk.edge("feed"), &[("message", "M")]).await;
    assert_eq!(desk.posts().await["posts"][0]["audience"], "app_roles");
}
