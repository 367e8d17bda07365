//! Texts from outside that mean harm, or nothing at all.

use kasnec::item::{Content, Source};
use proptest::prelude::*;
use serde_json::json;

use crate::desk::{check_text, kinds};

/// A character that XML cannot carry, one that HTML forbids, and one that turns a line around.
const CONTROLS: &str = "\u{0}\u{1}\u{8}\u{b}\u{1b}\u{7f}\u{85}\u{9f}\u{202e}\u{fdd0}\u{fffe}\u{1ffff}";

fn news_with(body: &str) -> Content {
    let item = json!({"kind": "news", "reference": "1", "translations": {"sq": {"title": "Lajm", "body": body}}});
    check_text(&item.to_string(), &kinds()).unwrap().content
}

#[test]
fn scripts_handlers_styles_and_unsafe_links_come_out_clean() {
    let attacks = [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "[x](javascript:alert(1))",
        "[x](JaVaScRiPt&colon;alert(1))",
        "<a href=\"java\tscript:alert(1)\">x</a>",
        "<svg onload=alert(1)>",
        "<iframe src=\"https://example.org\"></iframe>",
        "<p style=\"position:fixed\" onclick=\"alert(1)\">x</p>",
        "<style>*{display:none}</style>",
        "<form action=\"https://example.org\"><input name=a></form>",
        "![x](data:text/html;base64,PHNjcmlwdD4=)",
        "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
        "<https://example.org\" onmouseover=\"alert(1)>",
    ];
    for attack in attacks {
        let html = &news_with(&format!("Para\n\n{attack}\n\npas"))
            .translations
            .values()
            .next()
            .unwrap()
            .html
            .to_lowercase();
        let tags: String = html
            .split('<')
            .skip(1)
            .filter_map(|t| t.split('>').next())
            .collect::<Vec<_>>()
            .join(" ");
        for bad in [
            "script",
            "onerror=",
            "onload=",
            "onclick=",
            " onmouseover=",
            "iframe",
            "style",
            "form",
            "input",
            "data:",
            "svg",
        ] {
            assert!(!tags.contains(bad), "{attack} left {bad} in {html}");
        }
    }
}

#[test]
fn what_follows_an_attack_is_still_read() {
    let text = &news_with("<b title=\"a>b\">mirë</b>\n\n<script>x</script>\n\nFund")
        .translations
        .values()
        .next()
        .unwrap()
        .text
        .clone();
    assert_eq!(text, "mirë\n\nFund");
}

#[test]
fn control_characters_get_in_nowhere() {
    let say = |text: &str| format!("{text}{CONTROLS}");
    let item = json!({
        "kind": "assembly-meeting", "reference": "1", "tags": [say("etiketë")],
        "facts": {
            "meeting_start": "2026-11-24 10:00", "venue": {"sq": say("Salla")}, "agenda": [say("Pika")],
            "called_by": say("Kryesuesi\r\nBcc: x"), "live_url": "https://example.org/?\"a\u{1}",
        },
        "translations": {"sq": {"title": say("Titulli"), "body": say("Teksti")}},
        "attachments": [{"file": "a\u{1}\n.pdf", "base64": "JVBERi0xLjc=", "title": {"sq": say("T")}, "alt": {"sq": say("A")}}],
    });
    let content = check_text(&item.to_string(), &kinds()).unwrap().content;
    let kept = serde_json::to_string(&content).unwrap();
    for bad in CONTROLS.chars() {
        assert!(!kept.contains(bad), "{bad:?} in {kept}");
    }
    assert!(!kept.contains("\\u00"), "{kept}");
    let lines: Vec<String> = content.facts.values().map(|fact| serde_json::to_string(fact).unwrap()).collect();
    assert!(lines.iter().all(|line| !line.contains("\\n") && !line.contains("\\r")), "{lines:?}");
    assert_eq!(content.attachments[0].name, "a .pdf");
}

#[test]
fn what_is_only_control_characters_counts_as_empty() {
    let item = json!({"kind": "mayor-day", "reference": "1", "facts": {"weekday": "monday", "hours": "\u{1}", "venue": {"sq": "\u{2}"}},
        "translations": {"sq": {"title": "\u{3}", "body": ""}}});
    let problems = check_text(&item.to_string(), &kinds()).unwrap_err();
    let fields: Vec<&str> = problems.0.iter().map(|p| p.field.as_str()).collect();
    assert_eq!(fields, ["facts.hours", "facts.venue", "translations.sq.title"], "{problems}");
}

/// Lines as they stand in items, so that arbitrary mixtures of them come far into the parser.
fn line() -> impl Strategy<Value = String> {
    let known = [
        "+++",
        "{",
        "}",
        "kind = \"assembly-meeting\"",
        "kind = \"news\"",
        "reference = \"1\"",
        "release = \"2027-03-28 02:30\"",
        "[facts]",
        "meeting_start = \"2026-11-24 10:00\"",
        "meeting_start = 2026-11-24T10:00:00",
        "venue.sq = \"Salla\"",
        "agenda = [1, {}, \"\"]",
        "[[attachments]]",
        "file = \"a.pdf\"",
        "# [sq] Titulli",
        "# [SQ] ",
        "# [",
        "| a | b |\n|---|",
        "\u{feff}ë\u{301}\r",
    ];
    prop_oneof![3 => prop::sample::select(known.to_vec()).prop_map(str::to_owned), 1 => "\\PC{0,40}"]
}

proptest! {
    #[test]
    fn arbitrary_text_never_panics(text in any::<String>()) {
        let kinds = kinds();
        let _ = check_text(&text, &kinds);
        let _ = check_text(&format!("+++\n{text}"), &kinds);
        let _ = check_text(&format!("{{{text}"), &kinds);
    }

    #[test]
    fn arbitrary_lines_of_items_never_panic(lines in prop::collection::vec(line(), 0..24)) {
        let front = "+++\nkind = \"assembly-meeting\"\nreference = \"1\"\n";
        let kinds = kinds();
        let _ = check_text(&lines.join("\n"), &kinds);
        let _ = check_text(&format!("{front}{}", lines.join("\n")), &kinds);
    }

    #[test]
    fn any_text_that_is_read_survives_the_way_through_json(body in any::<String>()) {
        let text = format!("+++\nkind = \"news\"\nreference = \"1\"\n+++\n# [sq] Lajm\n{body}");
        if let Ok(source) = Source::parse("a.md", &text) {
            let json = serde_json::to_string(&source.item).unwrap();
            prop_assert_eq!(Source::parse("a.json", &json).unwrap().item, source.item);
        }
    }
}
