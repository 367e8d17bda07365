//! What is refused, and with which words: the file, the line, the field, what is wrong and what to write instead.

use kasnec::item::Problems;

use crate::desk::{check_file, files_in, kinds, name_of, today};

/// File, line, field, words that must stand in the message.
type Refusal = (&'static str, Option<usize>, &'static str, &'static [&'static str]);

const REFUSED: &[Refusal] = &[
    (
        "01-missing-fact.md",
        Some(5),
        "facts.venue",
        &["it is missing", "\"Salla e Kuvendit të Komunës\""],
    ),
    (
        "02-wrong-type.md",
        Some(10),
        "facts.session_number",
        &["not a whole number", "write it like 12"],
    ),
    (
        "03-unknown-kind.md",
        Some(2),
        "kind",
        &["\"asembly-meeting\"", "did you mean \"assembly-meeting\"?"],
    ),
    (
        "04-unknown-fact.md",
        Some(8),
        "facts.veneu",
        &["no such fact", "did you mean \"venue\"?"],
    ),
    (
        "05-no-such-day.md",
        Some(7),
        "facts.meeting_start",
        &["2026-09-31 does not exist", "\"2026-11-24 10:00\""],
    ),
    (
        "06-skipped-hour.md",
        Some(7),
        "facts.meeting_start",
        &["2027-03-28 02:30", "springs forward", "\"2026-11-24 10:00\""],
    ),
    (
        "07-end-before-start.md",
        Some(8),
        "facts.meeting_end",
        &["not after meeting_start", "give a moment after"],
    ),
    (
        "08-missing-attachment.md",
        Some(12),
        "attachments.0.file",
        &["nuk-ekziston.pdf", "no such file", "beside the item"],
    ),
    (
        "09-disguised-attachment.md",
        Some(12),
        "attachments.0.file",
        &["says application/pdf", "bytes are image/png", "ending in pdf"],
    ),
    (
        "10-image-without-alt.md",
        Some(11),
        "attachments.0.alt",
        &["ura.png", "cannot see it", "alt.sq ="],
    ),
    ("11-no-text.md", None, "text", &["there is none", "# [sq] Njoftim"]),
    ("12-broken-toml.md", Some(3), "front matter", &["string", "kind = \"news\""]),
    (
        "13-text-before-heading.md",
        Some(12),
        "text",
        &["before the first language heading", "# [sq] Njoftim"],
    ),
    (
        "14-unknown-option.md",
        Some(6),
        "facts.session",
        &["\"ordinary\"", "regular, extraordinary, urgent"],
    ),
    ("15-repeated-hour.md", Some(7), "facts.meeting_start", &["happens twice", "+01:00"]),
    ("16-language-twice.md", Some(15), "text", &["[sq]", "twice", "one"]),
    (
        "17-second-attachment.md",
        Some(16),
        "attachments.1.file",
        &["programi.exe", "\"exe\" are not published"],
    ),
    (
        "18-empty-point.md",
        Some(9),
        "facts.agenda",
        &["empty", "[\"Pika e parë\", \"Pika e dytë\"]"],
    ),
    ("19-unknown-key.md", Some(4), "front matter", &["colour", "kind = \"news\""]),
    ("20-release-in-year-20.md", Some(4), "release", &["year 20", "\"2026-11-15 09:00\""]),
    (
        "21-unclosed-front-matter.md",
        Some(1),
        "front matter",
        &["closing line of +++", "first line of +++"],
    ),
];

fn refusals() -> Vec<(String, Problems)> {
    let kinds = kinds();
    files_in("samples/bad", "md")
        .iter()
        .map(|path| {
            let refused = check_file(path, &kinds, today()).expect_err(&name_of(path));
            (name_of(path), refused)
        })
        .collect()
}

#[test]
fn every_bad_sample_is_refused_with_its_place_and_what_to_write_instead() {
    let refusals = refusals();
    let names: Vec<&str> = refusals.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, REFUSED.iter().map(|refusal| refusal.0).collect::<Vec<_>>());
    for ((_, problems), (file, line, field, words)) in refusals.iter().zip(REFUSED) {
        let message = problems.to_string();
        let place = line.map_or_else(|| (*file).to_owned(), |line| format!("{file}:{line}"));
        assert!(message.contains(&format!("{place}: {field}: ")), "{message}");
        for word in *words {
            assert!(message.contains(word), "no {word:?} in: {message}");
        }
    }
}

#[test]
fn one_mistake_is_told_once() {
    for (name, problems) in refusals() {
        let expected = if name == "04-unknown-fact.md" { 2 } else { 1 };
        assert_eq!(problems.0.len(), expected, "{problems}");
    }
}

#[test]
fn all_mistakes_are_told_at_once() {
    let text = "+++\nkind = \"vacancy\"\nreference = \"\"\nrelease = \"nesër\"\n[facts]\ncontract = \"x\"\n+++\n\n# [sq]\n";
    let problems = crate::desk::check_text(text, &kinds()).unwrap_err();
    let fields: Vec<&str> = problems.0.iter().map(|p| p.field.as_str()).collect();
    let expected = [
        "reference",
        "release",
        "facts.vacancy_number",
        "facts.position",
        "facts.contract",
        "facts.closing_date",
        "translations.sq.title",
    ];
    assert_eq!(fields, expected);
    assert_eq!(problems.0.last().unwrap().line, Some(9));
}
