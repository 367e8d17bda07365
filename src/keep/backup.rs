//! One backup: copied beside its place, read again page by page, and only then given its name.

use std::fs;
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use serde::Serialize;
use url::Url;

use super::KeepError;
use super::disk::Room;
use super::draft::Draft;
use super::folder;
use crate::durable::{self, For, above, flush_folder, make_folder, only_for_owner};
use crate::settings::Settings;
use crate::store::backup::{Contents, Depth, copy, inspect_still};
use crate::store::file_at;

/// A backup that was made and read again.
#[derive(Debug, Clone, Serialize)]
pub struct Made {
    /// The file.
    pub file: PathBuf,
    /// Its size.
    pub bytes: u64,
    /// What it holds.
    #[serde(flatten)]
    pub contents: Contents,
    /// The copy of the key, if one was asked for.
    pub key: Option<PathBuf>,
}

/// Copies the data into `folder` and checks the copy. `with_key`: the key that opens the secrets in it, too.
pub async fn make(settings: &Settings, folder: &Path, now: DateTime<Utc>, with_key: bool) -> Result<Made, KeepError> {
    let data = data_file(settings)?;
    if !data.exists() {
        return Err(KeepError::NoData(data.display().to_string()));
    }
    make_folder(folder, For::Owner).map_err(KeepError::file(folder))?;
    let draft = Draft::begin(folder, now).await.map_err(KeepError::file(folder))?;
    has_room(folder, size_with_log(&data))?;
    copy(&data, draft.file()).await?;
    let contents = inspect_still(draft.file(), Depth::Full).await?;
    only_for_owner(draft.file()).map_err(KeepError::file(draft.file()))?;
    let file = folder.join(folder::name(now));
    fs::rename(draft.file(), &file).map_err(KeepError::file(&file))?;
    flush_folder(folder).map_err(KeepError::file(folder))?;
    let key = if with_key { Some(copy_key(settings, &file)?) } else { None };
    let bytes = fs::metadata(&file).map_or(0, |told| told.len());
    Ok(Made {
        file,
        bytes,
        contents,
        key,
    })
}

/// Removes the backups that are neither of the last days nor of the last months; gives which.
pub fn thin_out(settings: &Settings, now: DateTime<Utc>) -> Vec<PathBuf> {
    let all = folder::until(&settings.backup_folder(), now);
    let gone = folder::superfluous(&all, settings.backup.keep_daily, settings.backup.keep_monthly);
    let removed = gone.into_iter().filter(|backup| fs::remove_file(&backup.file).is_ok());
    removed.map(|backup| backup.file.clone()).collect()
}

/// The data file of an embedded store; else how to back the other one up.
pub fn data_file(settings: &Settings) -> Result<PathBuf, KeepError> {
    let url = settings.store_url();
    file_at(&url)?.ok_or_else(|| KeepError::NotEmbedded(dump_command(&url)))
}

/// The folder that a worker locks: that of the data file, so that two configurations with one file have one worker.
pub fn lock_folder(settings: &Settings) -> PathBuf {
    data_file(settings).map_or_else(|_| settings.data.clone(), |file| above(&file))
}

fn dump_command(url: &str) -> String {
    let url = plain(url);
    format!(
        "the data is in PostgreSQL, which is backed up by its own tools, while Kasnec runs:\n\n  pg_dump --format=custom --file=kasnec.dump \"{url}\"\n\n\
         It asks for the password (or reads it from ~/.pgpass). To put it back, with every Kasnec stopped:\n\n  \
         pg_restore --clean --if-exists --dbname=\"{url}\" kasnec.dump\n  kasnec restore --already-back\n\n\
         The second line is not to be left out: it lets Kasnec look up what may have been published after the dump. Keep data/key apart from the dump"
    )
}

/// A database's address without its password.
fn plain(url: &str) -> String {
    let Ok(mut parsed) = Url::parse(url) else {
        return "postgres://USER@HOST/DATABASE".to_owned();
    };
    match parsed.set_password(None) {
        Ok(()) => {
            let rest: Vec<(String, String)> = parsed.query_pairs().into_owned().filter(|(name, _)| name != "password").collect();
            parsed.set_query(None);
            if !rest.is_empty() {
                parsed.query_pairs_mut().extend_pairs(rest);
            }
            parsed.to_string()
        }
        Err(()) => "postgres://USER@HOST/DATABASE".to_owned(),
    }
}

fn has_room(folder: &Path, needed: u64) -> Result<(), KeepError> {
    if Room::of(folder).is_none_or(|room| room.bears(needed)) {
        return Ok(());
    }
    Err(KeepError::NoRoom {
        folder: folder.display().to_string(),
        needed: needed.div_ceil(1_000_000),
    })
}

/// A copy may grow by what stands in the log and not in the file yet.
fn size_with_log(file: &Path) -> u64 {
    let size = |path: &Path| fs::metadata(path).map_or(0, |told| told.len());
    size(file) + size(&beside(file, "-wal"))
}

/// The file whose name is this one's with an ending.
pub(super) fn beside(file: &Path, ending: &str) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(ending);
    PathBuf::from(name)
}

fn copy_key(settings: &Settings, backup: &Path) -> Result<PathBuf, KeepError> {
    let (key, copy) = (settings.data.join("key"), backup.with_extension("key"));
    durable::copy(&key, &copy).map_err(KeepError::file(&copy))?;
    Ok(copy)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_for_a_dump_bears_no_password() {
        let told = dump_command("postgres://kasnec:geheim@db.example/kasnec?password=geheim&sslmode=require");
        assert!(!told.contains("geheim"), "{told}");
        assert!(
            told.contains("pg_dump --format=custom --file=kasnec.dump \"postgres://kasnec@db.example/kasnec?sslmode=require\""),
            "{told}"
        );
    }
}
