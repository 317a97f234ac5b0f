//! Plain http to another machine, as on a company's network.

use crate::chromium::{Chromium, INTRANET, Page};
use crate::support::{ALICE, Demo, FIRST_PASSWORD};
use std::io::Write as _;
use std::net::{IpAddr, SocketAddr, TcpListener, UdpSocket};

/// A demo that browsers see at another name than this machine's.
pub(crate) fn at_another_name() -> Demo {
    // The port is free now, and nobody else asks for this one at once.
    let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let base_url = format!("http://{INTRANET}:{}", address.port());
    Demo::start_with(&[("DEMO_ADDR", &address.to_string()), ("DEMO_BASE_URL", &base_url)])
}

/// An address for private use of this machine's, if it has one.
fn private_address() -> Option<IpAddr> {
    // Nothing is sent: the system only says from which address it would be.
    let from = |of: &str, to: &str| {
        let socket = UdpSocket::bind((of, 0)).ok()?;
        socket.connect((to, 9)).ok()?;
        Some(socket.local_addr().ok()?.ip())
    };
    let addresses = [from("0.0.0.0", "10.255.255.255"), from("::", "fd00::1")];
    addresses.into_iter().flatten().find(|address| match address {
        IpAddr::V4(v4) => v4.is_private(),
        IpAddr::V6(v6) => v6.is_unique_local(),
    })
}

async fn whole_flow(page: &Page, demo: &mut Demo) {
    page.open("/login").await;
    page.shows("Sign in", 200).await;
    assert_eq!(page.value("isSecureContext").await, false);
    for (password, heading, status) in
        [("wrong", "Sign in", 422), (FIRST_PASSWORD, "You are signed in", 200)]
    {
        page.value("(document.querySelector('#login').value = '')").await;
        page.type_into("#login", ALICE).await;
        page.type_into("#password", password).await;
        page.click("button").await;
        page.shows(heading, status).await;
    }
    page.click("button").await;
    page.shows("Sign in", 200).await;
    page.click("a[href='/forgot']").await;
    page.shows("Forgotten password?", 200).await;
    page.type_into("#login", ALICE).await;
    page.click("button").await;
    page.shows("Check your email", 200).await;
    let older = demo.next_mail().link(&demo.origin);
    page.open(&demo.ask_for_link()).await;
    page.shows("Set a new password", 200).await;
    page.click("a[href$='/cancel']").await;
    page.shows("Cancel this link?", 200).await;
    page.click("form[action$='/cancel'] button").await;
    page.shows("This link does not work", 410).await;
    page.open(&older).await;
    page.shows("This link does not work", 410).await;
    page.open(&demo.ask_for_link()).await;
    page.shows("Set a new password", 200).await;
    page.type_into("#password", "password").await;
    page.click("form[action^='/reset/'] button").await;
    page.shows("Set a new password", 422).await;
    page.type_into("#password", "Looking-Glass-2").await;
    page.click("form[action^='/reset/'] button").await;
    page.shows("Your password was set", 200).await;
    page.click("a[href='/login']").await;
    page.shows("Sign in", 200).await;
    page.type_into("#login", ALICE).await;
    page.type_into("#password", "Looking-Glass-2").await;
    page.click("button").await;
    page.shows("You are signed in", 200).await;
}

#[test]
fn the_whole_flow_works_over_plain_http_at_another_name() {
    Chromium::DESKTOP.visit_with(at_another_name, whole_flow);
}

#[test]
fn the_whole_flow_works_over_plain_http_at_a_private_address() {
    let Some(address) = private_address() else {
        let why = "skipped: plain http at a private address: this machine has none";
        return writeln!(std::io::stderr(), "{why}").unwrap();
    };
    let listens_there =
        || Demo::start_with(&[("DEMO_ADDR", &SocketAddr::new(address, 0).to_string())]);
    Chromium::DESKTOP.visit_with(listens_there, whole_flow);
}
