//! Properties of atomicity: what a find sees while a change is committed or dropped.

use super::Fixture;
use super::case::{By, Case, NEW_HASH, OLD_HASH, give_way, unused_address};
use super::redemption::Redemption;
use crate::store::{Commit, Store};
use crate::token::Ledger;
use core::future::poll_fn;
use core::pin::pin;
use core::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use core::task::Poll;
use futures_util::future::{join, join_all, join3};

/// The number of redemptions that are watched while they are committed.
const ROUNDS: usize = 8;

/// The largest number of polls after which a commit is dropped.
const POLLS: usize = 32;

/// The number of changes of an account that is watched.
const CHANGES: usize = 16;

/// A redemption takes effect in one moment. Any read while it is committed sees either the link
/// used, the new password and no session, or the link good, the old password and the session.
///
/// # Panics
/// Panics if the store breaks this property.
pub async fn a_redemption_is_seen_whole_or_not_at_all<F: Fixture>(fixture: &F) {
    for round in 0..ROUNDS {
        let redemption = Redemption::new(fixture).await;
        let is_over = AtomicBool::new(false);
        let commit = async {
            redemption.case.wait(round).await;
            redemption.commit().await;
            is_over.store(true, Ordering::Relaxed);
        };
        let watch = |by| watch(&redemption, by, &is_over);
        let [by_login, by_selector, by_id] = By::all(redemption.present.selector()).map(watch);
        join(commit, join3(by_login, by_selector, by_id)).await;
    }
}

async fn watch<F: Fixture>(redemption: &Redemption<'_, F>, by: By<'_>, is_over: &AtomicBool) {
    loop {
        let is_last = is_over.load(Ordering::Relaxed);
        redemption.look(by).await;
        if is_last {
            return;
        }
        give_way().await;
    }
}

/// A commit that is dropped at an await, as if the program ended there, has taken effect as a whole
/// or not at all. It can be retried, and leaves no transaction open in which the changes of others
/// are lost.
///
/// # Panics
/// Panics if the store breaks this property.
pub async fn a_dropped_redemption_is_whole_or_nothing<F: Fixture>(fixture: &F) {
    for polls in 1..=POLLS {
        let redemption = Redemption::new(fixture).await;
        let change = redemption.change();
        let answer = poll_at_most(polls, fixture.store().commit(&change)).await;
        for by in By::all(redemption.present.selector()) {
            redemption.look(by).await;
        }
        redemption.commit_at_last().await;
        for by in By::all(redemption.present.selector()) {
            redemption.look(by).await;
        }
        write_afterwards(fixture).await;
        if matches!(answer, Some(Ok(Commit::Committed { .. }))) {
            return;
        }
    }
}

/// Adds accounts at once, on up to eight connections, and finds them.
async fn write_afterwards<F: Fixture>(fixture: &F) {
    let addresses: Vec<_> = (0..8).map(|_| unused_address()).collect();
    join_all(addresses.iter().map(|address| fixture.add_account(address, OLD_HASH))).await;
    let finds = addresses.iter().map(|address| fixture.store().find_by_login(address));
    let are_found = join_all(finds).await.into_iter().all(|found| matches!(found, Ok(Some(_))));
    assert!(are_found, "what is written after a dropped commit is lost: a transaction is open");
}

/// Returns a future's output, or `None` if it is still pending after this number of polls.
async fn poll_at_most<T>(polls: usize, future: impl Future<Output = T>) -> Option<T> {
    let mut future = pin!(future);
    let mut left = polls;
    poll_fn(|context| match future.as_mut().poll(context) {
        Poll::Ready(output) => Poll::Ready(Some(output)),
        Poll::Pending => {
            left -= 1;
            if left == 0 { Poll::Ready(None) } else { Poll::Pending }
        }
    })
    .await
}

/// A find returns the address and the ledger of the same moment, while both change in turn.
///
/// # Panics
/// Panics if the store breaks this property.
pub async fn a_find_is_of_one_moment<F: Fixture>(fixture: &F) {
    let case = Case::new(fixture).await;
    let first = case.issue().await.ledger;
    // While the ledger has revision n, the address is number n - 1 and then number n.
    let mut addresses = vec![case.address.clone()];
    addresses.extend((0..CHANGES).map(|_| unused_address()));
    let (step, is_over) = (AtomicUsize::new(0), AtomicBool::new(false));
    let change = async {
        let (mut account, mut ledger) = (case.account().await, first.clone());
        for (number, address) in addresses.iter().enumerate().skip(1) {
            let next = case.issued(&account, Some(&ledger)).ledger;
            // So that both changes sometimes fall between two reads of one find.
            case.wait(number % 3).await;
            step.store(number, Ordering::Relaxed);
            fixture.set_address(&case.id, address).await;
            account.address.clone_from(address);
            case.assert_committed(&account, Some(&ledger), &next, None, "an issue").await;
            ledger = next;
        }
        is_over.store(true, Ordering::Relaxed);
    };
    let watch = async |by: By<'_>| {
        while !is_over.load(Ordering::Relaxed) {
            let found = match by {
                By::Login => {
                    let address = addresses.get(step.load(Ordering::Relaxed)).expect("an address");
                    fixture.store().find_by_login(address).await.expect("finding by login")
                }
                by => case.find(by).await,
            };
            if let Some(found) = found {
                let ledger = Ledger::decode(&found.ledger.expect("a ledger")).expect("a ledger");
                let number = addresses.iter().position(|address| *address == found.address);
                let number = i64::try_from(number.expect("an address")).expect("few changes");
                assert!(
                    [number, number + 1].contains(&ledger.revision()),
                    "by {by}: the address is of one moment and the ledger of another"
                );
            }
            give_way().await;
        }
    };
    let [by_login, by_selector, by_id] = By::all(first.selector());
    join(change, join3(watch(by_login), watch(by_selector), watch(by_id))).await;
}

/// A redemption does not overwrite a change of the account that it did not see. A store must
/// compare the account under the lock under which it writes.
///
/// # Panics
/// Panics if the store breaks this property.
pub async fn a_redemption_does_not_overtake_a_change<F: Fixture>(fixture: &F) {
    for wait in 0..8 {
        for change in [Concurrent::Address, Concurrent::Password, Concurrent::Disabled] {
            let redemption = Redemption::new(fixture).await;
            let (case, why) = (&redemption.case, change.name());
            let changed = async {
                case.wait(wait).await;
                let applies = change.apply(case).await;
                (applies, fixture.password_hash(&case.id).await)
            };
            let commit = redemption.change();
            let (answer, (applies, seen)) = join(fixture.store().commit(&commit), changed).await;
            if !applies {
                continue;
            }
            let hash = fixture.password_hash(&case.id).await;
            assert_eq!(hash, seen, "{why} came first, and yet the password was set");
            if matches!(change, Concurrent::Password) {
                assert_eq!(hash, ANOTHER_PATH, "{why} is lost");
            } else {
                let is_committed = hash == NEW_HASH;
                assert!(
                    is_committed || !matches!(answer, Ok(Commit::Committed { .. })),
                    "{why} came first, and yet the commit returned success"
                );
                if matches!(change, Concurrent::Disabled) {
                    fixture.set_disabled(&case.id, false).await;
                }
                assert_eq!(
                    case.is_stored(&redemption.next).await,
                    is_committed,
                    "{why}: the ledger goes with the password"
                );
            }
        }
    }
}

const ANOTHER_PATH: &str = "a password by another path";

/// A change of an account while a redemption is committed.
enum Concurrent {
    Address,
    Password,
    Disabled,
}

impl Concurrent {
    const fn name(&self) -> &'static str {
        match self {
            Self::Address => "a change of the address",
            Self::Password => "a change of the password",
            Self::Disabled => "disabling the account",
        }
    }

    /// Makes the change, and returns whether the host has such changes.
    async fn apply<F: Fixture>(&self, case: &Case<'_, F>) -> bool {
        match self {
            Self::Address => case.fixture.set_address(&case.id, &unused_address()).await,
            Self::Password => case.fixture.set_password_hash(&case.id, ANOTHER_PATH).await,
            Self::Disabled => return case.fixture.set_disabled(&case.id, true).await,
        }
        true
    }
}
