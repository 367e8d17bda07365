//! The watchdog: it sees what is due and not confirmed, whatever the reason, says so once, and takes it back when it is over.

use kasnec::alarm::{Watchdog, current};
use kasnec::clock::Clock;
use kasnec::receipt::{AlarmKind, FailureCode, State};

use super::office::Office;
use super::remote::{Act, nothing_seen};

/// An office, and a watchdog in another process.
struct Watched {
    office: Office,
    dog: Watchdog,
}

impl Watched {
    async fn with(accounts: &[(&str, &str)]) -> Self {
        Self::over(Office::with(accounts).await).await
    }

    /// One whose watchdog has had its first look already.
    async fn over(office: Office) -> Self {
        let mut watched = Self {
            office,
            dog: Watchdog::default(),
        };
        watched.office.breathe().await;
        watched.dog.round(&watched.office.system).await;
        watched
    }

    /// So many minutes pass, in steps of one, with a look after each; gives the alarms that are open then.
    async fn after(&mut self, minutes: usize) -> Vec<(AlarmKind, String)> {
        for _ in 0..minutes {
            self.office.later(60);
            self.office.breathe().await;
            self.dog.round(&self.office.system).await;
        }
        self.open().await
    }

    async fn open(&self) -> Vec<(AlarmKind, String)> {
        let open = self.office.system.store.open_alarms("k").await.unwrap();
        open.into_iter().map(|alarm| (alarm.cause.kind, alarm.cause.about)).collect()
    }

    /// How often an alarm of that kind was raised, whether it is over or not.
    async fn raised(&self, kind: AlarmKind) -> usize {
        let sql = format!("SELECT about FROM alarm WHERE kind = '{kind}'");
        self.office.lines(&sql).await.len()
    }
}

fn only(kind: AlarmKind, about: &str) -> Vec<(AlarmKind, String)> {
    vec![(kind, about.to_owned())]
}

#[tokio::test(flavor = "multi_thread")]
async fn where_all_is_well_it_keeps_quiet() {
    let mut watched = Watched::with(&[("a", ""), ("b", "")]).await;
    watched.office.publish("P-1").await;
    watched.office.until_all(State::Delivered).await;
    watched.office.queue("P-2", "P-2", "release = \"2026-11-23 18:00\"\n").await;
    kasnec::acts::approve(&watched.office.system, &watched.office.editor, watched.office.config(), "P-2", None)
        .await
        .unwrap();
    assert_eq!(watched.after(15).await, []);
}

#[tokio::test(flavor = "multi_thread")]
async fn where_nobody_works_it_says_so_once_and_takes_it_back() {
    let mut watched = Watched::over(Office::idle(&[("a", "")]).await).await;
    assert_eq!(watched.after(5).await, [], "nothing is to be published");
    watched.office.publish("P-1").await;
    assert_eq!(watched.after(10).await, only(AlarmKind::NoWorker, ""));
    let shown = current(&watched.office.system, watched.office.config()).await.unwrap();
    assert!(shown[0].raised_at.is_some() && shown[0].cause.detail.waiting == 1, "{shown:?}");
    watched.office.work();
    watched.office.until_all(State::Delivered).await;
    assert_eq!(watched.after(2).await, []);
    assert_eq!(watched.raised(AlarmKind::NoWorker).await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_that_dies_is_missed_and_one_that_ends_as_it_should_too() {
    let mut watched = Watched::with(&[("a", "")]).await;
    watched.office.queue("P-1", "P-1", "release = \"2026-11-23 18:00\"\n").await;
    kasnec::acts::approve(&watched.office.system, &watched.office.editor, watched.office.config(), "P-1", None)
        .await
        .unwrap();
    assert_eq!(watched.after(3).await, []);
    watched.office.rest().await;
    assert_eq!(watched.office.lines("SELECT worker FROM heartbeat").await.len(), 0);
    assert_eq!(watched.after(3).await, only(AlarmKind::NoWorker, ""), "long before anything is due");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dead_worker_is_missed_also_where_looks_are_far_apart() {
    let mut watched = Watched::over(Office::idle(&[("a", "")]).await).await;
    watched.office.queue("P-1", "P-1", "release = \"2026-11-23 18:00\"\n").await;
    kasnec::acts::approve(&watched.office.system, &watched.office.editor, watched.office.config(), "P-1", None)
        .await
        .unwrap();
    for _ in 0..5 {
        watched.office.later(290);
        watched.office.system.store.beat("a worker").await.unwrap();
        watched.office.later(10);
        watched.dog.round(&watched.office.system).await;
        assert_eq!(watched.open().await, [], "it lives");
    }
    let mut missed = Vec::new();
    for _ in 0..2 {
        watched.office.later(300);
        watched.dog.round(&watched.office.system).await;
        missed.push(watched.open().await);
    }
    assert_eq!(
        missed,
        [vec![], only(AlarmKind::NoWorker, "")],
        "the first may follow a sleep, the second may not"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_night_the_workers_get_until_the_next_look_to_show_that_they_live() {
    let mut watched = Watched::over(Office::idle(&[("a", "")]).await).await;
    watched.office.queue("P-1", "P-1", "release = \"2026-11-24 18:00\"\n").await;
    kasnec::acts::approve(&watched.office.system, &watched.office.editor, watched.office.config(), "P-1", None)
        .await
        .unwrap();
    watched.office.system.store.beat("a worker").await.unwrap();
    assert_eq!(watched.after(1).await, []);
    watched.office.later(8 * 3600);
    watched.dog.round(&watched.office.system).await;
    assert_eq!(watched.open().await, []);
    watched.office.system.store.beat("a worker").await.unwrap();
    assert_eq!(watched.after(1).await, []);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_question_that_nobody_answers_is_an_alarm_for_ever() {
    let mut watched = Watched::with(&[("a", "")]).await;
    watched.office.script("a", &[Act::ByHand]);
    watched.office.publish("P-1").await;
    watched.office.until_all(State::NeedsPerson).await;
    for _ in 0..3 {
        watched.office.later(100 * 24 * 3600);
        let open = watched.after(2).await;
        assert!(open.contains(&(AlarmKind::NeedsPerson, "a".to_owned())), "{open:?}");
    }
    assert_eq!(watched.raised(AlarmKind::NeedsPerson).await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_that_lives_but_does_nothing_is_found_out() {
    let mut watched = Watched::over(Office::idle(&[("a", "")]).await).await;
    watched.office.publish("P-1").await;
    for _ in 0..12 {
        watched.office.system.store.beat("a worker that only breathes").await.unwrap();
        watched.after(1).await;
    }
    assert_eq!(watched.open().await, only(AlarmKind::Stuck, "a"));
}

#[tokio::test(flavor = "multi_thread")]
async fn each_pause_is_an_alarm_of_its_own_and_over_when_the_account_is_open_again() {
    let mut watched = Watched::with(&[("a", ""), ("b", "")]).await;
    watched.office.script("a", &[Act::SignedOut, Act::SignedOut]);
    watched.office.publish("P-1").await;
    watched.office.until(|all| all.iter().any(|d| d.failure.is_some())).await;
    assert_eq!(watched.after(3).await, only(AlarmKind::ChannelPaused, "a"));
    let first = watched.office.system.store.open_alarms("k").await.unwrap().remove(0);
    assert_eq!(first.cause.detail.failure.as_ref().unwrap().code, FailureCode::PasswordChanged);
    // It pauses again before anybody has looked: that is another time.
    watched.office.system.store.reopen_account("k", "a", "editor").await.unwrap();
    watched.office.breathe().await;
    assert_eq!(watched.after(1).await, only(AlarmKind::ChannelPaused, "a"));
    assert_eq!(watched.raised(AlarmKind::ChannelPaused).await, 2);
    watched.office.system.store.reopen_account("k", "a", "editor").await.unwrap();
    watched.office.until_all(State::Delivered).await;
    assert_eq!(watched.after(1).await, []);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_reason_for_which_nothing_is_confirmed_has_its_name() {
    let mut watched = Watched::with(&[
        ("out", "parallel = 1"),
        ("doubt", ""),
        ("hands", "settings.phases = \"one\""),
        ("refused", ""),
        ("fails", ""),
        ("well", ""),
    ])
    .await;
    let office = &watched.office;
    office.remote("out").lock().unwrap().out = Some(FailureCode::Unreachable);
    office.script("doubt", &[Act::TakeAndLose]);
    office.remote("doubt").lock().unwrap().blind = Some(nothing_seen());
    office.script("hands", &[Act::Lose]);
    office.script("refused", &[Act::Refuse]);
    office.remote("fails").lock().unwrap().poison = Some("P-1".to_owned());
    office.publish("P-1").await;
    let open = watched.after(25).await;
    for (kind, about) in [
        (AlarmKind::ChannelDown, "out"),
        (AlarmKind::NeedsPerson, "hands"),
        (AlarmKind::Refused, "refused"),
    ] {
        assert!(open.contains(&(kind, about.to_owned())), "{kind} {about}: {open:?}");
    }
    assert!(
        open.iter()
            .any(|(kind, about)| about == "doubt" && matches!(kind, AlarmKind::InDoubt | AlarmKind::ChannelDown)),
        "{open:?}"
    );
    assert!(open.iter().any(|(_, about)| about == "fails"), "{open:?}");
    assert!(open.iter().all(|(_, about)| about != "well"), "{open:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_that_nobody_configures_any_more_is_missed_at_once() {
    let mut watched = Watched::over(Office::idle(&[("a", "")]).await).await;
    watched.office.publish("P-1").await;
    watched.office.system.store.put_accounts("k", &[]).await.unwrap();
    let open = watched.after(3).await;
    assert!(open.contains(&(AlarmKind::ChannelMissing, "a".to_owned())), "{open:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_machine_that_slept_for_a_week_gives_its_workers_a_moment() {
    let mut watched = Watched::with(&[("a", "")]).await;
    watched.office.queue("P-1", "P-1", "release = \"2026-12-23 18:00\"\n").await;
    kasnec::acts::approve(&watched.office.system, &watched.office.editor, watched.office.config(), "P-1", None)
        .await
        .unwrap();
    watched.office.clock.advance(chrono::Duration::days(7));
    watched.dog.round(&watched.office.system).await;
    let store = &watched.office.system.store;
    while store.last_beat(watched.office.clock.now()).await.unwrap().is_none() {
        watched.office.breathe().await;
    }
    watched.office.breathe().await;
    watched.dog.round(&watched.office.system).await;
    let quiet = |open: &[(AlarmKind, String)]| open.iter().all(|(kind, _)| *kind == AlarmKind::Backup);
    assert!(quiet(&watched.open().await), "{:?}", watched.open().await);
    assert_eq!(watched.open().await.len(), 1, "but a week without a backup is told of");
    let now = watched.office.clock.now();
    assert!(watched.office.system.store.last_beat(now).await.unwrap().is_some());
}
