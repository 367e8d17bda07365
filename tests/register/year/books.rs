//! The test's own books: from the script of acts, and from what the remotes and the hands saw, how each duty must have ended.

use std::collections::BTreeMap;

use chrono::{DateTime, Datelike, Duration, NaiveDate, Utc};
use kasnec::store::obligations::ObligationState::{self, Late, Lifted, Met, Open};

use super::count::{Span, date, day_of, days_after, end_of, mondays, on, shifted, week_name, working_days_after};
use super::meetings::span;
use super::others::DIRECTORATES;
use super::story::{Piece, Text};

/// How a duty stands: by when it is or was owed, how it ended, when it was met, and why it was late or lifted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct End {
    pub due: Span,
    pub state: ObligationState,
    pub met_at: Option<DateTime<Utc>>,
    pub reason: Option<String>,
}

/// Something that became visible: account, item, number of the text, whether it tells a withdrawal, when.
#[derive(Debug, Clone)]
pub struct Seen {
    pub account: &'static str,
    pub reference: String,
    pub text: usize,
    pub withdrawal: bool,
    pub at: DateTime<Utc>,
}

/// The books of a year.
pub struct Books<'a> {
    pub pieces: &'a [Piece],
    pub seen: BTreeMap<(String, &'static str), Vec<Seen>>,
    /// Reasons given by hand, by duty.
    pub given: &'a BTreeMap<String, String>,
    pub until: NaiveDate,
    ends: BTreeMap<String, End>,
}

const ACCOUNTS: [&str; 4] = ["website", "facebook", "media", "board"];
const ON_BOARDS: [&str; 4] = ["assembly-meeting", "committee-meeting", "mayor-meeting", "consultation"];

/// The rule that asks for the notice of an event.
pub fn own_rule(kind: &str, form: &str) -> String {
    let rule = match kind {
        "assembly-meeting" | "committee-meeting" if form == "extraordinary" => "01-extraordinary",
        "assembly-meeting" => "01-assembly",
        "committee-meeting" => "01-committee",
        "consultation" => "05-consultation",
        "mayor-meeting" => "04-mayor-meeting",
        _ => "08-mayor-debate",
    };
    rule.to_owned()
}

impl<'a> Books<'a> {
    pub fn new(pieces: &'a [Piece], all: &[Seen], given: &'a BTreeMap<String, String>, until: NaiveDate) -> Self {
        let mut seen: BTreeMap<(String, &'static str), Vec<Seen>> = BTreeMap::new();
        for one in all {
            seen.entry((one.reference.clone(), one.account)).or_default().push(one.clone());
        }
        Self {
            pieces,
            seen,
            given,
            until,
            ends: BTreeMap::new(),
        }
    }

    /// How every duty must stand.
    pub fn ends(mut self) -> BTreeMap<String, End> {
        for piece in self.pieces {
            match piece.kind {
                "access-request" | "petition" => self.tracked(piece),
                _ => self.published(piece),
            }
        }
        self.periods();
        self.ends
    }

    fn enter(&mut self, key: &str, due: Span, end: (ObligationState, Option<DateTime<Utc>>, Option<String>)) {
        let (state, met_at, reason) = end;
        let given = self.given.get(key).cloned().filter(|_| matches!(state, Late | Open));
        let end = End {
            due,
            state,
            met_at,
            reason: given.or(reason),
        };
        assert!(self.ends.insert(key.to_owned(), end).is_none(), "{key} twice");
    }

    /// Since when a text of `texts` stands on an account.
    fn stood(&self, piece: &Piece, account: &'static str, texts: std::ops::Range<usize>) -> Option<DateTime<Utc>> {
        let seen = self.seen.get(&(piece.reference.clone(), account))?;
        seen.iter()
            .filter(|one| !one.withdrawal && texts.contains(&one.text))
            .map(|one| one.at)
            .min()
    }

    fn stood_on(&self, piece: &Piece, accounts: &[&'static str], texts: &std::ops::Range<usize>) -> Option<DateTime<Utc>> {
        let times: Option<Vec<_>> = accounts.iter().map(|account| self.stood(piece, account, texts.clone())).collect();
        times?.into_iter().max()
    }

    fn first_public(&self, piece: &Piece) -> Option<DateTime<Utc>> {
        ACCOUNTS
            .iter()
            .filter_map(|account| self.stood(piece, account, 0..usize::MAX))
            .min()
    }

    fn published(&mut self, piece: &Piece) {
        let at = day_of(piece.queued);
        match piece.kind {
            "assembly-meeting" | "committee-meeting" | "consultation" | "mayor-meeting" | "mayor-debate" => self.event(piece),
            "municipal-act" => self.act(piece),
            "contract-notice" => {
                self.informed(piece, "14-documents", &["website"], &|_| working_days_after(at, 2), &|_, _| false);
                self.informed(piece, "19-procurement", &["website"], &|_| working_days_after(at, 1), &|_, _| false);
            }
            "contract-award" => self.informed(piece, "19-procurement", &["website"], &|_| working_days_after(at, 1), &|_, _| false),
            "vacancy" => self.informed(piece, "20-employment", &["website"], &|_| working_days_after(at, 1), &|_, _| false),
            "office-document" => self.informed(piece, "14-documents", &["website"], &|_| working_days_after(at, 2), &|_, _| false),
            _ => {}
        }
        if let Some(public) = self.first_public(piece) {
            self.informed(piece, "17-facebook", &["facebook"], &|_| days_after(day_of(public), 1), &|_, _| {
                false
            });
        }
    }

    fn event(&mut self, piece: &Piece) {
        let rule = own_rule(piece.kind, &piece.form);
        let accounts: &[&'static str] = if ON_BOARDS.contains(&piece.kind) {
            &["website", "facebook", "board"]
        } else {
            &["website", "facebook"]
        };
        let due = |text: Option<&Text>| span(piece.kind, &piece.form, text.map_or(piece.proposed, |text| text.start).unwrap());
        self.informed(piece, &rule, accounts, &due, &|before, after| before.start != after.start);
        self.cancelled(piece, &rule);
        let after: &[(&str, i64, &str, &str, &[&'static str])] = match piece.kind {
            "assembly-meeting" => &[
                (
                    "02-information",
                    2,
                    "meeting-information",
                    "assembly",
                    &["website", "facebook", "media"],
                ),
                ("03-video", 3, "session-video", "assembly", &["website", "facebook"]),
            ],
            "committee-meeting" => &[(
                "02-committee-information",
                2,
                "meeting-information",
                "committee",
                &["website", "facebook", "media"],
            )],
            "consultation" => &[
                ("05-information", 2, "consultation-information", "consultation", &["website"]),
                ("05-minutes", 10, "minutes", "consultation", &["website"]),
            ],
            "mayor-meeting" => &[
                ("04-information", 2, "mayor-meeting-information", "mayor-meeting", &["website"]),
                ("04-minutes", 10, "minutes", "mayor-meeting", &["website"]),
            ],
            _ => &[],
        };
        for (rule, days, kind, form, accounts) in after {
            self.followed(piece, (rule, *days), (kind, form), accounts);
        }
    }

    fn act(&mut self, piece: &Piece) {
        let registered = piece.day.unwrap();
        let due = |_: Option<&Text>| days_after(registered, 15);
        // Before its registration is known nothing is owed: then the first round is the one that names it.
        let named = piece.texts.iter().position(|text| !text.mark.is_empty()).unwrap();
        if named == 0 {
            self.informed(piece, "13-acts", &["website"], &due, &|_, _| false);
        } else {
            self.round(
                piece,
                ("13-acts", &format!("/{}", named + 1)),
                &["website"],
                named..piece.texts.len(),
                None,
                due(None),
            );
        }
        if piece.form == "other" {
            let due = working_days_after(shifted(registered, 9), 2);
            self.informed(piece, "13-in-force", &["website"], &|_| due, &|_, _| false);
        }
    }

    /// That an item stands: one round for each time its clock was started anew.
    fn informed(
        &mut self,
        piece: &Piece,
        rule: &str,
        accounts: &[&'static str],
        due: &dyn Fn(Option<&Text>) -> Span,
        restarts: &dyn Fn(&Text, &Text) -> bool,
    ) {
        if piece.texts.is_empty() {
            let end = piece
                .lifted
                .clone()
                .map_or((Open, None, None), |reason| (Lifted, None, Some(reason)));
            return self.enter(&format!("{rule}/item/{}", piece.reference), due(None), end);
        }
        let mut bases = vec![0];
        bases.extend((1..piece.texts.len()).filter(|text| restarts(&piece.texts[text - 1], &piece.texts[*text])));
        for (nth, base) in bases.iter().enumerate() {
            let next = bases.get(nth + 1).copied();
            let suffix = if nth == 0 { String::new() } else { format!("/{}", base + 1) };
            let texts = *base..next.unwrap_or(piece.texts.len());
            self.round(piece, (rule, &suffix), accounts, texts, next, due(Some(&piece.texts[*base])));
        }
    }

    fn round(
        &mut self,
        piece: &Piece,
        (rule, suffix): (&str, &str),
        accounts: &[&'static str],
        texts: std::ops::Range<usize>,
        next: Option<usize>,
        due: Span,
    ) {
        let overtaken = next.map(|next| (piece.texts[next].at, piece.texts[next].reason.clone().unwrap()));
        let ended = overtaken.or_else(|| piece.withdrawn.clone());
        let late = |text: &&Text| text.at > due.1 && text.late.is_some();
        let why = piece.texts[texts.clone()].iter().find(late).and_then(|text| text.late.clone());
        let end = match (self.stood_on(piece, accounts, &texts), ended) {
            (Some(at), _) if at <= due.1 => (Met, Some(at), None),
            (Some(at), _) => (Late, Some(at), why),
            (None, Some((at, reason))) if at <= due.1 => (Lifted, None, Some(reason)),
            (None, _) => (Open, None, None),
        };
        self.enter(&format!("{rule}/item/{}{suffix}", piece.reference), due, end);
    }

    /// That a withdrawal is told wherever the notice stood.
    fn cancelled(&mut self, piece: &Piece, rule: &str) {
        let Some((at, _)) = piece.withdrawn.as_ref() else {
            return;
        };
        let told = |account: &&str| -> Option<DateTime<Utc>> {
            let seen = self
                .seen
                .iter()
                .find(|((reference, on), _)| *reference == piece.reference && on == account)?;
            seen.1.iter().find(|one| one.withdrawal).map(|one| one.at)
        };
        for account in ACCOUNTS {
            let stood = self.stood(piece, account, 0..usize::MAX).is_some();
            assert!(
                !stood || told(&account).is_some(),
                "{} stands on {account} and nobody took it back",
                piece.reference
            );
        }
        let Some(met_at) = ACCOUNTS.iter().filter_map(told).max() else {
            return;
        };
        let day = *at + Duration::hours(24);
        let by = piece.start().filter(|start| start > at).map_or(day, |start| day.min(start));
        let state = if met_at > by { Late } else { Met };
        self.enter(
            &format!("{rule}/cancelled/{}", piece.reference),
            (by, by),
            (state, Some(met_at), None),
        );
    }

    /// That what follows an event stands.
    fn followed(&mut self, piece: &Piece, (rule, days): (&str, i64), (kind, form): (&str, &str), accounts: &[&'static str]) {
        let Some(anchor) = piece.anchor() else { return };
        let due = working_days_after(day_of(anchor), days);
        let on_day = piece.start().map(day_of);
        let ties = |one: &&Piece| {
            one.kind == kind && one.form == form && one.names.as_ref().map_or(one.day == on_day, |name| *name == piece.reference)
        };
        let met_at = self
            .pieces
            .iter()
            .filter(ties)
            .filter_map(|one| self.stood_on(one, accounts, &(0..usize::MAX)))
            .min();
        let called_off = piece.withdrawn.clone().filter(|(at, _)| *at <= anchor);
        let end = match (met_at, called_off) {
            (_, Some((_, reason))) => (Lifted, None, Some(reason)),
            (Some(at), None) => (if at > due.1 { Late } else { Met }, Some(at), None),
            (None, None) => (Open, None, None),
        };
        self.enter(&format!("{rule}/after/{}", piece.reference), due, end);
    }

    fn tracked(&mut self, piece: &Piece) {
        let tracked = piece.tracked.as_ref().unwrap();
        let received = day_of(tracked.received);
        let mut clock = |rule: &str, due: Span, met_at: Option<DateTime<Utc>>| {
            let state = met_at.map_or(Open, |at| if at > due.1 { Late } else { Met });
            self.enter(&format!("{rule}/item/{}", piece.reference), due, (state, met_at, None));
        };
        if piece.kind == "access-request" {
            return clock(
                "11-access",
                days_after(received, if tracked.extended { 15 } else { 7 }),
                tracked.done,
            );
        }
        clock("12-considered", days_after(received, 60), tracked.done);
        if let Some(considered) = tracked.done {
            clock("12-replied", days_after(day_of(considered), 15), tracked.replied);
        }
    }

    fn periods(&mut self) {
        self.reports();
        self.weeks();
        let ahead = shifted(self.until, 366).year();
        for year in 2026..=ahead {
            let last = NaiveDate::from_ymd_opt(year, 12, 31).unwrap();
            let book = self
                .pieces
                .iter()
                .filter(|piece| piece.kind == "yearbook" && piece.form == year.to_string());
            let at = book.filter_map(|piece| self.stood(piece, "website", 0..usize::MAX)).min();
            let by = end_of(NaiveDate::from_ymd_opt(year + 1, 3, 31).unwrap());
            self.in_time(&format!("16-yearbook/{year}/1"), (by, by), at);
            let held = |piece: &&Piece| {
                piece.kind == "mayor-meeting" && piece.form == "meeting" && piece.start().is_some_and(|start| day_of(start).year() == year)
            };
            let mut times: Vec<_> = self
                .pieces
                .iter()
                .filter(held)
                .filter(|piece| piece.withdrawn.is_none())
                .filter_map(|piece| Some(self.stood(piece, "website", 0..usize::MAX)?.max(piece.start()?)))
                .filter(|at| *at < end_of(self.until))
                .collect();
            times.sort();
            for nth in (1..=2).filter(|_| year > 2026) {
                self.in_time(
                    &format!("04-two-a-year/{year}/{nth}"),
                    (end_of(last), end_of(last)),
                    times.get(nth - 1).copied(),
                );
            }
        }
    }

    fn in_time(&mut self, key: &str, due: Span, met_at: Option<DateTime<Utc>>) {
        let state = met_at.map_or(Open, |at| if at > due.1 { Late } else { Met });
        self.enter(key, due, (state, met_at, None));
    }

    fn reports(&mut self) {
        let ahead = shifted(self.until, 366);
        let halves = [
            ("2026-H2", "2026-12-31"),
            ("2027-H1", "2027-06-30"),
            ("2027-H2", "2027-12-31"),
            ("2028-H1", "2028-06-30"),
            ("2028-H2", "2028-12-31"),
            ("2029-H1", "2029-06-30"),
        ];
        let first = |last: NaiveDate| shifted(last, -180);
        for (half, last) in halves
            .map(|(half, last)| (half, date(last)))
            .into_iter()
            .filter(|(_, last)| first(*last) <= ahead)
        {
            let due = (end_of(last), end_of(shifted(last, 31)));
            let mut owed = vec![
                ("06-mayor-report", "mayor-report", None),
                ("07-chairperson-report", "chairperson-report", None),
            ];
            owed.extend(
                DIRECTORATES
                    .iter()
                    .map(|name| ("06-directorate-report", "directorate-report", Some(*name))),
            );
            for (rule, kind, name) in owed {
                let of = |piece: &&Piece| piece.kind == kind && format!("2027-{}", piece.form) == half && piece.names.as_deref() == name;
                let both = &["website", "facebook"];
                let met_at = self
                    .pieces
                    .iter()
                    .filter(of)
                    .filter_map(|piece| self.stood_on(piece, both, &(0..usize::MAX)))
                    .min();
                let whose = name.map(|name| format!("/{name}")).unwrap_or_default();
                self.in_time(&format!("{rule}/{half}/1{whose}"), due, met_at);
            }
        }
    }

    fn weeks(&mut self) {
        let began = date("2027-01-01");
        for monday in mondays(began, shifted(self.until, 366)) {
            let (name, sunday) = (week_name(monday), shifted(monday, 6));
            let fresh = |piece: &&Piece| self.first_public(piece).is_some_and(|at| (monday..=sunday).contains(&day_of(at)));
            let met_at = self
                .pieces
                .iter()
                .filter(fresh)
                .filter_map(|piece| self.stood(piece, "website", 0..usize::MAX))
                .min();
            self.in_time(&format!("15-freshness/{name}/1"), (end_of(sunday), end_of(sunday)), met_at);
            // The first Monday had passed when the register began.
            if monday < began {
                continue;
            }
            let serves = |piece: &&Piece| piece.kind == "mayor-day" && piece.withdrawn.as_ref().is_none_or(|(at, _)| day_of(*at) > monday);
            let stood = |piece: &Piece| self.stood(piece, "website", 0..usize::MAX).filter(|at| day_of(*at) <= sunday);
            let met_at = self
                .pieces
                .iter()
                .filter(serves)
                .filter_map(stood)
                .map(|at| at.max(on(monday, 0)))
                .min();
            self.in_time(
                &format!("09-mayor-day/{name}/1"),
                (end_of(monday), end_of(monday)),
                met_at.filter(|_| monday <= self.until),
            );
        }
    }
}
