//! The suite on the example `users_table`, on PostgreSQL.

use example::{SCHEMA, UsersTable};
use password_reset::conformance::{self, Fixture};
use sqlx::postgres::{PgConnectOptions, PgPool};
use sqlx::{AssertSqlSafe, Postgres, query::Query, query_scalar};
use time::UtcDateTime;

#[path = "../../../examples/users_table.rs"]
#[expect(dead_code, reason = "the example's `main` is not run here")]
pub(crate) mod example;

struct Host {
    store: UsersTable,
}

type Arguments = sqlx::postgres::PgArguments;

impl Host {
    async fn write(&self, query: Query<'_, Postgres, Arguments>) {
        assert_eq!(query.execute(&self.store.0).await.unwrap().rows_affected(), 1);
    }
}

impl Fixture for Host {
    type Store = UsersTable;

    fn store(&self) -> &UsersTable {
        &self.store
    }

    async fn add_account(&self, address: &str, password_hash: &str) -> i64 {
        let sql = "INSERT INTO demo_accounts (email, password_hash) VALUES ($1, $2) RETURNING id";
        let query = query_scalar(sql).bind(address).bind(password_hash);
        query.fetch_one(&self.store.0).await.unwrap()
    }

    async fn add_namesake(&self, _: &str, _: &str) -> bool {
        false // The column is UNIQUE.
    }

    async fn delete_account(&self, id: &i64) {
        self.write(sqlx::query("DELETE FROM demo_accounts WHERE id = $1").bind(id)).await;
    }

    async fn set_disabled(&self, id: &i64, disabled: bool) -> bool {
        let sql = "UPDATE demo_accounts SET disabled = $1 WHERE id = $2";
        self.write(sqlx::query(sql).bind(disabled).bind(id)).await;
        true
    }

    async fn set_address(&self, id: &i64, address: &str) {
        let sql = "UPDATE demo_accounts SET email = $1 WHERE id = $2";
        self.write(sqlx::query(sql).bind(address).bind(id)).await;
    }

    async fn set_password_hash(&self, id: &i64, password_hash: &str) {
        let sql = "UPDATE demo_accounts SET password_hash = $1 WHERE id = $2";
        self.write(sqlx::query(sql).bind(password_hash).bind(id)).await;
    }

    async fn password_hash(&self, id: &i64) -> String {
        let sql = "SELECT password_hash FROM demo_accounts WHERE id = $1";
        query_scalar(sql).bind(id).fetch_one(&self.store.0).await.unwrap()
    }

    async fn sign_in(&self, id: &i64, verified: &str) -> bool {
        self.store.sign_in(*id, verified).await.unwrap()
    }

    async fn sessions(&self, id: &i64) -> Option<usize> {
        let sql = "SELECT count(*) FROM demo_account_sessions JOIN demo_accounts ON id = user_id \
                   WHERE epoch = session_epoch AND id = $1";
        let count: i64 = query_scalar(sql).bind(id).fetch_one(&self.store.0).await.unwrap();
        Some(usize::try_from(count).unwrap())
    }

    async fn purge(&self, now: UtcDateTime) {
        let sql = "UPDATE demo_accounts SET selector = NULL, revision = 0, ledger = NULL \
                   WHERE forgettable_at <= $1";
        let purge = sqlx::query(sql).bind(now.unix_timestamp());
        purge.execute(&self.store.0).await.unwrap();
    }
}

#[tokio::test]
async fn the_example_of_a_store_on_the_users_table_conforms() {
    let Some(url) = crate::support::url::url("TEST_POSTGRES_URL") else { return };
    let schema = format!("conformance_{:016x}", getrandom::u64().unwrap());
    let options: PgConnectOptions = url.parse().unwrap();
    let pool = PgPool::connect_with(options.options([("search_path", &schema)])).await.unwrap();
    let create = AssertSqlSafe(format!("CREATE SCHEMA {schema}; {SCHEMA}"));
    sqlx::raw_sql(create).execute(&pool).await.unwrap();
    let host = Host { store: UsersTable(pool) };
    conformance::run(&host).await;
    let drop = AssertSqlSafe(format!("DROP SCHEMA {schema} CASCADE"));
    sqlx::query(drop).execute(&host.store.0).await.unwrap();
}
