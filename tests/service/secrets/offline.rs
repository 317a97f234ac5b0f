//! A right code cannot be told from a wrong one with the database alone.

use crate::support::entropy_of;
use hmac::{Hmac, KeyInit, Mac};
use password_reset::token::{Binding, CodeKey, Codes, TokenIssuer};
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::ops::Range;
use time::UtcDateTime;

/// The positions in a ledger with one link and its code, without wrong codes.
const SELECTOR: Range<usize> = 1..13;
const KEY_NAME: Range<usize> = 23..27;
const CODE: Range<usize> = 27..59;
const LINK: Range<usize> = 60..92;

/// The digits of a code, and the ledger's bytes, which differ by the key alone.
fn issued_under(key: u32) -> (String, Vec<u8>) {
    let mut bytes = [0; 32];
    bytes[..4].copy_from_slice(&key.to_be_bytes());
    bytes[31] = 1;
    let codes = Codes::new(CodeKey::new(&bytes).unwrap());
    let service = TokenIssuer::builder().codes(codes).build().unwrap();
    let (account, now) = (Binding::new("alice@example.com", b"a hash"), UtcDateTime::UNIX_EPOCH);
    let issued = service.issue(None, account, now, entropy_of([7; 36])).unwrap();
    (issued.code.unwrap().expose_digits().to_owned(), issued.ledger.encode())
}

/// Two ledgers with the same token, link and digits, under two keys. Among so many keys there are
/// some that make the same digits.
fn one_code_under_two_keys() -> [Vec<u8>; 2] {
    let mut known = HashMap::new();
    for key in 0..100_000 {
        let (digits, ledger) = issued_under(key);
        if let Some(other) = known.insert(digits, ledger.clone()) {
            return [ledger, other];
        }
    }
    panic!("no two keys make the same digits");
}

/// What a database has beside the code, from which the stored code could be made without a key.
fn known_texts(ledger: &[u8]) -> Vec<Vec<u8>> {
    let tag = b"password-reset/code/stored".to_vec();
    let purpose = Sha256::digest(b"password-reset")[..16].to_vec();
    let (selector, link) = (ledger[SELECTOR].to_vec(), ledger[LINK].to_vec());
    let parts = [tag, purpose, selector, link];
    let subsets = (0..1 << parts.len()).map(|set| {
        let is_in = |part: &usize| set >> part & 1 == 1;
        (0..parts.len()).filter(is_in).flat_map(|part| parts[part].clone()).collect()
    });
    subsets.collect()
}

/// The first of these digits that fit what is stored, by digests that need no key, and by HMACs under
/// whatever the database has.
fn guess(ledger: &[u8], candidates: Range<u64>) -> Option<String> {
    let texts = known_texts(ledger);
    let keys = [&[][..], &ledger[SELECTOR], &ledger[KEY_NAME], &ledger[LINK]];
    let fits = |digits: &str| {
        texts.iter().any(|text| {
            let message = [text, digits.as_bytes()].concat();
            let mac = |key| Hmac::<Sha256>::new_from_slice(key).unwrap().chain_update(&message);
            Sha256::digest(&message)[..] == ledger[CODE]
                || keys.iter().any(|key| mac(key).finalize().into_bytes()[..] == ledger[CODE])
        })
    };
    candidates.map(|number| format!("{number:08}")).find(|digits| fits(digits))
}

#[test]
fn what_is_stored_of_a_code_depends_on_the_key_and_not_on_the_digits_alone() {
    let ledgers = one_code_under_two_keys();
    let [one, other] = &ledgers;
    assert_ne!(one[CODE], other[CODE], "the digits alone make what is stored");
    // Nothing else of the key is stored but its name.
    assert_ne!(one[KEY_NAME], other[KEY_NAME]);
    for rest in [0..KEY_NAME.start, CODE.end..one.len()] {
        assert_eq!(one[rest.clone()], other[rest]);
    }
}

/// A computer tries all the 10⁸ in seconds: here are those around the right one.
#[test]
fn a_guess_without_the_key_finds_a_plain_digest_and_no_stored_code() {
    let (digits, mut ledger) = issued_under(1);
    let right: u64 = digits.parse().unwrap();
    let candidates = right.saturating_sub(100)..right + 100;
    assert_eq!(guess(&ledger, candidates.clone()), None);

    let everything = known_texts(&ledger).pop().unwrap();
    let plain = Sha256::digest([&everything, digits.as_bytes()].concat());
    ledger[CODE].copy_from_slice(&plain);
    assert_eq!(guess(&ledger, candidates), Some(digits), "so it is found where it can be");
}
