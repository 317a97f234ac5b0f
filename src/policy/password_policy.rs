//! The policy: checks passwords, prepares them, and lists what it requires.

use super::attempt::Attempt;
use super::checked::{CheckedPassword, PreparedPassword};
use super::preset::Preset;
use super::reading::Facts;
use super::requirement::Requirement;
use super::rules::Rules;
use super::violation::Violations;
use alloc::vec::Vec;

/// The requirements that a new password must meet.
///
/// Use one policy wherever a password is set: in a reset, at sign-up, and when people change their
/// password. At sign-in, [`prepare`](Self::prepare) what was typed.
///
/// ```
/// use password_reset::PasswordPolicy;
///
/// let policy = PasswordPolicy::default();
/// // At sign-up and for a change of the password: check, accept, hash.
/// let accepted = policy.check("Abcdefg1")?.accept()?;
/// assert_eq!(accepted.expose_password(), "Abcdefg1");
/// // At sign-in no requirement applies.
/// assert_eq!(policy.prepare("old one").expose_password(), "old one");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// The default policy requires at least 8 characters, at least one number, at least one lower-case
/// and one upper-case letter, at most 256 characters, and no NUL. Use a
/// [builder](Self::builder) or a [preset](Self::preset) for another policy.
///
/// - Lengths count Unicode scalar values: 😀 is one, and a family emoji is up to seven.
/// - A number is a decimal digit of any script (general category Nd). `٣` and `３` are numbers;
///   `²`, `½` and `Ⅷ` are not.
/// - Lower and upper case are Unicode's derived properties. Titlecase letters (`ǅ`) have neither.
/// - A password written only in a script without case, such as Arabic or Chinese, cannot meet a
///   mixed-case rule. For such readers, switch
///   [`lowercase`](super::PasswordPolicyBuilder::lowercase) and
///   [`uppercase`](super::PasswordPolicyBuilder::uppercase) off.
/// - Nothing is trimmed, truncated or folded.
///
/// # The default and the standards
///
/// The default has the rules that most people know and that this crate's users were promised. They
/// fit on one line, and need no list and no second factor. They are not what today's standards
/// require. The default breaks these of their rules:
///
/// - It requires a mix of character kinds. NIST SP 800-63B-4, section 3.1.1.2 (5), and OWASP ASVS
///   5.0, 6.2.5, forbid such rules, because people meet them in ways that are easy to guess.
/// - It permits 8 characters. NIST, 3.1.1.2 (1), requires 15 if the password is the only factor;
///   ASVS, 6.2.1, strongly recommends 15.
/// - It has no blocklist. NIST, 3.1.1.2, and ASVS, 6.2.4, require one.
///
/// Every [`Preset`] other than the default follows a standard.
#[derive(Clone, Debug)]
pub struct PasswordPolicy {
    pub(super) rules: Rules,
    /// The requirements that one pass over a password can check.
    plain: Vec<Requirement>,
    /// The other requirements.
    further: Vec<Requirement>,
    plain_facts: Facts,
}

impl Default for PasswordPolicy {
    fn default() -> Self {
        Self::of(Rules::of(Preset::Default))
    }
}

impl PasswordPolicy {
    /// Returns the policy of rules that were verified.
    pub(super) fn of(rules: Rules) -> Self {
        let is_plain = |requirement: &Requirement| Facts::of(requirement) != Facts::NONE;
        let (plain, further): (Vec<_>, Vec<_>) = rules.requirements().partition(is_plain);
        let plain_facts = plain.iter().map(Facts::of).fold(Facts::NONE, Facts::and);
        Self { rules, plain, further, plain_facts }
    }

    /// Checks a new password. [Accept](CheckedPassword::accept) what this returns, and hash that.
    ///
    /// # Errors
    /// Fails with every requirement that the password does not meet, in the order of
    /// [`requirements`](Self::requirements).
    ///
    /// A password of more than four bytes for each permitted character (twelve with normalization)
    /// must be too long. It is rejected unread, and only its length is reported.
    pub fn check<'p>(&self, password: &'p str) -> Result<CheckedPassword<'p>, Violations> {
        self.check_for(password, &[])
    }

    /// Like [`check`](Self::check), with words about the user, such as the address and names.
    ///
    /// They are used if the policy has [`ContextWords`](super::ContextWords), and for zxcvbn's
    /// score. In a reset the account's address is used without this method.
    ///
    /// # Errors
    /// Fails with every requirement that the password does not meet.
    pub fn check_for<'p>(
        &self,
        password: &'p str,
        words: &[&str],
    ) -> Result<CheckedPassword<'p>, Violations> {
        let is_read = password.len() <= self.rules.readable_bytes();
        let prepared = PreparedPassword::new(password, self.rules.nfc && is_read);
        let (rules, plain, password) = (&self.rules, self.plain_facts, prepared.expose_password());
        let read = || plain.without(Facts::met_by(password, rules));
        let unmet = if is_read { read() } else { Facts::TOO_LONG };
        let attempt = Attempt {
            rules,
            password,
            words,
            is_read,
            unmet,
            #[cfg(feature = "zxcvbn")]
            estimate: core::cell::OnceCell::new(),
        };
        if attempt.meets_all(&self.further) {
            Ok(CheckedPassword { password: prepared, owes_look: self.requires_breach_check() })
        } else {
            Err(attempt.violations(&self.plain, &self.further))
        }
    }

    /// Returns the string to verify at sign-in, for a password as it was typed.
    ///
    /// If the policy [normalizes](super::PasswordPolicyBuilder::nfc), this is normalization form C;
    /// otherwise it is exactly what was typed. Nothing else of the policy applies. This takes time
    /// proportional to the length.
    #[must_use]
    pub fn prepare<'p>(&self, password: &'p str) -> PreparedPassword<'p> {
        PreparedPassword::new(password, self.rules.nfc)
    }

    /// Iterates over the requirements. Before the visitor types, show those that are
    /// [worth showing](Requirement::is_worth_showing).
    pub fn requirements(&self) -> impl Iterator<Item = Requirement> {
        self.plain.iter().chain(&self.further).cloned()
    }

    /// Iterates over the requirements, each with whether `password` is known to meet it.
    ///
    /// If a password is rejected unread (see [`check`](Self::check)), only its length is known, and
    /// the other requirements are reported as not met. So is [`Requirement::NotBreached`] if the
    /// policy uses a service of breached passwords.
    pub fn checklist<'a>(
        &'a self,
        password: &'a str,
    ) -> impl Iterator<Item = (Requirement, bool)> + 'a {
        let violations = self.check(password).err();
        self.requirements().map(move |required| self.verdict(required, violations.as_ref()))
    }

    /// Like [`checklist`](Self::checklist), for a password that was rejected with `violations`.
    ///
    /// The password is not checked again: a requirement is not met if one of the violations has its
    /// code. So words about the user that were part of the check count here too.
    pub fn checklist_of<'a>(
        &'a self,
        violations: &'a Violations,
    ) -> impl Iterator<Item = (Requirement, bool)> + 'a {
        self.requirements().map(|required| self.verdict(required, Some(violations)))
    }

    /// Returns the requirement, with whether a password with these violations is known to meet it.
    fn verdict(&self, required: Requirement, of: Option<&Violations>) -> (Requirement, bool) {
        let was_checked = match required {
            Requirement::MinLength { .. } => true,
            Requirement::NotBreached if self.requires_breach_check() => false,
            _ => of.is_none_or(Violations::password_was_read),
        };
        let mut missed = of.into_iter().flat_map(Violations::codes);
        let is_met = was_checked && !missed.any(|code| code == required.code());
        (required, is_met)
    }

    /// Returns whether the policy uses a service of breached passwords, which
    /// [`check`](Self::check) does not query.
    #[must_use]
    pub const fn requires_breach_check(&self) -> bool {
        self.rules.breach_service.is_some()
    }

    /// Returns how many passwords of the policy's longest blocklist can ever match, because they
    /// have a permitted length: 0 if it has no list. Lists of breached passwords are not included.
    #[must_use]
    pub fn matchable_passwords(&self) -> usize {
        self.rules.matchable_passwords()
    }
}
