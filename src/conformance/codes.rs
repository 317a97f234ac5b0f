//! Ledgers of accounts that use codes, made from the documented encoding.

use crate::token::Ledger;
use time::UtcDateTime;

/// Returns a next ledger in which a wrong code was typed at this time. With `exchanged`, a right
/// code was also typed for each link, and no link of `ledger` may be live.
///
/// It is built byte by byte, so that the suite tests every store without the feature `codes`.
pub(super) fn with_codes(ledger: &Ledger, typed_at: UtcDateTime, exchanged: bool) -> Ledger {
    let version_2 = ledger.encode();
    let mut old = version_2.as_slice();
    let mut take = |bytes: usize| old.split_off(..bytes).expect("what version 2 has");
    let [_version, selector, _revision, links] = [1, 12, 8, 1].map(&mut take);
    let revision = (ledger.revision() + 1).to_be_bytes();
    let (seconds, nanoseconds) = (typed_at.unix_timestamp(), typed_at.nanosecond());
    let (seconds, nanoseconds) = (seconds.to_be_bytes(), nanoseconds.to_be_bytes());
    // One wrong code, and none that is good.
    let mut next =
        [&[3][..], selector, &revision, &[1], &seconds, &nanoseconds, &[0], links].concat();
    for _ in ledger.issues().iter().filter(|_| exchanged) {
        let [digest, binding, _kind, rest] = [32, 32, 1, 37].map(&mut take);
        next.extend([digest, binding, &[2], digest, rest].concat());
    }
    next.extend(old);
    Ledger::decode(&next).expect("a ledger with codes")
}
