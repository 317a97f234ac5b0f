//! Adds a language to the mails and the policy: Dutch, from `nl.ftl` beside this file.
//!
//! `nl.ftl` began as a copy of the library's `src/words/languages/en.ftl`. Begin yours the same
//! way.

use password_reset::LinkTemplate;
use password_reset::clock::{Clock as _, SystemClock};
use password_reset::mailer::{Message, Recipient};
use password_reset::policy::{
    BreachService, CommonPasswords, ContextWords, CustomRequirement, PasswordPolicy, Requirement,
};
use password_reset::token::{Binding, Entropy, TokenIssuer};
use password_reset::words::{Content, Reader, TranslationError, Translations, Words};
use std::collections::BTreeSet;
use std::error::Error;
use std::fmt;

/// The file to start from.
const ENGLISH: &str = include_str!("../src/words/languages/en.ftl");

fn translations() -> Result<Translations, TranslationError> {
    Translations::default()
        .with("nl", include_str!("nl.ftl"))?
        // Replaces one sentence and keeps the others.
        .with("en", "not-you = If it wasn't you, tell us: security@acme.example.")?
        // The sentence for `NoSpaces`. `nl.ftl` has its own.
        .with("pl", "space = bez spacji\n    .missed = Proszę nie używać spacji.")
}

/// Your own requirement. Its code is the name of its phrase; the attribute `.missed` is its
/// sentence.
#[derive(Debug)]
struct NoSpaces;

impl CustomRequirement for NoSpaces {
    fn code(&self) -> &'static str {
        "space"
    }
    fn describe(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("no spaces")
    }
    fn parameters(&self) -> Vec<(&str, usize)> {
        Vec::new()
    }
    fn is_met_by(&self, password: &str) -> bool {
        !password.contains(' ')
    }
}

/// Returns the mail with a link and the notice, in this language.
fn mails(words: &Words, language: &str) -> Result<[Content; 2], Box<dyn Error>> {
    let (address, now) = ("sanne@example.com", SystemClock.now());
    let binding = Binding::new(address, b"hash of the forgotten one");
    let issued = TokenIssuer::default().issue(None, binding, now, Entropy::from_system()?)?;
    let link = LinkTemplate::new("https://app.example.com/reset?token={token}")?;
    let link = link.link(&issued.token);
    let recipient = Recipient::parse(address)?;
    let reader = Reader { name: Some("Sanne"), language: Some(language), ..Reader::default() };
    let asked = Message::reset_link(&1, recipient, &link, now, issued.expires_at);
    let changed = Message::password_changed(&1, recipient, now);
    Ok([words.content_for(&asked, &reader), words.content_for(&changed, &reader)])
}

fn main() -> Result<(), Box<dyn Error>> {
    let translations = translations()?;
    let words = Words::new("Acme", "help@acme.example")?.translations(translations.clone());
    // All of the library's own requirements, and ours.
    let policy = PasswordPolicy::builder()
        .visible(true)
        .max_bytes(122)
        .bcrypt(true)
        .nfc(true)
        .common_passwords(CommonPasswords::IgnoringCase)
        .context_words(ContextWords::Contained(vec!["Acme".into()]))
        .min_score(3)
        .breach_service(BreachService::FailClosed)
        .requirement(NoSpaces)
        .build()?;
    let english = mails(&words, "en")?;
    assert!(english[0].text.contains("If it wasn't you, tell us: security@acme.example.\n"));
    let english: BTreeSet<_> = english.iter().flat_map(lines).collect();

    for tag in ["nl", "pl"] {
        let translation = translations.choose([tag]);
        for mail in &mails(&words, tag)? {
            println!("{}\n\n{}\n", mail.subject, mail.text);
            assert!(lines(mail).all(|line| !english.contains(line)));
        }
        for (requirement, is_met) in policy.checklist("geheim wachtwoord") {
            let phrase = translation.requirement(&requirement);
            assert_is_translated(&phrase, &requirement.to_string());
            if requirement.is_worth_showing() {
                println!("[{}] {phrase}", if is_met { 'x' } else { ' ' });
            }
        }
        for password in ["Żółw", "Acme-Qwertyuiop", "aaaaaaaa", "30.04.1999", "P@ss w0rd", "\0"]
        {
            println!("\n{password:?}");
            for violation in &policy.check(password).unwrap_err() {
                let sentence = translation.violation(violation);
                assert_is_translated(&sentence, &violation.to_string());
                println!("  {sentence}");
            }
        }
        println!();
    }

    // The sentences that no password above shows, such as most of the advice.
    let english: BTreeSet<_> = ENGLISH.lines().filter_map(said).collect();
    assert!(include_str!("nl.ftl").lines().filter_map(said).all(|said| !english.contains(said)));
    let characters = |characters| Requirement::MinLength { characters };
    let dutch = [1, 2].map(|number| translations.choose(["nl"]).requirement(&characters(number)));
    assert_eq!(dutch, ["minstens 1 teken", "minstens 2 tekens"]);
    Ok(())
}

/// Returns the lines of a mail without the link, which is the same in every language.
fn lines(mail: &Content) -> impl Iterator<Item = &str> {
    let lines = mail.text.lines().filter(|line| !line.is_empty() && !line.starts_with("https://"));
    lines.chain([&*mail.subject])
}

fn assert_is_translated(said: &str, english: &str) {
    assert!(said != english && !said.contains(['{', '}', '$']), "{said}");
}

/// Returns the text of a line in a file, if it has one.
fn said(line: &str) -> Option<&str> {
    let (_, said) = line.split_once(" = ").or_else(|| line.split_once("] "))?;
    (!said.ends_with("->")).then_some(said)
}
