//! Items are queued under their reference.

use kasnec::store::StoreError;
use kasnec::store::items::Queued;
use kasnec::store::rows::{ItemState, RevisionAct, RevisionState};

use crate::fixture::{Desk, OFFICE, content, proposal};

on_both!(
    an_item_is_new_once_and_the_same_ever_after,
    a_proposal_that_nobody_approved_is_replaced,
    what_was_approved_is_not_replaced_by_queueing,
    a_batch_whose_work_is_dropped_leaves_nothing,
    two_works_at_once_on_one_reference_make_one_item,
    two_works_at_once_on_one_slug_make_two_items_or_ask_for_another_try,
    two_items_of_one_title_get_addresses_of_their_own,
    two_corrections_at_once_take_turns,
    a_tracked_item_is_kept_but_never_proposed,
);

async fn queue(desk: &Desk, reference: &str, title: &str, slug: &str, published: bool) -> Result<(i64, Queued), StoreError> {
    let mut work = desk.store.begin().await?;
    let proposal = proposal(content(reference, title), RevisionAct::Publish);
    let queued = work.queue_item(&desk.store, &desk.editor, slug, proposal, published).await?;
    work.commit().await?;
    Ok(queued)
}

async fn an_item_is_new_once_and_the_same_ever_after(desk: Desk) {
    let (item, first) = queue(&desk, "2026-001", "Mbledhja", "mbledhja", true).await.unwrap();
    assert_eq!(first, Queued::New);
    assert_eq!(
        queue(&desk, "2026-001", "Mbledhja", "mbledhja", true).await.unwrap(),
        (item, Queued::Same)
    );
    assert_eq!(desk.store.revisions(item).await.unwrap().len(), 1);
    let history = desk.store.history(item).await.unwrap();
    assert_eq!(history.len(), 1);
    assert_eq!((history[0].who.as_str(), history[0].act.as_str()), ("arta", "proposed"));
}

async fn a_proposal_that_nobody_approved_is_replaced(desk: Desk) {
    let (item, _) = queue(&desk, "2026-001", "Mbledhja", "mbledhja", true).await.unwrap();
    let mut work = desk.store.begin().await.unwrap();
    let mut better = proposal(content("2026-001", "Tender për rrugën"), RevisionAct::Publish);
    "tender".clone_into(&mut better.content.kind);
    better.event_at = Some(desk.after_minutes(90));
    let replaced = work.queue_item(&desk.store, &desk.editor, "tender", better, true).await.unwrap();
    work.commit().await.unwrap();
    assert_eq!(replaced, (item, Queued::Replaced));
    let revisions = desk.store.revisions(item).await.unwrap();
    let states: Vec<_> = revisions.iter().map(|revision| (revision.number, revision.state)).collect();
    assert_eq!(states, [(1, RevisionState::Replaced), (2, RevisionState::Proposed)]);
    let item = desk.store.item_by_id(item).await.unwrap();
    assert_eq!((item.kind.as_str(), item.title.as_str()), ("tender", "Tender për rrugën"));
    assert_eq!(item.event_at, Some(desk.after_minutes(90)));
}

async fn what_was_approved_is_not_replaced_by_queueing(desk: Desk) {
    let item = desk.publish("2026-001").await;
    let differs = queue(&desk, "2026-001", "Tjetër titull", "tjeter", true).await.unwrap();
    assert_eq!(differs, (item, Queued::Differs));
    assert_eq!(desk.store.revisions(item).await.unwrap().len(), 1);
    assert_eq!(desk.store.item_by_id(item).await.unwrap().state, ItemState::Approved);
}

async fn a_batch_whose_work_is_dropped_leaves_nothing(desk: Desk) {
    let mut work = desk.store.begin().await.unwrap();
    for number in 0..20 {
        let mut proposal = proposal(content(&format!("2026-{number:03}"), "Mbledhja"), RevisionAct::Publish);
        proposal.files = vec![(format!("hash-{number}"), vec![7; 100])];
        let queued = work.queue_item(&desk.store, &desk.editor, "mbledhja", proposal, true).await;
        assert_eq!(queued.unwrap().1, Queued::New);
    }
    drop(work);
    for table in ["item", "revision", "attachment"] {
        assert_eq!(desk.count(table).await, 0, "{table}");
    }
    assert_eq!(queue(&desk, "2026-001", "Mbledhja", "mbledhja", true).await.unwrap().1, Queued::New);
}

async fn two_works_at_once_on_one_reference_make_one_item(desk: Desk) {
    for round in 0..10 {
        let reference = format!("2026-{round:03}");
        let once = || queue(&desk, &reference, "Mbledhja", &reference, true);
        let (first, second) = tokio::join!(once(), once());
        let (first, second) = (first.unwrap(), second.unwrap());
        assert_eq!(first.0, second.0);
        let mut outcomes = [first.1, second.1];
        outcomes.sort_by_key(|queued| *queued == Queued::Same);
        assert_eq!(outcomes, [Queued::New, Queued::Same]);
    }
    assert_eq!(desk.count("revision").await, 10);
}

async fn two_works_at_once_on_one_slug_make_two_items_or_ask_for_another_try(desk: Desk) {
    for round in 0..10 {
        let slug = format!("mbledhja-{round}");
        let (first, second) = (format!("2026-{round}a"), format!("2026-{round}b"));
        let (left, right) = tokio::join!(
            queue(&desk, &first, "Mbledhja", &slug, true),
            queue(&desk, &second, "Mbledhja", &slug, true)
        );
        for (reference, outcome) in [(first, left), (second, right)] {
            if let Err(error) = outcome {
                assert!(matches!(error, StoreError::Conflict), "{error:?}");
                queue(&desk, &reference, "Mbledhja", &slug, true).await.unwrap();
            }
        }
    }
    assert_eq!(desk.store.count_items(OFFICE).await.unwrap(), 20);
}

async fn two_items_of_one_title_get_addresses_of_their_own(desk: Desk) {
    let (first, _) = queue(&desk, "2026-001", "Mbledhja", "mbledhja", true).await.unwrap();
    let (second, _) = queue(&desk, "2026-002", "Mbledhja", "mbledhja", true).await.unwrap();
    assert_eq!(desk.store.item_by_id(first).await.unwrap().slug, "mbledhja");
    let second = desk.store.item_by_id(second).await.unwrap().slug;
    assert!(second.starts_with("mbledhja-") && second.len() == "mbledhja-".len() + 6, "{second}");
}

async fn two_corrections_at_once_take_turns(desk: Desk) {
    let item = desk.publish("2026-001").await;
    for round in 0..5 {
        let (left, right) = (format!("Majtas {round}"), format!("Djathtas {round}"));
        tokio::join!(
            desk.propose(item, RevisionAct::Correct, &left),
            desk.propose(item, RevisionAct::Correct, &right)
        );
    }
    let revisions = desk.store.revisions(item).await.unwrap();
    let open = revisions.iter().filter(|revision| revision.state == RevisionState::Proposed);
    assert_eq!((revisions.len(), open.count()), (11, 1));
}

async fn a_tracked_item_is_kept_but_never_proposed(desk: Desk) {
    let (item, _) = queue(&desk, "KERK-7", "Kërkesë për qasje", "kerkese", false).await.unwrap();
    assert_eq!(desk.store.item_by_id(item).await.unwrap().state, ItemState::Tracked);
    assert!(desk.store.items(OFFICE, Some(ItemState::Proposed), 10).await.unwrap().is_empty());
    assert_eq!(desk.store.items(OFFICE, None, 10).await.unwrap().len(), 1);
}
