//! The ledger's chain: whatever is changed behind the program's back is found.

use kasnec::receipt::chain::BEGINNING;
use kasnec::receipt::{FailureCode, State};
use kasnec::store::audit::{Audit, Fault};
use kasnec::store::deliveries::Resolution;
use kasnec::store::rows::RevisionAct;
use kasnec::store::settle::Ending;

use crate::fixture::{Desk, OFFICE, failure, made};

on_both!(
    what_the_program_wrote_fits,
    a_changed_column_of_a_line_is_found_at_that_line,
    a_deleted_line_is_found,
    a_line_put_in_is_found,
    two_lines_that_changed_places_are_found,
    a_tail_cut_off_is_found_through_the_published_head,
    a_ledger_written_anew_is_found_through_a_head_somebody_kept,
    a_published_head_that_was_changed_or_deleted_is_found,
    a_changed_text_is_found_even_with_a_hash_that_fits_it,
    an_approval_without_the_program_is_found,
    a_changed_receipt_is_found_in_each_of_its_columns,
    a_delivery_or_item_made_up_or_deleted_is_found,
    a_day_has_one_head,
    what_was_written_before_there_was_a_chain_is_linked_at_the_next_start,
    writers_at_once_make_one_chain,
);

/// A notice that was delivered, corrected and delivered again, and one that a person settled.
async fn history(desk: &Desk) -> i64 {
    let item = desk.publish("2026-001").await;
    desk.deliver(&desk.claim_one().await).await;
    desk.advance_minutes(5);
    desk.revise(item, RevisionAct::Correct, "Mbledhja e Kuvendit (korrigjuar)").await;
    desk.deliver(&desk.claim_one().await).await;
    desk.publish("2026-002").await;
    let held = desk.claim_one().await;
    let ending = Ending::Settled {
        state: State::NeedsPerson,
        failure: Some(failure(FailureCode::ByHand)),
    };
    desk.end(&held, &made(&[]), &ending).await;
    let resolution = Resolution {
        delivered: true,
        at: desk.now(),
        place: Some("Salla e Komunës".to_owned()),
        note: None,
        photo: None,
    };
    let delivery = desk.store.delivery(OFFICE, held.id).await.unwrap();
    desk.store.resolve(&desk.editor, &delivery, &resolution, None).await.unwrap();
    desk.store.link().await.unwrap();
    item
}

async fn audit(desk: &Desk) -> Audit {
    desk.store.audit(OFFICE, None).await.unwrap()
}

/// What is found after these statements.
async fn after(desk: &Desk, sql: &str) -> Vec<Fault> {
    desk.run(sql).await;
    audit(desk).await.faults
}

async fn what_the_program_wrote_fits(desk: Desk) {
    history(&desk).await;
    assert!(desk.store.publish_head(OFFICE, "2026-11-23").await.unwrap());
    desk.publish("2026-003").await;
    desk.store.link().await.unwrap();
    let audit = audit(&desk).await;
    assert_eq!(audit.faults, []);
    assert_eq!(usize::try_from(audit.lines).unwrap(), desk.count("ledger").await);
    assert_eq!((audit.unlinked, audit.heads, audit.items), (0, 1, 3));
    assert_eq!(audit.hash, desk.line("SELECT hash FROM ledger ORDER BY seq DESC LIMIT 1").await);
    let lines = desk.store.chained(OFFICE, 0).await.unwrap();
    assert_eq!(lines[0].line.link(BEGINNING).hash, lines[0].hash);
    let known = lines[3].hash.clone();
    assert_eq!(desk.store.audit(OFFICE, Some(&known)).await.unwrap().faults, []);
}

async fn a_changed_column_of_a_line_is_found_at_that_line(desk: Desk) {
    history(&desk).await;
    let seq: i64 = desk
        .line("SELECT CAST(MIN(seq) AS TEXT) FROM ledger WHERE act = 'delivered'")
        .await
        .parse()
        .unwrap();
    let changes = [
        ("at", "at + 1"),
        ("who", "'Worker'"),
        ("act", "'Delivered'"),
        ("item", "item + 1"),
        ("reference", "'2026-002'"),
        ("delivery", "delivery + 1"),
        ("delivery", "NULL"),
        ("key", "'key'"),
        ("body", "REPLACE(body, 'remote-public', 'remote-publik')"),
        ("body", "body || ' '"),
        ("hash", "REPLACE(REPLACE(REPLACE(hash, '1', '2'), 'a', 'b'), '5', '6')"),
    ];
    for (column, value) in changes {
        desk.run("DROP TABLE IF EXISTS kept; CREATE TABLE kept AS SELECT * FROM ledger")
            .await;
        let faults = after(&desk, &format!("UPDATE ledger SET {column} = {value} WHERE seq = {seq}")).await;
        assert_eq!(faults.first(), Some(&Fault::Altered { seq }), "{column} = {value}");
        desk.run("DELETE FROM ledger; INSERT INTO ledger SELECT * FROM kept").await;
        assert_eq!(audit(&desk).await.faults, []);
    }
    desk.run("INSERT INTO office (id, described) SELECT 'tjeter', described FROM office")
        .await;
    let faults = after(&desk, &format!("UPDATE ledger SET office = 'tjeter' WHERE seq = {seq}")).await;
    assert_eq!(faults[0], Fault::Missing { seq, next: seq + 1 });
}

async fn a_deleted_line_is_found(desk: Desk) {
    history(&desk).await;
    let faults = after(&desk, "DELETE FROM ledger WHERE seq = 3").await;
    assert_eq!(faults[0], Fault::Missing { seq: 3, next: 4 });
    let faults = after(
        &desk,
        "UPDATE ledger SET seq = -seq WHERE seq > 3; UPDATE ledger SET seq = -seq - 1 WHERE seq < 0",
    )
    .await;
    assert_eq!(faults[0], Fault::Altered { seq: 3 });
    let faults = after(&desk, "DELETE FROM ledger WHERE seq = 1").await;
    assert_eq!(faults[0], Fault::Missing { seq: 1, next: 2 });
}

async fn a_line_put_in_is_found(desk: Desk) {
    history(&desk).await;
    let put = "INSERT INTO ledger (office, at, who, act, item, delivery, body, reference, key, seq, hash) \
               SELECT office, at, who, act, item, delivery, body, reference, key";
    desk.run("UPDATE ledger SET seq = -seq WHERE seq >= 4; UPDATE ledger SET seq = 1 - seq WHERE seq < 0")
        .await;
    let faults = after(&desk, &format!("{put}, 4, hash FROM ledger WHERE seq = 3")).await;
    assert_eq!(faults[0], Fault::Altered { seq: 4 });
    let faults = after(&desk, &format!("{put}, -7, hash FROM ledger WHERE seq = 3")).await;
    assert_eq!(faults[0], Fault::Outside { lines: 1 });
    if desk.is_sqlite() {
        let faults = after(&desk, &format!("{put}, NULL, NULL FROM ledger WHERE seq = 3")).await;
        assert_eq!(faults[0], Fault::Outside { lines: 2 });
    }
}

async fn two_lines_that_changed_places_are_found(desk: Desk) {
    history(&desk).await;
    let swap =
        "UPDATE ledger SET seq = -1 WHERE seq = 3; UPDATE ledger SET seq = 3 WHERE seq = 4; UPDATE ledger SET seq = 4 WHERE seq = -1";
    assert_eq!(after(&desk, swap).await[0], Fault::Altered { seq: 3 });
}

async fn a_tail_cut_off_is_found_through_the_published_head(desk: Desk) {
    desk.run("DELETE FROM ledger").await;
    for login in ["blerim", "drita", "elira"] {
        let person = crate::fixture::newcomer(login, kasnec::store::rows::Role::Author);
        desk.store.add_person(OFFICE, &person).await.unwrap();
    }
    desk.store.publish_head(OFFICE, "2026-11-23").await.unwrap();
    let head = desk.store.heads(OFFICE).await.unwrap().remove(0);
    let cut = after(&desk, "DELETE FROM ledger WHERE seq >= 3 OR seq IS NULL").await;
    let day = "2026-11-23".to_owned();
    assert_eq!(cut, [Fault::HeadOff { day, seq: head.seq }]);
    let known = desk.store.audit(OFFICE, Some(&head.hash)).await.unwrap().faults;
    assert_eq!(known[1], Fault::Unknown { hash: head.hash });
}

async fn a_ledger_written_anew_is_found_through_a_head_somebody_kept(desk: Desk) {
    history(&desk).await;
    desk.store.publish_head(OFFICE, "2026-11-23").await.unwrap();
    let published = desk.store.heads(OFFICE).await.unwrap().remove(0);
    // Everything is linked anew after a change, and the published heads are made to fit: from inside nothing is to be seen.
    desk.run("UPDATE ledger SET seq = NULL, hash = NULL; UPDATE ledger SET who = 'tjeter' WHERE act = 'user added'; DELETE FROM ledger WHERE act = 'head published'; DELETE FROM head")
        .await;
    desk.store.link().await.unwrap();
    desk.store.publish_head(OFFICE, "2026-11-23").await.unwrap();
    desk.store.link().await.unwrap();
    assert_eq!(audit(&desk).await.faults, []);
    let faults = desk.store.audit(OFFICE, Some(&published.hash)).await.unwrap().faults;
    assert_eq!(faults, [Fault::Unknown { hash: published.hash }]);
}

async fn a_published_head_that_was_changed_or_deleted_is_found(desk: Desk) {
    history(&desk).await;
    desk.store.publish_head(OFFICE, "2026-11-23").await.unwrap();
    desk.store.link().await.unwrap();
    let head = desk.store.heads(OFFICE).await.unwrap().remove(0);
    let (seq, day) = (head.seq + 1, head.day);
    let gone = Fault::HeadGone { seq, day: day.clone() };
    assert_eq!(
        after(&desk, "UPDATE head SET seq = seq - 1").await,
        [Fault::HeadOff { day, seq: head.seq - 1 }, gone.clone()]
    );
    assert_eq!(after(&desk, "DELETE FROM head").await, [gone]);
}

async fn a_changed_text_is_found_even_with_a_hash_that_fits_it(desk: Desk) {
    let item = history(&desk).await;
    let text = |revision| Fault::Text {
        item: "2026-001".to_owned(),
        revision,
    };
    let change = format!("UPDATE revision SET content = REPLACE(content, 'Njoftim', 'Njoftlm') WHERE item = {item} AND number = 1");
    assert_eq!(after(&desk, &change).await, [text(1)]);
    let content = desk
        .line(&format!("SELECT content FROM revision WHERE item = {item} AND number = 1"))
        .await;
    let hash = kasnec::receipt::chain::sha256(&content);
    let fitted = format!("UPDATE revision SET content_hash = '{hash}' WHERE item = {item} AND number = 1");
    assert_eq!(after(&desk, &fitted).await, [text(1)]);
}

async fn an_approval_without_the_program_is_found(desk: Desk) {
    let item = desk.publish("2026-001").await;
    desk.propose(item, RevisionAct::Correct, "Tjetër titull").await;
    desk.store.link().await.unwrap();
    let approval = |revision| Fault::Approval {
        item: "2026-001".to_owned(),
        revision,
    };
    let approve = format!("UPDATE revision SET state = 'approved' WHERE item = {item} AND number = 2");
    assert_eq!(after(&desk, &approve).await, [approval(2)]);
    let both = format!("UPDATE revision SET state = 'proposed' WHERE item = {item}");
    assert_eq!(after(&desk, &both).await, [approval(1)]);
}

async fn a_changed_receipt_is_found_in_each_of_its_columns(desk: Desk) {
    let item = history(&desk).await;
    let delivery: i64 = desk
        .line(&format!("SELECT CAST(MIN(id) AS TEXT) FROM delivery WHERE item = {item}"))
        .await
        .parse()
        .unwrap();
    let changes = [
        ("remote_id = 'remote-publik'", "the remote's id"),
        ("url = 'https://example.org/tjeter'", "the address"),
        ("url = NULL", "the address"),
        ("post_hash = REPLACE(post_hash, '1', '2')", "the post's hash"),
        ("post = REPLACE(post, 'Mbledhja', 'Mbledhia')", "the post"),
        ("settled_at = settled_at - 60000", "the time"),
        (
            "objects = REPLACE(objects, 'remote-public', 'remote-publik')",
            "the remote's objects",
        ),
        ("objects = 'prishur'", "the remote's objects"),
        ("state = 'rejected'", "its state"),
    ];
    desk.run(&format!("CREATE TABLE kept AS SELECT * FROM delivery WHERE id = {delivery}"))
        .await;
    for (change, column) in changes {
        let faults = after(&desk, &format!("UPDATE delivery SET {change} WHERE id = {delivery}")).await;
        let item = "2026-001".to_owned();
        assert_eq!(faults, [Fault::Receipt { item, delivery, column }], "{change}");
        let back = ["remote_id", "url", "post_hash", "post", "settled_at", "objects", "state"]
            .map(|column| format!("{column} = (SELECT {column} FROM kept)"))
            .join(", ");
        desk.run(&format!("UPDATE delivery SET {back} WHERE id = {delivery}")).await;
    }
    let faults = after(
        &desk,
        "UPDATE delivery SET evidence = REPLACE(evidence, 'Salla', 'Dera') WHERE evidence IS NOT NULL",
    )
    .await;
    assert!(
        matches!(
            &faults[..],
            [Fault::Receipt {
                column: "what a person found",
                ..
            }]
        ),
        "{faults:?}"
    );
}

async fn a_delivery_or_item_made_up_or_deleted_is_found(desk: Desk) {
    let item = history(&desk).await;
    let open = desk.publish("2026-003").await;
    desk.store.link().await.unwrap();
    let faults = after(
        &desk,
        &format!("UPDATE delivery SET state = 'delivered', queue = 'done' WHERE item = {open}"),
    )
    .await;
    assert!(matches!(&faults[..], [Fault::Receipt { column: "its state", .. }]), "{faults:?}");
    desk.run(&format!(
        "UPDATE delivery SET state = 'planned', queue = 'waiting' WHERE item = {open}"
    ))
    .await;
    let faults = after(
        &desk,
        &format!(
            "DELETE FROM attempt; DELETE FROM look; DELETE FROM delivery WHERE item = {item} AND id = (SELECT MAX(id) FROM delivery WHERE item = {item})"
        ),
    )
    .await;
    assert!(
        matches!(
            &faults[..],
            [Fault::Receipt {
                column: "its existence",
                ..
            }]
        ),
        "{faults:?}"
    );
    let faults = after(
        &desk,
        &format!("DELETE FROM look; DELETE FROM delivery WHERE item = {item}; DELETE FROM revision WHERE item = {item}; DELETE FROM item WHERE id = {item}"),
    )
    .await;
    let seq = desk
        .line("SELECT CAST(MIN(seq) AS TEXT) FROM ledger WHERE reference = '2026-001'")
        .await
        .parse()
        .unwrap();
    assert_eq!(
        faults,
        [Fault::ItemGone {
            seq,
            item: "2026-001".to_owned()
        }]
    );
}

async fn a_day_has_one_head(desk: Desk) {
    assert!(desk.store.publish_head(OFFICE, "2026-11-23").await.unwrap());
    desk.publish("2026-001").await;
    assert!(!desk.opened_again().await.publish_head(OFFICE, "2026-11-23").await.unwrap());
    assert!(desk.store.publish_head(OFFICE, "2026-11-24").await.unwrap());
    let heads = desk.store.heads(OFFICE).await.unwrap();
    let days: Vec<_> = heads.iter().map(|head| (head.day.as_str(), head.seq)).collect();
    assert_eq!(days, [("2026-11-24", 4), ("2026-11-23", 1)]);
    assert_eq!(audit(&desk).await.faults, []);
}

async fn what_was_written_before_there_was_a_chain_is_linked_at_the_next_start(desk: Desk) {
    history(&desk).await;
    let before = desk.lines("SELECT body FROM ledger ORDER BY seq").await;
    let undo = "DROP INDEX ledger_chain; DROP INDEX ledger_unlinked; ALTER TABLE ledger DROP COLUMN reference; ALTER TABLE ledger DROP COLUMN key; \
                ALTER TABLE ledger DROP COLUMN seq; ALTER TABLE ledger DROP COLUMN hash; DROP TABLE head; DELETE FROM _sqlx_migrations WHERE version = 3";
    desk.store.close().await;
    desk.run(undo).await;
    let store = desk.opened_again().await;
    let audit = store.audit(OFFICE, None).await.unwrap();
    assert_eq!((audit.faults, audit.unlinked, audit.items), (vec![], 0, 2));
    assert_eq!(usize::try_from(audit.lines).unwrap(), before.len());
    assert_eq!(desk.lines("SELECT body FROM ledger ORDER BY seq").await, before);
}

async fn writers_at_once_make_one_chain(desk: Desk) {
    let mut tasks = tokio::task::JoinSet::new();
    for writer in 0..4 {
        let store = desk.opened_again().await;
        tasks.spawn(async move {
            for number in 0..25 {
                let login = format!("p{writer}-{number}");
                let person = crate::fixture::newcomer(&login, kasnec::store::rows::Role::Author);
                store.add_person(OFFICE, &person).await.unwrap();
                store.link().await.unwrap();
            }
        });
    }
    tasks.join_all().await;
    let audit = audit(&desk).await;
    assert_eq!((audit.lines, audit.unlinked, audit.faults), (101, 0, vec![]));
}
