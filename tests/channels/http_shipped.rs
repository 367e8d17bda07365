//! Telegram and Mastodon, as their shipped manifests speak to them.

use std::sync::Arc;

use kasnec::channels::{Driver, Safety};
use kasnec::receipt::{Action, Answer, FailureCode, Object, Phase};
use serde_json::json;
use wiremock::matchers::{body_json, header, method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::support::{Bench, after, drive, noon, post, publish, shipped};

const TOKEN: &str = "8123456:AAF-x_9";

fn telegram(server: &MockServer) -> Arc<dyn Driver> {
    let settings = [("chat_id", "@komunakacanik"), ("api_url", &server.uri())];
    Bench::new().driver(&shipped("telegram"), &settings, &[("bot_token", TOKEN)])
}

fn mastodon(server: &MockServer) -> Arc<dyn Driver> {
    Bench::new().driver(&shipped("mastodon"), &[("base_url", &server.uri())], &[("access_token", TOKEN)])
}

#[tokio::test]
async fn telegram_is_told_once_and_edited_afterwards() {
    let server = MockServer::start().await;
    let message = json!({ "ok": true, "result": { "message_id": 512, "chat": { "id": -100, "username": "komunakacanik" } } });
    let call = |name: &str| path(format!("/bot{TOKEN}/{name}"));
    Mock::given(method("POST"))
        .and(call("sendMessage"))
        .and(body_json(json!({ "chat_id": "@komunakacanik", "text": "Mbledhja \"e 7-të\"" })))
        .respond_with(ResponseTemplate::new(200).set_body_json(&message))
        .expect(1)
        .mount(&server)
        .await;
    Mock::given(method("POST"))
        .and(call("editMessageText"))
        .and(body_json(
            json!({ "chat_id": "@komunakacanik", "message_id": 512, "text": "ANULUAR" }),
        ))
        .respond_with(ResponseTemplate::new(200).set_body_json(&message))
        .expect(2)
        .mount(&server)
        .await;
    let driver = telegram(&server);
    let mut job = publish(post(&[("text", "Mbledhja \"e 7-të\"")]));
    assert_eq!(driver.next(&job).unwrap().unwrap().safety, Safety::Once);
    let stands = [Object::new("post", Phase::Public, "512").at("https://t.me/komunakacanik/512")];
    assert_eq!(drive(&*driver, &mut job).await.unwrap(), stands);
    for action in [Action::Update, Action::Withdraw] {
        let mut change = after(&job, action, post(&[("text", "ANULUAR")]));
        assert_eq!(drive(&*driver, &mut change).await.unwrap(), stands);
    }
}

#[tokio::test]
async fn a_private_telegram_channel_has_posts_without_an_address() {
    let server = MockServer::start().await;
    let message = json!({ "ok": true, "result": { "message_id": 5, "chat": { "id": -100 } } });
    let response = ResponseTemplate::new(200).set_body_json(message);
    Mock::given(method("POST")).respond_with(response).mount(&server).await;
    let mut job = publish(post(&[("text", "")]));
    let objects = drive(&*telegram(&server), &mut job).await.unwrap();
    assert_eq!(objects, [Object::new("post", Phase::Public, "5")]);
}

#[tokio::test]
async fn telegram_says_in_its_body_how_long_to_wait_and_never_shows_the_token() {
    let server = MockServer::start().await;
    let flood = json!({ "ok": false, "error_code": 429, "description": format!("Too Many Requests: bot{TOKEN}"), "parameters": { "retry_after": 17 } });
    let response = ResponseTemplate::new(429).set_body_json(flood);
    Mock::given(method("POST")).respond_with(response).mount(&server).await;
    let mut job = publish(post(&[("text", "")]));
    let Err(Answer::Snooze(wait)) = drive(&*telegram(&server), &mut job).await else {
        panic!("a flood control is a wait")
    };
    assert_eq!((wait.until - noon()).num_seconds(), 17);
    assert!(wait.why.evidence.unwrap().contains("bot•••"));
}

#[tokio::test]
async fn a_telegram_bot_is_checked_before_it_matters() {
    let server = MockServer::start().await;
    let wrong = json!({ "ok": false, "error_code": 401, "description": "Unauthorized" });
    Mock::given(path(format!("/bot{TOKEN}/getMe")))
        .respond_with(ResponseTemplate::new(401).set_body_json(wrong))
        .mount(&server)
        .await;
    assert_eq!(telegram(&server).check().await.wrong[0].code, FailureCode::NotSignedIn);
}

#[tokio::test]
async fn mastodon_bears_the_same_call_twice_and_removes_what_is_withdrawn() {
    let server = MockServer::start().await;
    let status = ResponseTemplate::new(200).set_body_json(json!({ "id": "1130", "url": "https://social.example/@kacanik/1130" }));
    Mock::given(method("POST"))
        .and(path("/api/v1/statuses"))
        .and(header("idempotency-key", "kacanik/7f3a/sq"))
        .and(header("authorization", format!("Bearer {TOKEN}").as_str()))
        .and(body_json(json!({ "status": "Mbledhja", "language": "sq", "visibility": "public" })))
        .respond_with(status)
        .mount(&server)
        .await;
    let gone = ResponseTemplate::new(404).set_body_json(json!({ "error": "Record not found" }));
    Mock::given(method("DELETE"))
        .and(path("/api/v1/statuses/1130"))
        .respond_with(gone)
        .mount(&server)
        .await;
    let driver = mastodon(&server);
    let mut job = publish(post(&[("text", "Mbledhja")]));
    assert_eq!(driver.next(&job).unwrap().unwrap().safety, Safety::Keyed(3000));
    let objects = drive(&*driver, &mut job).await.unwrap();
    assert_eq!(
        objects,
        [Object::new("post", Phase::Public, "1130").at("https://social.example/@kacanik/1130")]
    );
    let mut withdrawal = after(&job, Action::Withdraw, post(&[("text", "")]));
    assert_eq!(drive(&*driver, &mut withdrawal).await.unwrap()[0].phase, Phase::Gone);
}
