//! What is looked at: where a delivery can be seen, and for what; by citizens, and where they cannot tell, by the account.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use url::Url;

use super::aside::aside;
use super::citizen::Citizen;
use super::expect::Expected;
use super::reading::Reading;
use super::visit::{Visitor, origin};
use super::weigh::{Saw, weigh};
use crate::channels::{Job, Record, Said};
use crate::item::Lang;
use crate::manifest::{Manifest, Verify};
use crate::receipt::{Action, Doubt, Finding, Glance, Objects, Phase, View};
use crate::render::Post;
use crate::store::StoreError;
use crate::store::looks::Look;
use crate::store::rows::AccountRow;
use crate::system::{OfficeConfig, System};

/// Looks, at what the manifest names, and asks the remote's record where that does not tell.
pub async fn glance(system: &System, account: &AccountRow, look: &Look) -> Result<Glance, StoreError> {
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
    let Some(expected) = expected(&post, manifest, verify, absent).await else {
        return Ok(not_asked("What was sent could not be read.".to_owned()));
    };
    let subject = Subject {
        expected: Arc::new(expected),
        system,
        config,
        manifest,
        verify,
        account,
        look,
        standing,
        post,
    };
    let citizen = subject.citizen().await;
    if citizen.glance.finding == Finding::Standing && !citizen.elsewhere {
        return Ok(citizen.glance);
    }
    let record = subject.record().await;
    Ok(weigh(citizen, record, subject.verify.scripted))
}

async fn expected(post: &Post, manifest: &Manifest, verify: &Verify, absent: bool) -> Option<Expected> {
    let (post, manifest, verify) = (post.clone(), manifest.clone(), verify.clone());
    aside(move || Expected::of(&post, &manifest, &verify, absent)).await
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
    post: Post,
    expected: Arc<Expected>,
}

impl Subject<'_> {
    async fn citizen(&self) -> Saw {
        let settings = self.system.account_settings(self.config, &self.account.name, self.manifest);
        let data = self.data(&settings);
        let (addresses, aliases) = match (self.filled(&self.verify.at, &data), self.filled(&self.verify.aliases, &data)) {
            (Ok(addresses), Ok(aliases)) => (addresses, aliases),
            (Err(what), _) | (_, Err(what)) => return Glance::doubtful(View::Citizen, Doubt::Forbidden, what).into(),
        };
        let reading = Reading {
            verify: self.verify.clone(),
            expected: self.expected.clone(),
            aliases: aliases.iter().filter_map(|alias| Url::parse(alias).ok()).collect(),
            remote_id: self.look.remote_id.clone().unwrap_or_default(),
            first_at: self.look.first_at,
        };
        let citizen = Citizen {
            visitor: Visitor {
                http: &self.system.http,
                trusted: self.trusted(settings.values()),
                lang: self.post.languages.first().map_or("sq", Lang::as_str),
            },
            reading: Arc::new(reading),
        };
        citizen.look(&addresses).await
    }

    async fn record(&self) -> Option<Glance> {
        let driver = match self.system.driver(self.account).await {
            Ok(driver) => driver,
            Err(failure) => return Some(Glance::doubtful(View::Record, Doubt::NotAsked, failure.what)),
        };
        let record = driver.record(&self.job()).await?;
        if let Some(until) = driver.rests_until()
            && let Err(error) = self.system.store.hold_account(self.account.id, until).await
        {
            tracing::warn!(account = self.account.name, %error, "the remote asks for no more calls, and that could not be noted");
        }
        let expected = self.expected.clone();
        let told = aside(move || Glance {
            evidence_hash: evidence(&record),
            ..expected.in_record(&record)
        });
        Some(Glance {
            address: self.look.url.clone(),
            ..told.await?
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

    fn data(&self, settings: &BTreeMap<String, String>) -> Value {
        let public = |objects: &Objects| objects.0.iter().rev().find_map(|object| object.url.clone());
        let url = self
            .look
            .url
            .clone()
            .or_else(|| public(&self.look.objects))
            .or_else(|| public(&self.standing));
        json!({
            "url": url.unwrap_or_default(),
            "remote_id": self.look.remote_id.as_deref().unwrap_or_default(),
            "public_url": self.config.office.public_url.trim_end_matches('/'),
            "lang": self.post.languages.first().map(Lang::as_str).unwrap_or_default(),
            "category": self.post.category.as_ref().map(|category| category.key.as_str()).unwrap_or_default(),
            "settings": settings,
        })
    }

    fn filled(&self, templates: &[String], data: &Value) -> Result<Vec<String>, String> {
        let filled = templates.iter().map(|template| self.system.renderer().fill(template, data));
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
