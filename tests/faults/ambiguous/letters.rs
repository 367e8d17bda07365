//! The press list: two recipients, and no mailbox that can be looked into.

use std::collections::BTreeMap;

use super::{Asks, Remote, game};
use crate::bureau::{Bureau, Plan, slow_clock};
use crate::letters::Letters;
use crate::outcome::{Length, Outcome};

const PRESS: [&str; 2] = ["a@example.org", "b@example.org"];

/// The mailboxes of the list.
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
    /// What is in one mailbox alone does not stand.
    async fn standing(&self) -> Vec<String> {
        let [first, second] = PRESS.map(|to| counted(&self.0, to));
        let both = first
            .iter()
            .filter_map(|(subject, count)| Some((subject, (*count).max(*second.get(subject)?))));
        let twice = [&first, &second].map(|box_of| box_of.iter().filter(|(_, count)| **count > 1));
        let twice = twice.into_iter().flatten().map(|(subject, count)| (subject, *count));
        let most: BTreeMap<&String, usize> = both.chain(twice).collect();
        most.into_iter().flat_map(|(subject, count)| vec![subject.clone(); count]).collect()
    }
}

/// How often each subject is in a mailbox.
fn counted(letters: &Letters, to: &str) -> BTreeMap<String, usize> {
    let mut counted = BTreeMap::new();
    for (_, text) in letters.taken().iter().filter(|(taker, _)| taker == to) {
        *counted.entry(subject(text)).or_default() += 1;
    }
    counted
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
    game(bureau, &Press(letters), length.pick(10, 1_000), seed).await
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
