//! A password on its way to the hasher: prepared, checked, accepted.

use super::{text::Text, violation::Violations};
use alloc::borrow::Cow;

/// A password as a policy [prepares](super::PasswordPolicy::prepare) it. This is the string that is
/// measured, compared and hashed. It cannot be printed.
#[derive(Debug)]
pub struct PreparedPassword<'p>(Text<'p>);

impl<'p> PreparedPassword<'p> {
    pub(super) fn new(typed: &'p str, nfc: bool) -> Self {
        Self(Text::prepared(typed, nfc))
    }

    /// Returns the password, for your hasher and nothing else.
    #[must_use]
    pub fn expose_password(&self) -> &str {
        self.0.expose()
    }
}

/// A password that passed [`PasswordPolicy::check`](super::PasswordPolicy::check). It is not
/// accepted yet, and it cannot be printed or hashed.
///
/// Call [`accept`](Self::accept) after all other checks. If the policy uses a service of breached
/// passwords, `accept` fails until `PasswordPolicy::check_breach` has had the service's answer.
///
/// ```
/// use password_reset::PasswordPolicy;
///
/// # fn was_used_before(_: &str) -> bool { true }
/// let policy = PasswordPolicy::default();
/// let accepted = policy.check("Abcdefg1")?.accept()?;
/// assert_eq!(accepted.expose_password(), "Abcdefg1");
///
/// // A verdict of your own has the same form as the policy's.
/// let checked = policy.check("Abcdefg1")?;
/// let is_old = was_used_before("Abcdefg1");
/// let sentence = "This is one of your last four passwords. Use a new one.";
/// let violations = checked.reject_if(is_old, "used_before", sentence).unwrap_err();
/// assert_eq!(violations.codes().collect::<Vec<_>>(), ["used_before"]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
#[must_use = "hash what `accept` returns, not what was typed"]
pub struct CheckedPassword<'p> {
    pub(super) password: PreparedPassword<'p>,
    /// Whether the answer of a service of breached passwords is still missing.
    pub(super) owes_look: bool,
}

impl<'p> CheckedPassword<'p> {
    /// Rejects the password if `bad` is true. Use it for your own verdict on something that a
    /// [`CustomRequirement`](super::CustomRequirement) cannot know, such as "this is one of your
    /// last four passwords".
    ///
    /// - `code` must be `snake_case`, must never change, and must not be one of
    ///   [`Requirement::CODES`](super::Requirement::CODES) or of the codes of advice. It may be the
    ///   code of your own custom requirement. Then
    ///   [`checklist_of`](super::PasswordPolicy::checklist_of) reports that requirement as not met.
    /// - `sentence` is a whole sentence for the visitor, and must not reveal the password.
    ///
    /// # Errors
    /// Fails with this one violation if `bad` is true. It has no requirement and no parameters.
    pub fn reject_if(
        self,
        bad: bool,
        code: &'static str,
        sentence: impl Into<Cow<'static, str>>,
    ) -> Result<Self, Violations> {
        if bad { Err(Violations::verdict(code, sentence.into())) } else { Ok(self) }
    }

    /// Accepts the password.
    ///
    /// # Errors
    /// Fails if the policy uses a service of breached passwords and `PasswordPolicy::check_breach`
    /// has not had its answer.
    pub fn accept(self) -> Result<AcceptedPassword<'p>, BreachNotChecked> {
        if self.owes_look { Err(BreachNotChecked(())) } else { Ok(AcceptedPassword(self.password)) }
    }

    pub(crate) fn into_owned(self) -> CheckedPassword<'static> {
        CheckedPassword { password: PreparedPassword(self.password.0.into_owned()), ..self }
    }

    pub(crate) fn expose_password(&self) -> &str {
        self.password.expose_password()
    }
}

/// A password that may be hashed and stored. It cannot be printed.
///
/// Only [`CheckedPassword::accept`] returns one. So a function that takes an `AcceptedPassword`
/// cannot get a password that was not checked:
///
/// ```
/// use password_reset::PasswordPolicy;
/// use password_reset::policy::AcceptedPassword;
///
/// fn hash(password: &AcceptedPassword<'_>) -> String {
///     format!("a hash of {} characters", password.expose_password().chars().count())
/// }
///
/// let policy = PasswordPolicy::default();
/// assert_eq!(hash(&policy.check("Abcdefg1")?.accept()?), "a hash of 8 characters");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct AcceptedPassword<'p>(PreparedPassword<'p>);

impl AcceptedPassword<'_> {
    /// Returns the password, for your hasher and nothing else.
    #[must_use]
    pub fn expose_password(&self) -> &str {
        self.0.expose_password()
    }
}

/// The policy uses a service of breached passwords, and its answer about this password is missing.
/// See `PasswordPolicy::check_breach`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the policy requires a check against breached passwords, and none was made")]
pub struct BreachNotChecked(());
