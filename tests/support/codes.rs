//! Codes of 8 digits, right ones and wrong ones.
#![allow(dead_code, reason = "each test binary uses a part of it")]

use password_reset::token::{CodeKey, Codes};

pub(crate) fn codes() -> Codes {
    Codes::new(CodeKey::new(b"0123456789abcdef0123456789abcdef").unwrap())
}

/// A wrong code, another one for each number from 1 on.
pub(crate) fn wrong(right: &str, number: usize) -> String {
    let digits = right.parse::<usize>().unwrap() + number;
    format!("{:08}", digits % 100_000_000)
}
