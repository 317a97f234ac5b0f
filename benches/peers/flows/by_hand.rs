//! The store by hand: the statements as a host would write them for its own tables, over the same
//! two drivers.

use deadpool_postgres::{GenericClient, Pool, PoolError};
use futures_util::future::{try_join3, try_join4};
use password_reset::store::{Account, Change, Commit, Store};
use password_reset::token::Selector;
use sqlx::postgres::PgRow;
use sqlx::{Connection, PgConnection, PgPool, Row};
use tokio_postgres::types::ToSql;

macro_rules! find {
    ($condition:literal) => {
        concat!(
            "SELECT a.id, a.email, a.hash, l.ledger FROM accounts AS a ",
            "LEFT JOIN password_reset_ledgers AS l ON l.account_id = a.id WHERE ",
            $condition
        )
    };
}

const BY_LOGIN: &str = find!("lower(a.email) = lower($1)");
const BY_ID: &str = find!("a.id = $1");
const BY_SELECTOR: &str = find!("l.selector = $1");
const INSERT: &str = "INSERT INTO password_reset_ledgers (revision, ledger, state, issued_at, \
    expires_at, forgettable_at, selector, account_id) SELECT $1, $2, $3, $4, $5, $6, $7, id \
    FROM accounts WHERE id = $8 AND email = $9 AND hash = $10";
const UPDATE: &str = "UPDATE password_reset_ledgers SET revision = $1, ledger = $2, state = $3, \
    issued_at = $4, expires_at = $5, forgettable_at = $6 \
    WHERE selector = $7 AND account_id = $8 AND revision = $11 AND EXISTS \
    (SELECT 1 FROM accounts WHERE id = $8 AND email = $9 AND hash = $10)";
const BEGIN: &str = "BEGIN ISOLATION LEVEL READ COMMITTED";
const SET_PASSWORD: &str = "UPDATE accounts SET hash = $1 WHERE id = $2 AND hash = $3";
const END_SESSIONS: &str = "DELETE FROM account_sessions WHERE account_id = $1";

/// A swap of the ledger, for an account whose hash is `hash`.
struct Swap<'a> {
    is_first: bool,
    revision: i64,
    ledger: Vec<u8>,
    state: &'a str,
    times: [i64; 3],
    selector: &'a [u8],
    id: &'a i64,
    address: &'a str,
    hash: &'a str,
    expected: i64,
}

impl<'a> Swap<'a> {
    fn new(change: &'a Change<'a, i64>, hash: &'a str) -> Self {
        let ledger = change.ledger();
        let newest = ledger.newest().expect("a change issues or ends a link");
        let times = [newest.issued_at(), newest.expires_at()].map(|time| time.unix_timestamp());
        Self {
            is_first: change.expected_revision() == 0,
            revision: ledger.revision(),
            ledger: ledger.encode(),
            state: newest.state().code(),
            times: [times[0], times[1], ledger.forgettable_second()],
            selector: change.selector().as_bytes(),
            id: change.account_id(),
            address: change.address(),
            hash,
            expected: change.expected_revision(),
        }
    }

    const fn sql(&self) -> &'static str {
        if self.is_first { INSERT } else { UPDATE }
    }

    async fn over_sqlx(&self, connection: &mut PgConnection) -> Result<bool, sqlx::Error> {
        let [issued_at, expires_at, forgettable_at] = self.times;
        let query = sqlx::query(self.sql()).bind(self.revision).bind(&self.ledger).bind(self.state);
        let query = query.bind(issued_at).bind(expires_at).bind(forgettable_at);
        let query = query.bind(self.selector).bind(self.id).bind(self.address).bind(self.hash);
        let query = if self.is_first { query } else { query.bind(self.expected) };
        Ok(query.execute(connection).await?.rows_affected() == 1)
    }

    fn values(&self) -> Vec<&(dyn ToSql + Sync)> {
        let [issued_at, expires_at, forgettable_at] = &self.times;
        let mut values: Vec<&(dyn ToSql + Sync)> = vec![
            &self.revision,
            &self.ledger,
            &self.state,
            issued_at,
            expires_at,
            forgettable_at,
            &self.selector,
            self.id,
            &self.address,
            &self.hash,
        ];
        if !self.is_first {
            values.push(&self.expected);
        }
        values
    }
}

fn stamp<'a>(change: &Change<'a, i64>) -> &'a str {
    std::str::from_utf8(change.stamp()).expect("it was read from text")
}

#[derive(Clone)]
pub(crate) struct OverSqlx(pub(crate) PgPool);

fn from_sqlx(row: &PgRow) -> Result<Account<i64>, sqlx::Error> {
    let (address, hash): (String, String) = (row.try_get(1)?, row.try_get(2)?);
    Ok(Account::new(row.try_get(0)?, address, hash, row.try_get(3)?))
}

impl Store for OverSqlx {
    type AccountId = i64;
    type Error = sqlx::Error;

    async fn find_by_login(&self, login: &str) -> Result<Option<Account<i64>>, sqlx::Error> {
        let row = sqlx::query(BY_LOGIN).bind(login).fetch_optional(&self.0).await?;
        row.as_ref().map(from_sqlx).transpose()
    }

    async fn find_by_id(&self, id: &i64) -> Result<Option<Account<i64>>, sqlx::Error> {
        let row = sqlx::query(BY_ID).bind(id).fetch_optional(&self.0).await?;
        row.as_ref().map(from_sqlx).transpose()
    }

    async fn find_by_selector(
        &self,
        selector: &Selector,
    ) -> Result<Option<Account<i64>>, sqlx::Error> {
        let query = sqlx::query(BY_SELECTOR).bind(selector.as_bytes().as_slice());
        query.fetch_optional(&self.0).await?.as_ref().map(from_sqlx).transpose()
    }

    async fn commit(&self, change: &Change<'_, i64>) -> Result<Commit, sqlx::Error> {
        let mut connection = self.0.acquire().await?;
        let Some(hash) = change.password_hash() else {
            let swap = Swap::new(change, stamp(change));
            return swap.over_sqlx(&mut connection).await.map(Commit::from);
        };
        let mut transaction = connection.begin_with(BEGIN).await?;
        let set = sqlx::query(SET_PASSWORD).bind(hash).bind(change.account_id());
        let set = set.bind(stamp(change)).execute(&mut *transaction).await?;
        let is_written =
            set.rows_affected() == 1 && Swap::new(change, hash).over_sqlx(&mut transaction).await?;
        if !is_written {
            transaction.rollback().await?;
            return Ok(Commit::Conflict);
        }
        let end = sqlx::query(END_SESSIONS).bind(change.account_id());
        end.execute(&mut *transaction).await?;
        transaction.commit().await?;
        Ok(Commit::from(true))
    }
}

/// It sends a redemption at once, as the example driver does.
#[derive(Clone)]
pub(crate) struct OverTokioPostgres(pub(crate) Pool);

impl OverTokioPostgres {
    async fn find(
        &self,
        sql: &str,
        value: &(dyn ToSql + Sync),
    ) -> Result<Option<Account<i64>>, PoolError> {
        let client = self.0.get().await?;
        let row = client.query_opt(&client.prepare_cached(sql).await?, &[value]).await?;
        Ok(row.map(|row| {
            let (address, hash): (String, String) = (row.get(1), row.get(2));
            Account::new(row.get(0), address, hash, row.get(3))
        }))
    }
}

impl Store for OverTokioPostgres {
    type AccountId = i64;
    type Error = PoolError;

    async fn find_by_login(&self, login: &str) -> Result<Option<Account<i64>>, PoolError> {
        self.find(BY_LOGIN, &login).await
    }

    async fn find_by_id(&self, id: &i64) -> Result<Option<Account<i64>>, PoolError> {
        self.find(BY_ID, id).await
    }

    async fn find_by_selector(
        &self,
        selector: &Selector,
    ) -> Result<Option<Account<i64>>, PoolError> {
        self.find(BY_SELECTOR, &selector.as_bytes().as_slice()).await
    }

    async fn commit(&self, change: &Change<'_, i64>) -> Result<Commit, PoolError> {
        let client = self.0.get().await?;
        let Some(hash) = change.password_hash() else {
            let swap = Swap::new(change, stamp(change));
            let statement = client.prepare_cached(swap.sql()).await?;
            return Ok(Commit::from(client.execute(&statement, &swap.values()).await? == 1));
        };
        let swap = Swap::new(change, hash);
        let (set, update, end) = try_join3(
            client.prepare_cached(SET_PASSWORD),
            client.prepare_cached(swap.sql()),
            client.prepare_cached(END_SESSIONS),
        )
        .await?;
        let (id, stamp) = (change.account_id(), stamp(change));
        let (set_values, values): ([&(dyn ToSql + Sync); 3], _) =
            ([&hash, id, &stamp], swap.values());
        let ((), set, swapped, _) = try_join4(
            client.batch_execute(BEGIN),
            client.execute(&set, &set_values),
            client.execute(&update, &values),
            client.execute(&end, &[id]),
        )
        .await?;
        let is_written = set == 1 && swapped == 1;
        client.batch_execute(if is_written { "COMMIT" } else { "ROLLBACK" }).await?;
        Ok(Commit::from(is_written))
    }
}
