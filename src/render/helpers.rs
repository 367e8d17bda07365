//! The helpers that templates may call. Their results are escaped like any other value.

use std::borrow::Cow;

use fluent_templates::fluent_bundle::FluentValue;
use handlebars::{Context, Handlebars, Helper, HelperDef, RenderContext, RenderError, RenderErrorReason, ScopedJson};
use serde_json::Value;

use super::dates::respoken;
use super::fit::truncate;
use super::slug::url_encode;
use super::words::{Args, say};

/// Every helper a template may call: Handlebars' own, then ours.
pub const KNOWN: &[&str] = &[
    "if",
    "unless",
    "each",
    "with",
    "lookup",
    "eq",
    "ne",
    "gt",
    "gte",
    "lt",
    "lte",
    "and",
    "or",
    "not",
    "len",
    "date",
    "truncate",
    "join",
    "numbered",
    "t",
    "json",
    "urlencode",
    "upper",
];

/// How far up a template may stand from the version whose language it speaks.
const SCOPES: [&str; 4] = ["../lang", "../../lang", "../../../lang", "../../../../lang"];

type Answer = Result<Value, RenderError>;

/// Adds our helpers to a registry.
pub fn register(registry: &mut Handlebars<'static>) {
    let mut add = |name: &'static str, run: fn(&Call<'_, '_>) -> Answer| registry.register_helper(name, Box::new(Tool { name, run }));
    add("date", date);
    add("truncate", cut);
    add("join", join);
    add("numbered", numbered);
    add("t", text);
    add("json", json);
    add("urlencode", |call| Ok(url_encode(&call.shown(0)?).into()));
    add("upper", |call| Ok(upper(&call.shown(0)?, &call.lang).into()));
}

struct Tool {
    name: &'static str,
    run: fn(&Call<'_, '_>) -> Answer,
}

/// A helper's parameters, read strictly, and the language in force where it stands.
struct Call<'a, 'rc> {
    name: &'static str,
    helper: &'a Helper<'rc>,
    lang: String,
}

impl HelperDef for Tool {
    fn call_inner<'reg: 'rc, 'rc>(
        &self,
        helper: &Helper<'rc>,
        _: &'reg Handlebars<'reg>,
        context: &'rc Context,
        scope: &mut RenderContext<'reg, 'rc>,
    ) -> Result<ScopedJson<'rc>, RenderError> {
        let call = Call {
            name: self.name,
            helper,
            lang: lang(context, scope),
        };
        (self.run)(&call).map(ScopedJson::Derived)
    }
}

impl Call<'_, '_> {
    fn value(&self, index: usize) -> Result<&Value, RenderError> {
        let parameter = self
            .helper
            .param(index)
            .ok_or(RenderErrorReason::ParamNotFoundForIndex(self.name, index))?;
        if parameter.is_value_missing() {
            return Err(RenderError::strict_error(parameter.relative_path()));
        }
        Ok(parameter.value())
    }

    fn shown(&self, index: usize) -> Result<String, RenderError> {
        Ok(show(self.value(index)?))
    }

    fn list(&self, index: usize) -> Result<Vec<String>, RenderError> {
        match self.value(index)? {
            Value::Array(items) => Ok(items.iter().map(show).collect()),
            Value::Null => Ok(Vec::new()),
            _ => Err(self.failed("needs a list")),
        }
    }

    fn failed(&self, what: &str) -> RenderError {
        RenderErrorReason::Other(format!("{{{{{} …}}}} {what}", self.name)).into()
    }
}

/// `{{date value style="long|date|stamp|time|short|iso"}}`: a date fact, or an ISO date or instant.
fn date(call: &Call<'_, '_>) -> Answer {
    let style = call.helper.hash_get("style").map_or_else(|| "long".to_owned(), |s| show(s.value()));
    let value = call.value(0)?;
    let iso = value.get("iso").unwrap_or(value).as_str();
    let spoken = iso
        .and_then(|iso| respoken(iso, &call.lang))
        .ok_or_else(|| call.failed("needs a date, for example act.at"))?;
    Ok(match style.as_str() {
        "long" => spoken.long,
        "date" => spoken.date,
        "stamp" => spoken.stamp,
        "time" => spoken.time,
        "short" => spoken.short,
        "iso" => spoken.iso,
        _ => return Err(call.failed("knows the styles long, date, stamp, time, short and iso")),
    }
    .into())
}

/// `{{truncate text 200}}`: one paragraph, cut at a word, with "…".
fn cut(call: &Call<'_, '_>) -> Answer {
    let limit = call.value(1)?.as_u64().and_then(|n| usize::try_from(n).ok());
    let limit = limit.ok_or_else(|| call.failed("needs a number of characters"))?;
    let paragraph = call.shown(0)?.split_whitespace().collect::<Vec<_>>().join(" ");
    Ok(truncate(&paragraph, limit).into())
}

/// `{{join list ", "}}`.
fn join(call: &Call<'_, '_>) -> Answer {
    Ok(call.list(0)?.join(&call.shown(1)?).into())
}

/// `{{numbered list limit=15}}`: a line for each, counted from 1; beyond the limit, how many more there are.
fn numbered(call: &Call<'_, '_>) -> Answer {
    let list = call.list(0)?;
    let limit = call
        .helper
        .hash_get("limit")
        .and_then(|n| usize::try_from(n.value().as_u64()?).ok());
    let shown = limit.filter(|limit| *limit < list.len()).unwrap_or(list.len());
    let mut lines: Vec<String> = list[..shown]
        .iter()
        .enumerate()
        .map(|(i, line)| format!("{}. {line}", i + 1))
        .collect();
    if shown < list.len() {
        let args = Args::from([("count".into(), FluentValue::from(list.len() - shown))]);
        lines.push(format!("… {}", say(&call.lang, "more-points", &args).unwrap_or_default()));
    }
    Ok(lines.join("\n").into())
}

/// `{{t "key" count=n}}`: a text from the locales, in the language in force.
fn text(call: &Call<'_, '_>) -> Answer {
    let key = call.shown(0)?;
    let mut args = Args::new();
    for (name, value) in call.helper.hash() {
        if value.is_value_missing() {
            return Err(RenderError::strict_error(value.relative_path()));
        }
        args.insert(Cow::Owned((*name).to_owned()), fluent(value.value()));
    }
    let text = say(&call.lang, &key, &args).ok_or_else(|| call.failed(&format!("finds no text \"{key}\" in locales/")))?;
    Ok(text.into())
}

/// `{{json value}}`: as JSON, a text with its quotes.
fn json(call: &Call<'_, '_>) -> Answer {
    Ok(call.value(0)?.to_string().into())
}

fn fluent(value: &Value) -> FluentValue<'static> {
    match value {
        Value::Number(n) => match n.as_i64() {
            Some(whole) => FluentValue::from(whole),
            None => FluentValue::from(n.as_f64().unwrap_or_default()),
        },
        other => FluentValue::from(show(other)),
    }
}

fn show(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        other => other.to_string(),
    }
}

/// Turkish has two letters i: its capital of `i` is `İ`.
fn upper(text: &str, lang: &str) -> String {
    if lang == "tr" {
        text.replace('i', "İ").to_uppercase()
    } else {
        text.to_uppercase()
    }
}

/// The `lang` of the nearest scope that has one.
fn lang<'rc>(context: &'rc Context, scope: &RenderContext<'_, 'rc>) -> String {
    if let Some(lang) = here(context, scope) {
        return lang.to_owned();
    }
    let above = SCOPES.iter().find_map(|path| {
        let found = scope.evaluate(context, path).ok()?;
        found.as_json().as_str().map(str::to_owned)
    });
    above.unwrap_or_else(|| "en".to_owned())
}

/// The block's own `lang`, found without parsing a path: nearly every scope has one.
fn here<'a>(context: &'a Context, scope: &'a RenderContext<'_, '_>) -> Option<&'a str> {
    let block = scope.block()?;
    let value = match block.base_value() {
        Some(value) => value,
        None => block.base_path().iter().try_fold(context.data(), |value, step| match value {
            Value::Array(items) => items.get(step.parse::<usize>().ok()?),
            other => other.get(step),
        })?,
    };
    value.get("lang")?.as_str()
}
