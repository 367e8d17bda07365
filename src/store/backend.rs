//! The one place that knows that there are two databases: binding, reading, running one SQL text on either.

use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{CachedStatement, Connection, ToSql};
use sqlx::postgres::{PgArguments, PgConnection, PgRow};
use sqlx::{Column as _, Row as _, TypeInfo as _, ValueRef as _};

use super::StoreError;
use super::value::{Cell, Row, Value};

/// A connection to either.
pub(super) enum Conn<'a> {
    Sqlite(&'a mut Connection),
    Pg(&'a mut PgConnection),
}

impl Conn<'_> {
    /// Runs a statement; gives the number of rows it touched.
    pub async fn run(&mut self, sql: &'static str, args: Vec<Value>) -> Result<u64, StoreError> {
        Ok(match self {
            Self::Sqlite(conn) => run_sqlite(conn, sql, &args)?,
            Self::Pg(conn) => bind_pg(sql, args).execute(&mut **conn).await?.rows_affected(),
        })
    }

    /// Runs a query; gives its rows.
    pub async fn rows(&mut self, sql: &'static str, args: Vec<Value>) -> Result<Vec<Row>, StoreError> {
        match self {
            Self::Sqlite(conn) => rows_sqlite(conn, sql, &args),
            Self::Pg(conn) => bind_pg(sql, args).fetch_all(&mut **conn).await?.iter().map(from_pg).collect(),
        }
    }
}

/// Runs a statement on SQLite; gives the number of rows it touched.
pub(super) fn run_sqlite(conn: &Connection, sql: &str, args: &[Value]) -> Result<u64, StoreError> {
    let mut statement = conn.prepare_cached(sql)?;
    bind_sqlite(&mut statement, args)?;
    Ok(statement.raw_execute()? as u64)
}

/// Runs a query on SQLite; gives its rows.
pub(super) fn rows_sqlite(conn: &Connection, sql: &str, args: &[Value]) -> Result<Vec<Row>, StoreError> {
    let mut statement = conn.prepare_cached(sql)?;
    bind_sqlite(&mut statement, args)?;
    let width = statement.column_count();
    let (mut rows, mut found) = (statement.raw_query(), Vec::new());
    while let Some(row) = rows.next()? {
        found.push(from_sqlite(row, width)?);
    }
    Ok(found)
}

/// To SQLite `$3` is a name, not a place: names are numbered as they are met.
fn bind_sqlite(statement: &mut CachedStatement<'_>, args: &[Value]) -> Result<(), StoreError> {
    for place in 1..=statement.parameter_count() {
        let name = statement
            .parameter_name(place)
            .and_then(|name| name.strip_prefix('$')?.parse::<usize>().ok());
        let value = name.and_then(|number| args.get(number.checked_sub(1)?));
        let value = value.ok_or_else(|| StoreError::Shape(format!("a statement asks for a value {place} that it was not given")))?;
        statement.raw_bind_parameter(place, value)?;
    }
    Ok(())
}

impl ToSql for Value {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Self::Int(int) => int.map_or(ValueRef::Null, ValueRef::Integer),
            Self::Text(text) => text.as_ref().map_or(ValueRef::Null, |text| ValueRef::Text(text.as_bytes())),
            Self::Bytes(bytes) => ValueRef::Blob(bytes),
        }))
    }
}

fn bind_pg(sql: &'static str, args: Vec<Value>) -> sqlx::query::Query<'static, sqlx::Postgres, PgArguments> {
    args.into_iter().fold(sqlx::query(sql), |query, value| match value {
        Value::Int(int) => query.bind(int),
        Value::Text(text) => query.bind(text),
        Value::Bytes(bytes) => query.bind(bytes),
    })
}

fn from_sqlite(row: &rusqlite::Row<'_>, width: usize) -> Result<Row, StoreError> {
    let mut cells = Vec::with_capacity(width);
    for index in 0..width {
        cells.push(match row.get_ref(index)? {
            ValueRef::Null => Cell::Null,
            ValueRef::Integer(int) => Cell::Int(int),
            ValueRef::Real(real) => Cell::Text(real.to_string()),
            ValueRef::Text(text) => Cell::Text(String::from_utf8_lossy(text).into_owned()),
            ValueRef::Blob(bytes) => Cell::Bytes(bytes.to_vec()),
        });
    }
    Ok(Row::new(cells))
}

fn from_pg(row: &PgRow) -> Result<Row, StoreError> {
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
