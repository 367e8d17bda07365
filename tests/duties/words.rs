//! Every standing and every reason is said in every language, in words that fit.

use std::borrow::Cow;

use kasnec::register::prospect::{Risk, RiskKind};
use kasnec::register::{Speaker, Standing};
use kasnec::render::words::{Args, say};

use crate::office::{Office, lang};

const LANGUAGES: [&str; 4] = ["sq", "sr", "en", "tr"];

fn told(lang: &str, key: &str) -> String {
    let names = ["id", "item", "account", "channel", "when", "late"];
    let args: Args = names
        .into_iter()
        .map(|name| (Cow::Borrowed(name), format!("<{name}>").into()))
        .collect();
    say(lang, key, &args).unwrap_or_else(|| panic!("{lang} does not say {key}"))
}

#[test]
fn every_standing_and_every_risk_has_its_sentence_in_every_language() {
    let standings = Standing::ALL
        .iter()
        .map(|standing| format!("due-standing-{}", standing.word().replace(' ', "-")));
    let risks = RiskKind::ALL.iter().map(|kind| format!("due-risk-{}", kind.word()));
    let mut missing = Vec::new();
    for key in standings.chain(risks) {
        let english = told("en", &key);
        missing.extend(
            LANGUAGES
                .iter()
                .filter(|lang| **lang != "en" && told(lang, &key) == english)
                .map(|lang| format!("{lang}: {key}")),
        );
    }
    assert!(missing.is_empty(), "these fall back to English: {missing:?}");
    for kind in RiskKind::ALL {
        let key = format!("due-step-{}", kind.word());
        for lang in LANGUAGES {
            let step = told(lang, &key);
            assert!(step.contains("kasnec"), "{lang}: {key} names no command: {step}");
        }
    }
}

#[tokio::test]
async fn an_unapproved_notice_says_when_it_would_be_approved_and_how_late_that_is() {
    let office = Office::open().await;
    // Clear days: safe by Monday, 23 November, 24:00; in force by elapsed days until Tuesday 09:00. Now it is Monday, 15:30.
    office.meeting("KK-1", "2026-12-01 09:00", "Njoftim").await;
    office.clock.advance(chrono::Duration::minutes(330));
    let line = office.line("01-assembly/item/1").await;
    assert_eq!(line.standing, Standing::AtRisk, "{line:?}");
    let kinds: Vec<RiskKind> = line.risks.iter().map(|risk| risk.kind).collect();
    assert_eq!(
        kinds.iter().filter(|kind| **kind == RiskKind::Unapproved).count(),
        1,
        "said once: {kinds:?}"
    );
    let advice = |code: &str| {
        let speaker = Speaker::new(&office.system, office.config(), lang(code));
        speaker
            .advice(&line)
            .into_iter()
            .find(|advice| advice.step.contains("approve"))
            .unwrap()
    };
    assert_eq!(
        advice("en").why,
        "It waits for approval; within office hours it would be approved by 24 November 2026 09:30: 30 minutes too late."
    );
    assert_eq!(
        advice("sq").why,
        "Pret miratimin; me orarin e punës do të miratohej deri më 24.11.2026 09:30: 30 minuta me vonesë."
    );
    assert_eq!(advice("sr").step, "kasnec item approve KK-1");
}

#[tokio::test]
async fn one_reason_on_several_channels_is_one_sentence() {
    let office = Office::open().await;
    office.meeting("KK 2", "2026-12-21 09:00", "Njoftim").await;
    let mut line = office.line("01-assembly/item/1").await;
    let risk = |channel: &str| Risk {
        kind: RiskKind::ReleasedLate,
        channel: Some(channel.to_owned()),
        expected_at: Some("2026-12-13T10:00:00Z".parse().unwrap()),
    };
    line.risks = vec![risk("site"), risk("telegram")];
    let speaker = Speaker::new(&office.system, office.config(), lang("sr"));
    let advice = speaker.advice(&line);
    assert_eq!(advice.len(), 1, "{advice:?}");
    assert!(
        advice[0].why.contains("(site), telegram") && advice[0].why.contains("posle sigurnog roka"),
        "{advice:?}"
    );
    assert_eq!(advice[0].step, "kasnec item publish \"KK 2\" --now");
}

#[tokio::test]
async fn midnight_belongs_to_the_day_that_ends_and_periods_have_names() {
    let office = Office::open().await;
    let speaker = |code| Speaker::new(&office.system, office.config(), lang(code));
    assert_eq!(speaker("sq").deadline("2026-11-23T23:00:00Z".parse().unwrap()), "23.11.2026 24:00");
    assert_eq!(
        speaker("en").deadline("2026-11-24T08:00:00Z".parse().unwrap()),
        "24 November 2026 09:00"
    );
    let lines = office.lines().await;
    let report = lines
        .iter()
        .find(|line| line.obligation.key.starts_with("06-mayor-report/2026-H2"))
        .unwrap();
    assert_eq!(speaker("sq").what(report), "Raporti i Kryetarit · gjashtëmujori i dytë 2026");
    assert_eq!(speaker("en").subject(report), "second half of 2026");
    let second = lines.iter().find(|line| line.obligation.key == "04-two-a-year/2026/2").unwrap();
    assert!(
        speaker("en").subject(second).ends_with("2026 · 2/2"),
        "{}",
        speaker("en").subject(second)
    );
}
