//! Corrections in between, restarts, and several processes.

use std::sync::Arc;

use kasnec::receipt::Finding;
use kasnec::verify;

use super::office::Office;
use super::paper::Paper;

async fn published() -> (Office, Paper) {
    let paper = Paper::open().await;
    let lines = format!("[offices.k.accounts.paper]\nsettings.base_url = \"{}\"\n", paper.url);
    let manifests = [Paper::manifest("paper", "[verify]\nparts = [\"text\"]")];
    let office = Office::open("http://127.0.0.1:9", &lines, &manifests).await;
    office
        .publish("T-1", "Hapet biblioteka", "Biblioteka hapet të hënën në orën 9.")
        .await;
    (office, paper)
}

const CORRECTED: (&str, &str) = ("Hapet biblioteka", "Biblioteka hapet të martën në orën 9.");

#[tokio::test]
async fn after_a_correction_only_the_new_text_is_looked_for() {
    let (office, paper) = published().await;
    paper.rewrite("të hënën", "kurrë");
    office.looks_for_hours(1).await;
    assert_eq!(office.disturbed().await, [Finding::Changed]);
    office.correct("T-1", CORRECTED.0, CORRECTED.1).await;
    assert!(
        office.disturbed().await.is_empty(),
        "what was found of the old text says nothing of the new one"
    );
    let visits = paper.visits();
    office.looks_after(61).await;
    assert_eq!(
        (office.findings("paper").await, paper.visits()),
        (vec![Finding::Standing], visits + 1)
    );
    let item = office.newest("paper").await.item;
    let ahead = office.system.store.looks_ahead(item, chrono::Duration::minutes(1)).await.unwrap();
    assert_eq!(ahead.len(), 1, "the old delivery's look of the next day is dropped: {ahead:?}");
}

#[tokio::test]
async fn while_a_correction_is_on_its_way_nobody_looks() {
    let (mut office, paper) = published().await;
    office.rest().await;
    office.propose_correction("T-1", CORRECTED.0, CORRECTED.1).await;
    office.looks_after(61).await;
    assert_eq!((paper.visits(), office.findings("paper").await.len()), (0, 0));
    office.work();
    office.delivered().await;
    office.looks_after(1000).await;
    assert_eq!((paper.visits(), office.findings("paper").await), (1, vec![Finding::Standing]));
    let first = office.deliveries().await[0].id;
    assert!(office.system.store.glances(first).await.unwrap().is_empty());
}

#[tokio::test]
async fn what_was_seen_while_a_correction_came_in_between_is_not_kept() {
    let (mut office, _paper) = published().await;
    office.rest().await;
    office.later(61);
    let account = office.system.store.accounts("k").await.unwrap()[0].id;
    let minute = chrono::Duration::minutes(1);
    let look = office.system.store.claim_looks(account, minute, minute, 4).await.unwrap().remove(0);
    office.propose_correction("T-1", CORRECTED.0, CORRECTED.1).await;
    let glance = kasnec::receipt::Glance::new(Finding::Gone, kasnec::receipt::View::Citizen);
    let noted = office.system.store.conclude(&look, &glance, None).await.unwrap();
    assert_eq!(noted, kasnec::store::looks::Noted::Overtaken);
    assert_eq!(office.deliveries().await[0].seen, None);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_processes_make_each_look_once() {
    let (office, paper) = published().await;
    for number in 2..30 {
        office
            .publish(&format!("T-{number}"), &format!("Njoftimi {number}"), "Teksti i njoftimit.")
            .await;
    }
    let other = office.another_process().await;
    office.later(61);
    let (one, two): (Arc<_>, Arc<_>) = (office.system.clone(), other);
    let work = |system: Arc<kasnec::system::System>| async move {
        let mut made = 0;
        for _ in 0..20 {
            made += verify::round(&system).await.unwrap();
        }
        made
    };
    let (one, two) = tokio::join!(tokio::spawn(work(one)), tokio::spawn(work(two)));
    let (one, two) = (one.unwrap(), two.unwrap());
    assert_eq!((one + two, paper.visits()), (29, 29), "{one} and {two}");
}

#[tokio::test]
async fn a_look_that_died_with_its_process_is_made_by_the_next_one() {
    let (office, paper) = published().await;
    office.later(61);
    let account = office.system.store.accounts("k").await.unwrap()[0].id;
    let (minute, lease) = (chrono::Duration::minutes(1), chrono::Duration::minutes(20));
    let lost = office.system.store.claim_looks(account, minute, lease, 4).await.unwrap().remove(0);
    let next = office.another_process().await;
    assert_eq!(verify::round(&next).await.unwrap(), 0, "it may be under way");
    office.later(21 * 60);
    assert_eq!(verify::round(&next).await.unwrap(), 1);
    assert_eq!((paper.visits(), office.findings("paper").await), (1, vec![Finding::Standing]));
    let late = kasnec::receipt::Glance::new(Finding::Gone, kasnec::receipt::View::Citizen);
    assert!(
        office.system.store.conclude(&lost, &late, None).await.is_err(),
        "whoever comes late writes nothing"
    );
    assert_eq!(office.newest("paper").await.seen, Some(Finding::Standing));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_account_with_thousands_of_looks_does_not_starve_the_others() {
    let (many, one) = (Paper::open().await, Paper::open().await);
    let lines = format!(
        "[verify]\nparallel = 1\nevery_seconds = 1\n[offices.k.accounts.many]\nsettings.base_url = \"{}\"\n[offices.k.accounts.one]\nsettings.base_url = \"{}\"\n",
        many.url, one.url
    );
    let looked_at = "[verify]\nparts = [\"text\"]";
    let manifests = [Paper::manifest("many", looked_at), Paper::manifest("one", looked_at)];
    let office = Office::open("http://127.0.0.1:9", &lines, &manifests).await;
    for number in 0..30 {
        office
            .publish(&format!("T-{number}"), &format!("Njoftimi {number}"), "Teksti i njoftimit.")
            .await;
    }
    let newest = office.newest("one").await;
    office
        .meddle(&format!(
            "DELETE FROM look WHERE account = (SELECT account FROM delivery WHERE id = {0}) AND delivery <> {0}",
            newest.id
        ))
        .await;
    office.later(61);
    let (stop, stopped) = tokio::sync::watch::channel(false);
    let watching = tokio::spawn(verify::watch(office.system.clone(), stopped));
    let end = std::time::Instant::now() + std::time::Duration::from_secs(20);
    while one.visits() == 0 && std::time::Instant::now() < end {
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    let looked = many.visits();
    stop.send_replace(true);
    watching.await.unwrap();
    assert_eq!(one.visits(), 1);
    assert!(looked <= 8, "{looked} looks at one account before another had its turn");
}
