//! An account whose remote is out: left alone but for one try now and then, with nothing lost, nobody else held up, and all of it in order afterwards.

use kasnec::clock::Clock;
use kasnec::receipt::{FailureCode, State};
use kasnec::store::circuit::Circuit;

use super::office::Office;
use super::remote::Act;

impl Office {
    fn out(&self, account: &str, code: Option<FailureCode>) {
        self.remote(account).lock().unwrap().out = code;
    }

    fn asked(&self, account: &str) -> usize {
        self.remote(account).lock().unwrap().asked.len()
    }

    async fn circuit(&self, index: usize) -> Option<Circuit> {
        self.system.store.accounts("k").await.unwrap()[index].circuit.clone()
    }

    /// Publishes so many items and lets time pass until the first account's circuit is open.
    async fn opened(&self, items: usize) -> Circuit {
        for item in 0..items {
            self.publish(&format!("P-{item:02}")).await;
        }
        for _ in 0..100 {
            self.breathe().await;
            if let Some(circuit) = self.circuit(0).await {
                return circuit;
            }
            self.later(10);
        }
        panic!("the circuit stays closed: {:#?}", self.deliveries().await);
    }

    async fn acts(&self) -> Vec<String> {
        self.lines("SELECT act FROM ledger WHERE act LIKE 'circuit%' ORDER BY id").await
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn while_a_remote_is_out_one_delivery_tries_now_and_then_and_the_others_are_left_alone() {
    let office = Office::with(&[("a", "parallel = 4"), ("b", "")]).await;
    office.out("a", Some(FailureCode::Unreachable));
    let circuit = office.opened(20).await;
    assert_eq!(circuit.failure.as_ref().unwrap().code, FailureCode::Unreachable);
    let before = office.asked("a");
    assert!(before <= 16, "three rounds of four at most: {before}");
    for _ in 0..40 {
        office.later(60);
        office.breathe().await;
    }
    let tries = office.asked("a") - before;
    assert!((3..=8).contains(&tries), "forty minutes at 30 s, 1, 2, 4, 8, 15, 15: {tries}");
    let untouched = office
        .deliveries()
        .await
        .iter()
        .filter(|d| d.account == "a" && d.attempt == 0)
        .count();
    assert!(untouched >= 4, "{untouched} of those that wait were never tried");
    assert!(
        office
            .deliveries()
            .await
            .iter()
            .filter(|d| d.account == "b")
            .all(|d| d.state == State::Delivered)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_try_that_succeeds_closes_it_and_everything_goes_out_in_deadline_order() {
    let office = Office::with(&[("a", "parallel = 1")]).await;
    office.out("a", Some(FailureCode::Unreachable));
    office.opened(1).await;
    let meeting = |day: &str| {
        format!("kind = \"assembly-meeting\"\n[facts]\nmeeting_start = \"2026-12-{day} 10:00\"\nvenue = \"Salla\"\nagenda = [\"Pika\"]\n")
    };
    for (reference, day) in [("M-20", "20"), ("M-05", "05"), ("M-12", "12")] {
        office.queue(reference, reference, &meeting(day)).await;
        kasnec::acts::approve(&office.system, &office.editor, office.config(), reference, None)
            .await
            .unwrap();
    }
    for _ in 0..5 {
        office.later(900);
        office.breathe().await;
    }
    office.out("a", None);
    let probe_at = office.circuit(0).await.unwrap().probe_at;
    office.later((probe_at - office.clock.now()).num_seconds() + 1);
    office.until_all(State::Delivered).await;
    assert_eq!(office.circuit(0).await, None);
    let remote = office.remote("a");
    let public = remote
        .lock()
        .unwrap()
        .public()
        .iter()
        .map(|text| (*text).to_owned())
        .collect::<Vec<_>>();
    // The first one tried whether the remote was back; the others go by their deadlines, and what has none goes last.
    let mut by_deadline: Vec<String> = public[1..].to_vec();
    by_deadline.sort_by_key(|text| (text.starts_with('P'), text.clone()));
    assert_eq!(public[1..], by_deadline, "{public:?}");
    assert_eq!(public.len(), 4);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_failed_often_does_not_wait_on_once_the_remote_is_back() {
    let office = Office::with(&[("a", "parallel = 2")]).await;
    office.out("a", Some(FailureCode::Unreachable));
    office.opened(6).await;
    for _ in 0..10 {
        office.later(1000);
        office.breathe().await;
    }
    office.out("a", None);
    office.later(1100);
    // The clock stands still from here: whoever waited for a time of its own would wait for ever.
    office.until_all(State::Delivered).await;
    assert_eq!(office.remote("a").lock().unwrap().public().len(), 6);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_open_circuit_holds_over_a_restart() {
    let mut office = Office::with(&[("a", "parallel = 2")]).await;
    office.out("a", Some(FailureCode::Unreachable));
    let circuit = office.opened(8).await;
    let before = office.asked("a");
    office.restart().await;
    office.breathe().await;
    office.breathe().await;
    assert_eq!(office.asked("a"), before, "a new process does not try on its own");
    assert_eq!(office.circuit(0).await, Some(circuit));
    office.later(40);
    while office.asked("a") == before {
        office.breathe().await;
    }
    office.breathe().await;
    assert_eq!(office.asked("a"), before + 1, "one tries when its time has come");
}

#[tokio::test(flavor = "multi_thread")]
async fn looks_after_lost_answers_are_tries_like_others_and_nothing_is_said_twice() {
    for code in [FailureCode::NoAnswer, FailureCode::RemoteBroken, FailureCode::BadAnswer] {
        let office = Office::with(&[("a", "parallel = 2\nsettings.phases = \"one\"")]).await;
        // Each is taken, and its answer is lost; then the remote is out.
        office.script("a", &[Act::TakeAndLose; 2]);
        office.publish("P-A").await;
        office.publish("P-B").await;
        office.until_all(State::Unknown).await;
        office.out("a", Some(code));
        office.opened(6).await;
        let before = office.asked("a");
        let fresh = |all: &[kasnec::store::rows::Delivery]| all.iter().filter(|d| d.attempt == 0).count();
        let untried = fresh(&office.deliveries().await);
        for _ in 0..10 {
            office.later(120);
            office.breathe().await;
        }
        assert!(office.asked("a") > before, "{code}: the looks go on");
        assert_eq!(
            fresh(&office.deliveries().await),
            untried,
            "{code}: a look costs less than another post in doubt"
        );
        office.out("a", None);
        office
            .as_time_passes(120, |all| {
                all.iter().all(|d| matches!(d.state, State::Delivered | State::NeedsPerson))
            })
            .await;
        let remote = office.remote("a");
        let remote = remote.lock().unwrap();
        let mut public = remote.public();
        public.sort_unstable();
        public.dedup();
        assert_eq!(public.len(), remote.public().len(), "{code}: twice on the page");
        assert!(public.contains(&"P-A") && public.contains(&"P-B"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_poison_post_that_breaks_the_remote_opens_nothing_and_the_others_go_on() {
    let office = Office::with(&[("a", "parallel = 1")]).await;
    office.remote("a").lock().unwrap().poison = Some("P-X".to_owned());
    office.publish("P-X").await;
    for number in 0..10 {
        office.later(300);
        office.breathe().await;
        assert_eq!(office.circuit(0).await, None);
        office.publish(&format!("P-{number}")).await;
        office.until(|all| all.iter().skip(1).all(|d| d.state == State::Delivered)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_poison_post_does_not_keep_open_what_an_outage_has_opened() {
    let office = Office::with(&[("a", "parallel = 1")]).await;
    office.remote("a").lock().unwrap().poison = Some("P-00".to_owned());
    office.out("a", Some(FailureCode::NoAnswer));
    office.opened(5).await;
    office.out("a", None);
    office
        .as_time_passes(60, |all| all.iter().skip(1).all(|d| d.state == State::Delivered))
        .await;
    assert_eq!(office.circuit(0).await, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_of_a_remote_that_lives_open_nothing() {
    let office = Office::with(&[("a", "parallel = 1")]).await;
    office.script(
        "a",
        &[
            Act::Down,
            Act::Down,
            Act::Refuse,
            Act::Down,
            Act::Down,
            Act::Throttle(5),
            Act::Down,
            Act::Down,
        ],
    );
    for number in 0..4 {
        office.publish(&format!("P-{number}")).await;
    }
    office
        .as_time_passes(30, |all| all.iter().all(|d| matches!(d.state, State::Delivered | State::Rejected)))
        .await;
    assert!(office.acts().await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_remote_that_does_one_call_of_an_attempt_is_not_out_because_it_fails_at_the_next() {
    let office = Office::with(&[("a", "parallel = 1")]).await;
    office.script("a", &[Act::Take, Act::Down].repeat(5));
    for number in 0..5 {
        office.publish(&format!("P-{number}")).await;
    }
    // The clock stands still, so that each is tried once.
    office.until_all(State::Drafted).await;
    assert!(office.acts().await.is_empty());
    office
        .as_time_passes(10, |all| all.iter().all(|d| d.state == State::Delivered))
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn opening_and_closing_stand_in_the_ledger_once_each() {
    let office = Office::with(&[("a", "parallel = 2")]).await;
    office.out("a", Some(FailureCode::Unreachable));
    office.opened(4).await;
    for _ in 0..5 {
        office.later(1000);
        office.breathe().await;
    }
    office.out("a", None);
    office.later(1100);
    office.until_all(State::Delivered).await;
    assert_eq!(office.acts().await, ["circuit opened", "circuit closed"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_throttled_account_spends_no_attempt_however_often_it_is_told_to_wait() {
    let office = Office::with(&[("a", "parallel = 1"), ("b", "")]).await;
    office.script("a", &[Act::Throttle(60); 20]);
    office.publish("P-1").await;
    office
        .as_time_passes(30, |all| all.iter().all(|d| d.state == State::Delivered))
        .await;
    assert_eq!(office.remote("a").lock().unwrap().public(), ["P-1"]);
    assert!(office.acts().await.is_empty(), "who asks for patience is not out");
}
