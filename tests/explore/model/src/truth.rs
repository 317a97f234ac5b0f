//! The state of every link, by the order of the commits alone.

use crate::Property;
use crate::bounds::{COOLDOWN, DAY, PER_WINDOW, SKEW, WINDOW};
use crate::world::{Asked, Intent, Order, Row, Swap};
use password_reset::token::{IssueKind, Refusal};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// How long after its expiry a link may be renewed.
const RENEWABLE: i64 = 7 * DAY;
/// The most links in a window, whatever became of them.
const MOST_IN_WINDOW: usize = if 2 * PER_WINDOW < 14 { 2 * PER_WINDOW } else { 14 };
/// How long after its mail a code is good.
const CODE_LIFETIME: i64 = 600;
/// The most wrong codes for one link, and until a password is set.
const MOST_WRONG: u8 = 5;
const MOST_WRONG_IN_ALL: u8 = 20;
/// How long wrong codes are remembered.
const REMEMBERED: i64 = 30 * DAY;

/// A bookkeeping that never looks into the ledger.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Truth {
    /// Those of the present ledger, in the order in which they were committed, and in their places
    /// the changes without one, which nobody is told anything of.
    pub(crate) links: Vec<Link>,
    /// The processes whose password was stored, and whether the account is still the one that it
    /// was stored for.
    stored_by: BTreeMap<u8, bool>,
    /// How many wrong codes were counted since a password was set, and when the last one was.
    wrong_codes: u8,
    last_wrong_at: Option<i64>,
    /// The processes that had one counted and were not told yet.
    counted_for: BTreeSet<u8>,
    /// The same of tokens that a code was exchanged for.
    exchanged_for: BTreeMap<u8, Arc<str>>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Link {
    pub(crate) token: Arc<str>,
    pub(crate) kind: IssueKind,
    address: Arc<str>,
    stamp: Arc<str>,
    /// Whether the account had one.
    has_password: bool,
    issued_at: i64,
    lifetime: i64,
    fate: Option<Refusal>,
    /// Whether a password was set while this one was live, and not with it.
    is_closed: bool,
    /// The digits of its code, if it was issued with one.
    code: Option<Arc<str>>,
    /// How many wrong ones were counted while it was live.
    wrong_codes: u8,
    /// The token that its code was exchanged for.
    pub(crate) exchanged: Option<Arc<str>>,
}

impl Link {
    /// Whether it is the link of this token, from the mail or for the code.
    fn has(&self, token: &str) -> bool {
        *self.token == *token || self.exchanged.as_deref() == Some(token)
    }

    /// Its tokens.
    pub(crate) fn tokens(&self) -> impl Iterator<Item = &Arc<str>> {
        [Some(&self.token), self.exchanged.as_ref()].into_iter().flatten()
    }

    fn told(&self, row: &Row, clock: i64) -> Result<(), Refusal> {
        match self.fate {
            Some(refusal) => Err(refusal),
            None if !self.is_timely(clock) => Err(Refusal::Expired),
            None if !self.is_bound_to(row) => Err(Refusal::Changed),
            None => Ok(()),
        }
    }

    fn expires_at(&self) -> i64 {
        self.issued_at + self.lifetime
    }

    /// Whether it never was a link, but the mark of a change by somebody who was signed in.
    fn is_change(&self) -> bool {
        self.fate == Some(Refusal::Unknown)
    }

    fn is_timely(&self, clock: i64) -> bool {
        (self.issued_at - SKEW..self.expires_at()).contains(&clock)
    }

    fn is_bound_to(&self, row: &Row) -> bool {
        let is_as_it_was = self.address == row.address
            && self.stamp == row.stamp
            && self.has_password == row.has_password;
        is_as_it_was && !self.is_closed
    }
}

impl Truth {
    /// What the holder of a link must be told.
    pub(crate) fn told(&self, token: &str, row: &Row, clock: i64) -> Result<(), Refusal> {
        self.link(token).ok_or(Refusal::Unknown)?.told(row, clock)
    }

    fn link(&self, token: &str) -> Option<&Link> {
        self.links.iter().find(|link| link.has(token))
    }

    /// Which of the links a typed code is compared with the code of, if any.
    fn link_to_exchange(&self, row: &Row, clock: i64) -> Option<usize> {
        self.links.iter().rposition(|link| {
            let is_good = link.kind == IssueKind::Recovery && link.told(row, clock).is_ok();
            let has_code = link.code.is_some() && link.exchanged.is_none();
            let may_be_typed =
                link.wrong_codes < MOST_WRONG && self.wrong_codes < MOST_WRONG_IN_ALL;
            is_good && has_code && may_be_typed && clock - link.issued_at < CODE_LIFETIME
        })
    }

    /// Whether a typed code is the right one; `None` where it is compared with none.
    pub(crate) fn is_right_code(&self, typed: &str, row: &Row, clock: i64) -> Option<bool> {
        let link = self.link_to_exchange(row, clock)?;
        Some(self.links[link].code.as_deref() == Some(typed))
    }

    /// The code in the mail of a link, if it is to have one.
    pub(crate) fn code_of(&self, token: &str) -> Option<Arc<str>> {
        self.link(token)?.code.clone()
    }

    pub(crate) fn codes(&self) -> impl Iterator<Item = &Arc<str>> {
        self.links.iter().filter_map(|link| link.code.as_ref())
    }

    pub(crate) fn wrong_codes(&self) -> u8 {
        self.wrong_codes
    }

    /// Whether a ledger that is forgotten now takes with it how many wrong codes there were.
    pub(crate) fn remembers_wrong_codes(&self, clock: i64) -> bool {
        self.last_wrong_at.is_some_and(|last| clock < last + REMEMBERED)
    }

    /// Whether a process had a wrong code counted, of which it is told now.
    pub(crate) fn tell_wrong_code(&mut self, process: u8) -> bool {
        self.counted_for.remove(&process)
    }

    /// The token that the code was exchanged for which a process typed.
    pub(crate) fn exchanged_for(&self, process: u8) -> Option<&Arc<str>> {
        self.exchanged_for.get(&process)
    }

    fn has_good_link(&self, row: &Row, clock: i64) -> bool {
        self.links.iter().any(|link| link.told(row, clock).is_ok())
    }

    pub(crate) fn has_live_link(&self) -> bool {
        self.links.iter().any(|link| link.fate.is_none())
    }

    /// Whether the newest link would be good had it not been cancelled or revoked.
    fn has_undone_link(&self, row: &Row, clock: i64) -> bool {
        self.links.last().is_some_and(|newest| {
            newest.fate == Some(Refusal::Revoked)
                && newest.is_timely(clock)
                && newest.is_bound_to(row)
        })
    }

    fn issued_within(&self, span: i64, clock: i64) -> usize {
        let mailed = self.links.iter().filter(|link| !link.is_change());
        let ages = mailed.map(|link| clock - link.issued_at);
        ages.filter(|age| (-SKEW..span).contains(age)).count()
    }

    /// Whether twice the window's number of links were issued within it.
    fn is_at_the_cap(&self, clock: i64) -> bool {
        self.issued_within(WINDOW, clock) >= MOST_IN_WINDOW
    }

    /// What keeps the account from another link.
    pub(crate) fn throttled_by(&self, row: &Row, clock: i64) -> Option<&'static str> {
        let is_good = self.has_good_link(row, clock);
        if self.is_at_the_cap(clock) {
            return Some("throttled by twice the window's number");
        }
        if !is_good && !self.has_undone_link(row, clock) {
            return None;
        }
        if self.issued_within(WINDOW, clock) >= PER_WINDOW {
            return Some("throttled by the window");
        }
        let mut cooldown = COOLDOWN;
        if is_good {
            for _ in 1..self.issued_within(DAY, clock) {
                cooldown = (2 * cooldown).min(WINDOW);
            }
        }
        let is_doubled = self.issued_within(COOLDOWN, clock) == 0;
        match self.issued_within(cooldown, clock) {
            0 => None,
            _ if is_doubled => Some("throttled by a cooldown that has doubled"),
            _ if !is_good => Some("throttled after a cancellation"),
            _ => Some("throttled by the cooldown"),
        }
    }

    /// Whether the account was issued what a throttled one must have been.
    pub(crate) fn may_be_throttled(&self, row: &Row, clock: i64) -> bool {
        self.has_good_link(row, clock)
            || self.has_undone_link(row, clock)
            || self.is_at_the_cap(clock)
    }

    /// Whether the holder of a link may be sent a new one in its place.
    pub(crate) fn can_renew(&self, token: &str, row: &Row, clock: i64) -> bool {
        let Some(link) = self.link(token) else { return false };
        let of_kind = |other: &&Link| other.kind == link.kind && !other.is_change();
        let is_ended = self.links.iter().rev().find(of_kind).is_some_and(|newest| {
            newest.is_closed || matches!(newest.fate, Some(Refusal::Used | Refusal::Revoked))
        });
        matches!(link.told(row, clock), Err(Refusal::Expired | Refusal::Superseded))
            && link.is_bound_to(row)
            && clock < link.expires_at() + RENEWABLE
            && !is_ended
    }

    /// Takes down a swap that took effect on `row`, and says what it broke.
    pub(crate) fn record(&mut self, order: &Order, row: &Row) -> Vec<Property> {
        let Order { process, swap, intent, decided_at, found_password } = order;
        // An empty stamp tells no store of a password that came by another path meanwhile.
        let has_password = *found_password || (row.has_password && !row.stamp.is_empty());
        let row = &Row { has_password, ..row.clone() };
        let mut broken = vec![];
        match intent {
            Intent::Issue { token, code, kind, lifetime, asked } => {
                if self.link(token).is_some() || swap.password_hash.is_some() {
                    broken.push(Property::FlowsChangeOnlyTheirOwn);
                    return broken;
                }
                if *kind == IssueKind::Invitation && has_password {
                    broken.push(Property::InvitationsAreForFirstPasswords);
                }
                let is_throttled = self.throttled_by(row, *decided_at).is_some();
                if is_throttled && *asked != Asked::TheHost {
                    broken.push(Property::TheThrottleIsKept);
                }
                if let Asked::TheHolderOf(old) = asked
                    && !self.can_renew(old, row, *decided_at)
                {
                    broken.push(Property::OnlyDeadLinksAreRenewed);
                }
                self.finish(Refusal::Superseded, |live| live.kind == *kind);
                let may_have_code = self.wrong_codes < MOST_WRONG_IN_ALL;
                self.links.push(Link {
                    kind: *kind,
                    lifetime: *lifetime,
                    fate: None,
                    code: code.clone().filter(|_| may_have_code),
                    ..mark(token, row, *decided_at)
                });
            }
            Intent::Redeem { token } => {
                match self.told(token, row, *decided_at) {
                    Ok(()) => {}
                    Err(Refusal::Used) => broken.push(Property::RedeemedOnce),
                    Err(_) => broken.push(Property::PasswordCameFromTheGoodLink),
                }
                broken.extend(self.store_password(*process, swap));
                self.finish(Refusal::Used, |live| live.has(token));
                self.close();
            }
            Intent::Change { token, verified } => {
                if *verified != row.stamp {
                    broken.push(Property::ChangeFollowsTheVerifiedPassword);
                }
                broken.extend(self.store_password(*process, swap));
                self.close();
                self.links.push(mark(token, row, *decided_at));
            }
            Intent::Cancel { token } => {
                if self.told(token, row, *decided_at).is_err() || swap.password_hash.is_some() {
                    broken.push(Property::FlowsChangeOnlyTheirOwn);
                }
                self.finish(Refusal::Revoked, |live| live.has(token));
            }
            Intent::Revoke => self.finish(Refusal::Revoked, |_| true),
            Intent::Exchange { typed, token } => {
                if swap.password_hash.is_some() {
                    broken.push(Property::FlowsChangeOnlyTheirOwn);
                }
                broken.extend(self.exchange(*process, typed, token, row, *decided_at));
            }
        }
        broken
    }

    /// Takes down the exchange of the right code, or a wrong one more.
    fn exchange(
        &mut self,
        process: u8,
        typed: &str,
        token: &Arc<str>,
        row: &Row,
        clock: i64,
    ) -> Option<Property> {
        if self.is_right_code(typed, row, clock) == Some(true) {
            let link = self.link_to_exchange(row, clock)?;
            self.links[link].exchanged = Some(token.clone());
            self.exchanged_for.insert(process, token.clone());
            return None;
        }
        let has_code = self.link_to_exchange(row, clock).is_some();
        let live = |link: &&mut Link| link.kind == IssueKind::Recovery && link.fate.is_none();
        let of_the_link = self.links.iter_mut().find(live).map(|link| &mut link.wrong_codes);
        let counts = of_the_link.into_iter().chain([&mut self.wrong_codes]);
        counts.for_each(|count| *count += 1);
        self.last_wrong_at = self.last_wrong_at.max(Some(clock));
        self.counted_for.insert(process);
        let is_too_many = self.wrong_codes > MOST_WRONG_IN_ALL
            || self.links.iter().any(|link| link.wrong_codes > MOST_WRONG);
        match has_code {
            _ if is_too_many => Some(Property::FewWrongCodesAreCounted),
            true => None,
            false => Some(Property::FlowsChangeOnlyTheirOwn),
        }
    }

    fn store_password(&mut self, process: u8, swap: &Swap) -> Option<Property> {
        if swap.password_hash.is_none() {
            return Some(Property::FlowsChangeOnlyTheirOwn);
        }
        self.stored_by.insert(process, true);
        (self.wrong_codes, self.last_wrong_at) = (0, None);
        None
    }

    /// Leaves no live link good.
    fn close(&mut self) {
        for live in self.links.iter_mut().filter(|link| link.fate.is_none()) {
            live.is_closed = true;
        }
    }

    /// Ends these live links.
    fn finish(&mut self, fate: Refusal, is_meant: impl Fn(&Link) -> bool) {
        for link in self.links.iter_mut().filter(|link| link.fate.is_none() && is_meant(link)) {
            link.fate = Some(fate);
            link.wrong_codes = 0;
        }
    }

    pub(crate) fn was_stored(&self, process: u8) -> bool {
        self.stored_by.contains_key(&process)
    }

    pub(crate) fn is_stored(&self, process: u8) -> bool {
        self.stored_by.get(&process).copied().unwrap_or_default()
    }

    /// Nobody can be told anything that this belies.
    pub(crate) fn forget_processes(&mut self, is_over: impl Fn(u8) -> bool) {
        self.stored_by.retain(|process, _| !is_over(*process));
        self.counted_for.retain(|process| !is_over(*process));
        self.exchanged_for.retain(|process, _| !is_over(*process));
    }

    /// The account is gone, and with it every password.
    pub(crate) fn forget_account(&mut self) {
        self.forget_links();
        self.stored_by.values_mut().for_each(|is_stored| *is_stored = false);
    }

    /// The ledger is gone.
    pub(crate) fn forget_links(&mut self) {
        self.links.clear();
        (self.wrong_codes, self.last_wrong_at) = (0, None);
    }
}

/// What a change by somebody who was signed in leaves in the place of a link.
fn mark(token: &Arc<str>, row: &Row, decided_at: i64) -> Link {
    Link {
        token: token.clone(),
        kind: IssueKind::Recovery,
        address: row.address.clone(),
        stamp: row.stamp.clone(),
        has_password: row.has_password,
        issued_at: decided_at,
        lifetime: 0,
        fate: Some(Refusal::Unknown),
        is_closed: false,
        code: None,
        wrong_codes: 0,
        exchanged: None,
    }
}
