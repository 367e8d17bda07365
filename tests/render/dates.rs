//! Dates as the four languages write them, on the office's clock.

use serde_json::json;

use crate::common::{NOTICE, act, channel, content, renderer, try_say};
use kasnec::render::{ActKind, Renderer};

fn start(entered: &str, style: &str) -> Vec<String> {
    let everywhere = NOTICE.replace("2026-11-24 10:00", entered).replace(
        "# [sr]",
        "# [en] Meeting\nText.\n# [tr] Toplantı\nMetin.\n# [de] Sitzung\nText.\n# [sr]",
    );
    let template = format!("{{{{#each versions}}}}{{{{facts.meeting_start.{style}}}}}\n{{{{/each}}}}");
    let renderer = Renderer::new([("x/text.hbs".to_owned(), template)]).unwrap();
    let post = try_say(
        &renderer,
        &channel("template = \"text.hbs\""),
        &content(&everywhere),
        &act(ActKind::Publish),
        &["sq", "sr", "en", "tr", "de"],
    );
    post.unwrap().part("text").lines().map(str::to_owned).collect()
}

#[test]
fn a_long_date_reads_as_people_write_it_and_an_unknown_language_reads_english() {
    assert_eq!(
        start("2026-11-24 10:00", "long"),
        [
            "e martë, 24 nëntor 2026, ora 10:00",
            "utorak, 24. novembar 2026, u 10:00",
            "Tuesday, 24 November 2026, at 10:00",
            "24 Kasım 2026 Salı, saat 10:00",
            "Tuesday, 24 November 2026, at 10:00"
        ]
    );
}

#[test]
fn the_short_forms_are_each_languages_own() {
    assert_eq!(
        start("2026-07-05 09:05", "short"),
        [
            "5.7.2026 09:05",
            "5.7.2026. 09:05",
            "5 July 2026 09:05",
            "5.7.2026 09:05",
            "5 July 2026 09:05"
        ]
    );
    assert_eq!(start("2026-07-05 09:05", "date")[0], "e diel, 5 korrik 2026");
    assert_eq!(start("2026-07-05 09:05", "stamp")[1], "5. jul 2026, u 09:05");
}

#[test]
fn the_clock_is_the_offices_on_both_sides_of_both_changes() {
    for (entered, iso) in [
        ("2026-03-29 01:59", "2026-03-29T01:59:00+01:00"),
        ("2026-03-29 03:00", "2026-03-29T03:00:00+02:00"),
        ("2026-10-25 02:30+02:00", "2026-10-25T02:30:00+02:00"),
        ("2026-10-25 02:30+01:00", "2026-10-25T02:30:00+01:00"),
    ] {
        assert_eq!(start(entered, "iso")[0], iso);
        assert_eq!(start(entered, "time")[0], &iso[11..16]);
    }
}

#[test]
fn a_moment_entered_with_another_offset_is_said_on_the_offices_clock() {
    assert_eq!(start("2026-11-24T23:30:00Z", "long")[0], "e mërkurë, 25 nëntor 2026, ora 00:30");
}

#[test]
fn the_helper_speaks_the_language_of_its_place() {
    let data = json!({ "lang": "sq", "at": "2026-11-24T10:00:00+01:00", "versions": [{ "lang": "sr", "rows": [{}] }] });
    let filled = renderer().fill(
        "{{date at style=\"date\"}} / {{#each versions}}{{#each rows}}{{date ../../at}}{{/each}}{{/each}}",
        &data,
    );
    assert_eq!(filled.unwrap(), "e martë, 24 nëntor 2026 / utorak, 24. novembar 2026, u 10:00");
}

#[test]
fn what_is_no_date_is_refused_by_the_helper() {
    let error = renderer().fill("{{date at}}", &json!({ "at": "nesër" })).unwrap_err();
    assert!(error.to_string().contains("needs a date"), "{error}");
}
