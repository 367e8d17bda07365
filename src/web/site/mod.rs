//! The citizens' site: what the office published, to be read by anybody on anything.

mod files;
mod held;
mod language;
mod layout;
mod ledger;
mod list;
mod look;
pub mod missing;
mod notice;
mod subscribe;
mod visit;

use axum::Router;
use axum::routing::get;

use super::state::Web;
pub use held::Held;
pub use look::Look;

/// Its routes.
pub fn routes(look: &Look) -> Router<Web> {
    Router::new()
        .route("/", get(list::newest))
        .route("/k/{category}", get(list::category))
        .route("/n/{slug}", get(notice::show))
        .route("/files/{sha256}/{name}", get(files::show))
        .route("/feeds", get(subscribe::show))
        .route("/ledger", get(ledger::show))
        .route("/ledger/heads.json", get(ledger::heads))
        .route(&look.style, get(look::style))
        .route(&look.icon, get(look::icon))
        .fallback(missing::show)
}
