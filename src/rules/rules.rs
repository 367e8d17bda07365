//! All that `rules/` says, and which of it binds an office.

use std::collections::BTreeMap;

use chrono_tz::Tz;
use serde::{Serialize, Serializer};

use super::calendar::Calendar;
use super::due::{Due, Known, Unsettled};
use super::rule::{PlanHead, Principle, Rule, Severity};
use super::step::Step;
use crate::item::Content;

/// All rules and calendars.
#[derive(Debug, Clone, Default)]
pub struct Rules {
    pub(super) plans: BTreeMap<String, Plan>,
    pub(super) calendars: BTreeMap<String, Calendar>,
    pub(super) none: Calendar,
}

/// One plan, read and checked.
#[derive(Debug, Clone)]
pub struct Plan {
    /// What it restates.
    pub head: PlanHead,
    /// Its rules.
    pub rules: Vec<Rule>,
    /// What it asks for without a clock.
    pub principles: Vec<Principle>,
    /// The file it was read from.
    pub file: String,
}

/// A rule that binds an office, with what it needs to be counted.
#[derive(Debug, Clone, Copy)]
pub struct Bound<'a> {
    /// The plan.
    pub plan: &'a Plan,
    /// The rule.
    pub rule: &'a Rule,
    /// The calendar of the plan.
    pub calendar: &'a Calendar,
}

/// By when an item must be public, by one rule.
#[derive(Debug, Clone, Serialize)]
pub struct Deadline<'a> {
    /// The rule.
    #[serde(serialize_with = "id")]
    pub rule: &'a Rule,
    /// When.
    #[serde(flatten)]
    pub due: Due,
}

fn id<S: Serializer>(rule: &Rule, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&rule.id)
}

/// How one rule's deadline for an item came about.
#[derive(Debug, Clone, Serialize)]
pub struct Explained<'a> {
    /// The rule.
    pub rule: &'a Rule,
    /// The steps.
    pub steps: Vec<Step>,
    /// What they come to.
    pub due: Result<Due, Unsettled>,
}

impl Rules {
    /// The plan of that name.
    pub fn plan(&self, id: &str) -> Option<&Plan> {
        self.plans.get(id)
    }

    /// Every plan, by name.
    pub fn plans(&self) -> impl Iterator<Item = &Plan> {
        self.plans.values()
    }

    /// The rule of that name among the plans given.
    pub fn rule(&self, plans: &[String], id: &str) -> Option<Bound<'_>> {
        plans
            .iter()
            .filter_map(|plan| self.plans.get(plan))
            .flat_map(|plan| self.of(plan))
            .find(|bound| bound.rule.id == id)
    }

    /// Every rule of the plans given.
    pub fn bound<'a>(&'a self, plans: &'a [String]) -> impl Iterator<Item = Bound<'a>> {
        plans.iter().filter_map(|plan| self.plans.get(plan)).flat_map(|plan| self.of(plan))
    }

    fn of<'a>(&'a self, plan: &'a Plan) -> impl Iterator<Item = Bound<'a>> {
        let calendar = plan
            .head
            .calendar
            .as_ref()
            .and_then(|id| self.calendars.get(id))
            .unwrap_or(&self.none);
        plan.rules.iter().map(move |rule| Bound { plan, rule, calendar })
    }

    /// The calendar of the first plan that has one: what counts as a working day in the office.
    pub fn calendar(&self, plans: &[String]) -> &Calendar {
        let mut named = plans.iter().filter_map(|plan| self.plans.get(plan)?.head.calendar.as_ref());
        named.find_map(|id| self.calendars.get(id)).unwrap_or(&self.none)
    }

    /// Every calendar, by name.
    pub fn calendars(&self) -> impl Iterator<Item = (&str, &Calendar)> {
        self.calendars.iter().map(|(id, calendar)| (id.as_str(), calendar))
    }

    /// The calendar of that name.
    pub fn calendar_named(&self, id: &str) -> Option<&Calendar> {
        self.calendars.get(id)
    }

    /// Every deadline that is more than an aim and can be counted from what the item itself says.
    pub fn deadlines<'a>(&'a self, plans: &'a [String], content: &'a Content, zone: Tz) -> impl Iterator<Item = Deadline<'a>> {
        self.bound(plans)
            .filter(|bound| bound.rule.severity != Severity::Target && bound.rule.is_about(content, true))
            .filter_map(move |bound| {
                let due = bound.rule.due(Some(content), &Known::zone(zone), bound.calendar, &mut ()).ok()?;
                Some(Deadline { rule: bound.rule, due })
            })
    }

    /// The strictest of them for an item on a group of channels; where no rule names the group, the strictest of all.
    pub fn deadline<'a>(&'a self, plans: &'a [String], content: &'a Content, zone: Tz, group: Option<&str>) -> Option<Deadline<'a>> {
        let strictest = |deadlines: &mut dyn Iterator<Item = Deadline<'a>>| deadlines.min_by_key(|deadline| deadline.due.safe_by);
        let asked = |deadline: &Deadline<'_>| group.is_some_and(|group| deadline.rule.groups().any(|asked| asked == group));
        let own = strictest(&mut self.deadlines(plans, content, zone).filter(asked));
        own.or_else(|| strictest(&mut self.deadlines(plans, content, zone)))
    }

    /// How every deadline of an item came about.
    pub fn explain<'a>(&'a self, plans: &'a [String], content: &Content, published: bool, known: &Known) -> Vec<Explained<'a>> {
        self.bound(plans)
            .filter(|bound| bound.rule.is_about(content, published) || bound.rule.follows(content))
            .map(|bound| {
                let mut steps = Vec::new();
                let due = bound.rule.due(Some(content), known, bound.calendar, &mut steps);
                Explained {
                    rule: bound.rule,
                    steps,
                    due,
                }
            })
            .collect()
    }
}

impl Bound<'_> {
    /// Who is told how long before.
    pub fn escalation(&self) -> &[super::rule::Escalation] {
        self.rule.escalate.as_deref().unwrap_or(&self.plan.head.escalate)
    }
}
