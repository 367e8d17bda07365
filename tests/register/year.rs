//! The whole year 2027 of the plan of Kaçanik, lived through with a moving clock: every duty ends as the test's own books say, and none vanishes.

#![allow(
    clippy::similar_names,
    reason = "a story is told to a store, and what was seen is drawn from a seed"
)]

mod books;
mod count;
mod meetings;
mod others;
mod run;
mod story;

use std::collections::BTreeMap;
use std::time::Instant;

use kasnec::store::obligations::ObligationState::{Late, Lifted, Met, Open};

use self::books::{Books, End};
use self::story::{Dice, Story};
use super::office::fresh_postgres;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn in_a_whole_year_every_duty_ends_as_the_books_say_and_none_vanishes() {
    year(2027, None).await;
}

/// `KASNEC_YEARS=100` lives through a hundred more, and through one on PostgreSQL.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn and_in_as_many_more_as_one_asks_for() {
    let years = std::env::var("KASNEC_YEARS").ok().and_then(|years| years.parse().ok()).unwrap_or(0);
    for seed in 1..=years {
        year(seed, None).await;
    }
    if years > 0 {
        year(42, Some(fresh_postgres())).await;
    }
}

async fn year(seed: u64, store: Option<String>) {
    let story = told(seed);
    let began = Instant::now();
    let lived = run::live(&story, seed, store).await;
    let seconds = began.elapsed().as_secs_f64();
    let wanted = Books::new(&story.pieces, &lived.seen, &lived.given, lived.until).ends();
    let found = lived.ends().await;
    let count = |state| found.values().filter(|end| end.state == state).count();
    let overdue = found
        .values()
        .filter(|end| end.state == Open && end.due.1 < lived.office.now())
        .count();
    eprintln!(
        "seed {seed}: {} items, {} steps, {} duties ({} met, {} late, {} lifted, {overdue} overdue, {} open) in {seconds:.1} s",
        story.pieces.len(),
        lived.steps,
        found.len(),
        count(Met),
        count(Late),
        count(Lifted),
        count(Open) - overdue,
    );
    compare(seed, &wanted, &found);
    assert!(
        count(Met) > 700 && count(Late) > 50 && count(Lifted) > 20 && overdue > 10,
        "the year had something of everything"
    );
}

fn told(seed: u64) -> Story {
    let (mut story, dice) = (Story::default(), Dice::new(seed));
    meetings::tell(&mut story, &dice);
    others::tell(&mut story, &dice);
    let of = |kind: &str| story.pieces.iter().filter(|piece| piece.kind == kind).count();
    assert_eq!((of("assembly-meeting"), of("committee-meeting")), (24, 60));
    assert!(of("consultation") >= 20);
    story
}

fn compare(seed: u64, wanted: &BTreeMap<String, End>, found: &BTreeMap<String, End>) {
    let mut wrong = Vec::new();
    for key in wanted.keys().chain(found.keys()) {
        let (wanted, found) = (wanted.get(key), found.get(key));
        if wanted != found {
            wrong.push(format!("{key}\n  books:    {wanted:?}\n  register: {found:?}"));
        }
    }
    wrong.sort();
    wrong.dedup();
    assert!(
        wrong.is_empty(),
        "seed {seed}: {} duties differ\n{}",
        wrong.len(),
        wrong[..wrong.len().min(25)].join("\n")
    );
}
