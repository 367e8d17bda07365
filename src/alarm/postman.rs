//! Sends the letters about alarms, beside the looks: a mail server that hangs holds up no look. One letter goes after the other, so that none is
//! sent twice at once; among processes, whoever has taken a letter has it for longer than sending it can take.

use std::time::Duration;

use tokio::sync::{Notify, watch};

use super::letter;
use crate::system::System;

/// So long a letter that is under way may still take when the program ends. One that is cut off then goes again, under the same Message-ID.
const PARTING: Duration = Duration::from_secs(5);

/// Sends what waits whenever it rings, until `stop` turns true.
pub async fn deliver(system: &System, bell: &Notify, mut stop: watch::Receiver<bool>) {
    loop {
        tokio::select! {
            () = bell.notified() => {}
            _ = stop.wait_for(|stop| *stop) => return,
        }
        tokio::select! {
            () = send_letters(system) => {}
            () = parted(&mut stop) => return,
        }
    }
}

/// Sends every office's letters that wait.
pub async fn send_letters(system: &System) {
    for config in system.offices.values() {
        if let Err(error) = letter::send(system, config).await {
            tracing::error!(office = config.office.id, %error, "letters about alarms cannot be sent now; they are tried again");
        }
    }
}

async fn parted(stop: &mut watch::Receiver<bool>) {
    let _ = stop.wait_for(|stop| *stop).await;
    tokio::time::sleep(PARTING).await;
}
