//! `kasnec config …`

use serde_json::json;

use super::args::{Cli, ConfigCommand};
use super::exit::{Exit, Failed};
use super::output::{self, line, table};
use super::session::configuration;
use crate::system::Data;

/// Runs the command.
pub fn run(cli: &Cli, command: &ConfigCommand) -> Result<Exit, Failed> {
    match command {
        ConfigCommand::Check => check(cli),
    }
}

/// Reads everything a start would read, and says where each value came from.
fn check(cli: &Cli) -> Result<Exit, Failed> {
    let (loaded, _) = configuration(cli)?;
    let data = Data::read(&loaded.settings)?;
    if cli.json {
        let values: Vec<_> = loaded
            .origins
            .iter()
            .map(|(key, value, origin)| json!({"key": key, "value": value, "origin": origin}))
            .collect();
        output::json(&values);
        return Ok(Exit::Done);
    }
    let rows = loaded
        .origins
        .iter()
        .map(|(key, value, origin)| vec![key.clone(), value.clone(), origin.clone()]);
    table(&["key", "value", "from"], rows.collect(), "");
    line(format!(
        "The configuration is sound. Offices: {}; channels: {}; kinds: {}.",
        data.offices.len(),
        data.manifests.len(),
        data.kinds.names().count()
    ));
    Ok(Exit::Done)
}
