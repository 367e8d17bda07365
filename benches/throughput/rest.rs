//! The released program itself: how soon it answers, and what it occupies when nothing happens.

use std::net::TcpListener;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::process::resident_mb;
use crate::table::Table;

const SAMPLE: &str = include_str!("../../samples/kasnec.toml");
const STARTS: usize = 9;
const REST: Duration = Duration::from_secs(10);

/// Measures and adds the rows.
pub async fn measure(table: &mut Table) {
    let mut starts = Vec::new();
    for _ in 0..STARTS {
        starts.push(Program::start().await.0);
    }
    starts.sort();
    table.alone(
        "start to the first answer, fresh folder",
        "ms",
        starts[STARTS / 2].as_secs_f64() * 1000.0,
        "<= 300 ms",
    );
    let (_, program) = Program::start().await;
    tokio::time::sleep(REST).await;
    table.alone("memory at rest", "MB", resident_mb(program.child.id()), "<= 40 MB");
}

/// `kasnec serve` with the sample office, on a free port.
struct Program {
    child: Child,
    _folder: tempfile::TempDir,
}

impl Program {
    /// Starts it; gives the time until `/healthz` answered.
    async fn start() -> (Duration, Self) {
        let folder = tempfile::tempdir().unwrap();
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let listen = format!("[server]\nlisten = \"127.0.0.1:{port}\"\npublic_url = \"http://127.0.0.1:{port}\"\n\n");
        let config = folder.path().join("kasnec.toml");
        std::fs::write(&config, listen + SAMPLE).unwrap();
        let began = Instant::now();
        let child = Command::new(env!("CARGO_BIN_EXE_kasnec"))
            .args(["serve", "--config"])
            .arg(&config)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let program = Self { child, _folder: folder };
        let health = format!("http://127.0.0.1:{port}/healthz");
        while !reqwest::get(&health).await.is_ok_and(|answer| answer.status().is_success()) {
            assert!(began.elapsed() < Duration::from_secs(30), "it never answered");
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        (began.elapsed(), program)
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
