//! What happens, and how often.

use time::SignedDuration;

pub(crate) const ACCOUNTS: usize = 3;

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

/// A link is counted back from the newest of all accounts.
#[derive(Clone, Debug)]
pub(crate) enum Op {
    Request { account: usize, fate: Fate, mail: MailFate },
    RequestFor { account: usize, fate: Fate, mail: MailFate },
    Invite { account: usize, fate: Fate, mail: MailFate },
    Renew { link: usize, fate: Fate, mail: MailFate },
    Reset { link: usize, is_weak: bool, meanwhile: Vec<Op>, fate: Fate, mail: MailFate },
    Cancel { link: usize, fate: Fate },
    Revoke { account: usize, fate: Fate, by_id: bool },
    SetPassword(usize),
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
            | Self::Revoke { account, .. }
            | Self::SetPassword(account)
            | Self::SetAddress(account)
            | Self::DeleteOrMakeAgain(account)
            | Self::SignIn(account) => *account = its_account,
            Self::Reset { link, .. } | Self::Renew { link, .. } | Self::Cancel { link, .. } => {
                *link = its_link;
            }
            Self::Purge | Self::Jump(_) => {}
        }
        op
    }
}
