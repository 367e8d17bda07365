//! The command line: everything the office can do, for people as tables and for programs as JSON.

mod alarms;
mod args;
mod channel;
mod clock;
mod config;
mod delivery;
mod doctor;
mod due;
mod exit;
mod input;
mod item;
mod keep;
mod language;
mod ledger;
mod mail;
mod output;
mod people;
mod report;
mod rules;
mod sample;
mod sandbox;
mod secret;
mod serve;
mod session;
mod warnings;

use clap::Parser;

pub use exit::Exit;

/// Runs the program's command line and gives its exit code.
pub async fn run() -> Exit {
    let command = args::Cli::parse();
    let json = command.json;
    match dispatch(command).await {
        Ok(exit) => exit,
        Err(failure) => {
            output::failure(&failure, json);
            failure.exit()
        }
    }
}

async fn dispatch(cli: args::Cli) -> Result<Exit, exit::Failed> {
    use args::Command;
    match &cli.command {
        Command::Serve(options) => serve::serve(&cli, options).await,
        Command::Worker => serve::worker(&cli).await,
        Command::Sandbox(options) => sandbox::run(options).await,
        Command::Report(options) => report::run(&cli, options).await,
        Command::Alarms => alarms::run(&cli).await,
        Command::Warnings(options) => warnings::run(&cli, options).await,
        Command::Config(command) => config::run(&cli, command),
        Command::Item(command) => item::run(&cli, command).await,
        Command::Due(options) => due::run(&cli, options).await,
        Command::Delivery(command) => delivery::run(&cli, command).await,
        Command::Ledger(command) => ledger::run(&cli, command).await,
        Command::Proof(options) => ledger::prove(&cli, options).await,
        Command::User(command) => people::users(&cli, command).await,
        Command::Token(command) => people::tokens(&cli, command).await,
        Command::Channel(command) => channel::run(&cli, command).await,
        Command::Rules(command) => rules::run(&cli, command).await,
        Command::Backup(options) => keep::backup(&cli, options).await,
        Command::Restore(options) => keep::restore(&cli, options).await,
        Command::Clock(options) => clock::run(&cli, options).await,
        Command::Doctor => doctor::run(&cli).await,
        Command::Mail(command) => mail::run(&cli, command).await,
    }
}
