//! The ledger held against itself, against what was published of it, and against what it tells of.

use serde::Serialize;

use super::chain::Kept;
use super::heads::Head;
use super::rows::Item;
use super::value::args;
use super::{Db, Store, StoreError};
use crate::receipt::chain::BEGINNING;

/// Items looked at before the next are read.
const BATCH: usize = 500;
/// An item or a duty is looked at again before it is accused: somebody may be at work on it.
pub(super) const LOOKS: usize = 3;

/// What does not fit.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// Lines are gone.
    #[error("line {seq} is missing: line {next} comes in its place. Lines were deleted or moved after they were written")]
    Missing {
        /// The place that is empty.
        seq: i64,
        /// The line found instead.
        next: i64,
    },
    /// A line is not what it was, or not where it was.
    #[error(
        "line {seq} does not fit its hash. This line, or the hash of the line before, was changed, moved or put in after it was written"
    )]
    Altered {
        /// Its place.
        seq: i64,
    },
    /// A line that nobody linked.
    #[error("{lines} line(s) stand outside the chain. They were put in by hand: the program links every line as it writes it")]
    Outside {
        /// How many.
        lines: i64,
    },
    /// A published head does not lie on the chain.
    #[error(
        "the head published for {day} (line {seq}) is not on the chain. The ledger up to that line is not the one that was published: it was written anew, or its end was cut off"
    )]
    HeadOff {
        /// The day.
        day: String,
        /// The line.
        seq: i64,
    },
    /// A head was published and is kept no more.
    #[error(
        "line {seq} says that the head of {day} was published, but that head is not kept as it was. A published head was changed or deleted"
    )]
    HeadGone {
        /// The line that says so.
        seq: i64,
        /// The day.
        day: String,
    },
    /// A hash that somebody brought from outside is not there.
    #[error(
        "the hash {hash} is not on the chain. If it was published for this office, the ledger was written anew or its end was cut off since"
    )]
    Unknown {
        /// The hash.
        hash: String,
    },
    /// An item of which lines tell is gone.
    #[error("line {seq} tells of item {item}, which is no longer kept under that reference. The item was deleted or renamed")]
    ItemGone {
        /// The first line that tells of it.
        seq: i64,
        /// Its reference.
        item: String,
    },
    /// A revision's text is not the one that was written.
    #[error("the text of revision {revision} of {item} is not the one that the ledger knows. It was changed after it was written")]
    Text {
        /// The item.
        item: String,
        /// The revision.
        revision: i64,
    },
    /// A revision stands as approved, and no line says so; or the other way round.
    #[error(
        "revision {revision} of {item} and the ledger do not agree on its approval. The approval was made, or taken away, without the program"
    )]
    Approval {
        /// The item.
        item: String,
        /// The revision.
        revision: i64,
    },
    /// What was decided with a revision is not what was noted.
    #[error(
        "revision {revision} of {item} does not agree with the ledger in {column}. It was changed after it was decided, without the program"
    )]
    Decision {
        /// The item.
        item: String,
        /// The revision.
        revision: i64,
        /// What differs.
        column: &'static str,
    },
    /// A file is not the one that was approved.
    #[error("the file {file} of {item} is not the one that was kept under its hash {sha256}. Its bytes were changed without the program")]
    File {
        /// The item.
        item: String,
        /// What people call the file.
        file: String,
        /// The hash of the bytes that were kept.
        sha256: String,
    },
    /// A file is gone.
    #[error("the file {file} of {item}, of which the ledger knows, is no longer kept ({sha256}). It was deleted without the program")]
    FileGone {
        /// The item.
        item: String,
        /// What people call the file.
        file: String,
        /// The hash of the bytes that were kept.
        sha256: String,
    },
    /// A delivery's receipt is not the one that was noted.
    #[error(
        "delivery {delivery} of {item} does not agree with the ledger in {column}. Its receipt was changed, made or taken away without the program"
    )]
    Receipt {
        /// The item.
        item: String,
        /// The delivery.
        delivery: i64,
        /// What differs.
        column: &'static str,
    },
    /// The register and the ledger do not agree on how a duty ended.
    #[error(
        "the duty {duty} does not agree with the ledger in {column}. The register, from which the reports are drawn, was changed without the program"
    )]
    Duty {
        /// Rule and subject.
        duty: String,
        /// What differs.
        column: &'static str,
    },
}

impl Fault {
    /// The line to look at first.
    pub fn seq(&self) -> Option<i64> {
        match self {
            Self::Missing { seq, .. }
            | Self::Altered { seq }
            | Self::HeadOff { seq, .. }
            | Self::HeadGone { seq, .. }
            | Self::ItemGone { seq, .. } => Some(*seq),
            _ => None,
        }
    }
}

/// What was looked at, and what does not fit.
#[derive(Debug, Clone, Default)]
pub struct Audit {
    /// Lines in the chain.
    pub lines: i64,
    /// The last line's hash.
    pub hash: String,
    /// Lines written a moment ago and not linked yet.
    pub unlinked: i64,
    /// Published heads.
    pub heads: usize,
    /// Items, with their revisions and deliveries.
    pub items: usize,
    /// What does not fit, the chain first.
    pub faults: Vec<Fault>,
}

impl Store {
    /// Checks an office's ledger from its first line, with a hash that was seen somewhere if there is one.
    pub async fn audit(&self, office: &str, seen: Option<&str>) -> Result<Audit, StoreError> {
        let mut audit = self.audit_chain(office, seen).await?;
        self.audit_items(office, &mut audit).await?;
        audit.faults.extend(self.audit_duties(office).await?);
        Ok(audit)
    }

    /// The fast part of that: the lines and the heads, not what they tell of.
    pub async fn audit_chain(&self, office: &str, seen: Option<&str>) -> Result<Audit, StoreError> {
        let mut audit = Audit {
            unlinked: self.unlinked(office).await?,
            hash: BEGINNING.to_owned(),
            ..Audit::default()
        };
        let outside = self.outside(office).await?;
        if outside > 0 {
            audit.faults.push(Fault::Outside { lines: outside });
        }
        // Before the lines: a head published in between is on the chain that is read afterwards.
        let heads = self.heads(office).await?;
        audit.heads = heads.len();
        let mut walk = Walk::new(&heads, seen);
        loop {
            let lines = self.chained(office, audit.lines).await?;
            let Some(last) = lines.last() else { break };
            audit.lines = last.line.seq;
            audit.faults.extend(lines.iter().find_map(|kept| walk.step(kept)));
        }
        audit.hash.clone_from(&walk.hash);
        audit.faults.extend(walk.left_over());
        Ok(audit)
    }

    /// How many lines stand where the chain does not go. On SQLite a line is linked as it is written.
    async fn outside(&self, office: &str) -> Result<i64, StoreError> {
        let sql = match self.db {
            Db::Sqlite(_) => "SELECT COUNT(*) FROM ledger WHERE office = $1 AND (seq IS NULL OR seq < 1)",
            Db::Pg(_) => "SELECT COUNT(*) FROM ledger WHERE office = $1 AND seq < 1",
        };
        self.row(sql, args![office]).await?.map_or(Ok(0), |mut row| row.int())
    }

    async fn audit_items(&self, office: &str, audit: &mut Audit) -> Result<(), StoreError> {
        let gone = "SELECT MIN(seq), reference FROM ledger l WHERE office = $1 AND item IS NOT NULL AND seq IS NOT NULL AND NOT EXISTS \
                    (SELECT 1 FROM item i WHERE i.id = l.item AND i.office = l.office AND i.reference = l.reference) GROUP BY reference ORDER BY 1 LIMIT 10";
        for mut row in self.rows(gone, args![office]).await? {
            let (seq, item) = (row.int()?, row.opt_text()?.unwrap_or_default());
            audit.faults.push(Fault::ItemGone { seq, item });
        }
        let mut after = 0;
        loop {
            let items = self.items_after(office, after, BATCH).await?;
            let Some(last) = items.last() else { return Ok(()) };
            after = last.id;
            audit.items += items.len();
            for item in &items {
                audit.faults.extend(self.audit_item(item).await?);
            }
        }
    }

    async fn audit_item(&self, item: &Item) -> Result<Vec<Fault>, StoreError> {
        let mut faults = vec![];
        for _ in 0..LOOKS {
            faults = self.evidence(item).await?.faults();
            if faults.is_empty() {
                break;
            }
        }
        Ok(faults)
    }
}

/// The way along the chain.
struct Walk<'a> {
    seq: i64,
    hash: String,
    broken: bool,
    heads: Vec<&'a Head>,
    announced: Vec<(i64, serde_json::Value)>,
    kept: &'a [Head],
    seen: Option<&'a str>,
}

impl<'a> Walk<'a> {
    fn new(heads: &'a [Head], seen: Option<&'a str>) -> Self {
        Self {
            seq: 0,
            hash: BEGINNING.to_owned(),
            broken: false,
            heads: heads.iter().collect(),
            announced: vec![],
            kept: heads,
            seen,
        }
    }

    /// The next line. Only the first one that does not fit is told: what follows it hangs on nothing.
    fn step(&mut self, kept: &Kept) -> Option<Fault> {
        let (seq, expected) = (kept.line.seq, self.seq + 1);
        let fits = kept.line.link(&self.hash).hash == kept.hash;
        (self.seq, self.hash) = (seq, kept.hash.clone());
        self.heads.retain(|head| head.seq != seq || head.hash != kept.hash);
        self.seen = self.seen.filter(|seen| *seen != kept.hash);
        if kept.line.act == "head published" {
            self.announced
                .push((seq, serde_json::from_str(&kept.line.body).unwrap_or_default()));
        }
        if self.broken || (seq == expected && fits) {
            return None;
        }
        self.broken = true;
        Some(if seq == expected {
            Fault::Altered { seq }
        } else {
            Fault::Missing { seq: expected, next: seq }
        })
    }

    /// What was not met on the way.
    fn left_over(&self) -> Vec<Fault> {
        let off = self.heads.iter().map(|head| Fault::HeadOff {
            day: head.day.clone(),
            seq: head.seq,
        });
        let gone = self.announced.iter().filter(|(_, told)| {
            let same = |head: &Head| told["day"] == head.day && told["seq"] == head.seq && told["hash"] == head.hash;
            !self.kept.iter().any(same)
        });
        let gone = gone.map(|(seq, told)| Fault::HeadGone {
            seq: *seq,
            day: told["day"].as_str().unwrap_or_default().to_owned(),
        });
        let unknown = self.seen.map(|hash| Fault::Unknown { hash: hash.to_owned() });
        off.chain(gone).chain(unknown).collect()
    }
}

/// For programs: the fault's sentence and where to look.
#[derive(Serialize)]
pub struct Shown {
    /// The line to look at first.
    pub seq: Option<i64>,
    /// What does not fit and what that means.
    pub what: String,
}

impl From<&Fault> for Shown {
    fn from(fault: &Fault) -> Self {
        Self {
            seq: fault.seq(),
            what: fault.to_string(),
        }
    }
}
