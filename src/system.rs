//! What one process shares: the configuration, the store, the data it carries, and the drivers made from them. Wired once, at start.

mod machine;
mod mail;
mod office;
mod witnesses;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::{Arc, RwLock};
use std::time::{Duration, Instant};

pub use self::office::BadOffice;
use crate::assets;
use crate::channels::{Account, Driver, Registry, Tools};
use crate::clock::Clock;
use crate::http::{Limits, Outbound};
use crate::item::{Kinds, Office};
use crate::manifest::{BadQuiet, Manifest};
use crate::receipt::{Failure, FailureCode};
use crate::render::Renderer;
use crate::rules::Rules;
use crate::schedule::OfficeHours;
use crate::settings::{AccountSettings, OfficeSettings, Settings};
use crate::store::rows::AccountRow;
use crate::store::{Store, StoreError};
use crate::vault::Vault;

/// A driver is made anew after this long, so that a secret changed by another process is soon used.
const DRIVER_LIFE: Duration = Duration::from_secs(5);

/// One office, as it is configured.
#[derive(Debug, Clone)]
pub struct OfficeConfig {
    /// What the engine needs to know of it.
    pub office: Office,
    /// Everything that was written about it.
    pub settings: OfficeSettings,
    /// When somebody is there.
    pub hours: OfficeHours,
    /// The manifest of each account, its pace adjusted to the account.
    pub manifests: BTreeMap<String, Manifest>,
}

/// The parts of a running Kasnec.
pub struct System {
    /// The configuration.
    pub settings: Settings,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// What is kept.
    pub store: Store,
    /// Which of the machines that work on the store this one is; empty where there can be no other.
    pub machine: String,
    /// Seals secrets.
    pub vault: Vault,
    /// The kinds of items.
    pub kinds: Kinds,
    /// The rules in force.
    pub rules: Rules,
    /// The channels' manifests, by id.
    pub manifests: BTreeMap<String, Manifest>,
    /// The offices, by id.
    pub offices: BTreeMap<String, OfficeConfig>,
    /// The one door out.
    pub http: Outbound,
    registry: Registry,
    renderer: RwLock<Arc<Renderer>>,
    drivers: RwLock<BTreeMap<i64, Made>>,
    gone_through: RwLock<BTreeSet<String>>,
}

/// A driver, and when it was made.
type Made = (Instant, Arc<dyn Driver>);

/// Why the program cannot start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The store cannot be used.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A folder cannot be read.
    #[error(transparent)]
    Folder(#[from] assets::BadFolder),
    /// A manifest is wrong.
    #[error(transparent)]
    Manifest(#[from] crate::manifest::BadManifest),
    /// The kinds are wrong.
    #[error(transparent)]
    Kinds(#[from] crate::item::kind::BadKinds),
    /// The rules are wrong.
    #[error(transparent)]
    Rules(#[from] crate::rules::BadRules),
    /// A template is wrong.
    #[error(transparent)]
    Template(#[from] crate::render::RenderError),
    /// The key file cannot be used.
    #[error(transparent)]
    Vault(#[from] crate::vault::VaultError),
    /// The HTTP client cannot be made.
    #[error(transparent)]
    Http(#[from] crate::http::CallError),
    /// What an office says of itself is wrong.
    #[error(transparent)]
    Office(#[from] BadOffice),
    /// An office is bound by a plan that there is not.
    #[error("offices.{0}.rules names the plan \"{1}\", which rules/*.toml do not have, so nothing would be owed by it; there are: {2}")]
    UnknownPlan(String, String, String),
    /// An account names a channel that there is not.
    #[error("the account \"{0}\" of the office \"{1}\" is on the channel \"{2}\", which channels/*.toml do not define; there are: {3}")]
    UnknownChannel(String, String, String, String),
    /// An account is told something its channel does not ask for.
    #[error("the account \"{0}\" is told \"{1}\", which its channel does not ask for; it asks for: {2}")]
    UnknownSetting(String, String, String),
    /// An account is not told something its channel needs.
    #[error("the account \"{0}\" lacks the setting \"{1}\"; write it under [offices.{2}.accounts.{0}.settings]")]
    MissingSetting(String, String, String),
    /// An account is told to rest in hours that are none.
    #[error("offices.{0}.accounts.{1}.quiet: {2}")]
    BadQuiet(String, String, BadQuiet),
}

/// The data the program works by, before anything is opened.
pub struct Data {
    /// The kinds of items.
    pub kinds: Kinds,
    /// The rules in force.
    pub rules: Rules,
    /// The channels' manifests, by id.
    pub manifests: BTreeMap<String, Manifest>,
    /// The compiled templates.
    pub renderer: Renderer,
    /// The offices, by id.
    pub offices: BTreeMap<String, OfficeConfig>,
}

impl Data {
    /// Reads and checks all data, the folders of the configuration over what is embedded.
    pub fn read(settings: &Settings) -> Result<Self, StartError> {
        let folders = &settings.folders;
        let kinds = assets::texts("kinds", folders.kinds.as_deref())?;
        let kinds = Kinds::parse(pairs(&kinds))?;
        let rules = assets::texts("rules", folders.rules.as_deref())?;
        let rules = Rules::parse(pairs(&rules), &kinds)?;
        let mut manifests = BTreeMap::new();
        for (file, text) in assets::texts("channels", folders.channels.as_deref())? {
            let manifest = Manifest::parse(&file, &text)?;
            manifests.insert(manifest.id.clone(), manifest);
        }
        let renderer = Renderer::new(assets::texts("templates", folders.templates.as_deref())?)?;
        let offices = offices(settings, &manifests)?;
        offices.values().try_for_each(|office| has_plans(office, &rules))?;
        for manifest in offices.values().flat_map(|office| office.manifests.values()) {
            renderer.covers(manifest)?;
        }
        Ok(Self {
            kinds,
            rules,
            manifests,
            renderer,
            offices,
        })
    }
}

impl System {
    /// Opens everything the configuration names.
    pub async fn open(settings: Settings, clock: Arc<dyn Clock>) -> Result<Self, StartError> {
        Self::open_with(settings, clock, Registry::default()).await
    }

    /// The same, with other drivers than the usual ones.
    pub async fn open_with(settings: Settings, clock: Arc<dyn Clock>, registry: Registry) -> Result<Self, StartError> {
        let data = Data::read(&settings)?;
        let vault = Vault::open(&settings.data.join("key"))?;
        let store = Store::open(&settings.store_url(), clock.clone()).await?;
        for (id, config) in &data.offices {
            unless_only_read(store.put_office(&config.office).await)?;
            unless_only_read(store.register_since(id).await.map(|_| ()))?;
            let accounts: Vec<_> = config
                .manifests
                .iter()
                .map(|(name, manifest)| (name.clone(), manifest.id.clone()))
                .collect();
            unless_only_read(store.put_accounts(id, &accounts).await)?;
        }
        let seconds = |s: u32| Duration::from_secs(u64::from(s));
        let http = Outbound::new(Limits {
            connect: seconds(settings.http.connect_seconds),
            total: seconds(settings.http.total_seconds),
        })?;
        let http = http.telling_dates(witnesses::hearing(&settings, &data.offices, clock.clone()));
        Ok(Self {
            machine: machine::name(&store, &settings.data),
            settings,
            clock,
            store,
            vault,
            kinds: data.kinds,
            rules: data.rules,
            manifests: data.manifests,
            offices: data.offices,
            http,
            registry,
            renderer: RwLock::new(Arc::new(data.renderer)),
            drivers: RwLock::default(),
            gone_through: RwLock::default(),
        })
    }

    /// Whether this process has gone through an office's whole register by the rules and accounts it has read.
    pub fn has_gone_through(&self, office: &str) -> bool {
        self.gone_through
            .read()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
            .contains(office)
    }

    /// Remembers that it has.
    pub fn gone_through(&self, office: &str) {
        self.gone_through
            .write()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
            .insert(office.to_owned());
    }

    /// The templates in force.
    pub fn renderer(&self) -> Arc<Renderer> {
        self.renderer.read().unwrap_or_else(std::sync::PoisonError::into_inner).clone()
    }

    /// Reads the templates again; if they are broken, the old ones stay in force.
    pub fn reload_templates(&self) -> Result<(), StartError> {
        let renderer = Renderer::new(assets::texts("templates", self.settings.folders.templates.as_deref())?)?;
        for manifest in self.offices.values().flat_map(|office| office.manifests.values()) {
            renderer.covers(manifest)?;
        }
        *self.renderer.write().unwrap_or_else(std::sync::PoisonError::into_inner) = Arc::new(renderer);
        self.drivers.write().unwrap_or_else(std::sync::PoisonError::into_inner).clear();
        Ok(())
    }

    /// The folder whose templates override the embedded ones, to be watched.
    pub fn templates_folder(&self) -> Option<&Path> {
        self.settings.folders.templates.as_deref()
    }

    /// The manifest of an account, its pace adjusted.
    pub fn manifest(&self, office: &str, account: &str) -> Option<&Manifest> {
        self.offices.get(office)?.manifests.get(account)
    }

    /// The driver that speaks for an account, with its secrets opened.
    pub async fn driver(&self, account: &AccountRow) -> Result<Arc<dyn Driver>, Failure> {
        let cached = self
            .drivers
            .read()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
            .get(&account.id)
            .cloned();
        if let Some((made, driver)) = cached
            && made.elapsed() < DRIVER_LIFE
        {
            return Ok(driver);
        }
        let driver = self.make_driver(account).await?;
        let made = (Instant::now(), driver.clone());
        self.drivers
            .write()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
            .insert(account.id, made);
        Ok(driver)
    }

    async fn make_driver(&self, account: &AccountRow) -> Result<Arc<dyn Driver>, Failure> {
        let not_configured = |what: String| Failure::new(FailureCode::NotConfigured, what);
        let manifest = self
            .manifest(&account.office, &account.name)
            .ok_or_else(|| not_configured(format!("The account \"{}\" is not configured on this machine.", account.name)))?;
        let account = self.account(&account.office, &account.name, manifest).await?;
        let missing = manifest
            .secrets
            .iter()
            .find(|(name, secret)| secret.required && account.secret(name).is_empty());
        if let Some((name, secret)) = missing {
            let help = secret.help.as_deref().unwrap_or_default();
            return Err(not_configured(format!(
                "The secret \"{name}\" of the account \"{}\" is missing. {help}",
                account.name
            )));
        }
        self.registry
            .make(manifest, account, &self.tools())
            .map_err(|e| not_configured(e.to_string()))
    }

    /// What is known of an account: its settings with defaults, its secrets opened.
    pub async fn account(&self, office: &str, name: &str, manifest: &Manifest) -> Result<Account, Failure> {
        let config = self
            .offices
            .get(office)
            .ok_or_else(|| Failure::new(FailureCode::NotConfigured, format!("The office \"{office}\" is not configured.")))?;
        let sealed = self
            .store
            .secrets(office, name)
            .await
            .map_err(|e| Failure::new(FailureCode::Storage, e.to_string()))?;
        let mut secrets = BTreeMap::new();
        for (secret, sealed) in sealed {
            let opened = self.vault.open_secret(&secret_place(office, name, &secret), &sealed);
            secrets.insert(secret, opened.map_err(|e| Failure::new(FailureCode::NotConfigured, e.to_string()))?);
        }
        let settings = self.account_settings(config, name, manifest);
        Ok(Account {
            name: name.to_owned(),
            office: config.office.clone(),
            settings,
            secrets,
        })
    }

    /// What an account was told, the manifest's defaults filled in.
    pub fn account_settings(&self, config: &OfficeConfig, name: &str, manifest: &Manifest) -> BTreeMap<String, String> {
        let told = config.settings.accounts.get(name).map(|a| &a.settings);
        let mut settings: BTreeMap<String, String> = manifest
            .settings
            .iter()
            .filter_map(|(key, setting)| Some((key.clone(), setting.default.clone()?)))
            .collect();
        settings.extend(told.into_iter().flatten().map(|(key, value)| (key.clone(), value.0.clone())));
        self.anchor_folder(&mut settings);
        settings
    }

    /// A folder a channel writes to is meant from the data folder.
    fn anchor_folder(&self, settings: &mut BTreeMap<String, String>) {
        if let Some(folder) = settings.get_mut("folder") {
            *folder = self.settings.data.join(&*folder).display().to_string();
        }
    }

    /// Seals and keeps a secret of an account.
    pub async fn put_secret(&self, office: &str, account: &str, name: &str, secret: &str) -> Result<(), StartError> {
        let sealed = self.vault.seal(&secret_place(office, account, name), secret)?;
        self.store.put_secret(office, account, name, &sealed).await?;
        self.drivers.write().unwrap_or_else(std::sync::PoisonError::into_inner).clear();
        Ok(())
    }

    fn tools(&self) -> Tools {
        let store = Arc::new(self.store.clone());
        Tools {
            http: self.http.clone(),
            clock: self.clock.clone(),
            files: store.clone(),
            pages: store.clone(),
            entries: store.clone(),
            sheets: store,
            renderer: self.renderer(),
        }
    }
}

/// On a full disk, or a file that may not be written, what is there is still shown.
fn unless_only_read(written: Result<(), StoreError>) -> Result<(), StoreError> {
    match written {
        Err(StoreError::Full | StoreError::ReadOnly(_) | StoreError::Disk(_) | StoreError::Undone) => Ok(()),
        other => other,
    }
}

fn secret_place(office: &str, account: &str, name: &str) -> String {
    format!("{office}/{account}/{name}")
}

fn pairs(texts: &BTreeMap<String, String>) -> impl Iterator<Item = (&str, &str)> {
    texts.iter().map(|(file, text)| (file.as_str(), text.as_str()))
}

fn offices(settings: &Settings, manifests: &BTreeMap<String, Manifest>) -> Result<BTreeMap<String, OfficeConfig>, StartError> {
    settings
        .offices
        .iter()
        .map(|(id, written)| Ok((id.clone(), office_config(id, written, settings, manifests)?)))
        .collect()
}

fn office_config(
    id: &str,
    written: &OfficeSettings,
    settings: &Settings,
    manifests: &BTreeMap<String, Manifest>,
) -> Result<OfficeConfig, StartError> {
    let hours = office::check(id, written)?;
    let public_url = written.public_url.as_ref().unwrap_or(&settings.server.public_url);
    let office = Office {
        id: id.to_owned(),
        name: written.name.clone(),
        zone: written.zone,
        languages: written.languages.clone(),
        public_url: public_url.trim_end_matches('/').to_owned(),
    };
    let mut adjusted = BTreeMap::new();
    for (name, account) in &written.accounts {
        let channel = account.channel.as_ref().unwrap_or(name);
        let manifest = manifests.get(channel).ok_or_else(|| {
            let known = manifests.keys().cloned().collect::<Vec<_>>().join(", ");
            StartError::UnknownChannel(name.clone(), id.to_owned(), channel.clone(), known)
        })?;
        check_settings(id, name, account, manifest)?;
        let bad_quiet = |error| StartError::BadQuiet(id.to_owned(), name.clone(), error);
        adjusted.insert(name.clone(), adjust(manifest.clone(), account).map_err(bad_quiet)?);
    }
    Ok(OfficeConfig {
        office,
        settings: written.clone(),
        hours,
        manifests: adjusted,
    })
}

fn has_plans(config: &OfficeConfig, rules: &Rules) -> Result<(), StartError> {
    let unknown = config.settings.rules.iter().find(|plan| rules.plan(plan).is_none());
    unknown.map_or(Ok(()), |plan| {
        let known = rules.plans().map(|plan| plan.head.id.clone()).collect::<Vec<_>>().join(", ");
        Err(StartError::UnknownPlan(config.office.id.clone(), plan.clone(), known))
    })
}

fn check_settings(office: &str, name: &str, account: &AccountSettings, manifest: &Manifest) -> Result<(), StartError> {
    if let Some(unknown) = account.settings.keys().find(|key| !manifest.settings.contains_key(*key)) {
        let known = manifest.settings.keys().cloned().collect::<Vec<_>>().join(", ");
        return Err(StartError::UnknownSetting(name.to_owned(), unknown.clone(), known));
    }
    let missing = manifest
        .settings
        .iter()
        .find(|(key, s)| s.required && s.default.is_none() && !account.settings.contains_key(*key));
    match missing {
        Some((key, _)) => Err(StartError::MissingSetting(name.to_owned(), key.clone(), office.to_owned())),
        None => Ok(()),
    }
}

fn adjust(mut manifest: Manifest, account: &AccountSettings) -> Result<Manifest, BadQuiet> {
    manifest.group = account.group.clone().or(manifest.group);
    let pace = &mut manifest.pace;
    pace.spacing_seconds = account.spacing_seconds.unwrap_or(pace.spacing_seconds);
    pace.daily = account.daily.unwrap_or(pace.daily);
    pace.quiet = account.quiet.as_deref().map_or(Ok(pace.quiet), str::parse)?;
    pace.grace_seconds = account.grace_seconds.unwrap_or(pace.grace_seconds);
    pace.parallel = account.parallel.unwrap_or(pace.parallel);
    Ok(manifest)
}
