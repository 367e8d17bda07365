//! Letters about channels that stand still: what happened, what it means, what waits, what to do.

use std::borrow::Cow;

use super::tell::Told;
use crate::receipt::{AlarmKind, FailureCode};
use crate::register::post::{self, Text, Words};
use crate::render::escape_html;
use crate::render::words::{Args, say};
use crate::store::StoreError;
use crate::store::letters::{Piece, Pouch};
use crate::system::{OfficeConfig, System};

/// Sends what waits; gives how many letters the mail server took.
pub async fn send(system: &System, config: &OfficeConfig) -> Result<usize, StoreError> {
    post::send(system, config, Pouch::Alarms, write).await
}

fn write(words: &Words<'_>, pieces: &[Piece]) -> Option<Text> {
    let told: Vec<Told> = pieces
        .iter()
        .map(|piece| serde_json::from_value(piece.detail.clone()).ok())
        .collect::<Option<_>>()?;
    let closing = words.word("alarm-closing", &[]);
    let paragraphs: Vec<Vec<String>> = told.iter().map(|told| lines(words, told)).collect();
    let text: Vec<String> = paragraphs.iter().map(|lines| lines.join("\n")).collect();
    let html: Vec<String> = paragraphs.iter().map(|lines| paragraph(lines)).collect();
    Some(Text {
        subject: subject(words, told.first()?),
        text: format!("{}\n\n{closing}\n", text.join("\n\n")),
        html: format!("{}\n<p>{}</p>\n", html.join("\n"), escape_html(&closing)),
    })
}

fn paragraph(lines: &[String]) -> String {
    let lines: Vec<String> = lines.iter().map(|line| escape_html(line)).collect();
    format!("<p>{}</p>", lines.join("<br>"))
}

fn subject(words: &Words<'_>, told: &Told) -> String {
    let by = told.by.as_deref().unwrap_or_default();
    let args = [("channel", told.channel.as_str()), ("by", by)];
    match (told.reminder, &told.by) {
        (true, Some(_)) => words.word("alarm-subject-reminder", &args),
        (_, Some(_)) => words.word("alarm-subject-by", &args),
        (_, None) => words.word("alarm-subject", &args),
    }
}

fn lines(words: &Words<'_>, told: &Told) -> Vec<String> {
    let args = [
        ("office", words.office),
        ("since", told.since.as_str()),
        ("channel", told.channel.as_str()),
        ("account", told.account.as_str()),
        ("said", told.said.as_deref().unwrap_or_default()),
    ];
    let (happened, step) = case(told);
    let mut lines = vec![words.word("alarm-opening", &args), words.word(happened, &args)];
    lines.extend(told.said.iter().map(|_| words.word("alarm-said", &args)));
    let down = told.kind == AlarmKind::ChannelDown;
    lines.push(words.word(if down { "alarm-means-down" } else { "alarm-means-paused" }, &args));
    lines.push(waits(words.lang.as_str(), told.waiting, told.by.as_deref()));
    let step = words.word(step, &args);
    lines.push(words.word("warn-step", &[("step", &step)]));
    lines
}

/// How many wait, and for which deadline.
pub fn waits(lang: &str, waiting: i64, by: Option<&str>) -> String {
    let said = |key: &str, args: Args| say(lang, key, &args).unwrap_or_default();
    if waiting == 0 {
        return said("alarm-waits-none", Args::new());
    }
    let count = said("alarm-waits", Args::from([(Cow::Borrowed("count"), waiting.into())]));
    by.map_or(count.clone(), |by| {
        let by = said("alarm-waits-by", Args::from([(Cow::Borrowed("by"), by.to_owned().into())]));
        format!("{count} {by}")
    })
}

/// What happened, and what to do about it.
fn case(told: &Told) -> (&'static str, &'static str) {
    if told.kind == AlarmKind::ChannelDown {
        return ("alarm-happened-down", "alarm-step-down");
    }
    match told.code {
        Some(FailureCode::TokenExpired) => ("alarm-happened-token-expired", "alarm-step-connect"),
        Some(FailureCode::PasswordChanged) => ("alarm-happened-password-changed", "alarm-step-connect"),
        Some(FailureCode::NotSignedIn) => ("alarm-happened-not-signed-in", "alarm-step-connect"),
        Some(FailureCode::NotConfigured) => ("alarm-happened-not-configured", "alarm-step-connect"),
        Some(FailureCode::NotAllowed) => ("alarm-happened-not-allowed", "alarm-step-not-allowed"),
        Some(FailureCode::AppInDevelopment) => ("alarm-happened-app-in-development", "alarm-step-app-in-development"),
        Some(FailureCode::PageUnpublished) => ("alarm-happened-page-unpublished", "alarm-step-page-unpublished"),
        _ => ("alarm-happened-other", "alarm-step-connect"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(code: FailureCode, waiting: i64, by: Option<&str>) -> Told {
        Told {
            account: "facebook".to_owned(),
            channel: "Facebook (facebook)".to_owned(),
            kind: AlarmKind::ChannelPaused,
            since: "22.11.2026 10:00".to_owned(),
            code: Some(code),
            said: Some("Session has expired".to_owned()),
            waiting,
            nearest: None,
            by: by.map(str::to_owned),
            reminder: false,
        }
    }

    #[test]
    fn a_letter_says_what_happened_what_waits_and_what_to_do_in_four_languages() {
        for (lang, waits) in [
            ("sq", "5 publikime janë në pritje. Afati më i afërt: 24.11.2026 24:00."),
            ("sr", "5 objava čeka. Najbliži rok: 24.11.2026 24:00."),
            ("en", "5 publications wait. Nearest deadline: 24.11.2026 24:00."),
            ("tr", "5 yayın bekliyor. En yakın son tarih: 24.11.2026 24:00."),
        ] {
            let words = Words {
                lang: &lang.parse().unwrap(),
                office: "Kaçanik",
            };
            for code in FailureCode::ALL {
                let lines = lines(&words, &told(*code, 5, Some("24.11.2026 24:00"))).join("\n");
                assert!(!lines.contains("alarm-"), "{lang} {code}: a text is missing: {lines}");
                assert!(lines.contains(waits) && lines.contains("kasnec channel"), "{lines}");
            }
        }
    }

    #[test]
    fn where_nothing_waits_no_deadline_is_named() {
        let words = Words {
            lang: &"en".parse().unwrap(),
            office: "K",
        };
        let told = told(FailureCode::TokenExpired, 0, None);
        assert!(lines(&words, &told).contains(&"Nothing waits for it yet.".to_owned()));
        assert_eq!(subject(&words, &told), "Facebook (facebook) stands still");
    }
}
