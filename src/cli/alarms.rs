//! `kasnec alarms`: what is due and not confirmed, why, and what to do; and what else is wrong.

use serde::Serialize;

use super::args::Cli;
use super::exit::{Exit, Failed};
use super::output::{self, line};
use super::session::Session;
use crate::alarm::{Said, Shown, current, said};
use crate::register::Speaker;
use crate::render::words::word;

/// An alarm, for programs and for people.
#[derive(Serialize)]
struct Told {
    #[serde(flatten)]
    shown: Shown,
    #[serde(flatten)]
    said: Said,
}

/// Runs the command.
pub async fn run(cli: &Cli) -> Result<Exit, Failed> {
    let session = Session::open(cli).await?;
    let config = session.office()?;
    // Only what was tried is known.
    let _ = session.system.store.try_writing().await;
    let speaker = Speaker::new(&session.system, config, session.lang().await?);
    let shown = current(&session.system, config).await?;
    let told: Vec<Told> = shown
        .into_iter()
        .map(|shown| Told {
            said: said(&speaker, &shown.cause),
            shown,
        })
        .collect();
    if cli.json {
        output::json(&told);
    } else if told.is_empty() {
        line(word(speaker.lang.as_str(), "alarm-none", &[]));
    } else {
        for told in &told {
            print(&speaker, told);
        }
    }
    Ok(if told.is_empty() { Exit::Done } else { Exit::NotWell })
}

fn print(speaker: &Speaker<'_>, told: &Told) {
    let cause = &told.shown.cause;
    let since = cause.since.or(told.shown.raised_at).map(|at| {
        let at = speaker.time(at);
        format!(", {}", word(speaker.lang.as_str(), "alarm-since", &[("at", &at)]))
    });
    let about = [&cause.about, &cause.machine].map(|of| if of.is_empty() { String::new() } else { format!(" {of}") });
    line(format!("✗ {}{}{}", cause.kind, about.concat(), since.unwrap_or_default()));
    line(format!("  {}", told.said.what));
    if let Some(waits) = &told.said.waits {
        line(format!("  {waits}"));
    }
    line(format!("  → {}", told.said.next_step));
}
