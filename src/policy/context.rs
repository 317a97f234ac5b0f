use crate::secret::Secret;
use alloc::string::String;
use alloc::vec::Vec;

/// The shortest word, or part of one, that is looked for inside a password, in characters.
const SHORTEST_PART: usize = 4;

/// How many characters of a word are looked at: four times as many as an address has.
const LONGEST_WORD: usize = 1024;

/// Words that say who somebody is or where they are: the service's own, such as its name,
/// to which those of the password's owner are added when it is judged.
///
/// They are compared without case: a word whole, without its punctuation, and each of its
/// parts between punctuation and spaces, so that `alice@example.com` means `alice` and
/// `example` too. Of each word the first 1,024 characters count. Where a word and the password
/// are ASCII, nothing is allocated.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Deserialize, serde::Serialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
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

    /// Whether `password` is made of one of these words, or of its owner's.
    pub(super) fn forbid(&self, password: &str, normalized: bool, owners: &[&str]) -> bool {
        let folded = (!password.is_ascii()).then(|| Secret::new(fold(password, normalized)));
        let password = folded.as_ref().map_or(password, |folded| folded.expose());
        let own = self.own().iter().map(|word| &**word);
        own.chain(owners.iter().copied()).map(beginning).any(|word| {
            if word.is_ascii() {
                self.forbids(password, word)
            } else {
                self.forbids(password, &fold(word, normalized))
            }
        })
    }

    /// Each is folded, or ASCII.
    fn forbids(&self, password: &str, word: &str) -> bool {
        self.finds(password, &[word].into_iter())
            || self.finds(password, &parts(word))
            || parts(word).any(|part| self.finds(password, &[part].into_iter()))
    }

    /// Whether the password is these pieces in a row, or contains them.
    fn finds<'a>(&self, password: &str, pieces: &(impl Iterator<Item = &'a str> + Clone)) -> bool {
        let characters: usize = pieces.clone().map(|piece| piece.chars().count()).sum();
        let word = || pieces.clone().flat_map(str::bytes).map(|byte| byte.to_ascii_lowercase());
        let mut password = password.bytes().map(|byte| byte.to_ascii_lowercase());
        match self {
            _ if characters == 0 => false,
            Self::Contained(_) if characters >= SHORTEST_PART => loop {
                let mut here = password.clone();
                if word().all(|byte| here.next() == Some(byte)) {
                    return true;
                }
                if password.next().is_none() {
                    return false;
                }
            },
            _ => password.eq(word()),
        }
    }
}

/// The part of a word that is looked at.
pub(super) fn beginning(word: &str) -> &str {
    super::first_characters(word, LONGEST_WORD)
}

fn parts(word: &str) -> impl Iterator<Item = &str> + Clone {
    word.split(|c: char| !c.is_alphanumeric()).filter(|part| !part.is_empty())
}

/// A word as zxcvbn should know it: in parts, without its punctuation, and whole.
#[cfg(feature = "zxcvbn")]
pub(super) fn spellings(word: &str) -> Vec<String> {
    let mut spellings: Vec<_> = parts(word).map(String::from).collect();
    spellings.extend([parts(word).collect(), word.into()]);
    spellings
}

/// Makes strings that differ only in case the same: by way of the upper case, so that `ß` is
/// `SS` and `ς` is `σ`. With normalization, strings that are canonically equivalent too.
fn fold(text: &str, normalized: bool) -> String {
    let fold = |character: char| character.to_uppercase().flat_map(char::to_lowercase);
    #[cfg(feature = "nfc")]
    if normalized {
        use unicode_normalization::UnicodeNormalization;
        return text.nfd().flat_map(fold).nfc().collect();
    }
    let _ = normalized;
    text.chars().flat_map(fold).collect()
}
