//! Warnings that the mail server does not take: whoever is responsible has not been told, and no letter can say so.

use crate::receipt::AlarmKind;
use crate::store::StoreError;
use crate::store::alarms::{Cause, Detail};
use crate::system::System;

/// Letters about duties that are still open, refused for good or not taken twice and more.
pub async fn cause(system: &System, office: &str) -> Result<Option<Cause>, StoreError> {
    let Some(untaken) = system.store.untaken_warnings(office).await? else {
        return Ok(None);
    };
    let why = untaken.why.map(|why| format!(" One of them: {why}")).unwrap_or_default();
    Ok(Some(Cause {
        kind: AlarmKind::Mail,
        about: String::new(),
        machine: String::new(),
        since: None,
        detail: Detail {
            nearest_deadline: untaken.nearest_deadline,
            oldest: Some(untaken.oldest),
            note: Some(format!("{} not taken.{why}", untaken.count)),
            ..Detail::default()
        },
    }))
}
