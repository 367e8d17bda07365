//! The browser's return: one page on this machine, for as long as one person takes to agree.

use std::net::Ipv4Addr;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::timeout;

use super::{ConnectError, Return};

/// Where the browser is sent to.
const PATH: &str = "/callback";
/// No browser says more before it asks for a page.
const MOST_HEAD: usize = 16 * 1024;
/// How long one connection may dawdle.
const ONE_REQUEST: Duration = Duration::from_secs(5);

/// An open door for the browser's return.
pub(super) struct Door {
    listener: TcpListener,
    port: u16,
}

/// Opens it on this machine only.
pub(super) async fn open(port: u16) -> Result<Door, ConnectError> {
    let failed = |source| ConnectError::Listen { port, source };
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await.map_err(failed)?;
    let port = listener.local_addr().map_err(failed)?.port();
    Ok(Door { listener, port })
}

impl Door {
    /// The address that the browser is sent to. The number, not `localhost`: RFC 8252 § 8.3.
    pub(super) fn address(&self) -> String {
        format!("http://127.0.0.1:{}{PATH}", self.port)
    }

    /// Waits for the return that `ours` recognises; strangers are turned away and the wait goes on.
    pub(super) async fn wait(&self, patience: Duration, ours: impl Fn(&Return) -> bool) -> Result<Return, ConnectError> {
        let wait = async {
            loop {
                if let Ok((stream, _)) = self.listener.accept().await
                    && let Ok(Some(back)) = timeout(ONE_REQUEST, serve(stream, &ours)).await
                {
                    return back;
                }
            }
        };
        timeout(patience, wait)
            .await
            .map_err(|_| ConnectError::TimedOut(patience.as_secs() / 60))
    }
}

async fn serve(mut stream: TcpStream, ours: &impl Fn(&Return) -> bool) -> Option<Return> {
    let target = read_target(&mut stream).await?;
    let (path, query) = target.split_once('?').unwrap_or((&target, ""));
    let back = Return::of(query);
    let (status, text) = match (path, ours(&back), &back.error) {
        (PATH, true, None) => ("200 OK", DONE),
        (PATH, true, Some(_)) => ("200 OK", DECLINED),
        (PATH, false, _) => ("400 Bad Request", STRANGE),
        _ => ("404 Not Found", STRANGE),
    };
    // Whether the page arrives or not, what the browser brought counts.
    let _ = stream.write_all(answer(status, text).as_bytes()).await;
    let _ = stream.shutdown().await;
    status.starts_with("200").then_some(back)
}

/// The target of a GET, once the whole head is read.
async fn read_target(stream: &mut TcpStream) -> Option<String> {
    let mut head = Vec::new();
    let mut piece = [0; 2048];
    while !head.windows(4).any(|end| end == b"\r\n\r\n") {
        let read = stream.read(&mut piece).await.ok().filter(|read| *read > 0)?;
        head.extend_from_slice(&piece[..read]);
        if head.len() > MOST_HEAD {
            return None;
        }
    }
    let head = String::from_utf8(head).ok()?;
    let mut words = head.lines().next()?.split(' ');
    (words.next()? == "GET").then_some(())?;
    words.next().map(str::to_owned)
}

const DONE: [&str; 3] = [
    "Faleminderit. Mund ta mbyllni këtë dritare dhe të ktheheni te Kasneci.",
    "Hvala. Možete zatvoriti ovaj prozor i vratiti se u Kasnec.",
    "Thank you. You can close this window and go back to Kasnec.",
];
const DECLINED: [&str; 3] = [
    "Leja nuk u dha. Asgjë nuk u lidh; kthehuni te Kasneci.",
    "Dozvola nije data. Ništa nije povezano; vratite se u Kasnec.",
    "Consent was not given. Nothing was connected; go back to Kasnec.",
];
const STRANGE: [&str; 3] = [
    "Kjo adresë nuk i përket lidhjes që po pritet. Filloni edhe një herë nga Kasneci.",
    "Ova adresa ne pripada povezivanju koje se očekuje. Počnite ponovo iz Kasneca.",
    "This address does not belong to the connection that is awaited. Start again from Kasnec.",
];

fn answer(status: &str, text: [&str; 3]) -> String {
    let [sq, sr, en] = text;
    let page = format!(
        "<!DOCTYPE html><html lang=\"sq\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">\
         <title>Kasnec</title></head><body><main><h1>Kasnec</h1><p>{sq}</p><p lang=\"sr-Latn\">{sr}</p><p lang=\"en\">{en}</p></main></body></html>"
    );
    // The address holds the code: it must go nowhere from here.
    format!(
        "HTTP/1.1 {status}\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {}\r\nCache-Control: no-store\r\n\
         Referrer-Policy: no-referrer\r\nContent-Security-Policy: default-src 'none'\r\nConnection: close\r\n\r\n{page}",
        page.len()
    )
}
