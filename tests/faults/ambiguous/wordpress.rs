//! A real WordPress.

use serde_json::Value;

use super::{Asks, Remote, game};
use crate::bureau::{Bureau, Plan, slow_clock};
use crate::outcome::{Length, Outcome};
use crate::proxy::Proxy;
use crate::wordpress::{WordPress, wordpress};

/// What WordPress says when something broke inside.
const ERROR: &str = r#"{"code":"internal_server_error","message":"<p>There has been a critical error on this website.</p>","data":{"status":500},"additional_errors":[]}"#;

struct Site(Proxy);

impl Remote for Site {
    fn name(&self) -> &'static str {
        "ambiguous answers: WordPress"
    }
    fn asks(&self) -> Asks {
        Asks::Never
    }
    fn can_change(&self) -> bool {
        true
    }
    fn rage(&self, seed: u64) {
        self.0.rage(seed);
    }
    fn calm(&self) {
        self.0.calm();
    }
    fn ambiguous(&self) -> u64 {
        self.0.ambiguous()
    }
    fn lost(&self) -> u64 {
        self.0.lost()
    }
    async fn standing(&self) -> Vec<String> {
        public_posts(wordpress()).await
    }
}

pub async fn play(length: Length, seed: u64) -> Outcome {
    let site = tokio::task::spawn_blocking(wordpress).await.unwrap();
    let proxy = Proxy::before(&site.url, ERROR);
    let plan = Plan {
        accounts: format!(
            "[offices.k.accounts.wordpress]\nparallel = 4\ngrace_seconds = 600\nsettings.base_url = \"{}\"\nsettings.username = \"editor\"\n",
            proxy.url
        ),
        secrets: &[("wordpress", "application_password", site.password("editor"))],
        haste: 120,
        patience: 3,
        ..Plan::default()
    };
    let bureau = Bureau::open(slow_clock(), &plan).await;
    game(bureau, &Site(proxy), length.pick(4, 1_000), seed).await
}

/// The titles of the posts that a citizen can see.
pub async fn public_posts(site: &WordPress) -> Vec<String> {
    let mut titles = Vec::new();
    for page in 1.. {
        let posts = site
            .get(&format!("/wp/v2/posts?status=publish&per_page=100&page={page}&_fields=title"))
            .await;
        let Some(Value::Array(posts)) = posts.json() else { break };
        if posts.is_empty() {
            break;
        }
        titles.extend(
            posts
                .iter()
                .map(|post| post["title"]["rendered"].as_str().unwrap_or_default().to_owned()),
        );
    }
    titles
}
