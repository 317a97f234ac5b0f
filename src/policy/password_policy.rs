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
/// The default is: at least 8 characters, at least one number, at least one
/// lower-case and one upper-case letter, at most 256 characters, and no NUL.
///
/// - Lengths count Unicode scalar values: 😀 is one, a family emoji up to seven.
/// - A number is a decimal digit of any script (general category Nd): `٣` and
///   `３` are; `²`, `½` and `Ⅷ` are not.
/// - Lower and upper case are Unicode's derived properties. Titlecase letters
///   (`ǅ`) have neither. A password written only in a script without case, such
///   as Arabic or Chinese, cannot meet a mixed-case rule: services for such
///   readers switch [`lowercase`](super::PasswordPolicyBuilder::lowercase) and
///   [`uppercase`](super::PasswordPolicyBuilder::uppercase) off.
/// - Nothing is trimmed, truncated or folded.
///
/// ```
/// use password_reset::PasswordPolicy;
///
/// let policy = PasswordPolicy::default();
/// // Where people sign up and change their password: judge, accept, hash.
/// let accepted = policy.check("Abcdefg1")?.accept()?;
/// assert_eq!(accepted.expose_password(), "Abcdefg1");
/// // Where they sign in: no requirement counts.
/// assert_eq!(policy.prepare("old one").expose_password(), "old one");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # The default and the standards
///
/// The default is what most people know, and what the crate's users were promised: rules
/// that can be read in one line, without a list or a second factor. It is not what today's
/// standards require. It breaks these of their rules:
///
/// - A mix of character kinds: NIST SP 800-63B-4, section 3.1.1.2 (5), and OWASP ASVS 5.0,
///   6.2.5, forbid such rules, since people meet them in ways that are easy to guess.
/// - 8 characters: NIST, 3.1.1.2 (1), requires 15 if the password is the only factor;
///   ASVS, 6.2.1, strongly recommends them.
/// - No blocklist: NIST, 3.1.1.2, and ASVS, 6.2.4, require one.
///
/// A [`Preset`] follows a standard.
#[derive(Clone, Debug)]
pub struct PasswordPolicy {
    pub(super) rules: Rules,
    /// The requirements that one pass over a password can judge, and those that it cannot.
    plain: Vec<Requirement>,
    further: Vec<Requirement>,
    plain_facts: Facts,
}

impl Default for PasswordPolicy {
    fn default() -> Self {
        Self::of(Rules::of(Preset::Default))
    }
}

impl PasswordPolicy {
    /// Makes the policy of rules that were verified.
    pub(super) fn of(rules: Rules) -> Self {
        let is_plain = |requirement: &Requirement| Facts::of(requirement) != Facts::NONE;
        let (plain, further): (Vec<_>, Vec<_>) = rules.requirements().partition(is_plain);
        let plain_facts = plain.iter().map(Facts::of).fold(Facts::NONE, Facts::and);
        Self { rules, plain, further, plain_facts }
    }

    /// Judges a password and reports everything that is missing at once, in the
    /// order of [`requirements`](Self::requirements).
    ///
    /// One that takes more than four bytes for each permitted character (twelve with
    /// normalization) must be too long and is rejected unread: then only the length is
    /// reported.
    ///
    /// [Accept](CheckedPassword::accept) what is returned, and hash that.
    ///
    /// # Errors
    /// Fails with the requirements that are not met.
    pub fn check<'p>(&self, password: &'p str) -> Result<CheckedPassword<'p>, Violations> {
        self.check_for(password, &[])
    }

    /// Like [`check`](Self::check), with words about the user, such as the address and names.
    /// They count if the policy has [`ContextWords`](super::ContextWords), and for zxcvbn's
    /// score.
    ///
    /// A reset adds the address of its account by itself.
    ///
    /// # Errors
    /// Fails with the requirements that are not met.
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
            Ok(CheckedPassword { password: prepared, owes_look: self.asks_breach_service() })
        } else {
            Err(attempt.violations(&self.plain, &self.further))
        }
    }

    /// Returns the string to hash for a password that was typed, and to verify at sign-in: in
    /// normalization form C if the policy says so, otherwise to the byte as it was typed.
    /// Nothing else of the policy counts. Its time is proportional to the length.
    #[must_use]
    pub fn prepare<'p>(&self, password: &'p str) -> PreparedPassword<'p> {
        PreparedPassword::new(password, self.rules.nfc)
    }

    /// Iterates over what is required. Before anybody types, show those that are
    /// [worth showing](Requirement::is_worth_showing).
    pub fn requirements(&self) -> impl Iterator<Item = Requirement> {
        self.plain.iter().chain(&self.further).cloned()
    }

    /// Iterates over the requirements with whether `password` meets each.
    ///
    /// If a password is rejected unread (see [`check`](Self::check)), only its length is known,
    /// and what is not known is not called met. Neither is [`Requirement::NotBreached`] if a
    /// service is to be asked.
    pub fn checklist<'a>(
        &'a self,
        password: &'a str,
    ) -> impl Iterator<Item = (Requirement, bool)> + 'a {
        let violations = self.check(password).err();
        self.requirements().map(move |asked| self.verdict(asked, violations.as_ref()))
    }

    /// Like [`checklist`](Self::checklist) for a password that was rejected, without judging it
    /// again: what its violations name by its code is not met, whatever words about the user
    /// they come from.
    pub fn checklist_of<'a>(
        &'a self,
        violations: &'a Violations,
    ) -> impl Iterator<Item = (Requirement, bool)> + 'a {
        self.requirements().map(|asked| self.verdict(asked, Some(violations)))
    }

    /// The requirement with whether a password with these violations is known to meet it.
    fn verdict(&self, asked: Requirement, of: Option<&Violations>) -> (Requirement, bool) {
        let was_judged = match asked {
            Requirement::MinLength { .. } => true,
            Requirement::NotBreached if self.asks_breach_service() => false,
            _ => of.is_none_or(Violations::password_was_read),
        };
        let mut missed = of.into_iter().flat_map(Violations::codes);
        let is_met = was_judged && !missed.any(|code| code == asked.code());
        (asked, is_met)
    }

    /// Whether a service is asked about breached passwords, which a
    /// [`check`](Self::check) cannot do.
    #[must_use]
    pub const fn asks_breach_service(&self) -> bool {
        self.rules.breach_service.is_some()
    }

    /// Returns how many passwords of the policy's longest blocklist have a permitted length,
    /// and so could ever match: 0 if it has no list. Lists of breached passwords do not count.
    #[must_use]
    pub fn matchable_passwords(&self) -> usize {
        self.rules.matchable_passwords()
    }
}
