//! The outbox folder.

use std::fs;
use std::path::Path;

use kasnec::receipt::{Action, Answer, FailureCode, Sighting};
use serde_json::Value;

use crate::support::{Bench, drive, manifest, post, publish};

const MANIFEST: &str = "
    id = 'outbox'
    driver = 'outbox'
    label = { sq = 'Dosja' }
    [parts]
    text = { template = 'text.hbs' }
    page = { template = 'page.hbs', format = 'html' }
";
const JSON: &str = "outbox/41-mbledhja-e-kuvendit-7.json";

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[tokio::test]
async fn what_would_be_said_lies_in_the_folder_whole_and_with_nothing_beside_it() {
    let folder = tempfile::tempdir().unwrap();
    let driver = Bench::new().driver(&manifest(MANIFEST), &[("folder", folder.path().to_str().unwrap())], &[]);
    let mut job = publish(post(&[("text", "Mbledhja më 24 nëntor"), ("page", "<p>Po</p>")]));
    let objects = drive(&*driver, &mut job).await.unwrap();
    assert_eq!(objects[0].remote_id, JSON);
    let stem = "41-mbledhja-e-kuvendit-7";
    let expected = [".json", ".page.html", ".text.txt"].map(|ending| format!("{stem}{ending}"));
    assert_eq!(names(&folder.path().join("outbox")), expected);
    let letter: Value = serde_json::from_slice(&fs::read(folder.path().join(JSON)).unwrap()).unwrap();
    assert_eq!((&letter["action"], &letter["delivery"]), (&"publish".into(), &41.into()));
    assert_eq!(letter["post"]["parts"]["text"], "Mbledhja më 24 nëntor");
    let text = folder.path().join(format!("outbox/{stem}.text.txt"));
    assert_eq!(fs::read_to_string(text).unwrap(), "Mbledhja më 24 nëntor");
}

#[tokio::test]
async fn a_second_writing_changes_nothing_and_the_first_is_found() {
    let folder = tempfile::tempdir().unwrap();
    let driver = Bench::new().driver(&manifest(MANIFEST), &[("folder", folder.path().to_str().unwrap())], &[]);
    let job = publish(post(&[("text", "Po"), ("page", "")]));
    let step = driver.next(&job).unwrap().unwrap();
    assert_eq!(driver.find(&step, &job).await, Sighting::Absent);
    let first = drive(&*driver, &mut job.clone()).await.unwrap();
    assert_eq!(drive(&*driver, &mut job.clone()).await.unwrap(), first);
    assert_eq!(names(&folder.path().join("outbox")).len(), 3);
    assert_eq!(driver.find(&step, &job).await, Sighting::Found(first[0].clone()));
}

#[tokio::test]
async fn a_folder_that_cannot_be_written_is_named_and_tried_again() {
    let folder = tempfile::tempdir().unwrap();
    // A file where the folder should be stops even a superuser.
    let blocked = folder.path().join("dosja");
    fs::write(&blocked, "").unwrap();
    let driver = Bench::new().driver(&manifest(MANIFEST), &[("folder", blocked.to_str().unwrap())], &[]);
    let mut job = publish(post(&[("text", "Po")]));
    let Err(Answer::Retry(failure)) = drive(&*driver, &mut job).await else {
        panic!("a full or missing disk is not the notice's fault")
    };
    assert_eq!(failure.code, FailureCode::Storage);
    assert!(failure.what.contains(blocked.to_str().unwrap()), "{failure}");
    assert_eq!(driver.check().await.wrong[0].code, FailureCode::Storage);
    fs::remove_file(&blocked).unwrap();
    assert!(drive(&*driver, &mut job).await.is_ok());
    assert!(driver.check().await.wrong.is_empty());
}

#[tokio::test]
async fn a_full_disk_leaves_no_half_file() {
    // /dev/full takes a file's name and none of its bytes.
    let folder = tempfile::tempdir().unwrap();
    let driver = Bench::new().driver(&manifest(MANIFEST), &[("folder", folder.path().to_str().unwrap())], &[]);
    let mut job = publish(post(&[("text", "Po")]));
    let home = folder.path().join("outbox");
    fs::create_dir(&home).unwrap();
    std::os::unix::fs::symlink("/dev/full", home.join(".41-mbledhja-e-kuvendit-7.text.txt.part")).unwrap();
    let Err(Answer::Retry(failure)) = drive(&*driver, &mut job).await else {
        panic!("a full disk is not the notice's fault")
    };
    assert_eq!(failure.code, FailureCode::Storage);
    assert!(failure.evidence.unwrap().contains("No space left"));
    assert_eq!(names(&home), Vec::<String>::new());
}

#[tokio::test]
async fn neither_slug_nor_account_leads_out_of_the_folder() {
    let folder = tempfile::tempdir().unwrap();
    let inner = folder.path().join("a/b");
    let driver = Bench::new().driver(&manifest(MANIFEST), &[("folder", inner.to_str().unwrap())], &[]);
    let mut job = publish(post(&[("text", "Po")]));
    job.post.slug = "../../../jashtë".to_owned();
    drive(&*driver, &mut job).await.unwrap();
    assert_eq!(names(folder.path()), ["a"]);
    assert_eq!(names(&inner.join("outbox"))[0], "41----------jashtë.json");
}

#[tokio::test]
async fn a_withdrawal_is_written_too_and_a_discarded_draft_never() {
    let folder = tempfile::tempdir().unwrap();
    let driver = Bench::new().driver(&manifest(MANIFEST), &[("folder", folder.path().to_str().unwrap())], &[]);
    let mut job = publish(post(&[("text", "Tërhequr")]));
    job.action = Action::Discard;
    assert!(drive(&*driver, &mut job).await.unwrap().is_empty());
    job.action = Action::Withdraw;
    drive(&*driver, &mut job).await.unwrap();
    let letter: Value = serde_json::from_slice(&fs::read(folder.path().join(JSON)).unwrap()).unwrap();
    assert_eq!(letter["action"], "withdraw");
}
