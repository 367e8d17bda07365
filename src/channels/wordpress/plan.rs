//! Which call comes next: pure, from what stands already.

use sha2::{Digest, Sha256};

use crate::channels::{Job, Safety, Step};
use crate::receipt::{Action, Failure, FailureCode, Object, Phase};
use crate::render::Media;

/// The role of the post while nobody sees it.
pub(super) const DRAFT: &str = "draft";
/// The role of the post as citizens see it; every later change keeps it, so that the id is always found under this name.
pub(super) const PUBLIC: &str = "public";

/// The next call of a job, `None` when it is complete.
pub(super) fn next(job: &Job, trash: bool) -> Result<Option<Step>, Failure> {
    match job.action {
        Action::Publish => Ok(publish(job)),
        Action::Withdraw if trash => Ok(unless_done(job, PUBLIC, Safety::Repeatable)),
        Action::Update | Action::Withdraw => change(job),
        Action::Discard => Ok(discard(job)),
    }
}

/// What stands under that role, made by this delivery or an earlier one.
pub(super) fn object<'a>(job: &'a Job, role: &str) -> Option<&'a Object> {
    job.objects
        .get(role)
        .or_else(|| job.standing.get(role))
        .filter(|object| object.phase != Phase::Gone)
}

/// The post that citizens see. Where a person found that it stands, its answer having been lost, it is still known as the draft it was.
pub(super) fn standing_post(job: &Job) -> Result<&Object, Failure> {
    let post = match job.standing.get(PUBLIC) {
        None => job.standing.get(DRAFT).filter(|object| object.phase == Phase::Draft),
        post => post.filter(|object| object.phase == Phase::Public),
    };
    post.ok_or_else(|| {
        Failure::new(
            FailureCode::Gone,
            "No post of this notice stands on WordPress, so it cannot be changed.",
        )
    })
}

/// The role of a file: the same for as long as the bytes and what is said of them stay the same, so that it is uploaded once.
pub(super) fn media_role(media: &Media) -> String {
    let said = [&media.sha256, &media.name, &media.title, &media.alt]
        .map(String::as_str)
        .join("\n");
    format!("media-{}", digest(&said))
}

/// The short, stable name that everything made for one key bears.
pub(super) fn digest(text: &str) -> String {
    hex::encode(&Sha256::digest(text.as_bytes())[..6])
}

fn publish(job: &Job) -> Option<Step> {
    missing_file(job)
        .or_else(|| unless_done(job, DRAFT, Safety::Invisible))
        .or_else(|| unless_done(job, PUBLIC, Safety::Repeatable))
}

fn change(job: &Job) -> Result<Option<Step>, Failure> {
    standing_post(job)?;
    Ok(missing_file(job).or_else(|| unless_done(job, PUBLIC, Safety::Repeatable)))
}

fn missing_file(job: &Job) -> Option<Step> {
    let mut roles = job.post.media.iter().map(media_role);
    roles
        .find(|role| object(job, role).is_none())
        .map(|role| Step::new(role, Safety::Invisible))
}

fn unless_done(job: &Job, role: &str, safety: Safety) -> Option<Step> {
    (!job.objects.has(role)).then(|| Step::new(role, safety))
}

/// Drafts and files that no public post needs. Once a post stands, what earlier deliveries left belongs to it. The draft first: if somebody has
/// published it, its files stay.
fn discard(job: &Job) -> Option<Step> {
    let public = object(job, PUBLIC);
    let earlier = job.standing.0.iter().filter(|_| public.is_none());
    let left = job.objects.0.iter().chain(earlier).filter(|left| {
        let current = object(job, &left.role);
        current.is_some_and(|object| object.phase == Phase::Draft) && public.is_none_or(|post| post.remote_id != left.remote_id)
    });
    let first = left.min_by_key(|object| object.role != DRAFT);
    first.map(|object| Step::new(object.role.clone(), Safety::Repeatable))
}
