//! Whether what is owed will be met: computed from what waits, who must still act, and how fast each channel goes.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{DateTime, Duration, Utc};
use serde::{Deserialize, Serialize};

use super::error::RegisterError;
use super::fulfil::{self, Round};
use super::view::View;
use crate::receipt::words::words;
use crate::receipt::{FailureCode, State};
use crate::rules::{Bound, Due, Subject};
use crate::schedule::{Forecast, Line, Miss, Waiting, forecast, local_day};
use crate::store::deliveries::LineRow;
use crate::store::obligations::{Obligation, Stand};
use crate::store::publications::Publication;
use crate::store::rows::AccountState;
use crate::system::{OfficeConfig, System};

words! {
    /// How an open duty stands.
    Course {
        /// It will be met in time.
        OnCourse = "on course",
        /// It will be missed unless somebody acts.
        AtRisk = "at risk",
        /// Its time has passed.
        Overdue = "overdue",
    }
}

words! {
    /// Why a duty will be missed unless somebody acts.
    RiskKind {
        /// Nothing is written yet, and the office hours left do not suffice.
        Unwritten = "unwritten",
        /// It waits for approval, and the office hours left do not suffice.
        Unapproved = "unapproved",
        /// What is only tracked is not done yet, and the office hours left do not suffice.
        Undone = "undone",
        /// Its release lies after its time.
        ReleasedLate = "released-late",
        /// The channel waits for a person.
        ChannelPaused = "channel-paused",
        /// The channel's pace does not allow it.
        Pace = "pace",
        /// A person must look at the delivery.
        NeedsPerson = "needs-person",
        /// The channel refused it.
        Refused = "refused",
        /// The office has no account for what the rule asks.
        NoAccount = "no-account",
        /// Nothing was planned on an account that came later.
        NotPlanned = "not-planned",
        /// The cautious reading's time has passed; the lenient one's has not.
        SafePassed = "safe-passed",
    }
}

/// One reason why a duty will be missed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Risk {
    /// Which.
    pub kind: RiskKind,
    /// On which account, or group of channels.
    pub channel: Option<String>,
    /// When it would be met as things stand.
    pub expected_at: Option<DateTime<Utc>>,
}

/// How an open duty will go.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Prospect {
    /// How it stands.
    pub course: Course,
    /// Why it will be missed.
    pub risks: Vec<Risk>,
    /// The reference of the item that is to meet it, where there is one.
    pub reference: Option<String>,
}

/// Every open duty of an office, with how it will go; the most urgent first.
pub async fn prospects(system: &System, config: &OfficeConfig) -> Result<Vec<(Obligation, Prospect)>, RegisterError> {
    let mut desk = Desk::open(system, config).await?;
    let open = system.store.open_obligations(&config.office.id).await?;
    let mut cases = Vec::with_capacity(open.len());
    for obligation in open {
        cases.push(desk.case(obligation).await?);
    }
    let forecast = desk.forecast();
    Ok(cases.into_iter().map(|case| desk.told(case, &forecast)).collect())
}

/// What a duty waits for.
struct Case<'a> {
    obligation: Obligation,
    reference: Option<String>,
    bound: Option<Bound<'a>>,
    waits: Vec<Waits>,
}

/// One thing that must still happen.
enum Waits {
    /// A person's work in office hours; done at the earliest then.
    Work(RiskKind, Option<DateTime<Utc>>),
    /// A delivery, real or imagined.
    Delivery { account: String, id: i64, imagined: bool },
    /// Nothing will happen by itself.
    Stuck(RiskKind, String),
}

struct Desk<'a> {
    system: &'a System,
    config: &'a OfficeConfig,
    now: DateTime<Utc>,
    waiting: Vec<Waiting>,
    lines: Vec<LineRow>,
    imagined: i64,
    views: BTreeMap<i64, Option<Arc<View>>>,
}

impl<'a> Desk<'a> {
    async fn open(system: &'a System, config: &'a OfficeConfig) -> Result<Self, RegisterError> {
        let (waiting, lines) = system.store.lines(&config.office.id).await?;
        Ok(Self {
            system,
            config,
            now: system.clock.now(),
            waiting,
            lines,
            imagined: 0,
            views: BTreeMap::new(),
        })
    }

    async fn case(&mut self, obligation: Obligation) -> Result<Case<'a>, RegisterError> {
        let bound = self.system.rules.rule(&self.config.settings.rules, &obligation.rule);
        let item = match obligation.subject {
            Subject::Item | Subject::Cancelled => obligation.item,
            Subject::After | Subject::Period { .. } => obligation.met_by,
        };
        let view = match item {
            Some(id) => self.view(id).await?,
            None => None,
        };
        let waits = match (&view, bound) {
            (_, None) => vec![],
            (Some(view), Some(bound)) if bound.rule.met.is_none() => self.on_channels(&obligation, bound, view),
            (_, Some(bound)) => self.by_hand(&obligation, bound).into_iter().collect(),
        };
        Ok(Case {
            obligation,
            reference: view.map(|view| view.item.reference.clone()),
            bound,
            waits,
        })
    }

    /// An item has several duties: it is read once.
    async fn view(&mut self, id: i64) -> Result<Option<Arc<View>>, RegisterError> {
        if !self.views.contains_key(&id) {
            let view = View::load(self.system, id).await?;
            self.views.insert(id, view.map(Arc::new));
        }
        Ok(self.views.get(&id).cloned().flatten())
    }

    /// Nothing of it is on its way to a channel: somebody must write it, or do it. Before its event has come nobody can.
    fn by_hand(&self, obligation: &Obligation, bound: Bound<'_>) -> Option<Waits> {
        let due = obligation.due.as_ref()?;
        if !due.before && due.anchor > self.now && obligation.subject == Subject::After {
            return None;
        }
        let settings = &self.config.settings;
        let (kind, hours) = if bound.rule.met.is_some() {
            (RiskKind::Undone, settings.approval_hours)
        } else {
            (RiskKind::Unwritten, settings.writing_hours + settings.approval_hours)
        };
        Some(Waits::Work(kind, self.worked(hours)))
    }

    fn on_channels(&mut self, obligation: &Obligation, bound: Bound<'_>, view: &View) -> Vec<Waits> {
        if obligation.subject == Subject::Cancelled {
            let told = obligation.proof.stands.iter().filter(|stand| stand.at.is_none());
            return told.filter_map(|stand| self.under_way(view, i64::MIN, stand)).collect();
        }
        let round = match obligation.subject {
            Subject::Item => fulfil::rounds(bound.rule, view).pop(),
            _ => None,
        };
        let round = round.unwrap_or_else(|| Round::whole(view));
        let found = fulfil::published(bound.rule, view, &round, &self.config.manifests);
        let mut waits: Vec<Waits> = found
            .unserved
            .into_iter()
            .map(|group| Waits::Stuck(RiskKind::NoAccount, group))
            .collect();
        let missing: Vec<Stand> = found.proof.stands.into_iter().filter(|stand| stand.at.is_none()).collect();
        if view.is_approved() {
            waits.extend(missing.iter().filter_map(|stand| self.under_way(view, round.base, stand)));
        } else {
            waits.push(Waits::Work(RiskKind::Unapproved, self.worked(self.config.settings.approval_hours)));
            waits.extend(missing.iter().filter_map(|stand| self.imagine(view, stand)));
        }
        waits
    }

    /// What an approved text still waits for on one account.
    fn under_way(&self, view: &View, base: i64, stand: &Stand) -> Option<Waits> {
        let of = |publication: &&Publication| publication.account == stand.account && publication.revision >= base && !publication.stands();
        let newest = view.publications.iter().rev().find(of);
        let stuck = |kind| Some(Waits::Stuck(kind, stand.account.clone()));
        let Some(publication) = newest else {
            return stuck(RiskKind::NotPlanned);
        };
        match publication.state {
            State::NeedsPerson
                if publication
                    .failure
                    .as_ref()
                    .is_some_and(|failure| failure.code == FailureCode::ByHand) =>
            {
                Some(Waits::Work(RiskKind::NeedsPerson, self.worked(self.config.settings.approval_hours)))
            }
            State::NeedsPerson | State::Unknown => stuck(RiskKind::NeedsPerson),
            State::Rejected | State::Expired => stuck(RiskKind::Refused),
            State::Superseded | State::Delivered => None,
            _ => Some(Waits::Delivery {
                account: stand.account.clone(),
                id: publication.delivery,
                imagined: false,
            }),
        }
    }

    /// The delivery that approval would plan.
    fn imagine(&mut self, view: &View, stand: &Stand) -> Option<Waits> {
        let account = self.lines.iter().find(|line| line.name == stand.account)?.account;
        let approved = self.worked(self.config.settings.approval_hours)?;
        let release_at = view.content.release.as_ref().map_or(approved, |release| release.at.max(approved));
        self.imagined -= 1;
        self.waiting.push(Waiting {
            id: self.imagined,
            account,
            release_at,
            deadline_at: None,
            urgency: release_at.timestamp_millis(),
            fresh: true,
        });
        Some(Waits::Delivery {
            account: stand.account.clone(),
            id: self.imagined,
            imagined: true,
        })
    }

    /// When so many office hours from now have passed.
    fn worked(&self, hours: u32) -> Option<DateTime<Utc>> {
        let calendar = self.system.rules.calendar(&self.config.settings.rules);
        let zone = self.config.office.zone;
        self.config
            .hours
            .after_working(self.now, Duration::hours(i64::from(hours)), zone, |day| {
                calendar.is_working_day(day)
            })
    }

    fn forecast(&self) -> Forecast {
        let zone = self.config.office.zone;
        let today = local_day(self.now, zone);
        let lines: BTreeMap<i64, Line<'_>> = self
            .lines
            .iter()
            .filter_map(|row| Some((row.account, row.line(&self.config.manifests.get(&row.name)?.pace, &today))))
            .collect();
        forecast(&self.waiting, &lines, self.now, zone)
    }

    fn told(&self, case: Case<'_>, forecast: &Forecast) -> (Obligation, Prospect) {
        let prospect = match &case.obligation.due {
            Some(due) => self.prospect(due, &case, forecast),
            None => Prospect {
                course: Course::OnCourse,
                risks: vec![],
                reference: case.reference,
            },
        };
        (case.obligation, prospect)
    }

    fn prospect(&self, due: &Due, case: &Case<'_>, forecast: &Forecast) -> Prospect {
        let mut risks: Vec<Risk> = case.waits.iter().filter_map(|waits| self.risk(due, waits, forecast)).collect();
        if self.now > due.safe_by && self.now <= due.latest_by && due.safe_by < due.latest_by {
            risks.push(Risk {
                kind: RiskKind::SafePassed,
                channel: None,
                expected_at: None,
            });
        }
        let course = if self.now > due.latest_by && case.bound.is_some() {
            Course::Overdue
        } else if risks.is_empty() {
            Course::OnCourse
        } else {
            Course::AtRisk
        };
        Prospect {
            course,
            risks,
            reference: case.reference.clone(),
        }
    }

    fn risk(&self, due: &Due, waits: &Waits, forecast: &Forecast) -> Option<Risk> {
        let limit = if self.now > due.safe_by { due.latest_by } else { due.safe_by };
        match waits {
            Waits::Work(kind, done) => done.is_none_or(|done| done > limit).then_some(Risk {
                kind: *kind,
                channel: None,
                expected_at: *done,
            }),
            Waits::Stuck(kind, channel) => Some(Risk {
                kind: *kind,
                channel: Some(channel.clone()),
                expected_at: None,
            }),
            Waits::Delivery { account, id, imagined } => {
                let expected_at = forecast.times.get(id).copied();
                let missed = expected_at.is_none_or(|at| at > limit);
                let kind = missed.then(|| self.why(account, *id, *imagined, expected_at, limit, forecast))?;
                // That approval comes too late is said once, not again for every channel.
                (kind != RiskKind::Unapproved).then(|| Risk {
                    kind,
                    channel: Some(account.clone()),
                    expected_at,
                })
            }
        }
    }

    fn why(
        &self,
        account: &str,
        id: i64,
        imagined: bool,
        expected_at: Option<DateTime<Utc>>,
        limit: DateTime<Utc>,
        forecast: &Forecast,
    ) -> RiskKind {
        let paused = |line: &LineRow| line.name == account && line.state == AccountState::Paused;
        if expected_at.is_none() && self.lines.iter().any(paused) {
            return RiskKind::ChannelPaused;
        }
        let released = self
            .waiting
            .iter()
            .find(|waiting| waiting.id == id)
            .is_some_and(|waiting| waiting.release_at > limit);
        let unapproved = || self.worked(self.config.settings.approval_hours).is_none_or(|at| at > limit);
        let told = forecast.misses.iter().find(|(missed, _)| *missed == id).map(|(_, miss)| *miss);
        match told {
            Some(Miss::ChannelPaused) => RiskKind::ChannelPaused,
            _ if imagined && unapproved() => RiskKind::Unapproved,
            Some(Miss::ReleasedTooLate) => RiskKind::ReleasedLate,
            _ if released => RiskKind::ReleasedLate,
            _ => RiskKind::Pace,
        }
    }
}
