//! Accounts: which there are, whether they may be used, and their sealed secrets.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use super::rows::AccountRow;
use super::value::{args, to_json};
use super::{Store, StoreError, Work};
use crate::receipt::Failure;

macro_rules! select {
    ($ending:literal) => {
        concat!(
            "SELECT id, office, name, channel, state, failure, not_before, paused_at, opened_at, probe_at, outages, outage FROM account WHERE ",
            $ending
        )
    };
}

impl Store {
    /// Makes the configured accounts known; those no longer configured are marked as removed.
    pub async fn put_accounts(&self, office: &str, accounts: &[(String, String)]) -> Result<(), StoreError> {
        let mut work = self.begin().await?;
        work.run("UPDATE account SET state = 'removed' WHERE office = $1", args![office])
            .await?;
        for (name, channel) in accounts {
            let sql = "INSERT INTO account (office, name, channel, state, not_before, day, sent_that_day) VALUES ($1, $2, $3, 'open', 0, '', 0) \
                       ON CONFLICT (office, name) DO UPDATE SET channel = excluded.channel, state = CASE WHEN account.failure IS NULL THEN 'open' ELSE 'paused' END";
            work.run(sql, args![office, name, channel]).await?;
        }
        work.commit().await
    }

    /// The office's accounts that are configured.
    pub async fn accounts(&self, office: &str) -> Result<Vec<AccountRow>, StoreError> {
        let sql = select!("office = $1 AND state <> 'removed' ORDER BY id");
        self.rows(sql, args![office]).await?.iter_mut().map(AccountRow::read).collect()
    }

    /// Opens a paused account again: what waits behind it goes on in deadline order.
    pub async fn reopen_account(&self, office: &str, name: &str, who: &str) -> Result<(), StoreError> {
        let mut work = self.begin().await?;
        let sql = "UPDATE account SET state = 'open', failure = NULL, paused_at = NULL, not_before = 0, outages = 0, outage_by = NULL, outage = NULL, \
                   opened_at = NULL, probe_at = 0 WHERE office = $1 AND name = $2 AND state = 'paused' RETURNING id";
        if let Some(mut row) = work.row(sql, args![office, name]).await? {
            let account = row.int()?;
            work.note(
                self,
                office,
                who,
                "channel reopened",
                None,
                None,
                &serde_json::json!({"account": name}),
            )
            .await?;
            work.end_waits(self, account).await?;
        }
        work.commit().await
    }

    /// The earliest deadline that waits behind an account.
    pub async fn nearest_deadline(&self, account: i64) -> Result<Option<DateTime<Utc>>, StoreError> {
        let sql = "SELECT MIN(deadline_at) FROM delivery WHERE account = $1 AND settled_at IS NULL";
        self.row(sql, args![account]).await?.map_or(Ok(None), |mut row| row.opt_instant())
    }

    /// How many deliveries wait behind an account, and the earliest deadline among them.
    pub async fn behind(&self, office: &str, account: i64) -> Result<(i64, Option<DateTime<Utc>>), StoreError> {
        let sql = "SELECT COUNT(*), MIN(deadline_at) FROM delivery WHERE office = $1 AND account = $2 AND settled_at IS NULL";
        let row = self.row(sql, args![office, account]).await?;
        row.map_or(Ok((0, None)), |mut row| Ok((row.int()?, row.opt_instant()?)))
    }

    /// Accounts that are no longer configured, with deliveries that wait for them: name, how many, the nearest deadline.
    pub async fn orphans(&self, office: &str) -> Result<Vec<(String, i64, Option<DateTime<Utc>>)>, StoreError> {
        let sql = "SELECT a.name, COUNT(*), MIN(d.deadline_at) FROM delivery d JOIN account a ON a.id = d.account \
                   WHERE a.office = $1 AND a.state = 'removed' AND d.settled_at IS NULL GROUP BY a.name ORDER BY a.name";
        let rows = self.rows(sql, args![office]).await?;
        rows.into_iter()
            .map(|mut row| Ok((row.text()?, row.int()?, row.opt_instant()?)))
            .collect()
    }

    /// Keeps a sealed secret.
    pub async fn put_secret(&self, office: &str, account: &str, name: &str, sealed: &str) -> Result<(), StoreError> {
        let mut work = self.begin().await?;
        let sql = "INSERT INTO secret (office, account, name, sealed, updated_at) VALUES ($1, $2, $3, $4, $5) \
                   ON CONFLICT (office, account, name) DO UPDATE SET sealed = excluded.sealed, updated_at = excluded.updated_at";
        work.run(sql, args![office, account, name, sealed, self.clock.now()]).await?;
        let body = serde_json::json!({"account": account, "secret": name});
        work.note(self, office, "kasnec", "secret kept", None, None, &body).await?;
        work.commit().await
    }

    /// An account's sealed secrets, by name.
    pub async fn secrets(&self, office: &str, account: &str) -> Result<BTreeMap<String, String>, StoreError> {
        let rows = self
            .rows(
                "SELECT name, sealed FROM secret WHERE office = $1 AND account = $2",
                args![office, account],
            )
            .await?;
        rows.into_iter().map(|mut row| Ok((row.text()?, row.text()?))).collect()
    }

    /// Lets an account wait until then.
    pub async fn hold_account(&self, account: i64, until: DateTime<Utc>) -> Result<(), StoreError> {
        self.run(HOLD, args![account, until]).await.map(drop)
    }
}

impl Work {
    /// Lets an account wait for a person.
    pub(super) async fn pause_account(&mut self, store: &Store, office: &str, account: i64, failure: &Failure) -> Result<(), StoreError> {
        let sql = "UPDATE account SET state = 'paused', failure = $2, paused_at = $3 WHERE id = $1 AND state = 'open'";
        if self.run(sql, args![account, to_json(failure)?, store.clock.now()]).await? > 0 {
            self.note(
                store,
                office,
                "worker",
                "channel paused",
                None,
                None,
                &serde_json::json!({"account": account, "failure": failure}),
            )
            .await?;
        }
        Ok(())
    }

    /// Lets an account wait until then.
    pub(super) async fn hold_account(&mut self, account: i64, until: DateTime<Utc>) -> Result<(), StoreError> {
        self.run(HOLD, args![account, until]).await.map(drop)
    }
}

const HOLD: &str = "UPDATE account SET not_before = $2 WHERE id = $1 AND not_before < $2";
