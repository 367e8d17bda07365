//! `kasnec serve` and `kasnec worker`: the long-running processes.

use std::io::IsTerminal;
use std::sync::Arc;
use std::time::Duration;

use notify::{RecursiveMode, Watcher};
use tokio::sync::watch;
use tokio::task::JoinHandle;

use super::args::{Cli, ServeArgs};
use super::exit::{Exit, Failed};
use super::output::line;
use super::sample;
use super::session::{Session, configuration, with_way_out};
use crate::acts::keep_heads;
use crate::alarm;
use crate::clock::Clock;
use crate::deliver::{Worker, WorkerLock};
use crate::keep::backup::lock_folder;
use crate::keep::daily::keep_backups;
use crate::keep::guard::{self, watch_store};
use crate::keep::time;
use crate::register;
use crate::sandbox::facebook::Running;
use crate::settings::{Log, LogFormat};
use crate::system::System;
use crate::verify;

/// Everything in one process.
pub async fn serve(cli: &Cli, options: &ServeArgs) -> Result<Exit, Failed> {
    unharmed(cli).await?;
    let session = Session::open_quietly(cli).await?;
    let system = &session.system;
    log(&system.settings.log);
    let lock = if options.no_worker { None } else { Some(lock(system)?) };
    let listen = &system.settings.server.listen;
    let listener = crate::web::bind(listen)
        .await
        .map_err(|e| Failed::Outside(format!("cannot listen on {listen} ({e}); set [server] listen to a free address")))?;
    let sandbox = if session.sample {
        Some(sample::sandbox(system, session.office()?).await?)
    } else {
        None
    };
    if session.sample {
        sample::load(system, session.office()?).await?;
    }
    announce(&session, sandbox.as_ref());
    let (stop, stopped) = watch::channel(false);
    let _watcher = watch_templates(system);
    let site = tokio::spawn(crate::web::serve(system.clone(), listener, stopped.clone()));
    settle(&session, lock.is_some()).await;
    let tasks = begin(system, &stopped, lock.is_some());
    interrupted().await;
    line("Finishing what is under way …");
    end(&stop, tasks).await;
    let _ = site.await;
    if let Some(sandbox) = sandbox {
        sandbox.shutdown().await;
    }
    system.store.close().await;
    Ok(Exit::Done)
}

/// Only a worker.
pub async fn worker(cli: &Cli) -> Result<Exit, Failed> {
    unharmed(cli).await?;
    let session = Session::open_quietly(cli).await?;
    let system = &session.system;
    log(&system.settings.log);
    let _lock = lock(system)?;
    let (stop, stopped) = watch::channel(false);
    let _watcher = watch_templates(system);
    settle(&session, true).await;
    let tasks = begin(system, &stopped, true);
    line("The worker is working. Ctrl-C ends it after what is under way.");
    interrupted().await;
    end(&stop, tasks).await;
    system.store.close().await;
    Ok(Exit::Done)
}

/// Begins what goes on beside the site until `stopped` turns true: the watches in every process, the work only where it is done.
fn begin(system: &Arc<System>, stopped: &watch::Receiver<bool>, works: bool) -> Vec<JoinHandle<()>> {
    let (system, stopped) = (|| system.clone(), || stopped.clone());
    let mut tasks = vec![
        tokio::spawn(time::watch(system(), stopped())),
        tokio::spawn(watch_store(system(), stopped())),
        tokio::spawn(alarm::watch(system(), stopped())),
    ];
    if works {
        tasks.extend([
            tokio::spawn(Worker::new(system()).run(is_alone(&system()), stopped())),
            tokio::spawn(keep_heads(system(), stopped())),
            tokio::spawn(register::watch(system(), stopped())),
            tokio::spawn(keep_backups(system(), stopped())),
            tokio::spawn(verify::watch(system(), stopped())),
        ]);
    }
    tasks
}

/// Has everything finish what is under way, and waits for it.
async fn end(stop: &watch::Sender<bool>, tasks: Vec<JoinHandle<()>>) {
    let _ = stop.send(true);
    for task in tasks {
        let _ = task.await;
    }
}

/// Which time is in force is settled before anything goes out by it; the site need not wait for that.
async fn settle(session: &Session, works: bool) {
    if let Some(doubt) = session.clock.doubt() {
        // It was there before there was a log.
        tracing::error!("ALARM: {} {}", doubt.what(), doubt.next_step());
    }
    time::settle(&session.system).await;
    if works {
        session.clock.keep();
    }
}

/// A data file that a crash or the disk has damaged is recognised before anything is written to it.
async fn unharmed(cli: &Cli) -> Result<(), Failed> {
    let (loaded, _) = configuration(cli)?;
    let looked = guard::look_before_start(&loaded.settings).await;
    looked.map_err(|error| with_way_out(error.into(), &loaded.settings))
}

/// Waits for Ctrl-C or a polite kill.
pub async fn interrupted() {
    #[cfg(unix)]
    {
        let Ok(mut terminate) = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) else {
            let _ = tokio::signal::ctrl_c().await;
            return;
        };
        tokio::select! {
            _ = tokio::signal::ctrl_c() => {}
            _ = terminate.recv() => {}
        }
    }
    #[cfg(not(unix))]
    let _ = tokio::signal::ctrl_c().await;
}

/// On one data file one worker; on PostgreSQL any number.
fn lock(system: &System) -> Result<Option<WorkerLock>, Failed> {
    if !is_alone(system) {
        return Ok(None);
    }
    WorkerLock::take(&lock_folder(&system.settings))
        .map(Some)
        .map_err(|e| Failed::Outside(e.to_string()))
}

fn is_alone(system: &System) -> bool {
    system.store.data_file().is_some()
}

fn announce(session: &Session, sandbox: Option<&Running>) {
    let url = &session.system.settings.server.public_url;
    line(format!("The site:       {url}/"));
    line(format!("The feed:       {url}/feed/sq.xml"));
    if let Some(sandbox) = sandbox {
        line(format!("Facebook (sandbox): {}/", sandbox.url()));
    }
    line("The queue:      kasnec delivery list");
    line("Ctrl-C ends it; started again, it goes on where it was.");
}

/// Takes changed templates into use; broken ones are refused and the old ones stay.
fn watch_templates(system: &Arc<System>) -> Option<impl Watcher> {
    let folder = system.templates_folder()?.to_owned();
    let (sender, mut changes) = tokio::sync::mpsc::unbounded_channel();
    let mut watcher = notify::recommended_watcher(move |event: notify::Result<notify::Event>| {
        if event.is_ok_and(|event| !event.kind.is_access()) {
            let _ = sender.send(());
        }
    })
    .ok()?;
    watcher.watch(&folder, RecursiveMode::Recursive).ok()?;
    let system = system.clone();
    tokio::spawn(async move {
        while changes.recv().await.is_some() {
            tokio::time::sleep(Duration::from_millis(200)).await;
            while changes.try_recv().is_ok() {}
            match system.reload_templates() {
                Ok(()) => tracing::info!("changed templates are in use"),
                Err(error) => tracing::error!(%error, "the changed templates are refused; the old ones stay in use"),
            }
        }
    });
    Some(watcher)
}

fn log(settings: &Log) {
    let filter = tracing_subscriber::EnvFilter::try_new(&settings.level).unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("info"));
    let builder = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(std::io::stderr().is_terminal())
        .with_writer(std::io::stderr);
    let set = match settings.format {
        LogFormat::Text => builder.try_init(),
        LogFormat::Json => builder.json().try_init(),
    };
    if let Err(error) = set {
        line(format!("the log cannot be set up: {error}"));
    }
}
