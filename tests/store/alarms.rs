//! Alarms and what they are made of, as the store keeps them: what is due is counted, each cause is raised once, each letter is one process's.

use chrono::Duration;
use kasnec::receipt::{AlarmKind, FailureCode, State};
use kasnec::store::alarms::{Alarm, Cause, Detail, Telling};
use kasnec::store::backlog::Place;
use kasnec::store::letters::Pouch;
use kasnec::store::settle::AccountEffect;
use kasnec::store::warnings::WarningState;
use kasnec::store::{Store, StoreError};

use crate::fixture::{Desk, OFFICE, again, failure, made, settled};

on_both!(
    what_is_due_is_counted_by_account_place_and_state,
    what_was_left_to_a_person_is_counted_until_somebody_says_what_became_of_it,
    a_question_to_a_person_stays_open_however_old_and_a_refusal_is_known_after_a_while,
    a_cause_is_raised_once_whoever_sees_it_and_again_when_it_comes_back,
    what_a_machine_has_of_its_own_is_raised_and_cleared_apart_from_anothers,
    another_time_of_the_same_cause_is_another_alarm,
    a_letter_is_taken_by_one_process_and_not_sent_once_the_alarm_is_over,
    signs_of_life_are_the_last_ones_and_go_with_their_worker,
    a_pause_remembers_since_when_until_the_account_is_opened,
);

async fn what_is_due_is_counted_by_account_place_and_state(desk: Desk) {
    for number in 0..5 {
        desk.publish(&format!("2026-{number:03}")).await;
    }
    let ends = desk.claim(desk.accounts[0]).await;
    let later = again(State::Planned, desk.after_minutes(15), AccountEffect::None);
    desk.end(&ends[0], &made(&[]), &later).await;
    let doubt = again(State::Unknown, desk.after_minutes(15), AccountEffect::None);
    desk.end(&ends[1], &made(&[]), &doubt).await;
    desk.deliver(&ends[2]).await;
    let counted = desk.store.backlog(OFFICE, desk.now()).await.unwrap();
    let mut seen: Vec<_> = counted.iter().map(|of| (of.place, of.in_doubt, of.failing, of.count)).collect();
    seen.sort_by_key(|of| (format!("{:?}", of.0), of.1));
    assert_eq!(
        seen,
        [
            (Place::Held, false, false, 2),
            (Place::Later, false, true, 1),
            (Place::Later, true, true, 1)
        ]
    );
    assert!(counted.iter().all(|of| of.nearest_deadline == Some(desk.after_minutes(60))));
    let before = desk.now() - Duration::milliseconds(1);
    assert!(desk.store.backlog(OFFICE, before).await.unwrap().is_empty(), "nothing was due then");
}

async fn what_was_left_to_a_person_is_counted_until_somebody_says_what_became_of_it(desk: Desk) {
    for number in 0..2 {
        desk.publish(&format!("2026-{number:03}")).await;
    }
    let held = desk.claim(desk.accounts[0]).await;
    desk.end(&held[0], &made(&[]), &settled(State::Rejected)).await;
    desk.end(&held[1], &made(&[]), &settled(State::NeedsPerson)).await;
    let since = desk.now() - Duration::days(1);
    let places = async |desk: &Desk| {
        let left = desk.store.left(OFFICE, since).await.unwrap();
        left.iter().map(|of| of.place).collect::<Vec<_>>()
    };
    assert_eq!(places(&desk).await, [Place::Person, Place::Refused]);
    desk.run("UPDATE delivery SET evidence = '{}' WHERE state = 'rejected'").await;
    assert_eq!(places(&desk).await, [Place::Person]);
}

async fn a_question_to_a_person_stays_open_however_old_and_a_refusal_is_known_after_a_while(desk: Desk) {
    for number in 0..2 {
        desk.publish(&format!("2026-{number:03}")).await;
    }
    let held = desk.claim(desk.accounts[0]).await;
    desk.end(&held[0], &made(&[]), &settled(State::Rejected)).await;
    desk.end(&held[1], &made(&[]), &settled(State::NeedsPerson)).await;
    let asked = desk.now();
    desk.advance_minutes(365 * 24 * 60);
    let left = desk.store.left(OFFICE, desk.now() - Duration::days(30)).await.unwrap();
    assert_eq!(left.len(), 1, "{left:?}");
    assert_eq!((left[0].place, left[0].oldest, left[0].count), (Place::Person, asked, 1));
}

async fn raise(store: &Store, cause: &Cause) -> Result<bool, StoreError> {
    let mut work = store.begin().await?;
    let new = work.raise_alarm(store, OFFICE, cause).await?;
    work.commit().await?;
    Ok(new)
}

async fn clear(store: &Store, alarm: &Alarm) -> Result<bool, StoreError> {
    let mut work = store.begin().await?;
    let over = work.clear_alarm(store, OFFICE, alarm).await?;
    work.commit().await?;
    Ok(over)
}

async fn open(desk: &Desk) -> Vec<Alarm> {
    desk.store.open_alarms(OFFICE).await.unwrap()
}

fn paused(since: chrono::DateTime<chrono::Utc>) -> Cause {
    Cause {
        kind: AlarmKind::ChannelPaused,
        about: "facebook".to_owned(),
        machine: String::new(),
        since: Some(since),
        detail: Detail::default(),
    }
}

async fn a_cause_is_raised_once_whoever_sees_it_and_again_when_it_comes_back(desk: Desk) {
    let cause = paused(desk.now());
    let other = desk.opened_again().await;
    let (one, two) = tokio::join!(raise(&desk.store, &cause), raise(&other, &cause));
    assert!(one.unwrap() != two.unwrap(), "one of the two has raised it");
    let first = open(&desk).await;
    assert_eq!(first.len(), 1);
    assert!(clear(&desk.store, &first[0]).await.unwrap());
    assert!(!clear(&desk.store, &first[0]).await.unwrap());
    assert!(raise(&desk.store, &cause).await.unwrap());
    assert!(!clear(&other, &first[0]).await.unwrap(), "who was late ends no later alarm");
    assert_eq!(open(&desk).await.len(), 1);
    let acts = desk.lines("SELECT act FROM ledger WHERE act LIKE 'alarm%' ORDER BY id").await;
    assert_eq!(acts, ["alarm raised", "alarm over", "alarm raised"]);
}

async fn what_a_machine_has_of_its_own_is_raised_and_cleared_apart_from_anothers(desk: Desk) {
    let on = |machine: &str| Cause {
        kind: AlarmKind::Disk,
        about: String::new(),
        machine: machine.to_owned(),
        since: None,
        detail: Detail::default(),
    };
    for machine in ["one:/srv", "two:/srv"] {
        assert!(raise(&desk.store, &on(machine)).await.unwrap());
        assert!(!raise(&desk.store, &on(machine)).await.unwrap());
    }
    let both = open(&desk).await;
    desk.advance_minutes(90);
    let mut work = desk.store.begin().await.unwrap();
    work.keep_alarm(&desk.store, &both[0]).await.unwrap();
    work.forget_alarm(&desk.store, OFFICE, &both[1]).await.unwrap();
    work.commit().await.unwrap();
    let left = open(&desk).await;
    assert_eq!((left.len(), left[0].cause.machine.as_str()), (1, "one:/srv"));
    assert_eq!((left[0].seen_at, left[0].raised_at), (desk.now(), both[0].raised_at));
    let acts = desk.lines("SELECT act FROM ledger WHERE act LIKE 'alarm%' ORDER BY id").await;
    assert_eq!(acts, ["alarm raised", "alarm raised", "alarm forgotten"]);
}

async fn another_time_of_the_same_cause_is_another_alarm(desk: Desk) {
    let (first, second) = (paused(desk.now()), paused(desk.after_minutes(1)));
    assert!(!first.is_same(&second));
    raise(&desk.store, &first).await.unwrap();
    let kept = desk.store.open_alarms(OFFICE).await.unwrap().remove(0);
    assert!(kept.cause.is_same(&first), "{kept:?}");
}

async fn a_letter_is_taken_by_one_process_and_not_sent_once_the_alarm_is_over(desk: Desk) {
    let cause = paused(desk.now());
    raise(&desk.store, &cause).await.unwrap();
    let alarm = desk.store.open_alarms(OFFICE).await.unwrap().remove(0).id;
    let telling = Telling {
        alarm,
        step: "raised",
        recipient: "head".to_owned(),
        lang: "sq".to_owned(),
        detail: serde_json::json!({}),
        state: WarningState::Waiting,
    };
    let other = desk.opened_again().await;
    for (store, new) in [(&desk.store, true), (&other, false)] {
        let mut work = store.begin().await.unwrap();
        assert_eq!(work.tell(store, OFFICE, &telling).await.unwrap(), new);
        work.commit().await.unwrap();
    }
    let waiting = desk.store.waiting_pieces(OFFICE, Pouch::Alarms).await.unwrap();
    assert_eq!((waiting.len(), waiting[0].about), (1, alarm));
    let lease = Duration::minutes(5);
    assert!(desk.store.take_letter(Pouch::Alarms, "alarm-1", &waiting, lease).await.unwrap());
    assert!(!other.take_letter(Pouch::Alarms, "alarm-2", &waiting, lease).await.unwrap());
    desk.advance_minutes(6);
    assert_eq!(desk.store.waiting_pieces(OFFICE, Pouch::Alarms).await.unwrap().len(), 1);
    clear(&desk.store, &open(&desk).await[0]).await.unwrap();
    assert!(desk.store.waiting_pieces(OFFICE, Pouch::Alarms).await.unwrap().is_empty());
}

async fn signs_of_life_are_the_last_ones_and_go_with_their_worker(desk: Desk) {
    assert_eq!(desk.store.last_beat(desk.now()).await.unwrap(), None);
    desk.store.beat("one").await.unwrap();
    let first = desk.now();
    desk.advance_minutes(1);
    desk.store.beat("two").await.unwrap();
    assert_eq!(desk.store.last_beat(desk.now()).await.unwrap(), Some(desk.now()));
    assert_eq!(
        desk.store.last_beat(first).await.unwrap(),
        Some(first),
        "one from the future counts for nothing"
    );
    desk.store.stop_beating("two").await.unwrap();
    assert_eq!(desk.store.last_beat(desk.now()).await.unwrap(), Some(first));
    desk.advance_minutes(60 * 25);
    desk.store.beat("three").await.unwrap();
    assert_eq!(desk.count("heartbeat").await, 1, "the dead are forgotten");
}

async fn a_pause_remembers_since_when_until_the_account_is_opened(desk: Desk) {
    desk.publish("2026-001").await;
    let held = desk.claim_one().await;
    let at = desk.now();
    desk.end(&held, &made(&[]), &again(State::Planned, at, AccountEffect::Pause)).await;
    desk.advance_minutes(5);
    let account = async |desk: &Desk| desk.store.accounts(OFFICE).await.unwrap().remove(0);
    assert_eq!(account(&desk).await.paused_at, Some(at));
    assert_eq!(account(&desk).await.failure.unwrap().code, failure(FailureCode::Unreachable).code);
    desk.store.reopen_account(OFFICE, "website", "arta").await.unwrap();
    assert_eq!(account(&desk).await.paused_at, None);
    assert_eq!(
        desk.store.behind(OFFICE, desk.accounts[0]).await.unwrap(),
        (1, Some(at + Duration::minutes(60)))
    );
}
