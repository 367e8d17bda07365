//! The press list: two recipients, and no mailbox that can be looked into.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use kasnec::clock::Clock;
use kasnec::receipt::{FailureCode, Phase, State};
use kasnec::store::deliveries::Resolution;
use kasnec::store::rows::Delivery;

use super::{Asks, Remote, game};
use crate::bureau::{Bureau, Plan, slow_clock};
use crate::letters::{Break, Letters};
use crate::outcome::{Length, Outcome};

const PRESS: [&str; 2] = ["a@example.org", "b@example.org"];

/// The mailboxes of the list.
struct Press(Letters);

impl Remote for Press {
    fn name(&self) -> &'static str {
        "ambiguous answers: e-mail"
    }
    fn asks(&self) -> Asks {
        Asks::Always
    }
    fn can_change(&self) -> bool {
        false
    }
    fn rage(&self, seed: u64) {
        self.0.rage(seed);
    }
    fn calm(&self) {
        self.0.calm();
    }
    fn ambiguous(&self) -> u64 {
        self.0.ambiguous()
    }
    fn lost(&self) -> u64 {
        self.0.broken()
    }
    /// What is in one mailbox alone does not stand.
    async fn standing(&self) -> Vec<String> {
        let [first, second] = PRESS.map(|to| counted(&self.0, to));
        let both = first
            .iter()
            .filter_map(|(subject, count)| Some((subject, (*count).max(*second.get(subject)?))));
        let twice = [&first, &second].map(|box_of| box_of.iter().filter(|(_, count)| **count > 1));
        let twice = twice.into_iter().flatten().map(|(subject, count)| (subject, *count));
        let most: BTreeMap<&String, usize> = both.chain(twice).collect();
        most.into_iter().flat_map(|(subject, count)| vec![subject.clone(); count]).collect()
    }
}

/// How often each subject is in a mailbox.
fn counted(letters: &Letters, to: &str) -> BTreeMap<String, usize> {
    let mut counted = BTreeMap::new();
    for (_, text) in letters.taken().iter().filter(|(taker, _)| taker == to) {
        *counted.entry(subject(text)).or_default() += 1;
    }
    counted
}

pub async fn play(length: Length, seed: u64) -> Outcome {
    let letters = Letters::start();
    let plan = Plan {
        accounts: accounts(letters.address.port(), &PRESS),
        haste: 100,
        patience: 1,
        ..Plan::default()
    };
    let bureau = Bureau::open(slow_clock(), &plan).await;
    game(bureau, &Press(letters), length.pick(10, 1_000), seed).await
}

/// An account on a server at that port.
pub fn accounts(port: u16, press: &[&str]) -> String {
    format!(
        "[offices.k.accounts.email]\nspacing_seconds = 0\nparallel = 8\nsettings.smtp_host = \"127.0.0.1\"\nsettings.smtp_port = \"{port}\"\n\
         settings.tls = \"none\"\nsettings.from = \"K <k@example.org>\"\nsettings.recipients = \"{}\"\n",
        press.join(", ")
    )
}

/// The first line that says what a mail is about.
pub fn subject(text: &str) -> String {
    let line = text.lines().find(|line| line.to_ascii_lowercase().starts_with("subject:"));
    line.unwrap_or_default().to_owned()
}

const FOUR: [&str; 4] = ["a@example.org", "b@example.org", "c@example.org", "d@example.org"];

/// A press list of four, and what each of them has.
struct List {
    letters: Letters,
    bureau: Bureau,
}

impl List {
    async fn open(letters: Letters) -> Self {
        let plan = Plan {
            accounts: accounts(letters.address.port(), &FOUR),
            haste: 100,
            patience: 1,
            ..Plan::default()
        };
        let bureau = Bureau::open(slow_clock(), &plan).await;
        Self { letters, bureau }
    }

    fn has(&self) -> [usize; 4] {
        FOUR.map(|to| counted(&self.letters, to).values().sum())
    }

    async fn settled(&self) -> Delivery {
        assert!(
            self.bureau.settle(Duration::from_mins(1)).await,
            "{:#?}",
            self.bureau.deliveries().await
        );
        self.bureau.deliveries().await.remove(0)
    }

    async fn resolve(&self, delivery: &Delivery, delivered: bool) -> State {
        let found = Resolution {
            delivered,
            at: self.bureau.clock.now(),
            place: None,
            note: None,
            photo: None,
        };
        let store = &self.bureau.system.store;
        store.resolve(&self.bureau.editor, delivery, &found, None).await.unwrap()
    }

    async fn retried(&self, delivery: &Delivery) -> Delivery {
        self.bureau.system.store.retry(&self.bureau.editor, delivery.id).await.unwrap();
        self.settled().await
    }
}

fn phases(delivery: &Delivery) -> Vec<Phase> {
    delivery.objects.0.iter().map(|object| object.phase).collect()
}

/// A list on which two answers were lost: one mail had been taken, the other had not.
async fn two_in_doubt() -> (List, Delivery) {
    let letters = Letters::start();
    letters.next("b@example.org", &[Break::AfterText]);
    letters.next("d@example.org", &[Break::WithinText]);
    let list = List::open(letters).await;
    list.bureau.publish("P-1", "NJOFTIMI P-1").await;
    let question = list.settled().await;
    (list, question)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_answer_keeps_the_mail_from_nobody_else_and_one_question_is_asked_about_those_in_doubt() {
    use Phase::{InDoubt, Public};
    let (list, question) = two_in_doubt().await;
    assert_eq!(list.has(), [1, 1, 1, 0]);
    assert_eq!(question.state, State::NeedsPerson);
    assert_eq!(phases(&question), [Public, InDoubt, Public, InDoubt]);
    let asked = question.failure.as_ref().unwrap();
    assert_eq!(asked.code, FailureCode::Unresolved);
    assert!(
        asked.what.starts_with("Of 4 recipients 2 may or may not have the mail"),
        "{asked:?}"
    );
    let again = list.retried(&question).await;
    assert_eq!(
        (again.state, again.failure, list.has()),
        (State::NeedsPerson, question.failure.clone(), [1, 1, 1, 0])
    );
    assert_eq!(list.resolve(&question, true).await, State::Delivered);
    let delivered = list.settled().await;
    assert_eq!((delivered.state, phases(&delivered)), (State::Delivered, vec![Public; 4]));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_person_finds_not_delivered_goes_on_retry_to_those_in_doubt_alone() {
    let (list, question) = two_in_doubt().await;
    assert_eq!(list.resolve(&question, false).await, State::NeedsPerson, "it stands in parts");
    let lacking = list.settled().await.failure.unwrap();
    assert!(lacking.what.contains("2 of its 4 parts"), "{lacking:?}");
    let delivered = list.retried(&question).await;
    assert_eq!((delivered.state, phases(&delivered)), (State::Delivered, vec![Phase::Public; 4]));
    assert_eq!(list.has(), [1, 2, 1, 1], "a person had said that the second was not there");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_correction_waits_for_the_answer_about_those_in_doubt_and_goes_to_all() {
    let (list, question) = two_in_doubt().await;
    list.bureau.correct("P-1", "NJOFTIMI P-1 V2").await;
    tokio::time::sleep(Duration::from_secs(2)).await;
    assert_eq!(list.has(), [1, 1, 1, 0]);
    list.resolve(&question, false).await;
    list.settled().await;
    assert_eq!(list.has(), [2, 2, 2, 1]);
    assert!(
        list.bureau.system.store.retry(&list.bureau.editor, question.id).await.is_err(),
        "the old text is not said again"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_crash_while_a_mail_is_on_its_way_leaves_that_one_in_doubt_and_no_other() {
    let letters = Letters::start();
    letters.next("b@example.org", &[Break::SilentAfterText]);
    let mut list = List::open(letters).await;
    list.bureau.publish("P-1", "NJOFTIMI P-1").await;
    while list.has() != [1, 1, 0, 0] {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    list.bureau.crash(chrono::Duration::hours(1)).await;
    let question = list.settled().await;
    assert_eq!((question.state, list.has()), (State::NeedsPerson, [1, 1, 1, 1]));
    assert_eq!(phases(&question), [Phase::Public, Phase::InDoubt, Phase::Public, Phase::Public]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_mailbox_shuts_the_channel_for_nobody_and_is_tried_until_it_takes_its_mails() {
    let letters = Letters::start();
    letters.next("b@example.org", &[Break::RecipientLater; 1000]);
    let list = List::open(letters).await;
    for notices in 1..=5 {
        list.bureau.publish(&format!("P-{notices}"), &format!("NJOFTIMI P-{notices}")).await;
        let patience = Instant::now() + Duration::from_secs(20);
        while list.has() != [notices, 0, notices, notices] {
            assert!(Instant::now() < patience, "{notices}: {:?}", list.has());
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        // Time enough for it to be tried again a few times.
        tokio::time::sleep(Duration::from_millis(500)).await;
        assert_eq!(list.bureau.system.store.accounts("k").await.unwrap()[0].circuit, None);
    }
    list.letters.forget("b@example.org");
    list.settled().await;
    assert!(
        list.bureau
            .deliveries()
            .await
            .iter()
            .all(|delivery| delivery.state == State::Delivered)
    );
    assert_eq!(list.has(), [5; 4]);
}
