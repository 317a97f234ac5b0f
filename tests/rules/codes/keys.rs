//! Keys and their rotation, purposes, accounts, and which keys are refused.

use super::{
    Codes, KEY, NOW, OTHER_KEY, account, digits, entropy, entropy_of, exchange, first, issue,
    issuer, key, mistyped, typed, with, wrong,
};
use password_reset::token::{CodeError, CodeKey, ExchangeError, Issued, Ledger, TokenIssuer};

/// New codes under the other key, and those of before are known.
fn rotated() -> TokenIssuer {
    with(Codes::new(key(OTHER_KEY)).with_other_key(key(KEY)))
}

fn issue_by(issuer: &TokenIssuer) -> Issued {
    issuer.issue(None, account(), NOW, entropy(1)).unwrap()
}

fn is_right(issuer: &TokenIssuer, ledger: &Ledger, digits: &str) -> bool {
    exchange(issuer, ledger, digits, NOW).unwrap().expect("a code that is good").token.is_some()
}

#[test]
fn after_a_rotation_new_codes_are_under_the_new_key_and_the_old_one_still_verifies() {
    let old = first();
    assert!(is_right(&rotated(), &old.ledger, &digits(&old)));
    let new = issue_by(&rotated());
    assert!(is_right(&rotated(), &new.ledger, &digits(&new)));
    let new_alone = with(Codes::new(key(OTHER_KEY)));
    assert!(is_right(&new_alone, &new.ledger, &digits(&new)));
    assert_eq!(digits(&issue_by(&new_alone)), digits(&new), "the new key makes the digits");
    assert_ne!(digits(&old), digits(&new));
}

#[test]
fn a_key_that_is_missing_is_an_error_and_counts_nothing() {
    let old = first();
    let new_alone = with(Codes::new(key(OTHER_KEY)));
    for text in [digits(&old), mistyped(&digits(&old))] {
        let told = exchange(&new_alone, &old.ledger, &text, NOW).unwrap_err();
        assert_eq!(told, ExchangeError::KeyMissing);
        assert!(told.to_string().contains("keep the old one"), "{told}");
    }
    let no_code = exchange(&new_alone, &old.ledger, "no code", NOW);
    assert!(no_code.unwrap().is_none(), "a text that is no code needs no key");
    let late = NOW + super::HOUR;
    let told = exchange(&new_alone, &old.ledger, &digits(&old), late);
    assert!(told.unwrap().is_none(), "nor does a code that is not good");
}

#[test]
fn two_keys_give_no_second_chance() {
    let old = first();
    let under_the_new = issue_by(&rotated());
    assert_eq!(old.token.expose_text(), under_the_new.token.expose_text(), "one token");
    assert!(!is_right(&rotated(), &old.ledger, &digits(&under_the_new)));
    let mut ledger = old.ledger.clone();
    for _ in 0..5 {
        let typed = exchange(&rotated(), &ledger, &mistyped(&digits(&old)), NOW).unwrap();
        ledger = typed.unwrap().ledger;
    }
    assert_eq!(ledger.wrong_codes(), 5);
    assert!(exchange(&rotated(), &ledger, &digits(&old), NOW).unwrap().is_none());
}

#[test]
fn a_key_has_at_least_32_bytes_and_not_one_byte_throughout() {
    for short in [&[][..], &[1], &KEY[..31]] {
        assert_eq!(CodeKey::new(short).unwrap_err(), CodeError::ShortKey);
    }
    for length in [32, 33, 1 << 20] {
        let constant = vec![7; length];
        assert_eq!(CodeKey::new(&constant).unwrap_err(), CodeError::ConstantKey);
        let mut other = constant;
        *other.last_mut().unwrap() = 8;
        assert!(CodeKey::new(&other).is_ok(), "{length}");
    }
    assert!(CodeKey::new(&KEY[..32]).is_ok());
    for error in [CodeError::ShortKey, CodeError::ConstantKey, CodeError::Digits { digits: 7 }] {
        assert!(!error.to_string().is_empty());
    }
}

#[test]
fn keys_that_differ_anywhere_are_other_keys() {
    let long = [KEY, KEY, OTHER_KEY].concat();
    let issued = issue_by(&with(Codes::new(key(&long))));
    for at in [0, 31, 63, 64, 95] {
        let mut other = long.clone();
        other[at] ^= 1;
        let told = exchange(&with(Codes::new(key(&other))), &issued.ledger, &digits(&issued), NOW);
        assert_eq!(told.unwrap_err(), ExchangeError::KeyMissing, "byte {at}");
    }
}

#[test]
fn a_code_has_8_to_10_digits() {
    for digits in [0, 1, 6, 7, 11, 12, u32::MAX] {
        let told = Codes::new(key(KEY)).with_digits(digits).unwrap_err();
        assert_eq!(told, CodeError::Digits { digits });
        assert!(told.to_string().contains(&digits.to_string()), "{told}");
    }
    for count in 8..=10 {
        let issuer = with(Codes::new(key(KEY)).with_digits(count).unwrap());
        let issued = issue_by(&issuer);
        assert_eq!(digits(&issued).len(), count as usize);
        assert!(is_right(&issuer, &issued.ledger, &digits(&issued)));
        assert!(!is_right(&issuer, &issued.ledger, &mistyped(&digits(&issued))));
    }
}

#[test]
fn a_change_of_the_number_of_digits_costs_no_code() {
    let eight = first();
    for count in [9, 10] {
        let longer = with(Codes::new(key(KEY)).with_digits(count).unwrap());
        assert!(is_right(&longer, &eight.ledger, &digits(&eight)));
        let long = issue_by(&longer);
        assert!(is_right(&issuer(), &long.ledger, &digits(&long)));
        assert!(!is_right(&issuer(), &long.ledger, &digits(&eight)), "not by its last digits");
    }
}

#[test]
fn a_code_of_another_purpose_or_tenant_is_a_wrong_one() {
    let builder = TokenIssuer::builder().codes(Codes::new(key(KEY)));
    let tenant = builder.purpose("tenant 2").build().unwrap();
    let (here, there) = (first(), issue_by(&tenant));
    assert_ne!(digits(&here), digits(&there), "of the same bytes");
    for (issuer, issued) in [(&tenant, &here), (&issuer(), &there)] {
        assert!(!is_right(issuer, &issued.ledger, &digits(issued)));
    }
    assert!(is_right(&tenant, &there.ledger, &digits(&there)));
}

#[test]
fn another_accounts_code_is_a_wrong_one() {
    let with_selector = |selector: u8| {
        let mut bytes = [9; 36];
        bytes[0] = selector;
        issuer().issue(None, account(), NOW, entropy_of(bytes)).unwrap()
    };
    let (hers, his) = (with_selector(1), with_selector(2));
    assert_eq!(hers.token.expose_text()[16..], his.token.expose_text()[16..]);
    assert_ne!(digits(&hers), digits(&his));
    assert_eq!(typed(&hers.ledger, &digits(&his)).unwrap().ledger.wrong_codes(), 1);
}

/// A writer of the database cannot make a code without the key.
#[test]
fn a_stored_code_that_is_moved_is_good_for_no_other_link() {
    // Behind the version, the selector, the revision, no wrong codes, and that there is a code.
    const STORED: std::ops::Range<usize> = 23..23 + 36;
    let known = first();
    let other = issue(Some(&known.ledger), 2, NOW);
    let stranger = issue(None, 3, NOW);
    for target in [&other, &stranger] {
        let mut bytes = target.ledger.encode();
        assert_eq!(bytes[..1], [3]);
        bytes[STORED].copy_from_slice(&known.ledger.encode()[STORED]);
        let forged = Ledger::decode(&bytes).unwrap();
        assert!(typed(&forged, &digits(&known)).unwrap().token.is_none());
    }
    let mut bytes = known.ledger.encode();
    bytes[STORED.start] ^= 1;
    let told = exchange(&issuer(), &Ledger::decode(&bytes).unwrap(), &digits(&known), NOW);
    assert_eq!(told.unwrap_err(), ExchangeError::KeyMissing);
    for at in STORED.skip(4) {
        let mut bytes = known.ledger.encode();
        bytes[at] ^= 0x80;
        let changed = Ledger::decode(&bytes).unwrap();
        assert!(typed(&changed, &digits(&known)).unwrap().token.is_none(), "byte {at}");
    }
}

#[test]
fn an_issuer_without_codes_issues_none_and_exchanges_none() {
    let without = TokenIssuer::default();
    assert!(!without.has_codes() && issuer().has_codes());
    let issued = issue_by(&without);
    assert!(issued.code.is_none());
    assert_eq!(issued.ledger.encode()[0], 2, "its ledgers know of none");
    assert!(typed(&issued.ledger, "12345678").is_none());
    let with_one = first();
    for text in [digits(&with_one), mistyped(&digits(&with_one))] {
        assert!(exchange(&without, &with_one.ledger, &text, NOW).unwrap().is_none());
    }
}

#[test]
fn nothing_that_is_printed_shows_digits_or_a_key() {
    let issued = first();
    let exchanged = typed(&issued.ledger, &digits(&issued)).unwrap();
    let wrong = wrong(&issued.ledger, &digits(&issued), 1);
    let codes = Codes::new(key(KEY)).with_other_key(key(OTHER_KEY));
    let shown = format!(
        "{issued:?} {issued:#?} {exchanged:?} {wrong:?} {codes:?} {:?} {:?}",
        key(KEY),
        with(codes.clone())
    );
    let code = issued.code.as_ref().unwrap();
    for secret in [code.expose_digits(), &code.expose_in_groups(), "0123456789abcdef", "48, 49, 50"]
    {
        assert!(!shown.contains(secret), "{secret}: {shown}");
    }
    assert!(shown.contains("CodeKey(..)"), "{shown}");
    let of_code = format!("{code:?}");
    assert!(of_code.starts_with("Code { digits: ") && of_code.contains("redacted"), "{of_code}");
}
