//! What the office and its IT write: kinds, rules, manifests, the configuration, templates.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use kasnec::assets;
use kasnec::item::Kinds;
use kasnec::manifest::Manifest;
use kasnec::render::Renderer;
use kasnec::rules::Rules;
use kasnec::settings::{Base, load};
use serde_json::json;

use super::Target;
use super::items::kinds;

pub const KINDS: Target = Target {
    name: "kinds",
    run: |bytes| {
        let text = String::from_utf8_lossy(bytes);
        if let Err(bad) = Kinds::parse([("news.toml", text.as_ref())]) {
            assert!(bad.to_string().contains("news.toml"), "{bad}");
        }
    },
    runs: (600, 100_000),
    words: &[
        "[news]\n",
        "[news.facts]\n",
        "type = \"text\"",
        "label.sq = \"x\"",
        "options = {",
        "after = \"a\"",
        "event = \"start\"",
        "plan = []",
        "unit = \"u\"",
    ],
};

pub const RULES: Target = Target {
    name: "rules",
    run: rules,
    runs: (240, 100_000),
    words: &[
        "[[rule]]\n",
        "[[holiday]]\n",
        "[calendar]\n",
        "date = 2026-11-28",
        "within = \"2 days\"",
        "before",
        "after",
        "\"start\"",
        "working days",
        "kinds = [\"assembly-meeting\"]",
        "channels = [",
        "reading",
        "id = \"a\"",
        "2026-02-30",
        "99999999 days",
        "-1 days",
        "[plan]\n",
        "easter",
    ],
};

pub const MANIFEST: Target = Target {
    name: "manifest",
    run: |bytes| {
        let text = String::from_utf8_lossy(bytes);
        if let Err(bad) = Manifest::parse("press.toml", &text) {
            assert!(bad.to_string().contains("press.toml"), "{bad}");
        }
    },
    runs: (600, 100_000),
    words: &[
        "[http.publish]\n",
        "url = \"{{settings.base}}\"",
        "id = \"press\"",
        "driver = \"http\"",
        "[parts]\n",
        "label = {",
        "success_status = [200]",
        "quiet = [\"22:00\", \"07:00\"]",
    ],
};

pub const SETTINGS: Target = Target {
    name: "settings",
    run: |bytes| {
        let text = String::from_utf8_lossy(bytes);
        if let Err(bad) = load(Base::Text(&text)) {
            assert!(!bad.to_string().is_empty());
        }
    },
    runs: (240, 50_000),
    words: &[
        "[offices.kacanik]\n",
        "[server]\n",
        "listen = \"",
        "public_url = \"",
        "languages = [\"sq\"]",
        "zone = \"Europe/Belgrade\"",
        "[offices.kacanik.accounts.site]\n",
        "store = \"sqlite:",
    ],
};

pub const TEMPLATE: Target = Target {
    name: "template",
    run: template,
    runs: (80, 100_000),
    words: &[
        "{{",
        "}}",
        "{{{",
        "}}}",
        "{{#each list}}",
        "{{/each}}",
        "{{#if a}}",
        "{{else}}",
        "{{/if}}",
        "{{> lines}}",
        "{{#*inline \"x\"}}",
        "{{/inline}}",
        "{{lookup ",
        "{{this}}",
        "../",
        "@index",
        "{{json a}}",
        "{{truncate a 3}}",
        "{{date a \"long\"}}",
        "{{t \"key\"}}",
        "{{~",
        "~}}",
        "{{!--",
        "--}}",
        "{{#with a}}",
        "{{numbered list}}",
        "\\{{",
        "{{#> x}}",
        "{{urlencode a}}",
    ],
};

/// Where it is refused, the message names the file.
fn rules(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    match Rules::parse([("kosovo.toml", text.as_ref())], kinds()) {
        Ok(rules) => assert!(rules.plans().count() + rules.calendars().count() <= 2),
        Err(bad) => assert!(bad.0.0.iter().all(|problem| problem.source.contains("kosovo.toml")), "{bad}"),
    }
}

/// A template of the office says something or is refused, in time: nothing in it loops or calls itself.
fn template(bytes: &[u8]) {
    static SHIPPED: OnceLock<BTreeMap<String, String>> = OnceLock::new();
    let shipped = SHIPPED.get_or_init(|| assets::texts_ending("templates", ".hbs"));
    let text = String::from_utf8_lossy(bytes);
    let partial = shipped
        .iter()
        .filter(|(file, _)| file.starts_with("partials/"))
        .map(|(file, text)| (file.clone(), text.clone()));
    let own = [
        ("press/text.hbs".to_owned(), text.clone().into_owned()),
        ("partials/own.hbs".to_owned(), text.clone().into_owned()),
    ];
    let renderer = Renderer::new(partial.chain(own));
    if let Ok(renderer) = renderer {
        let data = json!({ "a": "<b>&\"", "list": ["një", "dy", {"a": [1, 2, 3]}], "lang": "sq", "n": 3 });
        if let Ok(said) = renderer.fill(&text, &data) {
            assert!(said.len() < 64 * 1024 * 1024, "{} bytes", said.len());
        }
    }
}
