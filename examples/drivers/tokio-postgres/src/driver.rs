//! A driver over deadpool-postgres. It sends all steps of a transaction at once, so a redemption
//! takes two round trips: the steps, and `COMMIT`.
//!
//! If the server rejected only `BEGIN`, the steps behind it would each run on their own. Only a
//! cancellation that arrives late can cause this. If your program cancels statements on this pool,
//! await `BEGIN` before the rest.

use deadpool_postgres::{Client, Pool, PoolError};
use futures_util::future::{try_join, try_join_all};
use password_reset::adapters::sql::{
    Applied, Database, Driver, Fault, Kind, Row, Statement, Step, Value,
};
use scopeguard::{ScopeGuard, guard};
use std::{error::Error as _, io};
use tokio_postgres::{Error, types::ToSql};

/// A pool of connections to PostgreSQL.
pub struct TokioPostgres(pub Pool);

/// A connection that is closed when it is dropped, unless it is kept.
type Connection = ScopeGuard<Client, fn(Client)>;

/// Returns the connection to its pool.
fn keep(connection: Connection) {
    drop(ScopeGuard::into_inner(connection));
}

impl TokioPostgres {
    async fn connection(&self) -> Result<Connection, PoolError> {
        let close: fn(Client) = |client| drop(Client::take(client));
        Ok(guard(self.0.get().await?, close))
    }
}

impl Driver for TokioPostgres {
    type Error = PoolError;
    const DATABASE: Database = Database::Postgres;

    async fn query(
        &self,
        statement: &Statement,
        values: &[Value<'_>],
    ) -> Result<Vec<Row>, PoolError> {
        let connection = self.connection().await?;
        let prepared = connection.prepare_cached(statement.sql()).await?;
        let values: Vec<_> = values.iter().map(parameter).collect();
        let rows = connection.query(&prepared, &values).await.map_err(PoolError::Backend);
        if !rows.as_ref().is_err_and(|error| Self::DATABASE.breaks_connection(&Self::fault(error)))
        {
            keep(connection);
        }
        Ok(rows?.iter().map(|row| read(row, statement.columns())).collect::<Result<_, _>>()?)
    }

    async fn apply(
        &self,
        begin: Option<&'static str>,
        steps: &[Step<'_>],
    ) -> Result<Applied, PoolError> {
        // If this is dropped or returns early, a transaction may be open.
        let connection = self.connection().await?;
        let prepare = steps.iter().map(|step| connection.prepare_cached(step.statement().sql()));
        let prepared = try_join_all(prepare).await?;
        // A statement is sent when its future is first polled, so all are sent, in order, before
        // the first result arrives.
        let run = prepared.iter().zip(steps).map(|(prepared, step)| {
            connection.execute_raw(prepared, step.values().iter().map(parameter))
        });
        let rows = match begin {
            Some(begin) => try_join(connection.batch_execute(begin), try_join_all(run)).await?.1,
            None => try_join_all(run).await?,
        };
        let applied = Applied::of(steps, rows);
        if begin.is_some() {
            let fits = matches!(applied, Applied::All(_));
            connection.batch_execute(if fits { "COMMIT" } else { "ROLLBACK" }).await?;
        }
        keep(connection);
        Ok(applied)
    }

    fn fault(error: &PoolError) -> Fault<'_> {
        let is_io = |error: &Error| error.source().is_some_and(|source| source.is::<io::Error>());
        match error {
            PoolError::Closed => Fault::PoolClosed,
            PoolError::Backend(error) => match error.as_db_error() {
                Some(answer) => Fault::Database {
                    code: answer.code().code().into(),
                    message: answer.message().into(),
                },
                None if error.is_closed() || is_io(error) => Fault::Broken,
                None => Fault::Other,
            },
            _ => Fault::NoConnection,
        }
    }
}

fn parameter<'a>(value: &'a Value<'_>) -> &'a (dyn ToSql + Sync) {
    match value {
        Value::Integer(integer) => integer,
        Value::Text(text) => text,
        Value::Bytes(bytes) => bytes,
    }
}

fn read(row: &tokio_postgres::Row, kinds: &[Kind]) -> Result<Row, Error> {
    let read = |(at, kind): (usize, &Kind)| {
        Ok(match kind {
            Kind::Integer => row.try_get::<_, Option<i64>>(at)?.map(Value::from),
            Kind::Text => row.try_get::<_, Option<String>>(at)?.map(Value::from),
            Kind::Bytes => row.try_get::<_, Option<Vec<u8>>>(at)?.map(Value::from),
        })
    };
    kinds.iter().enumerate().map(read).collect()
}
