use super::digit::is_decimal_digit;
#[cfg(feature = "nfc")]
use super::prepared::is_stable;
#[cfg(feature = "zxcvbn")]
use super::strength::Estimate;
use super::{BCRYPT_BYTES, Blocklist, PasswordPolicy, PreparedPassword, Requirement};
#[cfg(feature = "zxcvbn")]
use super::{ContextWords, context};
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
    reading: Option<Reading>,
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
            reading: is_readable.then(|| Reading::of(password.expose_password())),
            password,
            words,
            #[cfg(feature = "zxcvbn")]
            estimate: OnceCell::new(),
        }
    }

    pub(super) const fn was_read(&self) -> bool {
        self.reading.is_some()
    }

    pub(super) fn into_password(self) -> PreparedPassword<'p> {
        self.password
    }

    /// Whether the requirement is met; `None` where nobody looked.
    pub(super) fn meets(&self, requirement: &Requirement) -> Option<bool> {
        let Some(reading) = &self.reading else {
            return match requirement {
                Requirement::MinLength { .. } => Some(true),
                Requirement::MaxLength { .. } => Some(false),
                _ => None,
            };
        };
        let password = self.password.expose_password();
        let is_on = |list: &dyn Blocklist| list.contains(password);
        Some(match requirement {
            Requirement::MinLength { characters } => reading.characters >= *characters,
            Requirement::MaxLength { characters } => reading.characters <= *characters,
            Requirement::MaxBytes { bytes } => password.len() <= *bytes,
            Requirement::BcryptBytes => password.len() <= BCRYPT_BYTES,
            Requirement::Digit => reading.digit,
            Requirement::Lowercase => reading.lowercase,
            Requirement::Uppercase => reading.uppercase,
            Requirement::NoNul => !reading.nul,
            #[cfg(feature = "nfc")]
            Requirement::Assigned => password.chars().all(is_stable),
            #[cfg(not(feature = "nfc"))]
            Requirement::Assigned => return None,
            Requirement::NotCommon => !self.policy.blocklists().any(is_on),
            Requirement::NotContextWord => {
                let context = self.policy.context_words.as_ref()?;
                !context.forbid(password, self.policy.nfc, self.words)
            }
            #[cfg(feature = "zxcvbn")]
            Requirement::MinScore { score } => self.estimate().score() >= *score,
            #[cfg(not(feature = "zxcvbn"))]
            Requirement::MinScore { .. } => return None,
            Requirement::NotBreached => {
                let is_listed = self.policy.breached_passwords.iter().any(|list| is_on(&**list));
                if !is_listed && self.policy.waits_for_a_service() {
                    return None;
                }
                !is_listed
            }
            Requirement::Custom(custom) => custom.is_met_by(password),
        })
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

/// What one pass over a password finds.
#[derive(Clone, Copy, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
struct Reading {
    characters: usize,
    digit: bool,
    lowercase: bool,
    uppercase: bool,
    nul: bool,
}

impl Reading {
    fn of(password: &str) -> Self {
        let mut reading = Self::default();
        for character in password.chars() {
            reading.characters += 1;
            reading.digit |= is_decimal_digit(character);
            reading.lowercase |= character.is_lowercase();
            reading.uppercase |= character.is_uppercase();
            reading.nul |= character == '\0';
        }
        reading
    }
}
