//! Counts changes that were acknowledged during a redemption, at each isolation level of a server.

use crate::conformance::sql::{Logins, OnMySql, OnPostgres, integer};
use password_reset::conformance::Fixture;
use password_reset::store::{Account, Change, Commit, Store};
use password_reset::token::{Binding, Entropy, Ledger, TokenIssuer};
use sqlx::pool::PoolOptions;
use sqlx::{AssertSqlSafe, MySql, Postgres, query, query_scalar};
use time::UtcDateTime;

/// How many changes come first at each level: four times as many as one after the other.
const CHANGES: usize = 4 * IN_TURN;
const IN_TURN: usize = 100;

/// Of the accounts that change at once, each takes up to four connections.
const CONNECTIONS: u32 = 4 * 4;

const OLD_HASH: &str = "the old hash";
const NEW_HASH: &str = "the new hash";

/// A good link of an account, and the ledger in which it is redeemed.
struct Redemption {
    account: Account<i64>,
    present: Ledger,
    next: Ledger,
}

impl Redemption {
    async fn new<F: Fixture<Store: Store<AccountId = i64>>>(fixture: &F) -> Self {
        let address = format!("Overtaken.{:016x}@example.com", getrandom::u64().unwrap());
        let id = fixture.add_account(&address, OLD_HASH).await;
        let account = fixture.store().find_by_id(&id).await.unwrap().unwrap();
        let (before, now) = (account.binding(), UtcDateTime::UNIX_EPOCH);
        let after = Binding::new(&account.address, NEW_HASH.as_bytes());
        let issuer = TokenIssuer::default();
        let link = issuer.issue(None, before, now, Entropy::from_system().unwrap()).unwrap();
        let next = issuer.redeem(&link.ledger, &link.token, &before, now, after).unwrap();
        let redemption = Self { account, present: link.ledger, next };
        redemption.issue(fixture).await;
        redemption
    }

    async fn issue<F: Fixture<Store: Store<AccountId = i64>>>(&self, fixture: &F) {
        let change = Change::new(&self.account, None, &self.present, None);
        while !fixture.store().commit(&change).await.unwrap().is_committed() {}
    }

    fn change(&self) -> Change<'_, i64> {
        Change::new(&self.account, Some(&self.present), &self.next, Some(NEW_HASH))
    }
}

/// That of so many changes that came first none is overtaken, at each of these levels.
macro_rules! assert_none_is_overtaken {
    ($host:ident, $database:ty, $url:literal, $set:literal, $levels:expr) => {
        let Some(url) = crate::support::url::url($url) else { return };
        for level in $levels {
            let set = format!("{} {level}", $set);
            let pool = PoolOptions::<$database>::new().max_connections(CONNECTIONS);
            let pool = pool.after_connect(move |connection, _| {
                let set = AssertSqlSafe(set.clone());
                Box::pin(async move { query(set).execute(connection).await.map(drop) })
            });
            let pool = pool.connect(&url).await.unwrap();
            let host = $host::open(pool, integer, Logins::Unique).await;
            let (pool, users, ledgers) = (&host.pool, &host.tables.users, &host.tables.ledgers);
            // Both try again where the database gave up.
            let hash = async |id: i64| -> String {
                let select = format!("SELECT password_hash FROM {users} WHERE id = {id}");
                loop {
                    let select = query_scalar(AssertSqlSafe(select.clone()));
                    if let Ok(hash) = select.fetch_one(pool).await {
                        return hash;
                    }
                }
            };
            let run = async |sql: String| {
                while query(AssertSqlSafe(sql.clone())).execute(pool).await.is_err() {}
            };
            let wait = async |id, turns| {
                for _ in 0..turns {
                    hash(id).await;
                }
            };

            // If the change came first, whether the redemption overtook it.
            let race = async |redemption: &Redemption, number: usize| -> Option<bool> {
                let Account { id, address, .. } = &redemption.account;
                let (id, turns) = (*id, number / 8 % 4);
                let change = if number % 2 == 0 {
                    format!("UPDATE {users} SET email = 'another {id}' WHERE id = {id}")
                } else {
                    format!("UPDATE {users} SET disabled = TRUE WHERE id = {id}")
                };
                let change = query(AssertSqlSafe(change));
                let redemption_of_it = redemption.change();
                let redeem = host.store.commit(&redemption_of_it);
                let (answer, came_first) = if number / 2 % 4 == 0 {
                    // The redemption may wait for the ledger's row.
                    let mut other = pool.begin().await.unwrap();
                    let hold =
                        format!("SELECT 1 FROM {ledgers} WHERE account_id = {id} FOR UPDATE");
                    let is_held = query(AssertSqlSafe(hold)).fetch_one(&mut *other).await.is_ok();
                    let acknowledge = async {
                        wait(id, turns).await;
                        let is_done = change.execute(pool).await.is_ok();
                        is_done && is_held && hash(id).await == OLD_HASH
                    };
                    let release = async {
                        wait(id, 4).await;
                        other.rollback().await.unwrap();
                    };
                    let (answer, came_first, ()) = tokio::join!(redeem, acknowledge, release);
                    (answer, came_first)
                } else {
                    // It waits for the account's row.
                    let mut owner = pool.begin().await.unwrap();
                    let is_done = change.execute(&mut *owner).await.is_ok();
                    let acknowledge = async {
                        wait(id, turns).await;
                        owner.commit().await.is_ok() && is_done
                    };
                    tokio::join!(redeem, acknowledge)
                };
                let is_redeemed =
                    matches!(answer, Ok(Commit::Committed { .. })) || hash(id).await == NEW_HASH;
                run(format!(
                    "UPDATE {users} SET email = '{address}', disabled = FALSE, \
                     password_hash = '{OLD_HASH}' WHERE id = {id}"
                ))
                .await;
                if is_redeemed {
                    run(format!("DELETE FROM {ledgers} WHERE account_id = {id}")).await;
                    redemption.issue(&host).await;
                }
                came_first.then_some(is_redeemed)
            };
            let in_turn = async |redemption: Redemption| {
                let (mut came_first, mut overtaken) = (0, 0);
                for number in 0..3 * IN_TURN {
                    if came_first < IN_TURN
                        && let Some(is_redeemed) = race(&redemption, number).await
                    {
                        came_first += 1;
                        overtaken += usize::from(is_redeemed);
                    }
                }
                (came_first, overtaken)
            };
            let mut lanes = Vec::new();
            for _ in 0..4 {
                lanes.push(Redemption::new(&host).await);
            }
            let mut lanes = lanes.into_iter().map(in_turn);
            let mut lane = || lanes.next().unwrap();
            let counts: [(usize, usize); 4] = tokio::join!(lane(), lane(), lane(), lane()).into();
            let came_first: usize = counts.iter().map(|(count, _)| count).sum();
            let overtaken: usize = counts.iter().map(|(_, count)| count).sum();
            assert_eq!((came_first, overtaken), (CHANGES, 0), "first and overtaken at {level}");
            host.close().await;
        }
    };
}

#[tokio::test]
async fn no_redemption_overtakes_a_change_on_postgres_whatever_the_isolation_level() {
    let levels = ["READ COMMITTED", "REPEATABLE READ", "SERIALIZABLE"];
    assert_none_is_overtaken!(
        OnPostgres,
        Postgres,
        "TEST_POSTGRES_URL",
        "SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL",
        levels
    );
}

#[tokio::test]
async fn no_redemption_overtakes_a_change_on_mysql_whatever_the_isolation_level() {
    let levels = ["READ UNCOMMITTED", "READ COMMITTED", "REPEATABLE READ", "SERIALIZABLE"];
    assert_none_is_overtaken!(
        OnMySql,
        MySql,
        "TEST_MYSQL_URL",
        "SET SESSION TRANSACTION ISOLATION LEVEL",
        levels
    );
}
