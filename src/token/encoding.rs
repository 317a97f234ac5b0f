use super::ledger::{Issue, IssueKind, IssueState, Ledger, MAX_ISSUES};
use super::{Binding, Selector, digest::Digest};
use alloc::vec::Vec;
use time::UtcDateTime;

const VERSION: u8 = 2;
/// Its issues have no byte for the kind: all are for recovery.
const VERSION_WITHOUT_KINDS: u8 = 1;
const HEADER_BYTES: usize = 1 + 12 + 8 + 1;
const MAX_ISSUE_BYTES: usize = 32 + 32 + 1 + 12 + 12 + 1 + 12;

/// The longest encoded ledger, in bytes.
pub const MAX_LEDGER_BYTES: usize = HEADER_BYTES + MAX_ISSUES * MAX_ISSUE_BYTES;

impl Ledger {
    /// Returns the bytes to store: at most [`MAX_LEDGER_BYTES`]. Equal ledgers have equal
    /// bytes.
    ///
    /// # Stored form
    ///
    /// This is version 2. Integers are big-endian; a time is 8 bytes of signed unix seconds and 4 bytes
    /// of nanoseconds.
    ///
    /// | bytes | what |
    /// | --- | --- |
    /// | 1 | the version, `2` |
    /// | 12 | selector |
    /// | 8 | revision, signed |
    /// | 1 | how many issues follow, `0 ..= 16`, oldest first |
    ///
    /// and for each issue 90 bytes, or 102 where it is not live:
    ///
    /// | bytes | what |
    /// | --- | --- |
    /// | 32 | digest of the token |
    /// | 32 | binding; of a redeemed or changed issue, the binding that the new password makes; zero for a link that a password ended which was not set with it |
    /// | 1 | kind: `0` recovery, `1` invitation |
    /// | 12 | issued at |
    /// | 12 | expires at |
    /// | 1 | state: `0` live, `1` superseded, `2` redeemed, `3` revoked, `4` told, `5` changed |
    /// | 12 | the time at which that state was entered; absent while live |
    ///
    /// Version 1 has no byte for the kind, and no states `4` and `5`.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(HEADER_BYTES + self.issues.len() * MAX_ISSUE_BYTES);
        bytes.push(VERSION);
        bytes.extend_from_slice(self.selector.as_bytes());
        bytes.extend_from_slice(&self.revision.to_be_bytes());
        bytes.push(u8::try_from(self.issues.len()).unwrap_or(u8::MAX));
        for issue in &self.issues {
            bytes.extend_from_slice(&issue.digest.0);
            bytes.extend_from_slice(&issue.binding.0.0);
            bytes.push(match issue.kind {
                IssueKind::Recovery => 0,
                IssueKind::Invitation => 1,
            });
            put_time(&mut bytes, issue.issued_at);
            put_time(&mut bytes, issue.expires_at);
            let (state, since) = match issue.state {
                IssueState::Live => (0, None),
                IssueState::Superseded { at } => (1, Some(at)),
                IssueState::Redeemed { at } => (2, Some(at)),
                IssueState::Revoked { at } => (3, Some(at)),
                IssueState::Told { at } => (4, Some(at)),
                IssueState::Changed { at } => (5, Some(at)),
            };
            bytes.push(state);
            if let Some(since) = since {
                put_time(&mut bytes, since);
            }
        }
        bytes
    }

    /// Reads bytes that [`encode`](Self::encode) made, in this version or in version 1.
    ///
    /// # Errors
    /// Any other bytes. A ledger that is returned keeps every invariant.
    pub fn decode(bytes: &[u8]) -> Result<Self, DecodeError> {
        if bytes.len() > MAX_LEDGER_BYTES {
            return Err(DecodeError::TooLong);
        }
        let mut input = Input(bytes);
        let version = input.byte()?;
        if ![VERSION, VERSION_WITHOUT_KINDS].contains(&version) {
            return Err(DecodeError::Version { found: version });
        }
        let selector = Selector::from_bytes(input.take()?);
        let revision = i64::from_be_bytes(input.take()?);
        let count = input.byte()?;
        if usize::from(count) > MAX_ISSUES {
            return Err(DecodeError::Issues { found: count });
        }
        let issues = (0..count).map(|_| input.issue(version)).collect::<Result<Vec<_>, _>>()?;
        if !input.0.is_empty() {
            return Err(DecodeError::TooLong);
        }
        let ledger = Self { selector, revision, issues };
        if ledger.is_consistent() { Ok(ledger) } else { Err(DecodeError::Inconsistent) }
    }

    fn is_consistent(&self) -> bool {
        // Each issue took a change of its own, each redemption another one, and a revocation one
        // more for at most one issue of each kind. The first change is an issue.
        let count = |is: &dyn Fn(&Issue) -> bool| self.issues.iter().filter(|i| is(i)).count();
        let revoked_of =
            |kind| count(&|i| i.kind == kind && matches!(i.state, IssueState::Revoked { .. }));
        let least_changes = self.issues.len()
            + count(&|issue| matches!(issue.state, IssueState::Redeemed { .. }))
            + revoked_of(IssueKind::Recovery).max(revoked_of(IssueKind::Invitation));
        let enough_changes = i64::try_from(least_changes).is_ok_and(|least| self.revision >= least)
            && (self.revision == 0) == self.issues.is_empty();
        enough_changes
            && self.issues.iter().all(|issue| issue.issued_at < issue.expires_at)
            && self.live_digests_differ()
            && self.is_in_order(IssueKind::Recovery)
            && self.is_in_order(IssueKind::Invitation)
    }

    /// Whether no token belongs to two live links, of which a redemption would then redeem both.
    fn live_digests_differ(&self) -> bool {
        let mut live = self.issues.iter().filter(|issue| issue.is_live());
        live.next().is_none_or(|first| live.all(|other| other.digest != first.digest))
    }

    /// Whether of the kind's links only the newest can be live, and only the older ones are
    /// superseded.
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

/// What is left to read.
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

    fn issue(&mut self, version: u8) -> Result<Issue, DecodeError> {
        let digest = Digest(self.take()?);
        let binding = Binding(Digest(self.take()?));
        let kind = match version {
            VERSION_WITHOUT_KINDS => IssueKind::Recovery,
            _ => match self.byte()? {
                0 => IssueKind::Recovery,
                1 => IssueKind::Invitation,
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
            4 if version != VERSION_WITHOUT_KINDS => IssueState::Told { at: self.time()? },
            5 if version != VERSION_WITHOUT_KINDS => IssueState::Changed { at: self.time()? },
            found => return Err(DecodeError::State { found }),
        };
        Ok(Issue { digest, binding, kind, issued_at, expires_at, state })
    }
}

/// Why bytes are not a ledger's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DecodeError {
    /// They end too early.
    #[error("the stored ledger is cut short")]
    TooShort,
    /// There are more than any ledger has, or than this one declares.
    #[error("the stored ledger has bytes that do not belong to it")]
    TooLong,
    /// A version that this release does not know; a newer one may have written it.
    #[error("the stored ledger has version {found}, which this release cannot read")]
    Version {
        /// The version byte.
        found: u8,
    },
    /// More issues than a ledger holds.
    #[error("the stored ledger declares {found} links, and 16 is the most")]
    Issues {
        /// The count.
        found: u8,
    },
    /// A time that does not exist.
    #[error("the stored ledger has a time that does not exist")]
    Time,
    /// A kind that does not exist.
    #[error("the stored ledger has a link of kind {found}, which does not exist")]
    Kind {
        /// The kind byte.
        found: u8,
    },
    /// A state that does not exist.
    #[error("the stored ledger has a link in state {found}, which does not exist")]
    State {
        /// The state byte.
        found: u8,
    },
    /// Well formed, but no history of changes leads to it.
    #[error("the stored ledger contradicts itself")]
    Inconsistent,
}
