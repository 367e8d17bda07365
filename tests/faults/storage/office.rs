//! The sample office on a disk that fails: the real program, its commands, its site, and the Facebook sandbox beside it.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::net::TcpStream;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

use super::disk::Disk;
use super::guarded::Guarded;
use crate::ports;
use crate::wire::{bearer, exchange};

/// An office on a disk of its own.
pub struct Office {
    /// The disk that its configuration, data and backups are on.
    pub disk: Disk,
    site: u16,
    graph: u16,
    sandbox: Guarded,
    token: String,
    lying: bool,
}

impl Office {
    /// An office with an administrator, connected to a sandbox whose memory is on another disk.
    pub fn new() -> Self {
        Self::on(Disk::new(), false, "")
    }

    /// An office on a disk that says "flushed" and has not.
    pub fn on_a_lying_disk() -> Self {
        Self::on(Disk::new(), true, "")
    }

    /// An office with more in its configuration.
    pub fn with(configuration: &str) -> Self {
        Self::on(Disk::new(), false, configuration)
    }

    fn on(disk: Disk, lying: bool, more: &str) -> Self {
        let sample = include_str!("../../../samples/kasnec.toml");
        fs::write(disk.path().join("kasnec.toml"), format!("{sample}\n{more}")).unwrap();
        let (site, graph) = (ports::free(), ports::free());
        let sandbox = Guarded::spawn(|_| sandbox(&disk, graph));
        let mut office = Self {
            disk,
            site,
            graph,
            sandbox,
            token: String::new(),
            lying,
        };
        let listen = format!("127.0.0.1:{graph}");
        let answers = |_: &Guarded| TcpStream::connect(&listen).ok();
        office.sandbox.wait_for(Duration::from_mins(1), answers).unwrap();
        office.json(&["user", "add", "shefja", "--name", "Shefja", "--role", "administrator"]);
        office.connect();
        let token = office.json(&["token", "add", "shefja", "--label", "harness", "--as", "shefja"]);
        token["token"].as_str().unwrap().clone_into(&mut office.token);
        office
    }

    fn connect(&self) {
        let arguments = ["channel", "connect", "facebook", "--secret", "app_secret", "--secret", "page_token"];
        let mut command = self.command(&[&arguments[..], &["--as", "shefja"]].concat());
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap();
        let secrets = b"sandbox-app-secret\nEAASandboxPageToken\n";
        child.stdin.take().unwrap().write_all(secrets).unwrap();
        assert!(child.wait().unwrap().success());
    }

    /// A command on the disk.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = plain(&self.disk, self.site, self.graph);
        self.disk.under(&mut command, self.lying);
        command.args(arguments);
        command
    }

    /// Runs a command to its end.
    pub fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().unwrap()
    }

    /// Runs a command that must succeed and print JSON.
    pub fn json(&self, arguments: &[&str]) -> Value {
        let output = self.run(&[arguments, &["--json"]].concat());
        assert!(output.status.success(), "{arguments:?}: {}", stderr(&output));
        serde_json::from_slice(&output.stdout).unwrap()
    }

    /// Starts `kasnec serve` and waits until the site answers; the error is what it printed.
    pub fn serve(&self) -> Result<Guarded, String> {
        let mut running = Guarded::spawn(|_| self.command(&["serve"]));
        let answers = |_: &Guarded| self.get("/healthz").filter(|(status, _)| *status == 200);
        running.wait_for(Duration::from_mins(1), answers).map(|_| running)
    }

    /// Queues and approves an item by its number over the API; whether the program said that it did.
    pub fn approve_over_http(&self, number: u32) -> bool {
        let item = serde_json::json!({"kind": "capital-project", "reference": reference(number), "facts": {"project": "P", "phase": "planned"},
            "translations": {"sq": {"title": title(number), "body": format!("Teksti {number:05}.")}}});
        self.post("/api/items", &item.to_string())
            .is_some_and(|(status, _)| status / 100 == 2)
            && self
                .post(&format!("/api/items/{}/approve", reference(number)), "{}")
                .is_some_and(|(status, _)| status / 100 == 2)
    }

    /// Queues and approves an item on the command line.
    pub fn approve(&self, number: u32) -> bool {
        let file = self.item_file(number);
        let added = self.run(&["item", "add", file.to_str().unwrap(), "--approve", "--as", "shefja"]);
        added.status.success()
    }

    /// Runs a command that may go on for ever; what it printed until then.
    pub fn run_for(&self, within: Duration, arguments: &[&str]) -> String {
        let mut running = Guarded::spawn(|_| self.command(arguments));
        let told = running.wait_for(within, |_| None::<()>);
        told.unwrap_err()
    }

    /// Writes an item's file, to be queued on the command line.
    pub fn item_file(&self, number: u32) -> PathBuf {
        self.item_file_in("in", number)
    }

    /// The same in a folder of another name.
    pub fn item_file_in(&self, folder: &str, number: u32) -> PathBuf {
        let folder = self.disk.path().join(folder);
        fs::create_dir_all(&folder).unwrap();
        let file = folder.join(format!("{number:05}.md"));
        let (reference, title) = (reference(number), title(number));
        let text = format!(
            "+++\nkind = \"capital-project\"\nreference = \"{reference}\"\n[facts]\nproject = \"P\"\nphase = \"planned\"\n+++\n# [sq] {title}\nTeksti {number:05}.\n"
        );
        fs::write(&file, text).unwrap();
        file
    }

    /// The references of every item, and where it stands.
    pub fn items(&self) -> BTreeMap<String, String> {
        let items = self.json(&["item", "list", "--limit", "100000"]);
        let text = |item: &Value, field: &str| item[field].as_str().unwrap().to_owned();
        let items = items.as_array().unwrap().iter();
        items.map(|item| (text(item, "reference"), text(item, "state"))).collect()
    }

    /// Every delivery.
    pub fn deliveries(&self) -> Vec<Value> {
        self.json(&["delivery", "list", "--limit", "100000"]).as_array().unwrap().clone()
    }

    /// Waits until nothing is open; `None` if something stays open.
    pub fn settled(&self, within: Duration) -> Option<Vec<Value>> {
        let end = Instant::now() + within;
        while Instant::now() < end {
            let deliveries = self.deliveries();
            if deliveries.iter().all(|delivery| !delivery["settled_at"].is_null()) {
                return Some(deliveries);
            }
            std::thread::sleep(Duration::from_millis(300));
        }
        None
    }

    /// How often each title stands at the sandbox.
    pub fn standing_on_facebook(&self) -> BTreeMap<String, u64> {
        let (_, answer) = exchange(self.graph, "GET", "/_sandbox/posts", "", "").unwrap();
        let answer: Value = serde_json::from_str(&answer).unwrap();
        let mut standing = BTreeMap::new();
        for post in answer["posts"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|post| post["state"] == "published")
        {
            let message = post["message"].as_str().unwrap_or_default();
            // The channel writes titles in capitals.
            let number = message.split("Teksti ").nth(1).and_then(|rest| rest.get(..5));
            let title = number.map(|number| format!("Lajmi {number}"));
            *standing.entry(title.unwrap_or_else(|| message.to_owned())).or_default() += 1;
        }
        standing
    }

    /// Waits until `/readyz` answers so; what it says then.
    pub fn readiness(&self, status: u16, within: Duration) -> Option<String> {
        let end = Instant::now() + within;
        while Instant::now() < end {
            match self.get("/readyz") {
                Some((told, text)) if told == status => return Some(text),
                _ => std::thread::sleep(Duration::from_millis(100)),
            }
        }
        None
    }

    /// Whether citizens can read the site and its feed.
    pub fn is_read(&self) -> bool {
        ["/", "/feed/sq.xml"]
            .iter()
            .all(|path| self.get(path).is_some_and(|(status, _)| status == 200))
    }

    /// Asks the site.
    pub fn get(&self, path: &str) -> Option<(u16, String)> {
        exchange(self.site, "GET", path, "", "")
    }

    fn post(&self, path: &str, body: &str) -> Option<(u16, String)> {
        exchange(self.site, "POST", path, &bearer(&self.token), body)
    }

    /// A file or folder below the data folder.
    pub fn data(&self, name: &str) -> PathBuf {
        self.disk.path().join("data").join(name)
    }
}

/// Whether something becomes true in time.
pub fn waits_until(within: Duration, mut is_true: impl FnMut() -> bool) -> bool {
    let end = Instant::now() + within;
    while !is_true() {
        if Instant::now() > end {
            return false;
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    true
}

/// What a command said of its failure.
pub fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// An item's reference.
pub fn reference(number: u32) -> String {
    format!("K-{number:05}")
}

/// An item's title.
pub fn title(number: u32) -> String {
    format!("Lajmi {number:05}")
}

fn plain(disk: &Disk, site: u16, graph: u16) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_kasnec"));
    let url = format!("http://127.0.0.1:{site}");
    command
        .current_dir(disk.path())
        .env("KASNEC_SERVER__LISTEN", format!("127.0.0.1:{site}"))
        .env("KASNEC_SERVER__PUBLIC_URL", url)
        .env(
            "KASNEC_OFFICES__KACANIK__ACCOUNTS__FACEBOOK__SETTINGS__GRAPH_URL",
            format!("http://127.0.0.1:{graph}"),
        )
        .env("KASNEC_OFFICES__KACANIK__ACCOUNTS__FACEBOOK__SPACING_SECONDS", "0")
        .env("KASNEC_OFFICES__KACANIK__ACCOUNTS__FACEBOOK__GRACE_SECONDS", "2")
        .env("KASNEC_WORKER__LOOK_SECONDS", "1")
        .env("KASNEC_WORKER__LEASE_SECONDS", "5")
        .env_remove("KASNEC_AS");
    command
}

/// The remote: its disk does not fail.
fn sandbox(disk: &Disk, graph: u16) -> Command {
    let mut command = plain(disk, 1, graph);
    command.args(["sandbox", "facebook", "--listen", &format!("127.0.0.1:{graph}")]);
    command
}
