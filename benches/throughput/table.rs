//! The one table that is printed.

use std::fmt;

/// Rows of figure, Kasnec, bare reference, ratio and aim.
#[derive(Default)]
pub struct Table(Vec<[String; 5]>);

impl Table {
    /// A figure that has a bare reference beside it.
    pub fn compared(&mut self, figure: &str, unit: &str, kasnec: f64, bare: f64, aim: &str) {
        let ratio = format!("{:.2}", kasnec / bare);
        self.add([figure.to_owned(), shown(kasnec, unit), shown(bare, unit), ratio, aim.to_owned()]);
    }

    /// A figure that stands alone.
    pub fn alone(&mut self, figure: &str, unit: &str, kasnec: f64, aim: &str) {
        self.add([
            figure.to_owned(),
            shown(kasnec, unit),
            "-".to_owned(),
            "-".to_owned(),
            aim.to_owned(),
        ]);
    }

    fn add(&mut self, row: [String; 5]) {
        println!("{}: {} (reference {}, aim {})", row[0], row[1], row[2], row[4]);
        self.0.push(row);
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let head = ["figure", "Kasnec", "bare reference", "ratio", "aim"].map(str::to_owned);
        let all: Vec<&[String; 5]> = std::iter::once(&head).chain(&self.0).collect();
        let widths: Vec<usize> = (0..5)
            .map(|column| all.iter().map(|row| row[column].chars().count()).max().unwrap_or(0))
            .collect();
        for row in all {
            let cells: Vec<String> = row.iter().zip(&widths).map(|(cell, width)| format!("{cell:<width$}")).collect();
            writeln!(f, "{}", cells.join("  ").trim_end())?;
        }
        Ok(())
    }
}

fn shown(value: f64, unit: &str) -> String {
    let digits = match value.abs() {
        0.0 => 0,
        small if small < 10.0 => 2,
        medium if medium < 100.0 => 1,
        _ => 0,
    };
    format!("{value:.digits$} {unit}").trim_end().to_owned()
}
