//! The guide's transaction on PostgreSQL, with the ledger in a table of its own.

mod host;
mod mistakes;

use mistakes::Mistake;
use password_reset::store::{Account, Change, Commit, Store};
use password_reset::token::Selector;
use sqlx::error::{DatabaseError, Error};
use sqlx::pool::PoolConnection;
use sqlx::postgres::PgPool;
use sqlx::{AssertSqlSafe, Connection as _, PgConnection, Postgres, Row as _, query};

const FIND: &str = "SELECT id, email, password_hash, ledger FROM users \
                    LEFT JOIN ledgers ON account_id = id WHERE NOT disabled AND ";

/// What a redemption begins with, whichever isolation level is the default: its later statements
/// must see what was committed while the first one waited for the account's row.
const BEGIN: &str = "BEGIN ISOLATION LEVEL READ COMMITTED";

struct TwoTables {
    pool: PgPool,
    mistake: Mistake,
    /// Whether a sign-in waits for a transaction that needs the account's row before it commits.
    holds_sign_ins: bool,
}

/// What a swap of the ledger still compares of the account.
#[derive(Clone, Copy)]
enum Compared {
    Everything,
    /// All but the stamp, which the redemption has changed by then.
    BehindThePassword,
    Nothing,
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
        T: Clone + sqlx::Encode<'q, Postgres> + sqlx::Type<Postgres> + 'q,
    {
        let sql = format!("{FIND} {column} = $1");
        let rows = loop {
            let find = query(AssertSqlSafe(sql.clone())).bind(key.clone());
            match find.fetch_all(&self.pool).await {
                Err(error) if gave_up(&error) => {}
                rows => break rows?,
            }
        };
        let row = match rows.as_slice() {
            [] => return Ok(None),
            [row] => row,
            _ => return Err(StoreError::SeveralAccounts),
        };
        let (address, stamp): (String, String) = (row.try_get(1)?, row.try_get(2)?);
        Ok(Some(Account::new(row.try_get(0)?, address, stamp, row.try_get(3)?)))
    }

    async fn swap(
        connection: &mut PgConnection,
        change: &Change<'_, i64>,
        compared: Compared,
    ) -> Result<bool, Error> {
        let is_first = change.expected_revision() == 0;
        let account = match compared {
            Compared::Everything => {
                "email = $6 AND convert_to(password_hash, 'UTF8') = $7 AND NOT disabled"
            }
            Compared::BehindThePassword => "email = $6 AND $7::BYTEA IS NOT NULL AND NOT disabled",
            Compared::Nothing => "$6::TEXT IS NOT NULL AND $7::BYTEA IS NOT NULL",
        };
        let account = format!("FROM users WHERE id = $5 AND {account}");
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

    async fn end_sessions(
        connection: &mut PgConnection,
        change: &Change<'_, i64>,
    ) -> Result<bool, Error> {
        let end = query("DELETE FROM sessions WHERE user_id = $1").bind(change.account_id());
        end.execute(connection).await.map(|_| true)
    }

    /// The password, the ledger and the sessions, in this order.
    async fn redeem(
        connection: &mut PgConnection,
        change: &Change<'_, i64>,
    ) -> Result<bool, Error> {
        Ok(Self::set_password(connection, change).await?
            && Self::swap(connection, change, Compared::BehindThePassword).await?
            && Self::end_sessions(connection, change).await?)
    }

    async fn try_commit(&self, change: &Change<'_, i64>) -> Result<bool, Error> {
        let keeps_dropped = self.mistake == Mistake::KeepsDropped;
        let mut lease = Lease(self.pool.acquire().await?, keeps_dropped);
        let is_written = if change.password_hash().is_none() {
            Self::swap(&mut lease.0, change, Compared::Everything).await?
        } else {
            let mut transaction = lease.0.begin_with(self.mistake.begin()).await?;
            let is_written = self.mistake.redeem(&mut transaction, change).await?;
            if is_written {
                transaction.commit().await?;
            } else {
                transaction.rollback().await?;
            }
            is_written
        };
        lease.1 = true;
        Ok(is_written)
    }
}

/// Whether the database gave up because others were at the same rows.
fn gave_up(error: &Error) -> bool {
    let code = error.as_database_error().and_then(DatabaseError::code);
    code.is_some_and(|code| ["40001", "40P01"].contains(&&*code))
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
            Err(Error::Database(error)) if error.is_unique_violation() => Ok(Commit::Conflict),
            Err(error) if gave_up(&error) => Ok(Commit::Conflict),
            answer => Ok(Commit::from(answer?)),
        }
    }
}
