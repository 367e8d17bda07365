//! Plenty: fifty thousand notices on one site, ten thousand items in one import, a file of 20 MB, a text of a megabyte. Memory is
//! bounded, answers come in time, nothing is missing or there twice, and what is more than the limit is told so.

mod import;
mod largest;
mod office;
mod readers;

use std::collections::BTreeSet;

use super::guarded::Guarded;
use super::outcome::{Length, Outcome, brief_seed};
use office::{FORMATS, LANGUAGES, Office};
use readers::Readers;

/// What a process may have had in memory at most, in kB, whatever it was asked for.
const MEMORY: u64 = 256 * 1024;

/// All of them.
pub fn play(length: Length, seed: u64) -> Vec<Outcome> {
    vec![notices(length, seed), import::play(length, seed), largest::play(seed)]
}

#[test]
fn many_notices_and_large_ones_are_read_in_bounded_memory() {
    play(Length::Brief, brief_seed()).iter().for_each(Outcome::must_be_clean);
}

fn notices(length: Length, seed: u64) -> Outcome {
    let count = length.pick(500, 50_000);
    let mut outcome = Outcome::new(format!("{count} notices on one site"), seed);
    let office = Office::with_one_notice();
    office.multiply(count);
    let running = office.serve();
    let mut readers = Readers::of(&office);
    let [first, last, end] = lists(&mut readers, count, &mut outcome);
    feeds(&mut readers, count);
    pages(&mut readers, &[&first, &last], &end);
    readers.come_together(&["/", "/feed/sq.xml", "/k/aktet", "/feeds"], length.pick(5, 50));
    outcome.runs += readers.answers;
    outcome.wrong += readers.complaints;
    println!("{count} notices: {readers}");
    in_bounds(&running, &mut outcome);
    outcome
}

/// Pages through everything; gives the addresses of the first and the last notice, and the question that leads to the last page.
fn lists(readers: &mut Readers, count: u64, outcome: &mut Outcome) -> [String; 3] {
    let (mut path, mut seen) = ("/".to_owned(), Vec::new());
    loop {
        let page = readers.page(&path);
        seen.extend(notices_on(&page));
        let Some((_, next)) = page.split_once("<a rel=\"next\" href=\"") else {
            break;
        };
        next.split_once('"').unwrap().0.clone_into(&mut path);
    }
    let different = seen.iter().collect::<BTreeSet<_>>().len() as u64;
    outcome.lost += count - different;
    outcome.doubled += seen.len() as u64 - different;
    let last = seen.pop().unwrap();
    [seen.swap_remove(0), last, path.trim_start_matches('/').to_owned()]
}

/// The addresses of the notices on a page.
fn notices_on(page: &str) -> Vec<String> {
    let links = page.split("href=\"/n/").skip(1);
    links.filter_map(|rest| Some(format!("/n/{}", rest.split_once('"')?.0))).collect()
}

/// Each feed has its fifty newest, and is not sent to whoever has it.
fn feeds(readers: &mut Readers, count: u64) {
    let most = usize::try_from(count).unwrap().min(50);
    for lang in LANGUAGES {
        for (ending, entry) in FORMATS {
            for path in [format!("/feed/{lang}.{ending}"), format!("/feed/{lang}/aktet.{ending}")] {
                let feed = readers.page(&path);
                readers.must(feed.matches(entry).count() == most, &format!("{path} has not {most} entries"));
                readers.must(feed.contains("Lajmi"), &format!("{path} lacks the notices"));
                readers.has_it_already(&path);
            }
        }
    }
}

fn pages(readers: &mut Readers, notices: &[&str], end: &str) {
    let others = ["/k/aktet", "/feeds", "/ledger", "/ledger/heads.json", "/metrics", "/readyz"];
    for path in others.iter().chain(notices) {
        readers.page(path);
    }
    let end = readers.page(&format!("/k/aktet{end}"));
    readers.must(end.contains("href=\"/n/"), "the last page of a category is empty");
    for path in ["/api/items?limit=1000", "/api/deliveries?limit=1000", "/api/alarms", "/api/due"] {
        readers.page(path);
    }
}

/// What the process has had in memory at most is within bounds.
fn in_bounds(running: &Guarded, outcome: &mut Outcome) {
    let peak = peak(running.pid()).unwrap();
    println!("at most {} MB in memory", peak / 1024);
    if peak > MEMORY {
        println!("that is more than the {} MB allowed", MEMORY / 1024);
        outcome.wrong += 1;
    }
}

/// The most that a process has had in memory so far, in kB; nothing if it has ended.
fn peak(pid: u32) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().trim_end_matches(" kB").parse().ok()
}
