//! `kasnec due …`

use std::io::Write;
use std::path::Path;

use chrono::{DateTime, Days, Utc};

use super::args::{Cli, DueArgs, DueCommand, DueList};
use super::exit::{Exit, Failed};
use super::language::spoken;
use super::output::{self, line, table};
use super::session::Session;
use crate::item::{Lang, Moment};
use crate::register::{self, Detail, Filter, Line, Speaker, Standing, ical, settle};
use crate::render::words::word;
use crate::rules::{Due, Subject};
use crate::store::obligations::Proof;
use crate::store::rows::Role;

/// Runs the command.
pub async fn run(cli: &Cli, args: &DueArgs) -> Result<Exit, Failed> {
    let session = Session::open(cli).await?;
    let desk = Desk { cli, session };
    match &args.command {
        None => match &args.list.ics {
            Some(file) => desk.calendar(&args.list, file).await,
            None => desk.list(&args.list).await,
        },
        Some(DueCommand::Show { duty, lang }) => desk.show(*duty, lang.as_deref()).await,
        Some(DueCommand::Settle { duty, proof, at }) => desk.settle(*duty, proof, at.as_deref()).await,
        Some(DueCommand::Reason { duty, reason }) => desk.reason(*duty, reason).await,
        Some(DueCommand::Lift { duty, reason }) => desk.lift(*duty, reason).await,
    }
}

struct Desk<'a> {
    cli: &'a Cli,
    session: Session,
}

impl Desk<'_> {
    async fn list(&self, list: &DueList) -> Result<Exit, Failed> {
        let config = self.session.office()?;
        let speaker = self.speaker(list.lang.as_deref()).await?;
        let (now, zone) = (self.session.system.clock.now(), config.office.zone);
        let filter = Filter::new(now, zone, list.until, list.unit.clone(), list.all);
        let lines = register::due(&self.session.system, config, &filter).await?;
        if self.cli.json {
            output::json(&lines);
            return Ok(Exit::Done);
        }
        let day = list.until.unwrap_or(now.with_timezone(&zone).date_naive());
        let further = day.checked_add_days(Days::new(365)).unwrap_or(day).to_string();
        let nothing = word(speaker.lang.as_str(), "due-nothing", &[("until", &further)]);
        let rows = if list.until.is_some() { each(&lines) } else { gathered(&lines) };
        print_rows(&speaker, &rows, &nothing);
        Ok(Exit::Done)
    }

    async fn calendar(&self, list: &DueList, file: &Path) -> Result<Exit, Failed> {
        let lang = self.speaker(list.lang.as_deref()).await?.lang;
        let system = &self.session.system;
        let filter = Filter::everything(system.clock.now(), list.unit.clone());
        let calendar = ical::calendar(system, self.session.office()?, lang, &filter).await?;
        if file == Path::new("-") {
            // A closed pipe is no failure.
            let _ = std::io::stdout().write_all(calendar.as_bytes());
            return Ok(Exit::Done);
        }
        std::fs::write(file, calendar).map_err(|e| Failed::Outside(format!("{} cannot be written: {e}", file.display())))?;
        Ok(Exit::Done)
    }

    async fn show(&self, id: i64, lang: Option<&str>) -> Result<Exit, Failed> {
        let speaker = self.speaker(lang).await?;
        let detail = register::detail(&self.session.system, self.session.office()?, id).await?;
        if self.cli.json {
            output::json(&detail);
            return Ok(Exit::Done);
        }
        print_detail(&speaker, &detail);
        Ok(Exit::Done)
    }

    async fn settle(&self, id: i64, proof: &str, at: Option<&str>) -> Result<Exit, Failed> {
        let person = self.session.person_with(Role::Editor).await?;
        let config = self.session.office()?;
        let at = at.map(|at| Moment::parse(at, config.office.zone)).transpose();
        let at = at.map_err(|bad| Failed::Input(format!("--at: {bad}")))?.map(|moment| moment.at);
        register::refresh(&self.session.system, config).await?;
        settle::settle(&self.session.system, &person, config, id, at, proof).await?;
        self.said(id).await
    }

    async fn reason(&self, id: i64, reason: &str) -> Result<Exit, Failed> {
        let person = self.session.person_with(Role::Editor).await?;
        let config = self.session.office()?;
        register::refresh(&self.session.system, config).await?;
        settle::give_reason(&self.session.system, &person, config, id, reason).await?;
        self.said(id).await
    }

    async fn lift(&self, id: i64, reason: &str) -> Result<Exit, Failed> {
        let person = self.session.person_with(Role::Editor).await?;
        let config = self.session.office()?;
        register::refresh(&self.session.system, config).await?;
        settle::lift(&self.session.system, &person, config, id, reason).await?;
        self.said(id).await
    }

    /// How a duty stands after what was done to it.
    async fn said(&self, id: i64) -> Result<Exit, Failed> {
        let detail = register::detail(&self.session.system, self.session.office()?, id).await?;
        if self.cli.json {
            output::json(&detail);
            return Ok(Exit::Done);
        }
        let speaker = self.speaker(None).await?;
        let standing = speaker.standing(detail.duty.standing);
        let reason = detail
            .duty
            .obligation
            .reason
            .as_ref()
            .map(|reason| format!(" ({reason})"))
            .unwrap_or_default();
        line(format!("{id}: {}: {standing}{reason}", speaker.what(&detail.duty)));
        Ok(Exit::Done)
    }

    async fn speaker(&self, lang: Option<&str>) -> Result<Speaker<'_>, Failed> {
        let lang = match lang {
            Some(lang) => spoken(lang)?,
            None => self.session.lang().await?,
        };
        Ok(Speaker::new(&self.session.system, self.session.office()?, lang))
    }
}

/// A duty, and those that stand for no row of their own because they differ from it in the period alone.
struct Row<'a> {
    line: &'a Line,
    more: Vec<&'a Line>,
}

fn each(lines: &[Line]) -> Vec<Row<'_>> {
    lines.iter().map(|line| Row { line, more: vec![] }).collect()
}

/// What comes round every week would hide the rest: of what is on course, only the next one has a row.
fn gathered(lines: &[Line]) -> Vec<Row<'_>> {
    let mut rows: Vec<Row<'_>> = Vec::new();
    for line in lines {
        match rows.iter_mut().find(|row| comes_again(row.line, line)) {
            Some(row) => row.more.push(line),
            None => rows.push(Row { line, more: vec![] }),
        }
    }
    rows
}

fn comes_again(one: &Line, other: &Line) -> bool {
    let (first, second) = (&one.obligation, &other.obligation);
    let named = match (&first.subject, &second.subject) {
        (
            Subject::Period { period, name, .. },
            Subject::Period {
                period: later, name: same, ..
            },
        ) => period != later && name == same,
        _ => false,
    };
    named && first.rule == second.rule && [one, other].iter().all(|line| line.standing == Standing::OnCourse)
}

/// Prints duties as a table; below what is at risk stands why, and what to do.
pub fn print(speaker: &Speaker<'_>, lines: &[Line], nothing: &str) {
    print_rows(speaker, &each(lines), nothing);
}

fn print_rows(speaker: &Speaker<'_>, rows: &[Row<'_>], nothing: &str) {
    let heads = ["due-number", "due-standing", "due-safe-by", "due-latest-by", "due-unit", "due-what"].map(|key| speaker.word(key));
    let rows = rows.iter().map(|Row { line, more }| {
        let by = |of: fn(&Due) -> DateTime<Utc>| {
            line.obligation
                .due
                .as_ref()
                .map_or_else(|| "–".to_owned(), |due| speaker.deadline(of(due)))
        };
        vec![
            line.obligation.id.to_string(),
            speaker.standing(line.standing),
            by(|due| due.safe_by),
            by(|due| due.latest_by),
            speaker.unit(line),
            [vec![speaker.what(line)], remarks(speaker, line), again(speaker, more)]
                .concat()
                .join("\n"),
        ]
    });
    table(&heads.each_ref().map(String::as_str), rows.collect(), nothing);
}

/// That it comes round again: how often, and until when.
fn again(speaker: &Speaker<'_>, more: &[&Line]) -> Vec<String> {
    let Some(last) = more.iter().filter_map(|line| line.safe_by()).max() else {
        return vec![];
    };
    let (count, until) = (more.len().to_string(), speaker.deadline(last));
    vec![format!(
        "  {}",
        word(speaker.lang.as_str(), "due-more", &[("count", &count), ("until", &until)])
    )]
}

fn remarks(speaker: &Speaker<'_>, line: &Line) -> Vec<String> {
    let advice = speaker.advice(line).into_iter();
    let mut remarks: Vec<String> = advice.map(|advice| format!("  {} → {}", advice.why, advice.step)).collect();
    remarks.extend(
        line.obligation
            .reason
            .as_ref()
            .map(|reason| format!("  {}: {reason}", speaker.word("due-reason"))),
    );
    remarks
}

fn print_detail(speaker: &Speaker<'_>, detail: &Detail) {
    let owed = &detail.duty.obligation;
    print(speaker, std::slice::from_ref(&detail.duty), "");
    let version = word(speaker.lang.as_str(), "due-version", &[("version", &owed.version)]);
    let row = word(speaker.lang.as_str(), "due-row", &[("row", &detail.duty.plan)]);
    line(format!("{}: {} ({version}; {row})", speaker.word("due-rule"), owed.rule));
    if let Some(at) = owed.met_at {
        line(format!("{}: {}", speaker.word("due-met-at"), speaker.time(at)));
    }
    print_proof(speaker, &owed.proof);
    if detail.versions.len() > 1 {
        print_versions(speaker, detail);
    }
}

fn print_proof(speaker: &Speaker<'_>, proof: &Proof) {
    if let Some(said) = &proof.said {
        line(format!("{}: {said}", speaker.word("due-proof")));
    }
    if !proof.languages.is_empty() {
        let languages: Vec<&str> = proof.languages.iter().map(Lang::as_str).collect();
        line(format!("{}: {}", speaker.word("due-languages"), languages.join(", ")));
    }
    if proof.stands.is_empty() {
        return;
    }
    let heads = [
        speaker.word("due-channel"),
        speaker.word("due-since"),
        speaker.word("due-address"),
        "SHA-256".to_owned(),
    ];
    let rows = proof.stands.iter().map(|stand| {
        vec![
            stand.account.clone(),
            stand.at.map_or_else(|| speaker.word("due-not-yet"), |at| speaker.time(at)),
            stand.address.clone().unwrap_or_default(),
            stand.hash.clone().unwrap_or_default(),
        ]
    });
    table(&heads.each_ref().map(String::as_str), rows.collect(), "");
}

fn print_versions(speaker: &Speaker<'_>, detail: &Detail) {
    line(format!("{}:", speaker.word("due-earlier")));
    let heads = ["due-since", "due-rule", "due-safe-by", "due-latest-by"].map(|key| speaker.word(key));
    let rows = detail.versions.iter().map(|version| {
        let by = |of: fn(&Due) -> DateTime<Utc>| version.due.as_ref().map_or_else(|| "–".to_owned(), |due| speaker.deadline(of(due)));
        let rule = word(speaker.lang.as_str(), "due-version", &[("version", &version.version)]);
        vec![speaker.time(version.at), rule, by(|due| due.safe_by), by(|due| due.latest_by)]
    });
    table(&heads.each_ref().map(String::as_str), rows.collect(), "");
}
