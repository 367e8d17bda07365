//! `kasnec doctor`.

use std::sync::Arc;

use super::args::Cli;
use super::exit::{Exit, Failed};
use super::output::{self, line};
use super::session::{configuration, steady_clock};
use crate::keep::doctor::{Finding, Level, examine};

/// Runs the command.
pub async fn run(cli: &Cli) -> Result<Exit, Failed> {
    let (loaded, _) = configuration(cli)?;
    let found = examine(&loaded.settings, Arc::new(steady_clock(&loaded.settings))).await;
    if cli.json {
        output::json(&found);
    } else {
        print(&found);
    }
    let wrong = found.iter().any(|finding| finding.level == Level::Wrong);
    Ok(if wrong { Exit::NotWell } else { Exit::Done })
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
