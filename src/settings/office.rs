//! An office, as `kasnec.toml` describes it: its languages, duties, hours, units, mail and accounts.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use chrono_tz::Tz;
use serde::{Deserialize, Deserializer};

use crate::item::{Lang, Localized};

/// One office.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OfficeSettings {
    /// The official name in each language.
    pub name: Localized,
    /// The zone of its clocks.
    pub zone: Tz,
    /// The languages it publishes in, the leading one first.
    pub languages: Vec<Lang>,
    /// The address of its built-in site, if not the server's.
    #[serde(default)]
    pub public_url: Option<String>,
    /// The plans that bind it: `rules/PLAN.toml`.
    #[serde(default = "default_rules")]
    pub rules: Vec<String>,
    /// The languages in which everything it owes must stand; empty: completeness of languages is not asked for.
    #[serde(default)]
    pub official_languages: Vec<Lang>,
    /// Names that a rule goes through one by one, by list: `directorates = […]`.
    #[serde(default)]
    pub lists: BTreeMap<String, Vec<String>>,
    /// Periodic duties are owed from this day on; from the day the office first ran where nothing is said.
    #[serde(default)]
    pub owed_from: Option<NaiveDate>,
    /// When somebody is there, as [`crate::schedule::OfficeHours`] reads it.
    #[serde(default = "default_office_hours")]
    pub office_hours: String,
    /// The office hours that approving an item usually takes.
    #[serde(default = "default_approval_hours")]
    pub approval_hours: u32,
    /// The office hours that writing an item usually takes.
    #[serde(default = "default_writing_hours")]
    pub writing_hours: u32,
    /// The e-mail address of the head of the office.
    #[serde(default)]
    pub head: Option<String>,
    /// The unit that keeps the accounts on channels: it is told when one stands still.
    #[serde(default)]
    pub keeper: Option<String>,
    /// The server by which the office's own mail goes; without one, none goes.
    #[serde(default)]
    pub mail: Option<MailSettings>,
    /// Its units, by key.
    #[serde(default)]
    pub units: BTreeMap<String, Unit>,
    /// Its accounts on channels, by name.
    #[serde(default)]
    pub accounts: BTreeMap<String, AccountSettings>,
}

/// A unit of an office.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Unit {
    /// What people call it.
    pub label: Localized,
    /// Where it reads its mail.
    #[serde(default)]
    pub email: Option<String>,
    /// The language of its mail; the office's leading one where nothing is said.
    #[serde(default)]
    pub lang: Option<Lang>,
    /// The e-mail address of its head.
    #[serde(default)]
    pub head: Option<String>,
}

/// The server by which the office's own mail goes. The password is a secret in the store.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MailSettings {
    /// The mail server.
    pub smtp_host: String,
    /// Its port.
    #[serde(default = "default_smtp_port")]
    pub smtp_port: u16,
    /// How the connection is kept from other eyes.
    #[serde(default)]
    pub tls: Encryption,
    /// Who signs in there; nobody where nothing is said.
    #[serde(default)]
    pub username: Option<String>,
    /// The sender, with or without a name.
    pub from: String,
}

/// How a connection to a mail server is kept from other eyes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub enum Encryption {
    /// Encrypted after the greeting; refused where the server cannot.
    #[default]
    StartTls,
    /// Encrypted from the first byte.
    Tls,
    /// In the open.
    None,
}

impl TryFrom<String> for Encryption {
    type Error = String;

    fn try_from(name: String) -> Result<Self, String> {
        match name.as_str() {
            "starttls" => Ok(Self::StartTls),
            "tls" => Ok(Self::Tls),
            "none" => Ok(Self::None),
            _ => Err(format!("\"{name}\" is no encryption; write starttls, tls or none")),
        }
    }
}

fn default_rules() -> Vec<String> {
    vec!["kacanik".to_owned()]
}

fn default_office_hours() -> String {
    "mon-fri 08:00-16:00".to_owned()
}

const fn default_approval_hours() -> u32 {
    2
}

const fn default_writing_hours() -> u32 {
    4
}

const fn default_smtp_port() -> u16 {
    587
}

/// An account on a channel.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AccountSettings {
    /// The channel's id; the account's own name where nothing is said.
    #[serde(default)]
    pub channel: Option<String>,
    /// The group by which rules name it, if not its channel's.
    #[serde(default)]
    pub group: Option<String>,
    /// What the manifest's `[settings]` ask for.
    #[serde(default)]
    pub settings: BTreeMap<String, Scalar>,
    /// The unit that keeps this account, if not the office's.
    #[serde(default)]
    pub keeper: Option<String>,
    /// Seconds between two posts, if not the manifest's.
    #[serde(default)]
    pub spacing_seconds: Option<u32>,
    /// Posts a day, if not the manifest's.
    #[serde(default)]
    pub daily: Option<u32>,
    /// Hours in which courtesy posts wait, if not the manifest's.
    #[serde(default)]
    pub quiet: Option<String>,
    /// Seconds until a lost draft may be made again, if not the manifest's.
    #[serde(default)]
    pub grace_seconds: Option<u32>,
    /// Deliveries under way at once, if not the manifest's.
    #[serde(default)]
    pub parallel: Option<u32>,
}

/// A text, a number or a yes/no, kept as text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scalar(pub String);

impl<'de> Deserialize<'de> for Scalar {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = serde_json::Value::deserialize(deserializer)?;
        match value {
            serde_json::Value::String(text) => Ok(Self(text)),
            serde_json::Value::Number(_) | serde_json::Value::Bool(_) => Ok(Self(value.to_string())),
            _ => Err(serde::de::Error::custom("expected a text, a number, true or false")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::{Base, Loaded, load};

    const OFFICE: &str = "[offices.k]\nname = { sq = \"Komuna\" }\nzone = \"Europe/Belgrade\"\nlanguages = [\"sq\", \"sr\"]\n";

    fn office(more: &str) -> OfficeSettings {
        let Loaded { mut settings, .. } = load(Base::Text(&format!("{OFFICE}{more}"))).unwrap();
        settings.offices.remove("k").unwrap()
    }

    #[test]
    fn an_office_that_says_nothing_is_bound_by_the_plan_and_works_from_eight_to_four() {
        let office = office("");
        assert_eq!(office.rules, ["kacanik"]);
        assert_eq!(office.office_hours, "mon-fri 08:00-16:00");
        assert_eq!((office.approval_hours, office.writing_hours), (2, 4));
        assert!(office.official_languages.is_empty() && office.lists.is_empty());
        assert_eq!((office.owed_from, office.head, office.mail), (None, None, None));
    }

    #[test]
    fn a_day_may_be_written_as_a_text_or_as_a_date_of_toml() {
        let day = NaiveDate::from_ymd_opt(2026, 7, 1);
        assert_eq!(office("owed_from = \"2026-07-01\"\n").owed_from, day);
        assert_eq!(office("owed_from = 2026-07-01\n").owed_from, day);
    }

    #[test]
    fn lists_units_and_the_mail_server_are_read_as_written() {
        let office = office(
            "lists.directorates = [\"Drejtoria e Arsimit\"]\n[offices.k.units.press]\nlabel = { sq = \"Zyra\" }\nemail = \"zyra@example.org\"\nlang = \"sr\"\n\
             head = \"shefja@example.org\"\n[offices.k.mail]\nsmtp_host = \"mail.example.org\"\nfrom = \"Komuna <k@example.org>\"\n",
        );
        assert_eq!(office.lists["directorates"], ["Drejtoria e Arsimit"]);
        let unit = &office.units["press"];
        assert_eq!(unit.lang.as_ref().map(Lang::as_str), Some("sr"));
        assert_eq!(unit.head.as_deref(), Some("shefja@example.org"));
        let mail = office.mail.unwrap();
        assert_eq!((mail.smtp_port, mail.tls, mail.username), (587, Encryption::StartTls, None));
    }

    #[test]
    fn a_password_has_no_place_in_the_file() {
        let mail = "[offices.k.mail]\nsmtp_host = \"h\"\nfrom = \"k@example.org\"\n";
        let refused = |more: &str| load(Base::Text(&format!("{OFFICE}{mail}{more}"))).unwrap_err().to_string();
        assert!(refused("password = \"geheim\"\n").contains("unknown field `password`"));
        let told = refused("tls = \"ssl\"\n");
        assert!(
            told.contains("starttls, tls or none") && told.contains("offices.k.mail.tls"),
            "{told}"
        );
    }
}
