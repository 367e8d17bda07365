//! Several machines on one store: each has alarms of its own, and leaves the others' alone.

use chrono::Duration;
use kasnec::alarm::{Watchdog, current};
use kasnec::receipt::AlarmKind;
use kasnec::system::System;

use super::office::{Office, fresh_postgres};

/// A machine of that name, with a watchdog; it misses a backup, or makes none.
async fn machine(office: &Office, name: &str, keep_daily: usize) -> (System, Watchdog) {
    let mut system = Box::pin(office.another()).await;
    name.clone_into(&mut system.machine);
    system.settings.backup.keep_daily = keep_daily;
    (system, Watchdog::default())
}

async fn open(office: &Office) -> Vec<(AlarmKind, String)> {
    let open = office.system.store.open_alarms("k").await.unwrap();
    open.into_iter().map(|alarm| (alarm.cause.kind, alarm.cause.machine)).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_alarm_of_a_machines_own_is_cleared_by_that_machine_or_when_it_is_gone_for_a_day() {
    let office = Office::new("2027-02-01 09:00").await;
    let (mut one, mut dog) = machine(&office, "one:/srv", 7).await;
    let (two, mut other) = machine(&office, "two:/srv", 0).await;
    office.clock.advance(Duration::days(3));
    for _ in 0..5 {
        dog.round(&one).await;
        other.round(&two).await;
        office.clock.advance(Duration::minutes(1));
    }
    assert_eq!(open(&office).await, [(AlarmKind::Backup, "one:/srv".to_owned())]);
    assert_eq!(office.number("SELECT COUNT(*) FROM alarm WHERE kind = 'backup'").await, 1, "once");
    let shown = current(&two, office.config()).await.unwrap();
    let shown = shown.iter().find(|shown| shown.cause.kind == AlarmKind::Backup).unwrap();
    assert_eq!((shown.cause.machine.as_str(), shown.raised_at.is_some()), ("one:/srv", true));

    one.settings.backup.keep_daily = 0;
    dog.round(&one).await;
    assert!(open(&office).await.is_empty());

    one.settings.backup.keep_daily = 7;
    for _ in 0..48 {
        dog.round(&one).await;
        office.clock.advance(Duration::hours(1));
        other.round(&two).await;
    }
    assert_eq!(open(&office).await.len(), 1, "it says each hour that its alarm lasts");
    office.clock.advance(Duration::hours(24));
    other.round(&two).await;
    assert!(open(&office).await.is_empty(), "nothing was heard of it for a day");
    assert!(
        current(&two, office.config())
            .await
            .unwrap()
            .iter()
            .all(|shown| shown.cause.kind != AlarmKind::Backup)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_machine_has_a_name_where_there_may_be_others() {
    let alone = Office::new("2027-02-01 09:00").await;
    assert_eq!(alone.system.machine, "");
    let shared = Office::with("2027-02-01 09:00", super::office::ALL, "", Some(fresh_postgres())).await;
    let data = shared.folder.path().join("data");
    assert!(
        shared.system.machine.ends_with(&format!(":{}", data.display())),
        "{}",
        shared.system.machine
    );
    assert_eq!(shared.system.machine, Box::pin(shared.another()).await.machine, "after every start");
}
