//! One prepared password, while its requirements are checked.

use super::{reading::Facts, requirement::Requirement, rules::Rules, violation::Violations};
#[cfg(feature = "zxcvbn")]
use {
    super::context::{self, ContextWords},
    super::strength::Estimate,
    super::text::Text,
    alloc::vec::Vec,
};

/// A prepared password, and what is known about it.
pub(super) struct Attempt<'a> {
    pub(super) rules: &'a Rules,
    pub(super) password: &'a str,
    pub(super) words: &'a [&'a str],
    /// Whether the password was read. It is not if it has too many bytes.
    pub(super) is_read: bool,
    /// The plain requirements that it does not meet.
    pub(super) unmet: Facts,
    #[cfg(feature = "zxcvbn")]
    pub(super) estimate: core::cell::OnceCell<Estimate>,
}

impl Attempt<'_> {
    /// Returns whether the password meets the plain requirements and these further ones.
    pub(super) fn meets_all(&self, further: &[Requirement]) -> bool {
        self.unmet == Facts::NONE && further.iter().all(|requirement| self.meets(requirement))
    }

    /// Returns which of these requirements the password does not meet, as far as it was read.
    pub(super) fn violations(&self, plain: &[Requirement], further: &[Requirement]) -> Violations {
        let mut violations = Violations::with_room_for(plain.len() + further.len(), self.is_read);
        let plain = plain.iter().filter(|plain| self.unmet.has_any(Facts::of(plain)));
        let further = further.iter().filter(|further| self.is_read && !self.meets(further));
        for requirement in plain.chain(further) {
            violations.push(requirement.clone());
            #[cfg(feature = "zxcvbn")]
            if matches!(requirement, Requirement::MinScore { .. }) {
                violations.advise(requirement, self.estimate().advice());
            }
        }
        violations
    }

    /// Returns whether one of the further requirements is met, as far as a check can tell.
    fn meets(&self, requirement: &Requirement) -> bool {
        let (rules, password) = (self.rules, self.password);
        match requirement {
            #[cfg(feature = "nfc")]
            Requirement::Assigned => super::text::is_stable(password),
            Requirement::NotCommon => !rules.blocklists().any(|list| list.contains(password)),
            Requirement::NotContextWord => {
                !rules.context_words.iter().any(|own| own.forbid(password, rules.nfc, self.words))
            }
            #[cfg(feature = "zxcvbn")]
            Requirement::MinScore { score } => self.estimate().score() >= *score,
            Requirement::NotBreached => {
                !rules.breached_passwords.iter().any(|l| l.contains(password))
            }
            Requirement::Custom(custom) => custom.is_met_by(password),
            // Plain requirements, and those that no policy has without their feature.
            _ => true,
        }
    }

    #[cfg(feature = "zxcvbn")]
    fn estimate(&self) -> &Estimate {
        self.estimate.get_or_init(|| {
            let words = self.rules.context_words.iter().flat_map(ContextWords::own);
            let words = words.map(|word| &**word).chain(self.words.iter().copied());
            let words = words.map(|word| Text::prepared(context::beginning(word), self.rules.nfc));
            let words: Vec<_> = words.collect();
            let spellings = words.iter().flat_map(|word| context::spellings(word.expose()));
            Estimate::of(self.password, &spellings.collect::<Vec<_>>())
        })
    }
}
