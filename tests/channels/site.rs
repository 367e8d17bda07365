//! The built-in site.

use std::sync::atomic::Ordering;

use chrono::Duration;
use kasnec::receipt::{Action, Answer, FailureCode, Phase, Sighting};

use crate::support::{Bench, after, drive, manifest, noon, post, publish};

const MANIFEST: &str = "
    id = 'site'
    driver = 'site'
    label = { sq = 'Faqja' }
    parts = { body = { template = 'body.hbs' }, summary = { template = 'summary.hbs' } }
";

#[tokio::test]
async fn a_notice_becomes_one_page_that_its_receipt_leads_to() {
    let bench = Bench::new();
    let driver = bench.driver(&manifest(MANIFEST), &[], &[]);
    let mut job = publish(post(&[("body", "<p>Ftohen të gjithë.</p>"), ("summary", "Ftohen të gjithë.")]));
    let objects = drive(&*driver, &mut job).await.unwrap();
    let pages = bench.memory.pages.lock().unwrap().clone();
    let page = &pages["kacanik/7f3a/sq"];
    assert_eq!((page.slug.as_str(), page.withdrawn), ("mbledhja-e-kuvendit-7", false));
    assert_eq!(
        (page.body.as_str(), page.summary.as_str()),
        ("<p>Ftohen të gjithë.</p>", "Ftohen të gjithë.")
    );
    assert_eq!(
        (page.category.as_deref(), page.languages.as_slice()),
        (Some("mbledhjet"), &["sq".to_owned()][..])
    );
    assert_eq!(page.post_hash, job.post.hash());
    assert_eq!((objects[0].phase, objects[0].url.as_ref()), (Phase::Public, Some(&job.post.link)));
    assert_eq!(driver.standing(&job), Some(&objects[0]));
}

#[tokio::test]
async fn a_withdrawn_notice_keeps_its_page_and_its_first_date_and_says_so() {
    let bench = Bench::new();
    let driver = bench.driver(&manifest(MANIFEST), &[], &[]);
    let mut job = publish(post(&[("body", "Po"), ("summary", "")]));
    drive(&*driver, &mut job).await.unwrap();
    bench.clock.advance(Duration::days(2));
    let mut withdrawal = after(&job, Action::Withdraw, post(&[("body", "Tërhequr"), ("summary", "")]));
    drive(&*driver, &mut withdrawal).await.unwrap();
    let pages = bench.memory.pages.lock().unwrap().clone();
    let page = &pages["kacanik/7f3a/sq"];
    assert_eq!((pages.len(), page.withdrawn, page.body.as_str()), (1, true, "Tërhequr"));
    assert_eq!((page.published_at, page.updated_at), (noon(), bench.now()));
}

#[tokio::test]
async fn a_page_is_found_again_only_if_it_says_what_was_to_be_said() {
    let bench = Bench::new();
    let driver = bench.driver(&manifest(MANIFEST), &[], &[]);
    let mut job = publish(post(&[("body", "Po"), ("summary", "")]));
    let step = driver.next(&job).unwrap().unwrap();
    assert_eq!(driver.find(&step, &job).await, Sighting::Absent);
    let objects = drive(&*driver, &mut job).await.unwrap();
    assert_eq!(driver.find(&step, &job).await, Sighting::Found(objects[0].clone()));
    let update = after(&job, Action::Update, post(&[("body", "Tjetër"), ("summary", "")]));
    assert_eq!(driver.find(&step, &update).await, Sighting::Absent);
}

#[tokio::test]
async fn a_store_that_fails_is_tried_again() {
    let bench = Bench::new();
    let driver = bench.driver(&manifest(MANIFEST), &[], &[]);
    bench.memory.broken.store(true, Ordering::SeqCst);
    let mut job = publish(post(&[]));
    let step = driver.next(&job).unwrap().unwrap();
    let Err(Answer::Retry(failure)) = drive(&*driver, &mut job).await else {
        panic!("a failing store is not final")
    };
    assert_eq!(failure.code, FailureCode::Storage);
    assert!(matches!(driver.find(&step, &job).await, Sighting::CannotTell(_)));
    bench.memory.broken.store(false, Ordering::SeqCst);
    assert!(drive(&*driver, &mut job).await.is_ok());
}

#[tokio::test]
async fn the_site_needs_no_account_and_has_no_drafts() {
    let driver = Bench::new().driver(&manifest(MANIFEST), &[], &[]);
    let mut job = publish(post(&[]));
    job.action = Action::Discard;
    assert_eq!(driver.next(&job).unwrap(), None);
    let check = driver.check().await;
    assert!(check.wrong.is_empty() && check.fine.len() == 1);
}
