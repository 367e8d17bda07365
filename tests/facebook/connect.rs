//! The way from “Connect” to a Page token, with a browser of our own.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use kasnec::clock::SetClock;
use kasnec::connect::{Account, ConnectError, Connected, Flow, Listen, Return, connect};
use kasnec::sandbox::facebook::Options;
use serde_json::json;
use url::Url;

use crate::bench::{Bench, Wish, client, manifest, owned, settings, tools};

/// What the person's browser does with the address it is given.
type Browse = fn(String, Seen);
/// What the browser saw.
type Seen = Arc<Mutex<Vec<(u16, String)>>>;

async fn go(bench: &Bench, page_id: &str, browse: Browse) -> (Result<Connected, ConnectError>, Vec<(u16, String)>) {
    let options = Options {
        page_id: page_id.to_owned(),
        ..bench.options.clone()
    };
    let settings = settings(&bench.url(""), &options);
    let secrets = owned(&[("app_secret", &bench.options.app_secret)]);
    let listen = Listen {
        port: 0,
        patience: Duration::from_secs(8),
    };
    let account = Account {
        settings: &settings,
        secrets: &secrets,
        listen,
    };
    let tools = tools(&Arc::new(SetClock::at(chrono::Utc::now())));
    let seen = Seen::default();
    let browser = seen.clone();
    let open = move |url: &str| browse(url.to_owned(), browser.clone());
    let connected = connect(&manifest(), &account, &tools.http, &tools.renderer, open).await;
    tokio::time::sleep(Duration::from_millis(50)).await;
    let seen = seen.lock().unwrap().clone();
    (connected, seen)
}

async fn visit(url: &str, seen: &Seen) -> Option<String> {
    let answer = client().get(url).send().await.unwrap();
    let location = answer.headers().get("location").map(|to| to.to_str().unwrap().to_owned());
    let status = answer.status().as_u16();
    let text = answer.text().await.unwrap();
    seen.lock().unwrap().push((status, text));
    location
}

/// Agrees to everything and goes back where it is sent.
fn agree(url: String, seen: Seen) {
    tokio::spawn(async move {
        let back = visit(&format!("{url}&auto=1"), &seen).await.unwrap();
        visit(&back, &seen).await;
    });
}

fn refuse(url: String, seen: Seen) {
    tokio::spawn(async move {
        let url = Url::parse(&url).unwrap();
        let mut form: Vec<(String, String)> = url.query_pairs().into_owned().collect();
        form.push(("cancel".to_owned(), "1".to_owned()));
        let answer = client().post(url).form(&form).send().await.unwrap();
        let back = answer.headers()["location"].to_str().unwrap().to_owned();
        visit(&back, &seen).await;
    });
}

/// A stranger comes first, with a mark and a code of their own.
fn stranger_first(url: String, seen: Seen) {
    tokio::spawn(async move {
        let dialog = Url::parse(&url).unwrap();
        let home = dialog
            .query_pairs()
            .find(|(name, _)| name == "redirect_uri")
            .unwrap()
            .1
            .into_owned();
        visit(&format!("{home}?code=AQstolen&state=guessed"), &seen).await;
        visit(&home.replace("/callback", "/favicon.ico"), &seen).await;
        agree(url, seen);
    });
}

#[tokio::test]
async fn a_person_who_agrees_gets_the_office_a_page_token_without_end() {
    let bench = Bench::open().await;
    let (connected, seen) = go(&bench, &bench.options.page_id, agree).await;
    let connected = connected.unwrap();
    assert_eq!(connected.stored_as, "page_token");
    assert!(
        connected.notes[0].contains(&bench.options.page_name) && connected.notes[1].contains("no end date"),
        "{:?}",
        connected.notes
    );
    assert!(seen[1].1.contains("Faleminderit") && !seen[1].1.contains("AQ"), "{}", seen[1].1);
    assert!(!format!("{connected:?}").contains(&connected.token));
    let secrets = &[("page_token", connected.token.as_str())];
    bench.conditions(&["proof_required"]).await;
    let answer = bench.read("me", "name").await;
    assert!(answer["error"].is_object(), "the stand-in asks for the proof: {answer}");
    let with_token = Bench::with(Wish {
        secrets,
        elsewhere: Some(bench.url("")),
        ..Wish::default()
    })
    .await;
    let check = with_token.driver.check().await;
    assert!(check.wrong.is_empty(), "{:?}", check.wrong);
    bench.hold_against_meta();
}

#[tokio::test]
async fn connecting_works_where_the_app_secret_is_required() {
    let bench = Bench::open().await;
    bench.conditions(&["proof_required"]).await;
    go(&bench, &bench.options.page_id, agree).await.0.unwrap();
}

#[tokio::test]
async fn a_page_that_the_list_leaves_out_is_asked_for_by_its_id() {
    let bench = Bench::open().await;
    bench.conditions(&["page_unlisted"]).await;
    let connected = go(&bench, &bench.options.page_id, agree).await.0.unwrap();
    assert!(connected.notes[0].contains("Business portfolio"), "{:?}", connected.notes);
    bench.hold_against_meta();
}

#[tokio::test]
async fn another_page_than_the_chosen_one_is_not_taken_and_the_offered_ones_are_named() {
    let bench = Bench::open().await;
    let Err(ConnectError::PageNotOffered { wanted, offered }) = go(&bench, "4711", agree).await.0 else {
        panic!("it was taken");
    };
    assert_eq!((wanted.as_str(), offered[0].id.as_str()), ("4711", bench.options.page_id.as_str()));
    let said = ConnectError::PageNotOffered { wanted, offered }.to_string();
    assert!(said.contains(&bench.options.page_name), "{said}");
}

#[tokio::test]
async fn a_person_who_says_no_connects_nothing() {
    let bench = Bench::open().await;
    let (connected, seen) = go(&bench, &bench.options.page_id, refuse).await;
    assert!(matches!(connected, Err(ConnectError::Declined(_))), "{connected:?}");
    assert!(seen[0].1.contains("Asgjë nuk u lidh"));
}

#[tokio::test]
async fn a_stranger_at_the_door_is_turned_away_and_the_person_still_gets_in() {
    let bench = Bench::open().await;
    let (connected, seen) = go(&bench, &bench.options.page_id, stranger_first).await;
    connected.unwrap();
    assert_eq!([seen[0].0, seen[1].0], [400, 404]);
    let codes = bench
        .recording()
        .into_iter()
        .filter(|call| call["params"]["code"].is_string())
        .count();
    assert_eq!(codes, 1, "only our own code was exchanged");
}

#[tokio::test]
async fn nobody_is_waited_for_for_ever() {
    let settings = settings("http://127.0.0.1:9", &Options::default());
    let secrets = owned(&[("app_secret", "x")]);
    let listen = Listen {
        port: 0,
        patience: Duration::from_millis(50),
    };
    let tools = tools(&Arc::new(SetClock::at(chrono::Utc::now())));
    let account = Account {
        settings: &settings,
        secrets: &secrets,
        listen,
    };
    let ended = connect(&manifest(), &account, &tools.http, &tools.renderer, |_| ()).await;
    assert!(matches!(ended, Err(ConnectError::TimedOut(_))), "{ended:?}");
}

#[tokio::test]
async fn a_return_with_another_mark_is_refused_by_whoever_receives_it() {
    let bench = Bench::open().await;
    let settings = settings(&bench.url(""), &bench.options);
    let secrets = owned(&[("app_secret", &bench.options.app_secret)]);
    let account = Account {
        settings: &settings,
        secrets: &secrets,
        listen: Listen::default(),
    };
    let tools = tools(&Arc::new(SetClock::at(chrono::Utc::now())));
    let flow = Flow::begin(&manifest(), &account, &tools.renderer, "https://desk.example/connected").unwrap();
    let ended = flow.finish(&Return::of("state=other&code=AQ1"), &account, &tools.http).await;
    assert!(matches!(ended, Err(ConnectError::StateMismatch)), "{ended:?}");
}

#[tokio::test]
async fn a_wrong_app_secret_is_told_in_facebooks_words() {
    let bench = Bench::open().await;
    bench
        .fault(json!({ "kind": "error", "code": 1, "message": "Error validating client secret.", "path": "/oauth/access_token" }))
        .await;
    let ended = go(&bench, &bench.options.page_id, agree).await.0.unwrap_err().to_string();
    assert!(
        ended.contains("client secret") && ended.contains("nothing was connected"),
        "{ended}"
    );
}
