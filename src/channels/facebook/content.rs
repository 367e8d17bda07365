//! What of a post goes where: its card, its pictures, its video.

use url::{Host, Url};

use crate::channels::Job;
use crate::http::is_public;
use crate::receipt::Phase;
use crate::render::{Media, Post};

/// What Facebook takes as a photo.
const PHOTO_TYPES: [&str; 5] = ["image/jpeg", "image/png", "image/gif", "image/bmp", "image/tiff"];

/// The post's pictures, in their order.
pub(super) fn photos(post: &Post) -> impl Iterator<Item = &Media> {
    post.media.iter().filter(|media| PHOTO_TYPES.contains(&media.media_type.as_str()))
}

/// The post's video. A post with one carries no pictures: Facebook shows the one or the other.
pub(super) fn video(post: &Post) -> Option<&Media> {
    post.media.iter().find(|media| media.media_type == "video/mp4")
}

/// The link to show as a card; beside pictures Facebook shows none.
pub(super) fn card(post: &Post) -> Option<&str> {
    let bare = photos(post).next().is_none() && !post.link.is_empty();
    bare.then_some(post.link.as_str())
}

/// The card's link, if Facebook's crawler can reach it at all.
pub(super) fn scrapeable(post: &Post) -> Option<&str> {
    card(post).filter(|link| Url::parse(link).is_ok_and(|url| url.scheme() == "https" && is_out_there(&url)))
}

fn is_out_there(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name.contains('.') && !matches!(name.rsplit('.').next(), Some("local" | "localhost")),
        Some(Host::Ipv4(ip)) => is_public(ip.into()),
        Some(Host::Ipv6(ip)) => is_public(ip.into()),
        None => false,
    }
}

/// The role of a photo: its place in the post, counted from 1, and its batch.
pub(super) fn photo_role(number: usize, batch: i64) -> String {
    match batch {
        0 => format!("photo-{number}"),
        _ => format!("photo-{number}-{batch}"),
    }
}

/// Whether a role is that of a photo of an earlier batch, which nothing needs any more.
pub(super) fn is_late(role: &str, batch: i64) -> bool {
    place(role).is_some_and(|(_, own)| own < batch)
}

/// A photo's number and batch.
fn place(role: &str) -> Option<(usize, i64)> {
    let mut words = role.strip_prefix("photo-")?.split('-');
    Some((words.next()?.parse().ok()?, words.next().unwrap_or("0").parse().ok()?))
}

/// The photo that a role stands for.
pub(super) fn photo_of<'a>(role: &str, post: &'a Post) -> Option<&'a Media> {
    let (number, _) = place(role)?;
    photos(post).nth(number.checked_sub(1)?)
}

/// The ids of the uploaded photos in the post's order, each of its latest batch.
pub(super) fn photo_ids(job: &Job) -> Vec<String> {
    let latest = |number: usize| {
        let there = job.objects.0.iter().filter(|object| object.phase == Phase::Draft);
        let uploaded = there.filter_map(|object| {
            let (own, batch) = place(&object.role)?;
            (own == number).then_some((batch, &object.remote_id))
        });
        uploaded.max_by_key(|(batch, _)| *batch).map(|(_, id)| id.clone())
    };
    (1..=photos(&job.post).count()).filter_map(latest).collect()
}

/// Whether two texts say the same: Facebook trims lines and squeezes blank ones.
pub(super) fn is_same(one: &str, other: &str) -> bool {
    one.split_whitespace().eq(other.split_whitespace())
}

/// The text within so many characters; what does not fit gives way to the link.
pub(super) fn within(text: &str, limit: usize, link: &str) -> String {
    if text.chars().count() <= limit {
        return text.to_owned();
    }
    let room = limit.saturating_sub(link.chars().count() + 3);
    let cut: String = text.chars().take(room).collect();
    let words = cut.rsplit_once(char::is_whitespace).map_or(cut.as_str(), |(words, _)| words);
    format!("{}…\n\n{link}", words.trim_end())
}
