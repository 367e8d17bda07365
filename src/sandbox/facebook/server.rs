//! The HTTP server around the stand-in.

use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::extract::{ConnectInfo, DefaultBodyLimit, Request, State};
use axum::http::{Method, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use serde_json::Value;
use thiserror::Error;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use super::errors::GraphError;
use super::faults::{Fault, Kind, take};
use super::graph::{VERSIONS, served_version};
use super::options::Options;
use super::record::Recorder;
use super::request::{BODY_LIMIT, Call};
use super::usage::Usage;
use super::wire::{CuttableListener, Scissors};
use super::world::World;
use super::{consent, control, page};

/// Why the sandbox could not be started.
#[derive(Debug, Error)]
pub enum SandboxError {
    /// The address is taken, or not ours.
    #[error("the sandbox cannot listen on {listen}: {source}; nothing was started: choose a free port, or 0 for any")]
    Listen {
        /// The address that was asked for.
        listen: SocketAddr,
        /// What the system said.
        source: io::Error,
    },
    /// The recording cannot be written.
    #[error("the sandbox cannot open its recording: {0}; nothing was started: check that its folder exists")]
    Record(io::Error),
    /// The state file cannot be read, or holds something else.
    #[error("the sandbox cannot read its state file: {0}; nothing was started: name another file, or remove this one")]
    State(io::Error),
}

/// A running sandbox; it stops when this is dropped.
#[derive(Debug)]
pub struct Running {
    addr: SocketAddr,
    stop: watch::Sender<bool>,
    server: Option<JoinHandle<()>>,
}

impl Running {
    /// Where it listens.
    #[must_use]
    pub fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// Its base URL, without a slash at the end.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.addr)
    }

    /// Stops it and waits until every answer that was owed is out.
    pub async fn shutdown(mut self) {
        self.stop.send_replace(true);
        if let Some(server) = self.server.take()
            && let Err(error) = server.await
        {
            tracing::warn!(%error, "the sandbox did not stop in order");
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.stop.send_replace(true);
    }
}

/// What every handler shares.
#[derive(Clone)]
pub(super) struct App(Arc<Shared>);

struct Shared {
    world: Mutex<World>,
    faults: Mutex<Vec<Fault>>,
    recorder: Option<Mutex<Recorder>>,
    stop: watch::Receiver<bool>,
}

/// Starts a sandbox and returns once it listens.
pub async fn start(options: Options) -> Result<Running, SandboxError> {
    let listen = options.listen;
    let recorder = options
        .record
        .as_deref()
        .map(Recorder::open)
        .transpose()
        .map_err(SandboxError::Record)?;
    let world = World::open(options).map_err(SandboxError::State)?;
    let listener = TcpListener::bind(listen)
        .await
        .map_err(|source| SandboxError::Listen { listen, source })?;
    let addr = listener.local_addr().map_err(|source| SandboxError::Listen { listen, source })?;
    let (stop, stopped) = watch::channel(false);
    let app = App(Arc::new(Shared {
        world: Mutex::new(world),
        faults: Mutex::default(),
        recorder: recorder.map(Mutex::new),
        stop: stopped,
    }));
    Ok(Running {
        addr,
        stop,
        server: Some(tokio::spawn(serve(listener, app))),
    })
}

async fn serve(listener: TcpListener, app: App) {
    let stopping = app.clone();
    let router = router(app).into_make_service_with_connect_info::<Scissors>();
    let served = axum::serve(CuttableListener(listener), router)
        .with_graceful_shutdown(async move { stopping.stopped().await })
        .await;
    if let Err(error) = served {
        tracing::warn!(%error, "the sandbox stopped serving");
    }
}

fn router(app: App) -> Router {
    Router::new()
        .nest("/_sandbox", control::routes())
        .route("/login/", get(page::login))
        .route("/{page}/posts/{post}", get(page::single))
        .route("/{page}/videos/{video}", get(page::video))
        .route("/dialog/oauth", get(consent::ask).post(consent::grant))
        .route("/{version}/dialog/oauth", get(consent::ask).post(consent::grant))
        // Browsers ask for it by themselves: it is no Graph request and must not be recorded as one.
        .route("/favicon.ico", get(|| async { StatusCode::NO_CONTENT }))
        .fallback(graph)
        .layer(DefaultBodyLimit::max(BODY_LIMIT))
        .with_state(app)
}

impl App {
    /// The world, locked; a panic elsewhere does not take it away.
    pub fn world(&self) -> MutexGuard<'_, World> {
        self.0.world.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The queue of faults.
    pub fn faults(&self) -> MutexGuard<'_, Vec<Fault>> {
        self.0.faults.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns when the sandbox is told to stop.
    async fn stopped(&self) {
        let mut stop = self.0.stop.clone();
        // An error means that the handle is gone, which is the same as being told.
        let _ = stop.wait_for(|stop| *stop).await;
    }

    fn record(&self, call: &Call) {
        let Some(recorder) = &self.0.recorder else { return };
        let mut recorder = recorder.lock().unwrap_or_else(PoisonError::into_inner);
        if let Err(error) = recorder.write(call) {
            tracing::error!(%error, "the sandbox could not record a request");
        }
    }
}

/// Everything that is not a page or a control: the Graph.
async fn graph(State(app): State<App>, ConnectInfo(scissors): ConnectInfo<Scissors>, request: Request) -> Response {
    let asks_for_page = request.uri().path() == "/" && !request.uri().query().unwrap_or_default().contains("id=");
    if request.method() == Method::GET && asks_for_page {
        return page::timeline(&app.world()).into_response();
    }
    let call = match Call::read(request).await {
        Ok(call) => call,
        Err(error) => return error.into_response(),
    };
    app.record(&call);
    let fault = take(&mut app.faults(), &call);
    match fault {
        None => answer(&app, &call),
        Some(kind) => spoiled(&app, &scissors, &call, kind).await,
    }
}

fn answer(app: &App, call: &Call) -> Response {
    match served_version(call) {
        Ok(version) => {
            let result = app.world().answer(call);
            with_usage(app, version, result, None)
        }
        Err(error) => with_usage(app, VERSIONS[0], Err(error), None),
    }
}

fn with_usage(app: &App, version: &'static str, result: Result<Value, GraphError>, usage: Option<Usage>) -> Response {
    let mut response = result.map_or_else(GraphError::into_response, |body| Json(body).into_response());
    let world = app.world();
    let set = world.settings.usage_percent.map(|percent| Usage {
        percent: percent.into(),
        regain_minutes: 0,
    });
    let usage = usage.or(set).unwrap_or_else(|| Usage::counted(world.calls));
    usage.write(&world.options.page_id, version, response.headers_mut());
    response
}

async fn spoiled(app: &App, scissors: &Scissors, call: &Call, kind: Kind) -> Response {
    let refuse = |error, usage| with_usage(app, served_version(call).unwrap_or(VERSIONS[0]), Err(error), usage);
    match &kind {
        Kind::Error(wording) => refuse(wording.error(400), None),
        Kind::OkWithError(wording) => refuse(wording.error(200), None),
        Kind::OkUnavailable => "Service Unavailable".into_response(),
        Kind::HtmlOutage { status } => outage(*status),
        Kind::Throttle { code, percent, minutes } => {
            let usage = Usage {
                percent: *percent,
                regain_minutes: *minutes,
            };
            refuse(throttled(*code), Some(usage))
        }
        Kind::PublishedButFailed => {
            answer(app, call);
            refuse(GraphError::new(1, "An unknown error has occurred.").status(500), None)
        }
        Kind::Slow { .. } => {
            let response = answer(app, call);
            wait(app, &kind).await;
            response
        }
        Kind::TimeoutAfterAccept { .. } | Kind::AcceptThenReset | Kind::Reset | Kind::Hang => unanswered(app, scissors, call, &kind).await,
    }
}

/// The answer that is returned here never arrives: the connection is cut under it.
async fn unanswered(app: &App, scissors: &Scissors, call: &Call, kind: &Kind) -> Response {
    if matches!(kind, Kind::TimeoutAfterAccept { .. } | Kind::AcceptThenReset) {
        answer(app, call);
    }
    if matches!(kind, Kind::TimeoutAfterAccept { .. } | Kind::Hang) {
        wait(app, kind).await;
    }
    scissors.cut();
    StatusCode::NO_CONTENT.into_response()
}

/// Waits as long as the fault says, for ever if it says nothing, but never longer than the sandbox runs.
async fn wait(app: &App, kind: &Kind) {
    match kind.delay() {
        Some(delay) => {
            tokio::select! {
                () = tokio::time::sleep(delay) => {}
                () = app.stopped() => {}
            }
        }
        None => app.stopped().await,
    }
}

fn throttled(code: i64) -> GraphError {
    let message = match code {
        4 => "(#4) Application request limit reached",
        17 => "(#17) User request limit reached",
        32 => "(#32) Page request limit reached",
        613 => "(#613) Calls to this api have exceeded the rate limit.",
        _ => "There have been too many calls to this Page account. Wait a bit and try again.",
    };
    GraphError::new(code, message)
}

fn outage(status: u16) -> Response {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::SERVICE_UNAVAILABLE);
    let page = "<!DOCTYPE html><html lang=\"en\"><head><title>Error</title></head><body><h1>Sorry, something went wrong.</h1>\
                <p>We're working on it and we'll get it fixed as soon as we can.</p></body></html>";
    (status, [(header::RETRY_AFTER, "30")], Html(page)).into_response()
}
