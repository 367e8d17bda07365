//! A folder: what would be said is written there, for media that fetch files and for trying everything out.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use async_trait::async_trait;
use serde_json::json;

use super::{Account, Check, Driver, Job, Safety, Step, Tools};
use crate::durable::{For, flush_folder, make_folder};
use crate::manifest::{Format, Manifest};
use crate::receipt::{Action, Answer, Failure, FailureCode, Object, Phase, Sighting};

const FILE: &str = "file";

/// The driver `outbox`.
pub fn make(manifest: &Manifest, account: Account, _: &Tools) -> Arc<dyn Driver> {
    let Account { name, mut settings, .. } = account;
    let html = manifest.parts.iter().filter(|(_, part)| part.format == Format::Html);
    Arc::new(Outbox {
        folder: settings.remove("folder").map(PathBuf::from).unwrap_or_default(),
        account: file_safe(&name),
        html: html.map(|(name, _)| name.clone()).collect(),
    })
}

struct Outbox {
    folder: PathBuf,
    account: String,
    html: Vec<String>,
}

#[async_trait]
impl Driver for Outbox {
    fn next(&self, job: &Job) -> Result<Option<Step>, Failure> {
        let done = job.action == Action::Discard || job.objects.has(FILE);
        Ok((!done).then(|| Step::new(FILE, Safety::Repeatable)))
    }

    async fn perform(&self, _: &Step, job: &Job) -> Answer {
        let (home, files) = (self.home(), self.files(job));
        match off_thread(move || write_all(&home, &files)).await {
            Ok(()) => Answer::Done(self.object(job)),
            Err(error) => Answer::Retry(self.not_written(&error)),
        }
    }

    async fn find(&self, _: &Step, job: &Job) -> Sighting {
        let (home, files) = (self.home(), self.files(job));
        let stands = move || {
            Ok(files
                .iter()
                .all(|(name, text)| fs::read_to_string(home.join(name)).is_ok_and(|t| t == *text)))
        };
        match off_thread(stands).await {
            Ok(true) => Sighting::Found(self.object(job)),
            Ok(false) => Sighting::Absent,
            Err(error) => Sighting::CannotTell(Answer::Retry(self.not_written(&error))),
        }
    }

    async fn check(&self) -> Check {
        let probe = self.home().join(".kasnec-check");
        let tried = off_thread(move || {
            fs::create_dir_all(probe.parent().unwrap_or(&probe))?;
            fs::write(&probe, "kasnec")?;
            fs::remove_file(&probe)
        });
        match tried.await {
            Ok(()) => Check {
                fine: vec![format!("The folder {} can be written to.", self.folder.display())],
                wrong: vec![],
            },
            Err(error) => Check {
                fine: vec![],
                wrong: vec![self.not_written(&error)],
            },
        }
    }
}

impl Outbox {
    fn home(&self) -> PathBuf {
        self.folder.join(&self.account)
    }

    /// The post's JSON comes last: once it stands, everything stands.
    fn files(&self, job: &Job) -> Vec<(String, String)> {
        let stem = stem(job);
        let ending = |part: &String| if self.html.contains(part) { "html" } else { "txt" };
        let parts = job.post.parts.iter();
        let mut files: Vec<_> = parts
            .map(|(name, text)| (format!("{stem}.{}.{}", file_safe(name), ending(name)), text.clone()))
            .collect();
        files.push((format!("{stem}.json"), letter(job)));
        files
    }

    fn object(&self, job: &Job) -> Object {
        Object::new(FILE, Phase::Public, format!("{}/{}.json", self.account, stem(job)))
    }

    fn not_written(&self, error: &io::Error) -> Failure {
        let what = format!("The outbox folder \"{}\" cannot be written to.", self.folder.display());
        Failure::new(FailureCode::Storage, what).with_evidence(&error.to_string())
    }
}

fn stem(job: &Job) -> String {
    format!("{}-{}", job.delivery, file_safe(&job.post.slug))
}

fn letter(job: &Job) -> String {
    let letter = json!({
        "delivery": job.delivery,
        "key": job.key,
        "action": job.action.to_string(),
        "post_hash": job.post.hash(),
        "post": job.post,
    });
    format!("{letter:#}\n")
}

fn write_all(home: &Path, files: &[(String, String)]) -> io::Result<()> {
    make_folder(home, For::Anybody)?;
    for (name, text) in files {
        write_whole(home, name, text)?;
    }
    flush_folder(home)
}

/// Whoever watches the folder sees the whole file or none: it is written beside, forced to the disk, and renamed.
fn write_whole(home: &Path, name: &str, text: &str) -> io::Result<()> {
    let beside = home.join(format!(".{name}.part"));
    let written = File::create(&beside).and_then(|mut file| {
        file.write_all(text.as_bytes())?;
        file.sync_all()
    });
    let renamed = written.and_then(|()| fs::rename(&beside, home.join(name)));
    if renamed.is_err() {
        // A half file left by a full disk would keep it full; that it cannot be removed either changes nothing.
        let _ = fs::remove_file(&beside);
    }
    renamed
}

/// A name that cannot lead out of its folder.
fn file_safe(name: &str) -> String {
    let safe = |c: char| if c.is_alphanumeric() || c == '-' || c == '_' { c } else { '-' };
    name.chars().map(safe).collect()
}

async fn off_thread<T: Send + 'static>(work: impl FnOnce() -> io::Result<T> + Send + 'static) -> io::Result<T> {
    tokio::task::spawn_blocking(work).await.map_err(io::Error::other)?
}
