//! Layered configuration: embedded defaults → `kasnec.toml` → environment (`KASNEC_SERVER__LISTEN=…`).

mod office;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use chrono::NaiveTime;
use config::{Config, Environment, File, FileFormat, Value, ValueKind};
use serde::Deserialize;

pub use self::office::{AccountSettings, Encryption, MailSettings, OfficeSettings, Scalar, Unit};
use crate::item::problem::with_suggestion;

const DEFAULTS: &str = include_str!("defaults.toml");

/// The whole configuration.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// The folder of the data file, the key and the outbox.
    pub data: PathBuf,
    /// The program's own server.
    pub server: Server,
    /// Where everything is kept.
    pub store: StoreSettings,
    /// The machine's clock.
    pub clock: ClockSettings,
    /// The worker.
    pub worker: WorkerSettings,
    /// The register's watch.
    pub register: RegisterSettings,
    /// The watchdog.
    pub watch: WatchSettings,
    /// Looks at what was delivered.
    pub verify: VerifySettings,
    /// Copies of the data file.
    pub backup: BackupSettings,
    /// Outbound calls.
    pub http: HttpSettings,
    /// The log.
    pub log: Log,
    /// Folders that override embedded data.
    pub folders: Folders,
    /// The offices, by id.
    #[serde(default)]
    pub offices: BTreeMap<String, OfficeSettings>,
}

/// The program's own server.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Server {
    /// The address to listen on.
    pub listen: String,
    /// The address citizens use.
    pub public_url: String,
}

/// Where everything is kept.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StoreSettings {
    /// `sqlite:PATH`, percent-encoded, or `postgres://…`; empty for an SQLite file in the data folder.
    pub url: String,
}

/// The machine's clock, and who may contradict it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClockSettings {
    /// A step of the machine's clock by more seconds is not believed without a witness.
    pub tolerance_seconds: u32,
    /// Addresses of servers whose clocks are right, beside those of the accounts.
    pub witnesses: Vec<String>,
}

/// The worker.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WorkerSettings {
    /// How long a claim holds without a sign of life.
    pub lease_seconds: u32,
    /// How soon a call whose answer was lost is looked up.
    pub look_seconds: u32,
    /// How often the queue is looked at when nothing rings.
    pub poll_milliseconds: u32,
}

/// The register's watch.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RegisterSettings {
    /// How often the register is brought up to date and warnings are raised.
    pub every_seconds: u32,
}

/// The watchdog.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WatchSettings {
    /// How often it looks.
    pub every_seconds: u32,
    /// How long something may be due before it asks why.
    pub patience_minutes: u32,
}

/// Looks at what was delivered.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VerifySettings {
    /// Whether anybody looks.
    pub enabled: bool,
    /// How often it is asked whether something is to be looked at.
    pub every_seconds: u32,
    /// How long after a delivery stood the first look is made.
    pub soon_seconds: u32,
    /// How many hours after it the second one is made; 0: none is.
    pub later_hours: u32,
    /// How soon a look that did not tell is made again; the wait doubles each time, up to an hour.
    pub retry_seconds: u32,
    /// How often it must seem changed or gone before that is believed: pages are cached.
    pub confirm: u32,
    /// How often a look that does not tell is made before that is left as it is.
    pub tries: u32,
    /// How many accounts are looked at at once.
    pub parallel: u32,
}

impl VerifySettings {
    /// How long after a delivery stood the first look is made.
    pub fn soon(&self) -> chrono::Duration {
        chrono::Duration::seconds(i64::from(self.soon_seconds))
    }
}

/// Copies of the data file.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BackupSettings {
    /// Where they go: meant from the data folder.
    pub folder: PathBuf,
    /// The hour at which the daily one is made, on the clock of the first office.
    #[serde(deserialize_with = "clock_time")]
    pub at: NaiveTime,
    /// Of so many days the newest one is kept; 0: none is made by itself.
    pub keep_daily: usize,
    /// Of so many months the newest one is kept.
    pub keep_monthly: usize,
}

fn clock_time<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<NaiveTime, D::Error> {
    let text = String::deserialize(deserializer)?;
    NaiveTime::parse_from_str(&text, "%H:%M")
        .map_err(|_| serde::de::Error::custom(format!("\"{text}\" is no time of day, such as \"03:30\"")))
}

/// Outbound calls.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HttpSettings {
    /// Until a connection stands.
    pub connect_seconds: u32,
    /// Until the whole answer is read.
    pub total_seconds: u32,
}

/// The log.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Log {
    /// `error`, `warn`, `info`, `debug`, or a filter such as `info,kasnec::deliver=debug`.
    pub level: String,
    /// `text` or `json`.
    pub format: LogFormat,
}

/// The form of the log's lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// For people.
    Text,
    /// For programs.
    Json,
}

/// Folders that override embedded data, file by file.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Folders {
    /// Overrides `templates/`.
    #[serde(default)]
    pub templates: Option<PathBuf>,
    /// Overrides `channels/`.
    #[serde(default)]
    pub channels: Option<PathBuf>,
    /// Overrides `kinds/`.
    #[serde(default)]
    pub kinds: Option<PathBuf>,
    /// Overrides `rules/`.
    #[serde(default)]
    pub rules: Option<PathBuf>,
}

/// The configuration, and where each value came from.
#[derive(Debug, Clone)]
pub struct Loaded {
    /// What is in force.
    pub settings: Settings,
    /// `(key, value, origin)` of every value.
    pub origins: Vec<(String, String, String)>,
}

/// Why the configuration cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// The file is not there.
    #[error("{0} does not exist; write one (see README) or leave --config away for the sample office")]
    Missing(String),
    /// A value is wrong or unknown.
    #[error("the configuration cannot be used: {0}")]
    Wrong(String),
}

/// Reads the configuration: defaults, then `base` (a file, or the embedded sample), then the environment.
pub fn load(base: Base<'_>) -> Result<Loaded, SettingsError> {
    let wrong = |e: config::ConfigError| SettingsError::Wrong(with_suggestion(&e.to_string()));
    let builder = Config::builder().add_source(File::from_str(DEFAULTS, FileFormat::Toml));
    let builder = match base {
        Base::Text(text) => builder.add_source(File::from_str(text, FileFormat::Toml)),
        Base::File(path) if !path.exists() => return Err(SettingsError::Missing(path.display().to_string())),
        Base::File(path) => builder.add_source(File::from(path).format(FileFormat::Toml)),
    };
    let environment = Environment::with_prefix("KASNEC")
        .prefix_separator("_")
        .separator("__")
        .try_parsing(true)
        .source(Some(std::env::vars().filter(|(name, _)| is_setting(name)).collect()));
    let config = builder.add_source(environment).build().map_err(wrong)?;
    let origins = origins(&config, base);
    let mut settings: Settings = config.try_deserialize().map_err(wrong)?;
    if let Base::File(path) = base {
        settings.anchor(path.parent().unwrap_or(Path::new("")));
    }
    Ok(Loaded { settings, origins })
}

/// `KASNEC_CONFIG`, `KASNEC_OFFICE` and `KASNEC_AS` are options of the command line, and the tests have variables of their own.
fn is_setting(name: &str) -> bool {
    name == "KASNEC_DATA" || name.contains("__")
}

/// What lies over the defaults.
#[derive(Debug, Clone, Copy)]
pub enum Base<'a> {
    /// A file of the office.
    File(&'a Path),
    /// An embedded text.
    Text(&'a str),
}

impl Settings {
    /// Paths in the file are meant from where the file stands.
    fn anchor(&mut self, folder: &Path) {
        let anchored = |path: &mut PathBuf| *path = folder.join(&*path);
        anchored(&mut self.data);
        let folders = &mut self.folders;
        for path in [
            &mut folders.templates,
            &mut folders.channels,
            &mut folders.kinds,
            &mut folders.rules,
        ]
        .into_iter()
        .flatten()
        {
            anchored(path);
        }
    }

    /// The folder of the backups.
    pub fn backup_folder(&self) -> PathBuf {
        self.data.join(&self.backup.folder)
    }

    /// The store's URL, the default filled in.
    pub fn store_url(&self) -> String {
        if self.store.url.is_empty() {
            sqlite_url(&self.data.join("kasnec.db"))
        } else {
            self.store.url.clone()
        }
    }
}

/// The address of an SQLite file: what an address would take for something else is encoded.
pub fn sqlite_url(file: &Path) -> String {
    let path = file.display().to_string().replace('%', "%25").replace('?', "%3F");
    format!("sqlite:{path}")
}

fn origins(config: &Config, base: Base<'_>) -> Vec<(String, String, String)> {
    let unnamed = match base {
        Base::Text(_) => "embedded",
        Base::File(_) => "embedded defaults",
    };
    let mut found = Vec::new();
    let root = Value::new(None, config.cache.kind.clone());
    walk("", &root, unnamed, &mut found);
    found.sort();
    found
}

fn walk(key: &str, value: &Value, unnamed: &str, found: &mut Vec<(String, String, String)>) {
    if let ValueKind::Table(table) = &value.kind {
        for (name, value) in table {
            let key = if key.is_empty() { name.clone() } else { format!("{key}.{name}") };
            walk(&key, value, unnamed, found);
        }
        return;
    }
    let shown = match &value.kind {
        ValueKind::Array(items) => items.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "),
        _ => value.to_string(),
    };
    let shown = if key == "store.url" { without_password(&shown) } else { shown };
    found.push((key.to_owned(), shown, value.origin().unwrap_or(unnamed).to_owned()));
}

fn without_password(url: &str) -> String {
    match url::Url::parse(url) {
        Ok(mut parsed) if parsed.password().is_some() => {
            let hidden = parsed.set_password(Some("***"));
            if hidden.is_ok() {
                parsed.to_string()
            } else {
                "(hidden)".to_owned()
            }
        }
        _ => url.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_key_is_an_error_with_a_suggestion() {
        let error = load(Base::Text("[server]\nlisten_on = \"x\"\n")).unwrap_err().to_string();
        assert!(error.contains("listen_on") && error.contains("did you mean `listen`?"), "{error}");
    }

    #[test]
    fn the_variables_of_the_command_line_are_no_settings() {
        assert!(["KASNEC_DATA", "KASNEC_SERVER__LISTEN"].into_iter().all(is_setting));
        assert!(
            !["KASNEC_OFFICE", "KASNEC_AS", "KASNEC_CONFIG", "KASNEC_PYTHON"]
                .into_iter()
                .any(is_setting)
        );
    }

    #[test]
    fn defaults_hold_and_say_where_they_come_from() {
        let loaded = load(Base::Text("")).unwrap();
        assert_eq!(loaded.settings.store_url(), "sqlite:data/kasnec.db");
        assert!(
            loaded
                .origins
                .iter()
                .any(|(key, value, _)| key == "server.listen" && value == "127.0.0.1:8080")
        );
    }

    #[test]
    fn what_an_address_would_take_for_something_else_is_encoded() {
        assert_eq!(sqlite_url(Path::new("/srv/my 100%?/a.db")), "sqlite:/srv/my 100%25%3F/a.db");
    }

    #[test]
    fn a_password_in_the_stores_address_is_not_shown() {
        let loaded = load(Base::Text("[store]\nurl = \"postgres://k:geheim@db/k\"\n")).unwrap();
        assert!(loaded.origins.iter().all(|(_, value, _)| !value.contains("geheim")));
    }
}
