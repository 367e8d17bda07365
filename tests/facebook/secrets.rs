//! Tokens stand in no address and in no evidence. The recording hides them, so a server that records everything listens here.

use kasnec::receipt::Action;
use serde_json::json;
use wiremock::matchers::any;
use wiremock::{Mock, MockServer, Request, ResponseTemplate};

use crate::bench::{Bench, Wish, after, photo, post, publish, text, told, with_media};

const SECRETS: [&str; 2] = ["EAASandboxPageToken", "sandbox-app-secret"];

async fn listening(answer: serde_json::Value) -> (MockServer, Bench) {
    let server = MockServer::start().await;
    Mock::given(any())
        .respond_with(ResponseTemplate::new(200).set_body_json(answer))
        .mount(&server)
        .await;
    let bench = Bench::with(Wish {
        elsewhere: Some(server.uri()),
        ..Wish::default()
    })
    .await;
    (server, bench)
}

fn is_signed(request: &Request) -> bool {
    request.headers["authorization"] == "Bearer EAASandboxPageToken"
}

#[tokio::test]
async fn no_address_holds_a_token_and_every_call_is_signed() {
    let all = json!({ "id": "1_2", "success": true, "is_published": true, "permalink_url": "https://www.facebook.com/1", "data": [] });
    let (server, bench) = listening(all).await;
    let mut job = publish(with_media(vec![photo(1)]));
    bench.drive(&mut job).await.unwrap();
    let mut link = publish(post(&text()));
    bench.drive(&mut link).await.unwrap();
    bench.drive(&mut after(&job, Action::Update, "Teksti i ri")).await.unwrap();
    let requests = server.received_requests().await.unwrap();
    assert_eq!(requests.len(), 4 + 4 + 1);
    for request in &requests {
        assert!(is_signed(request), "{} {}", request.method, request.url);
        assert!(
            !SECRETS.iter().any(|secret| request.url.as_str().contains(secret)),
            "{}",
            request.url
        );
        let body = String::from_utf8_lossy(&request.body);
        assert!(!SECRETS.iter().any(|secret| body.contains(secret)), "{body}");
        assert!(
            request.url.as_str().contains("appsecret_proof") || body.contains("appsecret_proof"),
            "{}",
            request.url
        );
    }
}

#[tokio::test]
async fn what_facebook_echoes_is_cleaned_before_it_becomes_evidence() {
    let echo = json!({ "error": { "message": format!("Bad token {} {}", SECRETS[0], SECRETS[1]), "code": 190, "fbtrace_id": "Axyz" } });
    let (_server, bench) = listening(echo).await;
    let (_, failure) = told(bench.drive(&mut publish(with_media(vec![photo(1)]))).await.unwrap_err());
    let evidence = failure.evidence.unwrap();
    assert!(evidence.contains("Bad token") && evidence.contains("Axyz"), "{evidence}");
    assert!(!SECRETS.iter().any(|secret| evidence.contains(secret)), "{evidence}");
}

#[tokio::test]
async fn a_stand_in_gets_its_own_videos_and_meta_gets_none_of_its_tokens() {
    let started = json!({ "video_id": "7", "upload_session_id": "8", "start_offset": "0", "end_offset": "9" });
    let (server, bench) = listening(started).await;
    let film = crate::bench::file("f.mp4", "video/mp4", "film", "");
    bench.take("video-start", &mut publish(with_media(vec![film]))).await.unwrap();
    assert_eq!(
        server.received_requests().await.unwrap()[0].url.path(),
        "/v26.0/104820000000777/videos"
    );
}
