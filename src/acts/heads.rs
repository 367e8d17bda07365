//! The daily head: the end of each office's ledger goes to the page `/ledger` and into the feeds, where it can be compared later.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Datelike, NaiveDate, Utc};
use tokio::sync::watch;
use url::Url;

use super::ActError;
use crate::item::{Lang, Office};
use crate::ports::{Entries, Entry};
use crate::render::words::word;
use crate::store::StoreError;
use crate::store::heads::Head;
use crate::system::System;

/// How often it is asked whether a new day has begun. A timer until midnight would trust a clock that may jump.
const LOOKING: Duration = Duration::from_secs(30);

/// Publishes each office's head once a day until `stop` turns true: at midnight, or at the start after a time without the program.
pub async fn keep_heads(system: Arc<System>, mut stop: watch::Receiver<bool>) {
    loop {
        for config in system.offices.values() {
            if let Err(error) = publish_head(&system, &config.office).await {
                tracing::warn!(%error, office = config.office.id, "the ledger's head could not be published; it is tried again soon");
            }
        }
        tokio::select! {
            () = tokio::time::sleep(LOOKING) => {}
            _ = stop.wait_for(|stop| *stop) => return,
        }
    }
}

/// Publishes the office's head if its day has none, and sees that the feeds have the newest one.
pub async fn publish_head(system: &System, office: &Office) -> Result<bool, ActError> {
    let day = system.clock.now().with_timezone(&office.zone).date_naive();
    let published = system.store.publish_head(&office.id, &day.to_string()).await?;
    let heads = system.store.heads(&office.id).await?;
    let Some(week) = heads.first().and_then(|head| Week::of(&head.day)) else {
        return Ok(published);
    };
    let heads: Vec<&Head> = heads.iter().filter(|head| Week::of(&head.day) == Some(week)).collect();
    for lang in &office.languages {
        put(system, office, &entry(office, lang, week, &heads, system.clock.now())).await?;
    }
    Ok(published)
}

/// The feeds have one entry a week, which grows by a line a day: whoever reads notices is not to be told of a hash every morning.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Week {
    year: i32,
    number: u32,
}

impl Week {
    fn of(day: &str) -> Option<Self> {
        let week = day.parse::<NaiveDate>().ok()?.iso_week();
        Some(Self {
            year: week.year(),
            number: week.week(),
        })
    }
}

async fn put(system: &System, office: &Office, entry: &Entry) -> Result<(), StoreError> {
    let failed = |error: crate::ports::PortError| StoreError::Other(error.0);
    let found = system.store.entry_by_id(&office.id, &entry.id).await.map_err(failed)?;
    if found.is_some_and(|found| found.content == entry.content) {
        return Ok(());
    }
    system.store.put_entry(&office.id, entry).await.map_err(failed)
}

fn entry(office: &Office, lang: &Lang, week: Week, heads: &[&Head], now: DateTime<Utc>) -> Entry {
    let host = Url::parse(&office.public_url)
        .ok()
        .and_then(|url| url.host_str().map(str::to_owned));
    let (year, number) = (week.year.to_string(), week.number.to_string());
    let said = |key| word(lang.as_str(), key, &[]);
    let line = |head: &&Head| {
        format!(
            "<li>{}: {} {}, <code>{}</code></li>",
            head.day,
            said("ledger-line"),
            head.seq,
            head.hash
        )
    };
    let lines: String = heads.iter().map(line).collect();
    Entry {
        id: format!(
            "tag:{},2026:ledger/{}/{year}-W{number:0>2}/{lang}",
            host.as_deref().unwrap_or("localhost"),
            office.id
        ),
        lang: lang.to_string(),
        category: None,
        kind: "ledger-head".to_owned(),
        title: word(lang.as_str(), "ledger-entry-title", &[("year", &year), ("week", &number)]),
        content: format!(
            "<div lang=\"{}\"><p>{}</p><ul>{lines}</ul></div>",
            lang.tag(),
            said("ledger-entry-what")
        ),
        link: format!("{}/ledger", office.public_url),
        enclosure: None,
        published_at: now,
        updated_at: now,
    }
}
