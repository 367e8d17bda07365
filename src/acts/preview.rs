//! The preview: what a channel would say, exactly.

use super::ActError;
use crate::item::Lang;
use crate::render::{Post, Request};
use crate::store::rows::RevisionState;
use crate::system::{OfficeConfig, System};

/// What `account` would say of the newest text, in `lang` or in every language the channel is given.
pub async fn preview(
    system: &System,
    config: &OfficeConfig,
    reference: &str,
    account: &str,
    lang: Option<&Lang>,
) -> Result<Post, ActError> {
    let item = system.store.item(&config.office.id, reference).await?;
    let manifest = config.manifests.get(account).ok_or_else(|| {
        let known = config.manifests.keys().cloned().collect::<Vec<_>>().join(", ");
        ActError::UnknownAccount(account.to_owned(), known)
    })?;
    let revisions = system.store.revisions(item.id).await?;
    let newest = revisions
        .iter()
        .rfind(|r| r.state != RevisionState::Replaced)
        .ok_or_else(|| ActError::NothingToApprove(item.reference.clone()))?;
    let event_fact = system.kinds.get(&item.kind).and_then(|kind| kind.event.as_deref());
    let previous = revisions
        .iter()
        .rfind(|r| r.number < newest.number && r.state == RevisionState::Approved);
    let act = newest.told(previous.and_then(|r| r.content.event(event_fact).cloned()));
    let all = newest.content.languages(&config.office.languages);
    let languages = match lang {
        Some(lang) if all.contains(lang) => vec![lang.clone()],
        Some(lang) => {
            return Err(ActError::UnknownLanguage(
                item.reference,
                lang.to_string(),
                all.iter().map(Lang::as_str).collect::<Vec<_>>().join(", "),
            ));
        }
        None => all,
    };
    let request = Request {
        office: &config.office,
        kinds: &system.kinds,
        manifest,
        content: &newest.content,
        act: &act,
        languages: &languages,
        slug: &item.slug,
    };
    system
        .renderer()
        .render(&request)
        .map_err(|error| ActError::Unsayable(account.to_owned(), error))
}
