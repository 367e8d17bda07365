//! A server for the length of a test: a child process that never outlives the process that started it.
//!
//! Neither `Drop` nor a handler runs when a test is killed with SIGKILL, so the stopping is left to a second process
//! (`watcher.sh`) that holds the other end of a pipe. The kernel closes the pipe whichever way the test ends.
#![allow(clippy::expect_used, reason = "a server that a test cannot start ends the test")]
#![allow(dead_code, reason = "each test binary that includes this file uses its own part of it")]

use std::fs::File;
use std::io::{BufRead, BufReader, Read, Seek};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

const WATCHER: &str = include_str!("watcher.sh");
const GRACE: Duration = Duration::from_secs(3);
const BETWEEN_PROBES: Duration = Duration::from_millis(10);

/// A running server with its own process group, a folder that is removed with it, and a log of what it prints.
#[derive(Debug)]
pub struct Guarded {
    watcher: Child,
    lifeline: Option<ChildStdin>,
    pid: u32,
    folder: PathBuf,
    log: File,
}

impl Guarded {
    /// Starts the command that `command` builds for the server's folder; SIGTERM will stop it.
    pub fn spawn(command: impl FnOnce(&Path) -> Command) -> Self {
        Self::spawn_stopped_by("TERM", command)
    }

    /// Like [`Guarded::spawn`], for a server that needs another signal to stop at once.
    ///
    /// Program, arguments, folder and environment of the command count; its standard streams do not: input is empty,
    /// output goes to [`Guarded::output`].
    pub fn spawn_stopped_by(signal: &str, command: impl FnOnce(&Path) -> Command) -> Self {
        let folder = tempfile::Builder::new().prefix("kasnec-").tempdir().expect("a temporary folder");
        let folder = folder.keep();
        let log = File::options().read(true).append(true).create(true).open(folder.join("output.log"));
        let log = log.expect("a log in the temporary folder");
        let mut watcher = watch(signal, &folder, &command(&folder), &log).spawn().expect("`sh` starts");
        let lifeline = watcher.stdin.take();
        let pid = announced_pid(&mut watcher);
        Self {
            watcher,
            lifeline,
            pid,
            folder,
            log,
        }
    }

    /// The server's process, which leads its own group.
    pub fn pid(&self) -> u32 {
        self.pid
    }

    /// The folder that lives as long as the server.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// What the server has printed so far, on either stream; an open log stays readable when its folder is gone.
    pub fn output(&self) -> String {
        let mut log = &self.log;
        let mut bytes = Vec::new();
        log.rewind()
            .and_then(|()| log.read_to_end(&mut bytes))
            .expect("the log is readable");
        String::from_utf8_lossy(&bytes).into_owned()
    }

    /// Asks `probe` until it has an answer. If the server ends first, or time runs out, the error is what it printed.
    pub fn wait_for<T>(&mut self, within: Duration, mut probe: impl FnMut(&Self) -> Option<T>) -> Result<T, String> {
        let begun = Instant::now();
        loop {
            if let Some(answer) = probe(self) {
                return Ok(answer);
            }
            if self.has_ended() || begun.elapsed() > within {
                return Err(self.output());
            }
            sleep(BETWEEN_PROBES);
        }
    }

    /// Whether the server has ended by itself.
    pub fn has_ended(&mut self) -> bool {
        self.watcher.try_wait().expect("the watcher is our child").is_some()
    }

    /// Ends the server as a power cut would, and returns when it is gone.
    pub fn kill(mut self) -> ExitStatus {
        let sent = Command::new("sh")
            .args(["-c", r#"kill -s KILL -- "-$0" 2>/dev/null || kill -s KILL "$0""#])
            .arg(self.pid.to_string())
            .status();
        assert!(sent.expect("`sh` starts").success(), "process {} was there to be killed", self.pid);
        self.watcher.wait().expect("the watcher is our child")
    }
}

impl Drop for Guarded {
    fn drop(&mut self) {
        drop(self.lifeline.take());
        let _ = self.watcher.wait();
        // A task of the program that dies of a panic takes nobody with it.
        if !std::thread::panicking() {
            let output = self.output();
            assert!(!output.contains("' panicked at ") && !output.contains(") panicked at "), "{output}");
        }
    }
}

fn watch(signal: &str, folder: &Path, command: &Command, log: &File) -> Command {
    let mut watcher = Command::new("sh");
    watcher
        .args(["-c", WATCHER, "watcher", signal])
        .arg((GRACE.as_millis() / 100).to_string())
        .arg(folder);
    watcher.arg(command.get_program()).args(command.get_args());
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => watcher.env(name, value),
            None => watcher.env_remove(name),
        };
    }
    if let Some(place) = command.get_current_dir() {
        watcher.current_dir(place);
    }
    // Away from our own group: Ctrl-C must reach the test, not the process that cleans up after it.
    watcher
        .process_group(0)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(log.try_clone().expect("a second handle of the log"));
    watcher
}

fn announced_pid(watcher: &mut Child) -> u32 {
    let mut line = String::new();
    let stdout = watcher.stdout.take().expect("the watcher's output is a pipe");
    BufReader::new(stdout)
        .read_line(&mut line)
        .expect("the watcher tells the server's pid");
    line.trim().parse().expect("the watcher tells the server's pid")
}
