//! One look at one delivery, and what follows from it.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Duration, Utc};
use serde_json::json;
use sha2::{Digest, Sha256};
use url::Url;

use super::citizen::Citizen;
use super::expect::Expected;
use super::visit::{Visitor, origin};
use super::weigh::{Saw, weigh};
use crate::channels::{Job, Record, Said};
use crate::item::Lang;
use crate::manifest::{Manifest, Verify};
use crate::receipt::{Action, Doubt, Finding, Glance, Objects, Phase, View};
use crate::render::Post;
use crate::settings::VerifySettings;
use crate::store::StoreError;
use crate::store::looks::{Look, Noted, Since, Stage};
use crate::store::rows::AccountRow;
use crate::system::{OfficeConfig, System};

/// The longest wait between two tries at a look.
const LONGEST_WAIT: i64 = 3600;

/// Makes a look that was claimed, and writes down what it showed or when it is made again.
pub async fn make(system: &System, account: &AccountRow, look: Look) -> Result<(), StoreError> {
    match system.store.since(&look).await? {
        Since::Superseded => return system.store.drop_look(&look).await,
        Since::UnderWay => {
            let later = system.clock.now() + wait(&system.settings.verify, 0);
            return system.store.look_again(&look, later, None).await;
        }
        Since::Nothing => {}
    }
    let glance = glance(system, account, &look).await?;
    settle(system, account, look, glance).await
}

/// What follows from a glance: it is written down, or not believed yet.
async fn settle(system: &System, account: &AccountRow, mut look: Look, glance: Glance) -> Result<(), StoreError> {
    let settings = &system.settings.verify;
    let enough = match glance.finding {
        Finding::Standing | Finding::NotVisible => true,
        Finding::Changed | Finding::Gone => {
            look.negatives += 1;
            look.negatives >= i64::from(settings.confirm)
        }
        Finding::CannotTell => {
            look.blanks += 1;
            look.blanks >= i64::from(settings.tries)
        }
    };
    if !enough {
        let again = system.clock.now() + wait(settings, look.negatives + look.blanks - 1);
        return system.store.look_again(&look, again, Some(&glance)).await;
    }
    let next = next(settings, &look, &glance, system.clock.now());
    let noted = system.store.conclude(&look, &glance, next).await?;
    tell(account, &look, &glance, noted);
    Ok(())
}

/// When the next look is made: a day after it stood, unless that was this one.
fn next(settings: &VerifySettings, look: &Look, glance: &Glance, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let later = look.settled_at + Duration::hours(i64::from(settings.later_hours));
    let wanted = glance.finding != Finding::NotVisible && settings.later_hours > 0;
    let left = match look.stage {
        Stage::Soon => true,
        Stage::Asked => later > now,
        Stage::Later => false,
    };
    (wanted && left).then_some(later)
}

/// The wait doubles from try to try.
fn wait(settings: &VerifySettings, tries: i64) -> Duration {
    let doubled = i64::from(settings.retry_seconds.max(1)) << tries.clamp(0, 12);
    Duration::seconds(doubled.min(LONGEST_WAIT))
}

/// What was changed or taken down is not put up again: a person is told.
fn tell(account: &AccountRow, look: &Look, glance: &Glance, noted: Noted) {
    let (office, channel, delivery) = (&look.office, &account.name, look.delivery);
    let (what, address) = (
        glance.what.as_deref().unwrap_or_default(),
        glance.address.as_deref().unwrap_or_default(),
    );
    match (glance.finding, noted) {
        (_, Noted::Overtaken) | (Finding::NotVisible, _) => {}
        (Finding::Changed, Noted::News) => tracing::error!(
            office,
            channel,
            delivery,
            address,
            what,
            "what was published is not what stands there now: somebody changed it; decide whether to correct the item"
        ),
        (Finding::Gone, Noted::News) => tracing::error!(
            office,
            channel,
            delivery,
            address,
            what,
            "what was published does not stand any more: somebody took it down; it is not put up again by itself"
        ),
        (Finding::CannotTell, _) => tracing::warn!(
            office,
            channel,
            delivery,
            address,
            what,
            "it could not be seen whether this delivery stands; look yourself, then: kasnec delivery look"
        ),
        (finding, _) => tracing::debug!(office, channel, delivery, %finding, "looked at"),
    }
}

async fn glance(system: &System, account: &AccountRow, look: &Look) -> Result<Glance, StoreError> {
    let not_asked = |what: String| Glance::doubtful(View::Nobody, Doubt::NotAsked, what);
    let Some((config, manifest)) = system.offices.get(&look.office).zip(system.manifest(&look.office, &account.name)) else {
        return Ok(not_asked(format!(
            "The account \"{}\" is not configured on this machine.",
            account.name
        )));
    };
    let Some(verify) = &manifest.verify else {
        return Ok(Glance::new(Finding::NotVisible, View::Nobody).saying("Nobody can look at it from here: it is on no public page."));
    };
    let (standing, before) = system.store.before(look).await?;
    let absent = is_taken_down(look);
    // Of what was taken down, the text that stood before must not be seen.
    let Some(post) = before.filter(|_| absent).or_else(|| look.post.clone()) else {
        let what = "A person said that it stands; what it says there is not known.";
        return Ok(Glance::new(Finding::NotVisible, View::Nobody).saying(what));
    };
    let subject = Subject {
        system,
        config,
        manifest,
        verify,
        account,
        look,
        standing,
        absent,
        post,
    };
    let citizen = subject.citizen().await;
    if matches!(citizen.glance.finding, Finding::Standing) {
        return Ok(citizen.glance);
    }
    let record = subject.record().await;
    Ok(weigh(citizen, record, subject.verify.scripted))
}

/// A withdrawal that removed the post, instead of saying there that it is withdrawn.
fn is_taken_down(look: &Look) -> bool {
    let phases = || look.objects.0.iter().map(|object| object.phase);
    look.action == Action::Withdraw && phases().any(|phase| phase == Phase::Gone) && !phases().any(|phase| phase == Phase::Public)
}

/// Everything that a look at one delivery needs.
struct Subject<'a> {
    system: &'a System,
    config: &'a OfficeConfig,
    manifest: &'a Manifest,
    verify: &'a Verify,
    account: &'a AccountRow,
    look: &'a Look,
    standing: Objects,
    absent: bool,
    post: Post,
}

impl Subject<'_> {
    async fn citizen(&self) -> Saw {
        let settings = self.system.account_settings(self.config, &self.account.name, self.manifest);
        let citizen = Citizen {
            visitor: Visitor {
                http: &self.system.http,
                trusted: self.trusted(settings.values()),
                lang: self.post.languages.first().map_or("sq", Lang::as_str),
            },
            verify: self.verify,
            expected: self.expected(),
            remote_id: self.look.remote_id.as_deref().unwrap_or_default(),
            first_at: self.look.first_at,
        };
        match self.addresses(&settings) {
            Ok(addresses) => citizen.look(&addresses).await,
            Err(what) => Glance::doubtful(View::Citizen, Doubt::Forbidden, what).into(),
        }
    }

    fn expected(&self) -> Expected {
        Expected::of(&self.post, self.manifest, self.verify, self.absent)
    }

    async fn record(&self) -> Option<Glance> {
        let driver = match self.system.driver(self.account).await {
            Ok(driver) => driver,
            Err(failure) => return Some(Glance::doubtful(View::Record, Doubt::NotAsked, failure.what)),
        };
        let record = driver.record(&self.job()).await?;
        Some(Glance {
            address: self.look.url.clone(),
            evidence_hash: evidence(&record),
            ..self.expected().in_record(&record)
        })
    }

    fn job(&self) -> Job {
        Job {
            delivery: self.look.delivery,
            key: self.look.key.clone(),
            action: self.look.action,
            post: self.post.clone(),
            objects: self.look.objects.clone(),
            standing: self.standing.clone(),
            since: self.look.settled_at,
        }
    }

    /// Where an administrator said that the account is, and the office's own site.
    fn trusted<'a>(&'a self, settings: impl Iterator<Item = &'a String>) -> Vec<(String, u16)> {
        let own = [&self.config.office.public_url, &self.system.settings.server.public_url];
        let urls = own.into_iter().chain(settings).filter_map(|url| Url::parse(url).ok());
        let origins: BTreeSet<_> = urls
            .filter(|url| matches!(url.scheme(), "http" | "https"))
            .filter_map(|url| origin(&url))
            .collect();
        origins.into_iter().collect()
    }

    fn addresses(&self, settings: &BTreeMap<String, String>) -> Result<Vec<String>, String> {
        let public = |objects: &Objects| objects.0.iter().rev().find_map(|object| object.url.clone());
        let url = self
            .look
            .url
            .clone()
            .or_else(|| public(&self.look.objects))
            .or_else(|| public(&self.standing));
        let data = json!({
            "url": url.unwrap_or_default(),
            "remote_id": self.look.remote_id.as_deref().unwrap_or_default(),
            "public_url": self.config.office.public_url.trim_end_matches('/'),
            "lang": self.post.languages.first().map(Lang::as_str).unwrap_or_default(),
            "category": self.post.category.as_ref().map(|category| category.key.as_str()).unwrap_or_default(),
            "settings": settings,
        });
        let filled = self.verify.at.iter().map(|template| self.system.renderer().fill(template, &data));
        let filled: Vec<String> = filled.collect::<Result<_, _>>().map_err(|error| error.to_string())?;
        Ok(filled
            .into_iter()
            .map(|address| address.trim().to_owned())
            .filter(|address| !address.is_empty())
            .collect())
    }
}

fn evidence(record: &Record) -> Option<String> {
    let Record::Public(parts) = record else { return None };
    let mut hash = Sha256::new();
    for (name, said) in parts {
        let (Said::Text(text) | Said::Html(text)) = said;
        hash.update(format!("{name}\n{text}\n"));
    }
    Some(hex::encode(hash.finalize()))
}
