//! The simulated office: its configuration, its system, and what its people do.

use std::sync::Arc;

use chrono::{DateTime, Duration, Utc};
use kasnec::acts::{self, ActError};
use kasnec::channels::Registry;
use kasnec::clock::{Clock, SetClock};
use kasnec::item::Source;
use kasnec::receipt::State;
use kasnec::settings::{Base, load};
use kasnec::store::deliveries::{Filter, Resolution};
use kasnec::store::people::NewPerson;
use kasnec::store::rows::{Delivery, Person, Role};
use kasnec::system::{OfficeConfig, System};
use tempfile::TempDir;

use super::books::Item;
use super::remote::{self, Way};
use crate::outcome::in_memory;

/// An office in a folder of its own.
pub struct Office {
    pub folder: TempDir,
    pub clock: Arc<SetClock>,
    pub system: Arc<System>,
    pub editor: Person,
}

impl Office {
    /// A new one. In memory where the machine offers that: the simulation tries order, not disks.
    pub async fn new() -> Self {
        let folder = in_memory().unwrap();
        write(&folder);
        let clock = Arc::new(SetClock::at("2026-11-23T09:00:00Z".parse().unwrap()));
        let system = open(&folder, clock.clone()).await;
        let editor = NewPerson {
            login: "editor",
            name: "Editor",
            role: Role::Administrator,
            lang: "sq",
            os_user: None,
        };
        system.store.add_person("k", &editor).await.unwrap();
        let editor = system.store.person("k", "editor").await.unwrap().unwrap();
        Self {
            folder,
            clock,
            system,
            editor,
        }
    }

    /// The process has ended; another one begins with what was kept.
    pub async fn begin_anew(&mut self) {
        self.system.store.close().await;
        self.system = open(&self.folder, self.clock.clone()).await;
    }

    fn config(&self) -> &OfficeConfig {
        &self.system.offices["k"]
    }

    /// Queues and approves an item.
    pub async fn publish(&self, item: &Item) -> Result<(), ActError> {
        let checked = self.checked(item);
        acts::queue(&self.system, &self.editor, self.config(), vec![checked]).await?;
        acts::approve(&self.system, &self.editor, self.config(), &item.reference, None).await?;
        Ok(())
    }

    /// Gives it another headline.
    pub async fn correct(&self, item: &Item) -> Result<(), ActError> {
        let checked = self.checked(item);
        acts::correct(&self.system, &self.editor, self.config(), &item.reference, checked, "arsyeja").await?;
        acts::approve(&self.system, &self.editor, self.config(), &item.reference, None).await?;
        Ok(())
    }

    /// Takes it back.
    pub async fn withdraw(&self, item: &Item) -> Result<(), ActError> {
        acts::withdraw(&self.system, &self.editor, self.config(), &item.reference, "U anulua").await?;
        Ok(())
    }

    fn checked(&self, item: &Item) -> kasnec::item::check::Checked {
        let kind = if item.fleeting { "fleeting" } else { "plain" };
        let release = item.release.map_or(String::new(), |at| {
            let local = at.with_timezone(&chrono_tz::Europe::Belgrade);
            format!("release = \"{}\"\n", local.format("%Y-%m-%d %H:%M"))
        });
        let text = format!(
            "+++\nkind = \"{kind}\"\nreference = \"{}\"\n{release}+++\n# [sq] {}\n",
            item.reference, item.title
        );
        let source = Source::parse("simulated.md", &text).unwrap();
        acts::check_source(&self.system, &self.config().office, &source, |_| Err("none".to_owned())).unwrap()
    }

    /// All deliveries, or all that are open, the first one first.
    pub async fn deliveries(&self, open: bool) -> Vec<Delivery> {
        self.filtered(Filter { open, ..Filter::default() }).await
    }

    /// The deliveries in a state, the first one first.
    pub async fn deliveries_in(&self, state: State) -> Vec<Delivery> {
        let state = Some(state);
        self.filtered(Filter {
            state,
            ..Filter::default()
        })
        .await
    }

    async fn filtered(&self, filter: Filter) -> Vec<Delivery> {
        let filter = Filter {
            limit: 1_000_000,
            ..filter
        };
        let mut all = self.system.store.deliveries("k", &filter).await.unwrap();
        all.sort_by_key(|delivery| delivery.id);
        all
    }

    /// A person has looked, and says what is true.
    pub async fn resolve(&self, delivery: &Delivery, delivered: bool) {
        let resolution = Resolution {
            delivered,
            at: self.now(),
            place: None,
            note: None,
            photo: None,
        };
        self.system.store.resolve(&self.editor, delivery, &resolution, None).await.unwrap();
    }

    /// The time.
    pub fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }

    /// Moves the clock.
    pub fn later(&self, by: Duration) {
        self.clock.advance(by);
    }
}

async fn open(folder: &TempDir, clock: Arc<SetClock>) -> Arc<System> {
    let settings = load(Base::Text(&configuration(folder))).unwrap().settings;
    let registry = Registry::default().with("simulated", remote::make);
    Arc::new(System::open_with(settings, clock, registry).await.unwrap())
}

fn write(folder: &TempDir) {
    let path = |name: &str| folder.path().join(name);
    for (name, text) in [
        ("channels/simulated.toml", MANIFEST),
        ("templates/simulated/text.hbs", "{{title}}{{#if act_line}} | {{act_line}}{{/if}}"),
        ("kinds/plain.toml", KINDS),
    ] {
        std::fs::create_dir_all(path(name).parent().unwrap()).unwrap();
        std::fs::write(path(name), text).unwrap();
    }
}

fn configuration(folder: &TempDir) -> String {
    let path = folder.path().display();
    let mut text = format!(
        "data = \"{path}/data\"\n[folders]\nchannels = \"{path}/channels\"\nkinds = \"{path}/kinds\"\ntemplates = \"{path}/templates\"\n\
         [offices.k]\nname = {{ sq = \"K\" }}\nzone = \"Europe/Belgrade\"\nlanguages = [\"sq\"]\n"
    );
    for (name, _) in Way::ALL {
        let pace = match Way::of(name) {
            Way::Draft => "parallel = 3",
            Way::Once => "spacing_seconds = 45",
            Way::Letter => "parallel = 2",
            Way::Keyed => "daily = 30",
            Way::Put => "parallel = 4",
        };
        let account = format!("[offices.k.accounts.{name}]\nchannel = \"simulated\"\nsettings.remote = \"{path}\"\n{pace}\n");
        text.push_str(&account);
    }
    text
}

const KINDS: &str = r#"
[plain]
plan = []
unit = "information-office"
label = { sq = "Prova" }
[fleeting]
plan = []
unit = "information-office"
courtesy = true
label = { sq = "Prova" }
"#;

const MANIFEST: &str = r#"
id = "simulated"
driver = "simulated"
label = { sq = "Prova" }
[pace]
grace_seconds = 120
[parts.text]
template = "text.hbs"
[settings.remote]
label = { sq = "Remote" }
"#;
