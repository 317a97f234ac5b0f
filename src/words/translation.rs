//! The sentences in one language.

use crate::policy::{Requirement, Violation};
use core::fmt;
use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentError, FluentResource};
use std::sync::Arc;
use unic_langid::{CharacterDirection, LanguageIdentifier};

/// Isolates a text that may run against the direction of the text around it (UAX #9).
const ISOLATE: [char; 2] = ['\u{2068}', '\u{2069}'];

/// The library's sentences in one language.
///
/// If a translation has no sentence for a requirement or a violation, such as one of your own, the
/// result is its `Display` output, in English.
///
/// ```
/// use password_reset::PasswordPolicy;
/// use password_reset::words::Translations;
///
/// let translations = Translations::default();
/// let german = translations.choose(["de"]);
/// let policy = PasswordPolicy::default();
/// let checklist: Vec<_> = policy.requirements().map(|one| german.requirement(&one)).collect();
/// assert_eq!(checklist[0], "mindestens 8 Zeichen");
/// ```
#[derive(Clone)]
pub struct Translation {
    language: LanguageIdentifier,
    tag: Arc<str>,
    /// The sentences of a later resource replace those of an earlier one.
    resources: Vec<Arc<FluentResource>>,
    bundle: Arc<FluentBundle<Arc<FluentResource>>>,
}

/// A value in a sentence.
#[derive(Clone, Copy)]
pub(super) enum Value<'a> {
    Number(i64),
    /// A name or an address, which may run against the direction of the sentence.
    Text(&'a str),
    /// A part of a sentence, in the same language.
    Phrase(&'a str),
}

impl Translation {
    /// Returns the sentences of `before`, with those of `resource` added or replaced.
    pub(super) fn new(
        language: LanguageIdentifier,
        before: Option<&Self>,
        resource: Arc<FluentResource>,
    ) -> Self {
        let mut resources = before.map(|before| before.resources.clone()).unwrap_or_default();
        resources.push(resource);
        let mut bundle = FluentBundle::new_concurrent(vec![language.clone()]);
        // Fluent would also isolate parts of sentences in the same language.
        bundle.set_use_isolating(false);
        for resource in &resources {
            bundle.add_resource_overriding(Arc::clone(resource));
        }
        let tag = language.to_string().into();
        Self { language, tag, resources, bundle: Arc::new(bundle) }
    }

    pub(super) const fn language(&self) -> &LanguageIdentifier {
        &self.language
    }

    /// Returns the language's tag, such as `de` or `pt-BR` (RFC 5646).
    #[must_use]
    pub fn tag(&self) -> &str {
        &self.tag
    }

    /// Returns whether the language is written from right to left. HTML declares it with
    /// `dir="rtl"`.
    #[must_use]
    pub fn is_right_to_left(&self) -> bool {
        self.language.character_direction() == CharacterDirection::RTL
    }

    /// Returns a phrase for a checklist, such as `at least 8 characters`.
    #[must_use]
    pub fn requirement(&self, requirement: &Requirement) -> String {
        let phrase = self.policy(requirement.code(), None, &requirement.parameters());
        phrase.unwrap_or_else(|| requirement.to_string())
    }

    /// Returns a sentence for a violation: for a requirement that is not met, such as `Use at least
    /// 8 characters.`, for advice on how to fix the password, or for your own verdict, if the
    /// translation has a sentence for its code.
    #[must_use]
    pub fn violation(&self, violation: &Violation) -> String {
        let is_missed = violation.requirement().is_some() && !violation.is_advice();
        let attribute = is_missed.then_some("missed");
        let sentence = self.policy(violation.code(), attribute, &violation.parameters());
        sentence.unwrap_or_else(|| violation.to_string())
    }

    fn policy(
        &self,
        code: &str,
        attribute: Option<&str>,
        parameters: &[(&str, usize)],
    ) -> Option<String> {
        let values = parameters.iter().map(|&(name, number)| {
            (name, Value::Number(i64::try_from(number).unwrap_or(i64::MAX)))
        });
        let mut errors = Vec::new();
        self.format(code, attribute, values, &mut errors).filter(|_| errors.is_empty())
    }

    /// Returns a sentence of a mail. Every translation has all of them.
    pub(super) fn say(&self, sentence: &str, values: &[(&str, Value<'_>)]) -> String {
        let said = self.format(sentence, None, values.iter().copied(), &mut Vec::new());
        said.unwrap_or_default()
    }

    /// Returns a sentence of the pages, in English if the host's own language lacks it.
    #[cfg(feature = "web")]
    pub(crate) fn page(&self, sentence: &str, values: &[(&str, &str)]) -> String {
        let values = || values.iter().map(|(name, text)| (*name, Value::Text(text)));
        let said = |by: &Self| by.format(sentence, None, values(), &mut Vec::new());
        said(self).or_else(|| said(super::translations::english())).unwrap_or_default()
    }

    /// Formats a sentence. Returns `None` if it does not exist.
    pub(super) fn format<'v>(
        &self,
        sentence: &str,
        attribute: Option<&str>,
        values: impl Iterator<Item = (&'v str, Value<'v>)>,
        errors: &mut Vec<FluentError>,
    ) -> Option<String> {
        let message = self.bundle.get_message(sentence)?;
        let pattern = match attribute {
            Some(attribute) => message.get_attribute(attribute)?.value(),
            None => message.value()?,
        };
        let mut arguments = FluentArgs::new();
        for (name, value) in values {
            match value {
                Value::Number(number) => arguments.set(name, number),
                Value::Phrase(phrase) => arguments.set(name, phrase),
                Value::Text(text) if self.is_right_to_left() || runs_right_to_left(text) => {
                    let [begin, end] = ISOLATE;
                    arguments.set(name, format!("{begin}{text}{end}"));
                }
                Value::Text(text) => arguments.set(name, text),
            }
        }
        Some(self.bundle.format_pattern(pattern, Some(&arguments), errors).into_owned())
    }
}

/// Whether a character belongs to a block of Unicode that is written from right to left.
fn runs_right_to_left(text: &str) -> bool {
    text.chars().any(|c| {
        matches!(c, '\u{590}'..='\u{8ff}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{feff}'
            | '\u{10800}'..='\u{10fff}' | '\u{1e800}'..='\u{1efff}')
    })
}

impl fmt::Debug for Translation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Translation({})", self.tag)
    }
}
