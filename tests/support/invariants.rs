//! What holds of every stored ledger and of every change of one.

use password_reset::token::{Issue, IssueKind, IssueState, Ledger};

/// How many issues a ledger remembers.
const REMEMBERED: usize = 16;

/// The wrong codes that end one, and those after which there are no more.
const MOST_WRONG: u8 = 5;
const MOST_WRONG_IN_ALL: u8 = 20;

const KINDS: [IssueKind; 2] = [IssueKind::Recovery, IssueKind::Invitation];

/// Whether of each kind no issue but the newest is live.
pub(crate) fn only_the_newest_of_a_kind_is_live(ledger: &Ledger) -> bool {
    KINDS.into_iter().all(|kind| links_of(ledger, kind).skip(1).all(is_dead))
}

/// Whether `after` is what up to `changes` changes can have made of `before`: its issues are
/// kept, the oldest of them forgotten, what was dead is as it was, and so is what is known of
/// codes.
pub(crate) fn nothing_came_back_to_life(before: &Ledger, after: &Ledger, changes: usize) -> bool {
    // Live ones are kept when older ones are pushed out, so that what is left is a subsequence.
    let is_what_became = |issued: usize| {
        let Some(kept) = after.issues().len().checked_sub(issued) else { return false };
        let mut old = before.issues().iter();
        let are_kept = after.issues()[..kept].iter().all(|new| old.any(|old| became(old, new)));
        are_kept && after.issues().len() == (before.issues().len() + issued).min(REMEMBERED)
    };
    (0..=changes.min(REMEMBERED)).any(is_what_became) && codes_became(before, after, changes)
}

/// Whether no count of wrong codes is beyond its bound, and a code is of a live link that it can
/// still be exchanged for.
fn codes_are_sound(ledger: &Ledger, stored: &Stored) -> bool {
    let of_last_wrong = stored.last_wrong_at.map(|(second, _)| second + 30 * 86400);
    // The last second that there is.
    let is_kept_as_long = |until: i64| ledger.forgettable_second() >= until.min(253_402_300_799);
    ledger.wrong_codes() == stored.wrong
        && stored.wrong <= MOST_WRONG_IN_ALL
        && of_last_wrong.is_none_or(is_kept_as_long)
        && stored.code.as_ref().is_none_or(|code| {
            code.wrong < MOST_WRONG
                && code.wrong <= stored.wrong
                && stored.wrong < MOST_WRONG_IN_ALL
                && stored.live_recovery().is_some_and(StoredIssue::may_have_a_code)
        })
}

/// What must hold of a ledger that needs no history.
#[track_caller]
pub(crate) fn assert_sound(ledger: &Ledger) {
    let issues = ledger.issues();
    assert!(issues.len() <= REMEMBERED);
    assert!(
        only_the_newest_of_a_kind_is_live(ledger),
        "at most one issue of a kind is live, and only the newest"
    );
    for kind in KINDS {
        let newest = links_of(ledger, kind).next();
        let is_superseded = |issue: &Issue| matches!(issue.state(), IssueState::Superseded { .. });
        assert!(!newest.is_some_and(is_superseded), "by what?");
    }
    for issue in issues {
        assert!(issue.issued_at() < issue.expires_at());
        assert!(ledger.forgettable_at() >= issue.expires_at());
    }
    let stored = Stored::of(ledger);
    assert!(codes_are_sound(ledger, &stored), "{ledger:?}");
    let changes = i64::try_from(stored.changes()).unwrap();
    assert!(ledger.revision() >= changes, "each of {changes} changes is counted");
    assert_eq!(ledger.revision() == 0, issues.is_empty());
}

/// Reads a stored ledger, of which all must hold that needs no history.
#[track_caller]
pub(crate) fn read(bytes: &[u8]) -> Ledger {
    let ledger = Ledger::decode(bytes).expect("what is stored is a ledger");
    assert_eq!(ledger.encode(), bytes, "equal ledgers have equal bytes");
    assert_sound(&ledger);
    ledger
}

/// Reads what is stored where `before` was, some changes later; `None` if there was nothing,
/// or another ledger that has since been forgotten.
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
        return after;
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

/// The links of a kind, newest first.
fn links_of(ledger: &Ledger, kind: IssueKind) -> impl Iterator<Item = &Issue> {
    let is_no_link =
        |state| matches!(state, IssueState::Explained { .. } | IssueState::Changed { .. });
    let is_link = move |issue: &&Issue| issue.kind() == kind && !is_no_link(issue.state());
    ledger.issues().iter().rev().filter(is_link)
}

/// Whether `after` has of codes what up to `changes` changes can have made of `before`: no count
/// falls unless a password was set, and no code or exchange is undone.
fn codes_became(before: &Ledger, after: &Ledger, changes: usize) -> bool {
    let (old, new) = (Stored::of(before), Stored::of(after));
    let was = |issue: &StoredIssue| old.issue(&issue.digest);
    let issued = new.issues.iter().filter(|issue| was(issue).is_none()).count();
    let is_new_exchange = |issue: &&StoredIssue| {
        issue.exchanged.is_some() && was(issue).is_none_or(|was| was.exchanged.is_none())
    };
    let exchanged = new.issues.iter().filter(is_new_exchange).count();
    let is_exchange_kept = |issue: &StoredIssue| {
        was(issue).is_none_or(|was| {
            was.exchanged == issue.exchanged || (was.exchanged.is_none() && was.state == LIVE)
        })
    };
    let sets_a_password = |issue: &StoredIssue| {
        issue.sets_a_password() && !was(issue).is_some_and(StoredIssue::sets_a_password)
    };
    let counted = new.wrong.checked_sub(old.wrong);
    let are_counted = if issued >= REMEMBERED {
        true // What set a password may be forgotten since.
    } else if new.issues.iter().any(sets_a_password) {
        usize::from(new.wrong) < changes
    } else {
        counted.is_some_and(|counted| {
            let is_later = new.last_wrong_at >= old.last_wrong_at;
            let is_same = new.last_wrong_at == old.last_wrong_at;
            usize::from(counted) + issued + exchanged <= changes
                && if counted > 0 { is_later } else { is_same }
        })
    };
    let is_code_kept = match (&new.code, new.live_recovery().and_then(was)) {
        (Some(code), Some(_)) => old.code.as_ref().is_some_and(|was| {
            was.name_and_mac == code.name_and_mac && code.wrong.checked_sub(was.wrong) == counted
        }),
        _ => true,
    };
    let are_exchanges_kept = exchanged <= changes && new.issues.iter().all(is_exchange_kept);
    codes_are_sound(after, &new) && are_counted && are_exchanges_kept && is_code_kept
}

const LIVE: u8 = 0;

/// What a ledger's bytes say, read apart from the library: as much of it as codes are about.
pub(crate) struct Stored {
    pub(crate) wrong: u8,
    /// Seconds and nanoseconds.
    last_wrong_at: Option<(i64, u32)>,
    pub(crate) code: Option<StoredCode>,
    pub(crate) issues: Vec<StoredIssue>,
}

pub(crate) struct StoredCode {
    name_and_mac: [u8; 36],
    pub(crate) wrong: u8,
}

pub(crate) struct StoredIssue {
    digest: [u8; 32],
    is_closed: bool,
    is_recovery: bool,
    pub(crate) exchanged: Option<[u8; 32]>,
    state: u8,
}

impl StoredIssue {
    fn may_have_a_code(&self) -> bool {
        self.state == LIVE && self.exchanged.is_none() && !self.is_closed
    }

    fn sets_a_password(&self) -> bool {
        [2, 5].contains(&self.state)
    }

    fn is_link(&self) -> bool {
        self.state < 4
    }
}

impl Stored {
    pub(crate) fn of(ledger: &Ledger) -> Self {
        let bytes = ledger.encode();
        let mut input = Input(&bytes);
        let version = input.byte();
        input.take::<20>(); // The selector and the revision.
        let (mut wrong, mut last_wrong_at, mut code) = (0, None, None);
        if version == 3 {
            wrong = input.byte();
            last_wrong_at = (wrong > 0).then(|| input.time());
            let more = input.byte();
            code = (more > 0).then(|| StoredCode { name_and_mac: input.take(), wrong: more - 1 });
        }
        let issues: Vec<_> = (0..input.byte()).map(|_| input.issue()).collect();
        assert!(input.0.is_empty());
        let knows_codes =
            wrong > 0 || code.is_some() || issues.iter().any(|issue| issue.exchanged.is_some());
        assert_eq!(version, if knows_codes { 3 } else { 2 }, "the version says whether it has any");
        Self { wrong, last_wrong_at, code, issues }
    }

    fn issue(&self, digest: &[u8; 32]) -> Option<&StoredIssue> {
        self.issues.iter().find(|issue| issue.digest == *digest)
    }

    fn live_recovery(&self) -> Option<&StoredIssue> {
        let newest = self.issues.iter().rev().find(|issue| issue.is_recovery && issue.is_link());
        newest.filter(|newest| newest.state == LIVE)
    }

    /// The fewest changes that lead to it.
    fn changes(&self) -> usize {
        let count =
            |is: &dyn Fn(&StoredIssue) -> bool| self.issues.iter().filter(|i| is(i)).count();
        // A revocation may be of a link of each kind.
        let revoked = [true, false].map(|kind| count(&|i| i.state == 3 && i.is_recovery == kind));
        self.issues.len()
            + usize::from(self.wrong)
            + count(&|issue| issue.exchanged.is_some())
            + count(&|issue| issue.state == 2)
            + revoked[0].max(revoked[1])
    }
}

/// What is left to read.
struct Input<'a>(&'a [u8]);

impl Input<'_> {
    fn take<const N: usize>(&mut self) -> [u8; N] {
        let (taken, rest) = self.0.split_first_chunk().expect("it is not cut short");
        self.0 = rest;
        *taken
    }

    fn byte(&mut self) -> u8 {
        u8::from_be_bytes(self.take())
    }

    fn time(&mut self) -> (i64, u32) {
        (i64::from_be_bytes(self.take()), u32::from_be_bytes(self.take()))
    }

    fn issue(&mut self) -> StoredIssue {
        let (digest, is_closed) = (self.take(), self.take() == [0; 32]);
        let kind = self.byte();
        let exchanged = (kind == 2).then(|| self.take());
        self.time();
        self.time();
        let state = self.byte();
        if state != LIVE {
            self.time();
        }
        StoredIssue { digest, is_closed, is_recovery: kind != 1, exchanged, state }
    }
}
