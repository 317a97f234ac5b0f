//! What NIST SP 800-63B-4 and OWASP ASVS 5.0 require of codes, clause by clause.

use super::{
    Codes, HOUR, KEY, MINUTE, NANOSECOND, NOW, OTHER_KEY, SECOND, account, digits, entropy,
    exchange, first, issue, issuer, key, mistyped, right, typed, used_up, with, wrong,
};
use hmac::{Hmac, KeyInit as _, Mac as _};
use password_reset::token::{Ledger, Throttle, TokenIssuer};
use sha2::{Digest as _, Sha256};
use std::time::Duration;
use time::{SignedDuration, UtcDateTime};

/// At least six decimal digits, and at most 24 hours in a mail.
#[test]
fn nist_4_2_1_2_a_code_has_eight_digits_or_more_and_lives_for_ten_minutes() {
    for count in 8..=10 {
        let issuer = with(Codes::new(key(KEY)).with_digits(count).unwrap());
        let issued = issuer.issue(None, account(), NOW, entropy(1)).unwrap();
        let code = issued.code.as_ref().unwrap();
        assert!(code.expose_digits().len() >= 8);
        assert!(code.expose_digits().bytes().all(|byte| byte.is_ascii_digit()));
        assert_eq!(code.expires_at() - NOW, MINUTE * 10);
        let late = exchange(&issuer, &issued.ledger, &digits(&issued), code.expires_at());
        assert!(late.unwrap().is_none());
    }
    assert!(Codes::new(key(KEY)).with_digits(7).is_err());
}

/// No more than 100 failed attempts in a row before an authenticator is disabled.
#[test]
fn nist_3_2_2_five_wrong_ones_disable_a_code_and_twenty_all_codes_until_a_password_is_set() {
    let issued = first();
    let disabled = wrong(&issued.ledger, &digits(&issued), 5);
    assert!(typed(&disabled, &digits(&issued)).is_none());
    let (mut ledger, _) = used_up();
    for number in 10..100 {
        let next = issue(Some(&ledger), number, NOW);
        assert!(next.code.is_none());
        ledger = next.ledger;
    }
    assert_eq!(ledger.wrong_codes(), 20);
}

#[test]
fn asvs_6_5_1_a_code_is_usable_once() {
    let issued = first();
    let (ledger, _) = right(&issued.ledger, &digits(&issued));
    assert!(typed(&ledger, &digits(&issued)).is_none());
}

/// In the place of a password hash with a salt, which would cost seconds and could be guessed at
/// for 10⁸ tries all the same: an HMAC under a key that the database does not have, over what
/// differs for each link.
#[test]
fn asvs_6_5_2_what_is_stored_of_a_code_is_an_hmac_under_a_key_that_is_kept_elsewhere() {
    let issued = first();
    let bytes = issued.ledger.encode();
    let (name, stored, link) = (&bytes[23..27], &bytes[27..59], &bytes[60..92]);
    let mac = |key: &[u8], parts: &[&[u8]]| {
        let mac = Hmac::<Sha256>::new_from_slice(key).unwrap();
        parts.iter().fold(mac, Hmac::chain_update).finalize().into_bytes()
    };
    let purpose = Sha256::digest("password-reset");
    let under = |key: &[u8]| {
        let selector = issued.ledger.selector().as_bytes();
        let digits = digits(&issued);
        let parts: [&[u8]; 5] =
            [b"password-reset/code/stored", &purpose[..16], selector, link, digits.as_bytes()];
        mac(key, &parts)
    };
    assert_eq!(stored, &under(KEY)[..]);
    assert_ne!(stored, &under(OTHER_KEY)[..]);
    assert_eq!(name, &mac(KEY, &[b"password-reset/code/name"])[..4]);
}

/// A cryptographic generator makes the token, and the token and the key its code: no clock, no
/// counter.
#[test]
fn asvs_6_5_3_a_code_is_made_of_random_bytes_and_nothing_else() {
    let mut ledger = None;
    let at = [NOW, NOW + HOUR, UtcDateTime::MIN];
    let codes = at.map(|now| digits(&issue(None, 1, now)));
    assert!(codes.iter().all(|code| *code == codes[0]), "whatever the clock says");
    for number in 0..20 {
        let issued = issue(ledger.as_ref(), number, NOW);
        assert_eq!(digits(&issued), digits(&issue(Some(&issued.ledger), number, NOW)));
        ledger = Some(issued.ledger);
    }
}

/// At least 20 bits.
#[test]
fn asvs_6_5_4_a_code_has_more_than_26_bits() {
    assert!(10_u64.pow(8) > 1 << 26);
    let issued = first();
    assert_eq!(digits(&issued).len(), 8, "unless the host wants more");
    for digits in 0..8 {
        assert!(Codes::new(key(KEY)).with_digits(digits).is_err(), "{digits}");
    }
}

#[test]
fn asvs_6_5_5_a_code_lives_for_at_most_ten_minutes_however_long_its_link_does() {
    let second = Duration::from_secs(1);
    let throttle = Throttle::per_window(1, second).unwrap().with_cooldown(second).unwrap();
    for seconds in [1, 599, 600, 601, 3600, 24 * 3600] {
        let builder = TokenIssuer::builder().codes(Codes::new(key(KEY))).throttle(throttle);
        let issuer = builder.lifetime(second * seconds).build().unwrap();
        let issued = issuer.issue(None, account(), NOW, entropy(1)).unwrap();
        let end = NOW + SECOND * i32::try_from(seconds.min(600)).unwrap();
        let told = |now| exchange(&issuer, &issued.ledger, &digits(&issued), now).unwrap();
        assert!(told(end - NANOSECOND).is_some_and(|exchange| exchange.token.is_some()));
        assert!(told(end).is_none(), "{seconds}");
        assert_eq!(issued.code.as_ref().unwrap().expires_at(), end);
    }
}

#[test]
fn asvs_6_6_2_a_code_is_of_the_request_that_it_was_made_for() {
    let older = first();
    let newer = issue(Some(&older.ledger), 2, NOW);
    for (ledger, of_another) in [(&newer.ledger, &older), (&older.ledger, &newer)] {
        assert!(typed(ledger, &digits(of_another)).unwrap().token.is_none());
    }
    let (ledger, token) = right(&newer.ledger, &digits(&newer));
    let redeemed = issuer().redeem(&ledger, &token, &account(), NOW, account()).unwrap();
    let next = issue(Some(&redeemed), 3, NOW);
    for earlier in [&older, &newer] {
        assert!(typed(&next.ledger, &digits(earlier)).unwrap().token.is_none());
    }
}

/// The attacker requests as often as the throttle permits, guesses as long as there is a code, and
/// then waits until the ledger is purged.
#[test]
fn asvs_6_6_3_an_account_is_guessed_at_260_times_in_any_year_at_most() {
    let (issuer, mut ledger, mut now) = (issuer(), None::<Ledger>, NOW);
    let (mut guesses, mut links) = (0, 0);
    while now < NOW + SignedDuration::days(365) {
        if ledger.as_ref().is_some_and(|ledger| ledger.forgettable_at() <= now) {
            ledger = None;
        }
        links += 1;
        let Ok(issued) = issuer.issue(ledger.as_ref(), account(), now, entropy(links)) else {
            now = now.saturating_add(MINUTE);
            continue;
        };
        let Some(code) = issued.code.as_ref().map(|code| mistyped(code.expose_digits())) else {
            // Another link would only have the ledger kept for longer.
            now = ledger.as_ref().unwrap().forgettable_at();
            continue;
        };
        let mut next = issued.ledger;
        while let Some(wrong) = exchange(&issuer, &next, &code, now).unwrap() {
            (next, guesses) = (wrong.ledger, guesses + 1);
        }
        ledger = Some(next);
    }
    assert_eq!(guesses, 13 * 20, "twenty in each of thirteen months of thirty days");
}
