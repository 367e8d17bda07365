//! The generic driver: what every answer means, and that no secret ever shows.

use chrono::Duration;
use kasnec::channels::{Driver, Safety, Step};
use kasnec::manifest::Manifest;
use kasnec::receipt::{Action, Answer, Failure, FailureCode, Object, Phase, Sighting};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use wiremock::matchers::{any, body_json, header, method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::support::{Bench, after, drive, manifest, noon, post, publish};

const SECRET: &str = "tok/en+1 \"2\"";

/// A ministry's intake that does not exist: every feature of the manifest, on a call that must not be repeated.
fn intake(more: &str) -> Manifest {
    manifest(&format!(
        r#"
        id = "intake"
        driver = "http"
        label = {{ sq = "Ministria" }}
        parts = {{ text = {{ template = "text.hbs" }} }}
        [settings.base]
        label = {{ sq = "Adresa" }}
        required = true
        [secrets.token]
        label = {{ sq = "Çelësi" }}
        required = true
        [http.publish]
        url = "{{{{settings.base}}}}/notices?t={{{{urlencode secrets.token}}}}"
        headers = {{ Content-Type = "application/json", X-Key = "{{{{key}}}}" }}
        body = '{{"text": {{{{json parts.text}}}}, "slug": {{{{json post.slug}}}}}}'
        success_status = [200, 201]
        success_pointer = "/ok"
        id_pointer = "/notice/id"
        link = "{{{{settings.base}}}}/view/{{{{answer.notice.id}}}}"
        retry_after_pointer = "/wait/seconds"
        {more}
        "#
    ))
}

fn at(server: &MockServer, manifest: &Manifest) -> std::sync::Arc<dyn Driver> {
    Bench::new().driver(manifest, &[("base", &server.uri())], &[("token", SECRET)])
}

/// What publishing comes to when the remote answers that.
async fn published(manifest: &Manifest, response: ResponseTemplate) -> Answer {
    let server = MockServer::start().await;
    Mock::given(any()).respond_with(response).mount(&server).await;
    let driver = at(&server, manifest);
    let job = publish(post(&[("text", "Mbledhja")]));
    driver.perform(&Step::new("post", Safety::Once), &job).await
}

fn good() -> ResponseTemplate {
    ResponseTemplate::new(201).set_body_json(json!({ "ok": true, "notice": { "id": 77 } }))
}

#[tokio::test]
async fn a_call_is_made_as_the_manifest_says_and_its_answer_becomes_the_receipt() {
    let server = MockServer::start().await;
    Mock::given(method("POST"))
        .and(path("/notices"))
        .and(header("x-key", "kacanik/7f3a/sq"))
        .and(body_json(
            json!({ "text": "Një \"thonjëz\"\ndhe rresht", "slug": "mbledhja-e-kuvendit-7" }),
        ))
        .respond_with(good())
        .expect(1)
        .mount(&server)
        .await;
    let driver = at(&server, &intake(""));
    let mut job = publish(post(&[("text", "Një \"thonjëz\"\ndhe rresht")]));
    assert_eq!(driver.next(&job).unwrap(), Some(Step::new("post", Safety::Once)));
    let objects = drive(&*driver, &mut job).await.unwrap();
    let url = format!("{}/view/77", server.uri());
    assert_eq!(objects, [Object::new("post", Phase::Public, "77").at(url)]);
    let request = &server.received_requests().await.unwrap()[0];
    let (_, token) = request.url.query_pairs().next().unwrap();
    assert_eq!(token, SECRET);
}

#[tokio::test]
async fn every_refusal_means_what_it_says() {
    use FailureCode::*;
    let once = intake("");
    let again = intake("repeatable = true");
    for (status, code, answer, answer_if_repeatable) in [
        (301, NotConfigured, "reauthorise", "reauthorise"),
        (302, BadAnswer, "unknown", "retry"),
        (400, ContentRefused, "reject", "reject"),
        (401, NotSignedIn, "reauthorise", "reauthorise"),
        (403, NotAllowed, "reauthorise", "reauthorise"),
        (404, ContentRefused, "reject", "reject"),
        (408, NoAnswer, "retry", "retry"),
        (413, TooLarge, "reject", "reject"),
        (422, ContentRefused, "reject", "reject"),
        (429, Throttled, "snooze", "snooze"),
        (500, RemoteBroken, "unknown", "retry"),
        (503, RemoteBroken, "unknown", "retry"),
    ] {
        for (manifest, expected) in [(&once, answer), (&again, answer_if_repeatable)] {
            let body = format!("jo: {SECRET} tok%2Fen%2B1+%222%22 tok/en+1 \\\"2\\\"");
            let (name, failure) = named(published(manifest, ResponseTemplate::new(status).set_body_string(body)).await);
            assert_eq!((name, failure.code), (expected, code), "{status}");
            let evidence = failure.evidence.unwrap();
            assert!(
                evidence.contains(&status.to_string()) && evidence.contains("jo: ••• ••• •••"),
                "{evidence}"
            );
        }
    }
}

#[tokio::test]
async fn a_conflict_is_looked_up_where_a_second_post_could_stand() {
    let answer = published(&intake(""), ResponseTemplate::new(409)).await;
    assert!(matches!(answer, Answer::Unknown(failure) if failure.code == FailureCode::Duplicate));
    let answer = published(&intake("repeatable = true"), ResponseTemplate::new(409)).await;
    assert!(matches!(answer, Answer::Reject(failure) if failure.code == FailureCode::Duplicate));
}

#[tokio::test]
async fn a_success_that_does_not_say_so_is_not_believed() {
    let said = |body: &str| ResponseTemplate::new(200).set_body_string(body);
    for body in [
        "<html>Mirëmbajtje</html>",
        "{}",
        "",
        r#"{"ok": null}"#,
        r#"{"ok": true}"#,
        r#"{"ok": true, "notice": {"id"#,
    ] {
        let answer = published(&intake(""), said(body)).await;
        assert!(
            matches!(&answer, Answer::Unknown(f) if f.code == FailureCode::BadAnswer),
            "{body}: {answer:?}"
        );
        let answer = published(&intake("repeatable = true"), said(body)).await;
        assert!(
            matches!(&answer, Answer::Retry(f) if f.code == FailureCode::BadAnswer),
            "{body}: {answer:?}"
        );
    }
    let answer = published(&intake(""), ResponseTemplate::new(204)).await;
    assert!(
        matches!(&answer, Answer::Unknown(f) if f.code == FailureCode::BadAnswer),
        "{answer:?}"
    );
    let answer = published(&intake(""), said(r#"{"ok": false, "error": "channel_not_found"}"#)).await;
    let Answer::Reject(failure) = answer else {
        panic!("a plain no is a no: {answer:?}")
    };
    assert!(failure.evidence.unwrap().contains("channel_not_found"));
}

#[tokio::test]
async fn a_throttled_account_waits_as_long_as_it_is_told() {
    let until = async |response: ResponseTemplate| match published(&intake(""), response).await {
        Answer::Snooze(wait) if wait.account => (wait.until - noon()).num_seconds(),
        other => panic!("{other:?}"),
    };
    let slow = || ResponseTemplate::new(429);
    assert_eq!(until(slow()).await, 60);
    assert_eq!(until(slow().insert_header("Retry-After", "7")).await, 7);
    let date = "Sun, 22 Nov 2026 11:05:00 GMT";
    assert_eq!(until(slow().insert_header("Retry-After", date)).await, 300);
    assert_eq!(until(slow().set_body_json(json!({ "wait": { "seconds": 33 } }))).await, 33);
    assert_eq!(until(slow().set_body_json(json!({ "wait": { "seconds": "1.5" } }))).await, 2);
    assert_eq!(
        until(slow().insert_header("Retry-After", "99999999")).await,
        Duration::days(1).num_seconds()
    );
    assert_eq!(until(slow().insert_header("Retry-After", "-5")).await, 1);
}

#[tokio::test]
async fn a_lost_answer_is_unknown_and_a_refused_connection_is_not() {
    let late = good().set_delay(std::time::Duration::from_secs(5));
    let answer = published(&intake(""), late).await;
    assert!(
        matches!(&answer, Answer::Unknown(f) if f.code == FailureCode::NoAnswer),
        "{answer:?}"
    );

    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    let driver = Bench::new().driver(&intake(""), &[("base", &base)], &[("token", SECRET)]);
    let job = publish(post(&[("text", "")]));
    let step = Step::new("post", Safety::Once);
    let hang_up = async {
        let (mut line, _) = listener.accept().await.unwrap();
        let _ = line.read(&mut [0; 4096]).await;
        line.write_all(b"HTTP/1.1 201 Created\r\nContent-Length: 400\r\n\r\n{\"ok\"")
            .await
            .unwrap();
    };
    let (answer, ()) = tokio::join!(driver.perform(&step, &job), hang_up);
    assert!(
        matches!(&answer, Answer::Unknown(f) if f.code == FailureCode::NoAnswer),
        "{answer:?}"
    );

    drop(listener);
    let answer = driver.perform(&step, &job).await;
    assert!(
        matches!(&answer, Answer::Retry(f) if f.code == FailureCode::Unreachable),
        "{answer:?}"
    );
    assert!(!format!("{answer:?}").contains("tok"));
}

const LOOK: &str = r#"
    [http.find]
    method = "GET"
    url = "{{settings.base}}/mine"
    list_pointer = "/notices"
    match_pointer = "/body/html"
    id_pointer = "/id"
    link = "{{settings.base}}/view/{{answer.id}}"
"#;

async fn sighted(status: u16, body: Value) -> Sighting {
    let server = MockServer::start().await;
    let response = ResponseTemplate::new(status).set_body_json(body);
    Mock::given(path("/mine")).respond_with(response).mount(&server).await;
    let mut job = publish(post(&[]));
    "https://kacanik.example/n?id=1&l=sq".clone_into(&mut job.post.link);
    at(&server, &intake(LOOK)).find(&Step::new("post", Safety::Once), &job).await
}

fn listed(html: &str) -> Value {
    json!({ "notices": [{ "id": "a", "body": {} }, { "id": "b", "body": { "html": html } }] })
}

#[tokio::test]
async fn a_post_is_found_by_the_notices_address_whole_and_however_it_is_escaped() {
    for html in [
        "Lexo: https://kacanik.example/n?id=1&l=sq",
        "<a href=\"https://kacanik.example/n?id=1&amp;l=sq\">këtu</a>",
        "(https://kacanik.example/n?id=1&l=sq).",
    ] {
        let Sighting::Found(object) = sighted(200, listed(html)).await else {
            panic!("{html}")
        };
        assert_eq!((object.remote_id.as_str(), object.phase), ("b", Phase::Public));
        assert!(object.url.unwrap().ends_with("/view/b"));
    }
    for html in ["https://kacanik.example/n?id=1&l=sq2", "https://kacanik.example/n?id=12&l=sq", "Po"] {
        assert_eq!(sighted(200, listed(html)).await, Sighting::Absent, "{html}");
    }
}

#[tokio::test]
async fn a_look_that_fails_cannot_tell() {
    for (status, body) in [
        (500, json!({})),
        (401, json!({})),
        (200, json!({ "error": SECRET })),
        (200, json!([])),
    ] {
        let Sighting::CannotTell(answer) = sighted(status, body).await else {
            panic!("{status}")
        };
        assert_eq!(matches!(answer, Answer::Reauthorise(_)), status == 401, "{answer:?}");
        let failure = answer.into_failure();
        assert!(!failure.evidence.unwrap().contains("tok"));
    }
}

#[tokio::test]
async fn what_the_manifest_cannot_change_or_look_up_goes_to_a_person() {
    let server = MockServer::start().await;
    Mock::given(any()).respond_with(good()).expect(1).mount(&server).await;
    let driver = at(&server, &intake(""));
    let mut job = publish(post(&[("text", "")]));
    drive(&*driver, &mut job).await.unwrap();
    for (action, task) in [(Action::Update, "put the new text in place"), (Action::Withdraw, "take it down")] {
        let mut change = after(&job, action, post(&[("text", "")]));
        let Err(Answer::NeedsPerson(failure)) = drive(&*driver, &mut change).await else {
            panic!("there is no such call")
        };
        assert_eq!(failure.code, FailureCode::ByHand);
        assert!(failure.what.contains(task) && failure.what.contains("/view/77"), "{}", failure.what);
    }
    assert_eq!(driver.find(&Step::new("post", Safety::Once), &job).await, Sighting::Absent);
}

const CHANGES: &str = r#"
    [http.update]
    method = "PUT"
    url = "{{settings.base}}/notices/{{remote_id}}"
    body = "{{parts.text}}"
    [http.withdraw]
    method = "DELETE"
    url = "{{settings.base}}/notices/{{remote_id}}"
    success_status = [204]
"#;

#[tokio::test]
async fn what_stands_is_changed_and_removed_where_it_stands() {
    let server = MockServer::start().await;
    Mock::given(method("POST")).respond_with(good()).mount(&server).await;
    let place = || path("/notices/77");
    Mock::given(method("PUT"))
        .and(place())
        .respond_with(ResponseTemplate::new(200))
        .mount(&server)
        .await;
    Mock::given(method("DELETE"))
        .and(place())
        .respond_with(ResponseTemplate::new(204))
        .mount(&server)
        .await;
    let driver = at(&server, &intake(CHANGES));
    let mut job = publish(post(&[("text", "")]));
    let first = drive(&*driver, &mut job).await.unwrap();
    let mut update = after(&job, Action::Update, post(&[("text", "Ndryshuar")]));
    assert_eq!(driver.next(&update).unwrap().unwrap().safety, Safety::Repeatable);
    assert_eq!(drive(&*driver, &mut update).await.unwrap(), first);
    let mut withdrawal = after(&update, Action::Withdraw, post(&[("text", "")]));
    assert_eq!(drive(&*driver, &mut withdrawal).await.unwrap()[0].phase, Phase::Gone);
}

#[tokio::test]
async fn what_is_gone_already_is_gone_but_a_wrong_address_is_no_proof_of_it() {
    for (status, action, gone) in [
        (410, Action::Withdraw, true),
        (404, Action::Withdraw, false),
        (410, Action::Update, false),
        (404, Action::Update, false),
    ] {
        let server = MockServer::start().await;
        Mock::given(any()).respond_with(ResponseTemplate::new(status)).mount(&server).await;
        let driver = at(&server, &intake(CHANGES));
        let mut job = publish(post(&[("text", "")]));
        job.objects.put(Object::new("post", Phase::Public, "77"));
        let mut change = after(&job, action, post(&[("text", "")]));
        match drive(&*driver, &mut change).await {
            Ok(objects) => assert!(gone && objects[0].phase == Phase::Gone, "{status}"),
            Err(Answer::Reject(failure)) => assert!(!gone && failure.code == FailureCode::Gone, "{status}"),
            Err(other) => panic!("{status}: {other:?}"),
        }
    }
}

#[tokio::test]
async fn a_change_of_what_nobody_knows_to_stand_goes_to_a_person() {
    let server = MockServer::start().await;
    let driver = at(&server, &intake(CHANGES));
    let mut job = publish(post(&[("text", "")]));
    job.action = Action::Update;
    assert!(matches!(drive(&*driver, &mut job).await, Err(Answer::NeedsPerson(_))));
    assert!(server.received_requests().await.unwrap().is_empty());
}

#[tokio::test]
async fn an_account_without_its_settings_is_stopped_before_anything_is_sent() {
    let bench = Bench::new();
    let driver = bench.driver(&intake(""), &[("base", "http://127.0.0.1:9")], &[]);
    let mut job = publish(post(&[("text", "")]));
    let Err(Answer::Reauthorise(failure)) = drive(&*driver, &mut job).await else {
        panic!("the account is wrong, not the post")
    };
    assert!(failure.code == FailureCode::NotConfigured && failure.what.contains("\"token\""));
    assert_eq!(driver.check().await.wrong[0], failure);
    let driver = bench.driver(&intake(""), &[("base", "ftp://x")], &[("token", SECRET)]);
    let refused = drive(&*driver, &mut job).await;
    assert!(matches!(refused, Err(Answer::Reauthorise(f)) if f.code == FailureCode::NotConfigured));
}

#[tokio::test]
async fn a_value_cannot_smuggle_in_a_header_nor_a_wrong_template_a_call() {
    let server = MockServer::start().await;
    let driver = at(&server, &intake(""));
    let mut job = publish(post(&[("text", "")]));
    job.key = "a\r\nX-Evil: 1".to_owned();
    let refused = drive(&*driver, &mut job).await;
    assert!(matches!(refused, Err(Answer::Reject(f)) if f.code == FailureCode::Template && f.what.contains("X-Key")));
    let mut job = publish(post(&[]));
    let refused = drive(&*driver, &mut job).await;
    assert!(matches!(refused, Err(Answer::Reject(f)) if f.code == FailureCode::Template && f.what.contains("text")));
    assert!(server.received_requests().await.unwrap().is_empty());
}

#[tokio::test]
async fn a_check_asks_the_remote_and_says_what_is_wrong() {
    let call = r#"
        [http.check]
        method = "GET"
        url = "{{settings.base}}/me"
        success_pointer = "/name"
    "#;
    let server = MockServer::start().await;
    let me = ResponseTemplate::new(200).set_body_json(json!({ "name": "Komuna" }));
    Mock::given(path("/me")).respond_with(me).up_to_n_times(1).mount(&server).await;
    Mock::given(path("/me"))
        .respond_with(ResponseTemplate::new(401))
        .mount(&server)
        .await;
    let driver = at(&server, &intake(call));
    let well = driver.check().await;
    assert!(well.wrong.is_empty() && well.fine[0].starts_with("intake"));
    assert_eq!(driver.check().await.wrong[0].code, FailureCode::NotSignedIn);
}

fn named(answer: Answer) -> (&'static str, Failure) {
    match answer {
        Answer::Done(object) => panic!("{object:?}"),
        Answer::Snooze(wait) => ("snooze", wait.why),
        Answer::Retry(failure) => ("retry", failure),
        Answer::Reject(failure) => ("reject", failure),
        Answer::Reauthorise(failure) => ("reauthorise", failure),
        Answer::Unknown(failure) => ("unknown", failure),
        Answer::NeedsPerson(failure) => ("needs a person", failure),
    }
}
