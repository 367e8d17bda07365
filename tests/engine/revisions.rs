//! A newer revision, whatever the older one is doing.

use kasnec::acts;
use kasnec::receipt::{Action, State};

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
    assert!(remote.public()[0].starts_with("I ri") && remote.public()[0].contains("arsyeja"), "{:?}", remote.public());
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
async fn a_correction_while_the_first_is_on_its_way_waits_and_then_updates() {
    let office = Office::with(&[("a", "")]).await;
    office.script("a", &[Act::Slow(700)]);
    office.publish("P-1").await;
    office.until(|all| all[0].state == State::Sending).await;
    office.correct("P-1", "I ri").await;
    office.until(|all| all.len() == 2 && all.iter().all(|d| d.state == State::Delivered)).await;
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
async fn a_withdrawal_of_what_never_went_out_sends_nothing() {
    let mut office = Office::idle(&[("a", "")]).await;
    office.publish("P-1").await;
    acts::withdraw(&office.system, &office.editor, office.config(), "P-1", "U anulua").await.unwrap();
    office.work();
    office.breathe().await;
    assert_eq!(office.states().await, [State::Superseded]);
    assert!(office.remote("a").lock().unwrap().calls.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_withdrawal_reaches_what_stands() {
    let office = Office::with(&[("a", "")]).await;
    office.publish("P-1").await;
    office.until_all(State::Delivered).await;
    acts::withdraw(&office.system, &office.editor, office.config(), "P-1", "U anulua").await.unwrap();
    office.until(|all| all.len() == 2 && all[1].state == State::Delivered).await;
    assert!(office.remote("a").lock().unwrap().public()[0].contains("U anulua"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_postponed_meeting_says_its_new_time_and_moves_its_end_along() {
    let office = Office::with(&[("a", "")]).await;
    let facts = "kind = \"assembly-meeting\"\n[facts]\nmeeting_start = \"2026-12-20 10:00\"\nmeeting_end = \"2026-12-20 12:00\"\nvenue = \"Salla\"\nagenda = [\"Pika\"]\n";
    office.queue("M-1", "Mbledhja", facts).await;
    acts::approve(&office.system, &office.editor, office.config(), "M-1").await.unwrap();
    office.until_all(State::Delivered).await;
    acts::postpone(&office.system, &office.editor, office.config(), "M-1", "2026-12-28 11:00", "Mungesë kuorumi").await.unwrap();
    office.until(|all| all.len() == 2 && all[1].state == State::Delivered).await;
    let item = office.system.store.item("k", "M-1").await.unwrap();
    assert_eq!(item.event_at, Some("2026-12-28T10:00:00Z".parse().unwrap()));
    let newest = office.system.store.revisions(item.id).await.unwrap().pop().unwrap();
    assert_eq!(newest.content.facts["meeting_end"].instant().unwrap().wall, "2026-12-28 13:00");
    assert!(newest.deadline_at > office.system.store.revisions(item.id).await.unwrap()[0].deadline_at, "the clock starts again");
}
