//! With the feature `zeroize`, nothing of a token or a password remains in the process's memory
//! once it is no longer needed: the test reads all of its own memory and looks.
#![cfg(all(feature = "zeroize", feature = "std", feature = "getrandom", target_os = "linux"))]

mod support;

use base64ct::{Base64UrlUnpadded, Encoding};
use password_reset::adapters::memory::{MemoryStore, Outbox};
use password_reset::policy::{ContextWords, PasswordPolicy};
use password_reset::{LinkTemplate, PasswordReset};
use std::fs::{self, File};
use std::hint::black_box;
use std::os::unix::fs::FileExt;
use std::sync::{Mutex, PoisonError};
use support::run;

/// What is searched for is kept masked, so that the search does not find itself.
const MASK: u8 = 0xA5;
const CHUNK: usize = 1 << 16;
const ALICE: &str = "alice@example.com";

/// Other tests' secrets are none of this one's.
static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());

struct Masked(Vec<u8>);

impl Masked {
    fn of(bytes: impl Iterator<Item = u8>) -> Self {
        Self(bytes.map(|byte| byte ^ MASK).collect())
    }

    /// The bytes as they are, for as long as `use_them` runs.
    fn exposed<T>(&self, use_them: impl FnOnce(&str) -> T) -> T {
        let mut bytes: Vec<u8> = self.0.iter().map(|byte| byte ^ MASK).collect();
        let used = use_them(std::str::from_utf8(&bytes).unwrap());
        bytes.fill(0);
        black_box(&bytes);
        used
    }

    /// How often it is somewhere in the memory that this process can write to.
    fn remains(&self) -> usize {
        let memory = File::open("/proc/self/mem").unwrap();
        let maps = fs::read_to_string("/proc/self/maps").unwrap();
        let mut chunk = vec![0; CHUNK + self.0.len()];
        let own = chunk.as_ptr().addr()..chunk.as_ptr().addr() + chunk.len();
        let mut found = 0;
        for line in maps.lines().filter(|line| line.contains(" rw")) {
            let (range, _) = line.split_once(' ').unwrap();
            let (start, end) = range.split_once('-').unwrap();
            let address = |hex| usize::from_str_radix(hex, 16).unwrap();
            for at in (address(start)..address(end)).step_by(CHUNK) {
                let Ok(read) = memory.read_at(&mut chunk, at as u64) else { continue };
                let hits = chunk[..read].windows(self.0.len()).enumerate().take(CHUNK).filter(
                    |(offset, window)| {
                        let is_here = window.iter().zip(&self.0).all(|(a, b)| a ^ MASK == *b);
                        is_here && !own.contains(&(at + offset))
                    },
                );
                found += hits.count();
            }
        }
        chunk.fill(0);
        black_box(&chunk);
        found
    }
}

/// A password, the same folded, and a token's text and verifier.
struct Secrets {
    password: Masked,
    folded: Masked,
    token: Masked,
    verifier: Masked,
}

impl Secrets {
    fn assert_gone(&self, when: &str) {
        let Self { password, folded, token, verifier } = self;
        for (name, secret) in [
            ("password", password),
            ("folded password", folded),
            ("token", token),
            ("verifier", verifier),
        ] {
            assert_eq!(secret.remains(), 0, "{when}, a {name} remains");
        }
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
    let mut verifier = [0; 36];
    Base64UrlUnpadded::decode(text, &mut verifier).unwrap();
    let secrets = Secrets {
        // Twenty characters that stand nowhere else, beyond ASCII so that they are folded.
        password: Masked::of("Ünf0rgettabl".bytes().chain(*b"e-Horses")),
        folded: Masked::of("ünf0rgettabl".bytes().chain(*b"e-horses")),
        token: Masked::of(text.bytes().skip(16)),
        verifier: Masked::of(verifier[12..].iter().copied()),
    };
    verifier.fill(0);
    black_box(&verifier);
    secrets
}

/// The token's text is whole where the selector is known.
fn token_of(resets: &PasswordReset<MemoryStore, Outbox>, secrets: &Secrets) -> Masked {
    let stored = resets.store().ledger(1).unwrap();
    let selector = Base64UrlUnpadded::encode_string(&stored[1..13]);
    Masked(selector.bytes().map(|b| b ^ MASK).chain(secrets.token.0.iter().copied()).collect())
}

#[test]
fn nothing_of_a_flow_remains() {
    let _turn = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
    let resets = service();
    let secrets = secrets(&resets);
    secrets.assert_gone("once a link was issued and mailed");
    let token = token_of(&resets, &secrets);

    token.exposed(|token| run(resets.check(token)).map(drop).unwrap());
    secrets.assert_gone("once a link was looked at");

    let weak = Masked::of("Straße".bytes().chain(*b"-Unf0rgettable"));
    token.exposed(|token| {
        weak.exposed(|weak| run(resets.accept(token, weak)).map(drop).unwrap_err());
    });
    secrets.assert_gone("once a password was rejected");
    assert_eq!(weak.remains(), 0, "a rejected password remains");

    let accepted = token.exposed(|token| {
        secrets.password.exposed(|password| run(resets.accept(token, password)).unwrap())
    });
    assert!(secrets.password.remains() > 0 && secrets.token.remains() > 0, "they are held");
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

#[test]
fn a_copy_that_is_not_wiped_would_be_found() {
    let _turn = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
    let secret = Masked::of("planted, and ".bytes().chain(*b"not wiped"));
    assert_eq!(secret.remains(), 0);
    let copy: Vec<u8> = secret.0.iter().map(|byte| byte ^ MASK).collect();
    assert_eq!(secret.remains(), 1);
    drop(black_box(copy));
}
