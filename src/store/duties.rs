//! The register held against the lines that tell how each duty ended: the reports are drawn from its rows.

use std::collections::BTreeMap;

use serde_json::Value as Json;

use super::audit::{Fault, LOOKS};
use super::value::{Row, args};
use super::{Store, StoreError};
use crate::receipt::chain::sha256;

/// Rows or lines read at once.
const BATCH: usize = 1000;

/// How a duty stands, and what its lines tell of it.
struct Kept {
    ended: bool,
    state: String,
    met_at: Option<i64>,
    proof: String,
    reason: Option<String>,
    reason_told: Option<bool>,
    end_told: bool,
    differs: Option<&'static str>,
}

const ROWS: &str = "SELECT id, key, state, met_at, proof, reason FROM obligation WHERE office = $1 AND id > $2 ORDER BY id LIMIT $3";
const LINES: &str =
    "SELECT id, act, body FROM ledger WHERE office = $1 AND id > $2 AND act IN ('duty ended', 'reason given') ORDER BY id LIMIT $3";

impl Store {
    /// Where the register and the ledger do not agree.
    pub(super) async fn audit_duties(&self, office: &str) -> Result<Vec<Fault>, StoreError> {
        let mut faults = vec![];
        for _ in 0..LOOKS {
            faults = self.duties_otherwise(office).await?;
            if faults.is_empty() {
                break;
            }
        }
        Ok(faults)
    }

    /// The lines come after the rows: whatever these show was noted by then.
    async fn duties_otherwise(&self, office: &str) -> Result<Vec<Fault>, StoreError> {
        let (mut duties, mut faults, mut after) = (self.kept_duties(office).await?, vec![], 0);
        loop {
            let lines = self.rows(LINES, args![office, after, BATCH]).await?;
            if lines.is_empty() {
                break;
            }
            for mut row in lines {
                after = row.int()?;
                let (act, body) = (row.text()?, row.json::<Json>()?);
                let duty = body["obligation"].as_str().unwrap_or_default();
                match duties.get_mut(duty) {
                    Some(kept) => kept.hear(&act, &body),
                    None => faults.push(fault(duty, "its existence")),
                }
            }
        }
        let otherwise = duties.iter().filter_map(|(duty, kept)| Some(fault(duty, kept.otherwise()?)));
        Ok(otherwise.chain(faults).collect())
    }

    async fn kept_duties(&self, office: &str) -> Result<BTreeMap<String, Kept>, StoreError> {
        let (mut duties, mut after) = (BTreeMap::new(), 0);
        loop {
            let rows = self.rows(ROWS, args![office, after, BATCH]).await?;
            if rows.is_empty() {
                return Ok(duties);
            }
            for mut row in rows {
                after = row.int()?;
                duties.insert(row.text()?, Kept::read(&mut row)?);
            }
        }
    }
}

fn fault(duty: &str, column: &'static str) -> Fault {
    Fault::Duty {
        duty: duty.to_owned(),
        column,
    }
}

impl Kept {
    fn read(row: &mut Row) -> Result<Self, StoreError> {
        let state = row.text()?;
        Ok(Self {
            ended: state != "open",
            state,
            met_at: row.opt_int()?,
            // Of a register of many years only the hashes are held.
            proof: hash_of(&serde_json::from_str(&row.text()?).unwrap_or_default()),
            reason: row.opt_text()?,
            reason_told: None,
            end_told: false,
            differs: None,
        })
    }

    /// A reason is said once; an end that lifts the duty may bring its own.
    fn hear(&mut self, act: &str, body: &Json) {
        if let Some(reason) = body["reason"].as_str() {
            let same = self.reason.as_deref() == Some(reason);
            self.reason_told = Some(same || self.reason_told == Some(true));
        }
        if act == "duty ended" {
            self.end_told = true;
            self.differs = self.ended_otherwise(body);
        }
    }

    fn ended_otherwise(&self, body: &Json) -> Option<&'static str> {
        let met_at = body["met_at"]
            .as_str()
            .and_then(|at| at.parse::<chrono::DateTime<chrono::Utc>>().ok());
        let checks = [
            ("how it ended", body["state"] == self.state.as_str()),
            ("the time when it was met", met_at.map(|at| at.timestamp_millis()) == self.met_at),
            ("what shows it", hash_of(&body["proof"]) == self.proof),
        ];
        checks.into_iter().find_map(|(column, same)| (!same).then_some(column))
    }

    fn otherwise(&self) -> Option<&'static str> {
        if self.ended != self.end_told {
            return Some("how it ended");
        }
        let reason = self.reason_told.unwrap_or(self.reason.is_none());
        self.differs.or_else(|| (!reason).then_some("its reason"))
    }
}

fn hash_of(proof: &Json) -> String {
    sha256(&proof.to_string())
}
