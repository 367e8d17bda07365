//! A newer revision, whatever the older one is doing.

use kasnec::acts;
use kasnec::receipt::{Action, FailureCode, State};

use super::office::Office;
use super::remote::Act;

#[tokio::test(flavor = "multi_thread")]
async fn a_correction_changes_the_post_that_stands() {
    let office = Office::with(&[("a", "")]).await;
    office.publish("P-1").await;
    office.until_all(State::Delivered).await;
    office.correct("P-1", "I ri").await;
    office.until(|all| all.len() == 2 && all[1].state == State::Delivered).await;
    let remote = office.remote("a");
    let remote = remote.lock().unwrap();
    assert_eq!(remote.posts.len(), 1);
    assert!(
        remote.public()[0].starts_with("I ri") && remote.public()[0].contains("arsyeja"),
        "{:?}",
        remote.public()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_correction_before_anything_was_sent_takes_its_place() {
    let mut office = Office::idle(&[("a", "")]).await;
    office.publish("P-1").await;
    office.correct("P-1", "I ri").await;
    office.work();
    office.until(|all| all.iter().all(|d| d.settled_at.is_some())).await;
    assert_eq!(office.states().await, [State::Superseded, State::Delivered]);
    assert_eq!(office.remote("a").lock().unwrap().calls.len(), 2, "one draft, one flip");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_correction_while_the_first_becomes_public_waits_and_then_updates() {
    let office = Office::with(&[("a", "settings.phases = \"one\"")]).await;
    office.script("a", &[Act::Slow(700)]);
    office.publish("P-1").await;
    office.until(|all| all[0].state == State::Sending).await;
    office.correct("P-1", "I ri").await;
    office
        .until(|all| all.len() == 2 && all.iter().all(|d| d.state == State::Delivered))
        .await;
    assert_eq!(office.deliveries().await[1].action, Action::Update);
    let remote = office.remote("a");
    assert_eq!(remote.lock().unwrap().posts.len(), 1);
    assert!(remote.lock().unwrap().public()[0].starts_with("I ri"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mere_draft_of_the_old_revision_is_discarded() {
    let office = Office::with(&[("a", "")]).await;
    office.script("a", &[Act::Take, Act::Down]);
    office.publish("P-1").await;
    office.until(|all| all[0].state == State::Drafted && all[0].failure.is_some()).await;
    office.correct("P-1", "I ri").await;
    office.later(3600);
    office.until(|all| all.iter().all(|d| d.settled_at.is_some())).await;
    assert_eq!(office.states().await, [State::Superseded, State::Delivered]);
    let remote = office.remote("a");
    let public: Vec<String> = remote.lock().unwrap().public().iter().map(ToString::to_string).collect();
    assert!(public.len() == 1 && public[0].starts_with("I ri"), "{public:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_withdrawn_while_its_draft_is_on_its_way_is_never_shown() {
    // The draft is slow; or its answer is lost, and it is looked for and made again.
    for slow in [true, false] {
        let office = Office::with(&[("a", "")]).await;
        office.script("a", &[if slow { Act::Slow(700) } else { Act::Lose }]);
        office.publish("P-1").await;
        let on_its_way = if slow { State::Sending } else { State::Unknown };
        office.until(|all| all[0].state == on_its_way).await;
        acts::withdraw(&office.system, &office.editor, office.config(), "P-1", "U anulua")
            .await
            .unwrap();
        office.as_time_passes(60, |all| all.iter().all(|d| d.settled_at.is_some())).await;
        assert_eq!(office.states().await, [State::Superseded, State::Superseded], "slow: {slow}");
        let remote = office.remote("a");
        let remote = remote.lock().unwrap();
        assert!(remote.public().is_empty(), "{:?}", remote.posts);
        assert!(!remote.calls.iter().any(|(_, role, _)| role == "public"), "{:?}", remote.calls);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_waits_until_an_earlier_call_without_an_answer_can_no_longer_arrive() {
    let office = Office::with(&[("a", "")]).await;
    office.script("a", &[Act::Take, Act::Lose]);
    office.publish("P-1").await;
    office.until_all(State::Unknown).await;
    office.later(10);
    office.until_all(State::Delivered).await;
    office.correct("P-1", "I ri").await;
    office.until(|all| all.len() == 2 && all[1].failure.is_some()).await;
    assert_eq!(
        office.states().await,
        [State::Delivered, State::Planned],
        "the lost flip would put the old text back"
    );
    office.later(700);
    office.until_all(State::Delivered).await;
    assert!(office.remote("a").lock().unwrap().public()[0].starts_with("I ri"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_waits_for_an_earlier_change_that_was_simply_made_again_too() {
    let office = Office::with(&[("a", "")]).await;
    office.publish("P-1").await;
    office.until_all(State::Delivered).await;
    office.script("a", &[Act::Lose]);
    office.correct("P-1", "I ri").await;
    office.until(|all| all[1].failure.is_some()).await;
    office.later(10);
    office.until_all(State::Delivered).await;
    office.correct("P-1", "Më i ri").await;
    office.until(|all| all.len() == 3 && all[2].failure.is_some()).await;
    let waits = office.deliveries().await.remove(2);
    assert_eq!(
        (waits.state, waits.failure.unwrap().code),
        (State::Planned, FailureCode::EarlierCall),
        "the lost change would put its text back"
    );
    office.later(700);
    office.until_all(State::Delivered).await;
    assert!(office.remote("a").lock().unwrap().public()[0].starts_with("Më i ri"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_draft_that_somebody_published_by_hand_is_changed_once_a_person_has_said_so_and_not_said_twice() {
    let office = Office::with(&[("a", "")]).await;
    office.script("a", &[Act::Take, Act::Down]);
    office.publish("P-1").await;
    office.until(|all| all[0].state == State::Drafted && all[0].failure.is_some()).await;
    office.remote("a").lock().unwrap().posts[0].public = true;
    office.correct("P-1", "I ri").await;
    office.as_time_passes(10, |all| all[0].state == State::NeedsPerson).await;
    office.breathe().await;
    assert_eq!(office.states().await, [State::NeedsPerson, State::Planned]);
    let question = office.deliveries().await.remove(0);
    office.resolve(&question, true).await;
    office.later(60);
    office.until_all(State::Delivered).await;
    let actions: Vec<Action> = office.deliveries().await.iter().map(|delivery| delivery.action).collect();
    assert_eq!(actions, [Action::Publish, Action::Update], "it counts as published since then");
    let remote = office.remote("a");
    assert!(matches!(remote.lock().unwrap().public()[..], [only] if only.starts_with("I ri")));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_withdrawal_of_what_never_went_out_sends_nothing() {
    let mut office = Office::idle(&[("a", "")]).await;
    office.publish("P-1").await;
    acts::withdraw(&office.system, &office.editor, office.config(), "P-1", "U anulua")
        .await
        .unwrap();
    office.work();
    office.breathe().await;
    assert_eq!(office.states().await, [State::Superseded]);
    assert!(office.remote("a").lock().unwrap().calls.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_refused_and_then_withdrawn_is_not_tried_again() {
    let office = Office::with(&[("a", "")]).await;
    office.script("a", &[Act::Refuse]);
    office.publish("P-1").await;
    office.until_all(State::Rejected).await;
    acts::withdraw(&office.system, &office.editor, office.config(), "P-1", "U anulua")
        .await
        .unwrap();
    let id = office.deliveries().await[0].id;
    assert!(office.system.store.retry(&office.editor, id).await.is_err());
    office.breathe().await;
    assert_eq!(office.states().await, [State::Rejected]);
    assert!(office.remote("a").lock().unwrap().posts.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_withdrawal_reaches_what_stands() {
    let office = Office::with(&[("a", "")]).await;
    office.publish("P-1").await;
    office.until_all(State::Delivered).await;
    acts::withdraw(&office.system, &office.editor, office.config(), "P-1", "U anulua")
        .await
        .unwrap();
    office.until(|all| all.len() == 2 && all[1].state == State::Delivered).await;
    assert!(office.remote("a").lock().unwrap().public()[0].contains("U anulua"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_postponed_meeting_says_its_new_time_and_moves_its_end_along() {
    let office = Office::with(&[("a", "")]).await;
    let facts = "kind = \"assembly-meeting\"\n[facts]\nmeeting_start = \"2026-12-20 10:00\"\nmeeting_end = \"2026-12-20 12:00\"\nvenue = \"Salla\"\nagenda = [\"Pika\"]\n";
    office.queue("M-1", "Mbledhja", facts).await;
    acts::approve(&office.system, &office.editor, office.config(), "M-1", None)
        .await
        .unwrap();
    office.until_all(State::Delivered).await;
    acts::postpone(
        &office.system,
        &office.editor,
        office.config(),
        "M-1",
        "2026-12-28 11:00",
        "Mungesë kuorumi",
        None,
    )
    .await
    .unwrap();
    office.until(|all| all.len() == 2 && all[1].state == State::Delivered).await;
    let item = office.system.store.item("k", "M-1").await.unwrap();
    assert_eq!(item.event_at, Some("2026-12-28T10:00:00Z".parse().unwrap()));
    let newest = office.system.store.revisions(item.id).await.unwrap().pop().unwrap();
    assert_eq!(newest.content.facts["meeting_end"].instant().unwrap().wall, "2026-12-28 13:00");
    assert!(
        newest.deadline_at > office.system.store.revisions(item.id).await.unwrap()[0].deadline_at,
        "the clock starts again"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_correction_that_brings_a_second_language_changes_the_post_instead_of_adding_one() {
    let office = Office::with(&[("a", "")]).await;
    office.publish("P-1").await;
    office.until_all(State::Delivered).await;
    let checked = office.checked("+++\nkind = \"plain\"\nreference = \"P-1\"\n+++\n# [sq] Dy gjuhë\n# [sr] Dva jezika\n");
    acts::correct(&office.system, &office.editor, office.config(), "P-1", checked, "Përkthimi")
        .await
        .unwrap();
    acts::approve(&office.system, &office.editor, office.config(), "P-1", None)
        .await
        .unwrap();
    office.until(|all| all.len() == 2 && all[1].state == State::Delivered).await;
    assert_eq!(office.remote("a").lock().unwrap().posts.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_correction_of_what_waits_for_its_release_waits_for_it_too() {
    let office = Office::with(&[("a", "")]).await;
    office.queue("P-1", "P-1", "release = \"2026-11-24 10:00\"\n").await;
    acts::approve(&office.system, &office.editor, office.config(), "P-1", None)
        .await
        .unwrap();
    office.correct("P-1", "I ri").await;
    office.breathe().await;
    assert_eq!(office.states().await, [State::Superseded, State::Planned]);
    assert!(office.remote("a").lock().unwrap().calls.is_empty(), "published early");
    office.later(24 * 3600);
    office.until(|all| all[1].state == State::Delivered).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_update_that_waits_for_a_person_hides_nothing_that_stands() {
    let office = Office::with(&[("a", "")]).await;
    office.publish("P-1").await;
    office.until_all(State::Delivered).await;
    office.script("a", &[Act::ByHand]);
    office.correct("P-1", "I dyti").await;
    office.until(|all| all.len() == 2 && all[1].state == State::NeedsPerson).await;
    acts::withdraw(&office.system, &office.editor, office.config(), "P-1", "U anulua")
        .await
        .unwrap();
    office.until(|all| all.len() == 3 && all[2].state == State::Delivered).await;
    assert_eq!(office.deliveries().await[2].action, Action::Withdraw);
    let remote = office.remote("a");
    let remote = remote.lock().unwrap();
    assert!(
        remote.posts.len() == 1 && remote.public()[0].contains("U anulua"),
        "{:?}",
        remote.public()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_withdrawal_never_expires() {
    let office = Office::with(&[("a", "")]).await;
    office.queue("N-1", "N-1", "kind = \"fleeting\"\n").await;
    acts::approve(&office.system, &office.editor, office.config(), "N-1", None)
        .await
        .unwrap();
    office.until_all(State::Delivered).await;
    office.script("a", &[Act::SignedOut]);
    acts::withdraw(&office.system, &office.editor, office.config(), "N-1", "U anulua")
        .await
        .unwrap();
    office.until(|all| all.len() == 2 && all[1].failure.is_some()).await;
    office.later(30 * 24 * 3600);
    office.system.store.reopen_account("k", "a", "editor").await.unwrap();
    office.until_all(State::Delivered).await;
    assert!(office.remote("a").lock().unwrap().public()[0].contains("U anulua"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_that_no_channel_can_say_leaves_nothing_behind() {
    let office = Office::with(&[("a", "")]).await;
    office.publish("P-1").await;
    office.until_all(State::Delivered).await;
    office.write_template("{{title}}{{#if act_line}}{{facts.nothing_of_the_kind}}{{/if}}");
    office.system.reload_templates().unwrap();
    let refused = acts::withdraw(&office.system, &office.editor, office.config(), "P-1", "U anulua").await;
    assert!(matches!(refused, Err(acts::ActError::Unsayable(..))), "{refused:?}");
    let item = office.system.store.item("k", "P-1").await.unwrap();
    assert_eq!(office.system.store.revisions(item.id).await.unwrap().len(), 1);
}
