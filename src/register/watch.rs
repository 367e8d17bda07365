//! The register's watch: brings every office's register up to date, raises warnings and mails them, for as long as the process lives.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;

use super::error::RegisterError;
use super::{letters, refresh, warn};
use crate::system::{OfficeConfig, System};

/// Watches until `stop` turns true.
pub async fn watch(system: Arc<System>, mut stop: watch::Receiver<bool>) {
    let pause = Duration::from_secs(u64::from(system.settings.register.every_seconds.max(1)));
    while !*stop.borrow() {
        for config in system.offices.values() {
            if let Err(error) = round(&system, config).await {
                tracing::error!(office = config.office.id, %error, "the register could not be brought up to date; trying again");
            }
        }
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            _ = stop.changed() => {}
        }
    }
}

/// One round for one office.
pub async fn round(system: &System, config: &OfficeConfig) -> Result<(), RegisterError> {
    refresh(system, config).await?;
    warn::raise(system, config).await?;
    letters::send(system, config).await?;
    Ok(())
}
