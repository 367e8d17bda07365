//! Years of an office in seconds: real acts, store and workers in one process; clock, remotes, weather and crashes thrown by seeded dice.

mod books;
mod office;
mod promise;
mod remote;
mod weather;
mod world;

use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::outcome::{Length, Outcome, brief_seed};
use world::World;

/// How often everything is compared, in steps.
const LOOK_AROUND: u64 = 500;
/// How often it is told how far it has come, in worlds.
const TELL: u64 = 10;

/// Worlds at once for each core: a world often waits for a commit.
const AT_ONCE: usize = 2;

/// Plays many worlds, several at once.
pub fn play(length: Length, seed: u64) -> Vec<Outcome> {
    let (worlds, steps) = length.pick((3, 1_500), (200, 10_000));
    let hands = AT_ONCE * std::thread::available_parallelism().map_or(1, usize::from);
    let next = AtomicU64::new(0);
    let total = Mutex::new(Outcome::new(format!("simulation: {worlds} worlds, an event each run"), seed));
    let one_hand = || {
        let numbers = std::iter::from_fn(|| Some(next.fetch_add(1, Ordering::SeqCst)).filter(|number| *number < worlds));
        for number in numbers {
            let outcome = one_world(seed.wrapping_add(number), steps);
            add(&mut total.lock().unwrap(), &outcome, number + 1);
        }
    };
    std::thread::scope(|scope| (0..hands).for_each(|_| drop(scope.spawn(one_hand))));
    vec![total.into_inner().unwrap()]
}

/// Adds a world; tells now and then how far it has come.
fn add(total: &mut Outcome, world: &Outcome, number: u64) {
    total.runs += world.runs;
    total.lost += world.lost;
    total.doubled += world.doubled;
    total.wrong += world.wrong;
    if number.is_multiple_of(TELL) {
        let Outcome {
            runs,
            lost,
            doubled,
            wrong,
            ..
        } = total;
        println!("    world {number}: {runs} events so far, {lost} lost, {doubled} doubled, {wrong} wrong");
    }
}

fn one_world(seed: u64, steps: u64) -> Outcome {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let outcome = runtime.block_on(async {
        let mut world = World::new(seed).await;
        while world.books.outcome.runs < steps {
            if world.step().await {
                world.books.outcome.runs += 1;
                if world.books.outcome.runs % LOOK_AROUND == 0 {
                    promise::holds_so_far(&mut world).await;
                }
            }
        }
        world.heal().await;
        promise::holds_in_the_end(&mut world).await;
        if !world.books.outcome.is_clean() {
            println!("world {seed}:\n  {}", world.books.broken.join("\n  "));
        }
        world.books.outcome.clone()
    });
    runtime.shutdown_background();
    outcome
}

#[test]
fn whatever_the_dice_say_nothing_is_lost_doubled_or_wrongly_reported() {
    for outcome in play(Length::Brief, brief_seed()) {
        outcome.must_be_clean();
    }
}
