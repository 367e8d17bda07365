//! An office with an account on every channel, and the remotes behind them, which outlive the program.

use std::sync::Arc;
use std::time::{Duration, Instant};

use kasnec::clock::SystemClock;

use crate::ambiguous::calls::MANIFESTS;
use crate::guarded::Guarded;
use crate::kasnec::{Kasnec, write};
use crate::letters::Letters;
use crate::recorder::Recorder;
use crate::wordpress::wordpress;

/// An office and the world around it.
pub struct Town {
    pub kasnec: Kasnec,
    pub recorder: Recorder,
    pub letters: Letters,
    /// What a program signs in with at the API.
    pub token: String,
    _sandbox: Guarded,
}

impl Town {
    /// Everything but the program itself is running.
    pub fn found() -> Self {
        let kasnec = Kasnec::new();
        let recorder = Recorder::start(Arc::new(SystemClock));
        let letters = Letters::start();
        let told = ACCOUNTS
            .replace("HTTP", &recorder.url)
            .replace("SMTP", &letters.address.port().to_string())
            .replace("WORDPRESS", &wordpress().url);
        let sample = include_str!("../../../samples/kasnec.toml");
        write(&kasnec.path("kasnec.toml"), &format!("{sample}\n{told}"));
        let (_, notices) = MANIFESTS[0];
        write(&kasnec.path("channels/notices.toml"), notices);
        write(&kasnec.path("templates/notices/text.hbs"), "{{title}}\n{{url}}\n");
        let sandbox = kasnec.sandbox();
        kasnec.json(&["user", "add", "shefja", "--name", "Shefja", "--role", "administrator"]);
        kasnec.connect(
            "facebook",
            &[("app_secret", "sandbox-app-secret"), ("page_token", "EAASandboxPageToken")],
        );
        kasnec.connect("telegram", &[("bot_token", "8123:AAF")]);
        kasnec.connect("mastodon", &[("access_token", "geheim")]);
        kasnec.connect("wordpress", &[("application_password", wordpress().password("editor"))]);
        let token = kasnec.json(&["token", "add", "shefja", "--label", "harness", "--as", "shefja"]);
        Self {
            kasnec,
            recorder,
            letters,
            token: token["token"].as_str().unwrap().to_owned(),
            _sandbox: sandbox,
        }
    }

    /// How long the worker takes from its start until it works, on this machine, now.
    pub fn start_takes(&self) -> Duration {
        let begun = Instant::now();
        let mut running = self.kasnec.worker();
        let works = |running: &Guarded| running.output().contains("is working").then_some(());
        running.wait_for(Duration::from_secs(30), works).unwrap();
        begun.elapsed()
    }
}

const ACCOUNTS: &str = r#"
[folders]
channels = "channels"
templates = "templates"
[http]
connect_seconds = 5
total_seconds = 20

[offices.kacanik.accounts.outbox]
settings.folder = "outbox"

[offices.kacanik.accounts.notices]
grace_seconds = 3
settings.url = "HTTP"

[offices.kacanik.accounts.telegram]
spacing_seconds = 0
daily = 0
grace_seconds = 3
settings.chat_id = "@k"
settings.api_url = "HTTP"

[offices.kacanik.accounts.mastodon]
spacing_seconds = 0
daily = 0
settings.base_url = "HTTP"

[offices.kacanik.accounts.email]
spacing_seconds = 0
grace_seconds = 3
settings.smtp_host = "127.0.0.1"
settings.smtp_port = "SMTP"
settings.tls = "none"
settings.from = "K <k@example.org>"
settings.recipients = "a@example.org"

# PHP goes on writing when the caller has died.
[offices.kacanik.accounts.wordpress]
grace_seconds = 15
settings.base_url = "WORDPRESS"
settings.username = "editor"
"#;
