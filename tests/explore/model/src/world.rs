//! The state: an account with its ledger, the clock, the mails, and who is in the middle of what.

use crate::flow::Flow;
use crate::ports::Answer;
use crate::properties::Property;
use crate::truth::Truth;
use password_reset::store::{Account, Change};
use password_reset::token::{Binding, IssueKind, Ledger};
use std::sync::Arc;

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct World {
    pub(crate) clock: i64,
    pub(crate) account: Option<Row>,
    /// The links that are in the mail, in a mailbox, or in several. Whoever opens one may do so at
    /// any time, in any order, again, or never: so the mail delays, reorders, duplicates and loses.
    pub(crate) mails: Vec<Mail>,
    pub(crate) processes: Vec<Process>,
    /// Swaps whose askers were told of an error, and which may yet take effect.
    pub(crate) under_way: Vec<Arc<Order>>,
    /// What must be so, kept beside the ledger.
    pub(crate) truth: Truth,
    /// How often each thing outside the flows may still happen.
    pub(crate) left: Left,
    pub(crate) broken: Vec<Property>,
}

impl World {
    pub(crate) fn deliver(&mut self, mail: Mail) {
        self.mails.push(mail);
        self.mails.sort_unstable_by(|a, b| (a.by, &a.token).cmp(&(b.by, &b.token)));
        self.mails.dedup();
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Left {
    pub(crate) jumps: Vec<u8>,
    pub(crate) deeds: Vec<u8>,
    pub(crate) faults: u8,
}

/// The account as it is stored.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Row {
    pub(crate) id: u8,
    pub(crate) address: Arc<str>,
    pub(crate) stamp: Arc<str>,
    pub(crate) has_password: bool,
    /// Whether the host says so when a password is set.
    pub(crate) tells_passwords: bool,
    pub(crate) ledger: Option<Arc<[u8]>>,
}

impl Row {
    pub(crate) fn account(&self) -> Account<u8> {
        let ledger = self.ledger.as_deref().map(<[u8]>::to_vec);
        let mut account = Account::new(self.id, &*self.address, self.stamp.as_bytes(), ledger);
        account.has_password = self.has_password;
        account
    }

    pub(crate) fn binding(&self) -> Binding {
        self.account().binding()
    }

    /// The ledger, where there is one and it can be read.
    pub(crate) fn ledger(&self) -> Option<Ledger> {
        Ledger::decode(self.ledger.as_deref()?).ok()
    }
}

/// A [`Change`] that outlives its asker.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Swap {
    pub(crate) account_id: u8,
    pub(crate) address: Arc<str>,
    pub(crate) stamp: Arc<[u8]>,
    pub(crate) selector: [u8; 12],
    pub(crate) expected_revision: i64,
    pub(crate) ledger: Arc<[u8]>,
    pub(crate) password_hash: Option<Arc<str>>,
}

impl Swap {
    pub(crate) fn of(change: &Change<'_, u8>) -> Self {
        Self {
            account_id: *change.account_id(),
            address: change.address().into(),
            stamp: change.stamp().into(),
            selector: *change.selector().as_bytes(),
            expected_revision: change.expected_revision(),
            ledger: change.ledger().encode().into(),
            password_hash: change.password_hash().map(Arc::from),
        }
    }
}

/// A swap that a process asks for, and what it means to do by it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Order {
    pub(crate) process: u8,
    pub(crate) swap: Arc<Swap>,
    pub(crate) intent: Intent,
    /// What the clock said when it was decided on.
    pub(crate) decided_at: i64,
    /// Whether the account had a password when it was found for that decision.
    pub(crate) found_password: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Intent {
    Issue {
        token: Arc<str>,
        /// The digits of its code, where the issuer has codes.
        code: Option<Arc<str>>,
        kind: IssueKind,
        lifetime: i64,
        asked: Asked,
    },
    Redeem {
        token: Arc<str>,
    },
    Cancel {
        token: Arc<str>,
    },
    Revoke,
    /// Of the password, by somebody who is signed in.
    Change {
        /// Of the issue that marks the change, and of no link.
        token: Arc<str>,
        /// The stamp of the password that was verified.
        verified: Arc<str>,
    },
    /// Of a code, or of one more wrong one.
    Exchange {
        typed: Arc<str>,
        /// The one that a right code is exchanged for.
        token: Arc<str>,
    },
}

/// Who asked for a link.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Asked {
    Anybody,
    /// Who answers for how often.
    TheHost,
    TheHolderOf(Arc<str>),
}

/// A mail with a link, or the answer to whoever typed the code, with the token that it was exchanged
/// for.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Mail {
    /// Who asked for it.
    pub(crate) by: u8,
    pub(crate) token: Arc<str>,
    /// The code's digits.
    pub(crate) code: Option<Arc<str>>,
    pub(crate) kind: IssueKind,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Process {
    Idle,
    Running(Running),
    /// Told that its password is not stored, while a swap of its own is still under way.
    Refused,
    /// Ended or crashed: nothing more is expected of it, so it does not matter which.
    Gone,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Running {
    pub(crate) flow: Flow,
    pub(crate) answers: Vec<Answer>,
    /// What its own swaps, once they took effect, permit to be mailed.
    pub(crate) may_mail: Vec<Permit>,
    /// A store that needs two steps has made the first.
    pub(crate) is_half_committed: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Permit {
    /// The link; without one, the notice.
    pub(crate) token: Option<Arc<str>>,
    /// The code beside it.
    pub(crate) code: Option<Arc<str>>,
    /// To the address as it was stored when the swap took effect.
    pub(crate) address: Arc<str>,
}
