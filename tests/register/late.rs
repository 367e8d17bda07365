//! Too late is possible, but only knowingly; and why is kept for ever.

use kasnec::acts::ActError;
use kasnec::register::RegisterError;
use kasnec::register::settle::{give_reason, lift, settle};
use kasnec::rules::Variant;
use kasnec::store::obligations::ObligationState::{Late, Lifted, Met, Open};

use super::office::{Office, at};
use super::remote::Act;
use super::texts::{assembly, assembly_with, information, item};

#[tokio::test(flavor = "multi_thread")]
async fn a_notice_that_is_too_late_needs_a_reason_which_revision_ledger_and_register_keep() {
    let office = Office::new("2027-03-20 09:00").await;
    office.queue(&assembly("KK-1", "2027-03-24 10:00")).await.unwrap();
    office.refresh().await;
    let refused = office.approve("KK-1", None).await.unwrap_err();
    assert!(
        matches!(&refused, ActError::Late { rule, .. } if rule == "01-assembly"),
        "{refused}"
    );
    assert!(matches!(office.approve("KK-1", Some("  ")).await, Err(ActError::Late { .. })));
    let told = office.approve("KK-1", Some("Kryesuesi ishte i sëmurë")).await.unwrap();
    assert!(told.late);
    office.settle().await;
    office.hang_all().await;
    let late = office.one("01-assembly", "KK-1").await;
    assert_eq!((late.state, late.met_at), (Late, Some(at("2027-03-20 09:00"))));
    assert_eq!(late.reason.as_deref(), Some("Kryesuesi ishte i sëmurë"));
    let item = late.item.unwrap();
    let revisions = office.system.store.revisions(item).await.unwrap();
    assert_eq!(revisions[0].late_reason, late.reason);
    let history = office.system.store.history(item).await.unwrap();
    let told = |act: &str| {
        history
            .iter()
            .any(|note| note.act == act && note.body.to_string().contains("Kryesuesi ishte i sëmurë"))
    };
    assert!(told("approved") && told("duty ended"), "{history:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_urgent_meeting_must_say_why_on_what_basis_and_who_called_it() {
    let office = Office::new("2027-03-23 09:00").await;
    office
        .queue(&assembly_with("KK-1", "2027-03-24 10:00", "session = \"urgent\""))
        .await
        .unwrap();
    let Err(ActError::LacksFacts(_, facts, rule, _)) = office.approve("KK-1", None).await else {
        panic!("approved")
    };
    assert_eq!(
        (facts.as_str(), rule.as_str()),
        ("urgent_reason, urgent_basis, called_by", "01-assembly")
    );
    let why = "session = \"urgent\"\nurgent_reason = { sq = \"Vërshime\" }\nurgent_basis = { sq = \"Neni 44\" }\ncalled_by = { sq = \"Kryesuesi\" }";
    office.publish(&assembly_with("KK-1", "2027-03-24 10:00", why)).await;
    office.go("2027-03-24 09:59").await;
    office.hang_all().await;
    let met = office.one("01-assembly", "KK-1").await;
    assert_eq!((met.state, met.due.unwrap().variant), (Met, Some(Variant::Urgent)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_postponement_to_a_day_that_is_too_near_needs_a_reason_too() {
    let office = Office::new("2027-03-01 09:00").await;
    office.publish(&assembly("KK-1", "2027-03-24 10:00")).await;
    office.hang_all().await;
    office.go("2027-03-23 09:00").await;
    let refused = office.postpone("KK-1", "2027-03-25 10:00", "Mungesë kuorumi", None).await;
    assert!(matches!(refused, Err(ActError::Late { .. })));
    office
        .postpone("KK-1", "2027-03-25 10:00", "Mungesë kuorumi", Some("Buxheti skadon"))
        .await
        .unwrap();
    office.settle().await;
    office.hang_all().await;
    let rounds = office.owed_by("01-assembly", "KK-1").await;
    assert_eq!((rounds[0].state, rounds[0].reason.as_deref()), (Met, None));
    assert_eq!((rounds[1].state, rounds[1].reason.as_deref()), (Late, Some("Buxheti skadon")));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_an_outage_made_late_has_a_reason_once_somebody_gives_it_and_only_once() {
    let office = Office::new("2027-03-10 09:00").await;
    office.every_call("facebook", Some(Act::Down));
    office.publish(&assembly("KK-1", "2027-03-24 10:00")).await;
    office.hang_all().await;
    let (system, by, config) = (&office.system, &office.editor, office.config());
    let open = office.one("01-assembly", "KK-1").await;
    assert!(matches!(
        give_reason(system, by, config, open.id, "x").await,
        Err(RegisterError::NotLate(_))
    ));
    office.go("2027-03-18 09:00").await;
    office.every_call("facebook", None);
    office.go("2027-03-18 10:00").await;
    let late = office.one("01-assembly", "KK-1").await;
    assert_eq!((late.state, late.reason), (Late, None));
    assert!(matches!(
        give_reason(system, by, config, late.id, " ").await,
        Err(RegisterError::Empty(_))
    ));
    let told = give_reason(system, by, config, late.id, "Facebook nuk punonte").await.unwrap();
    assert_eq!(told.reason.as_deref(), Some("Facebook nuk punonte"));
    assert!(matches!(
        give_reason(system, by, config, late.id, "tjetër").await,
        Err(RegisterError::HasReason(..))
    ));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reason_given_while_it_is_overdue_stays_when_it_is_met_at_last() {
    let office = Office::new("2027-03-10 09:00").await;
    office.publish(&assembly("KK-1", "2027-03-24 10:00")).await;
    office.go("2027-03-18 09:00").await;
    let overdue = office.one("01-assembly", "KK-1").await;
    give_reason(&office.system, &office.editor, office.config(), overdue.id, "Tabela u prish")
        .await
        .unwrap();
    office.hang_all().await;
    let late = office.one("01-assembly", "KK-1").await;
    assert_eq!((late.state, late.reason.as_deref()), (Late, Some("Tabela u prish")));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_reason_of_one_lateness_is_not_that_of_another() {
    let office = Office::new("2027-03-20 09:00").await;
    office
        .publish_late(&assembly("KK-1", "2027-03-24 10:00"), Some("Kryesuesi ishte i sëmurë"))
        .await;
    office.hang_all().await;
    office.go("2027-03-31 09:00").await;
    office.publish(&information("INF-1", "2027-03-24", Some("KK-1"))).await;
    let late = office.one("02-information", "KK-1").await;
    assert_eq!((late.state, late.reason), (Late, None));
    assert_eq!(office.one("17-facebook", "KK-1").await.state, Met);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_correction_of_what_is_late_already_is_not_asked_for_the_reason_again() {
    let office = Office::new("2027-03-20 09:00").await;
    office.publish_late(&assembly("KK-1", "2027-03-24 10:00"), Some("Vonesë")).await;
    let corrected = assembly("KK-1", "2027-03-24 10:00").replace("Salla", "Salla e madhe");
    office.correct(&corrected, "Vendi", None).await;
    office.settle().await;
    office.hang_all().await;
    let late = office.one("01-assembly", "KK-1").await;
    assert_eq!((late.state, late.reason.as_deref()), (Late, Some("Vonesë")));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_done_outside_is_said_by_a_person_and_what_has_ended_never_changes() {
    let office = Office::new("2027-07-20 09:00").await;
    office
        .queue(&item(
            "access-request",
            "Q-1",
            "received_at = \"2027-07-01 10:00\"\nsubject = \"Plani\"",
        ))
        .await
        .unwrap();
    office
        .queue(&item(
            "access-request",
            "Q-2",
            "received_at = \"2027-07-18 10:00\"\nsubject = \"Plani\"",
        ))
        .await
        .unwrap();
    office.refresh().await;
    let (system, by, config) = (&office.system, &office.editor, office.config());
    let (first, second) = (office.one("11-access", "Q-1").await, office.one("11-access", "Q-2").await);
    assert!(matches!(
        settle(system, by, config, first.id, Some(at("2027-07-21 09:00")), "Vendimi").await,
        Err(RegisterError::Ahead)
    ));
    let late = settle(system, by, config, first.id, Some(at("2027-07-12 09:00")), "Vendimi nr. 4")
        .await
        .unwrap();
    assert_eq!((late.state, late.proof.said.as_deref()), (Late, Some("Vendimi nr. 4")));
    let lifted = lift(system, by, config, second.id, "U tërhoq").await.unwrap();
    assert_eq!((lifted.state, lifted.reason.as_deref()), (Lifted, Some("U tërhoq")));
    assert!(matches!(
        settle(system, by, config, second.id, None, "x").await,
        Err(RegisterError::Ended(..))
    ));
    office
        .queue(&item(
            "access-request",
            "Q-2",
            "received_at = \"2027-07-18 10:00\"\nsubject = \"Plani\"\ndecided_at = \"2027-07-19 09:00\"",
        ))
        .await
        .unwrap();
    office.go("2027-08-20 09:00").await;
    assert_eq!(office.one("11-access", "Q-1").await, late);
    assert_eq!(office.one("11-access", "Q-2").await, lifted);
    assert!(
        office
            .owed_by("06-mayor-report", "2027-H2")
            .await
            .iter()
            .all(|open| open.state == Open)
    );
}
