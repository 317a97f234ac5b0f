//! Forms that another site's page sends without its visitor's doing.

use crate::chromium::{Chromium, INTRANET, Page};
use crate::private_networks::at_another_name;
use crate::support::{ALICE, BOB, Demo, FIRST_PASSWORD};
use axum::Router;
use axum::response::Html;
use axum::routing::get;
use password_reset::words::escape_html;
use std::fmt::Write as _;
use std::sync::{Arc, Mutex};
use tokio::net::TcpListener;

/// A site with one page, which becomes what the test says.
struct Site {
    origin: String,
    page: Arc<Mutex<String>>,
}

impl Site {
    async fn at(address: &str, host: &str) -> Self {
        let page = Arc::new(Mutex::new(String::new()));
        let served = Arc::clone(&page);
        let router =
            Router::new().route("/", get(async move || Html(served.lock().unwrap().clone())));
        let listener = TcpListener::bind((address, 0)).await.unwrap();
        let origin = format!("http://{host}:{}", listener.local_addr().unwrap().port());
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { origin, page }
    }
}

/// How the page sends its form.
#[derive(Clone, Copy, Debug)]
enum Way {
    Plainly,
    /// Without saying where it comes from.
    WithoutReferrer,
    /// From a frame that has no origin.
    Sandboxed,
}

const WAYS: [Way; 3] = [Way::Plainly, Way::WithoutReferrer, Way::Sandboxed];

fn page(way: Way, target: &str, fields: &[(&str, &str)]) -> String {
    let mut inputs = String::new();
    for (name, value) in fields {
        write!(inputs, "<input name=\"{name}\" value=\"{value}\">").unwrap();
    }
    let form = format!(
        "<form method=\"post\" target=\"_top\" action=\"{target}\">{inputs}</form>\
         <script>document.forms[0].submit()</script>"
    );
    let page = match way {
        Way::Plainly => form,
        Way::WithoutReferrer => format!("<meta name=\"referrer\" content=\"no-referrer\">{form}"),
        Way::Sandboxed => format!(
            "<iframe sandbox=\"allow-forms allow-scripts allow-top-navigation\" srcdoc=\"{}\"></iframe>",
            escape_html(&form)
        ),
    };
    // It is not the page that the test waits for.
    let start = "<!doctype html><link rel=\"icon\" href=\"data:,\"><title>Elsewhere</title>\
                 <script>window.isSeen = true</script>";
    format!("{start}{page}")
}

/// Alice is signed in and has opened her link when foreign pages send forms for every purpose.
async fn is_attacked(page: &Page, demo: &mut Demo, way: Way, sites: &[Site]) {
    let superseded = demo.ask_for_link();
    let link = demo.ask_for_link();
    page.open("/login").await;
    page.shows("Sign in", 200).await;
    page.type_into("#login", ALICE).await;
    page.type_into("#password", FIRST_PASSWORD).await;
    page.click("button").await;
    page.shows("You are signed in", 200).await;
    page.open(&superseded).await;
    page.shows("This link does not work", 410).await;
    let dead = page.address().await;
    page.open(&link).await;
    page.shows("Set a new password", 200).await;
    let form = page.address().await;

    let bobs = [("login", BOB), ("password", "Wonderland2")];
    let attacks: [(String, &[(&str, &str)]); 6] = [
        (format!("{}/login", demo.origin), &bobs),
        (format!("{}/logout", demo.origin), &[]),
        (format!("{}/forgot", demo.origin), &[("login", BOB)]),
        (form.clone(), &[("password", "Of-Mallory-1")]),
        (format!("{form}/cancel"), &[]),
        (format!("{dead}/renew"), &[]),
    ];
    for site in sites {
        for (target, fields) in &attacks {
            *site.page.lock().unwrap() = self::page(way, target, fields);
            page.open(&site.origin).await;
            page.shows("That came from elsewhere", 403).await;
            assert_eq!(&page.address().await, target, "{way:?} from {}", site.origin);
        }
    }

    page.open("/").await;
    page.shows("You are signed in", 200).await;
    assert!(page.text("main").await.contains(ALICE), "nobody was signed in or out");
    assert_eq!(demo.outbox().len(), 2, "no mail was sent");
    assert_eq!(demo.browser().sign_in(ALICE, FIRST_PASSWORD).status, 303);
    page.open(&form).await;
    page.shows("Set a new password", 200).await;
    page.type_into("#password", "Looking-Glass-2").await;
    page.click("form[action^='/reset/'] button").await;
    page.shows("Your password was set", 200).await;
    assert_eq!(demo.browser().sign_in(ALICE, "Looking-Glass-2").status, 303);
}

#[test]
fn a_foreign_page_lets_nobody_in_and_locks_nobody_out() {
    for way in WAYS {
        Chromium::DESKTOP.visit(async |page, demo| {
            let another_host = Site::at("127.0.0.2", "127.0.0.2").await;
            let another_port = Site::at("127.0.0.1", "127.0.0.1").await;
            is_attacked(page, demo, way, &[another_host, another_port]).await;
        });
    }
}

/// Browsers say less of a request there.
#[test]
fn a_foreign_page_lets_nobody_in_over_plain_http_on_a_private_network() {
    for way in WAYS {
        Chromium::DESKTOP.visit_with(at_another_name, async |page, demo| {
            let another_host = Site::at("127.0.0.2", "127.0.0.2").await;
            let another_port = Site::at("127.0.0.1", INTRANET).await;
            is_attacked(page, demo, way, &[another_host, another_port]).await;
        });
    }
}
