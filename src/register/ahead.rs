//! What is owed by the calendar alone, whether or not anybody has written anything.

use chrono::{DateTime, Days, Duration, NaiveTime, TimeZone, Utc};

use super::error::RegisterError;
use super::fulfil::Fulfilment;
use super::refresh::{Pass, again};
use super::view::View;
use crate::rules::{Bound, Duty, Known, Period, Subject};

/// How far ahead what the calendar asks for is shown.
const AHEAD: Days = Days::new(366);
/// The longest period.
const PERIOD: Duration = Duration::days(366);

impl<'a> Pass<'a> {
    /// What is owed by the calendar alone.
    pub(super) async fn calendar(&mut self) -> Result<(), RegisterError> {
        let zone = self.config.office.zone;
        let day = |at: DateTime<Utc>| at.with_timezone(&zone).date_naive();
        let until = day(self.now).checked_add_days(AHEAD).unwrap_or(day(self.now));
        let (plans, lists) = (&self.config.settings.rules, &self.config.settings.lists);
        let known = Known::zone(zone);
        // A period that was over when the register began may fall due after that.
        let from = self.since - PERIOD;
        let ended = self.system.store.ended_periods(&self.config.office.id, from - PERIOD).await?;
        for mut duty in self.system.rules.duties_ahead(plans, (day(from), until), &known, lists) {
            duty.key = again(&ended, duty.key);
            self.asked.insert(duty.key.clone());
            if ended.contains_key(&duty.key) || duty.due.is_err() || self.is_as_it_was(&duty) {
                continue;
            }
            let fulfilment = self.in_period(&duty).await?;
            self.owe(duty.key.clone(), duty, None, fulfilment, None);
        }
        Ok(())
    }

    /// Whether nothing can have changed what a period asks for since it was looked at.
    fn is_as_it_was(&self, duty: &Duty<'_>) -> bool {
        let standing = duty
            .bound
            .rule
            .every
            .as_ref()
            .is_some_and(|every| every.standing || every.on.is_some());
        let open = self.open.get(&duty.key).filter(|open| !self.whole && !self.is_new(open));
        open.is_some() && !standing && !self.touches(duty.bound)
    }

    /// How far what a period asks for has come.
    async fn in_period(&mut self, duty: &Duty<'a>) -> Result<Fulfilment, RegisterError> {
        let (Some(every), Some(period), Subject::Period { nth, name, .. }) = (&duty.bound.rule.every, duty.period, &duty.subject) else {
            return Ok(Fulfilment::default());
        };
        let Some(open) = self.open.get(&duty.key) else {
            return Ok(Fulfilment::default());
        };
        let known = (!self.whole && !self.is_new(open) && every.times == 1 && !every.standing).then_some(open.met_by);
        let zone = self.config.office.zone;
        let began = zone
            .from_local_datetime(&period.first.and_time(NaiveTime::MIN))
            .earliest()
            .map(|at| at.to_utc());
        let placed = every.year.is_some() || every.on.is_some();
        let Some(began) = began.filter(|began| placed || *began <= self.now) else {
            return Ok(Fulfilment::default());
        };
        let since = match (every.standing, placed) {
            (true, _) => DateTime::UNIX_EPOCH,
            (false, true) => began - Duration::days(366),
            (false, false) => began,
        };
        let candidates = match known {
            Some(met_by) => self.news(duty.bound, met_by).await?,
            None => self.candidates(duty.bound, since).await?,
        };
        let mut found = Vec::new();
        for candidate in candidates {
            if self.belongs(duty.bound, period, name.as_deref(), &candidate) {
                let mut one = self.of_candidate(duty.bound, &candidate);
                // Announcing an event is not holding it.
                let event = candidate.event.filter(|_| every.on.is_some());
                one.met_at = one
                    .met_at
                    .map(|at| event.map_or(at, |event| at.max(event)))
                    .filter(|at| *at <= self.now);
                if every.standing {
                    one.met_at = one.met_at.map(|at| at.max(began));
                }
                found.push(one);
            }
        }
        found.sort_by_key(|one| (one.met_at.is_none(), one.met_at, one.by));
        Ok(found.into_iter().nth(*nth as usize - 1).unwrap_or_default())
    }

    fn belongs(&self, bound: Bound<'_>, period: Period, name: Option<&str>, candidate: &View) -> bool {
        let Some(every) = &bound.rule.every else { return false };
        let zone = self.config.office.zone;
        let public = candidate.first_public().map(|at| at.with_timezone(&zone).date_naive());
        let taken =
            bound.rule.takes(&candidate.content, candidate.published) && name.is_none_or(|name| every.is_of(&candidate.content, name));
        let withdrawn = candidate.withdrawn().map(|at| at.with_timezone(&zone).date_naive());
        taken
            && if every.standing {
                public.is_some_and(|public| public <= period.last) && withdrawn.is_none_or(|gone| gone > period.first)
            } else {
                withdrawn.is_none() && every.period_of(&candidate.content, public, zone) == Some(period)
            }
    }
}
