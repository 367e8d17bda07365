//! What becomes of the clock when a meeting is moved, called off or corrected.

use kasnec::rules::Subject;
use kasnec::store::obligations::ObligationState::{Lifted, Met, Open};

use super::office::{Office, at};
use super::remote::Act;
use super::texts::{assembly, assembly_with};

const RULES: &str = include_str!("../../rules/kacanik.toml");

#[tokio::test(flavor = "multi_thread")]
async fn a_postponed_meeting_restarts_the_clock_and_the_old_round_stays_as_it_ended() {
    let office = Office::new("2027-03-01 09:00").await;
    office.publish(&assembly("KK-1", "2027-03-24 10:00")).await;
    office.go("2027-03-02 09:00").await;
    office.hang_all().await;
    let old = office.one("01-assembly", "KK-1").await;
    assert_eq!((old.state, old.met_at), (Met, Some(at("2027-03-02 09:00"))));
    office.go("2027-03-20 09:00").await;
    office.postpone("KK-1", "2027-04-06 10:00", "Mungesë kuorumi", None).await.unwrap();
    office.settle().await;
    office.refresh().await;
    let rounds = office.owed_by("01-assembly", "KK-1").await;
    assert_eq!(rounds.len(), 2);
    assert_eq!(rounds[0], old);
    assert_eq!(rounds[1].state, Open);
    assert_eq!(rounds[1].due.as_ref().unwrap().latest_by, at("2027-03-30 10:00"));
    assert_eq!(
        rounds[1].proof.stands.iter().filter(|stand| stand.at.is_some()).count(),
        2,
        "the board is not told yet"
    );
    office.go("2027-03-21 09:00").await;
    office.hang_all().await;
    assert_eq!(office.owed_by("01-assembly", "KK-1").await[1].met_at, Some(at("2027-03-21 09:00")));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_postponement_overtakes_before_it_was_due_is_lifted_for_its_reason() {
    let office = Office::new("2027-03-01 09:00").await;
    office.publish(&assembly("KK-1", "2027-03-24 10:00")).await;
    office.go("2027-03-03 09:00").await;
    office.postpone("KK-1", "2027-04-06 10:00", "Mungesë kuorumi", None).await.unwrap();
    office.settle().await;
    office.refresh().await;
    let rounds = office.owed_by("01-assembly", "KK-1").await;
    assert_eq!((rounds[0].state, rounds[0].reason.as_deref()), (Lifted, Some("Mungesë kuorumi")));
    assert_eq!((rounds[0].met_at, rounds[1].state), (None, Open));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_round_that_was_met_while_nobody_looked_is_met_and_not_lifted() {
    let office = Office::new("2027-03-01 09:00").await;
    office.publish(&assembly("KK-1", "2027-03-24 10:00")).await;
    office.go_to(at("2027-03-02 09:00")).await;
    for sheet in office.by_hand().await {
        office.done_by_hand(&sheet).await;
    }
    office.go_to(at("2027-03-02 09:05")).await;
    office.postpone("KK-1", "2027-04-06 10:00", "Mungesë kuorumi", None).await.unwrap();
    office.settle().await;
    office.refresh().await;
    let rounds = office.owed_by("01-assembly", "KK-1").await;
    assert_eq!((rounds[0].state, rounds[0].met_at), (Met, Some(at("2027-03-02 09:00"))));
    assert_eq!(rounds[1].state, Open);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_overdue_round_stays_overdue_when_the_meeting_is_postponed_after_it() {
    let office = Office::new("2027-03-01 09:00").await;
    office.publish(&assembly("KK-1", "2027-03-24 10:00")).await;
    office.go("2027-03-20 09:00").await;
    office.postpone("KK-1", "2027-04-06 10:00", "Mungesë kuorumi", None).await.unwrap();
    office.settle().await;
    office.hang_all().await;
    let rounds = office.owed_by("01-assembly", "KK-1").await;
    assert_eq!((rounds[0].state, rounds[1].state), (Open, Met));
    assert_eq!(rounds[0].due.as_ref().unwrap().latest_by, at("2027-03-17 10:00"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_meeting_called_off_ends_the_duty_to_inform_and_opens_the_duty_to_say_so() {
    let office = Office::new("2027-03-01 09:00").await;
    office.publish(&assembly("KK-1", "2027-03-24 10:00")).await;
    office.go("2027-03-03 11:00").await;
    office.withdraw("KK-1", "Thirrje e pavlefshme").await;
    office.settle().await;
    office.refresh().await;
    let owed = office.owed_by("01-assembly", "KK-1").await;
    assert_eq!((owed[0].state, owed[0].reason.as_deref()), (Lifted, Some("Thirrje e pavlefshme")));
    let told = &owed[1];
    assert_eq!((&told.subject, told.state), (&Subject::Cancelled, Open));
    assert_eq!(told.due.as_ref().unwrap().latest_by, at("2027-03-04 11:00"));
    assert_eq!(told.proof.stands.len(), 4, "on every channel that had it: {:?}", told.proof.stands);
    office.go("2027-03-03 15:00").await;
    office.hang_all().await;
    let told = office.owed_by("01-assembly", "KK-1").await.remove(1);
    assert_eq!((told.state, told.met_at), (Met, Some(at("2027-03-03 15:00"))));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_cancellation_of_a_meeting_of_today_is_owed_before_it_would_have_begun() {
    let office = Office::new("2027-03-01 09:00").await;
    office.publish(&assembly("KK-1", "2027-03-24 10:00")).await;
    office.hang_all().await;
    office.go("2027-03-24 07:00").await;
    office.withdraw("KK-1", "Sëmundje").await;
    office.settle().await;
    office.refresh().await;
    let told = office.owed_by("01-assembly", "KK-1").await.remove(1);
    assert_eq!(told.due.unwrap().latest_by, at("2027-03-24 10:00"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cancellation_is_owed_only_where_the_notice_stood() {
    let office = Office::new("2027-03-01 09:00").await;
    office.every_call("facebook", Some(Act::Down));
    office.publish(&assembly("KK-1", "2027-03-24 10:00")).await;
    office.withdraw("KK-1", "Sëmundje").await;
    office.settle().await;
    office.refresh().await;
    let told = office.owed_by("01-assembly", "KK-1").await.remove(1);
    assert!(
        told.proof.stands.iter().all(|stand| stand.account != "facebook"),
        "{:?}",
        told.proof
    );
    office.hang_all().await;
    assert_eq!(office.owed_by("01-assembly", "KK-1").await[1].state, Met);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_cancellation_of_what_was_never_seen_anywhere_asks_for_nothing() {
    let office = Office::new("2027-03-01 09:00").await;
    office
        .queue(&super::texts::released(&assembly("KK-1", "2027-03-24 10:00"), "2027-03-05 08:00"))
        .await
        .unwrap();
    office.approve("KK-1", None).await.unwrap();
    office.settle().await;
    office.refresh().await;
    office.withdraw("KK-1", "Sëmundje").await;
    office.settle().await;
    office.refresh().await;
    assert_eq!(office.one("01-assembly", "KK-1").await.state, Lifted);
    assert_eq!(office.remote("website").lock().unwrap().public().len(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn where_a_half_made_post_is_thrown_away_its_cancellation_need_not_be_told() {
    let office = Office::new("2027-03-01 09:00").await;
    // The draft is taken; then the channel is down before it is public.
    office.remote("facebook").lock().unwrap().script.extend([Act::Take, Act::Down]);
    office.publish(&assembly("KK-1", "2027-03-24 10:00")).await;
    office.withdraw("KK-1", "Sëmundje").await;
    office.settle().await;
    office.refresh().await;
    office.go("2027-03-01 12:00").await;
    office.hang_all().await;
    let told = office.owed_by("01-assembly", "KK-1").await.remove(1);
    assert_eq!((told.state, told.met_at), (Met, Some(at("2027-03-01 12:00"))), "{told:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_corrected_agenda_does_not_restart_the_clock() {
    let office = Office::new("2027-03-01 09:00").await;
    office.publish(&assembly("KK-1", "2027-03-24 10:00")).await;
    office.hang_all().await;
    let before = office.one("01-assembly", "KK-1").await;
    office.go("2027-03-22 09:00").await;
    let corrected = assembly("KK-1", "2027-03-24 10:00").replace("Buxheti", "Buxheti 2028");
    office.correct(&corrected, "Rendi i ditës u plotësua", None).await;
    office.settle().await;
    office.refresh().await;
    assert_eq!(office.one("01-assembly", "KK-1").await, before);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_corrected_agenda_restarts_the_clock_where_the_rule_says_so() {
    let mut office = Office::new("2027-03-01 09:00").await;
    let rules = RULES.replacen("restarts = [\"meeting_start\"]", "restarts = [\"meeting_start\", \"agenda\"]", 1);
    office.write_rules("kacanik.toml", &rules);
    office.reopen().await;
    office.publish(&assembly("KK-1", "2027-03-24 10:00")).await;
    office.hang_all().await;
    office.go("2027-03-10 09:00").await;
    let corrected = assembly("KK-1", "2027-03-24 10:00").replace("Buxheti", "Buxheti 2028");
    office.correct(&corrected, "Rendi i ditës u plotësua", None).await;
    office.settle().await;
    office.refresh().await;
    let rounds = office.owed_by("01-assembly", "KK-1").await;
    assert_eq!(rounds.iter().map(|round| round.state).collect::<Vec<_>>(), [Met, Open]);
    assert_eq!(rounds[0].due.as_ref().unwrap().latest_by, rounds[1].due.as_ref().unwrap().latest_by);
    office.hang_all().await;
    assert_eq!(office.owed_by("01-assembly", "KK-1").await[1].met_at, Some(at("2027-03-10 09:00")));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_correction_of_the_hour_restarts_the_clock_and_the_urgent_notice_has_its_own() {
    let office = Office::new("2027-03-01 09:00").await;
    office.publish(&assembly("KK-1", "2027-03-24 10:00")).await;
    office.hang_all().await;
    office.correct(&assembly("KK-1", "2027-03-24 14:00"), "Ora", None).await;
    office.settle().await;
    office.refresh().await;
    let rounds = office.owed_by("01-assembly", "KK-1").await;
    assert_eq!(rounds[1].due.as_ref().unwrap().latest_by, at("2027-03-17 14:00"));
    let why = "session = \"urgent\"\nurgent_reason = { sq = \"Vërshime\" }\nurgent_basis = { sq = \"Neni 44\" }\ncalled_by = { sq = \"Kryesuesi\" }";
    office.publish(&assembly_with("KK-2", "2027-03-02 10:00", why)).await;
    assert_eq!(
        office.one("01-assembly", "KK-2").await.due.unwrap().latest_by,
        at("2027-03-02 10:00")
    );
}
