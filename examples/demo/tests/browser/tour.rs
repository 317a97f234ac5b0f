//! Every page, one after the other, in whatever language.

use crate::chromium::Page;
use crate::support::{ALICE, CAROL, Demo, FIRST_PASSWORD};

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
    page.click("a[href='/password']").await;
    page.arrives(200).await;
    look("change password").await;
    page.type_into("#present", FIRST_PASSWORD).await;
    page.type_into("#new", "weak").await;
    page.click("button").await;
    page.arrives(422).await;
    look("not changed").await;

    page.open("/forgot").await;
    page.arrives(200).await;
    look("forgot").await;
    page.type_into("#login", "nobody@example.com").await;
    page.click("button").await;
    page.arrives(200).await;
    look("asked").await;
    page.type_into("#code", "1234-5678").await;
    page.click("button").await;
    page.arrives(422).await;
    look("wrong code").await;
    page.open("/code").await;
    page.arrives(200).await;
    look("code").await;

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

    page.open("/login").await;
    page.arrives(200).await;
    page.type_into("#login", "admin@example.com").await;
    page.type_into("#password", "Wonderland4").await;
    page.click("button").await;
    page.arrives(200).await;
    page.click("a[href='/admin']").await;
    page.arrives(200).await;
    look("accounts").await;
    page.click(&format!("button[aria-label='Invite {CAROL}']")).await;
    page.arrives(200).await;
    look("invited").await;
    let invitation = loop {
        let mail = demo.next_mail();
        if mail.recipients == [CAROL] {
            break mail.link(&demo.origin);
        }
    };
    page.open(&invitation).await;
    page.arrives(200).await;
    look("invitation").await;

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
