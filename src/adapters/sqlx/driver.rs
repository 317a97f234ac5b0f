//! Runs the store's statements over sqlx.

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

/// Written once for three databases, since sqlx implements the bounds for each of them apart.
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

            async fn transaction(
                connection: &mut Lease<$database>,
                begin: &'static str,
                steps: &[Step<'_>],
            ) -> Result<Applied, Error> {
                // Boxed as `Send`: the compiler cannot see it through the borrow in a caller's task.
                let begin: Pin<Box<dyn Future<Output = _> + Send + '_>> =
                    Box::pin(connection.begin_with(begin));
                let mut transaction = begin.await?;
                let mut applied = Vec::with_capacity(steps.len());
                for step in steps {
                    let rows = Self::step(&mut transaction, step).await;
                    match rows {
                        Ok(rows) if step.fits(rows) => applied.push(rows),
                        Ok(rows) => {
                            transaction.rollback().await?;
                            return Ok(Applied::Not { step: applied.len(), rows });
                        }
                        Err(error) => {
                            // Without an answer to this one, the connection is closed.
                            let ended = transaction.rollback().await;
                            connection.closes(ended.is_err());
                            return Err(error);
                        }
                    }
                }
                transaction.commit().await?;
                Ok(Applied::All(applied))
            }

            /// Keeps the connection for others after an answer, and after an error that it survives.
            fn end<T>(lease: &mut Lease<$database>, answer: Result<T, Error>) -> Result<T, Error> {
                if let Err(error) = &answer {
                    let spoils = Self::DATABASE.spoils(&Self::fault(error));
                    lease.closes(spoils);
                } else {
                    lease.closes(false);
                }
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
                if let Some(begin) = begin {
                    let applied = Self::transaction(&mut lease, begin, steps).await;
                    return Self::end(&mut lease, applied);
                }
                let mut applied = Vec::with_capacity(steps.len());
                for step in steps {
                    let rows = Self::step(&mut lease, step).await;
                    let rows = Self::end(&mut lease, rows)?;
                    if !step.fits(rows) {
                        return Ok(Applied::Not { step: applied.len(), rows });
                    }
                    applied.push(rows);
                }
                Ok(Applied::All(applied))
            }

            fn fault(error: &Error) -> Fault<'_> {
                match error {
                    Error::PoolClosed => Fault::PoolClosed,
                    // The pool tries again while nobody listens, so this is also a server that is
                    // down.
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

/// What sqlx calls the code is MySQL's SQLSTATE, which says less than its number.
#[cfg(feature = "sqlx-mysql")]
fn number(error: &dyn DatabaseError) -> Option<Cow<'_, str>> {
    use alloc::string::ToString;
    let error = error.try_downcast_ref::<::sqlx::mysql::MySqlDatabaseError>()?;
    Some(Cow::Owned(error.number().to_string()))
}
