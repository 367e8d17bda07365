//! Asks others for the time: at a start, when the machine's clock has jumped, and now and then.

use std::sync::Arc;
use std::time::{Duration, Instant};

use futures::future::join_all;
use tokio::sync::watch;

use crate::clock::Witness;
use crate::http::Method;
use crate::system::System;

/// How long a start waits for the answers.
const PATIENCE: Duration = Duration::from_secs(2);
/// How often the machine's clock is looked at.
const LOOKING: Duration = Duration::from_secs(1);
/// How often others are asked while the time is in doubt.
const ASKING_AGAIN: Duration = Duration::from_secs(20);
/// How often they are asked without a reason.
const ASKING: Duration = Duration::from_hours(1);

/// What is known of the time before anything is done by it: what was written last, and what others say within two seconds.
pub async fn settle(system: &System) {
    match system.store.newest_line().await {
        Ok(newest) => newest.into_iter().for_each(|newest| system.clock.is_after(newest)),
        Err(error) => tracing::warn!(%error, "the data cannot be asked when it was written last"),
    }
    ask(system).await;
    system.clock.heed();
}

/// Watches the machine's clock until `stop` turns true.
pub async fn watch(system: Arc<System>, mut stop: watch::Receiver<bool>) {
    let mut asked = Instant::now();
    let mut doubted = system.clock.doubt().is_some();
    loop {
        tokio::select! {
            () = tokio::time::sleep(LOOKING) => {}
            _ = stop.wait_for(|stop| *stop) => return,
        }
        system.clock.heed();
        let doubt = system.clock.doubt().is_some();
        let pause = if doubt { ASKING_AGAIN } else { ASKING };
        if doubt && !doubted || asked.elapsed() >= pause {
            ask(&system).await;
            asked = Instant::now();
        }
        doubted = doubt;
    }
}

/// Asks everybody at once; the answers go to the clock.
async fn ask(system: &System) {
    let servers = system.servers();
    let asked = servers
        .iter()
        .filter_map(|url| system.http.to_account(Method::HEAD, url.as_str()).ok());
    // The door out tells the clock what each answer says of the time.
    let hosts = join_all(asked.map(|request| system.http.call(request.timeout(PATIENCE))));
    let _ = tokio::time::timeout(PATIENCE, async { tokio::join!(hosts, database(system)) }).await;
}

async fn database(system: &System) {
    match system.store.others_time().await {
        Ok(Some(at)) => system.clock.hear(Witness {
            name: "the database".to_owned(),
            ip: None,
            at,
            shared: true,
        }),
        Ok(None) => {}
        Err(error) => tracing::warn!(%error, "the database cannot be asked for the time"),
    }
}
