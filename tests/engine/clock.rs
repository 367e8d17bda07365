//! The machine's clock is moved, or the machine sleeps: nothing early, nothing twice, nothing stuck.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use chrono::{DateTime, Duration, Utc};
use kasnec::clock::{Clock, Counters, Reason, SetClock, SteadyClock, Witness};
use kasnec::receipt::State;
use tempfile::TempDir;

use super::office::Office;

const DAY: i64 = 86_400_000;

/// A machine whose clocks the test moves.
#[derive(Debug, Default)]
struct Hand {
    wall: AtomicI64,
    boot: AtomicI64,
    starts: AtomicI64,
}

struct Reading(Arc<Hand>);

impl Counters for Reading {
    fn wall_ms(&self) -> i64 {
        self.0.wall.load(Ordering::SeqCst)
    }

    fn boot_ms(&self) -> i64 {
        self.0.boot.load(Ordering::SeqCst)
    }

    fn boot_id(&self) -> String {
        format!("start {}", self.0.starts.load(Ordering::SeqCst))
    }
}

fn nine() -> DateTime<Utc> {
    "2026-11-23T09:00:00Z".parse().unwrap()
}

impl Hand {
    fn at_nine() -> Arc<Self> {
        let hand = Self::default();
        hand.wall.store(nine().timestamp_millis(), Ordering::SeqCst);
        hand.boot.store(5_000_000, Ordering::SeqCst);
        Arc::new(hand)
    }

    /// Time passes, on both.
    fn pass(&self, ms: i64) {
        self.boot.fetch_add(ms, Ordering::SeqCst);
        self.wall.fetch_add(ms, Ordering::SeqCst);
    }

    /// Somebody moves the clock on the wall.
    fn jump(&self, ms: i64) {
        self.wall.fetch_add(ms, Ordering::SeqCst);
    }

    fn clock(self: &Arc<Self>, folder: &TempDir) -> SteadyClock {
        SteadyClock::with(Box::new(Reading(self.clone())), folder.path(), Duration::seconds(30))
    }
}

fn witness(name: &str, at: DateTime<Utc>) -> Witness {
    Witness {
        name: name.to_owned(),
        ip: None,
        at,
        shared: false,
    }
}

fn reason(clock: &SteadyClock) -> Option<Reason> {
    clock.doubt().map(|doubt| doubt.reason)
}

#[test]
fn small_steps_are_followed_and_a_jump_is_not() {
    let (hand, folder) = (Hand::at_nine(), TempDir::new().unwrap());
    let clock = hand.clock(&folder);
    for step in [20_000, -25_000, 400, -1] {
        hand.jump(step);
        hand.pass(1000);
        assert_eq!((clock.now(), reason(&clock)), (clock.machine(), None));
    }
    for jump in [DAY, -DAY, 7 * DAY, -300 * DAY, 31_000] {
        let before = clock.now();
        hand.jump(jump);
        assert_eq!((clock.now(), reason(&clock)), (before, Some(Reason::Moved)), "{jump}");
        hand.pass(5000);
        assert_eq!(clock.now(), before + Duration::seconds(5));
        hand.jump(-jump);
        assert_eq!((clock.now(), reason(&clock)), (clock.machine(), None), "back again");
    }
    assert_eq!(clock.take_move(), None);
}

#[test]
fn a_machine_that_slept_for_a_week_has_not_jumped() {
    let (hand, folder) = (Hand::at_nine(), TempDir::new().unwrap());
    let clock = hand.clock(&folder);
    hand.pass(7 * DAY);
    assert_eq!((clock.now(), reason(&clock)), (nine() + Duration::days(7), None));
}

#[test]
fn after_a_jump_a_witness_says_which_is_right() {
    let (hand, folder) = (Hand::at_nine(), TempDir::new().unwrap());
    let clock = hand.clock(&folder);
    // A virtual machine that stood still: its count did, too.
    hand.jump(7 * DAY);
    assert_eq!(clock.now(), nine());
    clock.hear(witness("a", clock.machine()));
    assert_eq!((clock.now(), reason(&clock)), (nine() + Duration::days(7), None));
    let moved = clock.take_move().unwrap();
    assert_eq!((moved.from, moved.to), (nine(), nine() + Duration::days(7)));
    assert_eq!(clock.take_move(), None, "once");
    hand.jump(-DAY);
    clock.hear(witness("a", nine() + Duration::days(7)));
    let doubt = clock.doubt().unwrap();
    assert_eq!(
        (doubt.reason, doubt.ahead_seconds, &doubt.witnesses[..]),
        (Reason::MachineWrong, -86_400, &["a".to_owned()][..])
    );
    assert_eq!(clock.now(), nine() + Duration::days(7));
}

#[test]
fn what_was_heard_before_a_jump_decides_nothing_after_it() {
    let (hand, folder) = (Hand::at_nine(), TempDir::new().unwrap());
    let clock = hand.clock(&folder);
    clock.hear(witness("a", nine()));
    clock.hear(witness("b", nine()));
    hand.jump(DAY);
    assert_eq!(reason(&clock), Some(Reason::Moved));
    assert!(clock.witnesses().is_empty());
}

#[test]
fn a_clock_that_is_wrong_at_the_start_is_put_right_by_two_hosts_and_goes_early_on_nobodys_word() {
    let (hand, folder) = (Hand::at_nine(), TempDir::new().unwrap());
    hand.jump(DAY);
    let clock = hand.clock(&folder);
    clock.hear(witness("a", nine()));
    assert_eq!((clock.now(), reason(&clock)), (nine(), Some(Reason::Earlier)));
    clock.hear(witness("b", nine()));
    assert_eq!((clock.now(), reason(&clock)), (nine(), Some(Reason::MachineWrong)));
    hand.jump(-DAY);
    assert_eq!((clock.now(), reason(&clock)), (nine(), None), "the clock was set");
}

#[test]
fn one_hosts_word_stays_one_voice_after_a_restart() {
    let (hand, folder) = (Hand::at_nine(), TempDir::new().unwrap());
    hand.jump(DAY);
    let first = hand.clock(&folder);
    first.hear(witness("a", nine()));
    first.keep();
    let second = hand.clock(&folder);
    assert_eq!((second.now(), second.doubt()), (nine(), first.doubt()), "a command says the same");
    second.hear(witness("a", nine()));
    assert_eq!(reason(&second), Some(Reason::Earlier));
}

#[test]
fn one_hosts_word_against_the_machine_ends_when_another_is_for_the_machine() {
    let (hand, folder) = (Hand::at_nine(), TempDir::new().unwrap());
    let clock = hand.clock(&folder);
    clock.hear(witness("dead battery", nine() - Duration::days(9000)));
    assert_eq!(reason(&clock), Some(Reason::Earlier));
    clock.hear(witness("b", nine()));
    assert_eq!((clock.now(), reason(&clock)), (nine(), None));
}

#[test]
fn a_dead_battery_elsewhere_holds_nothing_up_where_something_was_written_since() {
    let (hand, folder) = (Hand::at_nine(), TempDir::new().unwrap());
    let clock = hand.clock(&folder);
    clock.is_after(nine() - Duration::hours(1));
    clock.hear(witness("dead battery", nine() - Duration::days(9000)));
    assert_eq!((clock.now(), reason(&clock)), (nine(), Some(Reason::Contradicted)));
}

#[test]
fn a_clock_behind_what_is_written_is_doubted() {
    let (hand, folder) = (Hand::at_nine(), TempDir::new().unwrap());
    let clock = hand.clock(&folder);
    clock.is_after(nine() + Duration::days(1));
    clock.heed();
    let doubt = clock.doubt().unwrap();
    assert_eq!((doubt.reason, doubt.ahead_of_them_seconds), (Reason::BehindData, -86_400));
}

#[test]
fn a_restart_remembers_until_the_machine_starts_anew_and_a_person_can_overrule() {
    let (hand, folder) = (Hand::at_nine(), TempDir::new().unwrap());
    let first = hand.clock(&folder);
    first.keep();
    hand.jump(DAY);
    assert_eq!(first.now(), nine());
    let second = hand.clock(&folder);
    assert_eq!((second.now(), reason(&second)), (nine(), Some(Reason::Moved)));
    hand.pass(60_000);
    second.trust().unwrap();
    first.heed();
    let right = nine() + Duration::days(1) + Duration::minutes(1);
    assert_eq!((first.now(), reason(&first), second.now()), (right, None, right));
    hand.jump(DAY);
    assert_eq!(first.now(), right);
    hand.starts.fetch_add(1, Ordering::SeqCst);
    assert_eq!(
        hand.clock(&folder).now(),
        right + Duration::days(1),
        "no past after a start of the machine"
    );
}

#[test]
fn what_a_person_trusts_stays_in_force_until_the_machines_clock_jumps_anew() {
    let (hand, folder) = (Hand::at_nine(), TempDir::new().unwrap());
    let clock = hand.clock(&folder);
    clock.keep();
    clock.hear(witness("a", nine() + Duration::days(7)));
    clock.hear(witness("b", nine() + Duration::days(7)));
    assert_eq!(clock.now(), nine() + Duration::days(7), "two outvote the machine");
    hand.pass(1000);
    clock.trust().unwrap();
    let right = nine() + Duration::seconds(1);
    for name in ["a", "b", "c"] {
        clock.hear(witness(name, right + Duration::days(7)));
    }
    assert_eq!((clock.now(), reason(&clock)), (right, Some(Reason::AgainstTrust)));
    assert!(clock.doubt().unwrap().what().contains("a and b and c"), "{:?}", clock.doubt());
    let restarted = hand.clock(&folder);
    restarted.hear(witness("a", right + Duration::days(7)));
    restarted.hear(witness("b", right + Duration::days(7)));
    assert_eq!((restarted.now(), reason(&restarted)), (right, Some(Reason::AgainstTrust)));
    hand.jump(DAY);
    assert_eq!(
        (clock.now(), reason(&clock)),
        (right, Some(Reason::Moved)),
        "the word of trust was of another clock"
    );
    clock.hear(witness("a", right + Duration::days(7)));
    clock.hear(witness("b", right + Duration::days(7)));
    assert_eq!(
        (clock.now(), reason(&clock)),
        (right + Duration::days(7), Some(Reason::MachineWrong))
    );
}

#[test]
fn an_alarm_against_a_persons_word_ends_when_nobody_contradicts_any_more() {
    let (hand, folder) = (Hand::at_nine(), TempDir::new().unwrap());
    let clock = hand.clock(&folder);
    clock.trust().unwrap();
    clock.hear(witness("a", nine() - Duration::days(1)));
    assert_eq!((clock.now(), reason(&clock)), (nine(), Some(Reason::AgainstTrust)));
    clock.hear(witness("a", nine()));
    assert_eq!((clock.now(), reason(&clock)), (nine(), None));
}

#[test]
fn two_names_of_one_server_are_one_witness() {
    let (hand, folder) = (Hand::at_nine(), TempDir::new().unwrap());
    let clock = hand.clock(&folder);
    let at = |name: &str, ip: &str| Witness {
        ip: ip.parse().ok(),
        ..witness(name, nine() + Duration::days(7))
    };
    clock.hear(at("a.example", "192.0.2.1"));
    clock.hear(at("b.net", "192.0.2.1"));
    clock.hear(at("www.a.example", "192.0.2.9"));
    assert_eq!((clock.now(), reason(&clock)), (nine(), Some(Reason::Contradicted)));
    clock.hear(at("c.org", "192.0.2.2"));
    assert_eq!(
        (clock.now(), reason(&clock)),
        (nine() + Duration::days(7), Some(Reason::MachineWrong))
    );
}

async fn office(hand: &Arc<Hand>, folder: &TempDir, accounts: &[(&str, &str)]) -> Office {
    let unused = Arc::new(SetClock::at(nine()));
    Office::idle_by(accounts, unused, Arc::new(hand.clock(folder))).await
}

async fn queue(office: &Office, reference: &str, front: &str) {
    office.queue(reference, reference, front).await;
    let approved = kasnec::acts::approve(&office.system, &office.editor, office.config(), reference, None);
    approved.await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_released_tomorrow_does_not_go_when_the_clock_jumps_there() {
    let (hand, folder) = (Hand::at_nine(), TempDir::new().unwrap());
    let mut office = office(&hand, &folder, &[("a", "")]).await;
    office.work();
    queue(&office, "TOMORROW", "release = \"2026-11-24 08:00\"\n").await;
    for jump in [DAY, -3 * DAY, 2 * DAY + 1000, 30 * DAY] {
        hand.jump(jump);
        office.breathe().await;
        assert_eq!(office.states().await, [State::Planned], "{jump}");
    }
    let alarms = kasnec::alarm::current(&office.system, office.config()).await.unwrap();
    assert!(
        alarms.iter().any(|alarm| alarm.cause.kind == kasnec::receipt::AlarmKind::Clock),
        "{alarms:?}"
    );
    hand.pass(DAY);
    office.until_all(State::Delivered).await;
    assert_eq!(office.remote("a").lock().unwrap().public(), ["TOMORROW"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clock_that_jumps_back_delays_nothing() {
    let (hand, folder) = (Hand::at_nine(), TempDir::new().unwrap());
    let mut office = office(&hand, &folder, &[("a", "spacing_seconds = 60")]).await;
    office.work();
    queue(&office, "FIRST", "").await;
    office.until_all(State::Delivered).await;
    hand.jump(-DAY);
    queue(&office, "SECOND", "").await;
    office.breathe().await;
    hand.pass(61_000);
    office.until_all(State::Delivered).await;
    assert_eq!(office.remote("a").lock().unwrap().public(), ["FIRST", "SECOND"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_clock_that_was_ahead_had_lined_up_goes_back_into_the_waiting_room() {
    let (hand, folder) = (Hand::at_nine(), TempDir::new().unwrap());
    let mut office = office(&hand, &folder, &[("a", "spacing_seconds = 60")]).await;
    for reference in ["ONE", "TWO", "THREE"] {
        queue(&office, reference, "release = \"2026-11-24 08:00\"\n").await;
    }
    // A clock that is a day ahead from the start: nobody has said so yet.
    hand.jump(DAY);
    hand.starts.fetch_add(1, Ordering::SeqCst);
    let ahead = kasnec::store::Store::open(&office.system.settings.store_url(), Arc::new(hand.clock(&folder)))
        .await
        .unwrap();
    assert_eq!(ahead.due_accounts().await.unwrap().len(), 1, "all are in line now");
    hand.jump(-DAY);
    office.work();
    office.breathe().await;
    assert_eq!(office.states().await, [State::Planned; 3], "in line, but not due");
    hand.pass(DAY);
    office
        .until(|all| all.iter().any(|delivery| delivery.state == State::Delivered))
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn waiting_times_that_a_clock_which_was_ahead_has_set_end_with_it() {
    let (hand, folder) = (Hand::at_nine(), TempDir::new().unwrap());
    let mut office = office(&hand, &folder, &[("a", "spacing_seconds = 60")]).await;
    office.script("a", &[super::remote::Act::Down, super::remote::Act::Down]);
    hand.jump(DAY);
    office.system.clock.hear(witness("a", nine() + Duration::days(1)));
    office.work();
    queue(&office, "ONE", "").await;
    office.until(|all| all[0].attempt == 1 && all[0].state == State::Planned).await;
    // It had been wrong all the time, and two say so.
    office.system.clock.hear(witness("a", nine()));
    office.system.clock.hear(witness("b", nine()));
    assert_eq!(office.system.clock.now(), nine());
    office.until(|all| all[0].attempt >= 2).await;
    for _ in 0..10 {
        hand.pass(61_000);
        office.breathe().await;
    }
    office.until_all(State::Delivered).await;
    let history = office.system.store.clone();
    assert!(history.newest_line().await.unwrap().unwrap() > nine());
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_week_of_sleep_what_is_late_goes_in_order_at_pace_and_courtesies_expire() {
    let (hand, folder) = (Hand::at_nine(), TempDir::new().unwrap());
    let mut office = office(&hand, &folder, &[("a", "spacing_seconds = 60")]).await;
    office.work();
    for (reference, day) in [("LAST", 27), ("FIRST", 24), ("MIDDLE", 25)] {
        queue(&office, reference, &format!("release = \"2026-11-{day} 08:00\"\n")).await;
    }
    queue(&office, "PARTY", "kind = \"fleeting\"\nrelease = \"2026-11-24 08:00\"\n").await;
    hand.pass(7 * DAY);
    while !office.states().await.iter().all(|state| state.is_settled()) {
        office.breathe().await;
        hand.pass(60_000);
    }
    let states = office.states().await;
    let remote = office.remote("a");
    let remote = remote.lock().unwrap();
    assert_eq!(remote.public(), ["FIRST", "MIDDLE", "LAST"]);
    let mut times: Vec<DateTime<Utc>> = remote.calls.iter().filter(|call| call.0 == "post").map(|call| call.2).collect();
    times.dedup();
    assert!(
        times.windows(2).all(|pair| pair[1] - pair[0] >= Duration::seconds(60)),
        "{:?}",
        remote.calls
    );
    assert_eq!(states.iter().filter(|state| **state == State::Expired).count(), 1, "{states:?}");
}
