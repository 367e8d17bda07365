//! Whose mail goes next, by what each mail is known, and which of them are in doubt.

use sha2::{Digest, Sha256};

use super::account::List;
use crate::mail::Mailbox;
use crate::receipt::{Failure, FailureCode, Object, Objects, Phase};

/// So many are named one by one.
const NAMED: usize = 5;

/// Whose mail goes next.
pub struct Turn<'a> {
    pub to: &'a Mailbox,
    pub number: usize,
    /// The step that sends it. It bears the recipient's mark: when its answer is lost, it must still be known whom it was for,
    /// however the list was changed meanwhile.
    pub role: String,
    /// The server had them wait once already.
    pub again: bool,
}

impl<'a> Turn<'a> {
    /// First those who have nothing of this delivery yet, then those who had to wait. They are known by the mark in the mails'
    /// ids, not by their place in the list: the list may be changed while the mails are on their way.
    pub fn of(list: &'a List, objects: &Objects) -> Option<Self> {
        let fresh = list.to.iter().find(|to| sent_to(objects, to).is_none());
        let first_turn = fresh.map(|to| {
            let number = objects.0.len() + 1;
            Self {
                to,
                number,
                role: format!("mail-{number:04}-{}", mark(to)),
                again: false,
            }
        });
        first_turn.or_else(|| {
            let mut waiting = (1..).zip(&objects.0).filter(|(_, object)| object.phase == Phase::Draft);
            waiting.find_map(|(number, object)| {
                let to = list.to.iter().find(|to| is_for(object, to))?;
                Some(Self {
                    to,
                    number,
                    role: object.role.clone(),
                    again: true,
                })
            })
        })
    }

    /// The id of its mail.
    pub fn id(&self, delivery: i64, host: &str) -> String {
        message_id(delivery, self.number, &mark(self.to), host)
    }
}

/// What is left of a mail whose answer was lost: nobody can look into a mailbox, so it is kept as in doubt, and the others get theirs.
pub fn lost(role: &str, delivery: i64, host: &str, objects: &Objects) -> Option<Object> {
    if let Some(kept) = objects.get(role) {
        let mut object = kept.clone();
        if object.phase == Phase::Draft {
            object.phase = Phase::InDoubt;
        }
        return Some(object);
    }
    let (number, mark) = role.strip_prefix("mail-")?.split_once('-')?;
    let id = message_id(delivery, number.parse().ok()?, mark, host);
    Some(Object::new(role, Phase::InDoubt, id))
}

/// The one question that is left to a person when everybody else has been served.
pub fn question(objects: &Objects) -> Option<Failure> {
    let ids: Vec<&str> = objects.in_doubt().map(|object| object.remote_id.as_str()).collect();
    if ids.is_empty() {
        return None;
    }
    let named = ids.iter().take(NAMED).copied().collect::<Vec<_>>().join(", ");
    let more = match ids.len().saturating_sub(NAMED) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    let what = format!(
        "Of {} recipients {} may or may not have the mail: it went out, and whether the mail server took it is not known. \
         Its log knows these mails as {named}{more}.",
        objects.0.len(),
        ids.len()
    );
    Some(Failure::new(FailureCode::Unresolved, what).with_evidence(&ids.join(" ")))
}

/// What this recipient has of a delivery.
pub fn sent_to<'a>(objects: &'a Objects, to: &Mailbox) -> Option<&'a Object> {
    objects.0.iter().find(|object| is_for(object, to))
}

fn is_for(object: &Object, to: &Mailbox) -> bool {
    object.remote_id.contains(&format!("-{}@", mark(to)))
}

fn message_id(delivery: i64, number: usize, mark: &str, host: &str) -> String {
    format!("<kasnec-{delivery}-{number}-{mark}@{host}>")
}

/// Tells recipients apart in what is kept and shown, without showing who they are.
fn mark(to: &Mailbox) -> String {
    let digest = Sha256::digest(to.email.to_string().to_lowercase());
    hex::encode(&digest[..5])
}
