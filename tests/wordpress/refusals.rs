//! What WordPress will not do, and whom that concerns: the post or the account.

use kasnec::receipt::{Answer, Failure, FailureCode};

use crate::desk::{Desk, Stop, job, jpeg, pdf, post, run};
use crate::wordpress::proxy::{Proxy, Trick};
use crate::wordpress::wordpress;

#[tokio::test]
async fn a_wrong_password_pauses_the_account_and_names_what_to_look_at() {
    let failure = reauthorise(&Desk::editor().with_password("gabim gabim gabim")).await;
    assert_eq!(failure.code, FailureCode::NotSignedIn);
    for cause in ["password", "user name", "Authorization header", "switched off"] {
        assert!(failure.what.contains(cause), "{cause}: {}", failure.what);
    }
    assert!(failure.evidence.unwrap().contains("rest_"));
}

#[tokio::test]
async fn a_web_server_that_drops_the_sign_in_looks_the_same() {
    let proxy = Proxy::before(&wordpress().url).always("", Trick::StripSignIn);
    let failure = reauthorise(&Desk::editor().set("base_url", &proxy.url)).await;
    assert_eq!(failure.code, FailureCode::NotSignedIn);
}

#[tokio::test]
async fn an_author_who_must_make_a_category_lacks_a_right_with_a_name() {
    let mut with = post("x", "<p>x</p>");
    let category = with.category.as_mut().unwrap();
    (category.key, category.label) = ("e-re".to_owned(), "E re".to_owned());
    let answer = stopped(&Desk::of("author"), with).await;
    assert!(
        matches!(&answer, Answer::Reauthorise(f) if f.code == FailureCode::NotAllowed && f.what.contains("manage_categories")),
        "{answer:?}"
    );
}

#[tokio::test]
async fn a_contributor_may_write_but_not_publish() {
    let failure = reauthorise(&Desk::of("contributor")).await;
    assert_eq!(failure.code, FailureCode::NotAllowed);
    assert!(failure.what.contains("publish_posts"), "{}", failure.what);
}

#[tokio::test]
async fn a_contributor_may_not_upload() {
    let mut desk = Desk::of("contributor");
    let mut with = post("x", "<p>x</p>");
    with.media = vec![desk.file("a.jpg", jpeg(9), "A")];
    let answer = stopped(&desk, with).await;
    assert!(
        matches!(&answer, Answer::Reauthorise(f) if f.what.contains("upload_files")),
        "{answer:?}"
    );
}

#[tokio::test]
async fn an_upload_beyond_the_web_servers_limit_is_refused_with_its_size() {
    let page = Trick::Answer("413 Request Entity Too Large\r\nContent-Type: text/html", "<h1>413</h1>");
    let proxy = Proxy::before(&wordpress().url).always("POST /wp-json/wp/v2/media", page);
    let mut desk = Desk::editor().set("base_url", &proxy.url);
    let mut with = post("x", "<p>x</p>");
    with.media = vec![desk.file("Raporti.pdf", [pdf("e madhe"), vec![b' '; 3 << 20]].concat(), "")];
    let answer = stopped(&desk, with).await;
    let Answer::Reject(failure) = answer else { panic!("{answer:?}") };
    assert_eq!(failure.code, FailureCode::TooLarge);
    assert!(
        failure.what.contains("Raporti.pdf") && failure.what.contains("3 MiB"),
        "{}",
        failure.what
    );
}

#[tokio::test]
async fn an_upload_beyond_phps_own_limits_goes_up_all_the_same() {
    // The tests' PHP takes uploads of 1 MiB and forms of 2 MiB; a raw body is neither.
    let mut desk = Desk::editor();
    let mut with = post("E madhe", "<p>x</p>");
    with.media = vec![desk.file("Raporti.pdf", [pdf("e madhe"), vec![b' '; 3 << 20]].concat(), "")];
    run(desk.driver().as_ref(), &mut job(with)).await.unwrap();
}

#[tokio::test]
async fn a_file_that_wordpress_does_not_take_is_refused_by_name() {
    let mut desk = Desk::editor();
    let mut with = post("x", "<p>x</p>");
    let mut file = desk.file("vizatim.pdf", pdf("svg"), "");
    (file.name, file.media_type) = ("vizatim.svg".to_owned(), "image/svg+xml".to_owned());
    with.media = vec![file];
    let answer = stopped(&desk, with).await;
    assert!(
        matches!(&answer, Answer::Reject(f) if f.code == FailureCode::ContentRefused && f.what.contains("vizatim.svg")),
        "{answer:?}"
    );
}

#[tokio::test]
async fn a_post_without_any_words_is_refused_with_wordpresss_code() {
    let mut empty = post("", "");
    empty.parts.clear();
    let answer = stopped(&Desk::editor(), empty).await;
    assert!(
        matches!(&answer, Answer::Reject(f) if f.code == FailureCode::ContentRefused && f.what.contains("empty_content")),
        "{answer:?}"
    );
}

const DENIED: Trick = Trick::Answer("403 Forbidden\r\nContent-Type: text/html", "<h1>Access denied by Imunify360</h1>");

#[tokio::test]
async fn a_firewall_that_refuses_every_call_pauses_the_account() {
    let proxy = Proxy::before(&wordpress().url).always("POST /wp-json/wp/v2/posts ", DENIED);
    let failure = reauthorise(&Desk::editor().set("base_url", &proxy.url)).await;
    assert!(
        failure.code == FailureCode::NotAllowed && failure.what.contains("firewall"),
        "{}",
        failure.what
    );
}

#[tokio::test]
async fn a_firewall_that_refuses_one_text_concerns_only_that_one() {
    let proxy = Proxy::before(&wordpress().url).once("POST /wp-json/wp/v2/posts ", DENIED);
    let answer = stopped(&Desk::editor().set("base_url", &proxy.url), post("x", "<!-- wp:paragraph -->")).await;
    let Answer::Reject(failure) = answer else { panic!("{answer:?}") };
    assert_eq!(failure.code, FailureCode::ContentRefused);
    assert!(failure.what.contains("plain_html") && failure.evidence.unwrap().contains("Imunify360"));
}

#[tokio::test]
async fn a_site_that_has_moved_says_where_to() {
    let moved = Trick::Answer(
        "301 Moved Permanently\r\nLocation: https://kk.rks-gov.net/kacanik/wp-json/wp/v2/categories",
        "",
    );
    let proxy = Proxy::before(&wordpress().url).always("GET /wp-json/wp/v2/", moved);
    let failure = reauthorise(&Desk::editor().set("base_url", &proxy.url)).await;
    assert_eq!(failure.code, FailureCode::NotConfigured);
    assert!(failure.what.contains("to https://kk.rks-gov.net/kacanik;"), "{}", failure.what);
}

#[tokio::test]
async fn an_account_without_a_password_makes_no_call() {
    let driver = Desk::editor().with_password(" ").driver();
    let failure = driver.next(&job(post("x", "<p>x</p>"))).unwrap_err();
    assert_eq!(failure.code, FailureCode::NotConfigured);
    assert!(failure.what.contains("application_password"));
}

async fn stopped(desk: &Desk, post: kasnec::render::Post) -> Answer {
    run(desk.driver().as_ref(), &mut job(post)).await.map_err(Stop::answer).unwrap_err()
}

async fn reauthorise(desk: &Desk) -> Failure {
    // Without a category there is none to be made first.
    let mut plain = post("x", "<p>x</p>");
    plain.category = None;
    plain.tags = vec!["kuvendi".to_owned()];
    match stopped(desk, plain).await {
        Answer::Reauthorise(failure) => failure,
        answer => panic!("{answer:?}"),
    }
}
