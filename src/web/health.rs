//! Whether the process lives, and whether it can work.

use axum::extract::State;
use axum::http::StatusCode;

use super::state::Web;

/// `GET /healthz`: the process answers.
pub async fn lives() -> &'static str {
    "ok\n"
}

/// `GET /readyz`: the store answers and can be written, too; if not, why.
pub async fn ready(State(web): State<Web>) -> (StatusCode, String) {
    let store = &web.system.store;
    let answers = store.ping().await;
    match answers.and_then(|()| store.trouble().map_or(Ok(()), Err)) {
        Ok(()) => (StatusCode::OK, "ready\n".to_owned()),
        Err(error) => (StatusCode::SERVICE_UNAVAILABLE, format!("not ready: {error}\n")),
    }
}
