//! HTTP/1.1 as far as a proxy must know it: where a message begins and where it ends.

use std::io::{BufRead, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

/// A request or an answer: its head, byte for byte as Latin-1, and its body, freed from chunks.
pub struct Message {
    pub head: String,
    pub body: Vec<u8>,
}

impl Message {
    /// The first line.
    pub fn line(&self) -> &str {
        self.head.lines().next().unwrap_or_default()
    }

    /// The method of a request.
    pub fn method(&self) -> &str {
        self.line().split(' ').next().unwrap_or_default()
    }

    /// The path of a request, with its query.
    pub fn path(&self) -> &str {
        self.line().split(' ').nth(1).unwrap_or_default()
    }

    /// A header's value.
    pub fn header(&self, wanted: &str) -> Option<&str> {
        let mut fields = self.head.lines().skip(1).filter_map(|line| line.split_once(':'));
        fields.find_map(|(name, value)| name.eq_ignore_ascii_case(wanted).then(|| value.trim()))
    }

    /// The message as it goes over the wire, its length told, and `more` header lines beside its own.
    pub fn bytes(&self, more: &str) -> Vec<u8> {
        let framing = ["connection", "content-length", "transfer-encoding", "keep-alive"];
        let own = |line: &&str| {
            let name = line.split(':').next().unwrap_or_default();
            !line.is_empty() && !framing.iter().any(|framing| name.eq_ignore_ascii_case(framing))
        };
        let lines: Vec<&str> = self.head.lines().filter(own).collect();
        let head = format!("{}\r\ncontent-length: {}\r\n{more}\r\n", lines.join("\r\n"), self.body.len());
        let mut bytes: Vec<u8> = head.chars().map(|c| u8::try_from(u32::from(c)).unwrap_or(b'?')).collect();
        bytes.extend_from_slice(&self.body);
        bytes
    }
}

/// The next request of a connection, or none if the caller has hung up.
pub fn request(reader: &mut impl BufRead) -> Option<Message> {
    message(reader, false)
}

/// The answer on a connection that is closed after it.
pub fn answer(reader: &mut impl BufRead) -> Option<Message> {
    message(reader, true)
}

/// An answer of one's own.
pub fn reply(status: &str, kind: &str, body: &str) -> Message {
    Message {
        head: format!("HTTP/1.1 {status}\r\ncontent-type: {kind}\r\n\r\n"),
        body: body.as_bytes().to_vec(),
    }
}

fn message(reader: &mut impl BufRead, to_the_end: bool) -> Option<Message> {
    let mut bytes = Vec::new();
    while !bytes.ends_with(b"\r\n\r\n") {
        if reader.read_until(b'\n', &mut bytes).ok()? == 0 {
            return None;
        }
    }
    let head = bytes.iter().map(|byte| char::from(*byte)).collect();
    let mut message = Message { head, body: Vec::new() };
    let told = message.header("content-length").and_then(|told| told.parse::<usize>().ok());
    let chunked = message.header("transfer-encoding").is_some_and(|how| how.contains("chunked"));
    match told {
        _ if chunked => message.body = chunks(reader)?,
        Some(length) => {
            message.body = vec![0; length];
            reader.read_exact(&mut message.body).ok()?;
        }
        None if to_the_end => {
            reader.read_to_end(&mut message.body).ok()?;
        }
        None => {}
    }
    Some(message)
}

fn chunks(reader: &mut impl BufRead) -> Option<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        let size = usize::from_str_radix(line.trim().split(';').next()?, 16).ok()?;
        let mut chunk = vec![0; size];
        reader.read_exact(&mut chunk).ok()?;
        body.extend(chunk);
        reader.take(2).read_to_end(&mut Vec::new()).ok()?;
        if size == 0 {
            return Some(body);
        }
    }
}

/// One question over HTTP; `None` if the answer did not come whole.
pub fn exchange(port: u16, method: &str, path: &str, headers: &str, body: &str) -> Option<(u16, String)> {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).ok()?;
    stream.set_read_timeout(Some(Duration::from_secs(30))).ok()?;
    let length = body.len();
    let request = format!(
        "{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\nContent-Type: application/json\r\n{headers}Content-Length: {length}\r\n\r\n{body}"
    );
    stream.write_all(request.as_bytes()).ok()?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).ok()?;
    let (head, body) = answer.split_once("\r\n\r\n")?;
    Some((head.split(' ').nth(1)?.parse().ok()?, body.to_owned()))
}

/// The header that a program signs in with.
pub fn bearer(token: &str) -> String {
    format!("Authorization: Bearer {token}\r\n")
}
