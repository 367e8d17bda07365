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
    let servers = servers(system);
    let asked = servers.iter().filter_map(|url| system.http.to_account(Method::HEAD, url).ok());
    // The door out tells the clock what each answer says of the time.
    let hosts = join_all(asked.map(|request| system.http.call(request.timeout(PATIENCE))));
    let _ = tokio::time::timeout(PATIENCE, async { tokio::join!(hosts, database(system)) }).await;
}

async fn database(system: &System) {
    match system.store.others_time().await {
        Ok(Some(at)) => system.clock.hear(Witness {
            name: "the database".to_owned(),
            at,
            shared: true,
        }),
        Ok(None) => {}
        Err(error) => tracing::warn!(%error, "the database cannot be asked for the time"),
    }
}

/// The named witnesses and the addresses in the accounts' settings, each server once.
pub(super) fn servers(system: &System) -> Vec<String> {
    let accounts = system.offices.values().flat_map(|config| {
        config
            .manifests
            .iter()
            .map(move |(name, manifest)| (config.settings.accounts.get(name), manifest))
    });
    let told = accounts.flat_map(|(told, manifest)| {
        let told = told
            .into_iter()
            .flat_map(|account| account.settings.values().map(|value| value.0.clone()));
        told.chain(manifest.settings.values().filter_map(|setting| setting.default.clone()))
    });
    let mut urls: Vec<url::Url> = system
        .settings
        .clock
        .witnesses
        .iter()
        .filter_map(|value| url::Url::parse(value).ok())
        .chain(told.filter_map(|value| origin(&value)))
        .collect();
    urls.sort();
    urls.dedup_by_key(|url| (url.host_str().map(str::to_owned), url.port_or_known_default()));
    urls.into_iter().map(String::from).collect()
}

/// Where a server is, without what an account's address says beyond that: a call to a hook may do what the hook is for.
fn origin(address: &str) -> Option<url::Url> {
    let url = url::Url::parse(address)
        .ok()
        .filter(|url| matches!(url.scheme(), "http" | "https"))?;
    url::Url::parse(&url.origin().ascii_serialization()).ok()
}
