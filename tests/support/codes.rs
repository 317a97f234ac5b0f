//! Codes, and wrong ones.

use password_reset::token::{CodeKey, Codes, TokenIssuer, TokenIssuerBuilder};

pub(crate) fn key() -> CodeKey {
    CodeKey::new(b"0123456789abcdef0123456789abcdef").unwrap()
}

/// The same issuer, with codes.
pub(crate) fn with_codes(builder: TokenIssuerBuilder) -> TokenIssuer {
    builder.codes(Codes::new(key())).build().unwrap()
}

/// As many digits, of which the last is another.
pub(crate) fn mistyped(digits: &str) -> String {
    let (head, last) = digits.split_at(digits.len() - 1);
    let last: u8 = last.parse().unwrap();
    format!("{head}{}", (last + 1) % 10)
}

/// A wrong code of 8 digits, another one for each number from 1 on.
pub(crate) fn wrong(right: &str, number: usize) -> String {
    let digits = right.parse::<usize>().unwrap() + number;
    format!("{:08}", digits % 100_000_000)
}
