//! How deadlines are told: the sentences themselves, in each language.

use chrono::NaiveDate;
use kasnec::item::{Content, Lang};
use kasnec::register::explain::{Teller, Telling};
use kasnec::rules::{Explained, Known, Period, Unsettled};

use crate::support::{BELGRADE, KINDS, SHIPPED, item, meeting, one_rule, plan, the_rule};

/// Tells a shipped rule of Kaçanik's plan.
fn told(rule: &str, content: &Content, known: &Known, lang: &str) -> Telling {
    let plans = ["kacanik".to_owned()];
    tell(SHIPPED.rule(&plans, rule).unwrap(), Some(content), known, lang, &content.kind)
}

fn tell(bound: kasnec::rules::Bound<'_>, content: Option<&Content>, known: &Known, lang: &str, kind: &str) -> Telling {
    let lang: Lang = lang.parse().unwrap();
    let official: Vec<Lang> = ["sq", "sr"].map(|code| code.parse().unwrap()).into();
    let mut steps = Vec::new();
    let due = bound.rule.due(content, known, bound.calendar, &mut steps);
    let explained = Explained {
        rule: bound.rule,
        steps,
        due,
    };
    let teller = Teller {
        lang: &lang,
        kinds: &KINDS,
        zone: BELGRADE,
        official: &official,
    };
    teller.tell(&explained, kind)
}

fn summaries(telling: &Telling) -> Vec<&str> {
    telling.readings.iter().map(|reading| reading.summary.as_str()).collect()
}

#[test]
fn an_assembly_meeting_is_told_in_albanian_as_a_jurist_would_write_it() {
    let told = told("01-assembly", &meeting("regular", "2026-11-24 10:00"), &Known::zone(BELGRADE), "sq");
    assert_eq!(
        summaries(&told),
        [
            "Mbledhja: e martë 24.11.2026 10:00 → 7 ditë të plota → më së voni e hënë 16.11.2026 24:00",
            "Mbledhja: e martë 24.11.2026 10:00 → 7 ditë, në të njëjtën orë → më së voni e martë 17.11.2026 10:00",
            "Mbledhja: e martë 24.11.2026 10:00 → 7 ditë pune → më së voni e premte 13.11.2026 24:00 (e pakonfirmuar)",
        ]
    );
    assert_eq!(
        told.comes_to,
        [
            "Me siguri në kohë deri: e hënë 16.11.2026 24:00",
            "Më së voni deri: e martë 17.11.2026 10:00",
            "Paralajmërim, sipas një interpretimi të pakonfirmuar: e premte 13.11.2026 24:00",
        ]
    );
    assert_eq!(
        told.asks,
        [
            "Duhet të qëndrojë në: ueb-faqja, Facebook, tabelat e shpalljeve",
            "Në të gjitha njëkohësisht.",
            "Gjuhët zyrtare: Shqip, Srpski",
            "Nuk miratohet pa: Rendi i ditës, Vendi",
        ]
    );
    assert!(
        told.stands.iter().any(|line| line.starts_with("Burimi: Action plan, annex row 1")),
        "{told}"
    );
}

#[test]
fn the_same_is_told_in_serbian_english_and_turkish() {
    let first = |lang| {
        let told = told("01-assembly", &meeting("regular", "2026-11-24 10:00"), &Known::zone(BELGRADE), lang);
        told.readings[0].summary.clone()
    };
    assert_eq!(
        first("sr"),
        "Održavanje: utorak 24.11.2026. 10:00 → 7 punih dana → najkasnije: ponedeljak 16.11.2026. 24:00"
    );
    assert_eq!(
        first("en"),
        "Meeting: Tuesday 24 November 2026 10:00 → 7 clear days → at the latest Monday 16 November 2026 24:00"
    );
    assert_eq!(
        first("tr"),
        "Toplantı: 24.11.2026 Salı 10:00 → 7 tam gün → en geç 16.11.2026 Pazartesi 24:00"
    );
}

#[test]
fn days_that_do_not_count_are_told_with_the_reason() {
    let facts = [
        ("session", "regular"),
        ("meeting_start", "2026-12-23 10:00"),
        ("meeting_end", "2026-12-23 13:00"),
    ];
    let told = told(
        "02-information",
        &item("assembly-meeting", &facts, BELGRADE),
        &Known::zone(BELGRADE),
        "sq",
    );
    assert_eq!(
        summaries(&told),
        ["Përfundimi i mbledhjes: e mërkurë 23.12.2026 13:00 → pastaj 2 ditë pune → më së voni e hënë 28.12.2026 24:00"]
    );
    assert_eq!(
        told.readings[0].details,
        [
            "Nuk numërohen (fundjavë): e shtunë 26.12.2026, e diel 27.12.2026",
            "Nuk numërohet: e premte 25.12.2026 – Krishtlindjet katolike",
            "Shënim: Two working days are the office's aim.",
        ]
    );
}

#[test]
fn a_moon_holiday_and_a_year_without_a_calendar_are_told_as_estimates() {
    let rules = plan(&one_rule(
        "kosovo",
        "kinds = [\"municipal-act\"]\nanchor = \"registered_on\"\nafter = \"2 days\"\nreadings = [{ count = \"working\" }]",
    ))
    .unwrap();
    let details = |day: &str, lang: &str| {
        let act = item("municipal-act", &[("registered_on", day)], BELGRADE);
        let told = tell(the_rule(&rules), Some(&act), &Known::zone(BELGRADE), lang, "municipal-act");
        told.readings[0].details.clone()
    };
    assert_eq!(
        details("2027-03-08", "sr"),
        ["Ne računa se: utorak 9.3.2027. – Ramazanski Bajram (procenjen datum)"]
    );
    let far = details("2031-02-14", "en");
    assert!(
        far.contains(&"There is no calendar for 2031: its holidays are estimated.".to_owned()),
        "{far:?}"
    );
}

#[test]
fn rolls_and_cut_off_hours_are_told() {
    let rules = plan(&one_rule(
        "kosovo",
        "kinds = [\"assembly-meeting\"]\nanchor = \"meeting_start\"\nbefore = \"3 days\"\nreadings = [{ count = \"calendar\", roll = \"earlier\", cutoff = \"16:00\" }]",
    ))
    .unwrap();
    let meeting = meeting("regular", "2026-11-24 10:00");
    let told = tell(the_rule(&rules), Some(&meeting), &Known::zone(BELGRADE), "sq", "assembly-meeting");
    assert_eq!(
        summaries(&told),
        ["Mbledhja: e martë 24.11.2026 10:00 → 3 ditë kalendarike → më së voni e premte 20.11.2026 16:00"]
    );
    assert_eq!(
        told.readings[0].details,
        [
            "e shtunë 21.11.2026 nuk është ditë pune: afati kalon në e premte 20.11.2026",
            "Çka vjen pas orës 16:00, llogaritet si e ditës tjetër.",
        ]
    );
}

#[test]
fn an_urgent_meeting_says_that_it_is_one_and_on_what_ground() {
    let told = told("01-assembly", &meeting("urgent", "2026-11-24 10:00"), &Known::zone(BELGRADE), "sq");
    assert!(
        told.variant
            .as_ref()
            .is_some_and(|line| line.starts_with("Rast urgjent: The plan is silent on urgent meetings")),
        "{told}"
    );
    assert!(
        told.asks
            .contains(&"Nuk miratohet pa: Rendi i ditës, Vendi, Arsyeja e urgjencës, Baza ligjore e urgjencës, E thirrur nga".to_owned()),
        "{told}"
    );
    assert_eq!(
        told.readings[0].summary,
        "Mbledhja: e martë 24.11.2026 10:00 → deri në atë çast → më së voni e martë 24.11.2026 10:00"
    );
    assert_eq!(
        told.readings[1].summary,
        "Mbledhja: e martë 24.11.2026 10:00 → 24 orë → më së voni e hënë 23.11.2026 10:00 (e pakonfirmuar)"
    );
}

#[test]
fn a_rule_over_a_period_names_its_end() {
    let plans = ["kacanik".to_owned()];
    let bound = SHIPPED.rule(&plans, "06-mayor-report").unwrap();
    let length = bound.rule.every.as_ref().unwrap().period;
    let day = NaiveDate::from_ymd_opt(2027, 5, 1).unwrap();
    let known = Known::zone(BELGRADE).within(Period::of(length, day).unwrap());
    let told = tell(bound, None, &known, "sq", "mayor-report");
    assert_eq!(
        summaries(&told),
        [
            "Fundi i periudhës: e mërkurë 30.6.2027 → deri në fund të asaj dite → më së voni e mërkurë 30.6.2027 24:00",
            "Fundi i periudhës: e mërkurë 30.6.2027 → pastaj 31 ditë kalendarike → më së voni e shtunë 31.7.2027 24:00",
        ]
    );
}

#[test]
fn where_there_is_no_deadline_it_is_told_why() {
    let petition = item("petition", &[("received_at", "2026-11-20 10:00")], BELGRADE);
    let known = Known::zone(BELGRADE);
    assert_eq!(
        told("12-replied", &petition, &known, "en").comes_to,
        ["No deadline yet: it counts from “Considered”, which is not known."]
    );
    assert!(told("12-replied", &petition, &known, "sq").comes_to[0].starts_with("Ende nuk ka afat: llogaritet nga „"));
    let plans = ["kacanik".to_owned()];
    let bound = SHIPPED.rule(&plans, "12-replied").unwrap();
    for (lang, day) in [
        ("sq", "e martë 24.11.2026"),
        ("sr", "utorak 24.11.2026."),
        ("en", "Tuesday 24 November 2026"),
        ("tr", "24.11.2026 Salı"),
    ] {
        let lang: Lang = lang.parse().unwrap();
        let teller = Teller {
            lang: &lang,
            kinds: &KINDS,
            zone: BELGRADE,
            official: &[],
        };
        let why = |unsettled| {
            let explained = Explained {
                rule: bound.rule,
                steps: vec![],
                due: Err(unsettled),
            };
            let told = teller.tell(&explained, "petition");
            assert!(told.readings.is_empty());
            told.comes_to[0].clone()
        };
        assert!(why(Unsettled::NotInForce(NaiveDate::from_ymd_opt(2026, 11, 24).unwrap())).contains(day));
        let all = [why(Unsettled::NoClock), why(Unsettled::OutOfRange)];
        assert!(all.iter().all(|line| !line.contains("rules-")) && all[0] != all[1], "{all:?}");
    }
}

#[test]
fn numbers_take_the_plural_of_their_language() {
    let rules = |days: u32| {
        let lines = format!(
            "kinds = [\"assembly-meeting\"]\nanchor = \"meeting_start\"\nbefore = \"{days} days\"\nreadings = [{{ count = \"clear\" }}, {{ count = \"working\" }}]"
        );
        plan(&one_rule("kosovo", &lines)).unwrap()
    };
    let lengths = |days: u32, lang: &str| {
        let rules = rules(days);
        let told = tell(
            the_rule(&rules),
            Some(&meeting("regular", "2027-06-24 10:00")),
            &Known::zone(BELGRADE),
            lang,
            "assembly-meeting",
        );
        told.readings
            .iter()
            .map(|reading| reading.summary.split(" → ").nth(1).unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(lengths(1, "sq"), ["1 ditë e plotë", "1 ditë pune"]);
    assert_eq!(lengths(5, "sq"), ["5 ditë të plota", "5 ditë pune"]);
    assert_eq!(lengths(1, "sr"), ["1 pun dan", "1 radni dan"]);
    assert_eq!(lengths(3, "sr"), ["3 puna dana", "3 radna dana"]);
    assert_eq!(lengths(12, "sr"), ["12 punih dana", "12 radnih dana"]);
    assert_eq!(lengths(21, "sr"), ["21 pun dan", "21 radni dan"]);
    assert_eq!(lengths(1, "en"), ["1 clear day", "1 working day"]);
    assert_eq!(lengths(2, "en"), ["2 clear days", "2 working days"]);
    assert_eq!(lengths(5, "tr"), ["5 tam gün", "5 iş günü"]);
}

#[test]
fn every_shipped_rule_is_told_in_every_language_without_a_missing_word() {
    for plan in SHIPPED.plans() {
        let plans = [plan.head.id.clone()];
        for bound in SHIPPED.bound(&plans) {
            let (content, known) = crate::support::anything_for(bound.rule);
            for lang in ["sq", "sr", "en", "tr"] {
                let told = tell(bound, Some(&content), &known, lang, &content.kind);
                let text = told.to_string();
                assert!(!text.contains("rules-") && !text.contains("{$") && !text.contains("{ $"), "{text}");
                assert!(
                    !told.title.is_empty() && !told.comes_to.is_empty() && !told.stands.is_empty(),
                    "{text}"
                );
                assert!(
                    bound.rule.anchor.0.is_empty() || !told.readings.is_empty(),
                    "{}: {text}",
                    bound.rule.id
                );
            }
        }
    }
}
