//! The files, read by programs that nobody here wrote.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use kasnec::register::report::{Format, write};
use serde_json::Value;

use crate::sample::{lang, report};

/// Writes the sample's report where the readers find it.
fn file(format: Format, code: &str, reader: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("report-{reader}-{code}.{format}"));
    fs::write(&path, write(&report(), format, &lang(code)).unwrap()).unwrap();
    path
}

/// Runs a reader; what it said, if it was content.
fn read(program: &str, arguments: &[&str], path: &Path) -> String {
    let output = Command::new(program).args(arguments).arg(path).output();
    let output = output.unwrap_or_else(|error| panic!("{program} does not start ({error}): run `make test-deps`"));
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(
        output.status.success(),
        "{program}: {said}{}",
        String::from_utf8_lossy(&output.stderr)
    );
    said
}

#[test]
fn pdftotext_reads_every_letter_in_every_language() {
    let expected = [
        ("sq", ["Raporti i transparencës", "90,5%", "Konsultimet publike"]),
        (
            "sr",
            ["Izveštaj o transparentnosti", "Opština Kačanik", "Debate predsednika sa građanima"],
        ),
        ("en", ["Transparency report", "90.5%", "Public consultations"]),
        ("tr", ["Saydamlık raporu", "%90,5", "Başkanın halk toplantıları"]),
    ];
    for (code, words) in expected {
        let path = file(Format::Pdf, code, "text");
        let text = Command::new("pdftotext").arg("-layout").arg(&path).arg("-").output().unwrap();
        let text = String::from_utf8(text.stdout).unwrap();
        for word in words.iter().chain(&["Бродец", "Şirket", "Müdürlüğü"]) {
            assert!(text.contains(word), "{code}: {word}\n{text}");
        }
    }
}

#[test]
fn qpdf_finds_the_document_whole_and_tagged() {
    let path = file(Format::Pdf, "sr", "qpdf");
    let said = read("qpdf", &["--check"], &path);
    assert!(said.contains("No syntax or stream encoding errors found"), "{said}");
    let json: Value = serde_json::from_str(&read("qpdf", &["--json=2", "--json-key=qpdf"], &path)).unwrap();
    let objects = json["qpdf"][1].as_object().unwrap();
    let catalog = objects.values().find(|object| object["value"]["/Type"] == "/Catalog").unwrap();
    assert_eq!(catalog["value"]["/MarkInfo"]["/Marked"], true);
    assert_eq!(catalog["value"]["/ViewerPreferences"]["/DisplayDocTitle"], true);
    assert!(
        catalog["value"]["/Lang"].as_str().unwrap().contains("sr"),
        "{}",
        catalog["value"]["/Lang"]
    );
}

#[test]
fn the_document_says_what_it_is_and_to_which_standard() {
    let path = file(Format::Pdf, "sq", "info");
    let said = read("pdfinfo", &[], &path);
    for wanted in ["Raporti i transparencës – Komuna e Kaçanikut", "Tagged:          yes"] {
        assert!(said.contains(wanted), "{said}");
    }
    assert!(read("pdfinfo", &["-meta"], &path).contains("pdfuaid:part"));
}

#[test]
fn python_reads_the_spreadsheet_back() {
    let path = file(Format::Csv, "sq", "python");
    assert!(
        fs::read(&path).unwrap().starts_with(b"\xef\xbb\xbf"),
        "spreadsheets know UTF-8 by this mark"
    );
    let script =
        "import csv, json, sys\nprint(json.dumps(list(csv.DictReader(open(sys.argv[1], encoding='utf-8-sig', newline=''), strict=True))))";
    let lines: Vec<Value> = serde_json::from_str(&read("python3", &["-c", script], &path)).unwrap();
    assert_eq!(lines.len(), 20);
    let (meetings, consultations, jobs) = (&lines[0], &lines[4], &lines[19]);
    assert_eq!(
        (meetings["Nr."].as_str(), meetings["Me kohë (%)"].as_str()),
        (Some("01"), Some("90,5"))
    );
    assert_eq!(consultations["Me vonesë"], "1");
    assert!(
        consultations["Me vonesë, dhe pse"]
            .as_str()
            .unwrap()
            .contains("“pa fajin” e njësisë")
    );
    assert_eq!(jobs["Detyra"], "", "blank, never zero");
    let lines_whole = lines.iter().all(|line| line.as_object().unwrap().values().all(Value::is_string));
    assert!(lines_whole, "every line has every field, and no more");
}

#[test]
fn xmllint_finds_the_page_and_its_charts_well_formed() {
    let path = file(Format::Html, "sq", "xmllint");
    let output = Command::new("xmllint")
        .args(["--html", "--noout", "--nonet"])
        .arg(&path)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    // It knows HTML 4, and complains of each newer element by name.
    let faults: Vec<&str> = said
        .lines()
        .filter(|line| line.contains("error :") && !line.contains(" invalid"))
        .collect();
    assert!(faults.is_empty(), "{faults:?}");
    let page = fs::read_to_string(&path).unwrap();
    let charts: Vec<&str> = page
        .split("<svg")
        .skip(1)
        .map(|rest| rest.split("</svg>").next().unwrap())
        .collect();
    assert_eq!(charts.len(), 3);
    for (number, chart) in charts.iter().enumerate() {
        let alone = path.with_extension(format!("{number}.svg"));
        fs::write(&alone, format!("<svg{chart}</svg>")).unwrap();
        read("xmllint", &["--noout", "--nonet"], &alone);
    }
}
