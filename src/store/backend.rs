//! The one place that knows that there are two databases: binding, reading, running one SQL text on either.

use sqlx::postgres::{PgArguments, PgConnection, PgRow};
use sqlx::sqlite::{SqliteArguments, SqliteConnection, SqliteRow};
use sqlx::{Column as _, Row as _, TypeInfo as _, ValueRef as _};

use super::StoreError;
use super::value::{Cell, Row, Value};

/// A connection to either.
pub(super) enum Conn<'a> {
    Sqlite(&'a mut SqliteConnection),
    Pg(&'a mut PgConnection),
}

impl Conn<'_> {
    /// Runs a statement; gives the number of rows it touched.
    pub async fn run(&mut self, sql: &'static str, args: Vec<Value>) -> Result<u64, StoreError> {
        Ok(match self {
            Self::Sqlite(conn) => bind_sqlite(sql, args).execute(&mut **conn).await?.rows_affected(),
            Self::Pg(conn) => bind_pg(sql, args).execute(&mut **conn).await?.rows_affected(),
        })
    }

    /// Runs a query; gives its rows.
    pub async fn rows(&mut self, sql: &'static str, args: Vec<Value>) -> Result<Vec<Row>, StoreError> {
        match self {
            Self::Sqlite(conn) => bind_sqlite(sql, args)
                .fetch_all(&mut **conn)
                .await?
                .iter()
                .map(from_sqlite)
                .collect(),
            Self::Pg(conn) => bind_pg(sql, args).fetch_all(&mut **conn).await?.iter().map(from_pg).collect(),
        }
    }
}

fn bind_sqlite(sql: &'static str, args: Vec<Value>) -> sqlx::query::Query<'static, sqlx::Sqlite, SqliteArguments> {
    args.into_iter().fold(sqlx::query(sql), |query, value| match value {
        Value::Int(int) => query.bind(int),
        Value::Text(text) => query.bind(text),
        Value::Bytes(bytes) => query.bind(bytes),
    })
}

fn bind_pg(sql: &'static str, args: Vec<Value>) -> sqlx::query::Query<'static, sqlx::Postgres, PgArguments> {
    args.into_iter().fold(sqlx::query(sql), |query, value| match value {
        Value::Int(int) => query.bind(int),
        Value::Text(text) => query.bind(text),
        Value::Bytes(bytes) => query.bind(bytes),
    })
}

pub(super) fn from_sqlite(row: &SqliteRow) -> Result<Row, StoreError> {
    let mut cells = Vec::with_capacity(row.len());
    for index in 0..row.len() {
        let raw = row.try_get_raw(index)?;
        let kind = raw.type_info();
        cells.push(match kind.name() {
            _ if raw.is_null() => Cell::Null,
            "INTEGER" => Cell::Int(row.try_get_unchecked(index)?),
            "BLOB" => Cell::Bytes(row.try_get_unchecked(index)?),
            _ => Cell::Text(row.try_get_unchecked(index)?),
        });
    }
    Ok(Row::new(cells))
}

pub(super) fn from_pg(row: &PgRow) -> Result<Row, StoreError> {
    let mut cells = Vec::with_capacity(row.len());
    for column in row.columns() {
        let index = column.ordinal();
        let null = row.try_get_raw(index)?.is_null();
        cells.push(match column.type_info().name() {
            _ if null => Cell::Null,
            "INT8" => Cell::Int(row.try_get(index)?),
            "INT4" => Cell::Int(i64::from(row.try_get::<i32, _>(index)?)),
            "BYTEA" => Cell::Bytes(row.try_get(index)?),
            _ => Cell::Text(row.try_get(index)?),
        });
    }
    Ok(Row::new(cells))
}
