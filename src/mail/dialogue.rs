//! The conversation with the mail server, stage by stage: what a broken one means depends on how far it had come.

use std::future::Future;
use std::time::Duration;

use lettre::Address;
use lettre::transport::smtp::Error;
use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::{AsyncSmtpConnection, TlsParameters};
use lettre::transport::smtp::commands::{Data, Mail, Rcpt};
use lettre::transport::smtp::extension::{ClientId, Extension, MailParameter};

use crate::receipt::FailureCode;

/// How the connection is kept from other eyes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Secrecy {
    /// Encrypted after the greeting; refused where the server cannot.
    StartTls,
    /// Encrypted from the first byte.
    Tls,
    /// In the open, for a server on the same machine or in the same building.
    None,
}

/// How far the conversation had come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// Reaching the server.
    Connection,
    /// Agreeing on encryption.
    Encryption,
    /// Saying who we are.
    SignIn,
    /// Naming the sender.
    Sender,
    /// Naming the recipient.
    Recipient,
    /// Announcing the text: none of it has gone out.
    Announcement,
    /// From here on the server may have the mail.
    Text,
}

/// Where and why it stopped.
#[derive(Debug)]
pub struct Stopped {
    /// How far it had come.
    pub stage: Stage,
    /// What the server said, or what broke.
    pub said: String,
    kind: Kind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// 5xx.
    Permanent,
    /// 4xx.
    Transient,
    /// We would not go on ourselves.
    OurRefusal,
    /// The connection broke, or nothing came.
    Broken,
}

/// What it means that the conversation stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Meaning {
    /// The server will not have us as we are: no mail goes until that is mended.
    Account,
    /// The server will not have this mail for this recipient.
    Refused,
    /// Nothing was handed over; it may be tried again.
    Later,
    /// The text went out, and whether it was taken is not known.
    Unknown,
}

/// A mail server and how to speak to it.
pub struct Server {
    /// Its name or address.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the connection is kept from other eyes.
    pub secrecy: Secrecy,
    /// Who signs in, if anybody does.
    pub login: Option<Login>,
    /// How long until the connection stands.
    pub connect: Duration,
    /// How long each stage may take.
    pub total: Duration,
}

/// Who signs in. It has no `Debug`: a password is not shown.
pub struct Login {
    /// The user name.
    pub username: String,
    /// The password.
    pub password: String,
}

impl Server {
    /// Hands one mail over to one recipient.
    pub async fn deliver(&self, from: &Address, to: &Address, text: &[u8]) -> Result<(), Stopped> {
        let mut line = self.open().await?;
        let parameters = utf8(&line, from, to);
        self.stage(Stage::Sender, line.command(Mail::new(Some(from.clone()), parameters)))
            .await?;
        self.stage(Stage::Recipient, line.command(Rcpt::new(to.clone(), vec![]))).await?;
        self.stage(Stage::Announcement, line.command(Data)).await?;
        self.stage(Stage::Text, line.message(text)).await?;
        self.close(line).await;
        Ok(())
    }

    /// Connects, encrypts and signs in, and nothing more.
    pub async fn greet(&self) -> Result<(), Stopped> {
        let line = self.open().await?;
        self.close(line).await;
        Ok(())
    }

    /// The server's name, for messages.
    pub fn name(&self) -> String {
        format!("{}:{}", self.host, self.port)
    }

    async fn open(&self) -> Result<AsyncSmtpConnection, Stopped> {
        let hello = ClientId::default();
        let server = (self.host.as_str(), self.port);
        let tls = match self.secrecy {
            Secrecy::Tls => Some(self.tls()?),
            Secrecy::StartTls | Secrecy::None => None,
        };
        let connected = AsyncSmtpConnection::connect_tokio1(server, Some(self.connect), &hello, tls, None);
        let mut line = self.stage(Stage::Connection, connected).await?;
        if self.secrecy == Secrecy::StartTls {
            if !line.can_starttls() {
                return Err(refused(Stage::Encryption, "the server does not offer STARTTLS"));
            }
            self.stage(Stage::Encryption, line.starttls(self.tls()?, &hello)).await?;
        }
        if let Some(Login { username, password }) = &self.login {
            let credentials = Credentials::new(username.clone(), password.clone());
            let mechanisms = [Mechanism::Plain, Mechanism::Login];
            if line.server_info().get_auth_mechanism(&mechanisms).is_none() {
                return Err(refused(Stage::SignIn, "the server offers neither AUTH PLAIN nor AUTH LOGIN"));
            }
            self.stage(Stage::SignIn, line.auth(&mechanisms, &credentials)).await?;
        }
        Ok(line)
    }

    /// The mail is handed over already; how the farewell goes changes nothing.
    async fn close(&self, mut line: AsyncSmtpConnection) {
        let _ = tokio::time::timeout(self.connect, line.quit()).await;
    }

    fn tls(&self) -> Result<TlsParameters, Stopped> {
        TlsParameters::new(self.host.clone()).map_err(|error| refused(Stage::Encryption, &error.to_string()))
    }

    async fn stage<T>(&self, stage: Stage, work: impl Future<Output = Result<T, Error>>) -> Result<T, Stopped> {
        match tokio::time::timeout(self.total, work).await {
            Ok(Ok(done)) => Ok(done),
            Ok(Err(error)) => Err(Stopped::by(stage, &error)),
            Err(_) => Err(Stopped {
                stage,
                said: format!("no answer within {} seconds", self.total.as_secs()),
                kind: Kind::Broken,
            }),
        }
    }
}

impl Secrecy {
    /// As the setting names it.
    pub fn named(name: &str) -> Option<Self> {
        match name {
            "starttls" => Some(Self::StartTls),
            "tls" => Some(Self::Tls),
            "none" => Some(Self::None),
            _ => None,
        }
    }
}

impl Stopped {
    fn by(stage: Stage, error: &Error) -> Self {
        let kind = if error.is_permanent() {
            Kind::Permanent
        } else if error.is_transient() {
            Kind::Transient
        } else {
            Kind::Broken
        };
        Self {
            stage,
            said: error.to_string(),
            kind,
        }
    }

    /// The server says no, and will say it again; or we would not go on.
    pub fn is_final(&self) -> bool {
        matches!(self.kind, Kind::Permanent | Kind::OurRefusal)
    }

    /// The other side answered at all.
    pub fn is_answer(&self) -> bool {
        self.kind != Kind::Broken
    }

    /// What it means for this mail, and for those after it.
    pub fn meaning(&self) -> Meaning {
        match self.stage {
            Stage::Encryption | Stage::SignIn | Stage::Sender if self.is_final() => Meaning::Account,
            Stage::Recipient | Stage::Announcement | Stage::Text if self.is_final() => Meaning::Refused,
            Stage::Text if !self.is_answer() => Meaning::Unknown,
            _ => Meaning::Later,
        }
    }

    /// Which failure that is.
    pub fn code(&self) -> FailureCode {
        match (self.stage, self.kind) {
            (Stage::Encryption, Kind::Permanent | Kind::OurRefusal) => FailureCode::NotConfigured,
            (Stage::SignIn, Kind::Permanent | Kind::OurRefusal) => FailureCode::NotSignedIn,
            (Stage::Sender, Kind::Permanent | Kind::OurRefusal) => FailureCode::NotAllowed,
            (Stage::Recipient | Stage::Announcement | Stage::Text, Kind::Permanent | Kind::OurRefusal) => FailureCode::ContentRefused,
            // One mailbox is full or busy, and the server says so: it does its work.
            (Stage::Recipient, Kind::Transient) => FailureCode::NotNow,
            (Stage::Text, Kind::Broken) => FailureCode::NoAnswer,
            (Stage::Connection | Stage::Encryption, _) | (_, Kind::Broken) => FailureCode::Unreachable,
            _ => FailureCode::RemoteBroken,
        }
    }

    /// What happened, in a sentence.
    pub fn what(&self) -> &'static str {
        match self.stage {
            Stage::Connection => "The mail server could not be reached.",
            Stage::Encryption => "The connection to the mail server could not be encrypted, so nothing was said over it.",
            Stage::SignIn => "The mail server does not accept the user name and password.",
            Stage::Sender => "The mail server does not take mail from this sender.",
            Stage::Recipient => "The mail server does not take mail for this recipient.",
            Stage::Announcement => "The mail server did not want to hear the text.",
            Stage::Text if self.is_answer() => "The mail server read the mail and did not take it.",
            Stage::Text => "The text went out to the mail server, but whether it took the mail is not known.",
        }
    }
}

fn refused(stage: Stage, said: &str) -> Stopped {
    Stopped {
        stage,
        said: said.to_owned(),
        kind: Kind::OurRefusal,
    }
}

/// RFC 6531: an address beyond ASCII has to be announced.
fn utf8(line: &AsyncSmtpConnection, from: &Address, to: &Address) -> Vec<MailParameter> {
    let beyond = [from, to].into_iter().any(|address| !address.to_string().is_ascii());
    let announced = beyond && line.server_info().supports_feature(Extension::SmtpUtfEight);
    announced.then_some(MailParameter::SmtpUtfEight).into_iter().collect()
}
