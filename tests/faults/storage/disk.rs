//! A disk whose power can be cut: what the shim (`lost_writes.c`) noted as not yet flushed is taken back.

use crate::outcome::in_memory;
use std::collections::{BTreeMap, HashMap};
use std::fs::{self, File};
use std::io;
use std::os::unix::fs::{FileExt, MetadataExt};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use rand::RngExt;
use rand::rngs::StdRng;
use tempfile::TempDir;

use super::notes::{Change, Note, read};

/// What a disk keeps whole when its power goes.
const SECTOR: usize = 512;

/// A folder below which the shim watches, and the shim's notes beside it.
pub struct Disk {
    folder: TempDir,
}

/// How much of what was not flushed a power cut takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Taken {
    /// All of it.
    All,
    /// The later part; the write at the edge is torn.
    Tail,
    /// Any part of it, in any order, torn at sectors.
    Any,
}

impl Taken {
    /// One of them.
    pub fn throw(random: &mut StdRng) -> Self {
        [Self::All, Self::Tail, Self::Any][random.random_range(0..3)]
    }
}

impl Disk {
    /// An empty one.
    pub fn new() -> Self {
        // A real disk that is nearly full would refuse backups; in memory there is room, where there is such a place.
        let folder = in_memory().unwrap();
        fs::create_dir(folder.path().join("disk")).unwrap();
        fs::create_dir(folder.path().join("notes")).unwrap();
        Self { folder }
    }

    /// Where its files are.
    pub fn path(&self) -> PathBuf {
        self.folder.path().join("disk")
    }

    /// Puts a command's files on it. `lying`: it says "flushed" and has not.
    pub fn under(&self, command: &mut Command, lying: bool) {
        command
            .env("LD_PRELOAD", library())
            .env("KASNEC_DISK", self.path())
            .env("KASNEC_DISK_NOTES", self.notes())
            .env("KASNEC_DISK_LIES", if lying { "1" } else { "0" });
    }

    /// Lets calls of a kind (`write`, `fsync`, `open`) fail with that error number until [`Disk::mend`].
    pub fn fail(&self, calls: &[(&str, i32)]) {
        let lines: Vec<_> = calls.iter().map(|(call, number)| format!("{call} {number}")).collect();
        // Renamed in, so that no call reads half of it.
        fs::write(self.notes().join("fail.part"), lines.join("\n")).unwrap();
        fs::rename(self.notes().join("fail.part"), self.notes().join("fail")).unwrap();
    }

    /// Ends what [`Disk::fail`] began.
    pub fn mend(&self) {
        fs::remove_file(self.notes().join("fail")).unwrap();
    }

    /// Cuts the power, once every process that used the disk was killed; gives how many writes and names were not flushed.
    pub fn cut(&self, taken: Taken, random: &mut StdRng) -> usize {
        let (mut contents, mut names) = (BTreeMap::<u64, Vec<Change>>::new(), Vec::new());
        for Note { inode, change } in read(&self.notes().join("log")) {
            match change {
                Change::Flushed => {
                    contents.remove(&inode);
                    names.retain(|(folder, _)| *folder != inode);
                }
                change if change.is_of_a_name() => names.push((inode, change)),
                change => contents.entry(inode).or_default().push(change),
            }
        }
        let count = names.len() + contents.values().map(Vec::len).sum::<usize>();
        let places = places(self.folder.path());
        for (inode, changes) in &contents {
            if let Some(place) = places.get(inode) {
                take_contents(place, changes, taken, random).unwrap();
            }
        }
        take_names(&names, taken, random);
        self.forget();
        count
    }

    /// How much is noted by now, in bytes: it grows with every write.
    pub fn noted(&self) -> u64 {
        fs::metadata(self.notes().join("log")).map_or(0, |log| log.len())
    }

    fn notes(&self) -> PathBuf {
        self.folder.path().join("notes")
    }

    /// A new start: nothing is noted, nothing is mapped.
    fn forget(&self) {
        fs::remove_dir_all(self.notes()).unwrap();
        fs::create_dir(self.notes()).unwrap();
        let mapped = places(&self.path()).into_values();
        for file in mapped.filter(|file| file.to_string_lossy().ends_with("-shm")) {
            fs::remove_file(file).unwrap();
        }
    }
}

/// Every file below a folder, by its inode.
fn places(folder: &Path) -> HashMap<u64, PathBuf> {
    let mut found = HashMap::new();
    for entry in fs::read_dir(folder).unwrap().flatten() {
        let told = entry.metadata().unwrap();
        if told.is_dir() {
            found.extend(places(&entry.path()));
        } else {
            found.insert(told.ino(), entry.path());
        }
    }
    found
}

fn take_contents(place: &Path, changes: &[Change], taken: Taken, random: &mut StdRng) -> io::Result<()> {
    let file = File::options().read(true).write(true).open(place)?;
    for change in changes.iter().rev() {
        undo(&file, change)?;
    }
    let kept = random.random_range(0..=changes.len());
    for (number, change) in changes.iter().enumerate() {
        match taken {
            Taken::Tail if number < kept => redo(&file, change, |_| true)?,
            Taken::Tail if number == kept => {
                let edge = random.random_range(0..64);
                redo(&file, change, |sector| sector < edge)?;
            }
            Taken::All | Taken::Tail => {}
            Taken::Any if random.random_bool(0.5) => redo(&file, change, |_| true)?,
            Taken::Any => redo(&file, change, |_| random.random_bool(0.5))?,
        }
    }
    Ok(())
}

fn undo(file: &File, change: &Change) -> io::Result<()> {
    let (Change::Written { offset, size, old, .. } | Change::Cut { offset, size, old }) = change else {
        return Ok(());
    };
    // A write that the kill forestalled has changed nothing; to put the same back changes nothing either.
    file.write_all_at(old, *offset)?;
    file.set_len(*size)
}

fn redo(file: &File, change: &Change, mut stands: impl FnMut(usize) -> bool) -> io::Result<()> {
    match change {
        Change::Written { offset, new, .. } => {
            for (number, sector) in new.chunks(SECTOR).enumerate().filter(|(number, _)| stands(*number)) {
                file.write_all_at(sector, offset + (number * SECTOR) as u64)?;
            }
            Ok(())
        }
        Change::Cut { offset, .. } if stands(0) => file.set_len(*offset),
        _ => Ok(()),
    }
}

/// Takes back names: of each folder the later ones, as a file system with a journal would.
fn take_names(names: &[(u64, Change)], taken: Taken, random: &mut StdRng) {
    let mut kept = HashMap::new();
    for (folder, _) in names {
        *kept.entry(*folder).or_insert(0_usize) += 1;
    }
    for count in kept.values_mut() {
        *count = if taken == Taken::All { 0 } else { random.random_range(0..=*count) };
    }
    let later = names.iter().filter(|(folder, _)| {
        let left = kept.get_mut(folder).unwrap();
        let stays = *left > 0;
        *left = left.saturating_sub(1);
        !stays
    });
    let later: Vec<_> = later.map(|(_, change)| change).collect();
    // What the kill forestalled is not there to be taken back.
    later.into_iter().rev().for_each(|change| drop(take_name(change)));
}

fn take_name(change: &Change) -> io::Result<()> {
    match change {
        Change::Named { path } => fs::remove_file(path),
        Change::FolderMade { path } => fs::remove_dir_all(path),
        Change::Removed { path, grave } => fs::hard_link(grave, path),
        Change::Renamed { from, to, inode } if fs::metadata(to)?.ino() == *inode => fs::rename(to, from),
        _ => Ok(()),
    }
}

/// The shim, compiled once for a run of the tests.
fn library() -> &'static Path {
    static LIBRARY: OnceLock<(TempDir, PathBuf)> = OnceLock::new();
    let (_, library) = LIBRARY.get_or_init(|| {
        let folder = tempfile::tempdir().unwrap();
        let (source, library) = (folder.path().join("lost_writes.c"), folder.path().join("lost_writes.so"));
        fs::write(&source, include_str!("lost_writes.c")).unwrap();
        let mut compiler = Command::new("gcc");
        compiler.args(["-shared", "-fPIC", "-O1", "-Wall", "-Wextra", "-Werror", "-o"]);
        let output = compiler.arg(&library).arg(&source).args(["-ldl", "-lpthread"]).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        (folder, library)
    });
    library
}
