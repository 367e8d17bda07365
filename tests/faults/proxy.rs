//! A proxy that stands before a remote and does with each request what a script or a seeded die says.

use std::io::{BufReader, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::{JoinHandle, sleep, spawn};
use std::time::Duration;

use rand::rngs::StdRng;
use rand::seq::IndexedRandom;
use rand::{RngExt, SeedableRng};

use super::wire::{self, Message, reply};

/// What becomes of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trick {
    /// It is passed on, and its answer back.
    Pass,
    /// For a moment nobody listens.
    Refuse,
    /// The connection breaks before it is passed on.
    DropBefore,
    /// It is passed on, and the connection breaks before the answer.
    DropAfter,
    /// It is passed on, and 500 answered.
    Error500,
    /// It is passed on, and an error answered under 200.
    Error200,
    /// It is passed on, and a web page answered under 200.
    Outage200,
    /// It is passed on, and a web page answered under 503.
    Outage503,
    /// It is passed on; the answer's head comes, and then nothing.
    Silence,
    /// It is passed on; the answer comes byte by byte and never ends.
    Trickle,
    /// It is passed on, and the answer is larger than anybody reads.
    TooLarge,
    /// It is passed on late.
    Delay,
    /// It is not passed on: too many calls.
    Throttle,
}

/// What the remote has done and the caller cannot know.
const AMBIGUOUS: [Trick; 8] = [
    Trick::DropAfter,
    Trick::Error500,
    Trick::Error200,
    Trick::Outage200,
    Trick::Outage503,
    Trick::Silence,
    Trick::Trickle,
    Trick::TooLarge,
];
/// What the remote has not done, or done and said.
const HARMLESS: [Trick; 4] = [Trick::Refuse, Trick::DropBefore, Trick::Delay, Trick::Throttle];

const PAGE: &str = "<!doctype html><html><body><h1>Faqja është në mirëmbajtje</h1></body></html>";
const HTML: &str = "text/html; charset=utf-8";

/// A proxy; it stops when it is dropped.
pub struct Proxy {
    /// Its address, without a trailing slash.
    pub url: String,
    address: SocketAddr,
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

struct Shared {
    upstream: String,
    /// What the remote's own errors look like.
    error: String,
    plan: Mutex<Plan>,
    ambiguous: AtomicU64,
    /// Connections that were closed at once: what was being sent may have been a call.
    refused: AtomicU64,
    stop: AtomicBool,
}

struct Plan {
    script: Vec<(String, Trick)>,
    die: Option<StdRng>,
    seen: Vec<(String, Trick)>,
}

impl Proxy {
    /// A proxy before `upstream`, whose own errors look like `error`; it passes everything on.
    pub fn before(upstream: &str, error: &str) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let address = listener.local_addr().unwrap();
        let shared = Arc::new(Shared {
            upstream: upstream.trim_start_matches("http://").to_owned(),
            error: error.to_owned(),
            plan: Mutex::new(Plan {
                script: Vec::new(),
                die: None,
                seen: Vec::new(),
            }),
            ambiguous: AtomicU64::new(0),
            refused: AtomicU64::new(0),
            stop: AtomicBool::new(false),
        });
        let inside = shared.clone();
        let thread = spawn(move || listen(listener, address, &inside));
        Self {
            url: format!("http://{address}"),
            address,
            shared,
            thread: Some(thread),
        }
    }

    /// From now on a die is thrown for every request.
    pub fn rage(&self, seed: u64) {
        self.shared.plan.lock().unwrap().die = Some(StdRng::seed_from_u64(seed));
    }

    /// From now on everything passes that no script names.
    pub fn calm(&self) {
        self.shared.plan.lock().unwrap().die = None;
    }

    /// The next request whose first line contains these words meets this trick.
    pub fn next(&self, words: &str, trick: Trick) {
        self.shared.plan.lock().unwrap().script.push((words.to_owned(), trick));
    }

    /// How many requests that change something were done by the remote and answered so that nobody can tell.
    pub fn ambiguous(&self) -> u64 {
        self.shared.ambiguous.load(Ordering::SeqCst)
    }

    /// How many requests that change something got no answer, or none that anybody can understand, whether they were done or not.
    pub fn lost(&self) -> u64 {
        let plan = self.shared.plan.lock().unwrap();
        let lost = |trick: &Trick| *trick == Trick::DropBefore || AMBIGUOUS.contains(trick);
        let calls = plan.seen.iter().filter(|(line, trick)| !line.starts_with("GET ") && lost(trick));
        calls.count() as u64 + self.shared.refused.load(Ordering::SeqCst)
    }

    /// The first lines of the requests that contain these words, and what became of each.
    pub fn seen(&self, words: &str) -> Vec<(String, Trick)> {
        let plan = self.shared.plan.lock().unwrap();
        plan.seen.iter().filter(|(line, _)| line.contains(words)).cloned().collect()
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.shared.stop.store(true, Ordering::SeqCst);
        let _ = TcpStream::connect(self.address);
        let _ = self.thread.take().map(JoinHandle::join);
    }
}

fn listen(mut listener: TcpListener, address: SocketAddr, shared: &Arc<Shared>) {
    while let Ok((client, _)) = listener.accept() {
        if shared.stop.load(Ordering::SeqCst) {
            return;
        }
        if shared.refuses() {
            shared.refused.fetch_add(1, Ordering::SeqCst);
            drop((client, listener));
            sleep(Duration::from_millis(30));
            listener = again(address);
            continue;
        }
        let shared = shared.clone();
        spawn(move || serve(&client, &shared));
    }
}

fn again(address: SocketAddr) -> TcpListener {
    loop {
        if let Ok(listener) = TcpListener::bind(address) {
            return listener;
        }
        sleep(Duration::from_millis(5));
    }
}

/// Request after request of one connection, until a trick ends it or the caller hangs up.
fn serve(client: &TcpStream, shared: &Shared) -> Option<()> {
    let mut reader = BufReader::new(client.try_clone().ok()?);
    while let Some(request) = wire::request(&mut reader) {
        let trick = shared.trick(&request);
        match trick {
            Trick::Refuse | Trick::DropBefore => return None,
            Trick::Throttle => throttle(client)?,
            Trick::Delay => {
                sleep(Duration::from_millis(200));
                pass(client, shared, &request)?;
            }
            Trick::Pass => pass(client, shared, &request)?,
            trick => {
                shared.forward(&request)?;
                shared.hurt(client, &request, trick)?;
            }
        }
    }
    None
}

fn pass(mut client: &TcpStream, shared: &Shared, request: &Message) -> Option<()> {
    let answer = shared.forward(request)?;
    client.write_all(&answer.bytes("")).ok()
}

fn throttle(mut client: &TcpStream) -> Option<()> {
    let busy = reply("429 Too Many Requests", "application/json", "{\"error\":\"slow down\"}");
    client.write_all(&busy.bytes("retry-after: 7\r\n")).ok()
}

impl Shared {
    /// Whether the next caller meets nobody. Only connections can be refused, not requests.
    fn refuses(&self) -> bool {
        let mut plan = self.plan.lock().unwrap();
        if let Some(place) = plan.script.iter().position(|(_, trick)| *trick == Trick::Refuse) {
            plan.script.remove(place);
            return true;
        }
        plan.die.as_mut().is_some_and(|die| die.random_bool(0.02))
    }

    fn trick(&self, request: &Message) -> Trick {
        let mut plan = self.plan.lock().unwrap();
        let line = request.line().to_owned();
        let scripted = plan
            .script
            .iter()
            .position(|(words, trick)| *trick != Trick::Refuse && line.contains(words.as_str()));
        let trick = match (scripted, plan.die.as_mut()) {
            (Some(place), _) => plan.script.remove(place).1,
            (None, Some(die)) => throw(die, request.method() == "GET"),
            (None, None) => Trick::Pass,
        };
        plan.seen.push((line, trick));
        trick
    }

    fn forward(&self, request: &Message) -> Option<Message> {
        let upstream = TcpStream::connect(&self.upstream).ok()?;
        (&upstream).write_all(&request.bytes("connection: close\r\n")).ok()?;
        wire::answer(&mut BufReader::new(upstream))
    }

    /// The remote has done it; the caller hears something else.
    fn hurt(&self, mut client: &TcpStream, request: &Message, trick: Trick) -> Option<()> {
        if request.method() != "GET" {
            self.ambiguous.fetch_add(1, Ordering::SeqCst);
        }
        let json = "application/json";
        let told = match trick {
            Trick::Error500 => reply("500 Internal Server Error", json, &self.error),
            Trick::Error200 => reply("200 OK", json, &self.error),
            Trick::Outage200 => reply("200 OK", HTML, PAGE),
            Trick::Outage503 => reply("503 Service Unavailable", HTML, PAGE),
            Trick::Silence => return silence(client),
            Trick::Trickle => return trickle(client),
            Trick::TooLarge => return flood(client),
            _ => return None,
        };
        client.write_all(&told.bytes("")).ok()
    }
}

/// Reads are hurt less than writes: a look has to come through sometimes.
fn throw(die: &mut StdRng, reading: bool) -> Trick {
    let (ambiguous, harmless) = if reading { (0.08, 0.05) } else { (0.40, 0.08) };
    let chance: f64 = die.random();
    let one_of = |tricks: &[Trick], die: &mut StdRng| *tricks.choose(die).unwrap();
    if chance < ambiguous {
        one_of(&AMBIGUOUS, die)
    } else if chance < ambiguous + harmless {
        one_of(&HARMLESS[1..], die)
    } else {
        Trick::Pass
    }
}

/// Nothing more, until the caller gives up.
fn silence(mut client: &TcpStream) -> Option<()> {
    client
        .write_all(b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 4000\r\n\r\n{")
        .ok()?;
    client.set_read_timeout(Some(Duration::from_secs(30))).ok()?;
    let _ = client.read(&mut [0; 16]);
    None
}

/// A byte now and then, until the caller gives up.
fn trickle(mut client: &TcpStream) -> Option<()> {
    client
        .write_all(b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n")
        .ok()?;
    loop {
        client.write_all(b"1\r\n \r\n").ok()?;
        sleep(Duration::from_millis(50));
    }
}

/// More than [`kasnec::http::MAX_ANSWER`].
fn flood(mut client: &TcpStream) -> Option<()> {
    let length = kasnec::http::MAX_ANSWER + 65_536;
    let head = format!("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\r\n");
    client.write_all(head.as_bytes()).ok()?;
    let blanks = vec![b' '; 65_536];
    for _ in 0..=length / blanks.len() {
        client.write_all(&blanks).ok()?;
    }
    None
}
