use crate::{entropy_of, text};
use password_reset::token::{Binding, Ledger, Refusal, ResetToken, TokenIssuer};
use time::UtcDateTime;

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// Text as a token: taken if and only if it is the one spelling of 36 bytes that ends in one of
/// the alphabet's first 32 letters, with at most 64 bytes in all.
pub fn token_text(data: &[u8]) {
    let text = &*text(data);
    let core = text.trim_matches(|c| matches!(c, ' ' | '\t' | '\n' | '\r' | '\u{c}'));
    let expected = if text.len() > 64 { None } else { decode(core) };
    let token = match (ResetToken::parse(text), expected) {
        (Ok(token), Some(bytes)) => {
            assert_eq!(token.selector().as_bytes()[..], bytes[..12]);
            assert_names_the_same(&token, bytes);
            token
        }
        (Err(_), None) => return,
        (parsed, _) => panic!("{text:?} gives {parsed:?}"),
    };
    assert_eq!(token.expose_text(), core);
    let again = ResetToken::parse(token.expose_text()).unwrap();
    assert_eq!(again.expose_text(), token.expose_text());
    assert!(!format!("{token:?}").contains(core));

    for white_space in 0..=16 {
        let padded = format!("{core:>width$}", width = 48 + white_space);
        assert_eq!(ResetToken::parse(&padded).unwrap().expose_text(), core);
    }
    assert!(ResetToken::parse(&format!("{core:<65}")).is_err());
    assert!(ResetToken::parse(&format!("\u{a0}{core}")).is_err());
}

/// The bytes that a token's text spells, a bit at a time.
fn decode(text: &str) -> Option<[u8; 36]> {
    if text.len() != 48 {
        return None;
    }
    let mut bytes = [0; 36];
    for (position, character) in text.bytes().enumerate() {
        let value = ALPHABET.iter().position(|known| *known == character)?;
        for bit in 0..6 {
            let at = position * 6 + bit;
            bytes[at / 8] |= u8::from(value >> (5 - bit) & 1 == 1) << (7 - at % 8);
        }
    }
    (bytes[35] & 0b10_0000 == 0).then_some(bytes)
}

/// The token that is issued with these bytes is this one, and no bit of it can be another.
fn assert_names_the_same(token: &ResetToken, bytes: [u8; 36]) {
    let issuer = TokenIssuer::default();
    let binding = Binding::new("alice@example.com", b"hash");
    let now = UtcDateTime::UNIX_EPOCH;
    let same = issuer.issue(None, binding, now, entropy_of(bytes)).unwrap();
    assert_eq!(same.token.expose_text(), token.expose_text());
    let told = |ledger: &Ledger| issuer.check(ledger, token, &binding, now).map(drop);
    assert_eq!(told(&same.ledger), Ok(()));

    let mut other = bytes;
    let (byte, bit) = (12 + usize::from(bytes[35]) % 24, bytes[34] % 8);
    // The one bit that no token has is cleared as often as it is set.
    other[byte] ^= 1 << if (byte, bit) == (35, 5) { 4 } else { bit };
    let other = issuer.issue(None, binding, now, entropy_of(other)).unwrap();
    assert_eq!(told(&other.ledger), Err(Refusal::Unknown));
}
