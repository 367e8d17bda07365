//! One mail: its text and its headers.

use std::time::SystemTime;

use chrono::{DateTime, Utc};
use lettre::Message;
use lettre::message::header::{Header, HeaderName, HeaderValue, InReplyTo, References};
use lettre::message::{Mailbox, MultiPart};

use crate::receipt::{Failure, FailureCode};
use crate::render::Post;

/// What goes into one mail.
pub struct Letter<'a> {
    /// Its Message-ID: the same whenever this mail is written.
    pub id: String,
    /// The Message-ID of the mail that said it first, for an update or a withdrawal.
    pub first: Option<&'a str>,
    pub from: &'a Mailbox,
    pub to: &'a Mailbox,
    pub office: &'a str,
    pub office_name: &'a str,
    pub post: &'a Post,
    pub at: DateTime<Utc>,
}

impl Letter<'_> {
    /// The mail as it goes over the wire.
    pub fn write(self) -> Result<Vec<u8>, Failure> {
        let texts = MultiPart::alternative_plain_html(self.post.part("text").to_owned(), self.post.part("html").to_owned());
        let mut message = Message::builder()
            .from(self.from.clone())
            .to(self.to.clone())
            .subject(one_line(self.post.part("subject")))
            .date(SystemTime::from(self.at))
            .message_id(Some(self.id.clone()))
            .header(AutoSubmitted)
            .header(ListId(self.list_id()));
        if let Some(first) = self.first {
            message = message
                .header(InReplyTo::from(first.to_owned()))
                .header(References::from(first.to_owned()));
        }
        let message = message.multipart(texts).map_err(|error| {
            let failure = Failure::new(FailureCode::ContentRefused, "The mail cannot be written.");
            failure.with_evidence(&error.to_string())
        })?;
        Ok(message.formatted())
    }

    /// RFC 2919: a name in words is for people; the identifier in brackets never changes.
    fn list_id(&self) -> String {
        let office: String = self.office.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '-').collect();
        let name: String = one_line(self.office_name).chars().filter(|c| !"<>\"\\".contains(*c)).collect();
        format!("\"{name}\" <press.{office}.{}>", self.from.email.domain())
    }
}

/// Whatever breaks a line would begin another header.
fn one_line(text: &str) -> String {
    let spaced: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    spaced.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// RFC 3834: nobody's holiday notice should answer.
#[derive(Clone)]
struct AutoSubmitted;

impl Header for AutoSubmitted {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("Auto-Submitted")
    }

    fn parse(_: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self)
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), "auto-generated".to_owned())
    }
}

#[derive(Clone)]
struct ListId(String);

impl Header for ListId {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("List-Id")
    }

    fn parse(text: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self(text.to_owned()))
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), self.0.clone())
    }
}
