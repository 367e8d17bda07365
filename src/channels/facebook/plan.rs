//! Which call comes next: pure, from what stands already.

use chrono::{DateTime, Utc};

use super::content;
use crate::channels::{Job, Safety, Step};
use crate::receipt::{Action, Object, Objects, Phase};

/// The crawler is sent to the notice's page, so that the first share has its picture.
pub(super) const SCRAPE: &str = "scrape";
/// A video's upload, begun.
pub(super) const VIDEO_START: &str = "video-start";
/// The uploaded video, unpublished.
pub(super) const VIDEO: &str = "video";
/// The post while nobody sees it.
pub(super) const DRAFT: &str = "draft";
/// The post as citizens see it.
pub(super) const PUBLIC: &str = "public";
/// The post with a later text; it has the id of the post.
pub(super) const EDIT: &str = "edit";
/// The post, taken down; it has the id of the post.
pub(super) const DELETE: &str = "delete";
/// The correction as a comment, where the post itself cannot be edited.
pub(super) const COMMENT: &str = "comment";
/// What only a person can do on the Page.
pub(super) const BY_HAND: &str = "by-hand";

/// Facebook deletes unpublished photos after a day; before that they are uploaded anew, as another batch.
const BATCH_HOURS: i64 = 20;

/// Which batch of photos is good now: its number grows with the delivery's age.
pub(super) fn batch(since: DateTime<Utc>, now: DateTime<Utc>) -> i64 {
    ((now - since).num_hours() / BATCH_HOURS).max(0)
}

/// The next call of a job, `None` when it is complete.
pub(super) fn next(job: &Job, batch: i64, delete: bool) -> Option<Step> {
    match job.action {
        Action::Publish if content::video(&job.post).is_some() => publish_video(job),
        Action::Publish => publish(job, batch),
        Action::Withdraw if delete => take_down(job),
        Action::Update | Action::Withdraw => change(job),
        Action::Discard => discard(job),
    }
}

/// The post that stands, under whichever name it was kept last.
pub(super) fn standing_object(objects: &Objects) -> Option<&Object> {
    let mut kept = [PUBLIC, EDIT, DELETE, DRAFT].into_iter().filter_map(|role| objects.get(role));
    kept.find(|object| !object.remote_id.is_empty())
}

fn publish(job: &Job, batch: i64) -> Option<Step> {
    if job.objects.has(DRAFT) {
        return unless_done(job, PUBLIC, Safety::Repeatable);
    }
    let scrape = || content::scrapeable(&job.post).and_then(|_| unless_done(job, SCRAPE, Safety::Repeatable));
    let photo = || {
        let mut roles = (1..=content::photos(&job.post).count()).map(|number| content::photo_role(number, batch));
        roles.find_map(|role| unless_done(job, &role, Safety::Invisible))
    };
    scrape().or_else(photo).or_else(|| unless_done(job, DRAFT, Safety::Invisible))
}

/// A video is a post of its own: it becomes public itself.
fn publish_video(job: &Job) -> Option<Step> {
    unless_done(job, VIDEO_START, Safety::Invisible)
        .or_else(|| unless_done(job, VIDEO, Safety::Repeatable))
        .or_else(|| unless_done(job, PUBLIC, Safety::Repeatable))
}

fn change(job: &Job) -> Option<Step> {
    let edited = || job.objects.get(EDIT).filter(|edit| edit.phase == Phase::Refused);
    unless_done(job, EDIT, Safety::Repeatable)
        .or_else(|| edited().and_then(|_| unless_done(job, COMMENT, Safety::Once)))
        .or_else(|| edited().and_then(|_| unless_done(job, BY_HAND, Safety::Repeatable)))
}

/// Where deleting is refused, the post is edited to say that the notice is withdrawn, and a person told to delete it.
fn take_down(job: &Job) -> Option<Step> {
    let kept = || job.objects.get(DELETE).filter(|deleted| deleted.phase == Phase::Refused);
    unless_done(job, DELETE, Safety::Repeatable)
        .or_else(|| kept().and_then(|_| change(job)))
        .or_else(|| kept().and_then(|_| unless_done(job, BY_HAND, Safety::Repeatable)))
}

/// Drafts and unpublished videos; photos vanish by themselves after a day, begun uploads sooner.
fn discard(job: &Job) -> Option<Step> {
    let public = job.objects.has(PUBLIC) || job.standing.has(PUBLIC);
    let left = |role: &&str| left(job, role).is_some_and(|object| matches!(object.phase, Phase::Draft | Phase::Public));
    let role = [DRAFT, VIDEO].into_iter().find(left).filter(|_| !public);
    role.map(|role| Step::new(role, Safety::Repeatable))
}

/// What this delivery or an earlier one left under that role.
pub(super) fn left<'a>(job: &'a Job, role: &str) -> Option<&'a Object> {
    job.objects.get(role).or_else(|| job.standing.get(role))
}

fn unless_done(job: &Job, role: &str, safety: Safety) -> Option<Step> {
    (!job.objects.has(role)).then(|| Step::new(role, safety))
}
