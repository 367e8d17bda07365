//! How a deadline came about, in the words of the person who asks: the steps that `rules` took, as sentences.

use std::collections::BTreeSet;
use std::fmt;

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, Utc};
use chrono_tz::Tz;
use serde::Serialize;

use crate::item::{Kinds, Lang};
use crate::render::dates;
use crate::render::words::{Args, count, say, word};
use crate::rules::{
    Certainty, Count, DayOff, Direction, Due, Exclude, Explained, Languages, Reading, Rule, Severity, Span, Step, Unit, Unsettled, Variant,
};

/// Who asks: the language, and what names and places the things that rules speak of.
#[derive(Debug, Clone, Copy)]
pub struct Teller<'a> {
    /// The language of the answer.
    pub lang: &'a Lang,
    /// The kinds, whose facts have names.
    pub kinds: &'a Kinds,
    /// The zone of the office's clocks.
    pub zone: Tz,
    /// The office's official languages.
    pub official: &'a [Lang],
}

/// One rule's deadline, told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Telling {
    /// The rule.
    pub rule: String,
    /// What people call the duty.
    pub title: String,
    /// Why another period than the usual one holds.
    pub variant: Option<String>,
    /// Every reading, counted.
    pub readings: Vec<Reckoning>,
    /// What they come to together, or why there is no deadline.
    pub comes_to: Vec<String>,
    /// What else the rule asks for.
    pub asks: Vec<String>,
    /// Where it stands, and what that leaves open.
    pub stands: Vec<String>,
}

/// One reading, told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Reckoning {
    /// From the anchor to the deadline, in one line.
    pub summary: String,
    /// What happened on the way.
    pub details: Vec<String>,
}

impl fmt::Display for Telling {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{} ({})", self.title, self.rule)?;
        if let Some(line) = &self.variant {
            writeln!(f, "  {line}")?;
        }
        for reading in &self.readings {
            writeln!(f, "  {}", reading.summary)?;
            for detail in &reading.details {
                writeln!(f, "    {detail}")?;
            }
        }
        let rest = self.comes_to.iter().chain(&self.asks).chain(&self.stands);
        rest.into_iter().try_for_each(|line| writeln!(f, "  {line}"))
    }
}

impl Teller<'_> {
    /// Tells how one rule's deadline for an item of that kind came about.
    pub fn tell(&self, explained: &Explained<'_>, kind: &str) -> Telling {
        let rule = explained.rule;
        let (variant, readings) = self.steps(&explained.steps, kind);
        Telling {
            rule: rule.id.clone(),
            title: rule.title.get(self.lang, &[]).cloned().unwrap_or_default(),
            variant,
            // Where there is no deadline, what was counted on the way would read like one.
            readings: if explained.due.is_ok() { readings } else { vec![] },
            comes_to: match &explained.due {
                Ok(due) => self.comes_to(due),
                Err(unsettled) => vec![self.unsettled(unsettled, kind)],
            },
            asks: self.asks(rule, required(explained), kind),
            stands: self.stands(rule),
        }
    }

    fn steps(&self, steps: &[Step], kind: &str) -> (Option<String>, Vec<Reckoning>) {
        let (mut anchor, mut start, mut variant) = (String::new(), String::new(), None);
        let mut readings: Vec<Reckoning> = Vec::new();
        for (at, step) in steps.iter().enumerate() {
            match step {
                Step::Anchor { name, wall, whole_day } => {
                    anchor = self.anchor(name, kind);
                    start = if *whole_day { self.day(wall.date()) } else { self.time(*wall) };
                }
                Step::Variant { variant: which, source } => variant = Some(self.variant(*which, source)),
                Step::Counted {
                    period,
                    direction,
                    reading,
                } => {
                    let rest = &steps[at + 1..];
                    let end = rest
                        .iter()
                        .find_map(|step| if let Step::By { at } = step { Some(*at) } else { None });
                    let length = self.length(*period, *direction, reading);
                    let end = end.map(|end| self.end(end)).unwrap_or_default();
                    let values = [("anchor", &*anchor), ("start", &*start), ("length", &*length), ("end", &*end)];
                    readings.push(self.reckoning(self.word("rules-summary", &values), reading, rest));
                }
                _ => {}
            }
        }
        (variant, readings)
    }

    /// What happened between the beginning and the end of one reading.
    fn reckoning(&self, mut summary: String, reading: &Reading, rest: &[Step]) -> Reckoning {
        if reading.certainty == Some(Certainty::Unverified) {
            summary = self.word("rules-unconfirmed", &[("what", &summary)]);
        }
        let own: Vec<&Step> = rest.iter().take_while(|step| !matches!(step, Step::Counted { .. })).collect();
        let mut details = Vec::new();
        let weekends = own.iter().filter_map(|step| match step {
            Step::Skipped { day, why: DayOff::Weekend } => Some(*day),
            _ => None,
        });
        // Counted backwards or forwards, days are told as a calendar shows them.
        let weekends: BTreeSet<NaiveDate> = weekends.collect();
        if !weekends.is_empty() {
            let weekends: Vec<String> = weekends.into_iter().map(|day| self.day(day)).collect();
            details.push(self.word("rules-skipped-weekend", &[("days", &weekends.join(", "))]));
        }
        details.extend(own.into_iter().filter_map(|step| self.detail(step)));
        details.extend(
            reading
                .source
                .as_ref()
                .map(|source| self.word("rules-source", &[("source", source)])),
        );
        details.extend(reading.note.as_ref().map(|note| self.word("rules-note", &[("note", note)])));
        Reckoning { summary, details }
    }

    fn detail(&self, step: &Step) -> Option<String> {
        match step {
            Step::Skipped {
                day,
                why: DayOff::Holiday { name, estimated },
            } => {
                let name = name.get(self.lang, &[]).cloned().unwrap_or_default();
                let key = if *estimated {
                    "rules-skipped-estimated"
                } else {
                    "rules-skipped-holiday"
                };
                Some(self.word(key, &[("day", &self.day(*day)), ("name", &name)]))
            }
            Step::Rolled { from, to } => Some(self.word("rules-rolled", &[("from", &self.day(*from)), ("to", &self.day(*to))])),
            Step::CutOff { hour } => Some(self.word("rules-cutoff", &[("hour", &clock(*hour))])),
            Step::Estimated { year } => Some(self.word("rules-estimated", &[("year", &year.to_string())])),
            _ => None,
        }
    }

    fn comes_to(&self, due: &Due) -> Vec<String> {
        let line = |key, at| self.word(key, &[("end", &self.end(at))]);
        let mut lines = vec![line("rules-safe-by", due.safe_by), line("rules-latest-by", due.latest_by)];
        lines.extend(due.warn_by.map(|at| line("rules-warn-by", at)));
        if due.readings.iter().all(|reading| reading.certainty == Certainty::Unverified) {
            lines.push(self.word("rules-never-late", &[]));
        }
        lines
    }

    fn unsettled(&self, why: &Unsettled, kind: &str) -> String {
        match why {
            Unsettled::NoClock => self.word("rules-no-clock", &[]),
            Unsettled::NoAnchor(names) => {
                let names: Vec<String> = names.split(" / ").map(|name| self.anchor(name, kind)).collect();
                self.word("rules-no-anchor", &[("anchor", &names.join(" / "))])
            }
            Unsettled::NotInForce(day) => self.word("rules-not-in-force", &[("day", &self.day(*day))]),
            Unsettled::OutOfRange => self.word("rules-out-of-range", &[]),
        }
    }

    fn asks(&self, rule: &Rule, also: &[String], kind: &str) -> Vec<String> {
        let mut lines = Vec::new();
        let groups = |names: &[String]| {
            let names: Vec<String> = names.iter().map(|name| self.named("group", name)).collect();
            names.join(", ")
        };
        for (key, names) in [("rules-on-all", &rule.channels.all), ("rules-on-any", &rule.channels.any)] {
            if !names.is_empty() {
                lines.push(self.word(key, &[("groups", &groups(names))]));
            }
        }
        if rule.channels.simultaneous {
            lines.push(self.word("rules-simultaneous", &[]));
        }
        if let Some(display) = rule.channels.display {
            lines.push(self.word("rules-display", &[("length", &self.span(Count::Calendar, display))]));
        }
        lines.extend(self.languages(&rule.languages));
        let required = || rule.requires.iter().chain(also);
        if required().next().is_some() {
            let facts: Vec<String> = required().map(|fact| self.fact(fact, kind)).collect();
            lines.push(self.word("rules-requires", &[("facts", &facts.join(", "))]));
        }
        lines
    }

    fn languages(&self, asked: &Languages) -> Option<String> {
        let (key, languages): (_, &[Lang]) = match asked {
            Languages::Any => return None,
            Languages::Official(_) => ("rules-in-official", self.official),
            Languages::These(these) => ("rules-in", these),
        };
        let names: Vec<String> = languages.iter().map(|lang| word(lang.as_str(), "language-name", &[])).collect();
        if names.is_empty() {
            return Some(self.word("rules-in-official-unnamed", &[]));
        }
        Some(self.word(key, &[("languages", &names.join(", "))]))
    }

    fn stands(&self, rule: &Rule) -> Vec<String> {
        let weight = match rule.severity {
            Severity::Legal => "rules-weight-legal",
            Severity::Plan => "rules-weight-plan",
            Severity::Target => "rules-weight-target",
        };
        let mut lines = vec![self.word(weight, &[]), self.word("rules-source", &[("source", &rule.source)])];
        lines.extend(
            rule.article
                .as_ref()
                .map(|article| self.word("rules-article", &[("article", article)])),
        );
        lines.extend(rule.silent.as_ref().map(|silent| self.word("rules-silent", &[("silent", silent)])));
        lines
    }

    fn variant(&self, variant: Variant, source: &str) -> String {
        let key = match variant {
            Variant::Urgent => "rules-urgent",
            Variant::Extension => "rules-extension",
        };
        self.word(key, &[("source", source)])
    }

    /// The program's own word for an anchor, else the name that the kind gives the fact.
    fn anchor(&self, name: &str, kind: &str) -> String {
        say(self.lang.as_str(), &format!("rules-anchor-{name}"), &Args::new()).unwrap_or_else(|| self.fact(name, kind))
    }

    fn fact(&self, name: &str, kind: &str) -> String {
        let label = self.kinds.fact(kind, name).and_then(|spec| spec.label.get(self.lang, &[]));
        label.map_or_else(|| name.to_owned(), ToOwned::to_owned)
    }

    fn named(&self, what: &str, name: &str) -> String {
        say(self.lang.as_str(), &format!("rules-{what}-{name}"), &Args::new()).unwrap_or_else(|| name.to_owned())
    }

    /// How much and how: "7 clear days", "48 hours, without weekends".
    fn length(&self, period: Span, direction: Direction, reading: &Reading) -> String {
        let excludes = reading.count == Count::Working || !reading.exclude.is_empty();
        let mut length = self.span(reading.count, if excludes { spelt_out(period, reading.count) } else { period });
        if !reading.exclude.is_empty() {
            let names: Vec<String> = reading.exclude.iter().map(|day| self.named("exclude", excluded(*day))).collect();
            length = self.word("rules-without", &[("length", &length), ("days", &names.join(", "))]);
        }
        if direction == Direction::After && period.amount > 0 {
            length = self.word("rules-after", &[("length", &length)]);
        }
        length
    }

    fn span(&self, how: Count, period: Span) -> String {
        let how = match (how, period.unit) {
            (_, Unit::Hours) | (Count::Elapsed, _) => "elapsed",
            (Count::Clear, _) => "clear",
            (Count::Calendar, _) => "calendar",
            (Count::Working, _) => "working",
        };
        // Nothing is nothing in whatever unit.
        let unit = if period.amount == 0 { Unit::Days } else { period.unit };
        count(self.lang.as_str(), &format!("rules-{how}-{}", unit.word()), period.amount)
    }

    /// A deadline: the end of a day is 24:00 of that day, not 00:00 of the next.
    fn end(&self, at: DateTime<Utc>) -> String {
        let wall = at.with_timezone(&self.zone).naive_local();
        match wall.date().pred_opt() {
            Some(before) if wall.time() == NaiveTime::MIN => self.spoken(before, "24:00"),
            _ => self.time(wall),
        }
    }

    fn time(&self, wall: NaiveDateTime) -> String {
        self.spoken(wall.date(), &clock(wall.time()))
    }

    fn spoken(&self, date: NaiveDate, time: &str) -> String {
        self.word("rules-time", &[("day", &self.day(date)), ("time", time)])
    }

    fn day(&self, date: NaiveDate) -> String {
        let lang = self.lang.as_str();
        let short = dates::day(date, lang).short;
        self.word("rules-day", &[("weekday", dates::weekday(date, lang)), ("date", &short)])
    }

    fn word(&self, key: &'static str, values: &[(&'static str, &str)]) -> String {
        word(self.lang.as_str(), key, values)
    }
}

/// The facts that the variant in force asks for.
fn required<'a>(explained: &Explained<'a>) -> &'a [String] {
    let open = explained.steps.iter().find_map(|step| match step {
        Step::Variant { variant, .. } => Some(*variant),
        _ => None,
    });
    let variation = match open {
        Some(Variant::Urgent) => explained.rule.urgent.as_ref(),
        Some(Variant::Extension) => explained.rule.extension.as_ref(),
        None => None,
    };
    variation.map(|variation| variation.requires.as_slice()).unwrap_or_default()
}

fn clock(time: NaiveTime) -> String {
    time.format("%H:%M").to_string()
}

/// Where days are left out, a week is seven that count and a day that passes is 24 hours that do.
fn spelt_out(period: Span, how: Count) -> Span {
    let days = match period.unit {
        Unit::Weeks => period.amount * 7,
        Unit::Days => period.amount,
        _ => return period,
    };
    let (amount, unit) = if how == Count::Elapsed {
        (days * 24, Unit::Hours)
    } else {
        (days, Unit::Days)
    };
    Span { amount, unit }
}

fn excluded(exclude: Exclude) -> &'static str {
    match exclude {
        Exclude::Saturdays => "saturdays",
        Exclude::Sundays => "sundays",
        Exclude::Weekends => "weekends",
        Exclude::Holidays => "holidays",
    }
}
