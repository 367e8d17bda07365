//! What stands on WordPress, looked at as a citizen would; and what somebody with a password did to it.

use kasnec::http::Method;
use kasnec::receipt::{Finding, View};
use serde_json::json;

use crate::office::Office;
use crate::wordpress::wordpress;

const BODY: &str = "Mbledhja mbahet më 24.11. - në orën 10:00, te \"salla A\" (9x9 m)...\n\n- Buxheti\n- Pyetje & përgjigje\n\nhttps://video.example/mbledhja";

const TITLE: &str = "Mbledhja e 7-të: \"buxheti\" & tjera";

async fn published(reference: &str, title: &str) -> Office {
    published_with("", reference, title).await
}

async fn published_with(more: &str, reference: &str, title: &str) -> Office {
    let base_url = &wordpress().url;
    let lines = format!("[offices.k.accounts.wordpress]\nsettings.base_url = \"{base_url}\"\nsettings.username = \"editor\"\n{more}");
    let office = Office::open("http://127.0.0.1:9", &lines, &[]).await;
    let password = wordpress().password("editor");
    office
        .system
        .put_secret("k", "wordpress", "application_password", password)
        .await
        .unwrap();
    office.publish(reference, title, BODY).await;
    office
}

async fn id(office: &Office) -> String {
    office.newest("wordpress").await.remote_id.unwrap()
}

/// Somebody writes another post, whose name begins like that of the office's.
async fn like_it(office: &Office, content: Option<&str>) -> String {
    let ours = wordpress().post(&id(office).await).await;
    let slug = format!("{}-2", ours["slug"].as_str().unwrap());
    let content = content.unwrap_or_else(|| ours["content"]["raw"].as_str().unwrap());
    let body = json!({ "title": ours["title"]["raw"], "content": content, "slug": slug, "status": "publish" });
    let made = wordpress().call("editor", Method::POST, "/wp/v2/posts", Some(body)).await;
    made.json().unwrap()["link"].as_str().unwrap().to_owned()
}

/// Where WordPress sends a visitor of that address.
async fn leads(address: &str) -> Option<String> {
    wordpress().visit(address).await.header("location").map(str::to_owned)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_post_that_an_old_address_leads_to_does_not_bring_back_what_was_withdrawn() {
    for (reference, content) in [("W-5", Some("<p>Mbledhja tjetër mbahet nesër.</p>")), ("W-6", None)] {
        let office = published_with("settings.withdraw = \"trash\"\n", reference, TITLE).await;
        let address = office.newest("wordpress").await.url.unwrap();
        let other = like_it(&office, content).await;
        office.withdraw(reference).await;
        assert_eq!(leads(&address).await.as_ref(), Some(&other), "WordPress guesses");
        office.looks_for_hours(26).await;
        assert_eq!(
            office.findings("wordpress").await,
            [Finding::Standing, Finding::Standing],
            "{reference}"
        );
        assert!(office.disturbed().await.is_empty());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_post_that_says_the_same_does_not_stand_in_for_one_that_was_trashed() {
    let office = published("W-7", TITLE).await;
    let address = office.newest("wordpress").await.url.unwrap();
    let other = like_it(&office, None).await;
    let path = format!("/wp/v2/posts/{}", id(&office).await);
    assert!(wordpress().call("editor", Method::DELETE, &path, None).await.is_success());
    assert_eq!(leads(&address).await, Some(other), "WordPress guesses");
    office.looks_for_hours(1).await;
    let glance = office.glances("wordpress").await.pop().unwrap().glance;
    assert_eq!((glance.finding, glance.view), (Finding::Gone, View::Record), "{glance:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_post_that_an_editor_gave_another_address_stands_there() {
    let office = published("W-8", TITLE).await;
    let address = office.newest("wordpress").await.url.unwrap();
    let path = format!("/wp/v2/posts/{}", id(&office).await);
    let renamed = wordpress()
        .call("editor", Method::POST, &path, Some(json!({ "slug": "emri-i-ri" })))
        .await;
    assert_eq!(leads(&address).await.as_deref(), renamed.json().unwrap()["link"].as_str());
    office.looks_after(61).await;
    let glance = office.glances("wordpress").await.pop().unwrap().glance;
    assert_eq!((glance.finding, glance.view), (Finding::Standing, View::Citizen), "{glance:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_post_stands_whatever_the_theme_makes_of_its_quotes_and_dashes() {
    let office = published("W-1", TITLE).await;
    office.looks_after(61).await;
    let glance = office.glances("wordpress").await.remove(0).glance;
    assert_eq!((glance.finding, glance.view), (Finding::Standing, View::Citizen), "{glance:?}");
    let page = wordpress().visit(&glance.address.unwrap()).await.text();
    assert!(
        page.contains("&#8220;") || page.contains("“"),
        "the theme does change quotes: {page}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_changed_and_what_was_trashed_behind_our_back_is_found_and_told_apart() {
    let (changed, trashed) = (published("W-2", TITLE).await, published("W-3", TITLE).await);
    let (first, second) = (id(&changed).await, id(&trashed).await);
    let text = wordpress().post(&first).await["content"]["raw"]
        .as_str()
        .unwrap()
        .replace("10:00", "15:30");
    let body = Some(json!({ "content": text }));
    let path = format!("/wp/v2/posts/{first}");
    assert!(wordpress().call("editor", Method::POST, &path, body).await.is_success());
    let path = format!("/wp/v2/posts/{second}");
    assert!(wordpress().call("editor", Method::DELETE, &path, None).await.is_success());

    changed.looks_for_hours(1).await;
    let glance = changed.glances("wordpress").await.remove(0).glance;
    assert_eq!((glance.finding, glance.view), (Finding::Changed, View::Citizen), "{glance:?}");
    let what = glance.what.unwrap();
    assert!(what.contains("10:00") && what.contains("15:30"), "{what}");

    trashed.looks_for_hours(1).await;
    let glance = trashed.glances("wordpress").await.remove(0).glance;
    assert_eq!(glance.finding, Finding::Gone, "{glance:?}");
    assert!(
        glance.what.as_deref().unwrap().contains("trash"),
        "WordPress tells where it is: {glance:?}"
    );
    assert_eq!(wordpress().post(&second).await["status"], "trash", "it is not put up again");

    changed
        .correct("W-2", "Mbledhja e 7-të: ora e re", "Mbledhja mbahet në orën 16:00.")
        .await;
    changed.looks_after(61).await;
    assert_eq!(
        changed.findings("wordpress").await,
        [Finding::Standing],
        "after a correction the finding is anew"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_somebody_wrote_in_between_is_found_in_the_post_but_an_advertisement_is_not_taken_for_it() {
    let office = published("W-4", "Mbledhja me reklamë").await;
    office.looks_after(61).await;
    let glance = office.glances("wordpress").await.remove(0).glance;
    assert_eq!((glance.finding, glance.view), (Finding::Standing, View::Record), "{glance:?}");

    let post = id(&office).await;
    let text = wordpress().post(&post).await["content"]["raw"].as_str().unwrap().to_owned();
    let body = Some(json!({ "content": text.replacen("</p>", "</p><p>U anulua!</p>", 1) }));
    let path = format!("/wp/v2/posts/{post}");
    assert!(wordpress().call("editor", Method::POST, &path, body).await.is_success());
    office.looks_for_hours(26).await;
    let glance = office.glances("wordpress").await.pop().unwrap().glance;
    assert_eq!(glance.finding, Finding::Changed);
    assert!(glance.what.unwrap().contains("U anulua"));
}
