//! A commit: one statement for a change of the ledger alone, a redemption for a new password.

use super::values::Values;
use super::{AccountId, Applied, Driver, SqlError, SqlStore};
use crate::store::{Change, Commit};

impl<D: Driver, Id: AccountId> SqlStore<D, Id> {
    pub(super) async fn try_commit(&self, change: &Change<'_, Id>) -> Result<Commit, SqlError> {
        // A stamp that is not text is not from this store.
        let Ok(stamp) = core::str::from_utf8(change.stamp()) else { return Ok(Commit::Conflict) };
        let ledger = change.ledger();
        let values = Values {
            id: change.account_id().to_text(),
            address: change.address(),
            stamp,
            hash: change.password_hash().unwrap_or_default(),
            selector: change.selector().as_bytes(),
            expected: change.expected_revision(),
            next: ledger.revision(),
            ledger: ledger.encode(),
            newest: ledger.newest(),
            forgettable_at: ledger.forgettable_second(),
            is_by_link: change.is_by_link(),
        };
        if change.password_hash().is_some() {
            return self.redeem(change, &values).await;
        }
        let swap = if values.expected == 0 { &self.sql.insert } else { &self.sql.update };
        match self.apply(None, &[values.step(swap, Some(1))]).await {
            Err(error) if values.is_taken(&error) => Ok(Commit::Conflict),
            applied => Ok(Commit::from(matches!(applied?, Applied::All(_)))),
        }
    }
}
