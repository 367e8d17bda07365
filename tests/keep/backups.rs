//! Copies of the data: whole, checked, thinned out, and never at the cost of the disk.

use std::fs;

use kasnec::keep::backup::make;
use kasnec::keep::daily::if_due;
use kasnec::keep::folder::backups;
use kasnec::store::backup::{Depth, inspect_still};

use super::office::Office;
use super::shift::Shift;
use kasnec::clock::Clock;
use kasnec::receipt::State;

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_made_while_everything_is_at_work_is_whole_and_has_what_was_acknowledged() {
    let office = Office::idle(&[("a", ""), ("b", "")]).await;
    let shift = Shift::begin(&office);
    let writing = async {
        for number in 0..40 {
            office.publish(&format!("P-{number}")).await;
        }
    };
    let copying = async {
        let settings = &office.system.settings;
        let mut made = Vec::new();
        for number in 0..6 {
            let seen = office.system.store.count_items("k").await.unwrap();
            let folder = settings.data.join(format!("copy-{number}"));
            let copy = make(settings, &folder, office.clock.now(), false).await.unwrap();
            made.push((seen, copy));
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
        made
    };
    let ((), made) = tokio::join!(writing, copying);
    office.until_all(State::Delivered).await;
    shift.end().await;
    for (seen, copy) in made {
        let url = format!("sqlite:{}", copy.file.display());
        assert_eq!(copy.contents.ends.len(), 1);
        let store = kasnec::store::Store::open(&url, office.clock.clone()).await.unwrap();
        assert!(store.count_items("k").await.unwrap() >= seen);
        let audit = store.audit("k", None).await.unwrap();
        assert!(
            audit.faults.is_empty() && audit.hash == copy.contents.ends[0].hash,
            "{:?}",
            audit.faults
        );
        store.close().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_key_is_beside_a_backup_only_if_that_is_asked_for() {
    let office = Office::idle(&[("a", "")]).await;
    office.publish("P-1").await;
    let settings = &office.system.settings;
    let key = fs::read_to_string(settings.data.join("key")).unwrap();
    let (without, with) = (settings.data.join("one"), settings.data.join("two"));
    make(settings, &without, office.clock.now(), false).await.unwrap();
    let names: Vec<_> = fs::read_dir(&without).unwrap().flatten().map(|entry| entry.file_name()).collect();
    assert_eq!(names, ["kasnec-20261123T090000Z.db"]);
    let made = make(settings, &with, office.clock.now(), true).await.unwrap();
    assert_eq!(fs::read_to_string(made.key.unwrap()).unwrap(), key);
    let bytes = fs::read(made.file).unwrap();
    assert!(
        !bytes.windows(key.len()).any(|window| window == key.as_bytes()),
        "the key is not in the copy"
    );
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn only_its_owner_can_read_a_backup() {
    use std::os::unix::fs::PermissionsExt;
    let office = Office::idle(&[("a", "")]).await;
    office.publish("P-1").await;
    let settings = &office.system.settings;
    let made = make(settings, &settings.backup_folder(), office.clock.now(), true).await.unwrap();
    for path in [made.file, made.key.unwrap()] {
        assert_eq!(fs::metadata(path).unwrap().permissions().mode() & 0o777, 0o600);
    }
    assert_eq!(fs::metadata(settings.backup_folder()).unwrap().permissions().mode() & 0o777, 0o700);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_is_made_each_day_and_the_old_ones_go() {
    let office = Office::idle(&[("a", "")]).await;
    office.publish("P-1").await;
    let folder = office.system.settings.backup_folder();
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("kasnec-20261120T023000Z.part"), "half of one").unwrap();
    fs::write(folder.join("minutes.txt"), "somebody's own").unwrap();
    let mut made = 0;
    // Sixty days, looked at four times a day.
    for _ in 0..240 {
        made += usize::from(if_due(&office.system).await.unwrap().is_some());
        office.later(6 * 3600);
    }
    assert_eq!(made, 61, "one at the start, and one each night");
    let left = backups(&folder);
    // Of seven days; of November and December one each, and January's newest is among the days.
    assert_eq!(left.len(), 9, "{left:#?}");
    for backup in &left {
        inspect_still(&backup.file, Depth::Full).await.unwrap();
    }
    assert!(folder.join("minutes.txt").exists());
    assert!(!folder.join("kasnec-20261120T023000Z.part").exists());
}

fn names(folder: &std::path::Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap().flatten();
    let mut names: Vec<_> = entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

#[tokio::test(flavor = "multi_thread")]
async fn two_backups_at_the_same_instant_are_both_made() {
    let office = Office::idle(&[("a", "")]).await;
    office.publish("P-1").await;
    let settings = &office.system.settings;
    let folder = settings.backup_folder();
    let (now, later) = (office.clock.now(), office.later(1));
    for _ in 0..5 {
        let (one, two, three) = tokio::join!(
            make(settings, &folder, now, false),
            make(settings, &folder, now, false),
            make(settings, &folder, later, false)
        );
        assert!(one.is_ok() && two.is_ok() && three.is_ok(), "{one:?} {two:?} {three:?}");
    }
    assert_eq!(names(&folder), ["kasnec-20261123T090000Z.db", "kasnec-20261123T090001Z.db"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unfinished_backup_is_removed_only_when_it_is_nobodys() {
    let office = Office::idle(&[("a", "")]).await;
    office.publish("P-1").await;
    let settings = &office.system.settings;
    let folder = settings.backup_folder();
    fs::create_dir_all(&folder).unwrap();
    let (somebodys, old) = ("kasnec-20261123T085900Z.0badcafe.part", "kasnec-20261121T085900Z.0badcafe.part");
    for name in [somebodys, old] {
        fs::write(folder.join(name), "half of one").unwrap();
    }
    let working = fs::File::open(&folder).unwrap();
    working.lock_shared().unwrap();
    make(settings, &folder, office.clock.now(), false).await.unwrap();
    assert_eq!(names(&folder), [somebodys, "kasnec-20261123T090000Z.db"]);
    drop(working);
    make(settings, &folder, office.later(1), false).await.unwrap();
    assert_eq!(names(&folder), ["kasnec-20261123T090000Z.db", "kasnec-20261123T090001Z.db"]);
}
