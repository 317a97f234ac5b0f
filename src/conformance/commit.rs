//! Properties of `commit`: what conflicts, what is written, and what a purge deletes.

use super::Fixture;
use super::case::{Case, NEEDED, NEW_HASH, OVER, START, eager_issuer, unused_address};
use super::codes::with_codes;
use crate::token::Ledger;
use time::SignedDuration;

/// A change conflicts if the ledger that it starts from is no longer the stored one.
///
/// # Panics
/// Panics if the store breaks this property.
pub async fn a_stale_revision_conflicts<F: Fixture>(fixture: &F) {
    let case = Case::new(fixture).await;
    let stale = case.issue().await;
    let account = case.account().await;
    let redeemed = case.redeemed(&account, &stale.ledger, &stale.token);
    case.issue().await;
    case.assert_conflict(&account, Some(&stale.ledger), &redeemed, "a stale revision").await;
    case.assert_untouched("a stale revision").await;
}

/// If two requests create an account's first ledger, the second one conflicts.
///
/// # Panics
/// Panics if the store breaks this property.
pub async fn a_second_first_ledger_conflicts<F: Fixture>(fixture: &F) {
    let case = Case::new(fixture).await;
    let account = case.account().await;
    let second = case.issued(&account, None);
    case.issue().await;
    case.assert_conflict(&account, None, &second.ledger, "a second first ledger").await;
    case.assert_untouched("a second first ledger").await;
}

/// A first ledger conflicts if its selector belongs to another account.
///
/// # Panics
/// Panics if the store breaks this property.
pub async fn a_taken_selector_conflicts<F: Fixture>(fixture: &F) {
    let case = Case::new(fixture).await;
    let owner = Case::new(fixture).await;
    let taken = Ledger::new(*owner.issue().await.ledger.selector());
    let account = case.account().await;
    let next = case.issued(&account, Some(&taken)).ledger;
    case.assert_conflict(&account, None, &next, "a taken selector").await;
    case.assert_untouched("a taken selector").await;
    owner.assert_untouched("a taken selector").await;
}

/// The first ledger after a purge is not the one before it, even at the same revision.
///
/// # Panics
/// Panics if the store breaks this property.
pub async fn another_ledger_at_the_same_revision_conflicts<F: Fixture>(fixture: &F) {
    let mut case = Case::forgettable_at(fixture, OVER).await;
    let account = case.account().await;
    let forgotten = case.issue().await;
    let redeemed = case.redeemed(&account, &forgotten.ledger, &forgotten.token);
    case.purge().await;
    let why = "a ledger that was purged";
    case.assert_conflict(&account, Some(&forgotten.ledger), &redeemed, why).await;

    case.start = START;
    let another = case.issue().await;
    assert_eq!(another.ledger.revision(), forgotten.ledger.revision());
    let why = "another ledger at the same revision";
    case.assert_conflict(&account, Some(&forgotten.ledger), &redeemed, why).await;
    case.assert_untouched(why).await;
    assert_eq!(case.ledger().await, Some(another.ledger), "{why}: the ledger stays");
}

/// A change conflicts if the address has changed since the account was found.
///
/// # Panics
/// Panics if the store breaks this property.
pub async fn a_changed_address_conflicts<F: Fixture>(fixture: &F) {
    let (why, address) = ("a changed address", unused_address());
    let case = Case::new(fixture).await;
    let account = case.account().await;
    let first = case.issued(&account, None);
    fixture.set_address(&case.id, &address).await;
    case.assert_conflict(&account, None, &first.ledger, why).await;

    fixture.set_address(&case.id, &case.address).await;
    let issued = case.issue().await;
    let redeemed = case.redeemed(&account, &issued.ledger, &issued.token);
    fixture.set_address(&case.id, &address).await;
    case.assert_conflict(&account, Some(&issued.ledger), &redeemed, why).await;
    case.assert_untouched(why).await;
}

/// A change conflicts if the password was changed in another way since the account was found.
///
/// # Panics
/// Panics if the store breaks this property.
pub async fn a_changed_password_conflicts<F: Fixture>(fixture: &F) {
    let why = "a password that was changed by another path";
    let case = Case::new(fixture).await;
    let account = case.account().await;
    let first = case.issued(&account, None);
    fixture.set_password_hash(&case.id, "by another path").await;
    case.assert_conflict(&account, None, &first.ledger, why).await;

    let issued = case.issue().await;
    let account = case.account().await;
    let redeemed = case.redeemed(&account, &issued.ledger, &issued.token);
    fixture.set_password_hash(&case.id, "and yet another one").await;
    case.assert_conflict(&account, Some(&issued.ledger), &redeemed, why).await;
    let stored = fixture.password_hash(&case.id).await;
    assert_eq!(stored, "and yet another one", "{why} stays");
}

/// Nothing is written for an account that was deleted since it was found, nor for a new account
/// with its address.
///
/// # Panics
/// Panics if the store breaks this property.
pub async fn a_deleted_account_conflicts<F: Fixture>(fixture: &F) {
    let why = "a deleted account";
    let case = Case::new(fixture).await;
    let account = case.account().await;
    let first = case.issued(&account, None);
    fixture.delete_account(&case.id).await;
    case.assert_conflict(&account, None, &first.ledger, why).await;

    let case = Case::new(fixture).await;
    let issued = case.issue().await;
    let account = case.account().await;
    let redeemed = case.redeemed(&account, &issued.ledger, &issued.token);
    fixture.delete_account(&case.id).await;
    case.assert_conflict(&account, Some(&issued.ledger), &redeemed, why).await;
    let successor = fixture.add_account(&case.address, "the successor's").await;
    case.assert_conflict(&account, Some(&issued.ledger), &redeemed, why).await;
    assert_eq!(fixture.password_hash(&successor).await, "the successor's", "{why}");
}

/// Nothing is written for an account that may no longer reset its password.
///
/// # Panics
/// Panics if the store breaks this property.
pub async fn a_disabled_account_conflicts<F: Fixture>(fixture: &F) {
    let why = "a disabled account";
    let case = Case::new(fixture).await;
    let account = case.account().await;
    let first = case.issued(&account, None);
    if !fixture.set_disabled(&case.id, true).await {
        return;
    }
    case.assert_conflict(&account, None, &first.ledger, why).await;
    assert!(fixture.set_disabled(&case.id, false).await, "the account may reset again");
    assert_eq!(case.ledger().await, None, "{why} got no ledger");
    case.assert_untouched(why).await;

    let issued = case.issue().await;
    let account = case.account().await;
    let redeemed = case.redeemed(&account, &issued.ledger, &issued.token);
    assert!(fixture.set_disabled(&case.id, true).await, "the account may not reset again");
    case.assert_conflict(&account, Some(&issued.ledger), &redeemed, why).await;
    assert!(fixture.set_disabled(&case.id, false).await, "the account may reset again");
    assert_eq!(case.ledger().await, Some(issued.ledger), "{why} keeps its ledger");
    case.assert_untouched(why).await;
}

/// A redemption writes the hash, ends the sessions and stores the ledger.
///
/// # Panics
/// Panics if the store breaks this property.
pub async fn a_redemption_changes_password_sessions_and_ledger<F: Fixture>(fixture: &F) {
    let case = Case::new(fixture).await;
    let issued = case.issue().await;
    let account = case.account().await;
    let redeemed = case.redeemed(&account, &issued.ledger, &issued.token);
    let present = Some(&issued.ledger);
    case.assert_committed(&account, present, &redeemed, Some(NEW_HASH), "a redemption").await;
    assert_eq!(fixture.password_hash(&case.id).await, NEW_HASH, "the new hash, to the byte");
    assert!(fixture.sessions(&case.id).await.is_none_or(|count| count == 0), "no session is left");
    assert_eq!(case.ledger().await, Some(redeemed), "the ledger");
}

/// A signed-in account holder changes the password of an account that has no ledger yet. The hash,
/// the ended sessions and the first ledger are one step, and the second of two such changes
/// conflicts.
///
/// # Panics
/// Panics if the store breaks this property.
pub async fn a_first_ledger_comes_with_a_password<F: Fixture>(fixture: &F) {
    let why = "a password with a first ledger";
    let case = Case::new(fixture).await;
    let account = case.account().await;
    let changed = || case.changed(&account, None);
    let (first, second) = (changed(), changed());
    case.assert_committed(&account, None, &first, Some(NEW_HASH), why).await;
    assert_eq!(fixture.password_hash(&case.id).await, NEW_HASH, "{why}: the new hash");
    assert!(fixture.sessions(&case.id).await.is_none_or(|count| count == 0), "{why}: no session");
    assert_eq!(case.ledger().await.as_ref(), Some(&first), "{why}: the ledger");
    case.assert_conflict(&account, None, &second, "a second password with a first ledger").await;
    assert_eq!(case.ledger().await, Some(first), "{why}: the ledger stays");
}

/// A password hash of 128 characters, of which the first and the last are spaces, is stored
/// unchanged. The next redemption works too.
///
/// # Panics
/// Panics if the store breaks this property.
pub async fn a_password_hash_is_stored_to_the_byte<F: Fixture>(fixture: &F) {
    let why = "a hash of 128 characters with spaces at its ends";
    let case = Case::new(fixture).await;
    let hash = format!(" {:x<126} ", "$argon2id$v=19$");
    for (hash, why) in [(hash.as_str(), why), (NEW_HASH, "the password after it")] {
        let issued = case.issue().await;
        let account = case.account().await;
        let redeemed = case.redeemed(&account, &issued.ledger, &issued.token);
        case.assert_committed(&account, Some(&issued.ledger), &redeemed, Some(hash), why).await;
        assert_eq!(fixture.password_hash(&case.id).await, hash, "{why}, to the byte");
    }
}

/// A redemption that conflicts changes neither password nor sessions nor ledger.
///
/// # Panics
/// Panics if the store breaks this property.
pub async fn a_conflicting_redemption_changes_nothing<F: Fixture>(fixture: &F) {
    let why = "a conflicting redemption";
    let case = Case::new(fixture).await;
    let older = case.issue().await;
    let account = case.account().await;
    let redeemed = case.redeemed(&account, &older.ledger, &older.token);
    let newer = case.issue().await;
    case.assert_conflict(&account, Some(&older.ledger), &redeemed, why).await;
    case.assert_untouched(why).await;
    assert_eq!(case.ledger().await, Some(newer.ledger), "{why}: the ledger stays");
}

/// Issuing links and revoking them changes neither password nor sessions.
///
/// # Panics
/// Panics if the store breaks this property.
pub async fn only_a_redemption_touches_password_and_sessions<F: Fixture>(fixture: &F) {
    let case = Case::new(fixture).await;
    case.issue().await;
    case.assert_untouched("a first link").await;
    let issued = case.issue().await;
    case.assert_untouched("a second link").await;
    let account = case.account().await;
    let revoked = eager_issuer().revoke(&issued.ledger, START).expect("a change");
    let revoked = revoked.expect("a live link");
    let why = "a revocation";
    case.assert_committed(&account, Some(&issued.ledger), &revoked, None, why).await;
    case.assert_untouched(why).await;
}

/// A redemption of one account changes no other account.
///
/// # Panics
/// Panics if the store breaks this property.
pub async fn only_the_own_account_is_changed<F: Fixture>(fixture: &F) {
    let (case, other) = (Case::new(fixture).await, Case::new(fixture).await);
    let others = other.issue().await;
    let issued = case.issue().await;
    let account = case.account().await;
    let redeemed = case.redeemed(&account, &issued.ledger, &issued.token);
    let present = Some(&issued.ledger);
    case.assert_committed(&account, present, &redeemed, Some(NEW_HASH), "a redemption").await;
    other.assert_untouched("another account's redemption").await;
    assert_eq!(other.ledger().await, Some(others.ledger), "another account's ledger");
}

/// A purge keeps a ledger until it may be forgotten, and deletes it at most a minute later. The
/// account then has no ledger, and may get a first one again.
///
/// # Panics
/// Panics if the store breaks this property.
pub async fn a_purge_forgets_only_what_is_forgettable<F: Fixture>(fixture: &F) {
    let needed = Case::forgettable_at(fixture, NEEDED).await;
    let mut over = Case::forgettable_at(fixture, OVER).await;
    let (kept, forgotten) = (needed.issue().await, over.issue().await);
    let (typed, counted) = kept_for_a_wrong_code(fixture).await;
    over.purge().await;
    assert_eq!(needed.ledger().await, Some(kept.ledger), "a ledger is kept while it is needed");
    let why = "a ledger is kept for 30 days after a wrong code";
    assert_eq!(typed.ledger().await, Some(counted), "{why}");
    let selector = forgotten.ledger.selector();
    over.assert_unknown(selector, "a forgotten ledger's").await;
    over.start = START;
    over.issue().await;
    over.assert_unknown(selector, "a ledger's before the present one").await;
    over.assert_untouched("a purge").await;
}

/// Returns an account whose ledger the purge must keep because of a wrong code, although its links
/// have all expired long ago.
async fn kept_for_a_wrong_code<F: Fixture>(fixture: &F) -> (Case<'_, F>, Ledger) {
    let mut case = Case::forgettable_at(fixture, NEEDED).await;
    let first = case.issue().await.ledger;
    let counted = with_codes(&first, NEEDED - SignedDuration::days(30), false);
    let account = case.account().await;
    case.assert_committed(&account, Some(&first), &counted, None, "a wrong code").await;
    // The purge of another run may come at any time. Until now, the first link protected the
    // ledger.
    case.start -= SignedDuration::HOUR;
    for _ in 0..16 {
        case.issue().await;
    }
    let ledger = case.ledger().await.expect("a ledger that another purge keeps as well");
    (case, ledger)
}
