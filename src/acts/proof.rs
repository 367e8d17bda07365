//! The proof for one item: everything a third party needs to check, without this program, what was published where and when.

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::{ActError, title_of};
use crate::item::{Content, Office};
use crate::receipt::chain::{BEGINNING, Link};
use crate::store::chain::Kept;
use crate::store::evidence::{Said, Sent};
use crate::store::heads::Head;
use crate::store::rows::{Item, ItemState, RevisionAct};
use crate::store::{Store, StoreError};
use crate::system::{OfficeConfig, System};

/// The proof, as `docs/LEDGER.md` describes it.
#[derive(Debug, Clone, Serialize)]
pub struct Proof {
    /// Its form, so that a later one can be told from it.
    pub format: &'static str,
    /// When it was made.
    pub made_at: DateTime<Utc>,
    /// Who published.
    pub office: Office,
    /// Where the heads are published.
    pub heads_at: String,
    /// The item.
    pub item: Proved,
    /// Its approved revisions, the first one first.
    pub revisions: Vec<Said>,
    /// Its deliveries, the first one first.
    pub deliveries: Vec<Sent>,
    /// The hash before the first step.
    pub before: String,
    /// The chain from the item's first line to the last published head, or to the item's last line if that is later.
    pub chain: Vec<Step>,
    /// The heads that were published of this stretch, the first one first.
    pub heads: Vec<Head>,
}

/// The item, as its approved revisions have it: what else is kept of it, no line vouches for.
#[derive(Debug, Clone, Serialize)]
pub struct Proved {
    /// Its number in the store.
    pub id: i64,
    /// The office's own reference.
    pub reference: String,
    /// Its kind.
    pub kind: String,
    /// Approved or withdrawn.
    pub state: ItemState,
    /// Its headline in the leading language.
    pub title: String,
}

/// One line on the way: the item's own with its text, those in between by their digests alone.
#[derive(Debug, Clone, Serialize)]
pub struct Step {
    /// Its place and its hashes.
    #[serde(flatten)]
    pub link: Link,
    /// The line as it was hashed, if it is of this item.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<String>,
}

/// Makes the proof. What does not agree with the ledger any more cannot be proved, and is refused.
pub async fn proof(system: &System, config: &OfficeConfig, reference: &str) -> Result<Proof, ActError> {
    let (store, office) = (&system.store, &config.office);
    let item = store.item(&office.id, reference).await?;
    store.link().await?;
    let evidence = store.evidence(&item).await?;
    let revisions = evidence.approved();
    let Some(newest) = revisions.last() else {
        return Err(ActError::NotApproved(item.reference));
    };
    if let Some(fault) = evidence.faults().first() {
        return Err(ActError::Doubtful(fault.to_string()));
    }
    let proved = proved(office, &item, newest)?;
    let mut heads = store.heads(&office.id).await?;
    let linked = || evidence.lines.iter().map(|kept| kept.line.seq).filter(|seq| *seq > 0);
    let (first, last) = (linked().min().unwrap_or(1), linked().max().unwrap_or(0));
    let last = last.max(heads.first().map_or(0, |head| head.seq));
    let (before, chain) = stretch(store, &item, first, last).await?;
    heads.retain(|head| head.seq >= first);
    heads.reverse();
    Ok(Proof {
        format: "kasnec-proof-1",
        made_at: system.clock.now(),
        heads_at: format!("{}/ledger", office.public_url),
        office: office.clone(),
        revisions,
        deliveries: evidence.sent(),
        before,
        chain,
        heads,
        item: proved,
    })
}

fn proved(office: &Office, item: &Item, newest: &Said) -> Result<Proved, ActError> {
    let content: Content = serde_json::from_str(&newest.content).map_err(|e| StoreError::Shape(e.to_string()))?;
    let state = if newest.act == RevisionAct::Withdraw {
        ItemState::Withdrawn
    } else {
        ItemState::Approved
    };
    Ok(Proved {
        id: item.id,
        reference: item.reference.clone(),
        title: title_of(&content, office),
        kind: content.kind,
        state,
    })
}

/// The hash before the first line, and the steps up to the last one.
async fn stretch(store: &Store, item: &Item, first: i64, last: i64) -> Result<(String, Vec<Step>), ActError> {
    let before = match store.line_at(&item.office, first - 1).await? {
        Some(kept) => kept.hash,
        None => BEGINNING.to_owned(),
    };
    let (mut hash, mut chain, mut after) = (before.clone(), vec![], first - 1);
    while after < last {
        let lines = store.chained(&item.office, after).await?;
        if lines.is_empty() {
            return Err(StoreError::Shape(format!("the ledger ends before its line {last}")).into());
        }
        for kept in lines.into_iter().take_while(|kept| kept.line.seq <= last) {
            after = kept.line.seq;
            chain.push(step(item, &kept, &hash)?);
            hash = kept.hash;
        }
    }
    Ok((before, chain))
}

fn step(item: &Item, kept: &Kept, before: &str) -> Result<Step, ActError> {
    let link = kept.line.link(before);
    if link.hash != kept.hash {
        let what = format!("line {} of the ledger does not fit its hash", link.seq);
        return Err(ActError::Doubtful(what));
    }
    Ok(Step {
        link,
        line: (kept.line.item == Some(item.id)).then(|| kept.line.text()),
    })
}
