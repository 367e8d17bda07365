//! A disk that is too small for a backup, and one on which nothing more can be written.

use std::process::Command;
use std::sync::Arc;

use kasnec::clock::SystemClock;
use kasnec::keep::KeepError;
use kasnec::keep::backup::make;
use kasnec::store::{Store, StoreError};
use tempfile::TempDir;

use super::office::Office;
use kasnec::clock::Clock;

/// A disk of that many megabytes; `None` where tests may not mount one.
struct SmallDisk(TempDir);

impl SmallDisk {
    fn mount(megabytes: u32) -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let size = format!("size={megabytes}m");
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", &size, "tmpfs"])
            .arg(folder.path())
            .output();
        mounted.is_ok_and(|output| output.status.success()).then_some(Self(folder))
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("--lazy").arg(self.0.path()).status();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_that_would_leave_less_than_a_tenth_of_the_disk_is_not_made() {
    let Some(disk) = SmallDisk::mount(2) else {
        eprintln!("skipped: this user may not mount a small disk");
        return;
    };
    let office = Office::idle(&[("a", "")]).await;
    office.publish("P-1").await;
    std::fs::write(disk.0.path().join("ballast"), vec![1; 1_800_000]).unwrap();
    let refused = make(&office.system.settings, disk.0.path(), office.clock.now(), false).await;
    assert!(matches!(refused, Err(KeepError::NoRoom { .. })), "{refused:?}");
    let names: Vec<_> = std::fs::read_dir(disk.0.path())
        .unwrap()
        .flatten()
        .map(|entry| entry.file_name())
        .collect();
    assert_eq!(names, ["ballast"], "nothing is left of the attempt");
}

#[tokio::test(flavor = "multi_thread")]
async fn on_a_full_disk_the_trouble_is_known_reading_goes_on_and_it_ends_by_itself() {
    let Some(disk) = SmallDisk::mount(3) else {
        eprintln!("skipped: this user may not mount a small disk");
        return;
    };
    let url = format!("sqlite:{}", disk.0.path().join("kasnec.db").display());
    let store = Store::open(&url, Arc::new(SystemClock)).await.unwrap();
    store.try_writing().await.unwrap();
    let ballast = disk.0.path().join("ballast");
    // As much as there is room for, to the last byte.
    let _ = std::fs::write(&ballast, vec![1; 4_000_000]);
    let mut tried = Ok(());
    for _ in 0..2000 {
        tried = store.try_writing().await;
        if tried.is_err() {
            break;
        }
    }
    assert!(matches!(tried, Err(StoreError::Full)), "{tried:?}");
    assert!(matches!(store.trouble(), Some(StoreError::Full)));
    store.ping().await.unwrap();
    std::fs::remove_file(ballast).unwrap();
    store.try_writing().await.unwrap();
    assert!(store.trouble().is_none());
}
