//! How long before their events notices stood, as a strip of marks for each row of the plan.

use super::super::figures::Report;
use super::super::rows::{Lead, RowReport};
use super::super::speech::Speech;
use super::super::table::{Set, Table};
use super::super::tables::columns;
use super::Chart;
use super::drawing::{Drawing, Form, Held, WIDTH, cut};

const TOP: f64 = 26.0;
const ROW: f64 = 40.0;
const MARGIN: f64 = 8.0;
/// Steps of the axis, in days: weeks, where there is room for them.
const STEPS: [f64; 7] = [1.0, 2.0, 7.0, 14.0, 28.0, 56.0, 112.0];
const MOST_TICKS: f64 = 10.0;

/// The chart; none where no notice was owed before an event.
pub fn chart(report: &Report, speech: &Speech) -> Option<Chart> {
    let rows: Vec<&RowReport> = report.rows.iter().filter(|row| !row.leads.is_empty()).collect();
    if rows.is_empty() {
        return None;
    }
    let drawing = draw(&rows, speech);
    let (title, what) = (speech.word("report-chart-leads"), speech.word("report-chart-leads-what"));
    Some(Chart::new(title, what, &drawing, table(&rows, speech)))
}

/// From days to places.
struct Axis {
    least: f64,
    step: f64,
    ticks: Vec<f64>,
}

impl Axis {
    fn of(rows: &[&RowReport]) -> Self {
        let days = || rows.iter().flat_map(|row| &row.leads).map(|lead| lead.days);
        let (least, most) = (days().fold(0.0, f64::min), days().fold(1.0, f64::max));
        let fits = |step: &&f64| (most - least) / **step <= MOST_TICKS;
        let step = STEPS.iter().find(fits).copied().unwrap_or((most - least) / MOST_TICKS);
        let first = (least / step).floor() * step;
        let mut ticks = vec![first];
        let mut tick = first;
        while tick < most {
            tick += step;
            ticks.push(tick);
        }
        Self { least: first, step, ticks }
    }

    fn place(&self, days: f64) -> f64 {
        let span = self.ticks.last().map_or(self.step, |last| last - self.least);
        MARGIN + (WIDTH - 2.0 * MARGIN) * (days - self.least) / span
    }
}

fn draw(rows: &[&RowReport], speech: &Speech) -> Drawing {
    let foot = rows.iter().fold(TOP, |height, _| height + ROW);
    let mut drawing = Drawing::new(foot + 36.0);
    let names = ["report-on-time", "report-late"].map(|key| speech.word(key));
    drawing.legend(&[(Form::Disc, "met", &names[0]), (Form::Diamond, "late", &names[1])]);
    let axis = Axis::of(rows);
    for tick in &axis.ticks {
        let x = axis.place(*tick);
        drawing.text(x, foot + 17.0, Held::Middle, "small quiet", &speech.number(*tick));
    }
    drawing.text(WIDTH, foot + 31.0, Held::End, "small quiet", &speech.word("report-days-axis"));
    let mut y = TOP;
    for row in rows {
        strip(&mut drawing, y, row, &axis, speech);
        y += ROW;
    }
    drawing
}

fn strip(drawing: &mut Drawing, y: f64, row: &RowReport, axis: &Axis, speech: &Speech) {
    let title = format!("{} {}", row.row.plan, speech.localized(&row.row.title));
    drawing.text(0.0, y + 12.0, Held::Start, "", &cut(&title, 62));
    drawing.rect((0.0, y + 19.0), (WIDTH, 12.0), "track");
    for tick in &axis.ticks {
        let x = axis.place(*tick);
        drawing.line((x, y + 19.0), (x, y + 31.0), "axis");
    }
    for Lead { days, late } in &row.leads {
        let x = axis.place(*days);
        if *late {
            drawing.diamond(x, y + 25.0, "late mark");
        } else {
            drawing.disc(x, y + 25.0, "met mark");
        }
    }
    if let Some(median) = row.figures.lead_days {
        let x = axis.place(median);
        drawing.line((x, y + 16.0), (x, y + 34.0), "median");
    }
}

fn table(rows: &[&RowReport], speech: &Speech) -> Table {
    let wanted = [
        ("report-number", Set::Code),
        ("report-row", Set::Text),
        ("report-cases", Set::Figure),
        ("report-shortest", Set::Figure),
        ("report-median", Set::Figure),
        ("report-longest", Set::Figure),
    ];
    let line = |row: &&RowReport| {
        let days = || row.leads.iter().map(|lead| lead.days);
        vec![
            row.row.plan.clone().into(),
            speech.localized(&row.row.title).into(),
            row.leads.len().to_string().into(),
            speech.figure(days().min_by(f64::total_cmp)).into(),
            speech.figure(row.figures.lead_days).into(),
            speech.figure(days().max_by(f64::total_cmp)).into(),
        ]
    };
    Table {
        id: "chart-leads",
        title: speech.word("report-chart-leads"),
        columns: columns(speech, &wanted),
        lines: rows.iter().map(line).collect(),
        empty: String::new(),
    }
}
