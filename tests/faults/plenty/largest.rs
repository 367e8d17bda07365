//! The largest notice there may be: a file of 20 MB and a text of a megabyte, up to the byte; and one byte more.

use std::fs;

use kasnec::item::attachment::MAX_BYTES;
use kasnec::item::check::MAX_BODY;

use super::super::kasnec::write;
use super::super::outcome::Outcome;
use super::office::{Office, item};
use super::readers::Readers;
use super::{in_bounds, notices_on};

const ATTACHED: &str = "[[attachments]]\nfile = \"plani.pdf\"\ntitle.sq = \"Plani\"\n";
const AT_ONCE: usize = 8;

/// Publishes it and reads it back; then tries the same with more.
pub fn play(seed: u64) -> Outcome {
    let mut outcome = Outcome::new("a file of 20 MB and a text of 1 MB", seed);
    let office = Office::new();
    let file = pdf(MAX_BYTES);
    fs::create_dir_all(office.kasnec.path("in")).unwrap();
    fs::write(office.kasnec.path("in/plani.pdf"), &file).unwrap();
    let running = office.serve();
    office.approve(&text(MAX_BODY), ATTACHED);
    office.wait_until_published();
    let mut readers = Readers::of(&office);
    let notice = notices_on(&readers.page("/")).remove(0);
    let page = readers.page(&notice);
    readers.must(page.contains("Fundi.") && page.len() > MAX_BODY, "the text is not there to its end");
    let feed = readers.page("/feed/sq.xml");
    readers.must(feed.contains("Fundi."), "the feed lacks its end");
    let address = page.split("/files/").nth(1).and_then(|rest| rest.split_once('"')).unwrap().0;
    let path = format!("/files/{address}");
    let read = readers.bytes(&path);
    readers.must(read == file, "the file is not what was attached");
    readers.has_it_already(&path);
    readers.come_together(&[&path, &notice, "/", "/feed/sq.xml"], AT_ONCE);
    println!("a file of 20 MB and a text of 1 MB: {readers}");
    outcome.runs += readers.answers;
    outcome.wrong += readers.complaints + more(&office);
    in_bounds(&running, &mut outcome);
    outcome
}

/// How many of those that are too large were taken, or refused without the limit.
fn more(office: &Office) -> u64 {
    fs::create_dir_all(office.kasnec.path("more")).unwrap();
    fs::write(office.kasnec.path("more/plani.pdf"), pdf(MAX_BYTES + 1)).unwrap();
    let cases = [
        (item("K-2", "# [sq] Lajmi\nTeksti.\n", ATTACHED), MAX_BYTES),
        (item("K-3", &text(MAX_BODY + 1), ""), MAX_BODY),
    ];
    let wrong = cases.iter().filter(|(text, limit)| {
        write(&office.kasnec.path("more/2.md"), text);
        let refused = office.kasnec.run(&["item", "add", "more", "--as", "shefja"]);
        let said = String::from_utf8_lossy(&refused.stderr).into_owned();
        let named = !refused.status.success() && said.contains(&limit.to_string());
        if !named {
            println!("the limit of {limit} is not named: {said}");
        }
        !named
    });
    let taken = office.kasnec.json(&["item", "list"]).as_array().unwrap().len() - 1;
    wrong.count() as u64 + taken as u64
}

/// Bytes of which none repeats the one before: nothing on the way may leave some out unseen.
fn pdf(size: usize) -> Vec<u8> {
    let mut bytes = b"%PDF-1.7\n".to_vec();
    bytes.extend((bytes.len()..size).map(|place| u8::try_from(place % 251).unwrap()));
    bytes
}

/// A text whose body has so many bytes.
fn text(bytes: usize) -> String {
    let end = "Fundi.";
    let sentence = "Fjali pas fjalie. ";
    let body = format!("{}{end}", sentence.repeat(bytes / sentence.len() + 1));
    // It begins with a letter: a space there would not count.
    format!("# [sq] Lajmi\nA{}", &body[body.len() - bytes + 1..])
}
