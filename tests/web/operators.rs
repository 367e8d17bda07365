//! What operators and their machines ask.

use std::collections::BTreeMap;
use std::time::Duration;

use kasnec::receipt::{Failure, FailureCode, Objects, State};
use kasnec::store::queue::Allowance;
use kasnec::store::settle::{AccountEffect, Ending};
use serde_json::Value;

use crate::api::meeting;
use crate::desk::Desk;

/// Reads Prometheus' text format, strictly.
fn samples(text: &str) -> BTreeMap<String, f64> {
    let (mut samples, mut family) = (BTreeMap::new(), String::new());
    for line in text.lines() {
        if let Some(head) = line.strip_prefix("# TYPE ") {
            let (name, kind) = head.split_once(' ').unwrap();
            assert!(kind == "gauge" || kind == "counter", "{line}");
            name.clone_into(&mut family);
        } else if !line.starts_with("# HELP ") {
            let (sample, value) = line.rsplit_once(' ').unwrap();
            assert_eq!(sample.split('{').next().unwrap(), family, "a sample stands under its family");
            assert!(
                samples.insert(sample.to_owned(), value.parse().unwrap()).is_none(),
                "{sample} twice"
            );
        }
    }
    samples
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_figures_follow_the_queue() {
    let desk = Desk::open().await;
    let before = samples(&desk.page("/metrics").await);
    assert_eq!((before["kasnec_queue_open"], before["kasnec_oldest_due_seconds"]), (0.0, 0.0));
    meeting(&desk, "KK-7").await;
    desk.post(&desk.editor, "/api/items/KK-7/approve", &Value::Null).await;
    let queued = samples(&desk.page("/metrics").await);
    assert!(
        queued["kasnec_queue_open"] >= 3.0 && queued["kasnec_queue_due"] >= 3.0,
        "{queued:?}"
    );
    desk.deliver().await;
    let after = samples(&desk.page("/metrics").await);
    assert_eq!(
        after["kasnec_deliveries_total{channel=\"site\",outcome=\"delivered\"}"], 1.0,
        "{after:?}"
    );
    assert_eq!(after["kasnec_deliveries_waiting_for_person"], 1.0, "the board's sheet: {after:?}");
    assert_eq!(after["kasnec_accounts_paused"], 0.0);
    assert_eq!(after["kasnec_accounts_unreachable"], 0.0);
    desk.close().await;
}

/// Lets the site pause, as a worker would whose token has run out.
async fn pause(desk: &Desk) {
    let store = &desk.system.store;
    meeting(desk, "KK-7").await;
    desk.post(&desk.editor, "/api/items/KK-7/approve", &Value::Null).await;
    let due = store.due_accounts().await.unwrap();
    let account = due.iter().find(|account| account.channel == "site").unwrap().id;
    let allowance = Allowance {
        parallel: 1,
        spacing: chrono::Duration::zero(),
        daily: 0,
    };
    let lease = chrono::Duration::minutes(1);
    let held = store.claim(account, "", allowance, "test", lease, 1).await.unwrap().remove(0);
    let ending = Ending::Again {
        state: State::Planned,
        at: desk.system.clock.now(),
        failure: Failure::new(FailureCode::TokenExpired, "Session has expired."),
        failures: 0,
        looks: 0,
        account: AccountEffect::Pause,
    };
    store.settle(&held, &Objects::default(), &ending, "test").await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_paused_channel_is_an_alarm_for_people_and_machines_and_leaves_the_site_ready() {
    let desk = Desk::open().await;
    assert_eq!(desk.ask(&desk.editor, "/api/alarms").await, serde_json::json!([]));
    pause(&desk).await;
    let alarms = desk.ask(&desk.editor, "/api/alarms").await;
    let of = |kind: &str| alarms.as_array().unwrap().iter().find(|alarm| alarm["kind"] == kind).cloned();
    let paused = of("channel-paused").unwrap_or_else(|| panic!("{alarms}"));
    assert_eq!(
        (paused["about"].as_str(), paused["detail"]["waiting"].as_i64()),
        (Some("site"), Some(1))
    );
    assert_eq!(paused["detail"]["failure"]["code"], "token expired");
    assert!(
        paused["next_step"].as_str().unwrap().contains("kasnec channel connect site"),
        "{paused}"
    );
    assert!(of("no-worker").is_some(), "nobody works here: {alarms}");
    let figures = samples(&desk.page("/metrics").await);
    assert_eq!(figures["kasnec_alarms{kind=\"channel-paused\"}"], 1.0);
    assert_eq!(figures["kasnec_alarms{kind=\"stuck\"}"], 0.0);
    assert_eq!(desk.page("/readyz").await, "ready\n");
    desk.close().await;
}

#[tokio::test]
async fn a_process_without_its_store_lives_but_is_not_ready() {
    let desk = Desk::open().await;
    assert_eq!(desk.page("/readyz").await, "ready\n");
    desk.system.store.close().await;
    assert_eq!(desk.page("/healthz").await, "ok\n");
    let ready = desk.get("/readyz").send().await.unwrap();
    assert_eq!(ready.status(), 503);
    assert!(ready.text().await.unwrap().contains("the store is closed"));
    for path in ["/", "/n/x", "/feeds"] {
        let page = desk.get(path).send().await.unwrap();
        assert_eq!(
            (page.status().as_u16(), page.headers()["retry-after"].to_str().unwrap()),
            (503, "30"),
            "{path}"
        );
        assert!(page.text().await.unwrap().contains("provoni përsëri"), "{path}");
    }
    assert_eq!(desk.get("/feed/sq.xml").send().await.unwrap().status(), 503);
    desk.close().await;
}

#[tokio::test]
async fn the_server_ends_when_it_is_told_to() {
    let desk = Desk::open().await;
    let url = desk.url.clone();
    desk.page("/healthz").await;
    tokio::time::timeout(Duration::from_secs(5), desk.close())
        .await
        .expect("it ends in time");
    let address = url.strip_prefix("http://").unwrap();
    assert!(tokio::net::TcpStream::connect(address).await.is_err(), "nobody listens any more");
}
