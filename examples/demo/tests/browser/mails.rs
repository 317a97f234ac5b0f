//! The library's mails, as programs show their HTML that have a browser's engine.

use crate::chromium::{Chromium, Page};
use crate::contrast::assert_stands_out;
use password_reset::LinkTemplate;
use password_reset::mailer::{Message, Recipient};
use password_reset::token::ResetToken;
use password_reset::words::{Reader, Translations, Words};
use std::fs;
use std::time::Duration;
use tempfile::TempDir;
use time::UtcDateTime;

const ALICE: &str = "alice@example.com";

/// The narrowest phone that is still in use.
const NARROW: Chromium = Chromium { width: 320, height: 100, ..Chromium::PHONE };

pub(crate) const WIDE: Chromium = Chromium { width: 600, height: 100, ..Chromium::DESKTOP };

/// Takes away what many programs take away, and some readers.
const STRIP: &str = r#"
    document.querySelectorAll("style").forEach((style) => style.remove());
    document.querySelectorAll("[style]").forEach((element) => element.removeAttribute("style"));
"#;

/// The mail with the link.
pub(crate) fn link_mail(language: &str, service: &str, address: &str) -> String {
    let template = LinkTemplate::new("https://demo.example.com/reset?token={token}").unwrap();
    let token = ResetToken::parse("pU3KGCUwux1tEyze1iN7LtkeP3IfyxlxF0SU1kk8nVw0YL4R").unwrap();
    let link = template.link(&token);
    let asked_at = UtcDateTime::from_unix_timestamp(1_795_439_142).unwrap();
    let expires_at = asked_at + Duration::from_hours(1);
    let recipient = Recipient::parse(address).unwrap();
    let message = Message::reset_link(&1, recipient, &link, asked_at, expires_at);
    html(&message, language, service)
}

fn notice(language: &str, service: &str, address: &str) -> String {
    let changed_at = UtcDateTime::from_unix_timestamp(1_795_439_142).unwrap();
    let recipient = Recipient::parse(address).unwrap();
    html(&Message::password_changed(&1, recipient, changed_at), language, service)
}

fn html(message: &Message<'_, i64>, language: &str, service: &str) -> String {
    let words = Words::new(service, "help@demo.example.com").unwrap();
    words.content_for(message, &Reader { language: Some(language), ..Reader::default() }).html
}

/// Opens the HTML of a mail as a file.
pub(crate) async fn open(page: &Page, html: &str) {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("mail.html");
    fs::write(&file, html).unwrap();
    page.open(&format!("file://{}", file.display())).await;
}

async fn assert_fits(page: &Page, about: &str) {
    let width = page.value("document.documentElement.scrollWidth").await;
    assert_eq!(width, NARROW.width, "{about} scrolls sideways");
}

#[test]
fn on_a_narrow_phone_every_mail_fits_in_every_language_whatever_the_names() {
    let label = "l".repeat(60);
    let longest = format!("{}@{label}.{label}.{label}.exampl", "a".repeat(64));
    let long = "W".repeat(64);
    NARROW.visit(async |page, _| {
        for language in Translations::default().tags() {
            for (service, address) in [("Demo", ALICE), (&*long, &*longest)] {
                open(page, &notice(language, service, address)).await;
                assert_fits(page, language).await;
                open(page, &link_mail(language, service, address)).await;
                assert_fits(page, language).await;
                let height = "document.querySelector('.button a').getBoundingClientRect().height";
                let height = page.value(height).await.as_f64().unwrap();
                assert!(height >= 44.0, "{language}: {height}");
            }
        }
    });
}

#[test]
fn all_that_is_to_be_read_stands_out_in_light_and_dark_and_without_styles() {
    WIDE.visit(async |page, _| {
        for is_dark in [false, true] {
            page.emulate(&Chromium { is_dark, ..WIDE }).await;
            for html in [link_mail("en", "Demo", ALICE), notice("en", "Demo", ALICE)] {
                open(page, &html).await;
                assert_stands_out(page, 4, &format!("dark: {is_dark}")).await;
                page.run(STRIP, vec![]).await;
                assert_stands_out(page, 4, &format!("dark: {is_dark}, without styles")).await;
            }
        }
    });
}

/// The lines that an element shows, without the empty ones.
async fn lines(page: &Page) -> Vec<String> {
    page.text("body").await.lines().filter(|line| !line.is_empty()).map(str::to_owned).collect()
}

#[test]
fn without_styles_the_same_is_read_in_the_same_order() {
    WIDE.visit(async |page, _| {
        for language in Translations::default().tags() {
            open(page, &link_mail(language, "Demo", ALICE)).await;
            let styled = lines(page).await;
            page.run(STRIP, vec![]).await;
            assert_eq!(lines(page).await, styled);
            assert!(styled.iter().any(|line| line.starts_with("https://demo.example.com/reset?")));
        }
    });
}
