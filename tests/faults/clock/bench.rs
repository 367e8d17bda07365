//! A sample office under libfaketime, and stand-ins for Facebook that have the true time.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::Value;
use tempfile::TempDir;

use crate::guarded::Guarded;
use crate::ports;

const ZONE: chrono_tz::Tz = chrono_tz::Europe::Belgrade;

/// The office's folder, its clock, and who has the right time.
pub struct Bench {
    folder: TempDir,
    site: u16,
    graph: u16,
    remotes: Vec<Guarded>,
    /// How far the true time of this bench is from that of the machine it runs on.
    shift: TimeDelta,
    witnesses: usize,
}

/// What the stand-in showed, and since when.
#[derive(Debug, Default)]
pub struct Seen {
    since: BTreeMap<String, DateTime<Utc>>,
    created: BTreeMap<String, i64>,
    most: BTreeMap<String, usize>,
}

impl Seen {
    /// When it was public first, by the machine's own clock.
    pub fn since(&self, reference: &str) -> Option<DateTime<Utc>> {
        self.since.get(reference).copied()
    }

    /// When it was published, by the remote's clock, in seconds.
    pub fn created(&self, reference: &str) -> Option<i64> {
        self.created.get(reference).copied()
    }

    /// How many posts are there once too often.
    pub fn doubled(&self) -> u64 {
        self.most.values().map(|most| (most - 1) as u64).sum()
    }
}

impl Bench {
    /// An office with so many witnesses, in a world whose time is `shift` from ours.
    pub fn new(witnesses: usize, shift: TimeDelta) -> Self {
        let mut bench = Self {
            folder: tempfile::tempdir().unwrap(),
            site: ports::free(),
            graph: ports::free(),
            remotes: vec![],
            shift,
            witnesses,
        };
        bench.jump(TimeDelta::zero());
        bench.open_remotes();
        bench.configure();
        bench.must(&["user", "add", "shefja", "--name", "Shefja", "--role", "administrator"], "");
        let connect = ["channel", "connect", "facebook", "--secret", "app_secret", "--secret", "page_token"];
        bench.must(&connect, "sandbox-app-secret\nEAASandboxPageToken\n");
        bench
    }

    /// The remotes live on another machine: theirs is the bench's time, whatever happens to the office's clock.
    fn open_remotes(&mut self) {
        std::fs::write(self.path("true-time"), offset(self.shift)).unwrap();
        self.remotes.clear();
        let mut ports = vec![self.graph];
        ports.extend((1..self.witnesses).map(|_| ports::free()));
        let mut witnesses = Vec::new();
        for port in ports {
            let listen = format!("127.0.0.1:{port}");
            let state = self.path(&format!("{port}.jsonl")).display().to_string();
            let arguments = ["sandbox", "facebook", "--listen", &listen, "--state", &state];
            let mut remote = Guarded::spawn(|_| self.command(&arguments, "true-time"));
            let answers = |_: &Guarded| std::net::TcpStream::connect(&listen).ok();
            remote.wait_for(Duration::from_secs(20), answers).unwrap();
            self.remotes.push(remote);
            witnesses.push(format!("\"http://{listen}/\""));
        }
        witnesses.truncate(self.witnesses);
        std::fs::write(self.path("witnesses"), witnesses.join(", ")).unwrap();
    }

    fn configure(&self) {
        let witnesses = std::fs::read_to_string(self.path("witnesses")).unwrap();
        let (site, graph) = (self.site, self.graph);
        let sample = include_str!("../../../samples/kasnec.toml")
            .replace("http://127.0.0.1:8081", &format!("http://127.0.0.1:{graph}"))
            .replace("spacing_seconds = 1", "spacing_seconds = 2");
        let text = format!(
            "{sample}\n[server]\nlisten = \"127.0.0.1:{site}\"\npublic_url = \"http://127.0.0.1:{site}\"\n[clock]\nwitnesses = [{witnesses}]\n[register]\nevery_seconds = 2\n"
        );
        std::fs::write(self.path("kasnec.toml"), text).unwrap();
    }

    /// Moves the office's clock away from the true time of the bench.
    pub fn jump(&self, by: TimeDelta) {
        // In one step: half a file would be no time at all.
        std::fs::write(self.path("clock.new"), offset(self.shift + by)).unwrap();
        std::fs::rename(self.path("clock.new"), self.path("clock")).unwrap();
    }

    /// Time passes for everybody while nothing of the office runs; the machine is started anew.
    pub fn sleep(&mut self, by: TimeDelta) {
        self.shift += by;
        self.jump(TimeDelta::zero());
        self.open_remotes();
        let _ = std::fs::remove_file(self.path("data/clock.json"));
    }

    /// Starts the program.
    pub fn serve(&self) -> Guarded {
        let mut running = Guarded::spawn(|_| self.command(&["serve"], "clock"));
        let started = running.wait_for(Duration::from_secs(30), |running| {
            running.output().contains("Ctrl-C ends it").then_some(())
        });
        started.unwrap();
        running
    }

    /// Queues and approves an item, released at a moment of the machine the test runs on.
    pub fn approve(&self, reference: &str, release: Option<DateTime<Utc>>) {
        let told = release.map(|at| {
            (at + self.shift)
                .with_timezone(&ZONE)
                .format("%Y-%m-%d %H:%M:%S%.3f%:z")
                .to_string()
        });
        self.approve_at(reference, told.as_deref());
    }

    /// The same with the release as a person writes it.
    pub fn approve_at(&self, reference: &str, release: Option<&str>) {
        let release = release.map(|at| format!("release = \"{at}\"\n")).unwrap_or_default();
        self.add(
            reference,
            &format!("+++\nkind = \"capital-project\"\nreference = \"{reference}\"\n{release}[facts]\nproject = \"P\"\nphase = \"planned\"\n+++\n# [sq] Lajmi {reference}\nTeksti.\n"),
        );
    }

    /// A meeting, whose notice the law wants a week before.
    pub fn approve_meeting(&self, reference: &str, start: DateTime<Utc>, release: DateTime<Utc>) {
        let local = |at: DateTime<Utc>| (at + self.shift).with_timezone(&ZONE).format("%Y-%m-%d %H:%M%:z").to_string();
        let (start, release) = (local(start), local(release));
        self.add(
            reference,
            &format!(
                "+++\nkind = \"assembly-meeting\"\nreference = \"{reference}\"\nrelease = \"{release}\"\n[facts]\nsession = \"regular\"\nmeeting_start = \"{start}\"\n\
                 [facts.venue]\nsq = \"Salla\"\nsr = \"Sala\"\n[facts.called_by]\nsq = \"Kryesuesi\"\nsr = \"Predsedavajući\"\n[facts.agenda]\nsq = [\"Rendi\"]\nsr = [\"Red\"]\n+++\n\
                 # [sq] Mbledhja {reference}\nTeksti.\n# [sr] Sednica {reference}\nTekst.\n"
            ),
        );
    }

    fn add(&self, reference: &str, text: &str) {
        let file = self.path(&format!("{reference}.md"));
        std::fs::write(&file, text).unwrap();
        self.must(&["item", "add", &file.display().to_string(), "--approve"], "");
    }

    /// Watches until all are public and nothing more is to be expected, or `until` is past.
    pub fn watch(&self, references: &[&str], until: DateTime<Utc>) -> Seen {
        let mut seen = Seen::default();
        let mut complete_since: Option<Instant> = None;
        while Utc::now() < until {
            self.look(references, &mut seen);
            let awaited = references.iter().filter(|reference| **reference != "FAR");
            let complete = awaited.clone().all(|reference| seen.since.contains_key(*reference));
            complete_since = complete.then(|| complete_since.unwrap_or_else(Instant::now));
            // A second post would come soon after the first.
            if complete_since.is_some_and(|since| since.elapsed() > Duration::from_secs(3)) {
                break;
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        seen
    }

    /// Waits until an item is public.
    pub fn until_public(&self, reference: &str, within: Duration) {
        let end = Instant::now() + within;
        let mut seen = Seen::default();
        while seen.since(reference).is_none() {
            assert!(Instant::now() < end, "{reference} is not public: {seen:?}");
            std::thread::sleep(Duration::from_millis(100));
            self.look(&[reference], &mut seen);
        }
    }

    fn look(&self, references: &[&str], seen: &mut Seen) {
        let url = format!("http://127.0.0.1:{}/_sandbox/posts", self.graph);
        let output = Command::new("curl").args(["-sS", "--max-time", "10", &url]).output().unwrap();
        let Ok(told) = serde_json::from_slice::<Value>(&output.stdout) else {
            return;
        };
        for reference in references {
            let is_it =
                |post: &&Value| post["state"] == "published" && post["message"].as_str().is_some_and(|text| text.contains(reference));
            let posts: Vec<&Value> = told["posts"].as_array().into_iter().flatten().filter(is_it).collect();
            let Some(first) = posts.first() else { continue };
            seen.since.entry((*reference).to_owned()).or_insert_with(Utc::now);
            let created = first["published"].as_i64().or(first["created"].as_i64()).unwrap_or_default() / 1000;
            seen.created.insert((*reference).to_owned(), created);
            let most = seen.most.entry((*reference).to_owned()).or_default();
            *most = (*most).max(posts.len());
        }
    }

    /// What the doctor says.
    pub fn doctor(&self) -> String {
        let output = self.command(&["doctor"], "clock").output().unwrap();
        String::from_utf8(output.stdout).unwrap()
    }

    /// What is owed, as the register has it.
    fn due(&self) -> Value {
        serde_json::from_str(&self.must(&["due", "--all", "--json"], "")).unwrap()
    }

    /// Whether the register soon says so of a duty of this item.
    pub fn stands(&self, reference: &str, standing: &str) -> bool {
        let end = Instant::now() + Duration::from_secs(15);
        loop {
            let due = self.due();
            let mut lines = due
                .as_array()
                .into_iter()
                .flatten()
                .filter(|line| line["title"].as_str().is_some_and(|title| title.starts_with(reference)));
            if lines.any(|line| line["standing"] == standing) {
                return true;
            }
            if Instant::now() > end {
                return false;
            }
            std::thread::sleep(Duration::from_millis(500));
        }
    }

    fn must(&self, arguments: &[&str], input: &str) -> String {
        let mut command = self.command(&[arguments, &["--as", "shefja"]].concat(), "clock");
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
        let output = child.wait_with_output().unwrap();
        assert!(
            output.status.success(),
            "{arguments:?}: {}",
            String::from_utf8_lossy(&output.stderr)
        );
        String::from_utf8(output.stdout).unwrap()
    }

    /// The program under the clock that a file of the folder sets. What counts since the machine's start stays true.
    fn command(&self, arguments: &[&str], clock: &str) -> Command {
        let mut command = Command::new("env");
        command
            .arg(format!("LD_PRELOAD={}", library().display()))
            .arg(format!("FAKETIME_TIMESTAMP_FILE={}", self.path(clock).display()))
            .args(["FAKETIME_NO_CACHE=1", "FAKETIME_DONT_FAKE_MONOTONIC=1"])
            .arg(env!("CARGO_BIN_EXE_kasnec"))
            .args(arguments)
            .current_dir(self.folder.path())
            .env_remove("KASNEC_AS");
        command
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }
}

/// libfaketime, for programs with threads.
fn library() -> PathBuf {
    let folders = std::fs::read_dir("/usr/lib").unwrap().flatten().map(|folder| folder.path());
    let mut found = folders
        .map(|folder| folder.join("faketime/libfaketimeMT.so.1"))
        .filter(|file: &PathBuf| Path::exists(file));
    found.next().expect("the package faketime (make test-deps)")
}

fn offset(by: TimeDelta) -> String {
    format!("{:+}.{:03}\n", by.num_seconds(), by.num_milliseconds().abs() % 1000)
}
