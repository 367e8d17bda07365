//! An office bound by the plan, on a clock that stands still, with a site and nothing to do.

use std::sync::Arc;

use chrono::Duration;
use kasnec::acts;
use kasnec::clock::SetClock;
use kasnec::item::{Lang, Source};
use kasnec::register::{Filter, Line, due};
use kasnec::settings::{Base, load};
use kasnec::store::people::NewPerson;
use kasnec::store::rows::{Person, Role};
use kasnec::system::{OfficeConfig, System};
use kasnec::vault::new_token;
use tempfile::TempDir;

/// Monday, 23 November 2026, 10:00 in Kaçanik.
pub const NOW: &str = "2026-11-23T09:00:00Z";

const SETTINGS: &str = r#"
[offices.kacanik]
name = { sq = "Komuna e Kaçanikut", sr = "Opština Kačanik" }
zone = "Europe/Belgrade"
languages = ["sq", "sr"]
owed_from = "2026-11-01"
approval_hours = 2
writing_hours = 4
[offices.kacanik.units.assembly-secretariat]
label = { sq = "Sekretaria e Kuvendit", sr = "Sekretarijat Skupštine" }
[offices.kacanik.accounts.site]
"#;

pub struct Office {
    pub system: Arc<System>,
    pub clock: Arc<SetClock>,
    pub editor: Person,
    pub author_token: String,
    pub editor_token: String,
    _folder: TempDir,
}

impl Office {
    pub async fn open() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().display();
        let text = format!("data = \"{data}\"\n[server]\npublic_url = \"https://njoftime.kacanik.example\"\n{SETTINGS}");
        let clock = Arc::new(SetClock::at(NOW.parse().unwrap()));
        let system = Arc::new(
            System::open(load(Base::Text(&text)).unwrap().settings, clock.clone())
                .await
                .unwrap(),
        );
        let (_, author_token) = person(&system, "arta", Role::Author, "sq").await;
        let (editor, editor_token) = person(&system, "blerim", Role::Editor, "sr").await;
        Self {
            system,
            clock,
            editor,
            author_token,
            editor_token,
            _folder: folder,
        }
    }

    pub fn config(&self) -> &OfficeConfig {
        &self.system.offices["kacanik"]
    }

    /// Queues the notice of an assembly meeting.
    pub async fn meeting(&self, reference: &str, start: &str, title: &str) {
        let text = format!(
            "+++\nkind = \"assembly-meeting\"\nreference = \"{reference}\"\n[facts]\nsession = \"regular\"\nmeeting_start = \"{start}\"\n\
             venue = {{ sq = \"Salla\" }}\ncalled_by = {{ sq = \"Kryesuesi\" }}\nagenda = {{ sq = [\"Buxheti\"] }}\n+++\n# [sq] {title}\nTeksti.\n"
        );
        let source = Source::parse("mbledhja.md", &text).unwrap();
        let nothing = |_: &kasnec::item::source::SourceAttachment| Err("there is none".to_owned());
        let checked = acts::check_source(&self.system, &self.config().office, &source, nothing).unwrap();
        acts::queue(&self.system, &self.editor, self.config(), vec![checked]).await.unwrap();
    }

    /// Everything owed, and what has ended.
    pub async fn lines(&self) -> Vec<Line> {
        let filter = Filter::everything(NOW.parse().unwrap(), None);
        due(&self.system, self.config(), &filter).await.unwrap()
    }

    /// The duty of that key.
    pub async fn line(&self, key: &str) -> Line {
        let lines = self.lines().await;
        let known: Vec<&str> = lines.iter().map(|line| line.obligation.key.as_str()).collect();
        let found = lines.iter().find(|line| line.obligation.key == key);
        found.unwrap_or_else(|| panic!("no {key} in {known:?}")).clone()
    }

    pub fn pass(&self, hours: i64) {
        self.clock.advance(Duration::hours(hours));
    }
}

pub fn lang(lang: &str) -> Lang {
    lang.parse().unwrap()
}

async fn person(system: &System, login: &str, role: Role, lang: &str) -> (Person, String) {
    let new = NewPerson {
        login,
        name: login,
        role,
        lang,
        os_user: None,
    };
    system.store.add_person("kacanik", &new).await.unwrap();
    let person = system.store.person("kacanik", login).await.unwrap().unwrap();
    let (token, hash) = new_token();
    system.store.add_token(&person, "test", &hash).await.unwrap();
    (person, token)
}
