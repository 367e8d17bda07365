//! What became of posts in other people's tools, played again with the real drivers.

use std::sync::Arc;
use std::time::Duration;

use chrono::Duration as Span;
use kasnec::clock::Clock;
use kasnec::http::{Limits, Method, Outbound};
use kasnec::receipt::{FailureCode, State};
use kasnec::sandbox::facebook::{Options, Running, start};
use kasnec::store::rows::Delivery;
use serde_json::{Value, json};

use super::ambiguous::calls::MANIFESTS;
use super::ambiguous::facebook::{ERROR, SECRETS, accounts, public_posts};
use super::bureau::{Bureau, Plan, slow_clock};
use super::proxy::{Proxy, Trick};
use super::recorder::Recorder;

const PATIENCE: Duration = Duration::from_mins(1);

/// A Page behind a proxy, and an office that posts to it.
struct Page {
    sandbox: Running,
    proxy: Proxy,
    bureau: Bureau,
}

impl Page {
    async fn open(secrets: &[(&str, &str, &str)]) -> Self {
        let sandbox = start(Options::default()).await.unwrap();
        let proxy = Proxy::before(&sandbox.url(), ERROR);
        let plan = Plan {
            accounts: accounts(&proxy.url),
            secrets,
            haste: 400,
            patience: 1,
            ..Plan::default()
        };
        let bureau = Bureau::open(slow_clock(), &plan).await;
        Self { sandbox, proxy, bureau }
    }

    /// What the Page shows.
    async fn posts(&self) -> Vec<String> {
        public_posts(&self.sandbox.url()).await
    }

    async fn wall(&self) -> Value {
        let door = Outbound::new(Limits::default()).unwrap();
        let url = format!("{}/_sandbox/posts", self.sandbox.url());
        door.call(door.to_account(Method::GET, &url).unwrap())
            .await
            .unwrap()
            .json()
            .unwrap()
    }

    async fn only(&self) -> Delivery {
        let mut all = self.bureau.deliveries().await;
        assert_eq!(all.len(), 1, "{all:#?}");
        all.remove(0)
    }
}

/// gitroomhq/postiz-app#1259: workers were ended before their time, and posts scheduled for later were not sent, or were gone from the calendar.
#[tokio::test(flavor = "multi_thread")]
async fn a_scheduled_post_outlives_workers_that_die_and_goes_out_though_nobody_was_there_at_its_time() {
    let mut page = Page::open(&SECRETS).await;
    page.bureau.schedule("P-1", "NJOFTIMI P-1", 48).await;
    for _ in 0..6 {
        page.bureau.crash(Span::hours(6)).await;
        assert_eq!(page.only().await.state, State::Planned, "it stays where it was");
        assert!(page.posts().await.is_empty(), "nothing before its time");
    }
    page.bureau.crash(Span::hours(48)).await;
    assert!(page.bureau.settle(PATIENCE).await);
    assert_eq!((page.only().await.state, page.posts().await.len()), (State::Delivered, 1));
}

/// gitroomhq/postiz-app#1724: a post stayed in the queue for ever, nothing said why, and to set it going again was to risk a second one.
#[tokio::test(flavor = "multi_thread")]
async fn a_post_whose_call_hangs_says_what_it_waits_for_ends_and_holds_up_nobody() {
    let page = Page::open(&SECRETS).await;
    page.proxy.next("/feed", Trick::Silence);
    for _ in 0..3 {
        page.proxy.next("posts?", Trick::Silence);
    }
    page.bureau.publish("P-1", "NJOFTIMI P-1").await;
    let stuck = loop {
        let delivery = page.only().await;
        if delivery.failure.is_some() {
            break delivery;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    };
    assert_eq!(stuck.state, State::Unknown);
    let why = stuck.failure.unwrap();
    assert!(!why.what.is_empty() && why.code == FailureCode::NoAnswer && stuck.next_at > page.bureau.clock.now() - Span::minutes(10));
    page.bureau.publish("P-2", "NJOFTIMI P-2").await;
    assert!(page.bureau.settle(PATIENCE).await);
    let all = page.bureau.deliveries().await;
    assert!(all.iter().all(|delivery| delivery.state == State::Delivered), "{all:#?}");
    let mut posts = page.posts().await;
    posts.sort();
    assert!(
        posts.len() == 2 && posts[0].contains("P-1") && posts[1].contains("P-2"),
        "{posts:#?}"
    );
}

/// gitroomhq/postiz-app#832 and #1321: the post was out, a step after it failed, and the whole was run again, in a loop.
#[tokio::test(flavor = "multi_thread")]
async fn an_error_after_the_publication_does_not_publish_again() {
    let page = Page::open(&SECRETS).await;
    for _ in 0..6 {
        page.proxy.next("is_published", Trick::Error500);
    }
    page.bureau.publish("P-1", "NJOFTIMI P-1").await;
    assert!(page.bureau.settle(PATIENCE).await);
    assert_eq!(page.only().await.state, State::Delivered);
    assert_eq!(page.wall().await["created"], 1);
    let after = page.proxy.seen("is_published");
    assert!(
        after.iter().filter(|(_, trick)| *trick == Trick::Error500).count() == 6,
        "{after:#?}"
    );
}

/// The same, where the post is public at once and cannot be looked up: it is never sent again, whatever the answer was.
#[tokio::test(flavor = "multi_thread")]
async fn a_message_that_may_be_out_is_not_sent_in_a_loop_but_shown_to_a_person() {
    let clock = slow_clock();
    let recorder = Recorder::start(Arc::clone(&clock) as _);
    let proxy = Proxy::before(&recorder.url, ERROR);
    let plan = Plan {
        accounts: format!(
            "[offices.k.accounts.telegram]\nsettings.chat_id = \"@k\"\nsettings.api_url = \"{}\"\n",
            proxy.url
        ),
        secrets: &[("telegram", "bot_token", "8123:AAF")],
        haste: 400,
        patience: 1,
        ..Plan::default()
    };
    let bureau = Bureau::open(clock.clone(), &plan).await;
    proxy.next("sendMessage", Trick::Error500);
    bureau.publish("P-1", "NJOFTIMI P-1").await;
    assert!(bureau.settle(PATIENCE).await);
    clock.advance(Span::days(2));
    tokio::time::sleep(Duration::from_millis(300)).await;
    let delivery = &bureau.deliveries().await[0];
    assert_eq!(delivery.state, State::NeedsPerson);
    assert_eq!(delivery.failure.as_ref().unwrap().code, FailureCode::Unresolved);
    assert_eq!((proxy.seen("sendMessage").len(), recorder.standing("telegram").len()), (1, 1));
}

/// inovector/mixpost#184: on two of the networks the post failed over its link's preview; it was shown as published, without a sign of the error.
#[tokio::test(flavor = "multi_thread")]
async fn what_one_channel_refused_is_not_shown_as_published_though_the_others_have_it() {
    let sandbox = start(Options::default()).await.unwrap();
    let door = Outbound::new(Limits::default()).unwrap();
    let refusal = json!({ "kind": "error", "code": 1_500, "path": "/feed", "times": 9, "message": "The url you supplied is invalid" });
    let faults = format!("{}/_sandbox/faults", sandbox.url());
    door.call(door.to_account(Method::POST, &faults).unwrap().json(&refusal))
        .await
        .unwrap();
    let clock = slow_clock();
    let recorder = Recorder::start(Arc::clone(&clock) as _);
    let notices = format!("[offices.k.accounts.notices]\nsettings.url = \"{}\"\n", recorder.url);
    let plan = Plan {
        accounts: accounts(&sandbox.url()) + &notices,
        secrets: &SECRETS,
        manifests: &MANIFESTS,
        haste: 400,
        patience: 1,
    };
    let bureau = Bureau::open(clock, &plan).await;
    bureau.publish("P-1", "NJOFTIMI P-1").await;
    assert!(bureau.settle(PATIENCE).await);
    let all = bureau.deliveries().await;
    let on = |account: &str| all.iter().find(|delivery| delivery.account == account).unwrap();
    assert_eq!((on("notices").state, recorder.standing("notices").len()), (State::Delivered, 1));
    let failed = on("facebook");
    assert_eq!((failed.state, public_posts(&sandbox.url()).await.len()), (State::Rejected, 0));
    let why = failed.failure.as_ref().unwrap();
    assert!(
        why.what.contains("link") && why.evidence.as_ref().unwrap().contains("The url you supplied is invalid"),
        "{why:?}"
    );
    assert_eq!((&failed.url, &failed.remote_id), (&None, &None));
}

/// arsduo/koala#699: HTTP 500 with code 2, "please retry your request later"; it had been posted each time: seven copies in twenty minutes.
#[tokio::test(flavor = "multi_thread")]
async fn an_error_that_asks_to_be_retried_though_it_has_posted_leaves_one_post() {
    let page = Page::open(&SECRETS).await;
    for _ in 0..7 {
        page.proxy.next("/feed", Trick::Error500);
        page.proxy.next("posts?", Trick::Error500);
    }
    let begun = page.bureau.clock.now();
    page.bureau.publish("P-1", "NJOFTIMI P-1").await;
    assert!(page.bureau.settle(PATIENCE).await);
    page.bureau.clock.advance(Span::minutes(20));
    assert!(page.bureau.clock.now() - begun >= Span::minutes(20));
    assert_eq!(page.only().await.state, State::Delivered);
    assert_eq!((page.proxy.seen("/feed").len(), page.posts().await.len()), (1, 1));
    assert_eq!(page.wall().await["created"], 1);
}

/// Automattic/jetpack#31967: a connection made after a post had been scheduled was shown as chosen, and skipped.
#[tokio::test(flavor = "multi_thread")]
async fn what_was_scheduled_before_its_channel_was_connected_goes_out_on_it() {
    let page = Page::open(&[]).await;
    page.bureau.schedule("P-1", "NJOFTIMI P-1", 2).await;
    for (account, name, secret) in SECRETS {
        page.bureau.system.put_secret("k", account, name, secret).await.unwrap();
    }
    assert!(page.bureau.settle(PATIENCE).await);
    assert_eq!((page.only().await.state, page.posts().await.len()), (State::Delivered, 1));
}

/// The same, connected only when the time had passed: it waits for the connection, says so, and is not skipped.
#[tokio::test(flavor = "multi_thread")]
async fn what_came_due_before_its_channel_was_connected_waits_for_it() {
    let page = Page::open(&[]).await;
    page.bureau.publish("P-1", "NJOFTIMI P-1").await;
    let waiting = loop {
        let delivery = page.only().await;
        if delivery.failure.is_some() {
            break delivery;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    };
    assert_eq!(waiting.settled_at, None);
    assert_eq!(waiting.failure.unwrap().code, FailureCode::NotConfigured);
    for (account, name, secret) in SECRETS {
        page.bureau.system.put_secret("k", account, name, secret).await.unwrap();
    }
    page.bureau.system.store.reopen_account("k", "facebook", "editor").await.unwrap();
    assert!(page.bureau.settle(PATIENCE).await);
    assert_eq!((page.only().await.state, page.posts().await.len()), (State::Delivered, 1));
}
