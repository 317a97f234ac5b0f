//! How the program starts and stops.

use crate::support::{ALICE, CAROL, Demo, FIRST_PASSWORD, command, execute};

#[test]
fn the_start_says_where_to_look() {
    let mut demo = Demo::start();
    demo.interrupt();
    assert!(demo.wait().success());
    let parts = [
        "account:  alice@example.com, password Wonderland1\n",
        "account:  bob@example.com, password Wonderland2\n",
        "account:  carol@example.com, no password yet: a link sets the first\n",
        "account:  admin@example.com, password Wonderland4; it invites at /admin\n",
        "outbox",
        "Ctrl-C",
    ];
    for part in parts {
        assert!(demo.said().contains(part), "{}", demo.said());
    }
}

#[test]
fn a_password_changed_in_an_earlier_run_is_not_printed_wrongly() {
    let mut demo = Demo::start();
    for login in [ALICE, CAROL] {
        let link = demo.ask_for_link_of(login);
        demo.browser().set_password(&link, "Looking-Glass-2");
        assert_eq!(demo.next_mail().recipients, [login]);
    }

    let demo = demo.restart();
    for login in [ALICE, CAROL] {
        let changed = format!("{login}, password changed in an earlier run; ask for a link, or ");
        assert!(demo.said().contains(&changed), "{}", demo.said());
        assert_eq!(demo.browser().sign_in(login, "Looking-Glass-2").status, 303);
    }
    assert!(!demo.said().contains(FIRST_PASSWORD), "{}", demo.said());
    assert!(demo.said().contains("bob@example.com, password Wonderland2"), "{}", demo.said());
}

#[test]
fn a_database_of_an_older_demo_is_named() {
    let folder = tempfile::TempDir::new().unwrap();
    let path = folder.path().join("demo.sqlite");
    let users = "CREATE TABLE users (
        id INTEGER PRIMARY KEY, email TEXT NOT NULL, password_hash TEXT NOT NULL
    )";
    execute(&path, users);
    let output =
        command().env("DEMO_ADDR", "127.0.0.1:0").env("DEMO_DATABASE", &path).output().unwrap();
    let error = String::from_utf8(output.stderr).unwrap();
    let sentence = format!("cannot add the accounts; is {} an older demo's?", path.display());
    assert_eq!(output.status.code(), Some(1), "{error}");
    assert!(error.contains(&sentence) && output.stdout.is_empty(), "{error}");
}

#[test]
fn a_link_outlives_a_restart() {
    let mut demo = Demo::start();
    let link = demo.ask_for_link();
    let demo = demo.restart();
    let query = link.rsplit_once('/').unwrap().1;
    demo.browser().open(&format!("{}/{query}", demo.url)).assert(200, "Set a new password");
}

#[test]
fn a_bad_value_is_a_sentence_and_a_failure() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let taken = taken.local_addr().unwrap().to_string();
    for (name, value, sentence) in [
        ("DEMO_ADDR", "somewhere", "DEMO_ADDR must be an IP address and a port"),
        ("DEMO_ADDR", taken.as_str(), "set DEMO_ADDR to another address"),
        ("DEMO_ADDR", "0.0.0.0:0", "set DEMO_BASE_URL"),
        ("DEMO_CODE_KEY", "secret", "DEMO_CODE_KEY must be 32 random bytes in base64"),
        ("DEMO_COOLDOWN_SECONDS", "soon", "DEMO_COOLDOWN_SECONDS must be a number"),
        (
            "DEMO_DATABASE",
            "/dev/null/demo.sqlite",
            "cannot open the database /dev/null/demo.sqlite",
        ),
        ("DEMO_PROXY_HEADER", "x forwarded", "DEMO_PROXY_HEADER must be the name of a header"),
        ("SMTP_URL", "canary", "SMTP_URL must be such as"),
    ] {
        let folder = tempfile::TempDir::new().unwrap();
        let output = command()
            .current_dir(&folder)
            .env("DEMO_ADDR", "127.0.0.1:0")
            .env(name, value)
            .output()
            .unwrap();
        let error = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(1), "{error}");
        assert!(error.contains(sentence) && error.trim_end().lines().count() == 1, "{error}");
        assert!(output.stdout.is_empty() && !error.contains("canary"), "{error}");
    }
}
