//! The ledger in public: its daily head on the page and in the feeds, and the proof that others check.

use std::path::Path;
use std::process::Command;

use kasnec::acts;
use kasnec::store::heads::Head;
use serde_json::{Value, json};

use crate::api::meeting;
use crate::desk::{Desk, entry, news};
use crate::validators::{give, python};

const READ: &str = "
import feedparser, json, sys
feed = feedparser.parse(sys.stdin.buffer.read(), response_headers={'content-type': 'application/rss+xml; charset=utf-8'})
json.dump({'bozo': str(feed.get('bozo_exception', '')), 'entries': [{'id': e.id, 'title': e.title, 'link': e.link, 'content': e.content[0].value} for e in feed.entries]}, sys.stdout)
";

async fn publish_head(desk: &Desk) -> bool {
    let office = &desk.system.offices["kacanik"].office;
    acts::publish_head(&desk.system, office).await.unwrap()
}

async fn heads(desk: &Desk) -> Vec<Head> {
    desk.system.store.heads("kacanik").await.unwrap()
}

async fn read_feed(desk: &Desk, path: &str) -> Value {
    let (content, said) = give(&python(), &["-c", READ], &desk.page(path).await).expect("Python is there");
    assert!(content, "{said}");
    let read: Value = serde_json::from_str(&said).unwrap();
    assert_eq!(read["bozo"], "", "{read}");
    read["entries"].clone()
}

#[tokio::test]
async fn the_daily_head_stands_on_its_page_for_programs_and_in_the_feed_of_every_language() {
    let desk = Desk::open().await;
    desk.enter(&entry("1", "Mbledhja e Kuvendit", 0)).await;
    assert!(desk.page("/ledger").await.contains("Ende nuk është publikuar asnjë vulë."));
    assert!(publish_head(&desk).await);
    let head = heads(&desk).await.remove(0);
    assert!(desk.page("/ledger").await.contains(&head.hash));
    assert!(desk.page("/ledger?lang=tr").await.contains("Defterin yayımlanan mühürleri"));
    let answer: Value = serde_json::from_str(&desk.page("/ledger/heads.json").await).unwrap();
    assert_eq!(answer, json!({"office": "kacanik", "heads": [head]}));
    for (feed, title) in [("sq", "Vula e regjistrit"), ("sr", "Pečat registra"), ("en", "Seal of the ledger")] {
        let entries = read_feed(&desk, &format!("/feed/{feed}.xml")).await;
        let entry = entries
            .as_array()
            .unwrap()
            .iter()
            .find(|entry| entry["title"].as_str().unwrap().starts_with(title));
        let entry = entry.unwrap_or_else(|| panic!("{feed}: {entries}"));
        assert!(entry["content"].as_str().unwrap().contains(&head.hash), "{entry}");
        assert_eq!(entry["link"], format!("{}/ledger", desk.url));
    }
    assert!(
        !desk.page("/feed/sq/mbledhjet.xml").await.contains(&head.hash),
        "a category has its notices only"
    );
    let text = desk.page("/feed/sq.xml").await;
    if let Some((content, said)) = give(Path::new("xmllint"), &["--noout", "--nonet", "-"], &text) {
        assert!(content && said.is_empty(), "{said}");
    }
    desk.close().await;
}

#[tokio::test]
async fn a_day_has_one_head_and_a_week_one_entry() {
    let desk = Desk::open().await;
    let store = &desk.system.store;
    assert!(store.publish_head("kacanik", "2020-01-01").await.unwrap());
    assert!(publish_head(&desk).await);
    assert!(!publish_head(&desk).await);
    let published = heads(&desk).await;
    assert_eq!(published.len(), 2);
    let before = store.feed_changes();
    publish_head(&desk).await;
    assert_eq!(store.feed_changes(), before, "an entry that says it already is not written again");
    let entries = read_feed(&desk, "/feed/sq.xml").await;
    assert_eq!(entries.as_array().unwrap().len(), 1, "{entries}");
    let said = entries[0]["content"].as_str().unwrap();
    assert!(said.contains(&published[0].hash) && !said.contains(&published[1].hash), "{said}");
    let faults = store.audit("kacanik", Some(&published[1].hash)).await.unwrap().faults;
    assert_eq!(faults, []);
    desk.close().await;
}

/// A notice published and corrected, with others around it, and the head published after all of it.
async fn published() -> Desk {
    let desk = Desk::open().await;
    for (reference, title) in [("L-1", "Festë në shesh"), ("L-2", "Tjetër"), ("L-3", "Edhe një")] {
        desk.post(&desk.editor, "/api/items", &news(reference, title)).await;
        let approved = desk
            .post(&desk.editor, &format!("/api/items/{reference}/approve"), &json!({}))
            .await;
        assert_eq!(approved.status(), 200);
    }
    desk.deliver().await;
    let corrected = json!({"reason": "Gabim në titull", "item": news("L-1", "Festë në <shesh> & park")});
    let answer = desk.post(&desk.editor, "/api/items/L-1/correct", &corrected).await;
    assert!(answer.status().is_success(), "{}", answer.text().await.unwrap());
    desk.post(&desk.editor, "/api/items/L-1/approve", &json!({})).await;
    desk.deliver().await;
    publish_head(&desk).await;
    desk
}

/// Gives a proof to the checker; what it said if it was not content.
fn check(text: &str, seen: Option<&str>) -> Result<String, String> {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("proof");
    std::fs::write(&file, text).unwrap();
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/check_proof.py");
    let output = Command::new("python3")
        .arg(script)
        .arg(file)
        .args(seen)
        .output()
        .expect("Python is there");
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
    if output.status.success() { Ok(said) } else { Err(said) }
}

#[tokio::test]
async fn a_proof_is_checked_without_the_program() {
    let desk = published().await;
    let proof = desk.ask(&desk.editor, "/api/items/L-1/proof").await;
    let head = heads(&desk).await.remove(0);
    assert_eq!(proof["heads"][0]["hash"], head.hash);
    assert_eq!(proof["revisions"].as_array().unwrap().len(), 2);
    let said = check(&proof.to_string(), Some(&head.hash)).unwrap();
    assert!(said.contains(&head.hash), "{said}");
    let others = proof["chain"].as_array().unwrap().iter().filter(|step| step.get("line").is_none());
    assert!(others.count() > 3, "the lines of the other items are there by their digests");
    assert!(!proof.to_string().contains("L-2"), "and say nothing of them");
    let stranger = "0".repeat(64);
    let said = check(&proof.to_string(), Some(&stranger)).unwrap_err();
    assert!(said.contains("is not on this chain"), "{said}");
    desk.close().await;
}

/// Changes one text of the proof; what the checker says then.
fn tampered(proof: &Value, pointer: &str, from: &str, to: &str) -> String {
    let mut proof = proof.clone();
    let place = proof.pointer_mut(pointer).unwrap_or_else(|| panic!("{pointer}"));
    let changed = place.to_string().replacen(from, to, 1);
    assert_ne!(changed, place.to_string(), "{pointer}");
    *place = serde_json::from_str(&changed).unwrap();
    check(&proof.to_string(), None).unwrap_err()
}

#[tokio::test]
async fn whatever_is_changed_in_a_proof_the_checker_says_where() {
    let desk = published().await;
    let proof = desk.ask(&desk.editor, "/api/items/L-1/proof").await;
    let chain = proof["chain"].as_array().unwrap();
    let foreign = chain.iter().position(|step| step.get("line").is_none()).unwrap();
    let line = |nth: usize| format!("line {}: ", chain[nth]["seq"]);
    let last = chain.len() - 1;
    let delivery = format!("delivery {}: ", proof["deliveries"][0]["delivery"]);
    let changes = [
        ("/revisions/0/content".to_owned(), "Festë", "Fest", "revision 1: ".to_owned()),
        ("/revisions/1/content_hash".to_owned(), "\"", "\"0", "revision 2: ".to_owned()),
        ("/deliveries/0/post".to_owned(), "Festë", "Fest", delivery.clone()),
        ("/deliveries/0/settled_at".to_owned(), "20", "19", delivery.clone()),
        ("/deliveries/0/url".to_owned(), "http", "https", delivery.clone()),
        ("/deliveries/0/state".to_owned(), "delivered", "rejected", delivery.clone()),
        ("/chain/0/line".to_owned(), "blerim", "arta", line(0)),
        ("/chain/0/seq".to_owned(), "", "1", line(0).replacen(' ', " 1", 1)),
        (format!("/chain/{foreign}/digest"), "\"", "\"0", line(foreign)),
        (format!("/chain/{foreign}/hash"), "\"", "\"0", line(foreign)),
        ("/before".to_owned(), "\"", "\"0", line(0)),
        ("/heads/0/hash".to_owned(), "\"", "\"0", "head of ".to_owned()),
        (format!("/chain/{last}"), "\"seq\":", "\"seq\":1", "it does not follow".to_owned()),
        ("/office/id".to_owned(), "kacanik", "ferizaj", "another item or office".to_owned()),
        ("/item/reference".to_owned(), "L-1", "L-2", "another item or office".to_owned()),
        ("/item/id".to_owned(), "", "1", "another item or office".to_owned()),
        ("/item/title".to_owned(), "park", "pyll", "the item: ".to_owned()),
        ("/item/kind".to_owned(), "news", "tender", "the item: ".to_owned()),
        ("/item/state".to_owned(), "approved", "withdrawn", "the item: ".to_owned()),
        ("/revisions/0/created_at".to_owned(), "20", "19", "revision 1: ".to_owned()),
        ("/revisions/0/approved_at".to_owned(), "20", "19", "revision 1: ".to_owned()),
        ("/revisions/1/reason".to_owned(), "Gabim", "Gabime", "revision 2: ".to_owned()),
        ("/revisions/1/act".to_owned(), "correct", "postpone", "revision 2: ".to_owned()),
        ("/revisions/1/number".to_owned(), "2", "1", "it approves revision 2".to_owned()),
        (
            "/revisions/1/deadline_at".to_owned(),
            "null",
            "\"2026-11-22T10:00:00Z\"",
            "revision 2: ".to_owned(),
        ),
        ("/deliveries/0/account".to_owned(), "feed", "feeds", delivery.clone()),
        ("/deliveries/0/channel".to_owned(), "feed", "feeds", delivery.clone()),
        ("/deliveries/0/languages".to_owned(), "sq", "en", delivery.clone()),
        ("/deliveries/0/revision".to_owned(), "1", "2", delivery.clone()),
        ("/deliveries/0/action".to_owned(), "publish", "withdraw", delivery.clone()),
        ("/deliveries/0/objects".to_owned(), "public", "publik", delivery.clone()),
        ("/deliveries/0/evidence".to_owned(), "null", "\"{}\"", delivery.clone()),
    ];
    for (pointer, from, to, place) in changes {
        let said = tampered(&proof, &pointer, from, to);
        assert!(said.contains(&place), "{pointer}: {said}");
    }
    let mut cut = proof.clone();
    cut["chain"].as_array_mut().unwrap().remove(foreign);
    let said = check(&cut.to_string(), None).unwrap_err();
    assert!(said.contains("it does not follow the line before it"), "{said}");
    desk.close().await;
}

/// The proof without those of its lines' texts that have this in them.
fn untold(proof: &Value, what: &str) -> Value {
    let mut proof = proof.clone();
    for step in proof["chain"].as_array_mut().unwrap() {
        if step["line"].as_str().is_some_and(|line| line.contains(what)) {
            step.as_object_mut().unwrap().remove("line");
        }
    }
    proof
}

#[tokio::test]
async fn a_delivery_or_approval_left_out_of_a_proof_and_lines_of_another_item_are_found() {
    let desk = published().await;
    let proof = desk.ask(&desk.editor, "/api/items/L-1/proof").await;
    let id = &proof["deliveries"][0]["delivery"];
    let mut unlisted = proof.clone();
    unlisted["deliveries"].as_array_mut().unwrap().remove(0);
    let told = format!("it tells of delivery {id}, which the proof does not list");
    assert!(check(&unlisted.to_string(), None).unwrap_err().contains(&told));
    let unlisted = untold(&unlisted, "\"act\":\"delivered\"");
    let said = check(&unlisted.to_string(), None).unwrap_err();
    assert!(said.contains(&told), "its approval names it: {said}");
    let mut unapproved = proof.clone();
    unapproved["revisions"].as_array_mut().unwrap().remove(0);
    let said = check(&unapproved.to_string(), None).unwrap_err();
    assert!(said.contains("it approves revision 1, which the proof does not list"), "{said}");
    let said = check(&untold(&proof, "\"revision\":2").to_string(), None).unwrap_err();
    assert!(said.contains("revision 2: its text is not the one that was approved"), "{said}");
    let said = check(&untold(&proof, "\"act\":\"delivered\"").to_string(), None).unwrap_err();
    assert!(said.contains("its state is not the one in the ledger"), "{said}");
    let mut foreign = desk.ask(&desk.editor, "/api/items/L-2/proof").await;
    check(&foreign.to_string(), None).unwrap();
    foreign["item"] = proof["item"].clone();
    let said = check(&foreign.to_string(), None).unwrap_err();
    assert!(said.contains("it tells of another item or office than the proof"), "{said}");
    desk.close().await;
}

#[tokio::test]
async fn what_a_person_found_and_what_does_not_stand_are_checked_too() {
    let desk = Desk::open().await;
    meeting(&desk, "KK-7").await;
    desk.post(&desk.editor, "/api/items/KK-7/approve", &Value::Null).await;
    let open = desk.ask(&desk.editor, "/api/items/KK-7/proof").await;
    check(&open.to_string(), None).unwrap();
    desk.deliver().await;
    let waiting = desk.ask(&desk.editor, "/api/deliveries?account=board").await;
    let resolve = format!("/api/deliveries/{}/resolve", waiting[0]["id"]);
    check(&desk.ask(&desk.editor, "/api/items/KK-7/proof").await.to_string(), None).unwrap();
    let found = json!({ "delivered": true, "place": "https://example.org/tabela", "note": "E pashë \"vetë\"" });
    assert_eq!(desk.post(&desk.editor, &resolve, &found).await.status(), 200);
    let proof = desk.ask(&desk.editor, "/api/items/KK-7/proof").await;
    let said = check(&proof.to_string(), None).unwrap();
    assert!(
        said.contains("on board (sq): publish, delivered") && said.contains("/tabela"),
        "{said}"
    );
    let deliveries = proof["deliveries"].as_array().unwrap();
    let board = deliveries.iter().position(|delivery| delivery["account"] == "board").unwrap();
    let changes = [
        ("settled_at", "20", "19"),
        ("url", "tabela", "dera"),
        ("evidence", "vetë", "vet"),
        ("post", "null", "\"{\\\"channel\\\":\\\"board\\\"}\""),
        ("objects", "[]", "[1]"),
        ("account", "board", "site"),
        ("action", "publish", "update"),
        ("state", "delivered", "planned"),
    ];
    for (column, from, to) in changes {
        let said = tampered(&proof, &format!("/deliveries/{board}/{column}"), from, to);
        assert!(said.contains(&format!("delivery {}: ", waiting[0]["id"])), "{column}: {said}");
    }
    desk.close().await;
}

#[tokio::test]
async fn a_withdrawal_planned_after_its_approval_and_a_word_that_was_taken_back_fit() {
    let desk = Desk::open().await;
    meeting(&desk, "KK-7").await;
    desk.post(&desk.editor, "/api/items/KK-7/approve", &Value::Null).await;
    desk.deliver().await;
    let id = desk.ask(&desk.editor, "/api/deliveries?account=board").await[0]["id"].clone();
    let resolve = format!("/api/deliveries/{id}/resolve");
    let word = async |stands: bool| desk.post(&desk.editor, &resolve, &json!({ "delivered": stands })).await.status();
    assert_eq!(word(false).await, 200);
    let retried = desk.post(&desk.editor, &format!("/api/deliveries/{id}/retry"), &Value::Null).await;
    assert!(retried.status().is_success());
    check(&desk.ask(&desk.editor, "/api/items/KK-7/proof").await.to_string(), None).unwrap();
    desk.deliver().await;
    assert_eq!(word(false).await, 200);
    desk.post(&desk.editor, "/api/items/KK-7/withdraw", &json!({ "reason": "Mungesë kuorumi" }))
        .await;
    assert_eq!(word(true).await, 200);
    let proof = desk.ask(&desk.editor, "/api/items/KK-7/proof").await;
    assert!(proof.to_string().contains("\\\"act\\\":\\\"planned after all\\\""), "{proof}");
    check(&proof.to_string(), None).unwrap();
    desk.close().await;
}

/// Its lines become such as earlier versions wrote.
const OLDER: &str = "UPDATE ledger SET at = at + 900, seq = NULL, hash = NULL, body = json_remove(body, '$.created_at', '$.approved_at', '$.release_at', \
                     '$.deadline_at', '$.late_reason', '$.planned', '$.objects')";

#[tokio::test]
async fn a_proof_over_older_lines_fits_and_says_what_they_do_not_say() {
    let desk = Desk::open().await;
    meeting(&desk, "KK-7").await;
    desk.post(&desk.editor, "/api/items/KK-7/approve", &Value::Null).await;
    desk.deliver().await;
    let proof = "/api/items/KK-7/proof";
    assert!(desk.ask(&desk.editor, proof).await["revisions"][0]["deadline_at"].is_string());
    sqlx::query(OLDER).execute(&mut desk.database().await).await.unwrap();
    desk.system.store.link().await.unwrap();
    let older = desk.ask(&desk.editor, proof).await;
    let said = check(&older.to_string(), None).unwrap();
    assert!(said.contains("(account, languages and revision are in no line)"), "{said}");
    assert_eq!(older["revisions"][0]["deadline_at"], Value::Null, "no line vouches for it");
    let request = desk.get("/api/items/KK-7/proof?format=html").bearer_auth(&desk.editor);
    let page = request.send().await.unwrap().text().await.unwrap();
    assert!(page.contains("Asnjë rresht i regjistrit nuk thotë në cilën llogari"), "{page}");
    desk.close().await;
}

#[tokio::test]
async fn the_page_of_a_proof_needs_nothing_else_and_can_itself_be_checked() {
    let desk = published().await;
    let request = desk.get("/api/items/L-1/proof?format=html").bearer_auth(&desk.editor);
    let page = request.send().await.unwrap().text().await.unwrap();
    check(&page, None).unwrap();
    for said in [
        "Dëshmi e publikimit",
        "Gabim në titull",
        "Si kontrollohet kjo pa Kasnecin",
        "hashlib",
        "Veče na trgu",
    ] {
        assert!(page.contains(said), "{said}");
    }
    assert!(page.contains("Festë në &#60;shesh&#62; &#38; park"), "what people wrote is escaped");
    for fetched in ["<link", "src=", "@import", "url("] {
        assert!(!page.contains(fetched), "{fetched}");
    }
    assert!(!page.contains(">proof-") && !page.contains("said-"), "a word is missing");
    let wrong = desk
        .get("/api/items/L-1/proof?format=pdf")
        .bearer_auth(&desk.editor)
        .send()
        .await
        .unwrap();
    assert_eq!(wrong.status(), 422);
    let unknown = desk.get("/api/items/L-9/proof").bearer_auth(&desk.editor).send().await.unwrap();
    assert_eq!(unknown.status(), 404);
    desk.post(&desk.author, "/api/items", &news("L-4", "Ende jo")).await;
    let proposed = desk.get("/api/items/L-4/proof").bearer_auth(&desk.editor).send().await.unwrap();
    assert_eq!(proposed.status(), 409);
    desk.close().await;
}
