//! What each error code of a server means, and what an error never prints.
//!
//! A trigger raises the codes that no test can cause otherwise.

use crate::support::host::{Host, Server};
use crate::support::url::url;
use password_reset::adapters::memory::Outbox;
use password_reset::adapters::sql::{SqlError, Trouble};
use password_reset::service::{Fault, ResetError};
use password_reset::{LinkTemplate, PasswordReset};
use sqlx::{MySql, Pool, Postgres};
use std::error::Error;
use time::UtcDateTime;

const fn name(error: &SqlError) -> &'static str {
    match error.trouble() {
        Trouble::NoConnection => "no connection",
        Trouble::Busy => "busy",
        Trouble::ReadOnly => "read-only",
        Trouble::Full => "full",
        Trouble::Missing => "missing",
        Trouble::Privilege => "privilege",
        Trouble::Pooler => "pooler",
        Trouble::TooLong => "too long",
        Trouble::Conflict => "conflict",
        Trouble::Other => "unknown",
        _ => "something else",
    }
}

/// `refuse` are the statements after which a server answers each deletion with an error of a code,
/// and `undo` is the one that ends it.
async fn assert_named<DB: Server>(
    pool: Pool<DB>,
    refuse: impl Fn(&str, &str) -> Vec<String>,
    undo: impl Fn(&str) -> String,
    codes: &[(&str, &[&str])],
) {
    let host = Host::open(pool, 0).await;
    let ledgers = host.tables.ledgers();
    host.run(format!("INSERT INTO {ledgers} VALUES (1, 'x', 1, '', 'live', 0, 0, 0)")).await;
    for (named, codes) in codes {
        for code in *codes {
            for statement in refuse(&ledgers, code) {
                host.run(statement).await;
            }
            let error = host.store.purge(UtcDateTime::UNIX_EPOCH).await.unwrap_err();
            host.run(undo(&ledgers)).await;
            assert_eq!(name(&error), *named, "{code}: {error:?}");
        }
    }
    host.close().await;
}

#[tokio::test]
async fn each_code_of_postgres_is_named() {
    let Some(url) = url("TEST_POSTGRES_URL") else { return };
    let refuse = |ledgers: &str, code: &str| {
        vec![
            format!(
                "CREATE FUNCTION {ledgers}_refuse() RETURNS trigger LANGUAGE plpgsql AS \
                 $$ BEGIN RAISE 'refused' USING ERRCODE = '{code}'; END $$"
            ),
            format!(
                "CREATE TRIGGER refuse BEFORE DELETE ON {ledgers} \
                 FOR EACH STATEMENT EXECUTE FUNCTION {ledgers}_refuse()"
            ),
        ]
    };
    let undo = |ledgers: &str| format!("DROP FUNCTION {ledgers}_refuse CASCADE");
    let pool = Pool::<Postgres>::connect(&url).await.unwrap();
    let codes: &[(&str, &[&str])] = &[
        (
            "no connection",
            &["57P01", "57P02", "57P03", "53300", "3D000", "08000", "08006", "28000", "28P01"],
        ),
        ("busy", &["55P03", "57014"]),
        ("read-only", &["25006"]),
        ("full", &["53100"]),
        ("missing", &["42P01", "42703"]),
        ("unknown", &["23514", "P0001"]),
    ];
    assert_named(pool, refuse, undo, codes).await;
}

#[tokio::test]
async fn each_code_of_mysql_is_named() {
    let Some(url) = url("TEST_MYSQL_URL") else { return };
    let refuse = |ledgers: &str, code: &str| {
        vec![format!(
            "CREATE TRIGGER {ledgers}_refuse BEFORE DELETE ON {ledgers} FOR EACH ROW \
                 SIGNAL SQLSTATE 'HY000' SET MYSQL_ERRNO = {code}"
        )]
    };
    let undo = |ledgers: &str| format!("DROP TRIGGER {ledgers}_refuse");
    let pool = Pool::<MySql>::connect(&url).await.unwrap();
    let codes: &[(&str, &[&str])] = &[
        ("no connection", &["1040", "1044", "1045", "1049", "1053", "1203", "1226", "1927"]),
        ("busy", &["1205", "1969", "3024"]),
        ("read-only", &["1290", "1792", "1836"]),
        ("full", &["1021", "1114"]),
        ("missing", &["1054", "1146"]),
        ("unknown", &["1048"]),
    ];
    assert_named(pool, refuse, undo, codes).await;
}

/// Too long for the host's own column.
const CANARY: &str = "canary of a hash that is too long";

/// Redeems a link with a hash that the host's table refuses, and returns the error, which must
/// print neither the hash nor the address.
async fn refused_hash<DB: Server>(pool: Pool<DB>) -> SqlError {
    let host = Host::open(pool, 1).await;
    let users = host.tables.users();
    let check = format!("CONSTRAINT {users}_short CHECK (length(password_hash) < 20)");
    host.run(format!("ALTER TABLE {users} ADD {check}")).await;

    let link = LinkTemplate::new("https://app.example.com/#{token}").unwrap();
    let resets = PasswordReset::builder(&host.store, Outbox::new(), link).build().unwrap();
    resets.request("user-1@example.com").await;
    let mails = resets.mailer().take();
    let accepted = resets.accept(mails[0].link().unwrap().expose_token(), "Abcdefg1").await;
    let error = accepted.unwrap().commit(CANARY).await.unwrap_err();
    assert_prints_no_secret(&format!("{error:?}"));
    assert_prints_no_secret(&sentences(&error));
    let ResetError::Fault(Fault::Store(error)) = error else { panic!("{error:?}") };
    assert_prints_no_secret(&format!("{error:?}"));
    drop(resets);
    host.close().await;
    error
}

fn assert_prints_no_secret(printed: &str) {
    assert!(!printed.contains("canary") && !printed.contains("user-1@"), "{printed}");
}

/// Everything that an error says, down to its source.
fn sentences(error: &dyn Error) -> String {
    match error.source() {
        Some(source) => format!("{error}: {}", sentences(source)),
        None => error.to_string(),
    }
}

#[tokio::test]
async fn a_refused_hash_is_printed_in_no_error_on_postgres() {
    let Some(url) = url("TEST_POSTGRES_URL") else { return };
    let error = refused_hash(Pool::<Postgres>::connect(&url).await.unwrap()).await;
    assert!(format!("{error:?}").contains("code 23514"), "{error:?}");
    let driver = format!("{:?}", error.source().unwrap());
    assert!(driver.contains("canary") && driver.contains("user-1@"), "the driver would print it");
}

#[tokio::test]
async fn a_refused_hash_is_printed_in_no_error_on_mysql() {
    let Some(url) = url("TEST_MYSQL_URL") else { return };
    let error = refused_hash(Pool::<MySql>::connect(&url).await.unwrap()).await;
    assert!(error.trouble() == Trouble::Other, "{error:?}");
}
