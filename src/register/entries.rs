//! The register's entries as the report reads them.

use chrono::{DateTime, NaiveDate, NaiveTime, TimeZone, Utc};

use super::due::Line;
use super::entry::{Entry, GroupProof, Standing};
use super::error::RegisterError;
use super::report::{PlanRow, Report};
use super::speaker::Speaker;
use crate::item::Lang;
use crate::rules::{Bound, Languages, Rule};
use crate::store::obligations::{Obligation, ObligationState};
use crate::store::rows::ItemState;
use crate::system::{OfficeConfig, System};

/// The longest time a report covers, in days.
const LONGEST: i64 = 10 * 366;

/// The report over the days from `from` until `to`, both included, with its subjects in `lang`. The register is brought up to date before.
pub async fn report(system: &System, config: &OfficeConfig, from: NaiveDate, to: NaiveDate, lang: &Lang) -> Result<Report, RegisterError> {
    if to < from || (to - from).num_days() > LONGEST {
        return Err(RegisterError::Range(from, to));
    }
    super::refresh(system, config).await?;
    let speaker = Speaker::new(system, config, lang.clone());
    let entries = entries(system, &speaker, from, to).await?;
    let rows = PlanRow::merge(rows(system, config));
    Ok(Report::of(entries, rows, &config.office, (from, to), system.clock.now()))
}

async fn entries(system: &System, speaker: &Speaker<'_>, from: NaiveDate, to: NaiveDate) -> Result<Vec<Entry>, RegisterError> {
    let config = speaker.config;
    let zone = config.office.zone;
    let midnight = |day: NaiveDate| {
        zone.from_local_datetime(&day.and_time(NaiveTime::MIN))
            .earliest()
            .map(|at| at.to_utc())
    };
    let begins = midnight(from).unwrap_or(DateTime::UNIX_EPOCH);
    // What is due by the end of the last day is due at the next midnight.
    let ends = to
        .succ_opt()
        .and_then(|day| day.succ_opt())
        .and_then(midnight)
        .unwrap_or(DateTime::<Utc>::MAX_UTC);
    let now = system.clock.now();
    let mut entries = Vec::new();
    for obligation in system.store.obligations_between(&config.office.id, begins, ends).await? {
        let Some(bound) = system.rules.rule(&config.settings.rules, &obligation.rule) else {
            continue;
        };
        let versions = system.store.versions(obligation.id).await?.len();
        let line = Line::of(system, config, obligation.clone(), None);
        let named = Named {
            subject: public_subject(system, speaker, &line).await?,
            unit: speaker.unit(&line),
        };
        entries.push(entry(bound, config, obligation, named, versions, now));
    }
    Ok(entries)
}

/// What a report calls a duty's subject and the unit that answers.
struct Named {
    subject: String,
    unit: String,
}

/// A report is read by everybody: of what was never published, a citizen's request or a draft, it tells the reference alone.
async fn public_subject(system: &System, speaker: &Speaker<'_>, line: &Line) -> Result<String, RegisterError> {
    let Some(id) = line.obligation.item else {
        return Ok(speaker.subject(line));
    };
    let item = system.store.item_by_id(id).await?;
    let public = matches!(item.state, ItemState::Approved | ItemState::Withdrawn);
    Ok(if public { speaker.subject(line) } else { item.reference })
}

fn entry(bound: Bound<'_>, config: &OfficeConfig, obligation: Obligation, named: Named, versions: usize, now: DateTime<Utc>) -> Entry {
    let rule = bound.rule;
    let due = obligation.due.as_ref();
    let standing = match obligation.state {
        ObligationState::Met => Standing::Met,
        ObligationState::Late => Standing::Late,
        ObligationState::Lifted => Standing::Lifted,
        ObligationState::Open if due.is_some_and(|due| now > due.latest_by) => Standing::Overdue,
        ObligationState::Open => Standing::Open,
    };
    Entry {
        id: obligation.id,
        rule: rule.id.clone(),
        plan: rule.plan.clone(),
        title: rule.title.clone(),
        unit: named.unit,
        subject: named.subject,
        severity: rule.severity,
        certainty: rule.certainty,
        measure: rule.measure,
        anchor_at: due.map(|due| due.anchor),
        before: due.is_some_and(|due| due.before),
        safe_by: due.map(|due| due.safe_by),
        latest_by: due.map(|due| due.latest_by),
        standing,
        met_at: obligation.met_at,
        groups: groups(rule, &obligation),
        languages: languages(rule, config, &obligation),
        reason: obligation.reason,
        versions,
    }
}

fn groups(rule: &Rule, obligation: &Obligation) -> Vec<GroupProof> {
    let of = |group: &str| {
        let stands: Vec<_> = obligation.proof.stands.iter().filter(|stand| stand.group == group).collect();
        let times: Option<Vec<_>> = stands.iter().map(|stand| stand.at).collect();
        GroupProof {
            group: group.to_owned(),
            asked: rule.channels.all.iter().any(|asked| asked == group),
            at: times.and_then(|times| times.into_iter().max()),
            address: stands.iter().find_map(|stand| stand.address.clone()),
        }
    };
    // What a person settled by hand stood outside: nothing is known of its channels.
    if obligation.proof.said.is_some() {
        return vec![];
    }
    rule.groups().map(of).collect()
}

/// Nothing is known of the languages of what stands nowhere yet.
fn languages(rule: &Rule, config: &OfficeConfig, obligation: &Obligation) -> Vec<(Lang, bool)> {
    if obligation.met_at.is_none() || obligation.proof.said.is_some() {
        return vec![];
    }
    let asked = match &rule.languages {
        Languages::Any => return vec![],
        Languages::Official(_) => &config.settings.official_languages,
        Languages::These(languages) => languages,
    };
    let there = |lang: &Lang| obligation.proof.languages.contains(lang);
    asked.iter().map(|lang| (lang.clone(), there(lang))).collect()
}

/// The rows of the plans that bind the office: a line for each rule and principle.
fn rows<'a>(system: &'a System, config: &'a OfficeConfig) -> impl Iterator<Item = PlanRow> + 'a {
    let plans = config.settings.rules.iter().filter_map(|id| system.rules.plan(id));
    plans.flat_map(|plan| {
        let rules = plan
            .rules
            .iter()
            .map(|rule| PlanRow::of(&rule.plan, rule.title.clone(), Some(rule.severity), rule.certainty));
        let principles = plan
            .principles
            .iter()
            .map(|principle| PlanRow::of(&principle.plan, principle.title.clone(), None, crate::rules::Certainty::Plan));
        rules.chain(principles)
    })
}
