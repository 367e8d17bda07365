//! Answers that never come, and answers that are none.

use std::net::{Ipv4Addr, TcpListener};
use std::time::{Duration, Instant};

use kasnec::channels::{Driver, Job, Step};
use kasnec::receipt::{Action, Answer, FailureCode, Sighting};

use crate::desk::{Desk, Stop, job, pdf, post, publish, run, then};
use crate::wordpress::proxy::{Proxy, Trick};
use crate::wordpress::wordpress;

const OUTAGE: &str = "<html><body><h1>Faqja është në mirëmbajtje</h1></body></html>";
const HTML: &str = "200 OK\r\nContent-Type: text/html";

#[tokio::test]
async fn a_draft_whose_answer_was_lost_is_found_and_published_once() {
    let proxy = Proxy::before(&wordpress().url).once("POST /wp-json/wp/v2/posts ", Trick::LoseAnswer);
    let driver = Desk::editor().set("base_url", &proxy.url).driver();
    let mut job = job(post("Një herë", "<p>x</p>"));
    let step = lost(driver.as_ref(), &mut job, FailureCode::NoAnswer).await;
    adopt(driver.as_ref(), &step, &mut job).await;
    let id = publish(driver.as_ref(), &mut job).await;
    assert_eq!(posts_like(&id).await, 1);
}

#[tokio::test]
async fn a_draft_that_never_arrived_is_seen_to_be_absent() {
    let proxy = Proxy::before(&wordpress().url).once("POST /wp-json/wp/v2/posts ", Trick::LoseRequest);
    let driver = Desk::editor().set("base_url", &proxy.url).driver();
    let mut job = job(post("Humbur", "<p>x</p>"));
    let step = lost(driver.as_ref(), &mut job, FailureCode::NoAnswer).await;
    assert_eq!(driver.find(&step, &job).await, Sighting::Absent);
    let id = publish(driver.as_ref(), &mut job).await;
    assert_eq!(posts_like(&id).await, 1);
}

#[tokio::test]
async fn a_file_whose_answer_was_lost_is_found() {
    let proxy = Proxy::before(&wordpress().url).once("POST /wp-json/wp/v2/media", Trick::LoseAnswer);
    let mut desk = Desk::editor().set("base_url", &proxy.url);
    let mut with = post("Skedari", "<p>x</p>");
    with.media = vec![desk.file("Skedari.pdf", pdf("i humbur"), "")];
    let (driver, mut job) = (desk.driver(), job(with));
    let step = lost(driver.as_ref(), &mut job, FailureCode::NoAnswer).await;
    adopt(driver.as_ref(), &step, &mut job).await;
    publish(driver.as_ref(), &mut job).await;
    assert_eq!(proxy.seen("POST /wp-json/wp/v2/media").len(), 1);
}

#[tokio::test]
async fn a_publication_whose_answer_was_lost_is_simply_made_again() {
    let proxy = Proxy::before(&wordpress().url).once("POST /wp-json/wp/v2/posts/", Trick::LoseAnswer);
    let driver = Desk::editor().set("base_url", &proxy.url).driver();
    let mut job = job(post("Dy herë", "<p>x</p>"));
    let step = lost(driver.as_ref(), &mut job, FailureCode::NoAnswer).await;
    assert!(matches!(driver.find(&step, &job).await, Sighting::Found(_)), "it stands already");
    let id = publish(driver.as_ref(), &mut job).await;
    assert_eq!(posts_like(&id).await, 1);
}

#[tokio::test]
async fn wordpress_that_crashes_after_writing_has_left_a_draft_that_is_found() {
    let proxy = Proxy::before(&wordpress().url).once("POST /wp-json/wp/v2/posts ", Trick::Fault("crash"));
    let driver = Desk::editor().set("base_url", &proxy.url).driver();
    let mut job = job(post("E prishur", "<p>x</p>"));
    let step = lost(driver.as_ref(), &mut job, FailureCode::RemoteBroken).await;
    adopt(driver.as_ref(), &step, &mut job).await;
    let id = publish(driver.as_ref(), &mut job).await;
    assert_eq!(posts_like(&id).await, 1);
}

#[tokio::test]
async fn wordpress_that_hangs_writes_after_we_gave_up_and_is_seen_to_have_done_so_only_later() {
    let proxy = Proxy::before(&wordpress().url).once("POST /wp-json/wp/v2/posts ", Trick::Fault("hang"));
    let mut desk = Desk::editor().set("base_url", &proxy.url);
    desk.patience = Duration::from_secs(1);
    let (driver, mut job) = (desk.driver(), job(post("E ngadaltë", "<p>x</p>")));
    let step = lost(driver.as_ref(), &mut job, FailureCode::NoAnswer).await;
    assert_eq!(driver.find(&step, &job).await, Sighting::Absent, "which is why the engine waits");
    let end = Instant::now() + Duration::from_mins(1);
    while driver.find(&step, &job).await == Sighting::Absent {
        assert!(Instant::now() < end, "it never writes");
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    adopt(driver.as_ref(), &step, &mut job).await;
    let id = publish(driver.as_ref(), &mut job).await;
    assert_eq!(posts_like(&id).await, 1);
}

#[tokio::test]
async fn an_outage_page_is_no_success_even_with_status_200() {
    let proxy = Proxy::before(&wordpress().url).once("POST /wp-json/wp/v2/posts ", Trick::Answer(HTML, OUTAGE));
    let driver = Desk::editor().set("base_url", &proxy.url).driver();
    let mut job = job(post("Mirëmbajtje", "<p>x</p>"));
    let step = lost(driver.as_ref(), &mut job, FailureCode::BadAnswer).await;
    assert_eq!(driver.find(&step, &job).await, Sighting::Absent);
}

#[tokio::test]
async fn an_error_that_comes_as_a_success_does_not_say_that_nothing_stands() {
    let error = r#"{"code":"internal_server_error","message":"There has been a critical error.","data":{"status":500}}"#;
    let answer = || Trick::Answer("200 OK\r\nContent-Type: application/json", error);
    let proxy = Proxy::before(&wordpress().url)
        .once("POST /wp-json/wp/v2/posts ", Trick::LoseAnswer)
        .once("GET /wp-json/wp/v2/posts?", answer());
    let driver = Desk::editor().set("base_url", &proxy.url).driver();
    let mut job = job(post("Gabim i fshehur", "<p>x</p>"));
    let step = lost(driver.as_ref(), &mut job, FailureCode::NoAnswer).await;
    assert!(
        matches!(driver.find(&step, &job).await, Sighting::CannotTell(_)),
        "the draft is there"
    );
    adopt(driver.as_ref(), &step, &mut job).await;
    publish(driver.as_ref(), &mut job).await;
    let proxy = Proxy::before(&wordpress().url).once("GET /wp-json/wp/v2/posts/", answer());
    let driver = Desk::editor().set("base_url", &proxy.url).driver();
    let mut change = then(&job, Action::Update, post("Gabim i fshehur", "<p>y</p>"));
    let answer = run(driver.as_ref(), &mut change).await.map_err(Stop::answer).unwrap_err();
    assert!(matches!(answer, Answer::Retry(_)), "it was not taken down: {answer:?}");
}

#[tokio::test]
async fn a_look_that_meets_an_outage_cannot_tell() {
    let proxy = Proxy::before(&wordpress().url)
        .once("POST /wp-json/wp/v2/posts ", Trick::LoseAnswer)
        .once("GET /wp-json/wp/v2/posts?", Trick::Answer(HTML, OUTAGE))
        .once("GET /wp-json/wp/v2/posts?", Trick::StripSignIn);
    let driver = Desk::editor().set("base_url", &proxy.url).driver();
    let mut job = job(post("Nuk shihet", "<p>x</p>"));
    let step = lost(driver.as_ref(), &mut job, FailureCode::NoAnswer).await;
    for _ in ["the outage page", "a look without sign-in sees no drafts"] {
        let sighting = driver.find(&step, &job).await;
        assert!(matches!(sighting, Sighting::CannotTell(_)), "{sighting:?}");
    }
    adopt(driver.as_ref(), &step, &mut job).await;
}

#[tokio::test]
async fn a_refusal_that_left_a_draft_all_the_same_is_no_second_post() {
    let refusal = Trick::ActAndAnswer(
        "403 Forbidden\r\nContent-Type: application/json",
        r#"{"code":"rest_cannot_update","message":"Sorry","data":{"status":403}}"#,
    );
    let proxy = Proxy::before(&wordpress().url).once("POST /wp-json/wp/v2/posts ", refusal);
    let driver = Desk::editor().set("base_url", &proxy.url).driver();
    let id = publish(driver.as_ref(), &mut job(post("Refuzim", "<p>x</p>"))).await;
    assert_eq!(posts_like(&id).await, 1);
}

#[tokio::test]
async fn a_lost_look_at_the_categories_has_done_no_harm_and_is_tried_again() {
    let proxy = Proxy::before(&wordpress().url).once("GET /wp-json/wp/v2/categories", Trick::LoseAnswer);
    let driver = Desk::editor().set("base_url", &proxy.url).driver();
    let answer = run(driver.as_ref(), &mut job(post("x", "<p>x</p>")))
        .await
        .map_err(Stop::answer)
        .unwrap_err();
    assert!(matches!(&answer, Answer::Retry(f) if f.code == FailureCode::NoAnswer), "{answer:?}");
}

#[tokio::test]
async fn a_machine_that_is_down_can_have_done_nothing() {
    let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap().port();
    let driver = Desk::editor().set("base_url", &format!("http://127.0.0.1:{port}")).driver();
    let answer = run(driver.as_ref(), &mut job(post("x", "<p>x</p>")))
        .await
        .map_err(Stop::answer)
        .unwrap_err();
    assert!(
        matches!(&answer, Answer::Retry(f) if f.code == FailureCode::Unreachable),
        "{answer:?}"
    );
}

#[tokio::test]
async fn a_site_that_asks_to_wait_is_given_the_time_it_names() {
    for (status, named) in [("429 Too Many Requests", 120), ("503 Service Unavailable", 600)] {
        let head: &'static str = Box::leak(format!("{status}\r\nRetry-After: {named}").into_boxed_str());
        let proxy = Proxy::before(&wordpress().url).always("GET /wp-json/wp/v2/categories", Trick::Answer(head, OUTAGE));
        let driver = Desk::editor().set("base_url", &proxy.url).driver();
        let asked = chrono::Utc::now();
        let answer = run(driver.as_ref(), &mut job(post("x", "<p>x</p>")))
            .await
            .map_err(Stop::answer)
            .unwrap_err();
        let Answer::Snooze(wait) = answer else { panic!("{answer:?}") };
        let seconds = (wait.until - asked).num_seconds();
        assert!(wait.account && (named - 1..named + 30).contains(&seconds), "{seconds}");
    }
}

#[tokio::test]
async fn what_wordpress_dropped_without_a_word_is_noticed() {
    let driver = Desk::editor().driver();
    let mut with = post("Etiketë e fshirë", "<p>x</p>");
    with.tags = vec!["përkohshme".to_owned()];
    publish(driver.as_ref(), &mut job(with.clone())).await;
    let tag = wordpress().list("/wp/v2/tags?search=përkohshme").await[0]["id"].clone();
    let path = format!("/wp/v2/tags/{tag}?force=true");
    wordpress().call("editor", kasnec::http::Method::DELETE, &path, None).await;

    // The driver still believes in the tag; WordPress ignores ids it does not know.
    let mut job = job(with);
    let answer = run(driver.as_ref(), &mut job).await.map_err(Stop::answer).unwrap_err();
    assert!(matches!(&answer, Answer::Retry(f) if f.what.contains("tags")), "{answer:?}");
    let flip = driver.next(&job).unwrap().unwrap();
    assert_eq!(
        driver.find(&flip, &job).await,
        Sighting::Absent,
        "public, but not with all that belongs to it"
    );
    publish(driver.as_ref(), &mut job).await;
}

#[tokio::test]
async fn that_a_post_is_public_says_nothing_of_its_correction_or_its_withdrawal() {
    let driver = Desk::editor().set("withdraw", "trash").driver();
    let mut published = job(post("Para kthimit", "<p>x</p>"));
    publish(driver.as_ref(), &mut published).await;
    for action in [Action::Update, Action::Withdraw] {
        let later = then(&published, action, post("Para kthimit", "<p>y</p>"));
        let step = driver.next(&later).unwrap().unwrap();
        assert_eq!(driver.find(&step, &later).await, Sighting::Absent, "{action}");
    }
}

/// Runs into the lost answer.
async fn lost(driver: &dyn Driver, job: &mut Job, code: FailureCode) -> Step {
    match run(driver, job).await {
        Err(Stop::At(step, Answer::Unknown(failure))) => {
            assert_eq!(failure.code, code);
            step
        }
        other => panic!("{other:?}"),
    }
}

/// Looks the step's object up, as the engine does before it goes on.
async fn adopt(driver: &dyn Driver, step: &Step, job: &mut Job) {
    let sighting = driver.find(step, job).await;
    let Sighting::Found(object) = sighting else {
        panic!("{sighting:?}")
    };
    job.objects.put(object);
}

/// How many posts bear the slug of that one, drafts included, or the next that WordPress would give.
async fn posts_like(id: &str) -> usize {
    let slug = wordpress().post(id).await["slug"].as_str().unwrap().to_owned();
    wordpress()
        .list(&format!("/wp/v2/posts?slug={slug},{slug}-2,{slug}-3&status=any"))
        .await
        .len()
}
