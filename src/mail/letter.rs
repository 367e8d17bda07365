//! One mail: its text and its headers.

use std::time::SystemTime;

use chrono::{DateTime, Utc};
use lettre::Message;
use lettre::message::header::{HeaderName, HeaderValue, InReplyTo, References};
use lettre::message::{Mailbox, MultiPart};

use crate::item::Lang;

/// What goes into one mail.
pub struct Letter<'a> {
    /// Its Message-ID: the same whenever this mail is written.
    pub id: String,
    /// The Message-ID of the mail that said it first, for an update or a withdrawal.
    pub first: Option<&'a str>,
    /// Who writes.
    pub from: &'a Mailbox,
    /// To whom.
    pub to: &'a Mailbox,
    /// What it is about.
    pub subject: &'a str,
    /// What it says, as plain text.
    pub text: &'a str,
    /// The same as HTML.
    pub html: &'a str,
    /// When it was written.
    pub at: DateTime<Utc>,
    /// The list it belongs to (RFC 2919), if to any.
    pub list_id: Option<String>,
    /// The language it is in, where it is in one.
    pub language: Option<&'a Lang>,
}

/// Why a mail cannot be written.
#[derive(Debug, thiserror::Error)]
#[error("the mail cannot be written: {0}")]
pub struct BadLetter(pub String);

impl Letter<'_> {
    /// The mail as it goes over the wire.
    pub fn write(self) -> Result<Vec<u8>, BadLetter> {
        let mut message = Message::builder()
            .from(self.from.clone())
            .to(self.to.clone())
            .subject(one_line(self.subject))
            .date(SystemTime::from(self.at))
            .message_id(Some(self.id))
            // RFC 3834: nobody's holiday notice should answer.
            .raw_header(header("Auto-Submitted", "auto-generated"));
        if let Some(list) = self.list_id {
            message = message.raw_header(header("List-Id", &list));
        }
        if let Some(language) = self.language {
            message = message.raw_header(header("Content-Language", language.tag()));
        }
        if let Some(first) = self.first {
            message = message
                .header(InReplyTo::from(first.to_owned()))
                .header(References::from(first.to_owned()));
        }
        let texts = MultiPart::alternative_plain_html(self.text.to_owned(), self.html.to_owned());
        let message = message.multipart(texts).map_err(|error| BadLetter(error.to_string()))?;
        Ok(message.formatted())
    }
}

/// Whatever breaks a line would begin another header.
pub fn one_line(text: &str) -> String {
    let spaced: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    spaced.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn header(name: &'static str, value: &str) -> HeaderValue {
    HeaderValue::new(HeaderName::new_from_ascii_str(name), value.to_owned())
}
