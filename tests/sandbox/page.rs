//! The Page as a person sees it.

use crate::desk::{Desk, id};

async fn text(desk: &Desk, path: &str) -> (u16, String) {
    let answer = desk.client.get(desk.url(path)).send().await.expect("an answer");
    (answer.status().as_u16(), answer.text().await.expect("text"))
}

#[tokio::test]
async fn a_post_stands_on_the_page_with_its_text_escaped() {
    let desk = Desk::open().await;
    desk.post(&desk.edge("feed"), &[("message", "<script>alert(1)</script> & \"ë\"")])
        .await;
    let (status, page) = text(&desk, "/").await;
    assert_eq!(status, 200);
    assert!(page.contains("&lt;script&gt;alert(1)&lt;/script&gt; &amp; &quot;ë&quot;"));
    assert!(!page.contains("<script>"));
}

#[tokio::test]
async fn a_permalink_shows_a_post_but_no_draft() {
    let desk = Desk::open().await;
    let draft = desk.draft("Seanca e dytë").await;
    let path = format!("/{}", draft.replace('_', "/posts/"));
    assert_eq!(text(&desk, &path).await.0, 404);
    desk.publish(&draft).await;
    let (status, page) = text(&desk, &path).await;
    assert!(status == 200 && page.contains("Seanca e dytë"));
}

#[tokio::test]
async fn drafts_are_folded_away() {
    let desk = Desk::open().await;
    desk.draft("Ende jo").await;
    let page = text(&desk, "/").await.1;
    let folded = page.split_once("<details>").expect("a fold").1;
    assert!(folded.contains("Ende jo") && page.contains("Ende nuk ka postime."));
}

#[tokio::test]
async fn a_recording_tells_what_was_asked_but_no_secret() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("recording.jsonl");
    let desk = Desk::with(kasnec::sandbox::facebook::Options {
        record: Some(file.clone()),
        ..Default::default()
    })
    .await;
    let form = [
        ("message", "M"),
        ("published", "false"),
        ("access_token", desk.options.page_token.as_str()),
    ];
    id(&desk.post(&desk.edge("feed"), &form).await);
    text(&desk, "/").await;
    desk.posts().await;
    let recorded = std::fs::read_to_string(file).expect("a recording");
    let line: serde_json::Value = serde_json::from_str(&recorded).expect("one line of JSON");
    assert_eq!(line["path"].as_str(), Some(desk.edge("feed").as_str()));
    assert_eq!(
        line["params"],
        serde_json::json!({ "message": "M", "published": "false", "access_token": "…" })
    );
    assert!(!recorded.contains(&desk.options.page_token));
}
