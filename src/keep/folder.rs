//! The folder of the backups: their names, which is the newest, which may go. Pure but for the reading of the folder.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use chrono::{DateTime, Duration, NaiveDateTime, Utc};

/// How a backup's time stands in its name; in UTC, so that no DST night makes two of one name.
const STAMP: &str = "%Y%m%dT%H%M%SZ";

/// So much may the clock have been put back since.
const ASKEW: Duration = Duration::minutes(5);

/// One backup.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Backup {
    /// When it was made.
    pub at: DateTime<Utc>,
    /// The file.
    pub file: PathBuf,
}

/// The name of a backup made then.
pub fn name(at: DateTime<Utc>) -> String {
    format!("kasnec-{}.db", at.format(STAMP))
}

/// When the backup of that name was made; `None` for what is none of ours.
pub fn made(name: &str) -> Option<DateTime<Utc>> {
    let stamp = name.strip_prefix("kasnec-")?.strip_suffix(".db")?;
    NaiveDateTime::parse_from_str(stamp, STAMP).ok().map(|at| at.and_utc())
}

/// The name of a backup of then that is not whole yet; `mark` tells it from every other one.
pub fn draft_name(at: DateTime<Utc>, mark: &str) -> String {
    format!("kasnec-{}.{mark}.part", at.format(STAMP))
}

/// When the unfinished backup, or unfinished copy of a key, of that name was begun; `None` for what is none of ours.
pub fn begun(name: &str) -> Option<DateTime<Utc>> {
    let stamp = name.strip_suffix(".part")?.split('.').next()?;
    made(&format!("{stamp}.db"))
}

/// The backups of a folder, the oldest first; none if the folder is not there.
pub fn backups(folder: &Path) -> Vec<Backup> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let mut found: Vec<Backup> = entries
        .filter_map(|entry| {
            let at = made(&entry.file_name().to_string_lossy())?;
            Some(Backup { at, file: entry.path() })
        })
        .collect();
    found.sort();
    found
}

/// The newest backup of a folder.
pub fn newest(folder: &Path, now: DateTime<Utc>) -> Option<Backup> {
    until(folder, now).pop()
}

/// The backups of a folder, the oldest first, but for those from the future: a clock that was ahead has named them, and they say nothing of
/// how old they are.
pub fn until(folder: &Path, now: DateTime<Utc>) -> Vec<Backup> {
    let mut found = backups(folder);
    found.retain(|backup| backup.at <= now + ASKEW);
    found
}

/// Which backups may go: all but the newest of each of the last so many days, and of each of the last so many months, that have one.
pub fn superfluous(backups: &[Backup], daily: usize, monthly: usize) -> Vec<&Backup> {
    let kept = |form: &str, count: usize| -> BTreeSet<&Backup> {
        let mut periods = BTreeSet::new();
        let newest_of_each = backups
            .iter()
            .rev()
            .filter(|backup| periods.insert(backup.at.format(form).to_string()));
        newest_of_each.take(count).collect()
    };
    let (days, months) = (kept("%Y-%m-%d", daily.max(1)), kept("%Y-%m", monthly));
    backups
        .iter()
        .filter(|backup| !days.contains(backup) && !months.contains(backup))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(stamps: &[&str]) -> Vec<Backup> {
        let backup = |stamp: &&str| Backup {
            at: made(&format!("kasnec-{stamp}Z.db")).unwrap(),
            file: PathBuf::from(stamp),
        };
        stamps.iter().map(backup).collect()
    }

    #[test]
    fn a_name_tells_its_time_and_nothing_else_is_taken_for_a_backup() {
        let at = "2026-11-22T02:30:00Z".parse().unwrap();
        assert_eq!(name(at), "kasnec-20261122T023000Z.db");
        assert_eq!(made(&name(at)), Some(at));
        for other in ["kasnec.db", "kasnec-20261122T023000Z.db.part", "kasnec-latest.db"] {
            assert_eq!(made(other), None, "{other}");
        }
    }

    #[test]
    fn one_from_the_future_is_not_the_newest() {
        let (folder, now) = (tempfile::tempdir().unwrap(), "2026-11-22T12:00:00Z".parse().unwrap());
        for stamp in ["20261121T023000", "20261122T120200", "20370101T023000"] {
            std::fs::write(folder.path().join(format!("kasnec-{stamp}Z.db")), "").unwrap();
        }
        assert_eq!(newest(folder.path(), now), Some(backups(folder.path())[1].clone()));
        assert_eq!(until(folder.path(), now).len(), 2);
    }

    #[test]
    fn an_unfinished_one_tells_when_it_was_begun() {
        let at = "2026-11-22T02:30:00Z".parse().unwrap();
        for name in [draft_name(at, "812-0"), "kasnec-20261122T023000Z.part".to_owned()] {
            assert_eq!((begun(&name), made(&name)), (Some(at), None), "{name}");
        }
        for other in ["minutes.part", "kasnec-20261122T023000Z.db", "kasnec-latest.part"] {
            assert_eq!(begun(other), None, "{other}");
        }
    }

    #[test]
    fn the_newest_of_each_day_and_of_each_month_stay() {
        let all = of(&[
            "20260901T023000",
            "20260930T023000",
            "20261001T023000",
            "20261031T023000",
            "20261119T023000",
            "20261120T023000",
            "20261120T120000",
            "20261121T023000",
            "20261122T023000",
        ]);
        let gone: Vec<String> = superfluous(&all, 3, 2).into_iter().map(|b| b.file.display().to_string()).collect();
        assert_eq!(
            gone,
            [
                "20260901T023000",
                "20260930T023000",
                "20261001T023000",
                "20261119T023000",
                "20261120T023000"
            ]
        );
        assert!(superfluous(&all[8..], 0, 0).is_empty(), "the newest one always stays");
    }
}
