//! Commands of what is owed: the duties, the rules, the report, the warnings.

use std::path::PathBuf;
use std::str::FromStr;

use chrono::NaiveDate;
use clap::{Args, Subcommand};

use crate::register::report::Format;

/// `kasnec due …`
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct DueArgs {
    /// What to do with one duty; the list of them where nothing is said
    #[command(subcommand)]
    pub command: Option<DueCommand>,
    /// Which duties to list
    #[command(flatten)]
    pub list: DueList,
}

/// Options of `kasnec due` alone.
#[derive(Debug, Args)]
pub struct DueList {
    /// What falls due by the end of this day, for example 2026-12-31 [default: within 60 days]; what is overdue or at risk is shown always
    #[arg(long, value_name = "DATE", value_parser = day)]
    pub until: Option<NaiveDate>,
    /// Only what this unit answers for
    #[arg(long)]
    pub unit: Option<String>,
    /// Also what ended within the last year
    #[arg(long)]
    pub all: bool,
    /// In this language [default: your own, else the office's leading one]
    #[arg(long)]
    pub lang: Option<String>,
    /// Write everything owed as an iCalendar into this file, or - for standard output
    #[arg(long, value_name = "FILE|-", conflicts_with_all = ["until", "all"])]
    pub ics: Option<PathBuf>,
}

/// `kasnec due show …` and others.
#[derive(Debug, Subcommand)]
pub enum DueCommand {
    /// Show one duty: why it is at risk, what proves it, what it was before
    Show {
        /// Its number
        duty: i64,
        /// In this language [default: your own, else the office's leading one]
        #[arg(long)]
        lang: Option<String>,
    },
    /// Settle a duty that was met outside Kasnec
    Settle {
        /// Its number
        duty: i64,
        /// What shows it: kept for ever
        #[arg(long)]
        proof: String,
        /// When it was met, for example "2026-11-24 10:00" [default: now]
        #[arg(long)]
        at: Option<String>,
    },
    /// Say why a duty is or was late
    Reason {
        /// Its number
        duty: i64,
        /// Why: kept for ever, and told in the transparency report
        #[arg(long)]
        reason: String,
    },
    /// End a duty that is not owed here
    Lift {
        /// Its number
        duty: i64,
        /// Why: kept for ever, and told in the transparency report
        #[arg(long)]
        reason: String,
    },
}

fn day(text: &str) -> Result<NaiveDate, String> {
    text.parse()
        .map_err(|_| "write year, month and day, for example 2026-12-31".to_owned())
}

/// `kasnec rules …`
#[derive(Debug, Subcommand)]
pub enum RulesCommand {
    /// Check every rule and every calendar, and what the offices lack to follow them
    Check,
    /// Tell step by step how each deadline of an item came about
    Explain(ExplainArgs),
    /// List the rules
    List {
        /// Only those of this plan
        #[arg(long)]
        plan: Option<String>,
        /// The language of the titles: sq, sr, en, tr [default: the office's leading one]
        #[arg(long)]
        lang: Option<String>,
    },
}

/// `kasnec rules explain …`
#[derive(Debug, Args)]
pub struct ExplainArgs {
    /// The item's reference
    #[arg(required_unless_present_any = ["file", "rule"])]
    pub item: Option<String>,
    /// An item that is not queued: a file, or - for standard input
    #[arg(long, conflicts_with = "item")]
    pub file: Option<PathBuf>,
    /// Only by this rule; with --anchor, for no item at all
    #[arg(long, value_name = "ID")]
    pub rule: Option<String>,
    /// What is counted from, for example "2026-11-24 10:00"; for a rule over periods any day of the period
    #[arg(long, requires = "rule", conflicts_with_all = ["item", "file"])]
    pub anchor: Option<String>,
    /// Another fact to go with --anchor, for example session=urgent
    #[arg(long, requires = "anchor", value_name = "NAME=VALUE")]
    pub fact: Vec<String>,
    /// The language: sq, sr, en, tr [default: that of who asks, else the office's leading one]
    #[arg(long)]
    pub lang: Option<String>,
}

/// Options of `report`.
#[derive(Debug, Args)]
pub struct ReportArgs {
    /// The first day
    #[arg(long, value_name = "DATE")]
    pub from: NaiveDate,
    /// The last day
    #[arg(long, value_name = "DATE")]
    pub to: NaiveDate,
    /// How it is written
    #[arg(long, default_value = "html", value_parser = Format::from_str)]
    pub format: Format,
    /// In which language [default: the acting person's, else the office's leading one]
    #[arg(long)]
    pub lang: Option<String>,
    /// Where to: a file, or - for standard output
    #[arg(long, default_value = "-", value_name = "FILE")]
    pub out: PathBuf,
}

/// Options of `warnings`.
#[derive(Debug, Args)]
pub struct WarningsArgs {
    /// Only those raised on this day or later [default: the last 30 days]
    #[arg(long, value_name = "DATE")]
    pub since: Option<NaiveDate>,
    /// Only those for this unit, or its head
    #[arg(long)]
    pub unit: Option<String>,
}
