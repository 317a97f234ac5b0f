//! New passwords in the model, by a link or by a signed-in change.

use super::super::ops::{Attempt, Fate, MailFate};
use super::{Account, LinkState, MISSING, Mailed, Model, UNEXPLAINED};
use crate::support::ports::{Down, TestMailer, TestStore};
use crate::support::run;
use password_reset::service::{Accepted, ResetError};
use password_reset::token::{IssueKind, Refusal};
use std::sync::Arc;

type Acceptance = Accepted<Arc<TestStore>, Arc<TestMailer>>;

/// What a commit compares of an account.
#[derive(PartialEq)]
struct Moment {
    id: Option<u64>,
    address: String,
    stamp: String,
    /// The first link of the ledger, and how often the ledger was changed.
    ledger: (Option<usize>, i64),
}

/// An account when its password was accepted.
struct Began {
    account: usize,
    moment: Moment,
    needed_factor: bool,
}

enum Ended {
    Refused(Refusal),
    Faulted(&'static str),
}

fn password(attempt: &Attempt) -> &'static str {
    if attempt.is_weak { "weak" } else { "Abcdefg1" }
}

impl Model<'_> {
    fn moment(&self, account: usize) -> Moment {
        let Account { id, address, ledger, changes, .. } = &self.accounts[account];
        let (id, address, stamp) = (*id, address.clone(), self.stamp(account));
        Moment { id, address, stamp, ledger: (ledger.first().copied(), *changes) }
    }

    pub(super) fn reset(&mut self, back: usize, attempt: &Attempt) {
        let Some((link, token)) = self.link(back) else { return };
        let (account, kind) = (self.links[link].account, self.links[link].kind);
        self.script_look(attempt);
        let accepted = run(self.world.resets.accept(&token, password(attempt)));
        let told = self.told(link);
        let Some(accepted) = self.accepted(account, accepted, told, attempt, "reset") else {
            return;
        };
        let began = self.begin(account);
        self.let_others(&began, back, attempt);
        let is_late = !self.is_timely(&self.links[link]);
        let told = if is_late { Err(Refusal::Expired) } else { self.told(link) };
        if self.commit(accepted, &began, (is_late, told), attempt, "reset") {
            self.links[link].state = LinkState::Dead(Refusal::Used);
            self.accounts[account].changes += 1;
            if kind == IssueKind::Invitation {
                self.reach("an invitation is redeemed");
            }
            if self.close(account) > 0 {
                self.reach("one password ends two");
            }
        }
    }

    /// What set a password, as far as the account's ledger remembers.
    fn passwords_of(&self, account: usize) -> Vec<usize> {
        let sets_one = |link: &usize| {
            matches!(self.links[*link].state, LinkState::Dead(Refusal::Used) | LinkState::Changed)
        };
        let remembered = self.accounts[account].remembered.iter().copied();
        remembered.filter(sets_one).collect()
    }

    pub(super) fn change(&mut self, account: usize, is_stale: bool, attempt: &Attempt) {
        let (id, stamp) = (self.accounts[account].id, self.stamp(account));
        let verified = if is_stale { "the stamp of before".to_owned() } else { stamp.clone() };
        let told = match id {
            None => Err(Refusal::Unknown),
            Some(_) if is_stale => Err(Refusal::Changed),
            Some(_) => Ok(()),
        };
        self.script_look(attempt);
        let resets = &self.world.resets;
        let accepted =
            run(resets.accept_change(id.unwrap_or(u64::MAX), &verified, password(attempt)));
        let Some(accepted) = self.accepted(account, accepted, told, attempt, "change") else {
            return;
        };
        let (began, had_password) = (self.begin(account), self.accounts[account].has_password());
        let passwords = self.passwords_of(account);
        self.let_others(&began, 0, attempt);
        let told = match self.accounts[account].id {
            now if now != id => Err(Refusal::Unknown),
            _ if self.stamp(account) != stamp => Err(Refusal::Changed),
            _ if self.passwords_of(account).iter().any(|set| !passwords.contains(set)) => {
                self.reach("a password that only the ledger shows");
                Err(Refusal::Changed)
            }
            _ => Ok(()),
        };
        if self.commit(accepted, &began, (false, told), attempt, "change") {
            let closed = self.close(account);
            self.reach(&format!("a change ends {closed}"));
            if closed > 0 && self.stamp(account) == stamp {
                self.reach("a change that no stamp shows");
            }
            if self.accounts[account].address != began.moment.address {
                self.reach("a change at another address");
            }
            if !had_password {
                self.reach("a first password by a change");
            }
            if self.accounts[account].ledger.is_empty() {
                self.reach("begins a ledger: change");
            }
            let change = self.issue(account, IssueKind::Recovery, LinkState::Changed);
            self.remember(change);
        }
    }

    fn script_look(&self, attempt: &Attempt) {
        if attempt.fate == Fate::FindFails {
            self.script(attempt.fate, attempt.mail);
        }
    }

    fn accepted(
        &self,
        account: usize,
        accepted: Result<Acceptance, ResetError<Down>>,
        told: Result<(), Refusal>,
        attempt: &Attempt,
        flow: &str,
    ) -> Option<Acceptance> {
        match accepted {
            Ok(accepted) => {
                assert!(told.is_ok() && !attempt.is_weak && attempt.fate != Fate::FindFails);
                let needs_factor = self.accounts[account].needs_factor;
                assert_eq!(accepted.needs_second_factor(), needs_factor);
                assert_eq!(Some(*accepted.account_id()), self.accounts[account].id);
                Some(accepted)
            }
            Err(error) if attempt.fate == Fate::FindFails => {
                self.faulted("Store", &error);
                None
            }
            Err(error) => {
                assert_eq!(error.refusal(), told.err());
                assert_eq!(error.violations().is_some(), attempt.is_weak && told.is_ok());
                let code = error.refusal().map_or("rejected", Refusal::code);
                self.reach(&format!("{code}: {flow}"));
                None
            }
        }
    }

    fn begin(&self, account: usize) -> Began {
        let needed_factor = self.accounts[account].needs_factor;
        Began { account, moment: self.moment(account), needed_factor }
    }

    /// What happens to the account and the link between the form and the commit.
    fn let_others(&mut self, began: &Began, link: usize, attempt: &Attempt) {
        for op in &attempt.meanwhile {
            self.apply(&op.about(began.account, link));
        }
    }

    /// How the commit must end. The account is judged as it was accepted, and looked at again
    /// after a conflict.
    fn end_of(
        &self,
        began: &Began,
        (is_late, told): (bool, Result<(), Refusal>),
        attempt: &Attempt,
    ) -> Result<(), Ended> {
        let Began { account, moment, needed_factor } = began;
        let (now, passes) = (self.moment(*account), attempt.passes_factor);
        let was_ledger = moment.ledger.0;
        let cannot_be_found =
            now.id != moment.id || (was_ledger.is_some() && now.ledger.0 != was_ledger);
        match attempt.fate {
            _ if is_late => Err(Ended::Refused(Refusal::Expired)),
            _ if *needed_factor && !passes => Err(Ended::Faulted(MISSING)),
            Fate::FailBefore => Err(Ended::Faulted("Store")),
            Fate::FailOnce if cannot_be_found => Err(Ended::Faulted("Store")),
            Fate::Pass | Fate::FailOnce | Fate::FailAfter | Fate::FindFails if now == *moment => {
                Ok(())
            }
            fate => {
                told.map_err(Ended::Refused)?;
                match fate {
                    _ if self.accounts[*account].needs_factor && !passes => {
                        Err(Ended::Faulted(MISSING))
                    }
                    Fate::Conflicts(9..) => Err(Ended::Faulted(UNEXPLAINED)),
                    _ => Ok(()),
                }
            }
        }
    }

    /// Commits, and says whether the password was set; the ledger is the caller's.
    fn commit(
        &mut self,
        accepted: Acceptance,
        began: &Began,
        told: (bool, Result<(), Refusal>),
        attempt: &Attempt,
        flow: &str,
    ) -> bool {
        let Attempt { passes_factor, fate, mail, .. } = *attempt;
        let hash = self.fresh("hash");
        let is_answer_lost = fate == Fate::FailAfter && self.moment(began.account) == began.moment;
        let expected = self.end_of(began, told, attempt);
        self.script(fate, mail);
        let accepted = if passes_factor { accepted.second_factor_passed() } else { accepted };
        let completed = match (run(accepted.commit(&hash)), expected) {
            (Ok(completed), Ok(())) => completed,
            (Err(ResetError::Refused(refusal)), Err(Ended::Refused(expected))) => {
                assert_eq!(refusal, expected);
                self.reach(&format!("{} meanwhile: {flow}", refusal.code()));
                return false;
            }
            (Err(error), Err(Ended::Faulted(expected))) => {
                self.faulted(expected, &error);
                self.reach(&format!("{expected}: {flow}"));
                if expected == MISSING && !began.needed_factor {
                    self.reach(&format!("a factor was added meanwhile: {flow}"));
                }
                return false;
            }
            (result, _) => panic!("{flow}: {result:?} where the link is {told:?}, {fate:?}"),
        };
        self.reach(&format!("completed {fate:?}: {flow}"));
        if began.needed_factor {
            self.reach(&format!("a factor was passed: {flow}"));
        }
        let account = &mut self.accounts[began.account];
        account.set_hash(&hash);
        #[cfg(feature = "codes")]
        account.clear_codes();
        let ended = u64::try_from(std::mem::take(&mut account.sessions)).unwrap();
        assert_eq!(completed.ended_sessions, (!is_answer_lost).then_some(ended));
        assert_eq!(Some(completed.account_id), account.id);
        assert_eq!(completed.notice.is_ok(), mail == MailFate::Pass);
        let recipient = account.address.clone();
        let notice = Mailed { what: "changed", recipient, ..Mailed::default() };
        let notice = (mail != MailFate::Refuse).then_some(notice);
        assert_eq!(self.mails(), Vec::from_iter(notice), "exactly one notice");
        true
    }
}
