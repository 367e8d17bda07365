//! Secrets at rest: XChaCha20-Poly1305 under a key that lives in a file of its own, beside and never inside the database.

use std::fs;
use std::io::Write;
use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use sha2::{Digest, Sha256};

use crate::durable::{self, For};

const NONCE: usize = 24;

/// Seals and opens secrets.
#[derive(Clone)]
pub struct Vault {
    cipher: XChaCha20Poly1305,
    key_id: String,
}

/// Why a secret cannot be sealed or opened.
#[derive(Debug, thiserror::Error)]
pub enum VaultError {
    /// The key file cannot be read or made.
    #[error("the key file {0} cannot be used ({1}); give the program the right to read and write it")]
    KeyFile(String, String),
    /// The key file does not hold a key.
    #[error("the key file {0} does not hold a key; put the right one back from your backup")]
    BadKey(String),
    /// The secret was sealed with another key, or for another place, or was tampered with.
    #[error("the secret cannot be opened: it was changed, or belongs elsewhere; connect the channel again")]
    Sealed,
    /// Another key file was in use when it was sealed.
    #[error(
        "the secret was sealed with the key {0}, but the key file holds {1}; put the key file {0} back from your backup, or connect the \
         channel again"
    )]
    OtherKey(String, String),
}

impl Vault {
    /// Opens the key file, or makes one that only its owner can read.
    pub fn open(file: &Path) -> Result<Self, VaultError> {
        let fail = |e: std::io::Error| VaultError::KeyFile(file.display().to_string(), e.to_string());
        let text = match fs::read_to_string(file) {
            Ok(text) => text,
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => make_key(file).map_err(fail)?,
            Err(e) => return Err(fail(e)),
        };
        let key: [u8; 32] = hex::decode(text.trim())
            .ok()
            .and_then(|bytes| bytes.try_into().ok())
            .ok_or_else(|| VaultError::BadKey(file.display().to_string()))?;
        Ok(Self {
            cipher: XChaCha20Poly1305::new(&key.into()),
            key_id: hex::encode(&Sha256::digest(key)[..4]),
        })
    }

    /// Seals `secret` for the place named by `place` (office, account, field): elsewhere it cannot be opened.
    pub fn seal(&self, place: &str, secret: &str) -> Result<String, VaultError> {
        let nonce: [u8; NONCE] = rand::random();
        let payload = Payload {
            msg: secret.as_bytes(),
            aad: place.as_bytes(),
        };
        let sealed = self.cipher.encrypt(&XNonce::from(nonce), payload).map_err(|_| VaultError::Sealed)?;
        Ok(format!("{}:{}", self.key_id, BASE64.encode([&nonce[..], &sealed[..]].concat())))
    }

    /// Opens what was sealed for that place.
    pub fn open_secret(&self, place: &str, sealed: &str) -> Result<String, VaultError> {
        let (key_id, text) = sealed.split_once(':').ok_or(VaultError::Sealed)?;
        if key_id != self.key_id {
            // What a damaged row holds is not repeated: it could be anything.
            let known = key_id.len() == self.key_id.len() && key_id.bytes().all(|byte| byte.is_ascii_hexdigit());
            return Err(if known {
                VaultError::OtherKey(key_id.to_owned(), self.key_id.clone())
            } else {
                VaultError::Sealed
            });
        }
        let bytes = BASE64.decode(text).map_err(|_| VaultError::Sealed)?;
        let (nonce, sealed) = bytes.split_at_checked(NONCE).ok_or(VaultError::Sealed)?;
        let nonce: [u8; NONCE] = nonce.try_into().map_err(|_| VaultError::Sealed)?;
        let payload = Payload {
            msg: sealed,
            aad: place.as_bytes(),
        };
        let plain = self.cipher.decrypt(&XNonce::from(nonce), payload).map_err(|_| VaultError::Sealed)?;
        String::from_utf8(plain).map_err(|_| VaultError::Sealed)
    }
}

/// A new random token for a program, and the hash that is kept of it.
pub fn new_token() -> (String, String) {
    let token = format!("kasnec_{}", hex::encode(rand::random::<[u8; 32]>()));
    let hash = token_hash(&token);
    (token, hash)
}

/// What is kept of a token. It is random and long, so a plain hash is enough, and looking it up by hash leaks no timing.
pub fn token_hash(token: &str) -> String {
    hex::encode(Sha256::digest(token.as_bytes()))
}

/// Writes a new key beside its place and then links it in, whole or not at all: a killed process leaves no half of a key.
fn make_key(file: &Path) -> std::io::Result<String> {
    durable::make_folder(&durable::above(file), For::Owner)?;
    let text = hex::encode(rand::random::<[u8; 32]>());
    let draft = file.with_extension(hex::encode(rand::random::<[u8; 4]>()));
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let written = options.open(&draft).and_then(|mut key| {
        key.write_all(text.as_bytes())?;
        key.sync_all()
    });
    let linked = written.and_then(|()| fs::hard_link(&draft, file));
    let removed = fs::remove_file(&draft);
    // Secrets sealed with a key whose name was not flushed could never be opened again.
    let linked = linked.and_then(|()| durable::flush_folder(&durable::above(file)));
    match linked.and(removed) {
        Ok(()) => Ok(text),
        // Another process was faster: its key is the one.
        Err(e) if e.kind() == std::io::ErrorKind::AlreadyExists => {
            durable::flush_folder(&durable::above(file))?;
            fs::read_to_string(file)
        }
        Err(e) => Err(e),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_opens_only_with_its_key_and_in_its_place() {
        let folder = tempfile::tempdir().unwrap();
        let vault = Vault::open(&folder.path().join("key")).unwrap();
        let sealed = vault.seal("kacanik/facebook/page_token", "fshehtësi").unwrap();
        assert!(!sealed.contains("fsheht"));
        assert_eq!(vault.open_secret("kacanik/facebook/page_token", &sealed).unwrap(), "fshehtësi");
        assert!(vault.open_secret("kacanik/wordpress/page_token", &sealed).is_err());
        let other = Vault::open(&folder.path().join("other")).unwrap();
        let named = other.open_secret("kacanik/facebook/page_token", &sealed).unwrap_err();
        let sealed_with = sealed.split(':').next().unwrap();
        assert!(matches!(&named, VaultError::OtherKey(with, _) if with == sealed_with), "{named}");
        let bent = sealed.replacen(sealed_with, "no key at all", 1);
        assert!(matches!(
            vault.open_secret("kacanik/facebook/page_token", &bent),
            Err(VaultError::Sealed)
        ));
        let again = Vault::open(&folder.path().join("key")).unwrap();
        assert!(again.open_secret("kacanik/facebook/page_token", &sealed).is_ok());
    }

    #[cfg(unix)]
    #[test]
    fn only_its_owner_can_read_the_key_file() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("deep/key");
        Vault::open(&file).unwrap();
        assert_eq!(fs::metadata(file).unwrap().permissions().mode() & 0o777, 0o600);
    }
}
