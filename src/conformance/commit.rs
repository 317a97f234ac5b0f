use super::Fixture;
use super::case::{Case, NEW_HASH, START, eager_issuer, unused_address};
use crate::token::Ledger;
use time::SignedDuration;

/// A change from a ledger that was swapped meanwhile is refused.
///
/// # Panics
/// Where the store does otherwise.
pub async fn a_stale_revision_conflicts<F: Fixture>(fixture: &F) {
    let case = Case::new(fixture).await;
    let stale = case.issue().await;
    let account = case.account().await;
    let redeemed = case.redeemed(&account, &stale.ledger, &stale.token);
    case.issue().await;
    case.assert_conflict(&account, Some(&stale.ledger), &redeemed, "a stale revision").await;
    case.assert_untouched("a stale revision").await;
}

/// Where two make the account's first ledger, the second is refused.
///
/// # Panics
/// Where the store does otherwise.
pub async fn a_second_first_ledger_conflicts<F: Fixture>(fixture: &F) {
    let case = Case::new(fixture).await;
    let account = case.account().await;
    let second = case.issued(&account, None);
    case.issue().await;
    case.assert_conflict(&account, None, &second.ledger, "a second first ledger").await;
    case.assert_untouched("a second first ledger").await;
}

/// A first ledger with the selector of another account's is refused.
///
/// # Panics
/// Where the store does otherwise.
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

/// A ledger that was purged and begun anew is another one, even at the same revision.
///
/// # Panics
/// Where the store does otherwise.
pub async fn another_ledger_at_the_same_revision_conflicts<F: Fixture>(fixture: &F) {
    let case = Case::new(fixture).await;
    let forgotten = case.issue().await;
    let account = case.account().await;
    let redeemed = case.redeemed(&account, &forgotten.ledger, &forgotten.token);
    fixture.purge(forgotten.ledger.forgettable_at().saturating_add(SignedDuration::DAY)).await;
    let why = "a ledger that was purged";
    case.assert_conflict(&account, Some(&forgotten.ledger), &redeemed, why).await;

    let anew = case.issue().await;
    assert_eq!(anew.ledger.revision(), forgotten.ledger.revision());
    let why = "another ledger at the same revision";
    case.assert_conflict(&account, Some(&forgotten.ledger), &redeemed, why).await;
    case.assert_untouched(why).await;
    assert_eq!(case.ledger().await, Some(anew.ledger), "{why}: the ledger stays");
}

/// A link dies with the address that it was sent to, up to the last moment.
///
/// # Panics
/// Where the store does otherwise.
pub async fn a_changed_address_conflicts<F: Fixture>(fixture: &F) {
    assert_address_counts(&Case::new(fixture).await, &unused_address()).await;
}

/// Addresses are compared to the byte, whatever the column's collation.
///
/// # Panics
/// Where the store does otherwise.
pub async fn an_address_in_another_case_conflicts<F: Fixture>(fixture: &F) {
    let case = Case::new(fixture).await;
    assert_address_counts(&case, &case.address.to_lowercase()).await;
}

async fn assert_address_counts<F: Fixture>(case: &Case<'_, F>, address: &str) {
    let why = "a changed address";
    let account = case.account().await;
    let first = case.issued(&account, None);
    case.fixture.set_address(&case.id, address).await;
    case.assert_conflict(&account, None, &first.ledger, why).await;

    case.fixture.set_address(&case.id, &case.address).await;
    let issued = case.issue().await;
    let redeemed = case.redeemed(&account, &issued.ledger, &issued.token);
    case.fixture.set_address(&case.id, address).await;
    case.assert_conflict(&account, Some(&issued.ledger), &redeemed, why).await;
    case.assert_untouched(why).await;
}

/// A password that was changed by another path meanwhile stays.
///
/// # Panics
/// Where the store does otherwise.
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
    fixture.set_password_hash(&case.id, "by another path again").await;
    case.assert_conflict(&account, Some(&issued.ledger), &redeemed, why).await;
    let stored = fixture.password_hash(&case.id).await;
    assert_eq!(stored, "by another path again", "{why} stays");
}

/// Nothing is written for an account that was deleted meanwhile, nor for one that was
/// made in its place.
///
/// # Panics
/// Where the store does otherwise.
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

/// A redemption writes the hash, ends the sessions and stores the ledger.
///
/// # Panics
/// Where the store does otherwise.
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

/// A redemption that conflicts leaves password, sessions and ledger as they are.
///
/// # Panics
/// Where the store does otherwise.
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

/// Asking for links and revoking them leaves password and sessions alone.
///
/// # Panics
/// Where the store does otherwise.
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

/// What one account does, no other notices.
///
/// # Panics
/// Where the store does otherwise.
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

/// A ledger is kept until it is forgettable and gone a little later; then the account
/// begins anew.
///
/// # Panics
/// Where the store does otherwise.
pub async fn a_purge_forgets_only_what_is_forgettable<F: Fixture>(fixture: &F) {
    let case = Case::new(fixture).await;
    let issued = case.issue().await;
    let (selector, forgettable_at) = (*issued.ledger.selector(), issued.ledger.forgettable_at());
    fixture.purge(forgettable_at.saturating_sub(SignedDuration::NANOSECOND)).await;
    assert_eq!(case.ledger().await, Some(issued.ledger), "a ledger is kept while it is needed");
    fixture.purge(forgettable_at.saturating_add(SignedDuration::MINUTE)).await;
    assert_eq!(case.ledger().await, None, "a ledger that nobody can ask about is forgotten");
    case.assert_nobodys(&selector, "a forgotten ledger's").await;
    case.issue().await;
    case.assert_nobodys(&selector, "a ledger's before the present one").await;
    case.assert_untouched("a purge").await;
}
