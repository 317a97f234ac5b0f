//! Properties of the three finds.

use super::Fixture;
use super::case::{By, Case, OLD_HASH, START, unused_address};
use super::codes::with_codes;
use crate::store::Store;
use crate::token::{MAX_LEDGER_BYTES, TokenIssuer};

/// A new account is found with its stored address, unchanged to the byte, and without a ledger.
///
/// # Panics
/// Panics if the store breaks this property.
pub async fn an_account_is_found_as_it_is_stored<F: Fixture>(fixture: &F) {
    let case = Case::new(fixture).await;
    for by in [By::Login, By::Id] {
        let account = case.find(by).await;
        let account = account.unwrap_or_else(|| panic!("an account is found by {by}"));
        assert_eq!(account.address, case.address, "by {by}: the address is the stored one");
        assert_eq!(account.ledger, None, "by {by}: an account without links has no ledger");
        assert_eq!(account.binding(), case.account().await.binding(), "by {by}: one binding");
        assert!(account.has_password, "by {by}: an account that has a password");
        assert_eq!(fixture.password_hash(&account.id).await, OLD_HASH, "by {by}: its own id");
    }
}

/// A login or a selector that belongs to no account finds none, and is not an error, whatever the
/// visitor typed.
///
/// # Panics
/// Panics if the store breaks this property.
pub async fn an_unknown_login_or_selector_finds_nothing<F: Fixture>(fixture: &F) {
    let case = Case::new(fixture).await;
    let odd = [
        "",
        " ",
        "'",
        "' OR 1=1 --",
        "\" OR \"\"=\"",
        "%",
        "_",
        "*",
        "\\",
        ";",
        "?",
        "$1",
        "\r\n",
        "m\u{131}ke@example.com",
        "\u{202e}",
        "😀",
    ];
    let (unused, longest) = (unused_address(), "a".repeat(1024));
    for login in odd.into_iter().chain([unused.as_str(), longest.as_str()]) {
        let found = fixture.store().find_by_login(login).await.expect("an answer");
        assert!(found.is_none(), "the login {login:?} belongs to no account");
    }
    let issued = case.issued(&case.account().await, None);
    let found = fixture.store().find_by_selector(issued.ledger.selector()).await;
    assert!(found.expect("an answer").is_none(), "a ledger that was not committed is not found");
}

/// A committed ledger is found by the login, by its selector and by the id, unchanged to the byte.
///
/// # Panics
/// Panics if the store breaks this property.
pub async fn a_ledger_comes_back_to_the_byte<F: Fixture>(fixture: &F) {
    let case = Case::new(fixture).await;
    for _ in 0..3 {
        let issued = case.issue().await;
        for by in By::all(issued.ledger.selector()) {
            let account = case.find(by).await;
            let account = account.unwrap_or_else(|| panic!("a ledger is found by {by}"));
            assert_eq!(account.ledger, Some(issued.ledger.encode()), "a ledger found by {by}");
            assert_eq!(account.binding(), case.account().await.binding(), "by {by}: one account");
        }
    }
}

/// The longest possible ledger, whose links had codes as well, is stored like any other. The
/// feature `codes` makes no difference.
///
/// # Panics
/// Panics if the store breaks this property.
pub async fn the_longest_ledger_comes_back_to_the_byte<F: Fixture>(fixture: &F) {
    let case = Case::new(fixture).await;
    // Twice as many links as it holds, since the revision must cover its links and exchanges.
    for _ in 0..32 {
        case.issue().await;
    }
    let account = case.account().await;
    let full = case.ledger().await.expect("a ledger");
    let revoked = TokenIssuer::default().revoke(&full, START).expect("a change");
    let revoked = revoked.expect("a live link");
    let longest = with_codes(&revoked, START, true);
    assert_eq!(longest.encode().len(), MAX_LEDGER_BYTES, "no ledger is longer");
    for (present, next) in [(&full, &revoked), (&revoked, &longest)] {
        case.assert_committed(&account, Some(present), next, None, "the longest ledger").await;
        let stored = case.account().await.ledger;
        assert!(stored == Some(next.encode()), "the longest ledger comes back to the byte");
    }
}

/// A deleted account is not found by its login, by its id or by a link.
///
/// # Panics
/// Panics if the store breaks this property.
pub async fn a_deleted_account_is_not_found<F: Fixture>(fixture: &F) {
    let case = Case::new(fixture).await;
    let issued = case.issue().await;
    fixture.delete_account(&case.id).await;
    for by in By::all(issued.ledger.selector()) {
        assert!(case.find(by).await.is_none(), "a deleted account is not found by {by}");
    }
}

/// An account that may not reset its password is not found until it may again.
///
/// # Panics
/// Panics if the store breaks this property.
pub async fn a_disabled_account_is_not_found<F: Fixture>(fixture: &F) {
    let case = Case::new(fixture).await;
    let issued = case.issue().await;
    if !fixture.set_disabled(&case.id, true).await {
        return;
    }
    for by in By::all(issued.ledger.selector()) {
        assert!(case.find(by).await.is_none(), "a disabled account is not found by {by}");
    }
    assert!(fixture.set_disabled(&case.id, false).await, "the account may reset again");
    assert_eq!(case.ledger().await, Some(issued.ledger), "an account that may reset again");
}

/// A login that two accounts share finds neither. The find returns an error.
///
/// # Panics
/// Panics if the store breaks this property.
pub async fn a_login_of_two_accounts_is_an_error<F: Fixture>(fixture: &F) {
    let case = Case::new(fixture).await;
    if !fixture.add_namesake(&case.address, "the namesake's").await {
        return;
    }
    let found = fixture.store().find_by_login(&case.address).await;
    assert!(found.is_err(), "a login of two accounts is an error");
    let account = case.find(By::Id).await.expect("either account is found by its id");
    assert_eq!(fixture.password_hash(&account.id).await, OLD_HASH, "by its id, each is found");
}
