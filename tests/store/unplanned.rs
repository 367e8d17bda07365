//! Posts for which a new revision plans nothing any more, and those that were thought not to stand.

use kasnec::receipt::{FailureCode, Phase, State};
use kasnec::store::approve::Plan;
use kasnec::store::deliveries::{Filter, Resolution};
use kasnec::store::rows::{Delivery, RevisionAct};
use kasnec::store::settle::{AccountEffect, Ending};

use crate::fixture::{Desk, OFFICE, again, failure, made, settled};

on_both!(
    what_waits_for_an_account_that_is_gone_does_not_come_back_after_the_withdrawal,
    what_stands_on_an_account_that_is_gone_is_withdrawn_when_it_comes_back,
    what_stands_in_another_form_is_changed_and_nothing_is_put_beside_it,
    a_correction_that_loses_a_language_still_publishes_where_others_stand,
    what_is_refused_in_part_is_withdrawn_where_it_stands,
    what_a_person_finds_standing_after_all_is_withdrawn_after_all,
    what_waits_for_an_account_that_is_gone_can_be_settled_by_a_person,
    what_was_found_to_stand_in_part_on_an_account_that_is_gone_raises_no_alarm,
    what_was_settled_before_a_backup_is_looked_up_before_it_is_tried_again,
);

/// The ledger has every delivery as it is.
async fn fits(desk: &Desk) {
    desk.store.link().await.unwrap();
    let audit = desk.store.audit(OFFICE, None).await.unwrap();
    assert!(audit.faults.is_empty(), "{:?}", audit.faults);
}

/// On the website and on Facebook.
async fn on_two(desk: &Desk) -> i64 {
    let item = desk.queue(crate::fixture::content("2026-001", "Njoftim")).await;
    let plans = [desk.plan(item, desk.accounts[0]), desk.plan(item, desk.accounts[1])];
    desk.approve(item, &plans).await;
    item
}

/// Facebook is no longer in the configuration.
async fn facebook_goes(desk: &Desk) {
    let left = ["website", "email"].map(|name| (name.to_owned(), name.to_owned()));
    desk.store.put_accounts(OFFICE, &left).await.unwrap();
}

async fn withdraw_on_the_website(desk: &Desk, item: i64) {
    desk.propose(item, RevisionAct::Withdraw, "Njoftim").await;
    desk.approve(item, &[desk.plan(item, desk.accounts[0])]).await;
}

/// Action and state of everything of an item on one account, the oldest first.
async fn on(desk: &Desk, item: i64, account: i64) -> Vec<String> {
    let sql =
        format!("SELECT key || ': ' || action || ', ' || state FROM delivery WHERE item = {item} AND account = {account} ORDER BY id");
    let lines = desk.lines(&sql).await;
    lines
        .iter()
        .map(|line| line.replace(&format!("key-{item}-{account}: "), ""))
        .collect()
}

async fn newest(desk: &Desk, item: i64) -> Delivery {
    let filter = Filter {
        item: Some(item),
        limit: 10,
        ..Filter::default()
    };
    let all = desk.store.deliveries(OFFICE, &filter).await.unwrap();
    all.into_iter().max_by_key(|delivery| delivery.id).unwrap()
}

fn found(desk: &Desk, delivered: bool) -> Resolution {
    Resolution {
        delivered,
        at: desk.now(),
        place: None,
        note: None,
        photo: None,
    }
}

async fn what_waits_for_an_account_that_is_gone_does_not_come_back_after_the_withdrawal(desk: Desk) {
    let item = on_two(&desk).await;
    facebook_goes(&desk).await;
    withdraw_on_the_website(&desk, item).await;
    assert_eq!(on(&desk, item, desk.accounts[1]).await, ["publish, superseded"]);
    fits(&desk).await;
}

async fn what_stands_on_an_account_that_is_gone_is_withdrawn_when_it_comes_back(desk: Desk) {
    let item = on_two(&desk).await;
    for account in &desk.accounts[..2] {
        let held = desk.claim(*account).await.remove(0);
        desk.deliver(&held).await;
    }
    facebook_goes(&desk).await;
    desk.revise(item, RevisionAct::Correct, "Më mirë").await;
    withdraw_on_the_website(&desk, item).await;
    let there = ["publish, delivered", "update, superseded", "withdraw, planned"];
    assert_eq!(on(&desk, item, desk.accounts[1]).await, there);
    let back = ["website", "facebook", "email"].map(|name| (name.to_owned(), name.to_owned()));
    desk.store.put_accounts(OFFICE, &back).await.unwrap();
    assert_eq!(desk.claim(desk.accounts[1]).await.len(), 1);
    fits(&desk).await;
}

async fn what_stands_in_another_form_is_changed_and_nothing_is_put_beside_it(desk: Desk) {
    let item = desk.publish("2026-001").await;
    desk.deliver(&desk.claim_one().await).await;
    let each = |lang: &str| Plan {
        languages: lang.to_owned(),
        key: lang.to_owned(),
        ..desk.plan(item, desk.accounts[0])
    };
    desk.propose(item, RevisionAct::Correct, "Më mirë").await;
    desk.approve(item, &[each("sq"), each("sr")]).await;
    assert_eq!(on(&desk, item, desk.accounts[0]).await, ["publish, delivered", "update, planned"]);
    fits(&desk).await;
}

async fn a_correction_that_loses_a_language_still_publishes_where_others_stand(desk: Desk) {
    let item = desk.queue(crate::fixture::content("2026-001", "Njoftim")).await;
    let each = |lang: &str| Plan {
        languages: lang.to_owned(),
        key: lang.to_owned(),
        ..desk.plan(item, desk.accounts[0])
    };
    desk.approve(item, &[each("sq"), each("sr")]).await;
    for held in desk.claim(desk.accounts[0]).await {
        desk.deliver(&held).await;
    }
    desk.propose(item, RevisionAct::Correct, "Më mirë").await;
    desk.approve(item, &[each("sq"), each("en")]).await;
    let all = on(&desk, item, desk.accounts[0]).await;
    assert_eq!(all[2..], ["sr: update, planned", "sq: update, planned", "en: publish, planned"]);
    fits(&desk).await;
}

async fn what_is_refused_in_part_is_withdrawn_where_it_stands(desk: Desk) {
    let item = desk.publish("2026-001").await;
    let part = made(&[("mail-1", Phase::Public)]);
    desk.end(&desk.claim_one().await, &part, &settled(State::Rejected)).await;
    withdraw_on_the_website(&desk, item).await;
    assert_eq!(on(&desk, item, desk.accounts[0]).await, ["publish, rejected", "withdraw, planned"]);
    let held = desk.claim_one().await;
    assert_eq!(desk.store.standing(&held).await.unwrap(), part);
    fits(&desk).await;
}

/// Its only call was sent, the answer was lost, and it could not be found.
async fn in_doubt(desk: &Desk) -> i64 {
    let item = desk.publish("2026-001").await;
    let held = desk.claim_one().await;
    let sent = Some(("post", desk.now()));
    desk.store.record(&held, State::Sending, &made(&[]), sent).await.unwrap();
    let unknown = again(State::Unknown, desk.now(), AccountEffect::None);
    desk.end(&held, &made(&[]), &unknown).await;
    let ending = Ending::Settled {
        state: State::NeedsPerson,
        failure: Some(failure(FailureCode::Unresolved)),
    };
    desk.end(&desk.claim_one().await, &made(&[]), &ending).await;
    item
}

async fn what_a_person_finds_standing_after_all_is_withdrawn_after_all(desk: Desk) {
    // A person mends the first answer, once with a withdrawal that was dropped by it, once where none had been planned.
    for withdrawn_first in [true, false] {
        let desk = if desk.is_sqlite() {
            Desk::on_sqlite().await
        } else {
            Desk::on_postgres().await
        };
        let item = in_doubt(&desk).await;
        let delivery = newest(&desk, item).await;
        if withdrawn_first {
            withdraw_on_the_website(&desk, item).await;
        }
        desk.store
            .resolve(&desk.editor, &delivery, &found(&desk, false), None)
            .await
            .unwrap();
        if !withdrawn_first {
            withdraw_on_the_website(&desk, item).await;
        }
        desk.store
            .resolve(&desk.editor, &delivery, &found(&desk, true), None)
            .await
            .unwrap();
        let all = on(&desk, item, desk.accounts[0]).await;
        assert_eq!(all.first().unwrap(), "publish, delivered");
        assert_eq!(all.last().unwrap(), "withdraw, planned", "{all:?}");
        fits(&desk).await;
        assert_eq!(desk.claim(desk.accounts[0]).await.len(), 1);
    }
}

async fn what_waits_for_an_account_that_is_gone_can_be_settled_by_a_person(desk: Desk) {
    let item = on_two(&desk).await;
    let delivery = newest(&desk, item).await;
    let early = desk.store.resolve(&desk.editor, &delivery, &found(&desk, false), None).await;
    assert!(early.is_err(), "it still goes by itself");
    facebook_goes(&desk).await;
    desk.store
        .resolve(&desk.editor, &delivery, &found(&desk, false), None)
        .await
        .unwrap();
    assert_eq!(on(&desk, item, desk.accounts[1]).await, ["publish, rejected"]);
    assert!(desk.store.orphans(OFFICE).await.unwrap().is_empty());
    fits(&desk).await;
}

async fn what_was_found_to_stand_in_part_on_an_account_that_is_gone_raises_no_alarm(desk: Desk) {
    let item = on_two(&desk).await;
    let held = desk.claim(desk.accounts[1]).await.remove(0);
    let parts = made(&[("first", Phase::Public), ("second", Phase::InDoubt)]);
    let unknown = again(State::Unknown, desk.now(), AccountEffect::None);
    desk.end(&held, &parts, &unknown).await;
    facebook_goes(&desk).await;
    let delivery = desk.store.delivery(OFFICE, held.id).await.unwrap();
    desk.store
        .resolve(&desk.editor, &delivery, &found(&desk, false), None)
        .await
        .unwrap();
    assert_eq!(on(&desk, item, desk.accounts[1]).await, ["publish, needs a person"]);
    fits(&desk).await;
}

async fn what_was_settled_before_a_backup_is_looked_up_before_it_is_tried_again(desk: Desk) {
    let item = desk.publish("2026-001").await;
    let held = desk.claim_one().await;
    desk.end(&held, &made(&[]), &settled(State::Rejected)).await;
    desk.advance_minutes(1);
    desk.store.doubt_everything_open(desk.now(), &serde_json::json!({})).await.unwrap();
    desk.advance_minutes(1);
    desk.store.retry(&desk.editor, held.id).await.unwrap();
    assert_eq!(desk.chain(item).await, ["publish, unknown, waiting"]);
    assert_eq!(desk.claim_one().await.pending.unwrap().0, "*");
    fits(&desk).await;
}
