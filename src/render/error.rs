//! Why something could not be said, so that whoever wrote the template or the manifest can mend it.

use handlebars::{RenderErrorReason, TemplateError};

/// Why there is no post.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[allow(missing_docs, reason = "every message says what its fields are")]
pub enum RenderError {
    /// A template is not Handlebars.
    #[error("templates/{file}:{line}: {what}; mend that line, until then the templates that worked stay in force")]
    Syntax { file: String, line: usize, what: String },
    /// A template includes a partial that does not exist.
    #[error("templates/{file}:{line}: there is no partial \"{name}\"; write templates/partials/{name}.hbs or mend the name")]
    UnknownPartial { file: String, line: usize, name: String },
    /// A template calls a helper that does not exist.
    #[error("templates/{file}:{line}: there is no helper \"{name}\"; write {{{{#if …}}}} or {{{{#each …}}}}, or one of: {known}")]
    UnknownHelper {
        file: String,
        line: usize,
        name: String,
        known: String,
    },
    /// A template asks for a text that the locales do not have.
    #[error(
        "templates/{file}:{line}: no locale has the text \"{key}\" with these values; add it to locales/*/*.ftl, or mend the key or its values"
    )]
    UnknownText { file: String, line: usize, key: String },
    /// A template uses a value that this item does not have.
    #[error(
        "templates/{file}:{line}: this item has no value \"{value}\"; mend the name, or stand it inside {{{{#if {value}}}}} … {{{{/if}}}}"
    )]
    MissingValue { file: String, line: usize, value: String },
    /// Anything else that went wrong inside a template.
    #[error("templates/{file}:{line}: {what}; mend that line")]
    Failed { file: String, line: usize, what: String },
    /// A template inside a manifest cannot be filled.
    #[error("a template in the manifest, line {line}: {what}; mend it in channels/*.toml")]
    Unfilled { line: usize, what: String },
    /// The manifest names a template that is not there.
    #[error(
        "channels/{channel}.toml: the part \"{part}\" wants templates/{channel}/{template}, which does not exist; write it or mend the name"
    )]
    NoTemplate { channel: String, part: String, template: String },
    /// Longer than the channel takes.
    #[error("the part \"{part}\" has {length} characters, {channel} takes {limit}; shorten the text, or attach its long part")]
    TooLong {
        channel: String,
        part: String,
        length: usize,
        limit: usize,
    },
    /// No language was asked for.
    #[error("no language was asked for; name at least one in which the item is written")]
    NoLanguage,
    /// A language was asked for in which nothing is written.
    #[error("the item is not written in \"{lang}\"; write that translation, or leave the language out")]
    NoText { lang: String },
    /// The item's kind is not known (any more).
    #[error("the kind \"{kind}\" is in no kinds file; put it back, published items still need its labels")]
    UnknownKind { kind: String },
}

impl RenderError {
    pub(super) fn syntax(file: &str, error: &TemplateError) -> Self {
        Self::Syntax {
            file: file.to_owned(),
            line: error.pos().map_or(1, |(line, _)| line),
            what: error.reason().to_string().replace('\n', " "),
        }
    }

    pub(super) fn running(template: &str, error: &handlebars::RenderError) -> Self {
        let file = file_of(error.template_name.as_deref().unwrap_or(template));
        let line = error.line_no.unwrap_or(1);
        match error.reason() {
            RenderErrorReason::MissingVariable(value) => Self::MissingValue {
                file,
                line,
                value: value.clone().unwrap_or_else(|| "(computed)".to_owned()),
            },
            other => Self::Failed {
                file,
                line,
                what: other.to_string(),
            },
        }
    }
}

/// The file of a registered template: partials are registered by their stem alone.
pub(super) fn file_of(name: &str) -> String {
    if name.contains('/') {
        name.to_owned()
    } else {
        format!("partials/{name}.hbs")
    }
}
