//! `kasnec sandbox …`

use super::args::SandboxCommand;
use super::exit::{Exit, Failed};
use super::output::line;
use crate::sandbox::facebook::{Options, start};

/// Runs the stand-in until it is interrupted.
pub async fn run(command: &SandboxCommand) -> Result<Exit, Failed> {
    let SandboxCommand::Facebook { listen, record, state } = command;
    let options = Options {
        listen: *listen,
        record: record.clone(),
        state: state.clone(),
        ..Options::default()
    };
    let (page, app) = (options.page_id.clone(), options.app_id.clone());
    let running = start(options).await.map_err(|e| Failed::Outside(e.to_string()))?;
    line(format!("Facebook sandbox: {} (page {page}, app {app})", running.url()));
    super::serve::interrupted().await;
    running.shutdown().await;
    Ok(Exit::Done)
}
