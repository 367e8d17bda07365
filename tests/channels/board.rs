//! Notice boards.

use std::sync::atomic::Ordering;

use kasnec::receipt::{Action, Answer, FailureCode, Phase, Sighting};

use crate::support::{Bench, after, drive, manifest, post, publish};

const MANIFEST: &str = "
    id = 'board'
    driver = 'board'
    label = { sq = 'Tabela' }
    parts = { page = { template = 'page.hbs', format = 'html' } }
";
const PAGE: &str = "<!DOCTYPE html><html><body><h1>Mbledhja</h1><div><!--QR--></div></body></html>";
const PLACES: (&str, &str) = ("places", "Komuna, kati 1; Shtëpia e Kulturës\n\nQendra Rinore");

#[tokio::test]
async fn a_sheet_is_made_and_a_person_is_asked_to_put_it_up_everywhere() {
    let bench = Bench::new();
    let driver = bench.driver(&manifest(MANIFEST), &[PLACES], &[]);
    let mut job = publish(post(&[("page", PAGE)]));
    let Err(Answer::NeedsPerson(failure)) = drive(&*driver, &mut job).await else {
        panic!("only a person can put a sheet up")
    };
    assert_eq!(failure.code, FailureCode::ByHand);
    for word in ["Komuna, kati 1", "Shtëpia e Kulturës", "Qendra Rinore", "time", "photo"] {
        assert!(failure.what.contains(word), "{}", failure.what);
    }
    assert_eq!((job.objects.0.len(), job.objects.0[0].phase), (1, Phase::Public));
    let sheet = bench.memory.sheets.lock().unwrap()[&41].clone();
    assert!(sheet.contains("<h1>Mbledhja</h1>") && !sheet.contains("<!--QR-->") && !sheet.contains("<?xml"));
}

#[tokio::test]
async fn the_code_on_the_sheet_leads_to_the_notice() {
    let bench = Bench::new();
    let driver = bench.driver(&manifest(MANIFEST), &[PLACES], &[]);
    let mut job = publish(post(&[("page", PAGE)]));
    let _ = drive(&*driver, &mut job).await;
    let sheet = bench.memory.sheets.lock().unwrap()[&41].clone();
    assert_eq!(read_aloud(&sheet), job.post.link);
    assert!(sheet.contains("<svg role=\"img\""));
}

#[tokio::test]
async fn a_change_asks_for_another_sheet_and_a_withdrawal_for_none() {
    let bench = Bench::new();
    let driver = bench.driver(&manifest(MANIFEST), &[PLACES], &[]);
    let job = publish(post(&[("page", PAGE)]));
    let mut update = after(&job, Action::Update, post(&[("page", PAGE)]));
    let Err(Answer::NeedsPerson(replace)) = drive(&*driver, &mut update).await else {
        panic!("only a person can change a sheet")
    };
    assert!(replace.what.contains("in place of the old one"));
    let mut withdrawal = after(&update, Action::Withdraw, post(&[("page", PAGE)]));
    withdrawal.delivery = 43;
    let Err(Answer::NeedsPerson(remove)) = drive(&*driver, &mut withdrawal).await else {
        panic!("only a person can take a sheet down")
    };
    assert!(remove.what.starts_with("Take the sheet"));
    let sheets: Vec<_> = bench.memory.sheets.lock().unwrap().keys().copied().collect();
    assert_eq!(sheets, [42]);
}

#[tokio::test]
async fn a_sheet_without_room_for_the_code_is_the_templates_fault() {
    let driver = Bench::new().driver(&manifest(MANIFEST), &[PLACES], &[]);
    let mut job = publish(post(&[("page", "<p>Po</p>")]));
    let Err(Answer::Reject(failure)) = drive(&*driver, &mut job).await else {
        panic!("the sheet cannot be made")
    };
    assert_eq!(failure.code, FailureCode::Template);
}

#[tokio::test]
async fn a_board_is_never_looked_at_from_here_and_a_failing_store_is_tried_again() {
    let bench = Bench::new();
    let driver = bench.driver(&manifest(MANIFEST), &[PLACES], &[]);
    let mut job = publish(post(&[("page", PAGE)]));
    let step = driver.next(&job).unwrap().unwrap();
    assert_eq!(driver.find(&step, &job).await, Sighting::Absent);
    bench.memory.broken.store(true, Ordering::SeqCst);
    let failed = drive(&*driver, &mut job).await;
    assert!(matches!(failed, Err(Answer::Retry(failure)) if failure.code == FailureCode::Storage));
}

#[tokio::test]
async fn a_board_without_places_is_reported_before_it_matters() {
    let bench = Bench::new();
    let check = bench.driver(&manifest(MANIFEST), &[], &[]).check().await;
    assert_eq!(check.wrong[0].code, FailureCode::NotConfigured);
    let check = bench.driver(&manifest(MANIFEST), &[PLACES], &[]).check().await;
    assert!(check.wrong.is_empty() && check.fine[0].contains("Qendra Rinore"));
}

/// What a telephone would read: the drawing's squares, painted and decoded by a decoder that did not write them.
fn read_aloud(sheet: &str) -> String {
    let viewbox = sheet.split("viewBox=\"0 0 ").nth(1).unwrap();
    let size: usize = viewbox.split(' ').next().unwrap().parse().unwrap();
    let mut paper = vec![255_u8; size * size];
    let path = sheet.split(" d=\"").nth(1).unwrap().split('"').next().unwrap();
    for square in path.split('M').skip(1) {
        let numbers: Vec<usize> = square
            .split(|c: char| !c.is_ascii_digit())
            .filter_map(|number| number.parse().ok())
            .collect();
        let [left, top, width, height, ..] = numbers[..] else {
            panic!("not a square: {square}")
        };
        for row in top..top + height {
            paper[row * size + left..row * size + left + width].fill(0);
        }
    }
    let mut photo = rqrr::PreparedImage::prepare_from_greyscale(size, size, |x, y| paper[y * size + x]);
    photo.detect_grids()[0].decode().unwrap().1
}
