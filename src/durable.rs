//! Files and folders that outlast a power cut: a name is on the disk only when its folder was flushed.

use std::fs::{self, DirBuilder, File};
use std::io;
use std::path::{Path, PathBuf};

/// Who may enter a folder that is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum For {
    /// Whoever the machine's settings let in.
    Anybody,
    /// Only its owner: what citizens sent and the office's texts are in it.
    Owner,
}

/// Makes a folder and those above it, if they are not there; each is on the disk when this returns.
pub fn make_folder(folder: &Path, whom: For) -> io::Result<()> {
    if folder.as_os_str().is_empty() || folder.is_dir() {
        return Ok(());
    }
    let above = above(folder);
    make_folder(&above, whom)?;
    match builder(whom).create(folder) {
        // Another process was faster; its folder may not be flushed yet.
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists && folder.is_dir() => {}
        made => made?,
    }
    flush_folder(&above)
}

/// Returns when the names in a folder are on the disk.
pub fn flush_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

/// Copies a file for its owner alone; the copy is on the disk, whole, when this returns. One that was there is replaced, whole.
pub fn copy(from: &Path, to: &Path) -> io::Result<()> {
    let mut draft = to.as_os_str().to_owned();
    draft.push(".part");
    let draft = PathBuf::from(draft);
    let copied = copy_to(from, &draft).and_then(|()| fs::rename(&draft, to));
    if copied.is_err() {
        // Half a copy would keep a full disk full; that it cannot be removed either changes nothing.
        let _ = fs::remove_file(&draft);
    }
    copied?;
    flush_folder(&above(to))
}

/// The folder that a file or folder is in.
pub fn above(path: &Path) -> PathBuf {
    match path.parent() {
        Some(above) if !above.as_os_str().is_empty() => above.to_owned(),
        Some(_) => PathBuf::from("."),
        None => path.to_owned(),
    }
}

/// Lets only its owner read a file.
pub fn only_for_owner(file: &Path) -> io::Result<()> {
    #[cfg(unix)]
    fs::set_permissions(file, std::os::unix::fs::PermissionsExt::from_mode(0o600))?;
    Ok(())
}

fn copy_to(from: &Path, draft: &Path) -> io::Result<()> {
    fs::copy(from, draft)?;
    only_for_owner(draft)?;
    File::open(draft)?.sync_all()
}

fn builder(whom: For) -> DirBuilder {
    let mut builder = DirBuilder::new();
    #[cfg(unix)]
    if whom == For::Owner {
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    }
    builder
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_made_with_those_above_it_and_made_again_without_harm() {
        let place = tempfile::tempdir().unwrap();
        let deep = place.path().join("a/b/c");
        make_folder(&deep, For::Owner).unwrap();
        make_folder(&deep, For::Owner).unwrap();
        assert!(deep.is_dir());
        fs::write(place.path().join("file"), "").unwrap();
        assert!(make_folder(&place.path().join("file"), For::Anybody).is_err());
    }

    #[test]
    fn a_copy_takes_the_place_of_an_older_one_and_leaves_nothing_beside_it() {
        let place = tempfile::tempdir().unwrap();
        let (from, to) = (place.path().join("from"), place.path().join("to"));
        fs::write(&from, "new").unwrap();
        fs::write(&to, "older and longer").unwrap();
        copy(&from, &to).unwrap();
        assert_eq!(fs::read_to_string(&to).unwrap(), "new");
        assert!(copy(&place.path().join("none"), &to).is_err());
        assert_eq!(fs::read_dir(place.path()).unwrap().count(), 2);
    }
}
