//! The store by hand over tokio-postgres. It sends a redemption at once, as the example driver does.

use crate::by_hand::{Statements, Swap, stamp};
use deadpool_postgres::{GenericClient, Pool, PoolError};
use futures_util::future::{try_join3, try_join4};
use password_reset::store::{Account, Change, Commit, Store};
use password_reset::token::Selector;
use tokio_postgres::types::ToSql;

type Values<'a> = Vec<&'a (dyn ToSql + Sync)>;

pub(crate) struct Pipelined {
    pub(crate) pool: Pool,
    pub(crate) statements: Statements,
}

impl Pipelined {
    async fn find(
        &self,
        sql: &str,
        value: &(dyn ToSql + Sync),
    ) -> Result<Option<Account<i64>>, PoolError> {
        let client = self.pool.get().await?;
        let row = client.query_opt(&client.prepare_cached(sql).await?, &[value]).await?;
        Ok(row.map(|row| {
            let (address, hash): (String, String) = (row.get(1), row.get(2));
            Account::new(row.get(0), address, hash, row.get(3))
        }))
    }
}

fn values<'a>(swap: &'a Swap<'_>) -> Values<'a> {
    let mut values: Values<'a> = if swap.is_first { vec![&swap.selector] } else { vec![] };
    let [issued_at, expires_at, forgettable_at] = &swap.times;
    let next: [&(dyn ToSql + Sync); 6] =
        [&swap.revision, &swap.ledger, &swap.state, issued_at, expires_at, forgettable_at];
    values.extend(next);
    if !swap.is_first {
        let present: [&(dyn ToSql + Sync); 3] = [swap.id, &swap.selector, &swap.expected];
        values.extend(present);
    }
    let account: [&(dyn ToSql + Sync); 3] = [swap.id, &swap.address, &swap.hash];
    values.extend(account);
    values
}

impl Store for Pipelined {
    type AccountId = i64;
    type Error = PoolError;

    async fn find_by_login(&self, login: &str) -> Result<Option<Account<i64>>, PoolError> {
        self.find(self.statements.by_login, &login).await
    }

    async fn find_by_id(&self, id: &i64) -> Result<Option<Account<i64>>, PoolError> {
        self.find(self.statements.by_id, id).await
    }

    async fn find_by_selector(
        &self,
        selector: &Selector,
    ) -> Result<Option<Account<i64>>, PoolError> {
        self.find(self.statements.by_selector, &selector.as_bytes().as_slice()).await
    }

    async fn commit(&self, change: &Change<'_, i64>) -> Result<Commit, PoolError> {
        let (client, statements) = (self.pool.get().await?, &self.statements);
        let Some(hash) = change.password_hash() else {
            let swap = Swap::new(change, stamp(change));
            let statement = client.prepare_cached(swap.sql(statements)).await?;
            return Ok(Commit::from(client.execute(&statement, &values(&swap)).await? == 1));
        };
        let swap = Swap::new(change, hash);
        let (set, update, end) = try_join3(
            client.prepare_cached(statements.set_password),
            client.prepare_cached(swap.sql(statements)),
            client.prepare_cached(statements.end_sessions),
        )
        .await?;
        let (id, stamp) = (change.account_id(), stamp(change));
        let (set_values, values): ([&(dyn ToSql + Sync); 3], _) =
            ([&hash, id, &stamp], values(&swap));
        let ((), set, swapped, _) = try_join4(
            client.batch_execute(statements.begin),
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
