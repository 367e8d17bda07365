//! `kasnec warnings`: what was warned of, whom, and whether the letter went out.

use chrono::{DateTime, Duration, NaiveTime, TimeZone, Utc};

use super::args::{Cli, WarningsArgs};
use super::exit::{Exit, Failed};
use super::output::{self, table, when};
use super::session::Session;
use crate::register::warn::Said;
use crate::render::words::word;
use crate::store::warnings::Warning;

/// How far back is shown, where nobody says how far.
const WINDOW: Duration = Duration::days(30);
/// The most rows a table has.
const MOST: usize = 1000;

/// Runs the command.
pub async fn run(cli: &Cli, args: &WarningsArgs) -> Result<Exit, Failed> {
    let session = Session::open(cli).await?;
    let office = &session.office()?.office;
    let day = args
        .since
        .and_then(|day| office.zone.from_local_datetime(&day.and_time(NaiveTime::MIN)).earliest());
    let since: DateTime<Utc> = day.map_or(session.system.clock.now() - WINDOW, |day| day.to_utc());
    let mut warnings = session.system.store.warnings(&office.id, since, MOST).await?;
    let of = |warning: &Warning, unit: &String| warning.recipient.split_once(':').is_some_and(|(_, of)| of == unit);
    warnings.retain(|warning| args.unit.as_ref().is_none_or(|unit| of(warning, unit)));
    if cli.json {
        output::json(&warnings);
        return Ok(Exit::Done);
    }
    let lang = session.lang().await?;
    let said = |key: &'static str| word(lang.as_str(), key, &[]);
    let rows = warnings.iter().map(|warning| {
        vec![
            when(warning.raised_at, office.zone),
            warning.recipient.clone(),
            warning.state.to_string(),
            warning.step.clone(),
            of_duty(warning),
        ]
    });
    let headers = [
        said("warn-raised"),
        said("warn-recipient"),
        said("warn-state"),
        said("warn-step-name"),
        said("due-what"),
    ];
    let headers: Vec<&str> = headers.iter().map(String::as_str).collect();
    table(&headers, rows.collect(), &said("warn-none"));
    Ok(Exit::Done)
}

fn of_duty(warning: &Warning) -> String {
    let said: Option<Said> = serde_json::from_value(warning.detail.clone()).ok();
    said.map_or_else(
        || warning.obligation.to_string(),
        |said| format!("{} ({})", said.what, said.safe_by),
    )
}
