//! How late a delivery arrives that was due at an instant: 2,000 of them over twenty seconds, seen from the remote.

use std::collections::HashMap;

use crate::deliveries::as_f64;
use crate::office::Office;
use crate::reference::{Reference, now};
use crate::sink::Sink;
use crate::table::Table;

const COUNT: usize = 2_000;
const SPREAD_MS: usize = 20_000;
/// Until the first one is due: the worker has started by then.
const LEAD_MS: i64 = 2_000;

/// Milliseconds between due and arrival, sorted.
struct Lateness(Vec<f64>);

impl Lateness {
    fn of(mut each: Vec<f64>) -> Self {
        assert_eq!(each.len(), COUNT, "some never arrived");
        each.sort_by(f64::total_cmp);
        Self(each)
    }

    fn percentile(&self, percent: usize) -> f64 {
        self.0[(COUNT * percent / 100).min(COUNT - 1)]
    }

    fn early(&self) -> f64 {
        as_f64(self.0.iter().filter(|late| **late < 0.0).count())
    }
}

/// Measures and adds the rows.
pub async fn measure(table: &mut Table) {
    let (drafted, published) = kasnec().await;
    let bare = bare().await;
    table.compared(
        "late, median: the first call",
        "ms",
        drafted.percentile(50),
        bare.percentile(50),
        "",
    );
    table.compared(
        "late, p99: the first call",
        "ms",
        drafted.percentile(99),
        bare.percentile(99),
        "<= 25 ms",
    );
    table.compared("late, median: public", "ms", published.percentile(50), bare.percentile(50), "");
    table.compared("late, p99: public", "ms", published.percentile(99), bare.percentile(99), "<= 25 ms");
    table.compared("early", "", drafted.early(), bare.early(), "0");
}

async fn kasnec() -> (Lateness, Lateness) {
    let mut sink = Sink::start();
    let office = Office::open(&sink.url).await;
    office.approve(COUNT).await;
    let mut database = office.database().await;
    let start = now() + LEAD_MS;
    let step = i64::try_from(SPREAD_MS / COUNT).unwrap();
    sqlx::query("UPDATE delivery SET next_at = $1 + (id - (SELECT MIN(id) FROM delivery)) * $2")
        .bind(start)
        .bind(step)
        .execute(&mut database)
        .await
        .unwrap();
    let due: Vec<(String, i64)> = sqlx::query_as("SELECT i.slug, d.next_at FROM delivery d JOIN item i ON i.id = d.item")
        .fetch_all(&mut database)
        .await
        .unwrap();
    office.deliver().await;
    let seen: HashMap<String, _> = sink.seen().into_iter().map(|(slug, seen)| (item_slug(&slug), seen)).collect();
    let each = due.iter().map(|(slug, due)| (seen[slug], as_f64(usize::try_from(*due).unwrap())));
    let (drafted, published) = each.map(|(seen, due)| (seen.made_at - due, seen.public_at - due)).unzip();
    (Lateness::of(drafted), Lateness::of(published))
}

async fn bare() -> Lateness {
    let mut sink = Sink::start();
    let reference = Reference::open(&sink.url, 1);
    let start = now() + LEAD_MS;
    let due = |number: usize| start + i64::try_from(number * (SPREAD_MS / COUNT)).unwrap();
    reference.enqueue(COUNT, due);
    reference.run().await;
    let seen = sink.seen();
    let due_ms = |number: usize| as_f64(usize::try_from(due(number)).unwrap());
    Lateness::of(
        (0..COUNT)
            .map(|number| seen[&number.to_string()].made_at - due_ms(number))
            .collect(),
    )
}

/// The driver adds a hyphen and six characters of its own to an item's slug.
fn item_slug(slug: &str) -> String {
    slug.rsplit_once('-').map_or(slug, |(item, _)| item).to_owned()
}
