//! `kasnec clock`: which time is in force, and a person's word on it.

use serde_json::json;

use super::args::{Cli, ClockArgs, ClockCommand};
use super::exit::{Exit, Failed};
use super::output::{self, line};
use super::session::Session;
use crate::acts::require;
use crate::clock::{Clock, SteadyClock};
use crate::keep::time;
use crate::store::rows::Role;

/// Runs the command.
pub async fn run(cli: &Cli, options: &ClockArgs) -> Result<Exit, Failed> {
    let session = Session::open_quietly(cli).await?;
    match &options.command {
        Some(ClockCommand::Trust) => trust(&session, cli.json).await,
        None => show(&session, cli.json).await,
    }
}

async fn show(session: &Session, as_json: bool) -> Result<Exit, Failed> {
    time::settle(&session.system).await;
    let clock: &SteadyClock = &session.clock;
    let (now, machine, doubt) = (clock.now(), clock.machine(), clock.doubt());
    let witnesses = clock.witnesses();
    if as_json {
        let said: Vec<_> = witnesses.iter().map(|w| json!({"name": w.name, "at": w.at})).collect();
        output::json(&json!({"in_force": now, "machine": machine, "witnesses": said, "doubt": doubt}));
    } else {
        line(format!("In force:    {}", shown(now)));
        line(format!("The machine: {}", shown(machine)));
        for witness in &witnesses {
            line(format!("{}: {}", witness.name, shown(witness.at)));
        }
        if witnesses.is_empty() {
            line("No other machine could be asked.");
        }
        match &doubt {
            Some(doubt) => line(format!("✗ {}\n  → {}", doubt.what(), doubt.next_step())),
            None => line("Nothing speaks against it."),
        }
    }
    Ok(if doubt.is_some() { Exit::NotWell } else { Exit::Done })
}

/// Who can move the hour of every notice must be allowed to.
async fn trust(session: &Session, as_json: bool) -> Result<Exit, Failed> {
    let person = session.person().await?;
    require(&person, Role::Administrator).map_err(Failed::Act)?;
    session
        .clock
        .trust()
        .map_err(|e| Failed::Outside(format!("that could not be written into the data folder: {e}")))?;
    let now = session.clock.now();
    if as_json {
        output::json(&json!({"in_force": now}));
    } else {
        line(format!(
            "The machine's clock is in force: {}. A Kasnec that runs takes it over within seconds.",
            shown(now)
        ));
    }
    Ok(Exit::Done)
}

fn shown(at: chrono::DateTime<chrono::Utc>) -> String {
    at.format("%Y-%m-%d %H:%M:%S UTC").to_string()
}
