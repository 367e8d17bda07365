//! A connection whose other end must read on: slowly, if that is all it can, but steadily.
//!
//! A limit that began anew with every byte would let somebody hold a connection for ever with a byte now and then. So a reader has an
//! allowance of time: waiting for it spends the allowance, every byte that it takes earns some back, and where nothing is left it is given up.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::Sleep;

/// How slowly a client may read.
#[derive(Debug, Clone, Copy)]
pub struct Pace {
    /// For so long it may take nothing, or fall behind the least rate.
    pub patience: Duration,
    /// The least rate, in bytes a second.
    pub least: u64,
}

impl Default for Pace {
    /// A phone on GPRS reads two to five kB a second, and loses its net for half a minute.
    fn default() -> Self {
        Self {
            patience: Duration::from_mins(1),
            least: 1024,
        }
    }
}

/// A connection that is given up when its other end reads too slowly.
pub struct Patient {
    stream: TcpStream,
    pace: Pace,
    /// The allowance.
    left: Duration,
    waiting: Option<Waiting>,
}

struct Waiting {
    since: Instant,
    end: Pin<Box<Sleep>>,
}

impl Patient {
    /// With the whole allowance.
    pub fn new(stream: TcpStream, pace: Pace) -> Self {
        Self {
            stream,
            pace,
            left: pace.patience,
            waiting: None,
        }
    }

    fn timed(&mut self, context: &mut Context<'_>, taken: Poll<io::Result<usize>>) -> Poll<io::Result<usize>> {
        let Poll::Ready(taken) = taken else { return self.wait(context) };
        self.settle(taken.as_ref().map_or(0, |bytes| *bytes));
        Poll::Ready(taken)
    }

    fn wait(&mut self, context: &mut Context<'_>) -> Poll<io::Result<usize>> {
        let left = self.left;
        let waiting = self.waiting.get_or_insert_with(|| Waiting {
            since: Instant::now(),
            end: Box::pin(tokio::time::sleep(left)),
        });
        waiting.end.as_mut().poll(context).map(|()| Err(io::ErrorKind::TimedOut.into()))
    }

    /// What the waiting cost, and what came of it earns. Nobody can save up more than the patience.
    fn settle(&mut self, taken: usize) {
        let waited = self.waiting.take().map_or(Duration::ZERO, |waiting| waiting.since.elapsed());
        let earned = Duration::from_micros((taken as u64).saturating_mul(1_000_000) / self.pace.least.max(1));
        let left = self.left.saturating_sub(waited).saturating_add(earned);
        self.left = left.min(self.pace.patience);
    }
}

impl AsyncRead for Patient {
    fn poll_read(mut self: Pin<&mut Self>, context: &mut Context<'_>, into: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, into)
    }
}

impl AsyncWrite for Patient {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let taken = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.timed(context, taken)
    }

    fn poll_write_vectored(mut self: Pin<&mut Self>, context: &mut Context<'_>, parts: &[io::IoSlice<'_>]) -> Poll<io::Result<usize>> {
        let taken = Pin::new(&mut self.stream).poll_write_vectored(context, parts);
        self.timed(context, taken)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::web::listen;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpSocket;
    use tokio::time::{sleep, timeout};

    const PACE: Pace = Pace {
        patience: Duration::from_secs(1),
        least: 1024 * 1024,
    };

    /// Writes so many bytes to a client that takes a sip, and then pauses; whether all of them were taken.
    async fn is_served(bytes: usize, sip: usize, pause: Duration) -> bool {
        let listener = listen::bind("127.0.0.1:0").await.unwrap();
        let socket = TcpSocket::new_v4().unwrap();
        socket.set_recv_buffer_size(32 * 1024).unwrap();
        let mut client = socket.connect(listener.local_addr().unwrap()).await.unwrap();
        let mut server = Patient::new(listener.accept().await.unwrap().0, PACE);
        let reading = tokio::spawn(async move {
            let mut cup = vec![0; sip];
            while client.read(&mut cup).await.is_ok_and(|taken| taken > 0) {
                sleep(pause).await;
            }
        });
        let written = timeout(Duration::from_secs(30), server.write_all(&vec![b'a'; bytes])).await;
        reading.abort();
        written.expect("it is served or given up").is_ok()
    }

    #[tokio::test]
    async fn a_reader_that_trickles_is_given_up_though_it_never_stops() {
        // A third of the least rate: it would go on for minutes, and no single wait is as long as the patience.
        assert!(!is_served(64 * 1024 * 1024, 32 * 1024, Duration::from_millis(100)).await);
    }

    #[tokio::test]
    async fn a_slow_reader_that_keeps_up_gets_everything() {
        assert!(is_served(8 * 1024 * 1024, 64 * 1024, Duration::from_millis(5)).await);
    }
}
