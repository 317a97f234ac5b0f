use super::digit::is_decimal_digit;
#[cfg(feature = "nfc")]
use super::prepared::is_stable;
#[cfg(feature = "zxcvbn")]
use super::strength::Estimate;
use super::{BCRYPT_BYTES, ContextWords, PasswordPolicy, PreparedPassword, Requirement};
#[cfg(feature = "zxcvbn")]
use alloc::vec::Vec;
#[cfg(feature = "zxcvbn")]
use core::cell::OnceCell;

/// A password as it is judged.
pub(super) struct Attempt<'a, 'p> {
    policy: &'a PasswordPolicy,
    pub(super) password: PreparedPassword<'p>,
    words: &'a [&'a str],
    /// `None` where the password, too long for any, was not read.
    reading: Option<Reading>,
    #[cfg(feature = "zxcvbn")]
    estimate: OnceCell<Estimate>,
}

impl<'a, 'p> Attempt<'a, 'p> {
    pub(super) fn new(policy: &'a PasswordPolicy, password: &'p str, words: &'a [&'a str]) -> Self {
        let is_readable = password.len() <= policy.readable_bytes();
        let password = policy.prepare(password);
        Self {
            policy,
            reading: is_readable.then(|| Reading::of(password.expose_password())),
            password,
            words,
            #[cfg(feature = "zxcvbn")]
            estimate: OnceCell::new(),
        }
    }

    /// Whether the requirement is met; `None` where nobody looked.
    pub(super) fn meets(&self, requirement: &Requirement) -> Option<bool> {
        let password = self.password.expose_password();
        Some(match requirement {
            Requirement::MinLength { characters } => {
                self.reading.is_none_or(|r| r.characters >= *characters)
            }
            Requirement::MaxLength { characters } => {
                self.reading.is_some_and(|r| r.characters <= *characters)
            }
            Requirement::MaxBytes { bytes } => return self.takes_at_most(*bytes),
            Requirement::BcryptBytes => return self.takes_at_most(BCRYPT_BYTES),
            Requirement::Digit => self.reading?.digit,
            Requirement::Lowercase => self.reading?.lowercase,
            Requirement::Uppercase => self.reading?.uppercase,
            Requirement::NoNul => !self.reading?.nul,
            #[cfg(feature = "nfc")]
            Requirement::Assigned => {
                self.reading?;
                password.chars().all(is_stable)
            }
            Requirement::NotCommon => {
                self.reading?;
                !self.policy.blocklists().any(|list| list.contains(password))
            }
            Requirement::NotContextWord => {
                self.reading?;
                let context = self.policy.context_words.as_ref()?;
                let mut words = self.words().map(|word| self.policy.prepare(word));
                !words.any(|word| context.forbid(password, word.expose_password()))
            }
            #[cfg(feature = "zxcvbn")]
            Requirement::MinScore { score } => {
                self.reading?;
                self.estimate().score() >= *score
            }
            Requirement::Custom(custom) => {
                self.reading?;
                custom.is_met_by(password)
            }
            _ => return None,
        })
    }

    fn takes_at_most(&self, bytes: usize) -> Option<bool> {
        let length = self.password.expose_password().len();
        let shrinkage = self.policy.max_shrinkage();
        match self.reading {
            None if length / shrinkage > bytes => Some(false),
            None if shrinkage > 1 => None,
            _ => Some(length <= bytes),
        }
    }

    /// The words of the service, then those of the password's owner.
    fn words(&self) -> impl Iterator<Item = &str> {
        let own = self.policy.context_words.iter().flat_map(ContextWords::own);
        own.map(|word| &**word).chain(self.words.iter().copied())
    }

    #[cfg(feature = "zxcvbn")]
    pub(super) fn estimate(&self) -> &Estimate {
        self.estimate.get_or_init(|| {
            let words: Vec<_> = self.words().collect();
            Estimate::of(self.password.expose_password(), &words)
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
