use alloc::string::String;
use alloc::vec::Vec;

/// The shortest word, or part of one, that is looked for inside a password, in characters.
const SHORTEST_PART: usize = 4;

/// Words that say who somebody is or where they are: the service's own, such as its name,
/// to which those of the password's owner are added when it is judged.
///
/// They are compared without case: a word whole, without its punctuation, and each of its
/// parts between punctuation and spaces, so that `alice@example.com` means `alice` and
/// `example` too.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Deserialize, serde::Serialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
pub enum ContextWords {
    /// No password *contains* one of at least four characters, or is a shorter one.
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

    /// Whether `password` is made of `word`. It allocates nothing, and its time is bounded
    /// by the product of both lengths.
    pub(super) fn forbid(&self, password: &str, word: &str) -> bool {
        let parts = word.split(|c: char| !c.is_alphanumeric()).filter(|part| !part.is_empty());
        let letters = word.chars().filter(|c| c.is_alphanumeric());
        self.finds(password, word.chars())
            || self.finds(password, letters)
            || parts.into_iter().any(|part| self.finds(password, part.chars()))
    }

    fn finds(&self, password: &str, word: impl Iterator<Item = char> + Clone) -> bool {
        let is_part = matches!(self, Self::Contained(_))
            && word.clone().nth(SHORTEST_PART.saturating_sub(1)).is_some();
        let word = word.flat_map(fold);
        if word.clone().next().is_none() {
            return false;
        }
        if !is_part {
            return password.chars().flat_map(fold).eq(word);
        }
        let mut rest = password.chars();
        loop {
            let mut here = rest.clone().flat_map(fold);
            if word.clone().all(|expected| here.next() == Some(expected)) {
                return true;
            }
            if rest.next().is_none() {
                return false;
            }
        }
    }
}

/// Makes characters that differ only in case the same: by way of the upper case, so that
/// `ß` is `SS` and `ς` is `σ`.
fn fold(character: char) -> impl Iterator<Item = char> + Clone {
    character.to_uppercase().flat_map(char::to_lowercase)
}
