//! Letters to the office's people: everything of one kind that waits for one address goes in one, by the office's mail server.
//!
//! A letter's Message-ID is made of what it tells. A process that dies while it sends leaves the letter as it is: the next one sends the same
//! under the same Message-ID, by which mailboxes know a second copy. A lost warning would be worse.

use std::collections::BTreeMap;

use chrono::Duration;
use sha2::{Digest, Sha256};

use super::warn::Recipient;
use crate::item::Lang;
use crate::mail::{MailFailure, Mailer, Note};
use crate::receipt::{Failure, FailureCode};
use crate::render::words::word;
use crate::store::StoreError;
use crate::store::letters::{Piece, Pouch};
use crate::system::{OfficeConfig, System};

/// How long a process has a letter for itself.
const LEASE: Duration = Duration::minutes(5);
/// How long sending one may take: less, so that it is over before anybody else sends the same.
const BOUND: std::time::Duration = std::time::Duration::from_mins(4);
/// How soon a letter is tried again, at first and at most.
const FIRST: Duration = Duration::minutes(5);
const MOST: Duration = Duration::hours(2);

/// What a letter says.
pub struct Text {
    /// What it is about.
    pub subject: String,
    /// As plain text.
    pub text: String,
    /// As HTML.
    pub html: String,
}

/// One language's words for letters, and the office's name in it.
pub struct Words<'a> {
    /// The language.
    pub lang: &'a Lang,
    /// The office.
    pub office: &'a str,
}

impl Words<'_> {
    /// A text of the locale.
    pub fn word(&self, key: &'static str, args: &[(&'static str, &str)]) -> String {
        word(self.lang.as_str(), key, args)
    }
}

/// How the pieces of one letter are said, if they can be read.
pub type Say = fn(&Words<'_>, &[Piece]) -> Option<Text>;

/// Sends what waits in a pouch; gives how many letters the mail server took.
pub async fn send(system: &System, config: &OfficeConfig, pouch: Pouch, say: Say) -> Result<usize, StoreError> {
    let (Some(mail), office) = (&config.settings.mail, &config.office.id) else {
        return Ok(0);
    };
    let waiting = system.store.waiting_pieces(office, pouch).await?;
    if waiting.is_empty() {
        return Ok(0);
    }
    let mailer = match system.mailer(office, mail).await {
        Ok(mailer) => mailer,
        Err(failure) => {
            tracing::error!(office, %failure, "warnings cannot be mailed");
            let next = system.clock.now() + pause(&waiting);
            system
                .store
                .pieces_refused(pouch, &waiting, &failure.to_string(), Some(next))
                .await?;
            return Ok(0);
        }
    };
    let desk = Desk {
        system,
        config,
        mailer: &mailer,
        pouch,
        say,
    };
    let mut sent = 0;
    for (address, pieces) in by_address(config, waiting) {
        let letter = id(pouch, &pieces);
        if system.store.take_letter(pouch, &letter, &pieces, LEASE).await? {
            sent += usize::from(desk.deliver(&address, &letter, &pieces).await?);
        }
    }
    Ok(sent)
}

/// What waits, by letter: what was put into one before goes again as it was.
fn by_address(config: &OfficeConfig, waiting: Vec<Piece>) -> Vec<(Address, Vec<Piece>)> {
    let mut letters: BTreeMap<(Option<String>, Address), Vec<Piece>> = BTreeMap::new();
    for piece in waiting {
        let address = Recipient::of_key(&piece.recipient).address(&config.settings).map(str::to_owned);
        let Some(to) = address else { continue };
        let address = Address {
            to,
            lang: piece.lang.clone(),
        };
        letters.entry((piece.letter.clone(), address)).or_default().push(piece);
    }
    letters.into_iter().map(|((_, address), pieces)| (address, pieces)).collect()
}

/// Where a letter goes, and in which language.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Address {
    to: String,
    lang: String,
}

struct Desk<'a> {
    system: &'a System,
    config: &'a OfficeConfig,
    mailer: &'a Mailer,
    pouch: Pouch,
    say: Say,
}

impl Desk<'_> {
    async fn deliver(&self, address: &Address, letter: &str, pieces: &[Piece]) -> Result<bool, StoreError> {
        let (store, office) = (&self.system.store, self.config.office.id.as_str());
        let Some(note) = self.write(address, letter, pieces) else {
            let why = "its language is not known";
            store.pieces_refused(self.pouch, pieces, why, None).await?;
            return Ok(false);
        };
        match self.hand_over(&note).await {
            Ok(()) => {
                store.letter_sent(self.pouch, office, letter, pieces).await?;
                Ok(true)
            }
            Err(failure) => {
                tracing::error!(office, to = address.to, %failure, "a warning could not be mailed");
                let again = !matches!(failure, MailFailure::Refused(_));
                let next = again.then(|| self.system.clock.now() + pause(pieces));
                store.pieces_refused(self.pouch, pieces, &failure.to_string(), next).await?;
                Ok(false)
            }
        }
    }

    async fn hand_over(&self, note: &Note) -> Result<(), MailFailure> {
        tokio::time::timeout(BOUND, self.mailer.send(note)).await.unwrap_or_else(|_| {
            let what = format!(
                "{} did not take the letter within {} minutes.",
                self.mailer.server(),
                BOUND.as_secs() / 60
            );
            Err(MailFailure::Unknown(Failure::new(FailureCode::NoAnswer, what)))
        })
    }

    fn write(&self, address: &Address, letter: &str, pieces: &[Piece]) -> Option<Note> {
        let lang: Lang = address.lang.parse().ok()?;
        let office = &self.config.office;
        let words = Words {
            lang: &lang,
            office: office.name.get(&lang, &office.languages).map_or("", String::as_str),
        };
        let Text { subject, text, html } = (self.say)(&words, pieces)?;
        Some(Note {
            message_id: self.mailer.message_id(letter),
            to: address.to.clone(),
            subject,
            text,
            html,
            at: self.system.clock.now(),
            lang,
        })
    }
}

/// How long these are left alone after they were not taken once more.
fn pause(pieces: &[Piece]) -> Duration {
    let failures = pieces.iter().map(|piece| piece.failures).max().unwrap_or(0);
    (FIRST * 2_i32.pow(u32::try_from(failures.clamp(0, 5)).unwrap_or(0))).min(MOST)
}

/// The same for the same pieces, for ever.
fn id(pouch: Pouch, pieces: &[Piece]) -> String {
    let kept = pieces.iter().find_map(|piece| piece.letter.clone());
    kept.unwrap_or_else(|| {
        let ids: Vec<String> = pieces.iter().map(|piece| piece.id.to_string()).collect();
        let hash = hex::encode(Sha256::digest(ids.join(",")));
        format!("{}-{}-{}", pouch.word(), ids[0], &hash[..12])
    })
}
