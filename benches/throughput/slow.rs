//! What a channel that answers after half a minute costs the others: nothing, or nearly so.

use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use crate::deliveries::as_f64;
use crate::office::{ACCOUNT, Office};
use crate::sink::Sink;
use crate::table::Table;

/// Some seconds of work: the start, at which twice as many deliveries come due, is little of it.
const COUNT: usize = 12_000;
const RUNS: usize = 5;
const ANSWERS_AFTER: Duration = Duration::from_secs(30);

/// Measures and adds the rows. Each run without the slow channel has one with it beside it.
pub async fn measure(table: &mut Table) {
    let slow = slow_remote().await;
    let (mut alone, mut beside) = (vec![], vec![]);
    for _ in 0..RUNS {
        alone.push(rate(None).await);
        beside.push(rate(Some(&slow)).await);
    }
    let (alone, beside) = (median(alone), median(beside));
    table.alone("deliveries without a slow channel", "/s", alone, "");
    table.alone("… beside one that answers after 30 s", "/s", beside, "");
    table.alone("… the ratio", "", beside / alone, ">= 0.90");
}

/// Deliveries a second on the quick account.
async fn rate(slow: Option<&str>) -> f64 {
    let sink = Sink::start();
    let mut accounts = vec![(ACCOUNT, sink.url.as_str())];
    accounts.extend(slow.map(|slow| ("slow", slow)));
    let office = Office::open_with(&accounts).await;
    office.approve(COUNT).await;
    as_f64(COUNT) / office.deliver_one_account().await.as_secs_f64()
}

fn median(mut rates: Vec<f64>) -> f64 {
    rates.sort_by(f64::total_cmp);
    rates[rates.len() / 2]
}

/// Takes every request, and answers it half a minute later.
async fn slow_remote() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(answer_late(stream));
        }
    });
    url
}

async fn answer_late(mut stream: TcpStream) {
    let mut request = vec![0; 64 * 1024];
    while stream.read(&mut request).await.is_ok_and(|read| read > 0) {
        tokio::time::sleep(ANSWERS_AFTER).await;
        let answer = b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n";
        if stream.write_all(answer).await.is_err() {
            return;
        }
    }
}
