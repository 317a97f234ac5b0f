//! The bytes of a ledger, as a store keeps them.

use super::issue::{Issue, IssueKind, IssueState};
use super::ledger::{Ledger, MAX_ISSUES, MAX_WRONG, MAX_WRONG_IN_ALL, StoredCode, WrongCodes};
use super::{Binding, Selector, digest::Digest};
use alloc::vec::Vec;
use time::UtcDateTime;

/// For a ledger with a code, with wrong codes, or with a link whose code was exchanged.
const VERSION_WITH_CODES: u8 = 3;
const VERSION: u8 = 2;
/// Its issues have no byte for the kind, because all are for recovery.
const VERSION_WITHOUT_KINDS: u8 = 1;
const HEADER_BYTES: usize = 1 + 12 + 8 + 1;
/// Without the bytes of a code: a live link with one takes fewer bytes than a dead link without.
const CODES_BYTES: usize = (1 + 12) + 1;
const MAX_ISSUE_BYTES: usize = 32 + 32 + 1 + 32 + 12 + 12 + 1 + 12;

/// The longest encoded ledger, in bytes.
pub const MAX_LEDGER_BYTES: usize = HEADER_BYTES + CODES_BYTES + MAX_ISSUES * MAX_ISSUE_BYTES;

impl Ledger {
    /// Returns the bytes to store, at most [`MAX_LEDGER_BYTES`]. Equal ledgers have equal bytes.
    ///
    /// # Stored form
    ///
    /// The version is 2, or 3 if the ledger has a code, has wrong codes, or has a link whose code
    /// was exchanged. Integers are big-endian. A time is 8 bytes of signed unix seconds followed by
    /// 4 bytes of nanoseconds.
    ///
    /// | bytes | content |
    /// | --- | --- |
    /// | 1 | version: `2` or `3` |
    /// | 12 | selector |
    /// | 8 | revision, signed |
    /// | 1 | version 3: number of wrong codes since a password was last set, `0 ..= 20` |
    /// | 12 | version 3: time of the last wrong code; absent if that number is `0` |
    /// | 1 | version 3: `0` if the live link for recovery has no code; otherwise 1 plus the number of wrong codes typed for it, `1 ..= 5` |
    /// | 4 | version 3: name of the key that the code is stored under; absent without a code |
    /// | 32 | version 3: HMAC-SHA256 of the code; absent without a code |
    /// | 1 | number of issues that follow, `0 ..= 16`, oldest first |
    ///
    /// Each issue has 90 bytes while it is live and 102 otherwise, and 32 more if its code was
    /// exchanged:
    ///
    /// | bytes | content |
    /// | --- | --- |
    /// | 32 | digest of the token |
    /// | 32 | binding. For a redeemed or changed issue: the binding that the new password makes. Zero for a link that was ended by a password set without it |
    /// | 1 | kind: `0` recovery, `1` invitation; version 3: `2` recovery whose code was exchanged |
    /// | 32 | kind `2`: digest of the token that the code was exchanged for; otherwise absent |
    /// | 12 | time of issue |
    /// | 12 | time of expiry |
    /// | 1 | state: `0` live, `1` superseded, `2` redeemed, `3` revoked, `4` explained, `5` changed |
    /// | 12 | time at which that state was entered; absent while live |
    ///
    /// Version 1 has no byte for the kind, and no states `4` and `5`.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(HEADER_BYTES + self.issues.len() * MAX_ISSUE_BYTES);
        let knows_codes = self.knows_codes();
        bytes.push(if knows_codes { VERSION_WITH_CODES } else { VERSION });
        bytes.extend_from_slice(self.selector.as_bytes());
        bytes.extend_from_slice(&self.revision.to_be_bytes());
        if knows_codes {
            bytes.push(self.wrong_codes());
            if let Some(WrongCodes { last_at, .. }) = self.wrong_codes {
                put_time(&mut bytes, last_at);
            }
            bytes.push(self.code.as_ref().map_or(0, |code| 1 + code.wrong));
            if let Some(StoredCode { key, mac, .. }) = &self.code {
                bytes.extend_from_slice(key);
                bytes.extend_from_slice(&mac.0);
            }
        }
        bytes.push(u8::try_from(self.issues.len()).unwrap_or(u8::MAX));
        for issue in &self.issues {
            bytes.extend_from_slice(&issue.digest.0);
            bytes.extend_from_slice(&issue.binding.0.0);
            bytes.push(match (issue.kind, issue.exchanged) {
                (IssueKind::Recovery, None) => 0,
                (IssueKind::Invitation, _) => 1,
                (IssueKind::Recovery, Some(_)) => 2,
            });
            if let Some(digest) = &issue.exchanged {
                bytes.extend_from_slice(&digest.0);
            }
            put_time(&mut bytes, issue.issued_at);
            put_time(&mut bytes, issue.expires_at);
            let (state, since) = match issue.state {
                IssueState::Live => (0, None),
                IssueState::Superseded { at } => (1, Some(at)),
                IssueState::Redeemed { at } => (2, Some(at)),
                IssueState::Revoked { at } => (3, Some(at)),
                IssueState::Explained { at } => (4, Some(at)),
                IssueState::Changed { at } => (5, Some(at)),
            };
            bytes.push(state);
            if let Some(since) = since {
                put_time(&mut bytes, since);
            }
        }
        bytes
    }

    fn knows_codes(&self) -> bool {
        self.code.is_some()
            || self.wrong_codes.is_some()
            || self.issues.iter().any(|issue| issue.exchanged.is_some())
    }

    /// Reads bytes that [`encode`](Self::encode) made, in version 1, 2 or 3, whether or not the
    /// feature `codes` is on.
    ///
    /// # Errors
    /// Fails for any other bytes. A ledger that is returned keeps every invariant.
    pub fn decode(bytes: &[u8]) -> Result<Self, DecodeError> {
        if bytes.len() > MAX_LEDGER_BYTES {
            return Err(DecodeError::TooLong);
        }
        let mut input = Input(bytes);
        let version = input.byte()?;
        if !(VERSION_WITHOUT_KINDS..=VERSION_WITH_CODES).contains(&version) {
            return Err(DecodeError::Version { found: version });
        }
        let selector = Selector::from_bytes(input.take()?);
        let revision = i64::from_be_bytes(input.take()?);
        let has_codes = version == VERSION_WITH_CODES;
        let wrong_codes = if has_codes { input.wrong_codes()? } else { None };
        let code = if has_codes { input.code()? } else { None };
        let count = input.byte()?;
        if usize::from(count) > MAX_ISSUES {
            return Err(DecodeError::Issues { found: count });
        }
        let issues = (0..count).map(|_| input.issue(version)).collect::<Result<Vec<_>, _>>()?;
        if !input.0.is_empty() {
            return Err(DecodeError::TooLong);
        }
        let ledger = Self { selector, revision, code, wrong_codes, issues };
        if ledger.is_consistent() && ledger.knows_codes() == has_codes {
            Ok(ledger)
        } else {
            Err(DecodeError::Inconsistent)
        }
    }

    fn is_consistent(&self) -> bool {
        // Each issue, redemption, exchange and wrong code took a change of its own. A revocation
        // took one too, and may have ended one issue of each kind. The first change is an issue.
        let count = |is: &dyn Fn(&Issue) -> bool| self.issues.iter().filter(|i| is(i)).count();
        let revoked_of =
            |kind| count(&|i| i.kind == kind && matches!(i.state, IssueState::Revoked { .. }));
        let least_changes = self.issues.len()
            + usize::from(self.wrong_codes())
            + count(&|issue| issue.exchanged.is_some())
            + count(&|issue| matches!(issue.state, IssueState::Redeemed { .. }))
            + revoked_of(IssueKind::Recovery).max(revoked_of(IssueKind::Invitation));
        let enough_changes = i64::try_from(least_changes).is_ok_and(|least| self.revision >= least)
            && (self.revision == 0) == self.issues.is_empty();
        enough_changes
            && self.issues.iter().all(|issue| issue.issued_at < issue.expires_at)
            && self.issues.iter().all(|issue| issue.exchanged.is_none() || issue.is_link())
            && self.has_a_link_for_its_code()
            && self.live_digests_differ()
            && self.is_in_order(IssueKind::Recovery)
            && self.is_in_order(IssueKind::Invitation)
    }

    /// Whether the code, if any, belongs to a live link whose code was not exchanged, and the
    /// account may still have one.
    fn has_a_link_for_its_code(&self) -> bool {
        let is_open =
            |link: &Issue| link.exchanged.is_none() && !link.is_bound_to(&Binding::OF_NOBODY);
        self.code.as_ref().is_none_or(|code| {
            code.wrong <= self.wrong_codes()
                && self.wrong_codes() < MAX_WRONG_IN_ALL
                && self.live_recovery().is_some_and(is_open)
        })
    }

    /// Whether no token belongs to two live links: a redemption would redeem both.
    fn live_digests_differ(&self) -> bool {
        let digests_of = |link: &Issue| [Some(link.digest), link.exchanged];
        let mut live = self.issues.iter().filter(|issue| issue.is_live());
        live.next().is_none_or(|first| {
            let of_first = |digest: &Digest| digests_of(first).contains(&Some(*digest));
            live.all(|other| !digests_of(other).iter().flatten().any(of_first))
        })
    }

    /// Whether no link of the kind other than the newest is live, and the newest is not superseded.
    fn is_in_order(&self, kind: IssueKind) -> bool {
        let mut newest_first = self.links_of(kind);
        newest_first.next().is_none_or(|i| !matches!(i.state, IssueState::Superseded { .. }))
            && newest_first.all(|issue| !issue.is_live())
    }
}

fn put_time(bytes: &mut Vec<u8>, time: UtcDateTime) {
    bytes.extend_from_slice(&time.unix_timestamp().to_be_bytes());
    bytes.extend_from_slice(&time.nanosecond().to_be_bytes());
}

/// The bytes that are left to read.
struct Input<'a>(&'a [u8]);

impl Input<'_> {
    fn take<const N: usize>(&mut self) -> Result<[u8; N], DecodeError> {
        let (taken, rest) = self.0.split_first_chunk().ok_or(DecodeError::TooShort)?;
        self.0 = rest;
        Ok(*taken)
    }

    fn byte(&mut self) -> Result<u8, DecodeError> {
        self.take().map(u8::from_be_bytes)
    }

    fn time(&mut self) -> Result<UtcDateTime, DecodeError> {
        let seconds = i64::from_be_bytes(self.take()?);
        let nanoseconds = u32::from_be_bytes(self.take()?);
        UtcDateTime::from_unix_timestamp(seconds)
            .and_then(|time| time.replace_nanosecond(nanoseconds))
            .map_err(|_| DecodeError::Time)
    }

    fn wrong_codes(&mut self) -> Result<Option<WrongCodes>, DecodeError> {
        match self.byte()? {
            0 => Ok(None),
            count @ 1..=MAX_WRONG_IN_ALL => Ok(Some(WrongCodes { count, last_at: self.time()? })),
            found => Err(DecodeError::WrongCodes { found }),
        }
    }

    fn code(&mut self) -> Result<Option<StoredCode>, DecodeError> {
        match self.byte()? {
            0 => Ok(None),
            more @ 1..=MAX_WRONG => {
                let (key, mac) = (self.take()?, Digest(self.take()?));
                Ok(Some(StoredCode { key, mac, wrong: more - 1 }))
            }
            found => Err(DecodeError::WrongCodes { found }),
        }
    }

    fn issue(&mut self, version: u8) -> Result<Issue, DecodeError> {
        let digest = Digest(self.take()?);
        let binding = Binding(Digest(self.take()?));
        let (kind, exchanged) = match version {
            VERSION_WITHOUT_KINDS => (IssueKind::Recovery, None),
            _ => match self.byte()? {
                0 => (IssueKind::Recovery, None),
                1 => (IssueKind::Invitation, None),
                2 if version == VERSION_WITH_CODES => {
                    (IssueKind::Recovery, Some(Digest(self.take()?)))
                }
                found => return Err(DecodeError::Kind { found }),
            },
        };
        let issued_at = self.time()?;
        let expires_at = self.time()?;
        let state = match self.byte()? {
            0 => IssueState::Live,
            1 => IssueState::Superseded { at: self.time()? },
            2 => IssueState::Redeemed { at: self.time()? },
            3 => IssueState::Revoked { at: self.time()? },
            4 if version != VERSION_WITHOUT_KINDS => IssueState::Explained { at: self.time()? },
            5 if version != VERSION_WITHOUT_KINDS => IssueState::Changed { at: self.time()? },
            found => return Err(DecodeError::State { found }),
        };
        Ok(Issue { digest, exchanged, binding, kind, issued_at, expires_at, state })
    }
}

/// Why bytes are not those of a ledger.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DecodeError {
    /// The bytes end too early.
    #[error("the stored ledger is cut short")]
    TooShort,
    /// There are more bytes than any ledger has, or than this one declares.
    #[error("the stored ledger has bytes that do not belong to it")]
    TooLong,
    /// This release does not know the version. A newer release may have written it.
    #[error("the stored ledger has version {found}, which this release cannot read")]
    Version {
        /// The version byte.
        found: u8,
    },
    /// The bytes declare more issues than a ledger holds.
    #[error("the stored ledger declares {found} issues, and the maximum is 16")]
    Issues {
        /// The count.
        found: u8,
    },
    /// The bytes have a time that does not exist.
    #[error("the stored ledger has a time that does not exist")]
    Time,
    /// The bytes have a kind that does not exist.
    #[error("the stored ledger has an issue of kind {found}, which does not exist")]
    Kind {
        /// The kind byte.
        found: u8,
    },
    /// The count of wrong codes is impossible.
    #[error("the stored ledger counts {found} wrong codes, which is impossible")]
    WrongCodes {
        /// The count.
        found: u8,
    },
    /// The bytes have a state that does not exist.
    #[error("the stored ledger has an issue in state {found}, which does not exist")]
    State {
        /// The state byte.
        found: u8,
    },
    /// The bytes are well formed, but no history of changes leads to such a ledger.
    #[error("the stored ledger contradicts itself")]
    Inconsistent,
}
