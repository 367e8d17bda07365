//! The site's socket: many clients at once, and none of them for as long as it likes.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpSocket, TcpStream, lookup_host};
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinSet;

use super::patient::{Pace, Patient};

/// What the system keeps of an answer until its reader has it, in bytes (Linux doubles it). More would be memory that nothing here
/// counts, and hide for how long a reader takes nothing; less would be slow for readers far away.
const ON_THE_WAY: u32 = 64 * 1024;
/// Connections that wait to be accepted.
const WAITING: u32 = 1024;

/// What one client may take.
#[derive(Debug, Clone, Copy)]
pub struct Bounds {
    /// Connections at once; whoever comes then waits for one to end.
    pub connections: usize,
    /// For the head of a request, and between one request and the next.
    pub head: Duration,
    /// While an answer is written.
    pub reading: Pace,
    /// Bytes of a head.
    pub head_bytes: usize,
    /// Lines of a head.
    pub head_lines: usize,
}

impl Default for Bounds {
    fn default() -> Self {
        Self {
            connections: 1024,
            head: Duration::from_secs(15),
            reading: Pace::default(),
            head_bytes: 64 * 1024,
            head_lines: 100,
        }
    }
}

/// A socket that listens at that address, which may be a name.
pub async fn bind(address: &str) -> io::Result<TcpListener> {
    let mut bound = Err(io::Error::new(io::ErrorKind::NotFound, "the name has no address"));
    for address in lookup_host(address).await? {
        bound = bind_to(address);
        if bound.is_ok() {
            break;
        }
    }
    bound
}

/// Whatever is set here holds for every connection that is accepted.
fn bind_to(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = if address.is_ipv4() {
        TcpSocket::new_v4()
    } else {
        TcpSocket::new_v6()
    }?;
    #[cfg(unix)]
    socket.set_reuseaddr(true)?;
    socket.set_send_buffer_size(ON_THE_WAY)?;
    socket.bind(address)?;
    socket.listen(WAITING)
}

/// Serves until `stop` turns true, then lets the answers under way end.
pub async fn serve(listener: TcpListener, router: Router, bounds: Bounds, stop: watch::Receiver<bool>) {
    let room = Arc::new(Semaphore::new(bounds.connections));
    let mut connections = JoinSet::new();
    loop {
        // Nobody closes the semaphore.
        let Ok(place) = room.clone().acquire_owned().await else { break };
        let stream = tokio::select! {
            stream = accept(&listener) => stream,
            () = super::stopped(stop.clone()) => break,
        };
        let served = connection(stream, router.clone(), bounds, stop.clone());
        connections.spawn(async move {
            served.await;
            drop(place);
        });
        while connections.try_join_next().is_some() {}
    }
    drop(listener);
    while connections.join_next().await.is_some() {}
}

/// A client that is gone before it is greeted is no trouble; a machine without file handles has some again soon.
async fn accept(listener: &TcpListener) -> TcpStream {
    loop {
        match listener.accept().await {
            Ok((stream, _)) => return stream,
            Err(error) if is_of_the_client(&error) => {}
            Err(error) => {
                tracing::error!(%error, "no connection can be accepted; it is tried again in a second");
                tokio::time::sleep(Duration::from_secs(1)).await;
            }
        }
    }
}

fn is_of_the_client(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset)
}

async fn connection(stream: TcpStream, router: Router, bounds: Bounds, stop: watch::Receiver<bool>) {
    let stream = Patient::new(stream, bounds.reading);
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(bounds.head)
        .max_buf_size(bounds.head_bytes)
        .max_headers(bounds.head_lines)
        .serve_connection(TokioIo::new(stream), TowerToHyperService::new(router));
    let mut connection = std::pin::pin!(connection);
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        () = super::stopped(stop) => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = ended {
        tracing::debug!(%error, "a connection ended early");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::routing::get;
    use std::time::Instant;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::time::timeout;

    const BRIEF: Bounds = Bounds {
        connections: 2,
        head: Duration::from_millis(300),
        reading: Pace {
            patience: Duration::from_millis(300),
            least: 1024,
        },
        head_bytes: 16 * 1024,
        head_lines: 20,
    };

    async fn open() -> (SocketAddr, watch::Sender<bool>) {
        open_with(BRIEF).await
    }

    async fn open_with(bounds: Bounds) -> (SocketAddr, watch::Sender<bool>) {
        let listener = bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let router = Router::new()
            .route("/", get(|| async { "mirë" }))
            .fallback(get(|| async { "mirë" }))
            .route("/large", get(|| async { vec![b'a'; 64 * 1024 * 1024] }));
        let (stop, stopped) = watch::channel(false);
        tokio::spawn(serve(listener, router, bounds, stopped));
        (address, stop)
    }

    /// What comes back until the server ends it.
    async fn told(address: SocketAddr, request: &str) -> String {
        let mut stream = TcpStream::connect(address).await.unwrap();
        let _ = stream.write_all(request.as_bytes()).await;
        let mut said = Vec::new();
        let _ = timeout(Duration::from_secs(20), stream.read_to_end(&mut said))
            .await
            .expect("the server ends it");
        String::from_utf8_lossy(&said).into_owned()
    }

    #[tokio::test]
    async fn an_ordinary_request_is_answered_and_a_heavy_head_refused() {
        let (address, _stop) = open().await;
        assert!(
            told(address, "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
                .await
                .ends_with("mirë")
        );
        let lines = "X: y\r\n".repeat(BRIEF.head_lines + 1);
        let refused = told(address, &format!("GET / HTTP/1.1\r\n{lines}\r\n")).await;
        assert!(refused.starts_with("HTTP/1.1 431"), "{refused}");
        let long = "y".repeat(BRIEF.head_bytes + 1);
        for head in [
            format!("GET / HTTP/1.1\r\nX: {long}\r\n\r\n"),
            format!("GET /{long} HTTP/1.1\r\n\r\n"),
        ] {
            let refused = told(address, &head).await;
            assert!(!refused.contains("mirë"), "{refused}");
        }
    }

    #[tokio::test]
    async fn clients_that_dawdle_make_room_for_others() {
        let (address, _stop) = open().await;
        let mut silent = TcpStream::connect(address).await.unwrap();
        let mut slow = TcpStream::connect(address).await.unwrap();
        slow.write_all(b"GET / HTTP/1.1\r\nX-Slow: ").await.unwrap();
        let started = Instant::now();
        assert!(
            told(address, "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
                .await
                .ends_with("mirë")
        );
        assert!(started.elapsed() < Duration::from_secs(10));
        // Both were hung up on, with or without a word.
        for stream in [&mut silent, &mut slow] {
            let mut said = Vec::new();
            let _ = timeout(Duration::from_secs(10), stream.read_to_end(&mut said))
                .await
                .expect("hung up");
        }
    }

    #[tokio::test]
    async fn a_client_that_reads_nothing_is_given_up() {
        let (address, _stop) = open().await;
        let mut stalled = Vec::new();
        for _ in 0..BRIEF.connections {
            let mut stream = TcpStream::connect(address).await.unwrap();
            stream.write_all(b"GET /large HTTP/1.1\r\nHost: a\r\n\r\n").await.unwrap();
            stalled.push(stream);
        }
        let answer = told(address, "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n").await;
        assert!(answer.ends_with("mirë"), "{answer}");
    }

    #[tokio::test]
    async fn a_server_told_to_stop_ends_idle_connections_at_once() {
        // An idle connection that only runs out of time would end within this test, too.
        let long = Duration::from_mins(10);
        let (address, stop) = open_with(Bounds {
            head: long,
            reading: Pace {
                patience: long,
                ..BRIEF.reading
            },
            ..BRIEF
        })
        .await;
        let mut idle = TcpStream::connect(address).await.unwrap();
        idle.write_all(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n").await.unwrap();
        let mut piece = [0; 1024];
        assert!(idle.read(&mut piece).await.unwrap() > 0);
        stop.send_replace(true);
        let mut rest = Vec::new();
        let ended = timeout(Duration::from_secs(5), idle.read_to_end(&mut rest)).await;
        assert!(ended.is_ok(), "it waits for the client");
    }
}
