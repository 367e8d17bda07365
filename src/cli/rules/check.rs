//! `kasnec rules check`: every fault of the rules, or a summary and what the offices lack.

use serde_json::json;

use super::lacks::{Lack, lacks};
use crate::cli::args::Cli;
use crate::cli::exit::{Exit, Failed};
use crate::cli::output::{self, line, table};
use crate::cli::session::configuration;
use crate::clock::{Clock, SystemClock};
use crate::item::Problem;
use crate::rules::{Calendar, Rules, Status, Written};
use crate::system::{Data, StartError};

/// Reads everything a start would read.
pub fn run(cli: &Cli) -> Result<Exit, Failed> {
    let (loaded, _) = configuration(cli)?;
    let data = match Data::read(&loaded.settings) {
        Err(StartError::Rules(bad)) => return Ok(faults(cli, &bad.0.0)),
        read => read?,
    };
    let now = SystemClock.now();
    let lacks: Vec<Lack> = data.offices.values().flat_map(|office| lacks(office, &data, now)).collect();
    if cli.json {
        output::json(&json!({"faults": [], "plans": plans_told(&data.rules), "calendars": calendars_told(&data.rules), "lacks": lacks}));
        return Ok(Exit::Done);
    }
    print(&data.rules);
    for lack in &lacks {
        line(format!("! {lack}"));
    }
    line(match lacks.len() {
        0 => "The rules are sound, and the offices have what they ask for.".to_owned(),
        1 => "The rules are sound; the office lacks one thing that they ask for.".to_owned(),
        several => format!("The rules are sound; the offices lack {several} things that they ask for."),
    });
    Ok(Exit::Done)
}

fn faults(cli: &Cli, faults: &[Problem]) -> Exit {
    if cli.json {
        output::json(&json!({"faults": faults}));
    } else {
        for fault in faults {
            line(fault.to_string());
        }
        let files: std::collections::BTreeSet<&str> = faults.iter().map(|fault| fault.source.as_str()).collect();
        line(format!(
            "Faults: {} in {}. Nothing starts with these rules; those in force stay until the next start.",
            faults.len(),
            files.into_iter().collect::<Vec<_>>().join(", ")
        ));
    }
    Exit::Refused
}

fn print(rules: &Rules) {
    let rows = rules.plans().map(|plan| {
        vec![
            plan.head.id.clone(),
            plan.rules.len().to_string(),
            plan.principles.len().to_string(),
            plan.head.calendar.clone().unwrap_or_else(|| "–".to_owned()),
            format!("rules/{}", plan.file),
        ]
    });
    table(
        &["plan", "rules", "principles", "calendar", "file"],
        rows.collect(),
        "there are no plans",
    );
    let rows = rules.calendars().map(|(id, calendar)| vec![id.to_owned(), years(calendar)]);
    table(&["calendar", "years"], rows.collect(), "there are no calendars");
}

/// `2025 official, 2026 computed (2 days estimated)`.
fn years(calendar: &Calendar) -> String {
    let year = |written: Written| {
        let status = match written.status {
            Status::Official => "official",
            Status::Computed => "computed",
        };
        match written.estimated {
            0 => format!("{} {status}", written.year),
            1 => format!("{} {status} (1 day estimated)", written.year),
            days => format!("{} {status} ({days} days estimated)", written.year),
        }
    };
    calendar.written().map(year).collect::<Vec<_>>().join(", ")
}

fn plans_told(rules: &Rules) -> Vec<serde_json::Value> {
    let told = rules.plans().map(|plan| {
        json!({"id": plan.head.id, "title": plan.head.title, "rules": plan.rules.len(), "principles": plan.principles.len(),
               "calendar": plan.head.calendar, "file": plan.file})
    });
    told.collect()
}

fn calendars_told(rules: &Rules) -> Vec<serde_json::Value> {
    let told = rules
        .calendars()
        .map(|(id, calendar)| json!({"id": id, "years": calendar.written().collect::<Vec<_>>()}));
    told.collect()
}
