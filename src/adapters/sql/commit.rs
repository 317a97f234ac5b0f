use super::lease::Lease;
use super::value::Value;
use super::{AccountId, Dialect, SqlError, SqlStore, values};
use crate::store::{Change, Commit};
use crate::token::Issue;
use core::pin::Pin;
use sqlx::{Arguments, Connection};
use time::UtcDateTime;

impl<DB: Dialect, Id: AccountId<DB>> SqlStore<DB, Id> {
    pub(super) async fn try_commit(&self, change: &Change<'_, Id>) -> Result<Commit, SqlError> {
        let Some(stamp) = Value::from_stamp(change.stamp()) else {
            return Ok(Commit::Conflict);
        };
        let mut connection = Lease::from(&self.pool).await?;
        let commit = match change.password_hash() {
            None => self.swap(&mut connection, change, stamp).await.map(Commit::from),
            Some(hash) => self.redeem(&mut connection, change, stamp, hash).await,
        };
        connection.end();
        commit
    }

    /// Whether the ledger was swapped.
    async fn swap(
        &self,
        connection: &mut DB::Connection,
        change: &Change<'_, Id>,
        stamp: Value<'_>,
    ) -> Result<bool, SqlError> {
        let is_first = change.expected_revision() == 0;
        let sql = if is_first { &self.sql.insert } else { &self.sql.update };
        match DB::execute(connection, sql, swap_arguments::<DB, Id>(change, stamp)?).await {
            // Somebody else made the account's first ledger, or has the selector.
            Err(sqlx::Error::Database(error)) if is_first && error.is_unique_violation() => {
                Ok(false)
            }
            rows => Ok(rows? == 1),
        }
    }

    /// The swap, the password and the sessions in one transaction.
    async fn redeem(
        &self,
        connection: &mut Lease<DB>,
        change: &Change<'_, Id>,
        stamp: Value<'_>,
        password_hash: &str,
    ) -> Result<Commit, SqlError> {
        // Boxed as `Send`: the compiler cannot see it through the borrow in a caller's task.
        let begin: Pin<Box<dyn Future<Output = _> + Send + '_>> =
            Box::pin(connection.begin_with(DB::BEGIN));
        let mut transaction = begin.await?;
        let written = self.write_all(&mut transaction, change, stamp, password_hash).await;
        let ended = match written {
            Ok(Commit::Committed) => transaction.commit().await,
            _ => transaction.rollback().await,
        };
        if ended.is_err() {
            connection.give_up();
        }
        let commit = written?;
        ended?;
        Ok(commit)
    }

    async fn write_all(
        &self,
        transaction: &mut DB::Connection,
        change: &Change<'_, Id>,
        stamp: Value<'_>,
        password_hash: &str,
    ) -> Result<Commit, SqlError> {
        if !self.swap(transaction, change, stamp).await? {
            return Ok(Commit::Conflict);
        }
        let mut arguments = values::<DB>([Value::Text(password_hash)])?;
        add(&mut arguments, change.account_id())?;
        DB::bind(&mut arguments, stamp).map_err(sqlx::Error::Encode)?;
        match DB::execute(transaction, &self.sql.set_password, arguments).await? {
            0 => return Ok(Commit::Conflict),
            1 => {}
            _ => return Err(SqlError::SeveralPasswords),
        }
        if !self.has_address(transaction, change).await? {
            return Ok(Commit::Conflict);
        }
        if let Some(end_sessions) = &self.sql.end_sessions {
            let mut arguments = DB::Arguments::default();
            add(&mut arguments, change.account_id())?;
            DB::execute(transaction, end_sessions, arguments).await?;
        }
        Ok(Commit::Committed)
    }

    /// Whether the account may reset and has the address of the change: asked once more behind the
    /// lock that the password took, for both may have changed since the swap compared them.
    async fn has_address(
        &self,
        transaction: &mut DB::Connection,
        change: &Change<'_, Id>,
    ) -> Result<bool, SqlError> {
        let mut arguments = DB::Arguments::default();
        add(&mut arguments, change.account_id())?;
        let rows = DB::fetch(transaction, &self.sql.find_by_id, arguments).await?;
        let account = rows.first().map(DB::read_account::<Id>).transpose()?;
        Ok(account.is_some_and(|account| account.address == change.address()))
    }
}

/// The values that a swap writes, then those that it compares.
pub(super) fn swap_arguments<DB: Dialect, Id: AccountId<DB>>(
    change: &Change<'_, Id>,
    stamp: Value<'_>,
) -> Result<DB::Arguments, SqlError> {
    let ledger = change.ledger();
    let newest = ledger.newest();
    let seconds = |time: Option<UtcDateTime>| time.map_or(0, UtcDateTime::unix_timestamp);
    let selector = Value::Bytes(change.selector().as_bytes());
    let mut arguments = values::<DB>([
        Value::Integer(ledger.revision()),
        Value::Bytes(&ledger.encode()),
        Value::Text(newest.map_or("", |issue| issue.state().code())),
        Value::Integer(seconds(newest.map(Issue::issued_at))),
        Value::Integer(seconds(newest.map(Issue::expires_at))),
        Value::Integer(ledger.forgettable_second()),
    ])?;
    if change.expected_revision() == 0 {
        DB::bind(&mut arguments, selector).map_err(sqlx::Error::Encode)?;
    } else {
        add(&mut arguments, change.account_id())?;
        for value in [selector, Value::Integer(change.expected_revision())] {
            DB::bind(&mut arguments, value).map_err(sqlx::Error::Encode)?;
        }
    }
    add(&mut arguments, change.account_id())?;
    for value in [Value::Text(change.address()), stamp] {
        DB::bind(&mut arguments, value).map_err(sqlx::Error::Encode)?;
    }
    Ok(arguments)
}

pub(super) fn add<DB: Dialect, Id: AccountId<DB>>(
    arguments: &mut impl Arguments<Database = DB>,
    id: &Id,
) -> Result<(), SqlError> {
    Ok(arguments.add(id.clone()).map_err(sqlx::Error::Encode)?)
}
