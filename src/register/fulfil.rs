//! Whether and when a duty was met: read off what stands, never guessed.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveTime, TimeZone, Utc};
use chrono_tz::Tz;

use super::view::View;
use crate::item::{FactValue, Lang};
use crate::manifest::{Languages, Manifest};
use crate::receipt::{Action, State};
use crate::rules::Rule;
use crate::store::obligations::{Proof, Stand};
use crate::store::publications::Publication;

/// How far a duty has come.
#[derive(Debug, Clone, Default)]
pub struct Fulfilment {
    /// When it was met.
    pub met_at: Option<DateTime<Utc>>,
    /// The item that met it, or is on its way to, if not the one it is about.
    pub by: Option<i64>,
    /// What shows it, and what is there so far.
    pub proof: Proof,
    /// Groups of channels it asks for in which the office has no account.
    pub unserved: Vec<String>,
}

/// The office's accounts, by name, with their manifests.
pub type Accounts = BTreeMap<String, Manifest>;

/// The revisions of an item that one clock of a rule runs for: each change of what it counts from begins a new one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Round {
    /// From this revision on.
    pub base: i64,
    /// Before this one, if another round followed.
    pub until: Option<i64>,
    first: bool,
}

impl Round {
    /// All of an item's revisions.
    pub fn whole(view: &View) -> Self {
        Self {
            base: view.approved.first().map_or(1, |revision| revision.number),
            until: None,
            first: true,
        }
    }

    /// The key of the round of a duty: the first one's is the duty's own.
    pub fn key(&self, duty: &str) -> String {
        if self.first {
            duty.to_owned()
        } else {
            format!("{duty}/{}", self.base)
        }
    }

    /// Whether that revision's text is of this round.
    pub fn has(&self, revision: i64) -> bool {
        revision >= self.base && self.until.is_none_or(|until| revision < until)
    }
}

/// The rounds of a rule's clock, the first one first: another begins with each revision that changed what it counts from, or a fact that
/// restarts it.
pub fn rounds(rule: &Rule, view: &View) -> Vec<Round> {
    let mut rounds = vec![Round::whole(view)];
    for pair in view.approved.windows(2) {
        let [before, after] = pair else { continue };
        if rule.starts_anew(&before.content, &after.content) {
            if let Some(last) = rounds.last_mut() {
                last.until = Some(after.number);
            }
            rounds.push(Round {
                base: after.number,
                until: None,
                first: false,
            });
        }
    }
    rounds
}

/// Whether the text of a round stands on every channel the rule asks for.
pub fn published(rule: &Rule, view: &View, round: &Round, accounts: &Accounts) -> Fulfilment {
    let mut found = Fulfilment::default();
    let asked: Vec<&str> = rule.groups().collect();
    for (name, manifest) in accounts.iter().filter(|(_, manifest)| manifest.takes(&view.item.kind)) {
        let group = manifest.group.as_deref().unwrap_or_default();
        if asked.is_empty() || asked.contains(&group) {
            found.proof.stands.push(stand(view, round, name, group, manifest));
        }
    }
    found.proof.languages = languages(view, round, &found.proof.stands);
    let since = |group: &str| since(&found.proof.stands, group);
    found.unserved = asked
        .iter()
        .filter(|group| !found.proof.stands.iter().any(|stand| stand.group == **group))
        .map(|group| (*group).to_owned())
        .collect();
    found.met_at = if asked.is_empty() {
        found.proof.stands.iter().filter_map(|stand| stand.at).min()
    } else {
        let all = rule.channels.all.iter().map(|group| since(group));
        let any = (!rule.channels.any.is_empty()).then(|| rule.channels.any.iter().filter_map(|group| since(group)).min());
        all.chain(any).collect::<Option<Vec<_>>>().and_then(|times| times.into_iter().max())
    };
    found
}

/// Whether what was withdrawn is told to be withdrawn wherever it stood; nothing if it stood nowhere. Where it turned out that it
/// had never stood, there is nothing to tell.
pub fn cancelled(view: &View, accounts: &Accounts) -> Option<Fulfilment> {
    let last = view.approved.last()?.number;
    let told: Vec<&Publication> = view
        .publications
        .iter()
        .filter(|publication| {
            publication.revision == last && publication.action == Action::Withdraw && publication.state != State::Superseded
        })
        .collect();
    let stands: Vec<Stand> = told.iter().map(|publication| publication.stand(accounts)).collect();
    let times: Option<Vec<DateTime<Utc>>> = stands.iter().map(|stand| stand.at).collect();
    (!told.is_empty()).then(|| Fulfilment {
        met_at: times.and_then(|times| times.into_iter().max()),
        by: None,
        proof: Proof {
            stands,
            ..Proof::default()
        },
        unserved: vec![],
    })
}

/// Whether the fact is there that says that a tracked duty is done; one that names a time to come says only what is intended.
pub fn tracked(rule: &Rule, view: &View, zone: Tz, now: DateTime<Utc>) -> Fulfilment {
    let met_at = rule.met.as_ref().and_then(|fact| match view.content.facts.get(fact)? {
        FactValue::Instant(moment) => Some(moment.at),
        FactValue::Date(day) => zone
            .from_local_datetime(&day.and_time(NaiveTime::MIN))
            .earliest()
            .map(|at| at.to_utc()),
        _ => None,
    });
    Fulfilment {
        met_at: met_at.filter(|at| *at <= now),
        ..Fulfilment::default()
    }
}

/// Since when the text of a round stands on one account: in every language, where it has a post for each.
fn stand(view: &View, round: &Round, account: &str, group: &str, manifest: &Manifest) -> Stand {
    let there: Vec<&Publication> = view
        .publications
        .iter()
        .filter(|publication| publication.account == account && round.has(publication.revision) && publication.stands())
        .collect();
    let first = |language: Option<&Lang>| {
        let of = there
            .iter()
            .filter(|publication| language.is_none_or(|language| publication.languages == language.as_str()));
        of.filter_map(|publication| publication.settled_at).min()
    };
    let at = match manifest.languages {
        Languages::Together => first(None),
        Languages::Each => {
            let times: Option<Vec<_>> = view.content.translations.keys().map(|language| first(Some(language))).collect();
            times.and_then(|times| times.into_iter().max())
        }
    };
    let newest = there.last();
    Stand {
        group: group.to_owned(),
        account: account.to_owned(),
        at,
        address: newest.and_then(|publication| publication.url.clone()),
        hash: newest.and_then(|publication| publication.hash.clone()),
        photo: there.iter().any(|publication| publication.has_photo()),
    }
}

/// A group stands when each of its accounts does, since the last of them.
fn since(stands: &[Stand], group: &str) -> Option<DateTime<Utc>> {
    let of = stands.iter().filter(|stand| stand.group == group).map(|stand| stand.at);
    of.collect::<Option<Vec<_>>>().and_then(|times| times.into_iter().max())
}

fn languages(view: &View, round: &Round, stands: &[Stand]) -> Vec<Lang> {
    let counts = |publication: &&Publication| {
        let on = stands.iter().any(|stand| stand.account == publication.account);
        on && round.has(publication.revision) && publication.stands()
    };
    let mut languages: Vec<Lang> = view
        .publications
        .iter()
        .filter(counts)
        .flat_map(|publication| publication.languages.split('+'))
        .filter_map(|language| language.parse().ok())
        .collect();
    languages.sort();
    languages.dedup();
    languages
}

impl Publication {
    fn has_photo(&self) -> bool {
        let photo = self.evidence.as_ref().and_then(|evidence| evidence.get("photo"));
        photo.is_some_and(|photo| !photo.is_null())
    }

    fn stand(&self, accounts: &Accounts) -> Stand {
        Stand {
            group: accounts
                .get(&self.account)
                .and_then(|manifest| manifest.group.clone())
                .unwrap_or_default(),
            account: self.account.clone(),
            at: self.settled_at.filter(|_| self.state == State::Delivered),
            address: self.url.clone(),
            hash: self.hash.clone(),
            photo: self.has_photo(),
        }
    }
}
