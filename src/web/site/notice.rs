//! One notice.

use askama::Template;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::Response;

use super::held::Place;
use super::layout::{Layout, Link, draw_as};
use super::list::leading_tag;
use super::missing;
use super::visit::Visit;
use crate::item::Lang;
use crate::ports::Page;
use crate::render::dates::{Spoken, instant};
use crate::render::words::word;
use crate::store::StoreError;
use crate::web::categories;

#[derive(Template)]
#[template(path = "notice.html")]
struct Notice {
    page: Layout,
    /// The tag of the language its headline is in.
    lang: String,
    summary: String,
    /// Sanitised when it was stored.
    body: String,
    category: Option<(String, String)>,
    published: Spoken,
    updated: Option<Spoken>,
    withdrawn: bool,
    versions: Vec<Link>,
    /// The address of its first picture, escaped already.
    image: Option<String>,
}

/// `GET /n/{slug}`.
pub async fn show(visit: Visit, Path(slug): Path<String>) -> Response {
    match notice(&visit, &slug).await {
        Ok(Some((notice, place))) => draw_as(StatusCode::OK, &notice, |html| place.hold(html)),
        Ok(None) => missing::show(visit).await,
        Err(error) => missing::failed(&visit, &error),
    }
}

async fn notice(visit: &Visit, slug: &str) -> Result<Option<(Notice, Place)>, StoreError> {
    let (office, store) = (visit.office(), &visit.web.system.store);
    let Some(bytes) = store.page_bytes(&office.id, slug).await? else {
        return Ok(None);
    };
    // It may have megabytes in each language, once as it is read and once as it is drawn.
    let place = visit.web.files.place(2 * bytes).await?;
    let Some(page) = store.page(&office.id, slug).await? else {
        return Ok(None);
    };
    let layout = Layout::of(visit, page.title.clone(), page.category.as_deref()).await?;
    let spoken = |at| instant(at, office.zone, visit.lang.as_str());
    let notice = Notice {
        lang: leading_tag(&page.languages),
        summary: page.summary.split_whitespace().collect::<Vec<_>>().join(" "),
        category: page.category.as_deref().map(|key| {
            let label = categories::label(visit.config(), key, &visit.lang);
            (layout.to(&format!("/k/{key}")), label)
        }),
        published: spoken(page.published_at),
        updated: (page.updated_at > page.published_at).then(|| spoken(page.updated_at)),
        withdrawn: page.withdrawn,
        versions: versions(&page),
        image: first_image(&page.body).map(str::to_owned),
        body: with_anchors(&page),
        page: layout,
    };
    Ok(Some((notice, place)))
}

/// Links to the languages of a notice that has several.
fn versions(page: &Page) -> Vec<Link> {
    let languages = page.languages.iter().filter_map(|lang| lang.parse::<Lang>().ok());
    let links: Vec<Link> = languages
        .map(|lang| Link {
            href: format!("#{}", lang.tag()),
            label: word(lang.as_str(), "language-name", &[]),
            lang: lang.tag().to_owned(),
            here: false,
        })
        .collect();
    if links.len() > 1 { links } else { vec![] }
}

/// The channel's template gives each language a section; a link can lead to it once it has an id.
fn with_anchors(page: &Page) -> String {
    let tags = page.languages.iter().filter_map(|lang| lang.parse::<Lang>().ok());
    tags.fold(page.body.clone(), |body, lang| {
        let section = format!("<section lang=\"{}\"", lang.tag());
        body.replacen(&section, &format!("{section} id=\"{}\"", lang.tag()), 1)
    })
}

fn first_image(body: &str) -> Option<&str> {
    body.split_once("<img src=\"")?.1.split_once('"').map(|(address, _)| address)
}
