//! Mail over SMTP: the conversation with a server, one mail's text and headers, and the office's own mailer. The only home of `lettre`.

mod dialogue;
mod letter;
mod mailer;
pub mod postman;

pub use lettre::Address;
pub use lettre::message::Mailbox;

pub use self::dialogue::{Login, Meaning, Secrecy, Server, Stage, Stopped};
pub use self::letter::{BadLetter, Letter, one_line};
pub use self::mailer::{BadAddress, MailFailure, Mailer, Note, mailbox};
