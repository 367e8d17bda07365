//! Bytes from outside, at every parser that takes them: none may panic, go on and on, fill the memory, or let something harmful through.
//!
//! A target is a plain function over bytes that panics when its invariant is broken. It is fed what stands in `tests/faults/corpus/TARGET/`,
//! then what a seeded mutator makes of that. What breaks a target is kept in `target/fuzz/`, to be put into the corpus with its mending.

mod answers;
mod items;
mod keeping;
mod looks;
mod mutator;
mod office;
mod web;

use std::cell::Cell;
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Once;
use std::time::{Duration, Instant};

use crate::outcome::{Length, Outcome};
use mutator::Mutator;

/// A parser, and what must hold of it.
struct Target {
    /// Its name, and that of its folder in the corpus.
    name: &'static str,
    /// Panics when the invariant is broken.
    run: fn(&[u8]),
    /// Executions in `make test` and in `make soak`.
    runs: (u64, u64),
    /// What its language is made of.
    words: &'static [&'static str],
}

/// Every parser of bytes from outside.
const TARGETS: &[Target] = &[
    items::ITEM,
    items::MARKUP,
    items::MOMENT,
    items::ATTACHMENT,
    office::KINDS,
    office::RULES,
    office::MANIFEST,
    office::SETTINGS,
    office::TEMPLATE,
    answers::GRAPH,
    answers::WORDPRESS,
    answers::HTTP_CALL,
    answers::OAUTH,
    answers::MAIL,
    answers::SMTP,
    looks::PAGE,
    looks::FEED,
    keeping::LEDGER,
    keeping::STORED,
    keeping::BACKUP,
    keeping::VAULT,
    keeping::ADDRESS,
    web::REQUEST,
];

/// The longest that one input may take: inputs have 64 kB at most, most have far less.
const PATIENCE: Duration = Duration::from_secs(10);
/// How much the memory may grow while a target is played, in kB.
const MEMORY: u64 = 1024 * 1024;

/// Plays every target.
pub fn play(length: Length, seed: u64) -> Vec<Outcome> {
    let chosen = std::env::var("KASNEC_FUZZ").unwrap_or_default();
    TARGETS
        .iter()
        .filter(|target| target.name.contains(&chosen))
        .map(|target| target.play(length, seed))
        .collect()
}

#[test]
fn no_bytes_from_outside_break_a_parser() {
    for outcome in play(Length::Brief, crate::outcome::brief_seed()) {
        outcome.must_be_clean();
    }
}

#[test]
fn a_broken_parser_is_told() {
    let broken = Target {
        name: "moment",
        run: |bytes| assert!(!bytes.contains(&b'9'), "a nine"),
        runs: (50, 50),
        words: &["9"],
    };
    let outcome = broken.play(Length::Brief, 1);
    assert!(outcome.wrong > 0 && outcome.runs > 50, "{outcome:?}");
}

impl Target {
    fn play(&self, length: Length, seed: u64) -> Outcome {
        let started = Instant::now();
        let mut outcome = Outcome::new(format!("bytes from outside: {}", self.name), seed);
        let corpus = corpus(self.name);
        assert!(!corpus.is_empty(), "tests/faults/corpus/{} is empty", self.name);
        let _quiet = Quiet::new();
        let mut mutator = Mutator::new(seed, self.words);
        let before = memory();
        let made = length.pick(self.runs.0, self.runs.1);
        let inputs = corpus.iter().cloned().map(Some).chain((0..made).map(|_| None));
        for input in inputs {
            let input = input.unwrap_or_else(|| mutator.next(&corpus));
            outcome.runs += 1;
            if let Some(what) = self.breaks(&input) {
                outcome.wrong += 1;
                self.tell(&input, &what);
            }
        }
        let grown = memory().saturating_sub(before);
        if grown > MEMORY {
            outcome.wrong += 1;
            println!("{}: the memory grew by {grown} kB", self.name);
        }
        println!(
            "{:<12} {:>8} inputs, {:>6.1} s, memory +{grown} kB",
            self.name,
            outcome.runs,
            started.elapsed().as_secs_f32()
        );
        outcome
    }

    /// What is wrong when it is given that, if anything is.
    fn breaks(&self, input: &[u8]) -> Option<String> {
        let started = Instant::now();
        let ran = catch_unwind(AssertUnwindSafe(|| (self.run)(input)));
        let took = started.elapsed();
        match ran {
            Err(panic) => Some(said(panic.as_ref())),
            Ok(()) if took > PATIENCE => Some(format!("it took {took:?}")),
            Ok(()) => None,
        }
    }

    fn tell(&self, input: &[u8], what: &str) {
        let folder = root().join("target/fuzz").join(self.name);
        let name = kasnec::receipt::chain::sha256(&String::from_utf8_lossy(input));
        let file = folder.join(&name[..12]);
        let kept = fs::create_dir_all(&folder).and_then(|()| fs::write(&file, input));
        let what: String = what.chars().take(600).collect();
        println!("{}: {what}\n  input: {} ({kept:?})", self.name, file.display());
    }
}

thread_local! {
    /// Whether panics of this thread are expected, and told by `tell` alone.
    static EXPECTED: Cell<bool> = const { Cell::new(false) };
}

/// While it lives, panics of this thread print no backtrace.
struct Quiet;

impl Quiet {
    fn new() -> Self {
        static HOOK: Once = Once::new();
        HOOK.call_once(|| {
            let usual = std::panic::take_hook();
            std::panic::set_hook(Box::new(move |panic| {
                if !EXPECTED.get() {
                    usual(panic);
                }
            }));
        });
        EXPECTED.set(true);
        Self
    }
}

impl Drop for Quiet {
    fn drop(&mut self) {
        EXPECTED.set(false);
    }
}

fn said(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().cloned();
    text.or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned()))
        .unwrap_or_else(|| "it panicked without a word".to_owned())
}

fn corpus(name: &str) -> Vec<Vec<u8>> {
    let entries = fs::read_dir(root().join("tests/faults/corpus").join(name))
        .into_iter()
        .flatten()
        .flatten();
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.path()).collect();
    files.sort();
    files.iter().map(|file| fs::read(file).unwrap()).collect()
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// What the process holds just now, in kB; 0 where the system does not say.
fn memory() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmRSS:"));
    line.and_then(|line| line.split_whitespace().nth(1)?.parse().ok()).unwrap_or(0)
}
