//! Warnings as letters. `post.rs` has them sent.

use super::error::RegisterError;
use super::post::{self, Text, Words};
use super::warn::Said;
use crate::render::escape_html;
use crate::store::letters::{Piece, Pouch};
use crate::system::{OfficeConfig, System};

/// Sends what waits; gives how many letters the mail server took.
pub async fn send(system: &System, config: &OfficeConfig) -> Result<usize, RegisterError> {
    Ok(post::send(system, config, Pouch::Warnings, say).await?)
}

fn say(words: &Words<'_>, pieces: &[Piece]) -> Option<Text> {
    let mut all: Vec<(i64, Said)> = Vec::new();
    for piece in pieces {
        let said: Said = serde_json::from_value(piece.detail.clone()).ok()?;
        // A duty that is warned of for two reasons at once is told once.
        match all.iter_mut().find(|(obligation, _)| *obligation == piece.about) {
            Some((_, told)) => *told = said,
            None => all.push((piece.about, said)),
        }
    }
    let said: Vec<&Said> = all.iter().map(|(_, said)| said).collect();
    Some(Text {
        subject: words.subject(&said),
        text: words.text(&said),
        html: words.html(&said),
    })
}

impl Words<'_> {
    fn subject(&self, said: &[&Said]) -> String {
        match said {
            [only] => self.word("warn-subject-one", &[("what", &only.what), ("by", &only.safe_by)]),
            [first, ..] => self.word(
                "warn-subject-many",
                &[("count", &said.len().to_string()), ("what", &first.what), ("by", &first.safe_by)],
            ),
            [] => String::new(),
        }
    }

    fn text(&self, said: &[&Said]) -> String {
        let duties: Vec<String> = said
            .iter()
            .map(|said| format!("• {}\n  {}", said.what, self.lines(said).join("\n  ")))
            .collect();
        let opening = self.word("warn-opening", &[("office", self.office)]);
        format!("{opening}\n\n{}\n\n{}\n", duties.join("\n\n"), self.word("warn-closing", &[]))
    }

    fn html(&self, said: &[&Said]) -> String {
        let duties: Vec<String> = said
            .iter()
            .map(|said| {
                let lines: Vec<String> = self.lines(said).iter().map(|line| escape_html(line)).collect();
                format!("<li><strong>{}</strong><br>{}</li>", escape_html(&said.what), lines.join("<br>"))
            })
            .collect();
        let opening = escape_html(&self.word("warn-opening", &[("office", self.office)]));
        let closing = escape_html(&self.word("warn-closing", &[]));
        format!("<p>{opening}</p>\n<ul>\n{}\n</ul>\n<p>{closing}</p>\n", duties.join("\n"))
    }

    fn lines(&self, said: &Said) -> Vec<String> {
        let times = [("safe", said.safe_by.as_str()), ("latest", &said.latest_by)];
        let mut lines = vec![
            self.word("warn-standing", &[("standing", &said.standing), ("unit", &said.unit)]),
            self.word("warn-times", &times),
        ];
        lines.extend(said.unconfirmed.iter().map(|by| self.word("warn-unconfirmed", &[("by", by)])));
        for advice in &said.advice {
            lines.push(advice.why.clone());
            lines.push(self.word("warn-step", &[("step", &advice.step)]));
        }
        lines
    }
}
