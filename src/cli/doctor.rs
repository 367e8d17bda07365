//! `kasnec doctor`.

use std::sync::Arc;

use super::args::Cli;
use super::exit::{Exit, Failed};
use super::output::{self, line};
use super::session::{configuration, steady_clock};
use crate::alarm::{current, said};
use crate::clock::Clock;
use crate::keep::doctor::{Finding, Level, examine};
use crate::register::Speaker;
use crate::settings::Settings;
use crate::system::System;

/// Runs the command.
pub async fn run(cli: &Cli) -> Result<Exit, Failed> {
    let (loaded, _) = configuration(cli)?;
    let clock = Arc::new(steady_clock(&loaded.settings));
    let mut found = examine(&loaded.settings, clock.clone()).await;
    // Where the store could not be asked, the doctor has said so already.
    if found.iter().any(|finding| finding.check == "queue") {
        found.extend(alarms(&loaded.settings, clock).await);
        found.sort_by_key(|finding| finding.level);
    }
    if cli.json {
        output::json(&found);
    } else {
        print(&found);
    }
    let wrong = found.iter().any(|finding| finding.level == Level::Wrong);
    Ok(if wrong { Exit::NotWell } else { Exit::Done })
}

/// What the watchdog would say at this moment.
async fn alarms(settings: &Settings, clock: Arc<dyn Clock>) -> Vec<Finding> {
    let Ok(system) = System::open(settings.clone(), clock).await else {
        return vec![];
    };
    let mut found = Vec::new();
    for config in system.offices.values() {
        let Some(lang) = "en".parse().ok() else { continue };
        let speaker = Speaker::new(&system, config, lang);
        for shown in current(&system, config).await.unwrap_or_default() {
            let said = said(&speaker, &shown.cause);
            let what = [Some(said.what), said.waits].into_iter().flatten().collect::<Vec<_>>().join(" ");
            let cause = &shown.cause;
            let machine = if cause.machine.is_empty() {
                String::new()
            } else {
                format!(" on {}", cause.machine)
            };
            found.push(Finding::wrong(format!("alarm {}{machine}", cause.kind), what, said.next_step));
        }
    }
    system.store.close().await;
    found
}

fn print(found: &[Finding]) {
    for finding in found {
        let sign = match finding.level {
            Level::Wrong => "✗ wrong  ",
            Level::Warning => "! warning",
            Level::Ok => "✓ ok     ",
        };
        line(format!("{sign} {}: {}", finding.check, finding.what));
        if let Some(next) = &finding.next_step {
            line(format!("            → {next}"));
        }
    }
}
