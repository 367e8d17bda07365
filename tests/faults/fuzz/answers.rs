//! What remote services send: answers of Graph, of WordPress, of any channel told by its manifest, sign-ins, mail servers.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener};
use std::sync::OnceLock;
use std::sync::mpsc::{Sender, channel};
use std::time::Duration;

use chrono::{DateTime, Utc};
use kasnec::channels::http_call::{Judge, bears, elements};
use kasnec::channels::{facebook, wordpress};
use kasnec::connect::Return;
use kasnec::http::Reply;
use kasnec::mail::{Secrecy, Server, mailbox, one_line};
use kasnec::manifest::HttpCall;
use kasnec::receipt::{Action, Answer, Failure, Scrub};
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use tokio::runtime::{Builder, Runtime};

use super::Target;

pub const GRAPH: Target = Target {
    name: "graph",
    run: |bytes| {
        let (read, until) = facebook::read(&reply(bytes), now());
        believable(read.err());
        assert!(until.is_none_or(|until| until <= now() + chrono::Duration::hours(24)), "{until:?}");
    },
    runs: (1200, 200_000),
    words: &[
        "\"error\":",
        "\"code\":",
        "\"error_subcode\":",
        "\"error_data\":",
        "\"is_transient\":",
        "\"message\":",
        "x-app-usage: ",
        "x-business-use-case-usage: ",
        "x-page-usage: ",
        "\"call_count\":",
        "\"estimated_time_to_regain_access\":",
        "\"id\":",
        "190",
        "613",
        "80001",
        "\"data\":",
        "200\n",
        "500\n",
        "400\n",
    ],
};

pub const WORDPRESS: Target = Target {
    name: "wordpress",
    run: |bytes| believable(wordpress::read(&reply(bytes), "/wp/v2/posts", now()).err()),
    runs: (1200, 200_000),
    words: &[
        "\"code\":",
        "\"data\":",
        "\"params\":",
        "\"status\":",
        "Retry-After: ",
        "Location: ",
        "\"rest_cannot_create\"",
        "\"term_exists\"",
        "429\n",
        "503\n",
        "401\n",
        "301\n",
        "Fri, 31 Dec 9999 23:59:59 GMT",
        "Sun, 22 Nov 2026 09:05:00 +9999",
    ],
};

pub const HTTP_CALL: Target = Target {
    name: "http_call",
    run: http_call,
    runs: (1200, 200_000),
    words: &[
        "\"ok\":",
        "\"result\":",
        "\"parameters\":",
        "\"retry_after\":",
        "\"text\":",
        "retry-after: ",
        "https://example.org/n/1",
        "429\n",
        "200\n",
        "1e308",
        "[",
        "{",
    ],
};

pub const OAUTH: Target = Target {
    name: "oauth",
    run: |bytes| {
        let query = String::from_utf8_lossy(bytes);
        let back = Return::of(&query);
        assert!(back.code.is_none_or(|code| code.len() <= query.len() * 3));
    },
    runs: (1200, 200_000),
    words: &["state=", "code=", "error=", "error_description=", "&", "%", "%ff", "+"],
};

pub const MAIL: Target = Target {
    name: "mail",
    run: mail,
    runs: (400, 200_000),
    words: &[
        "@",
        "<",
        ">",
        "\"",
        ",",
        "=?utf-8?q?",
        "?=",
        "\r\nBcc: x@example.org",
        "example.org",
        "xn--",
        "[127.0.0.1]",
        "(",
        ")",
        "\\",
    ],
};

pub const SMTP: Target = Target {
    name: "smtp",
    run: smtp,
    runs: (160, 20_000),
    words: &[
        "220 ",
        "250-",
        "250 ",
        "421 ",
        "535 5.7.8 ",
        "\r\n",
        "STARTTLS",
        "AUTH PLAIN LOGIN",
        "SIZE 1000",
        "SMTPUTF8",
        "999 ",
        "2.0.0",
    ],
};

pub fn now() -> DateTime<Utc> {
    DateTime::from_timestamp(1_795_000_000, 0).unwrap()
}

/// The first line is the status, then headers, then after an empty line the body.
pub fn reply(bytes: &[u8]) -> Reply {
    let split = bytes.windows(2).position(|end| end == b"\n\n");
    let (head, body) = split.map_or((bytes, &[][..]), |at| (&bytes[..at], &bytes[at + 2..]));
    let mut lines = head.split(|byte| *byte == b'\n');
    let status = lines.next().map(String::from_utf8_lossy).and_then(|line| line.trim().parse().ok());
    let mut headers = HeaderMap::new();
    for line in lines.take(100) {
        let Some(at) = line.iter().position(|byte| *byte == b':') else {
            continue;
        };
        if let (Ok(name), Ok(value)) = (
            HeaderName::from_bytes(&line[..at]),
            HeaderValue::from_bytes(line[at + 1..].trim_ascii()),
        ) {
            headers.append(name, value);
        }
    }
    Reply {
        status: status.unwrap_or(200),
        headers,
        body: body.to_vec(),
    }
}

/// No answer makes an account wait for longer than a day, or keeps a book as evidence.
fn believable(answer: Option<Answer>) {
    match answer {
        Some(Answer::Snooze(wait)) => {
            assert!(
                wait.until > now() && wait.until <= now() + chrono::Duration::hours(24),
                "{}",
                wait.until
            );
            short(&wait.why);
        }
        Some(
            Answer::Retry(failure)
            | Answer::Reject(failure)
            | Answer::Reauthorise(failure)
            | Answer::Unknown(failure)
            | Answer::NeedsPerson(failure),
        ) => short(&failure),
        Some(Answer::Done(object)) => panic!("an error is no success: {object:?}"),
        None => {}
    }
}

fn short(failure: &Failure) {
    assert!(failure.evidence.as_ref().is_none_or(|evidence| evidence.chars().count() <= 2000));
}

fn http_call(bytes: &[u8]) {
    static CALL: OnceLock<HttpCall> = OnceLock::new();
    let call = CALL.get_or_init(|| {
        toml::from_str(
            "url = \"https://example.org\"\nsuccess_pointer = \"/ok\"\nid_pointer = \"/result/id\"\nlist_pointer = \"/result\"\n\
             match_pointer = \"/text\"\nretry_after_pointer = \"/parameters/retry_after\"\n",
        )
        .unwrap()
    });
    let (reply, secret) = (reply(bytes), "geheim".to_owned());
    let scrub = Scrub::of(std::iter::once(&secret));
    for (action, repeatable) in [(Action::Publish, false), (Action::Update, true)] {
        let judge = Judge {
            channel: "press",
            call,
            action,
            reply: &reply,
            scrub: &scrub,
            now: now(),
            repeatable,
        };
        let read = judge.read();
        if let Ok(body) = &read {
            for element in elements(call, body).into_iter().flatten() {
                let _ = bears(call, element, "https://example.org/n/1");
            }
        }
        believable(read.err());
    }
}

/// An address that is taken is one line, and is the same when it is read again.
fn mail(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    assert!(!one_line(&text).contains(['\r', '\n']));
    if let Ok(address) = mailbox(&text) {
        let address = address.email.to_string();
        assert!(!address.contains(['\r', '\n', '\0']), "{address:?}");
        assert_eq!(mailbox(&address).unwrap().email.to_string(), address);
    }
}

/// A mail server that says those bytes and hangs up: it is not believed that a mail was taken, and the end comes in time.
fn smtp(bytes: &[u8]) {
    static LINE: OnceLock<(u16, Sender<Vec<u8>>, Runtime)> = OnceLock::new();
    let (port, say, runtime) = LINE.get_or_init(|| {
        let (port, say) = server();
        (
            port,
            say,
            Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap(),
        )
    });
    say.send(bytes.to_vec()).unwrap();
    let server = Server {
        host: "127.0.0.1".to_owned(),
        port: *port,
        secrecy: Secrecy::None,
        login: None,
        connect: Duration::from_secs(2),
        total: Duration::from_secs(2),
    };
    let (from, to) = ("a@example.org".parse().unwrap(), "b@example.org".parse().unwrap());
    let delivered = runtime.block_on(server.deliver(&from, &to, b"Subject: x\r\n\r\nx\r\n"));
    // Greeting, EHLO, MAIL, RCPT, DATA and the text itself want six answers.
    let answers = bytes.split(|byte| *byte == b'\n').filter(|line| line.len() > 3).count();
    assert!(delivered.is_err() || answers >= 6, "{answers} lines are no six answers");
}

fn server() -> (u16, Sender<Vec<u8>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let (say, said) = channel::<Vec<u8>>();
    std::thread::spawn(move || {
        while let Ok(bytes) = said.recv() {
            let Ok((mut stream, _)) = listener.accept() else { return };
            let _ = stream.write_all(&bytes);
            let _ = stream.shutdown(Shutdown::Write);
            let _ = stream.set_read_timeout(Some(Duration::from_secs(2)));
            let _ = stream.read_to_end(&mut Vec::new());
        }
    });
    (port, say)
}
