//! One look at an office: every cause for which something is due and not confirmed.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Duration, Utc};
use serde::Serialize;

use super::cause::{Account, Around, of_account, of_backlog};
use super::{house, mail};
use crate::receipt::{AlarmKind, Finding};
use crate::schedule::local_day;
use crate::store::StoreError;
use crate::store::alarms::{Alarm, Cause, Detail};
use crate::store::backlog::{Backlog, Place, Watched};
use crate::store::looks::Disturbed;
use crate::system::{OfficeConfig, System};

/// What was released only now is not late: a worker may have it in its hands.
const MOMENT: Duration = Duration::minutes(2);
/// So long after its last sign of life a worker is taken for dead: it shows one every twenty seconds.
pub const SILENT: Duration = Duration::minutes(2);
/// What a remote refused longer ago than this is known to whoever wants to know it. A question that is left to a person stays until it is answered.
const WINDOW: Duration = Duration::days(30);

/// So long a machine that no longer says that its alarm lasts is waited for.
const UNHEARD: Duration = Duration::days(1);

/// A cause, and since when there is an alarm for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Shown {
    /// The cause, as it is now.
    #[serde(flatten)]
    pub cause: Cause,
    /// When the alarm was raised; not yet, if no watchdog has seen it.
    pub raised_at: Option<DateTime<Utc>>,
}

/// What is wrong at this moment, whether a watchdog has seen it or not.
pub async fn current(system: &System, config: &OfficeConfig) -> Result<Vec<Shown>, StoreError> {
    let raised = system.store.open_alarms(&config.office.id).await?;
    let causes = look(system, config, is_alive(system).await?).await?;
    let shown = causes.into_iter().map(|cause| {
        let of = raised.iter().find(|alarm| alarm.cause.is_same(&cause));
        Shown {
            raised_at: of.map(|alarm| alarm.raised_at),
            cause,
        }
    });
    let elsewhere = raised.iter().filter(|alarm| whose(system, alarm) == Whose::Other);
    let elsewhere = elsewhere.map(|alarm| Shown {
        raised_at: Some(alarm.raised_at),
        cause: alarm.cause.clone(),
    });
    Ok(shown.chain(elsewhere).collect())
}

/// Who can tell whether an alarm is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whose {
    /// This machine: it sees the cause, or sees that it is over.
    Own,
    /// Another one, which has been heard of.
    Other,
    /// Another one, of which nothing has been heard for long: it is gone, or has another name now.
    Nobody,
}

/// Who can tell whether this alarm is over.
pub fn whose(system: &System, alarm: &Alarm) -> Whose {
    let machine = &alarm.cause.machine;
    if machine.is_empty() || *machine == system.machine {
        Whose::Own
    } else if system.clock.now() - alarm.seen_at <= UNHEARD {
        Whose::Other
    } else {
        Whose::Nobody
    }
}

/// Looks; `worker`: whether any worker is thought to live.
pub async fn look(system: &System, config: &OfficeConfig, worker: bool) -> Result<Vec<Cause>, StoreError> {
    let (store, office, now) = (&system.store, &config.office.id, system.clock.now());
    let mut backlog = store.backlog(office, now - MOMENT).await?;
    backlog.extend(store.left(office, now - WINDOW).await?);
    let rows = store.watched(office).await?;
    let mut found = Found::default();
    if !worker && store.has_open(office).await? {
        found.add(AlarmKind::NoWorker, "", None, Detail::default());
    }
    let desk = Desk {
        config,
        backlog: &backlog,
        at: Around {
            now,
            patience: Duration::minutes(i64::from(system.settings.watch.patience_minutes.max(1))),
            worker,
        },
    };
    desk.lay_out(&rows, &mut found);
    for row in rows.iter().filter(|row| of_account(desk.account(row), now).is_some()) {
        let (waiting, nearest_deadline) = store.behind(office, row.id).await?;
        desk.of_account(row, waiting, nearest_deadline, &mut found);
    }
    let mut causes = found.into_causes();
    causes.extend(disturbed(system, office).await?);
    causes.extend(mail::cause(system, office).await?);
    causes.extend(house::causes(system, office).await?);
    Ok(causes)
}

/// What stood and was found changed or taken down, for each account. What could not be seen is no alarm: it is looked at again.
async fn disturbed(system: &System, office: &str) -> Result<Vec<Cause>, StoreError> {
    let mut accounts: BTreeMap<String, Vec<Disturbed>> = BTreeMap::new();
    for found in system.store.unconfirmed_or_disturbed(office).await? {
        if matches!(found.glance.finding, Finding::Changed | Finding::Gone) {
            accounts.entry(found.account.clone()).or_default().push(found);
        }
    }
    Ok(accounts.into_iter().map(|(account, all)| of_disturbed(account, &all)).collect())
}

fn of_disturbed(account: String, all: &[Disturbed]) -> Cause {
    let posts: Vec<String> = all
        .iter()
        .map(|found| format!("{} ({})", found.reference, found.glance.finding.word()))
        .collect();
    Cause {
        kind: AlarmKind::Disturbed,
        about: account,
        machine: String::new(),
        since: None,
        detail: Detail {
            oldest: all.iter().map(|found| found.at).min(),
            note: Some(posts.join(", ")),
            ..Detail::default()
        },
    }
}

/// Whether any worker has shown a sign of life of late.
pub async fn is_alive(system: &System) -> Result<bool, StoreError> {
    let now = system.clock.now();
    let last = system.store.last_beat(now + SILENT).await?;
    Ok(last.is_some_and(|last| now - last <= SILENT))
}

struct Desk<'a> {
    config: &'a OfficeConfig,
    backlog: &'a [Backlog],
    at: Around,
}

impl Desk<'_> {
    fn lay_out(&self, rows: &[Watched], found: &mut Found) {
        for backlog in self.backlog {
            let Some(row) = rows.iter().find(|row| row.id == backlog.account) else {
                continue;
            };
            let Some(kind) = of_backlog(backlog, self.account(row), self.at) else {
                continue;
            };
            let about = if kind == AlarmKind::NoWorker { "" } else { row.name.as_str() };
            let circuit = row.circuit.as_ref().filter(|_| kind == AlarmKind::ChannelDown);
            let failure = circuit
                .and_then(|circuit| circuit.failure.clone())
                .or_else(|| backlog.failure.clone());
            let detail = Detail {
                waiting: backlog.count,
                nearest_deadline: backlog.nearest_deadline,
                oldest: Some(backlog.oldest),
                failure,
                note: None,
            };
            found.add(kind, about, circuit.map(|circuit| circuit.opened_at), detail);
        }
    }

    /// Of an account that stands still all that is open counts, also what is released later.
    fn of_account(&self, row: &Watched, waiting: i64, nearest_deadline: Option<DateTime<Utc>>, found: &mut Found) {
        let Some((kind, since)) = of_account(self.account(row), self.at.now) else {
            return;
        };
        let failure = row.failure.clone().or_else(|| row.circuit.as_ref()?.failure.clone());
        let detail = Detail {
            waiting,
            nearest_deadline,
            oldest: None,
            failure,
            note: None,
        };
        found.replace(kind, &row.name, since, detail);
    }

    fn account<'b>(&self, row: &'b Watched) -> Account<'b> {
        let manifest = self.config.manifests.get(&row.name);
        let today = local_day(self.at.now, self.config.office.zone);
        let daily = manifest.map_or(0, |manifest| i64::from(manifest.pace.daily));
        let busy: BTreeSet<i64> = self.held();
        Account {
            row,
            configured: manifest.is_some(),
            spent: daily > 0 && row.day.is_some_and(|day| day.to_string() == today) && row.sent_that_day >= daily,
            busy: busy.contains(&row.id),
        }
    }

    fn held(&self) -> BTreeSet<i64> {
        let held = self.backlog.iter().filter(|backlog| backlog.place == Place::Held);
        held.map(|backlog| backlog.account).collect()
    }
}

/// The causes found so far: several groups of deliveries may have the same.
#[derive(Default)]
struct Found(BTreeMap<(AlarmKind, String), Seen>);

/// Since when, and what is seen of it.
type Seen = (Option<DateTime<Utc>>, Detail);

impl Found {
    fn add(&mut self, kind: AlarmKind, about: &str, since: Option<DateTime<Utc>>, detail: Detail) {
        let (_, sum) = self.0.entry((kind, about.to_owned())).or_insert_with(|| (since, Detail::default()));
        sum.waiting += detail.waiting;
        sum.nearest_deadline = earlier(sum.nearest_deadline, detail.nearest_deadline);
        sum.oldest = earlier(sum.oldest, detail.oldest);
        sum.failure = sum.failure.take().or(detail.failure);
    }

    fn replace(&mut self, kind: AlarmKind, about: &str, since: Option<DateTime<Utc>>, detail: Detail) {
        self.0.insert((kind, about.to_owned()), (since, detail));
    }

    fn into_causes(self) -> Vec<Cause> {
        let causes = self.0.into_iter().map(|((kind, about), (since, detail))| Cause {
            kind,
            about,
            machine: String::new(),
            since,
            detail,
        });
        causes.collect()
    }
}

fn earlier(one: Option<DateTime<Utc>>, other: Option<DateTime<Utc>>) -> Option<DateTime<Utc>> {
    one.into_iter().chain(other).min()
}
