//! The channels that are only an HTTP call: the shipped manifests, and webhooks as an office would write them.

use std::sync::Arc;
use std::time::Duration;

use kasnec::receipt::{FailureCode, State};

use super::{Asks, Remote, game};
use crate::bureau::{Bureau, Plan, slow_clock};
use crate::outcome::{Length, Outcome};
use crate::proxy::{Proxy, Trick};
use crate::recorder::Recorder;

/// What such a remote says when something broke inside.
const ERROR: &str = r#"{"error":"Internal error","message":"Something went wrong"}"#;

/// One channel: its name, what its account is told, and of what temper it is.
struct Temper {
    name: &'static str,
    place: &'static str,
    settings: &'static str,
    asks: Asks,
    can_change: bool,
}

const TEMPERS: [Temper; 5] = [
    Temper {
        name: "ambiguous answers: Telegram",
        place: "telegram",
        settings: "settings.chat_id = \"@k\"\nsettings.api_url = \"URL\"",
        asks: Asks::Always,
        can_change: true,
    },
    // It knows its key for an hour; after that, or after eight answers without sense, a person is asked.
    Temper {
        name: "ambiguous answers: Mastodon",
        place: "mastodon",
        settings: "settings.base_url = \"URL\"",
        asks: Asks::Always,
        can_change: true,
    },
    Temper {
        name: "ambiguous answers: webhook that can be looked into",
        place: "notices",
        settings: "settings.url = \"URL\"",
        asks: Asks::IfAbsent,
        can_change: false,
    },
    Temper {
        name: "ambiguous answers: intake by PUT",
        place: "intake",
        settings: "settings.url = \"URL\"",
        asks: Asks::Never,
        can_change: false,
    },
    Temper {
        name: "ambiguous answers: webhook that cannot be asked",
        place: "hook",
        settings: "settings.url = \"URL\"",
        asks: Asks::Always,
        can_change: false,
    },
];

/// The manifests that are not shipped.
pub const MANIFESTS: [(&str, &str); 3] = [("notices", NOTICES), ("intake", INTAKE), ("hook", HOOK)];

const NOTICES: &str = r#"
id = "notices"
driver = "http"
label = { sq = "Regjistri" }
[parts.text]
template = "text.hbs"
[settings.url]
label = { sq = "Adresa" }
required = true
[http.publish]
method = "POST"
url = "{{settings.url}}/notices"
headers = { Content-Type = "application/json" }
body = '{"text": {{json parts.text}}}'
success_status = [200]
id_pointer = "/id"
[http.find]
method = "GET"
url = "{{settings.url}}/notices"
success_status = [200]
list_pointer = "/notices"
match_pointer = "/text"
id_pointer = "/id"
"#;
const INTAKE: &str = r#"
id = "intake"
driver = "http"
label = { sq = "Ministria" }
[parts.text]
template = "text.hbs"
[settings.url]
label = { sq = "Adresa" }
required = true
[http.publish]
method = "PUT"
url = "{{settings.url}}/intake/{{urlencode key}}"
headers = { Content-Type = "application/json" }
body = '{"text": {{json parts.text}}}'
success_status = [200]
id_pointer = "/id"
"#;
const HOOK: &str = r#"
id = "hook"
driver = "http"
label = { sq = "Redaksia" }
[parts.text]
template = "text.hbs"
[settings.url]
label = { sq = "Adresa" }
required = true
[http.publish]
method = "POST"
url = "{{settings.url}}/hook"
headers = { Content-Type = "application/json" }
body = '{"text": {{json parts.text}}}'
success_status = [200]
success_pointer = "/ok"
"#;

struct Call<'a> {
    temper: &'a Temper,
    proxy: Proxy,
    recorder: Recorder,
}

impl Remote for Call<'_> {
    fn name(&self) -> &'static str {
        self.temper.name
    }
    fn asks(&self) -> Asks {
        self.temper.asks
    }
    fn can_change(&self) -> bool {
        self.temper.can_change
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
        self.recorder.standing(self.temper.place)
    }
}

pub async fn play(length: Length, seed: u64) -> Vec<Outcome> {
    futures::future::join_all(TEMPERS.iter().map(|temper| one(temper, length, seed))).await
}

async fn one(temper: &Temper, length: Length, seed: u64) -> Outcome {
    let clock = slow_clock();
    let recorder = Recorder::start(Arc::clone(&clock) as _);
    let proxy = Proxy::before(&recorder.url, ERROR);
    let account = format!(
        "[offices.k.accounts.{}]\nspacing_seconds = 0\ndaily = 0\nparallel = 8\ngrace_seconds = 300\n",
        temper.place
    );
    let plan = Plan {
        accounts: account + &temper.settings.replace("URL", &proxy.url) + "\n",
        secrets: match temper.place {
            "telegram" => &[("telegram", "bot_token", "8123:AAF")],
            "mastodon" => &[("mastodon", "access_token", "geheim")],
            _ => &[],
        },
        manifests: &MANIFESTS,
        haste: 100,
        patience: 1,
    };
    let bureau = Bureau::open(clock, &plan).await;
    let remote = Call { temper, proxy, recorder };
    game(bureau, &remote, length.pick(10, 1_000), seed).await
}

/// Mastodon remembers a key for an hour. What was sent before, and whose answer was lost in an outage that lasts longer, is not sent again.
#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_the_remote_has_forgotten_makes_no_second_post() {
    let clock = slow_clock();
    let recorder = Recorder::start(Arc::clone(&clock) as _);
    let proxy = Proxy::before(&recorder.url, ERROR);
    let plan = Plan {
        accounts: format!("[offices.k.accounts.mastodon]\nsettings.base_url = \"{}\"\n", proxy.url),
        secrets: &[("mastodon", "access_token", "geheim")],
        haste: 400,
        patience: 1,
        ..Plan::default()
    };
    proxy.next("statuses", Trick::DropAfter);
    for _ in 0..14 {
        proxy.next("statuses", Trick::DropBefore);
    }
    let bureau = Bureau::open(clock, &plan).await;
    bureau.publish("P-1", "NJOFTIMI P-1").await;
    assert!(bureau.settle(Duration::from_mins(1)).await);
    let delivery = bureau.deliveries().await.remove(0);
    assert_eq!(recorder.standing("mastodon").len(), 1, "{delivery:#?}");
    assert_eq!(delivery.state, State::NeedsPerson);
    assert_eq!(delivery.failure.unwrap().code, FailureCode::Unresolved);
}
