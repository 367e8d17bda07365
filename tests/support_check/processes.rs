//! Which processes belong to a server's folder, read from `/proc`.

use std::fs;
use std::path::Path;

/// The command lines of all processes that work in the folder or were told its name.
pub fn of(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir("/proc").expect("/proc is there").flatten();
    entries.filter_map(|entry| command_line_if_in(folder, &entry.path())).collect()
}

/// A process that ends while it is looked at reads as empty, and belongs to nobody.
fn command_line_if_in(folder: &Path, process: &Path) -> Option<String> {
    let name = folder.to_string_lossy();
    let command_line = fs::read(process.join("cmdline")).ok()?;
    let command_line = String::from_utf8_lossy(&command_line).replace('\0', " ");
    // The link of a process in a removed folder ends in " (deleted)", so it is compared as text.
    let place = fs::read_link(process.join("cwd")).unwrap_or_default();
    (command_line.contains(&*name) || place.to_string_lossy().starts_with(&*name)).then_some(command_line)
}
