//! The press list: two recipients, and no mailbox that can be looked into.

use super::{Asks, Remote, game};
use crate::bureau::{Bureau, Plan, slow_clock};
use crate::letters::Letters;
use crate::outcome::{Length, Outcome};

const PRESS: [&str; 2] = ["a@example.org", "b@example.org"];

/// One mailbox of the list: what is in it stands.
struct Press(Letters);

impl Remote for Press {
    fn name(&self) -> &'static str {
        "ambiguous answers: e-mail"
    }
    fn asks(&self) -> Asks {
        Asks::Always
    }
    fn can_change(&self) -> bool {
        false
    }
    fn rage(&self, seed: u64) {
        self.0.rage(seed);
    }
    fn calm(&self) {
        self.0.calm();
    }
    fn ambiguous(&self) -> u64 {
        self.0.ambiguous()
    }
    fn lost(&self) -> u64 {
        self.0.broken()
    }
    async fn standing(&self) -> Vec<String> {
        let taken = self.0.taken();
        let first = taken.iter().filter(|(to, _)| to == PRESS[0]);
        first.map(|(_, text)| subject(text)).collect()
    }
}

pub async fn play(length: Length, seed: u64) -> Outcome {
    let letters = Letters::start();
    let plan = Plan {
        accounts: accounts(letters.address.port()),
        haste: 100,
        patience: 1,
        ..Plan::default()
    };
    let bureau = Bureau::open(slow_clock(), &plan).await;
    let press = Press(letters);
    let mut outcome = game(bureau, &press, length.pick(10, 1_000), seed).await;
    outcome.doubled += twice_to_the_second(&press.0);
    outcome
}

/// An account on a server at that port.
pub fn accounts(port: u16) -> String {
    format!(
        "[offices.k.accounts.email]\nspacing_seconds = 0\nparallel = 8\nsettings.smtp_host = \"127.0.0.1\"\nsettings.smtp_port = \"{port}\"\n\
         settings.tls = \"none\"\nsettings.from = \"K <k@example.org>\"\nsettings.recipients = \"{}\"\n",
        PRESS.join(", ")
    )
}

/// The first line that says what a mail is about.
pub fn subject(text: &str) -> String {
    let line = text.lines().find(|line| line.to_ascii_lowercase().starts_with("subject:"));
    line.unwrap_or_default().to_owned()
}

fn twice_to_the_second(letters: &Letters) -> u64 {
    let taken = letters.taken();
    let mut subjects: Vec<String> = taken
        .iter()
        .filter(|(to, _)| to == PRESS[1])
        .map(|(_, text)| subject(text))
        .collect();
    let all = subjects.len();
    subjects.sort();
    subjects.dedup();
    (all - subjects.len()) as u64
}
