//! `GET /feeds`: every feed, said so that somebody who has never heard of one can use it.

use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;

use super::layout::{Layout, Link, draw, feed};
use super::missing;
use super::visit::Visit;
use crate::item::Lang;
use crate::render::words::word;
use crate::store::StoreError;

#[derive(Template)]
#[template(path = "subscribe.html")]
struct Subscribe {
    page: Layout,
    groups: Vec<Group>,
}

/// The feeds of a language.
struct Group {
    lang: String,
    name: String,
    feeds: Vec<Link>,
}

/// `GET /feeds`.
pub async fn show(visit: Visit) -> Response {
    match subscribe(&visit).await {
        Ok(page) => draw(StatusCode::OK, &page),
        Err(error) => missing::failed(&visit, &error),
    }
}

async fn subscribe(visit: &Visit) -> Result<Subscribe, StoreError> {
    let title = word(visit.lang.as_str(), "site-subscribe", &[]);
    let mut groups = vec![];
    for lang in &visit.office().languages {
        groups.push(group(visit, lang).await?);
    }
    let page = Layout::of(visit, title, None).await?;
    Ok(Subscribe { page, groups })
}

async fn group(visit: &Visit, lang: &Lang) -> Result<Group, StoreError> {
    let found = visit.web.system.store.feed_categories(&visit.office().id, lang.as_str()).await?;
    let mut feeds: Vec<Link> = found.iter().map(|key| feed(visit, lang, Some(key))).collect();
    feeds.sort_by_key(|link| link.label.to_lowercase());
    feeds.insert(0, feed(visit, lang, None));
    Ok(Group {
        lang: lang.tag().to_owned(),
        name: word(lang.as_str(), "language-name", &[]),
        feeds,
    })
}
