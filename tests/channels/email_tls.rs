//! Mail over TLS, with a certificate that the machine vouches for.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::email::{driver, notice};
use crate::smtp_server::SmtpServer;
use crate::support::{drive, publish};

/// The variable in which the machine's trusted certificates can be replaced.
const TRUSTED: &str = "SSL_CERT_FILE";
/// Tells the second process that it is the second.
const FOLDER: &str = "KASNEC_TEST_CERTIFICATES";
const MYSELF: &str = "email_tls::mail_goes_over_starttls_and_over_tls_from_the_first_byte";

/// What is trusted is read once a process: so this test runs itself again in another one, which sends the mails.
#[tokio::test]
async fn mail_goes_over_starttls_and_over_tls_from_the_first_byte() {
    if let Some(folder) = std::env::var_os(FOLDER) {
        send_both_ways(Path::new(&folder)).await;
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    certify(folder.path());
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", MYSELF, "--nocapture"])
        .env(TRUSTED, folder.path().join("ca.pem"))
        .env(FOLDER, folder.path())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    let complained = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && said.contains("1 passed"), "{said}{complained}");
}

async fn send_both_ways(folder: &Path) {
    for (tls, from_the_first_byte) in [("starttls", false), ("tls", true)] {
        let server = SmtpServer::with(Some(folder), from_the_first_byte);
        let settings = [("tls", tls), ("username", "informimi")];
        let mut job = publish(notice("Mbledhja"));
        drive(&*driver(server.address, &settings, "fjalëkalim"), &mut job).await.unwrap();
        assert_eq!(server.mails("redaksia", 1).len(), 1);
        assert!(server.log().contains("P=esmtpsa X=TLS"), "{}", server.log());
    }
}

/// An authority and a certificate of it for 127.0.0.1, made by OpenSSL for this test alone.
pub fn certify(folder: &Path) {
    fs::write(folder.join("leaf.ext"), "subjectAltName=IP:127.0.0.1\nbasicConstraints=CA:FALSE\n").unwrap();
    let key = "-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes";
    for line in [
        format!("req -x509 {key} -keyout ca.key -out ca.pem -subj /CN=Prova -days 2"),
        format!("req {key} -keyout key.pem -out leaf.csr -subj /CN=127.0.0.1"),
        "x509 -req -in leaf.csr -CA ca.pem -CAkey ca.key -CAcreateserial -extfile leaf.ext -out cert.pem -days 2".to_owned(),
    ] {
        let made = Command::new("openssl").args(line.split(' ')).current_dir(folder).output().unwrap();
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    }
}
