//! `kasnec mail …`, as an administrator runs it.

use std::fs;
use std::io::Write;
use std::net::{SocketAddr, TcpListener};
use std::process::{Command, Output, Stdio};

use serde_json::Value;
use tempfile::TempDir;

use crate::read::read;
use crate::smtp_server::SmtpServer;

const OFFICE: &str = r#"
[offices.kacanik]
name = { sq = "Komuna e Kaçanikut", sr = "Opština Kačanik" }
zone = "Europe/Belgrade"
languages = ["sq", "sr"]
[offices.kacanik.units]
press = { label = { sq = "Zyra" }, email = "lajme@press.example", lang = "sr" }
archive = { label = { sq = "Arkivi" } }
"#;

/// A folder with an office and its administrator in it.
struct Office(TempDir);

impl Office {
    fn with(mail: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("kasnec.toml"), format!("{OFFICE}{mail}")).unwrap();
        let office = Self(folder);
        let added = office.run(&["user", "add", "shefja", "--name", "Shefja", "--role", "administrator"], "");
        assert!(added.status.success(), "{}", told(&added));
        office
    }

    fn at(server: SocketAddr, more: &str) -> Self {
        let (host, port) = (server.ip(), server.port());
        Self::with(&format!(
            "[offices.kacanik.mail]\nsmtp_host = \"{host}\"\nsmtp_port = {port}\ntls = \"none\"\nfrom = \"Komuna <njoftime@kacanik.example>\"\n{more}"
        ))
    }

    fn run(&self, arguments: &[&str], typed: &str) -> Output {
        let mut child = Command::new(env!("CARGO_BIN_EXE_kasnec"))
            .args(arguments)
            .current_dir(self.0.path())
            .env("KASNEC_AS", "shefja")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        // A command that asks for nothing may have ended already.
        let _ = child.stdin.take().unwrap().write_all(typed.as_bytes());
        child.wait_with_output().unwrap()
    }

    fn mail(&self, arguments: &[&str]) -> Output {
        self.run(&[&["mail"], arguments].concat(), "")
    }
}

fn told(output: &Output) -> String {
    format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    )
}

#[test]
fn a_password_is_asked_for_kept_sealed_and_used() {
    let exim = SmtpServer::start();
    let office = Office::at(exim.address, "username = \"informimi\"\n");
    let missing = office.mail(&["check"]);
    assert_eq!(missing.status.code(), Some(5));
    assert!(
        told(&missing).contains("password of informimi at the mail server is missing"),
        "{}",
        told(&missing)
    );
    assert!(told(&missing).contains("kasnec mail connect"));

    let wrong = office.run(&["mail", "connect"], "gabim-krejt\n");
    assert_eq!(wrong.status.code(), Some(5), "{}", told(&wrong));
    assert!(
        told(&wrong).contains("does not accept the user name and password"),
        "{}",
        told(&wrong)
    );

    let right = office.run(&["mail", "connect"], "fjalëkalim\n");
    assert_eq!(right.status.code(), Some(0), "{}", told(&right));
    assert!(told(&right).contains("takes the password of informimi"), "{}", told(&right));
    let kept = office.run(&["mail", "connect"], "\n");
    assert_eq!(kept.status.code(), Some(0), "an empty line keeps it: {}", told(&kept));
    let shown = [missing, wrong, right, kept].map(|output| told(&output)).concat();
    let data = fs::read(office.0.path().join("data/kasnec.db")).unwrap();
    let data = String::from_utf8_lossy(&data);
    assert!(
        ["fjalëkalim", "gabim-krejt"]
            .iter()
            .all(|secret| !shown.contains(secret) && !data.contains(secret))
    );
}

#[test]
fn a_check_says_what_is_well_and_which_units_no_letter_reaches() {
    let exim = SmtpServer::start();
    let office = Office::at(exim.address, "");
    let well = office.mail(&["check"]);
    assert_eq!(well.status.code(), Some(0), "{}", told(&well));
    for words in [
        format!("{} answers and asks for no password", exim.address),
        "Komuna <njoftime@kacanik.example>".to_owned(),
        "archive".to_owned(),
    ] {
        assert!(told(&well).contains(&words), "{words}: {}", told(&well));
    }
    let json: Value = serde_json::from_slice(&office.mail(&["check", "--json"]).stdout).unwrap();
    assert_eq!(json["fine"].as_array().unwrap().len(), 2);
    assert_eq!(json["without_address"], serde_json::json!(["archive"]));
}

#[test]
fn a_test_letter_arrives_in_the_language_of_the_unit_and_else_in_the_leading_one() {
    let exim = SmtpServer::start();
    let office = Office::at(exim.address, "");
    for address in ["lajme@press.example", "redaksia@press.example"] {
        let sent = office.mail(&["test", address]);
        assert_eq!(sent.status.code(), Some(0), "{}", told(&sent));
        assert!(told(&sent).contains(address));
    }
    let serbian = read(&exim.mails("lajme", 1)[0]);
    assert_eq!(serbian["headers"]["Subject"], "Probno pismo iz Kasneca");
    assert!(serbian["parts"][0][1].as_str().unwrap().contains("Opština Kačanik"));
    let albanian = read(&exim.mails("redaksia", 1)[0]);
    assert_eq!(albanian["headers"]["Content-Language"], "sq");
    assert!(
        albanian["parts"][1][1]
            .as_str()
            .unwrap()
            .contains("<p>Kjo është letër prove. Dërgon: Komuna e Kaçanikut.")
    );
    assert_ne!(serbian["headers"]["Message-ID"], albanian["headers"]["Message-ID"]);
}

#[test]
fn a_letter_that_cannot_be_sent_says_why_and_what_to_do() {
    let exim = SmtpServer::start();
    let office = Office::at(exim.address, "");
    let refused = office.mail(&["test", "refused@press.example"]);
    assert_eq!(refused.status.code(), Some(1));
    assert!(told(&refused).contains("no such mailbox"), "{}", told(&refused));
    let nobody = office.mail(&["test", "zyra"]);
    assert_eq!(nobody.status.code(), Some(3));
    assert!(told(&nobody).contains("zyra@example.org"), "{}", told(&nobody));

    let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let office = Office::at(closed, "");
    let unreachable = office.mail(&["check", "--json"]);
    assert_eq!(unreachable.status.code(), Some(5));
    let json: Value = serde_json::from_slice(&unreachable.stdout).unwrap();
    assert_eq!(json["wrong"][0]["failure"]["code"], "unreachable");
}

#[test]
fn an_office_without_a_mail_server_is_told_what_to_write() {
    let office = Office::with("");
    for arguments in [&["check"][..], &["connect"], &["test", "zyra@example.org"]] {
        let refused = office.mail(arguments);
        assert_eq!(refused.status.code(), Some(3), "{}", told(&refused));
        assert!(told(&refused).contains("[offices.kacanik.mail]"), "{}", told(&refused));
    }
}

#[test]
fn hours_and_senders_that_cannot_be_read_are_refused_by_config_check() {
    let office = Office::with("");
    let config = |more: &str| {
        let text = OFFICE.replace("languages = [", &format!("{more}\nlanguages = ["));
        fs::write(office.0.path().join("kasnec.toml"), text).unwrap();
        office.run(&["config", "check"], "")
    };
    assert_eq!(
        config("office_hours = \"mon-thu 08:00-16:30, fri 08:00-14:00\"").status.code(),
        Some(0)
    );
    let refused = config("office_hours = \"mon-fri 8-16\"");
    assert_eq!(refused.status.code(), Some(3));
    assert!(told(&refused).contains("offices.kacanik.office_hours"), "{}", told(&refused));
    let refused = config("head = \"Kryetari\"");
    assert!(told(&refused).contains("offices.kacanik.head"), "{}", told(&refused));
}
