//! Compares the store, and the refusal of each link, with the model.

use super::{Account, LinkState, Model};
use crate::support::invariants::read_after;
use crate::support::run;
use password_reset::token::{Ledger, Refusal};

impl Model<'_> {
    pub(crate) fn verify(&mut self) {
        let memory = &self.world.store.memory;
        for account in &mut self.accounts {
            let stored = account.id.and_then(|id| memory.ledger(id));
            let before = account.stored.take();
            account.stored = stored.map(|bytes| read_after(before.as_ref(), &bytes));
        }
        for account in &self.accounts {
            let Some(id) = account.id else { continue };
            assert_eq!(memory.password_hash(id).as_ref(), Some(&account.hash));
            assert_eq!(memory.sessions(id), account.sessions);
            assert_eq!(account.stored.is_some(), !account.ledger.is_empty());
            if let Some(stored) = &account.stored {
                self.verify_ledger(stored, account);
            }
        }
        let recent = self.links.iter().enumerate().rev().take(24);
        for (at, link) in recent {
            let Some(token) = &link.token else { continue };
            let told = run(self.world.resets.check(token));
            if let Ok(checked) = &told {
                let account = &self.accounts[link.account];
                let (id, needs_factor) = (checked.account_id, checked.needs_second_factor);
                assert_eq!((Some(id), needs_factor), (account.id, account.needs_factor));
                let asked = (checked.kind, checked.asked_at, &checked.address);
                assert_eq!(asked, (link.kind, link.issued_at, &account.address));
                assert_eq!(checked.expires_at - checked.asked_at, link.lifetime());
            }
            let told = told.map_err(|error| error.refusal().expect("not a fault"));
            assert_eq!(told.map(drop), self.told(at));
            #[cfg(feature = "codes")]
            self.verify_exchanged(at);
        }
    }

    /// Each remembered link is stored in its state, and each change has been counted once.
    fn verify_ledger(&self, ledger: &Ledger, account: &Account) {
        let state_of = |link: &usize| match self.links[*link].state {
            LinkState::Live => "live",
            LinkState::Explained => "explained",
            LinkState::Changed => "changed",
            LinkState::Dead(Refusal::Used) => "redeemed",
            LinkState::Dead(refusal) => refusal.code(),
        };
        let stored: Vec<_> = ledger.issues().iter().map(|issue| issue.state().code()).collect();
        let expected: Vec<_> = account.remembered.iter().map(state_of).collect();
        assert_eq!(stored, expected);

        assert_eq!(ledger.revision(), account.changes);
        #[cfg(feature = "codes")]
        account.verify_counts(ledger);
    }
}
