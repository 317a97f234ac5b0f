//! Codes: short secrets beside a link, to type on a device on which the link does not open.

use super::digest::{Digest, Purpose};
use super::ledger::{MAX_WRONG, MAX_WRONG_IN_ALL, RevisionExhausted, StoredCode, WrongCodes};
use super::reset_token::ResetToken;
use super::{Binding, Entropy, Issue, IssueKind, Ledger, Selector, TokenIssuer};
use crate::digit;
use crate::secret::Secret;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt::{self, Write as _};
use core::ops::RangeInclusive;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use time::{SignedDuration, UtcDateTime};

/// How many digits a code may have.
const DIGITS: RangeInclusive<u32> = 8..=10;

/// The longest text that is read as a code, in bytes.
const MAX_TYPED_BYTES: usize = 128;

/// How long a code is good: the limit of ASVS 5.0, 6.5.5, for an out-of-band code.
const LIFETIME: SignedDuration = SignedDuration::minutes(10);

/// A key that codes are stored under: 32 or more random bytes.
///
/// Keep the key outside the database. Somebody who reads the database without the key learns no
/// code. A ledger with a code names its key with 4 bytes of a digest.
#[derive(Clone)]
pub struct CodeKey {
    name: [u8; 4],
    hmac: Hmac<Sha256>,
}

impl CodeKey {
    /// Returns the key with these bytes, for example from a secret store. Make one with
    /// `openssl rand -base64 32`.
    ///
    /// # Errors
    /// Fails if the key has fewer than 32 bytes, or consists of one byte repeated, which no
    /// generator made.
    pub fn new(key: &[u8]) -> Result<Self, CodeError> {
        let first = key.first().filter(|_| key.len() >= 32).ok_or(CodeError::ShortKey)?;
        if key.iter().all(|byte| byte == first) {
            return Err(CodeError::ConstantKey);
        }
        let hmac = Hmac::new_from_slice(key).map_err(|_| CodeError::ShortKey)?;
        let named = hmac.clone().chain_update(b"password-reset/code/name").finalize().into_bytes();
        Ok(Self { name: named.first_chunk().copied().unwrap_or_default(), hmac })
    }

    /// Returns what is stored of a code, for one link of one account and purpose.
    fn mac(&self, purpose: &Purpose, selector: &Selector, issue: &Digest, digits: &str) -> Digest {
        let mac = self.hmac.clone().chain_update(b"password-reset/code/stored");
        let mac = mac.chain_update(purpose.tag).chain_update(selector.as_bytes());
        Digest(mac.chain_update(issue.0).chain_update(digits).finalize().into_bytes().into())
    }

    /// Returns the digits of a token's code. They are as random as the token to anybody who lacks
    /// the token or the key. No number is likelier than another by more than one part in 10⁹.
    fn digits_for(&self, purpose: &Purpose, token: &ResetToken, count: u32) -> Secret<String> {
        let mac = self.hmac.clone().chain_update(b"password-reset/code/digits");
        let mac = mac.chain_update(purpose.tag).chain_update(token.selector().as_bytes());
        let random = mac.chain_update(token.verifier().expose()).finalize().into_bytes();
        let number = u64::from_be_bytes(random.first_chunk().copied().unwrap_or_default());
        let (number, width) = (number % 10_u64.pow(count), count as usize);
        let mut digits = Secret::new(String::with_capacity(width));
        let written = write!(digits.expose_mut(), "{number:0width$}");
        debug_assert!(written.is_ok() && digits.expose().len() == width);
        digits
    }
}

impl fmt::Debug for CodeKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CodeKey(..)")
    }
}

/// The settings of codes: the keys that they are stored under, and how many digits they have.
///
/// A mail with a link then has a code beside it. The reader types the code and the login on another
/// device, and your service [exchanges](TokenIssuer::exchange) it for a token of the same link.
///
/// - A code is good for 10 minutes, or until its link expires if that is sooner.
/// - Five wrong codes end the code, but not the link.
/// - After twenty wrong codes, no mail has a code until a password is set or the ledger is purged.
///   The earliest purge is 30 days after the last wrong code.
///
/// So everybody who knows a login can use up its codes. A code is a convenience and must never be
/// the only way.
///
/// ```
/// use password_reset::token::{CodeKey, Codes, TokenIssuer};
///
/// # let (from_the_secret_store, the_one_before) = ([*b"0123456789abcdef"; 2].concat(), b"fedcba9876543210fedcba9876543210");
/// let key = CodeKey::new(&from_the_secret_store)?;
/// let codes = Codes::new(key).with_other_key(CodeKey::new(the_one_before)?).with_digits(9)?;
/// let issuer = TokenIssuer::builder().codes(codes).build()?;
/// # let _ = issuer;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Codes {
    /// The key of new codes.
    key: CodeKey,
    /// The keys of codes that other instances or earlier deployments made.
    others: Vec<CodeKey>,
    digits: u32,
}

impl Codes {
    /// Returns the settings for codes of 8 digits, stored under this key.
    #[must_use]
    pub fn new(key: CodeKey) -> Self {
        Self { key, others: Vec::new(), digits: *DIGITS.start() }
    }

    /// Adds another key, so that codes stored under it can be exchanged too.
    ///
    /// When you rotate keys, add the next key before you use it, and keep the previous key for
    /// eleven minutes after that. A code is good for ten minutes, and clocks may differ by one.
    #[must_use]
    pub fn with_other_key(mut self, key: CodeKey) -> Self {
        self.others.push(key);
        self
    }

    /// Sets the number of digits of new codes. Default: 8.
    ///
    /// # Errors
    /// Fails if `digits` is less than 8 or more than 10.
    pub fn with_digits(self, digits: u32) -> Result<Self, CodeError> {
        if !DIGITS.contains(&digits) {
            return Err(CodeError::Digits { digits });
        }
        Ok(Self { digits, ..self })
    }
}

/// A code that was issued. It is a secret, for the account holder's mail and nothing else.
#[derive(Debug)]
pub struct Code {
    digits: Secret<String>,
    expires_at: UtcDateTime,
}

impl Code {
    /// Returns the digits in groups, such as `1234-5678`, to read and type. In a text that runs
    /// from right to left the hyphen keeps the groups in order, which a space would not.
    #[must_use]
    pub fn expose_in_groups(&self) -> String {
        let digits = self.expose_digits();
        let size = if digits.len() == 9 { 3 } else { digits.len() / 2 };
        let (mut groups, mut rest) = (String::with_capacity(digits.len() + 2), digits);
        while let Some((group, after)) = rest.split_at_checked(size) {
            groups.push_str(group);
            groups.push_str(if after.is_empty() { "" } else { "-" });
            rest = after;
        }
        groups
    }

    /// Returns the digits without groups, 8 to 10 of them.
    #[must_use]
    pub fn expose_digits(&self) -> &str {
        self.digits.expose()
    }

    /// Returns the first instant at which it is no longer good.
    #[must_use]
    pub const fn expires_at(&self) -> UtcDateTime {
        self.expires_at
    }

    #[cfg(feature = "std")]
    pub(crate) fn duplicate(&self) -> Self {
        Self { digits: Secret::new(self.digits.expose().clone()), ..*self }
    }
}

/// The result of a typed code. Commit the ledger before you reveal whether there is a token. Reveal
/// nothing if the commit fails.
#[derive(Debug)]
#[non_exhaustive]
pub struct Exchange {
    /// The ledger to store. In it the code is spent, or one more wrong code is counted.
    pub ledger: Ledger,
    /// If the code was right, a token of its link. It does what the token in the mail does, and
    /// expires with it.
    pub token: Option<ResetToken>,
}

impl TokenIssuer {
    /// Exchanges a typed code for a token of the same link, or counts a wrong code.
    ///
    /// The code may be typed in groups and in the digits of any script. Returns `None`, and counts
    /// nothing, if the account has no good code or if the text is not a code.
    ///
    /// The link in the mail stays as good as it was. No link is issued, and none lives longer.
    ///
    /// ```
    /// use password_reset::token::{Binding, CodeKey, Codes, Entropy, TokenIssuer};
    /// use time::UtcDateTime;
    ///
    /// # #[cfg(feature = "getrandom")] {
    /// # let key = *b"32 random bytes, from your vault";
    /// let issuer = TokenIssuer::builder().codes(Codes::new(CodeKey::new(&key)?)).build()?;
    /// let account = Binding::new("alice@example.com", b"her password hash");
    /// let now = UtcDateTime::UNIX_EPOCH;
    /// let issued = issuer.issue(None, account, now, Entropy::from_system()?)?;
    /// let (ledger, code) = (issued.ledger, issued.code.expect("the issuer has codes"));
    ///
    /// let typed = code.expose_in_groups();
    /// let entropy = Entropy::from_system()?;
    /// let exchange = issuer.exchange(&ledger, &typed, &account, now, entropy)?;
    /// let exchange = exchange.expect("the code is good");
    /// // Store `exchange.ledger`, then give the visitor the token.
    /// let token = exchange.token.expect("the code is right");
    /// assert!(issuer.check(&exchange.ledger, &token, &account, now).is_ok());
    /// # }
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// Fails if the key that the code is stored under is not one of the issuer's; then nothing is
    /// counted. Fails if the ledger's revision is at its maximum.
    pub fn exchange(
        &self,
        ledger: &Ledger,
        typed: &str,
        binding: &Binding,
        now: UtcDateTime,
        entropy: Entropy,
    ) -> Result<Option<Exchange>, ExchangeError> {
        let is_good =
            |issue: &&Issue| issue.check(binding, now).is_ok() && now < end_of_code(issue);
        let (Some(codes), Some(typed), Some(code), Some(issue)) =
            (&self.codes, read(typed), &ledger.code, ledger.live_recovery().filter(is_good))
        else {
            return Ok(None);
        };
        let mut keys = core::iter::once(&codes.key).chain(&codes.others);
        let key = keys.find(|key| key.name == code.key);
        let key = key.ok_or(ExchangeError::KeyMissing)?;
        let mac = key.mac(&self.purpose, ledger.selector(), &issue.digest, typed.expose());
        if mac == code.mac {
            let token = ResetToken::new(*ledger.selector(), entropy.verifier);
            let exchanged = Some(Digest::of_token(&self.purpose, &token));
            let ledger = ledger.with_link(&issue.digest, |link| link.exchanged = exchanged)?;
            return Ok(Some(Exchange { ledger, token: Some(token) }));
        }
        let (count, wrong) = (ledger.wrong_codes().saturating_add(1), code.wrong.saturating_add(1));
        // A clock that was set back must not let the count be purged sooner.
        let last_at = ledger.wrong_codes.map_or(now, |before| before.last_at.max(now));
        let mut next = ledger.next(|_| {})?;
        next.wrong_codes = Some(WrongCodes { count, last_at });
        let is_over = wrong >= MAX_WRONG || count >= MAX_WRONG_IN_ALL;
        next.code = (!is_over).then(|| StoredCode { wrong, ..code.clone() });
        Ok(Some(Exchange { ledger: next, token: None }))
    }

    /// Returns whether it issues codes.
    #[must_use]
    pub const fn has_codes(&self) -> bool {
        self.codes.is_some()
    }

    /// Returns the ledger with a code for its live link, and the code.
    pub(super) fn with_code(&self, ledger: Ledger, token: &ResetToken) -> (Ledger, Option<Code>) {
        let may_have_one = ledger.wrong_codes() < MAX_WRONG_IN_ALL;
        let codes = self.codes.as_ref().filter(|_| may_have_one);
        let issue = ledger.newest().filter(|i| i.is_live() && i.kind == IssueKind::Recovery);
        let (Some(codes), Some(issue)) = (codes, issue) else { return (ledger, None) };
        let key = &codes.key;
        let digits = key.digits_for(&self.purpose, token, codes.digits);
        let mac = key.mac(&self.purpose, ledger.selector(), &issue.digest, digits.expose());
        let expires_at = end_of_code(issue);
        let code = StoredCode { key: key.name, mac, wrong: 0 };
        (Ledger { code: Some(code), ..ledger }, Some(Code { digits, expires_at }))
    }
}

/// Returns the first instant at which a link's code is no longer good.
fn end_of_code(issue: &Issue) -> UtcDateTime {
    issue.expires_at.min(issue.issued_at.saturating_add(LIFETIME))
}

/// Returns the digits of a typed code, if it is one: digits of any script, with spaces, hyphens and
/// invisible characters between them.
fn read(typed: &str) -> Option<Secret<String>> {
    if typed.len() > MAX_TYPED_BYTES {
        return None;
    }
    let mut digits = Secret::new(String::with_capacity(MAX_TYPED_BYTES));
    for character in typed.chars() {
        match digit::value_of(character).and_then(|value| char::from_digit(value, 10)) {
            Some(digit) => digits.expose_mut().push(digit),
            None if is_between_groups(character) => {}
            None => return None,
        }
    }
    let count = u32::try_from(digits.expose().len()).ok()?;
    DIGITS.contains(&count).then_some(digits)
}

/// Whether it is white space, a hyphen, a dash, a minus sign, what Japanese keyboards have in its
/// place, or an invisible mark.
fn is_between_groups(character: char) -> bool {
    character.is_whitespace()
        || matches!(
            character,
            '-' | 'ー' | 'ｰ' | '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2010}'..='\u{2015}'
                | '\u{202a}'..='\u{202e}' | '\u{2060}' | '\u{2066}'..='\u{2069}' | '\u{2212}'
                | '\u{feff}' | '\u{fe63}' | '\u{ff0d}'
        )
}

/// Why a key or a number of digits is not accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CodeError {
    /// The key has fewer than 32 bytes.
    #[error("a key for codes must have at least 32 bytes")]
    ShortKey,
    /// The key consists of one byte repeated, so it is not random.
    #[error("a key for codes must be random, and this one repeats a single byte")]
    ConstantKey,
    /// The number of digits is not from 8 to 10: fewer are too easy to guess, more too long to
    /// type.
    #[error("the number of digits of a code must be from 8 to 10, not {digits}")]
    Digits {
        /// The number that was set.
        digits: u32,
    },
}

/// Why a typed code was not compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ExchangeError {
    /// The code is stored under a key that the issuer does not have.
    #[error("the code is stored under a key that is missing: keep the old one for eleven minutes")]
    KeyMissing,
    /// The ledger accepts no more changes.
    #[error(transparent)]
    Exhausted(#[from] RevisionExhausted),
}
