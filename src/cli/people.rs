//! `kasnec user …` and `kasnec token …`

use serde_json::json;

use super::args::{Cli, RoleArg, TokenCommand, UserCommand};
use super::exit::{Exit, Failed};
use super::output::{self, line, table, when, when_if};
use super::session::Session;
use crate::store::people::NewPerson;
use crate::store::rows::Role;
use crate::vault::new_token;

/// Runs `kasnec user …`.
pub async fn users(cli: &Cli, command: &UserCommand) -> Result<Exit, Failed> {
    let session = Session::open(cli).await?;
    let office = &session.office()?.office.id;
    let store = &session.system.store;
    match command {
        UserCommand::Add {
            login,
            name,
            role,
            lang,
            os_user,
        } => {
            let first = session.administrator_or_first().await?.is_none();
            let role = Role::from(*role);
            if first && role != Role::Administrator {
                return Err(Failed::Input("the first user of an office must be an administrator".to_owned()));
            }
            let person = NewPerson {
                login,
                name,
                role,
                lang,
                os_user: os_user.as_deref(),
            };
            store.add_person(office, &person).await?;
            say(
                cli,
                &json!({"login": login, "role": role}),
                &format!("{login} may now act as {role}"),
            );
        }
        UserCommand::List => {
            let people = store.people(office).await?;
            if cli.json {
                output::json(&people);
            } else {
                let rows = people.iter().map(|p| {
                    vec![
                        p.login.clone(),
                        p.name.clone(),
                        p.role.to_string(),
                        p.lang.clone(),
                        p.os_user.clone().unwrap_or_default(),
                    ]
                });
                table(
                    &["login", "name", "role", "language", "system user"],
                    rows.collect(),
                    "no users yet; add one: kasnec user add",
                );
            }
        }
        UserCommand::Revoke { login } => {
            session.person_with(Role::Administrator).await?;
            store.revoke_person(office, login).await?;
            say(
                cli,
                &json!({"login": login, "outcome": "revoked"}),
                &format!("{login} may no longer act; what was done stays"),
            );
        }
    }
    Ok(Exit::Done)
}

/// Runs `kasnec token …`.
pub async fn tokens(cli: &Cli, command: &TokenCommand) -> Result<Exit, Failed> {
    let session = Session::open(cli).await?;
    let office = &session.office()?.office;
    let store = &session.system.store;
    session.person_with(Role::Administrator).await?;
    match command {
        TokenCommand::Add { login, label } => {
            let person = store
                .person(&office.id, login)
                .await?
                .ok_or_else(|| Failed::Input(format!("there is no user \"{login}\"; see: kasnec user list")))?;
            let (token, hash) = new_token();
            let id = store.add_token(&person, label, &hash).await?;
            say(
                cli,
                &json!({"id": id, "token": token}),
                &format!("{token}\n\nThis is token {id}. Keep it now: it is not shown again."),
            );
        }
        TokenCommand::List => {
            let tokens = store.tokens(&office.id).await?;
            if cli.json {
                output::json(&tokens);
            } else {
                let rows = tokens.iter().map(|t| {
                    vec![
                        t.id.to_string(),
                        t.login.clone(),
                        t.label.clone(),
                        when(t.created_at, office.zone),
                        when_if(t.revoked_at, office.zone),
                    ]
                });
                table(
                    &["token", "user", "for", "made", "revoked"],
                    rows.collect(),
                    "no tokens yet; make one: kasnec token add LOGIN --label …",
                );
            }
        }
        TokenCommand::Revoke { token } => {
            store.revoke_token(&office.id, *token).await?;
            say(
                cli,
                &json!({"id": token, "outcome": "revoked"}),
                &format!("token {token} is worthless now"),
            );
        }
    }
    Ok(Exit::Done)
}

impl From<RoleArg> for Role {
    fn from(role: RoleArg) -> Self {
        match role {
            RoleArg::Author => Self::Author,
            RoleArg::Editor => Self::Editor,
            RoleArg::Administrator => Self::Administrator,
        }
    }
}

fn say(cli: &Cli, value: &serde_json::Value, text: &str) {
    if cli.json {
        output::json(value);
    } else {
        line(text);
    }
}
