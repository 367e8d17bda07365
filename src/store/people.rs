//! Offices, the people who work in them, and the tokens of programs.

use super::rows::{Person, Role};
use super::value::{args, to_json};
use super::{Store, StoreError};
use crate::item::Office;

/// A token as it is listed: never the token itself.
#[derive(Debug, Clone, serde::Serialize)]
pub struct TokenRow {
    /// Its number.
    pub id: i64,
    /// Whose it is.
    pub login: String,
    /// What it is for.
    pub label: String,
    /// When it was made.
    pub created_at: chrono::DateTime<chrono::Utc>,
    /// When it was revoked.
    pub revoked_at: Option<chrono::DateTime<chrono::Utc>>,
}

/// A person to be added.
#[derive(Debug, Clone)]
pub struct NewPerson<'a> {
    /// The name used with `--as`.
    pub login: &'a str,
    /// The name people use.
    pub name: &'a str,
    /// What this person may do.
    pub role: Role,
    /// The language of messages.
    pub lang: &'a str,
    /// The operating-system user who is this person.
    pub os_user: Option<&'a str>,
}

impl Store {
    /// Makes the office known, or its description new.
    pub async fn put_office(&self, office: &Office) -> Result<(), StoreError> {
        let mut work = self.begin().await?;
        let sql = "INSERT INTO office (id, described) VALUES ($1, $2) ON CONFLICT (id) DO UPDATE SET described = excluded.described";
        work.run(sql, args![&office.id, to_json(office)?]).await?;
        work.commit().await
    }

    /// Adds a person.
    pub async fn add_person(&self, office: &str, person: &NewPerson<'_>) -> Result<i64, StoreError> {
        let mut work = self.begin().await?;
        let sql = "INSERT INTO person (office, login, name, role, lang, os_user, active, created_at) VALUES ($1, $2, $3, $4, $5, $6, 1, $7) RETURNING id";
        let values = args![
            office,
            person.login,
            person.name,
            person.role.word(),
            person.lang,
            person.os_user,
            self.clock.now()
        ];
        let id = match work.insert(sql, values).await {
            Err(StoreError::Duplicate(_)) => return Err(StoreError::Duplicate(format!("the user \"{}\"", person.login))),
            other => other?,
        };
        work.note(
            self,
            office,
            "kasnec",
            "user added",
            None,
            None,
            &serde_json::json!({"login": person.login, "role": person.role}),
        )
        .await?;
        work.commit().await?;
        Ok(id)
    }

    /// Everybody who may act in the office.
    pub async fn people(&self, office: &str) -> Result<Vec<Person>, StoreError> {
        let sql = "SELECT id, office, login, name, role, lang, os_user FROM person WHERE office = $1 AND active = 1 ORDER BY login";
        self.rows(sql, args![office]).await?.iter_mut().map(Person::read).collect()
    }

    /// The person of that login.
    pub async fn person(&self, office: &str, login: &str) -> Result<Option<Person>, StoreError> {
        Ok(self.people(office).await?.into_iter().find(|p| p.login == login))
    }

    /// Takes a person's right to act away; what was done stays.
    pub async fn revoke_person(&self, office: &str, login: &str) -> Result<(), StoreError> {
        let mut work = self.begin().await?;
        let touched = work
            .run(
                "UPDATE person SET active = 0 WHERE office = $1 AND login = $2 AND active = 1",
                args![office, login],
            )
            .await?;
        if touched == 0 {
            return Err(StoreError::Missing(format!("user \"{login}\""), "user list"));
        }
        let sql = "UPDATE token SET revoked_at = $3 WHERE revoked_at IS NULL AND person IN (SELECT id FROM person WHERE office = $1 AND login = $2)";
        work.run(sql, args![office, login, self.clock.now()]).await?;
        work.note(
            self,
            office,
            "kasnec",
            "user revoked",
            None,
            None,
            &serde_json::json!({"login": login}),
        )
        .await?;
        work.commit().await
    }

    /// Keeps a token's hash.
    pub async fn add_token(&self, person: &Person, label: &str, hash: &str) -> Result<i64, StoreError> {
        let mut work = self.begin().await?;
        let sql = "INSERT INTO token (office, person, label, hash, created_at) VALUES ($1, $2, $3, $4, $5) RETURNING id";
        let id = work
            .insert(sql, args![&person.office, person.id, label, hash, self.clock.now()])
            .await?;
        let body = serde_json::json!({"login": person.login, "token": id});
        work.note(self, &person.office, "kasnec", "token added", None, None, &body).await?;
        work.commit().await?;
        Ok(id)
    }

    /// Every token of the office.
    pub async fn tokens(&self, office: &str) -> Result<Vec<TokenRow>, StoreError> {
        let sql = "SELECT t.id, p.login, t.label, t.created_at, t.revoked_at FROM token t JOIN person p ON p.id = t.person WHERE t.office = $1 ORDER BY t.id";
        let rows = self.rows(sql, args![office]).await?;
        rows.into_iter()
            .map(|mut row| {
                Ok(TokenRow {
                    id: row.int()?,
                    login: row.text()?,
                    label: row.text()?,
                    created_at: row.instant()?,
                    revoked_at: row.opt_instant()?,
                })
            })
            .collect()
    }

    /// Makes a token worthless.
    pub async fn revoke_token(&self, office: &str, id: i64) -> Result<(), StoreError> {
        let mut work = self.begin().await?;
        let sql = "UPDATE token SET revoked_at = $3 WHERE office = $1 AND id = $2 AND revoked_at IS NULL";
        if work.run(sql, args![office, id, self.clock.now()]).await? == 0 {
            return Err(StoreError::Missing(format!("valid token {id}"), "token list"));
        }
        let body = serde_json::json!({"token": id});
        work.note(self, office, "kasnec", "token revoked", None, None, &body).await?;
        work.commit().await
    }

    /// Whose token has that hash, if it is valid.
    pub async fn person_by_token(&self, hash: &str) -> Result<Option<Person>, StoreError> {
        let sql = "SELECT p.id, p.office, p.login, p.name, p.role, p.lang, p.os_user FROM token t JOIN person p ON p.id = t.person \
                   WHERE t.hash = $1 AND t.revoked_at IS NULL AND p.active = 1";
        self.row(sql, args![hash]).await?.map(|mut row| Person::read(&mut row)).transpose()
    }
}
