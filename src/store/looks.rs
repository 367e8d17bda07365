//! Looks at what was delivered: which are due, what they showed. A look is a row while it waits and is gone when it is done, so that a
//! million settled deliveries cost it nothing; what it showed stays.

use chrono::{DateTime, Duration, Utc};
use serde::Serialize;

use super::rows::Person;
use super::value::{Row, args, to_json};
use super::{Inner, Store, StoreError, Work};
use crate::receipt::words::words;
use crate::receipt::{Action, Finding, Glance, Objects};
use crate::render::Post;

words! {
    /// Which of a delivery's looks.
    Stage {
        /// The first, soon after.
        Soon = "soon",
        /// The second, a day later.
        Later = "later",
        /// One that a person asked for.
        Asked = "asked",
    }
}

/// A look to be made, held under a lease: its number of attempts tells who may still write of it.
#[derive(Debug, Clone)]
pub struct Look {
    /// The delivery.
    pub delivery: i64,
    /// How often this look was taken up.
    pub attempt: i64,
    /// Which look.
    pub stage: Stage,
    /// How often it seemed changed or gone.
    pub negatives: i64,
    /// How often it did not tell.
    pub blanks: i64,
    /// The office.
    pub office: String,
    /// The item.
    pub item: i64,
    /// What the remote's object is found by.
    pub key: String,
    /// What the delivery did.
    pub action: Action,
    /// What it made.
    pub objects: Objects,
    /// What it said.
    pub post: Option<Post>,
    /// The remote's id.
    pub remote_id: Option<String>,
    /// Where it can be seen.
    pub url: Option<String>,
    /// Since when it stands.
    pub settled_at: DateTime<Utc>,
    /// Since when the post stands, whatever became of its text.
    pub first_at: DateTime<Utc>,
}

/// What a look showed, as it is kept.
#[derive(Debug, Clone, Serialize)]
pub struct Seen {
    /// The delivery.
    pub delivery: i64,
    /// Which look.
    pub stage: Stage,
    /// When.
    pub at: DateTime<Utc>,
    /// What it showed.
    #[serde(flatten)]
    pub glance: Glance,
}

/// A look that waits.
#[derive(Debug, Clone, Serialize)]
pub struct Ahead {
    /// The delivery.
    pub delivery: i64,
    /// Which look.
    pub stage: Stage,
    /// When it is made, at the earliest.
    pub at: DateTime<Utc>,
    /// What an earlier try at it met, which was not yet sure.
    pub last: Option<Glance>,
}

/// A delivery that is not known to stand as it was sent, although it was.
#[derive(Debug, Clone, Serialize)]
pub struct Disturbed {
    /// The delivery.
    pub delivery: i64,
    /// The item.
    pub item: i64,
    /// The item's reference.
    pub reference: String,
    /// The account's name.
    pub account: String,
    /// What the delivery did.
    pub action: Action,
    /// Where it was to be seen.
    pub url: Option<String>,
    /// When it was last looked at.
    pub at: DateTime<Utc>,
    /// What that showed.
    pub glance: Glance,
}

/// What has become of the post since a delivery stood.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Since {
    /// Nothing: it is the newest.
    Nothing,
    /// A newer one is under way, and may have changed it already.
    UnderWay,
    /// A newer one stands.
    Superseded,
}

/// What writing a finding down came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Noted {
    /// It says something new, and is a line of the ledger.
    News,
    /// It says what was known.
    Same,
    /// A newer delivery came in between: what was seen says nothing.
    Overtaken,
}

/// Accounts with a look that is due, the one with the oldest first. `$2` is the time by which a first look's delivery must stand.
pub const LOOKS_DUE: &str = "SELECT d.id FROM (SELECT a.id AS id, (SELECT l.next_at FROM look l WHERE l.account = a.id AND l.next_at <= $1 \
                             AND (l.attempt > 0 OR l.next_at <= $2) ORDER BY l.next_at LIMIT 1) AS oldest FROM account a WHERE a.state <> 'removed') d \
                             WHERE d.oldest IS NOT NULL ORDER BY d.oldest, d.id";

macro_rules! claim {
    ($lock:literal) => {
        concat!(
            "UPDATE look SET next_at = $4, attempt = attempt + 1 WHERE delivery IN (SELECT delivery FROM look WHERE account = $1 AND next_at <= $2 \
             AND (attempt > 0 OR next_at <= $3) ORDER BY next_at LIMIT $5",
            $lock,
            ") RETURNING delivery, attempt"
        )
    };
}

/// The claim on SQLite, whose one writer is alone. Public, like its neighbours, so that a test can see its query plan.
pub const CLAIM_SQLITE: &str = claim!("");
const CLAIM_PG: &str = claim!(" FOR UPDATE SKIP LOCKED");
const LOOK: &str = "SELECT l.stage, l.negatives, l.blanks, d.office, d.item, d.key, d.action, d.objects, d.post, d.remote_id, d.url, d.settled_at, \
                    (SELECT MIN(p.settled_at) FROM delivery p WHERE p.item = d.item AND p.key = d.key AND p.state = 'delivered') \
                    FROM look l JOIN delivery d ON d.id = l.delivery WHERE l.delivery = $1 AND l.attempt = $2";
const SINCE: &str = "SELECT CASE WHEN n.state = 'delivered' THEN 2 ELSE 1 END AS since FROM delivery n WHERE n.item = $1 AND n.key = $2 AND n.id > $3 \
                     AND (n.state IN ('delivered', 'needs a person') OR (n.settled_at IS NULL AND (n.attempt > 0 OR n.next_at <= $4))) ORDER BY since DESC LIMIT 1";
/// What is not known to stand as it was sent.
pub const DISTURBED: &str = "SELECT d.id, d.item, i.reference, a.name, d.action, d.url, d.seen_at, (SELECT g.detail FROM glance g WHERE g.delivery = d.id ORDER BY g.id DESC LIMIT 1) \
                         FROM delivery d JOIN item i ON i.id = d.item JOIN account a ON a.id = d.account \
                         WHERE d.office = $1 AND d.seen IN ('changed', 'gone', 'cannot tell') AND NOT EXISTS (SELECT 1 FROM delivery n \
                         WHERE n.item = d.item AND n.account = d.account AND n.key = d.key AND n.id > d.id AND n.state = 'delivered') ORDER BY d.seen_at DESC, d.id";

impl Store {
    /// The accounts with a look that is due: a first one `soon` after its delivery stood.
    pub async fn accounts_to_look_at(&self, soon: Duration) -> Result<Vec<i64>, StoreError> {
        let now = self.clock.now();
        let rows = self.rows(LOOKS_DUE, args![now, now - soon]).await?;
        rows.into_iter().map(|mut row| row.int()).collect()
    }

    /// Takes up to `limit` of an account's due looks for the length of `lease`. Nobody else makes them until then.
    pub async fn claim_looks(&self, account: i64, soon: Duration, lease: Duration, limit: usize) -> Result<Vec<Look>, StoreError> {
        let now = self.clock.now();
        let mut work = self.begin().await?;
        let sql = match work.inner {
            Inner::Sqlite(_) => CLAIM_SQLITE,
            Inner::Pg(_) => CLAIM_PG,
        };
        let claimed = work.rows(sql, args![account, now, now - soon, now + lease, limit]).await?;
        let mut looks = Vec::with_capacity(claimed.len());
        for mut row in claimed {
            let (delivery, attempt) = (row.int()?, row.int()?);
            if let Some(mut row) = work.row(LOOK, args![delivery, attempt]).await? {
                looks.push(read(delivery, attempt, &mut row)?);
            }
        }
        work.commit().await?;
        // The databases give back what they claimed in an order of their own.
        looks.sort_by_key(|look: &Look| (look.settled_at, look.delivery));
        Ok(looks)
    }

    /// What has become of the post since.
    pub async fn since(&self, look: &Look) -> Result<Since, StoreError> {
        let row = self
            .row(SINCE, args![look.item, &look.key, look.delivery, self.clock.now()])
            .await?;
        since(row)
    }

    /// What earlier deliveries of the same post left standing, and the last of their texts.
    pub async fn before(&self, look: &Look) -> Result<(Objects, Option<Post>), StoreError> {
        let sql = "SELECT post FROM delivery WHERE item = $1 AND key = $2 AND id < $3 AND state = 'delivered' AND post IS NOT NULL ORDER BY id DESC LIMIT 1";
        let row = self.row(sql, args![look.item, &look.key, look.delivery]).await?;
        let post = row.map_or(Ok(None), |mut row| row.opt_json())?;
        Ok((self.left_standing(look.item, &look.key, look.delivery).await?, post))
    }

    /// Puts a look off. `last` is what this try met, if it is to be made again.
    pub async fn look_again(&self, look: &Look, at: DateTime<Utc>, last: Option<&Glance>) -> Result<(), StoreError> {
        let sql =
            "UPDATE look SET next_at = $3, negatives = $4, blanks = $5, last = COALESCE($6, last) WHERE delivery = $1 AND attempt = $2";
        let last = last.map(to_json).transpose()?;
        let values = args![look.delivery, look.attempt, at, look.negatives, look.blanks, last];
        self.run(sql, values).await.map(drop)
    }

    /// Gives a look up: a newer delivery stands.
    pub async fn drop_look(&self, look: &Look) -> Result<(), StoreError> {
        let sql = "DELETE FROM look WHERE delivery = $1 AND attempt = $2";
        self.run(sql, args![look.delivery, look.attempt]).await.map(drop)
    }

    /// Writes down what a look showed, and when the next one is made, if any. `Conflict` if somebody else has taken the look up since.
    pub async fn conclude(&self, look: &Look, glance: &Glance, next: Option<DateTime<Utc>>) -> Result<Noted, StoreError> {
        let mut work = self.begin().await?;
        work.next_look(look, next).await?;
        let overtaken = work
            .row(SINCE, args![look.item, &look.key, look.delivery, self.clock.now()])
            .await?;
        if since(overtaken)? != Since::Nothing {
            return Ok(Noted::Overtaken);
        }
        let noted = work.seen(self, look, glance).await?;
        work.commit().await?;
        Ok(noted)
    }

    /// A person asks for a look at what stands, as soon as may be.
    pub async fn ask_for_look(&self, by: &Person, delivery: i64) -> Result<(), StoreError> {
        let sql = "INSERT INTO look (delivery, account, stage, next_at, attempt, negatives, blanks) \
                   SELECT d.id, d.account, 'asked', $3, 1, 0, 0 FROM delivery d WHERE d.office = $1 AND d.id = $2 AND d.state = 'delivered' AND d.post IS NOT NULL \
                   AND NOT EXISTS (SELECT 1 FROM delivery n WHERE n.item = d.item AND n.key = d.key AND n.id > d.id AND n.state = 'delivered') \
                   ON CONFLICT (delivery) DO UPDATE SET stage = 'asked', next_at = excluded.next_at, attempt = look.attempt + 1, negatives = 0, blanks = 0";
        match self.run(sql, args![&by.office, delivery, self.clock.now()]).await? {
            0 => Err(StoreError::Missing(
                format!("delivery {delivery} that stands and was sent by a channel"),
                "delivery list --state delivered",
            )),
            _ => Ok(()),
        }
    }

    /// Everything that looks at a delivery showed, the first one first.
    pub async fn glances(&self, delivery: i64) -> Result<Vec<Seen>, StoreError> {
        let sql = "SELECT delivery, stage, at, detail FROM glance WHERE delivery = $1 ORDER BY id";
        self.rows(sql, args![delivery]).await?.iter_mut().map(seen).collect()
    }

    /// Everything that looks at an item's deliveries showed, the first one first.
    pub async fn glances_of_item(&self, item: i64) -> Result<Vec<Seen>, StoreError> {
        let sql =
            "SELECT g.delivery, g.stage, g.at, g.detail FROM glance g JOIN delivery d ON d.id = g.delivery WHERE d.item = $1 ORDER BY g.id";
        self.rows(sql, args![item]).await?.iter_mut().map(seen).collect()
    }

    /// The looks at an item's deliveries that are still to be made. `soon` is how long a first one waits.
    pub async fn looks_ahead(&self, item: i64, soon: Duration) -> Result<Vec<Ahead>, StoreError> {
        let sql = "SELECT l.delivery, l.stage, l.next_at, l.attempt, l.last FROM look l JOIN delivery d ON d.id = l.delivery WHERE d.item = $1 ORDER BY l.next_at, l.delivery";
        let rows = self.rows(sql, args![item]).await?;
        rows.into_iter()
            .map(|mut row| {
                let (delivery, stage, at) = (row.int()?, row.word()?, row.instant()?);
                let at = if row.int()? == 0 { at + soon } else { at };
                let last = row.opt_json()?;
                Ok(Ahead { delivery, stage, at, last })
            })
            .collect()
    }

    /// The unconfirmed or disturbed deliveries: the newest that stood of their posts, and were found changed, gone, or could not be seen.
    pub async fn unconfirmed_or_disturbed(&self, office: &str) -> Result<Vec<Disturbed>, StoreError> {
        let rows = self.rows(DISTURBED, args![office]).await?;
        rows.into_iter()
            .map(|mut row| {
                Ok(Disturbed {
                    delivery: row.int()?,
                    item: row.int()?,
                    reference: row.text()?,
                    account: row.text()?,
                    action: row.word()?,
                    url: row.opt_text()?,
                    at: row.instant()?,
                    glance: row.json()?,
                })
            })
            .collect()
    }

    /// When the look that has waited longest was to be made, of those that are due.
    pub async fn oldest_look(&self, soon: Duration) -> Result<Option<DateTime<Utc>>, StoreError> {
        let now = self.clock.now();
        let sql = "SELECT MIN(l.next_at) FROM look l JOIN account a ON a.id = l.account WHERE l.next_at <= $1 AND (l.attempt > 0 OR l.next_at <= $2) \
                   AND a.state <> 'removed'";
        self.row(sql, args![now, now - soon])
            .await?
            .map_or(Ok(None), |mut row| row.opt_instant())
    }
}

impl Work {
    /// A delivery that stands is looked at; an older one of the same post no more.
    pub(super) async fn plan_look(&mut self, delivery: i64, action: Action, at: DateTime<Utc>) -> Result<(), StoreError> {
        if action != Action::Publish {
            let sql = "DELETE FROM look WHERE delivery IN (SELECT o.id FROM delivery d JOIN delivery o ON o.item = d.item AND o.account = d.account \
                       AND o.key = d.key AND o.id < d.id WHERE d.id = $1)";
            self.run(sql, args![delivery]).await?;
        }
        let sql = "INSERT INTO look (delivery, account, stage, next_at, attempt, negatives, blanks) \
                   SELECT id, account, 'soon', $2, 0, 0, 0 FROM delivery WHERE id = $1 ON CONFLICT (delivery) DO NOTHING";
        self.run(sql, args![delivery, at]).await.map(drop)
    }

    async fn next_look(&mut self, look: &Look, next: Option<DateTime<Utc>>) -> Result<(), StoreError> {
        let (delivery, attempt) = (look.delivery, look.attempt);
        let touched = match next {
            Some(at) => {
                let sql = "UPDATE look SET stage = 'later', next_at = $3, negatives = 0, blanks = 0, last = NULL WHERE delivery = $1 AND attempt = $2";
                self.run(sql, args![delivery, attempt, at]).await?
            }
            None => {
                self.run("DELETE FROM look WHERE delivery = $1 AND attempt = $2", args![delivery, attempt])
                    .await?
            }
        };
        if touched == 0 { Err(StoreError::Conflict) } else { Ok(()) }
    }

    async fn seen(&mut self, store: &Store, look: &Look, glance: &Glance) -> Result<Noted, StoreError> {
        let news = self.is_news(look, glance).await?;
        let (now, detail) = (store.clock.now(), to_json(glance)?);
        let sql = "INSERT INTO glance (office, delivery, stage, at, finding, detail) VALUES ($1, $2, $3, $4, $5, $6)";
        let values = args![&look.office, look.delivery, look.stage.word(), now, glance.finding.word(), detail];
        self.run(sql, values).await?;
        let sql = "UPDATE delivery SET seen = $2, seen_at = $3 WHERE id = $1";
        self.run(sql, args![look.delivery, glance.finding.word(), now]).await?;
        if !news {
            return Ok(Noted::Same);
        }
        let act = match glance.finding {
            Finding::Changed => "seen changed",
            Finding::Gone => "seen gone",
            _ => "seen standing",
        };
        self.note(store, &look.office, "worker", act, Some(look.item), Some(look.delivery), glance)
            .await?;
        Ok(Noted::News)
    }

    /// Whether it says something else than the last look that told anything.
    async fn is_news(&mut self, look: &Look, glance: &Glance) -> Result<bool, StoreError> {
        if matches!(glance.finding, Finding::CannotTell | Finding::NotVisible) {
            return Ok(false);
        }
        let sql = "SELECT detail FROM glance WHERE delivery = $1 AND finding IN ('standing', 'changed', 'gone') ORDER BY id DESC LIMIT 1";
        let before: Option<Glance> = match self.row(sql, args![look.delivery]).await? {
            Some(mut row) => Some(row.json()?),
            None => None,
        };
        let same = |before: &Glance| before.finding == glance.finding && (glance.finding != Finding::Changed || before.what == glance.what);
        Ok(!before.as_ref().is_some_and(same))
    }
}

fn since(row: Option<Row>) -> Result<Since, StoreError> {
    Ok(match row.map(|mut row| row.int()).transpose()? {
        None => Since::Nothing,
        Some(1) => Since::UnderWay,
        Some(_) => Since::Superseded,
    })
}

fn seen(row: &mut Row) -> Result<Seen, StoreError> {
    Ok(Seen {
        delivery: row.int()?,
        stage: row.word()?,
        at: row.instant()?,
        glance: row.json()?,
    })
}

fn read(delivery: i64, attempt: i64, row: &mut Row) -> Result<Look, StoreError> {
    let (stage, negatives, blanks) = (row.word()?, row.int()?, row.int()?);
    let (office, item, key, action) = (row.text()?, row.int()?, row.text()?, row.word()?);
    let (objects, post, remote_id, url) = (row.json()?, row.opt_json()?, row.opt_text()?, row.opt_text()?);
    let settled_at = row.instant()?;
    Ok(Look {
        delivery,
        attempt,
        stage,
        negatives,
        blanks,
        office,
        item,
        key,
        action,
        objects,
        post,
        remote_id,
        url,
        settled_at,
        first_at: row.opt_instant()?.unwrap_or(settled_at),
    })
}
