//! The SQLite store: mistakes in the statements are found on opening, and lookups use indexes.

use password_reset::adapters::memory::{ManualClock, Outbox};
use password_reset::adapters::sql::{
    Applied, Database, Driver, Fault as Answer, OpenError, Row, SqlError, SqlStore,
    SqlStoreBuilder, Statement, Step, Trouble, Users, Value,
};
use password_reset::adapters::sqlx::{SqliteStore, Sqlx};
use password_reset::service::{Fault, Outcome, ResetError};
use password_reset::store::Store;
use password_reset::{LinkTemplate, PasswordReset};
use sqlx::sqlite::{
    Sqlite, SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions,
};
use std::error::Error;
use time::UtcDateTime;

const ACCOUNTS: &str = "SELECT id, email AS address, password_hash AS password FROM users";
const LOGIN: &str = "lower(address) = lower({login})";
const SET_PASSWORD: &str = "UPDATE users SET password_hash = {hash} \
                            WHERE id = {id} AND password_hash = {stamp}";
const END_SESSIONS: &str = "DELETE FROM sessions WHERE user_id = {id}";

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

fn builder(pool: &SqlitePool) -> SqlStoreBuilder<Sqlx<Sqlite>, i64> {
    SqliteStore::builder(pool.clone())
        .accounts(ACCOUNTS)
        .login(LOGIN)
        .set_password(SET_PASSWORD)
        .end_sessions(END_SESSIONS)
}

/// Opens a store after a change to the builder.
async fn open(
    change: impl FnOnce(SqlStoreBuilder<Sqlx<Sqlite>, i64>) -> SqlStoreBuilder<Sqlx<Sqlite>, i64>,
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
async fn a_missing_ledger_table_is_reported_with_what_to_do() {
    let error = builder(&database().await).open().await.unwrap_err();
    assert!(matches!(error, OpenError::LedgerTable(_)));
    let sentence = sentence(&error);
    assert!(sentence.contains("call `migrate`, or apply the schema"), "{sentence}");
    assert!(sentence.contains("no such table: password_reset_ledgers"), "{sentence}");
}

#[tokio::test]
async fn a_misspelt_column_is_reported_when_the_store_opens() {
    let misspelt = [
        ("accounts", open(|b| b.accounts("SELECT id, email AS address FROM users")).await),
        ("accounts", open(|b| b.accounts(ACCOUNTS.replace("email", "emial"))).await),
        ("login", open(|b| b.login("lower(adress) = lower({login})")).await),
        ("set_password", open(|b| b.set_password(SET_PASSWORD.replace("hash =", "hsah ="))).await),
        ("end_sessions", open(|b| b.end_sessions("DELETE FROM sesions WHERE id = {id}")).await),
    ];
    for (misspelt_part, opened) in misspelt {
        let error = opened.unwrap_err();
        let OpenError::Refused { part, .. } = &error else { panic!("{error:?}") };
        assert_eq!(*part, misspelt_part);
        assert!(sentence(&error).contains("no such"), "{}", sentence(&error));
    }
}

#[tokio::test]
async fn a_name_that_is_missing_or_unknown_is_reported_when_the_store_opens() {
    let no_stamp = "UPDATE users SET password_hash = {hash} WHERE id = {id}";
    for (opened, sentence) in [
        (
            open(|b| b.accounts(format!("{ACCOUNTS} WHERE id > {{id}}"))).await,
            "`accounts` has no value {id}",
        ),
        (open(|b| b.login("address = 'x'")).await, "`login` must contain {login}"),
        (
            open(|b| b.login("address = {login} OR id = {email}")).await,
            "`login` has no value {email}",
        ),
        (open(|b| b.set_password(no_stamp)).await, "`set_password` must contain {stamp}"),
        (
            open(|b| b.end_sessions("DELETE FROM sessions")).await,
            "`end_sessions` must contain {id}",
        ),
        (open(|b| b.also("UPDATE users SET changes = 0")).await, "`also` must contain {id}"),
    ] {
        assert_eq!(opened.unwrap_err().to_string(), sentence);
    }
}

#[tokio::test]
async fn a_column_that_appears_twice_is_reported_when_the_store_opens() {
    let twice = [
        (
            "SELECT *, email AS address, username AS address, password_hash AS password FROM users",
            "address",
        ),
        (
            "SELECT *, email AS address, password_hash AS password, salt AS Password FROM users",
            "password",
        ),
        ("SELECT *, rowid AS id, email AS address, password_hash AS password FROM users", "id"),
    ];
    for (select, wrong_column) in twice {
        let error = open(|b| b.accounts(select)).await.unwrap_err();
        let OpenError::SeveralColumns { column } = error else { panic!("{error:?}") };
        assert_eq!(column, wrong_column);
    }
}

#[tokio::test]
async fn a_parameter_of_the_database_itself_is_reported_when_the_store_opens() {
    for login in ["address = ?", "address = ?1", "address = :login", "address = @login"] {
        let error = open(|b| b.login(login)).await.unwrap_err();
        let OpenError::Position { part: "login", found } = &error else { panic!("{error:?}") };
        assert!(login.ends_with(found), "{error}");
        assert!(error.to_string().contains("write its name, such as {login}"), "{error}");
    }
}

#[tokio::test]
async fn a_wrong_type_is_reported_when_the_store_opens() {
    let accounts = |id, address, password| {
        format!("SELECT {id} AS id, {address} AS address, {password} AS password FROM users")
    };
    let wrong = [
        (accounts("email", "email", "password_hash"), "id"),
        (accounts("id", "changes", "password_hash"), "address"),
        (accounts("id", "email", "salt"), "password"),
        (ACCOUNTS.replace(" FROM", ", weight AS stamp FROM"), "stamp"),
    ];
    for (select, wrong_column) in wrong {
        let error = open(|b| b.accounts(select)).await.unwrap_err();
        let OpenError::ColumnType { column, .. } = error else { panic!("{error:?}") };
        assert_eq!(column, wrong_column);
    }
    let pool = database().await;
    let _ = builder(&pool).migrate().await.unwrap();
    let accounts = ACCOUNTS.replace("SELECT id", "SELECT username AS id");
    let with_text_ids = SqliteStore::<String>::builder(pool).accounts(accounts).login(LOGIN);
    let with_text_ids = with_text_ids.set_password(SET_PASSWORD).without_sessions();
    let error = with_text_ids.open().await.unwrap_err();
    assert!(sentence(&error).contains("the ledger table has type integer, and TEXT"), "{error}");
}

#[tokio::test]
async fn uuids_that_the_host_keeps_as_text_are_reported_when_the_store_opens() {
    let accounts = "SELECT username AS id, email AS address, password_hash AS password FROM users";
    let store = SqliteStore::<uuid::Uuid>::builder(database().await).accounts(accounts);
    let store = store.login(LOGIN).set_password(SET_PASSWORD).without_sessions();
    let error = store.migrate().await.unwrap().open().await.unwrap_err();
    assert!(sentence(&error).contains("`id` of `accounts` has type text, and BLOB"), "{error}");
}

#[tokio::test]
async fn a_part_that_is_missing_or_does_the_wrong_thing_is_reported() {
    let pool = database().await;
    let error = SqliteStore::<i64>::builder(pool.clone()).open().await.unwrap_err();
    assert!(matches!(error, OpenError::Missing { part: "accounts" }));
    let forgotten = SqliteStore::<i64>::builder(pool).accounts(ACCOUNTS).login(LOGIN);
    let error = forgotten.set_password(SET_PASSWORD).open().await.unwrap_err();
    assert!(matches!(error, OpenError::Missing { part: "end_sessions" }));

    let reads = "SELECT {hash}, {stamp} FROM users WHERE id = {id}";
    let error = open(|b| b.set_password(reads)).await.unwrap_err();
    assert!(matches!(error, OpenError::Reads { part: "set_password" }));
    let two = "DELETE FROM sessions WHERE user_id = {id}; DROP TABLE users";
    let error = open(|b| b.end_sessions(two)).await.unwrap_err();
    assert!(matches!(error, OpenError::Semicolon { part: "end_sessions" }));
    let error = open(|b| b.end_sessions(format!("{END_SESSIONS} AND 'a"))).await.unwrap_err();
    assert!(matches!(error, OpenError::Unclosed { part: "end_sessions" }));
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
            .login("address = {login} COLLATE NOCASE -- ?")
            .set_password(format!("{SET_PASSWORD} ;\n"))
            .end_sessions(format!("{END_SESSIONS};"))
    })
    .await
    .unwrap();
    assert_eq!(reset(&pool, store).await, "new");
}

#[tokio::test]
async fn a_stamp_may_be_text_bytes_or_an_integer() {
    for (stamp, changes) in [
        ("password_hash", ""),
        ("salt", ", salt = x'ff00'"),
        ("changes", ", changes = changes + 1"),
        ("coalesce(password_hash, '')", ""),
    ] {
        let accounts = ACCOUNTS.replace(" FROM", &format!(", {stamp} AS stamp FROM"));
        let set_password = format!(
            "UPDATE users SET password_hash = {{hash}}{changes} WHERE id = {{id}} AND {stamp} = {{stamp}}"
        );
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
async fn a_login_of_two_accounts_is_an_error_and_sends_no_mail() {
    let (pool, store) = open(|b| {
        b.login("username = {login}")
            .accounts("SELECT id, email AS address, password_hash AS password, username FROM users")
    })
    .await
    .unwrap();
    let second = "INSERT INTO users (email, username, password_hash) VALUES ('b@b', 'alice', 'x')";
    sqlx::query(second).execute(&pool).await.unwrap();
    let error = store.find_by_login("alice").await.unwrap_err();
    assert_eq!(error.trouble(), Trouble::SeveralAccounts);
}

#[tokio::test]
async fn an_account_without_an_address_or_a_password_is_no_fault() {
    let (pool, store) = open(|b| b).await.unwrap();
    sqlx::query("UPDATE users SET password_hash = NULL").execute(&pool).await.unwrap();
    let account = store.find_by_login("alice@example.com").await.unwrap().unwrap();
    assert!(!account.has_password && account.stamp.is_empty());
    sqlx::query("UPDATE users SET email = NULL").execute(&pool).await.unwrap();
    assert!(store.find_by_id(&1).await.unwrap().is_none());
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
    let select = documented_sql(3).replace("alice@", "Alice@");
    let select = select.replace("to_timestamp", "datetime").replace("_at)", "_at, 'unixepoch')");
    let row: (i64, String, String, String) =
        sqlx::query_as(sqlx::AssertSqlSafe(select)).fetch_one(&pool).await.unwrap();
    let expected = (1, "redeemed", "1970-01-01 00:00:00", "1970-01-01 01:00:00");
    assert_eq!((row.0, &*row.1, &*row.2, &*row.3), expected);
}

/// The error of a redemption that cannot set the password. The link stays good, and no password
/// changes.
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
async fn a_set_password_that_matches_more_than_one_row_changes_none() {
    let anybody = "UPDATE users SET password_hash = {hash} WHERE {id} = {stamp} OR 1";
    let (pool, store) = open(|b| b.set_password(anybody)).await.unwrap();
    let said = sentence(&failed_redemption(pool, store, "new").await);
    assert!(said.contains("`set_password` matches more than one row"), "{said}");
}

#[tokio::test]
async fn a_set_password_that_changes_no_row_or_something_else_is_named_and_changes_nothing() {
    let cut = "UPDATE users SET password_hash = substr({hash}, 1, 2) \
               WHERE id = {id} AND password_hash = {stamp}";
    let other = SET_PASSWORD.replace("SET password_hash", "SET username");
    let address = SET_PASSWORD.replace("SET password_hash", "SET email");
    let swapped = SET_PASSWORD.replace("{hash}", "{x}").replace("{stamp}", "{hash}");
    let nobody = format!("{SET_PASSWORD} AND 0");
    for (set_password, sentence) in [
        (nobody.as_str(), "`set_password` changed no row, although the account had not changed"),
        (&swapped.replace("{x}", "{stamp}"), "`set_password` changed no row"),
        (&other, "after `set_password` the account did not have the new hash"),
        (&address, "after `set_password` the account did not have the new hash"),
        (cut, "after `set_password` the account did not have the new hash"),
    ] {
        let (pool, store) = open(|b| b.set_password(set_password)).await.unwrap();
        let tried = store.try_out("alice@example.com", "new").await.unwrap_err();
        assert!(tried.to_string().contains(sentence), "{set_password}: {tried}");
        let said = self::sentence(&failed_redemption(pool, store, "new").await);
        assert!(said.contains(sentence), "{set_password}: {said}");
    }
}

#[tokio::test]
async fn trying_out_changes_nothing_with_and_without_a_ledger() {
    let (pool, store) =
        open(|b| b.also("DELETE FROM sessions WHERE user_id = {id}")).await.unwrap();
    let count = "SELECT (SELECT count(*) FROM password_reset_ledgers) || password_hash FROM users";
    let before: String = sqlx::query_scalar(count).fetch_one(&pool).await.unwrap();
    store.try_out("alice@example.com", "new").await.unwrap();
    let after: String = sqlx::query_scalar(count).fetch_one(&pool).await.unwrap();
    assert_eq!(before, after);
    let error = store.try_out("nobody@example.com", "new").await.unwrap_err();
    assert_eq!(error.trouble(), Trouble::NoAccount);

    let (pool, store) = open(|b| b).await.unwrap();
    assert_eq!(reset(&pool, store.clone()).await, "new");
    store.try_out("alice@example.com", "newer").await.unwrap();
    let hash: String =
        sqlx::query_scalar("SELECT password_hash FROM users").fetch_one(&pool).await.unwrap();
    assert_eq!(hash, "new");
}

#[tokio::test]
async fn what_else_joins_a_redemption_joins_it_whole_and_ended_sessions_are_counted() {
    let pool = database().await;
    for statement in [
        "CREATE TABLE api_tokens (owner INTEGER)",
        "CREATE TABLE audit (account INTEGER, what TEXT)",
        "CREATE TABLE history (account INTEGER, hash TEXT UNIQUE)",
        "INSERT INTO sessions VALUES (1), (1), (2)",
        "INSERT INTO api_tokens VALUES (1), (2)",
    ] {
        sqlx::query(statement).execute(&pool).await.unwrap();
    }
    let store = builder(&pool)
        .end_sessions("DELETE FROM api_tokens WHERE owner = {id}")
        .also("INSERT INTO audit VALUES ({id}, 'a {reset} of ' || {id})")
        .also("INSERT INTO history VALUES ({id}, {hash})");
    let store = store.migrate().await.unwrap().open().await.unwrap();
    let outbox = Outbox::new();
    let link = LinkTemplate::new("https://app.example.com/#{token}").unwrap();
    let clock = ManualClock::new(UtcDateTime::UNIX_EPOCH);
    let resets = PasswordReset::builder(store, outbox.clone(), link).clock(clock.clone());
    let resets = resets.build().unwrap();
    let reset = async |hash: &str| {
        clock.advance(core::time::Duration::from_secs(3600));
        resets.request("alice@example.com").await;
        let mails = outbox.take();
        let token = mails[0].link().unwrap().expose_token();
        let committed = resets.accept(token, "Abcdefg1").await.unwrap().commit(hash).await;
        let _notice = outbox.take();
        committed
    };
    assert_eq!(reset("new").await.unwrap().ended_sessions, Some(3));
    let audit: String =
        sqlx::query_scalar("SELECT what FROM audit").fetch_one(&pool).await.unwrap();
    assert_eq!(audit, "a {reset} of 1");

    sqlx::query("INSERT INTO history VALUES (1, 'newer')").execute(&pool).await.unwrap();
    reset("newer").await.unwrap_err();
    let hash: String =
        sqlx::query_scalar("SELECT password_hash FROM users").fetch_one(&pool).await.unwrap();
    assert_eq!(hash, "new", "the password is not set without its history");
    assert_eq!(reset("newest").await.unwrap().ended_sessions, Some(0));
}

#[tokio::test]
async fn a_table_and_its_columns_make_the_statements_of_the_usual_schema() {
    let pool = database().await;
    sqlx::query("ALTER TABLE users ADD COLUMN deleted_at TEXT").execute(&pool).await.unwrap();
    let store = SqliteStore::<i64>::builder(pool.clone())
        .users(&Users::new("users").deleted("deleted_at"))
        .login(LOGIN)
        .end_sessions(END_SESSIONS);
    let store = store.migrate().await.unwrap().open().await.unwrap();
    sqlx::query("UPDATE users SET password_hash = NULL").execute(&pool).await.unwrap();
    assert_eq!(reset(&pool, store.clone()).await, "new");
    sqlx::query("UPDATE users SET deleted_at = 'today'").execute(&pool).await.unwrap();
    assert!(store.find_by_login("alice@example.com").await.unwrap().is_none());
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

#[tokio::test]
async fn the_documented_schemas_are_those_that_migrate_applies() {
    let of_sqlite = builder(&database().await).schema();
    let pool = sqlx::Pool::connect_lazy("postgres://nowhere").unwrap();
    let of_postgres = SqlStore::<Sqlx<sqlx::Postgres>, i64>::builder(pool).schema();
    let pool = sqlx::Pool::connect_lazy("mysql://nowhere").unwrap();
    let of_mysql = SqlStore::<Sqlx<sqlx::MySql>, i64>::builder(pool).schema();
    let words = |sql: &str| sql.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
    for (number, schema) in [of_sqlite, of_postgres, of_mysql].into_iter().enumerate() {
        assert_eq!(words(&documented_sql(number)), words(&schema.unwrap()));
    }
}

/// A block of SQL in the documentation.
fn documented_sql(number: usize) -> String {
    let page = include_str!("../../src/adapters/sql/mod.rs");
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
    assert!(error.trouble() == Trouble::Missing, "{error:?}");
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
    assert!(
        matches!(&error, OpenError::Database(error) if error.trouble() == Trouble::NoConnection),
        "{error:?}"
    );
    assert!(sentence(&error).contains("unable to open database file"), "{}", sentence(&error));
}

#[tokio::test]
async fn a_statement_that_fails_for_a_reason_of_its_own_is_no_missing_table() {
    let (_, store) = open(|b| b.login("address = {login} AND json(address)")).await.unwrap();
    let error = store.find_by_login("Alice@example.com").await.unwrap_err();
    assert!(error.trouble() == Trouble::Other, "{error:?}");
    assert!(sentence(&error).contains("malformed JSON"), "{}", sentence(&error));
}

#[tokio::test]
async fn a_second_factor_is_needed_unless_its_column_is_null_false_0_or_empty() {
    for (value, expected) in [
        ("NULL", false),
        ("FALSE", false),
        ("TRUE", true),
        ("0", false),
        ("2", true),
        ("''", false),
        ("'0'", false),
        ("'JBSWY3DPEHPK3PXP'", true),
        ("x''", false),
        ("x'00ff'", true),
    ] {
        let accounts = format!(
            "SELECT id, email AS address, password_hash AS password, {value} AS second_factor \
             FROM users"
        );
        let (_, store) = open(|builder| builder.accounts(accounts)).await.unwrap();
        let found = store.find_by_id(&1).await.unwrap().unwrap();
        assert_eq!(found.needs_second_factor, expected, "{value}");
    }
}

/// A driver whose database is busy whenever it is asked about one column.
struct Busy(Sqlx<Sqlite>, &'static str);

#[derive(Debug, thiserror::Error)]
enum BusyError {
    #[error("the database is locked")]
    Locked,
    #[error(transparent)]
    Other(sqlx::Error),
}

impl Driver for Busy {
    type Error = BusyError;

    const DATABASE: Database = Database::Sqlite;

    async fn query(
        &self,
        statement: &Statement,
        values: &[Value<'_>],
    ) -> Result<Vec<Row>, BusyError> {
        if statement.sql().starts_with(&format!("SELECT a.{} ", self.1)) {
            return Err(BusyError::Locked);
        }
        self.0.query(statement, values).await.map_err(BusyError::Other)
    }

    async fn apply(
        &self,
        begin: Option<&'static str>,
        steps: &[Step<'_>],
    ) -> Result<Applied, BusyError> {
        self.0.apply(begin, steps).await.map_err(BusyError::Other)
    }

    fn fault(error: &BusyError) -> Answer<'_> {
        match error {
            BusyError::Locked => Answer::Database { code: "5".into(), message: "locked".into() },
            BusyError::Other(error) => Sqlx::<Sqlite>::fault(error),
        }
    }
}

#[tokio::test]
async fn a_column_that_the_database_could_not_be_asked_about_is_not_taken_to_be_missing() {
    let accounts = ACCOUNTS.replace(" FROM", ", changes AS stamp, salt AS second_factor FROM");
    for column in ["stamp", "second_factor"] {
        let driver = Busy(Sqlx::from(database().await), column);
        let opened = SqlStore::<Busy, i64>::builder(driver)
            .accounts(&accounts)
            .login(LOGIN)
            .set_password(
                "UPDATE users SET password_hash = {hash} WHERE id = {id} AND changes = {stamp}",
            )
            .without_sessions()
            .migrate()
            .await
            .unwrap()
            .open()
            .await;
        let Err(OpenError::Refused { part: "accounts", source, .. }) = opened else {
            panic!("{column}: {opened:?}")
        };
        assert_eq!(source.trouble(), Trouble::Busy);
    }
}
