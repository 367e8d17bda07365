//! What the shim notes, as `lost_writes.c` writes it.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

const MAGIC: u32 = 0x4b41_534e;
const HEAD: usize = 48;

/// One change below the disk.
pub struct Note {
    /// The file, or for names their folder.
    pub inode: u64,
    /// What was done to it.
    pub change: Change,
}

/// What was done.
pub enum Change {
    /// All that was done before is on the disk.
    Flushed,
    /// `new` stands where `old` stood, in a file that had `size` bytes.
    Written {
        offset: u64,
        size: u64,
        old: Vec<u8>,
        new: Vec<u8>,
    },
    /// A file of `size` bytes has `offset` now; `old` was cut off.
    Cut { offset: u64, size: u64, old: Vec<u8> },
    /// A file has a new name.
    Named { path: PathBuf },
    /// A folder was made.
    FolderMade { path: PathBuf },
    /// A name is gone; the file lies in `grave`.
    Removed { path: PathBuf, grave: PathBuf },
    /// A name was changed.
    Renamed { from: PathBuf, to: PathBuf, inode: u64 },
}

impl Change {
    /// Whether it is the folder's flush that makes it last.
    pub fn is_of_a_name(&self) -> bool {
        matches!(
            self,
            Self::Named { .. } | Self::FolderMade { .. } | Self::Removed { .. } | Self::Renamed { .. }
        )
    }
}

/// Every note; what a killed process left half-written at the end is none.
pub fn read(log: &Path) -> Vec<Note> {
    let bytes = fs::read(log).unwrap_or_default();
    let (mut notes, mut rest) = (Vec::new(), &bytes[..]);
    while let Some((note, after)) = next(rest) {
        notes.push(note);
        rest = after;
    }
    notes
}

fn next(bytes: &[u8]) -> Option<(Note, &[u8])> {
    let head = bytes.get(..HEAD)?;
    let short = |at: usize| u32::from_le_bytes(head[at..at + 4].try_into().unwrap());
    let long = |at: usize| u64::from_le_bytes(head[at..at + 8].try_into().unwrap());
    let mut rest = &bytes[HEAD..];
    let mut part = |length: u32| {
        let (part, after) = rest.split_at_checked(length as usize)?;
        rest = after;
        Some(part)
    };
    let (old, new) = (part(short(32))?.to_vec(), part(short(36))?.to_vec());
    let (path, other) = (to_path(part(short(40))?), to_path(part(short(44))?));
    let end = part(4)?;
    assert!(short(0) == MAGIC && end == MAGIC.to_le_bytes(), "the shim's notes are garbled");
    let (inode, offset, size) = (long(8), long(16), long(24));
    let change = match short(4) {
        1 => Change::Written { offset, size, old, new },
        2 => Change::Cut { offset, size, old },
        3 => Change::Flushed,
        4 | 7 => Change::Named { path },
        5 => Change::Removed { path, grave: other },
        6 => Change::Renamed {
            from: path,
            to: other,
            inode: offset,
        },
        8 => Change::FolderMade { path },
        kind => panic!("the shim noted a change of an unknown kind {kind}"),
    };
    Some((Note { inode, change }, rest))
}

fn to_path(bytes: &[u8]) -> PathBuf {
    PathBuf::from(OsStr::from_bytes(bytes))
}
