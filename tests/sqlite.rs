//! The SQLite store: mistakes in the host's statements are found when it opens, lookups
//! use indexes, and what the conformance suite cannot see.

use password_reset::adapters::memory::{ManualClock, Outbox};
use password_reset::adapters::sql::{OpenError, SqlError, SqlStoreBuilder, SqliteStore};
use password_reset::service::{Fault, Outcome, ResetError};
use password_reset::store::Store;
use password_reset::{LinkTemplate, PasswordReset};
use sqlx::sqlite::{
    Sqlite, SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions,
};
use std::error::Error;
use time::UtcDateTime;

const ACCOUNTS: &str = "SELECT id, email AS address, password_hash AS stamp FROM users";
const LOGIN: &str = "lower(address) = lower(?)";
const SET_PASSWORD: &str = "UPDATE users SET password_hash = ? WHERE id = ? AND password_hash = ?";
const END_SESSIONS: &str = "DELETE FROM sessions WHERE user_id = ?";

async fn database() -> SqlitePool {
    let pool =
        SqlitePoolOptions::new().max_connections(1).connect("sqlite::memory:").await.unwrap();
    create(&pool).await;
    pool
}

/// The host's tables, with Alice.
async fn create(pool: &SqlitePool) {
    for statement in [
        "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, username TEXT, \
         password_hash TEXT, changes INTEGER NOT NULL DEFAULT 7, salt BLOB, weight REAL)",
        "CREATE UNIQUE INDEX users_email ON users (lower(email))",
        "CREATE TABLE sessions (user_id INTEGER NOT NULL)",
        "CREATE INDEX sessions_user ON sessions (user_id)",
        "INSERT INTO users (id, email, username, password_hash, salt, weight) \
         VALUES (1, 'Alice@example.com', 'alice', 'old', x'00ff', 1.5)",
    ] {
        sqlx::query(statement).execute(pool).await.unwrap();
    }
}

fn builder(pool: &SqlitePool) -> SqlStoreBuilder<Sqlite, i64> {
    SqliteStore::builder(pool.clone())
        .accounts(ACCOUNTS)
        .login(LOGIN)
        .set_password(SET_PASSWORD)
        .end_sessions(END_SESSIONS)
}

/// Opens a store after a change to the builder.
async fn open(
    change: impl FnOnce(SqlStoreBuilder<Sqlite, i64>) -> SqlStoreBuilder<Sqlite, i64>,
) -> Result<(SqlitePool, SqliteStore<i64>), OpenError> {
    let pool = database().await;
    let store = change(builder(&pool).migrate().await.unwrap()).open().await?;
    Ok((pool, store))
}

/// Everything that an error says, down to its source.
fn sentence(error: &dyn Error) -> String {
    match error.source() {
        Some(source) => format!("{error}: {}", sentence(source)),
        None => error.to_string(),
    }
}

/// Resets Alice's password over the store.
async fn reset(pool: &SqlitePool, store: SqliteStore<i64>) -> String {
    let outbox = Outbox::new();
    let link = LinkTemplate::new("https://app.example.com/#{token}").unwrap();
    let resets = PasswordReset::builder(store, outbox.clone(), link)
        .clock(ManualClock::new(UtcDateTime::UNIX_EPOCH))
        .build()
        .unwrap();
    let handled = resets.request("alice@EXAMPLE.com").await;
    assert_eq!(handled.outcome_for_logs().code(), "sent", "{:?}", handled.outcome_for_logs());
    let mails = outbox.take();
    let token = mails[0].link().unwrap().expose_token();
    resets.accept(token, "Abcdefg1").await.unwrap().commit("new").await.unwrap();
    let hash = sqlx::query_scalar("SELECT password_hash FROM users WHERE id = 1");
    hash.fetch_one(pool).await.unwrap()
}

#[tokio::test]
async fn a_missing_ledger_table_is_told_with_what_to_do() {
    let error = builder(&database().await).open().await.unwrap_err();
    assert!(matches!(error, OpenError::LedgerTable(_)));
    let sentence = sentence(&error);
    assert!(sentence.contains("call `migrate`, or apply the schema"), "{sentence}");
    assert!(sentence.contains("no such table: password_reset_ledgers"), "{sentence}");
}

#[tokio::test]
async fn a_misspelt_column_is_told_when_the_store_opens() {
    let misspelt = [
        ("accounts", open(|b| b.accounts("SELECT id, email AS address FROM users")).await),
        ("accounts", open(|b| b.accounts(ACCOUNTS.replace("email", "emial"))).await),
        ("login", open(|b| b.login("lower(adress) = lower(?)")).await),
        ("set_password", open(|b| b.set_password(SET_PASSWORD.replace("hash =", "hsah ="))).await),
        ("end_sessions", open(|b| b.end_sessions("DELETE FROM sesions WHERE id = ?")).await),
    ];
    for (misspelt_part, opened) in misspelt {
        let error = opened.unwrap_err();
        let OpenError::Prepare { part, .. } = &error else { panic!("{error:?}") };
        assert_eq!(*part, misspelt_part);
        assert!(sentence(&error).contains("no such"), "{}", sentence(&error));
    }
}

#[tokio::test]
async fn a_wrong_number_of_parameters_is_told_when_the_store_opens() {
    let wrong = [
        (open(|b| b.accounts(format!("{ACCOUNTS} WHERE id > ?"))).await, "accounts", 0, 1),
        (open(|b| b.login("address = 'x'")).await, "login", 1, 0),
        (open(|b| b.login("address = ? OR id = ?")).await, "login", 1, 2),
        (
            open(|b| b.set_password("UPDATE users SET password_hash = ?")).await,
            "set_password",
            3,
            1,
        ),
        (open(|b| b.end_sessions("DELETE FROM sessions")).await, "end_sessions", 1, 0),
    ];
    for (opened, wrong_part, takes, has) in wrong {
        let error = opened.unwrap_err();
        let OpenError::Parameters { part, expected, found } = error else { panic!("{error:?}") };
        assert_eq!((part, expected, found), (wrong_part, takes, has));
    }
}

#[tokio::test]
async fn a_column_that_stands_twice_is_told_when_the_store_opens() {
    let twice = [
        (
            "SELECT *, email AS address, username AS address, password_hash AS stamp FROM users",
            "address",
        ),
        ("SELECT *, email AS address, password_hash AS stamp, salt AS Stamp FROM users", "stamp"),
        ("SELECT *, rowid AS id, email AS address, password_hash AS stamp FROM users", "id"),
    ];
    for (select, wrong_column) in twice {
        let error = open(|b| b.accounts(select)).await.unwrap_err();
        let OpenError::SeveralColumns { column } = error else { panic!("{error:?}") };
        assert_eq!(column, wrong_column);
    }
}

#[tokio::test]
async fn a_named_parameter_is_told_when_the_store_opens() {
    for login in ["address = :login", "address = @login"] {
        let error = open(|b| b.login(login)).await.unwrap_err();
        assert!(matches!(error, OpenError::Prepare { part: "login", .. }), "{error:?}");
    }
    let numbered = "UPDATE users SET password_hash = ?1 WHERE id = ?2 AND password_hash = ?3";
    let (pool, store) =
        open(|b| b.login("address = ?1 COLLATE NOCASE").set_password(numbered)).await.unwrap();
    assert_eq!(reset(&pool, store).await, "new");
}

#[tokio::test]
async fn a_wrong_type_is_told_when_the_store_opens() {
    let accounts = |id, address, stamp| {
        format!("SELECT {id} AS id, {address} AS address, {stamp} AS stamp FROM users")
    };
    let wrong = [
        (accounts("email", "email", "password_hash"), "id"),
        (accounts("id", "changes", "password_hash"), "address"),
        (accounts("id", "email", "weight"), "stamp"),
    ];
    for (select, wrong_column) in wrong {
        let error = open(|b| b.accounts(select)).await.unwrap_err();
        let OpenError::ColumnType { column, .. } = error else { panic!("{error:?}") };
        assert_eq!(column, wrong_column);
    }
    let pool = database().await;
    let _ = builder(&pool).migrate().await.unwrap();
    let with_text_ids = SqliteStore::<String>::builder(pool).accounts(ACCOUNTS).login(LOGIN);
    let with_text_ids = with_text_ids.set_password(SET_PASSWORD).without_sessions();
    let error = with_text_ids.open().await.unwrap_err();
    assert!(sentence(&error).contains("the ledger table has type INTEGER, and TEXT"), "{error}");
}

#[cfg(feature = "uuid")]
#[tokio::test]
async fn uuids_that_the_host_keeps_as_text_are_told_when_the_store_opens() {
    let accounts = "SELECT username AS id, email AS address, password_hash AS stamp FROM users";
    let store = SqliteStore::<sqlx::types::Uuid>::builder(database().await).accounts(accounts);
    let store = store.login(LOGIN).set_password(SET_PASSWORD).without_sessions();
    let error = store.migrate().await.unwrap().open().await.unwrap_err();
    assert!(sentence(&error).contains("`id` of `accounts` has type TEXT, and BLOB"), "{error}");
}

#[tokio::test]
async fn a_part_that_was_forgotten_or_does_the_wrong_thing_is_told() {
    let pool = database().await;
    let error = SqliteStore::<i64>::builder(pool.clone()).open().await.unwrap_err();
    assert!(matches!(error, OpenError::Missing { part: "accounts" }));
    let forgotten = SqliteStore::<i64>::builder(pool).accounts(ACCOUNTS).login(LOGIN);
    let error = forgotten.set_password(SET_PASSWORD).open().await.unwrap_err();
    assert!(matches!(error, OpenError::Missing { part: "end_sessions" }));

    let reads = "SELECT id FROM users WHERE id = ?";
    let error = open(|b| b.end_sessions(reads)).await.unwrap_err();
    assert!(matches!(error, OpenError::Reads { part: "end_sessions" }));
    let two = "DELETE FROM sessions WHERE user_id = ?; DROP TABLE users";
    let error = open(|b| b.end_sessions(two)).await.unwrap_err();
    assert!(matches!(error, OpenError::Semicolon { part: "end_sessions" }));
    for name in ["_", "Ledgers_2", &"a".repeat(48)] {
        let schema = builder(&database().await).table(name).schema().unwrap();
        assert!(schema.contains(name), "{schema}");
    }
    for name in ["", "a b", "1st", "a;b", "\"a\"", "ledgér", &"a".repeat(49)] {
        let error = open(|b| b.table(name)).await.unwrap_err();
        assert!(matches!(error, OpenError::TableName), "{name:?}: {error:?}");
    }
}

#[tokio::test]
async fn a_semicolon_or_a_comment_at_the_end_does_no_harm() {
    let (pool, store) = open(|b| {
        b.accounts(format!("{ACCOUNTS} -- everybody"))
            .login("address = ? COLLATE NOCASE -- ?")
            .set_password(format!("{SET_PASSWORD} ;\n"))
            .end_sessions(format!("{END_SESSIONS};"))
    })
    .await
    .unwrap();
    assert_eq!(reset(&pool, store).await, "new");
}

#[tokio::test]
async fn a_stamp_may_be_text_bytes_or_an_integer() {
    for (stamp, set_password) in [
        ("password_hash", "UPDATE users SET password_hash = ? WHERE id = ? AND password_hash = ?"),
        ("salt", "UPDATE users SET password_hash = ? WHERE id = ? AND salt = ?"),
        (
            "changes",
            "UPDATE users SET password_hash = ?, changes = changes + 1 WHERE id = ? AND changes = ?",
        ),
        (
            "coalesce(password_hash, '')",
            "UPDATE users SET password_hash = ? WHERE id = ? AND coalesce(password_hash, '') = ?",
        ),
    ] {
        let accounts = format!("SELECT id, email AS address, {stamp} AS stamp FROM users");
        let opened = open(|b| b.accounts(accounts).set_password(set_password)).await;
        let (pool, store) = opened.unwrap();
        assert_eq!(reset(&pool, store).await, "new", "{stamp}");
    }
}

#[tokio::test]
async fn an_account_is_found_by_its_id_as_by_its_login() {
    let (pool, store) =
        open(|b| b.accounts(format!("{ACCOUNTS} WHERE changes < 9"))).await.unwrap();
    assert_eq!(reset(&pool, store.clone()).await, "new");
    let by_id = store.find_by_id(&1).await.unwrap().unwrap();
    let by_login = store.find_by_login("alice@example.com").await.unwrap().unwrap();
    assert_eq!((by_id.id, by_id.address.as_str()), (1, "Alice@example.com"));
    assert_eq!(by_id.binding(), by_login.binding());
    assert!(by_id.ledger.is_some() && by_id.ledger == by_login.ledger);
    assert!(store.find_by_id(&2).await.unwrap().is_none());

    sqlx::query("UPDATE users SET changes = 9").execute(&pool).await.unwrap();
    assert!(store.find_by_id(&1).await.unwrap().is_none(), "she may not reset any more");
}

#[tokio::test]
async fn a_login_of_two_accounts_is_an_error_and_mails_nobody() {
    let (pool, store) = open(|b| {
        b.login("username = ?")
            .accounts("SELECT id, email AS address, password_hash AS stamp, username FROM users")
    })
    .await
    .unwrap();
    let second = "INSERT INTO users (email, username, password_hash) VALUES ('b@b', 'alice', 'x')";
    sqlx::query(second).execute(&pool).await.unwrap();
    let error = store.find_by_login("alice").await.unwrap_err();
    assert!(matches!(error, SqlError::SeveralAccounts));
}

#[tokio::test]
async fn a_null_is_told_by_its_column() {
    let (pool, store) = open(|b| b).await.unwrap();
    sqlx::query("UPDATE users SET password_hash = NULL").execute(&pool).await.unwrap();
    let error = store.find_by_login("alice@example.com").await.unwrap_err();
    assert!(matches!(error, SqlError::Null { column: "stamp" }), "{error:?}");
}

#[tokio::test]
async fn two_kinds_of_accounts_share_a_database() {
    let pool = database().await;
    let customers = builder(&pool).migrate().await.unwrap().open().await.unwrap();
    let staff = builder(&pool).table("staff_ledgers").migrate().await.unwrap();
    let staff = staff.open().await.unwrap();
    assert_eq!(reset(&pool, customers).await, "new");
    sqlx::query("UPDATE users SET password_hash = 'old'").execute(&pool).await.unwrap();
    assert_eq!(reset(&pool, staff).await, "new");
}

#[tokio::test]
async fn an_operator_can_read_why_a_link_does_not_work() {
    let (pool, store) = open(|b| b).await.unwrap();
    reset(&pool, store).await;
    let select = documented_sql(1).replace("alice@", "Alice@");
    let select = select.replace("to_timestamp", "datetime").replace("_at)", "_at, 'unixepoch')");
    let row: (i64, String, String, String) =
        sqlx::query_as(sqlx::AssertSqlSafe(select)).fetch_one(&pool).await.unwrap();
    let expected = (1, "redeemed", "1970-01-01 00:00:00", "1970-01-01 01:00:00");
    assert_eq!((row.0, &*row.1, &*row.2, &*row.3), expected);
}

/// The error of a redemption that cannot set the password; the link stays good, and nobody's
/// password is changed.
async fn failed_redemption(
    pool: SqlitePool,
    store: SqliteStore<i64>,
    hash: &str,
) -> ResetError<SqlError> {
    let second = "INSERT INTO users (email, password_hash) VALUES ('b@example.com', 'x')";
    sqlx::query(second).execute(&pool).await.unwrap();
    let outbox = Outbox::new();
    let link = LinkTemplate::new("https://app.example.com/#{token}").unwrap();
    let resets = PasswordReset::builder(store, outbox.clone(), link).build().unwrap();
    resets.request("alice@example.com").await;
    let mails = outbox.take();
    let token = mails[0].link().unwrap().expose_token();
    let error = resets.accept(token, "Abcdefg1").await.unwrap().commit(hash).await.unwrap_err();
    let changed = "SELECT count(*) FROM users WHERE password_hash = ?";
    let changed = sqlx::query_scalar::<_, i64>(changed).bind(hash);
    assert_eq!(changed.fetch_one(&pool).await.unwrap(), 0);
    resets.check(token).await.unwrap();
    error
}

#[tokio::test]
async fn a_set_password_without_a_sharp_condition_changes_nobody() {
    let anybody = "UPDATE users SET password_hash = ? WHERE ? = ? OR 1";
    let (pool, store) = open(|b| b.set_password(anybody)).await.unwrap();
    let said = sentence(&failed_redemption(pool, store, "new").await);
    assert!(said.contains("`set_password` matches more than one row"), "{said}");
}

#[tokio::test]
async fn a_set_password_that_matches_nobody_is_a_conflict() {
    let nobody = format!("{SET_PASSWORD} AND 0");
    let (pool, store) = open(|b| b.set_password(nobody)).await.unwrap();
    let said = sentence(&failed_redemption(pool, store, "new").await);
    assert!(said.contains("conflicts although nothing had changed"), "{said}");
}

#[tokio::test]
async fn a_refused_hash_is_printed_in_no_error() {
    let (pool, store) = open(|b| b).await.unwrap();
    let check = "ALTER TABLE users ADD COLUMN note TEXT CHECK (length(password_hash) < 20)";
    sqlx::query(check).execute(&pool).await.unwrap();
    let error = failed_redemption(pool, store, "canary of a hash that is too long").await;
    for printed in [format!("{error:?}"), sentence(&error)] {
        assert!(!printed.contains("canary") && !printed.contains("lice@"), "{printed}");
    }
    let ResetError::Fault(Fault::Store(error)) = error else { panic!("{error:?}") };
    assert!(format!("{error:?}").contains("code 275"), "{error:?}");
}

#[tokio::test]
async fn a_purge_goes_through_more_than_one_batch() {
    let (pool, store) = open(|b| b).await.unwrap();
    sqlx::query(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2500) \
         INSERT INTO password_reset_ledgers SELECT i, randomblob(12), 1, x'', 'live', 0, 0, i FROM n",
    )
    .execute(&pool)
    .await
    .unwrap();
    let until = UtcDateTime::from_unix_timestamp(2400).unwrap();
    assert_eq!(store.purge(until).await.unwrap(), 2400);
    assert_eq!(store.purge(until).await.unwrap(), 0);
}

#[test]
fn the_documented_schema_is_the_one_that_migrate_applies() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let schema = runtime.block_on(async { builder(&database().await).schema().unwrap() });
    let documented = documented_sql(0);
    assert_eq!(
        documented.split_whitespace().collect::<Vec<_>>(),
        schema.split_whitespace().collect::<Vec<_>>()
    );
}

/// A block of SQL in the documentation.
fn documented_sql(number: usize) -> String {
    let page = include_str!("../src/adapters/sql/mod.rs");
    let block = page.split("//! ```sql\n").nth(number + 1).unwrap();
    let lines = block.lines().take_while(|line| !line.starts_with("//! ```"));
    lines.map(|line| line.trim_start_matches("//!")).collect::<Vec<_>>().join("\n")
}

#[tokio::test]
async fn every_flow_can_run_in_a_task_of_its_own() {
    let (pool, store) = open(|b| b).await.unwrap();
    tokio::spawn(async move { assert_eq!(reset(&pool, store).await, "new") }).await.unwrap();
}

#[tokio::test]
async fn a_store_and_its_builder_are_printed_without_statements_or_connections() {
    let pool = database().await;
    let shown = format!("{:?}", builder(&pool).table("links"));
    assert_eq!(shown, r#"SqlStoreBuilder { table: "links", .. }"#);
    let (_, store) = open(|builder| builder).await.unwrap();
    assert_eq!(format!("{store:?}"), r#"SqlStore { database: "SQLite", .. }"#);
}

#[tokio::test]
async fn a_purge_that_fails_is_an_error() {
    let (pool, store) = open(|builder| builder).await.unwrap();
    assert_eq!(store.purge(UtcDateTime::MAX).await.unwrap(), 0);
    sqlx::query("DROP TABLE password_reset_ledgers").execute(&pool).await.unwrap();
    let error = store.purge(UtcDateTime::MAX).await.unwrap_err();
    assert!(matches!(error, SqlError::Missing(_)), "{error:?}");
}

#[tokio::test]
async fn a_ledger_that_the_database_refuses_is_an_error_and_no_conflict() {
    let (pool, store) = open(|builder| builder).await.unwrap();
    let refuse = "CREATE TRIGGER refuse BEFORE INSERT ON password_reset_ledgers \
                  BEGIN SELECT RAISE(ABORT, 'refused'); END";
    sqlx::query(refuse).execute(&pool).await.unwrap();
    let link = LinkTemplate::new("https://app.example.com/#{token}").unwrap();
    let resets = PasswordReset::builder(store, Outbox::new(), link).build().unwrap();
    let handled = resets.request("alice@example.com").await;
    let Outcome::Failed(Fault::Store(error)) = handled.outcome_for_logs() else {
        panic!("{:?}", handled.outcome_for_logs())
    };
    assert!(sentence(error).contains("refused"), "{}", sentence(error));
}

#[tokio::test]
async fn a_write_over_what_others_wrote_since_is_a_conflict() {
    let directory = tempfile::tempdir().unwrap();
    let file = SqliteConnectOptions::new().filename(directory.path().join("accounts"));
    let file = file.create_if_missing(true).journal_mode(SqliteJournalMode::Wal);
    let one = || SqlitePoolOptions::new().max_connections(1).connect_with(file.clone());
    let (pool, others) = (one().await.unwrap(), one().await.unwrap());
    create(&pool).await;
    let store = builder(&pool).migrate().await.unwrap().open().await.unwrap();
    let link = LinkTemplate::new("https://app.example.com/#{token}").unwrap();
    let resets = PasswordReset::builder(store, Outbox::new(), link).build().unwrap();
    // The store's one connection goes on seeing what was there now.
    sqlx::raw_sql("BEGIN; SELECT * FROM users").execute(&pool).await.unwrap();
    sqlx::raw_sql("UPDATE users SET changes = changes + 1").execute(&others).await.unwrap();
    let handled = resets.request("alice@example.com").await;
    let outcome = handled.outcome_for_logs();
    assert!(matches!(outcome, Outcome::Failed(Fault::UnexplainedConflict)), "{outcome:?}");
}

#[tokio::test]
async fn a_file_that_cannot_be_opened_is_no_connection() {
    let directory = tempfile::tempdir().unwrap();
    let file = SqliteConnectOptions::new().filename(directory.path().join("missing/accounts"));
    let pool = SqlitePoolOptions::new().connect_lazy_with(file);
    let error = builder(&pool).open().await.unwrap_err();
    assert!(matches!(error, OpenError::Database(SqlError::NoConnection(_))), "{error:?}");
    assert!(sentence(&error).contains("unable to open database file"), "{}", sentence(&error));
}

#[tokio::test]
async fn a_statement_that_fails_for_a_reason_of_its_own_is_no_missing_table() {
    let (_, store) = open(|b| b.login("address = ? AND json(address)")).await.unwrap();
    let error = store.find_by_login("Alice@example.com").await.unwrap_err();
    assert!(matches!(error, SqlError::Database(_)), "{error:?}");
    assert!(sentence(&error).contains("malformed JSON"), "{}", sentence(&error));
}
