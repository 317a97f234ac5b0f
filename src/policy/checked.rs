use super::{text::Text, violation::Violations};
use alloc::borrow::Cow;

/// A password as a policy [prepares](super::PasswordPolicy::prepare) it: the string that is
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

/// A password that meets every requirement which a [`check`](super::PasswordPolicy::check) can
/// judge. It is not accepted yet, and it cannot be printed or hashed.
///
/// [`accept`](Self::accept) it when nothing else is to be asked. If the policy asks a service
/// of breached passwords, `accept` fails until `PasswordPolicy::judge_breach` has seen the
/// service's answer.
///
/// ```
/// use password_reset::PasswordPolicy;
///
/// # fn was_used_before(_: &str) -> bool { true }
/// let policy = PasswordPolicy::default();
/// let accepted = policy.check("Abcdefg1")?.accept()?;
/// assert_eq!(accepted.expose_password(), "Abcdefg1");
///
/// // What only you know is a verdict, in the same form as the policy's.
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
    /// Whether a service of breached passwords is still to be asked.
    pub(super) owes_look: bool,
}

impl<'p> CheckedPassword<'p> {
    /// Rejects the password if `bad`: your own verdict, such as "one of your last four
    /// passwords", for what a [`CustomRequirement`](super::CustomRequirement) cannot know.
    ///
    /// `code` must be `snake_case`, must never change, and must not be one of
    /// [`Requirement::CODES`](super::Requirement::CODES) or of the codes of advice. With the
    /// code of a custom requirement of your own, the verdict appears there in
    /// [`checklist_of`](super::PasswordPolicy::checklist_of). `sentence` is a whole sentence
    /// for the visitor, and must not reveal the password.
    ///
    /// # Errors
    /// Fails with that one violation, which has no requirement and no parameters.
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
    /// Fails if the policy asks a service of breached passwords and no answer was judged.
    pub fn accept(self) -> Result<AcceptedPassword<'p>, BreachNotJudged> {
        if self.owes_look { Err(BreachNotJudged(())) } else { Ok(AcceptedPassword(self.password)) }
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
/// Only [`CheckedPassword::accept`] makes one, so a function that takes it cannot be given a
/// password that was not judged:
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

/// The policy asks a service of breached passwords, and no answer about this password was
/// judged: see `PasswordPolicy::judge_breach`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the policy requires a look at breached passwords, and none was taken")]
pub struct BreachNotJudged(());
