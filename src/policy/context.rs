use super::text::{Text, first_characters};
use alloc::string::String;
use alloc::vec::Vec;
use core::iter;

/// The shortest word, or part of one, that is looked for inside a password, in characters.
const SHORTEST_PART: usize = 4;

/// The shortest word of the owner's that counts in the midst of a longer one.
const SHORTEST_WITHIN: usize = 5;

/// How many characters of a word are looked at: four times as many as an address has.
const LONGEST_WORD: usize = 1024;

/// Names of mailboxes, and words of such names, that say nothing of their owner.
const GENERIC: &str = "abuse account accounts admin administrator billing booking bookings business \
    career careers company contact contacts customer customers email enquiries everyone feedback \
    finance hallo hello help helpdesk home hostmaster info information inquiries jobs kontakt legal \
    list lists login mail mailbox mailing main marketing media member members news newsletter \
    noreply notifications office online order orders password post postmaster press private public \
    reception register reply root sales security service services shop staff store student students \
    subscribe support system team tech temp test testing user username users webmaster welcome work";

/// Words that say who the password's owner is or what service it is for: the service's own, such
/// as its name, to which the owner's are added when a password is judged.
///
/// They are compared without case. Of each word the first 1,024 characters count. If a word and
/// the password are ASCII, nothing is allocated.
///
/// | of a word | such as `Ann-Lee Carroll` | such as `ann-lee.carroll+shop@mail.example.com` |
/// | --- | --- | --- |
/// | it itself, and its letters and digits alone | `Ann-Lee Carroll`, `AnnLeeCarroll` | the address; `ann-lee.carroll`, `annleecarroll` |
/// | each part between punctuation and spaces | `Carroll` | `carroll` |
/// | only if it is the whole password | `Ann`, `Lee` | `ann`, `lee`, `shop`, `mail`, `example`, `com` |
///
/// So that nobody's password is rejected for a word that says nothing of its owner,
/// [`Contained`](Self::Contained) looks inside the password
///
/// - for no domain and no tag (`+shop`) of an owner's address;
/// - for no word of fewer than four characters;
/// - for a word of the owner's of four characters only where no letter is directly before or
///   after it, or the case changes there: `mark` is found in `mark2026` and in `ILoveMark1`, but
///   not in `supermarket`;
/// - for none of the common names of mailboxes, such as `info`, `mail`, `office` or `support`.
///
/// A word of the service's own counts wherever it stands, and so do its parts but for the names of
/// mailboxes. So give the service's name, and not its domain.
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
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Deserialize, serde::Serialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum ContextWords {
    /// No password *contains* one, as the table says, or is one.
    Contained(Vec<String>),
    /// No password *is* one: NIST SP 800-63B-4, section 3.1.1.2, has nothing but the entire
    /// password compared.
    Whole(Vec<String>),
}

impl ContextWords {
    pub(super) fn own(&self) -> &[String] {
        match self {
            Self::Contained(words) | Self::Whole(words) => words,
        }
    }

    /// Whether the service has words of its own, beside those of a password's owner.
    pub(super) fn has_any(&self) -> bool {
        self.own().iter().any(|word| word.chars().any(char::is_alphanumeric))
    }

    /// Whether `password` is made of one of these words, or of its owner's.
    pub(super) fn forbid(&self, password: &str, nfc: bool, owners: &[&str]) -> bool {
        let folded = Text::folded(password, nfc);
        let forbids = |word: &str, is_own: bool| {
            self.forbids(folded.expose(), Text::folded(beginning(word), nfc).expose(), is_own)
        };
        self.own().iter().any(|word| forbids(word, true))
            || owners.iter().any(|word| forbids(word, false))
    }

    /// Each is folded, or ASCII.
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

    /// Whether the password is these pieces in a row, or contains them.
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

/// Whether `text` is these pieces in a row, whatever the case of ASCII.
fn is<'a>(text: &str, pieces: impl Iterator<Item = &'a str>) -> bool {
    let folded = |byte: u8| byte.to_ascii_lowercase();
    text.bytes().map(folded).eq(pieces.flat_map(str::bytes).map(folded))
}

fn is_generic<'a>(pieces: &(impl Iterator<Item = &'a str> + Clone)) -> bool {
    GENERIC.split_ascii_whitespace().any(|generic| is(generic, pieces.clone()))
}

/// Whether no longer word goes on before or after this part of the text.
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

/// What names the owner: of an address what stands before the `@`, without a tag.
fn name_in(word: &str) -> &str {
    match word.rsplit_once('@') {
        Some((name, _)) if !name.is_empty() => name.split_once('+').map_or(name, |(name, _)| name),
        _ => word,
    }
}

/// The part of a word that is looked at.
pub(super) fn beginning(word: &str) -> &str {
    first_characters(word, LONGEST_WORD)
}

fn parts(word: &str) -> impl Iterator<Item = &str> + Clone {
    word.split(|c: char| !c.is_alphanumeric()).filter(|part| !part.is_empty())
}

/// A word as zxcvbn should know it: in parts, without its punctuation, and whole.
#[cfg(feature = "zxcvbn")]
pub(super) fn spellings(word: &str) -> impl Iterator<Item = Text<'_>> {
    let letters = Text::copied(parts(word).flat_map(str::chars));
    parts(word).map(Text::Typed).chain([letters, Text::Typed(word)])
}
