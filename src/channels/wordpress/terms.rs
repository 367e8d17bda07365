//! Categories and tags: found, or made.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use serde_json::{Value, json};

use super::errors::{self, Fault};
use super::{WordPress, content};
use crate::channels::Job;
use crate::receipt::Answer;

/// The ids that were looked up, so that a day's posts do not ask for the same category each time.
#[derive(Default)]
pub(super) struct Terms(Mutex<HashMap<(&'static str, String), i64>>);

impl Terms {
    /// Forgets everything: somebody deleted a term that was known.
    pub(super) fn forget(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    fn known(&self, kind: &'static str, name: &str) -> Option<i64> {
        let ids = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        ids.get(&(kind, name.to_owned())).copied()
    }

    fn remember(&self, kind: &'static str, name: &str, id: i64) {
        let mut ids = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        ids.insert((kind, name.to_owned()), id);
    }
}

impl WordPress {
    /// The id of the post's category, if it has one.
    pub(super) async fn category(&self, job: &Job) -> Result<Option<i64>, Answer> {
        let Some(category) = &job.post.category else {
            return Ok(None);
        };
        let slug = match self.language(job) {
            // With Polylang a category belongs to one language.
            Some(lang) => format!("{}-{lang}", category.key),
            None => category.key.clone(),
        };
        self.term("categories", &category.label, Some(&slug), job).await.map(Some)
    }

    /// The ids of the post's tags.
    pub(super) async fn tags(&self, job: &Job) -> Result<Vec<i64>, Answer> {
        let mut ids = Vec::new();
        for tag in job.post.tags.iter().filter(|tag| !tag.trim().is_empty()) {
            ids.push(self.term("tags", tag.trim(), None, job).await?);
        }
        Ok(ids)
    }

    /// The language to declare, where Polylang keeps one post a language.
    pub(super) fn language<'a>(&self, job: &'a Job) -> Option<&'a str> {
        job.post.languages.first().filter(|_| self.polylang).map(crate::item::Lang::as_str)
    }

    async fn term(&self, kind: &'static str, name: &str, slug: Option<&str>, job: &Job) -> Result<i64, Answer> {
        let key = slug.unwrap_or(name);
        if let Some(id) = self.terms.known(kind, key) {
            return Ok(id);
        }
        let id = match self.find_term(kind, name, slug).await? {
            Some(id) => id,
            None => self.create_term(kind, name, slug, job).await?,
        };
        self.terms.remember(kind, key, id);
        Ok(id)
    }

    async fn find_term(&self, kind: &str, name: &str, slug: Option<&str>) -> Result<Option<i64>, Answer> {
        let path = format!("/wp/v2/{kind}");
        if let Some(slug) = slug {
            let found = self.api.read(&path, &[("slug", slug), ("_fields", "id")]).await?;
            if let Some(id) = found[0]["id"].as_i64() {
                return Ok(Some(id));
            }
        }
        let query = [("search", name), ("per_page", "100"), ("_fields", "id,name")];
        let found = self.api.read(&path, &query).await?;
        Ok(found
            .as_array()
            .and_then(|terms| terms.iter().find(|term| is_named(term, name))?["id"].as_i64()))
    }

    async fn create_term(&self, kind: &str, name: &str, slug: Option<&str>, job: &Job) -> Result<i64, Answer> {
        let mut body = json!({ "name": name });
        if let Some(slug) = slug {
            body["slug"] = slug.into();
        }
        if let Some(lang) = self.language(job) {
            body["lang"] = lang.into();
        }
        match self.api.post(&format!("/wp/v2/{kind}"), &body).await {
            Ok(made) => made["id"].as_i64().ok_or_else(|| errors::shapeless(&made)),
            // Found by no search, yet there: WordPress compares names more loosely than it searches.
            Err(Fault::Refused(refusal)) if refusal.code == "term_exists" => {
                refusal.data["term_id"].as_i64().ok_or_else(|| errors::shapeless(&refusal.data))
            }
            // Making a term twice is refused by WordPress, so a lost answer does no harm.
            Err(fault) => Err(self.api.harmless(&fault)),
        }
    }
}

/// `ujë` and `uje` are two tags, `Ujë` and `ujë` one.
fn is_named(term: &Value, name: &str) -> bool {
    term["name"]
        .as_str()
        .is_some_and(|there| there.to_lowercase() == content::escaped(name).to_lowercase())
}
