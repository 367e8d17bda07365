//! The course of the period, as a column for each month.

use chrono::Datelike;

use super::super::figures::Report;
use super::super::months::{Month, Outcome};
use super::super::speech::Speech;
use super::super::table::{Cell, Set, Table};
use super::super::tables::columns;
use super::Chart;
use super::drawing::{Drawing, Form, Held, WIDTH};

const TOP: f64 = 40.0;
const FOOT: f64 = 190.0;
const HEIGHT: f64 = 226.0;
/// Under narrower columns than this not every month has room for its number.
const NARROW: f64 = 16.0;

/// The chart; none where nothing fell due.
pub fn chart(report: &Report, speech: &Speech) -> Option<Chart> {
    let outcomes = report.months.iter().filter_map(|month| month.outcome);
    let most = outcomes.map(Outcome::due).max().filter(|most| *most > 0)?;
    let drawing = draw(&report.months, f64::from(most), speech);
    let (title, what) = (speech.word("report-chart-months"), speech.word("report-chart-months-what"));
    Some(Chart::new(title, what, &drawing, table(&report.months, speech)))
}

fn draw(months: &[Month], most: f64, speech: &Speech) -> Drawing {
    let mut drawing = Drawing::new(HEIGHT);
    let names = ["report-on-time", "report-late", "report-overdue"].map(|key| speech.word(key));
    drawing.legend(&[
        (Form::Box, "met", &names[0]),
        (Form::Box, "late", &names[1]),
        (Form::Box, "overdue", &names[2]),
    ]);
    drawing.line((0.0, FOOT), (WIDTH, FOOT), "axis");
    let pitch = (WIDTH / months.iter().map(|_| 1.0).sum::<f64>()).min(60.0);
    let mut x = 0.0;
    for (index, month) in months.iter().enumerate() {
        if let Some(outcome) = month.outcome {
            column(&mut drawing, x, pitch, most, outcome);
        }
        let number = month.first.month();
        if pitch >= NARROW || number % 3 == 1 {
            drawing.text(x + pitch / 2.0, FOOT + 15.0, Held::Middle, "small", &number.to_string());
        }
        if index == 0 || number == 1 {
            drawing.text(
                x + pitch / 2.0,
                FOOT + 30.0,
                Held::Middle,
                "small quiet",
                &month.first.year().to_string(),
            );
        }
        x += pitch;
    }
    drawing
}

fn column(drawing: &mut Drawing, x: f64, pitch: f64, most: f64, outcome: Outcome) {
    let width = pitch * 0.66;
    let left = x + (pitch - width) / 2.0;
    let mut foot = FOOT;
    for (many, class) in [(outcome.met, "met"), (outcome.late, "late"), (outcome.overdue, "overdue")] {
        let height = (FOOT - TOP) * f64::from(many) / most;
        foot -= height;
        drawing.rect((left, foot), (width, height), class);
    }
    if pitch >= NARROW {
        drawing.text(x + pitch / 2.0, foot - 4.0, Held::Middle, "small quiet", &outcome.due().to_string());
    }
}

fn table(months: &[Month], speech: &Speech) -> Table {
    let wanted = [
        ("report-month", Set::Code),
        ("report-on-time", Set::Figure),
        ("report-late", Set::Figure),
        ("report-overdue", Set::Figure),
    ];
    let line = |month: &Month| {
        let count = |pick: fn(Outcome) -> u32| Speech::count(month.outcome.map(pick)).into();
        let name: Cell = month.first.format("%m.%Y").to_string().into();
        vec![
            name,
            count(|outcome| outcome.met),
            count(|outcome| outcome.late),
            count(|outcome| outcome.overdue),
        ]
    };
    Table {
        id: "chart-months",
        title: speech.word("report-chart-months"),
        columns: columns(speech, &wanted),
        lines: months.iter().map(line).collect(),
        empty: String::new(),
    }
}
