//! Notice boards.

use std::sync::atomic::Ordering;

use kasnec::receipt::{Action, Answer, FailureCode, Phase, Sighting};
use qrcode::{Color, QrCode};

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
    assert_eq!((job.objects.0.len(), job.objects.0[0].phase), (1, Phase::Draft));
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
    let code = QrCode::new(&job.post.link).unwrap();
    let dark = code.to_colors().into_iter().filter(|color| *color == Color::Dark).count();
    // Every dark module is one closed square of the drawing.
    let path = sheet.split(" d=\"").nth(1).unwrap().split('"').next().unwrap();
    assert_eq!(path.matches('z').count(), dark);
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
