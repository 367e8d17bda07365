//! Years of an office in seconds: real acts, store and workers in one process; clock, remotes, weather and crashes thrown by seeded dice.

mod books;
mod office;
mod promise;
mod remote;
mod world;

use std::sync::atomic::{AtomicU64, Ordering};

use crate::outcome::{Length, Outcome, seed};
use world::World;

/// How often everything is compared, in steps.
const LOOK_AROUND: u64 = 500;

/// Plays many worlds, on every core.
pub fn play(length: Length, seed: u64) -> Vec<Outcome> {
    let (worlds, steps) = length.pick((3, 1_500), (200, 10_000));
    let (next, cores) = (AtomicU64::new(0), std::thread::available_parallelism().map_or(1, usize::from));
    let mut total = Outcome::new(format!("simulation: {worlds} worlds, an event each run"), seed);
    std::thread::scope(|scope| {
        let one_core = || {
            let numbers = std::iter::from_fn(|| Some(next.fetch_add(1, Ordering::SeqCst)).filter(|number| *number < worlds));
            numbers
                .map(|number| one_world(seed.wrapping_add(number), steps))
                .collect::<Vec<_>>()
        };
        let threads: Vec<_> = (0..cores).map(|_| scope.spawn(one_core)).collect();
        for outcome in threads.into_iter().flat_map(|thread| thread.join().unwrap()) {
            total.runs += outcome.runs;
            total.lost += outcome.lost;
            total.doubled += outcome.doubled;
            total.wrong += outcome.wrong;
        }
    });
    vec![total]
}

fn one_world(seed: u64, steps: u64) -> Outcome {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let outcome = runtime.block_on(async {
        let mut world = World::new(seed).await;
        for step in 1..=steps {
            world.step().await;
            world.books.outcome.runs += 1;
            if step % LOOK_AROUND == 0 {
                promise::holds_so_far(&mut world).await;
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
    for outcome in play(Length::Brief, seed()) {
        outcome.must_be_clean();
    }
}
