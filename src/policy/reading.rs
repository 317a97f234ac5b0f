//! One pass over a password, which checks the plain requirements.

use super::invisible::is_invisible;
use super::requirement::{BCRYPT_BYTES, Requirement};
use super::rules::Rules;
use crate::digit;

/// A set of plain requirements, and of other facts that one pass over a password finds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Facts(u16);

const MIN_LENGTH: u16 = 1;
const DIGIT: u16 = 2;
const LOWERCASE: u16 = 4;
const UPPERCASE: u16 = 8;
const VISIBLE: u16 = 16;
const MAX_LENGTH: u16 = 32;
const MAX_BYTES: u16 = 64;
const FITS_BCRYPT: u16 = 128;
const NO_NUL: u16 = 256;
// Facts that are no requirement.
const NUL: u16 = 512;
const NOT_ASCII: u16 = 1024;

impl Facts {
    pub(super) const NONE: Self = Self(0);
    /// What a password that is too long to be read is known not to meet.
    pub(super) const TOO_LONG: Self = Self(MAX_LENGTH);

    /// Returns the requirement, if it is plain.
    pub(super) const fn of(requirement: &Requirement) -> Self {
        Self(match requirement {
            Requirement::MinLength { .. } => MIN_LENGTH,
            Requirement::Digit => DIGIT,
            Requirement::Lowercase => LOWERCASE,
            Requirement::Uppercase => UPPERCASE,
            Requirement::Visible => VISIBLE,
            Requirement::MaxLength { .. } => MAX_LENGTH,
            Requirement::MaxBytes { .. } => MAX_BYTES,
            Requirement::BcryptBytes => FITS_BCRYPT,
            Requirement::NoNul => NO_NUL,
            _ => 0,
        })
    }

    pub(super) const fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Returns the plain requirements that the password meets.
    pub(super) fn met_by(password: &str, rules: &Rules) -> Self {
        let bytes = password.len();
        let kind_of_byte = |byte| KIND_OF_BYTE.get(usize::from(byte)).copied().unwrap_or_default();
        let found = password.bytes().fold(0, |found, byte| found | kind_of_byte(byte));
        let (characters, found) = if Self(found).has_any(Self(NOT_ASCII)) {
            let kinds = password.chars().map(kind_of);
            kinds.fold((0, 0), |(characters, found), kind| (characters + 1, found | kind))
        } else {
            (bytes, found)
        };
        Self(
            found
                + bit(MIN_LENGTH, characters >= rules.min_length)
                + bit(MAX_LENGTH, characters <= rules.max_length)
                + bit(MAX_BYTES, rules.max_bytes.is_none_or(|most| bytes <= most))
                + bit(FITS_BCRYPT, bytes <= BCRYPT_BYTES)
                + bit(NO_NUL, !Self(found).has_any(Self(NUL))),
        )
    }

    pub(super) const fn without(self, others: Self) -> Self {
        Self(self.0 & !others.0)
    }

    pub(super) const fn has_any(self, others: Self) -> bool {
        self.0 & others.0 != 0
    }
}

const fn bit(bit: u16, is_set: bool) -> u16 {
    if is_set { bit } else { 0 }
}

const fn kind_of_byte(byte: u8) -> u16 {
    bit(DIGIT, byte.is_ascii_digit())
        + bit(LOWERCASE, byte.is_ascii_lowercase())
        + bit(UPPERCASE, byte.is_ascii_uppercase())
        + bit(VISIBLE, byte.is_ascii_graphic())
        + bit(NUL, byte == 0)
        + bit(NOT_ASCII, !byte.is_ascii())
}

const KIND_OF_BYTE: [u16; 256] = {
    let mut kinds = [0; 256];
    let mut rest: &mut [u16] = &mut kinds;
    let mut byte = 0_u8;
    while let Some((kind, others)) = rest.split_first_mut() {
        *kind = kind_of_byte(byte);
        byte = byte.wrapping_add(1);
        rest = others;
    }
    kinds
};

fn kind_of(character: char) -> u16 {
    bit(DIGIT, digit::value_of(character).is_some())
        + bit(LOWERCASE, character.is_lowercase())
        + bit(UPPERCASE, character.is_uppercase())
        + bit(VISIBLE, !is_invisible(character))
        + bit(NUL, character == '\0')
}
