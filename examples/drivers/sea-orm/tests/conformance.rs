//! The conformance suite over this driver.

#[path = "../../host.rs"]
mod host;

use host::{Host, Tables, url};
use password_reset::adapters::sqlx::Sqlx;
use password_reset::conformance;
use sea_orm::sqlx::{self, AssertSqlSafe, MySql, Postgres};
use sea_orm::{ConnectOptions, Database, DatabaseConnection};

macro_rules! on {
    ($database:ident, $variable:literal, $module:ident, $pool:ident) => {
        mod $module {
            use super::*;

            struct Connected(DatabaseConnection);

            impl Host for Connected {
                type Driver = Sqlx<$database>;

                fn driver(&self) -> Sqlx<$database> {
                    driver::$module(&self.0)
                }

                async fn execute(&self, sql: String) -> sqlx::Result<u64> {
                    let query = sqlx::query(AssertSqlSafe(sql)).execute(self.0.$pool());
                    Ok(query.await?.rows_affected())
                }

                async fn text(&self, sql: String) -> String {
                    let query = sqlx::query_scalar(AssertSqlSafe(sql)).fetch_one(self.0.$pool());
                    query.await.unwrap()
                }
            }

            async fn tables(connections: u32) -> Option<Tables<Connected>> {
                let mut options = ConnectOptions::new(url($variable)?);
                options.max_connections(connections);
                Some(Tables::new(Connected(Database::connect(options).await.unwrap())).await)
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

on!(Postgres, "TEST_POSTGRES_URL", postgres, get_postgres_connection_pool);
on!(MySql, "TEST_MYSQL_URL", mysql, get_mysql_connection_pool);
