//! The data the program carries: manifests, templates, kinds, rules. A folder of the office overrides them, file by file.

use std::collections::BTreeMap;
use std::path::Path;

use rust_embed::RustEmbed;

#[derive(RustEmbed)]
#[folder = "$CARGO_MANIFEST_DIR"]
#[include = "channels/*.toml"]
#[include = "kinds/*.toml"]
#[include = "rules/*.toml"]
#[include = "templates/**/*.hbs"]
#[include = "samples/kasnec.toml"]
#[include = "samples/items/*"]
#[include = "samples/items/attachments/*"]
#[exclude = "target/*"]
#[exclude = "data/*"]
struct Embedded;

/// A folder that should override what is embedded cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("the folder {0} cannot be read ({1}); mend the path under [folders] or the rights")]
pub struct BadFolder(pub String, pub String);

/// The texts below the embedded folder `name`, by path within it; those in `over` take their places.
pub fn texts(name: &str, over: Option<&Path>) -> Result<BTreeMap<String, String>, BadFolder> {
    let prefix = format!("{name}/");
    let mut texts: BTreeMap<String, String> = Embedded::iter()
        .filter_map(|path| Some((path.strip_prefix(&prefix)?.to_owned(), path)))
        .filter_map(|(below, path)| Some((below, String::from_utf8(Embedded::get(&path)?.data.into_owned()).ok()?)))
        .collect();
    if let Some(folder) = over {
        read_folder(folder, "", &mut texts).map_err(|e| BadFolder(folder.display().to_string(), e.to_string()))?;
    }
    Ok(texts)
}

/// The bytes of one embedded file.
pub fn bytes(path: &str) -> Option<Vec<u8>> {
    Some(Embedded::get(path)?.data.into_owned())
}

fn read_folder(folder: &Path, below: &str, texts: &mut BTreeMap<String, String>) -> std::io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let name = format!("{below}{}", entry.file_name().to_string_lossy());
        if entry.file_type()?.is_dir() {
            read_folder(&entry.path(), &format!("{name}/"), texts)?;
        } else if [".toml", ".hbs"].iter().any(|ending| name.ends_with(ending)) {
            texts.insert(name, std::fs::read_to_string(entry.path())?);
        }
    }
    Ok(())
}
