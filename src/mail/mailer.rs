//! The office's own mail: a note to one person, and what becomes of it.

use chrono::{DateTime, Utc};
use lettre::message::Mailbox;

use super::dialogue::{Meaning, Server, Stopped};
use super::letter::{BadLetter, Letter, one_line};
use crate::item::Lang;
use crate::receipt::{Failure, FailureCode, Scrub};

/// One letter to one person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// Its Message-ID, by [`Mailer::message_id`]: the same whenever this note is sent, so that mailboxes know a second copy.
    pub message_id: String,
    /// The address, with or without a name.
    pub to: String,
    /// What it is about.
    pub subject: String,
    /// What it says, as plain text.
    pub text: String,
    /// The same as HTML.
    pub html: String,
    /// When it was written.
    pub at: DateTime<Utc>,
    /// The language it is in.
    pub lang: Lang,
}

/// Why a note was not handed over.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MailFailure {
    /// For good: the server will not have this note for this address.
    #[error("{} {} {}", .0.what, self.means(), self.next_step())]
    Refused(Failure),
    /// The server will not have us as we are; this note may go once that is mended.
    #[error("{} {} {}", .0.what, self.means(), self.next_step())]
    Account(Failure),
    /// For now: nothing was handed over.
    #[error("{} {} {}", .0.what, self.means(), self.next_step())]
    Later(Failure),
    /// The text went out and its answer was lost: the note may be in the mailbox.
    #[error("{} {} {}", .0.what, self.means(), self.next_step())]
    Unknown(Failure),
}

/// A text that is no address.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("\"{0}\" is not an e-mail address; write for example zyra@example.org, or Zyra <zyra@example.org>")]
pub struct BadAddress(pub String);

/// Sends notes in the name of one sender, through one server.
pub struct Mailer {
    server: Server,
    from: Mailbox,
    scrub: Scrub,
}

impl Mailer {
    /// A mailer; it connects anew for each note.
    pub fn new(server: Server, from: &str) -> Result<Self, BadAddress> {
        let scrub = Scrub::of(server.login.iter().map(|login| &login.password));
        Ok(Self {
            from: mailbox(from)?,
            server,
            scrub,
        })
    }

    /// Hands a note over to the server.
    pub async fn send(&self, note: &Note) -> Result<(), MailFailure> {
        let refused = |what: String| MailFailure::Refused(Failure::new(FailureCode::ContentRefused, what));
        let to = mailbox(&note.to).map_err(|error| refused(format!("The address {error}.")))?;
        let letter = Letter {
            id: one_line(&note.message_id),
            first: None,
            from: &self.from,
            to: &to,
            subject: &note.subject,
            text: &note.text,
            html: &note.html,
            at: note.at,
            list_id: None,
            language: Some(&note.lang),
        };
        let text = letter
            .write()
            .map_err(|BadLetter(why)| refused(format!("The note cannot be written: {why}.")))?;
        let sent = self.server.deliver(&self.from.email, &to.email, &text).await;
        sent.map_err(|stopped| self.failure(&stopped))
    }

    /// Connects, encrypts and signs in, and sends nothing.
    pub async fn greet(&self) -> Result<(), MailFailure> {
        self.server.greet().await.map_err(|stopped| self.failure(&stopped))
    }

    /// A Message-ID with the sender's domain; `name` tells this note from every other of the office: letters, digits, `-` and `.`.
    pub fn message_id(&self, name: &str) -> String {
        format!("<kasnec-{name}@{}>", self.from.email.domain())
    }

    /// The server's name and port, for messages.
    pub fn server(&self) -> String {
        self.server.name()
    }

    /// The sender.
    pub fn from(&self) -> &Mailbox {
        &self.from
    }

    fn failure(&self, stopped: &Stopped) -> MailFailure {
        let failure = Failure::new(stopped.code(), stopped.what()).with_evidence(&self.scrub.clean(&stopped.said));
        match stopped.meaning() {
            Meaning::Account => MailFailure::Account(failure),
            Meaning::Refused => MailFailure::Refused(failure),
            Meaning::Later => MailFailure::Later(failure),
            Meaning::Unknown => MailFailure::Unknown(failure),
        }
    }
}

impl MailFailure {
    /// What happened, with what the server said.
    pub fn failure(&self) -> &Failure {
        match self {
            Self::Refused(failure) | Self::Account(failure) | Self::Later(failure) | Self::Unknown(failure) => failure,
        }
    }

    /// Whether this note must not be sent again, whatever is mended elsewhere.
    pub fn is_final(&self) -> bool {
        matches!(self, Self::Refused(_) | Self::Unknown(_))
    }

    /// What it means for the note.
    pub fn means(&self) -> &'static str {
        match self {
            Self::Refused(_) => "It does not arrive, however often it is sent.",
            Self::Account(_) => "No mail of the office goes out until this is mended.",
            Self::Later(_) => "Nothing was sent; the same note can be sent again.",
            Self::Unknown(_) => "It may have arrived.",
        }
    }

    /// What a person should do.
    pub fn next_step(&self) -> &'static str {
        match self {
            Self::Refused(_) => "Correct the address in kasnec.toml, or ask the mail server's administrator why it refuses.",
            Self::Account(_) => {
                "Look at [offices.ID.mail] in kasnec.toml, enter the password with `kasnec mail connect`, then run `kasnec mail check`."
            }
            Self::Later(_) => {
                "A warning is tried again by itself. If it stays so, look at smtp_host, smtp_port and tls in kasnec.toml, or ask the mail server's administrator."
            }
            Self::Unknown(_) => "Ask the recipient, if it matters.",
        }
    }
}

/// Reads an address, with or without a name.
pub fn mailbox(text: &str) -> Result<Mailbox, BadAddress> {
    text.parse()
        .map_err(|_| BadAddress(text.chars().filter(|c| !c.is_control()).take(200).collect()))
}
