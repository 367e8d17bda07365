//! The servers that other tests lean on: they answer, they keep tests apart, and they never outlive a test.
#![allow(clippy::expect_used, clippy::unwrap_used, reason = "the helpers of a test fail as the test does")]

#[path = "../support/guarded.rs"]
mod guarded;
#[path = "../support/postgres.rs"]
mod postgres;
mod processes;

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use guarded::Guarded;
use postgres::Postgres;
use sqlx::{Connection, PgConnection};

const VICTIM: &str = "KASNEC_SUPPORT_CHECK_VICTIM";
const FOLDER: &str = "the folder of the server: ";

#[tokio::test]
async fn a_fresh_database_answers() {
    let mut database = PgConnection::connect(&postgres::server().fresh_database()).await.unwrap();
    let one: i32 = sqlx::query_scalar("SELECT 1").fetch_one(&mut database).await.unwrap();
    assert_eq!(one, 1);
}

#[tokio::test]
async fn two_fresh_databases_do_not_see_each_other() {
    let mut first = PgConnection::connect(&postgres::server().fresh_database()).await.unwrap();
    let mut second = PgConnection::connect(&postgres::server().fresh_database()).await.unwrap();
    sqlx::query("CREATE TABLE notice (title TEXT)").execute(&mut first).await.unwrap();
    let unseen = sqlx::query("SELECT title FROM notice").execute(&mut second).await.unwrap_err();
    assert_eq!(
        unseen.as_database_error().unwrap().code().as_deref(),
        Some("42P01"),
        "undefined table"
    );
}

#[tokio::test]
async fn a_server_flushes_its_commits_unless_told_otherwise() {
    assert_eq!(fsync_of(postgres::server()).await, "on");
    assert_eq!(fsync_of(&Postgres::start_with(&["fsync=off"])).await, "off");
}

async fn fsync_of(server: &Postgres) -> String {
    let mut database = PgConnection::connect(&server.url("postgres")).await.unwrap();
    sqlx::query_scalar("SHOW fsync").fetch_one(&mut database).await.unwrap()
}

#[test]
fn a_dropped_postgres_leaves_neither_process_nor_folder() {
    let server = Postgres::start();
    let folder = server.process().folder().to_owned();
    assert!(
        processes::of(&folder).len() >= 3,
        "a server and its helpers: {:?}",
        processes::of(&folder)
    );
    drop(server);
    assert_nothing_is_left_of(&folder);
}

/// The test starts its own binary once more, as the test process that is to be killed.
#[test]
fn a_killed_test_process_leaves_neither_postgres_nor_folder() {
    if std::env::var_os(VICTIM).is_some() {
        hold_a_server_until_killed();
    }
    let (mut victim, folder) = start_victim("a_killed_test_process_leaves_neither_postgres_nor_folder");
    assert!(
        processes::of(&folder).len() >= 3,
        "a server and its helpers: {:?}",
        processes::of(&folder)
    );
    victim.kill().unwrap();
    victim.wait().unwrap();
    assert_nothing_is_left_of(&folder);
}

fn hold_a_server_until_killed() -> ! {
    println!("\n{FOLDER}{}", postgres::server().process().folder().display());
    loop {
        sleep(Duration::from_mins(1));
    }
}

fn start_victim(test: &str) -> (Child, PathBuf) {
    let mut victim = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", test, "--nocapture"])
        .env(VICTIM, "1")
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(victim.stdout.take().unwrap()).lines().map(Result::unwrap);
    let folder = lines.find_map(|line| line.strip_prefix(FOLDER).map(PathBuf::from));
    (victim, folder.expect("the victim tells its server's folder"))
}

#[test]
fn a_server_that_ignores_its_signal_is_killed_with_its_children() {
    let mut stubborn = Guarded::spawn(|folder| shell(folder, "trap '' TERM; sleep 1000 & echo up; wait"));
    stubborn
        .wait_for(Duration::from_secs(10), |server| server.output().contains("up").then_some(()))
        .unwrap();
    let folder = stubborn.folder().to_owned();
    assert!(
        processes::of(&folder).len() > 2,
        "watcher, shell and sleeper: {:?}",
        processes::of(&folder)
    );
    drop(stubborn);
    assert_nothing_is_left_of(&folder);
}

#[test]
fn a_server_that_ends_while_awaited_shows_what_it_said() {
    let mut broken = Guarded::spawn(|folder| shell(folder, "echo 'no such setting' >&2; exit 3"));
    let said = broken.wait_for(Duration::from_secs(10), |_| None::<()>).unwrap_err();
    assert_eq!(said.trim(), "no such setting");
}

#[test]
fn a_killed_server_is_gone_at_once() {
    let server = Guarded::spawn(|folder| shell(folder, "sleep 1000"));
    let (pid, folder) = (server.pid(), server.folder().to_owned());
    assert_eq!(server.kill().code(), Some(128 + 9));
    assert!(!Path::new("/proc").join(pid.to_string()).exists());
    assert_nothing_is_left_of(&folder);
}

fn shell(folder: &Path, script: &str) -> Command {
    let mut command = Command::new("sh");
    command.args(["-c", script]).current_dir(folder);
    command
}

fn assert_nothing_is_left_of(folder: &Path) {
    let begun = Instant::now();
    while folder.exists() || !processes::of(folder).is_empty() {
        assert!(
            begun.elapsed() < Duration::from_secs(10),
            "left of {}: {:?}",
            folder.display(),
            processes::of(folder)
        );
        sleep(Duration::from_millis(20));
    }
}
