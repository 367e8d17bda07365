//! What survives a restart.

use std::io::Write;

use serde_json::json;

use crate::desk::Desk;

#[tokio::test]
async fn posts_survive_a_restart_and_ids_are_not_given_twice() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("state.jsonl");
    let desk = Desk::with_state(&file).await;
    let first = desk.draft("E para").await;
    desk.sandbox.shutdown().await;

    let desk = Desk::with_state(&file).await;
    assert_ne!(desk.draft("E dyta").await, first);
    desk.publish(&first).await;
    assert_eq!(desk.wall().await, ["E para"]);
}

#[tokio::test]
async fn an_accepted_post_is_on_disk_before_its_answer() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("state.jsonl");
    let desk = Desk::with_state(&file).await;
    desk.fault(json!({ "kind": "accept_then_reset" })).await;
    assert!(desk.send(&desk.edge("feed"), &[("message", "Në disk")]).await.is_err());
    assert!(std::fs::read_to_string(&file).expect("a file").contains("Në disk"));
}

#[tokio::test]
async fn a_line_torn_by_a_kill_is_cut_off() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("state.jsonl");
    let desk = Desk::with_state(&file).await;
    desk.draft("E plotë").await;
    desk.sandbox.shutdown().await;
    let mut torn = std::fs::OpenOptions::new().append(true).open(&file).expect("a file");
    torn.write_all(b"{\"post\":{\"id\":\"1").expect("written");

    let desk = Desk::with_state(&file).await;
    desk.draft("Pas rënies").await;
    desk.sandbox.shutdown().await;
    let desk = Desk::with_state(&file).await;
    assert_eq!(desk.posts().await["created"], 2);
}

#[tokio::test]
async fn a_reset_forgets_everything_also_on_disk() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("state.jsonl");
    let desk = Desk::with_state(&file).await;
    desk.draft("Harroje").await;
    desk.control("reset", json!({})).await;
    assert_eq!(desk.posts().await["created"], 0);
    assert_eq!(std::fs::metadata(&file).expect("a file").len(), 0);
}

#[tokio::test]
async fn dropping_the_handle_stops_the_sandbox() {
    let desk = Desk::open().await;
    let (client, url) = (desk.client.clone(), desk.url("/"));
    assert!(client.get(&url).send().await.is_ok());
    drop(desk);
    for _ in 0..100 {
        if reqwest::Client::get(&client, &url).send().await.is_err() {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    panic!("it still answers");
}

#[tokio::test]
async fn a_port_that_is_taken_is_told_with_a_way_out() {
    let desk = Desk::open().await;
    let options = kasnec::sandbox::facebook::Options {
        listen: desk.sandbox.addr(),
        ..Default::default()
    };
    let error = kasnec::sandbox::facebook::start(options).await.expect_err("the port is taken");
    assert!(error.to_string().contains("choose a free port"), "{error}");
}
