//! The way of an item through the API.

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde_json::{Value, json};

use crate::desk::{Desk, news};

/// Queues a meeting's notice; gives it as it was sent.
pub async fn meeting(desk: &Desk, reference: &str) -> Value {
    let item = json!({
        "kind": "assembly-meeting",
        "reference": reference,
        "facts": {
            "session": "regular",
            "meeting_start": "2031-11-24 10:00",
            "venue": { "sq": "Salla e Kuvendit" },
            "called_by": { "sq": "Kryesuesi" },
            "agenda": { "sq": ["Buxheti", "Të ndryshme"] },
        },
        "translations": { "sq": { "title": "Njoftim për mbledhje", "body": "Mbledhja është e hapur." } },
    });
    let queued = desk.post(&desk.author, "/api/items", &item).await;
    assert_eq!(queued.status(), 201, "{}", queued.text().await.unwrap());
    item
}

#[tokio::test]
async fn an_item_is_new_once_and_the_same_ever_after() {
    let desk = Desk::open().await;
    let item = news("KK-1", "Mbrëmje muzikore");
    let first = desk.post(&desk.author, "/api/items", &item).await;
    assert_eq!(first.status(), 201);
    let receipt: Value = first.json().await.unwrap();
    assert_eq!((&receipt["reference"], &receipt["outcome"]), (&json!("KK-1"), &json!("new")));
    let again = desk.post(&desk.author, "/api/items", &item).await;
    assert_eq!(again.status(), 200);
    let several = json!([item, news("KK-2", "Tjetër")]);
    let both = desk.post(&desk.author, "/api/items", &several).await;
    assert_eq!(both.status(), 201);
    let both: Value = both.json().await.unwrap();
    assert_eq!([&both[0]["outcome"], &both[1]["outcome"]], [&json!("same"), &json!("new")]);
    assert_eq!(
        desk.ask(&desk.author, "/api/items?state=proposed").await.as_array().unwrap().len(),
        2
    );
    desk.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_approved_stands_on_the_site_and_in_the_feed() {
    let desk = Desk::open().await;
    let mut item = news("KK-1", "Mbrëmje & <muzikë>");
    item["attachments"] = json!([{ "file": "programi.pdf", "title": { "sq": "Programi" }, "base64": BASE64.encode("%PDF-1.7\n") }]);
    assert_eq!(desk.post(&desk.author, "/api/items", &item).await.status(), 201);
    let preview = desk.ask(&desk.author, "/api/items/KK-1/preview?channel=site&lang=sq").await;
    assert!(
        preview["parts"]["body"].as_str().unwrap().contains("<strong>lirë</strong>"),
        "{preview}"
    );
    let approved = desk.post(&desk.editor, "/api/items/KK-1/approve", &Value::Null).await;
    assert_eq!(approved.status(), 200);
    assert!(approved.json::<Value>().await.unwrap()["deliveries"].as_u64().unwrap() >= 3);
    desk.deliver().await;
    let shown = desk.ask(&desk.author, "/api/items/KK-1").await;
    assert_eq!(shown["revisions"][0]["state"], "approved");
    assert!(shown["history"].as_array().unwrap().len() >= 2);
    let slug = shown["item"]["slug"].as_str().unwrap();
    let page = desk.page(&format!("/n/{slug}")).await;
    assert!(
        page.contains("Mbrëmje &#38; &#60;muzikë&#62;") && page.contains("<strong>lirë</strong>"),
        "{page}"
    );
    let (_, file) = page.split_once(&format!("{}/files/", desk.url)).expect("the attachment is linked");
    let (path, _) = file.split_once('"').unwrap();
    assert_eq!(desk.page(&format!("/files/{path}")).await, "%PDF-1.7\n");
    assert!(desk.page("/feed/sr.xml").await.contains("<title>Veče na trgu</title>"));
    desk.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_approved_item_can_be_corrected_postponed_and_withdrawn() {
    let desk = Desk::open().await;
    let mut better = meeting(&desk, "KK-7").await;
    assert_eq!(desk.post(&desk.editor, "/api/items/KK-7/approve", &Value::Null).await.status(), 200);
    better["facts"]["venue"]["sq"] = json!("Shtëpia e Kulturës");
    let correction = json!({ "item": better, "reason": "Salla ndërrohet" });
    let corrected = desk.post(&desk.author, "/api/items/KK-7/correct", &correction).await;
    assert_eq!(corrected.status(), 201, "{}", corrected.text().await.unwrap());
    assert_eq!(desk.post(&desk.editor, "/api/items/KK-7/approve", &Value::Null).await.status(), 200);
    let later = json!({ "to": "2031-12-01 10:00", "reason": "Mungesë kuorumi" });
    assert_eq!(desk.post(&desk.editor, "/api/items/KK-7/postpone", &later).await.status(), 200);
    desk.deliver().await;
    let site = desk.page("/").await;
    assert!(site.contains("1 dhjetor 2031") && !site.contains("tag withdrawn"), "{site}");
    let reason = json!({ "reason": "U thirr gabimisht" });
    assert_eq!(desk.post(&desk.editor, "/api/items/KK-7/withdraw", &reason).await.status(), 200);
    desk.deliver().await;
    assert!(desk.page("/").await.contains("tag withdrawn"));
    let again = desk.post(&desk.editor, "/api/items/KK-7/withdraw", &reason).await;
    assert_eq!(again.status(), 409);
    desk.close().await;
}

#[tokio::test]
async fn what_waits_for_its_release_can_be_let_go_at_once() {
    let desk = Desk::open().await;
    let mut item = news("KK-1", "Lajm");
    item["release"] = json!("2031-01-01 09:00");
    desk.post(&desk.author, "/api/items", &item).await;
    desk.post(&desk.editor, "/api/items/KK-1/approve", &Value::Null).await;
    assert_eq!(desk.system.store.queue_stats().await.unwrap().due, 0);
    let now = desk.post(&desk.editor, "/api/items/KK-1/publish-now", &Value::Null).await;
    assert!(now.json::<Value>().await.unwrap()["deliveries"].as_u64().unwrap() >= 3);
    assert!(desk.system.store.queue_stats().await.unwrap().due >= 3);
    desk.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_board_is_settled_by_the_person_who_put_the_sheet_up() {
    let desk = Desk::open().await;
    meeting(&desk, "KK-7").await;
    desk.post(&desk.editor, "/api/items/KK-7/approve", &Value::Null).await;
    desk.deliver().await;
    let waiting = desk
        .ask(&desk.editor, "/api/deliveries?state=needs%20a%20person&account=board")
        .await;
    let id = waiting[0]["id"].as_i64().expect("a sheet waits to be put up");
    let sheet = desk.get(&format!("/api/deliveries/{id}/sheet")).send().await.unwrap();
    assert_eq!(sheet.status(), 200, "people open it in a browser, without a token");
    let policy = sheet.headers()["content-security-policy"].to_str().unwrap().to_owned();
    assert!(policy.contains("style-src 'sha256-"), "{policy}");
    assert!(sheet.text().await.unwrap().contains("Njoftim për mbledhje"));
    let wrong = json!({ "delivered": true, "at": "2091-01-01 08:00" });
    let refused = desk.post(&desk.editor, &format!("/api/deliveries/{id}/resolve"), &wrong).await;
    assert_eq!(refused.status(), 422);
    let found = json!({ "delivered": true, "place": "Ndërtesa e Komunës", "photo": { "file": "tabela.png", "base64": BASE64.encode(include_bytes!("../../samples/items/attachments/ura.png")) } });
    let resolved = desk.post(&desk.editor, &format!("/api/deliveries/{id}/resolve"), &found).await;
    assert_eq!(resolved.status(), 200);
    assert_eq!(resolved.json::<Value>().await.unwrap()["state"], "delivered");
    let again = desk.post(&desk.editor, &format!("/api/deliveries/{id}/retry"), &Value::Null).await;
    assert_eq!(again.status(), 404, "what is delivered is not tried again");
    desk.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_sheet_that_was_replaced_is_not_to_be_had_any_more() {
    let desk = Desk::open().await;
    meeting(&desk, "KK-7").await;
    desk.post(&desk.editor, "/api/items/KK-7/approve", &Value::Null).await;
    desk.deliver().await;
    let waiting = desk.ask(&desk.editor, "/api/deliveries?account=board").await;
    let sheet = format!("/api/deliveries/{}/sheet", waiting[0]["id"]);
    assert_eq!(desk.get(&sheet).send().await.unwrap().status(), 200);
    desk.post(&desk.editor, "/api/items/KK-7/withdraw", &json!({ "reason": "Mungesë kuorumi" }))
        .await;
    assert_eq!(desk.get(&sheet).send().await.unwrap().status(), 404);
    desk.close().await;
}

#[tokio::test]
async fn the_channels_are_listed_with_what_they_are_called() {
    let desk = Desk::open().await;
    let channels = desk.ask(&desk.author, "/api/channels").await;
    let names: Vec<&str> = channels.as_array().unwrap().iter().map(|c| c["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["board", "feed", "press", "site"]);
    assert_eq!(channels[3]["label"]["sq"], "Faqja e integruar");
    assert_eq!(channels[3]["state"], "open");
    desk.close().await;
}
