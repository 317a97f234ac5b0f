//! What became of the links, by the order of the commits alone.

use crate::Property;
use crate::bounds::{COOLDOWN, LIFETIME, LIFETIME_OF_INVITATIONS, PER_WINDOW, SKEW, WINDOW};
use crate::world::{Asked, Intent, Order, Row, Swap};
use password_reset::token::{IssueKind, Refusal};
use std::collections::BTreeMap;
use std::sync::Arc;

const DAY: i64 = 24 * 3600;
/// How long after its expiry a link may be renewed.
const RENEWABLE: i64 = 7 * DAY;
/// The most links in a window, whatever became of them.
const MOST_IN_WINDOW: usize = if 2 * PER_WINDOW < 14 { 2 * PER_WINDOW } else { 14 };

/// A bookkeeping that never looks into the ledger.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Truth {
    /// Those of the present ledger, in the order in which they were committed, and in their places
    /// the changes without one, which nobody is told anything of.
    pub(crate) links: Vec<Link>,
    /// The processes whose password was stored, and whether the account is still the one that it
    /// was stored for.
    stored_by: BTreeMap<u8, bool>,
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
    fate: Option<Refusal>,
    /// Whether a password was set while this one was live, and not with it.
    is_closed: bool,
}

impl Link {
    fn told(&self, row: &Row, clock: i64) -> Result<(), Refusal> {
        match self.fate {
            Some(refusal) => Err(refusal),
            None if !self.is_timely(clock) => Err(Refusal::Expired),
            None if !self.is_bound_to(row) => Err(Refusal::Changed),
            None => Ok(()),
        }
    }

    fn expires_at(&self) -> i64 {
        let is_invitation = self.kind == IssueKind::Invitation;
        self.issued_at + if is_invitation { LIFETIME_OF_INVITATIONS } else { LIFETIME }
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
        self.links.iter().find(|link| &*link.token == token)
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
            Intent::Issue { token, kind, asked } => {
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
                self.links.push(Link {
                    token: token.clone(),
                    kind: *kind,
                    address: row.address.clone(),
                    stamp: row.stamp.clone(),
                    has_password,
                    issued_at: *decided_at,
                    fate: None,
                    is_closed: false,
                });
            }
            Intent::Redeem { token } => {
                match self.told(token, row, *decided_at) {
                    Ok(()) => {}
                    Err(Refusal::Used) => broken.push(Property::RedeemedOnce),
                    Err(_) => broken.push(Property::PasswordCameFromTheGoodLink),
                }
                broken.extend(self.store_password(*process, swap));
                self.finish(Refusal::Used, |live| live.token == *token);
                self.close();
            }
            Intent::Change { token, verified } => {
                if *verified != row.stamp {
                    broken.push(Property::ChangeFollowsTheVerifiedPassword);
                }
                broken.extend(self.store_password(*process, swap));
                self.close();
                self.links.push(Link {
                    token: token.clone(),
                    kind: IssueKind::Recovery,
                    address: row.address.clone(),
                    stamp: row.stamp.clone(),
                    has_password,
                    issued_at: *decided_at,
                    fate: Some(Refusal::Unknown),
                    is_closed: false,
                });
            }
            Intent::Cancel { token } => {
                if self.told(token, row, *decided_at).is_err() || swap.password_hash.is_some() {
                    broken.push(Property::FlowsChangeOnlyTheirOwn);
                }
                self.finish(Refusal::Revoked, |live| live.token == *token);
            }
            Intent::Revoke => self.finish(Refusal::Revoked, |_| true),
        }
        broken
    }

    fn store_password(&mut self, process: u8, swap: &Swap) -> Option<Property> {
        if swap.password_hash.is_none() {
            return Some(Property::FlowsChangeOnlyTheirOwn);
        }
        self.stored_by.insert(process, true);
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
    }

    /// The account is gone, and with it every password.
    pub(crate) fn forget_account(&mut self) {
        self.forget_links();
        self.stored_by.values_mut().for_each(|is_stored| *is_stored = false);
    }

    /// The ledger is gone.
    pub(crate) fn forget_links(&mut self) {
        self.links.clear();
    }
}
