//! The store: a find is one atomic step, and so is a commit unless it is a mistaken one.

use crate::mistakes::{Mistake, bound_as_before, is_change, newest_by_clock, newest_of_any_kind};
use crate::ports::Call;
use crate::world::{Row, Swap};
use std::sync::Arc;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Done {
    Committed,
    Conflict,
    /// The first of two steps, which a store that keeps the contract does not have.
    Half,
}

pub(crate) fn find(account: Option<&Row>, call: &Call) -> Option<Row> {
    let row = account?;
    let is_found = match call {
        Call::FindById(id) => row.id == *id,
        Call::FindBySelector(selector) => {
            row.ledger().is_some_and(|ledger| ledger.selector() == selector)
        }
        _ => true,
    };
    is_found.then(|| row.clone())
}

pub(crate) fn commit(
    mistake: Option<Mistake>,
    account: &mut Option<Row>,
    swap: &Swap,
    is_half_committed: bool,
) -> Done {
    let Some(row) = account else { return Done::Conflict };
    match mistake {
        Some(Mistake::CheckThenWrite) => {
            if is_half_committed {
                return write(row, swap, swap.ledger.clone());
            }
            if is_as_expected(mistake, row, swap) { Done::Half } else { Done::Conflict }
        }
        Some(Mistake::DeleteThenInsert) if is_half_committed => {
            if row.ledger.is_some() {
                Done::Conflict
            } else {
                write(row, swap, swap.ledger.clone())
            }
        }
        _ if !is_as_expected(mistake, row, swap) => Done::Conflict,
        Some(Mistake::DeleteThenInsert) if row.ledger.is_some() => {
            row.ledger = None;
            Done::Half
        }
        Some(Mistake::NewestByClock) => write(row, swap, newest_by_clock(&swap.ledger).into()),
        Some(Mistake::NewestOfAnyKind) => write(row, swap, newest_of_any_kind(&swap.ledger).into()),
        Some(mistake @ (Mistake::OneLinkEndsByAPassword | Mistake::ChangeLeavesLinks))
            if swap.password_hash.is_some()
                && is_change(&swap.ledger) == (mistake == Mistake::ChangeLeavesLinks) =>
        {
            let ledger = match &row.ledger {
                Some(before) => bound_as_before(before, &swap.ledger).into(),
                None => swap.ledger.clone(),
            };
            write(row, swap, ledger)
        }
        _ => write(row, swap, swap.ledger.clone()),
    }
}

fn is_as_expected(mistake: Option<Mistake>, row: &Row, swap: &Swap) -> bool {
    let same_address = mistake == Some(Mistake::AddressNotCompared) || row.address == swap.address;
    let same_stamp =
        mistake == Some(Mistake::StampNotCompared) || row.stamp.as_bytes() == &*swap.stamp;
    let same_ledger = row.ledger().map_or(swap.expected_revision == 0, |stored| {
        let same_selector = mistake == Some(Mistake::SelectorNotCompared)
            || *stored.selector().as_bytes() == swap.selector;
        same_selector && stored.revision() == swap.expected_revision
    });
    row.id == swap.account_id && same_address && same_stamp && same_ledger
}

fn write(row: &mut Row, swap: &Swap, ledger: Arc<[u8]>) -> Done {
    row.ledger = Some(ledger);
    if let Some(hash) = &swap.password_hash {
        row.has_password |= row.tells_passwords;
        // An empty stamp says nothing of the password.
        if !row.stamp.is_empty() {
            row.stamp = hash.clone();
        }
    }
    Done::Committed
}
