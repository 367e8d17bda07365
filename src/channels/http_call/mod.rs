//! The generic driver: a channel that is only an HTTP call, told by its manifest alone.

mod ask;
mod judge;
mod look;
mod person;

use std::collections::BTreeMap;
use std::sync::Arc;

use async_trait::async_trait;
use serde_json::{Value, json};

use self::ask::Ask;
pub use self::judge::Judge;
use self::judge::text_at;
pub use self::look::{bears, elements};
use super::{Account, Check, Driver, Job, Safety, Step, Tools};
use crate::clock::Clock;
use crate::http::{Outbound, Reply};
use crate::manifest::{HttpCall, HttpCalls, Manifest};
use crate::receipt::{Action, Answer, Failure, FailureCode, Object, Phase, Scrub, Sighting};
use crate::render::Renderer;

/// The one step, whatever is done to it: so the post of an earlier delivery is found among `standing`.
const POST: &str = "post";

/// The driver `http`.
pub fn make(manifest: &Manifest, account: Account, tools: &Tools) -> Arc<dyn Driver> {
    Arc::new(Generic {
        channel: manifest.id.clone(),
        calls: manifest.http.clone(),
        missing: person::missing(manifest, &account),
        scrub: Scrub::of(account.secrets.values()),
        settings: account.settings,
        secrets: account.secrets,
        http: tools.http.clone(),
        clock: tools.clock.clone(),
        renderer: tools.renderer.clone(),
    })
}

struct Generic {
    channel: String,
    calls: Option<HttpCalls>,
    missing: Option<Failure>,
    scrub: Scrub,
    settings: BTreeMap<String, String>,
    secrets: BTreeMap<String, String>,
    http: Outbound,
    clock: Arc<dyn Clock>,
    renderer: Arc<Renderer>,
}

#[async_trait]
impl Driver for Generic {
    fn next(&self, job: &Job) -> Result<Option<Step>, Failure> {
        let done = job.action == Action::Discard || job.objects.has(POST);
        let safety = self.call(job.action).map_or(Safety::Repeatable, safety);
        Ok((!done).then(|| Step::new(POST, safety)))
    }

    async fn perform(&self, _: &Step, job: &Job) -> Answer {
        let Some(call) = self.call(job.action) else {
            return Answer::NeedsPerson(person::by_hand(&self.channel, job));
        };
        if job.action != Action::Publish && job.standing.get(POST).is_none() {
            return Answer::NeedsPerson(person::nothing_known(&self.channel, job));
        }
        if let Some(failure) = self.missing.clone() {
            return Answer::Reauthorise(failure);
        }
        match self.send(call, &self.data(Some(job))).await {
            Ok(reply) => self.settle(call, job, &reply),
            Err(answer) => answer,
        }
    }

    async fn find(&self, _: &Step, job: &Job) -> Sighting {
        // A post that was changed or withdrawn bears the same address as before: a look could not tell the two apart.
        let call = self.calls.as_ref().and_then(|calls| calls.find.as_ref());
        let (Some(call), Action::Publish) = (call, job.action) else {
            return Sighting::Absent;
        };
        let reply = match self.send(call, &self.data(Some(job))).await {
            Ok(reply) => reply,
            Err(answer) => return Sighting::CannotTell(answer),
        };
        match self.judge(call, Action::Publish, &reply).read() {
            Ok(body) => self.sighting(call, job, &body),
            Err(answer) => Sighting::CannotTell(answer),
        }
    }

    /// A request that bears a key is repeatable for a time only; what has no look is known to be absent only if PUT makes it so.
    fn can_look(&self, _: &Step, job: &Job) -> bool {
        let Some(calls) = &self.calls else { return true };
        job.action != Action::Publish || calls.find.is_some() || calls.publish.method.eq_ignore_ascii_case("PUT")
    }

    fn asks(&self, _: &Step, job: &Job) -> bool {
        let finds = self.calls.as_ref().is_some_and(|calls| calls.find.is_some());
        finds && job.action == Action::Publish
    }

    async fn check(&self) -> Check {
        let mut check = Check {
            fine: vec![],
            wrong: vec![],
        };
        match self.look_in().await {
            Ok(fine) => check.fine.push(fine),
            Err(failure) => check.wrong.push(failure),
        }
        check
    }
}

impl Generic {
    fn call(&self, action: Action) -> Option<&HttpCall> {
        let calls = self.calls.as_ref()?;
        match action {
            Action::Publish => Some(&calls.publish),
            Action::Update => calls.update.as_ref(),
            Action::Withdraw => calls.withdraw.as_ref(),
            Action::Discard => None,
        }
    }

    async fn send(&self, call: &HttpCall, data: &Value) -> Result<Reply, Answer> {
        let ask = Ask {
            channel: &self.channel,
            call,
            renderer: &self.renderer,
            http: &self.http,
        };
        ask.send(data).await.map_err(|error| error.answer(&self.channel, &self.scrub))
    }

    fn judge<'a>(&'a self, call: &'a HttpCall, action: Action, reply: &'a Reply) -> Judge<'a> {
        Judge {
            channel: &self.channel,
            scrub: &self.scrub,
            now: self.clock.now(),
            repeatable: safety(call) == Safety::Repeatable,
            call,
            action,
            reply,
        }
    }

    /// What the answer came to, and if it is a success, what stands now.
    fn settle(&self, call: &HttpCall, job: &Job, reply: &Reply) -> Answer {
        // "410 Gone" is a statement: what was to be taken down is down. A 404 may as well be a wrong address, so a person looks.
        if job.action == Action::Withdraw && reply.status == 410 {
            let id = job.standing.id(POST).unwrap_or(&job.key);
            return Answer::Done(Object::new(POST, Phase::Gone, id));
        }
        let already = call.already_done.as_ref().is_some_and(|words| reply.text().contains(words));
        if let (true, Some(standing)) = (already, job.standing.get(POST)) {
            return Answer::Done(standing.clone());
        }
        let judge = self.judge(call, job.action, reply);
        let body = match judge.read() {
            Ok(body) => body,
            Err(answer) => return answer,
        };
        let id = match &call.id_pointer {
            Some(pointer) => text_at(&body, pointer),
            None => Some(job.standing.id(POST).unwrap_or(&job.key).to_owned()),
        };
        match id {
            Some(id) => Answer::Done(self.object(call, job, id, &body)),
            None => judge.unsure(FailureCode::BadAnswer, "The answer bears no id of the post."),
        }
    }

    fn object(&self, call: &HttpCall, job: &Job, id: String, answer: &Value) -> Object {
        let removed = job.action == Action::Withdraw && call.method.eq_ignore_ascii_case("DELETE");
        let phase = if removed { Phase::Gone } else { Phase::Public };
        let before = job.standing.get(POST).and_then(|object| object.url.clone());
        Object {
            role: POST.to_owned(),
            phase,
            remote_id: id,
            url: self.link(call, job, answer).or(before),
        }
    }

    /// The public address. It is shown to everybody, so its template sees no secrets; and since the post stands already,
    /// an address that cannot be written is only left out.
    fn link(&self, call: &HttpCall, job: &Job, answer: &Value) -> Option<String> {
        let data = json!({ "settings": self.settings, "post": job.post, "key": job.key, "answer": answer });
        let link = self.renderer.fill(call.link.as_deref()?, &data).ok()?;
        (!link.trim().is_empty()).then(|| link.trim().to_owned())
    }

    fn sighting(&self, call: &HttpCall, job: &Job, body: &Value) -> Sighting {
        let Some(elements) = look::elements(call, body) else {
            let failure = Failure::new(
                FailureCode::BadAnswer,
                format!("{} answered without a list of posts.", self.channel),
            );
            return Sighting::CannotTell(Answer::Retry(failure.with_evidence(&self.scrub.clean(&body.to_string()))));
        };
        match elements.into_iter().find(|element| look::bears(call, element, &job.post.link)) {
            Some(element) => {
                let id = call.id_pointer.as_deref().and_then(|pointer| text_at(element, pointer));
                Sighting::Found(self.object(call, job, id.unwrap_or_else(|| job.key.clone()), element))
            }
            None => Sighting::Absent,
        }
    }

    async fn look_in(&self) -> Result<String, Failure> {
        if let Some(failure) = self.missing.clone() {
            return Err(failure);
        }
        let Some(call) = self.calls.as_ref().and_then(|calls| calls.check.as_ref()) else {
            return Ok(format!(
                "{}: every setting is there; its manifest names no call to try them.",
                self.channel
            ));
        };
        let reply = self.send(call, &self.data(None)).await.map_err(Answer::into_failure)?;
        self.judge(call, Action::Publish, &reply).read().map_err(Answer::into_failure)?;
        Ok(format!("{} answers and accepts the account.", self.channel))
    }

    /// What the manifest's templates may say.
    fn data(&self, job: Option<&Job>) -> Value {
        json!({
            "settings": self.settings,
            "secrets": self.secrets,
            "parts": job.map(|job| &job.post.parts),
            "post": job.map(|job| &job.post),
            "key": job.map(|job| &job.key),
            "remote_id": job.and_then(|job| job.standing.id(POST)),
        })
    }
}

/// Repeatable are, beside those that say so, the methods of which HTTP itself promises it (RFC 9110 § 9.2.2).
fn safety(call: &HttpCall) -> Safety {
    let idempotent = |method: &str| call.method.eq_ignore_ascii_case(method);
    match call.repeatable_seconds {
        Some(seconds) => Safety::Keyed(seconds),
        None if call.repeatable || ["GET", "PUT", "DELETE"].into_iter().any(idempotent) => Safety::Repeatable,
        None => Safety::Once,
    }
}
