//! Why a duty will be missed: each reason in the situation that brings it about, and gone when that is mended.

use kasnec::register::Standing;
use kasnec::register::prospect::RiskKind;
use kasnec::store::obligations::ObligationState::Met;

use super::office::{ALL, Office, at};
use super::remote::Act;
use super::texts::{assembly, committee, debate, item, released, report, request};

const HOURS: &str = "approval_hours = 4\nwriting_hours = 8";

async fn office(wall: &str) -> Office {
    Office::with(wall, ALL, HOURS, None).await
}

impl Office {
    /// Why the duty will be missed.
    async fn risks(&self, rule: &str, reference: &str) -> Vec<RiskKind> {
        self.line(rule, reference).await.risks.iter().map(|risk| risk.kind).collect()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_waits_for_approval_late_on_a_friday_misses_a_deadline_of_the_weekend() {
    let office = office("2027-03-10 09:00").await;
    office.queue(&committee("KO-1", "2027-03-18 10:00")).await.unwrap();
    assert_eq!(office.risks("01-committee", "KO-1").await, []);
    assert_eq!(office.line("01-committee", "KO-1").await.standing, Standing::OnCourse);
    office.go("2027-03-12 15:00").await;
    let line = office.line("01-committee", "KO-1").await;
    assert_eq!((line.standing, line.risks[0].kind), (Standing::AtRisk, RiskKind::Unapproved));
    assert_eq!(
        line.risks[0].expected_at,
        Some(at("2027-03-15 11:00")),
        "one hour on Friday, three on Monday"
    );
    assert!(line.risks.iter().all(|risk| risk.kind == RiskKind::Unapproved), "{:?}", line.risks);
    office.approve("KO-1", None).await.unwrap();
    office.settle().await;
    assert_eq!(
        office.risks("01-committee", "KO-1").await,
        [RiskKind::NeedsPerson],
        "nobody hangs the sheet before Monday"
    );
    office.hang_all().await;
    assert_eq!(office.one("01-committee", "KO-1").await.state, Met);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_nobody_has_written_is_at_risk_when_the_hours_left_do_not_suffice() {
    let office = office("2027-06-28 09:00").await;
    assert_eq!(office.risks("06-mayor-report", "2027-H1").await, []);
    office.go("2027-06-30 09:00").await;
    let line = office.line("06-mayor-report", "2027-H1").await;
    assert_eq!((line.standing, line.risks[0].kind), (Standing::AtRisk, RiskKind::Unwritten));
    office.queue(&report("mayor-report", "R-1", 2027, "first-half", "")).await.unwrap();
    assert_eq!(
        office.risks("06-mayor-report", "2027-H1").await,
        [],
        "four hours for the approval are left"
    );
    office.go("2027-06-30 14:00").await;
    assert_eq!(office.risks("06-mayor-report", "2027-H1").await[0], RiskKind::Unapproved);
    office.approve("R-1", None).await.unwrap();
    office.go("2027-06-30 15:00").await;
    assert_eq!(office.owed_by("06-mayor-report", "2027-H1").await[0].state, Met);
}

#[tokio::test(flavor = "multi_thread")]
async fn after_the_cautious_readings_time_the_lenient_ones_is_still_left() {
    let office = office("2027-06-28 09:00").await;
    office.go("2027-07-05 09:00").await;
    let line = office.line("06-mayor-report", "2027-H1").await;
    assert_eq!(line.standing, Standing::AtRisk);
    assert_eq!(line.risks.iter().map(|risk| risk.kind).collect::<Vec<_>>(), [RiskKind::SafePassed]);
    office.go("2027-08-02 09:00").await;
    assert_eq!(office.line("06-mayor-report", "2027-H1").await.standing, Standing::Overdue);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_that_is_not_decided_is_at_risk_on_its_last_afternoon() {
    let office = office("2027-03-01 09:00").await;
    office.queue(&request("Q-1", "2027-03-01 08:30", "")).await.unwrap();
    office.go("2027-03-08 11:00").await;
    assert_eq!(office.risks("11-access", "Q-1").await, []);
    office.go("2027-03-08 14:00").await;
    assert_eq!(office.risks("11-access", "Q-1").await, [RiskKind::Undone]);
    office
        .queue(&request("Q-1", "2027-03-01 08:30", "decided_at = \"2027-03-08 13:00\""))
        .await
        .unwrap();
    office.refresh().await;
    assert_eq!(office.one("11-access", "Q-1").await.state, Met);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_release_after_the_deadline_is_told_as_such_until_it_is_published_now() {
    let office = office("2027-03-01 09:00").await;
    office
        .queue(&released(&debate("DB-1", "2027-03-24 10:00"), "2027-03-12 09:00"))
        .await
        .unwrap();
    office.approve("DB-1", Some("Vonesë")).await.unwrap();
    office.settle().await;
    let line = office.line("08-mayor-debate", "DB-1").await;
    let told: Vec<_> = line.risks.iter().map(|risk| (risk.kind, risk.expected_at)).collect();
    assert_eq!(told, [(RiskKind::ReleasedLate, Some(at("2027-03-12 09:00"))); 2]);
    kasnec::acts::publish_now(&office.system, &office.editor, "DB-1").await.unwrap();
    office.settle().await;
    office.refresh().await;
    assert_eq!(office.one("08-mayor-debate", "DB-1").await.state, Met);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_channel_that_waits_for_a_person_holds_up_what_is_behind_it() {
    let office = office("2027-03-01 09:00").await;
    office.every_call("facebook", Some(Act::SignedOut));
    office.publish(&debate("DB-1", "2027-03-24 10:00")).await;
    let line = office.line("08-mayor-debate", "DB-1").await;
    assert_eq!(
        line.risks
            .iter()
            .map(|risk| (risk.kind, risk.channel.as_deref()))
            .collect::<Vec<_>>(),
        [(RiskKind::ChannelPaused, Some("facebook"))]
    );
    office.every_call("facebook", None);
    office.system.store.reopen_account("k", "facebook", "editor").await.unwrap();
    office.settle().await;
    office.refresh().await;
    assert_eq!(office.one("08-mayor-debate", "DB-1").await.state, Met);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_third_notice_of_a_page_that_bears_one_a_day_comes_too_late() {
    let accounts = [
        ALL[0],
        ("facebook", "channel = \"scripted\"\ngroup = \"facebook\"\nspacing_seconds = 86400"),
    ];
    let office = Office::with("2027-03-08 09:00", &accounts, HOURS, None).await;
    // Two weeks clear: by the end of 9 March.
    for reference in ["DB-1", "DB-2", "DB-3"] {
        office.publish(&debate(reference, "2027-03-24 10:00")).await;
    }
    assert_eq!(office.one("08-mayor-debate", "DB-1").await.state, Met);
    assert_eq!(office.risks("08-mayor-debate", "DB-2").await, []);
    let third = office.line("08-mayor-debate", "DB-3").await;
    assert_eq!((third.standing, third.risks[0].kind), (Standing::AtRisk, RiskKind::Pace));
    assert_eq!(
        third.risks[0]
            .expected_at
            .unwrap()
            .with_timezone(&super::office::ZONE)
            .date_naive()
            .to_string(),
        "2027-03-10"
    );
    office.withdraw("DB-2", "U anulua").await;
    office.settle().await;
    assert_eq!(office.risks("08-mayor-debate", "DB-3").await, [], "its place in the line is free");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_delivery_that_is_refused_or_lost_is_told_until_somebody_settles_it() {
    let office = office("2027-03-01 09:00").await;
    office.every_call("facebook", Some(Act::Refuse));
    office.every_call("website", Some(Act::ByHand));
    office.publish(&debate("DB-1", "2027-03-24 10:00")).await;
    let line = office.line("08-mayor-debate", "DB-1").await;
    let told: Vec<_> = line
        .risks
        .iter()
        .map(|risk| (risk.kind, risk.channel.as_deref().unwrap_or("")))
        .collect();
    assert_eq!(told, [(RiskKind::Refused, "facebook")], "what hands can do in time is no risk");
    office.every_call("facebook", None);
    let refused = line.obligation.item.unwrap();
    let deliveries = office.system.store.publications(refused).await.unwrap();
    let refused = deliveries.iter().find(|delivery| delivery.account == "facebook").unwrap();
    office.system.store.retry(&office.editor, refused.delivery).await.unwrap();
    office.settle().await;
    assert_eq!(office.risks("08-mayor-debate", "DB-1").await, []);
    office.go("2027-03-09 15:00").await;
    assert_eq!(office.risks("08-mayor-debate", "DB-1").await, [RiskKind::NeedsPerson]);
    office.hang_all().await;
    assert_eq!(office.one("08-mayor-debate", "DB-1").await.state, Met);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_office_without_a_page_is_told_that_the_rule_asks_for_one() {
    let mut office = Office::with("2027-03-01 09:00", &ALL[..1], HOURS, None).await;
    office.publish(&debate("DB-1", "2027-03-24 10:00")).await;
    let line = office.line("08-mayor-debate", "DB-1").await;
    assert_eq!(
        line.risks
            .iter()
            .map(|risk| (risk.kind, risk.channel.as_deref()))
            .collect::<Vec<_>>(),
        [(RiskKind::NoAccount, Some("facebook"))]
    );
    office.configure(&[ALL[0], ALL[1]], HOURS);
    office.reopen().await;
    assert_eq!(
        office.risks("08-mayor-debate", "DB-1").await,
        [RiskKind::NotPlanned],
        "an account that came later"
    );
    office
        .correct(
            &debate("DB-1", "2027-03-24 10:00").replace("Rrugët", "Rrugët e reja"),
            "Rendi i ditës",
            None,
        )
        .await;
    office.settle().await;
    office.refresh().await;
    assert_eq!(office.one("08-mayor-debate", "DB-1").await.state, Met);
}

#[tokio::test(flavor = "multi_thread")]
async fn before_its_event_nobody_can_write_what_follows_it() {
    let office = office("2027-03-01 09:00").await;
    office.publish(&assembly("KK-1", "2027-03-24 10:00")).await;
    assert_eq!(office.risks("02-information", "KK-1").await, []);
    office.go("2027-03-26 09:00").await;
    assert_eq!(office.risks("02-information", "KK-1").await, [RiskKind::Unwritten]);
    office
        .publish(&item(
            "meeting-information",
            "INF",
            "body = \"assembly\"\nmeeting_date = \"2027-03-24\"",
        ))
        .await;
    assert_eq!(office.one("02-information", "KK-1").await.state, Met);
}
