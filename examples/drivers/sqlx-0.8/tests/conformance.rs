//! The conformance suite over this driver.

#[path = "../../host.rs"]
mod host;

use driver::Sqlx;
use host::{Host, Tables, url};
use password_reset::conformance;
use sqlx::pool::PoolOptions;
use sqlx::{MySql, Pool, Postgres};

macro_rules! on {
    ($database:ident, $variable:literal, $module:ident) => {
        impl Host for Pool<$database> {
            type Driver = Sqlx<$database>;

            fn driver(&self) -> Sqlx<$database> {
                Sqlx(self.clone())
            }

            async fn execute(&self, sql: String) -> sqlx::Result<u64> {
                Ok(sqlx::query(&sql).execute(self).await?.rows_affected())
            }

            async fn text(&self, sql: String) -> String {
                sqlx::query_scalar(&sql).fetch_one(self).await.unwrap()
            }
        }

        mod $module {
            use super::*;

            async fn tables(connections: u32) -> Option<Tables<Pool<$database>>> {
                let options = PoolOptions::new().max_connections(connections);
                Some(Tables::new(options.connect(&url($variable)?).await.unwrap()).await)
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
        }
    };
}

on!(Postgres, "TEST_POSTGRES_URL", on_postgres);
on!(MySql, "TEST_MYSQL_URL", on_mysql);
