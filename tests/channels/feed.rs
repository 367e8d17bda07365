//! The feeds.

use std::sync::atomic::Ordering;

use chrono::Duration;
use kasnec::receipt::{Action, Answer, FailureCode, Phase, Sighting};

use crate::support::{Bench, after, drive, file, lang, manifest, noon, post, publish};

const MANIFEST: &str = "
    id = 'feed'
    driver = 'feed'
    label = { sq = 'Burimet' }
    languages = 'each'
    parts = { title = { template = 'title.hbs' }, content = { template = 'content.hbs' } }
";
const ID: &str = "tag:njoftime.kacanik.example,2026:kacanik/7f3a/sq";

#[tokio::test]
async fn an_entry_bears_an_id_that_neither_title_nor_address_can_change() {
    let bench = Bench::new();
    let driver = bench.driver(&manifest(MANIFEST), &[], &[]);
    let mut job = publish(post(&[("title", "Mbledhja"), ("content", "<p>Po</p>")]));
    let objects = drive(&*driver, &mut job).await.unwrap();
    assert_eq!(
        (objects.len(), objects[0].remote_id.as_str(), objects[0].phase),
        (1, ID, Phase::Public)
    );
    let mut renamed = after(&job, Action::Update, post(&[("title", "Tjetër titull"), ("content", "")]));
    renamed.post.slug = "tjeter-titull".to_owned();
    renamed.post.link = "https://njoftime.kacanik.example/n/tjeter-titull".to_owned();
    assert_eq!(drive(&*driver, &mut renamed).await.unwrap()[0].remote_id, ID);
    assert_eq!(bench.memory.entries.lock().unwrap()[ID].link, renamed.post.link);
}

#[tokio::test]
async fn a_change_is_two_acts_an_edit_in_place_and_a_new_entry_that_alerts() {
    for action in [Action::Update, Action::Withdraw] {
        let bench = Bench::new();
        let driver = bench.driver(&manifest(MANIFEST), &[], &[]);
        let mut job = publish(post(&[("title", "Mbledhja"), ("content", "<p>Po</p>")]));
        drive(&*driver, &mut job).await.unwrap();
        bench.clock.advance(Duration::hours(3));
        let mut change = after(&job, action, post(&[("title", "ANULUAR: Mbledhja"), ("content", "<p>Jo</p>")]));
        let objects = drive(&*driver, &mut change).await.unwrap();
        let ids: Vec<_> = objects.iter().map(|object| object.remote_id.clone()).collect();
        assert_eq!(ids, [ID.to_owned(), format!("{ID}/change-42")]);
        let entries = bench.memory.entries.lock().unwrap().clone();
        let (edited, news) = (&entries[ID], &entries[&ids[1]]);
        assert_eq!((entries.len(), edited.title.as_str()), (2, "ANULUAR: Mbledhja"));
        assert_eq!((edited.published_at, edited.updated_at), (noon(), bench.now()));
        assert_eq!((news.published_at, news.link.as_str()), (bench.now(), job.post.link.as_str()));
        assert_eq!(driver.standing(&change).unwrap().remote_id, ID);
    }
}

#[tokio::test]
async fn a_repeated_change_announces_itself_once() {
    let bench = Bench::new();
    let driver = bench.driver(&manifest(MANIFEST), &[], &[]);
    let mut job = publish(post(&[("title", "Mbledhja"), ("content", "")]));
    drive(&*driver, &mut job).await.unwrap();
    for _ in 0..3 {
        let mut again = after(&job, Action::Update, post(&[("title", "NDRYSHUAR"), ("content", "")]));
        drive(&*driver, &mut again).await.unwrap();
    }
    assert_eq!(bench.memory.entries.lock().unwrap().len(), 2);
}

#[tokio::test]
async fn an_office_that_moves_keeps_the_ids_of_what_stands() {
    let bench = Bench::new();
    let driver = bench.driver(&manifest(MANIFEST), &[], &[]);
    let mut job = publish(post(&[]));
    drive(&*driver, &mut job).await.unwrap();
    job.objects.0[0].remote_id = "tag:old.example,2026:kacanik/7f3a/sq".to_owned();
    let mut update = after(&job, Action::Update, post(&[]));
    let ids = drive(&*driver, &mut update).await.unwrap();
    assert_eq!(ids[0].remote_id, "tag:old.example,2026:kacanik/7f3a/sq");
    assert_eq!(ids[1].remote_id, "tag:old.example,2026:kacanik/7f3a/sq/change-42");
}

#[tokio::test]
async fn each_language_version_is_an_entry_of_its_own() {
    let bench = Bench::new();
    let driver = bench.driver(&manifest(MANIFEST), &[], &[]);
    for code in ["sq", "sr"] {
        let mut job = publish(post(&[]));
        job.post.languages = vec![lang(code)];
        job.key = format!("kacanik/ç 1/{code}");
        drive(&*driver, &mut job).await.unwrap();
    }
    let entries = bench.memory.entries.lock().unwrap().clone();
    let seen: Vec<_> = entries.values().map(|entry| (entry.id.as_str(), entry.lang.as_str())).collect();
    assert_eq!(
        seen,
        [
            ("tag:njoftime.kacanik.example,2026:kacanik/%C3%A7%201/sq", "sq"),
            ("tag:njoftime.kacanik.example,2026:kacanik/%C3%A7%201/sr", "sr"),
        ]
    );
}

#[tokio::test]
async fn the_document_is_enclosed_before_the_picture() {
    let bench = Bench::new();
    let driver = bench.driver(&manifest(MANIFEST), &[], &[]);
    let enclosed = async |media: Vec<_>| {
        let mut job = publish(post(&[]));
        job.post.media = media;
        drive(&*driver, &mut job).await.unwrap();
        bench.memory.entries.lock().unwrap()[ID].enclosure.clone()
    };
    let (photo, paper) = (file("a.jpg", "image/jpeg"), file("rendi.pdf", "application/pdf"));
    let address = |name: &str| format!("https://njoftime.kacanik.example/f/{name}");
    assert_eq!(enclosed(vec![]).await, None);
    assert_eq!(
        enclosed(vec![photo.clone()]).await,
        Some((address("a.jpg"), 4711, "image/jpeg".to_owned()))
    );
    assert_eq!(
        enclosed(vec![photo, paper]).await,
        Some((address("rendi.pdf"), 4711, "application/pdf".to_owned()))
    );
}

#[tokio::test]
async fn an_entry_is_found_again_and_a_failing_store_is_tried_again() {
    let bench = Bench::new();
    let driver = bench.driver(&manifest(MANIFEST), &[], &[]);
    let mut job = publish(post(&[("title", "Mbledhja"), ("content", "")]));
    let step = driver.next(&job).unwrap().unwrap();
    bench.memory.broken.store(true, Ordering::SeqCst);
    let failed = drive(&*driver, &mut job).await;
    assert!(matches!(failed, Err(Answer::Retry(failure)) if failure.code == FailureCode::Storage));
    assert!(matches!(driver.find(&step, &job).await, Sighting::CannotTell(_)));
    bench.memory.broken.store(false, Ordering::SeqCst);
    assert_eq!(driver.find(&step, &job).await, Sighting::Absent);
    let objects = drive(&*driver, &mut job).await.unwrap();
    assert_eq!(driver.find(&step, &job).await, Sighting::Found(objects[0].clone()));
}
