//! A mail server that keeps what it takes, and a line to it that breaks as a seeded die says.

use std::collections::{BTreeMap, VecDeque};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::{JoinHandle, spawn};
use std::time::Duration;

use rand::rngs::StdRng;
use rand::seq::IndexedRandom;
use rand::{RngExt, SeedableRng};

/// What becomes of a conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Break {
    /// Nothing.
    Never,
    /// The line breaks before the greeting.
    BeforeGreeting,
    /// The server is busy.
    Busy,
    /// The recipient has to wait.
    RecipientLater,
    /// The line breaks in the middle of the text.
    WithinText,
    /// The mail is taken, and the line breaks before that is said.
    AfterText,
    /// The mail is taken, and nothing is said.
    SilentAfterText,
    /// The mail is taken, and what is said is no answer.
    NonsenseAfterText,
}

const AMBIGUOUS: [Break; 3] = [Break::AfterText, Break::SilentAfterText, Break::NonsenseAfterText];
const CLEAR: [Break; 4] = [Break::BeforeGreeting, Break::Busy, Break::RecipientLater, Break::WithinText];

/// A running server; it stops when it is dropped.
pub struct Letters {
    pub address: SocketAddr,
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Default)]
struct Shared {
    taken: Mutex<Vec<(String, String)>>,
    die: Mutex<Option<StdRng>>,
    script: Mutex<BTreeMap<String, VecDeque<Break>>>,
    ambiguous: AtomicU64,
    broken: AtomicU64,
    stop: AtomicBool,
}

impl Letters {
    /// Starts one with which nothing is wrong.
    pub fn start() -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let address = listener.local_addr().unwrap();
        let shared = Arc::<Shared>::default();
        let inside = shared.clone();
        let thread = spawn(move || {
            for client in listener.incoming().flatten() {
                if inside.stop.load(Ordering::SeqCst) {
                    return;
                }
                let inside = inside.clone();
                spawn(move || inside.converse(&client));
            }
        });
        Self {
            address,
            shared,
            thread: Some(thread),
        }
    }

    /// From now on a die is thrown for every conversation.
    pub fn rage(&self, seed: u64) {
        *self.shared.die.lock().unwrap() = Some(StdRng::seed_from_u64(seed));
    }

    /// What becomes of the next conversations about this recipient.
    pub fn next(&self, recipient: &str, how: &[Break]) {
        let mut script = self.shared.script.lock().unwrap();
        script.entry(recipient.to_owned()).or_default().extend(how);
    }

    /// From now on nothing more is scripted about this recipient.
    pub fn forget(&self, recipient: &str) {
        self.shared.script.lock().unwrap().remove(recipient);
    }

    /// From now on nothing breaks that no script names.
    pub fn calm(&self) {
        *self.shared.die.lock().unwrap() = None;
    }

    /// How many mails were taken without a word.
    pub fn ambiguous(&self) -> u64 {
        self.shared.ambiguous.load(Ordering::SeqCst)
    }

    /// How many conversations were broken in whichever way.
    pub fn broken(&self) -> u64 {
        self.shared.broken.load(Ordering::SeqCst)
    }

    /// The mails that were taken: recipient and text.
    pub fn taken(&self) -> Vec<(String, String)> {
        self.shared.taken.lock().unwrap().clone()
    }
}

impl Drop for Letters {
    fn drop(&mut self) {
        self.shared.stop.store(true, Ordering::SeqCst);
        let _ = TcpStream::connect(self.address);
        let _ = self.thread.take().map(JoinHandle::join);
    }
}

impl Shared {
    fn throw(&self) -> Break {
        let mut die = self.die.lock().unwrap();
        let Some(die) = die.as_mut() else { return Break::Never };
        let chance: f64 = die.random();
        match chance {
            _ if chance < 0.40 => *AMBIGUOUS.choose(die).unwrap(),
            _ if chance < 0.55 => *CLEAR.choose(die).unwrap(),
            _ => Break::Never,
        }
    }

    fn scripted(&self, recipient: &str) -> Option<Break> {
        self.script.lock().unwrap().get_mut(recipient)?.pop_front()
    }

    fn converse(&self, line: &TcpStream) -> Option<()> {
        let mut how = self.throw();
        self.broken.fetch_add(u64::from(how != Break::Never), Ordering::SeqCst);
        let mut say = line;
        let mut heard = BufReader::new(line.try_clone().ok()?);
        match how {
            Break::BeforeGreeting => return None,
            Break::Busy => return say.write_all(b"421 later\r\n").ok(),
            _ => say.write_all(b"220 ready\r\n").ok()?,
        }
        let mut recipient = String::new();
        loop {
            let mut command = String::new();
            if heard.read_line(&mut command).ok()? == 0 {
                return None;
            }
            let verb = command.split([' ', ':', '\r']).next()?.to_ascii_uppercase();
            let answer: &[u8] = match verb.as_str() {
                "RCPT" => {
                    recipient = command.split(['<', '>']).nth(1)?.to_owned();
                    how = self.scripted(&recipient).unwrap_or(how);
                    match how {
                        Break::RecipientLater => b"452 4.2.2 mailbox full\r\n",
                        _ => b"250 ok\r\n",
                    }
                }
                "DATA" => {
                    say.write_all(b"354 go on\r\n").ok()?;
                    self.take(&mut heard, &recipient, how)?;
                    match how {
                        Break::AfterText => return None,
                        Break::SilentAfterText => return wait(line),
                        Break::NonsenseAfterText => b"<html>gateway error</html>\r\n",
                        _ => b"250 taken\r\n",
                    }
                }
                "QUIT" => return say.write_all(b"221 bye\r\n").ok(),
                _ => b"250 ok\r\n",
            };
            say.write_all(answer).ok()?;
        }
    }

    /// Reads a text up to its dot, and keeps it.
    fn take(&self, heard: &mut impl BufRead, recipient: &str, how: Break) -> Option<()> {
        let mut text = Vec::new();
        while !text.ends_with(b"\r\n.\r\n") {
            if heard.read_until(b'\n', &mut text).ok()? == 0 || how == Break::WithinText {
                return None;
            }
        }
        let text = String::from_utf8_lossy(&text).into_owned();
        self.taken.lock().unwrap().push((recipient.to_owned(), text));
        if AMBIGUOUS.contains(&how) {
            self.ambiguous.fetch_add(1, Ordering::SeqCst);
        }
        Some(())
    }
}

/// Nothing more, until the caller gives up.
fn wait(mut line: &TcpStream) -> Option<()> {
    line.set_read_timeout(Some(Duration::from_secs(30))).ok()?;
    let _ = line.read(&mut [0; 16]);
    None
}
