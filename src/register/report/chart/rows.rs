//! What was met in time, as a bar for each row of the plan.

use super::super::figures::Report;
use super::super::rows::RowReport;
use super::super::share::Share;
use super::super::speech::Speech;
use super::super::table::{Cell, Set, Table};
use super::super::tables::{columns, labels};
use super::Chart;
use super::drawing::{Drawing, Form, Held, WIDTH, cut};

const TOP: f64 = 26.0;
const ROW: f64 = 38.0;
const BAR: f64 = 280.0;
/// The characters that fit above a bar.
const MOST: usize = 62;

/// The chart; none where nothing fell due.
pub fn chart(report: &Report, speech: &Speech) -> Option<Chart> {
    let due = report.rows.iter().filter_map(|row| Some((row, row.figures.on_time?)));
    let due: Vec<(&RowReport, Share)> = due.collect();
    let (worst, share) = due.iter().min_by(|a, b| a.1.percent().total_cmp(&b.1.percent()))?;
    let worst = format!(
        "{} {} – {}",
        worst.row.plan,
        speech.localized(&worst.row.title),
        speech.share(Some(*share))
    );
    let what = speech.with("report-chart-rows-what", &[("count", &due.len().to_string()), ("worst", &worst)]);
    let drawing = draw(&due, speech);
    Some(Chart::new(speech.word("report-chart-rows"), what, &drawing, table(&due, speech)))
}

fn draw(due: &[(&RowReport, Share)], speech: &Speech) -> Drawing {
    let mut drawing = Drawing::new(due.iter().fold(TOP, |height, _| height + ROW));
    let names = ["report-on-time", "report-late", "report-overdue"].map(|key| speech.word(key));
    drawing.legend(&[
        (Form::Box, "met", &names[0]),
        (Form::Box, "late", &names[1]),
        (Form::Box, "overdue", &names[2]),
    ]);
    let mut y = TOP;
    for (row, share) in due {
        bar(&mut drawing, y, row, *share, speech);
        y += ROW;
    }
    drawing
}

fn bar(drawing: &mut Drawing, y: f64, row: &RowReport, share: Share, speech: &Speech) {
    drawing.text(0.0, y + 12.0, Held::Start, "", &name(row, speech));
    let length = |many: u32| BAR * f64::from(many) / f64::from(share.whole());
    let met = length(share.part());
    let late = length(row.figures.late.unwrap_or(0).min(share.whole() - share.part()));
    drawing.rect((0.0, y + 18.0), (met, 11.0), "met");
    drawing.rect((met, y + 18.0), (late, 11.0), "late");
    drawing.rect((met + late, y + 18.0), (BAR - met - late, 11.0), "overdue");
    drawing.text(BAR + 10.0, y + 28.0, Held::Start, "", &speech.share(Some(share)));
    drawing.text(WIDTH, y + 28.0, Held::End, "small quiet", &speech.parts(Some(share)));
}

/// The row's number and title, and whether it is an aim or unconfirmed.
fn name(row: &RowReport, speech: &Speech) -> String {
    let labels = labels(row, speech).join(", ");
    let labels = if labels.is_empty() { labels } else { format!(" ({labels})") };
    let title = format!("{} {}", row.row.plan, speech.localized(&row.row.title));
    format!("{}{labels}", cut(&title, MOST.saturating_sub(labels.chars().count())))
}

fn table(due: &[(&RowReport, Share)], speech: &Speech) -> Table {
    let wanted = [
        ("report-number", Set::Code),
        ("report-row", Set::Text),
        ("report-on-time", Set::Figure),
        ("report-cases", Set::Figure),
        ("report-late", Set::Figure),
        ("report-overdue", Set::Figure),
    ];
    let line = |(row, share): &(&RowReport, Share)| {
        vec![
            row.row.plan.clone().into(),
            Cell::noted(speech.localized(&row.row.title), labels(row, speech)),
            speech.share(Some(*share)).into(),
            speech.parts(Some(*share)).into(),
            Speech::count(row.figures.late).into(),
            Speech::count(row.figures.overdue).into(),
        ]
    };
    Table {
        id: "chart-rows",
        title: speech.word("report-chart-rows"),
        columns: columns(speech, &wanted),
        lines: due.iter().map(line).collect(),
        empty: String::new(),
    }
}
