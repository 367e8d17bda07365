//! The promise, asked of a simulated world: what is said to stand stands, and in the end everything that was promised does.

use std::collections::BTreeMap;

use kasnec::receipt::{Action, State};
use kasnec::store::rows::Delivery;

use super::books::{Item, headline};
use super::remote::Way;
use super::world::World;

/// What can be asked at any moment.
pub async fn holds_so_far(world: &mut World) {
    for delivery in newest(world).await.into_values() {
        let said = world.books.said.get(&delivery.id).cloned();
        let stands = said.is_some_and(|(key, text)| world.outside().public(&delivery.account, &key).any(|post| post.text == text));
        let claims = match delivery.state {
            State::Delivered => Some(true),
            State::Expired => Some(false),
            State::Rejected if delivery.action == Action::Publish => Some(false),
            _ => None,
        };
        if claims.is_some_and(|claimed| claimed != stands) {
            world
                .books
                .wrong(format!("it is said to be {}: {delivery:?}", delivery.state.word()));
        }
    }
}

/// What must be true when nothing goes wrong any more.
pub async fn holds_in_the_end(world: &mut World) {
    holds_so_far(world).await;
    for delivery in world.office.deliveries(true).await {
        world.books.lost(format!("it never ends: {delivery:?}"));
    }
    let newest = newest(world).await;
    for item in world.books.items.clone() {
        for (account, way) in Way::ALL {
            match newest.get(&(item.reference.clone(), account.to_owned())) {
                Some(delivery) => last_word(world, &item, delivery, way),
                None => world.books.lost(format!("{} was never planned for {account}", item.reference)),
            }
        }
    }
    a_person_is_seldom_asked(world).await;
    let audit = world.office.system.store.audit("k", None).await.unwrap();
    for fault in audit.faults {
        world.books.wrong(format!("the ledger: {fault:?}"));
    }
}

/// A person is asked what became of a call where the remote cannot be looked at, now and then where a look can be shut out for long, and
/// hardly ever where a call can be made again.
async fn a_person_is_seldom_asked(world: &mut World) {
    let all = world.office.deliveries(false).await;
    for (account, way) in Way::ALL {
        let one_in = match way {
            Way::Letter => 1,
            Way::Once | Way::Keyed => 4,
            Way::Draft | Way::Put => 100,
        };
        let made = all.iter().filter(|delivery| delivery.account == account).count() as u64;
        let asked = world.books.asked.get(account).copied().unwrap_or_default();
        if asked > made / one_in + 2 {
            world
                .books
                .wrong(format!("of {made} deliveries on {account} a person is asked {asked} times"));
        }
    }
}

/// The newest delivery of each item on each account.
async fn newest(world: &World) -> BTreeMap<(String, String), Delivery> {
    let all = world.office.deliveries(false).await.into_iter();
    all.map(|delivery| ((delivery.reference.clone(), delivery.account.clone()), delivery))
        .collect()
}

/// Citizens read the newest revision, once; or nothing, where that is right.
fn last_word(world: &mut World, item: &Item, delivery: &Delivery, way: Way) {
    let own = |text: &str| headline(text).and_then(|headline| headline.split(' ').next()) == Some(&item.reference);
    let is_last = |text: &str| headline(text) == Some(&item.title) && text.contains("U anulua") == item.withdrawn;
    let texts: Vec<String> = {
        let outside = world.outside();
        let public = outside
            .posts
            .iter()
            .filter(|post| post.account == delivery.account && post.public && !post.gone);
        public.filter(|post| own(&post.text)).map(|post| post.text.clone()).collect()
    };
    let (all, last) = (texts.len(), texts.iter().filter(|text| is_last(text)).count());
    let expired = item.fleeting && delivery.state == State::Expired;
    let may_be_silent = item.withdrawn || expired || (item.poisoned && delivery.state == State::Rejected);
    let expected = if way == Way::Letter { last == 1 } else { (all, last) == (1, 1) };
    if !(expected || (all == 0 && may_be_silent)) {
        world.books.lost(format!(
            "{} stands {all} times, in its last words {last} times: {texts:?} {delivery:?}",
            item.title
        ));
    }
}
