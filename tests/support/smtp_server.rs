//! A real mail server, exim4 from Debian's packages, answering on a free loopback port; `tests/support/install-smtp.sh` brings it.
//!
//! It never runs as a daemon: every connection is handed to a process of its own, as inetd would, and ends with it. It runs from a
//! private copy without the setuid bit, with its spool and its mailboxes in a temporary folder.
#![allow(clippy::unwrap_used, reason = "a server that a test cannot start ends the test")]
#![allow(dead_code, reason = "each test binary that includes this file uses its own part of it")]

use std::fs;
use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::os::fd::OwnedFd;
use std::os::unix::fs::{MetadataExt, chown};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

const EXIM: &str = "/usr/sbin/exim4";
/// Exim does not deliver as the superuser; this is `nobody` and `nogroup` on every Debian.
const NOBODY: u32 = 65534;

/// The user and the group as whom exim runs.
type Owner = (u32, u32);

pub struct SmtpServer {
    pub address: SocketAddr,
    home: tempfile::TempDir,
    stopping: Arc<AtomicBool>,
    listening: Option<JoinHandle<()>>,
}

impl SmtpServer {
    pub fn start() -> Self {
        Self::with(None, false)
    }

    /// A server that shows a certificate of its own (`cert.pem` and `key.pem` in that folder), from the first byte or on STARTTLS.
    pub fn with(certificate: Option<&Path>, from_the_first_byte: bool) -> Self {
        let home = tempfile::tempdir().unwrap();
        let ours = fs::metadata(home.path()).unwrap();
        let owner = if ours.uid() == 0 {
            (NOBODY, NOBODY)
        } else {
            (ours.uid(), ours.gid())
        };
        lay_out(home.path(), owner, certificate);
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let stopping = Arc::new(AtomicBool::new(false));
        let (folder, stop) = (home.path().to_owned(), stopping.clone());
        let listening = thread::spawn(move || {
            let mut sessions = vec![];
            for line in listener.incoming().flatten() {
                if stop.load(Ordering::SeqCst) {
                    break;
                }
                sessions.push(hand_over(&folder, owner, line, from_the_first_byte));
            }
            for mut session in sessions {
                session.wait().unwrap();
            }
        });
        Self {
            address,
            home,
            stopping,
            listening: Some(listening),
        }
    }

    /// The mails in somebody's mailbox. Exim is told to deliver before it says goodbye, but not before it says yes.
    pub fn mails(&self, person: &str, count: usize) -> Vec<String> {
        let folder = self.home.path().join("mail").join(person).join("new");
        let patience = Instant::now() + Duration::from_mins(1);
        while read_all(&folder).len() < count && Instant::now() < patience {
            thread::sleep(Duration::from_millis(10));
        }
        let mails = read_all(&folder);
        assert_eq!(mails.len(), count, "{}", self.log());
        mails
    }

    pub fn log(&self) -> String {
        fs::read_to_string(self.home.path().join("log/mainlog")).unwrap_or_default()
    }
}

impl Drop for SmtpServer {
    fn drop(&mut self) {
        self.stopping.store(true, Ordering::SeqCst);
        // The listener wakes up, sees the flag, and waits for the last session: nothing runs on when the folder is removed.
        let _ = TcpStream::connect(self.address);
        let _ = self.listening.take().map(JoinHandle::join);
    }
}

fn hand_over(home: &Path, (user, group): Owner, line: TcpStream, from_the_first_byte: bool) -> Child {
    let answers: OwnedFd = line.try_clone().unwrap().into();
    let questions: OwnedFd = line.into();
    let mut exim = Command::new(home.join("exim"));
    exim.arg("-C")
        .arg(home.join("exim.conf"))
        .args(["-bs", "-odf"])
        .args(from_the_first_byte.then_some("-tls-on-connect"))
        .stdin(questions)
        .stdout(answers)
        .stderr(Stdio::null());
    if fs::metadata("/proc/self").unwrap().uid() == 0 {
        exim.uid(user).gid(group);
    }
    exim.spawn().unwrap()
}

fn lay_out(home: &Path, owner: Owner, certificate: Option<&Path>) {
    assert!(Path::new(EXIM).exists(), "no {EXIM}: run tests/support/install-smtp.sh");
    for folder in ["spool", "log", "mail"] {
        fs::create_dir(home.join(folder)).unwrap();
    }
    // A copy loses the setuid bit, and with it every privilege.
    fs::copy(EXIM, home.join("exim")).unwrap();
    for name in ["cert.pem", "key.pem"] {
        if let Some(folder) = certificate {
            fs::copy(folder.join(name), home.join("spool").join(name)).unwrap();
            chown(home.join("spool").join(name), Some(owner.0), Some(owner.1)).unwrap();
        }
    }
    fs::write(home.join("exim.conf"), config(home, owner, certificate.is_some())).unwrap();
    let paths = ["", "spool", "log", "mail", "exim", "exim.conf"].map(|name| home.join(name));
    let executable = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    fs::set_permissions(home.join("exim"), executable).unwrap();
    for path in paths {
        chown(path, Some(owner.0), Some(owner.1)).unwrap();
    }
}

fn config(home: &Path, (user, group): Owner, certified: bool) -> String {
    let tls = if certified {
        "tls_certificate = HOME/spool/cert.pem\ntls_privatekey = HOME/spool/key.pem"
    } else {
        ""
    };
    include_str!("exim.conf")
        .replace("TLS\n", &format!("{tls}\n"))
        .replace("USER", &user.to_string())
        .replace("GROUP", &group.to_string())
        .replace("HOME", home.to_str().unwrap())
}

fn read_all(folder: &Path) -> Vec<String> {
    let Ok(entries) = fs::read_dir(folder) else {
        return vec![];
    };
    let mut paths: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths.iter().map(|path| fs::read_to_string(path).unwrap()).collect()
}

/// A server that says those lines, each after the client's last, and hangs up.
pub fn speaks(lines: &'static [&'static str]) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        let (mut line, _) = listener.accept().unwrap();
        for (index, said) in lines.iter().enumerate() {
            if index > 0 {
                let _ = line.read(&mut [0; 4096]);
            }
            let _ = line.write_all(said.as_bytes());
        }
        if lines.len() > 1 {
            let _ = line.read(&mut [0; 4096]);
        }
    });
    address
}

/// Everything passes to the real server and back, until the text is through: then the client hears nothing more.
pub fn cut_after_text(server: SocketAddr) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        let (client, _) = listener.accept().unwrap();
        let upstream = TcpStream::connect(server).unwrap();
        let back = (upstream.try_clone().unwrap(), client.try_clone().unwrap());
        thread::spawn(move || std::io::copy(&mut &back.0, &mut &back.1));
        let (mut seen, mut buffer) = (Vec::new(), [0; 4096]);
        while !seen.windows(5).any(|window| window == b"\r\n.\r\n") {
            let count = (&client).read(&mut buffer).unwrap_or(0);
            if count == 0 {
                // The client lost its patience first.
                break;
            }
            seen.extend_from_slice(&buffer[..count]);
            if seen.windows(5).any(|window| window == b"\r\n.\r\n") {
                client.shutdown(Shutdown::Both).unwrap();
            }
            (&upstream).write_all(&buffer[..count]).unwrap();
        }
        // The server says what it has to say to nobody, and is let go.
        let _ = (&upstream).write_all(b"QUIT\r\n");
    });
    address
}
