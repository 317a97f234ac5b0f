//! Every page, one after the other, in whatever language.

use crate::chromium::Page;
use crate::support::{ALICE, Demo, FIRST_PASSWORD};

const SET: &str = "form[action^='/reset/'] button";

/// Goes to each page and has a look at it, which gets its name.
pub(crate) async fn tour(page: &Page, demo: &mut Demo, look: impl AsyncFn(&str)) {
    let (older, newer) = (demo.ask_for_link(), demo.ask_for_link());
    page.open("/login").await;
    page.arrives(200).await;
    look("sign in").await;
    page.type_into("#login", ALICE).await;
    page.type_into("#password", "wrong").await;
    page.click("button").await;
    page.arrives(422).await;
    look("wrong password").await;
    page.type_into("#password", FIRST_PASSWORD).await;
    page.click("button").await;
    page.arrives(200).await;
    look("signed in").await;

    page.open("/forgot").await;
    page.arrives(200).await;
    look("forgot").await;
    page.type_into("#login", "nobody@example.com").await;
    page.click("button").await;
    page.arrives(200).await;
    look("asked").await;

    page.open(&older).await;
    page.arrives(410).await;
    look("dead").await;
    page.click("a[href$='/renew']").await;
    page.arrives(200).await;
    look("renew").await;

    page.open(&newer).await;
    page.arrives(200).await;
    look("form").await;
    page.type_into("#password", "Word").await;
    look("typing").await;
    page.type_into("#password", &"word".repeat(70)).await;
    page.click(".toggle").await;
    look("typing too much").await;
    page.click(SET).await;
    page.arrives(422).await;
    look("rejected").await;
    page.click("a[href$='/cancel']").await;
    page.arrives(200).await;
    look("cancel").await;
    page.click("main a[href^='/reset/']").await;
    page.arrives(200).await;
    page.type_into("#password", "Looking-Glass-2").await;
    look("typed").await;
    page.click(SET).await;
    page.arrives(200).await;
    look("done").await;

    for (name, path) in [
        ("not a link", "/reset?token=x"),
        ("not opened", "/reset/AAAAAAAAAAAAAAAA"),
        ("nowhere", "/nowhere"),
    ] {
        page.open(path).await;
        page.arrives(404).await;
        look(name).await;
    }
}
