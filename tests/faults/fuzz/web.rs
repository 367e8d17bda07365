//! What anybody may ask the site, the feeds and the API: addresses, questions, headers, bodies.

use std::sync::{Arc, OnceLock};

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderName, HeaderValue, Method, Request, Uri};
use hyper::service::Service;
use hyper_util::service::TowerToHyperService;
use kasnec::clock::SystemClock;
use kasnec::ports::{Page, Pages};
use kasnec::settings::{Base, load};
use kasnec::store::people::NewPerson;
use kasnec::store::rows::Role;
use kasnec::system::System;
use kasnec::vault::new_token;
use tempfile::TempDir;
use tokio::runtime::{Builder, Runtime};

use super::Target;

pub const REQUEST: Target = Target {
    name: "request",
    run: request,
    runs: (800, 100_000),
    words: &[
        "GET /",
        "POST /api/items",
        "/n/",
        "/k/mbledhjet",
        "?after=",
        "~",
        "?lang=",
        "/feed/sq.xml",
        "/feed/sq/",
        "/api/due?from=",
        "/api/report?from=2026-01-01&to=",
        "&limit=",
        "&format=pdf",
        "/files/",
        "accept-language: ",
        "sq;q=0.5",
        "if-none-match: ",
        "if-modified-since: ",
        "accept-encoding: gzip;q=",
        "host: ",
        "authorization: Bearer ",
        "authorization: Basic ",
        "/api/deliveries/",
        "/api/items/",
        "%00",
        "%ff",
        "/subscribe",
        "/ledger",
        "2026-11-22",
        "9999-12-31",
        "-9999-01-01",
        "/api/warnings?since=",
    ],
};

/// The office's own configuration, and a token that every request bears unless it brings one.
const SAMPLE: &str = include_str!("../../../samples/kasnec.toml");

struct Site {
    runtime: Runtime,
    service: TowerToHyperService<Router>,
    token: HeaderValue,
    _folder: TempDir,
}

/// The first line is method and address, then headers, then after an empty line the body.
///
/// Nothing that is asked makes the program fail (a 5xx); and every answer bears the headers that keep browsers from harm.
fn request(bytes: &[u8]) {
    static SITE: OnceLock<Site> = OnceLock::new();
    let site = SITE.get_or_init(open);
    let Some(request) = read(bytes, &site.token) else { return };
    let shown = format!("{} {}", request.method(), request.uri());
    let answer = site.runtime.block_on(site.service.call(request)).unwrap();
    assert!(!answer.status().is_server_error(), "{} to {shown}", answer.status());
    assert!(answer.headers().contains_key("content-security-policy"), "{shown}");
    assert_eq!(answer.headers()["x-content-type-options"], "nosniff", "{shown}");
}

fn read(bytes: &[u8], token: &HeaderValue) -> Option<Request<Body>> {
    let split = bytes.windows(2).position(|end| end == b"\n\n");
    let (head, body) = split.map_or((bytes, &[][..]), |at| (&bytes[..at], &bytes[at + 2..]));
    let mut lines = head.split(|byte| *byte == b'\n');
    let first = lines.next()?;
    let space = first.iter().position(|byte| *byte == b' ')?;
    let method = Method::from_bytes(&first[..space]).ok()?;
    let uri = Uri::try_from(&first[space + 1..]).ok()?;
    let mut request = Request::builder().method(method).uri(uri).body(Body::from(body.to_vec())).ok()?;
    request.headers_mut().insert("authorization", token.clone());
    for line in lines.take(50) {
        let Some(at) = line.iter().position(|byte| *byte == b':') else {
            continue;
        };
        if let (Ok(name), Ok(value)) = (
            HeaderName::from_bytes(&line[..at]),
            HeaderValue::from_bytes(line[at + 1..].trim_ascii()),
        ) {
            request.headers_mut().insert(name, value);
        }
    }
    Some(request)
}

fn open() -> Site {
    let folder = tempfile::tempdir().unwrap();
    let runtime = Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let (office, _) = SAMPLE.split_once("[offices.kacanik.accounts.facebook]").unwrap();
    let text = format!(
        "data = \"{}\"\n[server]\nlisten = \"127.0.0.1:0\"\npublic_url = \"https://example.org\"\n{office}",
        folder.path().display()
    );
    let settings = load(Base::Text(&text)).unwrap().settings;
    let (system, token) = runtime.block_on(async {
        let system = Arc::new(System::open(settings, Arc::new(SystemClock)).await.unwrap());
        for nth in 0..30 {
            system.store.put_page("kacanik", &page(nth)).await.unwrap();
        }
        let token = author(&system).await;
        (system, token)
    });
    Site {
        service: TowerToHyperService::new(kasnec::web::router(system)),
        token: HeaderValue::from_str(&format!("Bearer {token}")).unwrap(),
        runtime,
        _folder: folder,
    }
}

async fn author(system: &System) -> String {
    let person = NewPerson {
        login: "arta",
        name: "Arta",
        role: Role::Author,
        lang: "sq",
        os_user: None,
    };
    system.store.add_person("kacanik", &person).await.unwrap();
    let person = system.store.person("kacanik", "arta").await.unwrap().unwrap();
    let (token, hash) = new_token();
    system.store.add_token(&person, "test", &hash).await.unwrap();
    token
}

fn page(nth: i64) -> Page {
    let at = chrono::DateTime::from_timestamp(1_795_000_000 + nth * 60, 0).unwrap();
    Page {
        slug: format!("mbledhja-{nth}"),
        key: format!("key-{nth}"),
        kind: "assembly-meeting".to_owned(),
        category: Some("mbledhjet".to_owned()),
        title: "Mbledhja".to_owned(),
        summary: "Fillimi: e martë".to_owned(),
        body: "<p>Ftohen qytetarët.</p>".to_owned(),
        languages: vec!["sq".to_owned()],
        post_hash: "00".to_owned(),
        withdrawn: false,
        published_at: at,
        updated_at: at,
    }
}
