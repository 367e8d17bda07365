//! What is owed, as people and programs are shown it.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Days, Duration, NaiveDate, NaiveTime, TimeZone, Utc};
use chrono_tz::Tz;
use serde::Serialize;

use super::error::RegisterError;
use super::prospect::{Course, Prospect, Risk, prospects};
use crate::item::Localized;
use crate::receipt::words::words;
use crate::rules::{Certainty, Severity};
use crate::store::obligations::{Obligation, ObligationState, Version};
use crate::system::{OfficeConfig, System};

/// How far ahead is shown, where nobody says how far.
const WINDOW: Duration = Duration::days(60);
/// How long what has ended is shown, where it is asked for.
const KEPT: Duration = Duration::days(366);

words! {
    /// How a duty stands, open or ended.
    Standing {
        /// Open, and it will be met in time.
        OnCourse = "on course",
        /// Open, and it will be missed unless somebody acts.
        AtRisk = "at risk",
        /// Open, and its time has passed.
        Overdue = "overdue",
        /// Met in time.
        Met = "met",
        /// Met too late.
        Late = "late",
        /// No longer owed.
        Lifted = "lifted",
    }
}

/// One duty.
#[derive(Debug, Clone, Serialize)]
pub struct Line {
    /// The duty.
    #[serde(flatten)]
    pub obligation: Obligation,
    /// What the rule is called.
    pub rule_title: Localized,
    /// The row of the plan.
    pub plan: String,
    /// How grave it is to be late.
    pub severity: Severity,
    /// How sure the rule is.
    pub certainty: Certainty,
    /// The groups of channels it asks for.
    pub channels: Vec<String>,
    /// How it stands.
    pub standing: Standing,
    /// Why it will be missed.
    pub risks: Vec<Risk>,
    /// The reference of the item that is to meet it, where there is one and it is open.
    pub reference: Option<String>,
}

/// One duty with its past.
#[derive(Debug, Clone, Serialize)]
pub struct Detail {
    /// The duty.
    pub duty: Line,
    /// What it was by earlier versions of its rule, or of its facts; the one that holds comes last.
    pub versions: Vec<Version>,
}

/// Which duties to show.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Only those that fall due by then, and those that are overdue or at risk.
    pub until: Option<DateTime<Utc>>,
    /// Only those of this unit.
    pub unit: Option<String>,
    /// Also those that ended since then.
    pub ended_since: Option<DateTime<Utc>>,
}

impl Filter {
    /// What is overdue or at risk, and what falls due by the end of `until`, or within some weeks; with `ended`, also last year's.
    pub fn new(now: DateTime<Utc>, zone: Tz, until: Option<NaiveDate>, unit: Option<String>, ended: bool) -> Self {
        Self {
            until: until.and_then(|day| end_of(day, zone)).or(Some(now + WINDOW)),
            unit,
            ended_since: ended.then(|| now - KEPT),
        }
    }

    /// Everything that is owed, and what ended within a year.
    pub fn everything(now: DateTime<Utc>, unit: Option<String>) -> Self {
        Self {
            until: None,
            unit,
            ended_since: Some(now - KEPT),
        }
    }
}

fn end_of(day: NaiveDate, zone: Tz) -> Option<DateTime<Utc>> {
    let next = day.checked_add_days(Days::new(1))?.and_time(NaiveTime::MIN);
    zone.from_local_datetime(&next).earliest().map(|at| at.to_utc())
}

/// What an office owes, the most urgent first, then what has ended, the newest first. The register is brought up to date before.
pub async fn due(system: &System, config: &OfficeConfig, filter: &Filter) -> Result<Vec<Line>, RegisterError> {
    super::refresh(system, config).await?;
    let mut lines = open(system, config).await?;
    known_unit(config, &lines, filter)?;
    if let Some(since) = filter.ended_since {
        let ended = system.store.ended_obligations(&config.office.id, since).await?;
        lines.extend(ended.into_iter().map(|obligation| Line::of(system, config, obligation, None)));
    }
    lines.retain(|line| line.passes(filter));
    Ok(lines)
}

/// What is owed or was owed by an item, after it, or met by it.
pub async fn duties_of(system: &System, config: &OfficeConfig, item: i64) -> Result<Vec<Line>, RegisterError> {
    super::refresh(system, config).await?;
    let obligations = system.store.obligations_around(item).await?;
    let mut open: BTreeMap<i64, Line> = BTreeMap::new();
    if obligations.iter().any(|obligation| obligation.state == ObligationState::Open) {
        open = self::open(system, config)
            .await?
            .into_iter()
            .map(|line| (line.obligation.id, line))
            .collect();
    }
    let lines = obligations.into_iter().map(|obligation| {
        let found = open.remove(&obligation.id);
        found.unwrap_or_else(|| Line::of(system, config, obligation, None))
    });
    Ok(lines.collect())
}

/// One duty with its past.
pub async fn detail(system: &System, config: &OfficeConfig, id: i64) -> Result<Detail, RegisterError> {
    super::refresh(system, config).await?;
    let obligation = system.store.obligation(&config.office.id, id).await?;
    let versions = system.store.versions(id).await?;
    let found = match obligation.state {
        ObligationState::Open => open(system, config).await?.into_iter().find(|line| line.obligation.id == id),
        _ => None,
    };
    Ok(Detail {
        duty: found.unwrap_or_else(|| Line::of(system, config, obligation, None)),
        versions,
    })
}

async fn open(system: &System, config: &OfficeConfig) -> Result<Vec<Line>, RegisterError> {
    let prospects = prospects(system, config).await?;
    let lines = prospects.into_iter();
    Ok(lines
        .map(|(obligation, prospect)| Line::of(system, config, obligation, Some(prospect)))
        .collect())
}

/// A misspelt unit would look as if it owed nothing.
fn known_unit(config: &OfficeConfig, lines: &[Line], filter: &Filter) -> Result<(), RegisterError> {
    let Some(unit) = &filter.unit else { return Ok(()) };
    let owing = lines.iter().map(|line| line.obligation.unit.as_str());
    let known: BTreeSet<&str> = config.settings.units.keys().map(String::as_str).chain(owing).collect();
    if known.contains(unit.as_str()) {
        return Ok(());
    }
    let known = known.into_iter().filter(|unit| !unit.is_empty()).map(str::to_owned).collect();
    Err(RegisterError::UnknownUnit(unit.clone(), known))
}

impl Line {
    /// A duty with what its rule says; a rule that is no longer in the plan has left only its name.
    pub fn of(system: &System, config: &OfficeConfig, obligation: Obligation, prospect: Option<Prospect>) -> Self {
        let bound = system.rules.rule(&config.settings.rules, &obligation.rule);
        let rule = bound.map(|bound| bound.rule);
        let prospect = prospect.unwrap_or(Prospect {
            course: Course::OnCourse,
            risks: vec![],
            reference: None,
        });
        Self {
            rule_title: rule.map(|rule| rule.title.clone()).unwrap_or_default(),
            plan: rule.map(|rule| rule.plan.clone()).unwrap_or_default(),
            severity: rule.map_or(Severity::Target, |rule| rule.severity),
            certainty: rule.map_or(Certainty::Unverified, |rule| rule.certainty),
            channels: rule.map(|rule| rule.groups().map(str::to_owned).collect()).unwrap_or_default(),
            standing: standing(obligation.state, prospect.course),
            risks: prospect.risks,
            reference: prospect.reference,
            obligation,
        }
    }

    /// By when it is owed: in time whoever counts.
    pub fn safe_by(&self) -> Option<DateTime<Utc>> {
        self.obligation.due.as_ref().map(|due| due.safe_by)
    }

    fn passes(&self, filter: &Filter) -> bool {
        let presses = self.standing != Standing::OnCourse;
        let early = filter
            .until
            .is_none_or(|until| presses || self.safe_by().is_some_and(|by| by <= until));
        early && filter.unit.as_ref().is_none_or(|unit| *unit == self.obligation.unit)
    }
}

fn standing(state: ObligationState, course: Course) -> Standing {
    match (state, course) {
        (ObligationState::Met, _) => Standing::Met,
        (ObligationState::Late, _) => Standing::Late,
        (ObligationState::Lifted, _) => Standing::Lifted,
        (ObligationState::Open, Course::OnCourse) => Standing::OnCourse,
        (ObligationState::Open, Course::AtRisk) => Standing::AtRisk,
        (ObligationState::Open, Course::Overdue) => Standing::Overdue,
    }
}
