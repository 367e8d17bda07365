//! The meetings of the year: announced, moved, called off, held, and what follows them.

use chrono::{DateTime, Duration, NaiveDate, Utc};

use super::count::{Span, day_of, days_before, on, shifted};
use super::story::{Act, Dice, Piece, Story, Text, day, later, wall};
use crate::texts::item;

/// What may befall a meeting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    Usual,
    Urgent,
    Extraordinary,
    Late,
    Dropped,
    Postponed,
    PostponedLate,
    CalledOff,
    Corrected,
}

/// A kind of event.
pub struct Sort {
    pub kind: &'static str,
    pub letters: &'static str,
    /// The days by which it must be announced.
    pub days: i64,
    body: &'static str,
    /// What comes after it: kind, letters, further facts, the longest delay in hours, how often it is missing.
    after: &'static [(&'static str, &'static str, &'static str, i64, i64)],
}

pub const SORTS: [Sort; 5] = [
    Sort {
        kind: "assembly-meeting",
        letters: "A",
        days: 7,
        body: "assembly",
        after: &[
            ("meeting-information", "AI", "body = \"assembly\"", 110, 8),
            ("session-video", "AV", "video_url = \"https://example.org/v\"", 150, 10),
        ],
    },
    Sort {
        kind: "committee-meeting",
        letters: "C",
        days: 3,
        body: "committee",
        after: &[("meeting-information", "CI", "body = \"committee\"", 110, 10)],
    },
    Sort {
        kind: "consultation",
        letters: "K",
        days: 14,
        body: "consultation",
        after: &[
            ("consultation-information", "KI", "topic = \"budget\"", 100, 8),
            ("minutes", "KM", "about = \"consultation\"", 400, 12),
        ],
    },
    Sort {
        kind: "mayor-meeting",
        letters: "M",
        days: 14,
        body: "mayor-meeting",
        after: &[
            ("mayor-meeting-information", "MI", "", 100, 10),
            ("minutes", "MM", "about = \"mayor-meeting\"", 400, 10),
        ],
    },
    Sort {
        kind: "mayor-debate",
        letters: "D",
        days: 14,
        body: "debate",
        after: &[],
    },
];

/// By when an event that begins then must be announced.
pub fn span(kind: &str, form: &str, start: DateTime<Utc>) -> Span {
    let sort = SORTS.iter().find(|sort| sort.kind == kind).unwrap();
    if ["urgent", "extraordinary"].contains(&form) {
        return (start, start);
    }
    days_before(start, sort.days)
}

/// All events of a year.
pub fn tell(story: &mut Story, dice: &Dice) {
    for month in 1..=12 {
        let mut some = |sort: usize, count: i64| {
            for _ in 0..count {
                let first = if month == 1 { 22 } else { 2 };
                let on = day(month, u32::try_from(dice.roll(first, 27)).unwrap());
                event(story, dice, &SORTS[sort], on);
            }
        };
        some(0, 2);
        some(1, 5);
        some(2, if month % 6 == 0 { 1 } else { 2 });
        some(3, i64::from(month % 2 == 0));
        some(4, i64::from(month % 3 == 0));
    }
}

fn event(story: &mut Story, dice: &Dice, sort: &Sort, on_day: NaiveDate) {
    let nth = story.pieces.iter().filter(|piece| piece.kind == sort.kind).count();
    let reference = format!("{}{nth:02}", sort.letters);
    let start = on(on_day, if dice.chance(50) { 10 * 60 } else { 14 * 60 });
    let end = dice.chance(50).then(|| start + Duration::hours(3));
    let mut fate = fate(dice, sort, nth);
    let form = match fate {
        Fate::Urgent => "urgent",
        Fate::Extraordinary => "extraordinary",
        _ if sort.kind == "mayor-meeting" && nth % 3 == 2 => "hearing",
        _ if sort.kind == "mayor-meeting" => "meeting",
        _ => "regular",
    };
    // How many meetings the mayor has held in the year shall not depend on which were counted before they were called off or moved.
    if form == "meeting" && [Fate::CalledOff, Fate::Postponed].contains(&fate) {
        fate = Fate::Usual;
    }
    let (safe, latest) = span(sort.kind, form, start);
    let queued = match fate {
        Fate::Urgent | Fate::Extraordinary => dice.at_work(shifted(on_day, -dice.roll(1, 2))),
        Fate::Late => dice.at_work(shifted(day_of(latest), 1)),
        _ => dice.at_work(shifted(day_of(safe), -dice.roll(2, 4))),
    };
    let text = |start: DateTime<Utc>, end: Option<DateTime<Utc>>, agenda: &str| written(sort, &reference, form, start, end, agenda);
    story.act(queued, Act::Queue(text(start, end, "Buxheti")));
    story.pieces.push(Piece {
        queued,
        form: form.to_owned(),
        proposed: Some(start),
        ..Piece::new(sort.kind, reference.clone())
    });
    if fate == Fate::Dropped {
        return dropped(
            story,
            &super::books::own_rule(sort.kind, form),
            &reference,
            queued + Duration::hours(20),
        );
    }
    let approved = queued + Duration::minutes(dice.roll(0, 90));
    let late = (approved > latest && form != "extraordinary").then(|| format!("Vonesë {reference}"));
    story.act(
        approved,
        Act::Approve {
            reference: reference.clone(),
            late: late.clone(),
        },
    );
    let first = Text {
        start: Some(start),
        end,
        late,
        ..Text::plain(approved)
    };
    story.last().texts.push(first.clone());
    match fate {
        Fate::Postponed | Fate::PostponedLate => postponed(story, dice, &first, fate),
        Fate::CalledOff => {
            let at = if dice.chance(40) {
                approved + Duration::minutes(30)
            } else {
                later(dice, approved, 1, 2)
            };
            let reason = format!("Anulim {reference}");
            story.act(
                at,
                Act::Withdraw {
                    reference,
                    reason: reason.clone(),
                },
            );
            story.last().withdrawn = Some((at, reason));
        }
        Fate::Corrected => {
            let (at, reason) = (later(dice, approved, 0, 2), format!("Korrigjim {reference}"));
            story.act(
                at,
                Act::Correct {
                    text: text(start, end, "Buxheti 2028"),
                    reason: reason.clone(),
                    late: None,
                },
            );
            story.last().texts.push(Text {
                at,
                reason: Some(reason),
                late: None,
                ..first
            });
        }
        _ => {}
    }
    follow(story, dice, sort);
}

/// What befalls the `nth` of its sort: each fate often enough, none by chance alone.
fn fate(dice: &Dice, sort: &Sort, nth: usize) -> Fate {
    let session = ["assembly-meeting", "committee-meeting"].contains(&sort.kind);
    match (nth + usize::try_from(dice.roll(0, 1)).unwrap()) % 14 {
        2 if session => Fate::Urgent,
        4 if session => Fate::Extraordinary,
        3 => Fate::Late,
        5 => Fate::Dropped,
        6 => Fate::Postponed,
        8 => Fate::PostponedLate,
        9 | 11 => Fate::CalledOff,
        7 | 12 => Fate::Corrected,
        _ => Fate::Usual,
    }
}

/// A proposal that nobody approves; a person lifts what it owed.
fn dropped(story: &mut Story, rule: &str, reference: &str, at: DateTime<Utc>) {
    let reason = format!("Hequr {reference}");
    story.act(
        at,
        Act::Lift {
            key: format!("{rule}/item/{reference}"),
            reason: reason.clone(),
        },
    );
    story.last().lifted = Some(reason);
}

fn postponed(story: &mut Story, dice: &Dice, first: &Text, fate: Fate) {
    let (kind, reference, form) = (story.last().kind, story.last().reference.clone(), story.last().form.clone());
    let old = first.start.unwrap();
    let eve = dice.at_work(shifted(day_of(old), -1));
    let at = if fate == Fate::PostponedLate {
        eve.max(first.at + Duration::hours(1))
    } else {
        later(dice, first.at, 0, 2)
    };
    let days = if fate == Fate::PostponedLate { 1 } else { dice.roll(18, 26) };
    let to = on(shifted(day_of(old), days), 11 * 60);
    let late = (at > span(kind, &form, to).1).then(|| format!("Vonesë e re {reference}"));
    let reason = format!("Shtyrje {reference}");
    story.act(
        at,
        Act::Postpone {
            reference,
            to,
            reason: reason.clone(),
            late: late.clone(),
        },
    );
    let next = Text {
        at,
        start: Some(to),
        end: first.end.map(|end| to + (end - old)),
        mark: String::new(),
        reason: Some(reason),
        late,
    };
    story.last().texts.push(next);
}

/// What follows an event that was held, soon, late or never.
fn follow(story: &mut Story, dice: &Dice, sort: &Sort) {
    let notice = story.last().clone();
    let Some(anchor) = notice.anchor().filter(|_| notice.is_held()) else {
        return;
    };
    let on_day = day_of(notice.start().unwrap());
    for (kind, letters, facts, longest, missing) in sort.after {
        if dice.chance(*missing) {
            continue;
        }
        let at = anchor + Duration::minutes(dice.roll(60, longest * 60));
        let names = dice.chance(60).then(|| notice.reference.clone());
        let named = names
            .as_ref()
            .map(|name| format!("notice_reference = \"{name}\""))
            .unwrap_or_default();
        let piece = Piece {
            form: sort.body.to_owned(),
            names,
            day: Some(on_day),
            ..Piece::new(kind, format!("{letters}{}", &notice.reference[1..]))
        };
        let text = item(kind, &piece.reference, &format!("{facts}\nmeeting_date = \"{on_day}\"\n{named}"));
        story.publish(at, piece, text);
    }
}

fn written(sort: &Sort, reference: &str, form: &str, start: DateTime<Utc>, end: Option<DateTime<Utc>>, agenda: &str) -> String {
    let end = end.map(|end| format!("meeting_end = \"{}\"\n", wall(end))).unwrap_or_default();
    let own = match sort.kind {
        "assembly-meeting" => format!("session = \"{form}\"\nagenda = {{ sq = [\"{agenda}\"] }}"),
        "committee-meeting" => format!("session = \"{form}\"\ncommittee = {{ sq = \"Komiteti\" }}\nagenda = {{ sq = [\"{agenda}\"] }}"),
        "consultation" => format!(
            "topic = \"budget\"\ndocument = {{ sq = \"Drafti\" }}\ncontact = \"{}@example.org\"",
            agenda.len()
        ),
        "mayor-meeting" => format!("form = \"{form}\"\nagenda = {{ sq = [\"{agenda}\"] }}"),
        _ => format!("agenda = {{ sq = [\"{agenda}\"] }}"),
    };
    let urgent = "urgent_reason = { sq = \"Vërshime\" }\nurgent_basis = { sq = \"Neni 44\" }\ncalled_by = { sq = \"Kryesuesi\" }";
    let why = if form == "urgent" { urgent } else { "" };
    let facts = format!(
        "meeting_start = \"{}\"\n{end}venue = {{ sq = \"Salla\" }}\n{own}\n{why}",
        wall(start)
    );
    item(sort.kind, reference, &facts)
}
