//! The office's own mailer, with its password opened.

use std::time::Duration;

use super::{StartError, System, secret_place};
use crate::mail::{Login, MailFailure, Mailer, Secrecy, Server};
use crate::receipt::{Failure, FailureCode};
use crate::settings::{Encryption, MailSettings};

/// The name under which the mail server's password is kept: no account can have it.
const ACCOUNT: &str = "@mail";
const PASSWORD: &str = "password";

impl System {
    /// The mailer of an office that has the mail server `mail`, with the password as it is at this moment.
    pub async fn mailer(&self, office: &str, mail: &MailSettings) -> Result<Mailer, MailFailure> {
        let login = match &mail.username {
            Some(username) => Some(Login {
                username: username.clone(),
                password: self.password(office, username).await?,
            }),
            None => None,
        };
        Mailer::new(self.server(mail, login), &mail.from).map_err(|error| not_set_up(error.to_string()))
    }

    /// Whether the password of an office's mail server has been entered.
    pub async fn has_mail_password(&self, office: &str) -> Result<bool, StartError> {
        Ok(self.store.secrets(office, ACCOUNT).await?.contains_key(PASSWORD))
    }

    /// Seals and keeps the password of an office's mail server.
    pub async fn put_mail_password(&self, office: &str, password: &str) -> Result<(), StartError> {
        self.put_secret(office, ACCOUNT, PASSWORD, password).await
    }

    async fn password(&self, office: &str, username: &str) -> Result<String, MailFailure> {
        let sealed = self.store.secrets(office, ACCOUNT).await;
        let sealed = sealed.map_err(|error| MailFailure::Later(Failure::new(FailureCode::Storage, error.to_string())))?;
        let sealed = sealed
            .get(PASSWORD)
            .ok_or_else(|| not_set_up(format!("The password of {username} at the mail server is missing.")))?;
        let opened = self.vault.open_secret(&secret_place(office, ACCOUNT, PASSWORD), sealed);
        opened.map_err(|error| not_set_up(error.to_string()))
    }

    fn server(&self, mail: &MailSettings, login: Option<Login>) -> Server {
        let seconds = |count: u32| Duration::from_secs(u64::from(count));
        Server {
            host: mail.smtp_host.clone(),
            port: mail.smtp_port,
            secrecy: match mail.tls {
                Encryption::StartTls => Secrecy::StartTls,
                Encryption::Tls => Secrecy::Tls,
                Encryption::None => Secrecy::None,
            },
            login,
            connect: seconds(self.settings.http.connect_seconds),
            total: seconds(self.settings.http.total_seconds),
        }
    }
}

fn not_set_up(what: String) -> MailFailure {
    MailFailure::Account(Failure::new(FailureCode::NotConfigured, what))
}
