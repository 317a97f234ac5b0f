#[cfg(feature = "nfc")]
use super::prepared::is_stable;
use super::reading::Facts;
#[cfg(feature = "zxcvbn")]
use super::strength::Estimate;
#[cfg(feature = "zxcvbn")]
use super::{ContextWords, context};
use super::{PasswordPolicy, PreparedPassword, Requirement};
#[cfg(feature = "zxcvbn")]
use alloc::vec::Vec;
#[cfg(feature = "zxcvbn")]
use core::cell::OnceCell;

/// A password as it is judged.
pub(super) struct Attempt<'a, 'p> {
    policy: &'a PasswordPolicy,
    password: PreparedPassword<'p>,
    words: &'a [&'a str],
    /// `None` where the password, too long for any, was not read.
    met: Option<Facts>,
    #[cfg(feature = "zxcvbn")]
    estimate: OnceCell<Estimate>,
}

impl<'a, 'p> Attempt<'a, 'p> {
    pub(super) fn new(policy: &'a PasswordPolicy, typed: &'p str, words: &'a [&'a str]) -> Self {
        let is_readable = typed.len() <= policy.readable_bytes();
        let password =
            if is_readable { policy.prepare(typed) } else { PreparedPassword::as_typed(typed) };
        Self {
            policy,
            met: is_readable.then(|| Facts::read(password.expose_password(), policy)),
            password,
            words,
            #[cfg(feature = "zxcvbn")]
            estimate: OnceCell::new(),
        }
    }

    pub(super) const fn was_read(&self) -> bool {
        self.met.is_some()
    }

    pub(super) fn into_password(self) -> PreparedPassword<'p> {
        self.password
    }

    /// Whether the reading alone tells that everything which is asked is met.
    pub(super) fn is_met_at_a_glance(&self) -> bool {
        self.met.is_some_and(|met| met.include(self.policy.asked))
    }

    /// Whether the requirement is met; `None` where nobody looked.
    #[inline]
    pub(super) fn meets(&self, requirement: &Requirement) -> Option<bool> {
        let Some(met) = self.met else {
            return match requirement {
                Requirement::MinLength { .. } => Some(true),
                Requirement::MaxLength { .. } => Some(false),
                _ => None,
            };
        };
        let password = self.password.expose_password();
        Some(match requirement {
            Requirement::MinLength { .. }
            | Requirement::MaxLength { .. }
            | Requirement::MaxBytes { .. }
            | Requirement::BcryptBytes
            | Requirement::Digit
            | Requirement::Lowercase
            | Requirement::Uppercase
            | Requirement::NoNul => met.include(Facts::of(requirement)),
            #[cfg(feature = "nfc")]
            Requirement::Assigned => password.chars().all(is_stable),
            #[cfg(not(feature = "nfc"))]
            Requirement::Assigned => return None,
            Requirement::NotCommon => !self.is_common(),
            Requirement::NotContextWord => {
                let context = self.policy.context_words.as_ref()?;
                !context.forbid(password, self.policy.nfc, self.words)
            }
            #[cfg(feature = "zxcvbn")]
            Requirement::MinScore { score } => self.estimate().score() >= *score,
            #[cfg(not(feature = "zxcvbn"))]
            Requirement::MinScore { .. } => return None,
            Requirement::NotBreached if self.is_breached() => false,
            Requirement::NotBreached if self.policy.waits_for_a_service() => return None,
            Requirement::NotBreached => true,
            Requirement::Custom(custom) => custom.is_met_by(password),
        })
    }

    fn is_common(&self) -> bool {
        self.policy.blocklists().any(|list| list.contains(self.password.expose_password()))
    }

    fn is_breached(&self) -> bool {
        let mut lists = self.policy.breached_passwords.iter();
        lists.any(|list| list.contains(self.password.expose_password()))
    }

    #[cfg(feature = "zxcvbn")]
    pub(super) fn estimate(&self) -> &Estimate {
        self.estimate.get_or_init(|| {
            let own = self.policy.context_words.as_ref().map_or(&[][..], ContextWords::own);
            let words = own.iter().map(|word| &**word).chain(self.words.iter().copied());
            let words = words.map(|word| self.policy.prepare(context::beginning(word)));
            let spellings: Vec<_> =
                words.flat_map(|word| context::spellings(word.expose_password())).collect();
            Estimate::of(self.password.expose_password(), &spellings)
        })
    }
}
