//! A database that is down, silent, locked, full, read-only or incomplete gives a typed error.
//!
//! Every login gets the same answer, nothing is mailed or changed, and the same store works again
//! once the database is well.

mod proxy;
mod world;

use crate::support::host::Server;
use password_reset::adapters::sql::{OpenError, SqlError, Trouble};
use proxy::Proxy;
use sqlx::{MySql, Postgres, Sqlite};
use world::{Options, World};

/// One test of each database that is named.
macro_rules! on {
    ($sickness:ident: $($database:ident),*) => {
        mod $sickness {
            $(
                #[tokio::test]
                async fn $database() {
                    if let Some(world) = crate::sick::world::$database().await {
                        super::$sickness(world).await;
                    }
                }
            )*
        }
    };
}

/// What each database must be told, where they differ.
trait Words: Server {
    const READ_ONLY: &'static str;
    const WAIT_SHORTLY: &'static str;

    /// The options of a connection that can only read, where there are any.
    fn read_only(options: Options<Self>) -> Options<Self>;
}

impl Words for Sqlite {
    const READ_ONLY: &'static str = "PRAGMA query_only = 1";
    const WAIT_SHORTLY: &'static str = "PRAGMA busy_timeout = 50";

    fn read_only(options: Options<Self>) -> Options<Self> {
        options.pragma("query_only", "1")
    }
}

impl Words for Postgres {
    const READ_ONLY: &'static str = "SET default_transaction_read_only = on";
    const WAIT_SHORTLY: &'static str = "SET lock_timeout = 50";

    fn read_only(options: Options<Self>) -> Options<Self> {
        options.options([("default_transaction_read_only", "on")])
    }
}

impl Words for MySql {
    const READ_ONLY: &'static str = "SET SESSION TRANSACTION READ ONLY";
    const WAIT_SHORTLY: &'static str = "SET SESSION innodb_lock_wait_timeout = 1";

    fn read_only(options: Options<Self>) -> Options<Self> {
        options
    }
}

on!(a_read_only_database: sqlite, postgres);
async fn a_read_only_database<DB: Words>(world: World<DB>) {
    let options = world.pool.connect_options().as_ref().clone();
    world.pool.set_connect_options(DB::read_only(options.clone()));
    world.in_its_session(DB::READ_ONLY).await;
    let (is, says) = (|error: &SqlError| error.trouble() == Trouble::ReadOnly, "takes writes");
    world.assert_request_fails(is, says).await;
    world.assert_redemption_fails(is, says).await;
    world.pool.set_connect_options(options);
    world.assert_recovers().await;
}

on!(a_session_that_became_read_only_is_closed: sqlite, postgres, mysql);
async fn a_session_that_became_read_only_is_closed<DB: Words>(world: World<DB>) {
    world.in_its_session(DB::READ_ONLY).await;
    world.assert_recovers().await;
}

on!(a_lock_that_others_hold: sqlite, postgres, mysql);
async fn a_lock_that_others_hold<DB: Words>(world: World<DB>)
where
    for<'c> &'c mut DB::Connection: sqlx::Executor<'c, Database = DB>,
{
    world.in_its_session(DB::WAIT_SHORTLY).await;
    let mut others = world.healthy.begin().await.unwrap();
    let lock = format!("UPDATE {}_ledgers SET revision = revision", world.tables.prefix());
    sqlx::Executor::execute(&mut *others, sqlx::raw_sql(sqlx::AssertSqlSafe(lock))).await.unwrap();
    let (is, says) =
        (|error: &SqlError| error.trouble() == Trouble::Busy, "transactions that stay open");
    world.assert_request_fails(is, says).await;
    world.assert_redemption_fails(is, says).await;
    others.rollback().await.unwrap();
    world.assert_recovers().await;
}

on!(a_missing_table: sqlite, postgres, mysql);
async fn a_missing_table<DB: Server>(world: World<DB>) {
    let prefix = world.tables.prefix().to_owned();
    world.run(format!("ALTER TABLE {prefix}_ledgers RENAME TO {prefix}_gone")).await;
    let (is, says) = (|error: &SqlError| error.trouble() == Trouble::Missing, "`migrate`");
    world.assert_request_fails(is, says).await;
    world.assert_redemption_fails(is, says).await;
    world.run(format!("ALTER TABLE {prefix}_gone RENAME TO {prefix}_ledgers")).await;
    world.assert_recovers().await;
}

on!(an_exhausted_pool: sqlite, postgres, mysql);
async fn an_exhausted_pool<DB: Server>(world: World<DB>) {
    let only = world.pool.acquire().await.unwrap();
    let (is, says) = (is_no_connection, "connections enough");
    world.assert_request_fails(is, says).await;
    world.assert_redemption_fails(is, says).await;
    drop(only);
    world.assert_recovers().await;
}

on!(a_pool_that_was_closed: sqlite, postgres, mysql);
async fn a_pool_that_was_closed<DB: Server>(world: World<DB>) {
    world.pool.close().await;
    let (is, says) = (|error: &SqlError| error.trouble() == Trouble::PoolClosed, "was closed");
    world.assert_request_fails(is, says).await;
    world.assert_redemption_fails(is, says).await;
    let opened = world.tables.builder(&world.pool).open().await;
    assert!(
        matches!(opened, Err(OpenError::Database(error)) if error.trouble() == Trouble::PoolClosed)
    );
    world.end().await;
}

on!(a_full_database: sqlite);
async fn a_full_database(world: World<Sqlite>) {
    // The limit is a connection's own, and a failed redemption is followed by another one.
    let options = world.pool.connect_options().as_ref().clone();
    world.pool.set_connect_options(options.clone().pragma("max_page_count", "1"));
    world.in_its_session("PRAGMA max_page_count = 1").await;
    // So small that no room is left where the account's ledger must grow.
    let junk = format!(
        "INSERT INTO {}_ledgers SELECT coalesce(max(account_id), 0) + 1, randomblob(12), 1, x'', \
         '', 0, 0, 0 FROM {0}_ledgers",
        world.tables.prefix()
    );
    while Sqlite::run(&world.pool, junk.clone()).await.is_ok() {}
    let (is, says) = (|error: &SqlError| error.trouble() == Trouble::Full, "make room");
    world.assert_request_fails(is, says).await;
    let hash = "long".repeat(10_000);
    world.assert_redemption_fails_with(is, says, &hash).await;
    // Each on a connection without what is left of the one before.
    for _ in 0..3 {
        assert!(is(&world.tried_out(&hash).await.unwrap_err()));
    }
    world.pool.set_connect_options(options);
    world.in_its_session("PRAGMA max_page_count = 1000000").await;
    world.assert_recovers().await;
}

on!(a_server_that_is_down: proxied_postgres, proxied_mysql);
async fn a_server_that_is_down<DB: Server>((world, mut proxy): (World<DB>, Proxy)) {
    proxy.refuse().await;
    world.assert_request_fails(is_no_connection, "check that it runs").await;
    world.assert_redemption_fails(is_no_connection, "check that it runs").await;
    proxy.forward().await;
    world.assert_recovers().await;
}

on!(a_server_that_never_answers: proxied_postgres, proxied_mysql);
async fn a_server_that_never_answers<DB: Server>((world, mut proxy): (World<DB>, Proxy)) {
    proxy.fall_silent().await;
    world.assert_request_fails(is_no_connection, "check that it runs").await;
    world.assert_redemption_fails(is_no_connection, "check that it runs").await;
    proxy.forward().await;
    world.assert_recovers().await;
}

fn is_no_connection(error: &SqlError) -> bool {
    error.trouble() == Trouble::NoConnection
}
