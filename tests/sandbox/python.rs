//! Meta's own client for Python, unchanged, against the stand-in; and its parameter tables against what was recorded.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use kasnec::sandbox::facebook::Options;

use crate::desk::{Desk, png};

fn python() -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let python = std::env::var_os("KASNEC_PYTHON").map_or_else(|| root.join("target/venv/bin/python"), PathBuf::from);
    assert!(
        python.exists(),
        "no Python at {}: run `make test-deps`, or set KASNEC_PYTHON",
        python.display()
    );
    python
}

async fn run(script: &str, arguments: Vec<String>) -> Output {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/sandbox").join(script);
    let mut command = Command::new(python());
    command.arg(script).args(arguments);
    tokio::task::spawn_blocking(move || command.output().expect("Python runs"))
        .await
        .expect("it ended")
}

fn text(output: &Output) -> String {
    format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    )
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_client_that_meta_publishes_works_unchanged_and_its_requests_pass_the_check() {
    let folder = tempfile::tempdir().expect("a folder");
    let (record, photo) = (folder.path().join("recording.jsonl"), folder.path().join("foto.png"));
    std::fs::write(&photo, png()).expect("written");
    let desk = Desk::with(Options {
        record: Some(record.clone()),
        ..Options::default()
    })
    .await;
    let client = run("graph_client.py", vec![desk.sandbox.url(), photo.display().to_string()]).await;
    assert!(client.status.success(), "{}", text(&client));
    let check = run("check_recording.py", vec![record.display().to_string()]).await;
    assert!(check.status.success(), "{}", text(&check));
}

#[tokio::test]
async fn a_recording_with_a_wrong_request_fails_the_check_and_is_named() {
    let folder = tempfile::tempdir().expect("a folder");
    let record = folder.path().join("recording.jsonl");
    let desk = Desk::with(Options {
        record: Some(record.clone()),
        ..Options::default()
    })
    .await;
    let wrong = [
        ("feed", [("mesage", "gabim shkrimi")], "mesage"),
        ("feed", [("published", "ndoshta")], "published"),
        ("feed", [("unpublished_content_type", "SKETCH")], "unpublished_content_type"),
        (
            "photos",
            [("scheduled_publish_time", "2026-12-01T10:00:00Z")],
            "scheduled_publish_time",
        ),
    ];
    for (edge, form, _) in &wrong {
        desk.post(&desk.edge(edge), form).await;
    }
    desk.get(&desk.edge("promotable_posts")).await;
    let check = run("check_recording.py", vec![record.display().to_string()]).await;
    let said = text(&check);
    assert_eq!(check.status.code(), Some(1), "{said}");
    for (_, _, name) in &wrong {
        assert!(said.contains(&format!("`{name}`")), "{name} is not named in: {said}");
    }
    assert!(said.contains("promotable_posts"), "{said}");
}
