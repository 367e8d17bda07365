//! What each answer of a remote leads to.

use kasnec::receipt::{FailureCode, State};
use kasnec::store::rows::{AccountState, Delivery};

use super::office::Office;
use super::remote::Act;

#[tokio::test(flavor = "multi_thread")]
async fn an_approved_item_stands_with_its_receipt() {
    let office = Office::with(&[("a", ""), ("b", "")]).await;
    office.publish("P-1").await;
    office.until_all(State::Delivered).await;
    assert_eq!(office.remote("a").lock().unwrap().public(), ["P-1"]);
    for delivery in office.deliveries().await {
        assert_eq!(delivery.url.as_deref(), Some("https://remote.example/0"));
        assert_eq!(delivery.post_hash.as_ref().map(String::len), Some(64));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_item_waits_for_its_release_and_not_a_moment_less() {
    let office = Office::with(&[("a", "")]).await;
    office.queue("P-1", "P-1", "release = \"2026-11-23 10:30\"\n").await;
    kasnec::acts::approve(&office.system, &office.editor, office.config(), "P-1", None)
        .await
        .unwrap();
    office.later(29 * 60 + 59);
    office.breathe().await;
    assert_eq!(office.states().await, [State::Planned]);
    office.later(1);
    office.until_all(State::Delivered).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_throttled_account_waits_as_told_and_holds_up_nobody_else() {
    let office = Office::with(&[("a", ""), ("b", "")]).await;
    office.script("a", &[Act::Throttle(600)]);
    office.publish("P-1").await;
    office
        .until(|all| all.iter().any(|d| d.account == "b" && d.state == State::Delivered))
        .await;
    office.later(599);
    office.publish("P-2").await;
    office.breathe().await;
    assert!(office.remote("a").lock().unwrap().posts.is_empty());
    office.later(2);
    office.until_all(State::Delivered).await;
    let waited = &office.deliveries().await[0];
    assert_eq!(office.system.store.attempts(waited.id).await.unwrap().len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_asks_for_no_more_calls_has_its_way_though_it_took_the_last_one_and_the_program_is_started_anew() {
    let mut office = Office::with(&[("a", "")]).await;
    let until = office.system.clock.now() + chrono::Duration::minutes(15);
    office.remote("a").lock().unwrap().rests_until = Some(until);
    office.publish("P-1").await;
    office.until_all(State::Delivered).await;
    office.remote("a").lock().unwrap().rests_until = None;
    office.restart().await;
    office.publish("P-2").await;
    office.later(14 * 60);
    office.breathe().await;
    assert_eq!(office.states().await, [State::Delivered, State::Planned]);
    office.later(65);
    office.until_all(State::Delivered).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_signed_out_account_pauses_and_goes_on_in_deadline_order_after_reconnecting() {
    let office = Office::with(&[("a", "parallel = 1"), ("b", "")]).await;
    office.script("a", &[Act::SignedOut]);
    office.publish("P-1").await;
    office.until(|all| all.iter().any(|d| d.failure.is_some())).await;
    let meeting = |day: &str| {
        format!("kind = \"assembly-meeting\"\n[facts]\nmeeting_start = \"2026-12-{day} 10:00\"\nvenue = \"Salla\"\nagenda = [\"Pika\"]\n")
    };
    for (reference, day) in [("M-20", "20"), ("M-05", "05"), ("M-12", "12")] {
        office.queue(reference, reference, &meeting(day)).await;
        kasnec::acts::approve(&office.system, &office.editor, office.config(), reference, None)
            .await
            .unwrap();
    }
    office
        .until(|all| all.iter().filter(|d| d.account == "b").all(|d| d.state == State::Delivered))
        .await;
    let paused = &office.system.store.accounts("k").await.unwrap()[0];
    assert_eq!(
        (paused.state, paused.failure.as_ref().unwrap().code),
        (AccountState::Paused, FailureCode::PasswordChanged)
    );
    assert!(office.remote("a").lock().unwrap().posts.is_empty());
    office.system.store.reopen_account("k", "a", "editor").await.unwrap();
    office.until_all(State::Delivered).await;
    assert_eq!(office.remote("a").lock().unwrap().public(), ["M-05", "M-12", "M-20", "P-1"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_outage_is_waited_out_however_long_it_lasts() {
    let office = Office::with(&[("a", "")]).await;
    office.script("a", &[Act::Down; 30]);
    office.publish("P-1").await;
    office.as_time_passes(20 * 60, |all| all[0].state == State::Delivered).await;
    assert_eq!(office.remote("a").lock().unwrap().public(), ["P-1"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_poison_item_is_set_aside_and_the_queue_flows() {
    let office = Office::with(&[("a", "parallel = 1")]).await;
    office.script("a", &[Act::Refuse]);
    office.publish("P-1").await;
    office.until_all(State::Rejected).await;
    office.publish("P-2").await;
    office.until(|all| all.len() == 2 && all[1].state == State::Delivered).await;
    assert_eq!(
        office.deliveries().await[0].failure.as_ref().unwrap().code,
        FailureCode::ContentRefused
    );
    office
        .system
        .store
        .retry(&office.editor, office.deliveries().await[0].id)
        .await
        .unwrap();
    office.until_all(State::Delivered).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_driver_that_breaks_loses_nothing() {
    let office = Office::with(&[("a", "")]).await;
    office.script("a", &[Act::Panic]);
    office.publish("P-1").await;
    office.as_time_passes(30, |all| all[0].state == State::Delivered).await;
    assert_eq!(office.remote("a").lock().unwrap().public(), ["P-1"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_slow_account_holds_up_no_other() {
    let office = Office::with(&[("slow", "parallel = 1"), ("quick", "")]).await;
    office.script("slow", &[Act::Slow(15_000)]);
    for number in 0..20 {
        office.publish(&format!("P-{number:02}")).await;
    }
    office
        .until(|all| all.iter().filter(|d| d.account == "quick").all(|d| d.state == State::Delivered))
        .await;
    assert!(office.remote("slow").lock().unwrap().posts.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_keeps_its_spacing() {
    let office = Office::with(&[("a", "spacing_seconds = 60")]).await;
    for number in 0..3 {
        office.publish(&format!("P-{number}")).await;
    }
    for expected in 1..=3 {
        office
            .until(|all| all.iter().filter(|d| d.state == State::Delivered).count() == expected)
            .await;
        office.breathe().await;
        assert_eq!(office.remote("a").lock().unwrap().public().len(), expected);
        office.later(60);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_late_courtesy_post_expires_and_a_legal_notice_does_not() {
    let mut office = Office::idle(&[("a", "")]).await;
    office.queue("N-1", "N-1", "kind = \"fleeting\"\n").await;
    kasnec::acts::approve(&office.system, &office.editor, office.config(), "N-1", None)
        .await
        .unwrap();
    office.publish("P-1").await;
    office.later(30 * 24 * 3600);
    office.work();
    office.until(|all| all.iter().all(|d| d.settled_at.is_some())).await;
    assert_eq!(office.states().await, [State::Expired, State::Delivered]);
    assert_eq!(office.remote("a").lock().unwrap().public(), ["P-1"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_fails_while_secrets_are_read_pauses_no_channel() {
    let mut office = Office::idle(&[("a", "")]).await;
    office.publish("P-1").await;
    office.meddle("ALTER TABLE secret RENAME TO secret_away").await;
    office.work();
    let failed = |all: &[Delivery]| all[0].failure.as_ref().is_some_and(|failure| failure.code == FailureCode::Storage);
    office.until(failed).await;
    assert_eq!(office.system.store.accounts("k").await.unwrap()[0].state, AccountState::Open);
    office.meddle("ALTER TABLE secret_away RENAME TO secret").await;
    office.later(60);
    office.until_all(State::Delivered).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_driver_that_always_breaks_is_set_aside_and_a_correction_waits_until_a_person_has_looked() {
    let office = Office::with(&[("a", "")]).await;
    // The draft is made; it is the flip to public at which the driver breaks.
    office.script("a", &[&[Act::Take][..], &[Act::Panic; 8]].concat());
    office.publish("P-1").await;
    office.as_time_passes(10, |all| all[0].state == State::NeedsPerson).await;
    let broken = office.deliveries().await.remove(0);
    assert_eq!(
        (broken.state, broken.failure.as_ref().unwrap().code),
        (State::NeedsPerson, FailureCode::GaveUp)
    );
    office.correct("P-1", "I ri").await;
    office.breathe().await;
    assert_eq!(office.states().await, [State::NeedsPerson, State::Planned], "it may be public");
    office.resolve(&broken, false).await;
    office.until(|all| all.iter().all(|d| d.settled_at.is_some())).await;
    assert_eq!(office.states().await, [State::Rejected, State::Delivered]);
    let remote = office.remote("a");
    assert!(matches!(remote.lock().unwrap().public()[..], [only] if only.starts_with("I ri")));
}
