use super::translation::{Translation, Value};
use crate::policy::Requirement;
#[cfg(feature = "zxcvbn")]
use crate::policy::Violation;
use fluent_bundle::{FluentError, FluentResource};
use std::sync::{Arc, LazyLock};
use unic_langid::LanguageIdentifier;

const ENGLISH: &str = include_str!("languages/en.ftl");

/// The shipped languages beside English, in the order in which the docs name them.
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

/// The sentences of the mails, each with the values that it is given beside `$service`, `$contact`
/// and `$address`.
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
    ("told-subject", &[]),
    ("told-none", &[]),
    ("told-sign-in", &["sign-in"]),
    ("told-otherwise", &[]),
    ("told-not-you", &[]),
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

/// The sentences beside a code, likewise.
#[cfg(feature = "codes")]
const CODE: [(&str, &[&str]); 3] =
    [("code-lead", &[]), ("code-valid", &["span", "moment"]), ("code-secret", &[])];

/// The values that are numbers.
const NUMBERS: [&str; 6] = ["number", "day", "month", "year", "min", "max"];

/// More languages than anybody reads.
const MAX_WISHES: usize = 32;

static ALL: LazyLock<Translations> = LazyLock::new(|| Translations {
    first: shipped(("en", ENGLISH)),
    more: SHIPPED.into_iter().map(shipped).collect(),
});

/// Not checked at each start, since a test shows that each is accepted.
fn shipped((tag, sentences): (&str, &str)) -> Translation {
    let resource = FluentResource::try_new(sentences.to_owned());
    let resource = resource.unwrap_or_else(|(as_far_as_read, _)| as_far_as_read);
    Translation::new(tag.parse().unwrap_or_default(), None, Arc::new(resource))
}

/// What is spoken where another language lacks a sentence.
#[cfg(feature = "web")]
pub(super) fn english() -> &'static Translation {
    &ALL.first
}

/// The languages that a service speaks. The first is spoken where none of the others was wished.
///
/// The default is all ten, with English first.
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
    /// Adds a language, or other sentences for one that is there.
    ///
    /// `sentences` is in Fluent's syntax. A new language needs every sentence of
    /// `src/words/languages/en.ftl`, which is the file to start from; a language that is there
    /// takes what is given, and keeps the rest. Sentences for [requirements and
    /// verdicts](Translation::violation) of the host's own are named by their codes. The sentences
    /// are part of your program, as its templates are: take none from people whom you do not trust.
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
    /// The tag is none; the sentences are not Fluent's syntax; a sentence is missing; or one of the
    /// library's names a value that it is not given.
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

    /// Leaves only these languages, in this order: the first is spoken where none was wished.
    ///
    /// # Errors
    /// One of them is not there; or there are none.
    pub fn only(self, tags: &[&str]) -> Result<Self, TranslationError> {
        let find = |tag: &&str| {
            let found = self.iter().find(|one| one.tag().eq_ignore_ascii_case(tag));
            found.cloned().ok_or_else(|| TranslationError::Tag((*tag).to_owned()))
        };
        let mut kept = tags.iter().map(find);
        let first = kept.next().unwrap_or_else(|| find(&""))?;
        Ok(Self { first, more: kept.collect::<Result<_, _>>()? })
    }

    /// The first of the wished languages that is there, or comes nearest; otherwise the first that
    /// there is. For a reader of `pt-BR`, `pt` is as good as that, and `pt-PT` better than nothing.
    #[must_use]
    pub fn choose<'w>(&self, wishes: impl IntoIterator<Item = &'w str>) -> &Translation {
        wishes.into_iter().find_map(|wish| self.nearest(wish)).unwrap_or(&self.first)
    }

    /// Whether the wished language, or one that comes near, is there.
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

    /// The tags of all, in order.
    pub fn tags(&self) -> impl Iterator<Item = &str> {
        self.iter().map(Translation::tag)
    }
}

/// The languages that a browser asks for in `Accept-Language`, the most wished first (RFC 9110,
/// section 12.5.4), for [`Translations::choose`].
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
    // Of two with one weight the first stays first.
    wishes.sort_by(|(_, one), (_, other)| other.total_cmp(one));
    wishes.into_iter().map(|(tag, _)| tag).collect()
}

/// Reads a tag and its weight, such as `pl;q=0.8`. `None` where it is no wish: any language, one
/// that is not wished, or something that cannot be read.
fn wish(item: &str) -> Option<(&str, f32)> {
    let (tag, weight) = item.split_once(';').unwrap_or((item, "q=1"));
    let (tag, weight) = (tag.trim(), weight.trim().strip_prefix("q=")?.parse().ok()?);
    let is_wish = !matches!(tag, "" | "*") && weight > 0.0 && weight <= 1.0;
    is_wish.then_some((tag, weight))
}

/// Tries every sentence.
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

/// Tries a sentence with every number that has forms of its own somewhere.
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

/// Why a language or a sentence is not accepted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TranslationError {
    /// Not the tag of a language, or of none that is there.
    #[error("`{0}` is not the tag of a language, or of none that is there")]
    Tag(String),
    /// The sentences are not Fluent's syntax.
    #[error("line {line} of the sentences in `{language}`: {reason}")]
    Syntax {
        /// The tag.
        language: String,
        /// The line, from 1 on.
        line: usize,
        /// What the parser says.
        reason: String,
    },
    /// A new language lacks a sentence.
    #[error("`{language}` has no sentence `{sentence}`, or a requirement's lacks `.missed`")]
    Missing {
        /// The tag.
        language: String,
        /// The name of the sentence.
        sentence: String,
    },
    /// A sentence refers to something that is not there.
    #[error("the sentence `{sentence}` in `{language}` cannot be said")]
    Value {
        /// The tag.
        language: String,
        /// The name of the sentence.
        sentence: String,
        /// What it refers to.
        #[source]
        error: FluentError,
    },
}
