//! What the remotes say: each channel, the mail server, and the time of day that others have.

use chrono::{DateTime, Duration, Utc};
use futures::future::join_all;
use url::{Host, Url};

use super::{Finding, told};
use crate::http::Method;
use crate::store::rows::AccountRow;
use crate::system::{OfficeConfig, System};

/// Servers' clocks are right within seconds; more than this is ours.
const TOLERANCE: Duration = Duration::minutes(2);

/// Asks every remote, all at once.
pub async fn findings(system: &System) -> Vec<Finding> {
    let mut found: Vec<Finding> = clock(system).await.into_iter().collect();
    for config in system.offices.values() {
        match told("channels", system.store.accounts(&config.office.id)).await {
            Ok(accounts) => found.extend(join_all(accounts.iter().map(|account| channel(system, account))).await),
            Err(finding) => found.push(finding),
        }
        found.extend(mail(system, config).await);
    }
    found
}

async fn channel(system: &System, account: &AccountRow) -> Finding {
    let check = format!("channel {}", account.name);
    let asked = match system.driver(account).await {
        Ok(driver) => driver.check().await,
        Err(failure) => return Finding::wrong(check, failure.what.clone(), failure.code.next_step()),
    };
    match (asked.wrong.first(), &account.failure) {
        (Some(wrong), _) => Finding::wrong(check, format!("{} {}", wrong.what, wrong.code.means()), wrong.code.next_step()),
        (None, Some(paused)) => Finding::wrong(
            check,
            format!("It is well now, but paused: {} What waits for it is not sent.", paused.what),
            format!("kasnec channel check {}", account.name),
        ),
        (None, None) if account.circuit.is_some() => Finding::warning(
            check,
            "It answers, but did not when something was to be published: what waits goes out after the next try.",
            format!("kasnec channel check {}", account.name),
        ),
        (None, None) => Finding::ok(check, asked.fine.join(" ")),
    }
}

async fn mail(system: &System, config: &OfficeConfig) -> Option<Finding> {
    let settings = config.settings.mail.as_ref()?;
    let greeted = async {
        let mailer = system.mailer(&config.office.id, settings).await?;
        mailer.greet().await.map(|()| mailer)
    };
    Some(match greeted.await {
        Ok(mailer) => Finding::ok("mail", format!("{} answers and takes mail.", mailer.server())),
        Err(wrong) => Finding::wrong("mail", format!("{} {}", wrong.failure().what, wrong.means()), wrong.next_step()),
    })
}

/// Compares the clock with that of a server that an account names in its settings, if it is another machine.
async fn clock(system: &System) -> Option<Finding> {
    for url in system.servers().into_iter().filter(|url| !is_here(url)) {
        let Some(there) = date(system, url.as_str()).await else { continue };
        let apart = system.clock.now() - there;
        if apart.abs() <= TOLERANCE {
            return Some(Finding::ok("time", format!("The clock agrees with that of {url}.")));
        }
        let how = if apart > Duration::zero() { "ahead of" } else { "behind" };
        return Some(Finding::wrong(
            "time",
            format!(
                "The clock is {} seconds {how} that of {url}: notices go out early or late by as much.",
                apart.num_seconds().abs()
            ),
            "Set the clock, and let it be kept right (timedatectl set-ntp true).",
        ));
    }
    None
}

/// Whether what answers there has this machine's own clock.
fn is_here(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.to_canonical().is_loopback(),
        Some(Host::Domain(name)) => name == "localhost",
        None => false,
    }
}

async fn date(system: &System, url: &str) -> Option<DateTime<Utc>> {
    let request = system.http.to_account(Method::HEAD, url).ok()?;
    let reply = system.http.call(request.timeout(std::time::Duration::from_secs(10))).await.ok()?;
    let told = DateTime::parse_from_rfc2822(reply.header("date")?).ok()?;
    Some(told.with_timezone(&Utc))
}
