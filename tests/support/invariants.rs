//! What holds of every stored ledger and of every change of one, written once for all tests
//! that bring one about.

use password_reset::token::{Issue, IssueKind, IssueState, Ledger};

/// How many issues a ledger remembers.
const REMEMBERED: usize = 16;

/// Whether of each kind no issue but the newest is live.
pub(crate) fn only_the_newest_of_a_kind_is_live(ledger: &Ledger) -> bool {
    [IssueKind::Recovery, IssueKind::Invitation].into_iter().all(|kind| {
        let is_no_link =
            |state| matches!(state, IssueState::Told { .. } | IssueState::Changed { .. });
        let is_link = |issue: &&Issue| issue.kind() == kind && !is_no_link(issue.state());
        ledger.issues().iter().rev().filter(is_link).skip(1).all(is_dead)
    })
}

/// Whether `after` is what up to `changes` changes can have made of `before`: its issues are
/// kept, the oldest of them forgotten, and what was dead is as it was.
pub(crate) fn nothing_came_back_to_life(before: &Ledger, after: &Ledger, changes: usize) -> bool {
    // Live ones are kept when older ones are pushed out, so that what is left is a subsequence.
    let is_what_became = |issued: usize| {
        let Some(kept) = after.issues().len().checked_sub(issued) else { return false };
        let mut old = before.issues().iter();
        let are_kept = after.issues()[..kept].iter().all(|new| old.any(|old| became(old, new)));
        are_kept && after.issues().len() == (before.issues().len() + issued).min(REMEMBERED)
    };
    (0..=changes.min(REMEMBERED)).any(is_what_became)
}

/// Reads a stored ledger, of which all must hold that needs no history.
#[track_caller]
pub(crate) fn read(bytes: &[u8]) -> Ledger {
    let ledger = Ledger::decode(bytes).expect("what is stored is a ledger");
    assert_eq!(ledger.encode(), bytes, "equal ledgers have equal bytes");
    let issues = ledger.issues();
    assert!(issues.len() <= REMEMBERED);
    assert!(
        only_the_newest_of_a_kind_is_live(&ledger),
        "at most one issue of a kind is live, and only the newest"
    );
    assert!(ledger.revision() >= i64::try_from(issues.len()).unwrap(), "an issue is a change");
    ledger
}

/// Reads what is stored where `before` was, some changes later; `None` where there was nothing,
/// or another ledger that was forgotten meanwhile.
#[track_caller]
pub(crate) fn read_after(before: Option<&Ledger>, bytes: &[u8]) -> Ledger {
    let after = read(bytes);
    let Some(before) = before.filter(|before| before.selector() == after.selector()) else {
        return after;
    };
    let changes = after.revision() - before.revision();
    assert!(changes >= 0, "the revision never falls");
    if changes == 0 {
        assert_eq!(before, &after, "every change raises the revision");
    }
    let is_so = nothing_came_back_to_life(before, &after, usize::try_from(changes).unwrap());
    assert!(is_so, "nothing comes back to life: {before:?}, {after:?}");
    after
}

fn became(old: &Issue, new: &Issue) -> bool {
    let times = |issue: &Issue| (issue.kind(), issue.issued_at(), issue.expires_at());
    let is_same = times(old) == times(new);
    is_same && (!is_dead(old) || old.state() == new.state())
}

fn is_dead(issue: &Issue) -> bool {
    issue.state() != IssueState::Live
}
