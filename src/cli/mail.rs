//! `kasnec mail …`

use serde_json::json;

use super::args::{Cli, MailCommand};
use super::exit::{Exit, Failed};
use super::output::{self, line};
use super::secret::ask;
use super::session::Session;
use crate::item::Lang;
use crate::mail::{MailFailure, Mailer, Note, mailbox};
use crate::render::escape_html;
use crate::render::words::word;
use crate::settings::MailSettings;
use crate::store::rows::Role;
use crate::system::OfficeConfig;

/// Runs the command.
pub async fn run(cli: &Cli, command: &MailCommand) -> Result<Exit, Failed> {
    let session = Session::open(cli).await?;
    match command {
        MailCommand::Connect => connect(cli, &session).await,
        MailCommand::Check => check(cli, &session).await,
        MailCommand::Test { address } => test(cli, &session, address).await,
    }
}

async fn connect(cli: &Cli, session: &Session) -> Result<Exit, Failed> {
    session.person_with(Role::Administrator).await?;
    let office = session.office()?;
    let mail = server(office)?;
    let id = &office.office.id;
    if let Some(username) = &mail.username {
        let known = session.system.has_mail_password(id).await?;
        let keep = if known { " (empty to keep the present one)" } else { "" };
        let password = ask(&format!("Password of {username} at {}{keep}: ", mail.smtp_host))?;
        if !password.is_empty() {
            session.system.put_mail_password(id, &password).await?;
        }
    } else if !cli.json {
        line("No password is needed: [mail] names no username.");
    }
    check(cli, session).await
}

async fn check(cli: &Cli, session: &Session) -> Result<Exit, Failed> {
    let office = session.office()?;
    let outcome = greeted(session, office, server(office)?).await;
    let silent = without_address(office);
    if cli.json {
        let wrong: Vec<_> = outcome.as_ref().err().map(told).into_iter().collect();
        output::json(&json!({"fine": outcome.as_deref().unwrap_or_default(), "wrong": wrong, "without_address": silent}));
    } else {
        print(&outcome, &silent);
    }
    Ok(if outcome.is_ok() { Exit::Done } else { Exit::NotWell })
}

/// Sends a letter that asks for nothing, in the language of whom it goes to.
async fn test(cli: &Cli, session: &Session, address: &str) -> Result<Exit, Failed> {
    session.person_with(Role::Administrator).await?;
    let office = session.office()?;
    mailbox(address).map_err(|error| Failed::Input(error.to_string()))?;
    let mailer = session.system.mailer(&office.office.id, server(office)?).await;
    let mailer = mailer.map_err(|failure| failed(&failure))?;
    let note = letter(session, office, &mailer, address)?;
    mailer.send(&note).await.map_err(|failure| failed(&failure))?;
    if cli.json {
        output::json(&json!({"to": address, "server": mailer.server(), "message_id": note.message_id}));
    } else {
        line(format!(
            "{} has taken a letter to {address}. Look into that mailbox.",
            mailer.server()
        ));
    }
    Ok(Exit::Done)
}

/// What the office says of its mail server.
fn server(office: &OfficeConfig) -> Result<&MailSettings, Failed> {
    office.settings.mail.as_ref().ok_or_else(|| {
        Failed::Input(format!(
            "the office \"{0}\" has no mail server; write [offices.{0}.mail] with smtp_host and from in kasnec.toml",
            office.office.id
        ))
    })
}

async fn greeted(session: &Session, office: &OfficeConfig, mail: &MailSettings) -> Result<Vec<String>, MailFailure> {
    let mailer = session.system.mailer(&office.office.id, mail).await?;
    mailer.greet().await?;
    let signed_in = match &mail.username {
        Some(username) => format!("takes the password of {username}"),
        None => "asks for no password".to_owned(),
    };
    Ok(vec![
        format!("{} answers and {signed_in}.", mailer.server()),
        format!("Letters go out as {}.", mailer.from()),
    ])
}

/// The units that no letter can reach.
fn without_address(office: &OfficeConfig) -> Vec<&str> {
    let units = office.settings.units.iter().filter(|(_, unit)| unit.email.is_none());
    units.map(|(key, _)| key.as_str()).collect()
}

fn print(outcome: &Result<Vec<String>, MailFailure>, silent: &[&str]) {
    match outcome {
        Ok(fine) => fine.iter().for_each(|fine| line(format!("✓ {fine}"))),
        Err(wrong) => {
            line(format!("✗ {}", wrong.failure().what));
            if let Some(said) = &wrong.failure().evidence {
                line(format!("  It was said: {said}"));
            }
            line(format!("  {}\n  {}", wrong.means(), wrong.next_step()));
        }
    }
    if !silent.is_empty() {
        line(format!(
            "· No letter reaches these units, which have no address of their own: {}.",
            silent.join(", ")
        ));
    }
}

fn told(wrong: &MailFailure) -> serde_json::Value {
    json!({"failure": wrong.failure(), "means": wrong.means(), "next_step": wrong.next_step()})
}

fn failed(failure: &MailFailure) -> Failed {
    let said = failure.failure().evidence.as_ref();
    let said = said.map(|said| format!(" It was said: {said}")).unwrap_or_default();
    Failed::Outside(format!("{failure}{said}"))
}

fn letter(session: &Session, office: &OfficeConfig, mailer: &Mailer, to: &str) -> Result<Note, Failed> {
    let languages = &office.office.languages;
    let lang = language_of(office, to)
        .or(languages.first())
        .ok_or_else(|| Failed::Input("the office has no language".to_owned()))?;
    let name = office.office.name.get(lang, languages).map_or("", String::as_str);
    let text = word(lang.as_str(), "mail-test-text", &[("office", name)]);
    let at = session.system.clock.now();
    Ok(Note {
        message_id: mailer.message_id(&format!("test-{}", at.timestamp_micros())),
        to: to.to_owned(),
        subject: word(lang.as_str(), "mail-test-subject", &[]),
        html: format!("<p>{}</p>\n", escape_html(&text)),
        text: format!("{text}\n"),
        at,
        lang: lang.clone(),
    })
}

fn language_of<'a>(office: &'a OfficeConfig, address: &str) -> Option<&'a Lang> {
    let mut units = office.settings.units.values();
    let reads = |given: &Option<String>| given.as_deref() == Some(address);
    units.find(|unit| reads(&unit.email) || reads(&unit.head))?.lang.as_ref()
}
