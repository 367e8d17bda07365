//! The calendar, judged by readers that nobody here wrote.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use kasnec::register::{Filter, ical};
use serde_json::Value;

use crate::office::{NOW, Office, lang};

const READ: &str = "
import icalendar, json, sys, vobject
raw = sys.stdin.buffer.read()
one = icalendar.Calendar.from_ical(raw)
other = vobject.readOne(raw.decode('utf-8'))
stamp = lambda at: at.strftime('%Y-%m-%dT%H:%M:%SZ')
events = {str(e['UID']): e for e in one.walk('VEVENT')}
for e in other.vevent_list:
    twin = events[e.uid.value]
    assert e.summary.value == str(twin['SUMMARY']), (e.summary.value, str(twin['SUMMARY']))
    assert e.description.value == str(twin['DESCRIPTION'])
    assert e.dtend.value == twin['DTEND'].dt
assert len(other.vevent_list) == len(events) == len(one.walk('VEVENT'))
json.dump({
    'errors': [str(x) for c in one.walk() for x in c.errors], 'name': str(one['X-WR-CALNAME']), 'refresh': one['REFRESH-INTERVAL'].dt.total_seconds(),
    'events': {uid: {'summary': str(e['SUMMARY']), 'description': str(e['DESCRIPTION']), 'start': stamp(e['DTSTART'].dt), 'end': stamp(e['DTEND'].dt),
        'sequence': int(e['SEQUENCE']), 'status': str(e['STATUS']), 'stamp': stamp(e['DTSTAMP'].dt), 'modified': stamp(e['LAST-MODIFIED'].dt),
        'categories': [str(c) for c in e['CATEGORIES'].cats]} for uid, e in events.items()},
}, sys.stdout)
";

const LONG: &str = "Седница Скупштине; буџет, таксе и накнаде \\\\ „Салла e Kuvendit“: një titull aq i gjatë sa asnjë rresht nuk e mban, me ë, ç dhe šđčćž 🎉";

fn python() -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let python = std::env::var_os("KASNEC_PYTHON").map_or_else(|| root.join("target/venv/bin/python"), PathBuf::from);
    assert!(
        python.exists(),
        "no Python at {}: run `make test-deps`, or set KASNEC_PYTHON",
        python.display()
    );
    python
}

/// What both readers make of it.
fn read(calendar: &str) -> Value {
    let mut child = Command::new(python())
        .args(["-c", READ])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(calendar.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

async fn calendar(office: &Office, code: &str) -> String {
    let filter = Filter::everything(NOW.parse().unwrap(), None);
    ical::calendar(&office.system, office.config(), lang(code), &filter).await.unwrap()
}

fn of<'a>(read: &'a Value, part: &str) -> (&'a String, &'a Value) {
    let events = read["events"].as_object().unwrap();
    let found = events.iter().find(|(_, event)| event["summary"].as_str().unwrap().contains(part));
    found.unwrap_or_else(|| panic!("no {part} in {events:?}"))
}

#[tokio::test]
async fn two_readers_find_every_deadline_and_every_word() {
    let office = Office::open().await;
    office.meeting("KK-1", "2026-12-21 10:00", LONG).await;
    let text = calendar(&office, "sq").await;
    let read = read(&text);
    assert_eq!(read["errors"], serde_json::json!([]), "{read}");
    assert_eq!(read["name"], "Komuna e Kaçanikut: detyrimet dhe afatet");
    assert_eq!(read["refresh"], 3600.0);
    let dated = office
        .lines()
        .await
        .into_iter()
        .filter(|line| line.obligation.due.is_some())
        .count();
    assert!(dated > 50, "a year ahead is owed: {dated}");
    assert_eq!(read["events"].as_object().unwrap().len(), dated);
    let (_, notice) = of(&read, "Njoftimi për mbledhje të Kuvendit · KK-1");
    assert!(notice["summary"].as_str().unwrap().ends_with("šđčćž 🎉"), "{notice}");
    assert!(
        notice["description"]
            .as_str()
            .unwrap()
            .contains("\nNjësia: Sekretaria e Kuvendit\n"),
        "{notice}"
    );
    assert!(
        notice["description"]
            .as_str()
            .unwrap()
            .contains("Rregulli kërkon facebook, boards, por zyra nuk ka llogari të tillë. → "),
        "{notice}"
    );
    assert_eq!(notice["categories"], serde_json::json!(["në rrezik"]));
    assert_eq!(notice["status"], "CONFIRMED");
}

#[tokio::test]
async fn lines_are_folded_within_75_bytes_and_never_within_a_character() {
    let office = Office::open().await;
    office.meeting("KK-1", "2026-12-21 10:00", LONG).await;
    let text = calendar(&office, "sr").await;
    assert!(text.ends_with("END:VCALENDAR\r\n"));
    assert!(!text.replace("\r\n", "").contains(['\r', '\n']));
    let longest = text.split("\r\n").map(str::len).max().unwrap();
    assert!((60..=75).contains(&longest), "{longest}");
}

#[tokio::test]
async fn a_deadline_at_midnight_is_drawn_on_the_day_it_ends() {
    let office = Office::open().await;
    // Clear days before a Monday: safe by Sunday, 13 December, 24:00.
    office.meeting("KK-1", "2026-12-21 10:00", "Njoftim").await;
    let read = read(&calendar(&office, "sq").await);
    let (_, notice) = of(&read, "· KK-1 ·");
    assert_eq!(
        (&notice["start"], &notice["end"]),
        (&"2026-12-13T22:45:00Z".into(), &"2026-12-13T23:00:00Z".into())
    );
    assert!(
        notice["description"].as_str().unwrap().contains("Afati i sigurt: 13.12.2026 24:00"),
        "{notice}"
    );
}

#[tokio::test]
async fn the_same_register_gives_the_same_bytes_and_a_moved_one_a_new_version_of_the_same_event() {
    let office = Office::open().await;
    office.meeting("KK-1", "2026-12-21 10:00", "Njoftim").await;
    let before = calendar(&office, "sq").await;
    assert_eq!(before, calendar(&office, "sq").await);
    office.pass(1);
    office.meeting("KK-1", "2026-12-22 10:00", "Njoftim").await;
    let (before, after) = (read(&before), read(&calendar(&office, "sq").await));
    let ((uid, old), (same, new)) = (of(&before, "· KK-1 ·"), of(&after, "· KK-1 ·"));
    assert_eq!(uid, same);
    assert_eq!((old["sequence"].as_i64(), new["sequence"].as_i64()), (Some(0), Some(1)));
    assert_eq!((&old["modified"], &new["modified"]), (&NOW.into(), &"2026-11-23T10:00:00Z".into()));
    assert_eq!(new["end"], "2026-12-14T23:00:00Z");
}

#[tokio::test]
async fn what_is_overdue_is_marked_and_what_is_lifted_is_cancelled() {
    let office = Office::open().await;
    let line = office.line("09-mayor-day/2026-W48/1").await;
    kasnec::register::settle::lift(&office.system, &office.editor, office.config(), line.obligation.id, "Festë")
        .await
        .unwrap();
    office.pass(24 * 20);
    let read = read(&calendar(&office, "en").await);
    let (_, lifted) = of(&read, "– no longer owed: The mayor's weekly day for citizens · week 48 of 2026");
    assert_eq!(lifted["status"], "CANCELLED");
    assert!(lifted["description"].as_str().unwrap().contains("Reason: Festë"), "{lifted}");
    let (_, overdue) = of(&read, "⚠ overdue: The mayor's weekly day for citizens · week 49 of 2026");
    assert!(overdue["description"].as_str().unwrap().contains("kasnec due reason "), "{overdue}");
    assert_eq!(overdue["modified"], overdue["end"], "it changed when its time was over");
}
