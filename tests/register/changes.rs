//! A changed rule or calendar recomputes what is open, never what has ended.

use kasnec::store::obligations::ObligationState::{Lifted, Met, Open};

use super::office::{Office, at};
use super::texts::{assembly, item};

const RULES: &str = include_str!("../../rules/kacanik.toml");
const HOLIDAYS: &str = include_str!("../../rules/holidays/kosovo-2027.toml");

#[tokio::test(flavor = "multi_thread")]
async fn a_changed_rule_moves_what_is_open_and_the_register_shows_both_versions() {
    let mut office = Office::new("2027-03-01 09:00").await;
    office.publish(&assembly("KK-1", "2027-03-24 10:00")).await;
    office.hang_all().await;
    office.publish(&assembly("KK-2", "2027-03-26 10:00")).await;
    let (ended, before) = (office.one("01-assembly", "KK-1").await, office.one("01-assembly", "KK-2").await);
    office.write_rules("kacanik.toml", &RULES.replacen("before = \"7 days\"", "before = \"10 days\"", 1));
    office.reopen().await;
    let changes = office.refresh().await;
    assert_eq!((changes.opened, changes.revised, changes.ended), (0, 1, 0));
    assert_eq!(office.one("01-assembly", "KK-1").await, ended);
    let after = office.one("01-assembly", "KK-2").await;
    assert_eq!(after.due.as_ref().unwrap().latest_by, at("2027-03-16 10:00"));
    assert_ne!(after.version, before.version);
    let versions = office.system.store.versions(after.id).await.unwrap();
    let told: Vec<_> = versions
        .iter()
        .map(|version| {
            (
                version.version.as_str(),
                version.rule["before"].as_str().unwrap(),
                version.due.clone(),
            )
        })
        .collect();
    assert_eq!(
        told,
        [
            (before.version.as_str(), "7 days", before.due),
            (after.version.as_str(), "10 days", after.due.clone())
        ]
    );
    assert_eq!(office.system.store.versions(ended.id).await.unwrap().len(), 1);
    assert_eq!(office.refresh().await.revised, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn another_holiday_moves_what_is_counted_in_working_days() {
    let mut office = Office::new("2027-03-01 09:00").await;
    office.publish(&assembly("KK-1", "2027-03-24 10:00")).await;
    let before = office.one("02-information", "KK-1").await;
    let holiday = "\n[[holiday]]\ndate = \"2027-03-25\"\nname = { sq = \"Dita e re\" }\n";
    office.write_rules("holidays/kosovo-2027.toml", &format!("{HOLIDAYS}{holiday}"));
    office.reopen().await;
    office.refresh().await;
    let after = office.one("02-information", "KK-1").await;
    assert_eq!(
        (before.due.unwrap().latest_by, after.due.unwrap().latest_by),
        (at("2027-03-27 00:00"), at("2027-03-31 00:00"))
    );
    assert_eq!(before.version, after.version, "the rule itself is the same");
    assert_eq!(office.system.store.versions(after.id).await.unwrap().len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_no_rule_asks_for_any_more_is_lifted_but_what_was_overdue_stays() {
    let mut office = Office::new("2027-03-01 09:00").await;
    office.go("2027-03-10 09:00").await;
    office.write_rules("kacanik.toml", &without(&["09-mayor-day", "16-yearbook"]));
    office.reopen().await;
    office.refresh().await;
    let weeks = office.owed_by("09-mayor-day", "").await;
    assert_eq!(weeks[..3].iter().map(|week| week.state).collect::<Vec<_>>(), [Open, Open, Lifted]);
    assert!(office.owed_by("16-yearbook", "").await.iter().all(|year| year.state == Lifted));
    assert!(office.owed_by("06-mayor-report", "").await.iter().all(|half| half.state == Open));
    office.publish(&item("yearbook", "Y-1", "year = 2027")).await;
    assert!(office.owed_by("16-yearbook", "").await.iter().all(|year| year.state == Lifted));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rule_that_ends_lifts_what_would_fall_due_after_its_last_day() {
    let mut office = Office::new("2027-03-01 09:00").await;
    office.publish(&assembly("KK-1", "2027-03-24 10:00")).await;
    office.publish(&assembly("KK-2", "2027-04-24 10:00")).await;
    office.write_rules(
        "kacanik.toml",
        &RULES.replacen("before = \"7 days\"", "before = \"7 days\"\nvalid_until = \"2027-03-31\"", 1),
    );
    office.reopen().await;
    office.hang_all().await;
    assert_eq!(office.one("01-assembly", "KK-1").await.state, Met);
    assert_eq!(office.one("01-assembly", "KK-2").await.state, Lifted);
}

#[tokio::test(flavor = "multi_thread")]
async fn facts_that_change_before_approval_move_the_deadline_of_the_same_duty() {
    let office = Office::new("2027-03-01 09:00").await;
    office.queue(&assembly("KK-1", "2027-03-24 10:00")).await.unwrap();
    office.refresh().await;
    office.queue(&assembly("KK-1", "2027-03-29 10:00")).await.unwrap();
    assert_eq!(office.refresh().await.revised, 1);
    assert_eq!(
        office.one("01-assembly", "KK-1").await.due.unwrap().latest_by,
        at("2027-03-22 10:00")
    );
    office
        .queue(&assembly("KK-1", "2027-03-29 10:00").replace("venue", "session = \"extraordinary\"\nvenue"))
        .await
        .unwrap();
    office.refresh().await;
    assert_eq!(office.one("01-assembly", "KK-1").await.state, Lifted);
    assert_eq!(office.one("01-extraordinary", "KK-1").await.state, Open);
}

/// The plan without these rules.
fn without(rules: &[&str]) -> String {
    let mut parts = RULES.split("[[rule]]\n");
    let mut kept = parts.next().unwrap().to_owned();
    for part in parts {
        let id = part.lines().next().unwrap();
        if rules.iter().any(|rule| id == format!("id = \"{rule}\"")) {
            // A principle may follow the rule in the file.
            kept.push_str(part.find("[[principle]]").map_or("", |at| &part[at..]));
        } else {
            kept.push_str("[[rule]]\n");
            kept.push_str(part);
        }
    }
    kept
}
