//! The transaction of a new password. Its first statement locks the account's row.

use super::values::Values;
use super::{AccountId, Applied, Driver, SqlError, SqlStore, Step, Trouble};
use crate::store::{Change, Commit, Store};
use crate::token::Ledger;
use alloc::vec;
use alloc::vec::Vec;

impl<D: Driver, Id: AccountId> SqlStore<D, Id> {
    /// Returns the steps of the transaction, in order:
    ///
    /// 1. the password, which locks the account's row,
    /// 2. the sessions and the host's other statements,
    /// 3. the ledger, if the locked account is as expected and has the new password.
    ///
    /// The last condition also fails if the server dropped the transaction on the way without an
    /// error, as a cluster's may.
    pub(super) fn redemption<'a>(&'a self, values: &'a Values<'_>) -> Vec<Step<'a>> {
        let by_link = self.sql.also_by_link.iter().filter(|_| values.is_by_link);
        let more = self.sql.end_sessions.iter().chain(&self.sql.also).chain(by_link);
        let more = more.map(|statement| values.step(statement, None));
        let mut steps = vec![values.step(&self.sql.set_password, Some(1))];
        steps.extend(more);
        let swap = if values.expected == 0 { &self.sql.change } else { &self.sql.redeem };
        steps.push(values.step(swap, Some(1)));
        steps
    }

    pub(super) async fn redeem(
        &self,
        change: &Change<'_, Id>,
        values: &Values<'_>,
    ) -> Result<Commit, SqlError> {
        let steps = self.redemption(values);
        let applied = match self.apply(Some(D::DATABASE.begin()), &steps).await {
            Err(error) if values.is_taken(&error) && !self.is_key_of_host(change).await? => {
                return Ok(Commit::Conflict);
            }
            applied => applied?,
        };
        match applied {
            Applied::All(rows) => {
                let sessions = rows.iter().skip(1).take(self.sql.end_sessions.len()).sum();
                let ended_sessions = self.counts_sessions.then_some(sessions);
                Ok(Commit::Committed { ended_sessions })
            }
            Applied::Not { step, rows } => {
                let refused = refused(step, rows);
                if refused == Trouble::SeveralPasswords || self.is_unchanged(change).await? {
                    return Err(refused.into());
                }
                Ok(Commit::Conflict)
            }
        }
    }

    /// Returns whether the duplicate key is in one of the host's own tables: the account still has
    /// no ledger, and no ledger has the selector.
    async fn is_key_of_host(&self, change: &Change<'_, Id>) -> Result<bool, SqlError> {
        let owner = self.find_by_selector(change.selector()).await?;
        Ok(owner.is_none() && self.is_unchanged(change).await?)
    }

    /// Returns whether the account is still as the change expects it. If so, the change failed for
    /// another reason than a conflict.
    async fn is_unchanged(&self, change: &Change<'_, Id>) -> Result<bool, SqlError> {
        let found = self.find_by_id(change.account_id()).await?;
        Ok(found.is_some_and(|found| {
            let ledger = found.ledger.as_deref().and_then(|bytes| Ledger::decode(bytes).ok());
            let revision = ledger.as_ref().map_or(0, Ledger::revision);
            found.address == change.address()
                && found.stamp == change.stamp()
                && revision == change.expected_revision()
                && ledger.is_none_or(|ledger| ledger.selector() == change.selector())
        }))
    }
}

/// What it means that a step of a redemption changed this number of rows, if the account is as
/// expected.
pub(super) const fn refused(step: usize, rows: u64) -> Trouble {
    match (step, rows) {
        (0, 0) => Trouble::NoPassword,
        (0, _) => Trouble::SeveralPasswords,
        _ => Trouble::OtherPassword,
    }
}
