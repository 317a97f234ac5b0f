//! The languages to choose among.

use super::translation::{Translation, Value};
use crate::policy::Requirement;
#[cfg(feature = "zxcvbn")]
use crate::policy::Violation;
use fluent_bundle::{FluentError, FluentResource};
use std::sync::{Arc, LazyLock};
use unic_langid::LanguageIdentifier;

const ENGLISH: &str = include_str!("languages/en.ftl");

/// The other languages of the library, in the order in which the docs name them.
const SHIPPED: [(&str, &str); 9] = [
    ("de", include_str!("languages/de.ftl")),
    ("fr", include_str!("languages/fr.ftl")),
    ("es", include_str!("languages/es.ftl")),
    ("pt", include_str!("languages/pt.ftl")),
    ("it", include_str!("languages/it.ftl")),
    ("pl", include_str!("languages/pl.ftl")),
    ("tr", include_str!("languages/tr.ftl")),
    ("ar", include_str!("languages/ar.ftl")),
    ("ja", include_str!("languages/ja.ftl")),
];

/// The sentences of the mails, each with its values. Each also gets `$service`, `$contact` and
/// `$address`.
const MAIL: [(&str, &[&str]); 32] = [
    ("reset-subject", &[]),
    ("hello", &["name"]),
    ("asked", &["moment"]),
    ("asked-administrator", &["moment"]),
    ("open-link", &[]),
    ("button", &[]),
    ("or-address", &[]),
    ("valid", &["span", "moment"]),
    ("only-newest", &[]),
    ("not-you", &[]),
    ("not-expected", &[]),
    ("changed-subject", &[]),
    ("changed", &["moment"]),
    ("was-you", &[]),
    ("was-not-you", &[]),
    ("mailbox", &[]),
    ("explanation-subject", &[]),
    ("explanation-none", &[]),
    ("explanation-sign-in", &["sign-in"]),
    ("explanation-otherwise", &[]),
    ("explanation-not-you", &[]),
    ("invite-subject", &[]),
    ("invited", &["moment"]),
    ("invite-open-link", &[]),
    ("invite-button", &[]),
    ("invite-not-expected", &[]),
    ("span-moments", &[]),
    ("span-minutes", &["number"]),
    ("span-hours", &["number"]),
    ("span-days", &["number"]),
    ("moment", &["time", "zone", "date"]),
    ("date", &["day", "month", "year"]),
];

/// The sentences about a code, with their values.
#[cfg(feature = "codes")]
const CODE: [(&str, &[&str]); 3] =
    [("code-lead", &[]), ("code-valid", &["span", "moment"]), ("code-secret", &[])];

/// The values that are numbers.
const NUMBERS: [&str; 6] = ["number", "day", "month", "year", "min", "max"];

/// How many languages of an `Accept-Language` are read: more than any reader has.
const MAX_WISHES: usize = 32;

static ALL: LazyLock<Translations> = LazyLock::new(|| Translations {
    first: shipped(("en", ENGLISH)),
    more: SHIPPED.into_iter().map(shipped).collect(),
});

/// Reads a language of the library. Errors are not handled here, since a test checks each file.
fn shipped((tag, sentences): (&str, &str)) -> Translation {
    let resource = FluentResource::try_new(sentences.to_owned());
    let resource = resource.unwrap_or_else(|(as_far_as_read, _)| as_far_as_read);
    Translation::new(tag.parse().unwrap_or_default(), None, Arc::new(resource))
}

/// Returns the language of a sentence that another language lacks.
#[cfg(feature = "web")]
pub(super) fn english() -> &'static Translation {
    &ALL.first
}

/// The languages that your service offers. The default is all ten of the library, with English
/// first.
///
/// The first language is for readers who prefer none of the others.
///
/// ```
/// use password_reset::words::Translations;
///
/// let translations = Translations::default().only(&["de", "en", "pt"])?;
/// assert_eq!(translations.choose(["pt-BR", "en"]).tag(), "pt");
/// assert_eq!(translations.choose(["ja"]).tag(), "de");
/// # Ok::<(), password_reset::words::TranslationError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Translations {
    first: Translation,
    more: Vec<Translation>,
}

impl Default for Translations {
    fn default() -> Self {
        ALL.clone()
    }
}

impl Translations {
    /// Adds a language, or replaces sentences of a language that exists.
    ///
    /// `sentences` is in Fluent's syntax. A new language needs every sentence of the mails and the
    /// policy: start from `src/words/languages/en.ftl`. A sentence of the pages that it lacks is
    /// shown in English. A language that exists keeps the sentences that you do not pass.
    ///
    /// To translate a [requirement or a verdict](Translation::violation) of your own, name the
    /// sentence by its code.
    ///
    /// The sentences are part of your program, like its templates. Take none from people you do not
    /// trust.
    ///
    /// ```
    /// use password_reset::words::Translations;
    ///
    /// let translations = Translations::default()
    ///     .with("de", "only-newest = Nur der Link in der neuesten E-Mail gilt, und nur einmal.")?
    ///     .with("en", "recent_password = This was one of your last four passwords.")?;
    /// # let _ = translations;
    /// # Ok::<(), password_reset::words::TranslationError>(())
    /// ```
    ///
    /// # Errors
    /// Fails if the tag is not a language's, if the sentences are not in Fluent's syntax, if a
    /// sentence is missing, or if a sentence of the library refers to a value that it does not get.
    pub fn with(mut self, tag: &str, sentences: &str) -> Result<Self, TranslationError> {
        let wrong = || TranslationError::Tag(tag.to_owned());
        let language: LanguageIdentifier = tag.parse().map_err(|_| wrong())?;
        let resource = FluentResource::try_new(sentences.to_owned()).map_err(|(_, errors)| {
            let first = errors.first();
            let at = first.map_or(0, |error| error.pos.start);
            let lines = sentences.bytes().take(at).filter(|byte| *byte == b'\n').count();
            TranslationError::Syntax {
                language: tag.to_owned(),
                line: lines + 1,
                reason: first.map(ToString::to_string).unwrap_or_default(),
            }
        })?;
        let present = self.iter_mut().find(|translation| *translation.language() == language);
        let translation = Translation::new(language, present.as_deref(), Arc::new(resource));
        check(&translation)?;
        match present {
            Some(present) => *present = translation,
            None => self.more.push(translation),
        }
        Ok(self)
    }

    /// Keeps only these languages, in this order. The first is for readers who prefer none of the
    /// others.
    ///
    /// # Errors
    /// Fails if one of the languages does not exist, or if `tags` is empty.
    pub fn only(self, tags: &[&str]) -> Result<Self, TranslationError> {
        let find = |tag: &&str| {
            let found = self.iter().find(|one| one.tag().eq_ignore_ascii_case(tag));
            found.cloned().ok_or_else(|| TranslationError::Tag((*tag).to_owned()))
        };
        let mut kept = tags.iter().map(find);
        let first = kept.next().unwrap_or_else(|| find(&""))?;
        Ok(Self { first, more: kept.collect::<Result<_, _>>()? })
    }

    /// Returns the language for a reader with these preferences, the most preferred first.
    ///
    /// It is the first preference for which there is a language, or one that comes near: for
    /// `pt-BR`, `pt` is as good, and `pt-PT` is better than none. If there is none for any
    /// preference, it is the first of these languages.
    #[must_use]
    pub fn choose<'w>(&self, wishes: impl IntoIterator<Item = &'w str>) -> &Translation {
        wishes.into_iter().find_map(|wish| self.nearest(wish)).unwrap_or(&self.first)
    }

    /// Returns whether a language for this preference, or one that comes near, exists.
    #[cfg(feature = "web")]
    pub(crate) fn speak(&self, wish: &str) -> bool {
        self.nearest(wish).is_some()
    }

    fn nearest(&self, wish: &str) -> Option<&Translation> {
        let is = |tag: &str| self.iter().find(|one| one.tag().eq_ignore_ascii_case(tag));
        let primary = |tag: &str| tag.split('-').next().unwrap_or_default().to_ascii_lowercase();
        let ends = wish.match_indices('-').map(|(at, _)| at).rev();
        let shorter = ends.filter_map(|end| wish.get(..end));
        let related = || self.iter().find(|one| primary(one.tag()) == primary(wish));
        core::iter::once(wish).chain(shorter).find_map(is).or_else(related)
    }

    fn iter(&self) -> impl Iterator<Item = &Translation> {
        core::iter::once(&self.first).chain(&self.more)
    }

    fn iter_mut(&mut self) -> impl Iterator<Item = &mut Translation> {
        core::iter::once(&mut self.first).chain(&mut self.more)
    }

    /// Returns the tags of all languages, in order.
    pub fn tags(&self) -> impl Iterator<Item = &str> {
        self.iter().map(Translation::tag)
    }
}

/// Returns the languages of a browser's `Accept-Language` headers (RFC 9110, section 12.5.4), the
/// most preferred first. Pass them to [`Translations::choose`].
///
/// ```
/// use password_reset::words::{Translations, accepted_languages};
///
/// let wishes = accepted_languages(["en;q=0.5, pl-PL"]);
/// assert_eq!(wishes, ["pl-PL", "en"]);
/// assert_eq!(Translations::default().choose(wishes).tag(), "pl");
/// ```
#[must_use]
pub fn accepted_languages<'h>(headers: impl IntoIterator<Item = &'h str>) -> Vec<&'h str> {
    let wishes = headers.into_iter().flat_map(|header| header.split(',')).filter_map(wish);
    let mut wishes: Vec<_> = wishes.take(MAX_WISHES).collect();
    // The sort is stable: languages with the same weight keep their order.
    wishes.sort_by(|(_, one), (_, other)| other.total_cmp(one));
    wishes.into_iter().map(|(tag, _)| tag).collect()
}

/// Reads a tag and its weight, such as `pl;q=0.8`. Returns `None` for any language (`*`), for one
/// that is not wanted (`q=0`), and for an item that cannot be read.
fn wish(item: &str) -> Option<(&str, f32)> {
    let (tag, weight) = item.split_once(';').unwrap_or((item, "q=1"));
    let (tag, weight) = (tag.trim(), weight.trim().strip_prefix("q=")?.parse().ok()?);
    let is_wish = !matches!(tag, "" | "*") && weight > 0.0 && weight <= 1.0;
    is_wish.then_some((tag, weight))
}

/// Tries every sentence of the mails and the policy.
fn check(translation: &Translation) -> Result<(), TranslationError> {
    let sentences = MAIL.into_iter();
    #[cfg(feature = "codes")]
    let sentences = sentences.chain(CODE);
    for (sentence, own) in sentences {
        let names: Vec<_> = ["service", "contact", "address"].iter().chain(own).copied().collect();
        check_sentence(translation, sentence, None, &names)?;
    }
    for code in Requirement::CODES {
        let names: &[_] = match *code {
            "too_short" | "too_guessable" => &["min"],
            "too_long" | "too_many_bytes" | "too_many_bytes_for_bcrypt" => &["max"],
            _ => &[],
        };
        check_sentence(translation, code, None, names)?;
        check_sentence(translation, code, Some("missed"), names)?;
    }
    #[cfg(feature = "zxcvbn")]
    for code in Violation::ADVICE_CODES {
        check_sentence(translation, code, None, &[])?;
    }
    Ok(())
}

/// Tries a sentence with every number that has a plural form of its own in some language.
fn check_sentence(
    translation: &Translation,
    sentence: &str,
    attribute: Option<&str>,
    names: &[&str],
) -> Result<(), TranslationError> {
    let language = || translation.tag().to_owned();
    for number in (0..=31).chain([100, 1000]) {
        let values = names.iter().map(|name| {
            let is_number = NUMBERS.contains(name);
            (*name, if is_number { Value::Number(number) } else { Value::Text("x") })
        });
        let mut errors = Vec::new();
        let said = translation.format(sentence, attribute, values, &mut errors);
        let sentence = || sentence.to_owned();
        if said.is_none_or(|said| said.trim().is_empty()) {
            return Err(TranslationError::Missing { language: language(), sentence: sentence() });
        }
        if let Some(error) = errors.into_iter().next() {
            let (language, sentence) = (language(), sentence());
            return Err(TranslationError::Value { language, sentence, error });
        }
    }
    Ok(())
}

/// Why a language or a sentence is rejected.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TranslationError {
    /// The text is not the tag of a language, or there is no such language here.
    #[error("`{0}` is not the tag of a language, or there is no such language here")]
    Tag(String),
    /// The sentences are not in Fluent's syntax.
    #[error("line {line} of the sentences in `{language}`: {reason}")]
    Syntax {
        /// The language's tag.
        language: String,
        /// The line, counted from 1.
        line: usize,
        /// The parser's error.
        reason: String,
    },
    /// A language lacks a sentence, or the attribute `.missed` of a requirement's sentence.
    #[error("`{language}` has no sentence `{sentence}`, or the sentence has no `.missed`")]
    Missing {
        /// The language's tag.
        language: String,
        /// The name of the sentence.
        sentence: String,
    },
    /// A sentence refers to a value or a sentence that does not exist.
    #[error("the sentence `{sentence}` in `{language}` cannot be formatted")]
    Value {
        /// The language's tag.
        language: String,
        /// The name of the sentence.
        sentence: String,
        /// Fluent's error, which says what the sentence refers to.
        #[source]
        error: FluentError,
    },
}
