//! The door, knocked at from both sides.

use std::io::Write;
use std::net::SocketAddr;
use std::process::Command;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use super::*;

/// A server that gives every caller the same bytes, and counts them.
async fn answering(bytes: Vec<u8>) -> (SocketAddr, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let calls = Arc::new(AtomicUsize::new(0));
    let counted = calls.clone();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            counted.fetch_add(1, Ordering::SeqCst);
            let _ = stream.read(&mut [0; 4096]).await;
            let _ = stream.write_all(&bytes).await;
        }
    });
    (address, calls)
}

/// A door that believes `answers`, one lookup after the other; the last one again and again.
fn told(answers: &[&[SocketAddr]]) -> Outbound {
    let answers: Mutex<Vec<Vec<SocketAddr>>> = Mutex::new(answers.iter().rev().map(|one| one.to_vec()).collect());
    let lookup: Lookup = Arc::new(move |_| {
        let mut answers = answers.lock().unwrap();
        let answer = if answers.len() > 1 {
            answers.pop()
        } else {
            answers.first().cloned()
        };
        Box::pin(async move { Ok(answer.unwrap_or_default()) })
    });
    let limits = Limits {
        connect: Duration::from_millis(200),
        total: Duration::from_secs(5),
    };
    Outbound::looking_up(limits, lookup).unwrap()
}

#[test]
fn content_never_leads_inside() {
    let door = Outbound::new(Limits::default()).unwrap();
    for url in [
        "http://127.0.0.1/",
        "http://127.0.0.1./",
        "http://[::1]/",
        "http://10.0.0.1/",
        "http://169.254.169.254/latest",
        "http://[::ffff:192.168.1.1]/",
        "http://[64:ff9b::a9fe:a9fe]/",
        "http://[2002:7f00:1::]/",
        // One, two and three numbers, octal, hexadecimal, escaped, full-width.
        "http://2130706433/",
        "http://127.1/",
        "http://127.0.1/",
        "http://0177.0.0.1/",
        "http://0x7f.0.0.1/",
        "http://0x7f000001/",
        "http://%31%32%37.0.0.1/",
        "http://１２７.０.０.１/",
        "http://127。0。0。1/",
        "http:127.0.0.1/",
        "http:\\\\127.0.0.1\\",
        // Who would be told a name and a password, and other services than the web.
        "https://user@example.org/",
        "https://user:secret@example.org/",
        "https://example.org:25/",
        "https://example.org:22/",
        "https://example.org:0/",
        "file:///etc/passwd",
        "gopher://example.org/",
        "ftp://example.org/",
        "//example.org/",
        "http://",
    ] {
        let refused = door.to_anyone(Method::GET, url);
        assert!(matches!(refused, Err(CallError::Forbidden(..))), "{url}");
    }
    assert!(door.to_account(Method::GET, "http://127.0.0.1/").is_ok());
    for url in ["https://example.org/", "http://example.org:8080/a?b=c", "https://8.8.8.8/"] {
        assert!(door.to_anyone(Method::GET, url).is_ok(), "{url}");
    }
}

#[test]
fn a_refused_address_is_named_without_what_could_be_a_secret() {
    let door = Outbound::new(Limits::default()).unwrap();
    for url in [
        "https://user:geheim@10.0.0.1/p?token=geheim#geheim",
        "user:geheim@[",
        "ftp://user:geheim@example.org/?geheim",
    ] {
        let said = door.to_anyone(Method::GET, url).unwrap_err().to_string();
        assert!(!said.contains("geheim"), "{said}");
    }
}

#[tokio::test]
async fn a_name_that_leads_inside_is_not_connected_to() {
    let (inside, calls) = answering(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n".to_vec()).await;
    let by_hosts_file = Outbound::new(Limits::default()).unwrap();
    let by_dns = told(&[&[inside]]);
    for (door, name) in [(by_hosts_file, "localhost"), (by_dns, "njoftime.example")] {
        let request = door.to_anyone(Method::GET, &format!("http://{name}:{}/", inside.port())).unwrap();
        assert!(matches!(door.call(request).await, Err(CallError::NotSent(_))), "{name}");
    }
    assert_eq!(calls.load(Ordering::SeqCst), 0);
}

/// The public address is one of a range that leads nowhere from here: what counts is that the second answer is not believed.
#[tokio::test]
async fn a_name_that_changes_its_mind_gains_nothing() {
    let (inside, calls) = answering(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n".to_vec()).await;
    let outside: SocketAddr = "192.31.196.1:9".parse().unwrap();
    let door = told(&[&[outside, inside], &[inside]]);
    for _ in 0..3 {
        let request = door
            .to_anyone(Method::GET, &format!("http://rebind.example:{}/", inside.port()))
            .unwrap();
        assert!(door.call(request).await.is_err());
    }
    assert_eq!(calls.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn no_redirect_is_followed_for_an_account() {
    let (there, _) = answering(b"HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:1/\r\ncontent-length: 0\r\n\r\n".to_vec()).await;
    let door = Outbound::new(Limits::default()).unwrap();
    let reply = door
        .call(door.to_account(Method::GET, &format!("http://{there}/")).unwrap())
        .await
        .unwrap();
    assert_eq!(reply.status, 302);
}

#[tokio::test]
async fn a_page_is_not_fetched_from_inside_by_any_number_of_hops() {
    let door = Outbound::new(Limits::default()).unwrap();
    let inside = door
        .follow("http://127.0.0.1/", |url| door.to_anyone(Method::GET, url.as_str()))
        .await;
    assert!(matches!(inside, Err(CallError::Forbidden(..))));
    let (secret, calls) = answering(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n".to_vec()).await;
    for location in [
        &format!("http://{secret}/"),
        "//10.0.0.1/x",
        "http://[::1]/",
        "file:///etc/passwd",
        "http://a@example.org/",
    ] {
        let moved = format!("HTTP/1.1 302 On\r\nlocation: {location}\r\ncontent-length: 0\r\n\r\n");
        let (outside, _) = answering(moved.into_bytes()).await;
        // The first hop stands for a public page, which a test has none of.
        let ask = |url: &Url| match url.port() {
            Some(port) if port == outside.port() => door.to_account(Method::GET, url.as_str()),
            _ => door.to_anyone(Method::GET, url.as_str()),
        };
        let followed = door.follow(&format!("http://{outside}/"), ask).await;
        assert!(matches!(followed, Err(CallError::Forbidden(..))), "{location}: {followed:?}");
    }
    assert_eq!(calls.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn whoever_answers_an_address_out_of_content_is_not_heard_as_a_clock() {
    let dated = |status: &str, more: &str| {
        let head = format!("HTTP/1.1 {status}\r\ndate: Sun, 22 Nov 2026 10:00:00 GMT\r\n{more}content-length: 0\r\n\r\n");
        head.into_bytes()
    };
    let (there, _) = answering(dated("200 OK", "")).await;
    let (moved, _) = answering(dated("302 On", &format!("location: http://{there}/\r\n"))).await;
    let heard = Arc::new(Mutex::new(Vec::new()));
    let ear = heard.clone();
    let door = Outbound::new(Limits::default()).unwrap();
    let door = door.telling_dates(move |dated| ear.lock().unwrap().push(dated.clone()));
    let ask = |url: &Url| door.to_account(Method::GET, url.as_str());
    door.follow(&format!("http://{moved}/"), ask).await.unwrap();
    assert_eq!(*heard.lock().unwrap(), []);
    let account = door.to_account(Method::GET, &format!("http://{there}/")).unwrap();
    door.call(account).await.unwrap();
    let heard = heard.lock().unwrap();
    assert_eq!((heard.len(), heard[0].ip), (1, Some(there.ip())), "an account's server is");
}

#[tokio::test]
async fn a_page_is_followed_where_it_is_sent_on_to_but_not_round_and_round() {
    let (page, _) = answering(b"HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nfaqe".to_vec()).await;
    let moved = format!("HTTP/1.1 301 Moved\r\nlocation: http://{page}/n/1\r\ncontent-length: 0\r\n\r\n");
    let (old, _) = answering(moved.into_bytes()).await;
    let (circle, calls) =
        answering(b"HTTP/1.1 307 On\r\nlocation: /again\r\ncontent-length: 0\r\nconnection: close\r\n\r\n".to_vec()).await;
    let door = Outbound::new(Limits::default()).unwrap();
    let ask = |url: &Url| door.to_account(Method::GET, url.as_str());
    let (at, reply) = door.follow(&format!("http://{old}/"), ask).await.unwrap();
    assert_eq!((at.path(), reply.text().as_str()), ("/n/1", "faqe"));
    let round = door.follow(&format!("http://{circle}/"), ask).await;
    assert!(matches!(round, Err(CallError::Forbidden(_, "it sends callers on and on"))));
    assert_eq!(calls.load(Ordering::SeqCst), MAX_REDIRECTS + 1);
}

#[tokio::test]
async fn a_refused_connection_cannot_have_acted() {
    let door = Outbound::new(Limits::default()).unwrap();
    let request = door.to_account(Method::POST, "http://127.0.0.1:9/?access_token=geheim").unwrap();
    let error = door.call(request).await.unwrap_err();
    assert!(!error.may_have_acted());
    assert!(!error.to_string().contains("geheim"));
}

#[tokio::test]
async fn a_packed_bomb_stays_packed() {
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    for _ in 0..64 {
        packer.write_all(&vec![0; 1024 * 1024]).unwrap();
    }
    let bomb = packer.finish().unwrap();
    assert!(bomb.len() * 8 < MAX_ANSWER, "{}", bomb.len());
    let head = format!(
        "HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
        bomb.len()
    );
    let (there, _) = answering([head.into_bytes(), bomb.clone()].concat()).await;
    let door = Outbound::new(Limits::default()).unwrap();
    let reply = door
        .call(door.to_account(Method::GET, &format!("http://{there}/")).unwrap())
        .await
        .unwrap();
    assert_eq!(reply.body, bomb);
    assert_eq!(reply.json(), None);
}

#[tokio::test]
async fn an_answer_that_never_ends_is_cut_off_whatever_goes_on_and_on() {
    let line = b"x-header: and so on and so on and so on\r\n".repeat(200_000);
    let heads = [b"HTTP/1.1 200 OK\r\n".to_vec(), line].concat();
    let body = [b"HTTP/1.1 200 OK\r\n\r\n".to_vec(), vec![b'a'; MAX_ANSWER + 1]].concat();
    let chunks = [
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n".to_vec(),
        b"ff;".to_vec(),
        vec![b'x'; 1024 * 1024],
    ]
    .concat();
    let door = Outbound::new(Limits::default()).unwrap();
    for bytes in [heads, body, chunks] {
        let (there, _) = answering(bytes).await;
        let answer = door.call(door.to_account(Method::GET, &format!("http://{there}/")).unwrap()).await;
        assert!(answer.unwrap_err().may_have_acted());
    }
}

/// Which way a call goes is read from the environment, which a test may not change for its neighbours: so it runs itself again.
#[test]
fn content_goes_past_a_proxy_that_would_look_names_up_unguarded() {
    const PROBE: &str = "KASNEC_TEST_PROXY";
    if std::env::var_os(PROBE).is_none() {
        let name = "http::tests::content_goes_past_a_proxy_that_would_look_names_up_unguarded";
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let proxy = format!("http://{}", listener.local_addr().unwrap());
        let mut again = Command::new(std::env::current_exe().unwrap());
        again
            .args([name, "--exact"])
            .env(PROBE, "1")
            .env("HTTP_PROXY", &proxy)
            .env("http_proxy", &proxy)
            .env_remove("NO_PROXY")
            .env_remove("no_proxy");
        let ran = again.output().unwrap();
        let said = String::from_utf8_lossy(&ran.stdout);
        assert!(ran.status.success() && said.contains("1 passed"), "{said}");
        listener.set_nonblocking(true).unwrap();
        // The administrator's call came here; the one out of content did not.
        assert!(listener.accept().is_ok());
        assert!(listener.accept().is_err());
        return;
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let door = told(&[&["127.0.0.1:9".parse().unwrap()]]);
        let limits = Duration::from_secs(1);
        let ours = door.to_account(Method::GET, "http://njoftime.example/").unwrap().timeout(limits);
        assert!(door.call(ours).await.is_err());
        let content = door.to_anyone(Method::GET, "http://njoftime.example/").unwrap().timeout(limits);
        assert!(matches!(door.call(content).await, Err(CallError::NotSent(_))));
    });
}
