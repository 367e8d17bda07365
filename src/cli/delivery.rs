//! `kasnec delivery …`

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use serde_json::json;

use super::args::{Cli, DeliveryCommand, ResolveArgs};
use super::exit::{Exit, Failed};
use super::output::{self, deadline, line, table, when};
use super::session::Session;
use crate::acts;
use crate::item::attachment::BadAttachment;
use crate::item::{Attachment, Moment};
use crate::receipt::State;
use crate::schedule::Forecast;
use crate::store::deliveries::{Filter, Resolution};
use crate::store::looks::{Ahead, Seen};
use crate::store::rows::{Delivery, Role};

/// Runs the command.
pub async fn run(cli: &Cli, command: &DeliveryCommand) -> Result<Exit, Failed> {
    let session = Session::open(cli).await?;
    match command {
        DeliveryCommand::List {
            item,
            state,
            channel,
            open,
            limit,
        } => list(cli, &session, item.as_deref(), state.as_deref(), channel.clone(), *open, *limit).await,
        DeliveryCommand::Show { delivery } => show(cli, &session, *delivery).await,
        DeliveryCommand::Retry { delivery } => {
            let person = session.person_with(Role::Editor).await?;
            session.system.store.retry(&person, *delivery).await?;
            said(
                cli,
                &json!({"delivery": delivery, "outcome": "waiting"}),
                &format!("delivery {delivery} is tried again"),
            );
            Ok(Exit::Done)
        }
        DeliveryCommand::Look { delivery } => {
            let person = session.person_with(Role::Author).await?;
            session.system.store.ask_for_look(&person, *delivery).await?;
            said(
                cli,
                &json!({"delivery": delivery, "outcome": "look asked for"}),
                &format!(
                    "delivery {delivery} is looked at within seconds, if kasnec serve or a worker runs: kasnec delivery show {delivery}"
                ),
            );
            Ok(Exit::Done)
        }
        DeliveryCommand::Resolve(resolve_args) => resolve(cli, &session, resolve_args).await,
    }
}

async fn list(
    cli: &Cli,
    session: &Session,
    item: Option<&str>,
    state: Option<&str>,
    account: Option<String>,
    open: bool,
    limit: usize,
) -> Result<Exit, Failed> {
    let office = &session.office()?.office;
    let words = || State::ALL.iter().map(|s| s.word()).collect::<Vec<_>>().join(", ");
    let state = state
        .map(str::parse::<State>)
        .transpose()
        .map_err(|e| Failed::Input(format!("{e}; write one of: {}", words())))?;
    let item = match item {
        Some(reference) => Some(session.system.store.item(&office.id, reference).await?.id),
        None => None,
    };
    let deliveries = session
        .system
        .store
        .deliveries(
            &office.id,
            &Filter {
                item,
                state,
                account,
                open,
                limit,
            },
        )
        .await?;
    if cli.json {
        output::json(&deliveries);
    } else {
        print(
            &deliveries,
            &acts::outlook(&session.system, session.office()?).await?,
            office.zone,
            session.system.clock.now(),
        );
    }
    Ok(Exit::Done)
}

/// Prints deliveries as a table: settled ones with their time, open ones with the time at which they will go.
pub fn print(deliveries: &[Delivery], outlook: &Forecast, zone: Tz, now: DateTime<Utc>) {
    let rows = deliveries.iter().map(|d| {
        let late = if d.is_late(now) { " (late)" } else { "" };
        let told = vec![
            d.id.to_string(),
            d.reference.clone(),
            d.account.clone(),
            d.action.to_string(),
            format!("{}{late}", d.state),
        ];
        [
            told,
            vec![time(d, outlook, zone), deadline(d.deadline_at, zone), seen(d), remark(d, outlook)],
        ]
        .concat()
    });
    table(
        &["delivery", "item", "channel", "action", "state", "time", "safe by", "seen", ""],
        rows.collect(),
        "no deliveries",
    );
}

fn time(delivery: &Delivery, outlook: &Forecast, zone: Tz) -> String {
    match (delivery.settled_at, outlook.times.get(&delivery.id)) {
        (Some(at), _) => when(at, zone),
        (None, Some(at)) => format!("goes {}", when(*at, zone)),
        (None, None) => "waits".to_owned(),
    }
}

/// What the last look showed; a dash where none was made yet.
fn seen(delivery: &Delivery) -> String {
    match (delivery.state, delivery.seen) {
        (State::Delivered, Some(finding)) => finding.to_string(),
        (State::Delivered, None) => "–".to_owned(),
        _ => String::new(),
    }
}

/// Prints what looks showed, and those that are still to be made.
pub fn print_looks(glances: &[Seen], ahead: &[Ahead], zone: Tz) {
    let shown = glances.iter().map(|seen| {
        let glance = &seen.glance;
        let finding = match glance.doubt {
            Some(doubt) => format!("{} ({doubt})", glance.finding),
            None => glance.finding.to_string(),
        };
        let what = glance.what.clone().or_else(|| glance.address.clone()).unwrap_or_default();
        vec![
            seen.delivery.to_string(),
            when(seen.at, zone),
            seen.stage.to_string(),
            finding,
            glance.view.to_string(),
            what,
        ]
    });
    let waiting = ahead.iter().map(|look| {
        let what = look.last.as_ref().and_then(|glance| glance.what.clone());
        let what = what.map_or_else(String::new, |what| format!("so far: {what}"));
        let at = format!("goes {}", when(look.at, zone));
        vec![
            look.delivery.to_string(),
            at,
            look.stage.to_string(),
            String::new(),
            String::new(),
            what,
        ]
    });
    let rows: Vec<_> = shown.chain(waiting).collect();
    if !rows.is_empty() {
        table(&["delivery", "looked at", "look", "finding", "seen by", ""], rows, "");
    }
}

fn remark(delivery: &Delivery, outlook: &Forecast) -> String {
    let failure = delivery
        .failure
        .as_ref()
        .filter(|_| delivery.state != State::Delivered)
        .map(|f| f.what.clone());
    let miss = outlook
        .misses
        .iter()
        .find(|(id, _)| *id == delivery.id)
        .map(|(_, miss)| format!("will miss its deadline: {}", miss.why()));
    failure.or(miss).or_else(|| delivery.url.clone()).unwrap_or_default()
}

async fn show(cli: &Cli, session: &Session, id: i64) -> Result<Exit, Failed> {
    let office = &session.office()?.office;
    let store = &session.system.store;
    let delivery = store.delivery(&office.id, id).await?;
    let attempts = store.attempts(id).await?;
    let post = store.post(id).await?;
    let glances = store.glances(id).await?;
    let mut ahead = store.looks_ahead(delivery.item, session.system.settings.verify.soon()).await?;
    ahead.retain(|look| look.delivery == id);
    if cli.json {
        output::json(&json!({"delivery": delivery, "attempts": attempts, "post": post, "looks": glances, "looks_ahead": ahead}));
        return Ok(Exit::Done);
    }
    let outlook = acts::outlook(&session.system, session.office()?).await?;
    print(std::slice::from_ref(&delivery), &outlook, office.zone, session.system.clock.now());
    let is_over = matches!(delivery.state, State::Delivered | State::Superseded);
    if let Some(failure) = delivery.failure.as_ref().filter(|_| !is_over) {
        line(format!(
            "What happened: {}\nWhat it means: {}\nWhat to do: {}",
            failure.what,
            failure.code.means(),
            failure.code.next_step()
        ));
    }
    let rows = delivery.objects.0.iter().map(|o| {
        vec![
            o.role.clone(),
            o.phase.to_string(),
            o.remote_id.clone(),
            o.url.clone().unwrap_or_default(),
        ]
    });
    table(
        &["object", "phase", "remote id", "address"],
        rows.collect(),
        "nothing was made at the remote yet",
    );
    let rows = attempts.iter().map(|a| {
        let what = a
            .detail
            .as_ref()
            .and_then(|d| d.get("what"))
            .and_then(|w| w.as_str())
            .unwrap_or_default();
        vec![
            a.number.to_string(),
            when(a.started_at, office.zone),
            a.outcome.clone(),
            what.to_owned(),
        ]
    });
    table(&["attempt", "began", "outcome", ""], rows.collect(), "no attempt yet");
    print_looks(&glances, &ahead, office.zone);
    Ok(Exit::Done)
}

async fn resolve(cli: &Cli, session: &Session, args: &ResolveArgs) -> Result<Exit, Failed> {
    let person = session.person_with(Role::Editor).await?;
    let office = &session.office()?.office;
    let delivery = session.system.store.delivery(&office.id, args.delivery).await?;
    let at = match &args.at {
        Some(text) => {
            Moment::parse(text, office.zone)
                .map_err(|bad| Failed::Input(format!("--at: {bad}")))?
                .at
        }
        None => session.system.clock.now(),
    };
    if at > session.system.clock.now() {
        return Err(Failed::Input(
            "--at lies in the future; say since when it stands, for example \"2026-11-24 09:15\"".to_owned(),
        ));
    }
    let photo = args.photo.as_deref().map(read_photo).transpose()?;
    let resolution = Resolution {
        delivered: args.delivered,
        at,
        place: args.place.clone(),
        note: args.note.clone(),
        photo: photo.as_ref().map(|(attachment, _)| attachment.sha256.clone()),
    };
    let kept = photo
        .as_ref()
        .map(|(attachment, bytes)| (attachment.media_type.as_str(), bytes.clone()));
    let outcome = session.system.store.resolve(&person, &delivery, &resolution, kept).await?;
    said(
        cli,
        &json!({"delivery": args.delivery, "outcome": outcome}),
        &format!("delivery {} is {outcome}", args.delivery),
    );
    Ok(Exit::Done)
}

fn read_photo(path: &std::path::Path) -> Result<(Attachment, Vec<u8>), Failed> {
    let bytes = std::fs::read(path).map_err(|e| Failed::Input(format!("{} cannot be read: {e}", path.display())))?;
    let refused = |bad: BadAttachment| {
        let todo = bad.remedy().unwrap_or("give a photo as .jpg, .png or .webp");
        Failed::Input(format!("{}: {bad}; {todo}", path.display()))
    };
    let attachment = Attachment::read(&path.display().to_string(), &bytes).map_err(refused)?;
    if attachment.is_image() {
        Ok((attachment, bytes))
    } else {
        Err(Failed::Input(format!("{} is not a picture", path.display())))
    }
}

fn said(cli: &Cli, value: &serde_json::Value, text: &str) {
    if cli.json {
        output::json(value);
    } else {
        line(text);
    }
}
