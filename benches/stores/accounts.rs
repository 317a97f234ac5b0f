//! Hosts of many accounts, each with a link.

use crate::host::{Server, Tables, address};
use password_reset::token::{Binding, Entropy, Ledger, Selector, TokenIssuer};
use sha2::{Digest, Sha256};
use sqlx::{MySql, Pool, Postgres, Sqlite};
use std::ops::Range;
use time::{SignedDuration, UtcDateTime};

/// As long as one of Argon2id's.
pub(crate) const HASH: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$c29tZSBzYWx0IGhlcmU$Zm9yZ290dGVuIHBhc3N3b3JkIGhhc2g";

/// Where a ledger of one link has these, in its stored form.
const SELECTOR: Range<usize> = 1..13;
const REVISION: Range<usize> = 13..21;
const ISSUED_AT: Range<usize> = 87..95;
const EXPIRES_AT: Range<usize> = 99..107;

const WEEK: i64 = 7 * 24 * 60 * 60;

/// How many rows one statement inserts.
const CHUNK: usize = 2000;

/// What a measurement needs to say of a database.
pub(crate) trait Database: Server {
    const TITLE: &'static str;
    /// Whether a parameter is written `$1` instead of `?`.
    const NUMBERED: bool = false;
    /// What begins a redemption by hand, and a purge by hand: what the store says as well.
    const BEGIN: &'static str;
    const PURGE: &'static str;
    /// A query of how durable a commit is, and one of the bytes that the log has grown to.
    const DURABILITY: &'static str;
    const WRITTEN: Option<&'static str>;
    /// What makes the database write whole pages to its log from here on, where it does.
    const CHECKPOINT: Option<&'static str> = None;

    fn blob(bytes: &[u8]) -> String;

    /// Brings the planner's statistics up to date.
    fn analyze(table: &str) -> String;

    /// A query of the bytes that a table takes with its indexes, on SQLite all tables together.
    fn bytes(table: &str) -> String;
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |hex, byte| format!("{hex}{byte:02x}"))
}

impl Database for Postgres {
    const TITLE: &'static str = "PostgreSQL";
    const NUMBERED: bool = true;
    const BEGIN: &'static str = "BEGIN ISOLATION LEVEL READ COMMITTED";
    const PURGE: &'static str = "DELETE FROM {t}_ledgers WHERE account_id = ANY(ARRAY(\
         SELECT account_id FROM {t}_ledgers WHERE forgettable_at <= ? \
         ORDER BY forgettable_at LIMIT 1000 FOR UPDATE SKIP LOCKED))";
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
    const BEGIN: &'static str = "START TRANSACTION";
    const PURGE: &'static str =
        "DELETE FROM {t}_ledgers WHERE forgettable_at <= ? ORDER BY forgettable_at LIMIT 1000";
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
    const BEGIN: &'static str = "BEGIN IMMEDIATE";
    const PURGE: &'static str = "DELETE FROM {t}_ledgers WHERE account_id IN (\
         SELECT account_id FROM {t}_ledgers WHERE forgettable_at <= ? \
         ORDER BY forgettable_at LIMIT 1000)";
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
    /// What the ledgers take in the database, indexes and all.
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

    pub(crate) async fn checkpoint(&self) {
        if let Some(checkpoint) = DB::CHECKPOINT {
            DB::run(&self.pool, checkpoint.into()).await.expect("the user may");
        }
    }

    /// How far the database's log has come, in bytes, where it says.
    pub(crate) async fn written(&self) -> Option<i64> {
        let rows = DB::rows(&self.pool, DB::WRITTEN?.into()).await;
        Some(rows.expect("the database knows")[0].0)
    }

    /// One of them, by chance.
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

/// The same ledger with another selector, revision and time, so that none grows while it is measured.
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
    Ledger::decode(&bytes).expect("any of them will do")
}

/// Some time within the next week.
pub(crate) fn soon() -> UtcDateTime {
    let chance = getrandom::u32().expect("the system has a generator");
    now() + SignedDuration::seconds(i64::from(chance) % WEEK)
}

/// An account's selector, spread over the index as chance would.
pub(crate) fn selector(id: i64) -> Selector {
    let digest = Sha256::digest(id.to_be_bytes());
    Selector::from_bytes(*digest.first_chunk().expect("a digest is longer"))
}
