//! What a person has to do, where the manifest or the account leaves it to them.

use super::POST;
use crate::channels::{Account, Job};
use crate::manifest::Manifest;
use crate::receipt::{Action, Failure, FailureCode};

/// The manifest has no call for it.
pub fn by_hand(channel: &str, job: &Job) -> Failure {
    let standing = job.standing.get(POST);
    let place = standing.and_then(|object| object.url.as_deref()).unwrap_or(&job.post.link);
    let task = match job.action {
        Action::Withdraw => "take it down",
        Action::Publish | Action::Update | Action::Discard => "put the new text in place of the old one",
    };
    let title = &job.post.title;
    let what = format!("{channel} has no call to change what stands there: open the post \"{title}\" ({place}) and {task} by hand.");
    Failure::new(FailureCode::ByHand, what)
}

/// There is a call, but nobody kept the id of the post it should change.
pub fn nothing_known(channel: &str, job: &Job) -> Failure {
    let title = &job.post.title;
    let what = format!("It is not known which post on {channel} says \"{title}\": find it there and change it by hand.");
    Failure::new(FailureCode::ByHand, what)
}

/// What the account lacks of what its manifest requires.
pub fn missing(manifest: &Manifest, account: &Account) -> Option<Failure> {
    let settings = manifest
        .settings
        .iter()
        .filter(|(name, spec)| spec.required && account.setting(name).is_empty());
    let secrets = manifest
        .secrets
        .iter()
        .filter(|(name, spec)| spec.required && account.secret(name).is_empty());
    let settings = settings.map(|(name, _)| format!("the setting \"{name}\""));
    let lacking: Vec<_> = settings.chain(secrets.map(|(name, _)| format!("the secret \"{name}\""))).collect();
    let what = || format!("The account on {} lacks {}.", manifest.id, lacking.join(" and "));
    (!lacking.is_empty()).then(|| Failure::new(FailureCode::NotConfigured, what()))
}
