//! `kasnec channel …`

use chrono_tz::Tz;
use serde_json::json;

use super::args::{ChannelCommand, Cli};
use super::exit::{Exit, Failed};
use super::output::{self, deadline, line, table, when};
use super::secret::ask;
use super::session::Session;
use crate::channels::Check;
use crate::connect;
use crate::manifest::{Manifest, Secret};
use crate::receipt::Failure;
use crate::store::circuit::Circuit;
use crate::store::rows::{AccountRow, AccountState, Role};

/// Runs the command.
pub async fn run(cli: &Cli, command: &ChannelCommand) -> Result<Exit, Failed> {
    let session = Session::open(cli).await?;
    match command {
        ChannelCommand::List => list(cli, &session).await,
        ChannelCommand::Check { channel } => check(cli, &session, channel.as_deref()).await,
        ChannelCommand::Connect { channel, secret } => connect(cli, &session, channel, secret).await,
    }
}

async fn list(cli: &Cli, session: &Session) -> Result<Exit, Failed> {
    let office = &session.office()?.office;
    let accounts = session.system.store.accounts(&office.id).await?;
    if cli.json {
        output::json(&accounts);
        return Ok(Exit::Done);
    }
    let mut rows = Vec::new();
    for account in &accounts {
        let nearest = session.system.store.nearest_deadline(account.id).await?;
        let waits = (account.not_before > session.system.clock.now()).then(|| when(account.not_before, office.zone));
        let why = account
            .failure
            .as_ref()
            .map(|f| f.what.clone())
            .or_else(|| account.circuit.as_ref().map(|circuit| out(circuit, office.zone)))
            .or(waits.map(|until| format!("waits until {until}")))
            .unwrap_or_default();
        rows.push(vec![
            account.name.clone(),
            account.channel.clone(),
            state(account),
            deadline(nearest, office.zone),
            why,
        ]);
    }
    table(
        &["account", "channel", "state", "nearest deadline", ""],
        rows,
        "no accounts; write [offices.ID.accounts.NAME] in kasnec.toml",
    );
    Ok(Exit::Done)
}

/// Whether it may be used, and whether it can.
fn state(account: &AccountRow) -> String {
    match (account.state, &account.circuit) {
        (AccountState::Open, Some(_)) => "unreachable".to_owned(),
        (state, _) => state.to_string(),
    }
}

fn out(circuit: &Circuit, zone: Tz) -> String {
    let why = circuit.failure.as_ref().map(|failure| failure.what.as_str()).unwrap_or_default();
    format!(
        "{why} Since {}; tried again at {}, then everything waiting goes out.",
        when(circuit.opened_at, zone),
        when(circuit.probe_at, zone)
    )
}

async fn check(cli: &Cli, session: &Session, only: Option<&str>) -> Result<Exit, Failed> {
    let mut exit = Exit::Done;
    let mut results = serde_json::Map::new();
    for account in accounts(session, only).await? {
        let check = check_account(session, &account).await?;
        if !check.wrong.is_empty() {
            exit = Exit::NotWell;
        }
        if cli.json {
            results.insert(account.name.clone(), json!(check));
        } else {
            print_check(&account, &check);
        }
    }
    if cli.json {
        output::json(&results);
    }
    Ok(exit)
}

/// Asks the remote; a paused account that is well again is opened.
async fn check_account(session: &Session, account: &AccountRow) -> Result<Check, Failed> {
    let check = match session.system.driver(account).await {
        Ok(driver) => driver.check().await,
        Err(failure) => Check {
            fine: vec![],
            wrong: vec![failure],
        },
    };
    if check.wrong.is_empty() && account.state == AccountState::Paused {
        let person = session.person_with(Role::Administrator).await?;
        session
            .system
            .store
            .reopen_account(&account.office, &account.name, &person.login)
            .await?;
    } else if check.wrong.is_empty() && account.circuit.is_some() {
        session.system.store.close_circuit(account.id, "channel check").await?;
    }
    Ok(check)
}

fn print_check(account: &AccountRow, check: &Check) {
    line(format!("{} ({})", account.name, account.channel));
    for fine in &check.fine {
        line(format!("  ✓ {fine}"));
    }
    for wrong in &check.wrong {
        print_failure(wrong);
    }
}

fn print_failure(failure: &Failure) {
    line(format!(
        "  ✗ {}\n    {}\n    {}",
        failure.what,
        failure.code.means(),
        failure.code.next_step()
    ));
}

async fn accounts(session: &Session, only: Option<&str>) -> Result<Vec<AccountRow>, Failed> {
    let office = session.office()?;
    let all = session.system.store.accounts(&office.office.id).await?;
    let Some(only) = only else { return Ok(all) };
    let names = all.iter().map(|a| a.name.clone()).collect::<Vec<_>>().join(", ");
    let found: Vec<AccountRow> = all.into_iter().filter(|a| a.name == only).collect();
    if found.is_empty() {
        Err(crate::acts::ActError::UnknownAccount(only.to_owned(), names).into())
    } else {
        Ok(found)
    }
}

async fn connect(cli: &Cli, session: &Session, name: &str, only: &[String]) -> Result<Exit, Failed> {
    session.person_with(Role::Administrator).await?;
    let config = session.office()?;
    accounts(session, Some(name)).await?;
    let manifest = config
        .manifests
        .get(name)
        .ok_or_else(|| Failed::Input(format!("the account \"{name}\" is not configured")))?;
    if manifest.secrets.is_empty() {
        line(format!("{name} needs no credentials"));
        return check(cli, session, Some(name)).await;
    }
    let known = session
        .system
        .account(&config.office.id, name, manifest)
        .await
        .map_err(|f| Failed::Outside(f.to_string()))?;
    for secret in asked_for(manifest, only)? {
        ask_secret(session, name, secret, &manifest.secrets[secret], !known.secret(secret).is_empty()).await?;
    }
    if manifest.oauth.is_some() && only.is_empty() {
        connect_in_browser(session, name, manifest).await?;
    }
    check(cli, session, Some(name)).await
}

/// The secrets to be entered: those named, else all but the one that the browser brings.
fn asked_for<'a>(manifest: &'a Manifest, only: &'a [String]) -> Result<Vec<&'a str>, Failed> {
    if let Some(unknown) = only.iter().find(|name| !manifest.secrets.contains_key(*name)) {
        let known = manifest.secrets.keys().cloned().collect::<Vec<_>>().join(", ");
        return Err(Failed::Input(format!("the channel has no secret \"{unknown}\"; it has: {known}")));
    }
    if !only.is_empty() {
        return Ok(only.iter().map(String::as_str).collect());
    }
    let granted = manifest.oauth.as_ref().map(|oauth| oauth.store_as.as_str());
    Ok(manifest
        .secrets
        .keys()
        .map(String::as_str)
        .filter(|secret| Some(*secret) != granted)
        .collect())
}

async fn ask_secret(session: &Session, account: &str, secret: &str, described: &Secret, known: bool) -> Result<(), Failed> {
    let office = &session.office()?.office;
    let label = office
        .languages
        .first()
        .and_then(|lead| described.label.get(lead, &office.languages))
        .map_or(secret, String::as_str);
    if let Some(help) = &described.help {
        line(help);
    }
    let keep = if known { ", empty to keep the present one" } else { "" };
    let value = ask(&format!("{label} ({secret}{keep}): "))?;
    if !value.is_empty() {
        session.system.put_secret(&office.id, account, secret, &value).await?;
    }
    Ok(())
}

async fn connect_in_browser(session: &Session, name: &str, manifest: &Manifest) -> Result<(), Failed> {
    let office = &session.office()?.office;
    let known = session
        .system
        .account(&office.id, name, manifest)
        .await
        .map_err(|f| Failed::Outside(f.to_string()))?;
    let account = connect::Account {
        settings: &known.settings,
        secrets: &known.secrets,
        listen: connect::Listen::default(),
    };
    let open = |url: &str| line(format!("Open this address in your browser and agree there:\n\n  {url}\n"));
    let connected = connect::connect(manifest, &account, &session.system.http, &session.system.renderer(), open).await;
    let connected = connected.map_err(|e| Failed::Outside(e.to_string()))?;
    session
        .system
        .put_secret(&office.id, name, &connected.stored_as, &connected.token)
        .await?;
    connected.notes.iter().for_each(line);
    Ok(())
}
