//! Warnings as letters: everything that waits for one address goes in one, by the office's mail server.
//!
//! A letter's Message-ID is made of its warnings. A process that dies while it sends leaves the letter as it is: the next one sends the same
//! under the same Message-ID, by which mailboxes know a second copy. A lost warning would be worse.

use std::collections::BTreeMap;

use chrono::Duration;
use sha2::{Digest, Sha256};

use super::error::RegisterError;
use super::warn::{Recipient, Said};
use crate::item::Lang;
use crate::mail::{MailFailure, Mailer, Note};
use crate::render::escape_html;
use crate::render::words::word;
use crate::store::warnings::Warning;
use crate::system::{OfficeConfig, System};

/// How long a process has a letter for itself.
const LEASE: Duration = Duration::minutes(5);
/// How soon a letter is tried again, at first and at most.
const FIRST: Duration = Duration::minutes(5);
const MOST: Duration = Duration::hours(2);

/// Sends what waits; gives how many letters the mail server took.
pub async fn send(system: &System, config: &OfficeConfig) -> Result<usize, RegisterError> {
    let (Some(mail), office) = (&config.settings.mail, &config.office.id) else {
        return Ok(0);
    };
    let waiting = system.store.waiting_warnings(office).await?;
    if waiting.is_empty() {
        return Ok(0);
    }
    let mailer = match system.mailer(office, mail).await {
        Ok(mailer) => mailer,
        Err(failure) => {
            tracing::error!(office, %failure, "warnings cannot be mailed");
            return Ok(0);
        }
    };
    let mut sent = 0;
    for (address, warnings) in by_address(config, waiting) {
        let letter = id(&warnings);
        if system.store.take_letter(&letter, &warnings, LEASE).await? {
            sent += usize::from(deliver(system, config, &mailer, &address, &letter, &warnings).await?);
        }
    }
    Ok(sent)
}

/// What waits, by letter: what was put into one before goes again as it was.
fn by_address(config: &OfficeConfig, waiting: Vec<Warning>) -> Vec<(Address, Vec<Warning>)> {
    let mut letters: BTreeMap<(Option<String>, Address), Vec<Warning>> = BTreeMap::new();
    for warning in waiting {
        let address = Recipient::of_key(&warning.recipient).address(&config.settings).map(str::to_owned);
        let Some(to) = address else { continue };
        let address = Address {
            to,
            lang: warning.lang.clone(),
        };
        letters.entry((warning.letter.clone(), address)).or_default().push(warning);
    }
    letters.into_iter().map(|((_, address), warnings)| (address, warnings)).collect()
}

/// Where a letter goes, and in which language.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Address {
    to: String,
    lang: String,
}

async fn deliver(
    system: &System,
    config: &OfficeConfig,
    mailer: &Mailer,
    address: &Address,
    letter: &str,
    warnings: &[Warning],
) -> Result<bool, RegisterError> {
    let (store, office) = (&system.store, config.office.id.as_str());
    let Some(note) = write(system, config, mailer, address, letter, warnings) else {
        store.letter_refused(office, letter, "its language is not known", None).await?;
        return Ok(false);
    };
    match mailer.send(&note).await {
        Ok(()) => {
            store.letter_sent(office, letter).await?;
            Ok(true)
        }
        Err(failure) => {
            tracing::error!(office, to = address.to, %failure, "a warning could not be mailed");
            let failures = warnings.iter().map(|warning| warning.failures).max().unwrap_or(0);
            let pause = (FIRST * 2_i32.pow(u32::try_from(failures.clamp(0, 5)).unwrap_or(0))).min(MOST);
            let again = !matches!(failure, MailFailure::Refused(_));
            let next = again.then(|| system.clock.now() + pause);
            store.letter_refused(office, letter, &failure.to_string(), next).await?;
            Ok(false)
        }
    }
}

/// The same for the same warnings, for ever.
fn id(warnings: &[Warning]) -> String {
    let kept = warnings.iter().find_map(|warning| warning.letter.clone());
    kept.unwrap_or_else(|| {
        let ids: Vec<String> = warnings.iter().map(|warning| warning.id.to_string()).collect();
        format!("warning-{}-{}", ids[0], &hex::encode(Sha256::digest(ids.join(",")))[..12])
    })
}

fn write(system: &System, config: &OfficeConfig, mailer: &Mailer, address: &Address, letter: &str, warnings: &[Warning]) -> Option<Note> {
    let lang: Lang = address.lang.parse().ok()?;
    let mut all: Vec<(i64, Said)> = Vec::new();
    for warning in warnings {
        let said: Said = serde_json::from_value(warning.detail.clone()).ok()?;
        // A duty that is warned of for two reasons at once is told once.
        match all.iter_mut().find(|(obligation, _)| *obligation == warning.obligation) {
            Some((_, told)) => *told = said,
            None => all.push((warning.obligation, said)),
        }
    }
    let said: Vec<&Said> = all.iter().map(|(_, said)| said).collect();
    let words = Words {
        lang: &lang,
        office: config.office.name.get(&lang, &config.office.languages).map_or("", String::as_str),
    };
    Some(Note {
        message_id: mailer.message_id(letter),
        to: address.to.clone(),
        subject: words.subject(&said),
        text: words.text(&said),
        html: words.html(&said),
        at: system.clock.now(),
        lang: lang.clone(),
    })
}

/// The words of a letter in one language.
struct Words<'a> {
    lang: &'a Lang,
    office: &'a str,
}

impl Words<'_> {
    fn word(&self, key: &'static str, args: &[(&'static str, &str)]) -> String {
        word(self.lang.as_str(), key, args)
    }

    fn subject(&self, said: &[&Said]) -> String {
        match said {
            [only] => self.word("warn-subject-one", &[("what", &only.what), ("by", &only.safe_by)]),
            [first, ..] => self.word(
                "warn-subject-many",
                &[("count", &said.len().to_string()), ("what", &first.what), ("by", &first.safe_by)],
            ),
            [] => String::new(),
        }
    }

    fn text(&self, said: &[&Said]) -> String {
        let duties: Vec<String> = said
            .iter()
            .map(|said| format!("• {}\n  {}", said.what, self.lines(said).join("\n  ")))
            .collect();
        let opening = self.word("warn-opening", &[("office", self.office)]);
        format!("{opening}\n\n{}\n\n{}\n", duties.join("\n\n"), self.word("warn-closing", &[]))
    }

    fn html(&self, said: &[&Said]) -> String {
        let duties: Vec<String> = said
            .iter()
            .map(|said| {
                let lines: Vec<String> = self.lines(said).iter().map(|line| escape_html(line)).collect();
                format!("<li><strong>{}</strong><br>{}</li>", escape_html(&said.what), lines.join("<br>"))
            })
            .collect();
        let opening = escape_html(&self.word("warn-opening", &[("office", self.office)]));
        let closing = escape_html(&self.word("warn-closing", &[]));
        format!("<p>{opening}</p>\n<ul>\n{}\n</ul>\n<p>{closing}</p>\n", duties.join("\n"))
    }

    fn lines(&self, said: &Said) -> Vec<String> {
        let times = [("safe", said.safe_by.as_str()), ("latest", &said.latest_by)];
        let mut lines = vec![
            self.word("warn-standing", &[("standing", &said.standing), ("unit", &said.unit)]),
            self.word("warn-times", &times),
        ];
        lines.extend(said.unconfirmed.iter().map(|by| self.word("warn-unconfirmed", &[("by", by)])));
        for advice in &said.advice {
            lines.push(advice.why.clone());
            lines.push(self.word("warn-step", &[("step", &advice.step)]));
        }
        lines
    }
}
