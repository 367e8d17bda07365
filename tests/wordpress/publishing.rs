//! A notice goes up, whole, once, and only what should be on it.

use kasnec::channels::Safety;
use kasnec::receipt::{Action, Phase};
use serde_json::json;

use crate::desk::{Desk, job, jpeg, notice, pdf, post, publish, run, then};
use crate::notices::NOTICE;
use crate::wordpress::proxy::{Proxy, Trick};
use crate::wordpress::wordpress;

#[tokio::test]
async fn a_notice_stands_with_category_tags_excerpt_picture_and_document() {
    let mut desk = Desk::editor();
    let mut job = job(notice(&mut desk, NOTICE));
    let id = publish(desk.driver().as_ref(), &mut job).await;

    let there = wordpress().post(&id).await;
    assert_eq!(there["status"], "publish");
    assert_eq!(there["title"]["raw"], "Mbledhja e 11-të e Kuvendit");
    assert!(
        there["slug"]
            .as_str()
            .unwrap()
            .starts_with("kk-2026-011-mbledhja-e-11-te-e-kuvendit-")
    );
    assert!(
        there["excerpt"]["raw"].as_str().unwrap().contains("24 nëntor 2026"),
        "{}",
        there["excerpt"]
    );
    assert_eq!(name_of("categories", &there["categories"]).await, "Mbledhjet");
    assert_eq!(name_of("tags", &there["tags"]).await, "kuvendi");

    let picture = wordpress()
        .get(&format!("/wp/v2/media/{}", there["featured_media"]))
        .await
        .json()
        .unwrap();
    assert_eq!(picture["alt_text"], "Salla e Kuvendit");
    let text = there["content"]["raw"].as_str().unwrap();
    assert!(text.contains(picture["source_url"].as_str().unwrap()));
    assert!(
        !text.contains("https://njoftime.example.org/files/"),
        "every file is linked where WordPress keeps it: {text}"
    );

    let document = text.split('"').find(|link| link.contains("Rendi-i-dites")).unwrap();
    assert_eq!(wordpress().visit(document).await.body, pdf("Rendi"));
}

#[tokio::test]
async fn citizens_see_it_at_the_address_in_the_receipt() {
    let desk = Desk::editor();
    let driver = desk.driver();
    let mut job = job(post(
        "Ujësjellësi: ndërprerje & riparim <2 orë>",
        "<p>Nesër, çdo lagje.</p><p>Сутра, свако насеље.</p>",
    ));
    publish(driver.as_ref(), &mut job).await;

    let receipt = driver.standing(&job).unwrap();
    assert_eq!(receipt.phase, Phase::Public);
    let page = wordpress().visit(receipt.url.as_deref().unwrap()).await;
    assert_eq!(page.status, 200);
    for words in [
        "Ujësjellësi: ndërprerje &amp; riparim &lt;2 orë&gt;",
        "Nesër, çdo lagje.",
        "Сутра, свако насеље.",
    ] {
        assert!(page.text().contains(words), "{words}");
    }
}

#[tokio::test]
async fn nobody_sees_it_before_the_last_step() {
    let mut desk = Desk::editor();
    let mut post = post("Ende jo publike", "<p>Ende jo.</p>");
    post.media = vec![desk.file("a.jpg", jpeg(1), "A"), desk.file("b.pdf", pdf("b"), "")];
    let (driver, mut job) = (desk.driver(), job(post));
    let mut safeties = vec![];
    while let Some(step) = driver.next(&job).unwrap() {
        if let Some(draft) = job.objects.get("draft") {
            let page = wordpress().visit(draft.url.as_deref().unwrap()).await;
            assert_eq!(page.status, 404);
        }
        safeties.push(step.safety);
        let kasnec::receipt::Answer::Done(object) = driver.perform(&step, &job).await else {
            panic!("{step:?} failed")
        };
        job.objects.put(object);
    }
    assert_eq!(
        safeties,
        [Safety::Invisible, Safety::Invisible, Safety::Invisible, Safety::Repeatable]
    );
}

#[tokio::test]
async fn what_wordpress_would_put_off_to_the_second_of_two_hours_is_public_in_the_first() {
    let (driver, mut job) = (Desk::editor().driver(), job(post("Nata me dy orë", "<p>x</p>")));
    while job.objects.get("draft").is_none() {
        let step = driver.next(&job).unwrap().unwrap();
        let kasnec::receipt::Answer::Done(object) = driver.perform(&step, &job).await else {
            panic!("{step:?} failed")
        };
        job.objects.put(object);
    }
    // As it takes the time by itself in that hour: WordPress cannot be told of another zone's night here.
    let later = (chrono::Utc::now() + chrono::Duration::minutes(59))
        .format("%Y-%m-%dT%H:%M:%S")
        .to_string();
    let id = job.objects.id("draft").unwrap().to_owned();
    let put_off = json!({ "date_gmt": later });
    wordpress()
        .call("editor", kasnec::http::Method::POST, &format!("/wp/v2/posts/{id}"), Some(put_off))
        .await;
    assert_eq!(publish(driver.as_ref(), &mut job).await, id);
    let there = wordpress().post(&id).await;
    assert_eq!(there["status"], "publish");
    assert_eq!(wordpress().visit(there["link"].as_str().unwrap()).await.status, 200);
}

#[tokio::test]
async fn a_script_in_the_text_never_arrives() {
    let mut desk = Desk::editor();
    let text = NOTICE.replace(
        "Mbledhja është",
        "<script>alert(1)</script><img src=x onerror=alert(2)>Mbledhja është",
    );
    let mut job = job(notice(&mut desk, &text));
    let id = publish(desk.driver().as_ref(), &mut job).await;
    let there = wordpress().post(&id).await["content"].to_string();
    assert!(there.contains("Mbledhja është"));
    assert!(!there.contains("alert(") && !there.contains("onerror"), "{there}");
}

#[tokio::test]
async fn where_html_is_filtered_readers_lose_nothing() {
    let proxy = Proxy::before(&wordpress().url).always("POST ", Trick::Fault("filtered"));
    let mut desk = Desk::editor().set("base_url", &proxy.url);
    let rendered = notice(&mut desk, NOTICE);
    let (driver, mut job) = (desk.driver(), job(rendered));
    let id = publish(driver.as_ref(), &mut job).await;
    let sent: serde_json::Value = serde_json::from_slice(&proxy.seen("POST /wp-json/wp/v2/posts/")[0].body).unwrap();
    let there = wordpress().post(&id).await;
    assert_eq!(for_readers(&there["content"]["raw"]), for_readers(&sent["content"]));
}

#[tokio::test]
async fn two_notices_of_one_title_get_addresses_of_their_own() {
    let driver = Desk::editor().driver();
    let (mut first, mut second) = (job(post("Njoftim", "<p>një</p>")), job(post("Njoftim", "<p>dy</p>")));
    let (first_id, second_id) = (
        publish(driver.as_ref(), &mut first).await,
        publish(driver.as_ref(), &mut second).await,
    );
    let (one, two) = (wordpress().post(&first_id).await, wordpress().post(&second_id).await);
    assert_ne!(one["link"], two["link"]);
    assert!(
        !two["slug"].as_str().unwrap().ends_with("-2"),
        "no counting of taken slugs: {}",
        two["slug"]
    );
}

#[tokio::test]
async fn a_slug_that_somebody_took_is_no_hindrance() {
    let desk = Desk::editor();
    let (driver, mut job) = (desk.driver(), job(post("Njoftim", "<p>yni</p>")));
    let first = publish(driver.as_ref(), &mut job.clone()).await;
    let second = publish(driver.as_ref(), &mut job).await;
    let (first, second) = (wordpress().post(&first).await, wordpress().post(&second).await);
    assert_eq!(second["slug"], format!("{}-2", first["slug"].as_str().unwrap()));
}

#[tokio::test]
async fn a_file_is_uploaded_once_however_often_the_delivery_is_tried() {
    let mut desk = Desk::editor();
    let mut post = post("Me dokument", "<p>x</p>");
    post.media = vec![desk.file("Vendimi.pdf", pdf("vendimi i njëjtë"), "")];
    let (driver, mut job) = (desk.driver(), job(post));
    let step = driver.next(&job).unwrap().unwrap();
    let first = driver.perform(&step, &job).await;
    let second = driver.perform(&step, &job).await;
    assert_eq!(first, second);
    run(driver.as_ref(), &mut job).await.unwrap();
    assert_eq!(
        job.objects.get(&step.role).map(|o| kasnec::receipt::Answer::Done(o.clone())),
        Some(first)
    );
}

#[tokio::test]
async fn a_file_of_any_name_can_be_read_at_its_link() {
    let mut desk = Desk::editor();
    for name in [
        "Vendimi \"nr. 5\" për çmimet.pdf",
        "Одлука о порезу.pdf",
        "İhale şartnamesi; ek=1.pdf",
        "a&b <c>.pdf",
    ] {
        let file = desk.file(name, pdf(name), "");
        let mut post = post("Emra", &format!("<a href=\"{}\">lidhja</a>", file.url.replace('&', "&amp;")));
        post.media = vec![file];
        let mut job = job(post);
        let id = publish(desk.driver().as_ref(), &mut job).await;
        let there = wordpress().post(&id).await["content"]["raw"].as_str().unwrap().to_owned();
        let link = there.split('"').nth(1).unwrap();
        assert!(link.starts_with(&wordpress().url), "{name}: {link}");
        assert_eq!(wordpress().visit(link).await.body, pdf(name), "{name}: {link}");
    }
}

#[tokio::test]
async fn categories_and_tags_are_made_once_and_found_afterwards() {
    let mut post = post("Etiketa", "<p>x</p>");
    let category = post.category.as_mut().unwrap();
    (category.key, category.label) = ("ujesjellesi".to_owned(), "Ujësjellësi & kanalizimi".to_owned());
    post.tags = vec!["ujë".to_owned(), "uje".to_owned(), "Ujë".to_owned()];
    for _ in 0..2 {
        // A driver of its own: nothing is remembered.
        publish(Desk::editor().driver().as_ref(), &mut job(post.clone())).await;
    }
    assert_eq!(wordpress().list("/wp/v2/categories?slug=ujesjellesi,ujesjellesi-2").await.len(), 1);
    let mut tags: Vec<_> = wordpress()
        .list("/wp/v2/tags?search=uje")
        .await
        .iter()
        .map(|t| t["name"].clone())
        .collect();
    tags.sort_by_key(ToString::to_string);
    assert_eq!(tags, [json!("uje"), json!("ujë")]);
}

#[tokio::test]
async fn a_category_that_the_office_has_renamed_is_still_the_one() {
    let made = wordpress()
        .call(
            "editor",
            kasnec::http::Method::POST,
            "/wp/v2/categories",
            Some(json!({ "name": "Tenderët", "slug": "prokurimi" })),
        )
        .await;
    let mut post = post("Tender", "<p>x</p>");
    let category = post.category.as_mut().unwrap();
    (category.key, category.label) = ("prokurimi".to_owned(), "Prokurimi".to_owned());
    let id = publish(Desk::editor().driver().as_ref(), &mut job(post)).await;
    assert_eq!(wordpress().post(&id).await["categories"], json!([made.json().unwrap()["id"]]));
}

#[tokio::test]
async fn with_polylang_the_language_is_told_when_the_post_is_made() {
    let proxy = Proxy::before(&wordpress().url);
    let desk = Desk::editor().set("base_url", &proxy.url).set("multilingual", "polylang");
    let mut post = post("Obaveštenje", "<p>Sutra.</p>");
    post.languages = vec![crate::notices::lang("sr")];
    publish(desk.driver().as_ref(), &mut job(post)).await;
    let made = proxy.seen("POST /wp-json/wp/v2/posts ");
    let body: serde_json::Value = serde_json::from_slice(&made[0].body).unwrap();
    assert_eq!(body["lang"], "sr");
}

#[tokio::test]
async fn plain_html_bears_no_block_markers() {
    let desk = Desk::editor().set("plain_html", "on");
    let mut job = job(post("Pa shenja", "<!-- wp:paragraph --><p>Tekst.</p><!-- /wp:paragraph -->"));
    let id = publish(desk.driver().as_ref(), &mut job).await;
    assert_eq!(wordpress().post(&id).await["content"]["raw"], "<p>Tekst.</p>");
}

#[tokio::test]
async fn an_author_publishes_where_the_categories_are_there_already() {
    let plain = post("Nga autori", "<p>x</p>");
    publish(Desk::editor().driver().as_ref(), &mut job(plain.clone())).await;
    let desk = Desk::of("author");
    let mut job = job(plain);
    let id = publish(desk.driver().as_ref(), &mut job).await;
    let mut update = then(&job, Action::Update, post("Nga autori", "<p>y</p>"));
    assert_eq!(publish(desk.driver().as_ref(), &mut update).await, id);
}

async fn name_of(kind: &str, ids: &serde_json::Value) -> String {
    let term = wordpress().get(&format!("/wp/v2/{kind}/{}", ids[0])).await.json().unwrap();
    term["name"].as_str().unwrap().to_owned()
}

/// The HTML without what WordPress before 7 takes from users without `unfiltered_html`: hints that only machines read.
fn for_readers(html: &serde_json::Value) -> String {
    let html = html
        .as_str()
        .unwrap()
        .replace(" />", ">")
        .replace(" type=\"application/pdf\"", "")
        .replace("</time>", "");
    let mut pieces = html.split("<time ");
    let first = pieces.next().unwrap_or_default().to_owned();
    pieces.fold(first, |text, piece| text + piece.split_once('>').unwrap().1)
}
