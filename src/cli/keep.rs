//! `kasnec backup` and `kasnec restore`.

use std::sync::Arc;

use super::args::{BackupArgs, Cli, RestoreArgs};
use super::exit::{Exit, Failed};
use super::output::{self, line};
use super::session::{configuration, steady_clock};
use crate::clock::Clock;
use crate::keep::backup::{Made, make};
use crate::keep::restore::{self, Restored};
use crate::store::restore::Lost;

/// How many lines of a list are shown to a person; `--json` has them all.
const SHOWN: usize = 40;

/// Makes a backup.
pub async fn backup(cli: &Cli, options: &BackupArgs) -> Result<Exit, Failed> {
    let (loaded, _) = configuration(cli)?;
    let settings = &loaded.settings;
    let folder = options.out.clone().unwrap_or_else(|| settings.backup_folder());
    let made = make(settings, &folder, steady_clock(settings).now(), options.with_key).await?;
    if cli.json {
        output::json(&made);
    } else {
        print_made(&made);
    }
    Ok(Exit::Done)
}

fn print_made(made: &Made) {
    let size = made.bytes.div_ceil(1000);
    line(format!(
        "{} is made ({size} kB) and was read again, page by page: it is whole.",
        made.file.display()
    ));
    for end in &made.contents.ends {
        line(format!(
            "The ledger of {} ends in it at line {}, {}.",
            end.office, end.seq, end.hash
        ));
    }
    line(match &made.key {
        Some(key) => format!(
            "{} is the key. Who has both has the passwords of your channels: keep them apart.",
            key.display()
        ),
        None => "The key (data/key) is not in it. Keep a copy of it apart from the backups, on paper or in the safe: \
                 without it the channels must be connected again; with it, the backup gives their passwords away."
            .to_owned(),
    });
}

/// Puts a backup back.
pub async fn restore(cli: &Cli, options: &RestoreArgs) -> Result<Exit, Failed> {
    let (loaded, _) = configuration(cli)?;
    let (settings, clock) = (&loaded.settings, Arc::new(steady_clock(&loaded.settings)));
    let restored = match &options.file {
        Some(file) => restore::restore(settings, file, clock).await?,
        None => restore::already_back(settings, clock).await?,
    };
    if cli.json {
        output::json(&restored);
    } else {
        print_restored(&restored);
    }
    Ok(Exit::Done)
}

fn print_restored(restored: &Restored) {
    if let Some(from) = &restored.from {
        line(format!("{} is now the data.", from.display()));
    }
    if let Some(kept) = &restored.kept {
        line(format!("What was there before is kept as {}.", kept.display()));
    }
    let since = restored.since.format("%Y-%m-%d %H:%M UTC");
    line(format!("It knows nothing of what happened after {since}."));
    if restored.key_restored {
        line("The key was missing; the one beside the backup was put back.");
    } else if restored.key_missing {
        line("There is NO key: put data/key back from where you keep it BEFORE you start anything, or connect every channel again.");
    }
    print_lost(restored);
    print_doubted(restored);
    line("Then: kasnec doctor, and start Kasnec again.");
}

fn print_lost(restored: &Restored) {
    let Some(all) = &restored.lost else {
        line(
            "What was done since then cannot be said. Before you queue, approve, correct or withdraw anything again, look at the channels: it may stand there already.",
        );
        return;
    };
    let lost: Vec<&Lost> = all.iter().filter(|lost| lost.is_of_a_notice()).collect();
    if lost.is_empty() {
        line("The replaced data knows of no act or delivery since then.");
        return;
    }
    line(
        "\nThe replaced data knows of these since then. They are no longer known; what is published of them stands. Do not queue them again before you have looked:",
    );
    for lost in lost.iter().take(SHOWN) {
        let on = lost.account.as_ref().map(|account| format!(" on {account}")).unwrap_or_default();
        line(format!(
            "  {}  {}: {}{on}",
            lost.at.format("%Y-%m-%d %H:%M UTC"),
            lost.reference,
            lost.act
        ));
    }
    more(lost.len());
}

fn print_doubted(restored: &Restored) {
    if restored.doubted.is_empty() {
        line("\nNothing is open in it, so nothing can be sent twice.");
        return;
    }
    line(
        "\nThese are open in it and may have been published since. Each is looked up at its channel before it is sent; what a channel cannot show goes to a person:",
    );
    for doubted in restored.doubted.iter().take(SHOWN) {
        line(format!(
            "  delivery {}  {}: {} on {}",
            doubted.id, doubted.reference, doubted.action, doubted.account
        ));
    }
    more(restored.doubted.len());
    line("See kasnec delivery list --state unknown, and --state \"needs a person\".");
}

fn more(count: usize) {
    if count > SHOWN {
        line(format!("  … and {} more (--json has all)", count - SHOWN));
    }
}
