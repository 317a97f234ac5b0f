//! A driver over rusqlite, on tokio's threads for blocking work.

use password_reset::adapters::sql::{
    Applied, Database, Driver, Fault, Row, Statement, Step, Value,
};
use rusqlite::{Connection, Error, Result, params_from_iter, types};
use std::sync::Arc;
use tokio::{sync::Mutex, task::spawn_blocking};

/// A connection to a database, which is opened on first use.
#[derive(Clone)]
pub struct Rusqlite {
    open: Arc<dyn Fn() -> Result<Connection> + Send + Sync>,
    connection: Arc<Mutex<Option<Connection>>>,
}

impl Rusqlite {
    /// Returns a driver. `open` opens a connection and configures it, including how long it waits
    /// for a lock.
    pub fn new(open: impl Fn() -> Result<Connection> + Send + Sync + 'static) -> Self {
        Self { open: Arc::new(open), connection: Arc::default() }
    }

    /// Runs `run` on the connection, and to its end even if the caller is dropped. A transaction
    /// that it leaves open is rolled back.
    pub async fn run<T: Send + 'static>(
        &self,
        run: impl FnOnce(&Connection) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let open = Arc::clone(&self.open);
        let mut slot = Arc::clone(&self.connection).lock_owned().await;
        let run = spawn_blocking(move || {
            let connection = slot.take().map_or_else(&*open, Ok)?;
            let result = run(&connection);
            let breaks_connection = |error| Self::DATABASE.breaks_connection(&Self::fault(error));
            let has_ended =
                connection.is_autocommit() || connection.execute_batch("ROLLBACK").is_ok();
            if has_ended && !result.as_ref().is_err_and(breaks_connection) {
                *slot = Some(connection); // Otherwise it is closed.
            }
            result
        });
        run.await.unwrap_or_else(|ended| std::panic::resume_unwind(ended.into_panic()))
    }
}

impl Driver for Rusqlite {
    type Error = Error;
    const DATABASE: Database = Database::Sqlite;

    async fn query(&self, statement: &Statement, values: &[Value<'_>]) -> Result<Vec<Row>> {
        let (statement, values) = (statement.clone(), owned(values));
        self.run(move |connection| execute(connection, &statement, values)).await
    }

    async fn apply(&self, begin: Option<&'static str>, steps: &[Step<'_>]) -> Result<Applied> {
        let owned = |step: &Step<'_>| (step.statement().clone(), owned(step.values()), step.rows());
        let steps: Vec<_> = steps.iter().map(owned).collect();
        let applied = self.run(move |connection| {
            if let Some(begin) = begin {
                connection.execute_batch(begin)?;
            }
            let mut applied = Vec::new();
            for (statement, values, expected) in steps {
                execute(connection, &statement, values)?;
                let rows = connection.changes();
                if expected.is_some_and(|expected| expected != rows) {
                    return Ok(Applied::Not { step: applied.len(), rows });
                }
                applied.push(rows);
            }
            if begin.is_some() {
                connection.execute_batch("COMMIT")?;
            }
            Ok(Applied::All(applied))
        });
        applied.await
    }

    fn fault(error: &Error) -> Fault<'_> {
        let (error, message) = match error {
            Error::SqliteFailure(error, message) => (error, message.as_deref().unwrap_or_default()),
            Error::SqlInputError { error, msg, .. } => (error, &**msg),
            _ => return Fault::Other,
        };
        let code = error.extended_code.to_string();
        Fault::Database { code: code.into(), message: message.into() }
    }
}

fn execute(
    connection: &Connection,
    statement: &Statement,
    values: Vec<types::Value>,
) -> Result<Vec<Row>> {
    let mut prepared = connection.prepare_cached(statement.sql())?;
    let rows = prepared.query_map(params_from_iter(values), |row| {
        (0..statement.columns().len()).map(|at| row.get(at).map(column)).collect()
    });
    rows?.collect()
}

fn owned(values: &[Value<'_>]) -> Vec<types::Value> {
    let parameter = |value: &Value<'_>| match value {
        Value::Integer(integer) => types::Value::Integer(*integer),
        Value::Text(text) => types::Value::Text(text.to_string()),
        Value::Bytes(bytes) => types::Value::Blob(bytes.to_vec()),
    };
    values.iter().map(parameter).collect()
}

fn column(value: types::Value) -> Option<Value<'static>> {
    match value {
        types::Value::Integer(integer) => Some(integer.into()),
        types::Value::Text(text) => Some(text.into()),
        types::Value::Blob(bytes) => Some(bytes.into()),
        _ => None,
    }
}
