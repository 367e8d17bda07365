//! The commands and their options.

mod owed;

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

pub use owed::{DueArgs, DueCommand, DueList, ExplainArgs, ReportArgs, RulesCommand, WarningsArgs};

/// Kasnec, the town crier: publishes a municipality's notices on every channel, in time, exactly once, with proof.
#[derive(Debug, Parser)]
#[command(name = "kasnec", version, propagate_version = true, after_help = super::exit::HELP)]
pub struct Cli {
    /// The configuration file [default: kasnec.toml if there is one, else the embedded sample office]
    #[arg(long, global = true, env = "KASNEC_CONFIG", value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// The office, where there are several
    #[arg(long, global = true, env = "KASNEC_OFFICE", value_name = "ID")]
    pub office: Option<String>,
    /// Who acts: a user of the office [default: the one mapped to the operating-system user]
    #[arg(long = "as", global = true, env = "KASNEC_AS", value_name = "LOGIN")]
    pub who: Option<String>,
    /// Write JSON for programs instead of tables for people
    #[arg(long, global = true)]
    pub json: bool,
    /// What to do
    #[command(subcommand)]
    pub command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Start everything in one process: the worker, the site, the feeds and the API
    Serve(ServeArgs),
    /// Start only a worker (several may share one PostgreSQL)
    Worker,
    /// Queue, approve, correct, withdraw and postpone items
    #[command(subcommand)]
    Item(ItemCommand),
    /// See what the office owes, by when and whether it will be met; settle it by hand, give reasons
    Due(DueArgs),
    /// See deliveries, try them again, settle them by hand
    #[command(subcommand)]
    Delivery(DeliveryCommand),
    /// Check the record of every decision and receipt
    #[command(subcommand)]
    Ledger(LedgerCommand),
    /// Make the proof of what was published where and when, to be checked without Kasnec
    Proof(ProofArgs),
    /// Connect and check channels
    #[command(subcommand)]
    Channel(ChannelCommand),
    /// Connect and check the server by which the office's own warnings are mailed
    #[command(subcommand)]
    Mail(MailCommand),
    /// Manage the people of the office
    #[command(subcommand)]
    User(UserCommand),
    /// Manage programs' tokens for the API
    #[command(subcommand)]
    Token(TokenCommand),
    /// Check the rules, list them, and tell how a deadline came about
    #[command(subcommand)]
    Rules(RulesCommand),
    /// The transparency report: what was owed, and how it was met
    Report(ReportArgs),
    /// The warnings that were raised, the newest first
    Warnings(WarningsArgs),
    /// What is due and not confirmed, why, and what to do; exit code 5 if there is anything
    Alarms,
    /// Copy the data, while everything runs
    Backup(BackupArgs),
    /// Put a backup in the place of the data; what may have been published since is looked up before it is sent
    Restore(RestoreArgs),
    /// Find what is wrong, the grave first, and say what to do
    Doctor,
    /// See which time is in force and who contradicts it; say that the machine's clock is right
    Clock(ClockArgs),
    /// See what configuration is in force
    #[command(subcommand)]
    Config(ConfigCommand),
    /// Start a stand-in for a remote service
    #[command(subcommand)]
    Sandbox(SandboxCommand),
}

/// Options of `serve`.
#[derive(Debug, Args)]
pub struct ServeArgs {
    /// Serve the site and the API, but let other processes work on the queue
    #[arg(long)]
    pub no_worker: bool,
}

/// `kasnec clock …`
#[derive(Debug, Args)]
pub struct ClockArgs {
    /// What to do [default: show]
    #[command(subcommand)]
    pub command: Option<ClockCommand>,
}

/// `kasnec clock …`
#[derive(Debug, Subcommand)]
pub enum ClockCommand {
    /// You have compared the machine's clock with another one, and it is right: put it in force
    Trust,
}

/// `kasnec backup …`
#[derive(Debug, Args)]
pub struct BackupArgs {
    /// The folder to write to [default: the key backup.folder]
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// Copy the key as well: who has both has the passwords of your channels
    #[arg(long)]
    pub with_key: bool,
}

/// `kasnec restore …`
#[derive(Debug, Args)]
pub struct RestoreArgs {
    /// The backup
    #[arg(required_unless_present = "already_back", conflicts_with = "already_back")]
    pub file: Option<PathBuf>,
    /// The data was put back by other means (`pg_restore`, a snapshot of the machine): only see that nothing is sent twice
    #[arg(long)]
    pub already_back: bool,
}

/// `kasnec item …`
#[derive(Debug, Subcommand)]
pub enum ItemCommand {
    /// Queue items: Markdown with TOML front matter, or JSON; a file, a folder, or - for standard input
    Add {
        /// Files, folders, or -
        #[arg(required = true, value_name = "FILE|DIR|-")]
        paths: Vec<PathBuf>,
        /// Approve them at once (needs the role of editor)
        #[arg(long)]
        approve: bool,
        /// Why what is approved will be public too late: kept for ever, and told in the report
        #[arg(long, requires = "approve")]
        late_reason: Option<String>,
    },
    /// List the items, the newest first
    List {
        /// Only those in this state: proposed, approved, withdrawn, tracked
        #[arg(long)]
        state: Option<String>,
        /// At most so many
        #[arg(long, default_value_t = 50)]
        limit: usize,
    },
    /// Show one item with its revisions, its deliveries, what it owes and what was done to it
    Show {
        /// The item's reference
        item: String,
    },
    /// Show exactly what a channel would say
    Preview {
        /// The item's reference
        item: String,
        /// The account
        #[arg(long)]
        channel: String,
        /// Only this language
        #[arg(long)]
        lang: Option<String>,
    },
    /// Approve what waits: its deliveries are planned
    Approve {
        /// The items' references
        #[arg(required = true)]
        items: Vec<String>,
        /// Why what is approved will be public too late: kept for ever, and told in the report
        #[arg(long)]
        late_reason: Option<String>,
    },
    /// Publish an approved item without waiting for its release
    Publish {
        /// The item's reference
        item: String,
        /// Do not wait for the release
        #[arg(long, required = true)]
        now: bool,
    },
    /// Propose a corrected text for what is approved
    Correct {
        /// The item's reference
        item: String,
        /// The corrected item, or - for standard input
        file: PathBuf,
        /// Why: shown to citizens
        #[arg(long)]
        reason: String,
        /// Approve it at once
        #[arg(long)]
        approve: bool,
        /// Why what is approved will be public too late: kept for ever, and told in the report
        #[arg(long, requires = "approve")]
        late_reason: Option<String>,
    },
    /// Take an item back on every channel
    Withdraw {
        /// The item's reference
        item: String,
        /// Why: shown to citizens
        #[arg(long)]
        reason: String,
    },
    /// Move an item's event to another time on every channel
    Postpone {
        /// The item's reference
        item: String,
        /// The new time, for example "2026-12-01 10:00"
        #[arg(long)]
        to: String,
        /// Why: shown to citizens
        #[arg(long)]
        reason: String,
        /// Why the new time is told too late: kept for ever, and told in the report
        #[arg(long)]
        late_reason: Option<String>,
    },
}

/// `kasnec delivery …`
#[derive(Debug, Subcommand)]
pub enum DeliveryCommand {
    /// List deliveries: open ones by deadline, then settled ones
    List {
        /// Only of this item
        #[arg(long)]
        item: Option<String>,
        /// Only in this state, for example "needs a person"
        #[arg(long)]
        state: Option<String>,
        /// Only on this account
        #[arg(long)]
        channel: Option<String>,
        /// Only those not settled
        #[arg(long)]
        open: bool,
        /// At most so many
        #[arg(long, default_value_t = 100)]
        limit: usize,
    },
    /// Show one delivery: every attempt, every remote object, what was said
    Show {
        /// Its number
        delivery: i64,
    },
    /// Try again what was set aside (what may stand already is looked up first)
    Retry {
        /// Its number
        delivery: i64,
    },
    /// Look again whether it stands, as a citizen would
    Look {
        /// Its number
        delivery: i64,
    },
    /// Settle a delivery by what you found
    Resolve(ResolveArgs),
}

/// `kasnec delivery resolve …`
#[derive(Debug, Args)]
pub struct ResolveArgs {
    /// Its number
    pub delivery: i64,
    /// It stands (or hangs on the board)
    #[arg(long, conflicts_with = "not_delivered", required_unless_present = "not_delivered")]
    pub delivered: bool,
    /// It does not stand, and is not to
    #[arg(long)]
    pub not_delivered: bool,
    /// Since when, for example "2026-11-24 09:15" [default: now]
    #[arg(long)]
    pub at: Option<String>,
    /// Where: the board's place, or the post's address
    #[arg(long)]
    pub place: Option<String>,
    /// A photo of it (JPEG or PNG)
    #[arg(long)]
    pub photo: Option<PathBuf>,
    /// What else there is to say
    #[arg(long)]
    pub note: Option<String>,
}

/// `kasnec ledger …`
#[derive(Debug, Subcommand)]
pub enum LedgerCommand {
    /// Check every line, and that items, receipts and published heads agree with them
    Verify {
        /// A head that you have seen elsewhere (feed, page /ledger, proof): it must lie on the chain
        #[arg(long, value_name = "HASH")]
        from_head: Option<String>,
    },
    /// List the published heads, the newest first
    Heads,
}

/// `kasnec proof …`
#[derive(Debug, Args)]
pub struct ProofArgs {
    /// The item's reference
    pub item: String,
    /// A page for people, or JSON for programs
    #[arg(long, value_enum, default_value = "html")]
    pub format: ProofFormat,
    /// The file to write [default: standard output]
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
}

/// The form of a proof.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum ProofFormat {
    /// A page that needs nothing else
    Html,
    /// What `docs/check_proof.py` reads
    Json,
}

/// `kasnec channel …`
#[derive(Debug, Subcommand)]
pub enum ChannelCommand {
    /// List the accounts and how they stand
    List,
    /// Ask the remote whether an account can publish; a paused one that can is opened again
    Check {
        /// The account [default: all]
        channel: Option<String>,
    },
    /// Connect an account: in the browser where it offers that, else by entering its secrets
    Connect {
        /// The account
        channel: String,
        /// Only enter these secrets, instead of agreeing in the browser
        #[arg(long, value_name = "NAME")]
        secret: Vec<String>,
    },
}

/// `kasnec mail …`
#[derive(Debug, Subcommand)]
pub enum MailCommand {
    /// Enter the mail server's password, and check it
    Connect,
    /// Ask the mail server whether it would take mail from this office; nothing is sent
    Check,
    /// Send one letter that asks for nothing
    Test {
        /// To whom
        address: String,
    },
}

/// `kasnec user …`
#[derive(Debug, Subcommand)]
pub enum UserCommand {
    /// Add a user; the first one of an office must be an administrator
    Add {
        /// The name used with --as
        login: String,
        /// The name people use
        #[arg(long)]
        name: String,
        /// What the user may do
        #[arg(long, value_enum)]
        role: RoleArg,
        /// The language of messages
        #[arg(long, default_value = "sq")]
        lang: String,
        /// The operating-system user who is this user
        #[arg(long)]
        os_user: Option<String>,
    },
    /// List the users
    List,
    /// Take a user's right to act away
    Revoke {
        /// The login
        login: String,
    },
}

/// A role, on the command line.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum RoleArg {
    /// Writes items
    Author,
    /// Approves, corrects, withdraws, resolves
    Editor,
    /// Also connects channels and manages users
    Administrator,
}

/// `kasnec token …`
#[derive(Debug, Subcommand)]
pub enum TokenCommand {
    /// Make a token for a program that acts as a user; it is shown once
    Add {
        /// The user's login
        login: String,
        /// What it is for
        #[arg(long)]
        label: String,
    },
    /// List the tokens
    List,
    /// Make a token worthless
    Revoke {
        /// Its number
        token: i64,
    },
}

/// `kasnec config …`
#[derive(Debug, Subcommand)]
pub enum ConfigCommand {
    /// Check the whole configuration and say where each value came from
    Check,
}

/// `kasnec sandbox …`
#[derive(Debug, Subcommand)]
pub enum SandboxCommand {
    /// A stand-in for the Facebook Graph API, with a page to look at
    Facebook {
        /// Where to listen
        #[arg(long, default_value = "127.0.0.1:8081")]
        listen: SocketAddr,
        /// Append every request to this file, one JSON object a line
        #[arg(long, value_name = "FILE")]
        record: Option<PathBuf>,
        /// Keep posts in this file across restarts
        #[arg(long, value_name = "FILE")]
        state: Option<PathBuf>,
    },
}
