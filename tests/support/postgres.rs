//! A PostgreSQL of the test's own: one server for a test binary, as many databases as its tests ask for.
//!
//! A test binary that includes this file includes `guarded.rs` beside it.
#![allow(clippy::expect_used, reason = "a server that a test cannot start ends the test")]
#![allow(dead_code, reason = "each test binary that includes this file uses its own part of it")]

use std::fs;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use super::guarded::Guarded;

const ROLE: &str = "postgres";
const READY_WITHIN: Duration = Duration::from_mins(1);
const ATTEMPTS: u32 = 3;

/// Makes a cluster, then becomes the server: `BIN FOLDER [OPTION...]`. Small log segments and a named time zone
/// spare `initdb` a third of its time.
const INITIALISE_AND_SERVE: &str = r#"
bin=$1 folder=$2
shift 2
TZ=UTC "$bin/initdb" --pgdata="$folder/data" --username=postgres --auth=trust --encoding=UTF8 --locale=C \
    --wal-segsize=1 --no-sync --no-instructions >/dev/null &&
    exec "$bin/postgres" -D "$folder/data" "$@"
"#;

/// The server that all tests of this binary share.
pub fn server() -> &'static Postgres {
    static SERVER: OnceLock<Postgres> = OnceLock::new();
    SERVER.get_or_init(Postgres::start)
}

/// A running PostgreSQL; dropping it stops it and removes its data.
#[derive(Debug)]
pub struct Postgres {
    process: Guarded,
    programs: PathBuf,
    port: u16,
    databases: AtomicU32,
}

impl Postgres {
    /// Starts a new, empty server on 127.0.0.1 that flushes what it commits, as the one in production does.
    pub fn start() -> Self {
        Self::start_with(&[])
    }

    /// Like [`Postgres::start`], with settings of `postgresql.conf` such as `fsync=off`.
    pub fn start_with(settings: &[&str]) -> Self {
        let programs = installed_programs();
        for attempt in 1.. {
            let port = free_port();
            let mut process = Guarded::spawn_stopped_by("QUIT", |folder| serve(&programs, folder, port, settings));
            match process.wait_for(READY_WITHIN, |process| is_ready(process.folder()).then_some(())) {
                Ok(()) => {
                    return Self {
                        process,
                        programs,
                        port,
                        databases: AtomicU32::new(0),
                    };
                }
                // Between our look for a free port and the server's start, somebody else may have taken it.
                Err(output) if attempt < ATTEMPTS && output.contains("Address already in use") => {}
                Err(output) => panic!("PostgreSQL did not start: {output}"),
            }
        }
        unreachable!("the last attempt returns or panics")
    }

    /// The address of a database of this server.
    pub fn url(&self, database: &str) -> String {
        format!("postgres://{ROLE}@127.0.0.1:{}/{database}", self.port)
    }

    /// Creates an empty database that nobody else uses, and gives its address.
    pub fn fresh_database(&self) -> String {
        let name = format!("fresh_{}", self.databases.fetch_add(1, Ordering::Relaxed));
        // template0, because nobody can be connected to it, which would forbid the copy.
        let created = Command::new(self.programs.join("createdb"))
            .args([
                "--host=127.0.0.1",
                "--username",
                ROLE,
                "--template=template0",
                "--port",
                &self.port.to_string(),
                &name,
            ])
            .output()
            .expect("createdb starts");
        assert!(
            created.status.success(),
            "createdb {name}: {}",
            String::from_utf8_lossy(&created.stderr)
        );
        self.url(&name)
    }

    /// The process behind the server, for tests that kill it or read its log.
    pub fn process(&self) -> &Guarded {
        &self.process
    }
}

fn serve(programs: &Path, folder: &Path, port: u16, settings: &[&str]) -> Command {
    let mut command = unprivileged(folder);
    command
        .args(["sh", "-c", INITIALISE_AND_SERVE, "postgres"])
        .arg(programs)
        .arg(folder)
        .current_dir(folder);
    let place = format!("unix_socket_directories={}", folder.display());
    let port = format!("port={port}");
    let own = ["listen_addresses=127.0.0.1", &port, &place, "max_connections=200"];
    for setting in own.iter().chain(settings) {
        command.args(["-c", setting]);
    }
    command
}

/// PostgreSQL refuses to run as root: then the server, and its folder, are those of the user its package made.
fn unprivileged(folder: &Path) -> Command {
    let mut command = Command::new("env");
    if printed_by("id", &["-u"]) == "0" {
        let user: u32 = printed_by("id", &["-u", ROLE]).parse().unwrap_or_else(|_| not_installed());
        std::os::unix::fs::chown(folder, Some(user), None).expect("root may give its folder away");
        command = Command::new("setpriv");
        command.args(["--reuid", ROLE, "--regid", ROLE, "--init-groups", "--"]);
    }
    command
}

fn printed_by(program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program)
        .args(arguments)
        .output()
        .unwrap_or_else(|error| panic!("{program}: {error}"));
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}

/// The server writes its state on the eighth line of its pid file. A connection would prove less: the port could be another's.
fn is_ready(folder: &Path) -> bool {
    let state = fs::read_to_string(folder.join("data/postmaster.pid")).unwrap_or_default();
    state.lines().nth(7).is_some_and(|line| line.trim() == "ready")
}

fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener.local_addr().expect("a bound socket has an address").port()
}

/// The newest version that Debian's packages have put beside each other.
fn installed_programs() -> PathBuf {
    let versions = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    versions
        .filter(|version| version.path().join("bin/postgres").exists())
        .max_by_key(|version| version.file_name().to_string_lossy().parse::<u32>().unwrap_or(0))
        .map_or_else(|| not_installed(), |version| version.path().join("bin"))
}

fn not_installed() -> ! {
    panic!("PostgreSQL is not installed, so nothing that needs it was tested: run `make test-deps`, then the tests again")
}
