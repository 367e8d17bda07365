//! A channel that stands still: one letter to whoever keeps it, naming what waits and what to do; one more when a deadline comes close.

use std::net::SocketAddr;

use chrono::Duration;
use kasnec::alarm::{Watchdog, send_letters, watch};
use kasnec::receipt::{FailureCode, State};

use super::office::{ALL, Office, at};
use super::read::read;
use super::remote::Act;
use super::smtp_server::SmtpServer;
use super::texts::assembly;

/// One publication at a time on Facebook, so that their order can be seen.
const ACCOUNTS: &[(&str, &str)] = &[
    ALL[0],
    ("facebook", "channel = \"scripted\"\ngroup = \"facebook\"\nparallel = 1"),
    ALL[2],
    ALL[3],
];

fn settings(server: SocketAddr, more: &str) -> String {
    format!(
        "{more}head = \"kryetari@kacanik.example\"\n\
         [offices.k.mail]\nsmtp_host = \"{}\"\nsmtp_port = {}\ntls = \"none\"\nfrom = \"Kasnec <kasnec@kacanik.example>\"\n\
         [offices.k.units.information-office]\nlabel = {{ sq = \"Informimi\" }}\nemail = \"zyrtari@kacanik.example\"\n\
         [offices.k.units.it]\nlabel = {{ sq = \"IT\" }}\nemail = \"sekretaria@kacanik.example\"\nlang = \"sr\"\n",
        server.ip(),
        server.port()
    )
}

/// What a mail says, subject and text.
fn text(mail: &str) -> String {
    let read = read(mail);
    format!(
        "{}\n{}",
        read["headers"]["Subject"].as_str().unwrap(),
        read["parts"][0][1].as_str().unwrap()
    )
}

/// An office whose Facebook account no longer takes our sign-in, with two meetings waiting behind it.
async fn office(exim: &SmtpServer, more: &str) -> Office {
    let office = Office::with("2027-02-01 09:00", ACCOUNTS, &settings(exim.address, more), None).await;
    office.every_call("facebook", Some(Act::SignedOut));
    for (reference, start) in [("KK-1", "2027-03-23 10:00"), ("KK-2", "2027-02-23 10:00")] {
        office.publish(&assembly(reference, start)).await;
    }
    office
}

/// So many watchdogs, as many processes have, look at this time.
async fn look(office: &Office, wall: &str) {
    office.clock.advance(at(wall) - office.now());
    let other = Box::pin(office.another()).await;
    let (mut one, mut two) = (Watchdog::default(), Watchdog::default());
    tokio::join!(Box::pin(one.round(&office.system)), Box::pin(two.round(&other)));
    tokio::join!(
        Box::pin(send_letters(&office.system, office.config())),
        Box::pin(send_letters(&other, office.config()))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pause_is_told_once_to_the_information_office_with_the_nearest_deadline_and_what_to_do() {
    let exim = SmtpServer::start();
    let mut office = office(&exim, "").await;
    for wall in ["2027-02-01 09:01", "2027-02-01 09:02", "2027-02-02 09:00"] {
        look(&office, wall).await;
    }
    office.publish(&assembly("KK-3", "2027-04-23 10:00")).await;
    office.reopen().await;
    look(&office, "2027-02-03 09:00").await;
    let mails = exim.mails("zyrtari", 1);
    assert_eq!(mails.len(), 1, "not once a delivery, not once a process, not once a start");
    let mail = text(&mails[0]);
    for said in [
        "Prova (facebook)",
        "Është ndërruar një fjalëkalim",
        "2 publikime janë në pritje",
        "15.2.2027 24:00",
        "kasnec channel connect facebook",
    ] {
        assert!(mail.contains(said), "{said} is not in {mail}");
    }
    exim.mails("kryetari", 0);
    exim.mails("sekretaria", 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn when_a_deadline_comes_close_it_is_told_once_more() {
    let exim = SmtpServer::start();
    let office = office(&exim, "").await;
    look(&office, "2027-02-01 09:01").await;
    look(&office, "2027-02-14 23:00").await;
    exim.mails("zyrtari", 1);
    look(&office, "2027-02-15 00:30").await;
    look(&office, "2027-02-15 12:00").await;
    look(&office, "2027-02-16 12:00").await;
    assert_eq!(exim.mails("zyrtari", 2).len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_keeps_the_account_is_told_in_their_language() {
    let exim = SmtpServer::start();
    let office = office(&exim, "keeper = \"it\"\n").await;
    look(&office, "2027-02-01 09:01").await;
    let mails = exim.mails("sekretaria", 1);
    assert!(mails[0].contains("Content-Language: sr"), "{}", mails[0]);
    assert!(text(&mails[0]).contains("Promenjena je lozinka"));
    exim.mails("zyrtari", 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn after_reconnecting_everything_goes_out_and_the_next_pause_is_told_anew() {
    let exim = SmtpServer::start();
    let office = office(&exim, "").await;
    look(&office, "2027-02-01 09:01").await;
    office.every_call("facebook", None);
    office.system.store.reopen_account("k", "facebook", "editor").await.unwrap();
    office.settle().await;
    let stands: Vec<String> = office
        .remote("facebook")
        .lock()
        .unwrap()
        .public()
        .iter()
        .map(|text| (*text).to_owned())
        .collect();
    assert_eq!(stands.len(), 2);
    assert!(stands[0].contains("KK-2"), "the nearer deadline goes first: {stands:?}");
    look(&office, "2027-02-01 09:30").await;
    assert_eq!(
        office
            .number("SELECT COUNT(*) FROM alarm WHERE cleared_at IS NULL AND kind = 'channel-paused'")
            .await,
        0
    );
    exim.mails("zyrtari", 1);
    office.every_call("facebook", Some(Act::SignedOut));
    office.publish(&assembly("KK-4", "2027-05-23 10:00")).await;
    look(&office, "2027-02-01 09:40").await;
    assert_eq!(exim.mails("zyrtari", 2).len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_remote_that_is_out_is_told_of_only_when_it_stays_so() {
    let exim = SmtpServer::start();
    let office = Office::with("2027-02-01 09:00", ALL, &settings(exim.address, ""), None).await;
    office.remote("facebook").lock().unwrap().out = Some(FailureCode::Unreachable);
    for number in 0..3 {
        office.publish(&assembly(&format!("KK-{number}"), "2027-03-23 10:00")).await;
    }
    for _ in 0..5 {
        office.clock.advance(Duration::minutes(1));
        office.settle().await;
    }
    look(&office, "2027-02-01 09:20").await;
    exim.mails("zyrtari", 0);
    office.settle().await;
    look(&office, "2027-02-01 09:40").await;
    look(&office, "2027-02-01 09:50").await;
    assert_eq!(exim.mails("zyrtari", 1).len(), 1);
    assert!(text(&exim.mails("zyrtari", 1)[0]).contains("3 publikime janë në pritje"));
    office.remote("facebook").lock().unwrap().out = None;
    office.go_to(at("2027-02-01 10:30")).await;
    office.settle().await;
    let open = office.system.store.accounts("k").await.unwrap();
    assert!(open.iter().all(|account| account.circuit.is_none()));
    let filter = kasnec::store::deliveries::Filter {
        account: Some("facebook".to_owned()),
        limit: 10,
        ..kasnec::store::deliveries::Filter::default()
    };
    let all = office.system.store.deliveries("k", &filter).await.unwrap();
    assert!(all.iter().all(|delivery| delivery.state == State::Delivered));
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_mail_server_it_is_shown_and_nothing_is_lost_when_the_server_is_away() {
    let nowhere = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let mut office = Office::with("2027-02-01 09:00", ALL, &settings(nowhere, ""), None).await;
    office.every_call("facebook", Some(Act::SignedOut));
    office.publish(&assembly("KK-1", "2027-03-23 10:00")).await;
    look(&office, "2027-02-01 09:01").await;
    assert_eq!(
        office
            .number("SELECT COUNT(*) FROM alarm_letter WHERE state = 'waiting' AND failures > 0")
            .await,
        1
    );
    let exim = SmtpServer::start();
    office.configure(ALL, &settings(exim.address, ""));
    office.reopen().await;
    look(&office, "2027-02-01 09:30").await;
    look(&office, "2027-02-01 10:30").await;
    assert_eq!(exim.mails("zyrtari", 1).len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_server_that_hangs_holds_up_no_look() {
    // Whoever calls is connected, and never hears a word.
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let more = format!("{}[watch]\nevery_seconds = 1\n", settings(silent.local_addr().unwrap(), ""));
    let office = Office::with("2027-02-01 09:00", ALL, &more, None).await;
    let (stop, stopped) = tokio::sync::watch::channel(false);
    let watching = tokio::spawn(watch(office.system.clone(), stopped));
    office.every_call("facebook", Some(Act::SignedOut));
    office.publish(&assembly("KK-1", "2027-03-23 10:00")).await;
    office.comes("SELECT COUNT(*) FROM alarm_letter WHERE letter IS NOT NULL").await;
    office.every_call("website", Some(Act::SignedOut));
    office.publish(&assembly("KK-2", "2027-03-24 10:00")).await;
    office.comes("SELECT COUNT(*) FROM alarm WHERE about = 'website'").await;
    assert_eq!(
        office.number("SELECT COUNT(*) FROM alarm_letter WHERE failures > 0").await,
        0,
        "it hangs still"
    );
    stop.send(true).unwrap();
    tokio::time::timeout(std::time::Duration::from_secs(15), watching)
        .await
        .unwrap()
        .unwrap();
}
