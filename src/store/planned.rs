//! What an approval plans, as its line in the ledger names it: on which account, in which languages.

use serde::{Deserialize, Serialize};

use super::rows::Revision;
use super::value::args;
use super::{StoreError, Work};

/// A delivery as it was planned.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Planned {
    /// Its number.
    pub delivery: i64,
    /// The account's name.
    pub account: String,
    /// The channel the account was on.
    pub channel: String,
    /// The languages, joined by `+`.
    pub languages: String,
    /// What its remote objects are found by.
    pub key: String,
}

const PLANNED: &str = "SELECT d.id, a.name, a.channel, d.languages, d.key FROM delivery d JOIN account a ON a.id = d.account \
                       WHERE d.item = $1 AND d.revision = $2 ORDER BY d.id";

impl Work {
    /// What was planned for a revision.
    pub(super) async fn planned(&mut self, revision: &Revision) -> Result<Vec<Planned>, StoreError> {
        let rows = self.rows(PLANNED, args![revision.item, revision.id]).await?;
        rows.into_iter()
            .map(|mut row| {
                Ok(Planned {
                    delivery: row.int()?,
                    account: row.text()?,
                    channel: row.text()?,
                    languages: row.text()?,
                    key: row.text()?,
                })
            })
            .collect()
    }
}
