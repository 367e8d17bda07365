//! What is owed, said in a person's language: how it stands, why it will be missed, and what to do.

use std::borrow::Cow;

use chrono::{DateTime, Duration, NaiveTime, Utc};
use serde::{Deserialize, Serialize};

use super::due::{Line, Standing};
use super::prospect::{Risk, RiskKind};
use crate::item::{Lang, Localized};
use crate::render::dates;
use crate::render::words::{Args, say, word};
use crate::rules::Subject;
use crate::system::{OfficeConfig, System};

/// Above this a delay is told in days.
const IN_HOURS: i64 = 48;

/// Speaks of an office's duties in one language.
#[derive(Clone)]
pub struct Speaker<'a> {
    system: &'a System,
    /// The office.
    pub config: &'a OfficeConfig,
    /// The language.
    pub lang: Lang,
}

/// A risk, in words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Advice {
    /// Why the duty will be missed.
    pub why: String,
    /// What to do.
    pub step: String,
}

impl<'a> Speaker<'a> {
    /// One who speaks `lang`.
    pub fn new(system: &'a System, config: &'a OfficeConfig, lang: Lang) -> Self {
        Self { system, config, lang }
    }

    /// A text of the locale that mentions nothing.
    pub fn word(&self, key: &'static str) -> String {
        word(self.lang.as_str(), key, &[])
    }

    /// How a duty stands.
    pub fn standing(&self, standing: Standing) -> String {
        self.say(&format!("due-standing-{}", standing.word().replace(' ', "-")), &[])
    }

    /// What is owed: the rule and its subject.
    pub fn what(&self, line: &Line) -> String {
        let title = self.title(line);
        let subject = self.subject(line);
        if subject.is_empty() {
            title
        } else {
            format!("{title} · {subject}")
        }
    }

    /// What the rule is called.
    pub fn title(&self, line: &Line) -> String {
        let title = self.localized(&line.rule_title);
        title.unwrap_or(&line.obligation.rule).to_owned()
    }

    /// What it is about: an item, or a period.
    pub fn subject(&self, line: &Line) -> String {
        let Subject::Period { period, nth, name } = &line.obligation.subject else {
            return line.obligation.title.clone();
        };
        let rule = self.system.rules.rule(&self.config.settings.rules, &line.obligation.rule);
        let times = rule.and_then(|bound| bound.rule.every.as_ref()).map_or(1, |every| every.times);
        let which = (times > 1).then(|| format!("{nth}/{times}"));
        let parts = [Some(self.period(period)), which, name.clone()];
        parts.into_iter().flatten().collect::<Vec<_>>().join(" · ")
    }

    /// The unit that answers.
    pub fn unit(&self, line: &Line) -> String {
        let unit = &line.obligation.unit;
        let label = self.config.settings.units.get(unit).and_then(|unit| self.localized(&unit.label));
        label.unwrap_or(unit).to_owned()
    }

    /// By when, on the office's clock; midnight belongs to the day that ends.
    pub fn deadline(&self, at: DateTime<Utc>) -> String {
        let local = at.with_timezone(&self.config.office.zone).naive_local();
        match local.date().pred_opt().filter(|_| local.time() == NaiveTime::MIN) {
            Some(day) => format!("{} 24:00", dates::day(day, self.lang.as_str()).short),
            None => self.time(at),
        }
    }

    /// An instant on the office's clock.
    pub fn time(&self, at: DateTime<Utc>) -> String {
        dates::instant(at, self.config.office.zone, self.lang.as_str()).short
    }

    /// Why a duty will be missed and what to do, each reason once, however many channels have it.
    pub fn advice(&self, line: &Line) -> Vec<Advice> {
        let mut kinds: Vec<RiskKind> = Vec::new();
        for risk in &line.risks {
            if !kinds.contains(&risk.kind) {
                kinds.push(risk.kind);
            }
        }
        let of = |kind| line.risks.iter().filter(|risk| risk.kind == kind).collect::<Vec<_>>();
        let mut advice: Vec<Advice> = kinds.into_iter().map(|kind| self.advise(line, kind, &of(kind))).collect();
        if line.standing == Standing::Overdue && line.obligation.reason.is_none() {
            advice.push(self.unexplained(line));
        }
        advice
    }

    /// What an overdue duty lacks, whatever else it waits for.
    fn unexplained(&self, line: &Line) -> Advice {
        let args = [("id", line.obligation.id.to_string())];
        Advice {
            why: self.say("due-risk-unexplained", &args),
            step: self.say("due-step-unexplained", &args),
        }
    }

    fn advise(&self, line: &Line, kind: RiskKind, risks: &[&Risk]) -> Advice {
        let names: Vec<&str> = risks.iter().filter_map(|risk| risk.channel.as_deref()).collect();
        let labels: Vec<String> = names.iter().map(|name| self.channel(name)).collect();
        let when = if kind == RiskKind::SafePassed {
            line.obligation.due.as_ref().map(|due| due.latest_by)
        } else {
            risks.iter().map(|risk| risk.expected_at).max().flatten()
        };
        let args = [
            ("id", line.obligation.id.to_string()),
            ("item", argument(line.reference.as_deref())),
            ("account", if let [only] = names[..] { only.to_owned() } else { String::new() }),
            ("channel", if labels.is_empty() { "none".to_owned() } else { labels.join(", ") }),
            ("when", when.map_or("none".to_owned(), |at| self.deadline(at))),
            ("late", when.map(|at| self.late(line, at)).unwrap_or_default()),
        ];
        Advice {
            why: self.say(&format!("due-risk-{}", kind.word()), &args),
            step: self.say(&format!("due-step-{}", kind.word()), &args),
        }
    }

    /// How long after its time: `2 hours after "safe by"`.
    fn late(&self, line: &Line, at: DateTime<Utc>) -> String {
        let Some(due) = &line.obligation.due else { return String::new() };
        let (key, limit) = if at > due.latest_by {
            ("due-after-latest", due.latest_by)
        } else {
            ("due-after-safe", due.safe_by)
        };
        self.say(key, &[("delay", self.delay(at - limit))])
    }

    fn delay(&self, delay: Duration) -> String {
        let (key, count) = match (delay.num_hours(), delay.num_days()) {
            (0, _) => ("due-minutes", delay.num_minutes()),
            (hours, _) if hours < IN_HOURS => ("due-hours", hours),
            (_, days) => ("due-days", days),
        };
        let args = Args::from([(Cow::Borrowed("count"), count.into())]);
        say(self.lang.as_str(), key, &args).unwrap_or_default()
    }

    /// `2027-H1` as people say it; what is of another form stays as it is.
    fn period(&self, period: &str) -> String {
        let Some((year, part)) = period.split_once('-') else {
            return period.to_owned();
        };
        let (key, part) = match part.split_at_checked(1) {
            Some(("H", "1")) => ("due-period-half-1", part),
            Some(("H", _)) => ("due-period-half-2", part),
            Some(("Q", part)) => ("due-period-quarter", part),
            Some(("W", part)) => ("due-period-week", part.trim_start_matches('0')),
            _ => ("due-period-month", part),
        };
        self.say(key, &[("year", year.to_owned()), ("part", part.to_owned())])
    }

    /// An account as its channel is called, with its own name; a group by its name alone.
    pub fn channel(&self, name: &str) -> String {
        let label = self.config.manifests.get(name).and_then(|manifest| self.localized(&manifest.label));
        label.map_or_else(|| name.to_owned(), |label| format!("{label} ({name})"))
    }

    fn localized<'b>(&self, text: &'b Localized) -> Option<&'b String> {
        text.get(&self.lang, &self.config.office.languages)
    }

    fn say(&self, key: &str, args: &[(&'static str, String)]) -> String {
        let args = args.iter().map(|(name, value)| (Cow::Borrowed(*name), value.clone().into()));
        say(self.lang.as_str(), key, &args.collect()).unwrap_or_else(|| key.to_owned())
    }
}

/// A reference as it is typed on the command line.
fn argument(reference: Option<&str>) -> String {
    let reference = reference.unwrap_or("REF");
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./".contains(c);
    if reference.chars().all(plain) {
        reference.to_owned()
    } else {
        format!("\"{reference}\"")
    }
}
