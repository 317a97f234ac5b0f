//! The attributes of a password field that follow from a policy.

use super::{password_policy::PasswordPolicy, rules::Rules};
use alloc::format;
use alloc::string::String;
use alloc::vec;

/// The length of generated passwords if the policy requires a score: a random password of this
/// length has the best score, except for a negligible chance.
const GENERATED_LENGTH: usize = 20;

/// The largest `maxlength` that every browser reads as a number.
const LARGEST_ATTRIBUTE: usize = i32::MAX as usize;

/// Values for the attributes of an `<input type="password">`, so that browsers and password
/// managers generate passwords that the policy accepts. [`PasswordPolicy::hints`] returns them.
///
/// ```
/// use password_reset::PasswordPolicy;
///
/// let hints = PasswordPolicy::default().hints();
/// assert_eq!(hints.minlength, 8);
/// assert_eq!(hints.maxlength, Some(514));
/// assert_eq!(
///     hints.passwordrules,
///     "minlength: 8; maxlength: 256; required: lower; required: upper; required: digit; \
///      allowed: ascii-printable;"
/// );
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Hints {
    /// The attribute `minlength`, in UTF-16 code units, as browsers count.
    ///
    /// No password that is long enough has fewer units. With normalization there is an exception:
    /// the few characters that form C decomposes, such as `U+FB2C`, count once here and several
    /// times in the policy.
    pub minlength: usize,
    /// The attribute `maxlength`, in UTF-16 code units; `None` if no useful value exists.
    ///
    /// It is larger than the policy's maximum on purpose. Browsers silently cut a pasted password
    /// at `maxlength`. What is left must still be too long, so that the policy rejects it.
    pub maxlength: Option<usize>,
    /// The attribute `passwordrules`, in the syntax that Apple proposed. Passwords that are
    /// generated with these rules meet the policy, with these exceptions:
    ///
    /// - With blocklists, context words or a required visible character, there is a negligible
    ///   chance that a password does not.
    /// - With a minimum score and a maximum below 20 characters, there is a small chance.
    /// - Your own requirements are not part of the rules.
    pub passwordrules: String,
}

impl PasswordPolicy {
    /// Returns values for the attributes of a password field.
    #[must_use]
    pub fn hints(&self) -> Hints {
        let rules = &self.rules;
        // The most units of one character; with normalization, of `U+16126` typed as three.
        let units = if rules.nfc { 6 } else { 2 };
        let too_long = rules.max_length.saturating_add(1).saturating_mul(units);
        Hints {
            minlength: rules.min_length,
            maxlength: (too_long <= LARGEST_ATTRIBUTE).then_some(too_long),
            passwordrules: password_rules(rules),
        }
    }
}

fn password_rules(rules: &Rules) -> String {
    let most = rules.permitted_ascii();
    let least = match rules.min_score {
        Some(_) => rules.min_length.max(GENERATED_LENGTH).min(most),
        None => rules.min_length,
    };
    let classes = [("lower", rules.lowercase), ("upper", rules.uppercase), ("digit", rules.digit)];
    let required = classes.into_iter().filter(|(_, required)| *required);
    let mut rules = vec![format!("minlength: {least};")];
    rules.extend((most <= LARGEST_ATTRIBUTE).then(|| format!("maxlength: {most};")));
    rules.extend(required.map(|(class, _)| format!("required: {class};")));
    rules.push("allowed: ascii-printable;".into());
    rules.join(" ")
}
