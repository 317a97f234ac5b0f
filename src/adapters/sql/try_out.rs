//! A redemption that is rolled back, for tests of your statements.

use super::redemption::refused;
use super::values::Values;
use super::{AccountId, Applied, Database, Driver, SqlError, SqlStore, Statement, Step, Trouble};
use crate::store::{Account, Store};
use crate::token::Ledger;
use alloc::vec::Vec;

impl<D: Driver, Id: AccountId> SqlStore<D, Id> {
    /// Runs a redemption for the account with this login, and rolls it back. Call it in a test of
    /// your statements.
    ///
    /// It finds what [`open`](super::SqlStoreBuilder::open) cannot see without running the
    /// statements: a wrong column, a shortened hash, a policy, a trigger. `hash` is a hash as your
    /// hasher returns it, and differs from the account's present one.
    ///
    /// # Errors
    /// Fails with the error that a redemption would fail with, or with [`Trouble::NoAccount`].
    pub async fn try_out(&self, login: &str, hash: &str) -> Result<(), SqlError> {
        let found = self.find_by_login(login).await?;
        let account: Account<Id> = found.ok_or(Trouble::NoAccount)?;
        let present = account.ledger.as_deref().and_then(|bytes| Ledger::decode(bytes).ok());
        let expected = present.as_ref().map_or(1, Ledger::revision);
        let values = |next, expected| Values {
            id: account.id.to_text(),
            address: &account.address,
            stamp: core::str::from_utf8(&account.stamp).unwrap_or_default(),
            hash,
            selector: present.as_ref().map_or(&[0; 12], |ledger| ledger.selector().as_bytes()),
            expected,
            next,
            ledger: Vec::new(),
            newest: None,
            forgettable_at: 0,
            is_by_link: true,
        };
        let (first, second) = (values(1, 0), values(expected.saturating_add(1), expected));
        let mut steps = Vec::new();
        if present.is_none() {
            steps.push(first.step(&self.sql.insert, Some(1)));
        }
        let redemption = steps.len();
        steps.extend(self.redemption(&second));
        let deferred = Statement::new("SET CONSTRAINTS ALL IMMEDIATE", []);
        if D::DATABASE == Database::Postgres {
            steps.push(Step { statement: &deferred, values: Vec::new(), rows: None });
        }
        // The ledger's revision has changed, so this step changes no row, and everything is rolled
        // back.
        steps.push(second.step(&self.sql.update, Some(1)));
        match self.apply(Some(D::DATABASE.begin()), &steps).await? {
            Applied::Not { step, .. } if step + 1 == steps.len() => Ok(()),
            Applied::Not { step, rows } if step >= redemption => {
                Err(refused(step - redemption, rows).into())
            }
            _ => Err(Trouble::Conflict.into()),
        }
    }
}
