//! Everything else of the year: requests, petitions, acts, reports, tenders, jobs, the mayor's day, the yearbook.

use chrono::{Duration, NaiveDate};

use super::count::{date, day_of, end_of, on, shifted};
use super::story::{Act, Dice, Piece, Story, Text, Tracked, day, later, wall};
use crate::texts::{item, petition, report, request};

/// The office's directorates; their names are those of its list.
pub const DIRECTORATES: [&str; 8] = [
    "Arsimi",
    "Shëndetësia",
    "Urbanizmi",
    "Financat",
    "Bujqësia",
    "Kultura",
    "Kadastri",
    "Shërbimet",
];

pub fn tell(story: &mut Story, dice: &Dice) {
    for month in 1..=12 {
        for _ in 0..3 {
            let on = day(month, u32::try_from(dice.roll(5, 27)).unwrap());
            asked(story, dice, on);
        }
        for _ in 0..2 {
            let on = day(month, u32::try_from(dice.roll(5, 27)).unwrap());
            petitioned(story, dice, on);
        }
        acts(story, dice, month);
        documents(story, dice, month);
    }
    reports(story, dice);
    mayors_day(story);
    let at = on(date("2028-02-15"), 10 * 60);
    let piece = Piece {
        form: "2027".to_owned(),
        ..Piece::new("yearbook", "Y27".to_owned())
    };
    story.publish(at, piece, item("yearbook", "Y27", "year = 2027"));
}

/// A request for a document: decided in time, late, after an extension, or never.
fn asked(story: &mut Story, dice: &Dice, on: NaiveDate) {
    let nth = story.pieces.iter().filter(|piece| piece.kind == "access-request").count();
    let reference = format!("Q{nth:02}");
    let received = dice.at_work(on);
    let queued = received + Duration::minutes(15);
    let extended = nth % 4 == 1;
    let days = if nth % 9 == 5 {
        dice.roll(9, 30)
    } else if extended {
        dice.roll(8, 14)
    } else {
        dice.roll(1, 6)
    };
    let done = (nth % 12 != 7).then(|| dice.at_work(shifted(on, days)));
    story.act(queued, Act::Queue(request(&reference, &wall(received), "")));
    let longer = if extended { "extension = \"several-documents\"\n" } else { "" };
    if extended {
        story.act(queued + Duration::days(3), Act::Queue(request(&reference, &wall(received), longer)));
    }
    if let Some(done) = done {
        let decided = format!("{longer}decision = \"granted\"\ndecided_at = \"{}\"", wall(done));
        story.act(
            done + Duration::minutes(30),
            Act::Queue(request(&reference, &wall(received), &decided)),
        );
    }
    let tracked = Tracked {
        received,
        extended,
        done,
        replied: None,
    };
    story.pieces.push(Piece {
        queued,
        tracked: Some(tracked),
        ..Piece::new("access-request", reference)
    });
}

/// A petition: considered and answered, in time or late, or never.
fn petitioned(story: &mut Story, dice: &Dice, on: NaiveDate) {
    let nth = story.pieces.iter().filter(|piece| piece.kind == "petition").count();
    let reference = format!("P{nth:02}");
    let received = dice.at_work(on);
    let queued = received + Duration::minutes(15);
    story.act(queued, Act::Queue(petition(&reference, &wall(received), "")));
    let considered = (nth % 8 != 3).then(|| dice.at_work(shifted(on, if nth % 6 == 2 { dice.roll(61, 80) } else { dice.roll(10, 59) })));
    let replied = considered
        .filter(|_| nth % 7 != 4)
        .map(|at| dice.at_work(shifted(day_of(at), if nth % 5 == 1 { 17 } else { dice.roll(1, 14) })));
    let mut facts = String::new();
    for (name, at) in [("considered_at", considered), ("replied_at", replied)] {
        let Some(at) = at else { continue };
        facts = format!("{facts}{name} = \"{}\"\n", wall(at));
        story.act(
            at + Duration::minutes(10),
            Act::Queue(petition(&reference, &wall(received), &facts)),
        );
    }
    let tracked = Tracked {
        received,
        extended: false,
        done: considered,
        replied,
    };
    story.pieces.push(Piece {
        queued,
        tracked: Some(tracked),
        ..Piece::new("petition", reference)
    });
}

/// An act of the assembly, published once it is registered, or before and then with its registration; some too late.
fn acts(story: &mut Story, dice: &Dice, month: u32) {
    let reference = format!("L{month:02}");
    let registered = day(month, 12);
    let other = month.is_multiple_of(4);
    let kind = if other { "other" } else { "decision" };
    let (named, force) = (format!("registered_on = \"{registered}\"\n"), shifted(registered, 9));
    let facts = |more: &str| {
        let force = if other {
            format!("in_force_on = \"{force}\"\n")
        } else {
            String::new()
        };
        let facts = format!(
            "act_type = \"{kind}\"\nact_number = \"{month}\"\nadopted_on = \"{}\"\n{force}{more}",
            day(month, 5)
        );
        item("municipal-act", &reference, &facts)
    };
    let late_by = end_of(shifted(registered, 15));
    let at = dice.at_work(shifted(
        registered,
        if month % 5 == 3 { dice.roll(17, 25) } else { dice.roll(0, 12) },
    ));
    let late = (at > late_by).then(|| format!("Vonesë {reference}"));
    let early = month % 3 == 1;
    let first = if early { on(day(month, 6), 10 * 60) } else { at };
    let mark = |known: bool| if known { named.clone() } else { String::new() };
    story.act(first, Act::Queue(facts(&mark(!early))));
    story.act(
        first,
        Act::Approve {
            reference: reference.clone(),
            late: late.clone().filter(|_| !early),
        },
    );
    let mut texts = vec![Text {
        mark: mark(!early),
        late: late.clone().filter(|_| !early),
        ..Text::plain(first)
    }];
    if early {
        let reason = format!("Regjistrim {reference}");
        story.act(
            at,
            Act::Correct {
                text: facts(&named),
                reason: reason.clone(),
                late: late.clone(),
            },
        );
        texts.push(Text {
            mark: named.clone(),
            reason: Some(reason),
            late,
            ..Text::plain(at)
        });
    }
    let piece = Piece {
        queued: first,
        form: kind.to_owned(),
        day: Some(registered),
        texts,
        ..Piece::new("municipal-act", reference.clone())
    };
    story.pieces.push(piece);
}

/// What is owed from the moment it is queued: approved at once, some days later, or while a channel is down.
fn documents(story: &mut Story, dice: &Dice, month: u32) {
    let closing = day(month, 28);
    let sorts = [
        (
            "contract-notice",
            "T",
            format!(
                "procurement_number = \"1\"\nsubject = {{ sq = \"Rruga\" }}\ncontract_type = \"works\"\nclosing_date = \"{closing} 14:00\""
            ),
        ),
        (
            "contract-award",
            "W",
            format!(
                "procurement_number = \"1\"\nsubject = {{ sq = \"Rruga\" }}\ncontract_type = \"works\"\nawarded_on = \"{}\"\nwinner = \"N\"\ncontract_value = \"1\"",
                day(month, 3)
            ),
        ),
        (
            "vacancy",
            "V",
            format!(
                "vacancy_number = \"1\"\nposition = {{ sq = \"Zyrtar\" }}\ncontract = \"permanent\"\nclosing_date = \"{closing} 14:00\""
            ),
        ),
        (
            "office-document",
            "O",
            format!(
                "document_type = \"decision\"\nissuer = {{ sq = \"Kabineti\" }}\nissued_on = \"{}\"",
                day(month, 3)
            ),
        ),
    ];
    for (kind, letter, facts) in sorts {
        let reference = format!("{letter}{month:02}");
        let queued = dice.at_work(day(month, u32::try_from(dice.roll(4, 26)).unwrap()));
        let approved = if dice.chance(25) {
            later(dice, queued, 2, 5)
        } else {
            queued + Duration::minutes(dice.roll(5, 120))
        };
        story.act(queued, Act::Queue(item(kind, &reference, &facts)));
        story.act(
            approved,
            Act::Approve {
                reference: reference.clone(),
                late: None,
            },
        );
        let mut piece = Piece {
            queued,
            texts: vec![Text::plain(approved)],
            ..Piece::new(kind, reference.clone())
        };
        if dice.chance(10) {
            let (at, reason) = (approved + Duration::hours(2), format!("Gabim {reference}"));
            story.act(
                at,
                Act::Withdraw {
                    reference,
                    reason: reason.clone(),
                },
            );
            piece.withdrawn = Some((at, reason));
        }
        story.pieces.push(piece);
    }
}

/// The reports of both half-years: early, in the month after, later than that; one never.
fn reports(story: &mut Story, dice: &Dice) {
    let halves = [("first-half", "2027-06-30", "H1"), ("year", "2027-12-31", "H2")];
    for (half, last, name) in halves {
        let mut one = |kind: &'static str, letters: &str, more: String, names: Option<&str>| {
            let last = date(last);
            let days = [dice.roll(-12, 0), dice.roll(1, 30), dice.roll(33, 50)][usize::try_from(dice.roll(0, 2)).unwrap()];
            let at = dice.at_work(shifted(last, days));
            let piece = Piece {
                form: name.to_owned(),
                names: names.map(str::to_owned),
                ..Piece::new(kind, format!("{letters}{name}"))
            };
            let text = report(kind, &piece.reference, 2027, half, &more);
            story.publish(at, piece, text);
        };
        one("mayor-report", "RM", String::new(), None);
        one("chairperson-report", "RC", String::new(), None);
        for (nth, directorate) in DIRECTORATES.iter().enumerate() {
            // One never reports.
            if nth == 6 && name == "H2" {
                continue;
            }
            let said = if nth % 2 == 0 {
                format!("directorate = \"{directorate}\"")
            } else {
                format!("directorate = {{ sq = \"{directorate}\", sr = \"D\" }}")
            };
            one("directorate-report", &format!("R{nth}"), said, Some(directorate));
        }
    }
}

/// One day a week, announced once; taken back in June, and announced anew on a Tuesday two weeks later.
fn mayors_day(story: &mut Story) {
    for (nth, month, first, last) in [(1, 1, 11, Some((6, 16))), (2, 6, 29, None)] {
        let (reference, at) = (format!("G{nth}"), on(day(month, first), 9 * 60));
        let text = item(
            "mayor-day",
            &reference,
            "weekday = \"tuesday\"\nhours = \"10-12\"\nvenue = { sq = \"Salla\" }",
        );
        story.publish(at, Piece::new("mayor-day", reference.clone()), text);
        let Some((month, day_of_month)) = last else { continue };
        let (at, reason) = (on(day(month, day_of_month), 9 * 60), "Ndërrim dite".to_owned());
        story.act(
            at,
            Act::Withdraw {
                reference,
                reason: reason.clone(),
            },
        );
        story.last().withdrawn = Some((at, reason));
    }
}
