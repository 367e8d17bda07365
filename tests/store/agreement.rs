//! What is kept of an item agrees with its lines: whatever a proof would show of it is found when it was changed.

use kasnec::item::{Attachment, Localized};
use kasnec::receipt::key::key;
use kasnec::receipt::{FailureCode, State};
use kasnec::rules::Subject;
use kasnec::store::StoreError;
use kasnec::store::approve::Plan;
use kasnec::store::audit::Fault;
use kasnec::store::deliveries::Resolution;
use kasnec::store::obligations::{Ending as Ended, ObligationState, Opening, Proof};
use kasnec::store::rows::RevisionAct;
use kasnec::store::settle::Ending;
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::fixture::{Desk, OFFICE, content, delivered, failure, frozen, made, settled};

on_both!(
    what_was_decided_with_a_revision_is_found_changed_in_each_of_its_columns,
    where_a_delivery_was_planned_is_found_changed_in_each_of_its_columns,
    what_a_person_found_is_found_changed_in_each_of_its_columns,
    a_delivery_that_no_approval_planned_is_found,
    an_end_that_no_line_tells_of_is_found,
    a_file_that_was_changed_or_deleted_is_found_and_not_given_out,
    how_a_duty_ended_is_found_changed_in_each_of_its_columns,
    what_a_person_found_first_stays_with_what_was_delivered_afterwards,
    older_lines_that_say_less_raise_no_alarm,
    what_older_lines_do_not_say_is_held_against_the_key_or_not_shown,
);

/// Changes rows and puts them back; each change is found, as its fault.
async fn found(desk: &Desk, table: &str, row: &str, changes: &[(&str, Fault)]) {
    desk.store.link().await.unwrap();
    assert_eq!(faults(desk).await, []);
    for (change, fault) in changes {
        desk.run(&format!(
            "DROP TABLE IF EXISTS kept; CREATE TABLE kept AS SELECT * FROM {table} WHERE {row}"
        ))
        .await;
        desk.run(&format!("UPDATE {table} SET {change} WHERE {row}")).await;
        assert_eq!(faults(desk).await, std::slice::from_ref(fault), "{change}");
        let columns = change.split(", ").map(|set| set.split(" = ").next().unwrap());
        let back: Vec<_> = columns.map(|column| format!("{column} = (SELECT {column} FROM kept)")).collect();
        desk.run(&format!("UPDATE {table} SET {} WHERE {row}", back.join(", "))).await;
    }
    assert_eq!(faults(desk).await, []);
}

async fn faults(desk: &Desk) -> Vec<Fault> {
    desk.store.audit(OFFICE, None).await.unwrap().faults
}

/// An item approved on all three accounts, with the keys that the program would give.
async fn everywhere(desk: &Desk, reference: &str) -> i64 {
    let item = desk.queue(content(reference, "Mbledhja e Kuvendit")).await;
    desk.approve(item, &plans(desk, item).await).await;
    item
}

async fn plans(desk: &Desk, item: i64) -> Vec<Plan> {
    let row = desk.store.item_by_id(item).await.unwrap();
    let named = ["website", "facebook", "email"].into_iter().zip(desk.accounts);
    named
        .map(|(name, account)| Plan {
            key: key(OFFICE, &row.reference, row.created_at, name, "sq"),
            ..desk.plan(item, account)
        })
        .collect()
}

/// The number of the item's delivery on that account.
async fn on(desk: &Desk, item: i64, account: i64) -> i64 {
    let sql = format!("SELECT CAST(MIN(id) AS TEXT) FROM delivery WHERE item = {item} AND account = {account}");
    desk.line(&sql).await.parse().unwrap()
}

/// A person puts the e-mail's delivery up by hand; gives its number.
async fn by_hand(desk: &Desk, place: &str) -> i64 {
    let held = desk.claim(desk.accounts[2]).await.remove(0);
    let ending = Ending::Settled {
        state: State::NeedsPerson,
        failure: Some(failure(FailureCode::ByHand)),
    };
    desk.end(&held, &made(&[]), &ending).await;
    resolve(desk, held.id, true, place).await;
    held.id
}

async fn resolve(desk: &Desk, id: i64, stands: bool, place: &str) {
    let resolution = Resolution {
        delivered: stands,
        at: desk.now(),
        place: Some(place.to_owned()),
        note: None,
        photo: None,
    };
    let delivery = desk.store.delivery(OFFICE, id).await.unwrap();
    desk.store.resolve(&desk.editor, &delivery, &resolution, None).await.unwrap();
}

async fn what_was_decided_with_a_revision_is_found_changed_in_each_of_its_columns(desk: Desk) {
    let item = everywhere(&desk, "2026-001").await;
    desk.propose(item, RevisionAct::Correct, "Mbledhja (korrigjuar)").await;
    let revision = desk.newest(item).await;
    desk.advance_minutes(7);
    let (mut work, plans) = (desk.store.begin().await.unwrap(), plans(&desk, item).await);
    let late = kasnec::store::approve::Frozen {
        late_reason: Some("Rrjeti nuk punonte"),
        ..frozen("Mbledhja (korrigjuar)", &plans)
    };
    work.approve(&desk.store, &desk.editor, &revision, &late).await.unwrap();
    work.commit().await.unwrap();
    let fault = |column| Fault::Decision {
        item: "2026-001".to_owned(),
        revision: 2,
        column,
    };
    let changes = [
        ("act = 'postpone'", fault("its act")),
        ("reason = 'Tjetër arsye'", fault("its reason")),
        ("reason = NULL", fault("its reason")),
        ("created_at = created_at - 1", fault("the time when it was written")),
        ("approved_at = approved_at - 1", fault("the time when it was approved")),
        ("approved_at = NULL", fault("the time when it was approved")),
        ("release_at = 1795345200000", fault("its release")),
        ("deadline_at = 1795345200000", fault("its deadline")),
        ("late_reason = NULL", fault("why it was late")),
        ("late_reason = 'Tjetër arsye'", fault("why it was late")),
    ];
    found(&desk, "revision", &format!("item = {item} AND number = 2"), &changes).await;
}

async fn where_a_delivery_was_planned_is_found_changed_in_each_of_its_columns(desk: Desk) {
    let item = everywhere(&desk, "2026-001").await;
    let other = everywhere(&desk, "2026-002").await;
    desk.revise(item, RevisionAct::Correct, "Mbledhja (korrigjuar)").await;
    for held in desk.claim(desk.accounts[0]).await {
        desk.deliver(&held).await;
    }
    let newest = desk.newest(item).await.id;
    let foreign = desk.newest(other).await.id;
    let planned = on(&desk, item, desk.accounts[1]).await;
    let account = format!("account = {}", desk.accounts[2]);
    let (revision, foreign) = (format!("revision = {newest}"), format!("revision = {foreign}"));
    let fault = |column| Fault::Receipt {
        item: "2026-001".to_owned(),
        delivery: planned,
        column,
    };
    let changes = [
        (account.as_str(), fault("its account")),
        ("languages = 'sq+sr'", fault("its languages")),
        ("key = 'tjeter'", fault("its key")),
        (&revision, fault("its revision")),
        (&foreign, fault("its existence")),
    ];
    found(&desk, "delivery", &format!("id = {planned}"), &changes).await;
    let stands = on(&desk, other, desk.accounts[0]).await;
    let fault = Fault::Receipt {
        item: "2026-002".to_owned(),
        delivery: stands,
        column: "what it did",
    };
    found(&desk, "delivery", &format!("id = {stands}"), &[("action = 'update'", fault)]).await;
}

async fn what_a_person_found_is_found_changed_in_each_of_its_columns(desk: Desk) {
    everywhere(&desk, "2026-001").await;
    let delivery = by_hand(&desk, "https://example.org/tabela").await;
    let fault = |column| Fault::Receipt {
        item: "2026-001".to_owned(),
        delivery,
        column,
    };
    let changes = [
        ("settled_at = settled_at - 60000", fault("the time")),
        ("url = 'https://example.org/tjeter'", fault("the address")),
        ("url = NULL", fault("the address")),
        ("remote_id = 'remote'", fault("the remote's id")),
        ("post = '{}'", fault("the post")),
        ("action = 'withdraw'", fault("what it did")),
        ("evidence = NULL", fault("what a person found")),
        ("evidence = evidence || ' '", fault("what a person found")),
    ];
    found(&desk, "delivery", &format!("id = {delivery}"), &changes).await;
}

async fn a_delivery_that_no_approval_planned_is_found(desk: Desk) {
    let item = everywhere(&desk, "2026-001").await;
    desk.run(
        "INSERT INTO delivery (office, item, revision, account, languages, key, action, state, queue, release_at, urgency, next_at, attempt, failures, \
         looks, objects) SELECT office, item, revision, account, languages, key, action, state, queue, release_at, urgency, next_at, attempt, failures, \
         looks, objects FROM delivery ORDER BY id LIMIT 1",
    )
    .await;
    let made_up: i64 = desk.line("SELECT CAST(MAX(id) AS TEXT) FROM delivery").await.parse().unwrap();
    let fault = |delivery| Fault::Receipt {
        item: "2026-001".to_owned(),
        delivery,
        column: "its existence",
    };
    assert_eq!(faults(&desk).await, [fault(made_up)]);
    let first = on(&desk, item, desk.accounts[1]).await;
    desk.run(&format!("DELETE FROM delivery WHERE id IN ({made_up}, {first})")).await;
    assert_eq!(faults(&desk).await, [fault(first)]);
}

async fn an_end_that_no_line_tells_of_is_found(desk: Desk) {
    let item = everywhere(&desk, "2026-001").await;
    let delivery = on(&desk, item, desk.accounts[0]).await;
    let fault = Fault::Receipt {
        item: "2026-001".to_owned(),
        delivery,
        column: "its state",
    };
    for state in ["rejected", "expired", "superseded", "needs a person"] {
        let change = format!("state = '{state}'");
        found(&desk, "delivery", &format!("id = {delivery}"), &[(&change, fault.clone())]).await;
    }
    let held = desk.claim_one().await;
    desk.end(&held, &made(&[]), &settled(State::Expired)).await;
    assert_eq!(faults(&desk).await, []);
}

async fn a_file_that_was_changed_or_deleted_is_found_and_not_given_out(desk: Desk) {
    let hash = |bytes: &[u8]| hex::encode(Sha256::digest(bytes));
    let (plan, photo) = (hash(b"%PDF-1.7"), hash(b"foto"));
    let mut proposal = crate::fixture::proposal(content("2026-001", "Mbledhja e Kuvendit"), RevisionAct::Publish);
    proposal.files = vec![(plan.clone(), b"%PDF-1.7".to_vec())];
    proposal.content.attachments = vec![Attachment {
        name: "plani.pdf".to_owned(),
        media_type: "application/pdf".to_owned(),
        size: 8,
        sha256: plan.clone(),
        title: Localized::default(),
        alt: Localized::default(),
    }];
    let mut work = desk.store.begin().await.unwrap();
    let queued = work.queue_item(&desk.store, &desk.editor, "mbledhja", proposal, true).await;
    work.commit().await.unwrap();
    let item = queued.unwrap().0;
    desk.approve(item, &[desk.plan(item, desk.accounts[0])]).await;
    let held = desk.claim_one().await;
    desk.end(&held, &made(&[]), &settled(State::NeedsPerson)).await;
    let delivery = desk.store.delivery(OFFICE, held.id).await.unwrap();
    let resolution = Resolution {
        delivered: true,
        at: desk.now(),
        place: None,
        note: None,
        photo: Some(photo.clone()),
    };
    let shown = Some(("image/png", b"foto".to_vec()));
    desk.store.resolve(&desk.editor, &delivery, &resolution, shown).await.unwrap();
    let named = |file: &str, sha256: &str| ("2026-001".to_owned(), file.to_owned(), sha256.to_owned());
    let photographed = format!("(the photo of delivery {})", held.id);
    let bytes = if desk.is_sqlite() { "X'00'" } else { r"'\x00'::BYTEA" };
    let files = [("plani.pdf", &plan, "%PDF-1.7"), (photographed.as_str(), &photo, "foto")];
    for (name, sha256, as_kept) in files {
        let row = format!("sha256 = '{sha256}'");
        assert_eq!(faults(&desk).await, []);
        assert_eq!(desk.store.file(OFFICE, sha256).await.unwrap().unwrap().1, as_kept.as_bytes());
        desk.run(&format!(
            "CREATE TABLE whole AS SELECT * FROM attachment WHERE {row}; UPDATE attachment SET bytes = {bytes} WHERE {row}"
        ))
        .await;
        let (item, file, hash) = named(name, sha256);
        assert_eq!(faults(&desk).await, [Fault::File { item, file, sha256: hash }]);
        let refused = desk.store.file(OFFICE, sha256).await.unwrap_err();
        assert!(matches!(&refused, StoreError::File(file) if file == sha256), "{refused}");
        desk.run(&format!("DELETE FROM attachment WHERE {row}")).await;
        let (item, file, hash) = named(name, sha256);
        assert_eq!(faults(&desk).await, [Fault::FileGone { item, file, sha256: hash }]);
        desk.run("INSERT INTO attachment SELECT * FROM whole; DROP TABLE whole").await;
    }
    assert_eq!(faults(&desk).await, []);
}

async fn how_a_duty_ended_is_found_changed_in_each_of_its_columns(desk: Desk) {
    let opening = |key| Opening {
        key,
        rule: "01-assembly",
        version: "1",
        subject: &Subject::After,
        item: None,
        title: "Mbledhja e Kuvendit",
        unit: "assembly",
        due: None,
    };
    let ending = Ended {
        state: ObligationState::Late,
        met_at: Some(desk.now()),
        met_by: None,
        proof: Proof::default(),
        reason: None,
    };
    let mut work = desk.store.begin().await.unwrap();
    for key in ["e para", "e hapur"] {
        let opened = work.open_obligation(&desk.store, OFFICE, &opening(key), &"rregulla").await;
        assert!(opened.unwrap().is_some());
    }
    work.commit().await.unwrap();
    let duties = desk.store.open_obligations(OFFICE).await.unwrap();
    let mut work = desk.store.begin().await.unwrap();
    let (store, duty) = (&desk.store, &duties[0]);
    assert!(work.end_obligation(store, OFFICE, "register", duty, &ending).await.unwrap());
    assert!(work.give_reason(store, OFFICE, "arta", duty, "Rrjeti nuk punonte").await.unwrap());
    work.commit().await.unwrap();
    let fault = |column| Fault::Duty {
        duty: "e para".to_owned(),
        column,
    };
    let changes = [
        ("state = 'met'", fault("how it ended")),
        ("state = 'open'", fault("how it ended")),
        ("met_at = met_at - 1", fault("the time when it was met")),
        ("proof = REPLACE(proof,'null','\"Po\"')", fault("what shows it")),
        ("reason = NULL", fault("its reason")),
        ("reason = 'Tjetër'", fault("its reason")),
        ("key = 'e dyta'", fault("its existence")),
    ];
    found(&desk, "obligation", &format!("id = {}", duty.id), &changes[..6]).await;
    desk.run(&format!("UPDATE obligation SET {} WHERE id = {}", changes[6].0, duty.id))
        .await;
    assert!(faults(&desk).await.contains(&changes[6].1));
    desk.run("UPDATE obligation SET key = 'e para' WHERE key = 'e dyta'; UPDATE obligation SET state = 'met' WHERE key = 'e hapur'")
        .await;
    let made_up = Fault::Duty {
        duty: "e hapur".to_owned(),
        column: "how it ended",
    };
    assert_eq!(faults(&desk).await, [made_up]);
}

async fn what_a_person_found_first_stays_with_what_was_delivered_afterwards(desk: Desk) {
    desk.publish("2026-001").await;
    let held = desk.claim_one().await;
    desk.end(&held, &made(&[]), &settled(State::NeedsPerson)).await;
    resolve(&desk, held.id, false, "https://example.org/askund").await;
    assert_eq!(faults(&desk).await, []);
    desk.store.retry(&desk.editor, held.id).await.unwrap();
    desk.deliver(&desk.claim_one().await).await;
    assert_eq!(faults(&desk).await, []);
}

/// The lines as earlier programs wrote them: without what has been added to them since, and as late as a transaction may last.
async fn made_older(desk: &Desk) {
    let added = [
        "created_at",
        "approved_at",
        "release_at",
        "deadline_at",
        "late_reason",
        "planned",
        "objects",
    ];
    for line in desk.lines("SELECT CAST(id AS TEXT) || ' ' || body FROM ledger ORDER BY id").await {
        let (id, body) = line.split_once(' ').unwrap();
        let mut body: Value = serde_json::from_str(body).unwrap();
        let told = body.as_object_mut().unwrap();
        for key in added {
            told.remove(key);
        }
        if told.contains_key("photo") {
            told.remove("action");
            let evidence = format!("UPDATE delivery SET evidence = '{body}' WHERE id = (SELECT delivery FROM ledger WHERE id = {id})");
            desk.run(&evidence).await;
        }
        desk.run(&format!("UPDATE ledger SET body = '{body}' WHERE id = {id}")).await;
    }
    // Only now: what is not linked is linked within the second on PostgreSQL.
    desk.run("UPDATE ledger SET at = at + 900, seq = NULL, hash = NULL").await;
    desk.store.link().await.unwrap();
}

async fn older_lines_that_say_less_raise_no_alarm(desk: Desk) {
    let item = everywhere(&desk, "2026-001").await;
    by_hand(&desk, "Salla e Komunës").await;
    desk.advance_minutes(60);
    desk.propose(item, RevisionAct::Correct, "Mbledhja (korrigjuar)").await;
    desk.advance_minutes(60);
    desk.approve(item, &plans(&desk, item).await).await;
    let objects = made(&[]);
    for held in desk.claim(desk.accounts[0]).await {
        desk.end(&held, &objects, &delivered(desk.now())).await;
    }
    assert_eq!(faults(&desk).await, []);
    made_older(&desk).await;
    assert_eq!(faults(&desk).await, []);
}

async fn what_older_lines_do_not_say_is_held_against_the_key_or_not_shown(desk: Desk) {
    let item = everywhere(&desk, "2026-001").await;
    let delivery = on(&desk, item, desk.accounts[1]).await;
    desk.run("UPDATE revision SET deadline_at = 1795345200000").await;
    made_older(&desk).await;
    let row = desk.store.item_by_id(item).await.unwrap();
    let evidence = desk.store.evidence(&row).await.unwrap();
    assert_eq!(evidence.faults(), []);
    assert_eq!(evidence.approved()[0].deadline_at, None, "no line vouches for it");
    let account = format!("account = {}", desk.accounts[2]);
    let fault = |column| Fault::Receipt {
        item: "2026-001".to_owned(),
        delivery,
        column,
    };
    let changes = [(account.as_str(), fault("its account")), ("languages = 'sr'", fault("its account"))];
    found(&desk, "delivery", &format!("id = {delivery}"), &changes).await;
    let late = Fault::Decision {
        item: "2026-001".to_owned(),
        revision: 1,
        column: "the time when it was approved",
    };
    found(&desk, "revision", "number = 1", &[("approved_at = approved_at - 120000", late)]).await;
}
