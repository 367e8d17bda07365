//! Whether an item and its lines agree, and what of it the lines vouch for.

use super::audit::Fault;
use super::evidence::{Enclosed, Evidence, Said, Sent};
use super::rows::{Item, RevisionState};
use super::told::{Told, hash_of};
use crate::receipt::State;
use crate::receipt::chain::sha256;
use crate::receipt::key::{TOGETHER, key};

impl Evidence {
    /// Where the item and its lines do not agree.
    pub fn faults(&self) -> Vec<Fault> {
        let told = self.told();
        let item = &self.item.reference;
        let revisions = self.revisions.iter().filter_map(|said| said.fault(item, &told));
        let unsaid = told.iter().filter(|told| told.act == "approved").filter_map(|told| {
            let revision = told.body["revision"].as_i64()?;
            let there = self.revisions.iter().any(|said| said.number == revision);
            (!there).then(|| Fault::Approval {
                item: item.clone(),
                revision,
            })
        });
        let deliveries = self.deliveries.iter().filter_map(|sent| {
            let column = sent.differs(&self.item, &told)?;
            Some(receipt(item, sent.delivery, column))
        });
        let unsent = self
            .unsent(&told)
            .into_iter()
            .map(|delivery| receipt(item, delivery, "its existence"));
        let files = self.files.iter().filter_map(|file| file.fault(item));
        revisions.chain(unsaid).chain(deliveries).chain(unsent).chain(files).collect()
    }

    /// The approved revisions, without what no line vouches for.
    pub fn approved(&self) -> Vec<Said> {
        let told = self.told();
        let approved = self.revisions.iter().filter(|said| said.state == RevisionState::Approved);
        approved.map(|said| said.vouched(&told)).collect()
    }

    /// The deliveries, without what no line vouches for.
    pub fn sent(&self) -> Vec<Sent> {
        let told = self.told();
        self.deliveries.iter().map(|sent| sent.vouched(&told)).collect()
    }

    fn told(&self) -> Vec<Told<'_>> {
        self.lines.iter().map(Told::of).collect()
    }

    /// Deliveries that were planned or stood, and are not there.
    fn unsent(&self, told: &[Told]) -> Vec<i64> {
        let stood = told.iter().filter(|told| told.stands()).filter_map(|told| told.delivery);
        let planned = told.iter().flat_map(Told::planned).map(|plan| plan.delivery);
        let mut all: Vec<i64> = stood.chain(planned).collect();
        all.sort_unstable();
        all.dedup();
        all.retain(|delivery| !self.deliveries.iter().any(|sent| sent.delivery == *delivery));
        all
    }
}

fn receipt(item: &str, delivery: i64, column: &'static str) -> Fault {
    Fault::Receipt {
        item: item.to_owned(),
        delivery,
        column,
    }
}

/// The first of these that is not as it was told.
fn first_that_differs<const N: usize>(checks: [(&'static str, bool); N]) -> Option<&'static str> {
    checks.into_iter().find_map(|(column, same)| (!same).then_some(column))
}

impl Enclosed {
    fn fault(&self, item: &str) -> Option<Fault> {
        let (item, file, sha256) = (item.to_owned(), self.name.clone(), self.sha256.clone());
        match &self.kept {
            None => Some(Fault::FileGone { item, file, sha256 }),
            Some(kept) => (*kept != self.sha256).then_some(Fault::File { item, file, sha256 }),
        }
    }
}

impl Said {
    fn fault(&self, item: &str, told: &[Told]) -> Option<Fault> {
        let (item, revision) = (item.to_owned(), self.number);
        let hash = sha256(&self.content);
        let proposals = told
            .iter()
            .filter(|told| told.act == "proposed" && told.body["content_hash"] == hash);
        // The same text may have been proposed twice: one of the lines has the rest, too.
        let written = proposals.map(|told| self.written_otherwise(told)).reduce(Option::and);
        let Some(written) = written.filter(|_| hash == self.content_hash) else {
            return Some(Fault::Text { item, revision });
        };
        let approval = told
            .iter()
            .find(|told| told.approves(revision) && told.body["content_hash"] == hash);
        if approval.is_some() != (self.state == RevisionState::Approved) {
            return Some(Fault::Approval { item, revision });
        }
        let column = written.or_else(|| approval.and_then(|told| self.approved_otherwise(told)))?;
        Some(Fault::Decision { item, revision, column })
    }

    fn written_otherwise(&self, told: &Told) -> Option<&'static str> {
        first_that_differs([
            ("its act", told.has("act", Some(self.act.word()))),
            ("its reason", told.has("reason", self.reason.as_deref())),
            ("the time when it was written", told.was_at("created_at", Some(self.created_at))),
            ("its release", told.has_instant("release_at", self.release_at)),
            ("its deadline", told.has_instant("deadline_at", self.deadline_at)),
        ])
    }

    fn approved_otherwise(&self, told: &Told) -> Option<&'static str> {
        first_that_differs([
            ("its act", told.has("act", Some(self.act.word()))),
            ("its reason", told.has("reason", self.reason.as_deref())),
            ("the time when it was approved", told.was_at("approved_at", self.approved_at)),
            ("its release", told.has_instant("release_at", self.release_at)),
            ("its deadline", told.has_instant("deadline_at", self.deadline_at)),
            ("why it was late", told.has("late_reason", self.late_reason.as_deref())),
        ])
    }

    /// What of it its approval's line vouches for: older lines do not speak of the release, the deadline and why it was late.
    fn vouched(&self, told: &[Told]) -> Self {
        let tells = |what| told.iter().any(|told| told.approves(self.number) && told.tells(what));
        Self {
            release_at: self.release_at.filter(|_| tells("release_at")),
            deadline_at: self.deadline_at.filter(|_| tells("deadline_at")),
            late_reason: self.late_reason.clone().filter(|_| tells("late_reason")),
            ..self.clone()
        }
    }
}

impl Sent {
    /// What of it is not as the ledger has it.
    fn differs(&self, item: &Item, told: &[Told]) -> Option<&'static str> {
        let planned = || self.planned_otherwise(item, told);
        let found = || {
            let last = self.last_found(told).map(|line| line.text);
            // Who tries it again takes the word back.
            let taken_back = self.evidence.is_none() && self.is_tried_again(told);
            (self.evidence.as_deref() != last && !taken_back).then_some("what a person found")
        };
        self.ended_otherwise(told).or_else(found).or_else(planned)
    }

    fn planned_otherwise(&self, item: &Item, told: &[Told]) -> Option<&'static str> {
        let own = told.iter().filter(|told| told.delivery == Some(self.delivery));
        if own.filter_map(|told| told.key).any(|key| key != self.key) {
            return Some("its key");
        }
        let Some((approval, plan)) = told.iter().find_map(|told| Some((told, told.plan(self.delivery)?))) else {
            let unplanned = told.iter().any(|told| told.approves(self.revision) && told.plans());
            return if unplanned {
                Some("its existence")
            } else {
                self.kept_otherwise(item)
            };
        };
        first_that_differs([
            ("its account", plan.account == self.account),
            ("its languages", plan.languages == self.languages),
            ("its key", plan.key == self.key),
            ("its revision", approval.plans_for(self.revision)),
        ])
    }

    /// Where no line says on which account it is, its key does.
    fn kept_otherwise(&self, item: &Item) -> Option<&'static str> {
        let made = |scope: &str| key(&item.office, &item.reference, item.created_at, &self.account, scope);
        (self.key != made(&self.languages) && self.key != made(TOGETHER)).then_some("its account")
    }

    fn ended_otherwise(&self, told: &[Told]) -> Option<&'static str> {
        let line = self.standing(told);
        if line.is_some() != (self.state == State::Delivered) {
            return Some("its state");
        }
        match line {
            Some(line) if !line.has("action", Some(self.action.word())) => Some("what it did"),
            Some(line) if line.act == "resolved" => self.found_otherwise(line, told),
            Some(line) => self.received_otherwise(line),
            None => self.set_aside_otherwise(told),
        }
    }

    fn received_otherwise(&self, line: &Told) -> Option<&'static str> {
        let objects = line.body.get("objects").is_none_or(|objects| *objects == self.objects);
        first_that_differs([
            ("the remote's id", line.received("remote_id", self.remote_id.as_deref())),
            ("the address", line.received("url", self.url.as_deref())),
            ("the post's hash", line.received("post_hash", self.post_hash.as_deref())),
            ("the post", hash_of(self.post.as_ref()) == self.post_hash),
            ("the time", line.received_at(self.settled_at)),
            ("the remote's objects", objects),
        ])
    }

    /// A person's word has no receipt.
    fn found_otherwise(&self, line: &Told, told: &[Told]) -> Option<&'static str> {
        first_that_differs([
            ("the time", line.has_instant("at", self.settled_at)),
            ("the address", self.url.as_deref() == self.place(told)),
            ("the remote's id", self.remote_id.is_none()),
            ("the post's hash", self.post_hash.is_none()),
            ("the post", self.post.is_none()),
        ])
    }

    fn set_aside_otherwise(&self, told: &[Told]) -> Option<&'static str> {
        let ends = [State::Rejected, State::Expired, State::Superseded, State::NeedsPerson];
        let mut own = told.iter().filter(|told| told.delivery == Some(self.delivery));
        let by_hand = [State::Rejected, State::NeedsPerson].contains(&self.state);
        let noted = own.any(|told| told.act == self.state.word() || (told.act == "resolved" && by_hand));
        (ends.contains(&self.state) && !noted).then_some("its state")
    }

    /// The line that says that it stands.
    fn standing<'t, 'a>(&self, told: &'t [Told<'a>]) -> Option<&'t Told<'a>> {
        told.iter().rfind(|told| told.delivery == Some(self.delivery) && told.stands())
    }

    /// The line of what a person found last.
    fn last_found<'t, 'a>(&self, told: &'t [Told<'a>]) -> Option<&'t Told<'a>> {
        told.iter()
            .rfind(|told| told.delivery == Some(self.delivery) && told.act == "resolved")
    }

    /// Whether a person asked for another try after what was found last.
    fn is_tried_again(&self, told: &[Told]) -> bool {
        let own = told.iter().filter(|told| told.delivery == Some(self.delivery));
        let mut words = own.filter(|told| ["resolved", "retry asked for"].contains(&told.act));
        words.next_back().is_some_and(|last| last.act == "retry asked for")
    }

    /// The address that a person named last.
    fn place<'t>(&self, told: &'t [Told]) -> Option<&'t str> {
        let found = told
            .iter()
            .filter(|told| told.delivery == Some(self.delivery) && told.act == "resolved");
        let mut places = found.filter_map(|told| told.body["place"].as_str());
        places.rfind(|place| place.starts_with("http"))
    }

    /// What of it the lines vouch for: a receipt where one was noted, and the channel on which it was said or planned, not the one
    /// that its account has been given since.
    fn vouched(&self, told: &[Told]) -> Self {
        let mut sent = self.clone();
        let received = self.standing(told).filter(|line| line.act == "delivered");
        if !received.is_some_and(|line| line.tells("objects")) {
            sent.objects = serde_json::Value::Array(vec![]);
        }
        if self.state != State::Delivered {
            (sent.settled_at, sent.remote_id, sent.url, sent.post, sent.post_hash) = (None, None, None, None, None);
        }
        let planned = told.iter().find_map(|told| told.plan(self.delivery));
        if let Some(channel) = sent.said_on().or(planned.map(|plan| plan.channel)) {
            sent.channel = channel;
        }
        sent
    }

    /// The channel on which it was said, by its post.
    fn said_on(&self) -> Option<String> {
        let post: serde_json::Value = serde_json::from_str(self.post.as_deref()?).ok()?;
        Some(post["channel"].as_str()?.to_owned())
    }
}
