//! The clock of every command: the machine's, as long as the count of the time since the machine's start agrees with it.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, Duration, Utc};

use super::doubt::span;
use super::judge::agree;
use super::notes::Notes;
use super::{AGREEMENT, Clock, Counters, Doubt, Evidence, Machine, Move, Reason, Testimony, Verdict, Witness, from_ms, judge};

/// A machine that was stopped between two readings gives a pair that does not belong together.
const READING_MS: i64 = 50;
/// What a witness said is forgotten after an hour: the machine's count drifts, too.
const REMEMBERED_MS: i64 = 3_600_000;
/// A time in force that moved by less since it was noted is not noted again.
const NOTED_MS: i64 = 1000;

/// A clock that a jump of the machine's clock does not move.
pub struct SteadyClock {
    counters: Box<dyn Counters>,
    tolerance_ms: i64,
    folder: PathBuf,
    state: Mutex<State>,
}

struct State {
    /// The time in force is the machine's count plus this.
    offset: i64,
    /// How the time in force came to be.
    standing: Standing,
    attested: bool,
    /// The newest instant at which something was written.
    written: Option<i64>,
    /// What witnesses said: their time less the machine's count then, and that count.
    heard: BTreeMap<String, Heard>,
    doubt: Option<Doubt>,
    moved: Option<Move>,
    trusted_at: i64,
    /// A person's word holds: the machine's clock has not jumped since.
    trusted: bool,
    keeps: bool,
    noted: Option<Notes>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Standing {
    /// It is the machine's clock.
    Follows,
    /// It is counted on from what was in force, or set by several witnesses.
    Own,
    /// It is one witness's word, for want of a second.
    OnOneWord,
}

#[derive(Debug, Clone, Copy)]
struct Heard {
    ip: Option<IpAddr>,
    offset: i64,
    boot: i64,
    shared: bool,
}

impl SteadyClock {
    /// This machine's clock. What an earlier process noted in `folder` since the machine's start is its past.
    pub fn new(folder: &Path, tolerance: Duration) -> Self {
        Self::with(Box::new(Machine::default()), folder, tolerance)
    }

    /// The same with other counters.
    pub fn with(counters: Box<dyn Counters>, folder: &Path, tolerance: Duration) -> Self {
        let (wall, boot) = read(&*counters);
        let noted = Notes::read(folder, &counters.boot_id());
        let on_one_word = noted.as_ref().is_some_and(|notes| notes.on_one_word);
        let state = State {
            offset: noted.as_ref().map_or(wall - boot, |notes| notes.offset_ms),
            standing: if on_one_word { Standing::OnOneWord } else { Standing::Follows },
            attested: noted.as_ref().is_some_and(|notes| notes.attested),
            written: None,
            heard: BTreeMap::new(),
            doubt: noted.as_ref().and_then(|notes| notes.doubt.clone()),
            moved: None,
            trusted_at: noted.as_ref().map_or(0, |notes| notes.trusted_at),
            trusted: noted.as_ref().is_some_and(|notes| notes.trusted),
            keeps: false,
            noted,
        };
        let clock = Self {
            counters,
            tolerance_ms: tolerance.num_milliseconds().max(1000),
            folder: folder.to_owned(),
            state: Mutex::new(state),
        };
        drop(clock.look());
        clock
    }

    /// From now on the time in force is noted, for the commands and for the next start: one process of a data folder does that.
    pub fn keep(&self) {
        let mut state = self.look().0;
        state.keeps = true;
        self.note(&mut state);
    }

    /// Puts the machine's clock in force on the word of a person, here and in the process that works.
    pub fn trust(&self) -> std::io::Result<()> {
        let (mut state, wall, boot) = self.look();
        state.believe(wall, boot, boot);
        self.notes(&state).write(&self.folder)
    }

    /// The machine's own time, right or wrong.
    pub fn machine(&self) -> DateTime<Utc> {
        from_ms(self.counters.wall_ms())
    }

    /// What witnesses say, carried on to now.
    pub fn witnesses(&self) -> Vec<Testimony> {
        let (state, _, boot) = self.look();
        state.testimonies(boot)
    }

    /// Reads the machine's clocks and follows them, or not.
    fn look(&self) -> (MutexGuard<'_, State>, i64, i64) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let (wall, boot) = read(&*self.counters);
        let apart = wall - (boot + state.offset);
        let follows = state.standing == Standing::Follows;
        if apart.abs() <= self.tolerance_ms {
            state.offset = wall - boot;
            state.standing = Standing::Follows;
            if state.doubt.as_ref().is_some_and(|doubt| doubt.is_over(wall, state.written)) {
                state.doubt = None;
                tracing::info!("nothing speaks any more against the machine's clock, by which Kasnec goes");
            }
        } else if follows || state.has_moved_on(apart, self.tolerance_ms) {
            // What was heard before was carried on by a count that may have stood still.
            state.heard.clear();
            if follows {
                state.standing = Standing::Own;
                state.trusted = false;
            }
            // An earlier process of this start of the machine knew it, and why.
            let known = follows
                && state
                    .doubt
                    .as_ref()
                    .is_some_and(|doubt| (doubt.ahead_seconds * 1000 - apart).abs() <= self.tolerance_ms);
            if !known {
                state.raise(Reason::Moved, (wall, boot), vec![], apart);
            }
        }
        self.note(&mut state);
        (state, wall, boot)
    }

    fn decide(&self, state: &mut State, wall: i64, boot: i64) {
        let evidence = state.evidence(wall, boot);
        let ours = from_ms(wall);
        let against = |right: DateTime<Utc>| {
            let others = evidence.witnesses.iter().filter(|witness| agree(witness.at, right));
            let names: Vec<String> = others.map(|witness| witness.name.clone()).collect();
            (names, (ours - right).num_milliseconds())
        };
        match judge(&evidence) {
            Verdict::Wall(confirmed) => {
                state.attested |= confirmed;
                state.set(Standing::Follows, wall - boot, boot, "the machine's clock, which others confirm");
                match evidence.witnesses.iter().find(|witness| !agree(witness.at, ours)) {
                    Some(other) if !confirmed => {
                        let (names, ahead) = against(other.at);
                        let reason = if state.trusted {
                            Reason::AgainstTrust
                        } else {
                            Reason::Contradicted
                        };
                        state.raise(reason, (wall, boot), names, ahead);
                    }
                    _ => compare_with_data(state, wall, boot, confirmed),
                }
            }
            Verdict::Steady => {
                let (names, ahead) = against(from_ms(boot + state.offset));
                let reason = if names.is_empty() { Reason::Moved } else { Reason::MachineWrong };
                state.attested |= !names.is_empty();
                state.standing = Standing::Own;
                state.raise(reason, (wall, boot), names, ahead);
            }
            Verdict::Theirs(at) => {
                let (names, ahead) = against(at);
                state.attested = true;
                state.set(Standing::Own, at.timestamp_millis() - boot, boot, &names.join(" and "));
                state.raise(Reason::MachineWrong, (wall, boot), names, ahead);
            }
            Verdict::Earlier(at) => {
                let (names, ahead) = against(at);
                state.attested = false;
                state.set(Standing::OnOneWord, at.timestamp_millis() - boot, boot, &names.join(" and "));
                state.raise(Reason::Earlier, (wall, boot), names, ahead);
            }
        }
        self.note(state);
    }

    fn notes(&self, state: &State) -> Notes {
        Notes {
            boot: self.counters.boot_id(),
            offset_ms: state.offset,
            attested: state.attested,
            on_one_word: state.standing == Standing::OnOneWord,
            doubt: state.doubt.clone(),
            trusted_at: state.trusted_at,
            trusted: state.trusted,
        }
    }

    fn note(&self, state: &mut State) {
        if !state.keeps || state.noted.as_ref().is_some_and(|notes| state.is_as(notes)) {
            return;
        }
        let notes = self.notes(state);
        if let Err(error) = notes.write(&self.folder) {
            tracing::warn!(%error, "the time in force could not be noted in the data folder; a restart begins without it");
        }
        state.noted = Some(notes);
    }
}

impl Clock for SteadyClock {
    fn now(&self) -> DateTime<Utc> {
        let (state, _, boot) = self.look();
        from_ms(boot + state.offset)
    }

    fn doubt(&self) -> Option<Doubt> {
        self.look().0.doubt.clone()
    }

    fn hear(&self, witness: Witness) {
        let (mut state, wall, boot) = self.look();
        let heard = Heard {
            ip: witness.ip,
            offset: witness.at.timestamp_millis() - boot,
            boot,
            shared: witness.shared,
        };
        state.heard.insert(witness.name, heard);
        state.heard.retain(|_, heard| boot - heard.boot <= REMEMBERED_MS);
        self.decide(&mut state, wall, boot);
    }

    fn is_after(&self, at: DateTime<Utc>) {
        let mut state = self.look().0;
        state.written = state.written.max(Some(at.timestamp_millis()));
    }

    fn take_move(&self) -> Option<Move> {
        self.look().0.moved.take()
    }

    fn heed(&self) {
        let (mut state, wall, boot) = self.look();
        if let Some(notes) = Notes::read(&self.folder, &self.counters.boot_id())
            && notes.trusted_at > state.trusted_at
        {
            state.believe(wall, boot, notes.trusted_at);
        }
        let other = state.doubt.as_ref().is_some_and(|doubt| doubt.reason != Reason::BehindData);
        if state.standing == Standing::Follows && !other {
            let attested = state.attested;
            compare_with_data(&mut state, wall, boot, attested);
        }
        self.note(&mut state);
    }
}

impl State {
    fn believe(&mut self, wall: i64, boot: i64, trusted_at: i64) {
        self.set(Standing::Follows, wall - boot, boot, "the machine's clock, which a person confirms");
        self.trusted_at = trusted_at;
        self.trusted = true;
        self.attested = true;
        self.heard.clear();
        self.doubt = None;
    }

    fn evidence(&self, wall: i64, boot: i64) -> Evidence {
        Evidence {
            wall: from_ms(wall),
            // One witness's word is that witness's voice already.
            steady: (self.standing != Standing::OnOneWord).then(|| from_ms(boot + self.offset)),
            attested: self.attested,
            trusted: self.trusted,
            written: self.written.map(from_ms),
            witnesses: self.testimonies(boot),
        }
    }

    fn is_as(&self, notes: &Notes) -> bool {
        (notes.offset_ms - self.offset).abs() < NOTED_MS
            && notes.on_one_word == (self.standing == Standing::OnOneWord)
            && (notes.attested, notes.trusted_at, notes.trusted) == (self.attested, self.trusted_at, self.trusted)
            && notes.doubt == self.doubt
    }

    fn testimonies(&self, boot: i64) -> Vec<Testimony> {
        let said = self.heard.iter().map(|(name, heard)| Testimony {
            name: name.clone(),
            ip: heard.ip,
            at: from_ms(boot + heard.offset),
            shared: heard.shared,
        });
        said.collect()
    }

    /// Whether the machine's clock was moved once more.
    fn has_moved_on(&self, apart: i64, tolerance: i64) -> bool {
        let known = self.doubt.as_ref().map(|doubt| doubt.ahead_seconds * 1000);
        known.is_some_and(|known| (apart - known).abs() > tolerance.max(2000))
    }

    fn set(&mut self, standing: Standing, offset: i64, boot: i64, because: &str) {
        let by = offset - self.offset;
        // What an answer was under way makes no other time of it.
        let same = standing == self.standing && by.abs() <= AGREEMENT.num_milliseconds();
        self.standing = standing;
        if same && standing != Standing::Follows {
            return;
        }
        let from = from_ms(boot + self.offset);
        self.offset = offset;
        if by.abs() > AGREEMENT.num_milliseconds() {
            let to = from_ms(boot + offset);
            let direction = if by > 0 { "forwards" } else { "back" };
            tracing::warn!(%from, %to, "the time that Kasnec goes by was set {direction} by {}, to {because}", span(to - from));
            self.moved = Some(Move {
                // Of two that nobody has taken, the first one's beginning counts.
                from: self.moved.as_ref().map_or(from, |earlier| earlier.from),
                to,
                because: because.to_owned(),
            });
        }
    }

    fn raise(&mut self, reason: Reason, (wall, boot): (i64, i64), witnesses: Vec<String>, ahead_of_them_ms: i64) {
        let now = boot + self.offset;
        let doubt = Doubt {
            reason,
            ahead_seconds: (wall - now) / 1000,
            witnesses,
            ahead_of_them_seconds: ahead_of_them_ms / 1000,
            since: from_ms(now),
        };
        match &mut self.doubt {
            Some(known) if known.is_like(&doubt) => known.witnesses = doubt.witnesses,
            _ => {
                tracing::error!("ALARM: {} {}", doubt.what(), doubt.next_step());
                self.doubt = Some(doubt);
            }
        }
    }
}

/// What is behind the newest line, and confirmed by nobody, is doubted.
fn compare_with_data(state: &mut State, wall: i64, boot: i64, confirmed: bool) {
    match state
        .written
        .filter(|written| !confirmed && written - wall > AGREEMENT.num_milliseconds())
    {
        Some(written) => state.raise(Reason::BehindData, (wall, boot), vec![], wall - written),
        None => state.doubt = None,
    }
}

/// Both clocks at one moment.
fn read(counters: &dyn Counters) -> (i64, i64) {
    let mut before = counters.boot_ms();
    for _ in 0..10 {
        let (wall, after) = (counters.wall_ms(), counters.boot_ms());
        if after - before <= READING_MS {
            return (wall, after);
        }
        before = after;
    }
    (counters.wall_ms(), counters.boot_ms())
}
