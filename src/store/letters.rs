//! Letters to the office's people: pieces that wait for the mail server, taken by one process at a time, sent until it has them.

use chrono::{DateTime, Duration, Utc};
use serde_json::Value as Json;

use super::value::{Row, args};
use super::warnings::WarningState;
use super::{Store, StoreError};

/// What is told by letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pouch {
    /// Deadlines: `warning`.
    Warnings,
    /// Channels that stand still: `alarm_letter`.
    Alarms,
}

/// One thing to be told to one recipient.
#[derive(Debug, Clone)]
pub struct Piece {
    /// Its number.
    pub id: i64,
    /// The duty, or the alarm.
    pub about: i64,
    /// Whom: `unit:NAME`, `head:NAME` or `head`.
    pub recipient: String,
    /// In which language.
    pub lang: String,
    /// What there was to say when it was raised.
    pub detail: Json,
    /// How often the mail server did not take it.
    pub failures: i64,
    /// The letter it is to go in, once it is in one.
    pub letter: Option<String>,
}

/// Warnings about duties that are still open, and that the mail server does not take.
#[derive(Debug, Clone)]
pub struct Untaken {
    /// How many.
    pub count: i64,
    /// When the first of them was raised.
    pub oldest: DateTime<Utc>,
    /// The nearest deadline that they are about.
    pub nearest_deadline: Option<DateTime<Utc>>,
    /// What was said to one of them.
    pub why: Option<String>,
}

impl Piece {
    fn read(row: &mut Row) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.int()?,
            about: row.int()?,
            recipient: row.text()?,
            lang: row.text()?,
            detail: row.json()?,
            failures: row.int()?,
            letter: row.opt_text()?,
        })
    }
}

/// The same statement for either table.
macro_rules! of {
    ($pouch:expr, $before:literal, $after:literal) => {
        match $pouch {
            Pouch::Warnings => concat!($before, "warning", $after),
            Pouch::Alarms => concat!($before, "alarm_letter", $after),
        }
    };
}

impl Pouch {
    /// The word its letters' ids begin with.
    pub fn word(self) -> &'static str {
        match self {
            Self::Warnings => "warning",
            Self::Alarms => "alarm",
        }
    }

    /// What has ended is told no more.
    fn waiting(self) -> &'static str {
        match self {
            Self::Warnings => {
                "SELECT id, obligation, recipient, lang, detail, failures, letter FROM warning WHERE office = $1 AND state = 'waiting' \
                 AND next_at <= $2 AND obligation IN (SELECT id FROM obligation WHERE state = 'open') ORDER BY id"
            }
            Self::Alarms => {
                "SELECT id, alarm, recipient, lang, detail, failures, letter FROM alarm_letter WHERE office = $1 AND state = 'waiting' \
                 AND next_at <= $2 AND alarm IN (SELECT id FROM alarm WHERE cleared_at IS NULL) ORDER BY id"
            }
        }
    }
}

impl Store {
    /// What waits for the mail server and may be tried now.
    pub async fn waiting_pieces(&self, office: &str, pouch: Pouch) -> Result<Vec<Piece>, StoreError> {
        let rows = self.rows(pouch.waiting(), args![office, self.clock.now()]).await?;
        rows.into_iter().map(|mut row| Piece::read(&mut row)).collect()
    }

    /// The warnings about open duties that were refused for good, or failed twice and more and wait; none where there are none.
    pub async fn untaken_warnings(&self, office: &str) -> Result<Option<Untaken>, StoreError> {
        let sql = "SELECT COUNT(*), MIN(w.raised_at), MIN(o.safe_by), MAX(w.failure) FROM warning w JOIN obligation o ON o.id = w.obligation \
                   WHERE w.office = $1 AND o.state = 'open' AND (w.state = 'failed' OR (w.state = 'waiting' AND w.failures >= 2)) HAVING COUNT(*) > 0";
        let row = self.row(sql, args![office]).await?;
        row.map_or(Ok(None), |mut row| {
            Ok(Some(Untaken {
                count: row.int()?,
                oldest: row.instant()?,
                nearest_deadline: row.opt_instant()?,
                why: row.opt_text()?,
            }))
        })
    }

    /// Puts pieces into a letter, and takes the letter for `lease`; gives `false` if another process has it.
    pub async fn take_letter(&self, pouch: Pouch, letter: &str, pieces: &[Piece], lease: Duration) -> Result<bool, StoreError> {
        let now = self.clock.now();
        let sql = of!(
            pouch,
            "UPDATE ",
            " SET letter = $2, next_at = $3 WHERE id = $1 AND state = 'waiting' AND next_at <= $4 AND (letter IS NULL OR letter = $2)"
        );
        let mut work = self.begin().await?;
        for piece in pieces {
            if work.run(sql, args![piece.id, letter, now + lease, now]).await? == 0 {
                return Ok(false);
            }
        }
        work.commit().await?;
        Ok(true)
    }

    /// Notes that the mail server has a letter, with these pieces in it: another piece may bear its id that has since got another address.
    pub async fn letter_sent(&self, pouch: Pouch, office: &str, letter: &str, pieces: &[Piece]) -> Result<(), StoreError> {
        let sql = of!(
            pouch,
            "UPDATE ",
            " SET state = 'sent', sent_at = $3, failure = NULL WHERE id = $1 AND letter = $2 AND state = 'waiting'"
        );
        let mut work = self.begin().await?;
        let mut told = 0;
        for piece in pieces {
            told += work.run(sql, args![piece.id, letter, self.clock.now()]).await?;
        }
        let (who, act) = match pouch {
            Pouch::Warnings => ("register", "warned"),
            Pouch::Alarms => ("watchdog", "alarm told"),
        };
        let body = serde_json::json!({"letter": letter, "warnings": told});
        work.note(self, office, who, act, None, None, &body).await?;
        work.commit().await
    }

    /// Notes that the mail server did not take these pieces: for good, or to be tried again at `next`.
    pub async fn pieces_refused(&self, pouch: Pouch, pieces: &[Piece], why: &str, next: Option<DateTime<Utc>>) -> Result<(), StoreError> {
        let state = if next.is_some() {
            WarningState::Waiting
        } else {
            WarningState::Failed
        };
        let sql = of!(
            pouch,
            "UPDATE ",
            " SET state = $2, failure = $3, failures = failures + 1, next_at = COALESCE($4, next_at) WHERE id = $1 AND state = 'waiting'"
        );
        let mut work = self.begin().await?;
        for piece in pieces {
            work.run(sql, args![piece.id, state.word(), why, next]).await?;
        }
        work.commit().await
    }
}
