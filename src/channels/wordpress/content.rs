//! What goes into a post: its slug, its title, its text with the files where WordPress keeps them.

use super::plan;
use crate::channels::Job;

/// The longest readable part of a slug; WordPress cuts the whole at 200 bytes.
const READABLE: usize = 150;

/// The slug of a job's post: readable, and its own.
pub(super) fn slug(job: &Job) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' };
    let mapped: String = job.post.slug.chars().map(plain).take(READABLE).collect();
    let words: Vec<&str> = mapped.split('-').filter(|word| !word.is_empty()).collect();
    let readable = if words.is_empty() { "njoftim".to_owned() } else { words.join("-") };
    format!("{readable}-{}", plan::digest(&job.key))
}

/// The slug of a file of that role.
pub(super) fn media_slug(role: &str, job: &Job) -> String {
    format!("kasnec-{}-{}", plan::digest(&job.key), role.trim_start_matches("media-"))
}

/// The post's HTML, its links to attachments pointing to what was uploaded.
pub(super) fn html(job: &Job, plain: bool) -> String {
    let mut media: Vec<_> = job.post.media.iter().filter(|media| !media.url.is_empty()).collect();
    // The longest first: one address may be the beginning of another.
    media.sort_by_key(|media| std::cmp::Reverse(media.url.len()));
    let mut html = job.post.part("content").to_owned();
    for file in media {
        let Some(there) = plan::object(job, &plan::media_role(file)).and_then(|object| object.url.as_deref()) else {
            continue;
        };
        let mut spellings = vec![file.url.clone(), escaped(&file.url), escaped(&file.url).replace('=', "&#x3D;")];
        spellings.dedup();
        for spelling in spellings {
            html = html.replace(&spelling, &escaped(there));
        }
    }
    if plain { without_comments(&html) } else { html }
}

/// A text as WordPress wants titles and names: HTML.
pub(super) fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// Firewalls in front of WordPress refuse HTML comments, block markers among them, as an attack (OWASP CRS rule 941180).
fn without_comments(html: &str) -> String {
    let mut kept = String::with_capacity(html.len());
    let mut rest = html;
    while let Some((before, comment)) = rest.split_once("<!--") {
        kept.push_str(before);
        rest = comment.split_once("-->").map_or("", |(_, after)| after);
    }
    kept.push_str(rest);
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn block_markers_are_left_out_and_the_text_stays() {
        assert_eq!(
            without_comments("<!-- wp:paragraph --><p>ujë</p><!-- /wp:paragraph -->."),
            "<p>ujë</p>."
        );
        assert_eq!(without_comments("a <!-- never closed"), "a ");
    }
}
