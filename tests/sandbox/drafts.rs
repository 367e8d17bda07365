//! Two-phase publishing: an invisible draft, then a flip that can be repeated.

use serde_json::json;

use crate::desk::{Desk, code, id, success};

#[tokio::test]
async fn a_post_is_public_at_once_and_answers_with_its_id() {
    let desk = Desk::open().await;
    let answer = desk.post(&desk.edge("feed"), &[("message", "Njoftim")]).await;
    assert!(id(&answer).starts_with(&format!("{}_", desk.options.page_id)));
    assert_eq!(answer["post_supports_client_mutation_id"], true);
    assert_eq!(desk.wall().await, ["Njoftim"]);
}

#[tokio::test]
async fn a_draft_is_invisible_until_it_is_published() {
    let desk = Desk::open().await;
    let draft = desk.draft("Mbledhja e Kuvendit").await;
    assert!(desk.wall().await.is_empty());
    assert_eq!(desk.publish(&draft).await, success());
    assert_eq!(desk.wall().await, ["Mbledhja e Kuvendit"]);
}

#[tokio::test]
async fn publishing_a_draft_twice_makes_no_second_post() {
    let desk = Desk::open().await;
    let draft = desk.draft("Një herë").await;
    desk.publish(&draft).await;
    assert_eq!(desk.publish(&draft).await, success());
    let posts = desk.posts().await;
    assert_eq!((posts["created"].as_u64(), posts["published"].as_u64()), (Some(1), Some(1)));
    assert_eq!(posts["posts"][0]["publish_calls"], 2);
}

#[tokio::test]
async fn the_parameter_published_does_not_publish_a_draft() {
    let desk = Desk::open().await;
    let draft = desk.draft("Mbetet draft").await;
    assert_eq!(desk.post(&format!("/v26.0/{draft}"), &[("published", "true")]).await, success());
    assert!(desk.wall().await.is_empty());
}

#[tokio::test]
async fn an_empty_post_is_refused_with_197_and_so_is_a_null_message() {
    let desk = Desk::open().await;
    assert_eq!(code(&desk.post(&desk.edge("feed"), &[("message", "")]).await), (197, None));
    let request = desk.client.post(desk.url(&desk.edge("feed"))).bearer_auth(&desk.options.page_token);
    let null = request
        .json(&json!({ "message": null, "link": "https://example.org/" }))
        .send()
        .await
        .expect("an answer");
    assert_eq!(code(&crate::desk::body(null).await), (197, None));
}

#[tokio::test]
async fn a_link_that_is_no_address_is_refused_with_1500() {
    let desk = Desk::open().await;
    assert_eq!(code(&desk.post(&desk.edge("feed"), &[("link", "jo adresë")]).await), (1500, None));
}

#[tokio::test]
async fn fields_on_a_post_are_answered_at_once_even_under_a_read_lag() {
    let desk = Desk::open().await;
    desk.control("settings", json!({ "read_lag_ms": 60_000 })).await;
    let form = [("message", "Lexo"), ("fields", "id,permalink_url")];
    let answer = desk.post(&desk.edge("feed"), &form).await;
    assert!(answer["permalink_url"].as_str().is_some_and(|url| url.contains("/posts/")));
    assert_eq!(code(&desk.get(&format!("/v26.0/{}", id(&answer))).await), (100, Some(33)));
    assert!(desk.wall().await.is_empty());
}

#[tokio::test]
async fn scheduling_needs_an_unpublished_post_and_a_time_ahead() {
    let desk = Desk::open().await;
    let later = (chrono::Utc::now().timestamp() + 3600).to_string();
    let soon = (chrono::Utc::now().timestamp() + 60).to_string();
    let feed = desk.edge("feed");
    let scheduled = |at: String| {
        vec![
            ("message", "x".to_owned()),
            ("published", "false".to_owned()),
            ("scheduled_publish_time", at),
        ]
    };
    for (form, accepted) in [(scheduled(later.clone()), true), (scheduled(soon), false)] {
        let form: Vec<(&str, &str)> = form.iter().map(|(name, value)| (*name, value.as_str())).collect();
        assert_eq!(desk.post(&feed, &form).await.get("id").is_some(), accepted, "{form:?}");
    }
    assert_eq!(
        code(&desk.post(&feed, &[("message", "x"), ("scheduled_publish_time", &later)]).await).0,
        100
    );
    let list = desk.get(&desk.edge("scheduled_posts?fields=scheduled_publish_time")).await;
    assert_eq!(list["data"][0]["scheduled_publish_time"].to_string(), later);
}

#[tokio::test]
async fn an_edit_changes_the_text_and_a_delete_takes_it_down_once() {
    let desk = Desk::open().await;
    let post = id(&desk.post(&desk.edge("feed"), &[("message", "Gabim")]).await);
    desk.post(&format!("/v26.0/{post}"), &[("message", "Saktë")]).await;
    assert_eq!(desk.wall().await, ["Saktë"]);
    assert_eq!(desk.delete(&post).await, success());
    assert!(desk.wall().await.is_empty());
    assert_eq!(code(&desk.delete(&post).await), (100, Some(33)));
}

#[tokio::test]
async fn a_post_of_another_app_cannot_be_edited() {
    let desk = Desk::open().await;
    desk.control("posts", json!({ "message": "Me dorë" })).await;
    let post = id(&desk.posts().await["posts"][0]);
    assert_eq!(code(&desk.post(&format!("/v26.0/{post}"), &[("message", "Tjetër")]).await).0, 200);
    assert_eq!(
        desk.get(&format!("/v26.0/{post}?fields=application")).await.get("application"),
        None
    );
}
