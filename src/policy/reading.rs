use super::digit::is_decimal_digit;
use super::{BCRYPT_BYTES, PasswordPolicy, Requirement};

/// Requirements as a set of bits, so that all which one reading of a password tells are
/// compared at once.
#[derive(Clone, Copy)]
pub(super) struct Facts(u16);

const DIGIT: u8 = 2;
const LOWERCASE: u8 = 4;
const UPPERCASE: u8 = 8;
const CLASSES: u8 = DIGIT | LOWERCASE | UPPERCASE;
const MIN_LENGTH: u16 = 16;
const MAX_LENGTH: u16 = 32;
const MAX_BYTES: u16 = 64;
const FITS_BCRYPT: u16 = 128;
const NO_NUL: u16 = 256;
/// What no reading tells.
const MORE: u16 = 512;

impl Facts {
    pub(super) const NONE: Self = Self(0);

    /// Those that a policy asks for.
    pub(super) fn asked(requirements: &[Requirement]) -> Self {
        Self(requirements.iter().fold(0, |asked, requirement| asked | Self::of(requirement).0))
    }

    pub(super) const fn of(requirement: &Requirement) -> Self {
        Self(match requirement {
            Requirement::MinLength { .. } => MIN_LENGTH,
            Requirement::MaxLength { .. } => MAX_LENGTH,
            Requirement::MaxBytes { .. } => MAX_BYTES,
            Requirement::BcryptBytes => FITS_BCRYPT,
            Requirement::Digit => DIGIT as u16,
            Requirement::Lowercase => LOWERCASE as u16,
            Requirement::Uppercase => UPPERCASE as u16,
            Requirement::NoNul => NO_NUL,
            Requirement::Assigned
            | Requirement::NotCommon
            | Requirement::NotContextWord
            | Requirement::MinScore { .. }
            | Requirement::NotBreached
            | Requirement::Custom(_) => MORE,
        })
    }

    /// Those that the password meets, as far as a reading tells.
    pub(super) fn read(password: &str, policy: &PasswordPolicy) -> Self {
        let bytes = password.len();
        let found = find_in_bytes(password.as_bytes());
        let (characters, found) =
            if found & NOT_ASCII == 0 { (bytes, found) } else { find_in_text(password, found) };
        Self(
            u16::from(found & CLASSES)
                | bit(MIN_LENGTH, characters >= policy.min_length)
                | bit(MAX_LENGTH, characters <= policy.max_length)
                | bit(MAX_BYTES, policy.max_bytes.is_none_or(|most| bytes <= most))
                | bit(FITS_BCRYPT, bytes <= BCRYPT_BYTES)
                | bit(NO_NUL, found & NUL == 0),
        )
    }

    pub(super) const fn include(self, wanted: Self) -> bool {
        wanted.0 & !self.0 == 0
    }
}

const fn bit(bit: u16, is_set: bool) -> u16 {
    if is_set { bit } else { 0 }
}

const NUL: u8 = 16;
const NOT_ASCII: u8 = 32;

/// The class of a byte of UTF-8; of a character that takes several, only that it does.
const fn class_of(byte: u8) -> u8 {
    if !byte.is_ascii() {
        return NOT_ASCII;
    }
    (byte.is_ascii_digit() as u8 * DIGIT)
        | (byte.is_ascii_lowercase() as u8 * LOWERCASE)
        | (byte.is_ascii_uppercase() as u8 * UPPERCASE)
        | ((byte == 0) as u8 * NUL)
}

const CLASS_OF: [u8; 256] = {
    let mut classes = [0; 256];
    let mut rest: &mut [u8] = &mut classes;
    let mut byte = 0_u8;
    while let Some((class, others)) = rest.split_first_mut() {
        *class = class_of(byte);
        byte = byte.wrapping_add(1);
        rest = others;
    }
    classes
};

/// From this length on, comparing sixteen bytes at once is faster than a table.
const LONG: usize = 32;

/// Every class of which there is a byte.
fn find_in_bytes(bytes: &[u8]) -> u8 {
    if bytes.len() < LONG {
        let class_of = |byte: u8| CLASS_OF.get(usize::from(byte)).copied().unwrap_or_default();
        bytes.iter().fold(0, |found, byte| found | class_of(*byte))
    } else {
        bytes.iter().fold(0, |found, byte| found | class_of(*byte))
    }
}

/// The number of characters, and `found` with every class of which there is one beyond ASCII.
#[inline(never)]
fn find_in_text(text: &str, found: u8) -> (usize, u8) {
    text.chars().fold((0, found), |(characters, found), character| {
        let class = if character.is_ascii() { 0 } else { class_beyond_ascii(character) };
        (characters + 1, found | class)
    })
}

fn class_beyond_ascii(character: char) -> u8 {
    (u8::from(is_decimal_digit(character)) * DIGIT)
        | (u8::from(character.is_lowercase()) * LOWERCASE)
        | (u8::from(character.is_uppercase()) * UPPERCASE)
}
