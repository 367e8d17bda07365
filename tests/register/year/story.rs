//! What the office does in a year: a script of acts, drawn from a seed, with what the books need to know of each item.

use std::cell::Cell;

use chrono::{DateTime, Duration, NaiveDate, Utc};

use super::count::{day_of, on, shifted};
use crate::office::ZONE;

/// Draws numbers: the same seed, the same year (splitmix64).
pub struct Dice(Cell<u64>);

impl Dice {
    pub fn new(seed: u64) -> Self {
        Self(Cell::new(seed))
    }

    /// From `low` to `high`, both included.
    pub fn roll(&self, low: i64, high: i64) -> i64 {
        self.0.set(self.0.get().wrapping_add(0x9e37_79b9_7f4a_7c15));
        let mut mixed = self.0.get();
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        low + i64::try_from((mixed ^ (mixed >> 31)) % u64::try_from(high - low + 1).unwrap()).unwrap()
    }

    /// In so many of a hundred cases.
    pub fn chance(&self, percent: i64) -> bool {
        self.roll(1, 100) <= percent
    }

    /// A minute of the office's day.
    pub fn at_work(&self, day: NaiveDate) -> DateTime<Utc> {
        on(day, u32::try_from(self.roll(8 * 60, 16 * 60)).unwrap())
    }
}

/// One act of the office.
#[derive(Debug, Clone)]
pub enum Act {
    Queue(String),
    Approve {
        reference: String,
        late: Option<String>,
    },
    Correct {
        text: String,
        reason: String,
        late: Option<String>,
    },
    Postpone {
        reference: String,
        to: DateTime<Utc>,
        reason: String,
        late: Option<String>,
    },
    Withdraw {
        reference: String,
        reason: String,
    },
    /// A person lifts what an item owes by a rule.
    Lift {
        key: String,
        reason: String,
    },
}

/// An approved text of an item, as the books keep it.
#[derive(Debug, Clone)]
pub struct Text {
    pub at: DateTime<Utc>,
    pub start: Option<DateTime<Utc>>,
    pub end: Option<DateTime<Utc>>,
    /// What else restarts a clock.
    pub mark: String,
    pub reason: Option<String>,
    pub late: Option<String>,
}

/// What is only tracked.
#[derive(Debug, Clone, Default)]
pub struct Tracked {
    pub received: DateTime<Utc>,
    pub extended: bool,
    pub done: Option<DateTime<Utc>>,
    pub replied: Option<DateTime<Utc>>,
}

/// An item, as the books keep it.
#[derive(Debug, Clone)]
pub struct Piece {
    pub kind: &'static str,
    pub reference: String,
    pub queued: DateTime<Utc>,
    /// The variant of its kind: the session, the act's type, the report's period …
    pub form: String,
    /// What it names: the notice it follows, the directorate, a day.
    pub names: Option<String>,
    pub day: Option<NaiveDate>,
    pub proposed: Option<DateTime<Utc>>,
    pub texts: Vec<Text>,
    pub withdrawn: Option<(DateTime<Utc>, String)>,
    pub lifted: Option<String>,
    pub tracked: Option<Tracked>,
}

/// The whole year.
#[derive(Default)]
pub struct Story {
    pub acts: Vec<(DateTime<Utc>, Act)>,
    pub pieces: Vec<Piece>,
}

impl Story {
    pub fn act(&mut self, at: DateTime<Utc>, act: Act) {
        self.acts.push((at, act));
    }

    /// Queues an item without an event, and approves it a moment later.
    pub fn publish(&mut self, at: DateTime<Utc>, piece: Piece, text: String) {
        let reference = piece.reference.clone();
        self.act(at, Act::Queue(text));
        self.act(at, Act::Approve { reference, late: None });
        self.pieces.push(Piece {
            queued: at,
            texts: vec![Text::plain(at)],
            ..piece
        });
    }

    /// The last instant and text of a piece that is being told.
    pub fn last(&mut self) -> &mut Piece {
        self.pieces.last_mut().unwrap()
    }
}

impl Text {
    pub fn plain(at: DateTime<Utc>) -> Self {
        Self {
            at,
            start: None,
            end: None,
            mark: String::new(),
            reason: None,
            late: None,
        }
    }
}

impl Piece {
    pub fn new(kind: &'static str, reference: String) -> Self {
        Self {
            kind,
            reference,
            queued: DateTime::UNIX_EPOCH,
            form: String::new(),
            names: None,
            day: None,
            proposed: None,
            texts: vec![],
            withdrawn: None,
            lifted: None,
            tracked: None,
        }
    }

    /// When the event of its last text begins.
    pub fn start(&self) -> Option<DateTime<Utc>> {
        self.texts.last().and_then(|text| text.start)
    }

    /// From when on what follows it is counted.
    pub fn anchor(&self) -> Option<DateTime<Utc>> {
        self.texts.last().and_then(|text| text.end.or(text.start))
    }

    /// Whether it was held.
    pub fn is_held(&self) -> bool {
        !self.texts.is_empty() && self.withdrawn.as_ref().is_none_or(|(at, _)| Some(*at) > self.anchor())
    }
}

/// As people write it in the office's zone.
pub fn wall(at: DateTime<Utc>) -> String {
    at.with_timezone(&ZONE).format("%Y-%m-%d %H:%M").to_string()
}

/// Days of a month of 2027.
pub fn day(month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(2027, month, day).unwrap()
}

/// Sometime on the days after, within office hours, and not before.
pub fn later(dice: &Dice, at: DateTime<Utc>, low: i64, high: i64) -> DateTime<Utc> {
    let on = shifted(day_of(at), dice.roll(low, high));
    dice.at_work(on).max(at + Duration::minutes(dice.roll(20, 90)))
}
