//! The year, lived through: the clock goes from act to act, the worker works, hands do what is left to them, the register looks at every step.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Datelike, Duration, NaiveDate, Utc, Weekday};
use kasnec::receipt::Action;
use kasnec::register::settle::{give_reason, lift};
use kasnec::store::obligations::{Obligation, ObligationState};

use super::books::{End, Seen};
use super::count::{date, on};
use super::story::{Act, Dice, Story, wall};
use crate::office::{ALL, Office};
use crate::remote;

/// The first and the last moment of the run.
const BEGIN: &str = "2027-01-01 00:00";
const LAST: &str = "2028-03-01";

/// What a run left behind.
pub struct Lived {
    pub office: Office,
    pub seen: Vec<Seen>,
    /// Reasons given by hand, by duty.
    pub given: BTreeMap<String, String>,
    pub steps: usize,
    pub until: NaiveDate,
}

struct Run {
    office: Office,
    dice: Dice,
    hands: BTreeMap<DateTime<Utc>, Vec<i64>>,
    asked: BTreeSet<i64>,
    boards: Vec<Seen>,
    given: BTreeMap<String, String>,
    closed: BTreeMap<i64, Obligation>,
    rows: i64,
    steps: usize,
}

/// Lives through the year on `store`, or on SQLite.
pub async fn live(story: &Story, seed: u64, store: Option<String>) -> Lived {
    let names = super::others::DIRECTORATES.map(|name| format!("\"{name}\"")).join(", ");
    let more = format!("lists.directorates = [{names}]");
    let sqlite = store.is_none();
    let office = Office::with(BEGIN, ALL, &more, store).await;
    if sqlite {
        office.run(GUARD).await;
    }
    let mut run = Run {
        office,
        dice: Dice::new(seed ^ 0xdead),
        hands: BTreeMap::new(),
        asked: BTreeSet::new(),
        boards: vec![],
        given: BTreeMap::new(),
        closed: BTreeMap::new(),
        rows: 0,
        steps: 0,
    };
    run.through(&acts(story)).await;
    let seen = run.seen();
    let audit = run.office.system.store.audit(&run.office.config().office.id, None).await.unwrap();
    assert_eq!(audit.faults, [], "the register and the notices agree with the ledger");
    Lived {
        office: run.office,
        seen,
        given: run.given,
        steps: run.steps,
        until: date(LAST),
    }
}

/// What has ended never changes, but for a reason that nobody had given; and nothing is ever thrown away.
const GUARD: &str = "CREATE TRIGGER ended BEFORE UPDATE ON obligation WHEN OLD.state <> 'open' AND NOT (OLD.reason IS NULL AND NEW.state = OLD.state \
    AND NEW.due IS OLD.due AND NEW.met_at IS OLD.met_at AND NEW.proof = OLD.proof AND NEW.version = OLD.version AND NEW.closed_at = OLD.closed_at) \
    BEGIN SELECT RAISE(ABORT, 'what has ended was changed'); END; \
    CREATE TRIGGER gone BEFORE DELETE ON obligation BEGIN SELECT RAISE(ABORT, 'a duty was thrown away'); END;";

/// The acts in their order.
fn acts(story: &Story) -> BTreeMap<DateTime<Utc>, Vec<&Act>> {
    let mut acts: BTreeMap<DateTime<Utc>, Vec<&Act>> = BTreeMap::new();
    for (at, act) in &story.acts {
        acts.entry(*at).or_default().push(act);
    }
    acts
}

/// What befalls the channels: the page's token dies, the website's host is down.
fn outages() -> [(DateTime<Utc>, &'static str, Option<remote::Act>); 4] {
    [
        (on(date("2027-04-12"), 8 * 60), "facebook", Some(remote::Act::SignedOut)),
        (on(date("2027-04-16"), 10 * 60), "facebook", None),
        (on(date("2027-10-04"), 7 * 60), "website", Some(remote::Act::Down)),
        (on(date("2027-10-08"), 12 * 60), "website", None),
    ]
}

impl Run {
    async fn through(&mut self, acts: &BTreeMap<DateTime<Utc>, Vec<&Act>>) {
        let mut times: BTreeSet<DateTime<Utc>> = acts.keys().copied().collect();
        times.extend(outages().map(|(at, ..)| at));
        let days = date("2027-01-01").iter_days().take_while(|day| *day < date(LAST));
        times.extend(days.map(|day| on(day, 17 * 60)));
        times.insert(on(date(LAST), 0));
        while let Some(at) = times
            .iter()
            .next()
            .copied()
            .into_iter()
            .chain(self.hands.keys().next().copied())
            .min()
        {
            if at > on(date(LAST), 0) {
                break;
            }
            times.remove(&at);
            self.step(at, acts.get(&at).map_or(&[], Vec::as_slice)).await;
            let day = at.with_timezone(&crate::office::ZONE);
            if day.weekday() == Weekday::Sun && day.day() <= 7 && day.time() == chrono::NaiveTime::from_hms_opt(17, 0, 0).unwrap() {
                self.month().await;
            }
        }
    }

    async fn step(&mut self, at: DateTime<Utc>, acts: &[&Act]) {
        self.steps += 1;
        for (when, account, act) in outages() {
            if when == at {
                self.office.every_call(account, act);
                if act.is_none() {
                    self.office.system.store.reopen_account("k", account, "editor").await.unwrap();
                }
            }
        }
        self.office.go_to(at).await;
        for act in acts {
            self.act(act).await;
        }
        self.hands(at).await;
        if !acts.is_empty() || self.office.number("SELECT COUNT(*) FROM delivery WHERE queue <> 'done'").await > 0 {
            self.office.settle().await;
        }
        self.office.refresh().await;
        self.ask_hands().await;
        let rows = self.office.number("SELECT COUNT(*) FROM obligation").await;
        assert!(rows >= self.rows, "{} rows of {} are left at {at}", rows, self.rows);
        self.rows = rows;
    }

    async fn act(&mut self, act: &Act) {
        let office = &self.office;
        match act {
            Act::Queue(text) => office.queue(text).await.unwrap(),
            Act::Approve { reference, late } => drop(office.approve(reference, late.as_deref()).await.unwrap()),
            Act::Correct { text, reason, late } => office.correct(text, reason, late.as_deref()).await,
            Act::Withdraw { reference, reason } => office.withdraw(reference, reason).await,
            Act::Postpone {
                reference,
                to,
                reason,
                late,
            } => {
                drop(office.postpone(reference, &wall(*to), reason, late.as_deref()).await.unwrap());
            }
            Act::Lift { key, reason } => {
                let owed = office.owed().await;
                let open = owed
                    .iter()
                    .find(|open| named(open) == *key)
                    .unwrap_or_else(|| panic!("{key} is not owed"));
                lift(&office.system, &office.editor, office.config(), open.id, reason)
                    .await
                    .unwrap();
            }
        }
    }

    /// Somebody does what was asked for, unless it was overtaken.
    async fn hands(&mut self, at: DateTime<Utc>) {
        let due = self.hands.remove(&at).unwrap_or_default();
        if due.is_empty() {
            return;
        }
        for delivery in self.office.by_hand().await.iter().filter(|delivery| due.contains(&delivery.id)) {
            self.office.done_by_hand(delivery).await;
            let item = self.office.system.store.item("k", &delivery.reference).await.unwrap();
            let revisions = self.office.system.store.revisions(item.id).await.unwrap();
            self.boards.push(Seen {
                account: "board",
                reference: delivery.reference.clone(),
                text: revisions.len() - 1,
                withdrawal: delivery.action == Action::Withdraw,
                at,
            });
        }
    }

    /// Plans when what is left to hands will be done: mostly soon, now and then after days.
    async fn ask_hands(&mut self) {
        if self
            .office
            .number("SELECT COUNT(*) FROM delivery WHERE state = 'needs a person'")
            .await
            == 0
        {
            return;
        }
        for delivery in self.office.by_hand().await {
            if self.asked.insert(delivery.id) {
                let hours = if self.dice.chance(8) {
                    self.dice.roll(30, 70)
                } else {
                    self.dice.roll(1, 20)
                };
                let at = self.office.now() + Duration::hours(hours);
                self.hands.entry(at).or_default().push(delivery.id);
            }
        }
    }

    /// Once a month: everything that had ended is as it was; reasons are given for half of what was late; the process starts anew.
    async fn month(&mut self) {
        let owed = self.office.owed().await;
        self.check_closed(&owed);
        let late = |owed: &&Obligation| owed.reason.is_none() && owed.due.as_ref().is_some_and(|due| due.latest_by < self.office.now());
        for open in owed
            .iter()
            .filter(late)
            .filter(|owed| matches!(owed.state, ObligationState::Late | ObligationState::Open))
        {
            if self.dice.chance(50) {
                let (key, reason) = (named(open), format!("Arsyeja {}", open.id));
                give_reason(&self.office.system, &self.office.editor, self.office.config(), open.id, &reason)
                    .await
                    .unwrap();
                self.given.insert(key, reason.clone());
                if let Some(closed) = self.closed.get_mut(&open.id) {
                    closed.reason = Some(reason);
                }
            }
        }
        let month = self.office.now().month();
        if month % 3 == 1 {
            self.office.reopen().await;
        }
    }

    fn check_closed(&mut self, owed: &[Obligation]) {
        let now: BTreeMap<i64, &Obligation> = owed.iter().map(|owed| (owed.id, owed)).collect();
        for (id, before) in &self.closed {
            assert_eq!(now.get(id), Some(&before), "what has ended has changed or vanished");
        }
        for owed in owed.iter().filter(|owed| owed.state != ObligationState::Open) {
            self.closed.insert(owed.id, owed.clone());
        }
    }

    /// What citizens saw, when: by the remotes' own memory and the hands'.
    fn seen(&self) -> Vec<Seen> {
        let mut seen = self.boards.clone();
        for account in ["website", "facebook", "media"] {
            let remote = self.office.remote(account);
            let remote = remote.lock().unwrap();
            for (_, text, at) in remote.calls.iter().filter(|(role, ..)| role == "post") {
                let [reference, revision, act] = text.split(' ').collect::<Vec<_>>()[..] else {
                    panic!("{text}")
                };
                seen.push(Seen {
                    account,
                    reference: reference.to_owned(),
                    text: revision.parse::<usize>().unwrap() - 1,
                    withdrawal: act == "withdraw",
                    at: *at,
                });
            }
        }
        seen
    }
}

impl Lived {
    /// Every duty, as the books name and tell it.
    pub async fn ends(&self) -> BTreeMap<String, End> {
        let owed = self.office.owed().await;
        let told = |owed: &Obligation| {
            let due = owed.due.as_ref().unwrap();
            End {
                due: (due.safe_by, due.latest_by),
                state: owed.state,
                met_at: owed.met_at,
                reason: owed.reason.clone(),
            }
        };
        owed.iter().map(|owed| (named(owed), told(owed))).collect()
    }
}

/// A duty's key with the item's reference in place of its number.
fn named(owed: &Obligation) -> String {
    let (Some(item), Some((reference, _))) = (owed.item, owed.title.split_once(" · ")) else {
        return owed.key.clone();
    };
    let number = item.to_string();
    owed.key
        .split('/')
        .enumerate()
        .map(|(nth, part)| if nth == 2 && part == number { reference } else { part })
        .collect::<Vec<_>>()
        .join("/")
}
