//! The mails, as they lie in the outbox.

use crate::support::{ALICE, Demo, FIRST_PASSWORD, Mail};

const ENGLISH: &str = "en-GB,en;q=0.9";
const POLISH: &str = "pl-PL,pl;q=0.9,en-US;q=0.8";
const JAPANESE: &str = "ja";

fn ask(demo: &Demo, languages: &str) {
    let languages = [("accept-language", languages)];
    demo.browser().post_with("/forgot", &[("login", ALICE)], &languages);
}

fn sign_in(demo: &Demo, languages: &str) {
    let credentials = [("login", ALICE), ("password", FIRST_PASSWORD)];
    let languages = [("accept-language", languages)];
    let signed_in = demo.browser().post_with("/login", &credentials, &languages);
    assert_eq!(signed_in.header("location"), "/");
}

fn reset(demo: &mut Demo, mail: &Mail) -> Mail {
    let set = demo.browser().set_password(&mail.link(&demo.url), "Looking-Glass-2");
    assert_eq!(set.status, 303);
    demo.next_mail()
}

/// The mails of the outbox, oldest first.
fn outbox(demo: &Demo) -> Vec<Mail> {
    let files = demo.outbox();
    assert!(files.iter().all(|file| file.extension().is_some_and(|name| name == "eml")));
    files.iter().map(|file| Mail::read(file)).collect()
}

/// Text and HTML say this, and when; and the HTML which language it is.
fn assert_says(mail: &Mail, language: &str, subject: &str, said: &[&str]) {
    assert_eq!((mail.subject.as_str(), mail.recipients.as_slice()), (subject, &[ALICE.into()][..]));
    assert!(mail.html.contains(&format!("<html lang=\"{language}\"")), "{}", mail.html);
    let when = format!("{} UTC", mail.time);
    for read in [&mail.text, &mail.read_html()] {
        // Some languages keep a short word on the line of the next.
        let read = read.replace('\u{a0}', " ");
        for said in said.iter().chain([&when.as_str()]) {
            assert!(read.contains(said), "{said} in {read}");
        }
    }
}

#[test]
fn both_mails_say_in_english_all_that_their_reader_must_know() {
    let mut demo = Demo::start();
    sign_in(&demo, ENGLISH);
    ask(&demo, ENGLISH);
    let mail = demo.next_mail();
    reset(&mut demo, &mail);
    let [link, notice] = &outbox(&demo)[..] else { panic!("two mails") };
    let says = [
        "the Demo account alice@example.com",
        "The link is valid for 60 minutes, until ",
        "It works once, and only the link in the most recent email works.",
        "If it wasn't you, ignore this email",
    ];
    assert_says(link, "en", "Reset your Demo password", &says);
    let says = [
        "the Demo account alice@example.com",
        "If it was you, there is nothing to do.",
        "act at once: ask for a new link",
        "contact help@demo.example.com",
        "change the password of your mailbox as well",
    ];
    assert_says(notice, "en", "Your Demo password was changed", &says);
}

#[test]
fn both_mails_are_in_polish_for_an_account_in_polish() {
    let mut demo = Demo::start();
    sign_in(&demo, POLISH);
    ask(&demo, POLISH);
    let mail = demo.next_mail();
    reset(&mut demo, &mail);
    let [link, notice] = &outbox(&demo)[..] else { panic!("two mails") };
    let says = [
        "do konta Demo alice@example.com",
        "Link jest ważny przez 60 minut i wygasa ",
        "Można go użyć tylko raz. Działa wyłącznie link z najnowszej wiadomości.",
        "proszę zignorować tę wiadomość",
    ];
    assert_says(link, "pl", "Resetowanie hasła do konta Demo", &says);
    let says = [
        "do konta Demo alice@example.com",
        "nie trzeba nic robić",
        "proszę działać od razu: poprosić o nowy link",
        "skontaktować się z nami: help@demo.example.com",
        "proszę zmienić również hasło do niej",
    ];
    assert_says(notice, "pl", "Hasło do konta Demo zostało zmienione", &says);
}

#[test]
fn a_visitors_wish_is_heard_until_the_owner_has_signed_in_with_another() {
    let mut demo = Demo::start();
    ask(&demo, JAPANESE);
    assert!(demo.next_mail().html.contains("lang=\"ja\""));
    // The most wished of those that the mails know.
    ask(&demo, "cy, en;q=0.5, de;q=0.8");
    assert!(demo.next_mail().html.contains("lang=\"de\""));
    sign_in(&demo, POLISH);
    ask(&demo, JAPANESE);
    assert!(demo.next_mail().html.contains("lang=\"pl\""));
}

#[test]
fn the_visitors_language_does_not_choose_the_notices_language() {
    let mut demo = Demo::start();
    ask(&demo, POLISH);
    let mail = demo.next_mail();
    let notice = reset(&mut demo, &mail);
    assert!(notice.html.contains("lang=\"en\""), "{}", notice.html);
}
