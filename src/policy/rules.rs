//! The plain data of a policy, and what it does if a service of breached passwords fails.

use super::blocklist::Blocklist;
use super::common_passwords::CommonPasswords;
use super::context::ContextWords;
use super::custom::CustomRequirement;
use super::preset::Preset;
use super::requirement::{BCRYPT_BYTES, Requirement};
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::fmt;

/// The most bytes that one character takes in UTF-8.
const MAX_BYTES_PER_CHARACTER: usize = 4;

/// What a policy does with a new password if the service of breached passwords fails.
///
/// Querying the service is a separate step, because it needs a network. No password is accepted
/// without this step: see [`CheckedPassword`](super::CheckedPassword). You decide once, here, what
/// happens if the service fails, and each failure is reported to you.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Deserialize, serde::Serialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum BreachService {
    /// No password is accepted.
    FailClosed,
    /// Passwords are accepted without the check. `PasswordPolicy::check_breach` reports each such
    /// case as `Breach::Unknown`.
    FailOpen,
}

/// What a policy requires, as plain data that was not verified. It has every field whatever
/// features are on.
#[derive(Clone, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a separate requirement")]
pub(super) struct Rules {
    pub(super) preset: Preset,
    pub(super) min_length: usize,
    pub(super) max_length: usize,
    pub(super) max_bytes: Option<usize>,
    pub(super) bcrypt: bool,
    pub(super) digit: bool,
    pub(super) lowercase: bool,
    pub(super) uppercase: bool,
    pub(super) visible: bool,
    pub(super) nfc: bool,
    pub(super) common_passwords: Option<CommonPasswords>,
    pub(super) blocklists: Vec<Arc<dyn Blocklist>>,
    pub(super) context_words: Option<ContextWords>,
    pub(super) min_score: Option<u8>,
    pub(super) breached_passwords: Vec<Arc<dyn Blocklist>>,
    pub(super) breach_service: Option<BreachService>,
    pub(super) custom: Vec<Arc<dyn CustomRequirement>>,
}

impl Rules {
    pub(super) fn of(preset: Preset) -> Self {
        let is_standard = preset != Preset::Default;
        Self {
            preset,
            min_length: if preset == Preset::NistSingleFactor { 15 } else { 8 },
            max_length: 256,
            digit: !is_standard,
            lowercase: !is_standard,
            uppercase: !is_standard,
            visible: is_standard,
            nfc: matches!(preset, Preset::NistSingleFactor | Preset::NistMultiFactor),
            ..Self::default()
        }
    }

    pub(super) fn requirements(&self) -> impl Iterator<Item = Requirement> {
        [
            Some(Requirement::MinLength { characters: self.min_length }),
            self.digit.then_some(Requirement::Digit),
            self.lowercase.then_some(Requirement::Lowercase),
            self.uppercase.then_some(Requirement::Uppercase),
            self.visible.then_some(Requirement::Visible),
            Some(Requirement::MaxLength { characters: self.max_length }),
            self.max_bytes.map(|bytes| Requirement::MaxBytes { bytes }),
            self.bcrypt.then_some(Requirement::BcryptBytes),
            Some(Requirement::NoNul),
            self.nfc.then_some(Requirement::Assigned),
            self.blocklists().next().map(|_| Requirement::NotCommon),
            self.context_words.as_ref().map(|_| Requirement::NotContextWord),
            self.min_score.map(|score| Requirement::MinScore { score }),
            self.looks_at_breaches().then_some(Requirement::NotBreached),
        ]
        .into_iter()
        .flatten()
        .chain(self.custom.iter().cloned().map(Requirement::Custom))
    }

    pub(super) fn looks_at_breaches(&self) -> bool {
        self.breach_service.is_some() || !self.breached_passwords.is_empty()
    }

    pub(super) fn blocklists(&self) -> impl Iterator<Item = &dyn Blocklist> {
        let own = self.blocklists.iter().map(|list| &**list);
        #[cfg(feature = "common-passwords")]
        let own = self.common_passwords.iter().map(|list| list as &dyn Blocklist).chain(own);
        own
    }

    /// Returns how many passwords of the longest blocklist have a permitted length. Lists are not
    /// added up, because they may share passwords.
    pub(super) fn matchable_passwords(&self) -> usize {
        let lengths = self.min_length..=self.max_length;
        self.blocklists().map(|list| list.count(lengths.clone())).max().unwrap_or(0)
    }

    /// Returns how many ASCII characters a password may have.
    pub(super) fn permitted_ascii(&self) -> usize {
        let bcrypt = self.bcrypt.then_some(BCRYPT_BYTES);
        let limits = [Some(self.max_length), self.max_bytes, bcrypt];
        limits.into_iter().flatten().min().unwrap_or(usize::MAX)
    }

    /// Returns how many bytes a password can have that is not too long.
    pub(super) fn readable_bytes(&self) -> usize {
        let characters = self.max_length.saturating_mul(MAX_BYTES_PER_CHARACTER);
        // Normalization can join three typed characters: `U+16126` has the most bytes.
        if self.nfc { characters.saturating_mul(3) } else { characters }
    }
}

impl fmt::Debug for Rules {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Rules").field("preset", &self.preset).finish_non_exhaustive()
    }
}
