//! Compiled templates, and the one way from a request to a post.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;

use handlebars::{Context, Handlebars, Template};
use serde_json::Value;

use super::context::Prepared;
use super::error::file_of;
use super::fill::Fillings;
use super::fit::{TooLong, fit, tidy};
use super::include::{self, include};
use super::inspect::inspect;
use super::{Post, RenderError, Request, helpers};
use crate::manifest::{Format, Manifest, Part};

/// All templates, compiled once; share it in an `Arc`.
pub struct Renderer {
    /// The same templates twice: a partial must escape where the part is HTML, and must not where it is text.
    html: Handlebars<'static>,
    text: Handlebars<'static>,
    fillings: Fillings,
}

impl Renderer {
    /// Compiles and checks `(path below templates/, source)` pairs; files that are not `.hbs` are passed over.
    pub fn new(templates: impl IntoIterator<Item = (String, String)>) -> Result<Self, RenderError> {
        let compiled = templates
            .into_iter()
            .filter(|(file, _)| Path::new(file).extension().is_some_and(|ending| ending == "hbs"))
            .map(|(file, source)| compile(&file, &source))
            .collect::<Result<Vec<_>, _>>()?;
        let partials: HashMap<String, Template> = compiled.iter().filter(|(name, _)| !name.contains('/')).cloned().collect();
        let mut renderer = Self {
            html: registry(escape_html),
            text: registry(str::to_owned),
            fillings: Fillings::default(),
        };
        for (name, template) in compiled {
            inspect(&template, &partials)?;
            let whole = include(&template, &partials)?;
            renderer.html.register_template(&name, whole.clone());
            renderer.text.register_template(&name, whole);
        }
        Ok(renderer)
    }

    /// Whether every part of the channel has its template.
    pub fn covers(&self, manifest: &Manifest) -> Result<(), RenderError> {
        manifest
            .parts
            .iter()
            .try_for_each(|(name, part)| self.template(manifest, name, part, "").map(drop))
    }

    /// Says the item on the channel.
    pub fn render(&self, request: &Request<'_>) -> Result<Post, RenderError> {
        let Prepared {
            link,
            title,
            category,
            media,
            values,
        } = Prepared::of(request)?;
        let context = Context::from(values);
        let mut parts = BTreeMap::new();
        for (name, part) in &request.manifest.parts {
            parts.insert(name.clone(), self.part(request, name, part, &context, &link)?);
        }
        Ok(Post {
            channel: request.manifest.id.clone(),
            languages: request.languages.to_vec(),
            slug: request.slug.to_owned(),
            link,
            title,
            kind: request.content.kind.clone(),
            category,
            tags: request.content.tags.clone(),
            parts,
            media,
        })
    }

    /// Fills a small text template that is not a file (a manifest's URL, header or body); nothing is escaped but by `json` and `urlencode`.
    pub fn fill(&self, template: &str, data: &Value) -> Result<String, RenderError> {
        if template.contains("{{") {
            self.fillings.fill(&self.text, template, data)
        } else {
            Ok(template.to_owned())
        }
    }

    fn part(&self, request: &Request<'_>, name: &str, part: &Part, context: &Context, link: &str) -> Result<String, RenderError> {
        let template = self.template(request.manifest, name, part, &request.content.kind)?;
        let registry = match part.format {
            Format::Html => &self.html,
            Format::Text => &self.text,
        };
        let said = registry
            .render_with_context(&template, context)
            .map_err(|error| RenderError::running(&template, &error))?;
        let said = match part.format {
            Format::Html => said,
            Format::Text => tidy(&said),
        };
        fit(part, said, link).map_err(|TooLong(length)| RenderError::TooLong {
            channel: request.manifest.id.clone(),
            part: name.to_owned(),
            length,
            limit: part.limit,
        })
    }

    fn template(&self, manifest: &Manifest, name: &str, part: &Part, kind: &str) -> Result<String, RenderError> {
        let stem = part.template.strip_suffix(".hbs").unwrap_or(&part.template);
        [format!("{}/{stem}.{kind}.hbs", manifest.id), format!("{}/{stem}.hbs", manifest.id)]
            .into_iter()
            .find(|candidate| self.text.has_template(candidate))
            .ok_or_else(|| RenderError::NoTemplate {
                channel: manifest.id.clone(),
                part: name.to_owned(),
                template: part.template.clone(),
            })
    }
}

fn compile(file: &str, source: &str) -> Result<(String, Template), RenderError> {
    let name = file
        .strip_prefix("partials/")
        .and_then(|partial| partial.strip_suffix(".hbs"))
        .unwrap_or(file);
    let template = Template::compile_with_name(source, name.to_owned()).map_err(|error| RenderError::syntax(&file_of(name), &error))?;
    Ok((name.to_owned(), template))
}

fn registry(escape: fn(&str) -> String) -> Handlebars<'static> {
    let mut registry = Handlebars::new();
    registry.set_strict_mode(true);
    registry.set_prevent_indent(true);
    registry.register_escape_fn(escape);
    helpers::register(&mut registry);
    include::register(&mut registry);
    registry
}

/// The five characters that mean something in HTML; Handlebars' own function would also spell out every `=` of an address.
pub fn escape_html(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            other => out.push(other),
        }
    }
    out
}
