//! Addresses: ASCII slugs that stay what they were, and the item's and files' canonical URLs.

use sha2::{Digest, Sha256};

use crate::item::{Attachment, Content, Office};

/// The longest a slug may be.
const MAX: usize = 80;

/// The item's slug: its reference, then the title in the office's first language, at most 80 ASCII characters.
pub fn slug(office: &Office, content: &Content) -> String {
    let title = content
        .languages(&office.languages)
        .first()
        .and_then(|lang| content.translations.get(lang))
        .map_or("", |t| t.title.as_str());
    let reference = ascii(&content.reference);
    let reference = if reference.is_empty() || reference.len() > MAX {
        unmistakable(&reference, &content.reference)
    } else {
        reference
    };
    cut(&format!("{reference}-{}", ascii(title)))
}

/// The page of an item.
pub fn item_url(office: &Office, slug: &str) -> String {
    format!("{}/n/{slug}", office.public_url.trim_end_matches('/'))
}

/// A file's address.
pub fn file_url(office: &Office, file: &Attachment) -> String {
    let base = office.public_url.trim_end_matches('/');
    format!("{base}/files/{}/{}", file.sha256, url_encode(&file.name))
}

/// Percent-encodes all but the unreserved characters (RFC 3986 § 2.3).
pub fn url_encode(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            out.push(char::from(byte));
        } else {
            out.push('%');
            out.push_str(&hex::encode_upper([byte]));
        }
    }
    out
}

/// Two long or symbol-only references must not share a slug, so their hash goes along.
fn unmistakable(ascii: &str, reference: &str) -> String {
    let hash = hex::encode(Sha256::digest(reference));
    format!("{}-{}", &ascii[..ascii.len().min(MAX - 9)], &hash[..8])
        .trim_matches('-')
        .to_owned()
}

fn cut(slug: &str) -> String {
    let slug = slug.trim_matches('-');
    if slug.len() <= MAX {
        return slug.to_owned();
    }
    let end = if slug.as_bytes()[MAX] == b'-' {
        MAX
    } else {
        slug[..MAX].rfind('-').unwrap_or(MAX)
    };
    slug[..end].trim_matches('-').to_owned()
}

fn ascii(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars().flat_map(char::to_lowercase) {
        if c.is_ascii_alphanumeric() {
            out.push(c);
        } else if let Some(latin) = latin(c) {
            out.push_str(latin);
        } else if !matches!(c, '\u{300}'..='\u{36f}' | '’' | '\'') && !out.is_empty() && !out.ends_with('-') {
            out.push('-');
        }
    }
    out.trim_end_matches('-').to_owned()
}

/// Albanian, South Slavic, Turkish and the commonest other letters in plain Latin.
fn latin(c: char) -> Option<&'static str> {
    Some(match c {
        'â' | 'á' | 'à' | 'ä' | 'а' => "a",
        'б' => "b",
        'ç' | 'č' | 'ć' | 'ч' | 'ћ' | 'ц' => "c",
        'д' => "d",
        'đ' | 'ђ' => "dj",
        'џ' => "dz",
        'ë' | 'é' | 'è' | 'ê' | 'э' | 'е' => "e",
        'ф' => "f",
        'ğ' | 'г' | 'ѓ' => "g",
        'х' => "h",
        'ı' | 'î' | 'í' | 'и' | 'і' => "i",
        'ј' | 'й' => "j",
        'к' | 'ќ' => "k",
        'л' => "l",
        'љ' => "lj",
        'м' => "m",
        'ñ' | 'н' => "n",
        'њ' => "nj",
        'ö' | 'ó' | 'ô' | 'о' => "o",
        'п' => "p",
        'р' => "r",
        'š' | 'ş' | 'ш' | 'с' => "s",
        'ß' => "ss",
        'щ' => "st",
        'т' => "t",
        'ü' | 'ú' | 'û' | 'у' => "u",
        'в' => "v",
        'ž' | 'ж' | 'з' | 'ѕ' => "z",
        _ => return None,
    })
}
