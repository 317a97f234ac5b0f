//! The words of the mails and of the policy, in ten languages.
//!
//! - [`Words`] writes the mails, as text and as HTML, in the language of their reader: English,
//!   German, French, Spanish, Portuguese (as in Brazil), Italian, Polish, Turkish, Arabic or
//!   Japanese.
//! - [`Translation`] has the policy's phrases and sentences in one of these languages.
//! - [`Translations::with`] adds a language, or replaces a sentence. The sentences are data in the
//!   syntax of [Project Fluent](https://projectfluent.org), one file for each language.
//! - [`Wording`] is the trait to implement if you want other mails altogether.
//!
//! ```
//! use password_reset::PasswordPolicy;
//! use password_reset::words::Translations;
//!
//! let translations = Translations::default();
//! let polish = translations.choose(["pl-PL"]);
//! let violations = PasswordPolicy::default().check("Żółw1").unwrap_err();
//! let sentences: Vec<_> = violations.iter().map(|violation| polish.violation(violation)).collect();
//! assert_eq!(sentences, ["Hasło musi mieć co najmniej 8 znaków."]);
//! ```

mod html;
mod mail;
mod translation;
mod translations;
mod wording;

pub use html::escape_html;
#[cfg(feature = "lettre")]
pub(crate) use html::push_entity;
pub use translation::Translation;
pub use translations::{TranslationError, Translations, accepted_languages};
pub use wording::{Content, Wording};

/// The crate of [`TranslationError::Value`]'s source.
pub use fluent_bundle;

use crate::mailer::Message;
use core::convert::Infallible;
use core::fmt;
use std::borrow::Cow;
use std::sync::Arc;
use time::{UtcDateTime, UtcOffset};
use unicode_normalization::char::is_combining_mark;

/// The longest name of a service, in characters.
const MAX_SERVICE: usize = 64;

/// The longest contact, in characters.
const MAX_CONTACT: usize = 200;

/// The longest name to greet a reader by, in characters.
const MAX_NAME: usize = 64;

/// The most digits in a name: fewer than in any telephone number.
const MAX_NAME_DIGITS: usize = 2;

/// The library's own [`Wording`]: every mail, in the language of its reader.
///
/// A clone is cheap, since clones share their data.
///
/// ```
/// use password_reset::words::{Translations, Words};
///
/// let words = Words::new("Acme", "help@acme.example")?
///     // German, and English or French for readers who prefer them.
///     .translations(Translations::default().only(&["de", "en", "fr"])?);
/// # let _ = words;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct Words {
    service: Arc<str>,
    contact: Arc<str>,
    translations: Translations,
    zone: Option<Arc<dyn Fn(UtcDateTime) -> Zone + Send + Sync>>,
}

/// What you know about the reader of a mail, for [`Words::content_for`].
///
/// ```
/// use password_reset::words::Reader;
///
/// let reader = Reader { name: Some("Alice"), language: Some("pt-BR"), ..Reader::default() };
/// # let _ = reader;
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct Reader<'a> {
    /// The name to greet the reader by.
    ///
    /// A name is left out if it is longer than 64 characters, or contains a link, a telephone
    /// number or a sign that names do not have. In most services anybody can choose a name and sign
    /// up with another person's address. Ordinary words cannot be told from names, so pass no name
    /// for an account whose address is not confirmed.
    pub name: Option<&'a str>,
    /// What the account holder signs in with if the account has no password, such as `Google`.
    pub sign_in: Option<&'a str>,
    /// The tag of the language that is set in the account, such as `pt-BR`. It takes precedence
    /// over the language that the visitor prefers.
    pub language: Option<&'a str>,
}

/// A time zone at one moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Zone {
    /// How far its clocks are ahead of UTC.
    pub offset: UtcOffset,
    /// The zone's name in the mail, such as `CEST`.
    pub name: Cow<'static, str>,
}

impl Words {
    /// Returns the words of a service with this name.
    ///
    /// The notice of a new password asks its reader to contact `contact` if it wasn't them: an
    /// email address, a page or a telephone number at which they get help.
    ///
    /// # Errors
    /// Fails if one of them is empty or has a control character, if the name is longer than 64
    /// characters, or if the contact is longer than 200.
    pub fn new(service: &str, contact: &str) -> Result<Self, WordsError> {
        let fits = |text: &str, most| {
            let length = text.chars().count();
            (1..=most).contains(&length) && !text.contains(char::is_control)
        };
        if !fits(service, MAX_SERVICE) {
            return Err(WordsError::Service);
        }
        if !fits(contact, MAX_CONTACT) {
            return Err(WordsError::Contact);
        }
        let translations = Translations::default();
        Ok(Self { service: service.into(), contact: contact.into(), translations, zone: None })
    }

    /// Sets the languages to choose among. The default is all ten, with English first.
    #[must_use]
    pub fn translations(self, translations: Translations) -> Self {
        Self { translations, ..self }
    }

    /// Sets the time zone of the times in the mails. The default is UTC.
    ///
    /// The closure returns the zone at a given moment, which a time zone library knows. To use the
    /// zone of one account, call this on a clone.
    ///
    /// ```
    /// use password_reset::words::{Words, Zone};
    /// use time::UtcOffset;
    ///
    /// let tokyo = UtcOffset::from_hms(9, 0, 0)?;
    /// let words = Words::new("Acme", "help@acme.example")?
    ///     .time_zone(move |_| Zone { offset: tokyo, name: "JST".into() });
    /// # let _ = words;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn time_zone(self, zone: impl Fn(UtcDateTime) -> Zone + Send + Sync + 'static) -> Self {
        Self { zone: Some(Arc::new(zone)), ..self }
    }

    /// Writes the mail for a reader about whom you know more than the message says. Call it from
    /// your own [`Wording`].
    #[must_use]
    pub fn content_for<Id>(&self, message: &Message<'_, Id>, reader: &Reader<'_>) -> Content {
        let wish = message.language().map(|language| language.as_str());
        let translation = self.translations.choose(reader.language.into_iter().chain(wish));
        let name = reader.name.filter(|name| is_name(name));
        mail::write(self, translation, &Reader { name, ..*reader }, message)
    }
}

impl<Id: Sync> Wording<Id> for Words {
    type Error = Infallible;

    async fn content(&self, message: &Message<'_, Id>) -> Result<Content, Infallible> {
        Ok(self.content_for(message, &Reader::default()))
    }
}

impl fmt::Debug for Words {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut debug = f.debug_struct("Words");
        debug.field("service", &self.service).field("contact", &self.contact);
        debug.field("translations", &self.translations).finish_non_exhaustive()
    }
}

/// Why [`Words`] cannot be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum WordsError {
    /// The service's name is empty, too long, or has a control character.
    #[error("the service's name must have 1 to 64 characters, and no control character")]
    Service,
    /// The contact is empty, too long, or has a control character.
    #[error("the contact must have 1 to 200 characters, and no control character")]
    Contact,
}

/// Whether the text has only what names have: letters, at most two digits, and the signs between
/// them. A full stop must be followed by a space or the end, since `evil.example` becomes a link.
fn is_name(name: &str) -> bool {
    let stops_abbreviate = name
        .split('.')
        .skip(1)
        .all(|rest| rest.is_empty() || rest.starts_with(char::is_whitespace));
    let is_part = |c: char| {
        c.is_alphanumeric()
            || is_combining_mark(c)
            // Persian and Sinhala names, among others, contain joiners.
            || matches!(c, ' ' | '-' | '.' | '\'' | '\u{2019}' | '\u{b7}' | '\u{200c}' | '\u{200d}')
    };
    (1..=MAX_NAME).contains(&name.chars().count())
        && stops_abbreviate
        && name.chars().all(is_part)
        && name.contains(char::is_alphabetic)
        && name.chars().filter(|c| c.is_numeric()).count() <= MAX_NAME_DIGITS
}
