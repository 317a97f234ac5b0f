//! Typed codes in the model.

use super::super::ops::{Fate, MailFate, Typed};
use super::{Account, LinkState, Model};
use crate::support::codes::mistyped;
use crate::support::run;
use password_reset::token::{IssueKind, Ledger};
use time::{SignedDuration, UtcDateTime};

/// The code of a link: whether its mail had one, and its state.
#[derive(Default)]
pub(crate) struct Code {
    was_issued: bool,
    digits: Option<String>,
    wrong: u8,
    exchanged: Option<String>,
}

impl Code {
    pub(crate) fn was_mailed(&mut self, digits: Option<String>) {
        assert_eq!(digits.is_some(), self.was_issued);
        self.digits = digits;
    }

    /// The token that it was exchanged for, every other time.
    pub(crate) fn exchanged(&self, number: usize) -> Option<String> {
        self.exchanged.clone().filter(|_| number.is_multiple_of(2))
    }
}

/// Of an account, since its password was set.
#[derive(Default)]
pub(crate) struct Wrong {
    count: u8,
    last_at: Option<UtcDateTime>,
}

impl Wrong {
    /// Until when they are kept.
    pub(crate) fn kept(&self) -> Option<UtcDateTime> {
        self.last_at.map(|last| last.saturating_add(SignedDuration::days(30)))
    }
}

impl Account {
    pub(crate) fn clear_codes(&mut self) {
        self.wrong = Wrong::default();
    }

    pub(crate) fn verify_counts(&self, ledger: &Ledger) {
        assert_eq!(ledger.wrong_codes(), self.wrong.count);
    }
}

impl Model<'_> {
    /// The code of the link that the account is issued next.
    pub(crate) fn code_of_next(&self, account: usize, kind: IssueKind, state: LinkState) -> Code {
        let has_one = kind == IssueKind::Recovery && state == LinkState::Live;
        let was_issued = has_one && self.accounts[account].wrong.count < 20;
        Code { was_issued, ..Code::default() }
    }

    fn with_good_code(&self, account: usize) -> Option<usize> {
        let Account { remembered, wrong, .. } = &self.accounts[account];
        let is_good = |link: &usize| {
            let (told, link) = (self.told(*link), &self.links[*link]);
            told.is_ok()
                && link.kind == IssueKind::Recovery
                && self.now - link.issued_at < SignedDuration::minutes(10)
                && link.code.was_issued
                && link.code.exchanged.is_none()
                && link.code.wrong < 5
        };
        remembered.iter().copied().filter(|_| wrong.count < 20).find(is_good)
    }

    /// Counts one more wrong code, if there is one that is good.
    fn count(&mut self, account: usize) -> bool {
        let Some(good) = self.with_good_code(account) else { return false };
        self.links[good].code.wrong += 1;
        if self.links[good].code.wrong == 5 {
            self.reach("the fifth wrong code");
        }
        let now = self.now;
        let Account { wrong: Wrong { count, last_at }, changes, .. } = &mut self.accounts[account];
        *count += 1;
        *last_at = Some(last_at.map_or(now, |last| last.max(now)));
        *changes += 1;
        true
    }

    /// Types the same so often, and the store does what the fate says with the first.
    pub(super) fn exchange(&mut self, back: usize, typed: Typed, times: u8, fate: Fate) {
        self.exchange_once(back, typed, fate);
        for _ in 1..times {
            self.world.store.end_script();
            self.exchange_once(back, typed, Fate::Pass);
        }
    }

    fn exchange_once(&mut self, back: usize, typed: Typed, fate: Fate) {
        let newest_first = self.links.iter().enumerate().rev();
        let Some((link, account, digits)) = newest_first
            .filter_map(|(at, link)| Some((at, link.account, link.code.digits.clone()?)))
            .nth(back)
        else {
            return;
        };
        let typed = match typed {
            Typed::Code => digits,
            Typed::Wrong => mistyped(&digits),
            Typed::Nothing => digits[1..].to_owned(),
        };
        let good = self.with_good_code(account);
        let of_good = good.and_then(|good| self.links[good].code.digits.as_ref());
        let is_right = of_good == Some(&typed);
        if good.is_some_and(|good| good != link) {
            self.reach("an older code");
        }
        let expected = match fate {
            Fate::FindFails => "failed",
            _ if self.accounts[account].id.is_none() => "unknown_account",
            _ if good.is_none() || typed.len() < 8 => "no_code",
            Fate::FailBefore | Fate::Conflicts(9..) => "failed",
            _ if is_right => "exchanged",
            // What was counted is not proved, and so counted again.
            Fate::FailAfter => {
                self.count(account);
                if self.count(account) { "wrong_code" } else { "no_code" }
            }
            _ => {
                self.count(account);
                "wrong_code"
            }
        };
        self.script(fate, MailFate::Pass);
        let login = self.accounts[account].address.clone();
        let (token, handled) = run(self.world.resets.exchange(&login, &typed));
        assert_eq!(handled.outcome_for_logs().code(), expected, "{fate:?}");
        assert_eq!(token.is_some(), expected == "exchanged");
        if let Some((token, good)) = token.zip(good) {
            self.links[good].code.exchanged = Some(token.expose_text().to_owned());
            self.accounts[account].changes += 1;
        }
        let flow =
            if ["failed", "unknown_account"].contains(&expected) { ": exchange" } else { "" };
        self.reach(&format!("{expected} {fate:?}{flow}"));
    }

    /// What a code was exchanged for is told what the link is.
    pub(super) fn verify_exchanged(&self, link: usize) {
        let Some(token) = &self.links[link].code.exchanged else { return };
        let told = run(self.world.resets.check(token)).map(drop);
        let told = told.map_err(|error| error.refusal().expect("not a fault"));
        assert_eq!(told, self.told(link));
    }
}
