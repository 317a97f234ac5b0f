use crate::policy::{Requirement, Violation};
use core::fmt;
use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentError, FluentResource};
use std::sync::Arc;
use unic_langid::{CharacterDirection, LanguageIdentifier};

/// Begins and ends what may run against the direction of the text around it (UAX #9).
const ISOLATE: [char; 2] = ['\u{2068}', '\u{2069}'];

/// The library's sentences in one language.
///
/// What a translation has no sentence for, such as a requirement of the host's own, is said in
/// English, by its `Display`.
#[derive(Clone)]
pub struct Translation {
    language: LanguageIdentifier,
    tag: Arc<str>,
    /// In the order in which they were given: a later one replaces sentences of an earlier one.
    resources: Vec<Arc<FluentResource>>,
    bundle: Arc<FluentBundle<Arc<FluentResource>>>,
}

/// What stands in a sentence.
#[derive(Clone, Copy)]
pub(super) enum Value<'a> {
    Number(i64),
    /// A name or an address, which may run in the other direction than the sentence.
    Text(&'a str),
    /// Part of a sentence in the same language.
    Phrase(&'a str),
}

impl Translation {
    /// The sentences of `resource` on top of those of `before`.
    pub(super) fn new(
        language: LanguageIdentifier,
        before: Option<&Self>,
        resource: Arc<FluentResource>,
    ) -> Self {
        let mut resources = before.map(|before| before.resources.clone()).unwrap_or_default();
        resources.push(resource);
        let mut bundle = FluentBundle::new_concurrent(vec![language.clone()]);
        // It would isolate parts of sentences in the same language as well.
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

    /// The language's tag, such as `de` or `pt-BR` (RFC 5646).
    #[must_use]
    pub fn tag(&self) -> &str {
        &self.tag
    }

    /// Whether the language is written from right to left: HTML says so with `dir="rtl"`.
    #[must_use]
    pub fn is_right_to_left(&self) -> bool {
        self.language.character_direction() == CharacterDirection::RTL
    }

    /// A phrase for a checklist, such as `at least 8 characters`.
    #[must_use]
    pub fn requirement(&self, requirement: &Requirement) -> String {
        let phrase = self.policy(requirement.code(), None, &requirement.parameters());
        phrase.unwrap_or_else(|| requirement.to_string())
    }

    /// A sentence for what a password misses, such as `Use at least 8 characters.`; for advice how
    /// to mend it; or for a host's own verdict, if the translation has a sentence for its code.
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

    /// A sentence of a mail, which every translation has.
    pub(super) fn say(&self, sentence: &str, values: &[(&str, Value<'_>)]) -> String {
        let said = self.format(sentence, None, values.iter().copied(), &mut Vec::new());
        said.unwrap_or_default()
    }

    /// A sentence of the pages: in English where a language of the host's own lacks it.
    #[cfg(feature = "web")]
    pub(crate) fn page(&self, sentence: &str, values: &[(&str, &str)]) -> String {
        let values = || values.iter().map(|(name, text)| (*name, Value::Text(text)));
        let said = |by: &Self| by.format(sentence, None, values(), &mut Vec::new());
        said(self).or_else(|| said(super::translations::english())).unwrap_or_default()
    }

    /// `None` where there is no such sentence.
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

/// Whether a character is of a block of Unicode that is written from right to left.
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
