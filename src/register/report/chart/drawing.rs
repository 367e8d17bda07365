//! A drawing in SVG: boxes, lines, marks and words, in classes that a style sheet colours.

use std::fmt::Write;

/// How wide every drawing is: narrow, so that its words stay readable on a phone.
pub const WIDTH: f64 = 400.0;

/// On white paper; without `var()`, which few readers of SVG know.
const STYLE: &str = "text{font-family:'Libertinus Serif';font-size:12px;fill:#1b2a30}.small{font-size:10.5px}.quiet{fill:#4a5a61}\
    .met{fill:#1d6e74}.late{fill:#e0a526}.overdue{fill:#a3261f}.track{fill:#e4eaeb}.axis{stroke:#b9c5c8;stroke-width:1}\
    .median{stroke:#1b2a30;stroke-width:2.5}.mark{fill-opacity:.7}";

/// Where a text is held.
#[derive(Clone, Copy)]
pub enum Held {
    /// At its beginning.
    Start,
    /// In its middle.
    Middle,
    /// At its end.
    End,
}

/// What stands for a thing in a chart.
#[derive(Clone, Copy)]
pub enum Form {
    /// A part of a bar or column.
    Box,
    /// A disc.
    Disc,
    /// A square on its corner.
    Diamond,
}

/// A drawing under way.
pub struct Drawing {
    body: String,
    height: f64,
}

impl Drawing {
    /// An empty one.
    pub fn new(height: f64) -> Self {
        Self {
            body: String::new(),
            height,
        }
    }

    /// Writes a text with its foot at `y`.
    pub fn text(&mut self, x: f64, y: f64, held: Held, class: &str, text: &str) {
        let anchor = match held {
            Held::Start => "start",
            Held::Middle => "middle",
            Held::End => "end",
        };
        let text = escaped(text);
        self.add(&format!(
            "<text x=\"{x:.1}\" y=\"{y:.1}\" text-anchor=\"{anchor}\" class=\"{class}\">{text}</text>"
        ));
    }

    /// Draws a box; one without width or height is not there.
    pub fn rect(&mut self, (x, y): (f64, f64), (width, height): (f64, f64), class: &str) {
        if width > 0.0 && height > 0.0 {
            self.add(&format!(
                "<rect x=\"{x:.1}\" y=\"{y:.1}\" width=\"{width:.1}\" height=\"{height:.1}\" class=\"{class}\"/>"
            ));
        }
    }

    /// Draws a line.
    pub fn line(&mut self, (x1, y1): (f64, f64), (x2, y2): (f64, f64), class: &str) {
        self.add(&format!(
            "<line x1=\"{x1:.1}\" y1=\"{y1:.1}\" x2=\"{x2:.1}\" y2=\"{y2:.1}\" class=\"{class}\"/>"
        ));
    }

    /// Draws a disc.
    pub fn disc(&mut self, x: f64, y: f64, class: &str) {
        self.add(&format!("<circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"4\" class=\"{class}\"/>"));
    }

    /// Draws a square on its corner, which is told from a disc without colours.
    pub fn diamond(&mut self, x: f64, y: f64, class: &str) {
        let (left, right, top, foot) = (x - 5.0, x + 5.0, y - 5.0, y + 5.0);
        self.add(&format!(
            "<path d=\"M{x:.1} {top:.1}L{right:.1} {y:.1}L{x:.1} {foot:.1}L{left:.1} {y:.1}Z\" class=\"{class}\"/>"
        ));
    }

    /// What each colour and form means, at the top.
    pub fn legend(&mut self, entries: &[(Form, &str, &str)]) {
        let mut x = 0.0;
        for (form, class, name) in entries {
            match form {
                Form::Box => self.rect((x, 2.0), (10.0, 10.0), class),
                Form::Disc => self.disc(x + 5.0, 7.0, class),
                Form::Diamond => self.diamond(x + 5.0, 7.0, class),
            }
            self.text(x + 15.0, 11.5, Held::Start, "small quiet", name);
            x += 30.0 + wide(name);
        }
    }

    /// For a page; its title and description are said to who cannot see it.
    pub fn inline(&self, id: &str, title: &str, what: &str) -> String {
        let (title, what) = (escaped(title), escaped(what));
        self.wrap(
            &format!(" role=\"img\" aria-labelledby=\"{id}-title {id}-what\""),
            &format!("<title id=\"{id}-title\">{title}</title><desc id=\"{id}-what\">{what}</desc>"),
        )
    }

    /// For a document: with its colours.
    pub fn alone(&self) -> String {
        self.wrap(" xmlns=\"http://www.w3.org/2000/svg\"", &format!("<style>{STYLE}</style>"))
    }

    fn wrap(&self, attributes: &str, head: &str) -> String {
        let (height, body) = (self.height, &self.body);
        format!("<svg{attributes} viewBox=\"0 0 {WIDTH:.0} {height:.0}\">{head}{body}</svg>")
    }

    fn add(&mut self, element: &str) {
        // Writing to a string cannot fail.
        let _ = writeln!(self.body, "{element}");
    }
}

/// A text cut to `most` characters.
pub fn cut(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    let kept: String = text.chars().take(most.saturating_sub(1)).collect();
    format!("{}…", kept.trim_end())
}

/// About how wide a small text is.
fn wide(text: &str) -> f64 {
    6.2 * text.chars().map(|_| 1.0).sum::<f64>()
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}
