//! Facebook, as the sandbox stands in for it.

use kasnec::http::{Limits, Method, Outbound};
use kasnec::sandbox::facebook::{Options, start};
use serde_json::Value;

use super::{Asks, Remote, game};
use crate::bureau::{Bureau, Plan, slow_clock};
use crate::outcome::{Length, Outcome};
use crate::proxy::Proxy;

/// What Graph says when something broke inside (arsduo/koala#699 has it word for word).
pub const ERROR: &str =
    r#"{"error":{"message":"An unexpected error has occurred. Please retry your request later.","type":"OAuthException","code":2}}"#;

struct Facebook {
    proxy: Proxy,
    sandbox: String,
}

impl Remote for Facebook {
    fn name(&self) -> &'static str {
        "ambiguous answers: Facebook (sandbox)"
    }
    fn asks(&self) -> Asks {
        Asks::Never
    }
    fn can_change(&self) -> bool {
        true
    }
    fn rage(&self, seed: u64) {
        self.proxy.rage(seed);
    }
    fn calm(&self) {
        self.proxy.calm();
    }
    fn ambiguous(&self) -> u64 {
        self.proxy.ambiguous()
    }
    fn lost(&self) -> u64 {
        self.proxy.lost()
    }
    async fn standing(&self) -> Vec<String> {
        public_posts(&self.sandbox).await
    }
}

pub async fn play(length: Length, seed: u64) -> Outcome {
    let sandbox = start(Options::default()).await.unwrap();
    has_patience(&sandbox.url()).await;
    let proxy = Proxy::before(&sandbox.url(), ERROR);
    let plan = Plan {
        accounts: accounts(&proxy.url),
        secrets: &SECRETS,
        haste: 100,
        patience: 1,
        ..Plan::default()
    };
    let bureau = Bureau::open(slow_clock(), &plan).await;
    let remote = Facebook {
        proxy,
        sandbox: sandbox.url(),
    };
    let outcome = game(bureau, &remote, length.pick(12, 1_000), seed).await;
    sandbox.shutdown().await;
    outcome
}

/// The office lives through months in minutes; the sandbox, whose clock is the true one, would find the calls of months in one day too many.
async fn has_patience(sandbox: &str) {
    let http = Outbound::new(Limits::default()).unwrap();
    let request = http.to_account(Method::POST, &format!("{sandbox}/_sandbox/settings")).unwrap();
    let reply = http.call(request.json(&serde_json::json!({"usage_percent": 1}))).await.unwrap();
    assert!(reply.is_success(), "{}", reply.text());
}

/// What the sandbox takes.
pub const SECRETS: [(&str, &str, &str); 2] = [
    ("facebook", "page_token", "EAASandboxPageToken"),
    ("facebook", "app_secret", "sandbox-app-secret"),
];

/// An account on a Graph API at that address.
pub fn accounts(url: &str) -> String {
    format!(
        "[offices.k.accounts.facebook]\nspacing_seconds = 0\ndaily = 0\nparallel = 8\ngrace_seconds = 300\n\
         settings.page_id = \"104820000000777\"\nsettings.app_id = \"918270000000111\"\n\
         settings.graph_url = \"{url}\"\nsettings.video_url = \"{url}\"\nsettings.dialog_url = \"{url}\"\n"
    )
}

/// The texts of the posts that the Page shows.
pub async fn public_posts(sandbox: &str) -> Vec<String> {
    let door = Outbound::new(Limits::default()).unwrap();
    let asked = door.to_account(Method::GET, &format!("{sandbox}/_sandbox/posts")).unwrap();
    let wall: Value = door.call(asked).await.unwrap().json().unwrap();
    wall["posts"].as_array().unwrap().iter().filter_map(message_of_public).collect()
}

/// What a post says, if the Page shows it.
pub fn message_of_public(post: &Value) -> Option<String> {
    (post["state"] == "published").then(|| post["message"].as_str().unwrap_or_default().to_owned())
}
