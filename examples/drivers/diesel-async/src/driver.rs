//! A driver over diesel-async's pool for deadpool, on PostgreSQL.

use diesel::deserialize::{self, QueryableByName};
use diesel::query_builder::{BoxedSqlQuery, SqlQuery};
use diesel::row::{self, Field as _, NamedRow};
use diesel::sql_types::{BigInt, Binary, Text};
use diesel::{pg::Pg, result::DatabaseErrorKind as Kind, result::Error};
use diesel_async::pooled_connection::PoolError::QueryError;
use diesel_async::pooled_connection::deadpool::{Object, Pool, PoolError};
use diesel_async::{AsyncPgConnection, RunQueryDsl as _, SimpleAsyncConnection as _};
use password_reset::adapters::sql::{
    Applied, Database, Driver, Fault, Row, Statement, Step, Value,
};
use scopeguard::{ScopeGuard, guard};

/// A pool of connections to PostgreSQL.
pub struct DieselAsync(pub Pool<AsyncPgConnection>);

/// A connection that is closed when it is dropped, unless it is kept.
type Connection = ScopeGuard<Object<AsyncPgConnection>, fn(Object<AsyncPgConnection>)>;

/// Returns the connection to its pool.
fn keep(connection: Connection) {
    drop(ScopeGuard::into_inner(connection));
}

impl DieselAsync {
    async fn connection(&self) -> Result<Connection, PoolError> {
        let close: fn(Object<AsyncPgConnection>) = |object| drop(Object::take(object));
        Ok(guard(self.0.get().await?, close))
    }
}

impl Driver for DieselAsync {
    type Error = PoolError;
    const DATABASE: Database = Database::Postgres;

    async fn query(&self, sql: &Statement, values: &[Value<'_>]) -> Result<Vec<Row>, PoolError> {
        let mut connection = self.connection().await?;
        let rows = bind(sql, values).load::<Loaded>(&mut **connection).await;
        let rows = rows.map_err(QueryError).map_err(PoolError::from);
        if !rows.as_ref().is_err_and(|error| Self::DATABASE.breaks_connection(&Self::fault(error)))
        {
            keep(connection);
        }
        Ok(rows?.into_iter().map(|row| row.0).collect())
    }

    async fn apply(
        &self,
        begin: Option<&'static str>,
        steps: &[Step<'_>],
    ) -> Result<Applied, PoolError> {
        // If this is dropped or returns early, a transaction may be open.
        let mut connection = self.connection().await?;
        if let Some(begin) = begin {
            connection.batch_execute(begin).await.map_err(QueryError)?;
        }
        let mut rows = Vec::new();
        for step in steps {
            let query = bind(step.statement(), step.values());
            rows.push(query.execute(&mut **connection).await.map_err(QueryError)? as u64);
        }
        let applied = Applied::of(steps, rows);
        if begin.is_some() {
            let fits = matches!(applied, Applied::All(_));
            let end = connection.batch_execute(if fits { "COMMIT" } else { "ROLLBACK" });
            end.await.map_err(QueryError)?;
        }
        keep(connection);
        Ok(applied)
    }

    fn fault(error: &PoolError) -> Fault<'_> {
        let (kind, answer) = match error {
            PoolError::Closed => return Fault::PoolClosed,
            PoolError::Backend(QueryError(Error::DatabaseError(kind, answer))) => (kind, answer),
            PoolError::Backend(QueryError(_)) => return Fault::Other,
            _ => return Fault::NoConnection,
        };
        let code = match kind {
            Kind::UnableToSendCommand | Kind::ClosedConnection => return Fault::Broken,
            Kind::UniqueViolation => "23505",
            Kind::SerializationFailure => "40001",
            Kind::ReadOnlyTransaction => "25006",
            _ => "", // Diesel does not expose it, so the store uses the message.
        };
        Fault::Database { code: code.into(), message: answer.message().into() }
    }
}

fn bind<'a>(sql: &Statement, values: &'a [Value<'_>]) -> BoxedSqlQuery<'a, Pg, SqlQuery> {
    let query = diesel::sql_query(&**sql.sql()).into_boxed();
    values.iter().fold(query, |query, value| match value {
        Value::Integer(integer) => query.bind::<BigInt, _>(*integer),
        Value::Text(text) => query.bind::<Text, _>(&**text),
        Value::Bytes(bytes) => query.bind::<Binary, _>(&**bytes),
    })
}

/// A row whose columns are read according to their types.
struct Loaded(Row);

/// The object identifiers of the types on PostgreSQL.
const INT8: u32 = 20;
const TEXT: u32 = 25;
const BYTEA: u32 = 17;

impl QueryableByName<Pg> for Loaded {
    fn build<'a>(row: &impl NamedRow<'a, Pg>) -> deserialize::Result<Self> {
        let column = |at| match row::Row::get(row, at)?.value()?.get_oid().get() {
            INT8 => Some(row.get_value::<BigInt, i64, _>(at).map(Value::from)),
            TEXT => Some(row.get_value::<Text, String, _>(at).map(Value::from)),
            BYTEA => Some(row.get_value::<Binary, Vec<u8>, _>(at).map(Value::from)),
            _ => None,
        };
        let columns = (0..row.field_count()).map(|at| column(at).transpose());
        columns.collect::<Result<_, _>>().map(Self)
    }
}
