//! A Kasnec in a temporary folder with one office and one WordPress account, and notices approved in it.

use std::sync::Arc;
use std::time::{Duration, Instant};

use futures::StreamExt;
use kasnec::acts;
use kasnec::clock::SystemClock;
use kasnec::deliver::Worker;
use kasnec::item::{Source, check::Checked};
use kasnec::settings::{Base, load};
use kasnec::store::people::NewPerson;
use kasnec::store::rows::Role;
use kasnec::system::{OfficeConfig, System};
use sqlx::{Connection, SqliteConnection};
use tempfile::TempDir;

/// The office's id.
pub const ID: &str = "kk";
/// Its account's name.
pub const ACCOUNT: &str = "wordpress";
const POINTS: [&str; 12] = [
    "Konstatimi i kuorumit dhe miratimi i rendit të ditës",
    "Miratimi i procesverbalit të mbledhjes së kaluar",
    "Pyetjet dhe përgjigjet e anëtarëve të Kuvendit",
    "Raporti tremujor i shpenzimeve buxhetore",
    "Projektrregullorja për tarifat dhe gjobat komunale",
    "Projektvendimi për shfrytëzimin e pronës komunale",
    "Projektvendimi për emërtimin e rrugëve",
    "Projektplani i veprimit për efiçiencën e energjisë",
    "Propozimi për Këshillin për Siguri në Bashkësi",
    "Informatë për fillimin e vitit shkollor",
    "Informatë për furnizimin me ujë të pijshëm",
    "Të ndryshme",
];

/// An open Kasnec; its folder goes with it.
pub struct Office {
    /// The system.
    pub system: Arc<System>,
    folder: TempDir,
}

impl Office {
    /// Opens one whose WordPress is at `remote`.
    pub async fn open(remote: &str) -> Self {
        Self::open_with(&[(ACCOUNT, remote)]).await
    }

    /// Opens one with several accounts on WordPress, each `(name, address)`.
    pub async fn open_with(accounts: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut text = format!(
            "data = \"{}\"\n[offices.{ID}]\nname = {{ sq = \"Komuna\" }}\nzone = \"Europe/Belgrade\"\nlanguages = [\"sq\"]\n",
            folder.path().display()
        );
        for (name, remote) in accounts {
            let account = format!(
                "[offices.{ID}.accounts.{name}]\nchannel = \"wordpress\"\nparallel = 64\nsettings.base_url = \"{remote}\"\nsettings.username = \"zyra\"\n"
            );
            text.push_str(&account);
        }
        let system = System::open(load(Base::Text(&text)).unwrap().settings, Arc::new(SystemClock))
            .await
            .unwrap();
        for (name, _) in accounts {
            system.put_secret(ID, name, "application_password", "fjalë").await.unwrap();
        }
        Self {
            system: Arc::new(system),
            folder,
        }
    }

    /// The office's configuration.
    pub fn config(&self) -> &OfficeConfig {
        &self.system.offices[ID]
    }

    /// Notices that passed the check, each with a title and a reference of its own.
    pub fn notices(&self, count: usize) -> Vec<Checked> {
        let office = &self.config().office;
        (0..count)
            .map(|number| {
                let source = Source::parse("notice.md", &notice(number)).unwrap();
                acts::check_source(&self.system, office, &source, |_| unreachable!()).unwrap()
            })
            .collect()
    }

    /// Queues and approves so many notices: their deliveries wait in the store.
    pub async fn approve(&self, count: usize) {
        let person = NewPerson {
            login: "redaktorja",
            name: "Redaktorja",
            role: Role::Editor,
            lang: "sq",
            os_user: None,
        };
        self.system.store.add_person(ID, &person).await.unwrap();
        let editor = self.system.store.person(ID, "redaktorja").await.unwrap().unwrap();
        let config = self.config();
        let queued = acts::queue(&self.system, &editor, config, self.notices(count)).await.unwrap();
        futures::stream::iter(queued)
            .for_each_concurrent(128, |item| {
                let editor = &editor;
                async move {
                    acts::approve(&self.system, editor, config, &item.reference, None).await.unwrap();
                }
            })
            .await;
    }

    /// Runs the real worker until everything is settled; gives how long that took.
    pub async fn deliver(&self) -> Duration {
        let (stop, stopped) = tokio::sync::watch::channel(false);
        let began = Instant::now();
        let worker = tokio::spawn(Worker::new(self.system.clone()).run(true, stopped));
        let mut settled = began.elapsed();
        let mut database = self.database().await;
        while Self::open_deliveries(&mut database).await > 0 {
            tokio::time::sleep(Duration::from_millis(50)).await;
            settled = began.elapsed();
        }
        stop.send(true).unwrap();
        worker.await.unwrap();
        settled
    }

    /// Runs the real worker until everything on [`ACCOUNT`] is settled; what others have under way is dropped.
    pub async fn deliver_one_account(&self) -> Duration {
        let (_stop, stopped) = tokio::sync::watch::channel(false);
        let mut database = self.database().await;
        let began = Instant::now();
        let worker = tokio::spawn(Worker::new(self.system.clone()).run(true, stopped));
        while Self::is_at_work(&mut database).await {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        let took = began.elapsed();
        worker.abort();
        let _ = worker.await;
        took
    }

    /// A connection of the measurement's own to the data file.
    pub async fn database(&self) -> SqliteConnection {
        let file = self.folder.path().join("kasnec.db");
        SqliteConnection::connect(&format!("sqlite:{}", file.display())).await.unwrap()
    }

    /// Whether [`ACCOUNT`] still has something to do. Each part is read by its index: to pass by what others have due would cost more than the work.
    async fn is_at_work(database: &mut SqliteConnection) -> bool {
        let sql = "SELECT EXISTS (SELECT 1 FROM delivery WHERE account = a.id AND queue = 'due') \
                   OR EXISTS (SELECT 1 FROM delivery WHERE account = a.id AND queue = 'held') \
                   OR EXISTS (SELECT 1 FROM delivery WHERE account = a.id AND queue = 'waiting') FROM account a WHERE a.name = $1";
        sqlx::query_scalar(sql).bind(ACCOUNT).fetch_one(database).await.unwrap()
    }

    async fn open_deliveries(database: &mut SqliteConnection) -> i64 {
        sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM delivery WHERE office = 'kk' AND settled_at IS NULL)")
            .fetch_one(database)
            .await
            .unwrap()
    }
}

/// A meeting of twelve points, about a kilobyte of text.
fn notice(number: usize) -> String {
    let agenda = POINTS.map(|point| format!("\"{point}\"")).join(", ");
    let day = chrono::Utc::now().date_naive() + chrono::Days::new(20);
    format!(
        "+++\nkind = \"assembly-meeting\"\nreference = \"KK-{number:06}\"\n\n[facts]\nsession = \"regular\"\nsession_number = 11\n\
         meeting_start = \"{day} 10:00\"\nmeeting_end = \"{day} 14:00\"\ncontact = \"kuvendi@example.org\"\n\
         venue = {{ sq = \"Salla e Kuvendit të Komunës, kati i dytë\" }}\ncalled_by = {{ sq = \"Kryesuesi i Kuvendit\" }}\n\
         agenda = {{ sq = [{agenda}] }}\n+++\n\n# [sq] Njoftim për mbledhjen {number:06} të Kuvendit të Komunës\n\
         Kryesuesi i Kuvendit thërret mbledhjen e rregullt. Mbledhja është e hapur për publikun; materialet gjenden në uebfaqe.\n"
    )
}
