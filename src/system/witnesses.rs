//! Whose clock is heard: the servers that an administrator named, as witnesses or in the accounts' settings, and nobody else.
//!
//! An address out of content, or one that a redirect leads to, was chosen by somebody else: whoever answers there could say anything.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use url::Url;

use super::{OfficeConfig, System};
use crate::clock::{Clock, Witness};
use crate::http::Dated;
use crate::settings::Settings;

impl System {
    /// The servers that are asked for the time, each once.
    pub fn servers(&self) -> Vec<Url> {
        servers(&self.settings, &self.offices)
    }
}

/// Passes on what time they have. What runs on this machine has this machine's clock, unless the office names it as a witness.
pub(super) fn hearing(
    settings: &Settings,
    offices: &BTreeMap<String, OfficeConfig>,
    clock: Arc<dyn Clock>,
) -> impl Fn(&Dated) + Send + Sync + use<> {
    let named: BTreeSet<String> = named(settings).filter_map(|url| authority(&url)).collect();
    let known: BTreeSet<String> = servers(settings, offices).iter().filter_map(authority).collect();
    move |dated| {
        let is_named = named.contains(&dated.authority);
        if is_named || (known.contains(&dated.authority) && !dated.own) {
            clock.hear(Witness {
                name: if is_named { dated.authority.clone() } else { dated.host.clone() },
                ip: dated.ip,
                at: dated.at,
                shared: false,
            });
        }
    }
}

fn servers(settings: &Settings, offices: &BTreeMap<String, OfficeConfig>) -> Vec<Url> {
    let accounts = offices.values().flat_map(|config| {
        config
            .manifests
            .iter()
            .map(move |(name, manifest)| (config.settings.accounts.get(name), manifest))
    });
    let told = accounts.flat_map(|(account, manifest)| {
        manifest.settings.iter().filter_map(move |(key, setting)| {
            let told = account.and_then(|account| account.settings.get(key));
            told.map(|value| value.0.clone()).or_else(|| setting.default.clone())
        })
    });
    let mut urls: Vec<Url> = named(settings).chain(told.filter_map(|value| origin(&value))).collect();
    urls.sort();
    urls.dedup_by_key(|url| (url.host_str().map(str::to_owned), url.port_or_known_default()));
    urls
}

fn named(settings: &Settings) -> impl Iterator<Item = Url> + '_ {
    settings.clock.witnesses.iter().filter_map(|value| Url::parse(value).ok())
}

fn authority(url: &Url) -> Option<String> {
    Some(format!("{}:{}", url.host_str()?, url.port_or_known_default()?))
}

/// Where a server is, without what an account's address says beyond that: a call to a hook may do what the hook is for.
fn origin(address: &str) -> Option<Url> {
    let url = Url::parse(address).ok().filter(|url| matches!(url.scheme(), "http" | "https"))?;
    Url::parse(&url.origin().ascii_serialization()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::{Base, load};
    use crate::system::Data;
    use chrono::DateTime;
    use std::sync::Mutex;

    #[derive(Default)]
    struct Ear(Mutex<Vec<Witness>>);

    impl Clock for Ear {
        fn now(&self) -> DateTime<chrono::Utc> {
            DateTime::UNIX_EPOCH
        }

        fn hear(&self, witness: Witness) {
            self.0.lock().unwrap().push(witness);
        }
    }

    fn office(accounts: &str) -> (Settings, BTreeMap<String, OfficeConfig>) {
        let text = format!(
            "data = \"d\"\n[server]\npublic_url = \"https://k.example\"\n[clock]\nwitnesses = [\"http://127.0.0.1:7/\"]\n\
             [offices.k]\nname = {{ sq = \"K\" }}\nzone = \"Europe/Belgrade\"\nlanguages = [\"sq\"]\n{accounts}"
        );
        let settings = load(Base::Text(&text)).unwrap().settings;
        let offices = Data::read(&settings).unwrap().offices;
        (settings, offices)
    }

    #[test]
    fn where_an_account_names_another_server_the_channels_own_is_not_asked() {
        let (settings, offices) = office(
            "[offices.k.accounts.facebook]\nsettings.page_id = \"1\"\nsettings.app_id = \"2\"\nsettings.graph_url = \"https://graph.example\"\n",
        );
        let asked = servers(&settings, &offices);
        let asked: Vec<&str> = asked.iter().filter_map(Url::host_str).collect();
        assert_eq!(
            asked,
            ["127.0.0.1", "graph-video.facebook.com", "graph.example", "www.facebook.com"]
        );
    }

    #[test]
    fn only_whom_an_administrator_named_is_heard() {
        let (settings, offices) =
            office("[offices.k.accounts.wordpress]\nsettings.base_url = \"https://komuna.example/sq\"\nsettings.username = \"e\"\n");
        let ear = Arc::new(Ear::default());
        let told = hearing(&settings, &offices, ear.clone());
        for (host, port, own) in [
            ("komuna.example", 443, false),
            ("komuna.example", 8443, false),
            ("komuna.example", 443, true),
            ("faqe.example", 443, false),
            ("127.0.0.1", 7, true),
            ("127.0.0.1", 8, true),
        ] {
            told(&Dated {
                host: host.to_owned(),
                authority: format!("{host}:{port}"),
                ip: None,
                at: DateTime::UNIX_EPOCH,
                own,
            });
        }
        let heard: Vec<String> = ear.0.lock().unwrap().iter().map(|witness| witness.name.clone()).collect();
        assert_eq!(heard, ["komuna.example", "127.0.0.1:7"]);
    }
}
