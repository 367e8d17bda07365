//! A backup is the past: what was sent after it is found at the remote, and never sent twice.

use std::sync::Arc;

use kasnec::acts;
use kasnec::clock::{Clock, SystemClock};
use kasnec::deliver::WorkerLock;
use kasnec::keep::KeepError;
use kasnec::keep::restore::{already_back, restore};
use kasnec::receipt::{FailureCode, State};
use kasnec::store::restore::Lost;

use super::office::Office;
use super::remote::nothing_seen;
use super::shift::{Shift, backup, put_back};

const ONE_PHASE: &str = "settings.phases = \"one\"";

/// Lets time pass until everything that waits for a grace time has had it.
async fn a_while(office: &Office) {
    for _ in 0..12 {
        office.later(60);
        office.breathe().await;
    }
}

fn posts(office: &Office, account: &str) -> usize {
    office.remote(account).lock().unwrap().posts.len()
}

#[test]
fn duties_and_looks_are_not_told_as_lost() {
    let is_told = |act: &str| {
        let lost = Lost {
            at: chrono::DateTime::UNIX_EPOCH,
            reference: "P-1".to_owned(),
            act: act.to_owned(),
            account: None,
        };
        lost.is_of_a_notice()
    };
    assert_eq!(
        ["approved", "delivered", "duty ended", "seen standing"].map(is_told),
        [true, true, false, false]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_published_after_the_backup_is_found_and_not_said_twice() {
    let mut office = Office::idle(&[("a", ""), ("b", ONE_PHASE)]).await;
    office.publish("P-1").await;
    let file = backup(&office).await;
    let shift = Shift::begin(&office);
    office.until_all(State::Delivered).await;
    shift.end().await;
    let restored = put_back(&mut office, &file).await;
    assert_eq!(restored.doubted.len(), 2);
    assert!(
        restored
            .lost
            .unwrap()
            .iter()
            .any(|lost| lost.act == "delivered" && lost.account.as_deref() == Some("a"))
    );
    assert_eq!(office.states().await, [State::Unknown, State::Unknown]);
    let shift = Shift::begin(&office);
    office.until_all(State::Delivered).await;
    shift.end().await;
    assert_eq!((posts(&office, "a"), posts(&office, "b")), (1, 1));
    let calls = office.remote("a").lock().unwrap().calls.len() + office.remote("b").lock().unwrap().calls.len();
    assert_eq!(calls, 3, "a draft, a flip and a post, all of them before the restore");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_not_published_goes_where_it_can_be_looked_up_and_else_to_a_person() {
    let mut office = Office::idle(&[("a", ""), ("b", ONE_PHASE)]).await;
    office.publish("P-1").await;
    let file = backup(&office).await;
    put_back(&mut office, &file).await;
    let shift = Shift::begin(&office);
    office.breathe().await;
    assert_eq!(posts(&office, "a"), 0, "nothing is made again before the grace time is over");
    a_while(&office).await;
    office.until(|all| all[0].state == State::Delivered).await;
    shift.end().await;
    let deliveries = office.deliveries().await;
    assert_eq!(deliveries[1].state, State::NeedsPerson);
    let failure = deliveries[1].failure.as_ref().unwrap();
    assert_eq!(failure.code, FailureCode::Unresolved);
    assert!(failure.what.contains("put back from a backup"), "{}", failure.what);
    assert_eq!((posts(&office, "a"), posts(&office, "b")), (1, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_draft_in_the_backup_that_was_flipped_since_is_recognised() {
    let mut office = Office::idle(&[("a", "")]).await;
    office.script("a", &[super::remote::Act::Take, super::remote::Act::Down]);
    office.publish("P-1").await;
    let shift = Shift::begin(&office);
    office.until_all(State::Drafted).await;
    shift.end().await;
    let file = backup(&office).await;
    let shift = Shift::begin(&office);
    a_while(&office).await;
    office.until_all(State::Delivered).await;
    shift.end().await;
    put_back(&mut office, &file).await;
    let shift = Shift::begin(&office);
    office.until_all(State::Delivered).await;
    shift.end().await;
    assert_eq!((posts(&office, "a"), office.remote("a").lock().unwrap().calls.len()), (1, 2));
}

#[tokio::test(flavor = "multi_thread")]
async fn while_nobody_can_look_nothing_is_sent() {
    let mut office = Office::idle(&[("a", "")]).await;
    office.publish("P-1").await;
    let file = backup(&office).await;
    let shift = Shift::begin(&office);
    office.until_all(State::Delivered).await;
    shift.end().await;
    put_back(&mut office, &file).await;
    office.remote("a").lock().unwrap().blind = Some(nothing_seen());
    let shift = Shift::begin(&office);
    a_while(&office).await;
    assert_eq!((office.states().await, posts(&office, "a")), (vec![State::Unknown], 1));
    office.remote("a").lock().unwrap().blind = None;
    office.later(3600);
    office.until_all(State::Delivered).await;
    shift.end().await;
    assert_eq!(posts(&office, "a"), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_approved_after_the_backup_and_is_approved_again_is_looked_up_too() {
    let mut office = Office::idle(&[("a", ""), ("b", ONE_PHASE)]).await;
    office.queue("P-1", "P-1", "").await;
    office.later(60);
    let file = backup(&office).await;
    let approve = async |office: &Office| {
        acts::approve(&office.system, &office.editor, office.config(), "P-1", None)
            .await
            .unwrap();
    };
    approve(&office).await;
    let shift = Shift::begin(&office);
    office.until_all(State::Delivered).await;
    shift.end().await;
    put_back(&mut office, &file).await;
    office.later(60);
    approve(&office).await;
    let shift = Shift::begin(&office);
    office.until_all(State::Delivered).await;
    // What is written only now is new to everybody, and goes as ever.
    office.publish("P-2").await;
    office.until_all(State::Delivered).await;
    shift.end().await;
    assert_eq!((posts(&office, "a"), posts(&office, "b")), (2, 2));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_to_go_later_is_not_sent_earlier_by_a_restore() {
    let mut office = Office::idle(&[("a", "")]).await;
    office.queue("P-1", "P-1", "release = \"2026-11-24 12:00\"\n").await;
    acts::approve(&office.system, &office.editor, office.config(), "P-1", None)
        .await
        .unwrap();
    let file = backup(&office).await;
    put_back(&mut office, &file).await;
    let shift = Shift::begin(&office);
    a_while(&office).await;
    assert_eq!((office.states().await, posts(&office, "a")), (vec![State::Unknown], 0));
    office.later(48 * 3600);
    office.until_all(State::Delivered).await;
    shift.end().await;
    assert_eq!(posts(&office, "a"), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_present_data_is_kept_and_the_ledger_tells_of_the_restore() {
    let mut office = Office::idle(&[("a", "")]).await;
    office.publish("P-1").await;
    let file = backup(&office).await;
    office.queue("P-2", "P-2", "").await;
    let restored = put_back(&mut office, &file).await;
    let kept = restored.kept.unwrap();
    assert!(kept.file_name().unwrap().to_string_lossy().starts_with("kasnec.db.before-restore-"));
    let contents = kasnec::store::backup::inspect(&kept, kasnec::store::backup::Depth::Full)
        .await
        .unwrap();
    let data = office.system.settings.data.join("kasnec.db");
    let now = kasnec::store::backup::inspect(&data, kasnec::store::backup::Depth::Full);
    assert_eq!(
        contents.ends[0].seq,
        now.await.unwrap().ends[0].seq,
        "one line was lost, and one tells of the restore"
    );
    assert!(office.system.store.item("k", "P-2").await.is_err());
    let audit = office.system.store.audit("k", None).await.unwrap();
    assert!(audit.faults.is_empty(), "{:?}", audit.faults);
    let leftovers = std::fs::read_dir(&office.system.settings.data).unwrap().flatten();
    let leftovers: Vec<String> = leftovers.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
    assert!(!leftovers.iter().any(|name| name.contains("restoring")), "{leftovers:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_put_back_while_somebody_works_or_from_a_file_that_is_damaged() {
    let office = Office::idle(&[("a", "")]).await;
    office.publish("P-1").await;
    let file = backup(&office).await;
    let settings = &office.system.settings;
    let open = restore(settings, &file, Arc::new(SystemClock)).await;
    assert!(matches!(open, Err(KeepError::InUse(_))), "the data file is open here: {open:?}");
    let lock = WorkerLock::take(&settings.data).unwrap();
    let working = restore(settings, &file, Arc::new(SystemClock)).await;
    assert!(matches!(working, Err(KeepError::InUse(_))), "{working:?}");
    drop(lock);
    let mut bytes = std::fs::read(&file).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle..middle + 8192].fill(0x5a);
    let torn = file.with_file_name("torn.db");
    std::fs::write(&torn, &bytes).unwrap();
    for wrong in [torn, file.with_file_name("none.db"), settings.data.join("key")] {
        let refused = restore(settings, &wrong, Arc::new(SystemClock)).await;
        assert!(matches!(refused, Err(KeepError::BadBackup(..))), "{refused:?}");
    }
    assert_eq!(office.states().await, [State::Planned], "nothing was changed");
}

#[tokio::test(flavor = "multi_thread")]
async fn data_that_was_put_back_by_other_means_is_doubted_as_well() {
    let office = Office::idle(&[("a", "")]).await;
    office.publish("P-1").await;
    let told = already_back(&office.system.settings, office.clock.clone()).await.unwrap();
    assert_eq!((told.doubted.len(), told.since), (1, office.clock.now()));
    assert_eq!(office.states().await, [State::Unknown]);
}
