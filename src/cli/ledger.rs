//! `kasnec ledger …` and `kasnec proof`.

use serde_json::json;

use super::args::{Cli, LedgerCommand, ProofArgs, ProofFormat};
use super::exit::{Exit, Failed};
use super::output::{self, line, table, when};
use super::session::Session;
use crate::acts;
use crate::store::audit::{Audit, Shown};
use crate::web::proof;

/// Runs the command.
pub async fn run(cli: &Cli, command: &LedgerCommand) -> Result<Exit, Failed> {
    let session = Session::open(cli).await?;
    match command {
        LedgerCommand::Verify { from_head } => verify(cli, &session, from_head.as_deref()).await,
        LedgerCommand::Heads => heads(cli, &session).await,
    }
}

async fn verify(cli: &Cli, session: &Session, seen: Option<&str>) -> Result<Exit, Failed> {
    let office = &session.office()?.office.id;
    let seen = seen.map(head_hash).transpose()?;
    let audit = session.system.store.audit(office, seen.as_deref()).await?;
    if cli.json {
        print_json(office, &audit);
    } else {
        print(office, &audit);
    }
    Ok(if audit.faults.is_empty() { Exit::Done } else { Exit::Broken })
}

fn head_hash(text: &str) -> Result<String, Failed> {
    let hash = text.trim().to_ascii_lowercase();
    if hash.len() == 64 && hash.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Ok(hash);
    }
    Err(Failed::Input(format!(
        "\"{text}\" is not a head: copy the 64 hexadecimal digits from the feed, the page /ledger or a proof"
    )))
}

fn print_json(office: &str, audit: &Audit) {
    let faults: Vec<Shown> = audit.faults.iter().map(Shown::from).collect();
    output::json(&json!({
        "office": office, "fits": faults.is_empty(), "lines": audit.lines, "hash": audit.hash, "unlinked": audit.unlinked,
        "heads": audit.heads, "items": audit.items, "faults": faults,
    }));
}

fn print(office: &str, audit: &Audit) {
    let seen = format!("{} lines, {} published heads, {} items", audit.lines, audit.heads, audit.items);
    if audit.unlinked > 0 {
        line(format!("{} line(s) were written just now and are not linked yet.", audit.unlinked));
    }
    if audit.faults.is_empty() {
        line(format!("The ledger of {office} fits: {seen}."));
        line(format!("Its end is line {}, {}.", audit.lines, audit.hash));
        return;
    }
    line(format!("The ledger of {office} does NOT fit ({seen}):"));
    for fault in &audit.faults {
        line(format!("  {fault}."));
    }
    line("What to do: change nothing and stop the program. Copy the database as it is; it is evidence. Ask who had access to it.");
    line("Then compare with a backup: `kasnec ledger verify` on its copy says whether the fault is older. docs/LEDGER.md says more.");
}

async fn heads(cli: &Cli, session: &Session) -> Result<Exit, Failed> {
    let office = &session.office()?.office;
    let heads = session.system.store.heads(&office.id).await?;
    if cli.json {
        output::json(&heads);
        return Ok(Exit::Done);
    }
    let rows = heads.into_iter().map(|head| {
        let at = when(head.published_at, office.zone);
        vec![head.day, head.seq.to_string(), head.hash, at]
    });
    let nothing = "no head was published yet: `kasnec serve` or `kasnec worker` publishes one a day";
    table(&["day", "line", "hash", "published"], rows.collect(), nothing);
    Ok(Exit::Done)
}

/// Makes the proof for one item.
pub async fn prove(cli: &Cli, options: &ProofArgs) -> Result<Exit, Failed> {
    let session = Session::open(cli).await?;
    let proof = acts::proof(&session.system, session.office()?, &options.item).await?;
    let text = match options.format {
        ProofFormat::Html => proof::page(&proof).map_err(|e| Failed::Outside(format!("the proof could not be drawn ({e})")))?,
        ProofFormat::Json => serde_json::to_string_pretty(&proof).map_err(|e| Failed::Outside(e.to_string()))? + "\n",
    };
    let Some(file) = &options.out else {
        line(text.trim_end());
        return Ok(Exit::Done);
    };
    std::fs::write(file, text).map_err(|e| {
        let file = file.display();
        Failed::Outside(format!(
            "{file} cannot be written ({e}); name a file in a folder where you may write"
        ))
    })?;
    let said = format!(
        "{} written: {} lines of the ledger, {} published heads",
        file.display(),
        proof.chain.len(),
        proof.heads.len()
    );
    if cli.json {
        output::json(&json!({"file": file, "lines": proof.chain.len(), "heads": proof.heads.len()}));
    } else {
        line(said);
    }
    Ok(Exit::Done)
}
