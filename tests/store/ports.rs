//! What the drivers keep: pages, entries, sheets and files.

use kasnec::ports::{Entries, Entry, Files, Page, Pages, Sheets};
use kasnec::store::rows::RevisionAct;
use sha2::{Digest, Sha256};

use crate::fixture::{Desk, OFFICE, content, proposal};

on_both!(
    a_page_put_up_again_keeps_the_day_it_was_first_published,
    pages_are_listed_the_newest_first_and_by_category,
    an_entry_put_in_again_keeps_the_day_it_was_first_published,
    a_sheet_is_replaced_by_the_newer_one_of_its_delivery,
    a_file_of_twenty_megabytes_comes_back_whole,
);

fn page(desk: &Desk, key: &str, category: Option<&str>) -> Page {
    Page {
        slug: format!("faqja-{key}"),
        key: key.to_owned(),
        kind: "news".to_owned(),
        category: category.map(str::to_owned),
        title: "Titulli".to_owned(),
        summary: "Përmbledhje".to_owned(),
        body: "<p>Çështje</p>".to_owned(),
        languages: vec!["sq".to_owned(), "sr".to_owned()],
        post_hash: "hash".to_owned(),
        withdrawn: false,
        published_at: desk.now(),
        updated_at: desk.now(),
    }
}

async fn a_page_put_up_again_keeps_the_day_it_was_first_published(desk: Desk) {
    let first = page(&desk, "k1", None);
    desk.store.put_page(OFFICE, &first).await.unwrap();
    assert_eq!(desk.store.page_by_key(OFFICE, "k1").await.unwrap().as_ref(), Some(&first));
    desk.advance_minutes(90);
    let mut second = page(&desk, "k1", Some("lajme"));
    (second.slug, second.withdrawn) = ("tjeter".to_owned(), true);
    desk.store.put_page(OFFICE, &second).await.unwrap();
    second.published_at = first.published_at;
    assert_eq!(desk.store.page(OFFICE, "tjeter").await.unwrap(), Some(second));
    assert_eq!(desk.store.page(OFFICE, &first.slug).await.unwrap(), None);
}

async fn pages_are_listed_the_newest_first_and_by_category(desk: Desk) {
    for (key, category) in [("a", None), ("b", Some("lajme")), ("c", Some("lajme"))] {
        desk.store.put_page(OFFICE, &page(&desk, key, category)).await.unwrap();
        desk.advance_minutes(1);
    }
    let list = async |category, after, limit| {
        let pages = desk.store.headlines(OFFICE, category, after, limit).await.unwrap();
        pages.into_iter().map(|page| page.slug.replace("faqja-", "")).collect::<Vec<_>>()
    };
    assert_eq!(list(None, None, 10).await, ["c", "b", "a"]);
    assert_eq!(list(Some("lajme"), None, 1).await, ["c"]);
    let newest = desk.now().timestamp_millis() - 60_000;
    assert_eq!(list(None, Some((newest, "zzz")), 10).await, ["b", "a"], "paged on");
    assert_eq!(
        list(Some("lajme"), Some((newest, "zzz")), 10).await,
        ["b"],
        "paged on in a category"
    );
    desk.store.put_page(OFFICE, &page(&desk, "d", Some("aktet"))).await.unwrap();
    assert_eq!(desk.store.page_categories(OFFICE).await.unwrap(), ["aktet", "lajme"]);
    assert!(desk.store.page_categories("tjeter").await.unwrap().is_empty());
}

async fn an_entry_put_in_again_keeps_the_day_it_was_first_published(desk: Desk) {
    let mut entry = Entry {
        id: "tag:example.org,2026:1".to_owned(),
        lang: "sq".to_owned(),
        category: Some("lajme".to_owned()),
        kind: "news".to_owned(),
        title: "Titulli".to_owned(),
        content: "<p>Teksti</p>".to_owned(),
        link: "https://example.org/1".to_owned(),
        enclosure: Some(("https://example.org/1.pdf".to_owned(), 10, "application/pdf".to_owned())),
        published_at: desk.now(),
        updated_at: desk.now(),
    };
    desk.store.put_entry(OFFICE, &entry).await.unwrap();
    assert_eq!(desk.store.entry_by_id(OFFICE, &entry.id).await.unwrap().as_ref(), Some(&entry));
    let first = entry.published_at;
    desk.advance_minutes(90);
    (entry.published_at, entry.updated_at, entry.enclosure) = (desk.now(), desk.now(), None);
    desk.store.put_entry(OFFICE, &entry).await.unwrap();
    entry.published_at = first;
    assert_eq!(desk.store.entries(OFFICE, "sq", Some("lajme"), 10).await.unwrap(), [entry]);
    assert!(desk.store.entries(OFFICE, "sr", None, 10).await.unwrap().is_empty());
}

async fn a_sheet_is_replaced_by_the_newer_one_of_its_delivery(desk: Desk) {
    for html in ["<p>një</p>", "<p>dy</p>"] {
        desk.store.put_sheet(OFFICE, "k1", 7, html).await.unwrap();
    }
    assert_eq!(desk.store.sheet(OFFICE, 7).await.unwrap().as_deref(), Some("<p>dy</p>"));
    assert_eq!(desk.store.sheet(OFFICE, 8).await.unwrap(), None);
}

async fn a_file_of_twenty_megabytes_comes_back_whole(desk: Desk) {
    let bytes: Vec<u8> = (0..kasnec::item::attachment::MAX_BYTES)
        .map(|index| u8::try_from(index % 251).unwrap())
        .collect();
    let mut work = desk.store.begin().await.unwrap();
    let mut proposal = proposal(content("2026-001", "Mbledhja"), RevisionAct::Publish);
    let hash = hex::encode(Sha256::digest(&bytes));
    proposal.files = vec![(hash.clone(), bytes.clone())];
    work.queue_item(&desk.store, &desk.editor, "mbledhja", proposal, true)
        .await
        .unwrap();
    work.commit().await.unwrap();
    assert_eq!(*desk.store.bytes(OFFICE, &hash).await.unwrap().unwrap(), bytes);
    assert!(
        desk.store.bytes("ferizaj", &hash).await.unwrap().is_none(),
        "another office has no part in it"
    );
}
