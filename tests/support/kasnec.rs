//! A sample office in a folder of its own, on free ports.
//!
//! A test binary that includes this file includes `guarded.rs` and `ports.rs` beside it.
#![allow(clippy::unwrap_used, reason = "an office that a test cannot run ends the test")]
#![allow(dead_code, reason = "each test binary that includes this file uses its own part of it")]

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;
use tempfile::TempDir;

use super::guarded::Guarded;
use super::ports;

/// More than the graces of these tests, and less than any of them waits.
const MARGIN: chrono::Duration = chrono::Duration::seconds(15);

/// A folder with a Kasnec in it, running or not.
pub struct Kasnec {
    folder: TempDir,
    site: u16,
    graph: u16,
}

impl Kasnec {
    /// A fresh one.
    pub fn new() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
            site: ports::free(),
            graph: ports::free(),
        }
    }

    /// Starts `kasnec serve`; it is stopped when the returned value is dropped.
    pub fn serve(&self) -> Guarded {
        Guarded::spawn(|_| self.command(&["serve"]))
    }

    /// Starts `kasnec worker`.
    pub fn worker(&self) -> Guarded {
        Guarded::spawn(|_| self.command(&["worker"]))
    }

    /// Starts the Facebook sandbox in a process of its own, and waits until it answers.
    pub fn sandbox(&self) -> Guarded {
        let listen = format!("127.0.0.1:{}", self.graph);
        let mut sandbox = Guarded::spawn(|_| self.command(&["sandbox", "facebook", "--listen", &listen]));
        let answers = |_: &Guarded| std::net::TcpStream::connect(&listen).ok();
        sandbox.wait_for(Duration::from_secs(20), answers).unwrap();
        sandbox
    }

    /// Connects an account of the office, as the administrator `shefja`.
    pub fn connect(&self, account: &str, secrets: &[(&str, &str)]) {
        let named = secrets.iter().flat_map(|(name, _)| ["--secret", name]);
        let arguments: Vec<&str> = ["channel", "connect", account]
            .into_iter()
            .chain(named)
            .chain(["--as", "shefja"])
            .collect();
        let mut command = self.command(&arguments);
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap();
        let lines: Vec<String> = secrets.iter().map(|(_, secret)| format!("{secret}\n")).collect();
        child.stdin.take().unwrap().write_all(lines.concat().as_bytes()).unwrap();
        assert!(child.wait().unwrap().success(), "{account} could not be connected");
    }

    /// Runs a command to its end.
    pub fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().unwrap()
    }

    /// Runs a command that must succeed and print JSON.
    pub fn json(&self, arguments: &[&str]) -> Value {
        let output = self.run(&[arguments, &["--json"]].concat());
        assert!(
            output.status.success(),
            "{arguments:?}: {}",
            String::from_utf8_lossy(&output.stderr)
        );
        serde_json::from_slice(&output.stdout).unwrap()
    }

    /// Runs a command with nothing but the folder's own kasnec.toml.
    pub fn plain(&self, arguments: &[&str]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_kasnec"));
        command.args(arguments).current_dir(self.folder.path()).env_remove("KASNEC_AS");
        command.output().unwrap()
    }

    /// The folder it works in.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The address of a page of the site.
    pub fn site(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.site)
    }

    /// The port of the site and the API.
    pub fn site_port(&self) -> u16 {
        self.site
    }

    /// The address of the Facebook sandbox.
    pub fn graph(&self) -> String {
        format!("http://127.0.0.1:{}", self.graph)
    }

    /// Every post that the Facebook sandbox has accepted, drafts included.
    pub fn posts(&self) -> Vec<Value> {
        let url = format!("http://127.0.0.1:{}/_sandbox/posts", self.graph);
        let answer: Value = serde_json::from_str(&get(&url)).unwrap();
        answer["posts"].as_array().unwrap().clone()
    }

    /// Waits until nothing is due any more, nor will be while the test looks: everything open has its time ahead of it.
    pub fn wait_until_quiet(&self, within: Duration) -> Vec<Value> {
        let end = Instant::now() + within;
        loop {
            let deliveries = self.json(&["delivery", "list", "--limit", "1000000"]).as_array().unwrap().clone();
            let now = chrono::Utc::now();
            let time = |delivery: &Value, field: &str| delivery[field].as_str().unwrap().parse::<chrono::DateTime<chrono::Utc>>().unwrap();
            let open = deliveries.iter().filter(|d| d["settled_at"].is_null());
            let due: Vec<&Value> = open.filter(|d| time(d, "release_at") <= now + MARGIN).collect();
            if due.is_empty() && !deliveries.is_empty() {
                return deliveries;
            }
            assert!(Instant::now() < end, "still due: {due:#?}");
            std::thread::sleep(Duration::from_millis(300));
        }
    }

    /// A command in this folder, on these ports.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_kasnec"));
        let graph = format!("http://127.0.0.1:{}", self.graph);
        command
            .args(arguments)
            .current_dir(self.folder.path())
            .env("KASNEC_SERVER__LISTEN", format!("127.0.0.1:{}", self.site))
            .env("KASNEC_SERVER__PUBLIC_URL", format!("http://127.0.0.1:{}", self.site))
            .env("KASNEC_OFFICES__KACANIK__ACCOUNTS__FACEBOOK__SETTINGS__GRAPH_URL", &graph)
            .env("KASNEC_OFFICES__KACANIK__ACCOUNTS__FACEBOOK__SPACING_SECONDS", "0")
            .env("KASNEC_OFFICES__KACANIK__ACCOUNTS__FACEBOOK__GRACE_SECONDS", "2")
            .env("KASNEC_OFFICES__KACANIK__ACCOUNTS__FACEBOOK__QUIET", "none")
            .env("KASNEC_WORKER__LOOK_SECONDS", "1")
            .env_remove("KASNEC_AS");
        command
    }
}

/// Fetches a page; the test runs outside any runtime.
pub fn get(url: &str) -> String {
    let output = Command::new("curl").args(["-sS", "--max-time", "10", url]).output().unwrap();
    assert!(output.status.success(), "{url}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// Writes a file below a folder.
pub fn write(path: &Path, text: &str) {
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, text).unwrap();
}
