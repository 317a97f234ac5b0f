//! The conformance suite over this driver.

#[path = "../../host.rs"]
mod host;

use diesel::sql_types::Text;
use diesel::{QueryableByName, sql_query};
use diesel_async::pooled_connection::AsyncDieselConnectionManager;
use diesel_async::pooled_connection::PoolError::QueryError;
use diesel_async::pooled_connection::deadpool::{Pool, PoolError};
use diesel_async::{AsyncPgConnection, RunQueryDsl as _};
use driver::DieselAsync;
use host::{Host, Tables, url};
use password_reset::adapters::sql::{OpenError, SqlStore, Users};
use password_reset::conformance;

struct Postgres(Pool<AsyncPgConnection>);

#[derive(QueryableByName)]
struct One {
    #[diesel(sql_type = Text)]
    text: String,
}

impl Host for Postgres {
    type Driver = DieselAsync;

    fn driver(&self) -> DieselAsync {
        DieselAsync(self.0.clone())
    }

    async fn execute(&self, sql: String) -> Result<u64, PoolError> {
        let rows = sql_query(sql).execute(&mut *self.0.get().await?).await;
        Ok(rows.map_err(QueryError)? as u64)
    }

    async fn text(&self, sql: String) -> String {
        let sql = format!("SELECT ({sql}) AS text");
        let one: One = sql_query(sql).get_result(&mut *self.0.get().await.unwrap()).await.unwrap();
        one.text
    }
}

fn connect(connections: usize) -> Option<Postgres> {
    let url = url("TEST_POSTGRES_URL")?;
    let manager = AsyncDieselConnectionManager::<AsyncPgConnection>::new(url);
    Some(Postgres(Pool::builder(manager).max_size(connections).build().unwrap()))
}

async fn tables(connections: usize) -> Option<Tables<Postgres>> {
    Some(Tables::new(connect(connections)?).await)
}

#[tokio::test]
async fn the_store_conforms() {
    let Some(tables) = tables(8).await else { return };
    conformance::run(&tables).await;
    tables.drop().await;
}

#[tokio::test]
async fn a_sick_connection_is_closed() {
    let Some(tables) = tables(1).await else { return };
    tables.assert_heals().await;
    tables.drop().await;
}

/// Diesel does not expose the code of PostgreSQL's error, so the store recognizes it by its
/// message.
#[tokio::test]
async fn a_missing_ledger_table_is_named() {
    let Some(host) = connect(1) else { return };
    let store = SqlStore::<DieselAsync, i64>::builder(host.driver())
        .users(&Users::new("users"))
        .without_sessions()
        .table("no_such_ledgers");
    let error = store.open().await.unwrap_err();
    assert!(matches!(error, OpenError::LedgerTable(_)), "{error}");
}
