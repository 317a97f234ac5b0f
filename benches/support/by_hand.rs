//! A store over sqlx as a host would write it for its own tables, to compare the crate's with.
#![allow(dead_code, reason = "not every benchmark purges")]

use password_reset::store::Change;
use sqlx::Pool;
use time::UtcDateTime;

/// The statements for the tables `{t}_users`, `{t}_sessions` and `{t}_ledgers`.
pub(crate) struct Statements {
    pub(crate) begin: &'static str,
    pub(crate) by_login: &'static str,
    pub(crate) by_id: &'static str,
    pub(crate) by_selector: &'static str,
    pub(crate) insert: &'static str,
    pub(crate) update: &'static str,
    pub(crate) set_password: &'static str,
    pub(crate) end_sessions: &'static str,
    pub(crate) purge: &'static str,
}

/// The parts of the statements that differ from database to database.
pub(crate) struct Dialect {
    pub(crate) begin: &'static str,
    /// Whether a parameter is written `$1` instead of `?`.
    pub(crate) is_numbered: bool,
    pub(crate) purge: &'static str,
}

impl Statements {
    /// For tables with this prefix. `login` is the condition that finds an account `u`.
    pub(crate) fn new(dialect: &Dialect, prefix: &str, login: &str) -> Self {
        let own = |sql: &str| &*dialect.numbered(&sql.replace("{t}", prefix)).leak();
        let find = |from: &str, condition: &str| {
            own(&format!(
                "SELECT u.id, u.email, u.password_hash, l.ledger FROM {from} WHERE {condition}"
            ))
        };
        let users = "{t}_users AS u LEFT JOIN {t}_ledgers AS l ON l.account_id = u.id";
        let ledgers = "{t}_ledgers AS l JOIN {t}_users AS u ON u.id = l.account_id";
        Self {
            begin: dialect.begin,
            by_login: find(users, login),
            by_id: find(users, "u.id = ?"),
            by_selector: find(ledgers, "l.selector = ?"),
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
            purge: own(dialect.purge),
        }
    }
}

impl Dialect {
    fn numbered(&self, sql: &str) -> String {
        if !self.is_numbered {
            return sql.to_owned();
        }
        let mut parts = sql.split('?');
        let first = parts.next().unwrap_or_default().to_owned();
        parts.zip(1..).fold(first, |sql, (part, number)| format!("{sql}${number}{part}"))
    }
}

/// A swap of the ledger, for an account whose password hash is `hash`.
pub(crate) struct Swap<'a> {
    pub(crate) is_first: bool,
    pub(crate) revision: i64,
    pub(crate) ledger: Vec<u8>,
    pub(crate) state: &'a str,
    /// When the newest link was issued and expires, and when the ledger may be purged.
    pub(crate) times: [i64; 3],
    pub(crate) id: &'a i64,
    pub(crate) selector: &'a [u8],
    pub(crate) expected: i64,
    pub(crate) address: &'a str,
    pub(crate) hash: &'a str,
}

impl<'a> Swap<'a> {
    pub(crate) fn new(change: &'a Change<'_, i64>, hash: &'a str) -> Self {
        let ledger = change.ledger();
        let newest = ledger.newest().expect("a change issues or ends a link");
        let [issued_at, expires_at] =
            [newest.issued_at(), newest.expires_at()].map(UtcDateTime::unix_timestamp);
        Self {
            is_first: change.expected_revision() == 0,
            revision: ledger.revision(),
            ledger: ledger.encode(),
            state: newest.state().code(),
            times: [issued_at, expires_at, ledger.forgettable_second()],
            id: change.account_id(),
            selector: change.selector().as_bytes(),
            expected: change.expected_revision(),
            address: change.address(),
            hash,
        }
    }

    pub(crate) const fn sql(&self, statements: &Statements) -> &'static str {
        if self.is_first { statements.insert } else { statements.update }
    }
}

/// The stamp of this host, which is the present password hash.
pub(crate) fn stamp<'a>(change: &Change<'a, i64>) -> &'a str {
    std::str::from_utf8(change.stamp()).expect("it was read from text")
}

pub(crate) struct ByHand<DB: sqlx::Database> {
    pub(crate) pool: Pool<DB>,
    pub(crate) statements: Statements,
}

impl<DB: sqlx::Database> ByHand<DB> {
    pub(crate) const fn new(pool: Pool<DB>, statements: Statements) -> Self {
        Self { pool, statements }
    }
}

pub(crate) trait Purge {
    async fn purge(&self, now: UtcDateTime) -> u64;
}

/// Implements the store for one database, since sqlx implements its bounds for each apart.
macro_rules! by_hand {
    ($database:ty) => {
        const _: () = {
            use password_reset::store::{Account, Change, Commit, Store};
            use password_reset::token::Selector;
            use sqlx::query::Query;
            use sqlx::{Connection, Error, Row};
            use time::UtcDateTime;
            use $crate::by_hand::{ByHand, Purge, Swap, stamp};

            impl ByHand<$database> {
                async fn find(
                    &self,
                    query: Query<'_, $database, <$database as sqlx::Database>::Arguments>,
                ) -> Result<Option<Account<i64>>, Error> {
                    let row = query.fetch_optional(&self.pool).await?;
                    row.map(|row| {
                        let (address, stamp): (String, String) = (row.try_get(1)?, row.try_get(2)?);
                        Ok(Account::new(row.try_get(0)?, address, stamp, row.try_get(3)?))
                    })
                    .transpose()
                }

                async fn swap(
                    &self,
                    connection: &mut <$database as sqlx::Database>::Connection,
                    swap: Swap<'_>,
                ) -> Result<bool, Error> {
                    let mut query = sqlx::query(swap.sql(&self.statements));
                    if swap.is_first {
                        query = query.bind(swap.selector);
                    }
                    query = query.bind(swap.revision).bind(&swap.ledger).bind(swap.state);
                    for time in swap.times {
                        query = query.bind(time);
                    }
                    if !swap.is_first {
                        query = query.bind(swap.id).bind(swap.selector).bind(swap.expected);
                    }
                    query = query.bind(swap.id).bind(swap.address).bind(swap.hash);
                    Ok(query.execute(connection).await?.rows_affected() == 1)
                }
            }

            impl Store for ByHand<$database> {
                type AccountId = i64;
                type Error = Error;

                async fn find_by_login(&self, login: &str) -> Result<Option<Account<i64>>, Error> {
                    self.find(sqlx::query(self.statements.by_login).bind(login)).await
                }

                async fn find_by_id(&self, id: &i64) -> Result<Option<Account<i64>>, Error> {
                    self.find(sqlx::query(self.statements.by_id).bind(id)).await
                }

                async fn find_by_selector(
                    &self,
                    selector: &Selector,
                ) -> Result<Option<Account<i64>>, Error> {
                    let query = sqlx::query(self.statements.by_selector);
                    self.find(query.bind(selector.as_bytes().as_slice())).await
                }

                async fn commit(&self, change: &Change<'_, i64>) -> Result<Commit, Error> {
                    let mut connection = self.pool.acquire().await?;
                    let Some(hash) = change.password_hash() else {
                        let swap = Swap::new(change, stamp(change));
                        return self.swap(&mut connection, swap).await.map(Commit::from);
                    };
                    let mut transaction = connection.begin_with(self.statements.begin).await?;
                    let query = sqlx::query(self.statements.set_password);
                    let query = query.bind(hash).bind(change.account_id()).bind(stamp(change));
                    let is_written = query.execute(&mut *transaction).await?.rows_affected() == 1
                        && self.swap(&mut transaction, Swap::new(change, hash)).await?;
                    if !is_written {
                        transaction.rollback().await?;
                        return Ok(Commit::Conflict);
                    }
                    let query = sqlx::query(self.statements.end_sessions).bind(change.account_id());
                    query.execute(&mut *transaction).await?;
                    transaction.commit().await?;
                    Ok(Commit::from(true))
                }
            }

            impl Purge for ByHand<$database> {
                async fn purge(&self, now: UtcDateTime) -> u64 {
                    let query = sqlx::query(self.statements.purge).bind(now.unix_timestamp());
                    query.execute(&self.pool).await.expect("nothing is in the way").rows_affected()
                }
            }
        };
    };
}

pub(crate) use by_hand;
