//! The values that a change writes and compares.

use super::name::Name;
use super::statements::Composed;
use super::{SqlError, Step, Trouble, Value};
use crate::token::Issue;
use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;
use time::UtcDateTime;

/// The values of one change.
pub(super) struct Values<'a> {
    pub(super) id: String,
    pub(super) address: &'a str,
    pub(super) stamp: &'a str,
    pub(super) hash: &'a str,
    pub(super) selector: &'a [u8],
    pub(super) expected: i64,
    pub(super) next: i64,
    pub(super) ledger: Vec<u8>,
    pub(super) newest: Option<&'a Issue>,
    pub(super) forgettable_at: i64,
    pub(super) is_by_link: bool,
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

    /// Returns whether another request created the account's first ledger, or another ledger has
    /// the selector.
    pub(super) fn is_taken(&self, error: &SqlError) -> bool {
        self.expected == 0 && error.trouble() == Trouble::Duplicate
    }

    pub(super) fn step<'a>(&'a self, composed: &'a Composed, rows: Option<u64>) -> Step<'a> {
        let values = composed.names.iter().map(|name| self.of(*name)).collect();
        Step { statement: &composed.statement, values, rows }
    }
}
