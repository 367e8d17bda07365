//! A web server in front of WordPress that loses answers, breaks off, or answers itself: what hosting does on a bad day.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::{JoinHandle, spawn};

/// What the proxy does to a request.
#[derive(Clone)]
pub enum Trick {
    /// WordPress gets it and acts; its answer is thrown away.
    LoseAnswer,
    /// WordPress never gets it, and the caller no answer.
    LoseRequest,
    /// WordPress gets it and acts; the caller gets this instead: status line and headers, body.
    ActAndAnswer(&'static str, &'static str),
    /// WordPress never gets it; the caller gets this.
    Answer(&'static str, &'static str),
    /// WordPress gets it without its Authorization header.
    StripSignIn,
    /// WordPress gets it and has that fault (`site/mu-plugins/faults.php`).
    Fault(&'static str),
}

/// A request that came by.
#[derive(Clone, Debug)]
pub struct Seen {
    /// `POST /wp-json/…`.
    pub line: String,
    /// The body.
    pub body: Vec<u8>,
}

struct Rule {
    beginning: String,
    trick: Trick,
    times: usize,
}

/// The proxy; it stops when it is dropped.
pub struct Proxy {
    /// Its address, without a trailing slash.
    pub url: String,
    address: SocketAddr,
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

struct Shared {
    upstream: String,
    rules: Mutex<Vec<Rule>>,
    seen: Mutex<Vec<Seen>>,
    stop: AtomicBool,
}

impl Proxy {
    /// A proxy that passes everything on.
    pub fn before(upstream: &str) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let address = listener.local_addr().unwrap();
        let shared = Arc::new(Shared {
            upstream: upstream.trim_start_matches("http://").to_owned(),
            rules: Mutex::default(),
            seen: Mutex::default(),
            stop: AtomicBool::new(false),
        });
        let inside = Arc::clone(&shared);
        let thread = spawn(move || accept(&listener, &inside));
        Self {
            url: format!("http://{address}"),
            address,
            shared,
            thread: Some(thread),
        }
    }

    /// Plays the trick on the next request whose first line begins so.
    #[must_use]
    pub fn once(self, beginning: &str, trick: Trick) -> Self {
        self.rule(beginning, trick, 1)
    }

    /// Plays it on all of them.
    #[must_use]
    pub fn always(self, beginning: &str, trick: Trick) -> Self {
        self.rule(beginning, trick, usize::MAX)
    }

    /// The requests that came by and began so.
    pub fn seen(&self, beginning: &str) -> Vec<Seen> {
        let seen = self.shared.seen.lock().unwrap();
        seen.iter().filter(|seen| seen.line.starts_with(beginning)).cloned().collect()
    }

    fn rule(self, beginning: &str, trick: Trick, times: usize) -> Self {
        self.shared.rules.lock().unwrap().push(Rule {
            beginning: beginning.to_owned(),
            trick,
            times,
        });
        self
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.shared.stop.store(true, Ordering::SeqCst);
        let _ = TcpStream::connect(self.address);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn accept(listener: &TcpListener, shared: &Arc<Shared>) {
    for client in listener.incoming().flatten() {
        if shared.stop.load(Ordering::SeqCst) {
            return;
        }
        let shared = Arc::clone(shared);
        spawn(move || serve(client, &shared));
    }
}

fn serve(client: TcpStream, shared: &Shared) -> Option<()> {
    let mut reader = BufReader::new(client.try_clone().ok()?);
    let (head, body) = request(&mut reader)?;
    let line = head.lines().next()?.to_owned();
    let trick = shared.trick(&line);
    shared.seen.lock().unwrap().push(Seen { line, body: body.clone() });
    let mut client = client;
    match trick {
        None => client.write_all(&shared.forward(&head, &body)?).ok(),
        Some(Trick::StripSignIn) => client.write_all(&shared.forward(&without_sign_in(&head), &body)?).ok(),
        Some(Trick::Fault(name)) => {
            let head = head.replacen("\r\n", &format!("\r\nX-Test-Fault: {name}\r\n"), 1);
            client.write_all(&shared.forward(&head, &body)?).ok()
        }
        Some(Trick::LoseAnswer) => shared.forward(&head, &body).map(drop),
        Some(Trick::LoseRequest) => None,
        Some(Trick::Answer(head, body)) => answer(&mut client, head, body),
        Some(Trick::ActAndAnswer(instead, page)) => {
            shared.forward(&head, &body)?;
            answer(&mut client, instead, page)
        }
    }
}

impl Shared {
    fn trick(&self, line: &str) -> Option<Trick> {
        let mut rules = self.rules.lock().unwrap();
        let rule = rules.iter_mut().find(|rule| rule.times > 0 && line.starts_with(&rule.beginning))?;
        rule.times -= 1;
        Some(rule.trick.clone())
    }

    fn forward(&self, head: &str, body: &[u8]) -> Option<Vec<u8>> {
        let mut upstream = TcpStream::connect(&self.upstream).ok()?;
        upstream
            .write_all(head.replacen("\r\n", "\r\nConnection: close\r\n", 1).as_bytes())
            .ok()?;
        upstream.write_all(body).ok()?;
        let mut answer = Vec::new();
        upstream.read_to_end(&mut answer).ok()?;
        Some(answer)
    }
}

fn request(reader: &mut impl BufRead) -> Option<(String, Vec<u8>)> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        if reader.read_until(b'\n', &mut head).ok()? == 0 {
            return None;
        }
    }
    // Latin-1 both ways would lose nothing, but only the names of uploads go beyond ASCII.
    let head = String::from_utf8_lossy(&head).into_owned();
    let length = head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse().ok())?
    });
    let mut body = vec![0; length.unwrap_or(0)];
    reader.read_exact(&mut body).ok()?;
    Some((head, body))
}

fn without_sign_in(head: &str) -> String {
    let kept = head
        .split_inclusive("\r\n")
        .filter(|line| !line.to_ascii_lowercase().starts_with("authorization:"));
    kept.collect()
}

fn answer(client: &mut TcpStream, head: &str, body: &str) -> Option<()> {
    let length = body.len();
    let text = format!("HTTP/1.1 {head}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}");
    client.write_all(text.as_bytes()).ok()
}
