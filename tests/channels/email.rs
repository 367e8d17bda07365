//! The press list, against a real mail server.

use std::net::SocketAddr;
use std::sync::Arc;

use kasnec::channels::{Driver, Safety, Step};
use kasnec::receipt::{Action, Answer, FailureCode, Phase, Sighting};
use kasnec::render::Post;

use crate::email_tls::certify;
use crate::smtp_server::{SmtpServer, cut_after_text, speaks};
use crate::support::{Bench, after, drive, post, publish, shipped};

pub fn driver(address: SocketAddr, more: &[(&str, &str)], password: &str) -> Arc<dyn Driver> {
    let port = address.port().to_string();
    let mut settings = vec![
        ("smtp_host", "127.0.0.1"),
        ("smtp_port", &port),
        ("tls", "none"),
        ("from", "Komuna e Kaçanikut <informimi@kacanik.example>"),
        ("recipients", "Redaksia <redaksia@press.example>, lajme@press.example"),
    ];
    settings.extend_from_slice(more);
    Bench::new().driver(&shipped("email"), &settings, &[("password", password)])
}

pub fn notice(subject: &str) -> Post {
    post(&[
        ("subject", subject),
        (
            "text",
            "Mbledhja mbahet më 24 nëntor.\nhttps://njoftime.kacanik.example/f/rendi.pdf\n",
        ),
        ("html", "<p>Mbledhja mbahet më <b>24 nëntor</b>.</p>"),
    ])
}

fn header<'a>(mail: &'a str, name: &str) -> Vec<&'a str> {
    let head = mail.split("\n\n").next().unwrap();
    let prefix = format!("{name}: ");
    head.lines().filter_map(|line| line.strip_prefix(prefix.as_str())).collect()
}

#[tokio::test]
async fn every_recipient_gets_a_mail_of_their_own() {
    let server = SmtpServer::start();
    let driver = driver(server.address, &[], "");
    let mut job = publish(notice(
        "Mbledhja e 7-të e Kuvendit të Komunës së Kaçanikut, më 24 nëntor 2026 në orën 10:00",
    ));
    let first = driver.next(&job).unwrap().unwrap();
    assert!(first.role.starts_with("mail-0001-") && first.safety == Safety::Once, "{first:?}");
    let objects = drive(&*driver, &mut job).await.unwrap();
    let roles: Vec<_> = objects.iter().map(|object| (&object.role[..9], object.phase)).collect();
    assert_eq!(roles, [("mail-0001", Phase::Public), ("mail-0002", Phase::Public)]);
    let mail = &server.mails("redaksia", 1)[0];
    assert_eq!(header(mail, "To"), ["Redaksia <redaksia@press.example>"]);
    assert_eq!(header(mail, "Message-ID"), [objects[0].remote_id.as_str()]);
    assert!(objects[0].remote_id.starts_with("<kasnec-41-1-") && objects[0].remote_id.ends_with("@kacanik.example>"));
    assert_eq!(header(mail, "Auto-Submitted"), ["auto-generated"]);
    assert!(mail.contains("<press.kacanik.kacanik.example>"));
    assert_eq!(header(mail, "Date"), ["Sun, 22 Nov 2026 11:00:00 +0000"]);
    assert!(mail.contains("multipart/alternative") && mail.contains("text/plain") && mail.contains("text/html"));
    assert!(!mail.contains("attachment"));
    assert_eq!(header(&server.mails("lajme", 1)[0], "To"), ["lajme@press.example"]);
    assert_eq!(driver.standing(&job), Some(&objects[0]));
}

#[tokio::test]
async fn a_refused_recipient_is_recorded_and_the_others_get_theirs() {
    let server = SmtpServer::start();
    let recipients = ("recipients", "refused@press.example, lajme@press.example");
    let mut job = publish(notice("Mbledhja"));
    let objects = drive(&*driver(server.address, &[recipients], ""), &mut job).await.unwrap();
    let phases: Vec<_> = objects.iter().map(|object| object.phase).collect();
    assert_eq!(phases, [Phase::Refused, Phase::Public]);
    assert_eq!(server.mails("lajme", 1).len(), 1);
}

#[tokio::test]
async fn a_notice_that_reached_nobody_is_not_called_delivered() {
    let server = SmtpServer::start();
    let recipients = ("recipients", "refused@a.example, refused@b.example");
    let mut job = publish(notice("Mbledhja"));
    let Err(Answer::Reject(failure)) = drive(&*driver(server.address, &[recipients], ""), &mut job).await else {
        panic!("nobody has it")
    };
    assert_eq!((failure.code, job.objects.0.len()), (FailureCode::ContentRefused, 2));
}

#[tokio::test]
async fn a_busy_mailbox_holds_up_nobody_else_and_is_tried_again() {
    let server = SmtpServer::start();
    let mut job = publish(notice("Mbledhja"));
    let list = "redaksia@press.example, later@press.example, lajme@press.example";
    let busy = driver(server.address, &[("recipients", list)], "");
    for _ in 0..2 {
        let Err(Answer::Retry(failure)) = drive(&*busy, &mut job).await else {
            panic!("4xx is for now")
        };
        assert_eq!(failure.code, FailureCode::NotNow, "the server does its work");
        assert!(failure.evidence.unwrap().contains("try again later"));
        let phases: Vec<_> = job.objects.0.iter().map(|object| object.phase).collect();
        assert_eq!(phases, [Phase::Public, Phase::Draft, Phase::Public]);
        assert_eq!(busy.next(&job).unwrap().unwrap().role, job.objects.0[1].role);
    }
    assert_eq!((server.mails("redaksia", 1).len(), server.mails("lajme", 1).len()), (1, 1));
    job.since -= chrono::Duration::hours(25);
    drive(&*busy, &mut job).await.unwrap();
    assert_eq!(job.objects.0[1].phase, Phase::Refused);
}

#[tokio::test]
async fn a_list_that_changes_on_the_way_brings_nobody_a_second_mail() {
    let server = SmtpServer::start();
    let mut job = publish(notice("Mbledhja"));
    let first = driver(server.address, &[("recipients", "redaksia@press.example")], "");
    drive(&*first, &mut job).await.unwrap();
    let grown = ("recipients", "radio@press.example, Redaksia <REDAKSIA@press.example>");
    drive(&*driver(server.address, &[grown], ""), &mut job).await.unwrap();
    assert_eq!((server.mails("radio", 1).len(), server.mails("redaksia", 1).len()), (1, 1));
}

#[tokio::test]
async fn a_withdrawal_is_a_new_mail_in_the_thread_of_the_first() {
    let server = SmtpServer::start();
    let driver = driver(server.address, &[], "");
    let mut job = publish(notice("Mbledhja"));
    let first = drive(&*driver, &mut job).await.unwrap();
    let mut withdrawal = after(&job, Action::Withdraw, notice("ANULUAR: Mbledhja"));
    let second = drive(&*driver, &mut withdrawal).await.unwrap();
    let mails = server.mails("lajme", 2);
    let news = mails.iter().find(|mail| header(mail, "Subject") == ["ANULUAR: Mbledhja"]).unwrap();
    assert_eq!(header(news, "In-Reply-To"), [first[1].remote_id.as_str()]);
    assert_eq!(header(news, "References"), [first[1].remote_id.as_str()]);
    assert_eq!(header(news, "Message-ID"), [second[1].remote_id.as_str()]);
    assert_ne!(first[1].remote_id, second[1].remote_id);
}

#[tokio::test]
async fn a_line_break_in_a_subject_or_a_name_makes_no_header() {
    let server = SmtpServer::start();
    let mut job = publish(notice("Mbledhja\r\nBcc: radio@press.example\r\nX-Evil: 1\n\nTekst"));
    drive(&*driver(server.address, &[], ""), &mut job).await.unwrap();
    let mail = &server.mails("redaksia", 1)[0];
    assert_eq!(header(mail, "Bcc").len() + header(mail, "X-Evil").len(), 0, "{mail}");
    assert_eq!(header(mail, "Subject"), ["Mbledhja Bcc: radio@press.example X-Evil: 1 Tekst"]);
    for setting in ["from", "recipients"] {
        let smuggled = (setting, "\"Komuna\r\nX-Evil: 2\" <radio@press.example>");
        let answer = drive(&*driver(server.address, &[smuggled], ""), &mut publish(notice("Mbledhja"))).await;
        assert!(
            matches!(&answer, Err(Answer::Reauthorise(f)) if f.code == FailureCode::NotConfigured),
            "{answer:?}"
        );
    }
    assert!(!server.log().contains("radio@"));
}

#[tokio::test]
async fn a_sign_in_that_fails_pauses_the_account_and_hides_the_password() {
    let server = SmtpServer::start();
    let user = ("username", "informimi");
    let mut job = publish(notice("Mbledhja"));
    drive(&*driver(server.address, &[user], "fjalëkalim"), &mut job).await.unwrap();
    let wrong = driver(server.address, &[user], "gabim-krejt");
    let Err(Answer::Reauthorise(failure)) = drive(&*wrong, &mut publish(notice("Mbledhja"))).await else {
        panic!("the account is wrong")
    };
    assert_eq!(failure.code, FailureCode::NotSignedIn);
    assert!(!format!("{failure:?}").contains("gabim-krejt"));
    assert_eq!(wrong.check().await.wrong[0].code, FailureCode::NotSignedIn);
    assert!(driver(server.address, &[user], "fjalëkalim").check().await.wrong.is_empty());
}

#[tokio::test]
async fn what_the_server_will_not_have_is_rejected_and_a_sender_it_will_not_have_pauses_the_account() {
    let server = SmtpServer::start();
    let spam = drive(&*driver(server.address, &[], ""), &mut publish(notice("spam"))).await;
    assert!(
        matches!(&spam, Err(Answer::Reject(f)) if f.evidence.as_ref().unwrap().contains("advertising")),
        "{spam:?}"
    );
    let deaf = speaks(&["220 x\r\n", "250 x\r\n", "250 ok\r\n", "250 ok\r\n", "554 not from you\r\n"]);
    let answer = drive(&*driver(deaf, &[], ""), &mut publish(notice("Mbledhja"))).await;
    assert!(
        matches!(&answer, Err(Answer::Reject(f)) if f.code == FailureCode::ContentRefused),
        "{answer:?}"
    );
    let blocked = driver(server.address, &[("from", "blocked@kacanik.example")], "");
    let answer = drive(&*blocked, &mut publish(notice("Mbledhja"))).await;
    assert!(
        matches!(&answer, Err(Answer::Reauthorise(f)) if f.code == FailureCode::NotAllowed),
        "{answer:?}"
    );
}

#[tokio::test]
async fn nothing_is_said_over_a_line_that_cannot_be_encrypted() {
    let folder = tempfile::tempdir().unwrap();
    certify(folder.path());
    // It offers STARTTLS with a certificate that nobody here trusts.
    let server = SmtpServer::with(Some(folder.path()), false);
    let doubtful = driver(server.address, &[("tls", "starttls")], "");
    let answer = drive(&*doubtful, &mut publish(notice("Mbledhja"))).await;
    let Err(Answer::Retry(failure)) = answer else {
        panic!("{answer:?}")
    };
    assert!(failure.evidence.unwrap().contains("certificate"));
    let plain = speaks(&["220 x\r\n", "250 x\r\n"]);
    let answer = drive(&*driver(plain, &[("tls", "starttls")], ""), &mut publish(notice("Mbledhja"))).await;
    assert!(
        matches!(&answer, Err(Answer::Reauthorise(f)) if f.code == FailureCode::NotConfigured),
        "{answer:?}"
    );
    assert!(!server.log().contains("<="), "exim writes <= for every mail it takes");
}

#[tokio::test]
async fn a_connection_lost_after_the_text_is_unknown_because_the_mail_may_be_there() {
    let server = SmtpServer::start();
    let driver = driver(cut_after_text(server.address), &[("recipients", "redaksia@press.example")], "");
    let mut job = publish(notice("Mbledhja"));
    let Err(Answer::Unknown(failure)) = drive(&*driver, &mut job).await else {
        panic!("the server has the mail and nobody was told")
    };
    assert_eq!(failure.code, FailureCode::NoAnswer);
    assert_eq!(server.mails("redaksia", 1).len(), 1);
    let step = driver.next(&job).unwrap().unwrap();
    let Sighting::Found(object) = driver.find(&step, &job).await else {
        panic!("it is kept as what it is: in doubt")
    };
    assert_eq!((&object.role, object.phase), (&step.role, Phase::InDoubt));
    let mail = &server.mails("redaksia", 1)[0];
    assert_eq!(
        header(mail, "Message-ID"),
        [object.remote_id.as_str()],
        "by which the server's log knows it"
    );
}

#[tokio::test]
async fn who_is_in_doubt_gets_no_second_mail_though_the_list_was_changed_and_all_others_get_theirs_before_anybody_is_asked() {
    let server = SmtpServer::start();
    let list = |recipients| driver(server.address, &[("recipients", recipients)], "");
    let mut job = publish(notice("Mbledhja"));
    let sent = list("lajme@press.example, radio@press.example").next(&job).unwrap().unwrap();
    let changed = list("redaksia@press.example, radio@press.example, lajme@press.example");
    let Sighting::Found(object) = changed.find(&sent, &job).await else {
        panic!("whom it was for is known by the step")
    };
    job.objects.put(object);
    let Err(Answer::Reject(failure)) = drive(&*changed, &mut job).await else {
        panic!("one is in doubt")
    };
    assert_eq!(failure.code, FailureCode::Unresolved);
    assert!(failure.what.starts_with("Of 3 recipients 1 may or may not"), "{failure:?}");
    assert!(failure.what.contains(&job.objects.0[0].remote_id), "{failure:?}");
    assert_eq!((server.mails("redaksia", 1).len(), server.mails("radio", 1).len()), (1, 1));
    server.mails("lajme", 0);
}

#[tokio::test]
async fn a_second_turn_whose_answer_is_lost_is_in_doubt_and_one_that_was_answered_is_not() {
    let server = SmtpServer::start();
    let busy = driver(server.address, &[("recipients", "later@press.example, lajme@press.example")], "");
    let mut job = publish(notice("Mbledhja"));
    assert!(drive(&*busy, &mut job).await.is_err());
    let roles: Vec<String> = job.objects.0.iter().map(|object| object.role.clone()).collect();
    for (role, phase) in roles.into_iter().zip([Phase::InDoubt, Phase::Public]) {
        let found = busy.find(&Step::new(role, Safety::Once), &job).await;
        assert!(matches!(&found, Sighting::Found(object) if object.phase == phase), "{found:?}");
    }
}

#[tokio::test]
async fn a_connection_lost_before_the_text_is_tried_again() {
    for said in [
        &[][..],
        &["220 x\r\n"],
        &["220 x\r\n", "250 x\r\n", "250 ok\r\n"],
        &["220 x\r\n", "250 x\r\n", "250 ok\r\n", "250 ok\r\n"],
    ] {
        let answer = drive(&*driver(speaks(said), &[], ""), &mut publish(notice("Mbledhja"))).await;
        assert!(
            matches!(&answer, Err(Answer::Retry(f)) if f.code == FailureCode::Unreachable),
            "{said:?}: {answer:?}"
        );
    }
    let deaf = SocketAddr::from(([127, 0, 0, 1], 9));
    let answer = drive(&*driver(deaf, &[], ""), &mut publish(notice("Mbledhja"))).await;
    assert!(
        matches!(&answer, Err(Answer::Retry(f)) if f.code == FailureCode::Unreachable),
        "{answer:?}"
    );
}

#[tokio::test]
async fn an_account_that_is_not_set_up_pauses_the_channel_and_names_the_setting() {
    let nowhere = SocketAddr::from(([127, 0, 0, 1], 9));
    for (setting, value) in [
        ("recipients", " , "),
        ("recipients", "redaksia@press.example, jo adresë"),
        ("from", ""),
        ("tls", "po"),
        ("smtp_port", "njëzet"),
        ("smtp_host", ""),
    ] {
        let driver = driver(nowhere, &[(setting, value)], "");
        let answer = drive(&*driver, &mut publish(notice("Mbledhja"))).await;
        assert!(
            matches!(&answer, Err(Answer::Reauthorise(f)) if f.code == FailureCode::NotConfigured && f.what.contains(setting)),
            "{setting}: {answer:?}"
        );
        assert!(driver.check().await.wrong.iter().any(|failure| failure.what.contains(setting)));
    }
}
