//! Why deliveries that are due are not confirmed: the one table of causes. Pure.

use chrono::{DateTime, Duration, Utc};

use crate::receipt::AlarmKind;
use crate::store::backlog::{Backlog, Place, Watched};
use crate::store::rows::AccountState;

/// So long before its deadline a delivery is asked for at once, however short a time it has waited.
pub const NEAR: Duration = Duration::hours(2);
/// A circuit that stays open for so long is told of, whatever waits.
pub const LONG: Duration = Duration::minutes(30);
/// What is to be done by hand may take a day, where no deadline comes first.
const BY_HAND: Duration = Duration::hours(24);

/// An account, and what its manifest and the other deliveries say of it.
#[derive(Debug, Clone, Copy)]
pub struct Account<'a> {
    /// What is kept of it.
    pub row: &'a Watched,
    /// Whether it is in the configuration.
    pub configured: bool,
    /// Its posts for today are used up.
    pub spent: bool,
    /// Some of its deliveries are under way.
    pub busy: bool,
}

/// What the table depends on beside the deliveries.
#[derive(Debug, Clone, Copy)]
pub struct Around {
    /// The time.
    pub now: DateTime<Utc>,
    /// How long something may be due before it is asked why.
    pub patience: Duration,
    /// Whether any worker has shown a sign of life.
    pub worker: bool,
}

/// Why these are not confirmed; nothing while they may take their time.
pub fn of_backlog(backlog: &Backlog, account: Account<'_>, at: Around) -> Option<AlarmKind> {
    let waited = at.now - backlog.oldest;
    let near = backlog.nearest_deadline.is_some_and(|deadline| deadline <= at.now + NEAR);
    match backlog.place {
        Place::ByHand => (near || waited >= BY_HAND).then_some(AlarmKind::NeedsPerson),
        Place::Person => (near || waited >= at.patience).then_some(AlarmKind::NeedsPerson),
        Place::Refused => (near || waited >= at.patience).then_some(AlarmKind::Refused),
        _ if !account.configured || account.row.state == AccountState::Removed => Some(AlarmKind::ChannelMissing),
        // Told of by the account itself, and nothing else is to be said of it.
        _ if account.row.state == AccountState::Paused => None,
        _ if !at.worker => Some(AlarmKind::NoWorker),
        _ if !near && waited < at.patience => None,
        _ if account.row.circuit.is_some() => Some(AlarmKind::ChannelDown),
        _ if backlog.in_doubt => Some(AlarmKind::InDoubt),
        _ if backlog.failing => Some(AlarmKind::Failing),
        _ => of_quiet(backlog, account, at, near),
    }
}

/// Nothing has failed: then either the channel's pace holds them back, or nothing happens at all.
fn of_quiet(backlog: &Backlog, account: Account<'_>, at: Around, near: bool) -> Option<AlarmKind> {
    let long_held = backlog.claimed.is_none_or(|claimed| at.now - claimed >= at.patience);
    let stands = match backlog.place {
        Place::Held => long_held,
        Place::Later => false,
        // Each claim moves the instant before which the account is not used again.
        _ => !account.busy && !account.spent && at.now - account.row.not_before >= at.patience,
    };
    let patient = at.now - backlog.oldest < at.patience;
    match (stands, near) {
        (true, _) if !patient => Some(AlarmKind::Stuck),
        (_, true) => Some(AlarmKind::Slow),
        _ => None,
    }
}

/// What an account that stands still says by itself, whatever waits behind it.
pub fn of_account(account: Account<'_>, now: DateTime<Utc>) -> Option<(AlarmKind, Option<DateTime<Utc>>)> {
    match (account.row.state, &account.row.circuit) {
        (AccountState::Paused, _) => Some((AlarmKind::ChannelPaused, account.row.paused_at)),
        (AccountState::Open, Some(circuit)) if now - circuit.opened_at >= LONG => Some((AlarmKind::ChannelDown, Some(circuit.opened_at))),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::from_ms;
    use crate::store::circuit::Circuit;

    const NOW: i64 = 1_800_000_000_000;

    fn ago(minutes: i64) -> DateTime<Utc> {
        from_ms(NOW - minutes * 60_000)
    }

    fn backlog(place: Place, waited: i64) -> Backlog {
        Backlog {
            account: 1,
            place,
            in_doubt: false,
            failing: false,
            count: 1,
            nearest_deadline: None,
            oldest: ago(waited),
            claimed: None,
            failure: None,
        }
    }

    fn row(state: AccountState) -> Watched {
        Watched {
            id: 1,
            name: "a".to_owned(),
            state,
            failure: None,
            not_before: ago(10_000),
            paused_at: Some(ago(5)),
            circuit: None,
            day: None,
            sent_that_day: 0,
        }
    }

    fn account(row: &Watched) -> Account<'_> {
        Account {
            row,
            configured: true,
            spent: false,
            busy: false,
        }
    }

    fn at() -> Around {
        Around {
            now: from_ms(NOW),
            patience: Duration::minutes(10),
            worker: true,
        }
    }

    fn circuit(opened: i64) -> Circuit {
        Circuit {
            opened_at: ago(opened),
            probe_at: ago(0),
            outages: 3,
            failure: None,
        }
    }

    #[test]
    fn every_cause_has_its_name() {
        let open = row(AccountState::Open);
        let down = Watched {
            circuit: Some(circuit(3)),
            ..open.clone()
        };
        let paced = Watched {
            not_before: ago(1),
            ..open.clone()
        };
        let due = || backlog(Place::Due, 11);
        let doubted = Backlog {
            in_doubt: true,
            ..backlog(Place::Later, 11)
        };
        let failing = Backlog {
            failing: true,
            ..backlog(Place::Later, 11)
        };
        let held = Backlog {
            claimed: Some(ago(11)),
            ..backlog(Place::Held, 11)
        };
        let pressing = Backlog {
            nearest_deadline: Some(ago(-60)),
            ..due()
        };
        let told = |backlog: &Backlog, row: &Watched| of_backlog(backlog, account(row), at());
        for (backlog, row, kind) in [
            (due(), &open, Some(AlarmKind::Stuck)),
            (due(), &row(AccountState::Removed), Some(AlarmKind::ChannelMissing)),
            (due(), &row(AccountState::Paused), None),
            (due(), &down, Some(AlarmKind::ChannelDown)),
            (due(), &paced, None),
            (pressing.clone(), &paced, Some(AlarmKind::Slow)),
            (doubted, &open, Some(AlarmKind::InDoubt)),
            (failing, &open, Some(AlarmKind::Failing)),
            (held, &open, Some(AlarmKind::Stuck)),
            (backlog(Place::Later, 11), &open, None),
            (backlog(Place::Person, 11), &open, Some(AlarmKind::NeedsPerson)),
            (backlog(Place::ByHand, 11), &open, None),
            (backlog(Place::ByHand, 24 * 60), &open, Some(AlarmKind::NeedsPerson)),
            (backlog(Place::Refused, 11), &open, Some(AlarmKind::Refused)),
            (backlog(Place::Due, 9), &open, None),
        ] {
            assert_eq!(told(&backlog, row), kind, "{backlog:?} {row:?}");
        }
        let alone = Around { worker: false, ..at() };
        assert_eq!(
            of_backlog(&backlog(Place::Due, 3), account(&open), alone),
            Some(AlarmKind::NoWorker)
        );
        let gone = Account {
            configured: false,
            ..account(&open)
        };
        assert_eq!(of_backlog(&backlog(Place::Due, 3), gone, at()), Some(AlarmKind::ChannelMissing));
        let busy = Account {
            busy: true,
            ..account(&open)
        };
        assert_eq!(of_backlog(&due(), busy, at()), None, "the line moves");
        assert_eq!(of_backlog(&pressing, busy, at()), Some(AlarmKind::Slow));
    }

    #[test]
    fn a_deadline_that_is_near_waits_for_no_patience() {
        let open = row(AccountState::Open);
        let near = Backlog {
            failing: true,
            nearest_deadline: Some(ago(-119)),
            ..backlog(Place::Later, 3)
        };
        assert_eq!(of_backlog(&near, account(&open), at()), Some(AlarmKind::Failing));
        let far = Backlog {
            nearest_deadline: Some(ago(-121)),
            ..near
        };
        assert_eq!(of_backlog(&far, account(&open), at()), None);
    }

    #[test]
    fn an_account_that_stands_still_says_since_when() {
        let paused = row(AccountState::Paused);
        assert_eq!(
            of_account(account(&paused), from_ms(NOW)),
            Some((AlarmKind::ChannelPaused, Some(ago(5))))
        );
        for (opened, told) in [(29, None), (30, Some((AlarmKind::ChannelDown, Some(ago(30)))))] {
            let down = Watched {
                circuit: Some(circuit(opened)),
                ..row(AccountState::Open)
            };
            assert_eq!(of_account(account(&down), from_ms(NOW)), told);
        }
    }
}
