//! Attachments.

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde_json::{Value, json};

use crate::desk::{Desk, news};

const PICTURE: &[u8] = include_bytes!("../../samples/items/attachments/ura.png");

/// Queues files and gives the hash of each.
async fn keep(desk: &Desk, files: &[(&str, &[u8])]) -> Vec<String> {
    let attachment = |(file, bytes): &(&str, &[u8])| json!({ "file": file, "title": { "sq": "Dosje" }, "alt": { "sq": "Pamje" }, "base64": BASE64.encode(bytes) });
    let mut item = news("KK-1", "Lajm");
    item["attachments"] = files.iter().map(attachment).collect();
    let queued = desk.post(&desk.author, "/api/items", &item).await;
    assert_eq!(queued.status(), 201, "{}", queued.text().await.unwrap());
    let shown = desk.ask(&desk.author, "/api/items/KK-1").await;
    let kept = shown["revisions"][0]["content"]["attachments"].as_array().unwrap();
    kept.iter()
        .map(|file: &Value| file["sha256"].as_str().unwrap().to_owned())
        .collect()
}

#[tokio::test]
async fn documents_and_pictures_are_shown_and_the_rest_is_saved() {
    let desk = Desk::open().await;
    let files: [(&str, &[u8]); 3] = [
        ("Rendi i ditës.pdf", b"%PDF-1.7"),
        ("ura.png", PICTURE),
        ("tabela.xlsx", b"PK\x03\x04"),
    ];
    let hashes = keep(&desk, &files).await;
    let expected = [
        ("application/pdf", "inline"),
        ("image/png", "inline"),
        ("application/vnd", "attachment"),
    ];
    for ((hash, (name, bytes)), (media_type, manner)) in hashes.iter().zip(files).zip(expected) {
        let response = desk.get(&format!("/files/{hash}/{name}")).send().await.unwrap();
        assert_eq!(response.status(), 200);
        let header = |name: &str| response.headers()[name].to_str().unwrap().to_owned();
        assert!(header("content-type").starts_with(media_type));
        assert!(header("content-disposition").starts_with(manner));
        assert_eq!(header("x-content-type-options"), "nosniff");
        assert!(header("cache-control").contains("immutable"));
        assert_eq!(&response.bytes().await.unwrap()[..], bytes);
    }
    desk.close().await;
}

#[tokio::test]
async fn a_file_that_the_browser_has_is_not_sent_again() {
    let desk = Desk::open().await;
    let hash = keep(&desk, &[("a.pdf", b"%PDF-1.7")]).await.remove(0);
    let etag = format!("\"{hash}\"");
    let again = desk
        .get(&format!("/files/{hash}/a.pdf"))
        .header("if-none-match", &etag)
        .send()
        .await
        .unwrap();
    assert_eq!(
        (again.status().as_u16(), again.headers()["etag"].to_str().unwrap()),
        (304, etag.as_str())
    );
    let absent = desk.get(&format!("/files/{}/a.pdf", "0".repeat(64))).send().await.unwrap();
    assert_eq!(absent.status(), 404);
    desk.close().await;
}

#[tokio::test]
async fn whoever_has_a_file_or_asks_only_about_it_does_not_have_it_read() {
    let desk = Desk::open().await;
    let hash = keep(&desk, &[("a.pdf", b"%PDF-1.7")]).await.remove(0);
    let path = format!("/files/{hash}/a.pdf");
    // Whatever reads the bytes fails on these: they are a text.
    let mut database = desk.database().await;
    sqlx::query("UPDATE attachment SET bytes = '%PDF-1.7'")
        .execute(&mut database)
        .await
        .unwrap();
    assert_eq!(desk.get(&path).send().await.unwrap().status(), 503);
    let has_it = desk.get(&path).header("if-none-match", format!("\"{hash}\"")).send().await.unwrap();
    assert_eq!(has_it.status(), 304);
    let asked = desk.client.head(format!("{}{path}", desk.url)).send().await.unwrap();
    assert_eq!(asked.status(), 200);
    assert_eq!(
        (&asked.headers()["content-length"], &asked.headers()["content-type"]),
        (&"8".parse().unwrap(), &"application/pdf".parse().unwrap())
    );
    for tag in [format!("\"{}\"", "0".repeat(64)), "*".to_owned()] {
        let absent = desk.get(&format!("/files/{}/a.pdf", "0".repeat(64))).header("if-none-match", tag);
        assert_eq!(absent.send().await.unwrap().status(), 404, "nobody has what is not there");
    }
    desk.close().await;
}

#[tokio::test]
async fn a_file_that_was_changed_in_the_database_is_neither_served_nor_proved() {
    let desk = Desk::open().await;
    let hashes = keep(&desk, &[("a.pdf", b"%PDF-1.7"), ("b.pdf", b"%PDF-1.4")]).await;
    desk.post(&desk.editor, "/api/items/KK-1/approve", &json!({})).await;
    let proved = desk.get("/api/items/KK-1/proof").bearer_auth(&desk.editor);
    assert_eq!(proved.send().await.unwrap().status(), 200);
    sqlx::query("UPDATE attachment SET bytes = X'00' WHERE sha256 = $1")
        .bind(&hashes[0])
        .execute(&mut desk.database().await)
        .await
        .unwrap();
    let status = async |hash: &str| desk.get(&format!("/files/{hash}/a.pdf")).send().await.unwrap().status();
    assert_eq!(
        (status(&hashes[0]).await, status(&hashes[1]).await),
        (500.try_into().unwrap(), 200.try_into().unwrap())
    );
    let refused = desk.get("/api/items/KK-1/proof").bearer_auth(&desk.editor).send().await.unwrap();
    assert_eq!(refused.status(), 409);
    let said = refused.text().await.unwrap();
    assert!(said.contains("the file a.pdf of KK-1 is not the one that was kept"), "{said}");
    desk.close().await;
}
