//! `kasnec rules …`

mod check;
mod explain;
mod lacks;

use super::args::{Cli, RulesCommand};
use super::exit::{Exit, Failed};
use super::output::{self, line, table};
use super::session::configuration;
use crate::item::Lang;
use crate::rules::{Plan, Rule};
use crate::system::{Data, OfficeConfig};

/// Runs the command.
pub async fn run(cli: &Cli, command: &RulesCommand) -> Result<Exit, Failed> {
    match command {
        RulesCommand::Check => check::run(cli),
        RulesCommand::Explain(options) => explain::run(cli, options).await,
        RulesCommand::List { plan, lang } => list(cli, plan.as_deref(), lang.as_deref()),
    }
}

/// One row a rule, of every plan there is or of one.
fn list(cli: &Cli, plan: Option<&str>, lang: Option<&str>) -> Result<Exit, Failed> {
    let (loaded, _) = configuration(cli)?;
    let data = Data::read(&loaded.settings)?;
    let plans: Vec<&Plan> = data
        .rules
        .plans()
        .filter(|known| plan.is_none_or(|id| known.head.id == id))
        .collect();
    if plans.is_empty() {
        let known = data.rules.plans().map(|plan| plan.head.id.as_str()).collect::<Vec<_>>().join(", ");
        return Err(Failed::Input(format!(
            "there is no plan \"{}\"; there are: {known}",
            plan.unwrap_or_default()
        )));
    }
    if cli.json {
        let rules = plans.iter().flat_map(|plan| {
            plan.rules
                .iter()
                .map(|rule| serde_json::json!({"plan": plan.head.id, "version": rule.version, "rule": rule}))
        });
        output::json(&rules.collect::<Vec<_>>());
        return Ok(Exit::Done);
    }
    let lang = match lang {
        Some(lang) => language(lang)?,
        None => leading(chosen(cli, &data)?)?,
    };
    for plan in plans {
        line(plan.head.title.get(&lang, &[]).map_or("", String::as_str));
        let rows = plan.rules.iter().map(|rule| row(rule, &lang)).collect();
        table(
            &["rule", "row", "title", "time", "severity", "certainty", "source"],
            rows,
            "it has no rules",
        );
    }
    Ok(Exit::Done)
}

fn row(rule: &Rule, lang: &Lang) -> Vec<String> {
    vec![
        rule.id.clone(),
        rule.plan.clone(),
        rule.title.get(lang, &[]).cloned().unwrap_or_default(),
        time(rule),
        written(rule.severity),
        written(rule.certainty),
        rule.article.clone().unwrap_or_else(|| rule.source.clone()),
    ]
}

/// A value as the file has it.
fn written(value: impl serde::Serialize) -> String {
    let value = serde_json::to_value(value).unwrap_or_default();
    value.as_str().unwrap_or_default().to_owned()
}

/// "7 days before `meeting_start`", as the file has it.
fn time(rule: &Rule) -> String {
    let anchor = rule.anchor.0.join(" / ");
    match (rule.before, rule.after) {
        (Some(span), _) => format!("{span} before {anchor}"),
        (None, Some(span)) => format!("{span} after {anchor}"),
        (None, None) => "–".to_owned(),
    }
}

fn language(code: &str) -> Result<Lang, Failed> {
    code.parse()
        .map_err(|bad: crate::item::lang::BadLang| Failed::Input(bad.to_string()))
}

/// The office the command is about.
fn chosen<'a>(cli: &Cli, data: &'a Data) -> Result<&'a OfficeConfig, Failed> {
    let known = || data.offices.keys().cloned().collect::<Vec<_>>().join(", ");
    let found = match &cli.office {
        Some(id) => data.offices.get(id),
        None => data.offices.values().next().filter(|_| data.offices.len() == 1),
    };
    found.ok_or_else(|| Failed::Input(format!("which office? Add --office; there are: {}", known())))
}

fn leading(config: &OfficeConfig) -> Result<Lang, Failed> {
    let first = config.office.languages.first().cloned();
    first.ok_or_else(|| Failed::Input("the office has no language".to_owned()))
}
