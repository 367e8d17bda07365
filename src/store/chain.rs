//! The ledger's lines in their chain, one chain an office.
//!
//! On SQLite, whose one writer is alone, a line is linked as it is written. On PostgreSQL that would let every transaction of an office wait
//! for the disk of the one before; so there lines are kept unlinked with the act they tell of, and a second later linked in batches.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::sync::Arc;
use std::time::Duration;

use super::tally::Tally;
use super::value::{Row, args};
use super::{Db, Inner, Store, StoreError, Work};
use crate::receipt::chain::{BEGINNING, Line, Link};

/// Lines linked, or read, at once.
const BATCH: usize = 1000;
/// How often PostgreSQL is asked for lines to be linked.
const LINKING: Duration = Duration::from_secs(1);

macro_rules! lines {
    ($ending:literal) => {
        concat!(
            "SELECT seq, at, office, who, act, item, reference, delivery, key, body, hash, id FROM ledger WHERE ",
            $ending
        )
    };
}

/// A line as it is kept.
#[derive(Debug, Clone)]
pub struct Kept {
    /// What it says.
    pub line: Line,
    /// The hash that is kept with it.
    pub hash: String,
    id: i64,
}

impl Kept {
    fn read(row: &mut Row) -> Result<Self, StoreError> {
        let line = Line {
            seq: row.opt_int()?.unwrap_or(0),
            at: row.instant()?,
            office: row.text()?,
            who: row.text()?,
            act: row.text()?,
            item: row.opt_int()?,
            reference: row.opt_text()?,
            delivery: row.opt_int()?,
            key: row.opt_text()?,
            body: row.text()?,
        };
        Ok(Self {
            line,
            hash: row.opt_text()?.unwrap_or_default(),
            id: row.int()?,
        })
    }
}

impl Store {
    /// Links the lines that are not linked yet; gives how many. On SQLite only those from before there was a chain can be without.
    pub async fn link(&self) -> Result<usize, StoreError> {
        let open = match &self.db {
            Db::Sqlite(_) => {
                "SELECT 1 WHERE EXISTS (SELECT 1 FROM ledger WHERE seq IS NULL) AND NOT EXISTS (SELECT 1 FROM ledger WHERE seq IS NOT NULL)"
            }
            Db::Pg(_) => "SELECT 1 FROM ledger WHERE seq IS NULL LIMIT 1",
        };
        if self.row(open, args![]).await?.is_none() {
            return Ok(0);
        }
        let mut work = self.begin().await?;
        let linked = work.link().await?;
        work.commit().await?;
        Ok(linked)
    }

    /// On PostgreSQL, links what this and other processes wrote, as long as the store lives.
    pub(super) fn keep_linking(&self) {
        let Db::Pg(pool) = &self.db else { return };
        let (pool, clock, alive) = (pool.clone(), self.clock.clone(), Arc::downgrade(&self.wake));
        tokio::spawn(async move {
            loop {
                tokio::time::sleep(LINKING).await;
                let Some(wake) = alive.upgrade().filter(|_| !pool.is_closed()) else {
                    return;
                };
                let store = Self {
                    db: Db::Pg(pool.clone()),
                    clock: clock.clone(),
                    wake,
                    trouble: super::trouble::Trouble::default(),
                    feed_changes: Arc::default(),
                    tally: Tally::default(),
                };
                if let Err(error) = store.link().await {
                    tracing::warn!(%error, "lines of the ledger could not be linked; they are kept, and linked later");
                }
            }
        });
    }

    /// Up to a thousand lines of an office's chain that follow that place.
    pub async fn chained(&self, office: &str, after: i64) -> Result<Vec<Kept>, StoreError> {
        let sql = lines!("office = $1 AND seq > $2 ORDER BY seq LIMIT $3");
        self.rows(sql, args![office, after, BATCH])
            .await?
            .iter_mut()
            .map(Kept::read)
            .collect()
    }

    /// An item's lines in the order of the chain, those not linked yet at the end.
    pub async fn lines_of(&self, item: i64) -> Result<Vec<Kept>, StoreError> {
        let rows = self.rows(lines!("item = $1 ORDER BY seq NULLS LAST, id"), args![item]);
        rows.await?.iter_mut().map(Kept::read).collect()
    }

    /// The line at that place of an office's chain.
    pub async fn line_at(&self, office: &str, seq: i64) -> Result<Option<Kept>, StoreError> {
        let row = self.row(lines!("office = $1 AND seq = $2"), args![office, seq]).await?;
        row.map(|mut row| Kept::read(&mut row)).transpose()
    }

    /// How many of an office's lines stand outside its chain.
    pub async fn unlinked(&self, office: &str) -> Result<i64, StoreError> {
        let sql = "SELECT COUNT(*) FROM ledger WHERE seq IS NULL AND office = $1";
        self.row(sql, args![office]).await?.map_or(Ok(0), |mut row| row.int())
    }
}

impl Work {
    /// Links every line that is not.
    async fn link(&mut self) -> Result<usize, StoreError> {
        if matches!(self.inner, Inner::Pg(_)) {
            // One process links at a time. What it linked is seen by the next one, because each statement looks anew.
            self.rows("SELECT pg_advisory_xact_lock(20261122)::TEXT", args![]).await?;
        }
        let mut ends: BTreeMap<String, Link> = BTreeMap::new();
        let mut linked = 0;
        loop {
            let open = self.rows(lines!("seq IS NULL ORDER BY id LIMIT $1"), args![BATCH]).await?;
            let mut batch = Vec::with_capacity(open.len());
            for mut row in open {
                let mut kept = Kept::read(&mut row)?;
                let end = match ends.entry(kept.line.office.clone()) {
                    Entry::Occupied(end) => end.into_mut(),
                    Entry::Vacant(place) => place.insert(self.end(&kept.line.office).await?),
                };
                kept.line.seq = end.seq + 1;
                *end = kept.line.link(&end.hash);
                batch.push((kept.id, end.seq, end.hash.clone()));
            }
            if batch.is_empty() {
                return Ok(linked);
            }
            linked += batch.len();
            self.keep_links(batch).await?;
        }
    }

    async fn keep_links(&mut self, batch: Vec<(i64, i64, String)>) -> Result<(), StoreError> {
        if matches!(self.inner, Inner::Sqlite(_)) {
            for (id, seq, hash) in batch {
                let sql = "UPDATE ledger SET seq = $2, hash = $3 WHERE id = $1";
                self.run(sql, args![id, seq, hash]).await?;
            }
            return Ok(());
        }
        let rows: Vec<_> = batch
            .into_iter()
            .map(|(id, seq, hash)| serde_json::json!({"id": id, "seq": seq, "hash": hash}))
            .collect();
        let sql = "UPDATE ledger SET seq = x.seq, hash = x.hash FROM json_to_recordset($1::JSON) AS x (id BIGINT, seq BIGINT, hash TEXT) WHERE ledger.id = x.id";
        self.run(sql, args![super::value::to_json(&rows)?]).await.map(drop)
    }

    /// The end of an office's chain.
    pub(super) async fn end(&mut self, office: &str) -> Result<Link, StoreError> {
        let sql = "SELECT seq, hash FROM ledger WHERE office = $1 AND seq IS NOT NULL ORDER BY seq DESC LIMIT 1";
        let Some(mut row) = self.row(sql, args![office]).await? else {
            return Ok(Link {
                seq: 0,
                digest: String::new(),
                hash: BEGINNING.to_owned(),
            });
        };
        Ok(Link {
            seq: row.int()?,
            digest: String::new(),
            hash: row.text()?,
        })
    }
}
