//! What a slip must not do: make a duty vanish, meet one before its time, or tell everybody what nobody published.

use kasnec::acts::{self, ActError};
use kasnec::item::Lang;
use kasnec::register::report::{Format, write};
use kasnec::register::{self, RegisterError};
use kasnec::store::obligations::ObligationState::{Lifted, Met, Open};

use super::office::{ALL, Office};
use super::texts::{assembly, assembly_with, information, item, request};

const TWO: &str = "lists.directorates = [\"Drejtoria e Arsimit\", \"Drejtoria e Shëndetësisë\"]";
const ONE: &str = "lists.directorates = [\"Drejtoria e Arsimit\"]";

async fn reopened(office: &mut Office, more: &str) {
    office.configure(ALL, more);
    office.reopen().await;
    office.refresh().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_slip_of_the_configuration_lifted_is_owed_again_once_it_is_mended() {
    let mut office = Office::with("2027-03-01 09:00", ALL, TWO, None).await;
    let open = async |office: &Office| {
        let owed = office.owed_by("06-directorate-report", "").await;
        owed.iter().filter(|owed| owed.state == Open).count()
    };
    let before = open(&office).await;
    reopened(&mut office, ONE).await;
    assert!(open(&office).await < before);
    reopened(&mut office, TWO).await;
    assert_eq!(open(&office).await, before);
    reopened(&mut office, TWO).await;
    assert_eq!(open(&office).await, before, "each once");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_person_lifted_is_not_owed_again() {
    let mut office = Office::with("2027-03-01 09:00", ALL, ONE, None).await;
    let owed = office.owed_by("06-directorate-report", "2027-H1").await.remove(0);
    register::settle::lift(&office.system, &office.editor, office.config(), owed.id, "Drejtoria u mbyll")
        .await
        .unwrap();
    reopened(&mut office, ONE).await;
    let states: Vec<_> = office
        .owed_by("06-directorate-report", "2027-H1")
        .await
        .iter()
        .map(|owed| owed.state)
        .collect();
    assert_eq!(states, [Lifted]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_correction_there_and_back_leaves_the_notice_with_its_duty() {
    let office = Office::new("2027-03-01 09:00").await;
    office.publish(&assembly("KK-1", "2027-03-30 10:00")).await;
    office.refresh().await;
    let first = office.one("01-assembly", "KK-1").await;
    let other = assembly_with("KK-1", "2027-03-30 10:00", "session = \"extraordinary\"");
    office.correct(&other, "Gabim", None).await;
    office.refresh().await;
    assert_eq!(office.owed_by("01-assembly", "KK-1").await[0].state, Lifted, "{first:?}");
    let back = assembly_with("KK-1", "2027-03-30 10:00", "session = \"regular\"");
    office.correct(&back, "Gabim", None).await;
    office.settle().await;
    office.hang_all().await;
    office.go("2027-03-02 09:00").await;
    let owed = office.owed_by("01-assembly", "KK-1").await;
    assert_eq!(owed.iter().map(|owed| owed.state).collect::<Vec<_>>(), [Lifted, Met]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_told_of_a_meeting_before_it_is_held_meets_nothing_until_then() {
    let office = Office::new("2027-03-01 09:00").await;
    office.publish(&assembly("KK-1", "2027-03-30 10:00")).await;
    office.publish(&information("I-1", "2027-03-30", Some("KK-1"))).await;
    office.go("2027-03-10 09:00").await;
    assert_eq!(office.one("02-information", "KK-1").await.state, Open);
    office.go("2027-03-30 12:00").await;
    let told = office.one("02-information", "KK-1").await;
    assert_eq!((told.state, told.met_at), (Met, Some(super::office::at("2027-03-30 10:00"))));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_report_tells_of_a_request_only_its_reference_and_covers_ten_years_at_most() {
    let office = Office::new("2027-03-01 09:00").await;
    office.queue(&request("Q-7", "2027-03-01 09:00", "")).await.unwrap();
    office.go("2027-04-01 09:00").await;
    let (lang, day): (Lang, fn(&str) -> chrono::NaiveDate) = ("sq".parse().unwrap(), |day| day.parse().unwrap());
    let report = |from, to| register::report(&office.system, office.config(), day(from), day(to), &lang);
    let made = report("2027-03-01", "2027-03-31").await.unwrap();
    let page = String::from_utf8(write(&made, Format::Html, &lang).unwrap()).unwrap();
    assert!(
        page.contains("Q-7") && !page.contains("Q-7 ·") && !page.contains("Njoftimi<"),
        "{page}"
    );
    for (from, to) in [("2027-03-31", "2027-03-01"), ("1000-01-01", "2027-03-01")] {
        assert!(matches!(report(from, to).await, Err(RegisterError::Range(..))));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_correction_that_starts_the_clock_anew_too_late_needs_a_reason_of_its_own() {
    let office = Office::new("2027-03-01 09:00").await;
    let consultation = |document: &str| {
        let facts = format!(
            "topic = \"budget\"\nmeeting_start = \"2027-03-05 10:00\"\nvenue = {{ sq = \"Salla\" }}\ndocument = {{ sq = \"{document}\" }}"
        );
        item("consultation", "KP-1", &facts)
    };
    office
        .publish_late(&consultation("Projektbuxheti"), Some("Salla u lirua vonë"))
        .await;
    let other = office.checked(&consultation("Projektbuxheti i ndryshuar"));
    acts::correct(&office.system, &office.editor, office.config(), "KP-1", other, "Dokument tjetër")
        .await
        .unwrap();
    assert!(matches!(office.approve("KP-1", None).await, Err(ActError::Late { .. })));
    assert!(office.approve("KP-1", Some("Dokumenti u ndryshua")).await.unwrap().late);
}
