//! A real WordPress for the length of a test binary: Debian's package, a private `MariaDB`, PHP's own web server.
#![allow(dead_code, reason = "each test binary that includes this file uses its own part of it")]

pub mod proxy;

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;
use std::time::Duration;

use kasnec::http::{Limits, Method, Outbound, Reply};
use serde_json::Value;

use crate::guarded::Guarded;
use crate::ports;

/// Where the install script unpacks WordPress.
const DEPENDENCIES: &str = "/usr/local/lib/kasnec-test-deps";
const START: Duration = Duration::from_mins(1);

/// A WordPress with an editor, an author, a contributor and a subscriber, each named for the role.
pub struct WordPress {
    /// Its address, without a trailing slash.
    pub url: String,
    passwords: BTreeMap<String, String>,
    _server: Guarded,
}

/// The one WordPress of this test binary. It is stopped by its watcher when the process ends.
pub fn wordpress() -> &'static WordPress {
    static ONE: OnceLock<WordPress> = OnceLock::new();
    ONE.get_or_init(WordPress::start)
}

impl WordPress {
    /// Starts one.
    pub fn start() -> Self {
        let (files, port) = (files(), ports::free());
        let url = format!("http://127.0.0.1:{port}");
        let mut server = Guarded::spawn(|home| serve(home, &files, port));
        let people = server.folder().join("people.json");
        let passwords = server.wait_for(START, |_| {
            let text = std::fs::read(&people).ok()?;
            TcpStream::connect((Ipv4Addr::LOCALHOST, port)).ok()?;
            serde_json::from_slice(&text).ok()
        });
        Self {
            url,
            passwords: passwords.unwrap_or_else(|log| panic!("WordPress did not start:\n{log}")),
            _server: server,
        }
    }

    /// The application password of the user with that role.
    pub fn password(&self, role: &str) -> &str {
        &self.passwords[role]
    }

    /// Reads from the REST API as the editor.
    pub async fn get(&self, path: &str) -> Reply {
        self.call("editor", Method::GET, path, None).await
    }

    /// A post, as the editor sees it.
    pub async fn post(&self, id: &str) -> Value {
        self.get(&format!("/wp/v2/posts/{id}?context=edit")).await.json().unwrap()
    }

    /// Whatever a query finds, as the editor sees it.
    pub async fn list(&self, path: &str) -> Vec<Value> {
        let reply = self.get(path).await;
        serde_json::from_slice(&reply.body).unwrap_or_else(|_| panic!("{path}: {}", reply.text()))
    }

    /// Calls the REST API as the user with that role.
    pub async fn call(&self, role: &str, method: Method, path: &str, body: Option<Value>) -> Reply {
        let door = Outbound::new(Limits::default()).unwrap();
        let request = door.to_account(method, &format!("{}/wp-json{path}", self.url)).unwrap();
        let request = request.basic_auth(role, Some(self.password(role)));
        let request = match body {
            Some(body) => request.json(&body),
            None => request,
        };
        door.call(request).await.unwrap()
    }

    /// A page or a file as a citizen gets it.
    pub async fn visit(&self, url: &str) -> Reply {
        let door = Outbound::new(Limits::default()).unwrap();
        door.call(door.to_account(Method::GET, url).unwrap()).await.unwrap()
    }
}

fn files() -> PathBuf {
    let home = std::env::var("KASNEC_TEST_DEPS").unwrap_or_else(|_| DEPENDENCIES.to_owned());
    let files = Path::new(&home).join("usr/share/wordpress");
    assert!(
        files.join("wp-settings.php").exists(),
        "no WordPress in {home}: run tests/support/install-wordpress.sh as root"
    );
    files
}

fn serve(home: &Path, files: &Path, port: u16) -> Command {
    let here = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/support/wordpress");
    let mut command = Command::new("sh");
    command
        .arg(here.join("serve.sh"))
        .arg(here.join("site"))
        .arg(port.to_string())
        .env("KASNEC_TEST_HOME", home)
        .env("KASNEC_TEST_WORDPRESS", files)
        .env("KASNEC_TEST_URL", format!("http://127.0.0.1:{port}"));
    command
}
