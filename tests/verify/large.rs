//! Pages that are far larger than an office's.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use kasnec::receipt::{Doubt, Finding};

use super::office::Office;
use super::paper::{Mood, Paper};

const TITLE: &str = "Hapet biblioteka";
const BODY: &str = "Biblioteka hapet të hënën në orën 9.";

async fn published() -> (Office, Paper) {
    let paper = Paper::open().await;
    let lines = format!("[offices.k.accounts.paper]\nsettings.base_url = \"{}\"\n", paper.url);
    let manifests = [Paper::manifest("paper", "[verify]\nparts = [\"text\"]")];
    let office = Office::open("http://127.0.0.1:9", &lines, &manifests).await;
    office.publish("T-1", TITLE, BODY).await;
    (office, paper)
}

fn page(bytes: usize) -> String {
    format!("{}<p>{TITLE}</p><p>{BODY}</p>", "<p>tjetër gjë</p>".repeat(bytes / 18))
}

/// One thread serves everybody here: while it compared, nothing else would go on.
#[tokio::test]
async fn while_a_large_page_is_compared_everything_else_goes_on() {
    let (mut office, paper) = published().await;
    office.rest().await;
    paper.mood(Mood::Says(page(3_500_000)));
    let longest = Arc::new(AtomicU64::new(0));
    let ticks = longest.clone();
    let ticking = tokio::spawn(async move {
        loop {
            let begun = Instant::now();
            tokio::time::sleep(Duration::from_millis(5)).await;
            ticks.fetch_max(begun.elapsed().as_millis().try_into().unwrap(), Ordering::SeqCst);
        }
    });
    let begun = Instant::now();
    office.looks_after(61).await;
    let (took, longest) = (begun.elapsed().as_millis(), longest.load(Ordering::SeqCst));
    ticking.abort();
    assert_eq!(office.findings("paper").await, [Finding::Standing]);
    assert!(
        u128::from(longest) * 2 < took,
        "everything else stood still for {longest} of {took} ms"
    );
}

#[tokio::test]
async fn a_page_that_is_too_large_to_compare_is_told_and_is_no_change() {
    let (office, paper) = published().await;
    paper.mood(Mood::Says(page(5_000_000)));
    office.looks_after(61).await;
    let item = office.newest("paper").await.item;
    let ahead = office.system.store.looks_ahead(item, chrono::Duration::minutes(1)).await.unwrap();
    let last = ahead[0].last.as_ref().unwrap();
    assert_eq!((last.finding, last.doubt), (Finding::CannotTell, Some(Doubt::Unclear)));
    assert!(last.what.as_ref().unwrap().contains("too much to compare"), "{last:?}");
}
