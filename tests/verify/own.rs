//! The built-in site and the feed, as they are served.

use std::sync::Arc;

use kasnec::receipt::{Finding, View};
use tokio::net::TcpListener;
use tokio::sync::watch;

use super::office::Office;

struct Served {
    office: Office,
    _stop: watch::Sender<bool>,
}

async fn served() -> Served {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let office = Office::open(&url, "[offices.k.accounts.site]\n[offices.k.accounts.feed]\n", &[]).await;
    let (stop, stopped) = watch::channel(false);
    tokio::spawn(kasnec::web::serve(Arc::clone(&office.system), listener, stopped));
    office
        .publish(
            "T-1",
            "Ujësjellësi: <ndërprerje> & \"njoftim\"",
            "Uji ndërpritet më 24.11. në orën 10:00.\n\n- Lagjja e Re\n- Qendra\n\n| a | b |\n|-|-|\n| 1 | 2 |",
        )
        .await;
    Served { office, _stop: stop }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_page_and_the_feeds_entry_are_seen_as_they_were_sent() {
    let Served { office, _stop } = served().await;
    office.looks_after(61).await;
    for account in ["site", "feed"] {
        let glance = office.glances(account).await.remove(0).glance;
        assert_eq!(
            (glance.finding, glance.view),
            (Finding::Standing, View::Citizen),
            "{account}: {glance:?}"
        );
    }
    assert_eq!(office.noted("T-1").await, ["seen standing", "seen standing"]);
    office
        .correct("T-1", "Ujësjellësi", "Uji ndërpritet më 25.11. në orën 11:00.")
        .await;
    office.looks_after(61).await;
    assert_eq!(office.findings("site").await, [Finding::Standing]);
    assert_eq!(office.findings("feed").await, [Finding::Standing]);
    office.withdraw("T-1").await;
    office.looks_after(61).await;
    assert_eq!(
        (office.findings("site").await, office.findings("feed").await),
        (vec![Finding::Standing], vec![Finding::Standing])
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_page_that_was_changed_and_an_entry_that_is_missing_are_found() {
    let Served { office, _stop } = served().await;
    office
        .meddle("UPDATE page SET body = replace(body, '10:00', '15:00'); DELETE FROM entry")
        .await;
    // The feed is kept for a second after it was last read.
    tokio::time::sleep(std::time::Duration::from_millis(1100)).await;
    office.looks_for_hours(1).await;
    let page = office.glances("site").await.remove(0).glance;
    assert_eq!(page.finding, Finding::Changed);
    assert!(page.what.as_deref().unwrap().contains("15:00"), "{page:?}");
    assert_eq!(office.findings("feed").await, [Finding::Gone]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_entry_that_newer_ones_pushed_out_is_not_called_gone() {
    let Served { office, _stop } = served().await;
    office
        .meddle(
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 60) \
             INSERT INTO entry (office, id, lang, category, kind, title, content, link, published_at, updated_at) \
             SELECT 'k', 'tag:x,2026:' || i, 'sq', 'tjera', 'plain', 'N', '<p>N</p>', 'http://x.example/', published_at + 5000, published_at + 5000 FROM entry, n",
        )
        .await;
    tokio::time::sleep(std::time::Duration::from_millis(1100)).await;
    office.looks_for_hours(8).await;
    let glance = office.glances("feed").await.remove(0).glance;
    assert_eq!(glance.finding, Finding::CannotTell, "{glance:?}");
    assert_eq!(glance.doubt, Some(kasnec::receipt::Doubt::PushedOut));
}
