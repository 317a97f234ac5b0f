//! Hosts on PostgreSQL.

use crate::opening::scene::{
    ALICE, HASH, Host, Options, Scene, Server, assert_change_by_case_comes_first, assert_outcomes,
    assert_second_factors, request, reset, service, with_ledgers,
};
use crate::support::url::url;
use password_reset::adapters::sql::AccountId;
use sqlx::Postgres;
use uuid::Uuid;

/// A database of its own, for extensions are a database's, as long as this runs.
async fn in_a_database(with: &str, run: impl AsyncFnOnce(Options<Postgres>)) {
    let Some(url) = url("TEST_POSTGRES_URL") else { return };
    let name = format!("opening_{:016x}", getrandom::u64().unwrap());
    let options: Options<Postgres> = url.parse().unwrap();
    let options = options.options([("synchronous_commit", "off")]);
    let admin = Postgres::pool(options.clone(), 1, Vec::new(), false).await;
    let create = format!("CREATE DATABASE {name} TEMPLATE template0 {with}");
    Postgres::run(&admin, &create).await.unwrap();
    Box::pin(run(options.database(&name))).await;
    Postgres::run(&admin, &format!("DROP DATABASE {name} WITH (FORCE)")).await.unwrap();
}

async fn assert<Id: AccountId>(hosts: &[(Host, &str)]) {
    in_a_database("", async |options| assert_outcomes::<Postgres, Id>(&options, hosts).await).await;
}

fn host() -> Host {
    Host::default()
}

/// A host with a stamp of this type and content, which each change of the password changes so.
fn stamp(of: &str, first: &str, next: &str) -> Host {
    Host {
        after: vec![format!("ALTER TABLE users ADD stamp {of} NOT NULL DEFAULT {first}")],
        accounts: "SELECT id, email AS address, password_hash AS password, stamp FROM users".into(),
        set_password: format!(
            "UPDATE users SET password_hash = {{hash}}, stamp = {next} \
             WHERE id = {{id}} AND stamp = {{stamp}}"
        ),
        ..host()
    }
}

/// With a collation that takes no notice of case.
fn any_case() -> Vec<String> {
    vec![
        "CREATE COLLATION any_case (provider = icu, locale = 'und-u-ks-level2', \
         deterministic = false)"
            .into(),
    ]
}

fn citext() -> Vec<String> {
    vec!["CREATE EXTENSION IF NOT EXISTS citext SCHEMA public".into()]
}

const UUID: &str = "'67e55044-10b1-426f-9247-bb680e5fe0c8'";

#[tokio::test]
async fn integer_ids_of_every_type_work_and_sessions_of_another_type_end_or_are_named() {
    let cast = |cast: &str, host: Host| Host {
        end_sessions: format!("DELETE FROM sessions WHERE user_id = {cast}"),
        ..host
    };
    assert::<i64>(&[
        (Host::ids("BIGINT", "NUMERIC", "7"), "works"),
        (Host::ids("BIGINT", "INTEGER", "7"), "works"),
        (Host::ids("BIGINT", "SMALLINT", "7"), "works"),
        (Host::ids("BIGINT", "TEXT", "7"), "open: `end_sessions`"),
        (cast("CAST({id} AS text)", Host::ids("BIGINT", "TEXT", "7")), "works"),
        (Host::ids("INTEGER", "BIGINT", "7"), "works"),
        (Host::ids("SMALLINT", "BIGINT", "7"), "works"),
        (Host::ids("NUMERIC", "BIGINT", "7"), "works"),
        (Host::ids("NUMERIC(12, 2)", "NUMERIC", "7"), "works"),
        (
            Host::ids("number", "number", "7")
                .before(&["CREATE DOMAIN number AS bigint CHECK (VALUE > 0)"]),
            "works",
        ),
        (
            Host::ids("inner_number", "number", "7")
                .before(&["CREATE DOMAIN number AS int", "CREATE DOMAIN inner_number AS number"]),
            "works",
        ),
        (
            Host::ids("BIGINT[]", "BIGINT[]", "ARRAY[7]"),
            "open: `id` of `accounts` has type bigint[]",
        ),
        (
            Host::ids("pair", "pair", "(7, 7)").before(&["CREATE TYPE pair AS (a INT, b INT)"]),
            "open: `id` of `accounts` has type pair",
        ),
        (Host::ids("MONEY", "MONEY", "7"), "open: `id` of `accounts` has type money"),
        (Host::ids("TEXT", "TEXT", "'7'"), "open: `id` of `accounts` has type text"),
    ])
    .await;
    assert::<i16>(&[(Host::ids("SMALLINT", "SMALLINT", "7"), "works")]).await;
    assert::<u64>(&[
        (Host::ids("NUMERIC(20)", "NUMERIC(20)", "18446744073709551615"), "works"),
        (Host::ids("BIGINT", "BIGINT", "7"), "works"),
    ])
    .await;
}

#[tokio::test]
async fn text_and_uuid_ids_of_every_type_work() {
    assert::<String>(&[
        (Host::ids("TEXT", "TEXT", "'Alice'"), "works"),
        (Host::ids("VARCHAR(20)", "TEXT", "'Alice'"), "works"),
        (Host::ids("CHAR(20)", "CHAR(20)", "'Alice'"), "works"),
        (Host::ids("CITEXT", "CITEXT", "'Alice'").before(&citext()), "works"),
        (Host::ids("TEXT COLLATE any_case", "TEXT", "'Alice'").before(&any_case()), "works"),
        (Host::ids("UUID", "UUID", UUID), "works"),
        (Host::ids("UUID", "TEXT", UUID), "open: `end_sessions`"),
        (Host::ids("BIGINT", "BIGINT", "7"), "open: `id` of `accounts` has type bigint"),
        (
            Host::ids("name_of", "name_of", "'Alice'").before(&["CREATE DOMAIN name_of AS text"]),
            "works",
        ),
    ])
    .await;
    let upper = UUID.to_uppercase();
    assert::<Uuid>(&[
        (Host::ids("UUID", "UUID", UUID), "works"),
        (Host::ids("TEXT", "TEXT", UUID), "works"),
        (Host::ids("CHAR(36)", "VARCHAR", UUID), "works"),
        (Host::ids("CHAR(40)", "VARCHAR", UUID), "works"),
        (Host::ids("BYTEA", "BYTEA", "'\\x67e5504410b1426f9247bb680e5fe0c8'"), "works"),
        (Host::ids("key_of", "key_of", UUID).before(&["CREATE DOMAIN key_of AS uuid"]), "works"),
        (Host::ids("TEXT", "TEXT", &upper), "request: lower case"),
    ])
    .await;
}

#[tokio::test]
async fn addresses_of_every_type_are_found_as_their_column_compares() {
    let typed =
        |email: &str, types: &str| Host { email: email.into(), types: types.into(), ..host() };
    let before = |sql: &[&str], host: Host| host.before(sql);
    assert::<i64>(&[
        (
            typed("ext.citext", ALICE).before(&[
                "DROP SCHEMA IF EXISTS ext CASCADE",
                "CREATE SCHEMA ext",
                "CREATE EXTENSION citext SCHEMA ext",
            ]),
            "works",
        ),
        (
            typed("CITEXT", "ALICE@example.com")
                .before(&["DROP SCHEMA IF EXISTS ext CASCADE"])
                .before(&citext()),
            "works",
        ),
        (typed("CITEXT", ALICE).before(&citext()), "works"),
        (
            typed("mail", "ALICE@example.com")
                .before(&citext())
                .before(&["CREATE DOMAIN mail AS citext"]),
            "works",
        ),
        (
            typed("mail", "ALICE@example.com")
                .before(&citext())
                .before(&["CREATE DOMAIN mail_of AS citext", "CREATE DOMAIN mail AS mail_of"]),
            "works",
        ),
        (before(&["CREATE DOMAIN mail AS text"], typed("mail", ALICE)), "works"),
        (
            before(
                &["CREATE DOMAIN mail_of AS varchar(99)", "CREATE DOMAIN mail AS mail_of"],
                typed("mail", ALICE),
            ),
            "works",
        ),
        (typed("CHAR(40)", ALICE), "works"),
        (typed("TEXT COLLATE any_case", "ALICE@example.com").before(&any_case()), "works"),
        (typed("CHAR(40) COLLATE any_case", "ALICE@example.com").before(&any_case()), "works"),
        (
            typed("CITEXT COLLATE any_case", "ALICE@example.com")
                .before(&citext())
                .before(&any_case()),
            "works",
        ),
        (typed("NAME", ALICE), "open: cast it to text"),
        (
            typed("mail", ALICE).before(&["CREATE TYPE mail AS ENUM ('alice@example.com')"]),
            "open: cast it to text",
        ),
        (typed("BYTEA", ALICE), "open: `address` of `accounts` has type bytea"),
    ])
    .await;
}

#[tokio::test]
async fn stored_hashes_of_every_type_of_text_are_compared_exactly() {
    let of = |password: &str| Host { password: password.into(), ..host() };
    let spare = "coalesce(password_hash, '')";
    let null = |host: Host| Host { old: "NULL".into(), ..host };
    assert::<i64>(&[
        (of("TEXT"), "works"),
        (of("CHAR(120)"), "works"),
        (of("VARCHAR(97)"), "works"),
        (of("CITEXT").before(&citext()), "works"),
        (of("TEXT COLLATE any_case").before(&any_case()), "works"),
        (of("CHAR(97) COLLATE any_case").before(&any_case()), "works"),
        (of("secret").before(&["CREATE DOMAIN secret AS text CHECK (length(VALUE) > 3)"]), "works"),
        (of("VARCHAR(60)"), "run: a column is too short"),
        (of("CHAR(60)"), "run: a column is too short"),
        (of("NAME"), "open: `password` of `accounts` has type name"),
        (of("BYTEA"), "open: `password` of `accounts` has type bytea"),
        (
            Host {
                accounts: "SELECT id, email AS address, \
                           convert_from(password_hash, 'UTF8') AS password FROM users"
                    .into(),
                set_password: "UPDATE users SET password_hash = convert_to({hash}, 'UTF8') \
                               WHERE id = {id} AND password_hash = convert_to({stamp}, 'UTF8')"
                    .into(),
                read: "convert_from(password_hash, 'UTF8')".into(),
                ..of("BYTEA")
            },
            "works",
        ),
        (null(host()), "run: coalesce(password_hash, '') = {stamp}"),
        (
            Host { accounts: host().accounts.replace("password_hash", spare), ..null(host()) },
            "run: coalesce(password_hash, '') = {stamp}",
        ),
        (
            Host {
                set_password: host()
                    .set_password
                    .replace("password_hash =", &format!("{spare} ="))
                    .replacen(&format!("{spare} ="), "password_hash =", 1),
                ..null(host())
            },
            "works",
        ),
    ])
    .await;
}

#[tokio::test]
async fn a_change_of_the_stored_hash_by_case_alone_comes_first() {
    in_a_database("", async |options| {
        for password in ["CITEXT", "TEXT COLLATE any_case", "CHAR(120) COLLATE any_case"] {
            let host = Host { password: password.into(), ..host() };
            let host = host.before(&citext()).before(&any_case());
            assert_change_by_case_comes_first::<Postgres>(&options, &host).await;
        }
    })
    .await;
}

#[tokio::test]
async fn stamps_of_every_type_work_or_are_named() {
    let bytes = "'\\x01', '\\x02'".split_once(", ").unwrap();
    assert::<i64>(&[
        (stamp("TEXT", "'a'", "'b'"), "works"),
        (stamp("TEXT", "''", "'b'"), "works"),
        (stamp("VARCHAR(9)", "'a'", "'b'"), "works"),
        (stamp("CHAR(9)", "'a'", "'b'"), "works"),
        (stamp("CITEXT", "'a'", "'b'").before(&citext()), "works"),
        (stamp("CITEXT", "'a'", "'A'").before(&citext()), "works"),
        (stamp("TEXT COLLATE any_case", "'a'", "'A'").before(&any_case()), "works"),
        (stamp("CHAR(9) COLLATE any_case", "'a'", "'A'").before(&any_case()), "works"),
        (stamp("BYTEA", bytes.0, bytes.1), "works"),
        (stamp("BYTEA", "''", bytes.1), "works"),
        (stamp("INTEGER", "1", "stamp + 1"), "works"),
        (stamp("SMALLINT", "1", "stamp + 1"), "works"),
        (stamp("BIGINT", "1", "stamp + 1"), "works"),
        (stamp("NUMERIC", "1.5", "stamp + 1"), "works"),
        (stamp("UUID", UUID, "gen_random_uuid()"), "works"),
        (stamp("counter", "1", "stamp + 1").before(&["CREATE DOMAIN counter AS int"]), "works"),
        (
            stamp("counter", "1", "stamp + 1").before(&[
                "CREATE DOMAIN counter_of AS int",
                "CREATE DOMAIN counter AS counter_of",
            ]),
            "works",
        ),
        (
            stamp("TIMESTAMPTZ", "now()", "clock_timestamp()"),
            "open: `stamp` of `accounts` has type timestamp with time zone",
        ),
        (stamp("TIMESTAMPTZ", "now()", "clock_timestamp()"), "open: cast it to text"),
        (stamp("JSONB", "'{}'", "'[]'"), "open: cast it to text"),
        (
            stamp("state", "'a'", "'b'").before(&["CREATE TYPE state AS ENUM ('a', 'b')"]),
            "open: cast it to text",
        ),
        (stamp("DOUBLE PRECISION", "1", "stamp + 1"), "open: cast it to text"),
        (
            Host {
                accounts: "SELECT id, email AS address, password_hash AS password, \
                           CAST(stamp AS text) AS stamp FROM users"
                    .into(),
                set_password: "UPDATE users SET password_hash = {hash}, stamp = clock_timestamp() \
                               WHERE id = {id} AND CAST(stamp AS text) = {stamp}"
                    .into(),
                ..stamp("TIMESTAMPTZ", "now()", "now()")
            },
            "works",
        ),
        (stamp("INTEGER", "1", "stamp"), "run: after `set_password`"),
    ])
    .await;
}

#[tokio::test]
async fn a_second_factor_is_needed_unless_its_column_is_null_false_0_or_empty() {
    in_a_database("", async |options| {
        assert_second_factors::<Postgres>(
            &options,
            &[
                ("BOOLEAN", "NULL", false),
                ("BOOLEAN", "FALSE", false),
                ("BOOLEAN", "TRUE", true),
                ("INTEGER", "0", false),
                ("INTEGER", "2", true),
                ("TEXT", "NULL", false),
                ("TEXT", "''", false),
                ("TEXT", "'0'", false),
                ("TEXT", "'JBSWY3DPEHPK3PXP'", true),
                ("CHAR(16)", "''", false),
                ("BYTEA", "''", false),
                ("BYTEA", "'\\x00ff'", true),
                ("TIMESTAMPTZ", "now()", true),
                ("JSONB", "'{}'", true),
            ],
        )
        .await;
    })
    .await;
}

#[tokio::test]
async fn accounts_may_be_a_view_or_a_function() {
    let view = "CREATE VIEW accounts AS SELECT id, email, password_hash FROM users";
    let function = "CREATE FUNCTION accounts() RETURNS SETOF users LANGUAGE sql STABLE AS \
                    'SELECT * FROM users'";
    let from = |from: &str, after: &str| Host {
        accounts: host().accounts.replace("users", from),
        after: vec![after.into()],
        ..host()
    };
    assert::<i64>(&[
        (from("accounts", view), "works"),
        (
            Host {
                after: vec![
                    "CREATE PROCEDURE end_sessions(BIGINT) LANGUAGE sql AS \
                     'DELETE FROM sessions WHERE user_id = $1'"
                        .into(),
                ],
                end_sessions: "CALL end_sessions({id})".into(),
                ..host()
            },
            "works",
        ),
        (from("accounts()", function), "works"),
        (
            Host {
                set_password: host().set_password.replace("users", "accounts"),
                ..from("accounts", view)
            },
            "works",
        ),
        (
            Host {
                accounts:
                    "WITH a AS MATERIALIZED (SELECT * FROM users) SELECT id, email AS address, \
                           password_hash AS password FROM a"
                        .into(),
                ..host()
            },
            "works",
        ),
        (
            Host {
                accounts: "SELECT *, email AS address, password_hash AS password FROM users".into(),
                ..host()
            },
            "works",
        ),
    ])
    .await;
}

#[tokio::test]
async fn a_mistake_that_only_a_run_can_show_is_named_and_nothing_is_written() {
    let set = |set_password: &str| Host { set_password: set_password.into(), ..host() };
    let no_row = "run: `set_password` changed no row";
    let other = "run: after `set_password` the account did not have the new hash";
    let trigger = |body: &str| Host {
        after: vec![
            format!(
                "CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {body} END $$"
            ),
            "CREATE TRIGGER touch BEFORE UPDATE ON users FOR EACH ROW EXECUTE FUNCTION touch()"
                .into(),
        ],
        ..host()
    };
    let after = |sql: &str| Host { after: vec![sql.into()], ..host() };
    assert::<i64>(&[
        (set("UPDATE users SET email = {hash} WHERE id = {id} AND password_hash = {stamp}"), other),
        (set("UPDATE users SET password_hash = {stamp} WHERE id = {id} AND password_hash = {hash}"), no_row),
        (set("UPDATE users SET password_hash = {hash} WHERE changes = {id} AND password_hash = {stamp}"), no_row),
        (set("UPDATE users SET password_hash = upper({hash}) WHERE id = {id} AND password_hash = {stamp}"), other),
        (set("UPDATE users SET password_hash = {hash}, email = 'x@example.com' WHERE id = {id} AND password_hash = {stamp}"), other),
        (trigger("RETURN NULL;"), no_row),
        (trigger("NEW.password_hash = left(NEW.password_hash, 60); RETURN NEW;"), other),
        (trigger("NEW.password_hash = NEW.password_hash || ' '; RETURN NEW;"), other),
        (trigger("NEW.password_hash = OLD.password_hash; RETURN NEW;"), other),
        (trigger("RAISE 'no';"), "run: the database failed"),
        (
            Host {
                after: vec![
                    "CREATE FUNCTION later() RETURNS trigger LANGUAGE plpgsql AS \
                     $$ BEGIN RAISE 'no'; END $$"
                        .into(),
                    "CREATE CONSTRAINT TRIGGER later AFTER UPDATE ON users \
                     DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION later()"
                        .into(),
                ],
                ..host()
            },
            "run: the database failed",
        ),
        (after("CREATE RULE nothing AS ON UPDATE TO users DO INSTEAD NOTHING"), no_row),
    ])
    .await;
}

/// A host whose sessions have a role with these privileges, and the usual ones but for those on a
/// table that are given.
fn role(grants: &[&str]) -> Host {
    let usual = [
        "SELECT, UPDATE ON users",
        "SELECT, DELETE ON sessions",
        "SELECT, INSERT, UPDATE, DELETE ON ledgers",
    ];
    let on = |grant: &str| grant.split(" ON ").nth(1).unwrap().to_owned();
    let others = usual.iter().filter(|usual| grants.iter().all(|grant| on(grant) != on(usual)));
    let grants = others.chain(grants).chain(&["USAGE ON SCHEMA {name}"]);
    Host {
        before: vec!["CREATE ROLE {name}_app".into()],
        grants: grants.map(|grant| format!("GRANT {grant} TO {{name}}_app")).collect(),
        first: vec!["SET ROLE {name}_app".into()],
        ..host()
    }
}

#[tokio::test]
async fn a_role_without_a_privilege_is_reported_when_the_store_opens() {
    let refused = "open: grant it to the database's user";
    let function = |grant: &str, host: Host| Host {
        after: vec![
            "CREATE FUNCTION end_sessions(BIGINT) RETURNS VOID LANGUAGE sql SECURITY DEFINER AS \
             'DELETE FROM sessions WHERE user_id = $1'"
                .into(),
            "REVOKE ALL ON FUNCTION end_sessions FROM public".into(),
            grant.into(),
        ],
        end_sessions: "SELECT end_sessions({id})".into(),
        ..host
    };
    let secured = |policies: &[&str]| {
        let mut host = role(&[]);
        host.after.push("ALTER TABLE users ENABLE ROW LEVEL SECURITY".into());
        host.after.extend(policies.iter().map(|policy| format!("CREATE POLICY {policy}")));
        host
    };
    assert::<i64>(&[
        (role(&[]), "works"),
        (role(&["SELECT ON users"]), refused),
        (role(&["UPDATE ON users"]), refused),
        (role(&["SELECT, UPDATE (password_hash) ON users"]), "works"),
        (role(&["SELECT (id, email, password_hash), UPDATE (password_hash) ON users"]), "works"),
        (role(&["SELECT (id, email), UPDATE (password_hash) ON users"]), refused),
        (role(&["SELECT, UPDATE (email) ON users"]), refused),
        (role(&["SELECT ON sessions"]), refused),
        (role(&["DELETE ON sessions"]), refused),
        (role(&["SELECT, INSERT, UPDATE ON ledgers"]), refused),
        (role(&["SELECT, INSERT, DELETE ON ledgers"]), refused),
        (role(&["SELECT, UPDATE, DELETE ON ledgers"]), refused),
        (role(&["INSERT, UPDATE, DELETE ON ledgers"]), refused),
        (Host { grants: Vec::new(), ..role(&[]) }, "open: "),
        (function("GRANT EXECUTE ON FUNCTION end_sessions TO {name}_app", role(&[])), "works"),
        (function("SELECT 1", role(&[])), refused),
        (
            secured(&["a ON users FOR SELECT USING (true)", "b ON users FOR UPDATE USING (true)"]),
            "works",
        ),
        (
            secured(&["a ON users FOR SELECT USING (true)"]),
            "run: no policy or trigger keeps it from its row",
        ),
        (
            secured(&[
                "a ON users FOR SELECT USING (true)",
                "b ON users FOR UPDATE USING (true) WITH CHECK (false)",
            ]),
            "run: lacks a privilege",
        ),
    ])
    .await;
}

#[tokio::test]
async fn session_settings_change_nothing_or_are_reported_when_the_store_opens() {
    let set = |setting: &str| Host { first: vec![format!("SET {setting}")], ..host() };
    let slash = |login: &str, host: Host| Host { login: login.into(), ..host };
    let qualified = Host {
        accounts: host().accounts.replace("users", "{name}.users"),
        set_password: host().set_password.replace("users", "{name}.users"),
        end_sessions: host().end_sessions.replace("sessions", "{name}.sessions"),
        ledgers: "{name}.ledgers".into(),
        ..set("search_path = ''")
    };
    assert::<i64>(&[
        (set("default_transaction_isolation = 'read uncommitted'"), "works"),
        (set("default_transaction_isolation = 'read committed'"), "works"),
        (set("default_transaction_isolation = 'repeatable read'"), "works"),
        (set("default_transaction_isolation = 'serializable'"), "works"),
        (set("default_transaction_read_only = on"), "open: `transaction_read_only` is 'on'"),
        (set("datestyle = 'SQL, DMY'"), "works"),
        (set("bytea_output = escape"), "works"),
        (set("plan_cache_mode = force_generic_plan"), "works"),
        (set("plan_cache_mode = force_custom_plan"), "works"),
        (set("statement_timeout = '9s'"), "works"),
        (set("client_encoding = LATIN1"), "open: `client_encoding` is 'LATIN1'"),
        (set("client_encoding = SQL_ASCII"), "open: `client_encoding` is 'SQL_ASCII'"),
        (set("standard_conforming_strings = off"), "works"),
        (
            slash(
                "address = {login} AND '\\'{x}' <> address",
                set("standard_conforming_strings = off"),
            ),
            "open: ",
        ),
        (
            slash(
                "address = {login} AND '\\' || {login} <> ''",
                set("standard_conforming_strings = off"),
            ),
            "open: `standard_conforming_strings` is 'off'",
        ),
        (slash("address = {login} AND '\\' || {login} <> ''", host()), "works"),
        (slash("address = {login} AND address <> E'\\'{x}'", host()), "works"),
        (slash("address = {login} AND address <> $x${y}'$x$ /* {z} /* ' */ */", host()), "works"),
        (qualified, "works"),
    ])
    .await;
}

#[tokio::test]
async fn a_ledger_table_of_another_shape_is_reported_when_the_store_opens() {
    let columns = "account_id BIGINT PRIMARY KEY, selector BYTEA NOT NULL UNIQUE, \
                   revision BIGINT NOT NULL, ledger BYTEA NOT NULL, state TEXT NOT NULL, \
                   issued_at BIGINT NOT NULL, expires_at BIGINT NOT NULL, \
                   forgettable_at BIGINT NOT NULL";
    let ledgers = |change: &str| with_ledgers(columns, change);
    let other = "open: the ledger table is missing or of another shape";
    assert::<i64>(&[
        (ledgers("state VARCHAR(20) for state TEXT"), "works"),
        (ledgers("account_id NUMERIC(20) for account_id BIGINT"), "works"),
        (ledgers("account_id BIGINT for account_id BIGINT PRIMARY KEY"), other),
        (ledgers("NOT NULL, revision for NOT NULL UNIQUE, revision"), other),
        (ledgers("selector TEXT for selector BYTEA"), other),
        (ledgers("ledger TEXT for ledger BYTEA"), other),
        (ledgers("issued_at TIMESTAMPTZ for issued_at BIGINT"), other),
        (ledgers("state TEXT NOT NULL for state TEXT NOT NULL, issued_at BIGINT NOT NULL"), other),
        (ledgers("revision TEXT for revision BIGINT"), other),
        (
            ledgers("account_id UUID for account_id BIGINT"),
            "open: `account_id` of the ledger table has type uuid",
        ),
        (
            ledgers("account_id TEXT for account_id BIGINT"),
            "open: `account_id` of the ledger table has type text",
        ),
        (
            Host { after: vec!["CREATE VIEW ledgers AS SELECT 1 AS account_id".into()], ..host() },
            "migrate: ",
        ),
    ])
    .await;
}

#[tokio::test]
async fn a_login_that_the_database_cannot_hold_is_unknown_and_no_fault() {
    for encoding in ["UTF8", "LATIN1", "SQL_ASCII", "WIN1252", "EUC_JP"] {
        let with = format!("ENCODING '{encoding}' LC_COLLATE 'C' LC_CTYPE 'C'");
        in_a_database(&with, async |options| {
            let hosts = [(host(), "works")];
            assert_outcomes::<Postgres, i64>(&options, &hosts).await;
            let scene = Scene::<Postgres>::new(options, &host()).await;
            let pool = scene.pool(2, false).await;
            let store = scene.builder::<i64>(&pool).migrate().await.unwrap().open().await.unwrap();
            let resets = service::<Postgres, i64>(store);
            for login in [
                "é@example.com",
                "Ā@example.com",
                "日@example.com",
                "😀@example.com",
                "a\0b@example.com",
                "\u{ffff}",
            ] {
                let said = request::<Postgres, i64>(&resets, login).await.unwrap_err();
                assert!(said.starts_with("unknown_account"), "{encoding} {login:?}: {said}");
            }
            assert!(request::<Postgres, i64>(&resets, ALICE).await.is_ok());
            pool.close().await;
            scene.close().await;
        })
        .await;
    }
}

#[tokio::test]
async fn a_change_of_the_tables_while_it_runs_costs_no_call() {
    in_a_database("", async |options| {
        for (id, alter) in [
            ("BIGINT", "ALTER TABLE users ALTER password_hash TYPE VARCHAR(300)"),
            ("BIGINT", "ALTER TABLE users ALTER password_hash TYPE TEXT"),
            ("BIGINT", "ALTER TABLE users ALTER email TYPE TEXT"),
            ("BIGINT", "ALTER TABLE users ADD extra TEXT"),
            ("BIGINT", "ALTER TABLE users DROP changes"),
            ("BIGINT", "ALTER TABLE sessions ALTER user_id TYPE NUMERIC"),
            ("BIGINT", "ALTER TABLE ledgers ALTER state TYPE VARCHAR(20)"),
            ("INTEGER", "ALTER TABLE users ALTER id TYPE BIGINT"),
            ("SMALLINT", "ALTER TABLE users ALTER id TYPE BIGINT"),
        ] {
            let host = Host {
                accounts: "SELECT *, email AS address, password_hash AS password FROM users".into(),
                ..Host::ids(id, "BIGINT", "7")
            };
            let scene = Scene::<Postgres>::new(options.clone(), &host).await;
            // Each has one connection, which has prepared every statement before.
            let mut services = Vec::new();
            for _ in 0..3 {
                let pool = scene.pool(1, false).await;
                let builder = scene.builder::<i64>(&pool).migrate().await.unwrap();
                let store = builder.open().await.unwrap();
                store.try_out(ALICE, HASH).await.unwrap();
                services.push((pool, store));
            }
            let resets = service::<Postgres, i64>(services[0].1.clone());
            let token = request::<Postgres, i64>(&resets, ALICE).await.unwrap();
            scene.run(alter).await;
            let accepted = resets.accept(&token, "Abcdefg1").await.unwrap();
            accepted.commit(HASH).await.unwrap_or_else(|error| panic!("{alter}: {error:?}"));
            if id != "BIGINT" {
                scene.run("UPDATE users SET id = 3000000000").await;
            }
            for (pool, store) in services {
                store.try_out(ALICE, "another").await.unwrap();
                pool.close().await;
            }
            scene.close().await;
        }
    })
    .await;
}

#[tokio::test]
async fn a_session_that_others_left_in_the_midst_of_a_transaction_is_not_redeemed_in() {
    in_a_database("", async |options| {
        for left in [
            "BEGIN; SELECT 1 / 0",
            "BEGIN",
            "BEGIN; SELECT 1",
            "BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT * FROM users",
            "BEGIN READ ONLY; SELECT 1",
        ] {
            let scene = Scene::<Postgres>::new(options.clone(), &host()).await;
            let pool = scene.pool(1, false).await;
            let store = scene.builder::<i64>(&pool).migrate().await.unwrap().open().await.unwrap();
            let resets = service::<Postgres, i64>(store);
            let token = request::<Postgres, i64>(&resets, ALICE).await.unwrap();
            let accepted = resets.accept(&token, "Abcdefg1").await.unwrap();
            let _ = Postgres::run(&pool, left).await;
            accepted.commit(HASH).await.unwrap_or_else(|error| panic!("{left}: {error:?}"));
            // As others see it.
            assert_eq!(scene.hash().await.as_deref(), Some(HASH), "{left}");
            pool.close().await;
            scene.close().await;
        }
    })
    .await;
}

#[tokio::test]
async fn a_session_in_an_aborted_transaction_of_others_costs_no_request() {
    in_a_database("", async |options| {
        let scene = Scene::<Postgres>::new(options.clone(), &host()).await;
        let pool = scene.pool(1, false).await;
        let store = scene.builder::<i64>(&pool).migrate().await.unwrap().open().await.unwrap();
        Postgres::run(&pool, "BEGIN; SELECT 1 / 0").await.unwrap_err();
        reset::<Postgres, i64>(&scene, store).await.unwrap();
        pool.close().await;
        scene.close().await;
    })
    .await;
}

#[tokio::test]
async fn eight_instances_migrate_an_empty_schema_at_once() {
    in_a_database("", async |options| {
        for default in ["read committed", "serializable"] {
            let first = vec![format!("SET default_transaction_isolation = '{default}'")];
            let host = Host { first, ledgers: "{name}.ledgers".into(), ..host() };
            let scene = Scene::<Postgres>::new(options.clone(), &host).await;
            let pool = scene.pool(8, false).await;
            for _ in 0..10 {
                let migrations = (0..8).map(|_| scene.builder::<i64>(&pool).migrate());
                for migrated in futures_util::future::join_all(migrations).await {
                    let _ = migrated.unwrap();
                }
                scene.run("DROP TABLE ledgers").await;
            }
            pool.close().await;
            scene.close().await;
        }
    })
    .await;
}
