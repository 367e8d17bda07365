//! People, tokens and secrets.

use kasnec::store::StoreError;
use kasnec::store::rows::{AccountState, Role};
use kasnec::vault::{new_token, token_hash};

use crate::fixture::{Desk, OFFICE, newcomer, office};

on_both!(
    a_login_is_given_once,
    a_person_of_one_office_is_a_stranger_in_another,
    of_a_token_only_the_hash_is_kept,
    a_revoked_token_is_not_accepted,
    with_a_person_go_the_tokens,
    a_secret_is_kept_sealed_and_replaced_by_a_newer_one,
    an_account_that_is_no_longer_configured_is_removed_until_it_is_again,
);

async fn a_login_is_given_once(desk: Desk) {
    let twice = desk.store.add_person(OFFICE, &newcomer("arta", Role::Author)).await;
    assert!(
        matches!(&twice, Err(StoreError::Duplicate(what)) if what.contains("arta")),
        "{twice:?}"
    );
    assert_eq!(desk.store.people(OFFICE).await.unwrap(), std::slice::from_ref(&desk.editor));
    desk.store.add_person(OFFICE, &newcomer("besa", Role::Author)).await.unwrap();
    assert_eq!(desk.store.people(OFFICE).await.unwrap().len(), 2, "the failed try spoiled nothing");
}

async fn a_person_of_one_office_is_a_stranger_in_another(desk: Desk) {
    desk.store.put_office(&office("ferizaj")).await.unwrap();
    assert_eq!(desk.store.person("ferizaj", "arta").await.unwrap(), None);
    desk.store.add_person("ferizaj", &newcomer("arta", Role::Author)).await.unwrap();
    let item = desk.publish("2026-001").await;
    let stranger = desk.store.person("ferizaj", "arta").await.unwrap().unwrap();
    assert!(desk.store.retry(&stranger, 1).await.is_err());
    assert_eq!(desk.store.publish_now(&stranger, item).await.unwrap(), 0);
    assert!(desk.store.item("ferizaj", "2026-001").await.is_err());
}

async fn of_a_token_only_the_hash_is_kept(desk: Desk) {
    let (token, hash) = new_token();
    desk.store.add_token(&desk.editor, "orari", &hash).await.unwrap();
    assert_eq!(
        desk.store.person_by_token(&token_hash(&token)).await.unwrap(),
        Some(desk.editor.clone())
    );
    assert_eq!(desk.store.person_by_token(&token).await.unwrap(), None);
    assert_eq!(
        desk.lines("SELECT label || ' ' || hash FROM token").await,
        [format!("orari {hash}")]
    );
}

async fn a_revoked_token_is_not_accepted(desk: Desk) {
    let (_, hash) = new_token();
    let id = desk.store.add_token(&desk.editor, "orari", &hash).await.unwrap();
    desk.advance_minutes(1);
    desk.store.revoke_token(OFFICE, id).await.unwrap();
    assert_eq!(desk.store.person_by_token(&hash).await.unwrap(), None);
    assert_eq!(desk.store.tokens(OFFICE).await.unwrap()[0].revoked_at, Some(desk.now()));
    assert!(matches!(desk.store.revoke_token(OFFICE, id).await, Err(StoreError::Missing(..))));
}

async fn with_a_person_go_the_tokens(desk: Desk) {
    let (_, hash) = new_token();
    desk.store.add_token(&desk.editor, "orari", &hash).await.unwrap();
    desk.store.revoke_person(OFFICE, "arta").await.unwrap();
    assert_eq!(desk.store.person(OFFICE, "arta").await.unwrap(), None);
    assert_eq!(desk.store.person_by_token(&hash).await.unwrap(), None);
    assert!(desk.store.tokens(OFFICE).await.unwrap()[0].revoked_at.is_some());
    assert!(matches!(
        desk.store.revoke_person(OFFICE, "arta").await,
        Err(StoreError::Missing(..))
    ));
}

async fn a_secret_is_kept_sealed_and_replaced_by_a_newer_one(desk: Desk) {
    for sealed in ["k:one", "k:two"] {
        desk.store.put_secret(OFFICE, "facebook", "page_token", sealed).await.unwrap();
    }
    desk.store.put_secret(OFFICE, "email", "password", "k:three").await.unwrap();
    let secrets = desk.store.secrets(OFFICE, "facebook").await.unwrap();
    assert_eq!(
        secrets.into_iter().collect::<Vec<_>>(),
        [("page_token".to_owned(), "k:two".to_owned())]
    );
}

async fn an_account_that_is_no_longer_configured_is_removed_until_it_is_again(desk: Desk) {
    let website = [("website".to_owned(), "site".to_owned())];
    desk.store.put_accounts(OFFICE, &website).await.unwrap();
    let left = desk.store.accounts(OFFICE).await.unwrap();
    assert_eq!(
        (left.len(), left[0].channel.as_str(), left[0].state),
        (1, "site", AccountState::Open)
    );
    let both = ["website", "facebook"].map(|name| (name.to_owned(), name.to_owned()));
    desk.store.put_accounts(OFFICE, &both).await.unwrap();
    let back: Vec<_> = desk
        .store
        .accounts(OFFICE)
        .await
        .unwrap()
        .iter()
        .map(|account| account.id)
        .collect();
    assert_eq!(back, desk.accounts[..2], "with the numbers they had");
}
