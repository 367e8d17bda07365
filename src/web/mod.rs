//! The faces that speak HTTP: the citizens' site, the feeds, the API, and what operators ask.

mod api;
mod categories;
mod conditional;
mod feed;
mod headers;
mod health;
mod host;
mod listen;
mod metrics;
mod patient;
pub mod proof;
mod site;
mod state;
mod written;

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::routing::get;
use tokio::net::TcpListener;
use tokio::sync::watch;

use crate::system::System;
pub use listen::bind;
use state::Web;

/// How long answers under way may take once the program is told to stop.
const PATIENCE: Duration = Duration::from_secs(10);

/// Serves everything until `stop` turns true, then lets the answers under way end.
pub async fn serve(system: Arc<System>, listener: TcpListener, stop: watch::Receiver<bool>) -> Result<(), std::io::Error> {
    let server = listen::serve(listener, router(system), listen::Bounds::default(), stop.clone());
    let out_of_patience = async {
        stopped(stop).await;
        tokio::time::sleep(PATIENCE).await;
    };
    tokio::select! {
        () = server => {}
        () = out_of_patience => tracing::warn!("a client kept its connection beyond the time to stop; it was cut"),
    }
    Ok(())
}

/// Every route; [`serve`] puts it on a socket.
pub fn router(system: Arc<System>) -> Router {
    let web = Web::new(system);
    Router::new()
        .route("/healthz", get(health::lives))
        .route("/readyz", get(health::ready))
        .route("/metrics", get(metrics::show))
        .route("/feed/{file}", get(feed::all))
        .route("/feed/{lang}/{file}", get(feed::category))
        .merge(site::routes(&web.look))
        .nest("/api", api::routes())
        .layer(axum::middleware::map_response_with_state(web.clone(), headers::secure))
        .with_state(web)
}

/// Whoever drops the sender wants an end too.
async fn stopped(mut stop: watch::Receiver<bool>) {
    let _ = stop.wait_for(|stop| *stop).await;
}
