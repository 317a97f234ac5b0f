//! Hosts with many accounts, each with a link, and what differs between their databases.

use crate::by_hand::{Dialect, Statements, by_hand};
use crate::host::{Server, Tables, address};
use crate::support::HASH;
use password_reset::token::{Binding, Entropy, Ledger, Selector, TokenIssuer};
use sha2::{Digest, Sha256};
use sqlx::{MySql, Pool, Postgres, Sqlite};
use std::ops::Range;
use time::{SignedDuration, UtcDateTime};

/// The places of these values in the stored form of a ledger with one link.
const SELECTOR: Range<usize> = 1..13;
const REVISION: Range<usize> = 13..21;
const ISSUED_AT: Range<usize> = 87..95;
const EXPIRES_AT: Range<usize> = 99..107;

const WEEK: i64 = 7 * 24 * 60 * 60;

/// How many rows one statement inserts.
const CHUNK: usize = 2000;

by_hand!(sqlx::Postgres);
by_hand!(sqlx::MySql);
by_hand!(sqlx::Sqlite);

/// What the benchmark needs to know about a database.
pub(crate) trait Database: Server {
    const TITLE: &'static str;
    /// How a host writes by hand. It begins a redemption, and purges, as the store does.
    const BY_HAND: Dialect;
    /// Selects how durable a commit is.
    const DURABILITY: &'static str;
    /// Selects the bytes that the log has grown to, if the database tells.
    const WRITTEN: Option<&'static str>;
    /// Makes the database write whole pages to its log from now on, if it ever does.
    const CHECKPOINT: Option<&'static str> = None;

    fn blob(bytes: &[u8]) -> String;

    /// Updates the planner's statistics.
    fn analyze(table: &str) -> String;

    /// Selects the bytes that a table takes with its indexes; on SQLite, those of all tables.
    fn bytes(table: &str) -> String;
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |hex, byte| format!("{hex}{byte:02x}"))
}

impl Database for Postgres {
    const TITLE: &'static str = "PostgreSQL";
    const BY_HAND: Dialect = Dialect {
        begin: "BEGIN ISOLATION LEVEL READ COMMITTED",
        is_numbered: true,
        purge: "DELETE FROM {t}_ledgers WHERE account_id = ANY(ARRAY(\
             SELECT account_id FROM {t}_ledgers WHERE forgettable_at <= ? \
             ORDER BY forgettable_at LIMIT 1000 FOR UPDATE SKIP LOCKED))",
    };
    const CHECKPOINT: Option<&'static str> = Some("CHECKPOINT");
    const DURABILITY: &'static str =
        "SELECT CAST(0 AS BIGINT), current_setting('synchronous_commit')";
    const WRITTEN: Option<&'static str> =
        Some("SELECT CAST(pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0') AS BIGINT), ''");

    fn blob(bytes: &[u8]) -> String {
        format!("'\\x{}'", hex(bytes))
    }

    fn analyze(table: &str) -> String {
        format!("VACUUM ANALYZE {table}")
    }

    fn bytes(table: &str) -> String {
        format!("SELECT pg_total_relation_size('{table}'), ''")
    }
}

impl Database for MySql {
    const TITLE: &'static str = "MariaDB";
    const BY_HAND: Dialect = Dialect {
        begin: "START TRANSACTION",
        is_numbered: false,
        purge: "DELETE FROM {t}_ledgers WHERE forgettable_at <= ? \
             ORDER BY forgettable_at LIMIT 1000",
    };
    const DURABILITY: &'static str = "SELECT 0, CAST(@@innodb_flush_log_at_trx_commit AS CHAR)";
    const WRITTEN: Option<&'static str> = None;

    fn blob(bytes: &[u8]) -> String {
        format!("x'{}'", hex(bytes))
    }

    fn analyze(table: &str) -> String {
        format!("ANALYZE TABLE {table}")
    }

    fn bytes(table: &str) -> String {
        format!(
            "SELECT CAST(data_length + index_length AS SIGNED), '' FROM information_schema.tables \
             WHERE table_schema = database() AND table_name = '{table}'"
        )
    }
}

impl Database for Sqlite {
    const TITLE: &'static str = "SQLite";
    const BY_HAND: Dialect = Dialect {
        begin: "BEGIN IMMEDIATE",
        is_numbered: false,
        purge: "DELETE FROM {t}_ledgers WHERE account_id IN (\
             SELECT account_id FROM {t}_ledgers WHERE forgettable_at <= ? \
             ORDER BY forgettable_at LIMIT 1000)",
    };
    const DURABILITY: &'static str =
        "SELECT synchronous, CAST(synchronous AS TEXT) FROM pragma_synchronous";
    const WRITTEN: Option<&'static str> = None;

    fn blob(bytes: &[u8]) -> String {
        format!("x'{}'", hex(bytes))
    }

    fn analyze(table: &str) -> String {
        format!("ANALYZE {table}")
    }

    fn bytes(_: &str) -> String {
        "SELECT page_count * page_size, '' FROM pragma_page_count(), pragma_page_size()".into()
    }
}

pub(crate) struct Accounts<DB: Database> {
    pub(crate) tables: Tables,
    pub(crate) pool: Pool<DB>,
    pub(crate) count: i64,
    /// The bytes that the ledgers take in the database, with their indexes.
    pub(crate) ledger_bytes: i64,
}

impl<DB: Database> Accounts<DB> {
    pub(crate) async fn create(pool: &Pool<DB>, count: i64) -> Self {
        let tables = Tables::new();
        tables.create(pool, 0).await;
        let (users, ledgers) =
            (format!("{}_users", tables.prefix()), format!("{}_ledgers", tables.prefix()));
        fill(pool, &users, count, |id| format!("({id}, '{}', '{HASH}')", address(id))).await;
        let empty = size(pool, &ledgers).await;
        let first = first_ledger();
        fill(pool, &ledgers, count, |id| {
            let asked = now() - SignedDuration::seconds(id % WEEK);
            let ledger = with(&first, &selector(id), first.revision(), asked);
            let newest = ledger.newest().expect("it has a link");
            format!(
                "({id}, {}, {}, {}, 'live', {}, {}, {})",
                DB::blob(ledger.selector().as_bytes()),
                ledger.revision(),
                DB::blob(&ledger.encode()),
                newest.issued_at().unix_timestamp(),
                newest.expires_at().unix_timestamp(),
                ledger.forgettable_second(),
            )
        })
        .await;
        let ledger_bytes = size(pool, &ledgers).await - empty;
        Self { tables, pool: pool.clone(), count, ledger_bytes }
    }

    pub(crate) fn statements(&self) -> Statements {
        Statements::new(&DB::BY_HAND, self.tables.prefix(), "u.email = ?")
    }

    pub(crate) async fn checkpoint(&self) {
        if let Some(checkpoint) = DB::CHECKPOINT {
            DB::run(&self.pool, checkpoint.into()).await.expect("the user may");
        }
    }

    /// The bytes that the database's log has grown to, if the database tells.
    pub(crate) async fn written(&self) -> Option<i64> {
        let rows = DB::rows(&self.pool, DB::WRITTEN?.into()).await;
        Some(rows.expect("the database knows")[0].0)
    }

    /// The id of a random account.
    pub(crate) fn any(&self) -> i64 {
        let chance = getrandom::u32().expect("the system has a generator");
        i64::from(chance) % self.count + 1
    }
}

async fn fill<DB: Database>(pool: &Pool<DB>, table: &str, count: i64, row: impl Fn(i64) -> String) {
    let ids: Vec<_> = (1..=count).collect();
    for chunk in ids.chunks(CHUNK) {
        let rows: Vec<_> = chunk.iter().map(|id| row(*id)).collect();
        let insert = format!("INSERT INTO {table} VALUES {}", rows.join(", "));
        DB::run(pool, insert).await.expect("the rows fit");
    }
    DB::run(pool, DB::analyze(table)).await.expect("it is a table");
}

async fn size<DB: Database>(pool: &Pool<DB>, table: &str) -> i64 {
    DB::rows(pool, DB::bytes(table)).await.expect("the database knows")[0].0
}

pub(crate) fn now() -> UtcDateTime {
    UtcDateTime::UNIX_EPOCH + SignedDuration::days(20_000)
}

/// The ledger of an account with one link.
pub(crate) fn first_ledger() -> Ledger {
    let entropy = Entropy::from_system().expect("the system has a generator");
    let binding = Binding::new("nobody@example.com", b"");
    let issued = TokenIssuer::default().issue(None, binding, now(), entropy);
    issued.expect("a first link is not throttled").ledger
}

/// Returns the ledger with another selector, revision and time, and the same size.
pub(crate) fn with(
    ledger: &Ledger,
    selector: &Selector,
    revision: i64,
    issued_at: UtcDateTime,
) -> Ledger {
    let mut bytes = ledger.encode();
    bytes[SELECTOR].copy_from_slice(selector.as_bytes());
    for (place, number) in [
        (REVISION, revision),
        (ISSUED_AT, issued_at.unix_timestamp()),
        (EXPIRES_AT, issued_at.unix_timestamp() + 60 * 60),
    ] {
        bytes[place].copy_from_slice(&number.to_be_bytes());
    }
    Ledger::decode(&bytes).expect("it is a ledger")
}

/// A random time within the next week.
pub(crate) fn soon() -> UtcDateTime {
    let chance = getrandom::u32().expect("the system has a generator");
    now() + SignedDuration::seconds(i64::from(chance) % WEEK)
}

/// An account's selector, spread over the index as random ones are.
pub(crate) fn selector(id: i64) -> Selector {
    let digest = Sha256::digest(id.to_be_bytes());
    Selector::from_bytes(*digest.first_chunk().expect("a digest is longer"))
}
