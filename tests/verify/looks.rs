//! Standing, changed, gone, and what cannot be told: on a channel that is only an HTTP call.

use kasnec::receipt::{AlarmKind, Doubt, Finding, View};

use super::office::Office;
use super::paper::{Mood, Paper};

const TITLE: &str = "Mbledhja e 7-të e Kuvendit";
const BODY: &str = "Mbledhja mbahet më 24 nëntor në orën 10:00, në sallën \"A\".\n\nRendi i ditës: buxheti.";

/// An office with that paper, looked at as `verify` says, and the paper's post office, at which nobody can look.
async fn office(paper: &Paper) -> Office {
    let manifests = [
        Paper::manifest(
            "paper",
            "[verify]\nparts = [\"text\"]\nwalls = [\"/login\"]\ngone = [\"Artikulli u hoq\"]",
        ),
        Paper::manifest("letters", ""),
    ];
    let lines = format!("[offices.k.accounts.paper]\nsettings.base_url = \"{}\"\n", paper.url);
    Office::open("http://127.0.0.1:9", &lines, &manifests).await
}

async fn published() -> (Office, Paper) {
    let paper = Paper::open().await;
    let office = office(&paper).await;
    office.publish("T-1", TITLE, BODY).await;
    (office, paper)
}

#[tokio::test]
async fn what_stands_is_seen_soon_and_the_next_day_and_then_nobody_looks_any_more() {
    let (office, paper) = published().await;
    assert_eq!(office.looks_after(30).await, 0, "caches are given a minute");
    assert_eq!(office.looks_after(31).await, 1);
    assert_eq!((office.findings("paper").await, paper.visits()), (vec![Finding::Standing], 1));
    assert_eq!(office.newest("paper").await.seen, Some(Finding::Standing));
    assert_eq!(office.looks_after(23 * 3600).await, 0);
    assert_eq!(office.looks_after(3600).await, 1);
    assert_eq!(office.findings("paper").await, [Finding::Standing, Finding::Standing]);
    assert_eq!(office.looks_after(90 * 24 * 3600).await, 0);
    assert_eq!(office.noted("T-1").await, ["seen standing"], "what is known already is no line");
    assert!(office.disturbed().await.is_empty());
}

#[tokio::test]
async fn a_citizen_brings_no_credentials_and_no_cookies() {
    let (office, paper) = published().await;
    office.looks_after(61).await;
    let visits = paper.inside.lock().unwrap().visits.clone();
    assert_eq!(visits.len(), 1);
    assert!(
        visits[0].get("authorization").is_none() && visits[0].get("cookie").is_none(),
        "{visits:?}"
    );
    let glance = office.glances("paper").await.remove(0).glance;
    assert_eq!((glance.view, glance.address), (View::Citizen, Some(format!("{}/n/1", paper.url))));
    assert_eq!(glance.evidence_hash.unwrap().len(), 64);
}

#[tokio::test]
async fn what_somebody_changed_is_told_with_what_differs_and_not_put_right_by_the_machine() {
    let (office, paper) = published().await;
    paper.rewrite("10:00", "12:00");
    office.looks_after(61).await;
    assert!(office.findings("paper").await.is_empty(), "one look may have met a cache");
    office.looks_for_hours(1).await;
    let glance = office.glances("paper").await.remove(0).glance;
    assert_eq!(
        (glance.finding, office.disturbed().await),
        (Finding::Changed, vec![Finding::Changed])
    );
    let what = glance.what.unwrap();
    assert!(what.contains("10:00") && what.contains("12:00"), "{what}");
    office.looks_for_hours(26).await;
    assert_eq!(office.noted("T-1").await, ["seen changed"]);
    assert_eq!((office.deliveries().await.len(), paper.written()), (1, 1), "nothing is sent again");
}

#[tokio::test]
async fn what_was_taken_down_is_gone_only_when_it_was_seen_so_three_times() {
    let (office, paper) = published().await;
    office.looks_after(61).await;
    paper.inside.lock().unwrap().posts.clear();
    office.looks_after(24 * 3600).await;
    office.looks_after(130).await;
    assert_eq!((office.newest("paper").await.seen, paper.visits()), (Some(Finding::Standing), 3));
    office.looks_after(250).await;
    assert_eq!(office.findings("paper").await, [Finding::Standing, Finding::Gone]);
    assert_eq!(office.noted("T-1").await, ["seen standing", "seen gone"]);
    assert_eq!((office.disturbed().await, paper.written()), (vec![Finding::Gone], 1));
    let alarms = kasnec::alarm::current(&office.system, office.config()).await.unwrap();
    let alarm = alarms.iter().find(|alarm| alarm.cause.kind == AlarmKind::Disturbed).unwrap();
    assert_eq!(
        (alarm.cause.about.as_str(), alarm.cause.detail.note.as_deref()),
        ("paper", Some("T-1 (gone)"))
    );
}

#[tokio::test]
async fn a_page_that_says_with_status_200_that_there_is_nothing_is_gone() {
    let (office, paper) = published().await;
    paper.mood(Mood::Says("Artikulli u hoq.".to_owned()));
    office.looks_for_hours(1).await;
    assert_eq!(office.findings("paper").await, [Finding::Gone]);
}

#[tokio::test]
async fn an_outage_is_neither_gone_nor_standing_and_is_looked_at_again_within_bounds() {
    for mood in [Mood::Status(500), Mood::Status(503), Mood::Says("Mirëmbajtje".to_owned())] {
        let (office, paper) = published().await;
        paper.mood(mood);
        office.looks_for_hours(3).await;
        assert!(paper.visits() > 4 && office.findings("paper").await.is_empty());
        office.looks_for_hours(5).await;
        assert_eq!((office.findings("paper").await, paper.visits()), (vec![Finding::CannotTell], 8));
        assert_eq!(
            office.disturbed().await,
            [Finding::CannotTell],
            "a person is told that it is not confirmed"
        );
        assert!(office.noted("T-1").await.is_empty());
        paper.mood(Mood::Shows);
        office.looks_for_hours(20).await;
        assert_eq!(office.findings("paper").await, [Finding::CannotTell, Finding::Standing]);
        assert!(office.disturbed().await.is_empty());
    }
}

#[tokio::test]
async fn a_sign_in_wall_hides_what_stands_and_is_called_so() {
    let (office, paper) = published().await;
    for mood in [Mood::Redirects("/login?next=1".to_owned()), Mood::Status(403)] {
        paper.mood(mood);
        office.looks_after(61).await;
        let item = office.newest("paper").await.item;
        let ahead = office.system.store.looks_ahead(item, chrono::Duration::minutes(1)).await.unwrap();
        assert_eq!(ahead[0].last.as_ref().unwrap().doubt, Some(Doubt::Wall));
        office.later(600);
    }
}

#[tokio::test]
async fn a_redirect_leads_nowhere_inside_but_to_where_the_account_is() {
    let (office, paper) = published().await;
    let inside = Paper::open().await;
    inside.mood(Mood::Says(format!("{TITLE} {BODY}")));
    for target in [
        format!("{}/n/1", inside.url),
        "http://[::1]/".to_owned(),
        "file:///etc/passwd".to_owned(),
    ] {
        paper.mood(Mood::Redirects(target));
        office.looks_after(3700).await;
        let item = office.newest("paper").await.item;
        let ahead = office.system.store.looks_ahead(item, chrono::Duration::minutes(1)).await.unwrap();
        let doubt = ahead[0].last.as_ref().unwrap().doubt;
        assert_eq!(doubt, Some(Doubt::Forbidden));
    }
    paper.mood(Mood::Redirects("/n/1".to_owned()));
    office.looks_after(3700).await;
    assert_eq!((inside.visits(), office.findings("paper").await.len()), (0, 0));
}

#[tokio::test]
async fn nobody_pretends_to_have_looked_at_a_letter() {
    let paper = Paper::open().await;
    let lines = format!("[offices.k.accounts.letters]\nsettings.base_url = \"{}\"\n", paper.url);
    let office = Office::open("http://127.0.0.1:9", &lines, &[Paper::manifest("letters", "")]).await;
    office.publish("T-1", TITLE, BODY).await;
    office.looks_for_hours(30).await;
    let glances = office.glances("letters").await;
    assert_eq!(glances.len(), 1);
    assert_eq!(
        (glances[0].glance.finding, glances[0].glance.view),
        (Finding::NotVisible, View::Nobody)
    );
    assert!(office.disturbed().await.is_empty() && office.noted("T-1").await.is_empty());
    assert_eq!(paper.visits(), 0);
}

#[tokio::test]
async fn a_withdrawn_post_must_not_be_seen_again() {
    let (office, paper) = published().await;
    let kept = paper.inside.lock().unwrap().posts.clone();
    office.withdraw("T-1").await;
    office.looks_after(61).await;
    assert_eq!(office.findings("paper").await, [Finding::Standing], "the withdrawal stands");
    paper.inside.lock().unwrap().posts = kept;
    office.looks_for_hours(26).await;
    let glance = office.glances("paper").await.pop().unwrap().glance;
    assert_eq!(glance.finding, Finding::Changed);
    assert!(glance.what.unwrap().contains("seen again"));
}

#[tokio::test]
async fn a_person_can_have_it_looked_at_again() {
    let (office, paper) = published().await;
    paper.rewrite("10:00", "12:00");
    office.looks_for_hours(30).await;
    paper.rewrite("12:00", "10:00");
    assert_eq!(office.looks().await, 0);
    let delivery = office.newest("paper").await.id;
    office.system.store.ask_for_look(&office.editor, delivery).await.unwrap();
    assert_eq!(office.looks().await, 1);
    assert!(office.disturbed().await.is_empty());
    assert_eq!(office.noted("T-1").await, ["seen changed", "seen standing"]);
    assert!(office.system.store.ask_for_look(&office.editor, delivery + 1).await.is_err());
}
