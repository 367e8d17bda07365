//! What is owed without an item, after one, and by what is only tracked.

use kasnec::rules::{Subject, Variant};
use kasnec::store::obligations::ObligationState::{Late, Lifted, Met, Open};

use super::office::{ALL, Office, at};
use super::remote::Act;
use super::texts::{assembly, debate, information, item, petition, released, report, request, video};

const LISTS: &str = "lists.directorates = [\"Drejtoria e Arsimit\", \"Drejtoria e Shëndetësisë\"]";

#[tokio::test(flavor = "multi_thread")]
async fn a_year_ahead_is_owed_what_nobody_has_written_yet() {
    let office = Office::with("2027-03-01 09:00", ALL, LISTS, None).await;
    let periods = async |rule: &str| -> Vec<String> {
        let owed = office.owed_by(rule, "").await;
        owed.into_iter().map(|owed| owed.title).collect()
    };
    assert_eq!(periods("06-mayor-report").await, ["2027-H1", "2027-H2", "2028-H1"]);
    assert_eq!(periods("07-chairperson-report").await, ["2027-H1", "2027-H2", "2028-H1"]);
    assert_eq!(
        periods("06-directorate-report").await,
        ["2027-H1", "2027-H2", "2028-H1"]
            .map(|half| LISTS_OF.map(|name| format!("{half} · {name}")))
            .concat()
    );
    assert_eq!(periods("04-two-a-year").await, ["2027", "2027", "2028", "2028"]);
    assert_eq!(
        periods("16-yearbook").await,
        ["2026", "2027", "2028"],
        "that of the last year is due in March"
    );
    let weeks = periods("09-mayor-day").await;
    assert_eq!((weeks.len(), weeks[0].as_str(), weeks[52].as_str()), (53, "2027-W09", "2028-W09"));
    let first = office.owed_by("06-mayor-report", "2027-H1").await.remove(0).due.unwrap();
    assert_eq!((first.safe_by, first.latest_by), (at("2027-07-01 00:00"), at("2027-08-01 00:00")));
}

const LISTS_OF: [&str; 2] = ["Drejtoria e Arsimit", "Drejtoria e Shëndetësisë"];

#[tokio::test(flavor = "multi_thread")]
async fn the_report_of_a_directorate_meets_its_own_duty_in_whichever_language_it_names_it() {
    let office = Office::with("2027-07-01 09:00", ALL, LISTS, None).await;
    let named = "directorate = { sq = \"Drejtoria e Arsimit\" }";
    office
        .publish(&report("directorate-report", "R-1", 2027, "first-half", named))
        .await;
    office
        .publish(&report(
            "directorate-report",
            "R-2",
            2026,
            "year",
            "directorate = \"Drejtoria e Shëndetësisë\"",
        ))
        .await;
    let owed = office.owed_by("06-directorate-report", "2027-H").await;
    let state = |name: &str, half: &str| owed.iter().find(|owed| owed.title == format!("{half} · {name}")).unwrap().state;
    assert_eq!(
        owed.iter().filter(|owed| owed.state == Met).count(),
        1,
        "H1 was over when the register began, but may be reported until the end of July"
    );
    assert_eq!(state(LISTS_OF[0], "2027-H2"), Open);
    office.publish(&report("directorate-report", "R-3", 2027, "year", named)).await;
    let owed = office.owed_by("06-directorate-report", "2027-H2").await;
    assert_eq!(owed.iter().map(|owed| owed.state).collect::<Vec<_>>(), [Met, Open]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_follows_a_meeting_is_owed_once_its_notice_is_approved() {
    let office = Office::new("2027-03-01 09:00").await;
    office.queue(&assembly("KK-1", "2027-03-24 10:00")).await.unwrap();
    office.refresh().await;
    assert!(office.owed_by("02-information", "KK-1").await.is_empty() && office.owed_by("03-video", "KK-1").await.is_empty());
    office.approve("KK-1", None).await.unwrap();
    office.refresh().await;
    assert_eq!(
        office.one("02-information", "KK-1").await.due.unwrap().latest_by,
        at("2027-03-27 00:00")
    );
    assert_eq!(
        office.one("03-video", "KK-1").await.due.unwrap().latest_by,
        at("2027-03-31 00:00"),
        "Monday 29 March is Easter Monday"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_follow_up_is_tied_by_the_reference_it_names_or_else_by_the_day() {
    let office = Office::new("2027-03-01 09:00").await;
    office.publish(&assembly("KK-1", "2027-03-24 10:00")).await;
    office.publish(&assembly("KK-2", "2027-03-24 15:00")).await;
    office.go("2027-03-25 09:00").await;
    office.publish(&information("INF-1", "2027-03-24", Some("KK-2"))).await;
    let (first, second) = (
        office.one("02-information", "KK-1").await,
        office.one("02-information", "KK-2").await,
    );
    assert_eq!(
        (first.state, second.state, second.met_at),
        (Open, Met, Some(at("2027-03-25 09:00")))
    );
    office.go("2027-03-26 09:00").await;
    office.publish(&video("V-1", "2027-03-23", None)).await;
    assert_eq!(office.one("03-video", "KK-1").await.state, Open);
    office.publish(&video("V-2", "2027-03-24", None)).await;
    let (first, second) = (office.one("03-video", "KK-1").await, office.one("03-video", "KK-2").await);
    assert_eq!((first.state, second.state), (Met, Met), "one recording of a day with two sessions");
    assert_eq!(first.met_by, second.met_by);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_follow_up_that_stands_on_one_channel_only_has_not_met_its_duty_yet() {
    let office = Office::new("2027-03-01 09:00").await;
    office.publish(&assembly("KK-1", "2027-03-24 10:00")).await;
    office.go("2027-03-25 09:00").await;
    office.every_call("media", Some(Act::Down));
    office.publish(&information("INF-1", "2027-03-24", Some("KK-1"))).await;
    let open = office.one("02-information", "KK-1").await;
    assert_eq!((open.state, open.met_by.is_some()), (Open, true));
    assert_eq!(open.proof.stands.iter().filter(|stand| stand.at.is_some()).count(), 2);
    office.every_call("media", None);
    office.go("2027-03-29 09:00").await;
    let late = office.one("02-information", "KK-1").await;
    assert_eq!((late.state, late.met_at), (Late, Some(at("2027-03-29 09:00"))));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_would_follow_a_meeting_that_is_called_off_is_lifted_but_not_once_it_was_held() {
    let office = Office::new("2027-03-01 09:00").await;
    office.publish(&assembly("KK-1", "2027-03-24 10:00")).await;
    office.publish(&assembly("KK-2", "2027-03-24 15:00")).await;
    office.hang_all().await;
    office.go("2027-03-23 09:00").await;
    office.withdraw("KK-1", "Mungesë kuorumi").await;
    office.go("2027-03-25 09:00").await;
    office.withdraw("KK-2", "Gabim").await;
    office.go("2027-03-25 10:00").await;
    let lifted = office.one("02-information", "KK-1").await;
    assert_eq!((lifted.state, lifted.reason.as_deref()), (Lifted, Some("Mungesë kuorumi")));
    assert_eq!(office.one("03-video", "KK-1").await.state, Lifted);
    assert_eq!(office.one("02-information", "KK-2").await.state, Open);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_postponed_meeting_moves_what_follows_it() {
    let office = Office::new("2027-03-01 09:00").await;
    office.publish(&assembly("KK-1", "2027-03-24 10:00")).await;
    office.postpone("KK-1", "2027-04-06 10:00", "Mungesë kuorumi", None).await.unwrap();
    office.settle().await;
    office.refresh().await;
    let moved = office.one("02-information", "KK-1").await;
    assert_eq!(moved.due.as_ref().unwrap().latest_by, at("2027-04-09 00:00"));
    let versions = office.system.store.versions(moved.id).await.unwrap();
    assert_eq!(
        versions
            .iter()
            .map(|version| version.due.as_ref().unwrap().latest_by)
            .collect::<Vec<_>>(),
        [at("2027-03-27 00:00"), at("2027-04-09 00:00")]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_for_a_document_runs_from_receipt_until_it_is_decided_although_nothing_is_published() {
    let office = Office::new("2027-03-01 09:00").await;
    office.queue(&request("Q-1", "2027-03-01 08:30", "")).await.unwrap();
    office
        .queue(&request("Q-2", "2027-03-01 08:30", "extension = \"several-documents\""))
        .await
        .unwrap();
    office.go("2027-03-08 23:00").await;
    let (plain, longer) = (office.one("11-access", "Q-1").await, office.one("11-access", "Q-2").await);
    assert_eq!(plain.due.as_ref().unwrap().latest_by, at("2027-03-09 00:00"));
    assert_eq!(
        (longer.due.as_ref().unwrap().variant, longer.due.unwrap().latest_by),
        (Some(Variant::Extension), at("2027-03-17 00:00"))
    );
    office
        .queue(&request(
            "Q-1",
            "2027-03-01 08:30",
            "decision = \"granted\"\ndecided_at = \"2027-03-08 15:00\"",
        ))
        .await
        .unwrap();
    office.refresh().await;
    let met = office.one("11-access", "Q-1").await;
    assert_eq!((met.state, met.met_at), (Met, Some(at("2027-03-08 15:00"))));
    assert!(office.owed_by("17-facebook", "Q-1").await.is_empty());
    office
        .queue(&request(
            "Q-2",
            "2027-03-01 08:30",
            "decision = \"granted\"\ndecided_at = \"2027-03-18 10:00\"",
        ))
        .await
        .unwrap();
    office.refresh().await;
    assert_eq!(
        office.owed_by("11-access", "Q-2").await[0].state,
        Open,
        "a decision of next week has not been taken"
    );
    office.go("2027-03-18 10:00").await;
    let revised = office.one("11-access", "Q-2").await;
    assert_eq!((revised.state, revised.due.unwrap().latest_by), (Late, at("2027-03-09 00:00")));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_petition_has_two_clocks_and_the_second_starts_with_the_end_of_the_first() {
    let office = Office::new("2027-03-01 09:00").await;
    office.queue(&petition("P-1", "2027-03-01 08:30", "")).await.unwrap();
    office.refresh().await;
    assert_eq!(
        office.one("12-considered", "P-1").await.due.unwrap().latest_by,
        at("2027-05-01 00:00")
    );
    assert!(office.owed_by("12-replied", "P-1").await.is_empty());
    office.go("2027-04-20 16:00").await;
    office
        .queue(&petition("P-1", "2027-03-01 08:30", "considered_at = \"2027-04-20 10:00\""))
        .await
        .unwrap();
    office.refresh().await;
    assert_eq!(office.one("12-considered", "P-1").await.state, Met);
    assert_eq!(office.one("12-replied", "P-1").await.due.unwrap().latest_by, at("2027-05-06 00:00"));
    office.go("2027-05-10 10:00").await;
    office
        .queue(&petition(
            "P-1",
            "2027-03-01 08:30",
            "considered_at = \"2027-04-20 10:00\"\nreplied_at = \"2027-05-10 09:00\"",
        ))
        .await
        .unwrap();
    office.refresh().await;
    assert_eq!(office.one("12-replied", "P-1").await.state, Late);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_act_is_owed_from_its_registration_on() {
    let office = Office::new("2027-03-01 09:00").await;
    let act = |more: &str| {
        item(
            "municipal-act",
            "A-1",
            &format!("act_type = \"decision\"\nact_number = \"1\"\nadopted_on = \"2027-02-26\"\n{more}"),
        )
    };
    office.publish(&act("")).await;
    assert!(office.owed_by("13-acts", "A-1").await.is_empty());
    office.go("2027-03-10 09:00").await;
    office.every_call("website", Some(Act::Down));
    office.correct(&act("registered_on = \"2027-03-09\""), "Regjistrimi", None).await;
    office.settle().await;
    office.refresh().await;
    let open = office.one("13-acts", "A-1").await;
    assert_eq!(
        (open.state, open.due.unwrap().latest_by),
        (Open, at("2027-03-25 00:00")),
        "the registered text must stand"
    );
    office.every_call("website", None);
    office.go("2027-03-12 09:00").await;
    assert_eq!(office.one("13-acts", "A-1").await.met_at, Some(at("2027-03-12 09:00")));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_fell_due_before_the_register_began_is_not_invented_as_overdue() {
    let office = Office::with("2027-03-01 09:00", ALL, "owed_from = \"2027-03-15\"", None).await;
    office.queue(&assembly("KK-1", "2027-03-15 10:00")).await.unwrap();
    office.queue(&assembly("KK-2", "2027-03-25 10:00")).await.unwrap();
    office.go("2027-03-20 09:00").await;
    assert!(office.owed_by("01-assembly", "KK-1").await.is_empty());
    assert_eq!(office.one("01-assembly", "KK-2").await.state, Open);
    office.queue(&assembly("KK-3", "2027-03-18 10:00")).await.unwrap();
    office.refresh().await;
    assert_eq!(
        office.one("01-assembly", "KK-3").await.state,
        Open,
        "queued late under the register's eyes"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_waits_for_its_release_is_owed_on_facebook_once_it_is_public() {
    let office = Office::new("2027-03-01 09:00").await;
    office.every_call("facebook", Some(Act::Down));
    office
        .queue(&released(
            &item("standing-guide", "G-1", "service = \"cadastre\""),
            "2027-03-04 08:00",
        ))
        .await
        .unwrap();
    office.approve("G-1", None).await.unwrap();
    office.refresh().await;
    office.go("2027-03-02 09:00").await;
    assert!(office.owed_by("17-facebook", "G-1").await.is_empty());
    office.go("2027-03-04 08:00").await;
    let owed = office.one("17-facebook", "G-1").await;
    assert_eq!((owed.state, owed.due.unwrap().latest_by), (Open, at("2027-03-06 00:00")));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_week_is_fresh_by_what_stands_in_it_whenever_that_was_approved() {
    let office = Office::new("2027-03-01 09:00").await;
    office.publish(&item("standing-guide", "G-0", "service = \"cadastre\"")).await;
    office
        .queue(&released(
            &item("standing-guide", "G-1", "service = \"cadastre\""),
            "2027-03-09 08:00",
        ))
        .await
        .unwrap();
    office.approve("G-1", None).await.unwrap();
    office.go("2027-03-08 08:00").await;
    office.go("2027-03-09 08:00").await;
    let weeks = office.owed_by("15-freshness", "2027-W").await;
    assert_eq!(weeks[0].met_at, Some(at("2027-03-01 09:00")));
    assert_eq!(
        (weeks[1].title.as_str(), weeks[1].met_at),
        ("2027-W10", Some(at("2027-03-09 08:00")))
    );
    assert_eq!(weeks[2].state, Open);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_notice_of_the_mayors_day_serves_every_week_until_it_is_withdrawn() {
    let office = Office::new("2027-03-01 09:00").await;
    office.go("2027-03-02 09:00").await;
    office
        .publish(&item(
            "mayor-day",
            "D-1",
            "weekday = \"tuesday\"\nhours = \"10-12\"\nvenue = { sq = \"Salla\" }",
        ))
        .await;
    for monday in ["2027-03-08 09:00", "2027-03-15 09:00"] {
        office.go(monday).await;
    }
    office.go("2027-03-17 09:00").await;
    office.withdraw("D-1", "Ditë tjetër").await;
    office.go("2027-03-22 09:00").await;
    let weeks = office.owed_by("09-mayor-day", "2027-W").await;
    let ends: Vec<_> = weeks[..4].iter().map(|week| (week.state, week.met_at)).collect();
    assert_eq!(ends[0], (Late, Some(at("2027-03-02 09:00"))));
    assert_eq!(ends[1], (Met, Some(at("2027-03-08 00:00"))));
    assert_eq!(ends[2], (Met, Some(at("2027-03-15 00:00"))));
    assert_eq!(ends[3], (Open, None));
    assert!(matches!(weeks[0].subject, Subject::Period { .. }));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_debate_asks_for_no_board() {
    let office = Office::new("2027-03-01 09:00").await;
    office.publish(&debate("DB-1", "2027-03-24 10:00")).await;
    assert_eq!(office.one("08-mayor-debate", "DB-1").await.state, Met);
}
