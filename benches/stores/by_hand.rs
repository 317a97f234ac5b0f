//! The operations of a store, as a host would write them for its own tables.

use crate::accounts::Database;
use password_reset::store::{Account, Change, Commit, Store};
use password_reset::token::Selector;
use sqlx::{Connection, Error, MySql, Pool, Postgres, Row, Sqlite};
use time::UtcDateTime;

pub(crate) struct ByHand<DB: Database> {
    pool: Pool<DB>,
    by_login: &'static str,
    by_id: &'static str,
    by_selector: &'static str,
    insert: &'static str,
    update: &'static str,
    set_password: &'static str,
    end_sessions: &'static str,
    purge: &'static str,
}

impl<DB: Database> ByHand<DB> {
    pub(crate) fn new(pool: &Pool<DB>, prefix: &str) -> Self {
        let own = |sql: &str| &*numbered::<DB>(&sql.replace("{t}", prefix)).leak();
        Self {
            pool: pool.clone(),
            by_login: own("SELECT u.id, u.email, u.password_hash, l.ledger FROM {t}_users AS u \
                 LEFT JOIN {t}_ledgers AS l ON l.account_id = u.id WHERE u.email = ?"),
            by_id: own("SELECT u.id, u.email, u.password_hash, l.ledger FROM {t}_users AS u \
                 LEFT JOIN {t}_ledgers AS l ON l.account_id = u.id WHERE u.id = ?"),
            by_selector: own("SELECT u.id, u.email, u.password_hash, l.ledger \
                 FROM {t}_ledgers AS l JOIN {t}_users AS u ON u.id = l.account_id \
                 WHERE l.selector = ?"),
            insert: own("INSERT INTO {t}_ledgers (selector, revision, ledger, state, issued_at, \
                 expires_at, forgettable_at, account_id) SELECT ?, ?, ?, ?, ?, ?, ?, id \
                 FROM {t}_users WHERE id = ? AND email = ? AND password_hash = ?"),
            update: own("UPDATE {t}_ledgers SET revision = ?, ledger = ?, state = ?, \
                 issued_at = ?, expires_at = ?, forgettable_at = ? \
                 WHERE account_id = ? AND selector = ? AND revision = ? AND EXISTS \
                 (SELECT 1 FROM {t}_users WHERE id = ? AND email = ? AND password_hash = ?)"),
            set_password: own(
                "UPDATE {t}_users SET password_hash = ? WHERE id = ? AND password_hash = ?",
            ),
            end_sessions: own("DELETE FROM {t}_sessions WHERE user_id = ?"),
            purge: own(DB::PURGE),
        }
    }
}

/// Writes the parameters as the database wants them.
fn numbered<DB: Database>(sql: &str) -> String {
    if !DB::NUMBERED {
        return sql.to_owned();
    }
    let mut parts = sql.split('?');
    let first = parts.next().unwrap_or_default().to_owned();
    parts.zip(1..).fold(first, |sql, (part, number)| format!("{sql}${number}{part}"))
}

pub(crate) trait Purge {
    async fn purge(&self, now: UtcDateTime) -> u64;
}

/// Once for each database, since sqlx implements the bounds for each apart.
macro_rules! by_hand {
    ($database:ty) => {
        impl ByHand<$database> {
            /// For an account whose password hash is `hash`.
            async fn swap(
                &self,
                connection: &mut <$database as sqlx::Database>::Connection,
                change: &Change<'_, i64>,
                hash: &str,
            ) -> Result<bool, Error> {
                let (ledger, selector) = (change.ledger(), change.selector().as_bytes().as_slice());
                let newest = ledger.newest().expect("a change issues or ends a link");
                let (bytes, is_first) = (ledger.encode(), change.expected_revision() == 0);
                let mut query = sqlx::query(if is_first { self.insert } else { self.update });
                if is_first {
                    query = query.bind(selector);
                }
                query = query
                    .bind(ledger.revision())
                    .bind(&bytes)
                    .bind(newest.state().code())
                    .bind(newest.issued_at().unix_timestamp())
                    .bind(newest.expires_at().unix_timestamp())
                    .bind(ledger.forgettable_second());
                if !is_first {
                    query = query.bind(change.account_id()).bind(selector);
                    query = query.bind(change.expected_revision());
                }
                query = query.bind(change.account_id()).bind(change.address()).bind(hash);
                Ok(query.execute(connection).await?.rows_affected() == 1)
            }
        }

        impl Store for ByHand<$database> {
            type AccountId = i64;
            type Error = Error;

            async fn find_by_login(&self, login: &str) -> Result<Option<Account<i64>>, Error> {
                let row = sqlx::query(self.by_login).bind(login).fetch_optional(&self.pool).await?;
                row.map(|row| account!(row)).transpose()
            }

            async fn find_by_id(&self, id: &i64) -> Result<Option<Account<i64>>, Error> {
                let row = sqlx::query(self.by_id).bind(id).fetch_optional(&self.pool).await?;
                row.map(|row| account!(row)).transpose()
            }

            async fn find_by_selector(
                &self,
                selector: &Selector,
            ) -> Result<Option<Account<i64>>, Error> {
                let query = sqlx::query(self.by_selector).bind(selector.as_bytes().as_slice());
                query.fetch_optional(&self.pool).await?.map(|row| account!(row)).transpose()
            }

            async fn commit(&self, change: &Change<'_, i64>) -> Result<Commit, Error> {
                let mut connection = self.pool.acquire().await?;
                let Some(hash) = change.password_hash() else {
                    let swapped = self.swap(&mut connection, change, stamp(change)).await;
                    return swapped.map(Commit::from);
                };
                let mut transaction = connection.begin_with(<$database as Database>::BEGIN).await?;
                let query = sqlx::query(self.set_password);
                let query = query.bind(hash).bind(change.account_id()).bind(stamp(change));
                let is_written = query.execute(&mut *transaction).await?.rows_affected() == 1
                    && self.swap(&mut transaction, change, hash).await?;
                if !is_written {
                    transaction.rollback().await?;
                    return Ok(Commit::Conflict);
                }
                let query = sqlx::query(self.end_sessions).bind(change.account_id());
                query.execute(&mut *transaction).await?;
                transaction.commit().await?;
                Ok(Commit::from(true))
            }
        }

        impl Purge for ByHand<$database> {
            async fn purge(&self, now: UtcDateTime) -> u64 {
                let query = sqlx::query(self.purge).bind(now.unix_timestamp());
                query.execute(&self.pool).await.expect("nothing is in the way").rows_affected()
            }
        }
    };
}

macro_rules! account {
    ($row:ident) => {{
        let (address, stamp): (String, String) = ($row.try_get(1)?, $row.try_get(2)?);
        Ok(Account::new($row.try_get(0)?, address, stamp, $row.try_get(3)?))
    }};
}

fn stamp<'a>(change: &Change<'a, i64>) -> &'a str {
    std::str::from_utf8(change.stamp()).expect("it was read from text")
}

by_hand!(Postgres);
by_hand!(MySql);
by_hand!(Sqlite);
