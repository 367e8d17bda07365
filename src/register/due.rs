//! What is owed, as people and programs are shown it.

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::error::RegisterError;
use super::prospect::{Course, Prospect, Risk, prospects};
use crate::item::Localized;
use crate::receipt::words::words;
use crate::rules::{Certainty, Severity};
use crate::store::obligations::{Obligation, ObligationState};
use crate::system::{OfficeConfig, System};

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
}

/// Which duties to show.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Only those that fall due before this.
    pub until: Option<DateTime<Utc>>,
    /// Only those of this unit.
    pub unit: Option<String>,
    /// Also those that ended since then.
    pub ended_since: Option<DateTime<Utc>>,
}

/// What an office owes, the most urgent first, then what has ended, the newest first. The register is brought up to date before.
pub async fn due(system: &System, config: &OfficeConfig, filter: &Filter) -> Result<Vec<Line>, RegisterError> {
    super::refresh(system, config).await?;
    let mut lines: Vec<Line> = prospects(system, config)
        .await?
        .into_iter()
        .map(|(obligation, prospect)| Line::of(system, config, obligation, Some(prospect)))
        .collect();
    if let Some(since) = filter.ended_since {
        let ended = system.store.ended_obligations(&config.office.id, since).await?;
        lines.extend(ended.into_iter().map(|obligation| Line::of(system, config, obligation, None)));
    }
    lines.retain(|line| line.passes(filter));
    Ok(lines)
}

impl Line {
    /// A duty with what its rule says; a rule that is no longer in the plan has left only its name.
    pub fn of(system: &System, config: &OfficeConfig, obligation: Obligation, prospect: Option<Prospect>) -> Self {
        let bound = system.rules.rule(&config.settings.rules, &obligation.rule);
        let rule = bound.map(|bound| bound.rule);
        let prospect = prospect.unwrap_or(Prospect {
            course: Course::OnCourse,
            risks: vec![],
        });
        Self {
            rule_title: rule.map(|rule| rule.title.clone()).unwrap_or_default(),
            plan: rule.map(|rule| rule.plan.clone()).unwrap_or_default(),
            severity: rule.map_or(Severity::Target, |rule| rule.severity),
            certainty: rule.map_or(Certainty::Unverified, |rule| rule.certainty),
            channels: rule.map(|rule| rule.groups().map(str::to_owned).collect()).unwrap_or_default(),
            standing: standing(obligation.state, prospect.course),
            risks: prospect.risks,
            obligation,
        }
    }

    /// By when it is owed: in time whoever counts.
    pub fn safe_by(&self) -> Option<DateTime<Utc>> {
        self.obligation.due.as_ref().map(|due| due.safe_by)
    }

    fn passes(&self, filter: &Filter) -> bool {
        let ends = self.obligation.closed_at.is_some();
        let early = filter.until.is_none_or(|until| ends || self.safe_by().is_some_and(|by| by < until));
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
