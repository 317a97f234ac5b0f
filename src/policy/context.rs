//! Words about the service and the password's owner, which no password may be made of.

use super::text::{Text, first_characters};
use alloc::string::String;
use alloc::vec::Vec;
use core::iter;

/// The length of the shortest word, or part of one, that is searched for inside a password.
const SHORTEST_PART: usize = 4;

/// The length of the shortest word about the owner that is found in the middle of a longer word.
const SHORTEST_WITHIN: usize = 5;

/// How many characters of a word are used: four times as many as an address can have.
const LONGEST_WORD: usize = 1024;

/// Names of mailboxes, and parts of such names, that say nothing about their owner.
const GENERIC: &str = "abuse account accounts admin administrator billing booking bookings business \
    career careers company contact contacts customer customers email enquiries everyone feedback \
    finance hallo hello help helpdesk home hostmaster info information inquiries jobs kontakt legal \
    list lists login mail mailbox mailing main marketing media member members news newsletter \
    noreply notifications office online order orders password post postmaster press private public \
    reception register reply root sales security service services shop staff store student students \
    subscribe support system team tech temp test testing user username users webmaster welcome work";

/// Words that no password may be made of: your own, such as the name of your service, and words
/// about the password's owner, which are added when a password is checked.
///
/// ```
/// use password_reset::policy::{ContextWords, PasswordPolicy};
///
/// let words = ContextWords::Contained(vec!["Acme".into()]);
/// let policy = PasswordPolicy::builder().context_words(words).build()?;
/// let is_accepted = |password, owner: &str| policy.check_for(password, &[owner]).is_ok();
/// assert!(!is_accepted("My-Acme-Password-1", "info@example.com"));
/// assert!(is_accepted("More-Information-1", "info@example.com"));
/// assert!(is_accepted("One-Example-Of-7", "alice@example.com"));
/// assert!(!is_accepted("Alice-In-7-Words", "alice@example.com"));
/// # Ok::<(), password_reset::policy::PolicyError>(())
/// ```
///
/// # What is rejected
///
/// | what of a word | for `Ann-Lee Carroll` | for `ann-lee.carroll+shop@mail.example.com` |
/// | --- | --- | --- |
/// | the word, and its letters and digits alone | `Ann-Lee Carroll`, `AnnLeeCarroll` | the address; `ann-lee.carroll`, `annleecarroll` |
/// | each part between punctuation and spaces | `Carroll` | `carroll` |
/// | these only if they are the whole password | `Ann`, `Lee` | `ann`, `lee`, `shop`, `mail`, `example`, `com` |
///
/// Words are compared without case. Only the first 1,024 characters of a word are used. If the word
/// and the password are ASCII, nothing is allocated.
///
/// # What is found inside a password
///
/// A password should not be rejected for a word that says nothing about its owner. So
/// [`Contained`](Self::Contained) does not find these *inside* a password:
///
/// - the domain and the tag (`+shop`) of an owner's address;
/// - words of fewer than four characters;
/// - words about the owner of exactly four characters, if they are part of a longer word. A capital
///   after a small letter begins a new word. So `mark` is found in `mark2026` and in `ILoveMark1`,
///   but not in `supermarket`;
/// - the common names of mailboxes, such as `info`, `mail`, `office` or `support`.
///
/// Your own words of four or more characters are found anywhere. So are their parts, except the
/// names of mailboxes. So pass the name of your service, and not its domain.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Deserialize, serde::Serialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum ContextWords {
    /// No password *contains* a word, as described above, or is one.
    Contained(Vec<String>),
    /// No password *is* a word. NIST SP 800-63B-4, section 3.1.1.2, permits only comparisons of the
    /// entire password.
    Whole(Vec<String>),
}

impl ContextWords {
    pub(super) fn own(&self) -> &[String] {
        match self {
            Self::Contained(words) | Self::Whole(words) => words,
        }
    }

    /// Returns whether the service has words of its own.
    pub(super) fn has_any(&self) -> bool {
        self.own().iter().any(|word| word.chars().any(char::is_alphanumeric))
    }

    /// Returns whether `password` is made of one of these words, or of one about its owner.
    pub(super) fn forbid(&self, password: &str, nfc: bool, owners: &[&str]) -> bool {
        let folded = Text::folded(password, nfc);
        let forbids = |word: &str, is_own: bool| {
            self.forbids(folded.expose(), Text::folded(beginning(word), nfc).expose(), is_own)
        };
        self.own().iter().any(|word| forbids(word, true))
            || owners.iter().any(|word| forbids(word, false))
    }

    /// `password` and `word` are each folded or ASCII.
    fn forbids(&self, password: &str, word: &str, is_own: bool) -> bool {
        let name = if is_own { word } else { name_in(word) };
        let finds_any_form = |of: &str| {
            self.finds(password, &iter::once(of), is_own)
                || self.finds(password, &parts(of), is_own)
        };
        finds_any_form(word)
            || finds_any_form(name)
            || parts(word).any(|part| is(password, iter::once(part)))
            || parts(name)
                .map(iter::once)
                .any(|part| self.finds(password, &part, is_own) && !is_generic(&part))
    }

    /// Returns whether the password is these pieces in a row, or contains them.
    fn finds<'a>(
        &self,
        password: &str,
        pieces: &(impl Iterator<Item = &'a str> + Clone),
        is_own: bool,
    ) -> bool {
        let characters: usize = pieces.clone().map(|piece| piece.chars().count()).sum();
        let bytes: usize = pieces.clone().map(str::len).sum();
        let is_looked_for = matches!(self, Self::Contained(_)) && characters >= SHORTEST_PART;
        let counts_within = is_own || characters >= SHORTEST_WITHIN;
        let is_at = |start: usize| {
            let found = password.get(start..start + bytes);
            found.is_some_and(|found| is(found, pieces.clone()))
                && (counts_within || stands_alone(password, start, start + bytes))
        };
        characters > 0 && is(password, pieces.clone())
            || is_looked_for
                && password.char_indices().any(|(start, _)| is_at(start))
                && (is_own || !is_generic(pieces))
    }
}

/// Returns whether `text` is these pieces in a row, ignoring the case of ASCII letters.
fn is<'a>(text: &str, pieces: impl Iterator<Item = &'a str>) -> bool {
    let folded = |byte: u8| byte.to_ascii_lowercase();
    text.bytes().map(folded).eq(pieces.flat_map(str::bytes).map(folded))
}

fn is_generic<'a>(pieces: &(impl Iterator<Item = &'a str> + Clone)) -> bool {
    GENERIC.split_ascii_whitespace().any(|generic| is(generic, pieces.clone()))
}

/// Returns whether this part of the text is not in the middle of a longer word.
fn stands_alone(text: &str, start: usize, end: usize) -> bool {
    let is_letter = |c: char| c.is_lowercase() || c.is_uppercase();
    let ends_at = |at: usize| {
        let (before, after) = text.split_at_checked(at).unwrap_or_default();
        match (before.chars().next_back(), after.chars().next()) {
            (Some(last), Some(next)) if is_letter(last) && is_letter(next) => {
                last.is_lowercase() && next.is_uppercase()
            }
            _ => true,
        }
    };
    ends_at(start) && ends_at(end)
}

/// Returns the part that names the owner: of an address the part before the `@`, without a tag.
fn name_in(word: &str) -> &str {
    match word.rsplit_once('@') {
        Some((name, _)) if !name.is_empty() => name.split_once('+').map_or(name, |(name, _)| name),
        _ => word,
    }
}

/// Returns the part of a word that is used.
pub(super) fn beginning(word: &str) -> &str {
    first_characters(word, LONGEST_WORD)
}

fn parts(word: &str) -> impl Iterator<Item = &str> + Clone {
    word.split(|c: char| !c.is_alphanumeric()).filter(|part| !part.is_empty())
}

/// Returns a word as zxcvbn should know it: its parts, the word without punctuation, and the word.
#[cfg(feature = "zxcvbn")]
pub(super) fn spellings(word: &str) -> impl Iterator<Item = Text<'_>> {
    let letters = Text::copied(parts(word).flat_map(str::chars));
    parts(word).map(Text::Typed).chain([letters, Text::Typed(word)])
}
