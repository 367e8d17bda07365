//! Bringing the register up to date: what is newly owed, what moved, what ended.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use chrono::{DateTime, Duration, NaiveTime, TimeZone, Utc};

use super::error::RegisterError;
use super::fulfil::{self, Fulfilment};
use super::keep::Write;
use super::view::View;
use crate::rules::{Bound, Duty, Subject, Unsettled};
use crate::store::StoreError;
use crate::store::obligations::{Ending, Obligation, ObligationState};
use crate::store::rows::Revision;
use crate::system::{OfficeConfig, System};

/// A change reaches the store a moment after the clock was read for it.
const OVERLAP: Duration = Duration::minutes(1);

/// What came of bringing the register up to date.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Changes {
    /// Newly owed.
    pub opened: usize,
    /// Moved by a changed rule or fact.
    pub revised: usize,
    /// Ended: met, late or lifted.
    pub ended: usize,
}

/// Brings an office's register up to date.
pub async fn refresh(system: &System, config: &OfficeConfig) -> Result<Changes, RegisterError> {
    let mut all = Changes::default();
    // What a pass opens may have been met long ago: the next one ends it.
    for _ in 0..2 {
        let changes = pass(system, config).await?;
        all = all + changes;
        if changes.opened == 0 {
            break;
        }
    }
    Ok(all)
}

async fn pass(system: &System, config: &OfficeConfig) -> Result<Changes, RegisterError> {
    let mut pass = Pass::begin(system, config).await?;
    for id in pass.concerned().await? {
        pass.item(id).await?;
    }
    pass.calendar().await?;
    pass.forsaken();
    Ok(pass.keep().await?)
}

impl std::ops::Add for Changes {
    type Output = Self;

    fn add(self, more: Self) -> Self {
        Self {
            opened: self.opened + more.opened,
            revised: self.revised + more.revised,
            ended: self.ended + more.ended,
        }
    }
}

/// The items of a kind that were queued since then, with when that was.
type Queued = (DateTime<Utc>, Vec<(i64, DateTime<Utc>)>);

/// One pass over all that is owed.
pub(super) struct Pass<'a> {
    pub(super) system: &'a System,
    pub(super) config: &'a OfficeConfig,
    pub(super) now: DateTime<Utc>,
    /// What fell due before this is history that nobody kept.
    pub(super) since: DateTime<Utc>,
    /// When the register was last brought up to date.
    pub(super) before: DateTime<Utc>,
    /// Whether everything is looked at, as a process does that has just read its rules, and not only what something happened to.
    pub(super) whole: bool,
    /// The items that something happened to.
    pub(super) touched: BTreeSet<i64>,
    pub(super) open: BTreeMap<String, Obligation>,
    /// The keys of what each item owes: after an import ten thousand of them owe something.
    owing: BTreeMap<i64, Vec<String>>,
    pub(super) asked: BTreeSet<String>,
    pub(super) views: BTreeMap<i64, Option<Arc<View>>>,
    /// The items of each kind that was asked for.
    pub(super) kinds: BTreeMap<String, Queued>,
    pub(super) writes: Vec<Write<'a>>,
}

impl<'a> Pass<'a> {
    async fn begin(system: &'a System, config: &'a OfficeConfig) -> Result<Self, RegisterError> {
        let (store, office) = (&system.store, &config.office);
        let kept = store.register_since(&office.id).await?;
        let written = config.settings.owed_from.and_then(|day| {
            let midnight = office.zone.from_local_datetime(&day.and_time(NaiveTime::MIN)).earliest();
            midnight.map(|at| at.to_utc())
        });
        // First of all: what another process changes after this is then noticed when it is to be kept.
        let before = store.register_refreshed(&office.id).await?;
        let now = system.clock.now();
        let open = store.open_obligations(&office.id).await?;
        let mut owing: BTreeMap<i64, Vec<String>> = BTreeMap::new();
        for obligation in &open {
            if let Some(item) = obligation.item {
                owing.entry(item).or_default().push(obligation.key.clone());
            }
        }
        Ok(Self {
            owing,
            system,
            config,
            now,
            since: written.unwrap_or(kept),
            before,
            whole: !system.has_gone_through(&office.id),
            touched: store.items_touched(&office.id, before - OVERLAP).await?.into_iter().collect(),
            open: open.into_iter().map(|obligation| (obligation.key.clone(), obligation)).collect(),
            asked: BTreeSet::new(),
            views: BTreeMap::new(),
            kinds: BTreeMap::new(),
            writes: vec![],
        })
    }

    /// The items whose duties may have changed: what something happened to, what may be met by such a one, and what is met as time passes.
    async fn concerned(&mut self) -> Result<BTreeSet<i64>, RegisterError> {
        for id in self.touched.clone() {
            self.view(id).await?;
        }
        let rule = |open: &Obligation| self.system.rules.rule(&self.config.settings.rules, &open.rule);
        let may_have_changed = |open: &&Obligation| {
            // What was told of an event before it was held meets its duty as time passes.
            let follows = |bound: Bound<'_>| open.subject == Subject::After && (open.met_by.is_some() || self.touches(bound));
            let by_others = |bound: Bound<'_>| bound.rule.met.is_some() || follows(bound);
            self.whole || self.is_new(open) || rule(open).is_some_and(by_others)
        };
        let owing = self.open.values().filter(may_have_changed).filter_map(|open| open.item);
        Ok(owing.chain(self.touched.iter().copied()).collect())
    }

    /// Whether something happened to an item of the kinds that a rule asks for.
    pub(super) fn touches(&self, bound: Bound<'_>) -> bool {
        let views = self.touched.iter().filter_map(|id| self.views.get(id)?.as_ref());
        views.into_iter().any(|view| bound.rule.takes_kind(&view.item.kind, view.published))
    }

    /// Whether nobody has looked yet how far it has come.
    pub(super) fn is_new(&self, open: &Obligation) -> bool {
        open.opened_at >= self.before - OVERLAP
    }

    /// What one item owes, and what follows it.
    async fn item(&mut self, id: i64) -> Result<(), RegisterError> {
        let Some(view) = self.view(id).await? else { return Ok(()) };
        let ended = self.system.store.ended_of(id).await?;
        let told = view.told(self.config.office.zone);
        let mut asked = BTreeSet::new();
        for mut duty in self.system.rules.duties_of(&self.config.settings.rules, &told) {
            if duty.subject != Subject::Item {
                duty.key = again(&ended, duty.key);
            }
            let Some((key, fulfilment)) = self.fulfilment(&duty, &view).await? else {
                continue;
            };
            let key = again(&ended, key);
            asked.insert(key.clone());
            let lifted = Self::lifted(&duty, &view);
            if !ended.contains_key(&key) && (lifted.is_none() || self.open.contains_key(&key)) {
                self.owe(key, duty, Some(&view), fulfilment, lifted);
            }
        }
        self.dropped(&asked, &view);
        self.asked.extend(asked);
        Ok(())
    }

    /// The duty's key, and how far it has come; nothing if it is not owed.
    async fn fulfilment(&mut self, duty: &Duty<'a>, view: &View) -> Result<Option<(String, Fulfilment)>, RegisterError> {
        if matches!(
            duty.due,
            Err(Unsettled::NoAnchor(_) | Unsettled::NotInForce(_) | Unsettled::OutOfRange)
        ) {
            return Ok(None);
        }
        let (rule, accounts) = (duty.bound.rule, &self.config.manifests);
        Ok(match duty.subject {
            Subject::Item if rule.met.is_some() => Some((duty.key.clone(), fulfil::tracked(rule, view, self.config.office.zone, self.now))),
            Subject::Item => fulfil::rounds(rule, view)
                .pop()
                .map(|round| (round.key(&duty.key), fulfil::published(rule, view, &round, accounts))),
            Subject::Cancelled => fulfil::cancelled(view, accounts).map(|found| (duty.key.clone(), found)),
            Subject::After if view.is_approved() => Some((duty.key.clone(), self.followed(duty, view).await?)),
            Subject::After | Subject::Period { .. } => None,
        })
    }

    /// How far a follow-up has come: the first that is tied to what it follows and stands.
    async fn followed(&mut self, duty: &Duty<'a>, view: &View) -> Result<Fulfilment, RegisterError> {
        let Some(open) = self.open.get(&duty.key) else {
            return Ok(Fulfilment::default());
        };
        let known = (!self.whole && !self.is_new(open) && !self.touched.contains(&view.item.id)).then_some(open.met_by);
        let candidates = match known {
            Some(met_by) => self.news(duty.bound, met_by).await?,
            None => self.candidates(duty.bound, view.item.created_at - Duration::days(1)).await?,
        };
        let (rule, day) = (duty.bound.rule, view.event_day(self.config.office.zone));
        let mut best = Fulfilment::default();
        for candidate in candidates {
            if candidate.withdrawn().is_none() && rule.ties(&candidate.content, candidate.published, &view.content, day) {
                let mut found = self.of_candidate(duty.bound, &candidate);
                // What is told of a meeting before it was held meets nothing until it is.
                found.met_at = found
                    .met_at
                    .map(|at| view.event.map_or(at, |event| at.max(event)))
                    .filter(|at| *at <= self.now);
                if best.by.is_none() || earlier(found.met_at, best.met_at) {
                    best = found;
                }
            }
        }
        Ok(best)
    }

    pub(super) fn of_candidate(&self, bound: Bound<'a>, candidate: &View) -> Fulfilment {
        Fulfilment {
            by: Some(candidate.item.id),
            ..fulfil::published(bound.rule, candidate, &fulfil::Round::whole(candidate), &self.config.manifests)
        }
    }

    /// Every item that may be what a rule asks for, queued since `since`.
    pub(super) async fn candidates(&mut self, bound: Bound<'a>, since: DateTime<Utc>) -> Result<Vec<Arc<View>>, RegisterError> {
        let mut found = Vec::new();
        for kind in &bound.rule.kinds {
            if self.kinds.get(kind).is_none_or(|(from, _)| since < *from) {
                let items = self.system.store.items_of_kind(&self.config.office.id, kind, since).await?;
                self.kinds.insert(kind.clone(), (since, items));
            }
            let ids: Vec<i64> = self
                .kinds
                .get(kind)
                .into_iter()
                .flat_map(|(_, items)| items)
                .filter(|(_, at)| *at >= since)
                .map(|(id, _)| *id)
                .collect();
            for id in ids {
                found.extend(self.view(id).await?);
            }
        }
        Ok(found)
    }

    /// Of these only those that something happened to, and the one that was on its way to meet the duty: the others have not come further.
    pub(super) async fn news(&mut self, bound: Bound<'a>, met_by: Option<i64>) -> Result<Vec<Arc<View>>, RegisterError> {
        let mut found = Vec::new();
        let ids: BTreeSet<i64> = self.touched.iter().copied().chain(met_by).collect();
        for id in ids {
            let view = self.view(id).await?;
            found.extend(view.filter(|view| bound.rule.takes_kind(&view.item.kind, view.published)));
        }
        Ok(found)
    }

    /// Why a duty that is not met is no longer owed.
    fn lifted(duty: &Duty<'_>, view: &View) -> Option<String> {
        let withdrawn = view.withdrawn()?;
        let in_time = duty.due.as_ref().ok().is_none_or(|due| match duty.subject {
            Subject::After => withdrawn <= due.anchor,
            _ => withdrawn <= due.latest_by,
        });
        let ends = matches!(duty.subject, Subject::Item | Subject::After) && in_time;
        ends.then(|| view.withdrawal_reason().unwrap_or_default())
    }

    /// What an item owed by facts it no longer has: met while it had them, or lifted; what was overdue by then stays so.
    fn dropped(&mut self, asked: &BTreeSet<String>, view: &View) {
        let approved = view.approved.last().and_then(|revision| revision.approved_at);
        let reason = view.approved.last().and_then(|revision| revision.reason.clone());
        let owing = self
            .owing
            .get(&view.item.id)
            .into_iter()
            .flatten()
            .filter(|key| !asked.contains(*key));
        let gone: Vec<Obligation> = owing.filter_map(|key| self.open.get(key).cloned()).collect();
        for open in gone {
            let past = self.past_round(&open, view);
            if past.met_at.is_some() {
                self.asked.insert(open.key.clone());
                self.fulfilled(open, past, Some(view));
                continue;
            }
            // A text that came later changed what is owed when it came; anything else, a rule, changes it only now.
            let changed = approved
                .filter(|at| *at > open.opened_at && self.touched.contains(&view.item.id))
                .unwrap_or(self.now);
            if open.due.as_ref().is_none_or(|due| changed <= due.latest_by) {
                self.asked.insert(open.key.clone());
                self.end(open, ObligationState::Lifted, Fulfilment::default(), reason.clone());
            }
        }
    }

    /// How far a round had come that a later one has followed: nobody may have looked between the two.
    fn past_round(&self, open: &Obligation, view: &View) -> Fulfilment {
        let bound = self.system.rules.rule(&self.config.settings.rules, &open.rule);
        let Some(rule) = bound
            .map(|bound| bound.rule)
            .filter(|rule| open.subject == Subject::Item && rule.met.is_none())
        else {
            return Fulfilment::default();
        };
        let rounds = fulfil::rounds(rule, view);
        let round = rounds
            .iter()
            .rev()
            .skip(1)
            .find(|round| open.key.trim_end_matches(AGAIN) == round.key(&format!("{}/item/{}", rule.id, view.item.id)));
        round
            .map(|round| fulfil::published(rule, view, round, &self.config.manifests))
            .unwrap_or_default()
    }

    /// Opens, revises, ends: whatever one duty needs.
    pub(super) fn owe(&mut self, key: String, duty: Duty<'a>, view: Option<&View>, fulfilment: Fulfilment, lifted: Option<String>) {
        let due = duty.due.as_ref().ok();
        let (title, unit) = (Self::title(&duty, view), self.unit(&duty, view));
        let Some(open) = self.open.get(&key).cloned() else {
            let forgotten = due.is_some_and(|due| due.latest_by <= self.since) && view.is_none_or(|view| view.item.created_at < self.since);
            if !forgotten {
                self.writes.push(Write::Open {
                    key,
                    item: view.map(|view| view.item.id),
                    duty: Box::new(duty),
                    title,
                    unit,
                });
            }
            return;
        };
        let moved = open.due.as_ref() != due || open.version != duty.bound.rule.version;
        let mut current = open.clone();
        current.due = due.cloned();
        if moved || open.title != title || open.unit != unit {
            self.writes.push(Write::Revise {
                open,
                duty: Box::new(duty),
                title,
                unit,
            });
        }
        match (fulfilment.met_at, lifted) {
            (Some(_), _) => self.fulfilled(current, fulfilment, view),
            (None, Some(reason)) => self.end(current, ObligationState::Lifted, fulfilment, Some(reason)),
            (None, None) if current.proof != fulfilment.proof || current.met_by != fulfilment.by => self.writes.push(Write::Proof {
                id: current.id,
                fulfilment,
            }),
            (None, None) => {}
        }
    }

    /// Ends what was met, in time or late.
    fn fulfilled(&mut self, open: Obligation, fulfilment: Fulfilment, view: Option<&View>) {
        let latest_by = open.due.as_ref().map(|due| due.latest_by);
        let Some(latest_by) = latest_by.filter(|latest_by| fulfilment.met_at.is_some_and(|met_at| met_at > *latest_by)) else {
            return self.end(open, ObligationState::Met, fulfilment, None);
        };
        let by = fulfilment.by.and_then(|id| self.views.get(&id)?.as_deref()).or(view);
        let reason = by.and_then(|by| late_reason(by, latest_by));
        self.end(open, ObligationState::Late, fulfilment, reason);
    }

    /// What no rule asks for any more: not by this plan, not since it ended. What was overdue by then stays so.
    fn forsaken(&mut self) {
        let gone: Vec<Obligation> = self
            .open
            .values()
            .filter(|open| open.item.is_none() && !self.asked.contains(&open.key))
            .filter(|open| open.due.as_ref().is_none_or(|due| self.now <= due.latest_by))
            .cloned()
            .collect();
        for open in gone {
            self.end(open, ObligationState::Lifted, Fulfilment::default(), None);
        }
    }

    fn end(&mut self, mut open: Obligation, state: ObligationState, fulfilment: Fulfilment, reason: Option<String>) {
        let ending = Ending {
            state,
            met_at: fulfilment.met_at.filter(|_| state != ObligationState::Lifted),
            met_by: fulfilment.by.or(open.item).filter(|_| state != ObligationState::Lifted),
            proof: fulfilment.proof,
            reason: open.reason.take().or(reason),
        };
        self.writes.push(Write::End { open, ending });
    }

    fn title(duty: &Duty<'_>, view: Option<&View>) -> String {
        match (&duty.subject, view) {
            (Subject::Period { period, name, .. }, _) => match name {
                Some(name) => format!("{period} · {name}"),
                None => period.clone(),
            },
            (_, Some(view)) => format!("{} · {}", view.item.reference, view.item.title),
            (_, None) => String::new(),
        }
    }

    fn unit(&self, duty: &Duty<'_>, view: Option<&View>) -> String {
        let rule = duty.bound.rule;
        let of = |kind: &str| self.system.kinds.get(kind).map(|kind| kind.unit.clone());
        let own = view.filter(|_| duty.subject != Subject::After).and_then(|view| of(&view.item.kind));
        let asked = || rule.kinds.iter().find_map(|kind| of(kind));
        rule.unit.clone().or(own).or_else(asked).unwrap_or_default()
    }

    async fn view(&mut self, id: i64) -> Result<Option<Arc<View>>, StoreError> {
        if let Some(known) = self.views.get(&id) {
            return Ok(known.clone());
        }
        let view = View::load(self.system, id).await?.map(Arc::new);
        self.views.insert(id, view.clone());
        Ok(view)
    }
}

/// Marks the key of a duty that is asked for again.
const AGAIN: char = '+';

/// The key of a duty that is asked for again after no person's word had lifted it: what has ended is never opened, but its like is.
pub(super) fn again(ended: &BTreeMap<String, bool>, mut key: String) -> String {
    while ended.get(&key) == Some(&true) {
        key.push(AGAIN);
    }
    key
}

/// Why it was published too late for this very deadline: what was said of another one is no reason here.
fn late_reason(view: &View, latest_by: DateTime<Utc>) -> Option<String> {
    let knowingly = |revision: &&Revision| revision.approved_at.max(revision.release_at) > Some(latest_by);
    view.approved
        .iter()
        .filter(knowingly)
        .find_map(|revision| revision.late_reason.clone())
}

fn earlier(one: Option<DateTime<Utc>>, other: Option<DateTime<Utc>>) -> bool {
    match (one, other) {
        (Some(one), Some(other)) => one < other,
        (one, other) => one.is_some() && other.is_none(),
    }
}
