//! How a change is committed: a swap is one statement, a redemption one transaction.

use super::host_sql::Name;
use super::statements::Composed;
use super::{
    AccountId, Applied, Database, Driver, SqlError, SqlStore, Statement, Step, Trouble, Value,
};
use crate::store::{Account, Change, Commit, Store};
use crate::token::{Issue, Ledger};
use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;
use time::UtcDateTime;

/// What a change writes and compares, each under its name.
struct Values<'a> {
    id: String,
    address: &'a str,
    stamp: &'a str,
    hash: &'a str,
    selector: &'a [u8],
    expected: i64,
    next: i64,
    ledger: Vec<u8>,
    newest: Option<&'a Issue>,
    forgettable_at: i64,
    is_by_link: bool,
}

impl Values<'_> {
    fn of(&self, name: Name) -> Value<'_> {
        let seconds = |time: fn(&Issue) -> UtcDateTime| {
            Value::Integer(self.newest.map_or(0, |issue| time(issue).unix_timestamp()))
        };
        match name {
            Name::Id | Name::IdText => Value::from(&*self.id),
            Name::Address | Name::Login => Value::from(self.address),
            Name::Stamp | Name::StampText => Value::from(self.stamp),
            Name::Hash => Value::from(self.hash),
            Name::Selector => Value::Bytes(Cow::Borrowed(self.selector)),
            Name::Expected => Value::Integer(self.expected),
            Name::Revision => Value::Integer(self.next),
            Name::Ledger => Value::Bytes(Cow::Borrowed(&self.ledger)),
            Name::State => Value::from(self.newest.map_or("", |issue| issue.state().code())),
            Name::IssuedAt => seconds(Issue::issued_at),
            Name::ExpiresAt => seconds(Issue::expires_at),
            Name::ForgettableAt | Name::Now => Value::Integer(self.forgettable_at),
        }
    }

    /// Whether somebody else made the account's first ledger, or has the selector.
    fn is_taken(&self, error: &SqlError) -> bool {
        self.expected == 0 && error.trouble() == Trouble::Duplicate
    }

    fn step<'a>(&'a self, composed: &'a Composed, rows: Option<u64>) -> Step<'a> {
        let values = composed.names.iter().map(|name| self.of(*name)).collect();
        Step { statement: &composed.statement, values, rows }
    }
}

impl<D: Driver, Id: AccountId> SqlStore<D, Id> {
    pub(super) async fn try_commit(&self, change: &Change<'_, Id>) -> Result<Commit, SqlError> {
        // What is not text was never this store's stamp.
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

    /// The password first, which locks the account's row; then what belongs to it; then the ledger,
    /// if behind that lock the account is as expected and has the new password. So a transaction that
    /// a server gave up on the way without saying so, as a cluster's may, does not end as a success.
    fn redemption<'a>(&'a self, values: &'a Values<'_>) -> Vec<Step<'a>> {
        let by_link = self.sql.also_by_link.iter().filter(|_| values.is_by_link);
        let more = self.sql.end_sessions.iter().chain(&self.sql.also).chain(by_link);
        let more = more.map(|statement| values.step(statement, None));
        let mut steps = vec![values.step(&self.sql.set_password, Some(1))];
        steps.extend(more);
        let swap = if values.expected == 0 { &self.sql.change } else { &self.sql.redeem };
        steps.push(values.step(swap, Some(1)));
        steps
    }

    async fn redeem(
        &self,
        change: &Change<'_, Id>,
        values: &Values<'_>,
    ) -> Result<Commit, SqlError> {
        let steps = self.redemption(values);
        let applied = match self.apply(Some(D::DATABASE.begin()), &steps).await {
            Err(error) if values.is_taken(&error) && !self.is_hosts(change).await? => {
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

    /// Whether a key that is taken, where a first ledger was to come with a password, is one of the
    /// host's own tables: nobody has made a ledger, nor has the selector.
    async fn is_hosts(&self, change: &Change<'_, Id>) -> Result<bool, SqlError> {
        let owner = self.find_by_selector(change.selector()).await?;
        Ok(owner.is_none() && self.is_unchanged(change).await?)
    }

    /// Whether the account is still as the change expects it, so that no other is the reason why it
    /// was not made.
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

    /// Runs a redemption of the account that has this login, and takes it back: for a host's own
    /// test of its statements. It finds what [`open`](super::SqlStoreBuilder::open) cannot see
    /// without running them: a wrong column, a shortened hash, a policy, a trigger.
    ///
    /// `hash` is one as your hasher makes it, other than the account's present one.
    ///
    /// # Errors
    /// What a redemption would fail with, and [`Trouble::NoAccount`].
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
        // The ledger's revision is another by now, so this changes nothing, and all is rolled back.
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

/// What a step of a redemption means that changed so many rows of an account that is as expected.
const fn refused(step: usize, rows: u64) -> Trouble {
    match (step, rows) {
        (0, 0) => Trouble::NoPassword,
        (0, _) => Trouble::SeveralPasswords,
        _ => Trouble::OtherPassword,
    }
}
