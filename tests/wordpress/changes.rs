//! What stands is corrected, withdrawn, or found to be gone; what is only a draft is removed.

use kasnec::channels::Job;
use kasnec::http::Method;
use kasnec::receipt::{Action, Answer, FailureCode, Phase};
use serde_json::json;

use crate::desk::{Desk, Stop, job, jpeg, pdf, post, publish, run, then};
use crate::wordpress::proxy::Proxy;
use crate::wordpress::wordpress;

#[tokio::test]
async fn corrections_keep_id_and_address_however_many_there_are() {
    let driver = Desk::editor().driver();
    let mut current = job(post("Mbledhja më 24", "<p>ora 10</p>"));
    let id = publish(driver.as_ref(), &mut current).await;
    let address = current.objects.get("public").unwrap().url.clone();
    for hour in 11..14 {
        current = then(&current, Action::Update, post("Mbledhja, ora e re", &format!("<p>ora {hour}</p>")));
        assert_eq!(publish(driver.as_ref(), &mut current).await, id);
        assert_eq!(current.objects.get("public").unwrap().url, address);
    }
    let there = wordpress().post(&id).await;
    assert_eq!(there["content"]["raw"], "<p>ora 13</p>");
    assert_eq!(there["title"]["raw"], "Mbledhja, ora e re");
}

#[tokio::test]
async fn a_correction_uploads_only_what_is_new() {
    let mut desk = Desk::editor();
    let (kept, old, new) = (
        desk.file("Ftesa.pdf", pdf("ftesa"), ""),
        desk.file("Rendi.pdf", pdf("gabim"), ""),
        desk.file("Rendi.pdf", pdf("mirë"), ""),
    );
    let linked = |file: &kasnec::render::Media| format!("<a href=\"{}\">{}</a>", file.url, file.title);
    let mut first = post("Dokumente", &(linked(&kept) + &linked(&old)));
    first.media = vec![kept.clone(), old];
    let mut second = post("Dokumente", &(linked(&kept) + &linked(&new)));
    second.media = vec![kept, new];

    let proxy = Proxy::before(&wordpress().url);
    let driver = desk.set("base_url", &proxy.url).driver();
    let mut published = job(first);
    let id = publish(driver.as_ref(), &mut published).await;
    let mut corrected = then(&published, Action::Update, second);
    publish(driver.as_ref(), &mut corrected).await;

    assert_eq!(proxy.seen("POST /wp-json/wp/v2/media").len(), 3);
    let there = wordpress().post(&id).await["content"]["raw"].as_str().unwrap().to_owned();
    let links: Vec<_> = there.split('"').filter(|link| link.starts_with("http")).collect();
    assert_eq!(wordpress().visit(links[0]).await.body, pdf("ftesa"));
    assert_eq!(wordpress().visit(links[1]).await.body, pdf("mirë"));
}

#[tokio::test]
async fn a_picture_that_a_correction_leaves_out_is_no_longer_featured() {
    let mut desk = Desk::editor();
    let mut with = post("Me foto", "<p>x</p>");
    with.media = vec![desk.file("foto.jpg", jpeg(7), "Sheshi")];
    let (driver, mut published) = (desk.driver(), job(with));
    let id = publish(driver.as_ref(), &mut published).await;
    assert_ne!(wordpress().post(&id).await["featured_media"], 0);
    publish(driver.as_ref(), &mut then(&published, Action::Update, post("Pa foto", "<p>x</p>"))).await;
    assert_eq!(wordpress().post(&id).await["featured_media"], 0);
}

#[tokio::test]
async fn a_withdrawn_notice_says_so_at_the_same_address() {
    let driver = Desk::editor().driver();
    let mut published = job(post("Konkurs", "<p>Afati: 1 dhjetor.</p>"));
    let id = publish(driver.as_ref(), &mut published).await;
    let mut withdrawn = then(
        &published,
        Action::Withdraw,
        post("TËRHEQUR: Konkurs", "<p>U tërhoq: gabim në kushte.</p>"),
    );
    publish(driver.as_ref(), &mut withdrawn).await;
    let page = wordpress()
        .visit(published.objects.get("public").unwrap().url.as_deref().unwrap())
        .await;
    assert_eq!(page.status, 200, "post {id}");
    assert!(page.text().contains("U tërhoq: gabim në kushte.") && !page.text().contains("Afati: 1 dhjetor."));
}

#[tokio::test]
async fn an_office_that_wants_it_withdraws_into_the_trash() {
    let driver = Desk::editor().set("withdraw", "trash").driver();
    let mut published = job(post("Gabimisht", "<p>x</p>"));
    let id = publish(driver.as_ref(), &mut published).await;
    let mut withdrawn = then(&published, Action::Withdraw, post("Gabimisht", "<p>x</p>"));
    for _ in 0..2 {
        // Twice: the answer to the first may have been lost.
        withdrawn.objects = kasnec::receipt::Objects::default();
        run(driver.as_ref(), &mut withdrawn).await.unwrap();
        assert_eq!(withdrawn.objects.get("public").unwrap().phase, Phase::Gone);
    }
    assert_eq!(wordpress().post(&id).await["status"], "trash");
    let later = then(&withdrawn, Action::Update, post("Gabimisht", "<p>y</p>"));
    assert_eq!(driver.next(&later).unwrap_err().code, FailureCode::Gone);
}

#[tokio::test]
async fn what_somebody_took_down_is_not_put_up_again_behind_their_back() {
    let driver = Desk::editor().driver();
    for (how, body) in [("?force=true", None), ("", None), ("", Some(json!({ "status": "private" })))] {
        let mut published = job(post("E hequr", "<p>x</p>"));
        let id = publish(driver.as_ref(), &mut published).await;
        let method = if body.is_some() { Method::POST } else { Method::DELETE };
        wordpress().call("editor", method, &format!("/wp/v2/posts/{id}{how}"), body).await;
        let mut update = then(&published, Action::Update, post("E hequr", "<p>y</p>"));
        let answer = run(driver.as_ref(), &mut update).await.map_err(Stop::answer).unwrap_err();
        assert!(
            matches!(&answer, Answer::NeedsPerson(f) if f.code == FailureCode::Gone),
            "{how}: {answer:?}"
        );
    }
}

#[tokio::test]
async fn what_a_person_found_to_stand_is_changed_and_taken_down_by_the_id_of_its_draft() {
    let desk = Desk::editor();
    let drafted = drafted(&desk, job(post("E gjetur", "<p>x</p>"))).await;
    let id = drafted.objects.id("draft").unwrap().to_owned();
    let body = json!({ "status": "publish" });
    wordpress()
        .call("editor", Method::POST, &format!("/wp/v2/posts/{id}"), Some(body))
        .await;
    let mut update = then(&drafted, Action::Update, post("E gjetur", "<p>y</p>"));
    run(desk.driver().as_ref(), &mut update).await.unwrap();
    assert_eq!(update.objects.id("public"), Some(id.as_str()));
    assert_eq!(wordpress().post(&id).await["content"]["raw"], "<p>y</p>");
}

#[tokio::test]
async fn a_discarded_draft_leaves_nothing() {
    let (mut desk, mut with) = (Desk::editor(), post("Draft", "<p>x</p>"));
    with.media = vec![desk.file("a.jpg", jpeg(3), "A"), desk.file("b.pdf", pdf("hidhet"), "")];
    let (driver, drafted) = (desk.driver(), drafted(&desk, job(with)).await);
    let ids: Vec<_> = drafted.objects.0.iter().map(|object| object.remote_id.clone()).collect();
    assert_eq!(ids.len(), 3);

    let mut discard = then(&drafted, Action::Discard, drafted.post.clone());
    run(driver.as_ref(), &mut discard).await.unwrap();
    for (id, kind) in ids.iter().zip(["media", "media", "posts"]) {
        assert_eq!(wordpress().get(&format!("/wp/v2/{kind}/{id}")).await.status, 404);
    }
}

#[tokio::test]
async fn discarding_never_removes_what_is_public() {
    let mut desk = Desk::editor();
    let mut with = post("Draft", "<p>x</p>");
    with.media = vec![desk.file("c.pdf", pdf("mbetet"), "")];
    let driver = desk.driver();
    let mut published = job(post("Publik", "<p>x</p>"));
    let id = publish(driver.as_ref(), &mut published).await;
    let discard = then(&published, Action::Discard, published.post.clone());
    assert_eq!(driver.next(&discard).unwrap(), None);

    // We believe it to be a draft still, but somebody has pressed "publish" on WordPress.
    let drafted = drafted(&desk, job(with)).await;
    let draft_id = drafted.objects.id("draft").unwrap().to_owned();
    let file_id = drafted.objects.0[0].remote_id.clone();
    let body = json!({ "status": "publish" });
    wordpress()
        .call("editor", Method::POST, &format!("/wp/v2/posts/{draft_id}"), Some(body))
        .await;
    let mut discard = then(&drafted, Action::Discard, drafted.post.clone());
    let answer = run(driver.as_ref(), &mut discard).await.map_err(Stop::answer).unwrap_err();
    assert!(matches!(answer, Answer::NeedsPerson(_)), "{answer:?}");
    for id in [id, draft_id] {
        assert_eq!(wordpress().post(&id).await["status"], "publish");
    }
    assert_eq!(
        wordpress().get(&format!("/wp/v2/media/{file_id}")).await.status,
        200,
        "its file stays"
    );
}

/// The job, stopped before the flip to public.
async fn drafted(desk: &Desk, mut job: Job) -> Job {
    let driver = desk.driver();
    while !job.objects.has("draft") {
        let step = driver.next(&job).unwrap().unwrap();
        let Answer::Done(object) = driver.perform(&step, &job).await else {
            panic!("{step:?} failed")
        };
        job.objects.put(object);
    }
    job
}
