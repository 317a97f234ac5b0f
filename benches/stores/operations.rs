//! The operations that are timed, each on a random account.

use crate::accounts::{Accounts, Database, first_ledger, now, selector, soon, with};
use crate::by_hand::Purge;
use crate::host::address;
use crate::support::HASH;
use password_reset::adapters::sql::{Driver, SqlStore};
use password_reset::store::{Account, Change, Commit, Store};
use password_reset::token::{Ledger, Selector};
use std::fmt;
use time::UtcDateTime;
use tokio::runtime::Runtime;

#[derive(Clone, Copy)]
pub(crate) enum Operation {
    FindByLogin,
    FindBySelector,
    FirstLink,
    NextLink,
    Redemption,
    EmptyPurge,
}

pub(crate) const OPERATIONS: [Operation; 6] = [
    Operation::FindByLogin,
    Operation::FindBySelector,
    Operation::FirstLink,
    Operation::NextLink,
    Operation::Redemption,
    Operation::EmptyPurge,
];

impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::FindByLogin => "find by login",
            Self::FindBySelector => "find by selector",
            Self::FirstLink => "commit of an account's first link",
            Self::NextLink => "commit of a further link",
            Self::Redemption => "commit of a redemption",
            Self::EmptyPurge => "purge of nothing",
        })
    }
}

/// An operation with its data.
pub(crate) enum Step {
    FindByLogin(String),
    FindBySelector(Selector),
    Commit(Box<Swap>),
    Purge,
}

pub(crate) struct Swap {
    account: Account<i64>,
    present: Option<Ledger>,
    next: Ledger,
    hash: Option<String>,
}

/// A store of any type, with its accounts.
pub(crate) trait Subject {
    fn prepare(&self, operation: Operation) -> Step;
    fn run(&self, step: &Step);
}

pub(crate) struct Side<'a, DB: Database, S> {
    runtime: &'a Runtime,
    accounts: &'a Accounts<DB>,
    store: S,
    next: Ledger,
}

impl<'a, DB: Database, S> Side<'a, DB, S> {
    pub(crate) fn new(runtime: &'a Runtime, accounts: &'a Accounts<DB>, store: S) -> Self {
        Self { runtime, accounts, store, next: first_ledger() }
    }
}

impl<DB: Database, S: Store<AccountId = i64> + Purge> Subject for Side<'_, DB, S> {
    fn prepare(&self, operation: Operation) -> Step {
        let (id, tables) = (self.accounts.any(), self.accounts.tables.prefix());
        let find = || {
            let account = self.runtime.block_on(self.store.find_by_login(&address(id)));
            account.expect("the database answers").expect("it is an account")
        };
        let write = |sql: String| {
            self.runtime.block_on(DB::run(&self.accounts.pool, sql)).expect("it can be written");
        };
        match operation {
            Operation::FindByLogin => Step::FindByLogin(address(id)),
            Operation::FindBySelector => Step::FindBySelector(selector(id)),
            Operation::FirstLink => {
                write(format!("DELETE FROM {tables}_ledgers WHERE account_id = {id}"));
                let next = with(&self.next, &selector(id), 1, soon());
                Step::Commit(Box::new(Swap { account: find(), present: None, next, hash: None }))
            }
            Operation::NextLink => change(&self.next, find(), None),
            Operation::Redemption => {
                write(format!("INSERT INTO {tables}_sessions VALUES ({id}, '')"));
                change(&self.next, find(), Some(new_hash()))
            }
            Operation::EmptyPurge => Step::Purge,
        }
    }

    fn run(&self, step: &Step) {
        match step {
            Step::FindByLogin(login) => {
                let found = self.runtime.block_on(self.store.find_by_login(login));
                assert!(found.is_ok_and(|found| found.is_some()));
            }
            Step::FindBySelector(selector) => {
                let found = self.runtime.block_on(self.store.find_by_selector(selector));
                assert!(found.is_ok_and(|found| found.is_some()));
            }
            Step::Commit(swap) => {
                let Swap { account, present, next, hash } = &**swap;
                let change = Change::new(account, present.as_ref(), next, hash.as_deref());
                let commit = self.runtime.block_on(self.store.commit(&change));
                assert!(commit.is_ok_and(Commit::is_committed));
            }
            Step::Purge => assert_eq!(self.runtime.block_on(self.store.purge(now())), 0),
        }
    }
}

/// Issues a further link, or redeems the present one if there is a `hash`.
fn change(next: &Ledger, account: Account<i64>, hash: Option<String>) -> Step {
    let bytes = account.ledger.as_deref().expect("it has a link");
    let present = Ledger::decode(bytes).expect("it is a ledger");
    let issued_at = match (&hash, present.newest()) {
        (Some(_), Some(newest)) => newest.issued_at(),
        _ => soon(),
    };
    let next = with(next, present.selector(), present.revision() + 1, issued_at);
    Step::Commit(Box::new(Swap { account, present: Some(present), next, hash }))
}

/// A hash that no account has, as long as one of Argon2id.
pub(crate) fn new_hash() -> String {
    format!("{:0width$}", getrandom::u64().expect("there is a generator"), width = HASH.len())
}

impl<D: Driver> Purge for SqlStore<D, i64> {
    async fn purge(&self, now: UtcDateTime) -> u64 {
        Self::purge(self, now).await.expect("nothing is in the way")
    }
}
