//! The code in the mail.

use super::{TEMPLATE, asked_at, link, reset_link, send, words};
use crate::support::codes::with_codes;
use password_reset::adapters::memory::{MemoryStore, Outbox};
use password_reset::mailer::{Mailer, Message};
use password_reset::token::{Binding, Code, Entropy, TokenIssuer};
use password_reset::words::{Translations, Words};
use password_reset::{LinkTemplate, PasswordReset};
use std::convert::Infallible;
use std::sync::Mutex;

fn issuer() -> TokenIssuer {
    with_codes(TokenIssuer::builder())
}

fn code() -> Code {
    let binding = Binding::new("alice@example.com", b"hash");
    let issued = issuer().issue(None, binding, asked_at(), Entropy::from_system().unwrap());
    issued.unwrap().code.unwrap()
}

#[tokio::test]
async fn the_mail_says_what_the_code_is_for_how_long_it_is_good_and_that_nobody_asks_for_it() {
    let (link, code) = (link(TEMPLATE), code());
    let mail = send(words(), &reset_link("alice@example.com", &link).with_code(&code)).await;
    let expected = format!(
        "\n\
         If the link does not open on the device that you use, type this code there:\n\
         \n\
         {}\n\
         \n\
         The code is valid for 10 minutes, until 13:15 UTC on 23 November 2026.\n\
         We never ask for it, neither by telephone nor in a message: tell it to nobody.\n",
        code.expose_in_groups()
    );
    assert!(mail.text.contains(&expected), "{}", mail.text);
    assert!(mail.html.contains(&format!(">{}</p>", code.expose_in_groups())), "{}", mail.html);
    assert_eq!(mail.text.matches(&code.expose_in_groups()).count(), 1);
    assert!(mail.text.find(&code.expose_in_groups()) > mail.text.find(link.expose_url()));
}

#[tokio::test]
async fn a_locked_screen_shows_no_code() {
    let (link, code) = (link(TEMPLATE), code());
    for tag in Translations::default().tags() {
        let words = words().translations(Translations::default().only(&[tag]).unwrap());
        let mail = send(words, &reset_link("alice@example.com", &link).with_code(&code)).await;
        let (digits, groups) = (code.expose_digits(), code.expose_in_groups());
        let first = mail.text.split("\n\n").next().unwrap();
        for shown in [&*mail.subject, first] {
            assert!(!shown.contains(digits) && !shown.contains(&groups), "{tag}: {shown}");
        }
    }
}

#[tokio::test]
async fn in_every_language_the_code_stands_alone_from_left_to_right_between_its_sentences() {
    let (link, code) = (link(TEMPLATE), code());
    let english = Words::new("Acme", "help").unwrap();
    let message = reset_link("alice@example.com", &link);
    let message = message.with_code(&code);
    let english = send(english, &message).await;
    for tag in Translations::default().tags() {
        let words = words().translations(Translations::default().only(&[tag]).unwrap());
        let mail = send(words, &message).await;
        let groups = code.expose_in_groups();
        assert!(mail.text.lines().any(|line| line == groups), "{tag}: {}", mail.text);
        assert!(mail.html.contains("<p dir=\"ltr\" "), "{tag}");
        let paragraphs = |text: &str| text.split("\n\n").count();
        assert_eq!(paragraphs(&mail.text), paragraphs(&english.text), "{tag}: {}", mail.text);
        let after = mail.text.split(&groups).nth(1).unwrap().trim_start();
        let is_said = tag == "en" || !english.text.contains(after.lines().nth(1).unwrap());
        assert!(after.contains("13:15") && is_said, "{tag}: {after}");
    }
}

#[tokio::test]
async fn a_mail_without_a_code_says_nothing_of_one() {
    let link = link(TEMPLATE);
    let mail = send(words(), &reset_link("alice@example.com", &link)).await;
    assert!(!mail.text.contains("code") && !mail.html.contains("letter-spacing"), "{}", mail.text);
}

/// Sends the code alone, as a text message would be, and a mail where there is none.
#[derive(Default)]
struct Telephone(Mutex<Vec<String>>, Outbox);

impl Mailer<u64> for Telephone {
    type Error = Infallible;

    async fn send(&self, message: &Message<'_, u64>) -> Result<(), Infallible> {
        let Message::ResetLink { code: Some(code), .. } = message else {
            return self.1.send(message).await;
        };
        let text = format!("{} is your code for Acme.", code.expose_digits());
        self.0.lock().unwrap().push(text);
        Ok(())
    }
}

#[tokio::test]
async fn a_mailer_may_hand_over_the_code_alone() {
    let (store, telephone) = (MemoryStore::new(), Telephone::default());
    store.add_account("alice@example.com", "hash").unwrap();
    let template = LinkTemplate::new(TEMPLATE).unwrap();
    let resets = PasswordReset::builder(store, telephone, template).issuer(issuer());
    let resets = resets.build().unwrap();
    resets.request("alice@example.com").await;
    let text = resets.mailer().0.lock().unwrap().pop().unwrap();
    let typed = text.split(' ').next().unwrap();
    let (token, _) = resets.exchange("alice@example.com", typed).await;
    assert!(resets.check(token.unwrap().expose_text()).await.is_ok());
}

#[tokio::test]
async fn an_invitation_has_no_code() {
    let (store, outbox) = (MemoryStore::new(), Outbox::new());
    let id = store.add_account("alice@example.com", "").unwrap();
    let template = LinkTemplate::new(TEMPLATE).unwrap();
    let resets = PasswordReset::builder(store, outbox.clone(), template).issuer(issuer());
    let resets = resets.build().unwrap();
    resets.invite(&id).await;
    resets.request_for(&id).await;
    let codes: Vec<_> = outbox.take().iter().map(|mail| mail.code().is_some()).collect();
    assert_eq!(codes, [false, true], "an administrator's link has one");
}
