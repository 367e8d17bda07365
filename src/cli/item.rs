//! `kasnec item …`

use std::path::{Path, PathBuf};

use serde_json::json;

use super::args::{Cli, ItemCommand};
use super::exit::{Exit, Failed};
use super::input::{read_all, read_one};
use super::output::{self, deadline, line, table, when, when_if};
use super::session::Session;
use crate::acts::{self, Approved, Receipt};
use crate::item::Lang;
use crate::register::{self, Speaker};
use crate::store::deliveries::Filter;
use crate::store::rows::{ItemState, Role};

/// Runs the command.
pub async fn run(cli: &Cli, command: &ItemCommand) -> Result<Exit, Failed> {
    let session = Session::open(cli).await?;
    let desk = Desk { cli, session };
    match command {
        ItemCommand::Add {
            paths,
            approve,
            late_reason,
        } => desk.add(paths, *approve, late_reason.as_deref()).await,
        ItemCommand::List { state, limit } => desk.list(state.as_deref(), *limit).await,
        ItemCommand::Show { item } => desk.show(item).await,
        ItemCommand::Preview { item, channel, lang } => desk.preview(item, channel, lang.as_deref()).await,
        ItemCommand::Approve { items, late_reason } => desk.approve(items, late_reason.as_deref()).await,
        ItemCommand::Publish { item, .. } => desk.publish_now(item).await,
        ItemCommand::Correct {
            item,
            file,
            reason,
            approve,
            late_reason,
        } => {
            let at_once = approve.then_some(AtOnce {
                late_reason: late_reason.as_deref(),
            });
            desk.correct(item, file, reason, at_once).await
        }
        ItemCommand::Withdraw { item, reason } => desk.withdraw(item, reason).await,
        ItemCommand::Postpone {
            item,
            to,
            reason,
            late_reason,
        } => desk.postpone(item, to, reason, late_reason.as_deref()).await,
    }
}

/// A correction that is approved at once, and why it is late.
struct AtOnce<'a> {
    late_reason: Option<&'a str>,
}

struct Desk<'a> {
    cli: &'a Cli,
    session: Session,
}

impl Desk<'_> {
    async fn add(&self, paths: &[PathBuf], approve: bool, late_reason: Option<&str>) -> Result<Exit, Failed> {
        let config = self.session.office()?;
        let role = if approve { Role::Editor } else { Role::Author };
        let person = self.session.person_with(role).await?;
        let checked = read_all(&self.session.system, &config.office, paths)?;
        let receipts = acts::queue(&self.session.system, &person, config, checked).await?;
        if !approve {
            return self.print_receipts(&receipts);
        }
        let approved = self.approve_waiting(&receipts, late_reason).await?;
        if self.cli.json {
            output::json(&json!({"queued": receipts, "approved": approved}));
            return Ok(Exit::Done);
        }
        self.print_receipts(&receipts)?;
        self.print_approved(&approved)
    }

    fn print_receipts(&self, receipts: &[Receipt]) -> Result<Exit, Failed> {
        if self.cli.json {
            output::json(&receipts);
            return Ok(Exit::Done);
        }
        let zone = self.session.office()?.office.zone;
        let rows = receipts.iter().map(|r| {
            vec![
                r.reference.clone(),
                r.outcome.to_owned(),
                deadline(r.deadline.as_ref().map(|d| d.safe_by), zone),
                deadline(r.deadline.as_ref().map(|d| d.latest_by), zone),
            ]
        });
        table(
            &["reference", "outcome", "safe by", "at the latest by"],
            rows.collect(),
            "nothing was queued",
        );
        Ok(Exit::Done)
    }

    async fn list(&self, state: Option<&str>, limit: usize) -> Result<Exit, Failed> {
        let office = &self.session.office()?.office;
        let state = state
            .map(str::parse::<ItemState>)
            .transpose()
            .map_err(|e| Failed::Input(format!("{e}; write one of: proposed, approved, withdrawn, tracked")))?;
        let items = self.session.system.store.items(&office.id, state, limit).await?;
        if self.cli.json {
            output::json(&items);
            return Ok(Exit::Done);
        }
        let rows = items.iter().map(|i| {
            vec![
                i.reference.clone(),
                i.kind.clone(),
                i.state.to_string(),
                when_if(i.event_at, office.zone),
                i.title.clone(),
            ]
        });
        table(
            &["reference", "kind", "state", "event", "title"],
            rows.collect(),
            "no items yet; queue one: kasnec item add FILE",
        );
        Ok(Exit::Done)
    }

    async fn show(&self, reference: &str) -> Result<Exit, Failed> {
        let office = &self.session.office()?.office;
        let store = &self.session.system.store;
        let item = store.item(&office.id, reference).await?;
        let revisions = store.revisions(item.id).await?;
        let deliveries = store
            .deliveries(
                &office.id,
                &Filter {
                    item: Some(item.id),
                    limit: 1000,
                    ..Filter::default()
                },
            )
            .await?;
        let history = store.history(item.id).await?;
        let duties = register::duties_of(&self.session.system, self.session.office()?, item.id).await?;
        let looks = store.glances_of_item(item.id).await?;
        let ahead = store.looks_ahead(item.id, self.session.system.settings.verify.soon()).await?;
        if self.cli.json {
            output::json(
                &json!({"item": item, "revisions": revisions, "deliveries": deliveries, "looks": looks, "looks_ahead": ahead, "duties": duties, "history": history}),
            );
            return Ok(Exit::Done);
        }
        line(format!("{}  {}  ({}, {})", item.reference, item.title, item.kind, item.state));
        let rows = revisions.iter().map(|r| {
            let reason = r.reason.clone().unwrap_or_default();
            vec![
                r.number.to_string(),
                r.act.to_string(),
                r.state.to_string(),
                when(r.created_at, office.zone),
                deadline(r.deadline_at, office.zone),
                reason,
            ]
        });
        table(&["revision", "act", "state", "written", "safe by", "reason"], rows.collect(), "");
        let outlook = acts::outlook(&self.session.system, self.session.office()?).await?;
        super::delivery::print(&deliveries, &outlook, office.zone, self.session.system.clock.now());
        super::delivery::print_looks(&looks, &ahead, office.zone);
        if !duties.is_empty() {
            let speaker = Speaker::new(&self.session.system, self.session.office()?, self.session.lang().await?);
            super::due::print(&speaker, &duties, "");
        }
        let rows = history.iter().map(|n| {
            vec![
                when(n.at, office.zone),
                n.who.clone(),
                n.act.clone(),
                n.account.clone().unwrap_or_default(),
            ]
        });
        table(&["at", "who", "what", "on"], rows.collect(), "");
        Ok(Exit::Done)
    }

    async fn preview(&self, reference: &str, channel: &str, lang: Option<&str>) -> Result<Exit, Failed> {
        let lang = lang.map(str::parse::<Lang>).transpose().map_err(|e| Failed::Input(e.to_string()))?;
        let post = acts::preview(&self.session.system, self.session.office()?, reference, channel, lang.as_ref()).await?;
        if self.cli.json {
            output::json(&post);
            return Ok(Exit::Done);
        }
        for (name, text) in &post.parts {
            line(format!("── {name} ({} characters) ──\n{text}\n", text.chars().count()));
        }
        for media in &post.media {
            line(format!(
                "+ {} ({}, {} bytes) {}",
                media.name, media.media_type, media.size, media.alt
            ));
        }
        Ok(Exit::Done)
    }

    async fn approve(&self, references: &[String], late_reason: Option<&str>) -> Result<Exit, Failed> {
        self.print_approved(&self.approve_all(references, late_reason).await?)
    }

    /// Approves what of these still waits: also what an earlier, interrupted run has queued.
    async fn approve_waiting(&self, receipts: &[Receipt], late_reason: Option<&str>) -> Result<Vec<Approved>, Failed> {
        let mut waiting = Vec::new();
        for receipt in receipts {
            if self.session.system.store.item_by_id(receipt.id).await?.state == ItemState::Proposed {
                waiting.push(receipt.reference.clone());
            }
        }
        self.approve_all(&waiting, late_reason).await
    }

    async fn approve_all(&self, references: &[String], late_reason: Option<&str>) -> Result<Vec<Approved>, Failed> {
        let person = self.session.person_with(Role::Editor).await?;
        let config = self.session.office()?;
        let mut all = Vec::with_capacity(references.len());
        for reference in references {
            all.push(acts::approve(&self.session.system, &person, config, reference, late_reason).await?);
        }
        Ok(all)
    }

    fn print_approved(&self, all: &[Approved]) -> Result<Exit, Failed> {
        if self.cli.json {
            output::json(&all);
            return Ok(Exit::Done);
        }
        let zone = self.session.office()?.office.zone;
        for approved in all {
            let by = approved
                .deadline
                .map(|at| format!(", safe by {}", deadline(Some(at), zone)))
                .unwrap_or_default();
            let late = if approved.late {
                "; it cannot be public by then: it goes out late, and that is kept on record"
            } else {
                ""
            };
            let none = if approved.deliveries == 0 {
                "; no channel of the office takes this kind: it appears nowhere"
            } else {
                ""
            };
            line(format!(
                "{}: revision {} approved, {} deliveries planned{by}{late}{none}",
                approved.reference, approved.revision, approved.deliveries
            ));
        }
        Ok(Exit::Done)
    }

    async fn publish_now(&self, reference: &str) -> Result<Exit, Failed> {
        let person = self.session.person_with(Role::Editor).await?;
        let moved = acts::publish_now(&self.session.system, &person, reference).await?;
        if self.cli.json {
            output::json(&json!({"reference": reference, "deliveries": moved}));
        } else {
            line(format!("{reference}: {moved} deliveries released"));
        }
        Ok(Exit::Done)
    }

    async fn correct(&self, reference: &str, file: &Path, reason: &str, at_once: Option<AtOnce<'_>>) -> Result<Exit, Failed> {
        let role = if at_once.is_some() { Role::Editor } else { Role::Author };
        let person = self.session.person_with(role).await?;
        let config = self.session.office()?;
        let checked = read_one(&self.session.system, &config.office, file)?;
        acts::correct(&self.session.system, &person, config, reference, checked, reason).await?;
        if let Some(AtOnce { late_reason }) = at_once {
            return self.approve(&[reference.to_owned()], late_reason).await;
        }
        if self.cli.json {
            output::json(&json!({"reference": reference, "outcome": "proposed"}));
        } else {
            line(format!(
                "{reference}: the correction waits for approval: kasnec item approve \"{reference}\""
            ));
        }
        Ok(Exit::Done)
    }

    async fn withdraw(&self, reference: &str, reason: &str) -> Result<Exit, Failed> {
        let person = self.session.person_with(Role::Editor).await?;
        let approved = acts::withdraw(&self.session.system, &person, self.session.office()?, reference, reason).await?;
        self.print_approved(&[approved])
    }

    async fn postpone(&self, reference: &str, to: &str, reason: &str, late_reason: Option<&str>) -> Result<Exit, Failed> {
        let person = self.session.person_with(Role::Editor).await?;
        let approved = acts::postpone(
            &self.session.system,
            &person,
            self.session.office()?,
            reference,
            to,
            reason,
            late_reason,
        )
        .await?;
        self.print_approved(&[approved])
    }
}
