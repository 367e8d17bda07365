//! Lost answers: looked up, never guessed, never said twice.

use chrono::Duration;
use kasnec::acts;
use kasnec::deliver::Worker;
use kasnec::receipt::{Answer, Failure, FailureCode, State, Wait};
use kasnec::store::rows::{AccountState, Delivery};

use super::office::Office;
use super::remote::{Act, nothing_seen};

#[tokio::test(flavor = "multi_thread")]
async fn a_draft_whose_answer_was_lost_is_found_and_goes_on() {
    let office = Office::with(&[("a", "")]).await;
    office.script("a", &[Act::TakeAndLose]);
    office.publish("P-1").await;
    office.until_all(State::Unknown).await;
    office.later(10);
    office.until_all(State::Delivered).await;
    let remote = office.remote("a");
    let remote = remote.lock().unwrap();
    assert_eq!((remote.posts.len(), remote.public().len()), (1, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_draft_that_never_arrived_is_made_again_only_after_the_grace_time() {
    let office = Office::with(&[("a", "")]).await;
    office.script("a", &[Act::Lose]);
    office.publish("P-1").await;
    office.until_all(State::Unknown).await;
    for _ in 0..5 {
        office.later(10);
        office.breathe().await;
        assert!(office.remote("a").lock().unwrap().posts.is_empty(), "made again too soon");
    }
    office.as_time_passes(30, |all| all[0].state == State::Delivered).await;
    assert_eq!(office.remote("a").lock().unwrap().posts.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_draft_that_appears_late_is_adopted_and_not_doubled() {
    let office = Office::with(&[("a", "")]).await;
    office.script("a", &[Act::TakeAndLose]);
    office.remote("a").lock().unwrap().blind = Some(nothing_seen());
    office.publish("P-1").await;
    office.until_all(State::Unknown).await;
    for _ in 0..6 {
        office.later(60);
        office.breathe().await;
    }
    assert_eq!(
        office.states().await,
        [State::Unknown],
        "nothing is made again while nobody can look"
    );
    office.remote("a").lock().unwrap().blind = None;
    office.later(900);
    office.until_all(State::Delivered).await;
    assert_eq!(office.remote("a").lock().unwrap().posts.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flip_to_public_whose_answer_was_lost_leaves_a_question_and_is_repeated() {
    let office = Office::with(&[("a", "")]).await;
    office.script("a", &[Act::Take, Act::TakeAndLose]);
    office.publish("P-1").await;
    office.until_all(State::Unknown).await;
    office.later(10);
    office.until_all(State::Delivered).await;
    assert_eq!(office.remote("a").lock().unwrap().posts.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_withdrawal_waits_for_whoever_looks_whether_a_flip_without_a_sensible_answer_was_made() {
    let office = Office::with(&[("a", "")]).await;
    office.script("a", &[&[Act::Take][..], &[Act::TakeAndBabble; 8]].concat());
    office.remote("a").lock().unwrap().blind = Some(nothing_seen());
    office.publish("P-1").await;
    office.until_all(State::Unknown).await;
    acts::withdraw(&office.system, &office.editor, office.config(), "P-1", "U anulua")
        .await
        .unwrap();
    office.as_time_passes(60, |all| all[0].state == State::NeedsPerson).await;
    assert_eq!(
        office.states().await,
        [State::NeedsPerson, State::Planned],
        "it stands, and nobody knows"
    );
    let question = office.deliveries().await.remove(0);
    office.resolve(&question, true).await;
    office.until_all(State::Delivered).await;
    let remote = office.remote("a");
    assert!(matches!(remote.lock().unwrap().public()[..], [only] if only.contains("U anulua")));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_public_call_that_cannot_be_repeated_is_found() {
    let office = Office::with(&[("a", "settings.phases = \"one\"")]).await;
    office.script("a", &[Act::TakeAndLose]);
    office.publish("P-1").await;
    office.until_all(State::Unknown).await;
    office.later(10);
    office.until_all(State::Delivered).await;
    assert_eq!(office.remote("a").lock().unwrap().public(), ["P-1"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_public_call_that_cannot_be_found_goes_to_a_person_and_is_never_sent_again() {
    let office = Office::with(&[("a", "settings.phases = \"one\"")]).await;
    office.script("a", &[Act::Lose]);
    office.publish("P-1").await;
    office.until_all(State::Unknown).await;
    office.as_time_passes(30, |all| all[0].state == State::NeedsPerson).await;
    let delivery = &office.deliveries().await[0];
    assert_eq!(delivery.failure.as_ref().unwrap().code, FailureCode::Unresolved);
    assert!(office.remote("a").lock().unwrap().calls.is_empty());
    office.resolve(delivery, false).await;
    assert_eq!(office.states().await, [State::Rejected]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_look_that_is_told_to_wait_waits_as_told_with_its_account_and_is_not_counted() {
    let office = Office::with(&[("a", "settings.phases = \"one\"")]).await;
    office.script("a", &[Act::TakeAndLose]);
    let until = office.system.clock.now() + Duration::hours(2);
    let throttled = Wait {
        until,
        account: true,
        why: Failure::new(FailureCode::Throttled, "slower"),
    };
    office.remote("a").lock().unwrap().blind = Some(Answer::Snooze(throttled));
    office.publish("P-1").await;
    office.until_all(State::Unknown).await;
    office.later(10);
    office.until(|all| failed_by(&all[0], FailureCode::Throttled)).await;
    assert_eq!(office.lines("SELECT looks || '' FROM delivery").await, ["0"]);
    office.remote("a").lock().unwrap().blind = None;
    office.publish("P-2").await;
    office.later(7_180);
    office.breathe().await;
    assert_eq!(office.states().await, [State::Unknown, State::Planned], "both wait as told");
    office.later(60);
    office.until_all(State::Delivered).await;
    assert_eq!(office.remote("a").lock().unwrap().public(), ["P-1", "P-2"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_look_without_the_right_to_look_pauses_the_channel_and_asks_nobody_about_the_post() {
    let office = Office::with(&[("a", "settings.phases = \"one\"")]).await;
    office.script("a", &[Act::TakeAndLose]);
    let expired = Failure::new(FailureCode::TokenExpired, "expired");
    office.remote("a").lock().unwrap().blind = Some(Answer::Reauthorise(expired));
    office.publish("P-1").await;
    office.until_all(State::Unknown).await;
    office.later(10);
    office.until(|all| failed_by(&all[0], FailureCode::TokenExpired)).await;
    for _ in 0..50 {
        office.later(900);
        office.breathe().await;
    }
    assert_eq!(office.states().await, [State::Unknown]);
    office.remote("a").lock().unwrap().blind = None;
    office.system.store.reopen_account("k", "a", "editor").await.unwrap();
    office.until_all(State::Delivered).await;
    assert_eq!(office.remote("a").lock().unwrap().public(), ["P-1"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_look_that_lacks_a_right_of_its_own_pauses_nothing_and_a_person_is_asked_in_the_end() {
    let office = Office::with(&[("a", "settings.phases = \"one\"")]).await;
    office.script("a", &[Act::TakeAndLose]);
    let forbidden = Failure::new(FailureCode::NotAllowed, "may publish, may not read");
    office.remote("a").lock().unwrap().blind = Some(Answer::Reauthorise(forbidden));
    office.publish("P-1").await;
    office.until_all(State::Unknown).await;
    office.publish("P-2").await;
    office.as_time_passes(900, |all| all[1].state == State::Delivered).await;
    office.as_time_passes(3_600, |all| all[0].state == State::NeedsPerson).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn looks_that_are_told_to_wait_day_after_day_lead_to_a_person() {
    let office = Office::with(&[("a", "settings.phases = \"one\"")]).await;
    office.script("a", &[Act::TakeAndLose]);
    office.publish("P-1").await;
    office.until_all(State::Unknown).await;
    for hour in 1..100 {
        let throttled = Wait {
            until: office.system.clock.now() + Duration::hours(2),
            account: false,
            why: Failure::new(FailureCode::Throttled, "slower"),
        };
        office.remote("a").lock().unwrap().blind = Some(Answer::Snooze(throttled));
        office.later(3_600);
        office
            .until(|all| all[0].next_at > office.system.clock.now() || all[0].state == State::NeedsPerson)
            .await;
        assert!(hour > 80 || office.states().await == [State::Unknown], "{hour}");
    }
    assert_eq!(office.states().await, [State::NeedsPerson]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_draft_that_we_may_not_look_for_is_one_we_may_not_make_either_so_the_channel_pauses() {
    let office = Office::with(&[("a", "")]).await;
    office.script("a", &[Act::Lose]);
    office.publish("P-1").await;
    office.until_all(State::Unknown).await;
    let forbidden = Failure::new(FailureCode::NotAllowed, "has lost its role");
    office.remote("a").lock().unwrap().blind = Some(Answer::Reauthorise(forbidden));
    office.later(10);
    office.until(|all| failed_by(&all[0], FailureCode::NotAllowed)).await;
    assert_eq!(office.system.store.accounts("k").await.unwrap()[0].state, AccountState::Paused);
}

fn failed_by(delivery: &Delivery, code: FailureCode) -> bool {
    delivery.failure.as_ref().is_some_and(|failure| failure.code == code)
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_dead_worker_held_is_looked_up_before_anything_is_sent() {
    let mut office = Office::idle(&[("a", "")]).await;
    office.publish("P-1").await;
    office.script("a", &[Act::Slow(60_000)]);
    office.work();
    office.until_all(State::Sending).await;
    // The first worker hangs in its call for ever; another one takes over when its lease has run out.
    office.remote("a").lock().unwrap().script.clear();
    let taken = office.system.store.rescue(true).await.unwrap();
    assert_eq!(taken, 1);
    assert_eq!(office.states().await, [State::Unknown]);
    office.as_time_passes(30, |all| all[0].state == State::Delivered).await;
    assert_eq!(office.remote("a").lock().unwrap().public(), ["P-1"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_claim_whose_answer_was_lost_runs_out_although_its_worker_is_busy() {
    let office = Office::idle(&[("a", "")]).await;
    office.script("a", &[Act::Slow(5_000)]);
    office.publish("P-1").await;
    let mut worker = Worker::new(office.system.clone());
    worker.round().await.unwrap();
    assert_eq!(worker.under_way(), 1);
    office.publish("P-2").await;
    // The database has kept the claim, and the worker never heard of it.
    let claim = "UPDATE delivery SET queue = 'held', state = 'claimed', attempt = 1, claimed_until = h.claimed_until, claimed_by = h.claimed_by \
                 FROM (SELECT claimed_by, claimed_until FROM delivery WHERE queue = 'held') h WHERE queue <> 'held' RETURNING claimed_by";
    assert_eq!(office.lines(claim).await.len(), 1);
    for _ in 0..2 {
        office.later(40);
        worker.keep_alive().await;
    }
    let places = office.lines("SELECT queue FROM delivery ORDER BY id").await;
    assert_eq!(places, ["held", "waiting"]);
}
