//! Alarms: raised once a cause, cleared when it is over, and who was told of them.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use super::value::{Row, args, to_json};
use super::warnings::WarningState;
use super::{Store, StoreError, Work};
use crate::clock::from_ms;
use crate::receipt::{AlarmKind, Failure};

/// What is seen of a cause.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Detail {
    /// How many deliveries wait for its end.
    pub waiting: i64,
    /// The nearest of their deadlines.
    pub nearest_deadline: Option<DateTime<Utc>>,
    /// Since when the first of them has waited.
    pub oldest: Option<DateTime<Utc>>,
    /// What the remote, or the driver, said.
    pub failure: Option<Failure>,
    /// What else there is to say, in a sentence.
    pub note: Option<String>,
}

/// A cause, as a look finds it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Cause {
    /// Which.
    pub kind: AlarmKind,
    /// The account, or what else it is about; empty for the whole program.
    pub about: String,
    /// The machine that has it; empty for what every machine sees alike.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub machine: String,
    /// What tells this time from an earlier one: since when the account is paused, or its circuit open.
    pub since: Option<DateTime<Utc>>,
    /// What is seen of it.
    pub detail: Detail,
}

impl Cause {
    /// Whether it is the same cause, and the same time of it.
    pub fn is_same(&self, other: &Self) -> bool {
        (self.kind, &self.machine, &self.about, self.since) == (other.kind, &other.machine, &other.about, other.since)
    }
}

/// An alarm that was raised and is not over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Alarm {
    /// Its number.
    pub id: i64,
    /// Why.
    #[serde(flatten)]
    pub cause: Cause,
    /// When it was raised.
    pub raised_at: DateTime<Utc>,
    /// When its machine last found that it lasts, to about an hour.
    pub seen_at: DateTime<Utc>,
}

impl Alarm {
    fn read(row: &mut Row) -> Result<Self, StoreError> {
        let id = row.int()?;
        let (kind, machine, about, since) = (row.word()?, row.text()?, row.text()?, row.int()?);
        Ok(Self {
            id,
            cause: Cause {
                kind,
                about,
                machine,
                since: (since != 0).then(|| from_ms(since)),
                detail: row.json()?,
            },
            raised_at: row.instant()?,
            seen_at: row.instant()?,
        })
    }
}

/// Something to be told of an alarm to one recipient.
#[derive(Debug, Clone)]
pub struct Telling {
    /// The alarm.
    pub alarm: i64,
    /// `raised` or `reminder`.
    pub step: &'static str,
    /// Whom: `unit:NAME`, `head:NAME` or `head`.
    pub recipient: String,
    /// In which language.
    pub lang: String,
    /// What there is to say.
    pub detail: Json,
    /// Waiting, or only shown.
    pub state: WarningState,
}

impl Store {
    /// The office's alarms that are not over, the first one first.
    pub async fn open_alarms(&self, office: &str) -> Result<Vec<Alarm>, StoreError> {
        let sql = "SELECT id, kind, machine, about, since, detail, raised_at, seen_at FROM alarm WHERE office = $1 AND cleared_at IS NULL ORDER BY id";
        self.rows(sql, args![office]).await?.iter_mut().map(Alarm::read).collect()
    }

    /// What was told of the alarms that are not over, by alarm and step: the nearest deadline that was named then, and when that was.
    pub async fn told_of_alarms(&self, office: &str) -> Result<BTreeMap<(i64, String), (DateTime<Utc>, Json)>, StoreError> {
        let sql = "SELECT l.alarm, l.step, l.raised_at, l.detail FROM alarm_letter l JOIN alarm a ON a.id = l.alarm \
                   WHERE a.office = $1 AND a.cleared_at IS NULL ORDER BY l.id";
        let rows = self.rows(sql, args![office]).await?;
        rows.into_iter()
            .map(|mut row| Ok(((row.int()?, row.text()?), (row.instant()?, row.json()?))))
            .collect()
    }
}

impl Work {
    /// Raises an alarm; gives `false` if it was raised before.
    pub async fn raise_alarm(&mut self, store: &Store, office: &str, cause: &Cause) -> Result<bool, StoreError> {
        let sql = "INSERT INTO alarm (office, kind, machine, about, since, detail, raised_at, seen_at) \
                   VALUES ($1, $2, $3, $4, COALESCE($5, 0), $6, $7, $7) ON CONFLICT DO NOTHING";
        let values = args![
            office,
            cause.kind.word(),
            &cause.machine,
            &cause.about,
            cause.since,
            to_json(&cause.detail)?,
            store.clock.now()
        ];
        let new = self.run(sql, values).await? == 1;
        if new {
            self.note(store, office, "watchdog", "alarm raised", None, None, cause).await?;
        }
        Ok(new)
    }

    /// Notes that an alarm lasts.
    pub async fn keep_alarm(&mut self, store: &Store, alarm: &Alarm) -> Result<(), StoreError> {
        let sql = "UPDATE alarm SET seen_at = $2 WHERE id = $1 AND cleared_at IS NULL";
        self.run(sql, args![alarm.id, store.clock.now()]).await.map(drop)
    }

    /// Ends this alarm, and no later one of the same cause; gives `false` if it was over already.
    pub async fn clear_alarm(&mut self, store: &Store, office: &str, alarm: &Alarm) -> Result<bool, StoreError> {
        self.end_alarm(store, office, alarm, "alarm over").await
    }

    /// Ends an alarm whose machine has not been heard of any more: whether its cause is over, nobody knows.
    pub async fn forget_alarm(&mut self, store: &Store, office: &str, alarm: &Alarm) -> Result<bool, StoreError> {
        self.end_alarm(store, office, alarm, "alarm forgotten").await
    }

    async fn end_alarm(&mut self, store: &Store, office: &str, alarm: &Alarm, act: &str) -> Result<bool, StoreError> {
        let sql = "UPDATE alarm SET cleared_at = $2 WHERE id = $1 AND cleared_at IS NULL";
        let over = self.run(sql, args![alarm.id, store.clock.now()]).await? > 0;
        if over {
            let cause = &alarm.cause;
            let mut body = serde_json::json!({"kind": cause.kind, "about": &cause.about});
            if !cause.machine.is_empty() {
                body["machine"] = Json::from(cause.machine.as_str());
            }
            self.note(store, office, "watchdog", act, None, None, &body).await?;
        }
        Ok(over)
    }

    /// Has something told; what was told before is not told again.
    pub async fn tell(&mut self, store: &Store, office: &str, telling: &Telling) -> Result<bool, StoreError> {
        let sql = "INSERT INTO alarm_letter (office, alarm, step, recipient, lang, detail, raised_at, state, next_at, failures) \
                   VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $7, 0) ON CONFLICT DO NOTHING";
        let values = args![
            office,
            telling.alarm,
            telling.step,
            &telling.recipient,
            &telling.lang,
            to_json(&telling.detail)?,
            store.clock.now(),
            telling.state.word()
        ];
        Ok(self.run(sql, values).await? == 1)
    }
}
