//! The data the program carries: manifests, templates, kinds, rules. A folder of the office overrides them, file by file.

use std::collections::BTreeMap;
use std::io::Read;
use std::path::Path;

use rust_embed::RustEmbed;

/// Embeds one top-level folder.
macro_rules! embed {
    ($($name:ident = $folder:literal),+ $(,)?) => {
        $(
            #[derive(RustEmbed)]
            #[folder = $folder]
            struct $name;
        )+

        /// The paths in an embedded folder.
        fn paths(folder: &str) -> Vec<String> {
            match folder {
                $($folder => $name::iter().map(|path| path.into_owned()).collect(),)+
                _ => vec![],
            }
        }

        /// The bytes of one file of an embedded folder.
        pub fn bytes(folder: &str, path: &str) -> Option<Vec<u8>> {
            match folder {
                $($folder => $name::get(path).map(|file| file.data.into_owned()),)+
                _ => None,
            }
        }
    };
}

embed! { Channels = "channels", Kinds = "kinds", Rules = "rules", Templates = "templates", Samples = "samples" }

/// A folder that should override what is embedded cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("the folder {0} cannot be read ({1}); mend the path under [folders] or the rights")]
pub struct BadFolder(pub String, pub String);

/// The texts below the embedded folder `name`, by path within it; those in `over` take their places.
pub fn texts(name: &str, over: Option<&Path>) -> Result<BTreeMap<String, String>, BadFolder> {
    let mut texts = texts_ending(name, "");
    if let Some(folder) = over {
        read_folder(folder, "", &mut texts).map_err(|e| BadFolder(folder.display().to_string(), e.to_string()))?;
    }
    Ok(texts)
}

/// The embedded texts of a folder whose names end so, by path within it.
pub fn texts_ending(name: &str, ending: &str) -> BTreeMap<String, String> {
    let wanted = paths(name).into_iter().filter(|path| path.ends_with(ending));
    wanted
        .filter_map(|path| Some((path.clone(), String::from_utf8(bytes(name, &path)?).ok()?)))
        .collect()
}

/// The largest file of an override; the largest that is shipped has a twentieth of it.
const MAX_FILE: u64 = 1024 * 1024;

fn read_folder(folder: &Path, below: &str, texts: &mut BTreeMap<String, String>) -> std::io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let name = format!("{below}{}", entry.file_name().to_string_lossy());
        if entry.file_type()?.is_dir() {
            read_folder(&entry.path(), &format!("{name}/"), texts)?;
        } else if [".toml", ".hbs"].iter().any(|ending| name.ends_with(ending)) {
            texts.insert(name, read_text(&entry.path())?);
        }
    }
    Ok(())
}

/// By what is read, not by what the file system says: a pipe has no size.
fn read_text(path: &Path) -> std::io::Result<String> {
    let mut text = String::new();
    std::fs::File::open(path)?.take(MAX_FILE + 1).read_to_string(&mut text)?;
    if text.len() as u64 > MAX_FILE {
        let what = format!("{} has more than the {MAX_FILE} bytes that such a file may have", path.display());
        return Err(std::io::Error::new(std::io::ErrorKind::InvalidData, what));
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_of_an_override_that_goes_on_and_on_is_named() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("kosovo.toml"), " ".repeat(1024 * 1024)).unwrap();
        assert!(texts("rules", Some(folder.path())).is_ok());
        std::fs::write(folder.path().join("endless.toml"), " ".repeat(1024 * 1024 + 1)).unwrap();
        let refused = texts("rules", Some(folder.path())).unwrap_err().to_string();
        assert!(refused.contains("endless.toml") && refused.contains("1048576"), "{refused}");
    }
}
