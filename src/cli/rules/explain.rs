//! `kasnec rules explain`: how each deadline came about, of an item in the store, of one in a file, or of none.

use std::collections::BTreeMap;
use std::path::Path;

use chrono::NaiveDate;
use serde_json::{Value, json};

use super::{chosen, language, leading};
use crate::cli::args::{Cli, ExplainArgs};
use crate::cli::exit::{Exit, Failed};
use crate::cli::input::read_one;
use crate::cli::output::{self, line};
use crate::cli::session::{Session, configuration};
use crate::item::{Content, FactValue, Kinds, Lang, Moment};
use crate::register::explain::{Teller, Telling};
use crate::register::view::View;
use crate::rules::{Bound, Explained, Known, PERIOD_END, PERIOD_START, PUBLISHED, Period, QUEUED, Rule, Rules};
use crate::system::{Data, OfficeConfig};

/// Runs the command.
pub async fn run(cli: &Cli, options: &ExplainArgs) -> Result<Exit, Failed> {
    if let (Some(rule), Some(anchor)) = (&options.rule, &options.anchor) {
        return of_nothing(cli, options, rule, anchor);
    }
    if options.item.is_none() && options.file.is_none() {
        return Err(Failed::Input(
            "of what? Name an item, or --file FILE, or with --rule also --anchor \"2026-11-24 10:00\"".to_owned(),
        ));
    }
    let session = Session::open(cli).await?;
    let config = session.office()?;
    let lang = match &options.lang {
        Some(lang) => language(lang)?,
        None => match session.person().await {
            Ok(person) => language(&person.lang)?,
            Err(_) => leading(config)?,
        },
    };
    let (content, known) = match (&options.file, &options.item) {
        (Some(file), _) => of_file(&session, file)?,
        (None, reference) => of_item(&session, reference.as_deref().unwrap_or_default()).await?,
    };
    let system = &session.system;
    let published = system.kinds.get(&content.kind).is_some_and(|kind| kind.published);
    let mut explained = system.rules.explain(&config.settings.rules, &content, published, &known);
    explained.retain(|explained| options.rule.as_ref().is_none_or(|rule| *rule == explained.rule.id));
    let teller = teller(config, &system.kinds, &lang);
    print(cli, &explained, |explained| teller.tell(explained, &content.kind));
    Ok(Exit::Done)
}

async fn of_item(session: &Session, reference: &str) -> Result<(Content, Known), Failed> {
    let config = session.office()?;
    let item = session.system.store.item(&config.office.id, reference).await?;
    let view = View::load(&session.system, item.id).await?;
    let view = view.ok_or_else(|| Failed::Input(format!("{reference} has no text yet")))?;
    let known = view.told(config.office.zone).known;
    Ok((view.content, known))
}

/// What is not queued counts as queued now.
fn of_file(session: &Session, file: &Path) -> Result<(Content, Known), Failed> {
    let config = session.office()?;
    let known = Known {
        queued: Some(session.system.clock.now()),
        ..Known::zone(config.office.zone)
    };
    Ok((read_one(&session.system, &config.office, file)?.content, known))
}

/// A rule alone, counted from what the command line says: no item and no store are needed.
fn of_nothing(cli: &Cli, options: &ExplainArgs, rule: &str, anchor: &str) -> Result<Exit, Failed> {
    let (loaded, _) = configuration(cli)?;
    let data = Data::read(&loaded.settings)?;
    let config = chosen(cli, &data)?;
    let bound = found(&data.rules, &config.settings.rules, rule)?;
    let lang = options.lang.as_deref().map_or_else(|| leading(config), language)?;
    let (content, known) = supposed(&data.kinds, config, bound.rule, anchor, &options.fact)?;
    let mut steps = Vec::new();
    let due = bound.rule.due(Some(&content), &known, bound.calendar, &mut steps);
    let rule = bound.rule;
    let teller = teller(config, &data.kinds, &lang);
    print(cli, &[Explained { rule, steps, due }], |explained| {
        teller.tell(explained, &content.kind)
    });
    Ok(Exit::Done)
}

/// The office's own plans first: two plans may use one name.
fn found<'a>(rules: &'a Rules, own: &[String], id: &str) -> Result<Bound<'a>, Failed> {
    let all: Vec<String> = rules.plans().map(|plan| plan.head.id.clone()).collect();
    rules
        .rule(own, id)
        .or_else(|| rules.rule(&all, id))
        .ok_or_else(|| Failed::Input(format!("there is no rule \"{id}\"; see them all with: kasnec rules list")))
}

/// An item that says no more than what the rule counts from.
fn supposed(kinds: &Kinds, config: &OfficeConfig, rule: &Rule, anchor: &str, more: &[String]) -> Result<(Content, Known), Failed> {
    let zone = config.office.zone;
    let kind = rule.follows.as_ref().map_or(&rule.kinds, |follows| &follows.kinds);
    let mut content = bare(kind.first().cloned().unwrap_or_default());
    let mut known = Known::zone(zone);
    let moment =
        || Moment::parse(anchor, zone).map_err(|bad| Failed::Input(format!("--anchor: {bad}; write for example \"2026-11-24 10:00\"")));
    match (rule.anchor.0.first().map(String::as_str), &rule.every) {
        (None, _) => return Err(Failed::Input(format!("the rule \"{}\" sets no time", rule.id))),
        (Some(PERIOD_START | PERIOD_END), Some(every)) => {
            let day: NaiveDate = anchor
                .parse()
                .map_err(|_| Failed::Input(format!("--anchor: \"{anchor}\" is not a day; write for example \"2027-06-30\"")))?;
            known = Period::of(every.period, day).map_or(known, |period| known.within(period));
        }
        (Some(QUEUED), _) => known.queued = Some(moment()?.at),
        (Some(PUBLISHED), _) => known.published = Some(moment()?.at),
        (Some(fact), _) => {
            let value = fact_of(kinds, &content.kind, fact, anchor, config)?;
            content.facts.insert(fact.to_owned(), value);
        }
    }
    for given in more {
        let (fact, text) = given
            .split_once('=')
            .ok_or_else(|| Failed::Input(format!("--fact: \"{given}\" is not NAME=VALUE; write for example session=urgent")))?;
        let value = fact_of(kinds, &content.kind, fact, text, config)?;
        content.facts.insert(fact.to_owned(), value);
    }
    Ok((content, known))
}

fn fact_of(kinds: &Kinds, kind: &str, fact: &str, text: &str, config: &OfficeConfig) -> Result<FactValue, Failed> {
    let spec = kinds.fact(kind, fact).ok_or_else(|| {
        let known = kinds
            .facts(kind)
            .iter()
            .map(|(name, _)| name.as_str())
            .collect::<Vec<_>>()
            .join(", ");
        Failed::Input(format!("the kind \"{kind}\" has no fact \"{fact}\"; it has: {known}"))
    })?;
    let value = text.parse::<i64>().map_or_else(|_| Value::from(text), Value::from);
    FactValue::read(spec, &value, config.office.zone)
        .map_err(|bad| Failed::Input(format!("{fact}: {bad}; write it like {}", spec.kind.example())))
}

fn bare(kind: String) -> Content {
    Content {
        kind,
        reference: String::new(),
        release: None,
        tags: vec![],
        facts: BTreeMap::new(),
        translations: BTreeMap::new(),
        attachments: vec![],
    }
}

fn teller<'a>(config: &'a OfficeConfig, kinds: &'a Kinds, lang: &'a Lang) -> Teller<'a> {
    Teller {
        lang,
        kinds,
        zone: config.office.zone,
        official: &config.settings.official_languages,
    }
}

fn print(cli: &Cli, explained: &[Explained<'_>], tell: impl Fn(&Explained<'_>) -> Telling) {
    if cli.json {
        let told = explained
            .iter()
            .map(|explained| json!({"told": tell(explained), "steps": explained.steps, "due": explained.due.as_ref().ok(), "unsettled": explained.due.as_ref().err()}));
        output::json(&told.collect::<Vec<_>>());
    } else if explained.is_empty() {
        line("No rule that binds the office asks anything of it.");
    } else {
        for explained in explained {
            line(tell(explained).to_string());
        }
    }
}
