//! What keeps the office's data: backups, putting one back, and finding out what is wrong before it hurts.

pub mod backup;
pub mod daily;
pub mod disk;
pub mod doctor;
mod draft;
pub mod folder;
pub mod guard;
pub mod restore;
pub mod time;

/// Why a backup was not made, or not put back. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum KeepError {
    /// The store could not do it.
    #[error(transparent)]
    Store(#[from] crate::store::StoreError),
    /// A file or folder cannot be used.
    #[error("{0} cannot be used ({1}); give the program the right to read and write there, or name another folder")]
    File(String, std::io::Error),
    /// It would fill the disk.
    #[error(
        "there is no room for a backup in {folder}: it needs {needed} MB, and a tenth of the disk must stay free. Free some space, or set [backup] folder to another disk"
    )]
    NoRoom {
        /// Where.
        folder: String,
        /// How much it would take.
        needed: u64,
    },
    /// The database is backed up by its own tools.
    #[error("{0}")]
    NotEmbedded(String),
    /// There is nothing to copy.
    #[error("there is no data yet: {0} does not exist")]
    NoData(String),
    /// The backup cannot be trusted.
    #[error("{0} cannot be restored: {1}. Nothing was changed; try an older backup")]
    BadBackup(String, String),
    /// What is to be restored is half of a copied data folder.
    #[error(
        "{0} is no backup but a copy of a data file, and its newest changes stand in {1} beside it. Nothing was changed. With every Kasnec stopped, put both files in the place of the data, then run: kasnec restore --already-back"
    )]
    HasLog(String, String),
    /// Somebody works on the data.
    #[error("{0}. Stop every Kasnec on these data first (serve, worker, and commands that are still running); nothing was changed")]
    InUse(String),
}

impl KeepError {
    /// The same for a file that could not be used.
    pub(crate) fn file(path: &std::path::Path) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.display().to_string();
        move |error| Self::File(path, error)
    }
}
