//! The bare reference: a table of jobs in SQLite, claims of 64 in one transaction, a POST each, completed durably. No render, no draft, no receipt.

use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use kasnec::http::use_ring;
use reqwest::Client;
use rusqlite::{Connection, params};
use tempfile::TempDir;

const BATCH: i64 = 64;
const TABLE: &str = "CREATE TABLE job (id INTEGER PRIMARY KEY, due INTEGER NOT NULL, state INTEGER NOT NULL, payload TEXT NOT NULL);
                     CREATE INDEX job_due ON job (due, id) WHERE state = 0;";

/// A queue of jobs and where they go.
pub struct Reference {
    database: Arc<Mutex<Connection>>,
    client: Client,
    url: String,
    calls: usize,
    _folder: TempDir,
}

impl Reference {
    /// An empty queue whose jobs make so many calls each.
    pub fn open(remote: &str, calls: usize) -> Self {
        use_ring();
        let folder = tempfile::tempdir().unwrap();
        let database = Connection::open(folder.path().join("jobs.db")).unwrap();
        database.pragma_update(None, "journal_mode", "WAL").unwrap();
        database.pragma_update(None, "synchronous", "FULL").unwrap();
        database.execute_batch(TABLE).unwrap();
        Self {
            database: Arc::new(Mutex::new(database)),
            client: Client::new(),
            url: format!("{remote}/plain"),
            calls,
            _folder: folder,
        }
    }

    /// Puts jobs of a kilobyte into the queue, each due when `due` says (milliseconds since 1970).
    pub fn enqueue(&self, count: usize, due: impl Fn(usize) -> i64) {
        let database = self.database.lock().unwrap();
        let whole = database.unchecked_transaction().unwrap();
        for number in 0..count {
            let payload = format!("{number} {}", "k".repeat(1024));
            whole
                .execute(
                    "INSERT INTO job (due, state, payload) VALUES (?1, 0, ?2)",
                    params![due(number), payload],
                )
                .unwrap();
        }
        whole.commit().unwrap();
    }

    /// Two loops, so that one claims while the other sends, until nothing is left.
    pub async fn run(&self) {
        tokio::join!(self.work(), self.work());
    }

    async fn work(&self) {
        loop {
            let jobs = self.claim();
            if jobs.is_empty() {
                match self.next_due() {
                    Some(due) => tokio::time::sleep(Duration::from_millis((due - now()).clamp(1, 500).unsigned_abs())).await,
                    None => return,
                }
                continue;
            }
            let ids: Vec<i64> = jobs.iter().map(|(id, _)| *id).collect();
            let sent: Vec<_> = jobs.into_iter().map(|(_, payload)| tokio::spawn(self.sending(payload))).collect();
            for one in sent {
                one.await.unwrap();
            }
            self.complete(&ids);
        }
    }

    fn sending(&self, payload: String) -> impl Future<Output = ()> + use<> {
        let (client, url, calls) = (self.client.clone(), self.url.clone(), self.calls);
        async move {
            for _ in 0..calls {
                let answer = client.post(&url).body(payload.clone()).send().await.unwrap();
                answer.bytes().await.unwrap();
            }
        }
    }

    fn claim(&self) -> Vec<(i64, String)> {
        let database = self.database.lock().unwrap();
        let whole = database.unchecked_transaction().unwrap();
        let sql = "UPDATE job SET state = 1 WHERE id IN (SELECT id FROM job WHERE state = 0 AND due <= ?1 ORDER BY due, id LIMIT ?2) RETURNING id, payload";
        let jobs = whole
            .prepare_cached(sql)
            .unwrap()
            .query_map(params![now(), BATCH], |row| Ok((row.get(0)?, row.get(1)?)))
            .unwrap()
            .collect::<Result<_, _>>()
            .unwrap();
        whole.commit().unwrap();
        jobs
    }

    fn complete(&self, ids: &[i64]) {
        let database = self.database.lock().unwrap();
        let whole = database.unchecked_transaction().unwrap();
        for id in ids {
            whole
                .prepare_cached("UPDATE job SET state = 2 WHERE id = ?1")
                .unwrap()
                .execute([id])
                .unwrap();
        }
        whole.commit().unwrap();
    }

    fn next_due(&self) -> Option<i64> {
        let database = self.database.lock().unwrap();
        database
            .query_row("SELECT MIN(due) FROM job WHERE state = 0", [], |row| row.get(0))
            .unwrap()
    }
}

/// Milliseconds since 1970.
pub fn now() -> i64 {
    i64::try_from(SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis()).unwrap()
}
