//! The Page as a person sees it: `/`, and a single post at its permalink.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};

use super::clock::readable;
use super::html::{escape, layout, rich};
use super::media::is_kept;
use super::model::{Audience, Comment, Photo, Post, Video};
use super::scrape::link_title;
use super::server::App;
use super::settings::Condition;
use super::world::World;

/// The whole Page: what is published, then what is not, then what was taken down.
pub(super) fn timeline(world: &World) -> Html<String> {
    let shelf = |wanted: fn(&Post) -> bool| {
        let mut posts: Vec<&Post> = world.posts.values().filter(|post| wanted(post)).collect();
        posts.sort_by_key(|post| std::cmp::Reverse((post.pinned, post.shown_time(), post.id.clone())));
        posts
    };
    let public = shelf(|post| !post.deleted && post.published.is_some());
    let drafts = shelf(|post| !post.deleted && post.published.is_none());
    let deleted = shelf(|post| post.deleted);
    let wall = if public.is_empty() {
        NOTHING.to_owned()
    } else {
        all(world, &public)
    };
    let name = &world.options.page_name;
    layout(
        name,
        &format!(
            "{}{}<main class=\"wall\">{wall}{}{}</main>",
            ribbons(world),
            head(name),
            folded(world, "Drafte dhe postime të planifikuara", &drafts),
            folded(world, "Të fshira", &deleted),
        ),
    )
}

/// One post at `/{page}/posts/{post}`.
pub(super) async fn single(State(app): State<App>, Path((page, post)): Path<(String, String)>) -> Response {
    alone(&app.world(), &format!("{page}_{post}"))
}

/// Where those are sent who have not signed in.
pub(super) async fn login() -> Html<String> {
    layout(
        "Hyni",
        "<main class=\"dialog\"><h1>Hyni në llogari</h1><p>Duhet të hyni në llogari për të vazhduar.</p></main>",
    )
}

/// The post of a video, at `/{page}/videos/{video}`.
pub(super) async fn video(State(app): State<App>, Path((_, video)): Path<(String, String)>) -> Response {
    let world = app.world();
    let post = world.videos.get(&video).and_then(|video| video.post.as_deref()).unwrap_or_default();
    alone(&world, post)
}

fn alone(world: &World, post: &str) -> Response {
    if world.settings.has(Condition::SignInWall) {
        return Redirect::to("/login/").into_response();
    }
    let seen = |post: &&Post| post.published.is_some() && !post.deleted && post.audience != Audience::AppRoles;
    let open = !world.settings.has(Condition::PageUnpublished);
    let found = world.posts.get(post).filter(seen).filter(|_| open);
    match found {
        Some(post) => {
            let body = format!("{}<main class=\"wall\">{}</main>", ribbons(world), article(world, post));
            layout(&world.options.page_name, &body).into_response()
        }
        None => (StatusCode::NOT_FOUND, layout("Nuk gjendet", GONE)).into_response(),
    }
}

const NOTHING: &str = "<p class=\"post none\">Ende nuk ka postime.</p>";
const GONE: &str = "<main class=\"dialog\"><h1>Kjo përmbajtje nuk është në dispozicion tani</h1>\
    <p>Postimi u fshi, nuk është publikuar ende ose nuk ka ekzistuar kurrë.</p></main>";

fn ribbons(world: &World) -> String {
    let mut ribbons = String::from("<div class=\"ribbon\">Sandbox: faqe prove, jo Facebook-u i vërtetë.</div>");
    if world.settings.has(Condition::DevelopmentMode) {
        ribbons.push_str("<div class=\"ribbon warn\">Aplikacioni është në zhvillim: postimet i sheh vetëm ekipi i tij.</div>");
    }
    if world.settings.has(Condition::PageUnpublished) {
        ribbons.push_str("<div class=\"ribbon warn\">Faqja nuk është e publikuar: e shohin vetëm administratorët.</div>");
    }
    ribbons
}

fn head(name: &str) -> String {
    format!(
        "<div class=\"head\"><div><div class=\"cover\"></div><div class=\"who\">{}<div><h1>{}</h1>\
         <p>Organizatë qeveritare</p></div></div></div></div>",
        face(name),
        escape(name)
    )
}

fn folded(world: &World, title: &str, posts: &[&Post]) -> String {
    if posts.is_empty() {
        return String::new();
    }
    format!(
        "<details><summary>{title} ({})</summary>{}</details>",
        posts.len(),
        all(world, posts)
    )
}

fn all(world: &World, posts: &[&Post]) -> String {
    posts.iter().map(|post| article(world, post)).collect()
}

fn article(world: &World, post: &Post) -> String {
    let name = &world.options.page_name;
    let text = post
        .message
        .as_deref()
        .map_or_else(String::new, |text| format!("<div class=\"text\">{}</div>", rich(text)));
    format!(
        "<article class=\"post\"><header>{}<div><strong>{}</strong>{}</div></header>{text}{}{}{}</article>",
        face(name),
        escape(name),
        byline(world, post),
        media(world, post),
        card(post),
        comments(world, post),
    )
}

fn byline(world: &World, post: &Post) -> String {
    let time = readable(post.shown_time());
    let mut line = match (post.published, post.scheduled) {
        (Some(_), _) => format!("<a href=\"/{}/posts/{}\">{time}</a>", world.options.page_id, post.local_id()),
        (None, Some(at)) => format!("<span>Planifikuar për {}</span>", readable(at)),
        (None, None) => format!("<span>Draft i {time}</span>"),
    };
    let badges = [
        (post.pinned, "e fiksuar"),
        (post.hidden, "e fshehur"),
        (post.edits > 0, "e ndryshuar"),
        (
            post.published.is_some() && post.audience == Audience::AppRoles,
            "vetëm ekipi i aplikacionit",
        ),
    ];
    for (_, badge) in badges.iter().filter(|(shown, _)| *shown) {
        line.push_str(" <span class=\"badge\">");
        line.push_str(badge);
        line.push_str("</span>");
    }
    line
}

fn media(world: &World, post: &Post) -> String {
    let shown: Vec<String> = post
        .media
        .iter()
        .filter_map(|id| {
            let photo = world
                .photos
                .get(id)
                .filter(|photo| is_kept(photo))
                .map(|photo| picture(world, photo));
            photo.or_else(|| world.videos.get(id).filter(|video| !video.deleted).map(film))
        })
        .collect();
    match shown.len() {
        0 => String::new(),
        1 => format!("<div class=\"photos one\">{}</div>", shown.concat()),
        _ => format!("<div class=\"photos\">{}</div>", shown.concat()),
    }
}

fn picture(world: &World, photo: &Photo) -> String {
    let alt = escape(photo.alt_text.as_deref().or(photo.caption.as_deref()).unwrap_or_default());
    if world.pictures.contains_key(&photo.id) {
        return format!("<img src=\"/_sandbox/photo/{}\" alt=\"{alt}\">", photo.id);
    }
    let url = escape(photo.url.as_deref().unwrap_or_default());
    format!("<div class=\"missing\">Foto nga adresa (sandbox-i nuk e shkarkon): {url}</div>")
}

fn film(video: &Video) -> String {
    let title = escape(video.title.as_deref().unwrap_or("Video"));
    let size = if video.size == 0 {
        String::new()
    } else {
        format!(" · {} kB", video.size.div_ceil(1024))
    };
    format!("<div class=\"missing\">▶ {title}{size}</div>")
}

/// The preview of a link; media on the post leave no room for it.
fn card(post: &Post) -> String {
    let Some(link) = post.link.as_ref().filter(|_| post.media.is_empty()) else {
        return String::new();
    };
    format!(
        "<a class=\"card\" href=\"{0}\" rel=\"nofollow\"><small>{1}</small>{0}</a>",
        escape(link),
        escape(&link_title(link))
    )
}

fn comments(world: &World, post: &Post) -> String {
    let comments = world.comments_of(&post.id);
    if comments.is_empty() {
        return String::new();
    }
    let items: String = comments
        .into_iter()
        .map(|comment| bubble(&world.options.page_name, comment))
        .collect();
    format!("<ul class=\"comments\">{items}</ul>")
}

fn bubble(name: &str, comment: &Comment) -> String {
    let attached = comment
        .attachment_url
        .as_deref()
        .map_or_else(String::new, |url| format!("\n{}", rich(url)));
    format!(
        "<li>{}<div class=\"bubble\"><strong>{}</strong>{}{attached}</div></li>",
        face(name),
        escape(name),
        rich(&comment.message)
    )
}

/// The Page's initials in a circle.
fn face(name: &str) -> String {
    let initials: String = name
        .split_whitespace()
        .filter_map(|word| word.chars().next())
        .filter(|letter| letter.is_uppercase())
        .take(2)
        .collect();
    format!("<div class=\"face\" aria-hidden=\"true\">{}</div>", escape(&initials))
}
