//! `kasnec channel check`, fault by fault.

use kasnec::channels::Check;
use kasnec::receipt::FailureCode;

use crate::desk::Desk;
use crate::wordpress::proxy::{Proxy, Trick};
use crate::wordpress::wordpress;

#[tokio::test]
async fn an_editor_has_nothing_wrong() {
    let check = Desk::editor().driver().check().await;
    assert!(check.wrong.is_empty(), "{:?}", check.wrong);
    let fine = check.fine.join("\n");
    for words in [
        "Komuna e Provës",
        "Application passwords are switched on",
        "\"editor\" (editor)",
        "upload files",
    ] {
        assert!(fine.contains(words), "{words}: {fine}");
    }
}

#[tokio::test]
async fn a_contributor_is_told_each_right_that_is_missing() {
    let check = Desk::of("contributor").driver().check().await;
    let lacking: Vec<_> = check.wrong.iter().map(|f| f.what.as_str()).collect();
    for right in [
        "publish_posts",
        "upload_files",
        "manage_categories",
        "edit_published_posts",
        "delete_published_posts",
    ] {
        assert!(lacking.iter().any(|what| what.contains(right)), "{right}: {lacking:?}");
    }
    assert!(!lacking.iter().any(|what| what.contains("edit_posts")), "{lacking:?}");
}

#[tokio::test]
async fn a_wrong_password_is_told_from_a_site_without_application_passwords() {
    expect(
        &Desk::editor().with_password("gabim"),
        FailureCode::NotSignedIn,
        "does not accept the sign-in",
    )
    .await;

    let proxy = Proxy::before(&wordpress().url).always("", Trick::Fault("passwords-off"));
    expect(
        &Desk::editor().set("base_url", &proxy.url),
        FailureCode::NotConfigured,
        "switched off",
    )
    .await;
}

#[tokio::test]
async fn an_address_that_is_no_wordpress_is_told() {
    let site = &wordpress().url;
    let page = Proxy::before(site).always("", Trick::Answer("200 OK", "<html>Faqja zyrtare</html>"));
    expect(
        &Desk::editor().set("base_url", &page.url),
        FailureCode::BadAnswer,
        "answered with a page",
    )
    .await;

    let missing = Proxy::before(site).always("", Trick::Answer("404 Not Found", "<html>404</html>"));
    expect(
        &Desk::editor().set("base_url", &missing.url),
        FailureCode::NotConfigured,
        "permalinks",
    )
    .await;

    let other = Proxy::before(site).always("", Trick::Answer("200 OK", r#"{"name":"Drupal"}"#));
    expect(
        &Desk::editor().set("base_url", &other.url),
        FailureCode::NotConfigured,
        "not WordPress's REST API",
    )
    .await;

    expect(
        &Desk::editor().set("base_url", "ftp://example.org"),
        FailureCode::NotConfigured,
        "https",
    )
    .await;
    expect(&Desk::editor().set("base_url", ""), FailureCode::NotConfigured, "base_url").await;
}

#[tokio::test]
async fn a_member_of_the_network_who_is_no_member_of_the_site_is_told() {
    let nobody = r#"{"name":"X","roles":[],"capabilities":{}}"#;
    let proxy = Proxy::before(&wordpress().url).always("GET /wp-json/wp/v2/users/me", Trick::Answer("200 OK", nobody));
    expect(
        &Desk::editor().set("base_url", &proxy.url),
        FailureCode::NotAllowed,
        "no member of this very site",
    )
    .await;
}

#[tokio::test]
async fn a_firewall_that_lets_nothing_be_written_is_told() {
    let page = Trick::Answer("403 Forbidden\r\nContent-Type: text/html", "<h1>Access denied</h1>");
    let proxy = Proxy::before(&wordpress().url).always("POST ", page);
    expect(&Desk::editor().set("base_url", &proxy.url), FailureCode::NotAllowed, "firewall").await;
}

#[tokio::test]
async fn a_password_never_travels_in_clear_across_the_internet() {
    let desk = Desk::editor().set("base_url", "http://komuna.example.org");
    expect(&desk, FailureCode::NotConfigured, "in clear").await;
    let job = crate::desk::job(crate::desk::post("x", "<p>x</p>"));
    assert_eq!(desk.driver().next(&job).unwrap_err().code, FailureCode::NotConfigured);
}

async fn expect(desk: &Desk, code: FailureCode, words: &str) -> Check {
    let check = desk.driver().check().await;
    assert!(
        check.wrong.iter().any(|f| f.code == code && f.what.contains(words)),
        "{words}: {:?}",
        check.wrong
    );
    check
}
