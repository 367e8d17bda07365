//! Another program (a backup tool, say) holds a write transaction: reading goes on, approving says why not, and then it goes on.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use rusqlite::Connection;

use super::super::outcome::{Length, Outcome, brief_seed};
use super::complain;
use super::office::{Office, title};
use super::standing;

/// Holds the lock for longer than anybody waits.
pub fn play(length: Length, seed: u64) -> Vec<Outcome> {
    let mut outcome = Outcome::new("another process keeps the database locked", seed);
    let office = Office::new();
    let _running = office.serve().unwrap();
    let mut approved = BTreeSet::new();
    for number in 0..length.pick(1, 5) {
        let mut approve = |number| office.approve_over_http(number) && approved.insert(title(number));
        if !approve(3 * number) {
            complain(&mut outcome, "an approval is refused while nobody holds the lock");
        }
        let other = Connection::open(office.data("kasnec.db")).unwrap();
        other.execute_batch("BEGIN IMMEDIATE").unwrap();
        let begun = Instant::now();
        if approve(3 * number + 1) {
            complain(&mut outcome, "approved while another process held the lock");
        }
        if !office.is_read()
            || office
                .readiness(503, Duration::from_secs(20))
                .is_none_or(|text| !text.contains("busy"))
        {
            complain(&mut outcome, "the site cannot be read, or nobody is told");
        }
        let held = Duration::from_secs(length.pick(12, 60));
        std::thread::sleep(held.saturating_sub(begun.elapsed()));
        other.execute_batch("ROLLBACK").unwrap();
        if office.readiness(200, Duration::from_secs(20)).is_none() || !approve(3 * number + 2) {
            complain(&mut outcome, "it does not go on by itself");
        }
        outcome.runs += 1;
    }
    standing::check(&office, &approved, &mut outcome);
    vec![outcome]
}

#[test]
fn a_locked_database_is_waited_for_told_and_gone_on_with() {
    play(Length::Brief, brief_seed()).iter().for_each(Outcome::must_be_clean);
}
