//! A note arrives as it was written, and each way of not arriving has its name.

use std::net::{SocketAddr, TcpListener};
use std::time::Duration;

use kasnec::mail::{Login, MailFailure, Mailer, Note, Secrecy, Server};
use kasnec::receipt::FailureCode;
use serde_json::json;

use crate::read::read;
use crate::smtp_server::{SmtpServer, cut_after_text, speaks};

const FROM: &str = "Komuna e Kaçanikut <njoftime@kacanik.example>";

fn server(address: SocketAddr, password: Option<&str>) -> Server {
    let limit = Duration::from_secs(10);
    Server {
        host: address.ip().to_string(),
        port: address.port(),
        secrecy: Secrecy::None,
        login: password.map(|password| Login {
            username: "informimi".to_owned(),
            password: password.to_owned(),
        }),
        connect: limit,
        total: limit,
    }
}

fn mailer(address: SocketAddr) -> Mailer {
    Mailer::new(server(address, None), FROM).unwrap()
}

fn note(mailer: &Mailer, to: &str) -> Note {
    Note {
        message_id: mailer.message_id("warning-7.1"),
        to: to.to_owned(),
        subject: "Afati për njoftimin e mbledhjes së Kuvendit skadon nesër në orën 10:00, më pak se njëzet e katër orë".to_owned(),
        text: "Njoftimi duhet të shpallet sot.\n".to_owned(),
        html: "<p>Njoftimi duhet të shpallet <b>sot</b>.</p>\n".to_owned(),
        at: "2026-11-22T11:00:00Z".parse().unwrap(),
        lang: "sq".parse().unwrap(),
    }
}

#[tokio::test]
async fn a_note_arrives_in_albanian_as_text_and_as_html_with_the_id_it_was_given() {
    let exim = SmtpServer::start();
    let mailer = mailer(exim.address);
    let note = note(&mailer, "Redaksia <redaksia@press.example>");
    mailer.send(&note).await.unwrap();
    let mail = read(&exim.mails("redaksia", 1)[0]);
    assert_eq!(mail["headers"]["Subject"], note.subject);
    assert_eq!(mail["headers"]["Message-ID"], "<kasnec-warning-7.1@kacanik.example>");
    assert_eq!(mail["headers"]["From"], FROM);
    assert_eq!(mail["headers"]["To"], "Redaksia <redaksia@press.example>");
    assert_eq!(mail["headers"]["Date"], "Sun, 22 Nov 2026 11:00:00 +0000");
    assert_eq!(mail["headers"]["Auto-Submitted"], "auto-generated");
    assert_eq!(mail["headers"]["Content-Language"], "sq");
    assert_eq!(mail["type"], "multipart/alternative");
    assert_eq!(mail["parts"], json!([["text/plain", note.text], ["text/html", note.html]]));
}

#[tokio::test]
async fn a_note_in_serbian_keeps_its_letters_and_says_which_script_it_is_in() {
    let exim = SmtpServer::start();
    let mailer = mailer(exim.address);
    let serbian = Note {
        subject: "Rok za obaveštenje o sednici Skupštine ističe sutra: đačka, žalba, ćilim, čaršija".to_owned(),
        text: "Obaveštenje mora biti objavljeno još danas.\n".to_owned(),
        lang: "sr".parse().unwrap(),
        ..note(&mailer, "lajme@press.example")
    };
    mailer.send(&serbian).await.unwrap();
    let mail = read(&exim.mails("lajme", 1)[0]);
    assert_eq!(mail["headers"]["Subject"], serbian.subject);
    assert_eq!(mail["headers"]["Content-Language"], "sr-Latn");
    assert_eq!(mail["parts"][0][1], serbian.text);
}

#[tokio::test]
async fn a_line_break_in_a_subject_makes_no_header() {
    let exim = SmtpServer::start();
    let mailer = mailer(exim.address);
    let smuggled = Note {
        subject: "Afati\r\nBcc: radio@press.example\r\n\r\nTekst".to_owned(),
        ..note(&mailer, "redaksia@press.example")
    };
    mailer.send(&smuggled).await.unwrap();
    let mail = read(&exim.mails("redaksia", 1)[0]);
    assert_eq!(mail["headers"]["Subject"], "Afati Bcc: radio@press.example Tekst");
    assert_eq!(mail["headers"]["Bcc"], json!(null));
}

#[tokio::test]
async fn a_refused_recipient_is_for_good_and_a_busy_one_for_later() {
    let exim = SmtpServer::start();
    let mailer = mailer(exim.address);
    let refused = mailer.send(&note(&mailer, "refused@press.example")).await.unwrap_err();
    assert!(
        matches!(&refused, MailFailure::Refused(f) if f.evidence.as_ref().unwrap().contains("no such mailbox")),
        "{refused:?}"
    );
    assert!(refused.is_final());
    let busy = mailer.send(&note(&mailer, "later@press.example")).await.unwrap_err();
    assert!(
        matches!(&busy, MailFailure::Later(f) if f.evidence.as_ref().unwrap().contains("try again later")),
        "{busy:?}"
    );
    assert!(!busy.is_final());
}

#[tokio::test]
async fn what_is_no_address_and_what_the_server_reads_and_will_not_have_are_refused_for_good() {
    let exim = SmtpServer::start();
    let mailer = mailer(exim.address);
    let nobody = mailer.send(&note(&mailer, "zyra e informimit")).await.unwrap_err();
    assert!(
        matches!(&nobody, MailFailure::Refused(f) if f.what.contains("\"zyra e informimit\" is not an e-mail address")),
        "{nobody:?}"
    );
    let spam = Note {
        subject: "spam".to_owned(),
        ..note(&mailer, "redaksia@press.example")
    };
    let spam = mailer.send(&spam).await.unwrap_err();
    assert!(
        matches!(&spam, MailFailure::Refused(f) if f.evidence.as_ref().unwrap().contains("advertising")),
        "{spam:?}"
    );
}

#[tokio::test]
async fn a_refused_sign_in_or_sender_is_the_accounts_fault_and_hides_the_password() {
    let exim = SmtpServer::start();
    let right = Mailer::new(server(exim.address, Some("fjalëkalim")), FROM).unwrap();
    right.greet().await.unwrap();
    let wrong = Mailer::new(server(exim.address, Some("gabim-krejt")), FROM).unwrap();
    let failure = wrong.send(&note(&wrong, "redaksia@press.example")).await.unwrap_err();
    assert!(
        matches!(&failure, MailFailure::Account(f) if f.code == FailureCode::NotSignedIn),
        "{failure:?}"
    );
    assert!(!failure.is_final() && failure.to_string().contains("kasnec mail connect"));
    assert!(!format!("{failure:?}").contains("gabim-krejt"));
    let blocked = Mailer::new(server(exim.address, None), "blocked@kacanik.example").unwrap();
    let failure = blocked.send(&note(&blocked, "redaksia@press.example")).await.unwrap_err();
    assert!(
        matches!(&failure, MailFailure::Account(f) if f.code == FailureCode::NotAllowed),
        "{failure:?}"
    );
}

#[tokio::test]
async fn a_server_that_echoes_the_password_does_not_bring_it_into_the_evidence() {
    let indiscreet = speaks(&["220 x\r\n", "250-x\r\n250 AUTH PLAIN\r\n", "535 gabim-krejt is wrong\r\n"]);
    let mailer = Mailer::new(server(indiscreet, Some("gabim-krejt")), FROM).unwrap();
    let failure = mailer.greet().await.unwrap_err();
    assert!(failure.failure().evidence.as_ref().unwrap().contains("••• is wrong"), "{failure:?}");
}

#[tokio::test]
async fn a_closed_port_and_a_line_that_breaks_before_the_text_are_for_later() {
    let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let addresses = [closed, speaks(&["220 x\r\n", "250 x\r\n", "250 ok\r\n", "250 ok\r\n"])];
    for address in addresses {
        let mailer = mailer(address);
        let failure = mailer.send(&note(&mailer, "redaksia@press.example")).await.unwrap_err();
        assert!(
            matches!(&failure, MailFailure::Later(f) if f.code == FailureCode::Unreachable),
            "{failure:?}"
        );
    }
}

#[tokio::test]
async fn a_server_that_dies_after_the_text_leaves_it_unknown_because_the_mail_may_be_there() {
    let exim = SmtpServer::start();
    let dying = mailer(cut_after_text(exim.address));
    let failure = dying.send(&note(&dying, "redaksia@press.example")).await.unwrap_err();
    assert!(matches!(failure, MailFailure::Unknown(_)) && failure.is_final(), "{failure:?}");
    assert_eq!(exim.mails("redaksia", 1).len(), 1);
    let mute = mailer(speaks(&["220 x\r\n", "250 x\r\n", "250 ok\r\n", "250 ok\r\n", "354 go on\r\n"]));
    let failure = mute.send(&note(&mute, "redaksia@press.example")).await.unwrap_err();
    assert!(matches!(failure, MailFailure::Unknown(_)), "{failure:?}");
}
