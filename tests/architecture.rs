//! The rules of `docs/ARCHITECTURE.md`, held against the source. Each test names the rule and every place that breaks it.
#![allow(clippy::unwrap_used, reason = "a page or a source that cannot be read ends the test")]

#[path = "architecture/source.rs"]
mod source;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use kasnec::receipt::State;
use kasnec::settings::{Base, load};
use source::{Place, Source, files, root, shown, sources};

/// From the top down: a module uses only what stands in a later line.
const LAYERS: [&[&str]; 11] = [
    &["main", "lib"],
    &["cli"],
    &["web", "sandbox"],
    &["alarm"],
    &["register", "keep"],
    &["deliver", "acts", "verify"],
    &["system"],
    &["store", "channels"],
    &["connect", "render", "schedule", "rules"],
    &["http", "mail", "vault", "clock", "manifest", "settings", "assets", "ports"],
    &["durable", "receipt", "item"],
];

/// Where each outside crate lives; `*` for what is used like the standard library.
const HOMES: [(&str, &[&str]); 53] = [
    ("ammonia", &["src/item/markup.rs"]),
    ("askama", &["src/web/", "src/register/report/"]),
    ("async_trait", &["*"]),
    ("axum", &["src/web/", "src/sandbox/"]),
    ("base64", &["*"]),
    ("chacha20poly1305", &["src/vault.rs"]),
    ("chrono", &["*"]),
    ("chrono_tz", &["*"]),
    ("clap", &["src/cli/"]),
    ("comfy_table", &["src/cli/"]),
    ("comrak", &["src/item/markup.rs"]),
    ("config", &["src/settings.rs"]),
    ("flate2", &["src/web/"]),
    ("fluent_templates", &["src/render/"]),
    ("futures", &["src/http", "src/web/", "src/keep/", "src/mail/postman.rs"]),
    ("handlebars", &["src/render/"]),
    ("hex", &["*"]),
    ("hmac", &["src/connect/", "src/sandbox/"]),
    ("hyper", &["src/web/listen.rs"]),
    ("hyper_util", &["src/web/listen.rs"]),
    ("icalendar", &["src/register/ical.rs"]),
    ("icu_calendar", &["src/render/"]),
    ("icu_datetime", &["src/render/"]),
    ("icu_locale_core", &["src/render/"]),
    ("image", &["src/item/picture.rs", "src/sandbox/"]),
    ("indicatif", &["src/cli/"]),
    ("lettre", &["src/mail/"]),
    ("notify", &["src/cli/"]),
    ("oauth2", &["src/connect/"]),
    ("qrcode", &["src/channels/board.rs"]),
    ("rand", &["src/deliver/", "src/vault.rs"]),
    ("reqwest", &["src/http"]),
    ("rpassword", &["src/cli/"]),
    ("rusqlite", &["src/store/"]),
    ("rust_embed", &["src/assets.rs"]),
    ("rustix", &["src/clock/machine.rs", "src/keep/disk.rs"]),
    ("rustls", &["src/http.rs"]),
    ("serde", &["*"]),
    ("serde_json", &["*"]),
    ("sha2", &["*"]),
    ("sqlx", &["src/store/"]),
    ("strsim", &["src/item/"]),
    ("subtle", &["src/connect/"]),
    ("thiserror", &["*"]),
    ("tokio", &["*"]),
    ("toml", &["src/item/", "src/manifest.rs", "src/rules/"]),
    ("tracing", &["*"]),
    ("tracing_subscriber", &["src/cli/"]),
    ("typst", &["src/register/report/pdf.rs"]),
    ("typst_assets", &["src/register/report/pdf.rs"]),
    ("typst_pdf", &["src/register/report/pdf.rs"]),
    ("url", &["*"]),
    ("uuid", &["src/channels/", "src/sandbox/"]),
];

/// What is handed everything and asks nothing: no time, no file, no network.
const PURE: [&str; 5] = ["item", "rules", "schedule", "render", "receipt"];
const IMPURE: [&str; 10] = [
    "async",
    "await",
    "tokio",
    "reqwest",
    "std::fs",
    "std::net",
    "std::env",
    "std::process",
    "std::thread",
    "std::time::Instant",
];

/// What must not know any channel, and the two places that may: the sample office is on named channels.
const GENERIC: [&str; 8] = ["deliver", "verify", "web", "cli", "acts", "store", "schedule", "render"];
const NAMES_CHANNELS: [&str; 2] = ["src/cli/sample.rs", "src/cli/sandbox.rs"];

/// The sandbox is a remote service with a clock of its own.
const CLOCKS: [&str; 2] = ["src/clock/machine.rs", "src/sandbox/facebook/clock.rs"];

const LONGEST: usize = 500;

#[test]
fn modules_use_each_other_only_downwards() {
    let allowed = siblings_allowed();
    let mut broken = Vec::new();
    let mut needed = BTreeSet::new();
    for source in sources().iter().filter(|source| !matches!(source.module.as_str(), "lib" | "main")) {
        let from = layer(&source.module).unwrap_or_else(|| panic!("{}: give the module its layer in tests/architecture.rs", source.path));
        for place in source.uses() {
            let Some(to) = layer(&place.what) else { continue };
            let pair = (source.module.clone(), place.what.clone());
            if to == from && allowed.contains(&pair) {
                needed.insert(pair);
            } else if to <= from {
                broken.push(place);
            }
        }
    }
    none(
        "a module uses only modules below it (docs/ARCHITECTURE.md, \"Who may use whom\")",
        &broken,
    );
    let stale: Vec<_> = allowed.difference(&needed).collect();
    assert!(
        stale.is_empty(),
        "docs/ARCHITECTURE.md allows what nobody needs any more: {stale:?}"
    );
}

#[test]
fn the_sandbox_shares_nothing_with_what_it_stands_in_for() {
    let sandbox = sources().iter().filter(|source| source.module == "sandbox");
    let broken: Vec<Place> = sandbox.flat_map(Source::uses).collect();
    none("the sandbox uses no module of Kasnec: a shared mistake would hide itself", &broken);
}

#[test]
fn each_outside_crate_has_one_home() {
    let manifest: toml::Table = fs::read_to_string(root().join("Cargo.toml")).unwrap().parse().unwrap();
    let declared: BTreeSet<String> = manifest["dependencies"]
        .as_table()
        .unwrap()
        .keys()
        .map(|name| name.replace('-', "_"))
        .collect();
    let homes: BTreeMap<&str, &[&str]> = HOMES.into_iter().collect();
    let known: BTreeSet<String> = homes.keys().map(ToString::to_string).collect();
    assert_eq!(
        declared, known,
        "HOMES in tests/architecture.rs names the home of every dependency of Cargo.toml, and of no other"
    );
    let mut broken = Vec::new();
    for source in sources() {
        for (name, homes) in &homes {
            let ours = source.code.contains(&format!("mod {name};"));
            if !ours && !homes.iter().any(|home| *home == "*" || source.path.starts_with(home)) {
                broken.extend(source.places(&format!("{name}::")));
            }
        }
    }
    none(
        "an outside crate is used in its home alone (HOMES in tests/architecture.rs)",
        &broken,
    );
}

#[test]
fn the_pure_modules_neither_wait_nor_ask() {
    let mut broken = Vec::new();
    for source in sources().iter().filter(|source| PURE.contains(&source.module.as_str())) {
        broken.extend(IMPURE.iter().flat_map(|word| source.places(word)));
    }
    none(
        "item, rules, schedule, render and receipt have no async and no I/O: what they need is handed to them",
        &broken,
    );
}

/// What must not be compared letter by letter: how long that takes would tell how many of them are right.
const SECRETS: [&str; 6] = ["token", "secret", "password", "hmac", "signature", "csrf"];

#[test]
fn no_secret_is_compared_letter_by_letter() {
    let mut broken = Vec::new();
    for source in sources() {
        for (nth, line) in source.code.lines().enumerate() {
            for (at, operator) in line.match_indices("==").chain(line.match_indices("!=")) {
                let before = line[..at].trim_end().rsplit(|c: char| c.is_whitespace()).next().unwrap_or_default();
                let after = line[at + operator.len()..]
                    .trim_start()
                    .split(|c: char| c.is_whitespace())
                    .next()
                    .unwrap_or_default();
                let secret = |side: &str| {
                    let name = side
                        .trim_end_matches(['(', ')', ';', ',', '{'])
                        .rsplit(['.', '&', '(', ':'])
                        .find(|word| !word.is_empty())
                        .unwrap_or_default();
                    let content = name.chars().all(|c| c.is_lowercase() || c == '_') && !side.contains(".len()") && !side.contains(".is_");
                    content
                        && SECRETS
                            .iter()
                            .any(|word| name.split('_').any(|part| part.trim_end_matches('s') == *word))
                };
                if secret(before) || secret(after) {
                    broken.push(Place {
                        at: format!("{}:{}", source.path, nth + 1),
                        what: line.trim().to_owned(),
                    });
                }
            }
        }
    }
    none(
        "secrets are looked up by their hash, or compared with `subtle` or `verify_slice`",
        &broken,
    );
}

#[test]
fn generic_code_names_no_channel() {
    let channels: Vec<String> = files("channels")
        .iter()
        .map(|path| path.file_stem().unwrap().to_string_lossy().into_owned())
        .collect();
    assert!(channels.iter().any(|id| id == "facebook"), "the manifests are read: {channels:?}");
    let mut broken = Vec::new();
    for source in sources() {
        if !GENERIC.contains(&source.module.as_str()) || NAMES_CHANNELS.contains(&source.path.as_str()) {
            continue;
        }
        let named = source.literals.iter().filter(|(_, text)| channels.contains(text));
        broken.extend(named.map(|(line, text)| Place {
            at: format!("{}:{line}", source.path),
            what: format!("\"{text}\""),
        }));
    }
    none(
        "generic code sees channels only through the registry and their manifests: it names none",
        &broken,
    );
}

#[test]
fn the_system_clock_is_read_in_one_place() {
    let mut broken = Vec::new();
    for source in sources().iter().filter(|source| !CLOCKS.contains(&source.path.as_str())) {
        broken.extend(
            ["Utc::now", "Local::now", "SystemTime::now", "clock_gettime"]
                .iter()
                .flat_map(|word| source.places(word)),
        );
    }
    none("time is a value: the system clock is read in src/clock/machine.rs alone", &broken);
}

#[test]
fn nothing_outside_the_tests_may_panic() {
    let words = [
        ".unwrap()",
        ".expect(",
        "panic!",
        "todo!",
        "unimplemented!",
        "unreachable!",
        "dbg!",
        "unsafe {",
    ];
    let broken: Vec<Place> = sources()
        .iter()
        .flat_map(|source| words.iter().flat_map(|word| source.places(word)))
        .collect();
    none(
        "no unwrap, expect, panic, todo or unsafe outside tests: a failure is a value",
        &broken,
    );
}

#[test]
fn no_file_is_longer_than_can_be_read_in_one_go() {
    let all = ["src", "tests", "benches"].into_iter().flat_map(files);
    let rust = all.filter(|path| path.extension().is_some_and(|ending| ending == "rs"));
    let mut lengths: Vec<(usize, String)> = rust
        .map(|path| (fs::read_to_string(&path).unwrap().lines().count(), shown(&path)))
        .collect();
    lengths.sort();
    println!("the longest files: {:?}", lengths.iter().rev().take(5).collect::<Vec<_>>());
    let broken: Vec<_> = lengths.iter().filter(|(lines, _)| *lines > LONGEST).collect();
    assert!(broken.is_empty(), "no file is longer than {LONGEST} lines: {broken:?}");
}

#[test]
fn nothing_names_a_registry_or_a_path_of_somebodys_machine() {
    let registries = [
        ["crates", ".io"],
        ["pypi", ".org"],
        ["npmjs", ".org"],
        ["debian", ".org/debian"],
        ["pythonhosted", ".org"],
    ];
    let machines = [["/ro", "ot/"], ["/ho", "me/"], ["/wo", "rk/"], ["/tm", "p/wt-"]];
    let forbidden: Vec<String> = registries.iter().chain(&machines).map(|parts| parts.concat()).collect();
    let mut broken = Vec::new();
    for path in ours() {
        let Ok(text) = fs::read_to_string(&path) else { continue };
        for (number, line) in text.lines().enumerate() {
            let named = forbidden.iter().filter(|word| line.contains(word.as_str()));
            broken.extend(named.map(|word| Place {
                at: format!("{}:{}", shown(&path), number + 1),
                what: word.clone(),
            }));
        }
    }
    none(
        "nothing names a package registry's address or a path of the machine it was written on",
        &broken,
    );
}

#[test]
fn docs_states_md_has_the_words_of_the_code() {
    let text = fs::read_to_string(root().join("docs/states.md")).unwrap();
    let words: Vec<&str> = State::ALL.iter().map(|state| state.word()).collect();
    assert_eq!(
        first_column(&text, "## The states"),
        words,
        "the table of states in docs/states.md is State::ALL, in its order"
    );
    let (_, diagram) = text.split_once("```mermaid").unwrap();
    let (diagram, _) = diagram.split_once("```").unwrap();
    let drawn: BTreeSet<&str> = diagram
        .lines()
        .filter(|line| line.contains("-->"))
        .flat_map(ends)
        .filter(|end| *end != "[*]")
        .collect();
    let known: BTreeSet<String> = words.iter().map(|word| word.replace(' ', "_")).collect();
    assert_eq!(
        drawn,
        known.iter().map(String::as_str).collect(),
        "the diagram in docs/states.md draws every state, and no other"
    );
    let changes = first_column(&text, "## Every change");
    let unknown: Vec<_> = changes
        .iter()
        .flat_map(|cell| cell.split(" → "))
        .filter(|word| *word != "–" && !words.contains(word))
        .collect();
    assert!(
        !changes.is_empty() && unknown.is_empty(),
        "the changes in docs/states.md name states that there are not: {unknown:?}"
    );
}

#[test]
fn docs_configuration_md_has_every_setting_with_its_default() {
    let text = fs::read_to_string(root().join("docs/CONFIGURATION.md")).unwrap();
    let mut missing = Vec::new();
    for (key, default, _) in load(Base::Text("")).unwrap().origins {
        let row = text.lines().find(|line| line.starts_with(&format!("| `{key}` |")));
        if !row.is_some_and(|row| row.contains(&default)) {
            missing.push(format!("{key} = {default}"));
        }
    }
    assert!(
        missing.is_empty(),
        "docs/CONFIGURATION.md lacks these, or has another default: {missing:?}"
    );
}

#[test]
fn docs_configuration_md_has_every_key_of_an_office() {
    let text = fs::read_to_string(root().join("docs/CONFIGURATION.md")).unwrap();
    let mut missing = Vec::new();
    for (table, written) in [("", ""), ("mail", "mail."), ("units.KEY", "units.KEY."), ("accounts.NAME", "")] {
        let table = format!("offices.x.{table}");
        let wrong = format!("[{}]\nno_such_key = 1\n", table.trim_end_matches('.'));
        let told = load(Base::Text(&wrong)).unwrap_err().to_string();
        let (_, listed) = told.split_once("expected one of ").unwrap();
        let (listed, _) = listed.split_once(" for key ").unwrap();
        let known: Vec<&str> = listed.split(", ").map(|key| key.trim_matches('`')).collect();
        let tables = ["units", "accounts", "mail"];
        let keys = known.iter().filter(|key| !table.ends_with('.') || !tables.contains(key));
        let row = |key: &str| format!("| `{written}{key}");
        missing.extend(
            keys.map(|key| row(key))
                .filter(|row| !text.lines().any(|line| line.starts_with(row))),
        );
    }
    assert!(missing.is_empty(), "docs/CONFIGURATION.md does not describe these: {missing:?}");
}

#[test]
fn docs_api_md_has_every_address() {
    let text = fs::read_to_string(root().join("docs/API.md")).unwrap();
    let routes = sources()
        .iter()
        .filter(|source| source.path == "src/web/api/mod.rs")
        .flat_map(|source| &source.literals);
    let routes: Vec<&String> = routes.map(|(_, route)| route).filter(|route| route.starts_with('/')).collect();
    assert!(
        routes.iter().any(|route| *route == "/items"),
        "the API's routes are read: {routes:?}"
    );
    let missing: Vec<_> = routes.iter().filter(|route| !text.contains(&format!(" /api{route}"))).collect();
    assert!(missing.is_empty(), "docs/API.md does not describe these: {missing:?}");
}

#[test]
fn the_reader_of_sources_sees_code_and_nothing_else() {
    let text = "use crate::{store::Store, item};\n// crate::web\nlet a = \"crate::cli \\\" x\"; let c = '\"';\nuse super::super::acts::x;\n#[cfg(test)]\nuse crate::sandbox;\n";
    let source = Source::of("src/deliver/drive.rs", text);
    let used: Vec<String> = source
        .uses()
        .into_iter()
        .map(|place| format!("{} {}", place.at, place.what))
        .collect();
    assert_eq!(
        used,
        [
            "src/deliver/drive.rs:1 store",
            "src/deliver/drive.rs:1 item",
            "src/deliver/drive.rs:4 acts"
        ]
    );
    assert_eq!(source.literals, [(3, "crate::cli \\\" x".to_owned())]);
    assert_eq!(
        Source::of("src/web/mod.rs", "let x = axum::serve(); my_axum::y; r#\"axum::\"#;")
            .places("axum::")
            .len(),
        1
    );
}

/// Fails with the rule and its breaches.
fn none(rule: &str, broken: &[Place]) {
    let lines: Vec<String> = broken.iter().map(|place| format!("  {}  {}", place.at, place.what)).collect();
    assert!(broken.is_empty(), "broken rule: {rule}\n{}", lines.join("\n"));
}

fn layer(module: &str) -> Option<usize> {
    LAYERS.iter().position(|layer| layer.contains(&module))
}

/// The lines "- `a` uses `b`: reason" of docs/ARCHITECTURE.md.
fn siblings_allowed() -> BTreeSet<(String, String)> {
    let text = fs::read_to_string(root().join("docs/ARCHITECTURE.md")).unwrap();
    let lines = text.lines().filter_map(|line| line.strip_prefix("- `")?.split_once("` uses `"));
    lines
        .filter_map(|(from, rest)| Some((from.to_owned(), rest.split_once("`: ")?.0.to_owned())))
        .collect()
}

/// What is written by us: not what is built, fetched or kept, and not the lock file, which must name its registry.
fn ours() -> Vec<std::path::PathBuf> {
    let entries = fs::read_dir(root()).unwrap().flatten().filter(|entry| {
        let name = entry.file_name();
        !["target", "data", ".git", "Cargo.lock"].iter().any(|other| name == *other)
    });
    entries
        .flat_map(|entry| {
            if entry.path().is_dir() {
                files(&entry.file_name().to_string_lossy())
            } else {
                vec![entry.path()]
            }
        })
        .collect()
}

/// The words in the first column of the table below a heading.
fn first_column(text: &str, heading: &str) -> Vec<String> {
    let (_, below) = text
        .split_once(heading)
        .unwrap_or_else(|| panic!("docs/states.md has no heading \"{heading}\""));
    let section = below.split("\n## ").next().unwrap();
    let rows = section.lines().filter(|line| line.starts_with('|')).skip(2);
    rows.map(|row| row.split('|').nth(1).unwrap().trim().replace('`', "")).collect()
}

/// Both ends of an arrow of the diagram.
fn ends(line: &str) -> Vec<&str> {
    let (from, to) = line.split_once("-->").unwrap();
    vec![from.trim(), to.split(':').next().unwrap().trim()]
}
