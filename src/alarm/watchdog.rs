//! The watchdog's round: looks, raises what is new, clears what is over, has told who is to be told.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Duration as Span, Utc};
use tokio::sync::watch as signal;

use super::look::{SILENT, Whose, is_alive, look, whose};
use super::{letter, tell};
use crate::mail::postman;
use crate::receipt::AlarmKind;
use crate::store::StoreError;
use crate::store::alarms::{Alarm, Cause};
use crate::system::{OfficeConfig, System};

/// How often a machine says that an alarm of its own lasts.
const LASTING: Span = Span::hours(1);

/// Watches every office until `stop` turns true.
pub async fn watch(system: Arc<System>, stop: signal::Receiver<bool>) {
    let (bell, _) = signal::channel(());
    let offices = system.offices.values();
    let letters = offices.map(|config| || send_letters(&system, config));
    tokio::join!(
        look_again_and_again(&system, &bell, stop.clone()),
        postman::deliver(&bell, stop, letters)
    );
}

async fn look_again_and_again(system: &System, bell: &signal::Sender<()>, mut stop: signal::Receiver<bool>) {
    let pause = Duration::from_secs(u64::from(system.settings.watch.every_seconds.max(1)));
    let mut watchdog = Watchdog::default();
    loop {
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            _ = stop.wait_for(|stop| *stop) => return,
        }
        watchdog.round(system).await;
        bell.send_replace(());
    }
}

/// Sends an office's letters that wait.
pub async fn send_letters(system: &System, config: &OfficeConfig) {
    if let Err(error) = letter::send(system, config).await {
        tracing::error!(office = config.office.id, %error, "letters about alarms cannot be sent now; they are tried again");
    }
}

/// One watchdog, and what it remembers of its last round.
#[derive(Debug, Default)]
pub struct Watchdog {
    /// What it has said in the log, by office, kind and what it is about.
    said: BTreeSet<(String, AlarmKind, String)>,
    /// When it last looked, and whether any worker had shown a sign of life then.
    looked: Option<(DateTime<Utc>, bool)>,
}

impl Watchdog {
    /// Looks at every office once. Letters wait for [`send_letters`](super::send_letters).
    pub async fn round(&mut self, system: &System) {
        let worker = match self.worker(system).await {
            Ok(worker) => worker,
            Err(error) => return tracing::error!(%error, "ALARM: the watchdog cannot look; nobody sees what is due"),
        };
        for config in system.offices.values() {
            if let Err(error) = self.office(system, config, worker).await {
                tracing::error!(office = config.office.id, %error, "ALARM: the watchdog cannot look; nobody sees what is due");
            }
        }
    }

    /// Whether any worker is thought to live. After a start, and after the machine slept, they get until the next look to show it; so where looks are
    /// so far apart that each may follow a sleep, two in a row must miss them.
    async fn worker(&mut self, system: &System) -> Result<bool, StoreError> {
        let (now, alive) = (system.clock.now(), is_alive(system).await?);
        let known = self.looked.is_some_and(|(at, alive)| !alive || (now - at).abs() < SILENT);
        self.looked = Some((now, alive));
        Ok(alive || !known)
    }

    async fn office(&mut self, system: &System, config: &OfficeConfig, worker: bool) -> Result<(), StoreError> {
        let causes = look(system, config, worker).await?;
        self.log(&config.office.id, &causes);
        let alarms = keep(system, &config.office.id, causes).await?;
        tell::tell(system, config, &alarms).await?;
        Ok(())
    }

    /// Says what is new, and what is over, once each.
    fn log(&mut self, office: &str, causes: &[Cause]) {
        for cause in causes {
            if !self.said.insert((office.to_owned(), cause.kind, cause.about.clone())) {
                continue;
            }
            let (kind, about, detail) = (cause.kind.word(), &cause.about, &cause.detail);
            let why = detail
                .failure
                .as_ref()
                .map(|failure| failure.what.as_str())
                .or(detail.note.as_deref());
            let deadline = detail.nearest_deadline.map(|at| at.to_rfc3339()).unwrap_or_default();
            tracing::error!(
                office,
                kind,
                about,
                waiting = detail.waiting,
                deadline,
                why,
                "ALARM; kasnec alarms says what to do"
            );
        }
        self.said.retain(|(of, kind, about)| {
            let lasts = of != office || causes.iter().any(|cause| cause.kind == *kind && cause.about == *about);
            if !lasts {
                tracing::info!(office, kind = kind.word(), about, "the alarm is over");
            }
            lasts
        });
    }
}

/// Raises what is new and clears what is over; gives what is left, each as it is now.
async fn keep(system: &System, office: &str, causes: Vec<Cause>) -> Result<Vec<Alarm>, StoreError> {
    let open = system.store.open_alarms(office).await?;
    let changed = write(system, office, &open, &causes).await?;
    let mut alarms = if changed { system.store.open_alarms(office).await? } else { open };
    for alarm in &mut alarms {
        if let Some(cause) = causes.iter().find(|cause| alarm.cause.is_same(cause)) {
            alarm.cause = cause.clone();
        }
    }
    Ok(alarms)
}

/// Brings what is kept in line with what was seen; gives whether anything had to be written.
async fn write(system: &System, office: &str, open: &[Alarm], causes: &[Cause]) -> Result<bool, StoreError> {
    let (store, now) = (&system.store, system.clock.now());
    let lasts = |alarm: &&Alarm| causes.iter().any(|cause| alarm.cause.is_same(cause));
    let of = |wanted: Whose| open.iter().filter(move |alarm| whose(system, alarm) == wanted);
    let over: Vec<&Alarm> = of(Whose::Own).filter(|alarm| !lasts(alarm)).collect();
    let gone: Vec<&Alarm> = of(Whose::Nobody).collect();
    let kept = |alarm: &&Alarm| !alarm.cause.machine.is_empty() && (now - alarm.seen_at).abs() >= LASTING;
    let lasting: Vec<&Alarm> = of(Whose::Own).filter(lasts).filter(kept).collect();
    let is_new = |cause: &&Cause| !open.iter().any(|alarm| alarm.cause.is_same(cause));
    let new: Vec<&Cause> = causes.iter().filter(is_new).collect();
    if over.is_empty() && gone.is_empty() && lasting.is_empty() && new.is_empty() {
        return Ok(false);
    }
    let mut work = store.begin().await?;
    for alarm in over {
        work.clear_alarm(store, office, alarm).await?;
    }
    for alarm in gone {
        work.forget_alarm(store, office, alarm).await?;
    }
    for alarm in lasting {
        work.keep_alarm(store, alarm).await?;
    }
    for cause in new {
        work.raise_alarm(store, office, cause).await?;
    }
    work.commit().await?;
    Ok(true)
}
