//! A redemption that is ready to be committed and watched.

use super::case::{ATTEMPTS, By, Case, NEW_HASH, OLD_HASH};
use super::{Fixture, Id};
use crate::store::{Account, Change, Store};
use crate::token::Ledger;

/// A good link of an account with a session, and the change that redeems it.
pub(super) struct Redemption<'a, F: Fixture> {
    pub(super) case: Case<'a, F>,
    pub(super) before: Account<Id<F>>,
    pub(super) present: Ledger,
    pub(super) next: Ledger,
}

impl<'a, F: Fixture> Redemption<'a, F> {
    pub(super) async fn new(fixture: &'a F) -> Self {
        let case = Case::new(fixture).await;
        let issued = case.issue().await;
        let before = case.account().await;
        let next = case.redeemed(&before, &issued.ledger, &issued.token);
        Self { case, before, present: issued.ledger, next }
    }

    pub(super) fn change(&self) -> Change<'_, Id<F>> {
        Change::new(&self.before, Some(&self.present), &self.next, Some(NEW_HASH))
    }

    pub(super) async fn commit(&self) {
        let Self { case, before, present, next } = self;
        let why = "a redemption under observation";
        case.assert_committed(before, Some(present), next, Some(NEW_HASH), why).await;
    }

    /// Commits the redemption, which may be committed already.
    pub(super) async fn commit_at_last(&self) {
        let change = self.change();
        let mut answers = Vec::new();
        for _ in 0..ATTEMPTS {
            if self.case.is_stored(&self.next).await {
                return;
            }
            answers.push(self.case.fixture.store().commit(&change).await);
        }
        panic!("a commit that was dropped can be retried: {answers:?}");
    }

    /// Reads everything once, and asserts that it is of one moment. What is read before the find is
    /// not newer than it, and what is read after the find is not older.
    pub(super) async fn look(&self, by: By<'_>) {
        let (fixture, id) = (self.case.fixture, &self.case.id);
        let (hash, sessions) = (fixture.password_hash(id).await, fixture.sessions(id).await);
        let found = self.case.find(by).await;
        let found = found.unwrap_or_else(|| panic!("an account is found by {by}"));
        if found.ledger == Some(self.next.encode()) {
            let (hash, sessions) = (fixture.password_hash(id).await, fixture.sessions(id).await);
            let seen = "somebody who looks sees the link used";
            assert_ne!(found.stamp, self.before.stamp, "{seen} and the old stamp, by {by}");
            assert_eq!(hash, NEW_HASH, "{seen} and the old password");
            assert!(sessions.is_none_or(|count| count == 0), "{seen} and a session");
        } else {
            let seen = "somebody who looks sees the link unused";
            assert_eq!(found.ledger, Some(self.present.encode()), "one of two ledgers");
            assert_eq!(found.stamp, self.before.stamp, "{seen} and the new stamp, by {by}");
            assert_eq!(hash, OLD_HASH, "{seen} and the new password");
            assert!(sessions.is_none_or(|count| count == 1), "{seen} and no session");
        }
    }
}
