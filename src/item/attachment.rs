//! Files beside an item: named, typed by their bytes, measured, hashed.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::picture::{self, MAX_PIXELS, MAX_SIDE};
use super::{Localized, markup};

/// The largest file an item may carry.
pub const MAX_BYTES: usize = 20 * 1024 * 1024;

/// A checked attachment; its bytes are stored under their hash.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attachment {
    /// The file's name, without folders.
    pub name: String,
    /// The media type its bytes show.
    pub media_type: String,
    /// Its size in bytes.
    pub size: usize,
    /// SHA-256 of the bytes, in hex.
    pub sha256: String,
    /// What people read on the link.
    pub title: Localized,
    /// What a picture shows.
    pub alt: Localized,
}

/// Why a file is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadAttachment {
    /// Nothing in it.
    #[error("it is empty")]
    Empty,
    /// Too large.
    #[error("it has {0} bytes, more than the {MAX_BYTES} that an attachment may have")]
    TooLarge(usize),
    /// Its ending is not one that is published.
    #[error("files ending in \"{0}\" are not published")]
    UnknownEnding(String),
    /// Its bytes are of another type than its name says.
    #[error("its name says {named}, but its bytes are {found}")]
    NotWhatItSays {
        /// The type its ending stands for.
        named: &'static str,
        /// The type its bytes show.
        found: &'static str,
    },
    /// A small file, but a picture that fills the memory of whoever opens it.
    #[error("it is {0} × {1} pixels large, more than the {MAX_SIDE} a side or the {MAX_PIXELS} in all that a picture may have")]
    TooManyPixels(u32, u32),
    /// It begins like a picture, and that is all of it that can be read: nobody knows how large it would unfold.
    #[error("it begins like a picture, but its size cannot be read: it is cut off, damaged, or of a rare make")]
    UnreadablePicture,
}

impl BadAttachment {
    /// What to do, where it is another thing than to give another file.
    pub fn remedy(&self) -> Option<&'static str> {
        match self {
            Self::UnreadablePicture => Some("open it in a program for pictures and save it anew as JPEG or PNG"),
            Self::TooManyPixels(..) => Some("open it in a program for pictures and save it smaller"),
            _ => None,
        }
    }
}

impl Attachment {
    /// Checks the bytes against the name.
    pub fn read(file: &str, bytes: &[u8]) -> Result<Self, BadAttachment> {
        if bytes.is_empty() {
            return Err(BadAttachment::Empty);
        }
        if bytes.len() > MAX_BYTES {
            return Err(BadAttachment::TooLarge(bytes.len()));
        }
        let name = markup::line(file.rsplit(['/', '\\']).next().unwrap_or(file));
        let ending = name.rsplit_once('.').map(|(_, e)| e.to_ascii_lowercase()).unwrap_or_default();
        let named = by_ending(&ending).ok_or(BadAttachment::UnknownEnding(ending))?;
        let found = by_bytes(bytes);
        if named != found && !(found == "a ZIP archive" && is_zip_based(named)) {
            return Err(BadAttachment::NotWhatItSays { named, found });
        }
        if named.starts_with("image/") {
            unfolds(bytes)?;
        }
        Ok(Self {
            name,
            media_type: named.to_owned(),
            size: bytes.len(),
            sha256: hex::encode(Sha256::digest(bytes)),
            title: Localized::default(),
            alt: Localized::default(),
        })
    }

    /// Whether it is a picture.
    pub fn is_image(&self) -> bool {
        self.media_type.starts_with("image/")
    }

    /// Whether it is a film.
    pub fn is_video(&self) -> bool {
        self.media_type.starts_with("video/")
    }
}

/// Whether a picture can be opened without filling the memory of whoever does.
fn unfolds(bytes: &[u8]) -> Result<(), BadAttachment> {
    let (width, height) = picture::size(bytes).ok_or(BadAttachment::UnreadablePicture)?;
    if picture::is_too_large(width, height) {
        return Err(BadAttachment::TooManyPixels(width, height));
    }
    Ok(())
}

/// The bytes of an attachment that came as text (RFC 4648 § 4), with or without line breaks.
pub fn from_base64(text: &str) -> Result<Vec<u8>, String> {
    use base64::Engine;
    let compact: String = text.chars().filter(|c| !c.is_ascii_whitespace()).collect();
    base64::engine::general_purpose::STANDARD
        .decode(compact)
        .map_err(|e| format!("its base64 cannot be read: {e}"))
}

/// The endings that are published, for messages.
pub const ENDINGS: &[&str] = &["pdf", "jpg", "jpeg", "png", "gif", "webp", "docx", "xlsx", "odt", "ods", "mp4"];

fn by_ending(ending: &str) -> Option<&'static str> {
    Some(match ending {
        "pdf" => "application/pdf",
        "jpg" | "jpeg" => "image/jpeg",
        "png" => "image/png",
        "gif" => "image/gif",
        "webp" => "image/webp",
        "docx" => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "xlsx" => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "odt" => "application/vnd.oasis.opendocument.text",
        "ods" => "application/vnd.oasis.opendocument.spreadsheet",
        "mp4" => "video/mp4",
        _ => return None,
    })
}

fn is_zip_based(media_type: &str) -> bool {
    media_type.starts_with("application/vnd.")
}

fn by_bytes(bytes: &[u8]) -> &'static str {
    match bytes {
        [b'%', b'P', b'D', b'F', ..] => "application/pdf",
        [0xFF, 0xD8, 0xFF, ..] => "image/jpeg",
        [0x89, b'P', b'N', b'G', ..] => "image/png",
        [b'G', b'I', b'F', b'8', ..] => "image/gif",
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => "image/webp",
        [b'P', b'K', 3, 4, ..] => "a ZIP archive",
        [_, _, _, _, b'f', b't', b'y', b'p', ..] => "video/mp4",
        [b'M', b'Z', ..] => "a Windows program",
        _ => "something else",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_what_its_bytes_are() {
        assert_eq!(
            Attachment::read("dir/Rendi i ditës.PDF", b"%PDF-1.7").unwrap().name,
            "Rendi i ditës.PDF"
        );
        assert!(matches!(
            Attachment::read("a.pdf", b"MZ\x90"),
            Err(BadAttachment::NotWhatItSays { .. })
        ));
        assert!(matches!(Attachment::read("a.exe", b"MZ\x90"), Err(BadAttachment::UnknownEnding(_))));
        assert!(matches!(Attachment::read("a.pdf", b""), Err(BadAttachment::Empty)));
        assert!(matches!(
            Attachment::read("a.pdf", &vec![b'%'; MAX_BYTES + 1]),
            Err(BadAttachment::TooLarge(_))
        ));
        assert!(Attachment::read("a.docx", b"PK\x03\x04").is_ok());
    }
}
