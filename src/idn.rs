//! Internationalized domains, in letters (as people write them) and A-labels (`xn--…`, as in DNS).

use alloc::borrow::{Cow, ToOwned};
use alloc::string::String;
use alloc::vec::Vec;
use alloc::{format, vec};
use idna::uts46::{AsciiDenyList, DnsLength, Hyphens, Uts46};
use unicode_normalization::UnicodeNormalization;

/// Returns a domain in A-labels. Returns `None` if it is not a domain, or if IDNA would change more
/// than its case and normalization, so a lookalike of a domain never becomes that domain.
pub(crate) fn to_ascii(domain: &str) -> Option<Cow<'_, str>> {
    if domain.is_ascii() && !has_a_label(domain) {
        return Some(Cow::Borrowed(domain));
    }
    let uts46 = Uts46::new();
    let (bytes, deny, hyphens) = (domain.as_bytes(), AsciiDenyList::URL, Hyphens::Allow);
    let ascii = uts46.to_ascii(bytes, deny, hyphens, DnsLength::Verify).ok()?;
    let (letters, result) = uts46.to_unicode(ascii.as_bytes(), deny, hyphens);
    result.ok()?;
    // One letter at a time, because IDNA has no special form for the end of a word, as Greek does.
    let lower: String = domain.chars().flat_map(char::to_lowercase).collect();
    let mut labels = ascii.split('.').zip(letters.split('.'));
    let is_alike = !domain.chars().any(|c| gains_ascii(c, c.to_lowercase()))
        && lower.split('.').all(|label| {
            labels
                .next()
                .is_some_and(|(ascii, letters)| label == ascii || label.nfc().eq(letters.chars()))
        });
    is_alike.then(|| Cow::Owned(ascii.into_owned()))
}

/// Returns whether a non-ASCII character becomes an ASCII one, as the Kelvin sign becomes a K.
fn gains_ascii(before: char, after: impl Iterator<Item = char>) -> bool {
    !before.is_ascii() && after.nfc().any(|c| c.is_ascii())
}

/// Returns the other ways to write a login: in normalization form C, with its domain in letters,
/// and with its domain in A-labels, which is what browsers send from a field for email addresses.
pub(crate) fn other_spellings(login: &str) -> Vec<String> {
    if login.is_ascii() && !has_a_label(login) {
        return vec![];
    }
    let composed: String = login.nfc().collect();
    if login.chars().any(|c| gains_ascii(c, core::iter::once(c))) {
        return vec![];
    }
    let mut spellings = vec![composed.clone()];
    if let Some((local, domain)) = composed.rsplit_once('@')
        && let Some(ascii) = to_ascii(domain)
    {
        let (letters, _) =
            Uts46::new().to_unicode(ascii.as_bytes(), AsciiDenyList::URL, Hyphens::Allow);
        spellings.extend([format!("{local}@{letters}"), format!("{local}@{ascii}")]);
    }
    let mut seen = vec![login.to_owned()];
    spellings.retain(|spelling| {
        let is_new = !seen.contains(spelling);
        seen.push(spelling.clone());
        is_new
    });
    spellings
}

fn has_a_label(text: &str) -> bool {
    text.as_bytes().windows(4).any(|four| four.eq_ignore_ascii_case(b"xn--"))
}
