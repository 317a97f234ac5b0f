use super::Fixture;
use super::case::{Case, OLD_HASH, START, unused_address};
use crate::store::Store;
use crate::token::{MAX_LEDGER_BYTES, TokenIssuer};

/// The stored address comes back to the byte, and there is no ledger yet.
///
/// # Panics
/// Where the store does otherwise.
pub async fn an_account_is_found_as_it_is_stored<F: Fixture>(fixture: &F) {
    let case = Case::new(fixture).await;
    let account = case.account().await;
    assert_eq!(account.address, case.address, "the address is the stored one");
    assert_eq!(account.ledger, None, "an account that never asked has no ledger");
    assert_eq!(account.binding(), case.account().await.binding(), "and nothing changes it");
    assert_eq!(fixture.password_hash(&account.id).await, OLD_HASH, "the id is the account's");
}

/// Whatever is typed, what is nobody's finds nobody and is no error.
///
/// # Panics
/// Where the store does otherwise.
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
    let (nobodys, longest) = (unused_address(), "a".repeat(1024));
    for login in odd.into_iter().chain([nobodys.as_str(), longest.as_str()]) {
        let found = fixture.store().find_by_login(login).await.expect("an answer");
        assert!(found.is_none(), "the login {login:?} is nobody's");
    }
    let issued = case.issued(&case.account().await, None);
    let found = fixture.store().find_by_selector(issued.ledger.selector()).await;
    assert!(found.expect("an answer").is_none(), "a ledger that was not committed is not found");
}

/// A committed ledger is found by the login and by its selector, to the byte.
///
/// # Panics
/// Where the store does otherwise.
pub async fn a_ledger_comes_back_to_the_byte<F: Fixture>(fixture: &F) {
    let case = Case::new(fixture).await;
    for _ in 0..3 {
        let issued = case.issue().await;
        let by_selector = fixture.store().find_by_selector(issued.ledger.selector()).await;
        let by_selector = by_selector.expect("an answer").expect("it is found by its selector");
        let by_login = case.account().await;
        assert_eq!(by_login.ledger, Some(issued.ledger.encode()), "found by login");
        assert_eq!(by_selector.ledger, by_login.ledger, "found by selector");
        assert_eq!(by_selector.binding(), by_login.binding(), "both find one account");
    }
}

/// A full ledger is stored like any other.
///
/// # Panics
/// Where the store does otherwise.
pub async fn the_longest_ledger_comes_back_to_the_byte<F: Fixture>(fixture: &F) {
    let case = Case::new(fixture).await;
    for _ in 0..16 {
        case.issue().await;
    }
    let account = case.account().await;
    let full = case.ledger().await.expect("a ledger");
    let revoked = TokenIssuer::default().revoke(&full, START).expect("a change");
    let revoked = revoked.expect("a live link");
    assert_eq!(revoked.encode().len(), MAX_LEDGER_BYTES, "no ledger is longer");
    case.assert_committed(&account, Some(&full), &revoked, None, "the longest ledger").await;
    assert_eq!(case.ledger().await, Some(revoked), "the longest ledger");
}

/// Nobody finds a deleted account, and its links lead nowhere.
///
/// # Panics
/// Where the store does otherwise.
pub async fn a_deleted_account_is_not_found<F: Fixture>(fixture: &F) {
    let case = Case::new(fixture).await;
    let issued = case.issue().await;
    fixture.delete_account(&case.id).await;
    let by_login = fixture.store().find_by_login(&case.address).await.expect("an answer");
    assert!(by_login.is_none(), "a deleted account is not found by its login");
    let by_selector = fixture.store().find_by_selector(issued.ledger.selector()).await;
    assert!(by_selector.expect("an answer").is_none(), "nor by its ledger's selector");
}
