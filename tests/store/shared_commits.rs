//! SQLite's shared commits: a work is on the disk when its commit returns, and answers for itself alone.

use std::pin::pin;
use std::task::{Context, Waker};
use std::time::Duration;

use kasnec::store::rows::{RevisionAct, Role};
use kasnec::store::{Store, StoreError, Work};

use crate::fixture::{Desk, OFFICE, content, newcomer, proposal};

async fn queue(work: &mut Work, desk: &Desk, number: usize) {
    let reference = format!("2026-{number:03}");
    let proposal = proposal(content(&reference, "Njoftim"), RevisionAct::Publish);
    work.queue_item(&desk.store, &desk.editor, &reference, proposal, true)
        .await
        .unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_committed_is_seen_by_another_connection_at_once() {
    let desk = Desk::on_sqlite().await;
    for number in 0..20 {
        let mut work = desk.store.begin().await.unwrap();
        queue(&mut work, &desk, number).await;
        assert_eq!(desk.count("item").await, number, "not before");
        work.commit().await.unwrap();
        assert_eq!(desk.count("item").await, number + 1);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_dropped_work_leaves_nothing_although_its_neighbours_stay() {
    let desk = Desk::on_sqlite().await;
    let works = (0..40).map(|number| {
        let desk = &desk;
        async move {
            let mut work = desk.store.begin().await.unwrap();
            queue(&mut work, desk, number).await;
            if number % 3 == 0 {
                drop(work);
            } else {
                work.commit().await.unwrap();
            }
        }
    });
    futures::future::join_all(works).await;
    let kept = desk.lines("SELECT reference FROM item ORDER BY reference").await;
    let expected: Vec<_> = (0..40)
        .filter(|number| number % 3 != 0)
        .map(|number| format!("2026-{number:03}"))
        .collect();
    assert_eq!(kept, expected);
    assert_eq!(desk.count("revision").await, expected.len());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_error_in_one_work_does_not_spoil_its_neighbours() {
    let desk = Desk::on_sqlite().await;
    let additions = (0..30).map(|number| {
        let desk = &desk;
        async move {
            let login = format!("person-{}", number / 2);
            desk.store.add_person(OFFICE, &newcomer(&login, Role::Author)).await
        }
    });
    let outcomes = futures::future::join_all(additions).await;
    let refused = outcomes.iter().filter(|outcome| matches!(outcome, Err(StoreError::Duplicate(_))));
    assert_eq!(refused.count(), 15);
    assert_eq!(desk.count("person").await, 16);
    assert_eq!(desk.count("ledger WHERE act = 'user added'").await, 16);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_dropped_work_does_not_keep_other_processes_out() {
    let desk = Desk::on_sqlite().await;
    let other = desk.opened_again().await;
    let mut work = desk.store.begin().await.unwrap();
    queue(&mut work, &desk, 1).await;
    drop(work);
    let written = tokio::time::timeout(Duration::from_secs(5), other.put_secret(OFFICE, "email", "password", "k:x")).await;
    written.expect("the file is free").unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_dropped_work_is_not_kept_by_closing() {
    let desk = Desk::on_sqlite().await;
    let mut work = desk.store.begin().await.unwrap();
    queue(&mut work, &desk, 1).await;
    drop(work);
    desk.store.close().await;
    assert_eq!(desk.count("item").await, 0);
}

/// A web server drops the future of a request whose client went away: after any number of polls.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_caller_that_goes_away_at_any_moment_does_no_harm() {
    let desk = Desk::on_sqlite().await;
    let add = async |store: &Store, login: String| {
        let mut work = store.begin().await?;
        let proposal = proposal(content(&login, "Njoftim"), RevisionAct::Publish);
        work.queue_item(store, &desk.editor, &login, proposal, true).await?;
        work.commit().await
    };
    for polls in 0..60 {
        {
            let mut cut_off = pin!(add(&desk.store, format!("cut-{polls}")));
            for poll in 0..polls {
                if cut_off.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_ready() {
                    break;
                }
                if poll + 1 < polls {
                    tokio::time::sleep(Duration::from_millis(2)).await;
                }
            }
        }
        let whole = add(&desk.store, format!("whole-{polls}"));
        let whole = tokio::time::timeout(Duration::from_secs(5), whole).await;
        whole.expect("the store goes on").unwrap();
    }
    assert_eq!(desk.count("item WHERE reference LIKE 'whole-%'").await, 60);
    let halves = "item i WHERE NOT EXISTS (SELECT 1 FROM revision r WHERE r.item = i.id)";
    assert_eq!(desk.count(halves).await, 0, "each is there as a whole or not at all");
}
