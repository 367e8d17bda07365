//! The register's watch: brings every office's register up to date, raises warnings and has them mailed, for as long as the process lives.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;

use super::error::RegisterError;
use super::{letters, refresh, warn};
use crate::mail::postman;
use crate::system::{OfficeConfig, System};

/// Watches until `stop` turns true.
pub async fn watch(system: Arc<System>, stop: watch::Receiver<bool>) {
    let (bell, _) = watch::channel(());
    let offices = system.offices.values();
    let letters = offices.map(|config| || send_letters(&system, config));
    tokio::join!(go_round(&system, &bell, stop.clone()), postman::deliver(&bell, stop, letters));
}

async fn go_round(system: &System, bell: &watch::Sender<()>, mut stop: watch::Receiver<bool>) {
    let pause = Duration::from_secs(u64::from(system.settings.register.every_seconds.max(1)));
    while !*stop.borrow() {
        for config in system.offices.values() {
            if let Err(error) = round(system, config).await {
                tracing::error!(office = config.office.id, %error, "the register could not be brought up to date; trying again");
            }
        }
        bell.send_replace(());
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            _ = stop.changed() => {}
        }
    }
}

/// One round for one office. Warnings wait for [`letters::send`].
pub async fn round(system: &System, config: &OfficeConfig) -> Result<(), RegisterError> {
    refresh(system, config).await?;
    warn::raise(system, config).await?;
    Ok(())
}

async fn send_letters(system: &System, config: &OfficeConfig) {
    if let Err(error) = letters::send(system, config).await {
        tracing::error!(office = config.office.id, %error, "warnings cannot be sent now; they are tried again");
    }
}
