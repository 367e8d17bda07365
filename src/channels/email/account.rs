//! What an account's settings say: who writes to whom, and through which server.

use std::time::Duration;

use crate::channels::Account;
use crate::mail::{Login, Mailbox, Secrecy, Server};
use crate::receipt::{Failure, FailureCode};

/// Who writes to whom.
pub struct List {
    pub from: Mailbox,
    pub to: Vec<Mailbox>,
}

impl List {
    /// Reads the sender and the recipients.
    pub fn read(account: &Account) -> Result<Self, Failure> {
        let from = mailbox("from", account.setting("from"))?;
        let to = account
            .setting("recipients")
            .split(',')
            .map(str::trim)
            .filter(|one| !one.is_empty());
        let to = to.map(|one| mailbox("recipients", one)).collect::<Result<Vec<_>, _>>()?;
        if to.is_empty() {
            let what = "The setting \"recipients\" is empty: there is nobody to write to.";
            return Err(Failure::new(FailureCode::NotConfigured, what));
        }
        Ok(Self { from, to })
    }
}

/// Reads the server and how to speak to it.
pub fn server(account: &Account, connect: Duration, total: Duration) -> Result<Server, Failure> {
    let wrong = |what: String| Failure::new(FailureCode::NotConfigured, what);
    let host = account.setting("smtp_host").to_owned();
    if host.is_empty() {
        return Err(wrong(
            "The setting \"smtp_host\" is empty: there is no mail server to speak to.".to_owned(),
        ));
    }
    let port = account.setting("smtp_port");
    let port = port
        .parse()
        .map_err(|_| wrong(format!("The setting \"smtp_port\" is \"{port}\"; write a number, for example 587.")))?;
    let tls = account.setting("tls");
    let secrecy = Secrecy::named(tls).ok_or_else(|| wrong(format!("The setting \"tls\" is \"{tls}\"; write starttls, tls or none.")))?;
    let username = account.setting("username");
    let login = (!username.is_empty()).then(|| Login {
        username: username.to_owned(),
        password: account.secret("password").to_owned(),
    });
    Ok(Server {
        host,
        port,
        secrecy,
        login,
        connect,
        total,
    })
}

fn mailbox(setting: &str, text: &str) -> Result<Mailbox, Failure> {
    text.parse().map_err(|_| {
        let shown: String = text.chars().filter(|c| !c.is_control()).collect();
        let what = format!("The setting \"{setting}\" holds \"{shown}\", which is not an address; write for example redaksia@example.org.");
        Failure::new(FailureCode::NotConfigured, what)
    })
}
