//! Refusals: each names what is wrong, where, and what is expected.

use reqwest::Response;
use serde_json::{Value, json};

use crate::desk::{Desk, news};

async fn error(response: Response, status: u16, code: &str) -> Value {
    assert_eq!(response.status(), status);
    assert_eq!(response.headers()["content-type"], "application/json");
    let body: Value = response.json().await.unwrap();
    assert_eq!(body["error"]["code"], code, "{body}");
    assert!(!body["error"]["message"].as_str().unwrap().is_empty());
    body["error"].clone()
}

#[tokio::test]
async fn without_a_valid_token_nothing_is_told() {
    let desk = Desk::open().await;
    let without = desk.get("/api/items").send().await.unwrap();
    assert!(without.headers()["www-authenticate"].to_str().unwrap().starts_with("Bearer"));
    error(without, 401, "no_token").await;
    let wrong = desk.get("/api/items").bearer_auth("kasnec_0000").send().await.unwrap();
    error(wrong, 401, "bad_token").await;
    let other_scheme = desk.get("/api/items").basic_auth("arta", Some("x")).send().await.unwrap();
    error(other_scheme, 401, "no_token").await;
    desk.close().await;
}

#[tokio::test]
async fn an_author_may_not_approve() {
    let desk = Desk::open().await;
    desk.post(&desk.author, "/api/items", &news("KK-1", "Lajm")).await;
    for act in ["approve", "publish-now"] {
        let refused = desk.post(&desk.author, &format!("/api/items/KK-1/{act}"), &Value::Null).await;
        let error = error(refused, 403, "not_allowed").await;
        assert!(error["message"].as_str().unwrap().contains("editor"), "{error}");
    }
    assert!(desk.ask(&desk.author, "/api/deliveries").await.as_array().unwrap().is_empty());
    desk.close().await;
}

#[tokio::test]
async fn broken_json_is_told_by_its_line() {
    let desk = Desk::open().await;
    let request = desk.client.post(format!("{}/api/items", desk.url)).bearer_auth(&desk.author);
    let refused = request.body("{\n\"kind\": \"news\",\n\"reference\" 1}").send().await.unwrap();
    let error = error(refused, 400, "bad_json").await;
    assert_eq!(error["problems"][0]["line"], 3, "{error}");
    desk.close().await;
}

#[tokio::test]
async fn a_field_that_is_unknown_or_of_another_type_is_named() {
    let desk = Desk::open().await;
    let mut item = news("KK-1", "Lajm");
    item["colour"] = json!("red");
    let refused = desk.post(&desk.author, "/api/items", &item).await;
    let first = error(refused, 422, "invalid").await;
    assert!(first["problems"][0]["what"].as_str().unwrap().contains("colour"), "{first}");
    let refused = desk.post(&desk.author, "/api/items", &json!([{ "kind": 7 }])).await;
    let second = error(refused, 422, "invalid").await;
    assert_eq!(second["problems"][0]["source"], "request[0]");
    assert_eq!(
        second["problems"][0]["line"],
        Value::Null,
        "the lines would not be those of the request"
    );
    desk.close().await;
}

#[tokio::test]
async fn an_unknown_kind_gets_a_suggestion_and_nothing_of_a_list_is_kept() {
    let desk = Desk::open().await;
    let mut wrong = news("KK-2", "Lajm");
    wrong["kind"] = json!("newz");
    let refused = desk.post(&desk.author, "/api/items", &json!([news("KK-1", "Lajm"), wrong])).await;
    let error = error(refused, 422, "invalid").await;
    let problem = &error["problems"][0];
    assert_eq!(problem["field"], "kind");
    assert!(problem["expected"]["do"].as_str().unwrap().contains("\"news\""), "{problem}");
    assert!(desk.ask(&desk.author, "/api/items").await.as_array().unwrap().is_empty());
    desk.close().await;
}

#[tokio::test]
async fn what_is_not_there_and_what_cannot_be_now_are_told_apart() {
    let desk = Desk::open().await;
    error(
        desk.post(&desk.editor, "/api/items/KK-9/approve", &Value::Null).await,
        404,
        "not_found",
    )
    .await;
    desk.post(&desk.author, "/api/items", &news("KK-1", "Lajm")).await;
    let reason = json!({ "reason": "Gabim" });
    error(
        desk.post(&desk.editor, "/api/items/KK-1/withdraw", &reason).await,
        409,
        "not_approved",
    )
    .await;
    desk.post(&desk.editor, "/api/items/KK-1/approve", &Value::Null).await;
    error(
        desk.post(&desk.editor, "/api/items/KK-1/approve", &Value::Null).await,
        409,
        "nothing_to_approve",
    )
    .await;
    error(
        desk.post(&desk.author, "/api/items", &news("KK-1", "Krejt tjetër")).await,
        409,
        "differs",
    )
    .await;
    let empty = json!({ "reason": "  " });
    error(desk.post(&desk.editor, "/api/items/KK-1/withdraw", &empty).await, 422, "no_reason").await;
    desk.close().await;
}

#[tokio::test]
async fn a_question_that_cannot_be_understood_is_answered_in_json() {
    let desk = Desk::open().await;
    let ask = async |path: &str| desk.get(path).bearer_auth(&desk.editor).send().await.unwrap();
    let states = error(ask("/api/deliveries?state=lost").await, 422, "invalid").await;
    assert!(
        states["problems"][0]["expected"]["one_of"]
            .as_array()
            .unwrap()
            .contains(&json!("delivered"))
    );
    error(ask("/api/deliveries?open=po").await, 422, "invalid").await;
    error(ask("/api/items/KK-1/preview").await, 422, "invalid").await;
    error(ask("/api/deliveries/seven/sheet").await, 404, "no_such_address").await;
    error(ask("/api/nothing/here").await, 404, "no_such_address").await;
    error(ask("/api/items/KK-1/approve").await, 405, "wrong_method").await;
    desk.close().await;
}

#[tokio::test]
async fn a_body_over_the_limit_is_refused_in_words() {
    let desk = Desk::open().await;
    let request = desk.client.post(format!("{}/api/items", desk.url)).bearer_auth(&desk.author);
    let refused = request.body(vec![b' '; 40 * 1024 * 1024 + 1]).send().await.unwrap();
    let error = error(refused, 413, "too_large").await;
    assert!(error["message"].as_str().unwrap().contains("40 MB"), "{error}");
    desk.close().await;
}

#[tokio::test]
async fn more_items_than_a_request_may_bring_are_refused_in_words() {
    let desk = Desk::open().await;
    let items = vec![json!({}); 1001];
    let refused = desk.post(&desk.author, "/api/items", &json!(items)).await;
    let error = error(refused, 422, "invalid").await;
    let what = error["problems"][0]["what"].as_str().unwrap();
    assert!(what.contains("1001") && what.contains("1000"), "{error}");
    desk.close().await;
}

#[tokio::test]
async fn a_body_nested_beyond_reason_is_refused_not_crashed_on() {
    let desk = Desk::open().await;
    for body in ["[".repeat(1_000_000), "{\"a\":".repeat(500_000)] {
        let request = desk.client.post(format!("{}/api/items", desk.url)).bearer_auth(&desk.author);
        error(request.body(body).send().await.unwrap(), 400, "bad_json").await;
    }
    desk.close().await;
}
