//! How many attempts came to what. Each is counted once: whoever watches asks every few seconds, and must not have all read that ever was.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::Duration;
use tokio::sync::Mutex;

use super::value::args;
use super::{Store, StoreError};

/// By when every attempt with a smaller number is committed, too.
const OLD: Duration = Duration::hours(1);
/// The newest of the old attempts that are not counted yet.
pub const OLD_ONES: &str = "SELECT MAX(id) FROM attempt WHERE id > $1 AND ended_at < $2";
/// What the attempts after one, up to another, came to.
pub const BETWEEN: &str = "SELECT a.channel, t.outcome, COUNT(*) FROM attempt t JOIN delivery d ON d.id = t.delivery JOIN account a ON a.id = d.account \
                           WHERE t.id > $1 AND t.id <= $2 GROUP BY a.channel, t.outcome";

/// By channel and outcome.
type Counts = BTreeMap<(String, String), i64>;

/// The old attempts, counted. Cheap to clone.
#[derive(Clone, Default)]
pub(super) struct Tally(Arc<Mutex<Counted>>);

#[derive(Default)]
struct Counted {
    up_to: i64,
    counts: Counts,
}

impl Store {
    /// How many attempts came to what, by channel.
    pub async fn outcomes(&self) -> Result<Vec<(String, String, i64)>, StoreError> {
        let mut old = self.tally.0.lock().await;
        let before = self.clock.now() - OLD;
        let newest = self.row(OLD_ONES, args![old.up_to, before]).await?;
        if let Some(up_to) = newest.map_or(Ok(None), |mut row| row.opt_int())? {
            let more = self.came_to(old.up_to, up_to).await?;
            add(&mut old.counts, more);
            old.up_to = up_to;
        }
        let mut all = old.counts.clone();
        add(&mut all, self.came_to(old.up_to, i64::MAX).await?);
        Ok(all
            .into_iter()
            .map(|((channel, outcome), count)| (channel, outcome, count))
            .collect())
    }

    async fn came_to(&self, after: i64, up_to: i64) -> Result<Counts, StoreError> {
        let rows = self.rows(BETWEEN, args![after, up_to]).await?;
        rows.into_iter()
            .map(|mut row| Ok(((row.text()?, row.text()?), row.int()?)))
            .collect()
    }
}

fn add(counts: &mut Counts, more: Counts) {
    for (what, count) in more {
        *counts.entry(what).or_default() += count;
    }
}
