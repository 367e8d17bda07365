//! What is wrong with a rule's time: nothing to count from, nothing to count, a reading that cannot be.

use super::Check;
use crate::rules::reading::{Count, Direction, Exclude, Reading, Roll};
use crate::rules::rule::{PERIOD_END, PERIOD_START, PUBLISHED, QUEUED, Variation};
use crate::rules::span::Unit;

impl Check<'_> {
    pub(super) fn time(&mut self) {
        let rule = self.rule;
        let timed = rule.before.is_some() || rule.after.is_some();
        if rule.before.is_some() && rule.after.is_some() {
            self.step("before", "it has both before and after", "keep one of the two");
        }
        if timed && rule.anchor.0.is_empty() {
            self.step(
                "anchor",
                "it has a time but nothing to count it from",
                "add anchor = \"meeting_start\", or another fact",
            );
        }
        if rule.before.is_some() && rule.anchor.0.iter().any(|name| name == QUEUED || name == PUBLISHED) {
            self.step(
                "anchor",
                "before an item is queued or published nobody can know of the duty",
                "count from a fact of the item, or write after",
            );
        }
        if timed && rule.readings.is_empty() {
            self.step(
                "readings",
                "it does not say how the time is counted",
                "add readings = [{ count = \"clear\" }, { count = \"elapsed\" }]",
            );
        }
        if !timed && !rule.readings.is_empty() {
            self.step(
                "readings",
                "it says how to count, but not how much",
                "add before = \"7 days\" or after = \"15 days\"",
            );
        }
        if rule.every.is_some() != rule.anchor.0.iter().any(|name| name == PERIOD_START || name == PERIOD_END) {
            self.step(
                "anchor",
                "only what is owed in every period counts from period_start or period_end",
                "use both or neither",
            );
        }
        if rule
            .cancellation
            .is_some_and(|within| !matches!(within.unit, Unit::Hours | Unit::Days))
        {
            self.step(
                "cancellation",
                "a withdrawal is told within hours or days",
                "cancellation = \"24 hours\"",
            );
        }
        for (key, variation) in [("urgent", &rule.urgent), ("extension", &rule.extension)] {
            if let Some(variation) = variation {
                self.variation(key, variation);
            }
        }
    }

    fn variation(&mut self, key: &'static str, variation: &Variation) {
        if variation.before.is_some() == variation.after.is_some() {
            self.step(key, "it must have either before or after", "write one of the two");
        }
        let timed = self.rule.before.is_some() || self.rule.after.is_some();
        if timed && (variation.before.is_some() && self.rule.before.is_none() || variation.after.is_some() && self.rule.after.is_none()) {
            self.step(
                key,
                "it counts the other way than the rule itself",
                "use before or after as the rule does",
            );
        }
        if variation.readings.is_empty() && self.rule.readings.is_empty() {
            self.step(key, "it does not say how the time is counted", "add readings");
        }
        if variation.when.is_empty() {
            self.step(key, "it does not say when it holds", "add when = { session = [\"urgent\"] }");
        }
    }

    pub(super) fn readings(&mut self, calendar: bool) {
        let rule = self.rule;
        let variations = [&rule.urgent, &rule.extension].into_iter().flatten();
        let periods: Vec<_> = std::iter::once(rule.period(None))
            .chain(variations.map(|variation| rule.period(Some(variation))))
            .flatten()
            .collect();
        for (span, direction, readings) in periods {
            for reading in readings {
                self.reading(reading, reading.period.unwrap_or(span).unit, direction, calendar);
            }
        }
    }

    fn reading(&mut self, reading: &Reading, unit: Unit, direction: Direction, calendar: bool) {
        if unit == Unit::Hours && reading.count != Count::Elapsed {
            self.step(
                "readings",
                "hours are hours that pass",
                "count = \"elapsed\"; days on which they do not pass go into exclude",
            );
        }
        if matches!(unit, Unit::Months | Unit::Years) && reading.excludes() {
            self.step(
                "readings",
                "of months no days can be left out",
                "count the rule in days, or leave exclude and working away",
            );
        }
        if direction == Direction::Before && reading.roll == Roll::Later {
            self.step(
                "readings",
                "a duty before an event that rolls later would come after the law's day",
                "roll = \"earlier\", or none",
            );
        }
        if reading.count == Count::Elapsed && reading.roll == Roll::Later {
            self.step(
                "readings",
                "what is counted to the minute cannot roll to the end of a later day: what happens later would be due earlier",
                "count = \"calendar\", or leave roll away",
            );
        }
        if reading.needs_calendar() && !calendar {
            self.step(
                "readings",
                "it speaks of working days or holidays, but the plan has no calendar",
                "add calendar = \"kosovo\" under [plan]",
            );
        }
        let all_week = [Exclude::Saturdays, Exclude::Sundays]
            .iter()
            .all(|day| reading.exclude.contains(day));
        if all_week && reading.exclude.contains(&Exclude::Weekends) {
            self.step(
                "readings",
                "weekends are left out twice",
                "keep either weekends or saturdays and sundays",
            );
        }
    }
}
