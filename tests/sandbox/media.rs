//! Photos, albums and videos.

use reqwest::multipart::{Form, Part};
use serde_json::{Value, json};

use crate::desk::{Desk, body, code, id, png};

async fn photo(desk: &Desk, bytes: Vec<u8>, form: &[(&'static str, &'static str)]) -> Value {
    let mut multipart = Form::new().part("source", Part::bytes(bytes).file_name("foto.png"));
    for (name, value) in form {
        multipart = multipart.text(*name, *value);
    }
    let request = desk
        .client
        .post(desk.url(&desk.edge("photos")))
        .bearer_auth(&desk.options.page_token);
    body(request.multipart(multipart).send().await.expect("an answer")).await
}

#[tokio::test]
async fn an_unpublished_photo_answers_with_its_id_only() {
    let desk = Desk::open().await;
    let answer = photo(&desk, png(), &[("published", "false"), ("alt_text_custom", "Shkolla")]).await;
    assert_eq!(answer.get("post_id"), None);
    let seen = desk
        .get(&format!("/v26.0/{}?fields=alt_text_custom,width,height", id(&answer)))
        .await;
    assert_eq!(
        (seen["alt_text_custom"].as_str(), seen["width"].as_u64(), seen["height"].as_u64()),
        (Some("Shkolla"), Some(40), Some(30))
    );
}

#[tokio::test]
async fn a_published_photo_answers_with_its_post_too() {
    let desk = Desk::open().await;
    let answer = photo(&desk, png(), &[("caption", "Sheshi")]).await;
    assert!(answer["post_id"].as_str().is_some_and(|post| post.contains('_')));
    assert_eq!(desk.wall().await, ["Sheshi"]);
}

#[tokio::test]
async fn what_is_no_picture_is_refused_with_324() {
    let desk = Desk::open().await;
    for bytes in [b"<html>".to_vec(), png()[..20].to_vec(), vec![0; 11 * 1024 * 1024]] {
        assert_eq!(code(&photo(&desk, bytes, &[]).await).0, 324);
    }
    assert_eq!(desk.posts().await["created"], 0);
}

#[tokio::test]
async fn photos_are_attached_by_form_and_by_json_and_never_twice() {
    let desk = Desk::open().await;
    let mut ids = Vec::new();
    for _ in 0..4 {
        ids.push(id(&photo(&desk, png(), &[("published", "false")]).await));
    }
    let media = |id: &String| json!({ "media_fbid": id });
    let (first, second) = (media(&ids[0]).to_string(), media(&ids[1]).to_string());
    let form = [
        ("message", "Album"),
        ("attached_media[0]", first.as_str()),
        ("attached_media[1]", &second),
    ];
    let album = id(&desk.post(&desk.edge("feed"), &form).await);
    let seen = desk
        .get(&format!(
            "/v26.0/{album}?fields=status_type,attachments{{type,subattachments{{target{{id}}}}}}"
        ))
        .await;
    assert_eq!(
        (&seen["status_type"], &seen["attachments"]["data"][0]["type"]),
        (&json!("added_photos"), &json!("album"))
    );
    let attached = seen["attachments"]["data"][0]["subattachments"]["data"].clone();
    assert_eq!(attached, json!([{ "target": { "id": ids[0] } }, { "target": { "id": ids[1] } }]));
    assert_eq!(code(&desk.post(&desk.edge("feed"), &form).await), (100, Some(1_366_051)));

    let request = desk.client.post(desk.url(&desk.edge("feed"))).bearer_auth(&desk.options.page_token);
    let json = json!({ "message": "JSON", "published": false, "attached_media": [media(&ids[2]), media(&ids[3])] });
    id(&body(request.json(&json).send().await.expect("an answer")).await);
}

async fn video(desk: &Desk, form: Form) -> Value {
    let request = desk
        .client
        .post(desk.url(&desk.edge("videos")))
        .bearer_auth(&desk.options.page_token);
    body(request.multipart(form).send().await.expect("an answer")).await
}

fn chunk(session: &str, offset: &str, bytes: Vec<u8>) -> Form {
    Form::new()
        .text("upload_phase", "transfer")
        .text("upload_session_id", session.to_owned())
        .text("start_offset", offset.to_owned())
        .part("video_file_chunk", Part::bytes(bytes).file_name("seanca.mp4"))
}

#[tokio::test]
async fn a_video_is_uploaded_in_pieces_and_a_wrong_offset_tells_the_right_one() {
    let desk = Desk::open().await;
    let size = 1_500_000;
    let begun = video(&desk, Form::new().text("upload_phase", "start").text("file_size", size.to_string())).await;
    let session = begun["upload_session_id"].as_str().expect("a session");
    let end: usize = begun["end_offset"].as_str().expect("an end").parse().expect("a number");
    let next = video(&desk, chunk(session, "0", vec![7; end])).await;
    assert_eq!(next, json!({ "start_offset": end.to_string(), "end_offset": size.to_string() }));

    let wrong = video(&desk, chunk(session, "0", vec![7; end])).await;
    assert_eq!(code(&wrong).1, Some(1_363_037));
    assert_eq!(wrong["error"]["error_data"], next);

    let last = video(&desk, chunk(session, &end.to_string(), vec![7; size - end])).await;
    assert_eq!(last["start_offset"], last["end_offset"]);
    let finish = Form::new()
        .text("upload_phase", "finish")
        .text("upload_session_id", session.to_owned())
        .text("description", "Seanca");
    assert_eq!(video(&desk, finish).await, crate::desk::success());
    let seen = desk
        .get(&format!(
            "/v26.0/{}?fields=status,post_id",
            begun["video_id"].as_str().expect("an id")
        ))
        .await;
    assert_eq!(seen["status"]["video_status"], "ready");
    assert_eq!(desk.wall().await, ["Seanca"]);
}

#[tokio::test]
async fn a_scheduled_post_takes_temporary_photos_only() {
    let desk = Desk::open().await;
    let at = (chrono::Utc::now().timestamp() + 7200).to_string();
    for (temporary, accepted) in [("true", true), ("false", false)] {
        let photo = id(&photo(&desk, png(), &[("published", "false"), ("temporary", temporary)]).await);
        let media = json!([{ "media_fbid": photo }]).to_string();
        let form = [
            ("message", "M"),
            ("published", "false"),
            ("scheduled_publish_time", at.as_str()),
            ("attached_media", &media),
        ];
        assert_eq!(
            desk.post(&desk.edge("feed"), &form).await.get("id").is_some(),
            accepted,
            "temporary={temporary}"
        );
    }
}

#[tokio::test]
async fn a_video_by_address_is_posted_at_once() {
    let desk = Desk::open().await;
    let form = [("file_url", "https://example.org/seanca.mp4"), ("description", "Seanca")];
    let video = id(&desk.post(&desk.edge("videos"), &form).await);
    assert_eq!(desk.wall().await, ["Seanca"]);
    let seen = desk.get(&format!("/v26.0/{video}?fields=permalink_url")).await;
    let page = desk
        .client
        .get(seen["permalink_url"].as_str().expect("an address"))
        .send()
        .await
        .expect("an answer");
    assert!(page.text().await.expect("text").contains("Seanca"));
}
