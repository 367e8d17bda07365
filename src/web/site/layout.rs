//! What every page of the site has around it: the office's name, ways on, languages, feeds.

use axum::body::Bytes;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use url::Url;

use super::language;
use super::visit::Visit;
use crate::item::Lang;
use crate::render::words;
use crate::store::StoreError;
use crate::web::categories;

/// A way on.
pub struct Link {
    /// Where to.
    pub href: String,
    /// What it is called.
    pub label: String,
    /// The tag of the language it leads to.
    pub lang: String,
    /// Whether one is there already.
    pub here: bool,
}

/// The frame of a page.
pub struct Layout {
    /// The tag of the language of the site's own words.
    pub tag: String,
    /// The office's name.
    pub office: String,
    /// The page's own title.
    pub title: String,
    /// The page's address for good.
    pub canonical: String,
    /// The style sheet's address.
    pub style: String,
    /// The icon's address.
    pub icon: String,
    /// The categories that have notices.
    pub categories: Vec<Link>,
    /// The languages of the site's own words.
    pub languages: Vec<Link>,
    /// The feeds that belong to this page.
    pub feeds: Vec<Link>,
    lang: Lang,
    base: String,
    chosen: bool,
}

impl Layout {
    /// The frame of the page that was asked for; `category` is where it belongs, if it does.
    pub async fn of(visit: &Visit, title: String, category: Option<&str>) -> Result<Self, StoreError> {
        let mut layout = Self::bare(visit, title);
        for key in visit.web.system.store.page_categories(&visit.office().id).await? {
            layout.categories.push(Link {
                href: layout.to(&format!("/k/{key}")),
                label: categories::label(visit.config(), &key, &visit.lang),
                lang: layout.tag.clone(),
                here: category == Some(key.as_str()),
            });
        }
        layout.categories.sort_by_key(|link| link.label.to_lowercase());
        layout.feeds = feeds(visit, category);
        Ok(layout)
    }

    /// The frame without anything that must be looked up.
    pub fn bare(visit: &Visit, title: String) -> Self {
        let office = visit.office();
        let base = Url::parse(&office.public_url).map(|url| url.path().trim_end_matches('/').to_owned());
        let base = base.unwrap_or_default();
        Self {
            tag: visit.lang.tag().to_owned(),
            office: office.name.get(&visit.lang, &office.languages).cloned().unwrap_or_default(),
            title,
            canonical: format!("{}{}", office.public_url, visit.path),
            style: format!("{base}{}", visit.web.look.style),
            icon: format!("{base}{}", visit.web.look.icon),
            categories: vec![],
            languages: languages(visit, &base),
            feeds: vec![],
            lang: visit.lang.clone(),
            chosen: visit.chosen,
            base,
        }
    }

    /// A text in the language of the page.
    pub fn word(&self, key: &'static str) -> String {
        words::word(self.lang.as_str(), key, &[])
    }

    /// The address of another page; a chosen language goes along.
    pub fn to(&self, path: &str) -> String {
        let joint = if path.contains('?') { '&' } else { '?' };
        if self.chosen {
            format!("{}{path}{joint}lang={}", self.base, self.lang)
        } else {
            format!("{}{path}", self.base)
        }
    }
}

fn languages(visit: &Visit, base: &str) -> Vec<Link> {
    let offered = language::offered(visit.office()).into_iter();
    let link = |lang: Lang| Link {
        href: format!("{base}{}?lang={lang}", visit.path),
        label: words::word(lang.as_str(), "language-name", &[]),
        lang: lang.tag().to_owned(),
        here: lang == visit.lang,
    };
    offered.map(link).collect()
}

fn feeds(visit: &Visit, category: Option<&str>) -> Vec<Link> {
    let languages = visit.office().languages.iter();
    languages.map(|lang| feed(visit, lang, category)).collect()
}

/// The feed of that language and category.
pub fn feed(visit: &Visit, lang: &Lang, category: Option<&str>) -> Link {
    let office = visit.office();
    let under = category.map_or_else(String::new, |key| format!("/{key}"));
    let subject = category.map_or_else(
        || words::word(lang.as_str(), "site-all", &[]),
        |key| categories::label(visit.config(), key, lang),
    );
    Link {
        href: format!("{}/feed/{lang}{under}.xml", office.public_url),
        label: subject,
        lang: lang.tag().to_owned(),
        here: false,
    }
}

/// Draws a page.
pub fn draw(status: StatusCode, page: &impl askama::Template) -> Response {
    draw_as(status, page, Bytes::from)
}

/// Draws a page of which `body` makes the bytes that are sent.
pub fn draw_as(status: StatusCode, page: &impl askama::Template, body: impl FnOnce(String) -> Bytes) -> Response {
    let html = match page.render() {
        Ok(html) => html,
        Err(error) => {
            tracing::error!(%error, "a page could not be drawn");
            return (StatusCode::INTERNAL_SERVER_ERROR, "The page could not be drawn.\n").into_response();
        }
    };
    let mut response = (status, Html(body(html))).into_response();
    let headers = response.headers_mut();
    // What is taken back must be gone at once, and every language has the same address.
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    headers.insert(header::VARY, HeaderValue::from_static("Accept-Language"));
    response
}
