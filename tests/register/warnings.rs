//! Warnings: in time, each once, in the recipient's language, by a real mail server; also when that is away, and when the process dies.

use std::net::{SocketAddr, TcpListener};

use chrono::Duration;
use kasnec::receipt::AlarmKind;
use kasnec::register::letters;
use kasnec::register::watch::{round, watch};
use kasnec::store::warnings::WarningState;

use super::office::{ALL, Office, at};
use super::smtp_server::SmtpServer;
use super::texts::assembly;

fn settings(server: SocketAddr) -> String {
    format!(
        "head = \"kryetari@kacanik.example\"\n\
         [offices.k.mail]\nsmtp_host = \"{}\"\nsmtp_port = {}\ntls = \"none\"\nfrom = \"Kasnec <kasnec@kacanik.example>\"\n\
         [offices.k.units.assembly-secretariat]\nlabel = {{ sq = \"Sekretaria\" }}\nemail = \"sekretaria@kacanik.example\"\nlang = \"sr\"\n\
         [offices.k.units.communication-officer]\nlabel = {{ sq = \"Zyrtari\" }}\nemail = \"zyrtari@kacanik.example\"\n",
        server.ip(),
        server.port()
    )
}

/// An office that warns by `server`, with a meeting that nobody has approved: *safe by* is the end of 15 February.
async fn office(server: SocketAddr) -> Office {
    let office = Office::with("2027-02-01 09:00", ALL, &settings(server), None).await;
    office.queue(&assembly("KK-1", "2027-02-23 10:00")).await.unwrap();
    office
}

impl Office {
    /// Moves the clock, lets the watch make one round, and has its letters sent.
    async fn round(&self, wall: &str) {
        self.clock.advance(at(wall) - self.now());
        round(&self.system, self.config()).await.unwrap();
        letters::send(&self.system, self.config()).await.unwrap();
    }

    async fn states(&self) -> Vec<WarningState> {
        let duty = self.one("01-assembly", "KK-1").await;
        let warnings = self.system.store.warnings_of(duty.id).await.unwrap();
        warnings.iter().map(|warning| warning.state).collect()
    }
}

fn header<'a>(mail: &'a str, name: &str) -> &'a str {
    let line = mail.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "));
    line.unwrap_or_else(|| panic!("no {name} in {mail}"))
}

/// A server that nobody runs.
fn nowhere() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn each_step_of_the_rule_is_told_once_to_each_in_their_language_also_after_a_restart() {
    let exim = SmtpServer::start();
    let mut office = office(exim.address).await;
    office.round("2027-02-05 23:00").await;
    exim.mails("sekretaria", 0);
    office.round("2027-02-06 08:00").await;
    office.round("2027-02-06 08:01").await;
    office.reopen().await;
    office.round("2027-02-07 08:00").await;
    let mails = exim.mails("sekretaria", 1);
    assert!(mails[0].contains("Content-Language: sr"), "{}", mails[0]);
    assert_eq!(exim.mails("zyrtari", 1).len(), 1, "the deputy is told too");
    exim.mails("kryetari", 0);
    office.round("2027-02-11 08:00").await;
    office.round("2027-02-11 18:00").await;
    exim.mails("sekretaria", 2);
    exim.mails("kryetari", 1);
    office.round("2027-02-12 08:00").await;
    assert_eq!(
        exim.mails("sekretaria", 3).len(),
        3,
        "working days, which nobody has confirmed, are counted from now on"
    );
    exim.mails("kryetari", 1);
    office.round("2027-02-14 08:00").await;
    office.round("2027-02-14 20:00").await;
    exim.mails("sekretaria", 4);
    exim.mails("kryetari", 2);
    assert!(office.states().await.iter().all(|state| *state == WarningState::Sent));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_comes_to_be_at_risk_or_overdue_is_told_once_and_what_is_met_no_more() {
    let exim = SmtpServer::start();
    let office = office(exim.address).await;
    office.round("2027-02-14 09:00").await;
    exim.mails("kryetari", 1);
    // A Monday afternoon: two office hours for the approval are no longer left before midnight.
    office.round("2027-02-15 15:30").await;
    office.round("2027-02-15 15:40").await;
    assert!(
        exim.mails("kryetari", 2).iter().any(|mail| mail.contains("Njoftimi")),
        "it says what is at risk"
    );
    office.round("2027-02-16 08:00").await;
    office.round("2027-02-16 11:00").await;
    office.round("2027-02-16 11:05").await;
    office.round("2027-02-23 12:00").await;
    office.round("2027-02-24 12:00").await;
    let all = exim.mails("kryetari", 4);
    assert_eq!(
        all.len(),
        4,
        "ten days are nobody's, two days, at risk, by the lenient reading only, overdue"
    );
    let told = office.states().await.len();
    office.approve("KK-1", Some("Askush nuk e aprovoi me kohë")).await.unwrap();
    office.settle().await;
    office.hang_all().await;
    office.round("2027-02-25 12:00").await;
    office.round("2027-02-26 12:00").await;
    assert_eq!(office.states().await.len(), told, "of what is met nobody is warned");
}

#[tokio::test(flavor = "multi_thread")]
async fn while_the_server_is_away_warnings_wait_and_then_go_in_one_letter() {
    let mut office = office(nowhere()).await;
    office.round("2027-02-06 08:00").await;
    assert_eq!(office.states().await, [WarningState::Waiting; 2]);
    office.queue(&assembly("KK-2", "2027-02-23 12:00")).await.unwrap();
    office.round("2027-02-06 08:30").await;
    let exim = SmtpServer::start();
    office.configure(ALL, &settings(exim.address));
    office.reopen().await;
    office.round("2027-02-06 12:00").await;
    office.round("2027-02-06 18:00").await;
    let mails = exim.mails("sekretaria", 2);
    assert!(mails.iter().any(|mail| mail.contains("KK-1")) && mails.iter().any(|mail| mail.contains("KK-2")));
    assert_eq!(office.states().await, [WarningState::Sent; 2]);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_shared_a_letter_that_failed_and_has_another_address_since_is_told_there() {
    let shared = settings(nowhere()).replace("zyrtari@", "sekretaria@").replace("lang = \"sr\"", "");
    let mut office = Office::with("2027-02-01 09:00", ALL, &shared, None).await;
    office.queue(&assembly("KK-1", "2027-02-23 10:00")).await.unwrap();
    office.round("2027-02-06 08:00").await;
    assert_eq!(
        office.number("SELECT COUNT(DISTINCT letter) FROM warning").await,
        1,
        "one address, one letter"
    );
    let exim = SmtpServer::start();
    office.configure(ALL, &settings(exim.address).replace("lang = \"sr\"", ""));
    office.reopen().await;
    office.round("2027-02-06 12:00").await;
    office.round("2027-02-06 18:00").await;
    exim.mails("sekretaria", 1);
    exim.mails("zyrtari", 1);
    assert_eq!(office.states().await, [WarningState::Sent; 2]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_that_is_refused_for_good_ends_nobody_elses_piece_of_the_same_letter() {
    let shared = settings(nowhere()).replace("zyrtari@", "sekretaria@").replace("lang = \"sr\"", "");
    let mut office = Office::with("2027-02-01 09:00", ALL, &shared, None).await;
    office.queue(&assembly("KK-1", "2027-02-23 10:00")).await.unwrap();
    office.round("2027-02-06 08:00").await;
    let exim = SmtpServer::start();
    let apart = settings(exim.address)
        .replace("lang = \"sr\"", "")
        .replace("sekretaria@", "refused@");
    office.configure(ALL, &apart);
    office.reopen().await;
    office.round("2027-02-06 12:00").await;
    office.round("2027-02-06 18:00").await;
    exim.mails("zyrtari", 1);
    let mut states = office.states().await;
    states.sort_by_key(|state| state.word());
    assert_eq!(states, [WarningState::Failed, WarningState::Sent]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_process_that_died_while_it_sent_is_followed_by_one_that_sends_the_same_letter() {
    let exim = SmtpServer::start();
    let office = office(exim.address).await;
    office.round("2027-02-06 08:00").await;
    let first = exim.mails("sekretaria", 1).remove(0);
    // As it is when the mail server has the letter and the process dies before it can note that.
    office
        .run("UPDATE warning SET state = 'waiting', sent_at = NULL WHERE recipient = 'unit:assembly-secretariat'")
        .await;
    office.queue(&assembly("KK-2", "2027-02-23 12:00")).await.unwrap();
    office.round("2027-02-06 08:10").await;
    let both = exim.mails("sekretaria", 3);
    let same = both
        .iter()
        .filter(|mail| header(mail, "Message-ID") == header(&first, "Message-ID"));
    assert_eq!(
        same.count(),
        2,
        "mailboxes know the second copy by its Message-ID, and nothing new was put into it"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn two_processes_that_watch_at_once_send_nothing_twice() {
    let exim = SmtpServer::start();
    let office = office(exim.address).await;
    let other = office.another().await;
    office.clock.advance(at("2027-02-06 08:00") - office.now());
    let (one, two) = tokio::join!(round(&office.system, office.config()), round(&other, &other.offices["k"]));
    one.unwrap();
    two.unwrap();
    office.round("2027-02-06 09:00").await;
    exim.mails("sekretaria", 1);
    exim.mails("zyrtari", 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_postponed_meeting_is_warned_of_anew() {
    let exim = SmtpServer::start();
    let office = office(exim.address).await;
    office.round("2027-02-06 08:00").await;
    exim.mails("sekretaria", 1);
    // The proposal is replaced by one for another day: its duty moves, and so do its warnings.
    office.queue(&assembly("KK-1", "2027-03-23 10:00")).await.unwrap();
    office.round("2027-02-16 08:00").await;
    exim.mails("sekretaria", 1);
    office.clock.advance(Duration::days(18));
    office.round("2027-03-06 08:00").await;
    exim.mails("sekretaria", 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_mail_server_warnings_are_shown() {
    let office = Office::new("2027-02-01 09:00").await;
    office.queue(&assembly("KK-1", "2027-02-23 10:00")).await.unwrap();
    office.round("2027-02-06 08:00").await;
    assert_eq!(office.states().await, [WarningState::Shown; 2]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_server_that_hangs_holds_up_no_round() {
    // Whoever calls is connected, and never hears a word.
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let more = format!("{}[register]\nevery_seconds = 1\n", settings(silent.local_addr().unwrap()));
    let office = Office::with("2027-02-06 08:00", ALL, &more, None).await;
    office.queue(&assembly("KK-1", "2027-02-23 10:00")).await.unwrap();
    let (stop, stopped) = tokio::sync::watch::channel(false);
    let watching = tokio::spawn(watch(office.system.clone(), stopped));
    let _hangs = tokio::task::spawn_blocking(move || silent.accept().unwrap()).await.unwrap();
    office.queue(&assembly("KK-2", "2027-02-24 10:00")).await.unwrap();
    office
        .comes("SELECT COUNT(*) FROM obligation WHERE item = (SELECT id FROM item WHERE reference = 'KK-2')")
        .await;
    stop.send(true).unwrap();
    tokio::time::timeout(std::time::Duration::from_secs(15), watching)
        .await
        .unwrap()
        .unwrap();
}

/// The alarms about mail: what each says.
async fn alarms(office: &Office) -> Vec<String> {
    let shown = kasnec::alarm::current(&office.system, office.config()).await.unwrap();
    let mail = shown.into_iter().filter(|shown| shown.cause.kind == AlarmKind::Mail);
    mail.map(|shown| shown.cause.detail.note.unwrap()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn warnings_that_fail_twice_raise_an_alarm_until_they_go() {
    let mut office = office(nowhere()).await;
    office.round("2027-02-06 08:00").await;
    assert!(alarms(&office).await.is_empty(), "once is not yet a reason");
    office.round("2027-02-06 08:10").await;
    let told = alarms(&office).await;
    assert!(
        told[0].starts_with("2 not taken. One of them: The mail server could not be reached."),
        "{told:?}"
    );
    let exim = SmtpServer::start();
    office.configure(ALL, &settings(exim.address));
    office.reopen().await;
    office.round("2027-02-06 12:00").await;
    exim.mails("sekretaria", 1);
    assert!(alarms(&office).await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_password_that_nobody_has_entered_raises_an_alarm() {
    let exim = SmtpServer::start();
    let signed_in = settings(exim.address).replace("tls = \"none\"", "tls = \"none\"\nusername = \"informimi\"");
    let office = Office::with("2027-02-01 09:00", ALL, &signed_in, None).await;
    office.queue(&assembly("KK-1", "2027-02-23 10:00")).await.unwrap();
    office.round("2027-02-06 08:00").await;
    office.round("2027-02-06 08:10").await;
    let told = alarms(&office).await;
    assert!(
        told[0].contains("The password of informimi at the mail server is missing."),
        "{told:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_warning_that_is_refused_for_good_raises_an_alarm_until_its_duty_ends() {
    let exim = SmtpServer::start();
    let refused = settings(exim.address).replace("sekretaria@", "refused@");
    let office = Office::with("2027-02-01 09:00", ALL, &refused, None).await;
    office.queue(&assembly("KK-1", "2027-02-23 10:00")).await.unwrap();
    office.round("2027-02-06 08:00").await;
    let told = alarms(&office).await;
    assert!(told[0].starts_with("1 not taken."), "{told:?}");
    office.approve("KK-1", None).await.unwrap();
    office.settle().await;
    office.hang_all().await;
    office.round("2027-02-06 09:00").await;
    assert!(alarms(&office).await.is_empty());
}
