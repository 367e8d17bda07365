//! Lists of notices: the newest ones, and those of a category, by day.

use askama::Template;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::Response;

use super::layout::{Layout, draw};
use super::missing;
use super::visit::Visit;
use crate::item::Lang;
use crate::render::dates::instant;
use crate::render::words::word;
use crate::store::StoreError;
use crate::store::site::Headline;
use crate::web::categories;

/// How many notices a page lists.
const MANY: usize = 20;

#[derive(Template)]
#[template(path = "list.html")]
struct List {
    page: Layout,
    days: Vec<Day>,
    /// Where the older ones are.
    older: Option<String>,
    /// Where the newest ones are, if these are not.
    newest: Option<String>,
}

struct Day {
    iso: String,
    long: String,
    notices: Vec<Teaser>,
}

struct Teaser {
    href: String,
    /// The tag of the language its words are in.
    lang: String,
    title: String,
    summary: String,
    category: Option<String>,
    withdrawn: bool,
}

/// `GET /`.
pub async fn newest(visit: Visit) -> Response {
    let title = word(visit.lang.as_str(), "site-newest", &[]);
    match list(&visit, title, None).await {
        Ok(list) => draw(StatusCode::OK, &list),
        Err(error) => missing::failed(&visit, &error),
    }
}

/// `GET /k/{category}`.
pub async fn category(visit: Visit, Path(category): Path<String>) -> Response {
    let title = categories::label(visit.config(), &category, &visit.lang);
    match list(&visit, title, Some(&category)).await {
        Ok(list) if list.days.is_empty() && !categories::is_known(visit.config(), &category) => missing::show(visit).await,
        Ok(list) => draw(StatusCode::OK, &list),
        Err(error) => missing::failed(&visit, &error),
    }
}

async fn list(visit: &Visit, title: String, category: Option<&str>) -> Result<List, StoreError> {
    let store = &visit.web.system.store;
    let after = visit.after.as_ref().map(|(time, slug)| (*time, slug.as_str()));
    // One more than is shown tells whether there are older ones.
    let mut pages = store.headlines(&visit.office().id, category, after, MANY + 1).await?;
    let more = pages.len() > MANY;
    pages.truncate(MANY);
    let page = Layout::of(visit, title, category).await?;
    let last = pages.last().filter(|_| more);
    let older = last.map(|last| {
        page.to(&format!(
            "{}?after={}~{}",
            visit.path,
            last.published_at.timestamp_millis(),
            last.slug
        ))
    });
    let newest = visit.after.is_some().then(|| page.to(&visit.path));
    let days = by_day(visit, &page, pages);
    Ok(List { page, days, older, newest })
}

fn by_day(visit: &Visit, layout: &Layout, pages: Vec<Headline>) -> Vec<Day> {
    let mut days: Vec<Day> = vec![];
    for page in pages {
        let spoken = instant(page.published_at, visit.office().zone, visit.lang.as_str());
        let iso = spoken.iso.split('T').next().unwrap_or_default().to_owned();
        if days.last().is_none_or(|day| day.iso != iso) {
            days.push(Day {
                iso,
                long: spoken.date,
                notices: vec![],
            });
        }
        if let Some(day) = days.last_mut() {
            day.notices.push(teaser(visit, layout, page));
        }
    }
    days
}

fn teaser(visit: &Visit, layout: &Layout, page: Headline) -> Teaser {
    Teaser {
        href: layout.to(&format!("/n/{}", page.slug)),
        lang: leading_tag(&page.languages),
        title: page.title,
        summary: page.summary,
        category: page.category.map(|key| categories::label(visit.config(), &key, &visit.lang)),
        withdrawn: page.withdrawn,
    }
}

/// The tag of the language a page's headline is in.
pub fn leading_tag(languages: &[String]) -> String {
    let lang = languages.first().and_then(|lang| lang.parse::<Lang>().ok());
    lang.map(|lang| lang.tag().to_owned()).unwrap_or_default()
}
