//! Where an address leads somewhere else by now: what stands there counts only if it is the post's own.

use kasnec::receipt::{Doubt, Finding};

use super::office::Office;
use super::paper::{Mood, Paper};

const TITLE: &str = "Mbledhja e Kuvendit";
const BODY: &str = "Mbledhja mbahet më 24 nëntor në orën 10:00, në sallën \"A\".";

/// A paper whose old addresses lead to another page of it once a test says so.
async fn published() -> (Office, Paper) {
    let paper = Paper::open().await;
    let lines = format!("[offices.k.accounts.paper]\nsettings.base_url = \"{}\"\n", paper.url);
    let verify = "[verify]\nparts = [\"title\", \"text\"]\naliases = [\"{{settings.base_url}}/?nr={{remote_id}}\"]";
    let office = Office::open("http://127.0.0.1:9", &lines, &[Paper::manifest("paper", verify)]).await;
    office.publish("T-1", TITLE, BODY).await;
    (office, paper)
}

/// From now on every old address leads to that page.
fn leads_to(paper: &Paper, head: &str, text: &str) {
    paper.inside.lock().unwrap().other = format!("<html><head>{head}</head><body>{text}</body></html>");
    paper.mood(Mood::Redirects("/other".to_owned()));
}

fn text() -> String {
    format!("<h1>{TITLE}</h1><p>{TITLE}</p><p>{BODY}</p>")
}

const ANOTHER: &str = "<link rel=\"canonical\" href=\"/other\">";
const OWN: &str = "<link rel=\"canonical\" href=\"/other\"><link rel=\"shortlink\" href=\"/?nr=1\">";

#[tokio::test]
async fn another_post_with_a_like_title_does_not_bring_back_what_was_withdrawn() {
    for head in ["", ANOTHER] {
        let (office, paper) = published().await;
        office.withdraw("T-1").await;
        leads_to(&paper, head, &format!("<h1>{TITLE}</h1><p>Mbledhja mbahet më 30 nëntor.</p>"));
        office.looks_for_hours(26).await;
        assert_eq!(office.findings("paper").await, [Finding::Standing, Finding::Standing], "{head}");
        assert!(office.disturbed().await.is_empty());
    }
}

#[tokio::test]
async fn a_withdrawn_post_that_moved_is_seen_again_by_its_text_or_by_its_address() {
    let part = format!("<h1>{TITLE}</h1><p>{TITLE}</p><p>Mbledhja u mbajt.</p>");
    for (head, text) in [("", text()), (ANOTHER, text()), (OWN, part)] {
        let (office, paper) = published().await;
        office.withdraw("T-1").await;
        leads_to(&paper, head, &text);
        office.looks_for_hours(1).await;
        let glance = office.glances("paper").await.pop().unwrap().glance;
        assert_eq!(glance.finding, Finding::Changed, "{head}");
        assert!(glance.what.unwrap().contains("seen again"));
    }
}

#[tokio::test]
async fn another_post_that_says_the_same_is_not_the_one_that_was_published() {
    let (office, paper) = published().await;
    leads_to(&paper, ANOTHER, &text());
    office.looks_for_hours(8).await;
    let glance = office.glances("paper").await.pop().unwrap().glance;
    assert_eq!((glance.finding, glance.doubt), (Finding::CannotTell, Some(Doubt::Unclear)));
    assert!(glance.what.unwrap().contains("another page"));
}

#[tokio::test]
async fn a_post_that_moved_stands_where_its_address_leads() {
    for head in ["", OWN] {
        let (office, paper) = published().await;
        leads_to(&paper, head, &text());
        office.looks_after(61).await;
        assert_eq!(office.findings("paper").await, [Finding::Standing], "{head}");
    }
}

#[tokio::test]
async fn another_page_is_neither_a_change_nor_an_end() {
    let (office, paper) = published().await;
    leads_to(&paper, ANOTHER, &format!("<h1>{TITLE}</h1><p>Mbledhja mbahet më 30 nëntor.</p>"));
    office.looks_for_hours(8).await;
    assert_eq!(office.findings("paper").await, [Finding::CannotTell]);
}
