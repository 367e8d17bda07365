//! Sends letters beside whatever writes them, each office's by a postman of its own: a mail server that hangs holds up nothing else. An office's
//! letters go one after the other, so that none is sent twice at once; among processes, whoever has taken a letter has it for longer than sending
//! it can take.

use std::time::Duration;

use futures::future::join_all;
use tokio::sync::watch;

/// So long a letter that is under way may still take when the program ends. One that is cut off then goes again, under the same Message-ID.
const PARTING: Duration = Duration::from_secs(5);

/// Has what waits sent whenever it rings, each of `sends` by a postman of its own, until `stop` turns true or nobody can ring any more.
pub async fn deliver<F: Future<Output = ()>>(
    bell: &watch::Sender<()>,
    stop: watch::Receiver<bool>,
    sends: impl Iterator<Item = impl Fn() -> F>,
) {
    join_all(sends.map(|send| go_round(bell.subscribe(), stop.clone(), send))).await;
}

async fn go_round<F: Future<Output = ()>>(mut bell: watch::Receiver<()>, mut stop: watch::Receiver<bool>, send: impl Fn() -> F) {
    loop {
        tokio::select! {
            rung = bell.changed() => if rung.is_err() { return },
            _ = stop.wait_for(|stop| *stop) => return,
        }
        tokio::select! {
            () = send() => {}
            () = parted(&mut stop) => return,
        }
    }
}

async fn parted(stop: &mut watch::Receiver<bool>) {
    let _ = stop.wait_for(|stop| *stop).await;
    tokio::time::sleep(PARTING).await;
}
