//! An office whose program is stopped, whose data is put back, and which is started again on the same remotes.

use std::path::PathBuf;
use std::sync::Arc;

use kasnec::channels::Registry;
use kasnec::clock::Clock;
use kasnec::deliver::Worker;
use kasnec::keep::KeepError;
use kasnec::keep::backup::make;
use kasnec::keep::restore::{Restored, restore};
use kasnec::system::System;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use super::office::Office;
use super::remote;

/// A worker at work, to be ended before the data is put back.
pub struct Shift {
    stop: watch::Sender<bool>,
    task: JoinHandle<()>,
}

impl Shift {
    pub fn begin(office: &Office) -> Self {
        let (stop, stopped) = watch::channel(false);
        let task = tokio::spawn(Worker::new(office.system.clone()).run(true, stopped));
        Self { stop, task }
    }

    pub async fn end(self) {
        self.stop.send(true).unwrap();
        self.task.await.unwrap();
    }
}

/// Makes a backup of the office's data as it is.
pub async fn backup(office: &Office) -> PathBuf {
    let settings = &office.system.settings;
    make(settings, &settings.backup_folder(), office.clock.now(), false)
        .await
        .unwrap()
        .file
}

/// Ends the program, puts the backup back, and starts the program again without a worker.
pub async fn put_back(office: &mut Office, file: &std::path::Path) -> Restored {
    office.system.store.close().await;
    let settings = office.system.settings.clone();
    let idle = Office::idle(&[]).await;
    // The last holder of the old store lets go of its file.
    office.system = idle.system.clone();
    let restored = until_closed(&settings, file, office).await;
    let registry = Registry::default().with("scripted", remote::make);
    office.system = Arc::new(System::open_with(settings, office.clock.clone(), registry).await.unwrap());
    restored
}

async fn until_closed(settings: &kasnec::settings::Settings, file: &std::path::Path, office: &Office) -> Restored {
    for _ in 0..50 {
        match restore(settings, file, office.clock.clone()).await {
            Err(KeepError::InUse(_)) => tokio::time::sleep(std::time::Duration::from_millis(50)).await,
            restored => return restored.unwrap(),
        }
    }
    panic!("the old store is never closed");
}
