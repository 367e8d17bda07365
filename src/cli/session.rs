//! What every command begins with: the configuration, the system, the office and who acts.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::args::Cli;
use super::exit::Failed;
use super::output::warning;
use crate::acts::{ActError, require};
use crate::assets;
use crate::clock::{Clock, SteadyClock};
use crate::item::Lang;
use crate::keep::guard;
use crate::settings::{Base, Loaded, Settings, load};
use crate::store::StoreError;
use crate::store::rows::{Person, Role};
use crate::system::{OfficeConfig, StartError, System};

/// An open system, and the office the command is about.
pub struct Session {
    /// The system.
    pub system: Arc<System>,
    /// Its clock.
    pub clock: Arc<SteadyClock>,
    /// Whether the embedded sample office is in force.
    pub sample: bool,
    office: String,
    login: Option<String>,
}

impl Session {
    /// Opens the system the command line names.
    pub async fn open(cli: &Cli) -> Result<Self, Failed> {
        let session = Self::open_quietly(cli).await?;
        if let Some(doubt) = session.clock.doubt() {
            warning(&format!("{} {}", doubt.what(), doubt.next_step()));
        }
        Ok(session)
    }

    /// The same without a word about the clock, for the command that is about it.
    pub async fn open_quietly(cli: &Cli) -> Result<Self, Failed> {
        let (loaded, sample) = configuration(cli)?;
        let settings = loaded.settings.clone();
        let looked = guard::look_before_opening(&settings).await;
        looked.map_err(|error| with_way_out(error.into(), &settings))?;
        let clock = Arc::new(steady_clock(&settings));
        let system = System::open(loaded.settings, clock.clone());
        let system = system.await.map_err(|error| with_way_out(error, &settings))?;
        let office = chosen(cli, &system)?;
        Ok(Self {
            system: Arc::new(system),
            clock,
            sample,
            office,
            login: cli.who.clone(),
        })
    }

    /// The office.
    pub fn office(&self) -> Result<&OfficeConfig, Failed> {
        self.system
            .offices
            .get(&self.office)
            .ok_or_else(|| Failed::Input(format!("the office \"{}\" is not configured", self.office)))
    }

    /// Who acts: the user named with `--as`, or the one mapped to the operating-system user.
    pub async fn person(&self) -> Result<Person, Failed> {
        let people = self.system.store.people(&self.office).await?;
        let logins = || people.iter().map(|p| p.login.as_str()).collect::<Vec<_>>().join(", ");
        if people.is_empty() {
            let hint = "kasnec user add admin --name \"…\" --role administrator --os-user \"$(id -un)\"";
            return Err(Failed::Who(format!(
                "the office \"{}\" has no users yet; add the first one: {hint}",
                self.office
            )));
        }
        let found = match &self.login {
            Some(login) => people.iter().find(|p| p.login == *login),
            None => os_user().and_then(|user| people.iter().find(|p| p.os_user.as_deref() == Some(&user))),
        };
        found.cloned().ok_or_else(|| match &self.login {
            Some(login) => Failed::Who(format!("\"{login}\" is not a user of this office; there are: {}", logins())),
            None => Failed::Who(format!(
                "no user of this office is mapped to you; say who you are with --as LOGIN. There are: {}",
                logins()
            )),
        })
    }

    /// The same, refused if the role does not reach.
    pub async fn person_with(&self, role: Role) -> Result<Person, Failed> {
        let person = self.person().await?;
        require(&person, role).map_err(|e: ActError| Failed::Act(e))?;
        Ok(person)
    }

    /// The language of who acts; the office's leading one where nobody is known and nobody is named.
    pub async fn lang(&self) -> Result<Lang, Failed> {
        let languages = &self.office()?.office.languages;
        let leading = || {
            languages
                .first()
                .cloned()
                .ok_or_else(|| Failed::Input("the office has no language".to_owned()))
        };
        match self.person().await {
            Ok(person) => person.lang.parse().or_else(|_| leading()),
            Err(Failed::Who(_)) if self.login.is_none() => leading(),
            Err(error) => Err(error),
        }
    }

    /// Who acts, where the very first user is yet to be added: anybody who can write the data may do that.
    pub async fn administrator_or_first(&self) -> Result<Option<Person>, Failed> {
        if self.system.store.people(&self.office).await?.is_empty() {
            return Ok(None);
        }
        self.person_with(Role::Administrator).await.map(Some)
    }
}

/// The clock of every command: what the process that works has noted of the time is its past.
pub fn steady_clock(settings: &Settings) -> SteadyClock {
    let tolerance = chrono::Duration::seconds(settings.clock.tolerance_seconds.into());
    SteadyClock::new(&settings.data, tolerance)
}

/// A damaged data file is named together with the backup that can take its place.
pub fn with_way_out(error: StartError, settings: &Settings) -> Failed {
    match &error {
        StartError::Store(StoreError::Damaged(_)) => {
            Failed::Outside(format!("{error}. {}", guard::way_out(settings, steady_clock(settings).now())))
        }
        _ => error.into(),
    }
}

/// Reads the configuration the command line names; `true` if it is the embedded sample.
pub fn configuration(cli: &Cli) -> Result<(Loaded, bool), Failed> {
    let file = cli
        .config
        .clone()
        .or_else(|| Path::new("kasnec.toml").exists().then(|| PathBuf::from("kasnec.toml")));
    match file {
        Some(file) => Ok((load(Base::File(&file))?, false)),
        None => Ok((load(Base::Text(&sample_text()))?, true)),
    }
}

/// The operating-system user, as `id -un` names it.
pub fn os_user() -> Option<String> {
    let output = std::process::Command::new("id").arg("-un").output().ok()?;
    let name = String::from_utf8(output.stdout).ok()?.trim().to_owned();
    (!name.is_empty()).then_some(name)
}

fn sample_text() -> String {
    assets::bytes("samples", "kasnec.toml")
        .and_then(|bytes| String::from_utf8(bytes).ok())
        .unwrap_or_default()
}

fn chosen(cli: &Cli, system: &System) -> Result<String, Failed> {
    let known = || system.offices.keys().cloned().collect::<Vec<_>>();
    match &cli.office {
        Some(office) if system.offices.contains_key(office) => Ok(office.clone()),
        Some(office) => Err(ActError::UnknownOffice(office.clone(), known().join(", ")).into()),
        None => match &known()[..] {
            [only] => Ok(only.clone()),
            [] => Err(Failed::Input(
                "the configuration has no office; write a table [offices.ID], see README".to_owned(),
            )),
            several => Err(Failed::Input(format!(
                "which office? Add --office; there are: {}",
                several.join(", ")
            ))),
        },
    }
}
