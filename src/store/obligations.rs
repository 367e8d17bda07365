//! The register's rows: what is owed, and how it ended. A row that ended never changes again.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::value::{Row, args, to_json};
use super::{Store, StoreError, Work};
use crate::item::Lang;
use crate::receipt::words::words;
use crate::rules::{Due, Subject};

words! {
    /// Where an obligation stands.
    ObligationState {
        /// It is owed.
        Open = "open",
        /// It was met in time, or met where no time is set.
        Met = "met",
        /// It was met too late.
        Late = "late",
        /// It is no longer owed.
        Lifted = "lifted",
    }
}

/// Where something owed stands, and since when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stand {
    /// The group of channels.
    pub group: String,
    /// The account.
    pub account: String,
    /// Since when; nothing while it does not stand.
    pub at: Option<DateTime<Utc>>,
    /// Where it can be seen.
    pub address: Option<String>,
    /// SHA-256 of what was said.
    pub hash: Option<String>,
    /// Whether a photo shows it.
    pub photo: bool,
}

/// What shows that something owed was done.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proof {
    /// Where it stands.
    pub stands: Vec<Stand>,
    /// In which languages.
    pub languages: Vec<Lang>,
    /// What a person said who settled it by hand.
    pub said: Option<String>,
}

/// One obligation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Obligation {
    /// Its number.
    pub id: i64,
    /// Rule and subject: nobody else's.
    pub key: String,
    /// The rule.
    pub rule: String,
    /// The rule's version it was last computed by.
    pub version: String,
    /// What it is about.
    pub subject: Subject,
    /// The item it is about, or follows.
    pub item: Option<i64>,
    /// What people call its subject.
    pub title: String,
    /// The unit that answers.
    pub unit: String,
    /// By when.
    pub due: Option<Due>,
    /// Where it stands.
    pub state: ObligationState,
    /// When it was met.
    pub met_at: Option<DateTime<Utc>>,
    /// The item that met it, or while it is open the one on its way to.
    pub met_by: Option<i64>,
    /// What shows it.
    pub proof: Proof,
    /// Why it was late, or is no longer owed.
    pub reason: Option<String>,
    /// Since when it is in the register.
    pub opened_at: DateTime<Utc>,
    /// Since when it has ended.
    pub closed_at: Option<DateTime<Utc>>,
}

/// An obligation to be opened.
#[derive(Debug, Clone)]
pub struct Opening<'a> {
    /// Rule and subject.
    pub key: &'a str,
    /// The rule.
    pub rule: &'a str,
    /// Its version.
    pub version: &'a str,
    /// What it is about.
    pub subject: &'a Subject,
    /// The item it is about, or follows.
    pub item: Option<i64>,
    /// What people call its subject.
    pub title: &'a str,
    /// The unit that answers.
    pub unit: &'a str,
    /// By when.
    pub due: Option<&'a Due>,
}

/// How an obligation ended.
#[derive(Debug, Clone)]
pub struct Ending {
    /// Met, late or lifted.
    pub state: ObligationState,
    /// When it was met.
    pub met_at: Option<DateTime<Utc>>,
    /// The item that met it.
    pub met_by: Option<i64>,
    /// What shows it.
    pub proof: Proof,
    /// Why it was late, or is no longer owed.
    pub reason: Option<String>,
}

/// What an obligation was by an earlier version of its rule, or of its facts.
#[derive(Debug, Clone, Serialize)]
pub struct Version {
    /// The rule's version.
    pub version: String,
    /// The rule as it was written then.
    pub rule: serde_json::Value,
    /// By when it was owed.
    pub due: Option<Due>,
    /// Since when that held.
    pub at: DateTime<Utc>,
}

macro_rules! select {
    ($ending:literal) => {
        concat!(
            "SELECT id, key, rule, version, subject, item, title, unit, due, state, met_at, met_by, proof, reason, opened_at, closed_at FROM obligation WHERE ",
            $ending
        )
    };
}

impl Obligation {
    fn read(row: &mut Row) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.int()?,
            key: row.text()?,
            rule: row.text()?,
            version: row.text()?,
            subject: row.json()?,
            item: row.opt_int()?,
            title: row.text()?,
            unit: row.text()?,
            due: row.opt_json()?,
            state: row.word()?,
            met_at: row.opt_instant()?,
            met_by: row.opt_int()?,
            proof: row.json()?,
            reason: row.opt_text()?,
            opened_at: row.instant()?,
            closed_at: row.opt_instant()?,
        })
    }
}

fn ended(mut row: Row) -> Result<(String, bool), StoreError> {
    let (key, state, proof): (String, ObligationState, Proof) = (row.text()?, row.word()?, row.json()?);
    Ok((key, state == ObligationState::Lifted && proof.said.is_none()))
}

impl Store {
    /// Since when the office's register is kept; it begins now if it has not begun.
    pub async fn register_since(&self, office: &str) -> Result<DateTime<Utc>, StoreError> {
        let kept = "SELECT since FROM register WHERE office = $1";
        if let Some(mut row) = self.row(kept, args![office]).await? {
            return row.instant();
        }
        let sql = "INSERT INTO register (office, since, refreshed_at) VALUES ($1, $2, 0) ON CONFLICT (office) DO NOTHING";
        self.run(sql, args![office, self.clock.now()]).await?;
        self.row(kept, args![office]).await?.ok_or(StoreError::Conflict)?.instant()
    }

    /// When the register was last brought up to date.
    pub async fn register_refreshed(&self, office: &str) -> Result<DateTime<Utc>, StoreError> {
        let row = self
            .row("SELECT refreshed_at FROM register WHERE office = $1", args![office])
            .await?;
        row.ok_or(StoreError::Conflict)?.instant()
    }

    /// What is owed and has not ended, the most urgent first.
    pub async fn open_obligations(&self, office: &str) -> Result<Vec<Obligation>, StoreError> {
        let sql = select!("office = $1 AND state = 'open' ORDER BY COALESCE(safe_by, 9000000000000000), id");
        self.rows(sql, args![office]).await?.iter_mut().map(Obligation::read).collect()
    }

    /// What an item owes or owed.
    pub async fn obligations_of(&self, item: i64) -> Result<Vec<Obligation>, StoreError> {
        let rows = self.rows(select!("item = $1 ORDER BY id"), args![item]).await?;
        rows.into_iter().map(|mut row| Obligation::read(&mut row)).collect()
    }

    /// The same, with what it met or is on its way to meet.
    pub async fn obligations_around(&self, item: i64) -> Result<Vec<Obligation>, StoreError> {
        let rows = self.rows(select!("item = $1 OR met_by = $1 ORDER BY id"), args![item]).await?;
        rows.into_iter().map(|mut row| Obligation::read(&mut row)).collect()
    }

    /// What an item owed and owes no more: each key, and whether it was lifted by no person's word.
    pub async fn ended_of(&self, item: i64) -> Result<BTreeMap<String, bool>, StoreError> {
        let sql = "SELECT key, state, proof FROM obligation WHERE item = $1 AND state <> 'open'";
        self.rows(sql, args![item]).await?.into_iter().map(ended).collect()
    }

    /// The obligation of that number.
    pub async fn obligation(&self, office: &str, id: i64) -> Result<Obligation, StoreError> {
        let row = self.row(select!("office = $1 AND id = $2"), args![office, id]).await?;
        Obligation::read(&mut row.ok_or_else(|| StoreError::Missing(format!("duty {id}"), "due"))?)
    }

    /// What fell due, or where nothing falls due was opened, from `from` until before `to`.
    pub async fn obligations_between(&self, office: &str, from: DateTime<Utc>, to: DateTime<Utc>) -> Result<Vec<Obligation>, StoreError> {
        let sql = select!(
            "office = $1 AND COALESCE(latest_by, met_at, opened_at) >= $2 AND COALESCE(latest_by, met_at, opened_at) < $3 \
             ORDER BY COALESCE(latest_by, met_at, opened_at), id"
        );
        self.rows(sql, args![office, from, to])
            .await?
            .iter_mut()
            .map(Obligation::read)
            .collect()
    }

    /// What has ended since `since`, the newest first.
    pub async fn ended_obligations(&self, office: &str, since: DateTime<Utc>) -> Result<Vec<Obligation>, StoreError> {
        let sql = select!("office = $1 AND state <> 'open' AND closed_at >= $2 ORDER BY closed_at DESC, id DESC");
        self.rows(sql, args![office, since])
            .await?
            .iter_mut()
            .map(Obligation::read)
            .collect()
    }

    /// The same of what is owed by the calendar alone, of periods that count from `from` on.
    pub async fn ended_periods(&self, office: &str, from: DateTime<Utc>) -> Result<BTreeMap<String, bool>, StoreError> {
        let sql = "SELECT key, state, proof FROM obligation WHERE office = $1 AND item IS NULL AND state <> 'open' AND anchor_at >= $2";
        self.rows(sql, args![office, from]).await?.into_iter().map(ended).collect()
    }

    /// How many versions each obligation has had, and since when the last one holds.
    pub async fn version_counts(&self, office: &str) -> Result<BTreeMap<i64, (i64, DateTime<Utc>)>, StoreError> {
        let sql = "SELECT obligation, COUNT(*), MAX(at) FROM obligation_version WHERE office = $1 GROUP BY obligation";
        let rows = self.rows(sql, args![office]).await?;
        rows.into_iter()
            .map(|mut row| Ok((row.int()?, (row.int()?, row.instant()?))))
            .collect()
    }

    /// What an obligation was before, the first version first.
    pub async fn versions(&self, obligation: i64) -> Result<Vec<Version>, StoreError> {
        let sql = "SELECT version, rule, due, at FROM obligation_version WHERE obligation = $1 ORDER BY id";
        let rows = self.rows(sql, args![obligation]).await?;
        rows.into_iter()
            .map(|mut row| {
                Ok(Version {
                    version: row.text()?,
                    rule: row.json()?,
                    due: row.opt_json()?,
                    at: row.instant()?,
                })
            })
            .collect()
    }
}

impl Work {
    /// Notes that the register was brought up to date at `at`; gives `false` if another process did so meanwhile.
    pub async fn register_refreshed(&mut self, office: &str, before: DateTime<Utc>, at: DateTime<Utc>) -> Result<bool, StoreError> {
        let sql = "UPDATE register SET refreshed_at = $3 WHERE office = $1 AND refreshed_at = $2";
        Ok(self.run(sql, args![office, before, at]).await? == 1)
    }

    /// Opens an obligation; gives nothing if it is in the register already.
    pub async fn open_obligation(
        &mut self,
        store: &Store,
        office: &str,
        opening: &Opening<'_>,
        rule: &impl Serialize,
    ) -> Result<Option<i64>, StoreError> {
        let sql = "INSERT INTO obligation (office, key, rule, version, subject, item, title, unit, due, safe_by, latest_by, anchor_at, state, proof, opened_at) \
                   VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 'open', $13, $14) ON CONFLICT DO NOTHING RETURNING id";
        let due = opening.due;
        let values = args![
            office,
            opening.key,
            opening.rule,
            opening.version,
            to_json(opening.subject)?,
            opening.item,
            opening.title,
            opening.unit,
            due.map(to_json).transpose()?,
            due.map(|due| due.safe_by),
            due.map(|due| due.latest_by),
            due.map(|due| due.anchor),
            to_json(&Proof::default())?,
            store.clock.now(),
        ];
        let Some(mut row) = self.row(sql, values).await? else {
            return Ok(None);
        };
        let id = row.int()?;
        self.add_version(store, office, id, opening.version, rule, due).await?;
        Ok(Some(id))
    }

    /// Gives an open obligation the deadline of a changed rule, or of changed facts; what it was before stays in the register.
    pub async fn revise_obligation(
        &mut self,
        store: &Store,
        office: &str,
        id: i64,
        opening: &Opening<'_>,
        rule: &impl Serialize,
    ) -> Result<(), StoreError> {
        let sql = "UPDATE obligation SET version = $2, title = $3, unit = $4, due = $5, safe_by = $6, latest_by = $7, anchor_at = $8 WHERE id = $1 AND state = 'open'";
        let due = opening.due;
        let values = args![
            id,
            opening.version,
            opening.title,
            opening.unit,
            due.map(to_json).transpose()?,
            due.map(|due| due.safe_by),
            due.map(|due| due.latest_by),
            due.map(|due| due.anchor),
        ];
        if self.run(sql, values).await? == 0 {
            return Ok(());
        }
        self.add_version(store, office, id, opening.version, rule, due).await
    }

    async fn add_version(
        &mut self,
        store: &Store,
        office: &str,
        id: i64,
        version: &str,
        rule: &impl Serialize,
        due: Option<&Due>,
    ) -> Result<(), StoreError> {
        let sql = "INSERT INTO obligation_version (office, obligation, version, rule, due, at) VALUES ($1, $2, $3, $4, $5, $6)";
        let values = args![
            office,
            id,
            version,
            to_json(rule)?,
            due.map(to_json).transpose()?,
            store.clock.now()
        ];
        self.run(sql, values).await?;
        Ok(())
    }

    /// Keeps what shows how far an open obligation has come.
    pub async fn keep_proof(&mut self, id: i64, by: Option<i64>, proof: &Proof) -> Result<(), StoreError> {
        let sql = "UPDATE obligation SET met_by = $2, proof = $3 WHERE id = $1 AND state = 'open'";
        self.run(sql, args![id, by, to_json(proof)?]).await?;
        Ok(())
    }

    /// Ends an open obligation for good; gives `false` if it had ended.
    pub async fn end_obligation(
        &mut self,
        store: &Store,
        office: &str,
        who: &str,
        ended: &Obligation,
        ending: &Ending,
    ) -> Result<bool, StoreError> {
        // Why it is late may have been said a moment ago; why it is lifted is said now.
        let sql = "UPDATE obligation SET state = $2, met_at = $3, met_by = $4, proof = $5, closed_at = $7, \
                   reason = CASE WHEN $2 = 'lifted' THEN COALESCE($6, reason) ELSE COALESCE(reason, $6) END WHERE id = $1 AND state = 'open'";
        let values = args![
            ended.id,
            ending.state.word(),
            ending.met_at,
            ending.met_by,
            to_json(&ending.proof)?,
            &ending.reason,
            store.clock.now(),
        ];
        if self.run(sql, values).await? == 0 {
            return Ok(false);
        }
        let body = serde_json::json!({"obligation": ended.key, "rule": ended.rule, "version": ended.version, "due": ended.due, "state": ending.state,
            "met_at": ending.met_at, "reason": ending.reason, "proof": ending.proof});
        self.note(store, office, who, "duty ended", ended.item, None, &body).await?;
        Ok(true)
    }

    /// Keeps why an obligation is or was late; it may be said once.
    pub async fn give_reason(
        &mut self,
        store: &Store,
        office: &str,
        who: &str,
        late: &Obligation,
        reason: &str,
    ) -> Result<bool, StoreError> {
        let sql = "UPDATE obligation SET reason = $2 WHERE id = $1 AND reason IS NULL";
        if self.run(sql, args![late.id, reason]).await? == 0 {
            return Ok(false);
        }
        let body = serde_json::json!({"obligation": late.key, "reason": reason});
        self.note(store, office, who, "reason given", late.item, None, &body).await?;
        Ok(true)
    }
}
