//! Answers after which nobody can know: for each kind of remote, real deliveries through a proxy that hurts them.

pub mod calls;
pub mod facebook;
pub mod letters;
pub mod wordpress;

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use kasnec::receipt::{FailureCode, State};
use kasnec::store::rows::Delivery;

use super::bureau::Bureau;
use super::outcome::{Length, Outcome, brief_seed};

/// Every kind of remote, all at once: most of the time is spent waiting.
pub fn play(length: Length, seed: u64) -> Vec<Outcome> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let (facebook, calls, letters, wordpress) = tokio::join!(
            facebook::play(length, seed),
            calls::play(length, seed),
            letters::play(length, seed),
            wordpress::play(length, seed)
        );
        [vec![facebook], calls, vec![letters, wordpress]].concat()
    })
}

#[test]
fn answers_that_are_lost_or_lie_lose_and_double_nothing() {
    play(Length::Brief, brief_seed()).iter().for_each(Outcome::must_be_clean);
}

/// A remote of one kind, as the game sees it.
pub trait Remote {
    /// What the row is called.
    fn name(&self) -> &'static str;
    /// When a person may be asked whether something stands.
    fn asks(&self) -> Asks;
    /// Whether what stands can be changed.
    fn can_change(&self) -> bool;
    /// Begins to hurt.
    fn rage(&self, seed: u64);
    /// Leaves off.
    fn calm(&self);
    /// How many answers were spoilt after the deed.
    fn ambiguous(&self) -> u64;
    /// How many calls got no answer, or none that can be understood: as many deliveries at most can be in doubt.
    fn lost(&self) -> u64;
    /// Every text that a citizen can read.
    async fn standing(&self) -> Vec<String>;
}

/// When a person may be asked whether something stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asks {
    /// Everything can be looked up or repeated. Only after eight answers in a row that make no sense a person must look, too.
    Never,
    /// What stands is found; what is not found is not sent again.
    IfAbsent,
    /// Nobody can look.
    Always,
}

/// One answer in so many may lead to a question where everything can be looked up: it takes eight without sense in a row.
const RARELY: u64 = 100;

/// How many items are on their way at once.
const BATCH: usize = 200;

/// Publishes items, and changes some, until the remote has spoilt enough answers; then counts what stands.
pub async fn game(bureau: Bureau, remote: &impl Remote, target: u64, seed: u64) -> Outcome {
    let begun = Instant::now();
    remote.rage(seed);
    let mut titles = BTreeMap::new();
    let batch = usize::try_from(target).unwrap().min(BATCH);
    while remote.ambiguous() < target && begun.elapsed() < Duration::from_mins(30) {
        let before = titles.len();
        for number in before..before + batch {
            let (reference, title) = (format!("N-{number:05}"), format!("NJOFTIMI N-{number:05} V1"));
            bureau.publish(&reference, &title).await;
            titles.insert(reference, title);
        }
        rest(&bureau, remote, seed).await;
        if remote.can_change() {
            change(&bureau, &mut titles, before).await;
            rest(&bureau, remote, seed).await;
        }
    }
    let deliveries = bureau.deliveries().await;
    let texts = remote.standing().await;
    bureau.close().await;
    let mut outcome = judge(remote, &deliveries, &texts, &titles, seed);
    outcome.runs = remote.ambiguous();
    if outcome.runs < target {
        outcome.wrong += 1;
        println!("    only {} of {target} answers were spoilt in the time", outcome.runs);
    }
    println!("    {} took {} s, {} items", remote.name(), begun.elapsed().as_secs(), titles.len());
    outcome
}

/// Corrects every third item of a batch that stands. A correction of what may or may not stand waits for the person who looks.
async fn change(bureau: &Bureau, titles: &mut BTreeMap<String, String>, since: usize) {
    let stands = |delivery: &Delivery| delivery.state == State::Delivered && delivery.reference >= format!("N-{since:05}");
    let standing = bureau.deliveries().await.into_iter().filter(stands);
    for Delivery { reference, .. } in standing.step_by(3) {
        let title = format!("NJOFTIMI {reference} V2");
        bureau.correct(&reference, &title).await;
        titles.insert(reference, title);
    }
}

/// Everything must end while the remote hurts; what has not ended after a long time gets a last chance in peace.
async fn rest(bureau: &Bureau, remote: &impl Remote, seed: u64) {
    if !bureau.settle(Duration::from_mins(1)).await {
        remote.calm();
        bureau.settle(Duration::from_secs(30)).await;
        remote.rage(seed);
    }
}

/// What stands, against what is said to stand.
fn judge(remote: &impl Remote, deliveries: &[Delivery], texts: &[String], titles: &BTreeMap<String, String>, seed: u64) -> Outcome {
    let (mut outcome, mut asked) = (Outcome::new(remote.name(), seed), 0_u64);
    let last: BTreeMap<&str, &Delivery> = deliveries.iter().map(|delivery| (delivery.reference.as_str(), delivery)).collect();
    for (reference, title) in titles {
        let standing: Vec<&String> = texts
            .iter()
            .filter(|text| text.to_uppercase().contains(reference.as_str()))
            .collect();
        let says = |text: &&String| text.to_uppercase().contains(title.as_str());
        let Some(delivery) = last.get(reference.as_str()) else {
            outcome.lost += 1;
            continue;
        };
        let fault = match (delivery.state, standing.as_slice()) {
            (_, [_, _, ..]) => &mut outcome.doubled,
            (State::Delivered, [text]) if says(text) => continue,
            (State::NeedsPerson, standing) if is_question(delivery, remote.asks(), standing.len()) => {
                asked += 1;
                continue;
            }
            (State::Delivered | State::NeedsPerson, _) | (State::Rejected, [_]) => &mut outcome.wrong,
            _ => &mut outcome.lost,
        };
        *fault += 1;
        println!(
            "    {reference}: {:?}, stands {}: {:?}",
            delivery.state,
            standing.len(),
            delivery.failure
        );
    }
    let may_be_asked = match remote.asks() {
        Asks::Never => remote.ambiguous() / RARELY + 1,
        // A call may also be slow by itself, on a machine that is.
        Asks::IfAbsent | Asks::Always => remote.lost() + remote.ambiguous() / RARELY + 1,
    };
    if asked > may_be_asked {
        outcome.wrong += asked - may_be_asked;
        println!("    a person is asked {asked} times; {may_be_asked} would be right");
    }
    if asked > 0 {
        outcome.fault = format!("{} ({asked} asked)", remote.name());
    }
    outcome
}

/// Whether a person is rightly asked what became of it.
fn is_question(delivery: &Delivery, asks: Asks, standing: usize) -> bool {
    let Some(failure) = delivery.failure.as_ref().filter(|failure| failure.code == FailureCode::Unresolved) else {
        return false;
    };
    match asks {
        Asks::Always => true,
        Asks::IfAbsent if standing == 0 => true,
        Asks::IfAbsent | Asks::Never => failure.what.contains("It may stand all the same"),
    }
}
