//! Hosts on MariaDB and MySQL.

use crate::opening::scene::{
    ALICE, HASH, Host, Options, Scene, Server, assert_change_by_case_comes_first, assert_outcomes,
    assert_second_factors, request, reset, service, with_ledgers,
};
use crate::support::url::url;
use password_reset::adapters::sql::AccountId;
use password_reset::store::Store as _;
use sqlx::MySql;
use uuid::Uuid;

fn options() -> Option<Options<MySql>> {
    Some(url("TEST_MYSQL_URL")?.parse().unwrap())
}

async fn assert<Id: AccountId>(hosts: &[(Host, &str)]) {
    let Some(options) = options() else { return };
    assert_outcomes::<MySql, Id>(&options, hosts).await;
}

fn host() -> Host {
    Host::default()
}

fn after(sql: &str) -> Host {
    Host { after: vec![sql.into()], ..host() }
}

fn set(setting: &str) -> Host {
    Host { first: vec![format!("SET SESSION {setting}")], ..host() }
}

fn login(condition: &str, host: Host) -> Host {
    Host { login: condition.into(), ..host }
}

const UUID: &str = "'67e55044-10b1-426f-9247-bb680e5fe0c8'";
const BYTES: &str = "UNHEX('67e5504410b1426f9247bb680e5fe0c8')";

#[tokio::test]
async fn integer_ids_of_every_type_work() {
    assert::<i64>(&[
        (Host::ids("BIGINT UNSIGNED", "BIGINT UNSIGNED", "7"), "works"),
        (Host::ids("INT UNSIGNED", "INT", "7"), "works"),
        (Host::ids("SMALLINT UNSIGNED", "MEDIUMINT", "7"), "works"),
        (Host::ids("TINYINT", "TINYINT", "7"), "works"),
        (Host::ids("DECIMAL(20)", "DECIMAL(20)", "9007199254740993"), "works"),
        (Host::ids("BIGINT", "VARCHAR(20)", "9007199254740993"), "works"),
        (Host::ids("BIGINT", "DECIMAL(20)", "9007199254740993"), "works"),
        (Host::ids("BIGINT", "INT", "7"), "works"),
        (Host::ids("VARCHAR(20)", "BIGINT", "'7'"), "open: `id` of `accounts` has type"),
    ])
    .await;
    assert::<u64>(&[
        (Host::ids("BIGINT UNSIGNED", "BIGINT UNSIGNED", "18446744073709551615"), "works"),
        (Host::ids("BIGINT UNSIGNED", "VARCHAR(20)", "18446744073709551615"), "works"),
        (Host::ids("DECIMAL(20)", "DECIMAL(20)", "18446744073709551615"), "works"),
        (Host::ids("INT", "INT", "7"), "works"),
    ])
    .await;
    assert::<u32>(&[(Host::ids("INT UNSIGNED", "INT UNSIGNED", "4294967295"), "works")]).await;
}

#[tokio::test]
async fn sessions_of_an_id_that_is_the_same_only_as_a_number_stay() {
    let Some(options) = options() else { return };
    for user_id in ["VARCHAR(20)", "DECIMAL(20)", "BIGINT"] {
        let host = Host::ids("BIGINT", user_id, "9007199254740993");
        let host =
            Host { end_sessions: "DELETE FROM sessions WHERE user_id = {id}".into(), ..host };
        let scene = Scene::<MySql>::new(options.clone(), &host).await;
        scene.run("CREATE TABLE theirs LIKE sessions").await;
        scene.run("INSERT INTO theirs VALUES (9007199254740992), (9007199254740994)").await;
        if user_id == "VARCHAR(20)" {
            // Other texts that are the same number.
            scene.run("DELETE FROM theirs").await;
            let same = "INSERT INTO theirs VALUES ('9007199254740993x'), ('09007199254740993')";
            scene.run(same).await;
        }
        let pool = scene.pool(2, true).await;
        let builder = scene.builder::<i64>(&pool).also("DELETE FROM theirs WHERE user_id = {id}");
        let store = builder.migrate().await.unwrap().open().await.unwrap();
        reset::<MySql, i64>(&scene, store).await.unwrap();
        let left = MySql::text(&scene.admin, "SELECT count(*) FROM theirs").await;
        assert_eq!(left.as_deref(), Some("2"), "{user_id}");
        pool.close().await;
        scene.close().await;
    }
}

#[tokio::test]
async fn text_and_uuid_ids_of_every_type_work() {
    assert::<String>(&[
        (Host::ids("VARCHAR(40) COLLATE utf8mb4_bin", "VARCHAR(40)", "'Alice'"), "works"),
        (Host::ids("VARCHAR(40) COLLATE utf8mb4_general_ci", "VARCHAR(40)", "'Alice'"), "works"),
        (Host::ids("VARCHAR(40) CHARACTER SET latin1", "VARCHAR(40)", "'Élise'"), "works"),
        (Host::ids("VARCHAR(40) CHARACTER SET ascii", "VARCHAR(40)", "'Alice'"), "works"),
        (Host::ids("VARCHAR(40) CHARACTER SET utf16", "VARCHAR(40)", "'Élise'"), "works"),
        (Host::ids("VARCHAR(40)", "VARCHAR(40) CHARACTER SET latin1", "'Alice'"), "works"),
        (
            Host::ids(
                "VARCHAR(40) COLLATE utf8mb4_bin",
                "VARCHAR(40) COLLATE utf8mb4_unicode_ci",
                "'Alice'",
            ),
            "works",
        ),
        (Host::ids("CHAR(40)", "CHAR(40)", "'Alice'"), "works"),
        (Host::ids("VARBINARY(40)", "VARBINARY(40)", "'Alice'"), "works"),
        (Host::ids("UUID", "UUID", UUID), "works"),
        (Host::ids("BIGINT", "BIGINT", "7"), "works"),
    ])
    .await;
    let upper = UUID.to_uppercase();
    assert::<Uuid>(&[
        (Host::ids("UUID", "UUID", UUID), "works"),
        (Host::ids("UUID", "CHAR(36)", UUID), "works"),
        (Host::ids("CHAR(36)", "CHAR(36)", UUID), "works"),
        (Host::ids("CHAR(36)", "UUID", UUID), "works"),
        (Host::ids("CHAR(36) CHARACTER SET ascii", "VARCHAR(36)", UUID), "works"),
        (Host::ids("VARCHAR(36) CHARACTER SET latin1", "VARCHAR(36)", UUID), "works"),
        (Host::ids("BINARY(16)", "BINARY(16)", BYTES), "works"),
        (Host::ids("VARBINARY(16)", "BINARY(16)", BYTES), "works"),
        (Host::ids("CHAR(36)", "CHAR(36)", &upper), "works"),
        (Host::ids("CHAR(36) COLLATE utf8mb4_bin", "CHAR(36)", &upper), "request: lower case"),
    ])
    .await;
}

#[tokio::test]
async fn ids_that_differ_by_case_have_ledgers_of_their_own_whatever_the_databases_collation() {
    let Some(options) = options() else { return };
    for collation in ["utf8mb4_general_ci", "latin1_swedish_ci", "utf8mb4_bin", "ucs2_general_ci"] {
        let host = Host {
            before: vec![format!("ALTER DATABASE {{name}} COLLATE {collation}")],
            email: "VARCHAR(255) CHARACTER SET utf8mb4".into(),
            after: vec!["INSERT INTO users (id, email, password_hash) VALUES ('alice', 'another@example.com', 'x')".into()],
            ..Host::ids("VARCHAR(40) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin", "VARCHAR(40) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin", "'Alice'")
        };
        let scene = Scene::<MySql>::new(options.clone(), &host).await;
        let pool = scene.pool(2, true).await;
        let store = scene.builder::<String>(&pool).migrate().await.unwrap().open().await.unwrap();
        let resets = service::<MySql, String>(store.clone());
        assert_eq!(resets.request("another@example.com").await.outcome_for_logs().code(), "sent");
        let _ = resets.mailer().take();
        reset::<MySql, String>(&scene, store).await.unwrap();
        pool.close().await;
        scene.close().await;
    }
}

#[tokio::test]
async fn stored_hashes_of_every_type_of_text_are_compared_exactly() {
    let of = |password: &str| Host { password: password.into(), ..host() };
    let cast = |password: &str| {
        Host {
        accounts: "SELECT id, email AS address, CONVERT(password_hash USING utf8mb4) AS password FROM users".into(),
        ..of(password)
    }
    };
    assert::<i64>(&[
        (of("VARCHAR(97)"), "works"),
        (of("VARCHAR(255) CHARACTER SET latin1"), "works"),
        (of("VARCHAR(255) CHARACTER SET ascii"), "works"),
        (of("VARCHAR(255) COLLATE utf8mb4_general_ci"), "works"),
        (of("VARCHAR(255) COLLATE utf8mb4_bin"), "works"),
        (of("CHAR(120)"), "works"),
        (of("TEXT"), "works"),
        (of("VARCHAR(60)"), "run: a column is too short"),
        (of("VARCHAR(60) CHARACTER SET ascii"), "run: a column is too short"),
        (of("TINYTEXT"), "works"),
        (of("VARBINARY(255)"), "open: `password` of `accounts` has type binary"),
        (of("BLOB"), "open: cast it to text"),
        (of("BINARY(97)"), "open: cast it to text"),
        (cast("VARBINARY(255)"), "works"),
        (cast("BLOB"), "works"),
        (Host { old: "CONCAT('x', REPEAT(' ', 96))".into(), ..cast("BINARY(97)") }, "works"),
        (cast("BINARY(120)"), "run: "),
        (cast("VARBINARY(60)"), "run: a column is too short"),
        (Host { old: "NULL".into(), ..host() }, "run: coalesce(password_hash, '') = {stamp}"),
        (Host { old: "NULL".into(), set_password: "UPDATE users SET password_hash = {hash} WHERE id = {id} AND coalesce(password_hash, '') = {stamp}".into(), ..host() }, "works"),
    ])
    .await;
}

#[tokio::test]
async fn a_change_of_the_stored_hash_by_case_alone_comes_first() {
    let Some(options) = options() else { return };
    for password in ["VARCHAR(255)", "CHAR(120)", "TEXT CHARACTER SET latin1"] {
        let host = Host { password: password.into(), ..host() };
        assert_change_by_case_comes_first::<MySql>(&options, &host).await;
    }
}

#[tokio::test]
async fn addresses_of_every_type_are_found_as_their_column_compares() {
    let of = |email: &str, types: &str| Host { email: email.into(), types: types.into(), ..host() };
    assert::<i64>(&[
        (of("VARCHAR(255) COLLATE utf8mb4_general_ci", "ALICE@example.com"), "works"),
        (of("VARCHAR(255) COLLATE utf8mb4_bin", ALICE), "works"),
        (of("VARCHAR(255) CHARACTER SET latin1", "ALICE@example.com"), "works"),
        (of("VARCHAR(255) CHARACTER SET ascii", "ALICE@example.com"), "works"),
        (of("VARCHAR(255) CHARACTER SET utf8mb3", ALICE), "works"),
        (of("CHAR(255)", ALICE), "works"),
        (of("TEXT", ALICE), "works"),
        (of("VARBINARY(255)", ALICE), "open: cast it to text"),
        (of("ENUM('alice@example.com')", ALICE), "works"),
        (
            Host {
                login: "lower(address) = lower({login})".into(),
                ..of("VARCHAR(255) COLLATE utf8mb4_bin", "ALICE@example.com")
            },
            "works",
        ),
    ])
    .await;
}

#[tokio::test]
async fn a_login_that_the_column_cannot_hold_is_unknown_and_no_fault() {
    let Some(options) = options() else { return };
    for set in ["ascii", "latin1", "utf8mb3", "utf8mb4 COLLATE utf8mb4_bin", "ucs2"] {
        for condition in [
            "address = {login}",
            "lower(address) = lower({login})",
            "address = {login} OR concat(address, '') = {login}",
        ] {
            let email = format!("VARCHAR(255) CHARACTER SET {set}");
            let host = Host { email, login: condition.into(), ..host() };
            let scene = Scene::<MySql>::new(options.clone(), &host).await;
            let pool = scene.pool(2, true).await;
            let store = scene.builder::<i64>(&pool).migrate().await.unwrap().open().await.unwrap();
            let resets = service::<MySql, i64>(store);
            for login in [
                "é@example.com",
                "Ā@example.com",
                "日@example.com",
                "😀@example.com",
                "a\0b",
                "\u{fffd}",
            ] {
                let said = request::<MySql, i64>(&resets, login).await.unwrap_err();
                assert!(said.starts_with("unknown_account"), "{set} {login:?}: {said}");
            }
            assert!(request::<MySql, i64>(&resets, ALICE).await.is_ok());
            pool.close().await;
            scene.close().await;
        }
    }
}

#[tokio::test]
async fn a_table_without_transactions_is_reported_when_the_store_opens() {
    let view = "CREATE VIEW accounts AS SELECT id, email, password_hash FROM users";
    let over_view = |engine: &str| Host {
        accounts: host().accounts.replace("users", "accounts"),
        set_password: host().set_password.replace("users", "accounts"),
        after: vec![format!("ALTER TABLE users ENGINE = {engine}"), view.into()],
        ..host()
    };
    let also = |engine: &str, statement: &str| Host {
        after: vec![format!(
            "CREATE TABLE `the audit` (account BIGINT, address INT) ENGINE = {engine}"
        )],
        also: vec![statement.into()],
        ..host()
    };
    let insert = "INSERT `the audit` VALUES ({id}, 1)";
    assert::<i64>(&[
        (after("ALTER TABLE users ENGINE = MyISAM"), "open: table `users` has the engine MyISAM"),
        (after("ALTER TABLE users ENGINE = Aria"), "open: table `users` has the engine Aria"),
        (after("ALTER TABLE sessions ENGINE = MEMORY"), "open: table `sessions` has the engine MEMORY"),
        (after("CREATE TABLE ledgers (account_id BIGINT PRIMARY KEY, selector BINARY(12) NOT NULL UNIQUE, revision BIGINT NOT NULL, ledger BLOB NOT NULL, state TEXT NOT NULL, issued_at BIGINT NOT NULL, expires_at BIGINT NOT NULL, forgettable_at BIGINT NOT NULL) ENGINE = MyISAM"), "open: table `ledgers` has the engine MyISAM"),
        (over_view("InnoDB"), "works"),
        (over_view("MyISAM"), "open: table `users` has the engine MyISAM"),
        (also("InnoDB", insert), "works"),
        (also("MyISAM", insert), "open: table `the audit` has the engine MyISAM"),
        (also("MyISAM", "UPDATE sessions, `the audit` SET account = 1 WHERE user_id = {id}"), "open: table `the audit`"),
        (also("MyISAM", "UPDATE users SET changes = changes + 1 /* `the audit` */ WHERE id = {id} AND 'FROM `the audit`' <> ''"), "works"),
        (
            Host { after: vec!["CREATE TABLE address (x INT) ENGINE = MyISAM".into(), "CREATE TABLE password (x INT) ENGINE = MyISAM".into()], ..host() },
            "works",
        ),
        (Host { first: vec!["SET SESSION default_storage_engine = MyISAM".into()], ..host() }, "works"),
    ])
    .await;
}

#[tokio::test]
async fn session_settings_change_nothing_or_are_reported_when_the_store_opens() {
    let backslash = "address = {login} AND address <> '\\'{x}'";
    let mode = |mode: &str| set(&format!("sql_mode = '{mode}'"));
    assert::<i64>(&[
        (set("autocommit = 0"), "open: `autocommit` is 'OFF'"),
        (set("sql_mode = ''"), "open: add STRICT_TRANS_TABLES"),
        (set("sql_mode = 'NO_ENGINE_SUBSTITUTION'"), "open: add STRICT_TRANS_TABLES"),
        (set("sql_mode = 'STRICT_ALL_TABLES'"), "works"),
        (set("sql_mode = 'TRADITIONAL'"), "works"),
        (mode("STRICT_ALL_TABLES,ORACLE"), "works"),
        (mode("STRICT_ALL_TABLES,EMPTY_STRING_IS_NULL"), "open: leave out EMPTY_STRING_IS_NULL"),
        (mode("STRICT_ALL_TABLES,PAD_CHAR_TO_FULL_LENGTH"), "works"),
        (mode("STRICT_ALL_TABLES,PIPES_AS_CONCAT,HIGH_NOT_PRECEDENCE,IGNORE_SPACE"), "works"),
        (mode("STRICT_ALL_TABLES,ANSI_QUOTES"), "works"),
        (mode("STRICT_ALL_TABLES,NO_BACKSLASH_ESCAPES"), "works"),
        (login(backslash, host()), "works"),
        (
            login(backslash, mode("STRICT_ALL_TABLES,ANSI_QUOTES")),
            "open: write statements without back-slashes",
        ),
        (
            login(backslash, mode("STRICT_ALL_TABLES,NO_BACKSLASH_ESCAPES")),
            "open: write statements without back-slashes",
        ),
        (login("\"address\" = {login}", mode("STRICT_ALL_TABLES,ANSI_QUOTES")), "works"),
        (login("`address` = {login} -- {x}\n", host()), "works"),
        (set("tx_isolation = 'READ-UNCOMMITTED'"), "works"),
        (set("tx_isolation = 'READ-COMMITTED'"), "works"),
        (set("tx_isolation = 'REPEATABLE-READ'"), "works"),
        (set("tx_isolation = 'SERIALIZABLE'"), "works"),
        (set("innodb_snapshot_isolation = 1"), "works"),
        (set("tx_read_only = 1"), "open: `tx_read_only` is 'ON'"),
        (set("character_set_client = latin1"), "open: `character_set_client` is 'latin1'"),
        (set("collation_connection = utf8mb4_bin"), "works"),
        (set("collation_connection = latin1_swedish_ci"), "works"),
        (set("max_statement_time = 9"), "works"),
        (set("sql_safe_updates = 1"), "open: `sql_safe_updates` is 'ON'"),
        (set("sql_select_limit = 1"), "works"),
        (set("group_concat_max_len = 4"), "works"),
        (set("optimizer_switch = 'derived_merge=off'"), "works"),
    ])
    .await;
}

#[tokio::test]
async fn a_user_without_a_privilege_is_reported_when_the_store_opens() {
    let refused = "open: grant it to the database's user";
    let Some(options) = options() else { return };
    let usual = [
        "SELECT, UPDATE ON {name}.users",
        "SELECT, DELETE ON {name}.sessions",
        "SELECT, INSERT, UPDATE, DELETE ON {name}.ledgers",
    ];
    let on = |grant: &str| grant.split(" ON ").nth(1).unwrap().to_owned();
    for (grants, view, expected) in [
        (&[][..], false, "works"),
        (&["SELECT ON {name}.users"], false, refused),
        (&["UPDATE ON {name}.users"], false, refused),
        (
            &["SELECT (id, email, password_hash), UPDATE (password_hash) ON {name}.users"],
            false,
            "works",
        ),
        (&["SELECT (id, email), UPDATE (password_hash) ON {name}.users"], false, refused),
        (&["SELECT, UPDATE (email) ON {name}.users"], false, refused),
        (&["SELECT ON {name}.sessions"], false, refused),
        (&["DELETE ON {name}.sessions"], false, refused),
        (&["SELECT, INSERT, UPDATE ON {name}.ledgers"], false, refused),
        (&["SELECT, INSERT, DELETE ON {name}.ledgers"], false, refused),
        (&["SELECT, UPDATE, DELETE ON {name}.ledgers"], false, refused),
        (&["SELECT ON {name}.ledgers"], false, refused),
        (&["SELECT, UPDATE ON {name}.accounts", "SELECT (id) ON {name}.users"], true, "works"),
        (&["SELECT ON {name}.accounts", "SELECT (id) ON {name}.users"], true, "open: "),
    ] {
        let others = usual.iter().filter(|usual| grants.iter().all(|grant| on(grant) != on(usual)));
        let grants: Vec<_> =
            others.chain(grants).map(|grant| format!("GRANT {grant} TO {{name}}_app")).collect();
        let from = if view { "accounts" } else { "users" };
        let host = Host {
            after: vec![
                "CREATE VIEW accounts AS SELECT id, email, password_hash FROM users".into(),
                "CREATE USER {name}_app".into(),
            ],
            accounts: host().accounts.replace("users", from),
            set_password: host().set_password.replace("users", from),
            grants,
            ..host()
        };
        crate::opening::scene::assert_outcomes_as::<MySql, i64>(
            &options,
            &[(host, expected)],
            |options, name| options.username(&format!("{name}_app")).database(name),
        )
        .await;
    }
}

#[tokio::test]
async fn a_second_factor_is_needed_unless_its_column_is_null_false_0_or_empty() {
    let Some(options) = options() else { return };
    assert_second_factors::<MySql>(
        &options,
        &[
            ("BOOLEAN", "NULL", false),
            ("BOOLEAN", "FALSE", false),
            ("BOOLEAN", "TRUE", true),
            ("BIT(1)", "b'0'", false),
            ("BIT(1)", "b'1'", true),
            ("BIGINT", "0", false),
            ("BIGINT", "2", true),
            ("VARCHAR(64)", "NULL", false),
            ("VARCHAR(64)", "''", false),
            ("VARCHAR(64)", "'0'", false),
            ("VARCHAR(64)", "'JBSWY3DPEHPK3PXP'", true),
            ("VARCHAR(64) COLLATE utf8mb4_unicode_ci", "'JBSWY3DPEHPK3PXP'", true),
            ("VARBINARY(64)", "''", false),
            ("VARBINARY(64)", "X'00ff80'", true),
            ("VARBINARY(64) ", "X'01'", true),
            ("DATETIME", "'2026-01-01'", true),
        ],
    )
    .await;
}

#[tokio::test]
async fn a_second_factor_is_known_behind_a_view_whose_plan_the_user_may_not_see() {
    let Some(options) = options() else { return };
    let host = Host {
        after: vec![
            "ALTER TABLE users ADD secret VARCHAR(64) DEFAULT 'JBSWY3DPEHPK3PXP'".into(),
            "CREATE VIEW accounts AS SELECT id, email, password_hash, secret FROM users".into(),
            "CREATE USER {name}_app".into(),
        ],
        accounts: "SELECT id, email AS address, password_hash AS password, \
                   secret AS second_factor FROM accounts"
            .into(),
        set_password: host().set_password.replace("users", "accounts"),
        ..host()
    };
    let scene = Scene::<MySql>::new(options, &host).await;
    let pool = scene.pool(1, false).await;
    let _ = scene.builder::<i64>(&pool).migrate().await.unwrap();
    pool.close().await;
    for grant in [
        "SELECT, UPDATE ON {name}.accounts",
        "SELECT (id) ON {name}.users",
        "SELECT, DELETE ON {name}.sessions",
        "SELECT, INSERT, UPDATE, DELETE ON {name}.ledgers",
    ] {
        scene.run(&format!("GRANT {grant} TO {{name}}_app")).await;
    }
    let user = scene.options.clone().username(&format!("{}_app", scene.name));
    let first = vec![format!("USE {}", scene.name)];
    let pool = MySql::pool(user.database(&scene.name), 1, first, false).await;
    let store = scene.builder::<i64>(&pool).open().await.unwrap();
    assert!(store.find_by_login(ALICE).await.unwrap().unwrap().needs_second_factor);
    pool.close().await;
    scene.close().await;
}

#[tokio::test]
async fn a_mistake_that_only_a_run_can_show_is_named_and_nothing_is_written() {
    let set = |set_password: &str| Host { set_password: set_password.into(), ..host() };
    let no_row = "run: `set_password` changed no row";
    let other = "run: after `set_password` the account did not have the new hash";
    let trigger = |body: &str| {
        after(&format!("CREATE TRIGGER touch BEFORE UPDATE ON users FOR EACH ROW {body}"))
    };
    assert::<i64>(&[
        (set("UPDATE users SET email = {hash} WHERE id = {id} AND password_hash = {stamp}"), other),
        (set("UPDATE users SET password_hash = {stamp} WHERE id = {id} AND password_hash = {hash}"), no_row),
        (set("UPDATE users SET password_hash = upper({hash}) WHERE id = {id} AND password_hash = {stamp}"), other),
        (set("UPDATE users SET password_hash = concat({hash}, ' ') WHERE id = {id} AND password_hash = {stamp}"), other),
        (
            Host {
                password: "VARCHAR(60)".into(),
                ..set("UPDATE IGNORE users SET password_hash = {hash} WHERE id = {id} AND password_hash = {stamp}")
            },
            other,
        ),
        (trigger("SET NEW.password_hash = left(NEW.password_hash, 60)"), other),
        (trigger("SET NEW.password_hash = OLD.password_hash"), other),
        (trigger("SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'no'"), "run: the database failed"),
        (Host { also: vec!["INSERT INTO audit VALUES ('0123456789')".into()], after: vec!["CREATE TABLE audit (a CHAR(9))".into()], ..host() }, "open: `also` must contain {id}"),
        (Host { also: vec!["INSERT INTO audit VALUES (concat({id}, '0123456789'))".into()], after: vec!["CREATE TABLE audit (a CHAR(9))".into()], ..host() }, "run: a column is too short"),
    ])
    .await;
}

#[tokio::test]
async fn names_that_are_words_of_the_databases_own_work_in_back_quotes() {
    let host = Host {
        after: vec!["CREATE VIEW `order` AS SELECT id AS `key`, email AS `group`, password_hash AS `select` FROM users".into()],
        accounts: "SELECT `key` AS id, `group` AS address, `select` AS password FROM `order`".into(),
        set_password: "UPDATE `order` SET `select` = {hash} WHERE `key` = {id} AND `select` = {stamp}".into(),
        ledgers: "{name}.ledgers".into(),
        ..host()
    };
    assert::<i64>(&[(host, "works")]).await;
}

#[tokio::test]
async fn an_address_with_spaces_at_its_end_is_the_one_that_is_compared() {
    let Some(options) = options() else { return };
    let scene = Scene::<MySql>::new(options, &host()).await;
    scene.run("UPDATE users SET email = 'alice@example.com  '").await;
    let pool = scene.pool(2, true).await;
    let store = scene.builder::<i64>(&pool).migrate().await.unwrap().open().await.unwrap();
    let account = store.find_by_login(ALICE).await.unwrap().unwrap();
    assert_eq!(account.address, "alice@example.com  ");
    store.try_out(ALICE, HASH).await.unwrap();
    pool.close().await;
    scene.close().await;
}

#[tokio::test]
async fn a_ledger_table_of_another_shape_is_reported_when_the_store_opens() {
    let columns = "account_id BIGINT PRIMARY KEY, selector BINARY(12) NOT NULL UNIQUE, \
                   revision BIGINT NOT NULL, ledger BLOB NOT NULL, state TEXT NOT NULL, \
                   issued_at BIGINT NOT NULL, expires_at BIGINT NOT NULL, \
                   forgettable_at BIGINT NOT NULL";
    let ledgers = |change: &str| with_ledgers(columns, change);
    let other = "open: the ledger table's column ";
    assert::<i64>(&[
        (ledgers("state VARCHAR(20) for state TEXT"), "works"),
        (ledgers("ledger VARBINARY(2180) for ledger BLOB"), "works"),
        (ledgers("ledger MEDIUMBLOB NOT NULL, id CHAR(9) NULL for ledger BLOB NOT NULL"), "works"),
        (ledgers("account_id BIGINT UNSIGNED for account_id BIGINT"), "works"),
        (ledgers("account_id BIGINT for account_id BIGINT PRIMARY KEY"), other),
        (ledgers("NOT NULL, revision for NOT NULL UNIQUE, revision"), other),
        (ledgers("selector VARCHAR(12) for selector BINARY(12)"), other),
        (ledgers("selector BINARY(8) for selector BINARY(12)"), other),
        (ledgers("ledger TEXT for ledger BLOB"), other),
        (ledgers("ledger TINYBLOB for ledger BLOB"), other),
        (ledgers("ledger VARBINARY(2179) for ledger BLOB"), other),
        (ledgers("issued_at DATETIME for issued_at BIGINT"), other),
        (ledgers("revision INT for revision BIGINT"), other),
        (ledgers("state INT for state TEXT"), other),
        (
            ledgers("account_id VARCHAR(20) for account_id BIGINT"),
            "open: `account_id` of the ledger table has type",
        ),
        (
            ledgers("state TEXT for state TEXT NOT NULL, issued_at BIGINT NOT NULL"),
            "open: the ledger table is missing or of another shape",
        ),
    ])
    .await;
}

#[tokio::test]
async fn a_session_that_others_left_in_the_midst_of_a_transaction_is_not_redeemed_in() {
    let Some(options) = options() else { return };
    for left in [
        "START TRANSACTION",
        "START TRANSACTION READ ONLY",
        "START TRANSACTION; SELECT * FROM users",
    ] {
        let scene = Scene::<MySql>::new(options.clone(), &host()).await;
        let pool = scene.pool(1, false).await;
        let store = scene.builder::<i64>(&pool).migrate().await.unwrap().open().await.unwrap();
        let resets = service::<MySql, i64>(store);
        let token = request::<MySql, i64>(&resets, ALICE).await.unwrap();
        let accepted = resets.accept(&token, "Abcdefg1").await.unwrap();
        MySql::run(&pool, left).await.unwrap();
        accepted.commit(HASH).await.unwrap_or_else(|error| panic!("{left}: {error:?}"));
        assert_eq!(scene.hash().await.as_deref(), Some(HASH), "{left}");
        pool.close().await;
        scene.close().await;
    }
}

#[tokio::test]
async fn a_change_of_the_tables_while_it_runs_costs_no_call() {
    let Some(options) = options() else { return };
    for (id, alter) in [
        ("BIGINT", "ALTER TABLE users MODIFY password_hash VARCHAR(300)"),
        ("BIGINT", "ALTER TABLE users MODIFY password_hash TEXT CHARACTER SET ascii"),
        ("BIGINT", "ALTER TABLE users MODIFY email TEXT"),
        ("BIGINT", "ALTER TABLE users ADD extra TEXT"),
        ("BIGINT", "ALTER TABLE users DROP changes"),
        ("INT", "ALTER TABLE users MODIFY id BIGINT"),
        ("INT", "ALTER TABLE users MODIFY id BIGINT UNSIGNED"),
    ] {
        let scene = Scene::<MySql>::new(options.clone(), &Host::ids(id, "BIGINT", "7")).await;
        let pool = scene.pool(1, false).await;
        let store = scene.builder::<i64>(&pool).migrate().await.unwrap().open().await.unwrap();
        store.try_out(ALICE, HASH).await.unwrap();
        let resets = service::<MySql, i64>(store.clone());
        let token = request::<MySql, i64>(&resets, ALICE).await.unwrap();
        scene.run(alter).await;
        let accepted = resets.accept(&token, "Abcdefg1").await.unwrap();
        accepted.commit(HASH).await.unwrap_or_else(|error| panic!("{alter}: {error:?}"));
        if id == "INT" {
            scene.run("UPDATE users SET id = 3000000000").await;
            store.try_out(ALICE, "another").await.unwrap();
        }
        pool.close().await;
        scene.close().await;
    }
}

#[tokio::test]
async fn eight_instances_migrate_an_empty_database_at_once() {
    let Some(options) = options() else { return };
    let scene = Scene::<MySql>::new(options, &host()).await;
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
