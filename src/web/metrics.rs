//! `GET /metrics`: how the queue stands, in Prometheus' text format.
//!
//! Every figure is read from the store when it is asked for: it is right after a restart, and the same from any process.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};

use super::state::Web;
use crate::alarm::current;
use crate::receipt::AlarmKind;
use crate::receipt::Finding;
use crate::store::StoreError;
use crate::store::rows::AccountState;
use crate::system::System;

/// The exposition format's own media type.
const TEXT: &str = "text/plain; version=0.0.4; charset=utf-8";

/// Shows the figures, or 503 with the reason.
pub async fn show(State(web): State<Web>) -> Response {
    match figures(&web.system).await {
        Ok(text) => ([(header::CONTENT_TYPE, TEXT)], text).into_response(),
        Err(error) => (axum::http::StatusCode::SERVICE_UNAVAILABLE, format!("no figures: {error}\n")).into_response(),
    }
}

async fn figures(system: &System) -> Result<String, StoreError> {
    let stats = system.store.queue_stats().await?;
    let waited = stats.oldest_due.map_or(0, |due| (system.clock.now() - due).num_seconds().max(0));
    let mut text = Exposition::default();
    text.gauge("kasnec_queue_open", "Deliveries that are not settled.", Some(stats.open));
    text.gauge("kasnec_queue_due", "Deliveries whose time has come.", Some(stats.due));
    text.gauge(
        "kasnec_oldest_due_seconds",
        "How long the oldest of those has waited.",
        Some(waited),
    );
    text.gauge(
        "kasnec_next_deadline_timestamp_seconds",
        "The next deadline of an open delivery; absent where there is none.",
        stats.next_deadline.map(|deadline| deadline.timestamp()),
    );
    text.gauge(
        "kasnec_deliveries_waiting_for_person",
        "Deliveries that only a person can settle.",
        Some(stats.with_person),
    );
    let paused = paused(system).await?;
    text.gauge("kasnec_accounts_paused", "Channels that wait for a person.", Some(paused));
    text.gauge(
        "kasnec_accounts_unreachable",
        "Channels whose remote does not do its work.",
        Some(unreachable(system).await?),
    );
    text.gauge(
        "kasnec_worker_seen_timestamp_seconds",
        "The last sign of life of any worker; absent where there is none.",
        system.store.last_beat(system.clock.now()).await?.map(|at| at.timestamp()),
    );
    alarms(system, &mut text).await?;
    text.gauge(
        "kasnec_time_in_doubt",
        "1 while something speaks against the time in force or the machine's clock.",
        Some(i64::from(system.clock.doubt().is_some())),
    );
    text.head(
        "kasnec_deliveries_total",
        "Attempts at deliveries, by what they came to.",
        "counter",
    );
    for (channel, outcome, count) in system.store.outcomes().await? {
        let labels = format!("{{channel=\"{}\",outcome=\"{}\"}}", escaped(&channel), escaped(&outcome));
        text.sample("kasnec_deliveries_total", &labels, count);
    }
    looks(system, &mut text).await?;
    Ok(text.0)
}

async fn alarms(system: &System, text: &mut Exposition) -> Result<(), StoreError> {
    // Of what every machine sees alike, each kind has its figure, also 0; a machine's own has its name.
    let mut counts: BTreeMap<(AlarmKind, String), i64> = AlarmKind::ALL.iter().map(|kind| ((*kind, String::new()), 0)).collect();
    for config in system.offices.values() {
        for shown in current(system, config).await? {
            *counts.entry((shown.cause.kind, shown.cause.machine)).or_default() += 1;
        }
    }
    text.head(
        "kasnec_alarms",
        "What is due and not confirmed, or else wrong, by its cause and, of a machine's own, by the machine.",
        "gauge",
    );
    for ((kind, machine), count) in counts {
        let machine = if machine.is_empty() {
            machine
        } else {
            format!(",machine=\"{}\"", escaped(&machine))
        };
        text.sample("kasnec_alarms", &format!("{{kind=\"{kind}\"{machine}}}"), count);
    }
    Ok(())
}

async fn unreachable(system: &System) -> Result<i64, StoreError> {
    let mut unreachable = 0;
    for office in system.offices.keys() {
        let accounts = system.store.accounts(office).await?;
        unreachable += accounts.iter().map(|account| i64::from(account.circuit.is_some())).sum::<i64>();
    }
    Ok(unreachable)
}

/// What looks at standing deliveries found amiss, and whether anybody looks at all.
async fn looks(system: &System, text: &mut Exposition) -> Result<(), StoreError> {
    text.head(
        "kasnec_deliveries_disturbed",
        "Deliveries that stood, by what the last look at them found amiss.",
        "gauge",
    );
    let mut counts: BTreeMap<Finding, i64> = [Finding::Changed, Finding::Gone, Finding::CannotTell]
        .map(|finding| (finding, 0))
        .into();
    for office in system.offices.keys() {
        for disturbed in system.store.unconfirmed_or_disturbed(office).await? {
            *counts.entry(disturbed.glance.finding).or_default() += 1;
        }
    }
    for (finding, count) in counts {
        text.sample("kasnec_deliveries_disturbed", &format!("{{finding=\"{finding}\"}}"), count);
    }
    let oldest = system.store.oldest_look(system.settings.verify.soon()).await?;
    text.gauge(
        "kasnec_oldest_look_seconds",
        "How long the look that has waited longest is overdue.",
        Some(oldest.map_or(0, |due| (system.clock.now() - due).num_seconds().max(0))),
    );
    Ok(())
}

async fn paused(system: &System) -> Result<i64, StoreError> {
    let mut paused = 0;
    for office in system.offices.keys() {
        let accounts = system.store.accounts(office).await?;
        paused += accounts
            .iter()
            .map(|account| i64::from(account.state == AccountState::Paused))
            .sum::<i64>();
    }
    Ok(paused)
}

#[derive(Default)]
struct Exposition(String);

impl Exposition {
    fn gauge(&mut self, name: &str, help: &str, value: Option<i64>) {
        self.head(name, help, "gauge");
        if let Some(value) = value {
            self.sample(name, "", value);
        }
    }

    fn head(&mut self, name: &str, help: &str, kind: &str) {
        let _ = writeln!(self.0, "# HELP {name} {help}\n# TYPE {name} {kind}");
    }

    fn sample(&mut self, name: &str, labels: &str, value: i64) {
        let _ = writeln!(self.0, "{name}{labels} {value}");
    }
}

fn escaped(label: &str) -> String {
    label.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
}
