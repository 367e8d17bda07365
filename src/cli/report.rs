//! `kasnec report`: the transparency report, as a page, a document, a spreadsheet or JSON.

use std::io::Write;
use std::path::Path;

use super::args::{Cli, ReportArgs};
use super::exit::{Exit, Failed};
use super::language::spoken;
use super::output::line;
use super::session::Session;
use crate::register;
use crate::register::report::write;

/// Runs the command.
pub async fn run(cli: &Cli, args: &ReportArgs) -> Result<Exit, Failed> {
    let session = Session::open(cli).await?;
    let lang = match &args.lang {
        Some(lang) => spoken(lang)?,
        None => session.lang().await?,
    };
    let report = register::report(&session.system, session.office()?, args.from, args.to, &lang).await?;
    let bytes = write(&report, args.format, &lang).map_err(|error| Failed::Outside(error.to_string()))?;
    put(&args.out, &bytes)
}

fn put(out: &Path, bytes: &[u8]) -> Result<Exit, Failed> {
    if out == Path::new("-") {
        // A closed pipe is no failure.
        let _ = std::io::stdout().write_all(bytes);
        return Ok(Exit::Done);
    }
    std::fs::write(out, bytes).map_err(|error| Failed::Outside(format!("{} cannot be written: {error}", out.display())))?;
    line(format!("{}: {} bytes", out.display(), bytes.len()));
    Ok(Exit::Done)
}
