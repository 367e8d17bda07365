//! Publishing too late is possible, but only knowingly: with a reason, or as the urgent case the rule provides for.

use chrono::{DateTime, Utc};

use super::ActError;
use crate::render::dates;
use crate::rules::Deadline;
use crate::store::rows::{Revision, RevisionAct};
use crate::system::{OfficeConfig, System};

/// Refuses what lacks a fact that a rule asks for as the facts stand.
pub(super) fn has_all_facts(system: &System, config: &OfficeConfig, revision: &Revision) -> Result<(), ActError> {
    if revision.act == RevisionAct::Withdraw {
        return Ok(());
    }
    let content = &revision.content;
    for bound in system
        .rules
        .bound(&config.settings.rules)
        .filter(|bound| bound.rule.is_about(content, true))
    {
        let missing: Vec<String> = bound
            .rule
            .required(content)
            .filter(|fact| !content.facts.contains_key(*fact))
            .map(str::to_owned)
            .collect();
        if !missing.is_empty() {
            let facts = missing.join(", ");
            return Err(ActError::LacksFacts(
                content.reference.clone(),
                facts,
                bound.rule.id.clone(),
                bound.rule.source.clone(),
            ));
        }
    }
    Ok(())
}

/// The reason to be kept: refused where something is missed and nobody says why.
pub(super) fn knowingly(
    config: &OfficeConfig,
    revision: &Revision,
    late: Option<&Deadline<'_>>,
    earliest: DateTime<Utc>,
    reason: Option<&str>,
) -> Result<Option<String>, ActError> {
    let reason = reason.map(str::trim).filter(|reason| !reason.is_empty());
    match (late, reason) {
        (None, _) => Ok(None),
        (Some(_), Some(reason)) => Ok(Some(reason.to_owned())),
        (Some(Deadline { rule, due }), None) => {
            let told = |at| dates::instant(at, config.office.zone, "en").long;
            Err(ActError::Late {
                reference: revision.content.reference.clone(),
                rule: rule.id.clone(),
                stands: rule.source.clone(),
                latest_by: told(due.latest_by),
                earliest: told(earliest),
            })
        }
    }
}

/// The first binding rule whose latest reading is before `earliest`, unless an approved revision had to meet the same deadline.
pub(super) fn late<'a>(
    system: &'a System,
    config: &'a OfficeConfig,
    revision: &'a Revision,
    previous: Option<&Revision>,
    earliest: DateTime<Utc>,
) -> Option<Deadline<'a>> {
    if revision.act == RevisionAct::Withdraw {
        return None;
    }
    let (plans, zone) = (&config.settings.rules, config.office.zone);
    let before: Vec<_> = previous
        .map(|previous| {
            system
                .rules
                .deadlines(plans, &previous.content, zone)
                .map(|d| (d.rule.id.clone(), d.due.latest_by))
                .collect()
        })
        .unwrap_or_default();
    system
        .rules
        .deadlines(plans, &revision.content, zone)
        .filter(|deadline| deadline.rule.binds() && deadline.due.latest_by < earliest)
        .find(|deadline| {
            let known = before.contains(&(deadline.rule.id.clone(), deadline.due.latest_by));
            !known || previous.is_some_and(|previous| deadline.rule.starts_anew(&previous.content, &revision.content))
        })
}
