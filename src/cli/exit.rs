//! Exit codes, and failures on their way to one.

use std::process::{ExitCode, Termination};

use crate::acts::ActError;
use crate::keep::KeepError;
use crate::register::RegisterError;
use crate::settings::SettingsError;
use crate::store::StoreError;
use crate::system::StartError;

/// The exit codes, for `--help`.
pub const HELP: &str = "Exit codes:\n  0  done\n  1  it failed (store, network, file)\n  2  the command line is wrong\n  3  the input is refused: nothing was changed\n  4  you may not do this\n  5  a channel or the mail server is not well (channel check, mail check), or something is wrong (doctor)\n  6  the ledger does not fit (ledger verify, proof)";

/// How a command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// Done.
    Done = 0,
    /// It failed.
    Failed = 1,
    /// The input is refused.
    Refused = 3,
    /// The user may not do this.
    NotAllowed = 4,
    /// A channel or the mail server is not well, or the doctor found something wrong.
    NotWell = 5,
    /// The ledger does not fit itself, or what it tells of.
    Broken = 6,
}

impl Termination for Exit {
    fn report(self) -> ExitCode {
        ExitCode::from(self as u8)
    }
}

/// Why a command failed.
#[derive(Debug, thiserror::Error)]
pub enum Failed {
    /// The configuration is wrong.
    #[error(transparent)]
    Settings(#[from] SettingsError),
    /// The program cannot start.
    #[error(transparent)]
    Start(#[from] StartError),
    /// An act was refused.
    #[error(transparent)]
    Act(#[from] ActError),
    /// The store could not do it.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The register cannot do what it is asked.
    #[error(transparent)]
    Register(RegisterError),
    /// The input is wrong.
    #[error("{0}")]
    Input(String),
    /// The user is not known or may not do this.
    #[error("{0}")]
    Who(String),
    /// A backup could not be made or put back.
    #[error(transparent)]
    Keep(#[from] KeepError),
    /// Something outside failed.
    #[error("{0}")]
    Outside(String),
}

impl Failed {
    /// Its exit code.
    pub fn exit(&self) -> Exit {
        match self {
            Self::Act(ActError::NotAllowed(..)) | Self::Who(_) => Exit::NotAllowed,
            Self::Act(ActError::Doubtful(_)) => Exit::Broken,
            Self::Act(ActError::Store(error)) | Self::Store(error) => of_store(error),
            Self::Keep(KeepError::BadBackup(..) | KeepError::NotEmbedded(_) | KeepError::InUse(_)) => Exit::Refused,
            Self::Start(StartError::Store(_)) | Self::Keep(_) | Self::Outside(_) => Exit::Failed,
            Self::Act(_) | Self::Register(_) | Self::Input(_) | Self::Settings(_) | Self::Start(_) => Exit::Refused,
        }
    }
}

impl From<RegisterError> for Failed {
    fn from(error: RegisterError) -> Self {
        match error {
            RegisterError::Act(error) => Self::Act(error),
            RegisterError::Store(error) => Self::Store(error),
            other => Self::Register(other),
        }
    }
}

fn of_store(error: &StoreError) -> Exit {
    match error {
        StoreError::Missing(..) | StoreError::Duplicate(_) | StoreError::Conflict => Exit::Refused,
        _ => Exit::Failed,
    }
}
