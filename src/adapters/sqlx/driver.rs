//! The driver over sqlx.

use super::Sqlx;
use super::lease::Lease;
use crate::adapters::sql::{Applied, Database, Driver, Fault, Kind, Row, Statement, Step, Value};
use ::sqlx::error::DatabaseError;
use ::sqlx::{Arguments as _, AssertSqlSafe, Connection, Error, Row as _};
use alloc::borrow::Cow;
use alloc::boxed::Box;
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::pin::Pin;

/// A macro, since sqlx implements the bounds separately for each database.
macro_rules! driver {
    ($database:ty, $name:ident, $code:expr, ends_what_is_dropped: $ends:literal) => {
        impl Sqlx<$database> {
            fn arguments(
                values: &[Value<'_>],
            ) -> Result<<$database as ::sqlx::Database>::Arguments, Error> {
                let mut arguments = <$database as ::sqlx::Database>::Arguments::default();
                for value in values {
                    let added = match value {
                        Value::Integer(integer) => arguments.add(*integer),
                        Value::Text(text) => arguments.add(&**text),
                        Value::Bytes(bytes) => arguments.add(&**bytes),
                    };
                    added.map_err(Error::Encode)?;
                }
                Ok(arguments)
            }

            /// Runs a step and returns the number of rows that it changed.
            async fn step(
                connection: &mut <$database as ::sqlx::Database>::Connection,
                step: &Step<'_>,
            ) -> Result<u64, Error> {
                let sql = AssertSqlSafe(Arc::clone(step.statement().sql()));
                let query = ::sqlx::query_with(sql, Self::arguments(step.values())?);
                Ok(query.execute(connection).await?.rows_affected())
            }

            /// Runs the steps up to the first that does not fit.
            async fn steps(
                connection: &mut <$database as ::sqlx::Database>::Connection,
                steps: &[Step<'_>],
            ) -> Result<Applied, Error> {
                let mut applied = Vec::with_capacity(steps.len());
                for step in steps {
                    let rows = Self::step(connection, step).await?;
                    if !step.fits(rows) {
                        return Ok(Applied::Not { step: applied.len(), rows });
                    }
                    applied.push(rows);
                }
                Ok(Applied::All(applied))
            }

            async fn transaction(
                connection: &mut Lease<$database>,
                begin: &'static str,
                steps: &[Step<'_>],
            ) -> Result<Applied, Error> {
                // Boxed as `Send`: the compiler cannot see it through the borrow in a caller's
                // task.
                let begin: Pin<Box<dyn Future<Output = _> + Send + '_>> =
                    Box::pin(connection.begin_with(begin));
                let mut transaction = begin.await?;
                let applied = Self::steps(&mut transaction, steps).await;
                let ended = match applied {
                    Ok(Applied::All(_)) => transaction.commit().await,
                    _ => transaction.rollback().await,
                };
                if ended.is_err() {
                    connection.give_up();
                }
                let applied = applied?;
                ended?;
                Ok(applied)
            }

            /// Returns the connection to its pool after a success, and after an error that does not
            /// break it.
            fn end<T>(lease: &mut Lease<$database>, answer: Result<T, Error>) -> Result<T, Error> {
                let breaks_connection =
                    |error: &Error| Self::DATABASE.breaks_connection(&Self::fault(error));
                lease.closes(answer.as_ref().err().is_some_and(breaks_connection));
                answer
            }
        }

        impl Driver for Sqlx<$database> {
            type Error = Error;
            const DATABASE: Database = Database::$name;

            async fn query(
                &self,
                statement: &Statement,
                values: &[Value<'_>],
            ) -> Result<Vec<Row>, Error> {
                let mut lease = Lease::from(&self.0, !$ends).await?;
                let sql = AssertSqlSafe(Arc::clone(statement.sql()));
                let query = ::sqlx::query_with(sql, Self::arguments(values)?);
                let rows = query.fetch_all(&mut *lease).await;
                let rows = Self::end(&mut lease, rows)?;
                let read = |row: &<$database as ::sqlx::Database>::Row| {
                    let columns = statement.columns().iter().enumerate();
                    let read = columns.map(|(at, kind)| {
                        Ok(match kind {
                            Kind::Integer => row.try_get::<Option<i64>, _>(at)?.map(Value::from),
                            Kind::Text => row.try_get::<Option<String>, _>(at)?.map(Value::from),
                            Kind::Bytes => row.try_get::<Option<Vec<u8>>, _>(at)?.map(Value::from),
                        })
                    });
                    read.collect()
                };
                rows.iter().map(read).collect()
            }

            async fn apply(
                &self,
                begin: Option<&'static str>,
                steps: &[Step<'_>],
            ) -> Result<Applied, Error> {
                let mut lease = Lease::from(&self.0, !$ends).await?;
                let applied = match begin {
                    Some(begin) => Self::transaction(&mut lease, begin, steps).await,
                    None => Self::steps(&mut lease, steps).await,
                };
                Self::end(&mut lease, applied)
            }

            fn fault(error: &Error) -> Fault<'_> {
                match error {
                    Error::PoolClosed => Fault::PoolClosed,
                    // If the server is down, the pool retries until this time-out.
                    Error::PoolTimedOut => Fault::NoConnection,
                    Error::Io(_) | Error::Tls(_) => Fault::Broken,
                    Error::Database(error) => match $code(&**error) {
                        Some(code) => {
                            Fault::Database { code, message: Cow::Borrowed(error.message()) }
                        }
                        None => Fault::Other,
                    },
                    _ => Fault::Other,
                }
            }
        }
    };
}

#[cfg(feature = "sqlx-postgres")]
driver!(::sqlx::Postgres, Postgres, DatabaseError::code, ends_what_is_dropped: false);
#[cfg(feature = "sqlx-sqlite")]
driver!(::sqlx::Sqlite, Sqlite, DatabaseError::code, ends_what_is_dropped: true);
#[cfg(feature = "sqlx-mysql")]
driver!(::sqlx::MySql, MySql, number, ends_what_is_dropped: false);

/// Returns MySQL's error number. What sqlx calls the code is the SQLSTATE, which says less.
#[cfg(feature = "sqlx-mysql")]
fn number(error: &dyn DatabaseError) -> Option<Cow<'_, str>> {
    use alloc::string::ToString;
    let error = error.try_downcast_ref::<::sqlx::mysql::MySqlDatabaseError>()?;
    Some(Cow::Owned(error.number().to_string()))
}
