//! How the program starts and stops.

use crate::support::{ALICE, Demo, FIRST_PASSWORD, command};

#[test]
fn the_start_says_where_to_look() {
    let mut demo = Demo::start();
    demo.interrupt();
    assert!(demo.wait().success());
    for part in [ALICE, FIRST_PASSWORD, "outbox", "Ctrl-C"] {
        assert!(demo.said().contains(part), "{}", demo.said());
    }
}

#[test]
fn a_password_changed_in_an_earlier_run_is_not_printed_wrongly() {
    let mut demo = Demo::start();
    let link = demo.ask_for_link();
    let browser = demo.browser();
    browser.open(&link);
    browser.post("/reset", &[("password", "Looking-Glass-2")]);

    let demo = demo.restart();
    assert!(demo.said().contains("changed in an earlier run"), "{}", demo.said());
    assert!(!demo.said().contains(FIRST_PASSWORD), "{}", demo.said());
    assert_eq!(demo.browser().sign_in(ALICE, "Looking-Glass-2").status, 303);
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
        ("DEMO_COOLDOWN_SECONDS", "soon", "DEMO_COOLDOWN_SECONDS must be a number"),
        (
            "DEMO_DATABASE",
            "/dev/null/demo.sqlite",
            "cannot open the database /dev/null/demo.sqlite",
        ),
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
