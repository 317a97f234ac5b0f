//! The guide's transaction on PostgreSQL, with the ledger in a table of its own, and the same
//! statements in the order that the guide warns of.

use password_reset::conformance::{self, Fixture};
use password_reset::store::{Account, Change, Commit, Store};
use password_reset::token::Selector;
use sqlx::error::Error;
use sqlx::pool::PoolConnection;
use sqlx::postgres::{PgConnectOptions, PgPool};
use sqlx::{AssertSqlSafe, Connection as _, PgConnection, Postgres, Row as _, query, query_scalar};
use std::future::poll_fn;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::task::Poll;
use time::UtcDateTime;

const SCHEMA: [&str; 3] = [
    "CREATE TABLE users (id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, email TEXT NOT NULL, \
     password_hash TEXT NOT NULL, disabled BOOLEAN NOT NULL DEFAULT FALSE)",
    "CREATE TABLE ledgers (account_id BIGINT PRIMARY KEY, selector BYTEA NOT NULL UNIQUE, \
     revision BIGINT NOT NULL, ledger BYTEA NOT NULL, forgettable_at BIGINT NOT NULL)",
    "CREATE TABLE sessions (user_id BIGINT NOT NULL)",
];

const FIND: &str = "SELECT id, email, password_hash, ledger FROM users \
                    LEFT JOIN ledgers ON account_id = id WHERE NOT disabled AND ";

#[derive(Clone, Copy, Default, PartialEq)]
enum Mistake {
    #[default]
    None,
    /// The order that the guide warns of.
    SwapFirst,
    /// A connection that goes back to the pool although its transaction has not ended.
    KeepsDropped,
}

struct TwoTables {
    pool: PgPool,
    mistake: Mistake,
}

/// A connection that is closed unless it was told that its work has ended.
struct Lease(PoolConnection<Postgres>, bool);

impl Drop for Lease {
    fn drop(&mut self) {
        if !self.1 {
            self.0.close_on_drop();
        }
    }
}

#[derive(Debug, thiserror::Error)]
enum StoreError {
    #[error("several accounts have this login")]
    SeveralAccounts,
    #[error(transparent)]
    Database(#[from] Error),
}

impl TwoTables {
    async fn find<'q, T>(&self, column: &str, key: T) -> Result<Option<Account<i64>>, StoreError>
    where
        T: sqlx::Encode<'q, sqlx::Postgres> + sqlx::Type<sqlx::Postgres> + 'q,
    {
        let sql = AssertSqlSafe(format!("{FIND} {column} = $1"));
        let rows = query(sql).bind(key).fetch_all(&self.pool).await?;
        let row = match rows.as_slice() {
            [] => return Ok(None),
            [row] => row,
            _ => return Err(StoreError::SeveralAccounts),
        };
        let (address, stamp): (String, String) = (row.try_get(1)?, row.try_get(2)?);
        Ok(Some(Account::new(row.try_get(0)?, address, stamp, row.try_get(3)?)))
    }

    async fn swap(
        &self,
        connection: &mut PgConnection,
        change: &Change<'_, i64>,
    ) -> Result<bool, Error> {
        let is_first = change.expected_revision() == 0;
        // A redemption has written the new password by then.
        let stamp = if self.mistake != Mistake::SwapFirst && change.password_hash().is_some() {
            "$7::BYTEA IS NOT NULL"
        } else {
            "convert_to(password_hash, 'UTF8') = $7"
        };
        let account =
            format!("FROM users WHERE id = $5 AND email = $6 AND {stamp} AND NOT disabled");
        let sql = if is_first {
            format!(
                "INSERT INTO ledgers (selector, revision, ledger, forgettable_at, account_id) \
                 SELECT $1, $2, $3, $4, id {account}"
            )
        } else {
            format!(
                "UPDATE ledgers SET revision = $2, ledger = $3, forgettable_at = $4 \
                 WHERE account_id = $5 AND selector = $1 AND revision = $8 \
                 AND EXISTS (SELECT 1 {account})"
            )
        };
        let swap = query(AssertSqlSafe(sql))
            .bind(change.selector().as_bytes().as_slice())
            .bind(change.ledger().revision())
            .bind(change.ledger().encode())
            .bind(change.ledger().forgettable_second())
            .bind(change.account_id())
            .bind(change.address())
            .bind(change.stamp());
        let swap = if is_first { swap } else { swap.bind(change.expected_revision()) };
        Ok(swap.execute(connection).await?.rows_affected() == 1)
    }

    async fn set_password(
        connection: &mut PgConnection,
        change: &Change<'_, i64>,
    ) -> Result<bool, Error> {
        let sql = "UPDATE users SET password_hash = $1 \
                   WHERE id = $2 AND convert_to(password_hash, 'UTF8') = $3";
        let update = query(sql).bind(change.password_hash()).bind(change.account_id());
        Ok(update.bind(change.stamp()).execute(connection).await?.rows_affected() == 1)
    }

    async fn redeem(
        &self,
        connection: &mut PgConnection,
        change: &Change<'_, i64>,
    ) -> Result<bool, Error> {
        let swaps_first = self.mistake == Mistake::SwapFirst;
        let is_written = (!swaps_first || self.swap(connection, change).await?)
            && Self::set_password(connection, change).await?
            && (swaps_first || self.swap(connection, change).await?);
        let end = query("DELETE FROM sessions WHERE user_id = $1").bind(change.account_id());
        end.execute(connection).await?;
        Ok(is_written)
    }

    async fn try_commit(&self, change: &Change<'_, i64>) -> Result<bool, Error> {
        let keeps_dropped = self.mistake == Mistake::KeepsDropped;
        let mut lease = Lease(self.pool.acquire().await?, keeps_dropped);
        let mut transaction = lease.0.begin().await?;
        let is_written = if change.password_hash().is_none() {
            self.swap(&mut transaction, change).await?
        } else {
            self.redeem(&mut transaction, change).await?
        };
        if is_written {
            transaction.commit().await?;
        } else {
            transaction.rollback().await?;
        }
        lease.1 = true;
        Ok(is_written)
    }
}

impl Store for TwoTables {
    type AccountId = i64;
    type Error = StoreError;

    async fn find_by_login(&self, login: &str) -> Result<Option<Account<i64>>, StoreError> {
        self.find("email", login).await
    }

    async fn find_by_id(&self, id: &i64) -> Result<Option<Account<i64>>, StoreError> {
        self.find("id", *id).await
    }

    async fn find_by_selector(
        &self,
        selector: &Selector,
    ) -> Result<Option<Account<i64>>, StoreError> {
        self.find("selector", selector.as_bytes().as_slice()).await
    }

    async fn commit(&self, change: &Change<'_, i64>) -> Result<Commit, StoreError> {
        match self.try_commit(change).await {
            Err(Error::Database(error))
                if error.code().is_some_and(|code| ["23505", "40P01"].contains(&&*code)) =>
            {
                Ok(Commit::Conflict)
            }
            answer => Ok(Commit::from(answer?)),
        }
    }
}

impl TwoTables {
    async fn write(&self, sql: &'static str, text: &str, id: i64) {
        let done = query(sql).bind(text).bind(id).execute(&self.pool).await.unwrap();
        assert_eq!(done.rows_affected(), 1);
    }
}

impl Fixture for TwoTables {
    type Store = Self;

    fn store(&self) -> &Self {
        self
    }

    async fn add_account(&self, address: &str, password_hash: &str) -> i64 {
        let sql = "INSERT INTO users (email, password_hash) VALUES ($1, $2) RETURNING id";
        let insert = query_scalar(sql).bind(address).bind(password_hash);
        insert.fetch_one(&self.pool).await.unwrap()
    }

    async fn add_namesake(&self, address: &str, password_hash: &str) -> bool {
        self.add_account(address, password_hash).await;
        true
    }

    async fn delete_account(&self, id: &i64) {
        let delete = query("DELETE FROM users WHERE id = $1").bind(id);
        assert_eq!(delete.execute(&self.pool).await.unwrap().rows_affected(), 1);
    }

    async fn set_disabled(&self, id: &i64, disabled: bool) -> bool {
        let update = query("UPDATE users SET disabled = $1 WHERE id = $2").bind(disabled).bind(id);
        update.execute(&self.pool).await.unwrap().rows_affected() == 1
    }

    async fn set_address(&self, id: &i64, address: &str) {
        self.write("UPDATE users SET email = $1 WHERE id = $2", address, *id).await;
    }

    async fn set_password_hash(&self, id: &i64, password_hash: &str) {
        self.write("UPDATE users SET password_hash = $1 WHERE id = $2", password_hash, *id).await;
    }

    async fn password_hash(&self, id: &i64) -> String {
        let select = query_scalar("SELECT password_hash FROM users WHERE id = $1").bind(id);
        select.fetch_one(&self.pool).await.unwrap()
    }

    async fn add_session(&self, id: &i64) {
        query("INSERT INTO sessions VALUES ($1)").bind(id).execute(&self.pool).await.unwrap();
    }

    async fn sessions(&self, id: &i64) -> Option<usize> {
        let count = query_scalar("SELECT count(*) FROM sessions WHERE user_id = $1").bind(id);
        let count: i64 = count.fetch_one(&self.pool).await.unwrap();
        Some(usize::try_from(count).unwrap())
    }

    async fn purge(&self, now: UtcDateTime) {
        let purge = query("DELETE FROM ledgers WHERE forgettable_at <= $1");
        purge.bind(now.unix_timestamp()).execute(&self.pool).await.unwrap();
    }
}

/// Runs something in a schema of its own.
async fn with_tables<T>(mistake: Mistake, run: impl AsyncFnOnce(&TwoTables) -> T) -> Option<T> {
    let url = crate::url::url("TEST_POSTGRES_URL")?;
    let schema = format!("conformance_{:016x}", getrandom::u64().unwrap());
    let options: PgConnectOptions = url.parse().unwrap();
    let options = options.options([("search_path", &schema)]);
    let pool = PgPool::connect_with(options.clone()).await.unwrap();
    let create = format!("CREATE SCHEMA {schema}");
    for statement in [create.as_str()].into_iter().chain(SCHEMA) {
        query(AssertSqlSafe(statement.to_owned())).execute(&pool).await.unwrap();
    }
    let tables = TwoTables { pool, mistake };
    let output = run(&tables).await;
    // Ends the transactions that a mistake has left open.
    tables.pool.close().await;
    let drop = AssertSqlSafe(format!("DROP SCHEMA {schema} CASCADE"));
    let mut connection = PgConnection::connect_with(&options).await.unwrap();
    query(drop).execute(&mut connection).await.unwrap();
    Some(output)
}

async fn catch_panic(run: impl Future<Output = ()>) -> std::thread::Result<()> {
    let mut run = pin!(run);
    poll_fn(|context| {
        let poll = catch_unwind(AssertUnwindSafe(|| run.as_mut().poll(context)));
        poll.map_or_else(|panic| Poll::Ready(Err(panic)), |poll| poll.map(Ok))
    })
    .await
}

#[tokio::test]
async fn the_transaction_of_the_guide_conforms() {
    with_tables(Mistake::None, async |tables| {
        for _ in 0..3 {
            conformance::run(tables).await;
        }
    })
    .await;
}

#[tokio::test]
async fn with_the_password_last_a_change_of_the_account_is_overtaken() {
    let sentences = ["came first, and yet the password was set"];
    assert_caught(Mistake::SwapFirst, &sentences, async |tables| {
        conformance::a_redemption_does_not_overtake_a_change(tables).await;
    })
    .await;
}

#[tokio::test]
async fn a_transaction_that_a_dropped_commit_left_open_is_caught() {
    // What is lost may be the next account that the property adds.
    let sentences =
        ["what is written after a dropped commit is lost", "the account is found by its login"];
    assert_caught(Mistake::KeepsDropped, &sentences, async |tables| {
        conformance::a_dropped_redemption_is_whole_or_nothing(tables).await;
    })
    .await;
}

/// That a mistake that loses only some of its races is caught with one of these sentences.
async fn assert_caught(mistake: Mistake, sentences: &[&str], property: impl AsyncFn(&TwoTables)) {
    let caught = with_tables(mistake, async |tables| {
        for _ in 0..32 {
            if let Err(panic) = catch_panic(property(tables)).await {
                let text = panic.downcast_ref::<String>().map(String::as_str);
                let text = text.or_else(|| panic.downcast_ref::<&str>().copied());
                return text.map(str::to_owned);
            }
        }
        None
    });
    let Some(caught) = caught.await else { return };
    let caught = caught.unwrap_or_default();
    let is_right = sentences.iter().any(|sentence| caught.contains(sentence));
    assert!(is_right, "not caught, or for another reason: {caught}");
}
