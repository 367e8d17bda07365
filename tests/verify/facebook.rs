//! A Page, against the Graph stand-in: what a visitor sees, and what the Page itself says where a visitor sees nothing.

use kasnec::clock::Clock;
use kasnec::receipt::{Doubt, Finding, View};
use kasnec::sandbox::facebook::{Options, Running, start};
use reqwest::Client;
use serde_json::{Value, json};

use super::office::Office;

struct Page {
    office: Office,
    sandbox: Running,
    options: Options,
    client: Client,
}

impl Page {
    async fn published() -> Self {
        let options = Options::default();
        let sandbox = start(options.clone()).await.unwrap();
        let url = sandbox.url();
        let lines = format!(
            "[offices.k.accounts.facebook]\nspacing_seconds = 0\nsettings.page_id = \"{}\"\nsettings.app_id = \"{}\"\nsettings.graph_url = \"{url}\"\n",
            options.page_id, options.app_id
        );
        let office = Office::open("http://127.0.0.1:9", &lines, &[]).await;
        office
            .system
            .put_secret("k", "facebook", "page_token", &options.page_token)
            .await
            .unwrap();
        office
            .system
            .put_secret("k", "facebook", "app_secret", &options.app_secret)
            .await
            .unwrap();
        office.publish("T-1", "Mbledhja e Kuvendit", "Mbledhja mbahet në orën 10:00.").await;
        kasnec::http::use_ring();
        Self {
            office,
            sandbox,
            options,
            client: Client::builder().no_proxy().build().unwrap(),
        }
    }

    async fn conditions(&self, conditions: &[&str]) {
        self.settings(json!({ "conditions": conditions })).await;
    }

    fn control(&self, what: &str) -> String {
        format!("{}/_sandbox/{what}", self.sandbox.url())
    }

    async fn settings(&self, settings: Value) {
        let sent = self.client.post(self.control("settings")).json(&settings).send().await.unwrap();
        assert!(sent.status().is_success());
    }

    /// The next call of whatever kind fails.
    async fn fault(&self) {
        let fault = json!({ "kind": "error", "code": 1, "subcode": 0, "path": "/" });
        let sent = self.client.post(self.control("faults")).json(&fault).send().await.unwrap();
        assert!(sent.status().is_success());
    }

    /// How many such failures nobody has met yet.
    async fn faults(&self) -> usize {
        let answer = self.client.get(self.control("faults")).send().await.unwrap();
        answer.json::<Vec<Value>>().await.unwrap().len()
    }

    /// Somebody with a role on the Page does something to the post.
    async fn somebody(&self, form: &[(&str, &str)]) {
        let post = self.office.newest("facebook").await.remote_id.unwrap();
        let url = format!("{}/v26.0/{post}", self.sandbox.url());
        let request = if form.is_empty() {
            self.client.delete(url)
        } else {
            self.client.post(url).form(form)
        };
        let answer: Value = request
            .bearer_auth(&self.options.page_token)
            .send()
            .await
            .unwrap()
            .json()
            .await
            .unwrap();
        assert_eq!(answer["success"], true, "{answer}");
    }

    async fn last(&self) -> kasnec::receipt::Glance {
        self.office.glances("facebook").await.pop().unwrap().glance
    }
}

#[tokio::test]
async fn a_visitor_who_is_shown_the_post_is_believed() {
    let page = Page::published().await;
    page.office.looks_after(61).await;
    let glance = page.last().await;
    assert_eq!((glance.finding, glance.view), (Finding::Standing, View::Citizen));
    assert!(glance.address.unwrap().starts_with(&page.sandbox.url()));
}

#[tokio::test]
async fn behind_a_sign_in_wall_the_pages_own_record_tells_and_that_is_said() {
    let page = Page::published().await;
    page.conditions(&["sign_in_wall"]).await;
    page.office.looks_after(61).await;
    let glance = page.last().await;
    assert_eq!((glance.finding, glance.view), (Finding::Standing, View::Record));
    page.somebody(&[("message", "Mbledhja mbahet në orën 12:00.")]).await;
    page.office.looks_for_hours(26).await;
    let glance = page.last().await;
    assert_eq!((glance.finding, glance.view), (Finding::Changed, View::Record));
    assert_eq!(page.office.noted("T-1").await, ["seen standing", "seen changed"]);
}

#[tokio::test]
async fn a_deleted_post_and_one_taken_out_of_the_public_are_gone() {
    for form in [&[][..], &[("is_hidden", "true")][..]] {
        let page = Page::published().await;
        page.conditions(&["sign_in_wall"]).await;
        page.somebody(form).await;
        page.office.looks_for_hours(1).await;
        let glance = page.last().await;
        assert_eq!((glance.finding, glance.view), (Finding::Gone, View::Record), "{form:?}: {glance:?}");
        assert_eq!(page.office.disturbed().await, [Finding::Gone]);
    }
}

#[tokio::test]
async fn a_post_on_an_unpublished_page_is_not_called_standing_though_the_page_says_so() {
    let page = Page::published().await;
    page.conditions(&["page_unpublished"]).await;
    page.office.looks_for_hours(8).await;
    let glance = page.last().await;
    assert_eq!((glance.finding, glance.doubt), (Finding::CannotTell, Some(Doubt::Hidden)));
    assert_eq!(page.office.disturbed().await, [Finding::CannotTell]);
}

#[tokio::test]
async fn a_token_that_died_leaves_open_what_stands_behind_the_wall() {
    let page = Page::published().await;
    page.conditions(&["sign_in_wall"]).await;
    let url = page.control("tokens");
    let sent = page
        .client
        .post(url)
        .json(&json!({ "token": "page", "state": "password_changed" }))
        .send()
        .await
        .unwrap();
    assert!(sent.status().is_success(), "{}", sent.text().await.unwrap());
    page.office.looks_for_hours(8).await;
    let glance = page.last().await;
    assert_eq!((glance.finding, glance.doubt), (Finding::CannotTell, Some(Doubt::Wall)));
}

#[tokio::test]
async fn a_look_that_meets_the_edge_of_patience_lets_the_account_rest_and_the_next_look_with_it() {
    let page = Page::published().await;
    page.settings(json!({ "conditions": ["sign_in_wall"], "usage_percent": 95 })).await;
    page.office.looks_after(61).await;
    let first = page.last().await;
    assert_eq!((first.finding, first.view), (Finding::Standing, View::Record));
    let store = &page.office.system.store;
    let rests = store.accounts("k").await.unwrap()[0].not_before - page.office.clock.now();
    assert!(rests > chrono::Duration::minutes(5), "{rests}");

    page.settings(json!({ "conditions": ["sign_in_wall"], "usage_percent": 10 })).await;
    let delivery = page.office.newest("facebook").await.id;
    store.ask_for_look(&page.office.editor, delivery).await.unwrap();
    page.fault().await;
    page.office.looks().await;
    page.office.looks_after(60).await;
    assert_eq!(page.faults().await, 1, "nothing is asked while the account rests");
    assert_eq!(page.office.glances("facebook").await.len(), 1);
    page.client.delete(page.control("faults")).send().await.unwrap();
    page.office.looks_after(rests.num_seconds()).await;
    assert_eq!(page.office.findings("facebook").await, [Finding::Standing, Finding::Standing]);
}
