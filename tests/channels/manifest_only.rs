//! A channel that is only an HTTP call is added without Rust: a manifest and a folder of templates.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use kasnec::channels::Registry;
use kasnec::item::{Content, Kinds, Translation};
use kasnec::manifest::Manifest;
use kasnec::receipt::{Object, Phase};
use kasnec::render::{Act, ActKind, Post, Renderer, Request};
use serde_json::json;
use wiremock::matchers::{body_json, method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::support::{Bench, drive, lang, noon, office, publish};

/// What somebody who writes no Rust puts into two files.
const MANIFEST: &str = r#"
id = "slack"
driver = "http"
label = { sq = "Slack i redaksive", en = "The newsrooms' Slack" }

[parts.text]
template = "text.hbs"
limit = 3000

[secrets.hook]
label = { sq = "Adresa e fshehtë", en = "Secret address" }
required = true

[http.publish]
url = "{{secrets.hook}}"
headers = { Content-Type = "application/json" }
body = '{"text": {{json parts.text}}}'
success_status = [200]
"#;
const TEMPLATE: &str = "{{title}}\n{{url}}\n";

#[tokio::test]
async fn a_channel_is_added_by_a_manifest_and_a_template_folder_alone() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "channels/slack.toml", MANIFEST);
    write(folder.path(), "templates/slack/text.hbs", TEMPLATE);
    let server = MockServer::start().await;
    Mock::given(method("POST"))
        .and(path("/services/T0/B0/geheim"))
        .and(body_json(
            json!({ "text": "Uji ndalet të martën\nhttps://njoftime.kacanik.example:8443/n/uji" }),
        ))
        .respond_with(ResponseTemplate::new(200).set_body_string("ok"))
        .expect(1)
        .mount(&server)
        .await;

    let manifest = Manifest::parse("slack.toml", &read(folder.path(), "channels/slack.toml")).unwrap();
    let template = ("slack/text.hbs".to_owned(), read(folder.path(), "templates/slack/text.hbs"));
    let renderer = Renderer::new([template]).unwrap();
    renderer.covers(&manifest).unwrap();
    let mut job = publish(said(&renderer, &manifest));
    let hook = format!("{}/services/T0/B0/geheim", server.uri());
    let mut bench = Bench::new();
    bench.tools.renderer = Arc::new(renderer);
    let driver = bench.driver(&manifest, &[], &[("hook", &hook)]);
    assert!(driver.check().await.wrong.is_empty());
    assert_eq!(
        drive(&*driver, &mut job).await.unwrap(),
        [Object::new("post", Phase::Public, &job.key)]
    );
}

#[test]
fn a_driver_that_does_not_exist_is_named_with_those_that_do() {
    let bench = Bench::new();
    let manifest = Manifest::parse("x.toml", &MANIFEST.replace("\"slack\"", "\"x\"").replace("\"http\"", "\"telefax\"")).unwrap();
    let account = kasnec::channels::Account {
        name: "x".to_owned(),
        office: office(),
        settings: BTreeMap::new(),
        secrets: BTreeMap::new(),
    };
    let Err(error) = Registry::default().make(&manifest, account, &bench.tools) else {
        panic!("there is no such driver")
    };
    let message = error.to_string();
    assert!(
        message.contains("\"telefax\"") && message.contains("http") && message.contains("outbox"),
        "{message}"
    );
}

fn said(renderer: &Renderer, manifest: &Manifest) -> Post {
    let kinds = Kinds::parse([("k.toml", "[news]\nplan = []\nunit = \"IO\"\nlabel = { sq = \"Lajm\" }\n")]).unwrap();
    let act = Act {
        kind: ActKind::Publish,
        reason: None,
        at: noon(),
        revision: 1,
        previous_event: None,
    };
    renderer
        .render(&Request {
            office: &office(),
            kinds: &kinds,
            manifest,
            content: &news(),
            act: &act,
            languages: &[lang("sq")],
            slug: "uji",
        })
        .unwrap()
}

fn news() -> Content {
    let words = Translation {
        title: "Uji ndalet të martën".to_owned(),
        markdown: String::new(),
        html: String::new(),
        text: String::new(),
    };
    Content {
        kind: "news".to_owned(),
        reference: "KK-2026-1".to_owned(),
        release: None,
        tags: vec![],
        facts: BTreeMap::new(),
        translations: BTreeMap::from([(lang("sq"), words)]),
        attachments: vec![],
    }
}

fn write(root: &Path, file: &str, text: &str) {
    let path = root.join(file);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

fn read(root: &Path, file: &str) -> String {
    fs::read_to_string(root.join(file)).unwrap()
}
