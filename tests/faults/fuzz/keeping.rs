//! What is read back from where it was kept: the ledger's lines, stored contents, backups, sealed secrets; and addresses out of content.

use std::net::IpAddr;
use std::sync::OnceLock;

use kasnec::http::{Limits, Method, Outbound, is_public};
use kasnec::item::Content;
use kasnec::keep::folder;
use kasnec::receipt::chain::{BEGINNING, Line};
use kasnec::render::Post;
use kasnec::store::backup::{Depth, inspect_still};
use kasnec::vault::Vault;
use tempfile::TempDir;
use tokio::runtime::{Builder, Runtime};

use super::Target;

pub const LEDGER: Target = Target {
    name: "ledger",
    run: ledger,
    runs: (1200, 200_000),
    words: &["\n", "\u{2028}", "\"", "\\", "{\"a\":1}", "\u{0}"],
};

pub const STORED: Target = Target {
    name: "stored",
    run: stored,
    runs: (800, 100_000),
    words: &[
        "\"kind\":",
        "\"facts\":",
        "\"instant\":",
        "\"text\":",
        "\"lists\":",
        "\"translations\":",
        "\"attachments\":",
        "\"sq\":",
        "\"at\":",
        "\"zone\":",
    ],
};

pub const BACKUP: Target = Target {
    name: "backup",
    run: backup,
    runs: (120, 5_000),
    words: &[
        "SQLite format 3\0",
        "kasnec-20261122T110000Z.db",
        "\u{0}\u{0}\u{0}\u{1}",
        "CREATE TABLE",
    ],
};

pub const VAULT: Target = Target {
    name: "vault",
    run: vault,
    runs: (300, 200_000),
    words: &[":", "AAAA", "=", "/", "+", "0123abcd"],
};

pub const ADDRESS: Target = Target {
    name: "address",
    run: address,
    runs: (1200, 200_000),
    words: &[
        "http://",
        "https://",
        "127.0.0.1",
        "[::1]",
        "[::ffff:10.0.0.1]",
        "0x7f000001",
        "0177.1",
        "@",
        ":80",
        "localhost",
        "169.254.169.254",
        "%2e",
        "。",
        "[64:ff9b::7f00:1]",
        "[2002:7f00:1::]",
        "\\",
        "#",
        "?",
    ],
};

/// A line is one line of JSON, whatever the office and the person are called.
fn ledger(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes).into_owned();
    let body = serde_json::from_str::<serde_json::Value>(&text).map_or_else(|_| "null".to_owned(), |body| body.to_string());
    let line = Line {
        seq: i64::try_from(bytes.len()).unwrap(),
        at: chrono::DateTime::from_timestamp(1_795_000_000, 0).unwrap(),
        office: text.clone(),
        who: text.clone(),
        act: text.clone(),
        item: Some(1),
        reference: Some(text.clone()),
        delivery: None,
        key: Some(text.clone()),
        body,
    };
    let written = line.text();
    assert!(!written.contains(['\n', '\r']));
    let read: serde_json::Value = serde_json::from_str(&written).unwrap();
    assert_eq!(read["who"], text);
    assert_eq!(line.link(BEGINNING).hash.len(), 64);
}

/// What was kept is read back as it was, or not at all.
fn stored(bytes: &[u8]) {
    if let Ok(content) = serde_json::from_slice::<Content>(bytes) {
        let again: Content = serde_json::from_str(&serde_json::to_string(&content).unwrap()).unwrap();
        assert_eq!(again.hash(), content.hash());
    }
    if let Ok(post) = serde_json::from_slice::<Post>(bytes) {
        let again: Post = serde_json::from_str(&serde_json::to_string(&post).unwrap()).unwrap();
        assert_eq!(again, post);
    }
}

/// A file that is no backup, or a damaged one, is told to be so.
fn backup(bytes: &[u8]) {
    static PLACE: OnceLock<(TempDir, Runtime)> = OnceLock::new();
    let (place, runtime) = PLACE.get_or_init(|| {
        (
            tempfile::tempdir().unwrap(),
            Builder::new_current_thread().enable_all().build().unwrap(),
        )
    });
    let file = place.path().join("backup.db");
    std::fs::write(&file, bytes).unwrap();
    let looked = runtime.block_on(inspect_still(&file, Depth::Quick));
    assert!(looked.is_err(), "{} bytes of nothing were taken for a backup", bytes.len());
    let name = String::from_utf8_lossy(bytes);
    if let Some(made) = folder::made(&name) {
        assert_eq!(folder::made(&folder::name(made)), Some(made), "{name}");
    }
}

/// Nothing but what this vault sealed for that place can be opened.
fn vault(bytes: &[u8]) {
    static VAULT: OnceLock<(TempDir, Vault)> = OnceLock::new();
    let (folder, vault) = VAULT.get_or_init(|| {
        let folder = tempfile::tempdir().unwrap();
        let vault = Vault::open(&folder.path().join("key")).unwrap();
        (folder, vault)
    });
    let text = String::from_utf8_lossy(bytes);
    assert!(vault.open_secret("kacanik/site/token", &text).is_err());
    let sealed = vault.seal(&text, &text).unwrap();
    assert_eq!(vault.open_secret(&text, &sealed).unwrap(), text);
    let file = folder.path().join("other");
    std::fs::write(&file, bytes).unwrap();
    let _ = Vault::open(&file);
}

/// Whatever an address out of content looks like: what is called is the web, without a name or a password, and not inside.
fn address(bytes: &[u8]) {
    static DOOR: OnceLock<Outbound> = OnceLock::new();
    let door = DOOR.get_or_init(|| Outbound::new(Limits::default()).unwrap());
    let text = String::from_utf8_lossy(bytes);
    let Ok(request) = door.to_anyone(Method::GET, &text) else { return };
    let Ok(request) = request.build() else { return };
    let url = request.url();
    assert!(
        matches!(url.scheme(), "http" | "https") && url.username().is_empty() && url.password().is_none(),
        "{url}"
    );
    let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']);
    if let Ok(ip) = host.parse::<IpAddr>() {
        assert!(is_public(ip), "{url}");
    }
}
