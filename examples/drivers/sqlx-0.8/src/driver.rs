//! A driver over the pools of sqlx 0.8, on PostgreSQL, MariaDB and MySQL.

use password_reset::adapters::sql::{
    Applied, Database, Driver, Fault, Kind, Row, Statement, Step, Value,
};
use scopeguard::{ScopeGuard, guard};
use sqlx::error::DatabaseError;
use sqlx::pool::PoolConnection;
use sqlx::{Error, Executor as _, MySql, Pool, Postgres, Row as _};
use std::borrow::Cow;

/// A pool of connections to a database.
pub struct Sqlx<DB: sqlx::Database>(pub Pool<DB>);

/// A connection that is closed when it is dropped, unless it is kept.
type Connection<DB> = ScopeGuard<PoolConnection<DB>, fn(PoolConnection<DB>)>;

/// Returns the connection to its pool.
fn keep<DB: sqlx::Database>(connection: Connection<DB>) {
    drop(ScopeGuard::into_inner(connection));
}

impl<DB: sqlx::Database> Sqlx<DB> {
    async fn connection(&self) -> Result<Connection<DB>, Error> {
        let close: fn(PoolConnection<DB>) = |mut connection| connection.close_on_drop();
        Ok(guard(self.0.acquire().await?, close))
    }
}

/// Binds the values of a statement.
macro_rules! bind {
    ($sql:expr, $values:expr) => {
        $values.iter().fold(sqlx::query($sql), |query, value| match value {
            Value::Integer(integer) => query.bind(integer),
            Value::Text(text) => query.bind(&**text),
            Value::Bytes(bytes) => query.bind(&**bytes),
        })
    };
}

/// Reads the columns of a row.
macro_rules! columns {
    ($row:expr, $kinds:expr) => {
        $kinds.iter().enumerate().map(|(at, kind)| match kind {
            Kind::Integer => Ok($row.try_get::<Option<i64>, _>(at)?.map(Value::from)),
            Kind::Text => Ok($row.try_get::<Option<String>, _>(at)?.map(Value::from)),
            Kind::Bytes => Ok($row.try_get::<Option<Vec<u8>>, _>(at)?.map(Value::from)),
        })
    };
}

/// A macro, since sqlx implements the bounds separately for each database.
macro_rules! driver {
    ($database:ident, $code:expr) => {
        impl Driver for Sqlx<$database> {
            type Error = Error;
            const DATABASE: Database = Database::$database;

            async fn query(
                &self,
                sql: &Statement,
                values: &[Value<'_>],
            ) -> Result<Vec<Row>, Error> {
                let mut connection = self.connection().await?;
                let rows = bind!(sql.sql(), values).fetch_all(&mut **connection).await;
                if !rows
                    .as_ref()
                    .is_err_and(|error| Self::DATABASE.breaks_connection(&Self::fault(error)))
                {
                    keep(connection);
                }
                rows?.iter().map(|row| columns!(row, sql.columns()).collect()).collect()
            }

            async fn apply(
                &self,
                begin: Option<&'static str>,
                steps: &[Step<'_>],
            ) -> Result<Applied, Error> {
                // If this is dropped or returns early, a transaction may be open.
                let mut connection = self.connection().await?;
                if let Some(begin) = begin {
                    connection.execute(begin).await?;
                }
                let mut rows = Vec::new();
                for step in steps {
                    let query = bind!(step.statement().sql(), step.values());
                    rows.push(query.execute(&mut **connection).await?.rows_affected());
                }
                let applied = Applied::of(steps, rows);
                if begin.is_some() {
                    let fits = matches!(applied, Applied::All(_));
                    connection.execute(if fits { "COMMIT" } else { "ROLLBACK" }).await?;
                }
                keep(connection);
                Ok(applied)
            }

            fn fault(error: &Error) -> Fault<'_> {
                match error {
                    Error::PoolClosed => Fault::PoolClosed,
                    Error::PoolTimedOut => Fault::NoConnection,
                    Error::Io(_) | Error::Tls(_) => Fault::Broken,
                    Error::Database(error) => match $code(&**error) {
                        Some(code) => Fault::Database { code, message: error.message().into() },
                        None => Fault::Other,
                    },
                    _ => Fault::Other,
                }
            }
        }
    };
}

driver!(Postgres, DatabaseError::code);
driver!(MySql, number);

/// Returns MySQL's error number. What sqlx calls the code is the SQLSTATE, which says less.
fn number(error: &dyn DatabaseError) -> Option<Cow<'_, str>> {
    let error = error.try_downcast_ref::<sqlx::mysql::MySqlDatabaseError>()?;
    Some(error.number().to_string().into())
}
