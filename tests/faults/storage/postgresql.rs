//! PostgreSQL goes away in the middle: connections are cut, new ones refused; afterwards everything goes on, and nothing stands twice.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use kasnec::clock::SystemClock;
use kasnec::store::Store;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use sqlx::{Connection, PgConnection};
use tokio::runtime::Runtime;

use super::super::outcome::{Length, Outcome, brief_seed};
use super::office::{Office, title};
use super::{complain, postgres, standing};

/// Cuts the connections while items go out.
pub fn play(length: Length, seed: u64) -> Vec<Outcome> {
    let mut outcome = Outcome::new("PostgreSQL cuts its connections and refuses new ones", seed);
    let mut random = StdRng::seed_from_u64(seed);
    let runtime = Runtime::new().unwrap();
    let url = postgres::server().fresh_database();
    let office = Office::with(&format!("[store]\nurl = \"{url}\"\n"));
    let _running = office.serve().unwrap();
    let mut approved = BTreeSet::new();
    for number in 0..length.pick(8, 200) {
        if office.approve_over_http(2 * number) {
            approved.insert(title(2 * number));
        }
        std::thread::sleep(Duration::from_millis(random.random_range(0..300)));
        let away = Duration::from_millis(if random.random_bool(0.3) { random.random_range(0..2500) } else { 0 });
        runtime.block_on(cut(&url, away));
        if office.approve_over_http(2 * number + 1) {
            approved.insert(title(2 * number + 1));
        }
        outcome.runs += 1;
    }
    if office.readiness(200, Duration::from_secs(20)).is_none() || !office.approve_over_http(99_999) {
        complain(&mut outcome, "it does not go on by itself");
    }
    standing::check(&office, &approved, &mut outcome);
    vec![outcome]
}

/// Ends every connection to a database, and refuses new ones for a while.
async fn cut(url: &str, away: Duration) {
    let (server, name) = url.rsplit_once('/').unwrap();
    let mut conn = PgConnection::connect(&format!("{server}/postgres")).await.unwrap();
    let mut say = async |sql: String| {
        sqlx::raw_sql(sqlx::AssertSqlSafe(sql)).execute(&mut conn).await.unwrap();
    };
    say(format!("ALTER DATABASE {name} ALLOW_CONNECTIONS {}", away.is_zero())).await;
    say(format!(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'"
    ))
    .await;
    tokio::time::sleep(away).await;
    say(format!("ALTER DATABASE {name} ALLOW_CONNECTIONS true")).await;
}

#[test]
fn postgresql_that_goes_away_and_comes_back_costs_nothing() {
    play(Length::Brief, brief_seed()).iter().for_each(Outcome::must_be_clean);
}

#[test]
fn after_a_while_without_postgresql_other_machines_are_heard_again() {
    Runtime::new().unwrap().block_on(async {
        let url = postgres::server().fresh_database();
        let store = Store::open(&url, Arc::new(SystemClock)).await.unwrap();
        cut(&url, Duration::from_secs(3)).await;
        tokio::time::sleep(Duration::from_secs(3)).await;
        let wake = store.wake();
        let rung = wake.notified();
        let mut other = PgConnection::connect(&url).await.unwrap();
        sqlx::raw_sql("NOTIFY kasnec").execute(&mut other).await.unwrap();
        let heard = tokio::time::timeout(Duration::from_secs(5), rung).await;
        heard.expect("the listener has ended");
    });
}
