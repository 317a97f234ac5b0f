//! What became of the links, by the order of the commits alone.

use crate::Property;
use crate::bounds::{COOLDOWN, LIFETIME, PER_WINDOW, SKEW, WINDOW};
use crate::world::{Intent, Order, Row};
use password_reset::token::Refusal;
use std::collections::BTreeMap;
use std::sync::Arc;

/// A bookkeeping that never looks into the ledger.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Truth {
    /// Those of the present ledger, in the order in which they were committed.
    pub(crate) links: Vec<Link>,
    /// The processes whose password was stored, and whether the account is still the one that it
    /// was stored for.
    stored_by: BTreeMap<u8, bool>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Link {
    pub(crate) token: Arc<str>,
    address: Arc<str>,
    stamp: Arc<str>,
    issued_at: i64,
    fate: Option<Refusal>,
}

impl Link {
    fn told(&self, row: &Row, clock: i64) -> Result<(), Refusal> {
        let age = clock - self.issued_at;
        match self.fate {
            Some(refusal) => Err(refusal),
            None if !(-SKEW..LIFETIME).contains(&age) => Err(Refusal::Expired),
            None if self.address != row.address || self.stamp != row.stamp => Err(Refusal::Changed),
            None => Ok(()),
        }
    }
}

impl Truth {
    /// What the holder of a link must be told.
    pub(crate) fn told(&self, token: &str, row: &Row, clock: i64) -> Result<(), Refusal> {
        let link = self.links.iter().find(|link| &*link.token == token);
        link.ok_or(Refusal::Unknown)?.told(row, clock)
    }

    pub(crate) fn has_good_link(&self, row: &Row, clock: i64) -> bool {
        self.links.last().is_some_and(|newest| newest.told(row, clock).is_ok())
    }

    /// Whether the newest link was issued a cooldown ago.
    pub(crate) fn has_cooled_down(&self, clock: i64) -> bool {
        self.links.last().is_none_or(|newest| clock - newest.issued_at >= COOLDOWN)
    }

    fn is_throttled(&self, row: &Row, clock: i64) -> bool {
        let within = |span: i64| {
            let ages = self.links.iter().map(|link| clock - link.issued_at);
            ages.filter(|age| (-SKEW..span).contains(age)).count()
        };
        self.has_good_link(row, clock) && (within(COOLDOWN) > 0 || within(WINDOW) >= PER_WINDOW)
    }

    /// Takes down a swap that took effect on `row`, and says what it broke.
    pub(crate) fn record(&mut self, order: &Order, row: &Row) -> Vec<Property> {
        let Order { process, swap, intent, decided_at } = order;
        let mut broken = vec![];
        match intent {
            Intent::Issue { token } => {
                if self.links.iter().any(|link| link.token == *token)
                    || swap.password_hash.is_some()
                {
                    broken.push(Property::CeremoniesChangeOnlyTheirOwn);
                    return broken;
                }
                if self.is_throttled(row, *decided_at) {
                    broken.push(Property::GoodLinksAreSupersededSeldom);
                }
                self.finish(Refusal::Superseded);
                self.links.push(Link {
                    token: token.clone(),
                    address: row.address.clone(),
                    stamp: row.stamp.clone(),
                    issued_at: *decided_at,
                    fate: None,
                });
            }
            Intent::Redeem { token } => {
                match self.told(token, row, *decided_at) {
                    Ok(()) => {}
                    Err(Refusal::Used) => broken.push(Property::RedeemedOnce),
                    Err(_) => broken.push(Property::PasswordCameFromTheGoodLink),
                }
                if swap.password_hash.is_some() {
                    self.stored_by.insert(*process, true);
                } else {
                    broken.push(Property::CeremoniesChangeOnlyTheirOwn);
                }
                self.finish(Refusal::Used);
            }
            Intent::Cancel { token } => {
                if self.told(token, row, *decided_at).is_err() || swap.password_hash.is_some() {
                    broken.push(Property::CeremoniesChangeOnlyTheirOwn);
                }
                self.finish(Refusal::Revoked);
            }
            Intent::Revoke => self.finish(Refusal::Revoked),
        }
        broken
    }

    /// Ends the live link, if there is one.
    fn finish(&mut self, fate: Refusal) {
        if let Some(newest) = self.links.last_mut() {
            newest.fate.get_or_insert(fate);
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
