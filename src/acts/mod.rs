//! What the office does with an item: queue, approve, correct, withdraw, postpone, preview. The command line, the API and the desk all come here.

mod approve;
mod change;
mod error;
mod heads;
mod lateness;
mod outlook;
mod preview;
mod proof;
mod queue;

use crate::item::{Content, Office};
use crate::store::rows::{Person, Role};

pub use approve::{Approved, approve};
pub use change::{correct, postpone, publish_now, withdraw};
pub use error::ActError;
pub use heads::{keep_heads, publish_head};
pub use outlook::outlook;
pub use preview::preview;
pub use proof::{Proof, Step, proof};
pub use queue::{Receipt, check_source, queue};

/// Refuses what a person's role does not allow.
pub fn require(by: &Person, role: Role) -> Result<(), ActError> {
    if by.role >= role {
        Ok(())
    } else {
        Err(ActError::NotAllowed(by.login.clone(), by.role, role))
    }
}

/// The headline in the leading language.
fn title_of(content: &Content, office: &Office) -> String {
    let lead = content.languages(&office.languages);
    lead.first()
        .and_then(|lang| content.translations.get(lang))
        .map(|text| text.title.clone())
        .unwrap_or_default()
}
