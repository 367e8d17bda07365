//! The sample office: people, the sandbox's credentials and items, so that a first run shows something.

use chrono::{Days, NaiveDate};

use super::exit::Failed;
use super::session::os_user;
use crate::acts;
use crate::assets;
use crate::item::source::SourceAttachment;
use crate::item::{Problems, Source};
use crate::sandbox::facebook::{Options, Running, start};
use crate::store::StoreError;
use crate::store::people::NewPerson;
use crate::store::rows::{ItemState, Person, Role};
use crate::system::{OfficeConfig, System};

const FOLDER: &str = "items/";

/// Why the sample's late notices are late.
const LATE: &str = "Shembull: njoftimi u përgatit me vonesë.";

/// Loads what is missing of the sample; interrupted, it goes on at the next start.
pub async fn load(system: &System, config: &OfficeConfig) -> Result<(), Failed> {
    let editor = people(system, config).await?;
    let waiting = system.store.items(&config.office.id, Some(ItemState::Proposed), 1).await?;
    let count = system.store.count_items(&config.office.id).await?;
    if count > 0 && waiting.is_empty() {
        return Ok(());
    }
    if count == 0 {
        let options = Options::default();
        system
            .put_secret(&config.office.id, "facebook", "page_token", &options.page_token)
            .await?;
        system
            .put_secret(&config.office.id, "facebook", "app_secret", &options.app_secret)
            .await?;
    }
    for reference in items(system, config, &editor, count == 0).await? {
        // What was approved once may have a user's own correction waiting: that is not ours to approve.
        if system.store.item(&config.office.id, &reference).await?.state != ItemState::Proposed {
            continue;
        }
        match acts::approve(system, &editor, config, &reference, Some(LATE)).await {
            Ok(_) | Err(acts::ActError::Store(StoreError::Conflict)) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}

/// The stand-in for Facebook, where the sample's account expects the Graph.
pub async fn sandbox(system: &System, config: &OfficeConfig) -> Result<Running, Failed> {
    let account = config.settings.accounts.get("facebook");
    let url = account
        .and_then(|account| account.settings.get("graph_url"))
        .map_or("", |url| url.0.as_str());
    let listen = url
        .trim_start_matches("http://")
        .parse()
        .map_err(|e| Failed::Input(format!("the sandbox cannot listen on \"{url}\": {e}")))?;
    let state = Some(system.settings.data.join("sandbox-facebook.jsonl"));
    let options = Options {
        listen,
        state,
        ..Options::default()
    };
    start(options).await.map_err(|e| Failed::Outside(e.to_string()))
}

async fn people(system: &System, config: &OfficeConfig) -> Result<Person, Failed> {
    let me = os_user();
    let sample = [
        NewPerson {
            login: "zyrtarja",
            name: "Zyrtarja për informim",
            role: Role::Author,
            lang: "sq",
            os_user: None,
        },
        NewPerson {
            login: "redaktorja",
            name: "Redaktorja e komunës",
            role: Role::Editor,
            lang: "sq",
            os_user: None,
        },
        NewPerson {
            login: "admin",
            name: "Administratori",
            role: Role::Administrator,
            lang: "sq",
            os_user: me.as_deref(),
        },
    ];
    for person in &sample {
        match system.store.add_person(&config.office.id, person).await {
            Ok(_) | Err(StoreError::Duplicate(_)) => {}
            Err(error) => return Err(error.into()),
        }
    }
    let editor = system.store.person(&config.office.id, "redaktorja").await?;
    editor.ok_or_else(|| Failed::Who("the sample office has lost its editor \"redaktorja\"".to_owned()))
}

/// Queues the sample items, all or none; gives their references.
async fn items(system: &System, config: &OfficeConfig, editor: &Person, fresh: bool) -> Result<Vec<String>, Failed> {
    let today = system.clock.now().with_timezone(&config.office.zone).date_naive();
    let (mut checked, mut problems) = (Vec::new(), Vec::new());
    for (path, text) in assets::texts_ending("samples", ".md") {
        if !path.starts_with(FOLDER) {
            continue;
        }
        let source = Source::parse(&path, &dated(&text, today)).map_err(acts::ActError::Problems)?;
        match acts::check_source(system, &config.office, &source, attached) {
            Ok(item) => checked.push(item),
            Err(found) => problems.extend(found.0),
        }
    }
    if !problems.is_empty() {
        return Err(acts::ActError::Problems(Problems(problems)).into());
    }
    let references = checked.iter().map(|item| item.content.reference.clone()).collect();
    if fresh {
        acts::queue(system, editor, config, checked).await?;
    }
    Ok(references)
}

fn attached(attachment: &SourceAttachment) -> Result<Vec<u8>, String> {
    assets::bytes("samples", &format!("{FOLDER}{}", attachment.file)).ok_or_else(|| "it is not embedded".to_owned())
}

/// Samples never age: `{{+10d}}` is the day ten days from today, `{{year}}` this year.
fn dated(text: &str, today: NaiveDate) -> String {
    let mut parts = text.split("{{");
    let mut dated = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        match part.split_once("}}").and_then(|(mark, rest)| Some((mark_date(mark, today)?, rest))) {
            Some((date, rest)) => dated.extend([date.as_str(), rest]),
            None => dated.extend(["{{", part]),
        }
    }
    dated
}

fn mark_date(mark: &str, today: NaiveDate) -> Option<String> {
    if mark == "year" {
        return Some(today.format("%Y").to_string());
    }
    let days: i64 = mark.strip_suffix('d')?.parse().ok()?;
    let distance = Days::new(days.unsigned_abs());
    let day = if days < 0 {
        today.checked_sub_days(distance)?
    } else {
        today.checked_add_days(distance)?
    };
    Some(day.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn samples_are_dated_from_today() {
        let today = NaiveDate::from_ymd_opt(2026, 12, 28).unwrap();
        assert_eq!(
            dated("a {{+10d}} 10:00, {{-1d}}, {{year}}, {{other}}", today),
            "a 2027-01-07 10:00, 2026-12-27, 2026, {{other}}"
        );
    }
}
