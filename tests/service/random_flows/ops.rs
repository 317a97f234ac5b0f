//! The operations, and how often each comes.

use crate::support::ports::Stamps;
use password_reset::service::FirstPassword;
use time::SignedDuration;

pub(crate) const ACCOUNTS: usize = 3;

/// How the host is made.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Host {
    pub(crate) stamps: Stamps,
    pub(crate) first_password: FirstPassword,
}

/// What the store does with a flow's first look or with its commits.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Fate {
    Pass,
    FindFails,
    FailOnce,
    FailBefore,
    FailAfter,
    Conflicts(u8),
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum MailFate {
    Pass,
    Refuse,
    DeliverAndFail,
}

/// A new password, from the form to the commit.
#[derive(Clone, Debug)]
pub(crate) struct Attempt {
    pub(crate) is_weak: bool,
    /// Whether the host says that a second factor was passed.
    pub(crate) passes_factor: bool,
    pub(crate) meanwhile: Vec<Op>,
    pub(crate) fate: Fate,
    pub(crate) mail: MailFate,
}

/// What is typed as a code.
#[cfg(feature = "codes")]
#[derive(Clone, Copy, Debug)]
pub(crate) enum Typed {
    Code,
    Wrong,
    Nothing,
}

/// A link is counted back from the newest of all accounts.
#[derive(Clone, Debug)]
pub(crate) enum Op {
    Request {
        account: usize,
        fate: Fate,
        mail: MailFate,
    },
    RequestFor {
        account: usize,
        fate: Fate,
        mail: MailFate,
    },
    Invite {
        account: usize,
        fate: Fate,
        mail: MailFate,
    },
    Renew {
        link: usize,
        fate: Fate,
        mail: MailFate,
    },
    Reset {
        link: usize,
        attempt: Attempt,
    },
    /// By a signed-in account holder, who verified the present password or an earlier one.
    Change {
        account: usize,
        is_stale: bool,
        attempt: Attempt,
    },
    Cancel {
        link: usize,
        fate: Fate,
    },
    Revoke {
        account: usize,
        fate: Fate,
        by_id: bool,
    },
    /// Types the code of a link, or something else, with the login of its account.
    #[cfg(feature = "codes")]
    Exchange {
        link: usize,
        typed: Typed,
        times: u8,
        fate: Fate,
    },
    SetPassword(usize),
    RemovePassword(usize),
    AddOrRemoveFactor(usize),
    SetAddress(usize),
    DeleteOrMakeAgain(usize),
    SignIn(usize),
    Purge,
    Jump(SignedDuration),
}

impl Op {
    /// The same for the account and the link that another flow is about.
    pub(crate) fn about(&self, its_account: usize, its_link: usize) -> Self {
        let mut op = self.clone();
        match &mut op {
            Self::Request { account, .. }
            | Self::RequestFor { account, .. }
            | Self::Invite { account, .. }
            | Self::Change { account, .. }
            | Self::Revoke { account, .. }
            | Self::SetPassword(account)
            | Self::RemovePassword(account)
            | Self::AddOrRemoveFactor(account)
            | Self::SetAddress(account)
            | Self::DeleteOrMakeAgain(account)
            | Self::SignIn(account) => *account = its_account,
            Self::Reset { link, .. } | Self::Renew { link, .. } | Self::Cancel { link, .. } => {
                *link = its_link;
            }
            #[cfg(feature = "codes")]
            Self::Exchange { link, .. } => *link = its_link,
            Self::Purge | Self::Jump(_) => {}
        }
        op
    }
}
