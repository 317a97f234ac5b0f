//! With the feature `zeroize`, no token, password or code remains once it is no longer needed.

use crate::support::remains::Search;
use crate::support::run;
use base64ct::{Base64UrlUnpadded, Encoding};
use password_reset::adapters::memory::{MemoryStore, Outbox};
use password_reset::policy::{ContextWords, PasswordPolicy};
use password_reset::{LinkTemplate, PasswordReset};
use std::hint::black_box;

const ALICE: &str = "alice@example.com";

/// A text that stands nowhere but where it is used.
struct Masked(Vec<u8>);

impl Masked {
    fn of(bytes: impl Iterator<Item = u8>) -> Self {
        Self(bytes.map(|byte| !byte).collect())
    }

    fn bytes(&self) -> impl Iterator<Item = u8> {
        self.0.iter().map(|byte| !byte)
    }

    /// The text as it is, for as long as `use_it` runs.
    fn exposed<T>(&self, use_it: impl FnOnce(&str) -> T) -> T {
        let mut bytes: Vec<u8> = self.bytes().collect();
        let used = use_it(std::str::from_utf8(&bytes).unwrap());
        bytes.fill(0);
        black_box(&bytes);
        used
    }
}

/// A password and a token, and a search for each form of them.
struct Secrets {
    password: Masked,
    token: Masked,
    searches: [(&'static str, Search); 4],
}

impl Secrets {
    fn assert_gone(&mut self, when: &str) {
        for (name, search) in &mut self.searches {
            assert_eq!(search.count(), 0, "{when}, a {name} remains");
        }
    }

    fn held(&mut self) -> Vec<&'static str> {
        let searches = self.searches.iter_mut();
        searches.filter_map(|(name, search)| (search.count() > 0).then_some(*name)).collect()
    }
}

fn service() -> PasswordReset<MemoryStore, Outbox> {
    let store = MemoryStore::new();
    store.add_account(ALICE, "the hash of the old one").unwrap();
    let link = LinkTemplate::new("https://app.example.com/reset?token={token}").unwrap();
    let policy =
        PasswordPolicy::builder().context_words(ContextWords::Contained(vec!["Straße".to_owned()]));
    #[cfg(feature = "nfc")]
    let policy = policy.nfc(true);
    PasswordReset::builder(store, Outbox::new(), link)
        .policy(policy.build().unwrap())
        .build()
        .unwrap()
}

/// Asks for a link, and keeps of it only what is masked.
fn secrets(resets: &PasswordReset<MemoryStore, Outbox>) -> Secrets {
    run(resets.request(ALICE));
    let mail = resets.mailer().take().remove(0);
    let text = mail.link().unwrap().expose_token();
    let mut bytes = [0; 36];
    Base64UrlUnpadded::decode(text, &mut bytes).unwrap();
    // Beyond ASCII, so that the password is folded.
    let password = Masked::of("Ünf0rgettabl".bytes().chain(*b"e-Horses"));
    let folded = Masked::of("ünf0rgettabl".bytes().chain(*b"e-horses"));
    let search = |name, bytes: &mut dyn Iterator<Item = u8>| {
        let mut search = Search::new();
        search.also_for_bytes(bytes);
        (name, search)
    };
    let searches = [
        search("password", &mut password.bytes()),
        search("folded password", &mut folded.bytes()),
        search("token", &mut text.bytes().skip(16)),
        search("verifier", &mut bytes[12..].iter().copied()),
    ];
    bytes.fill(0);
    black_box(&bytes);
    Secrets { password, token: Masked::of(text.bytes()), searches }
}

#[test]
fn nothing_of_a_flow_remains() {
    let _alone = crate::ALONE.blocking_lock();
    let resets = service();
    let mut secrets = secrets(&resets);
    secrets.assert_gone("once a link was issued and mailed");

    secrets.token.exposed(|token| run(resets.check(token)).map(drop).unwrap());
    secrets.assert_gone("once a link was looked at");

    let weak = Masked::of("Straße".bytes().chain(*b"-Unf0rgettable"));
    let mut search = Search::new();
    search.also_for_bytes(weak.bytes());
    secrets.token.exposed(|token| {
        weak.exposed(|weak| run(resets.accept(token, weak)).map(drop).unwrap_err());
    });
    secrets.assert_gone("once a password was rejected");
    assert_eq!(search.count(), 0, "a rejected password remains");

    let accepted = secrets.token.exposed(|token| {
        secrets.password.exposed(|password| run(resets.accept(token, password)).unwrap())
    });
    assert_eq!(secrets.held(), ["password", "token", "verifier"]);
    // It moves into the future, and the future onto the heap and through an await.
    let commit = Box::pin(async move {
        let moved = [accepted];
        std::future::ready(()).await;
        let [accepted] = moved;
        accepted.commit("the hash of the new one").await.map(drop)
    });
    run(commit).unwrap();
    secrets.assert_gone("once the password was set");
}

#[cfg(feature = "codes")]
mod of_codes {
    use super::{ALICE, Masked, MemoryStore, Outbox, PasswordReset, Search, run};
    use crate::support::codes::key;
    use password_reset::LinkTemplate;
    use password_reset::token::{Codes, TokenIssuer};

    fn service() -> PasswordReset<MemoryStore, Outbox> {
        let store = MemoryStore::new();
        store.add_account(ALICE, "the hash of the old one").unwrap();
        let link = LinkTemplate::new("https://app.example.com/reset?token={token}").unwrap();
        let issuer = TokenIssuer::builder().codes(Codes::new(key()).with_digits(10).unwrap());
        let builder = PasswordReset::builder(store, Outbox::new(), link);
        builder.issuer(issuer.build().unwrap()).build().unwrap()
    }

    /// The digits, as they are and with spaces between.
    fn searches(digits: &Masked) -> [(&'static str, Search); 2] {
        let spaced = digits.bytes().flat_map(|digit| [digit, b' ']);
        let [mut plain, mut typed] = [Search::new(), Search::new()];
        plain.also_for_bytes(digits.bytes());
        typed.also_for_bytes(spaced);
        [("code", plain), ("typed code", typed)]
    }

    #[test]
    fn nothing_of_a_code_remains_once_it_was_mailed_and_typed() {
        let _alone = crate::ALONE.blocking_lock();
        let resets = service();
        run(resets.request(ALICE));
        let mail = resets.mailer().take().remove(0);
        let digits = Masked::of(mail.code().unwrap().expose_digits().bytes());
        let mut searches = searches(&digits);
        assert_eq!(searches[0].1.count(), 1, "the mail holds it");
        drop(mail);
        let mut assert_gone = |when: &str| {
            for (name, search) in &mut searches {
                assert_eq!(search.count(), 0, "{when}, a {name} remains");
            }
        };
        assert_gone("once a code was issued and mailed");

        let wrong = Masked::of(digits.bytes().map(|digit| b'0' + (digit - b'0' + 1) % 10));
        let mut of_wrong = Search::new();
        of_wrong.also_for_bytes(wrong.bytes());
        let told = wrong.exposed(|wrong| run(resets.exchange(ALICE, wrong)));
        assert_eq!(told.1.outcome_for_logs().code(), "wrong_code");
        assert_eq!(of_wrong.count(), 0, "a wrong code remains");

        let spaced = Masked::of(digits.bytes().flat_map(|digit| [digit, b' ']));
        let (token, _) = spaced.exposed(|typed| run(resets.exchange(ALICE, typed)));
        assert!(token.is_some());
        assert_gone("once a code was typed");
    }
}
