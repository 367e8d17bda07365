//! The Graph calls: signed, counted, their answers sorted into values and faults.
//!
//! The token travels in a header, never in an address.

use std::sync::Arc;

use serde_json::Value;

use super::errors::{About, Fault};
use super::refusal::GraphError;
use super::usage::{Brake, Usage};
use crate::channels::{Account, Tools};
use crate::clock::Clock;
use crate::connect::appsecret_proof;
use crate::http::multipart::Form;
use crate::http::{Method, Outbound, Reply, RequestBuilder};
use crate::receipt::{Answer, Failure, FailureCode, Scrub, Wait};

/// Where Meta takes videos; everything else goes to `graph.facebook.com`.
const META: (&str, &str) = ("https://graph.facebook.com", "https://graph-video.facebook.com");

/// The Graph API, as one Page.
pub(super) struct Graph {
    http: Outbound,
    clock: Arc<dyn Clock>,
    base: String,
    video_base: String,
    version: String,
    /// The Page's id.
    pub(super) page: String,
    /// The app's id.
    pub(super) app: String,
    app_secret: String,
    token: String,
    scrub: Scrub,
    brake: Brake,
}

impl Graph {
    /// The API that an account names.
    pub(super) fn new(account: &Account, tools: &Tools) -> Self {
        let setting = |name: &str| account.setting(name).trim().trim_end_matches('/').to_owned();
        let secret = |name: &str| account.secret(name).trim().to_owned();
        let (base, token, app_secret) = (setting("graph_url"), secret("page_token"), secret("app_secret"));
        let proof = appsecret_proof(&app_secret, &token);
        Self {
            http: tools.http.clone(),
            clock: Arc::clone(&tools.clock),
            video_base: video_base(&base, setting("video_url")),
            base,
            version: setting("version"),
            page: setting("page_id"),
            app: setting("app_id"),
            scrub: Scrub::of([&token, &app_secret, &proof].into_iter()),
            app_secret,
            token,
            brake: Brake::default(),
        }
    }

    /// What the account was not told.
    pub(super) fn missing(&self) -> Option<&'static str> {
        let told = [
            ("graph_url", &self.base),
            ("version", &self.version),
            ("page_id", &self.page),
            ("page_token", &self.token),
        ];
        told.into_iter().find(|(_, value)| value.is_empty()).map(|(name, _)| name)
    }

    /// How long nothing may be sent, if so.
    pub(super) fn brake(&self) -> Option<Wait> {
        let until = self.brake.until(self.clock.now())?;
        let why = Failure::new(FailureCode::Throttled, "Nearly all calls that Facebook allows are used up.");
        Some(Wait { until, account: true, why })
    }

    /// What a fault means for a call that may have done something.
    pub(super) fn answer(&self, fault: &Fault, about: About) -> Answer {
        fault.answer(self.clock.now(), about)
    }

    /// What a fault means for a call that does no harm.
    pub(super) fn harmless(&self, fault: &Fault, about: About) -> Answer {
        fault.harmless(self.clock.now(), about)
    }

    /// Reads as the Page.
    pub(super) async fn get(&self, path: &str, query: &[(&str, &str)]) -> Result<Value, Fault> {
        let request = self.request(Method::GET, &self.base, path)?.query(query);
        self.send(request.query(self.proof().as_slice())).await
    }

    /// Asks what a token is worth. Meta takes the token in question as a parameter of a GET only, so this one stands in the
    /// address; the caller is the app, or without its secret the token itself.
    pub(super) async fn debug_token(&self) -> Result<Value, Fault> {
        let by_app = format!("{}|{}", self.app, self.app_secret);
        let caller = if self.app_secret.is_empty() { &self.token } else { &by_app };
        let request = self.http.to_account(Method::GET, &self.url(&self.base, "/debug_token"))?;
        self.send(request.bearer_auth(caller).query(&[("input_token", &self.token)])).await
    }

    /// Creates or changes.
    pub(super) async fn post(&self, path: &str, form: &[(&str, &str)]) -> Result<Value, Fault> {
        let proof = self.proof();
        let proof = proof.iter().map(|(name, value)| (*name, value.as_str()));
        let form: Vec<(&str, &str)> = form.iter().copied().chain(proof).collect();
        self.send(self.request(Method::POST, &self.base, path)?.form(&form)).await
    }

    /// Uploads a picture.
    pub(super) async fn upload(&self, path: &str, form: Form) -> Result<Value, Fault> {
        let request = self.request(Method::POST, &self.base, path)?;
        self.send(request.multipart(self.with_proof(form))).await
    }

    /// Uploads a piece of a video, or says that the upload begins or ends.
    pub(super) async fn upload_video(&self, form: Form) -> Result<Value, Fault> {
        let request = self.request(Method::POST, &self.video_base, &format!("/{}/videos", self.page))?;
        self.send(request.multipart(self.with_proof(form))).await
    }

    /// Deletes.
    pub(super) async fn delete(&self, path: &str) -> Result<Value, Fault> {
        let request = self.request(Method::DELETE, &self.base, path)?;
        self.send(request.query(self.proof().as_slice())).await
    }

    fn proof(&self) -> Option<(&'static str, String)> {
        let told = !self.app_secret.is_empty();
        told.then(|| ("appsecret_proof", appsecret_proof(&self.app_secret, &self.token)))
    }

    fn with_proof(&self, form: Form) -> Form {
        self.proof().into_iter().fold(form, |form, (name, value)| form.text(name, value))
    }

    fn url(&self, base: &str, path: &str) -> String {
        format!("{base}/{}{path}", self.version)
    }

    fn request(&self, method: Method, base: &str, path: &str) -> Result<RequestBuilder, Fault> {
        Ok(self.http.to_account(method, &self.url(base, path))?.bearer_auth(&self.token))
    }

    async fn send(&self, request: RequestBuilder) -> Result<Value, Fault> {
        let reply = self.http.call(request).await?;
        self.brake.watch(Usage::of(&reply), self.clock.now());
        self.note_version(&reply);
        sorted(&reply, self.scrub.clean(&reply.text()))
    }

    /// A version that has run out is served silently by the next older one.
    fn note_version(&self, reply: &Reply) {
        if let Some(served) = reply.header("facebook-api-version").filter(|served| *served != self.version) {
            tracing::warn!(served, asked = %self.version, "Facebook serves another version of the Graph API than was asked for");
        }
    }
}

/// A value, or why there is none; `text` is the body without secrets.
pub(super) fn sorted(reply: &Reply, text: String) -> Result<Value, Fault> {
    if let Some(error) = GraphError::of(reply, &text) {
        return Err(Fault::Graph(Box::new(error)));
    }
    match reply.json() {
        Some(value @ Value::Object(_)) if reply.is_success() => Ok(value),
        _ => Err(Fault::Page {
            status: reply.status,
            text,
        }),
    }
}

/// Videos have a host of their own at Meta; a stand-in has one for everything, and must get the token instead of Meta.
fn video_base(base: &str, told: String) -> String {
    if told.is_empty() || base != META.0 && told == META.1 {
        base.to_owned()
    } else {
        told
    }
}
