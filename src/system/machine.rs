//! Which machine this is, where several may work on one store.

use std::fs;
use std::path::{Path, absolute};

use crate::store::Store;

/// Host and data folder, the same after every start; empty on SQLite, whose file is one machine's.
pub(super) fn name(store: &Store, data: &Path) -> String {
    if store.data_file().is_some() {
        return String::new();
    }
    let folder = absolute(data).unwrap_or_else(|_| data.to_owned());
    format!("{}:{}", host().unwrap_or_default(), folder.display())
}

fn host() -> Option<String> {
    let places = ["/proc/sys/kernel/hostname", "/etc/hostname"];
    let told = places.iter().find_map(|place| fs::read_to_string(place).ok())?;
    Some(told.trim().to_owned())
}
