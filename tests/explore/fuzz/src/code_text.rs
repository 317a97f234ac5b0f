use crate::support::codes::with_codes;
use crate::{entropy_of, text};
use icu_properties::{CodePointMapData, props::GeneralCategory};
use password_reset::token::{Binding, Code, Issued, Ledger, TokenIssuer};
use std::sync::LazyLock;
use time::UtcDateTime;

const NOW: UtcDateTime = UtcDateTime::UNIX_EPOCH;

/// What may stand between digits beside white space.
const BETWEEN: &str = "-\u{ad}\u{61c}\u{200b}\u{200c}\u{200d}\u{200e}\u{200f}\u{2010}\u{2011}\
    \u{2012}\u{2013}\u{2014}\u{2015}\u{202a}\u{202b}\u{202c}\u{202d}\u{202e}\u{2060}\u{2066}\
    \u{2067}\u{2068}\u{2069}\u{2212}\u{feff}\u{fe63}\u{ff0d}";

/// A ledger whose code is `30990080`, and its issuer.
static ISSUED: LazyLock<(TokenIssuer, Ledger, String)> = LazyLock::new(|| {
    let issuer = with_codes(TokenIssuer::builder());
    let Issued { ledger, code, .. } =
        issuer.issue(None, binding(), NOW, entropy_of([7; 36])).unwrap();
    let digits = code.as_ref().map(Code::expose_digits).unwrap().to_owned();
    (issuer, ledger, digits)
});

fn binding() -> Binding {
    Binding::new("alice@example.com", b"hash")
}

/// Text as a code: read if and only if it is 8 to 10 decimal digits of any script with nothing
/// between them but what separates groups, in at most 128 bytes; right if and only if they are
/// the code's, and otherwise counted.
pub fn code_text(data: &[u8]) {
    let text = &*text(data);
    let (issuer, ledger, digits) = &*ISSUED;
    let exchange = issuer.exchange(ledger, text, &binding(), NOW, entropy_of([8; 36])).unwrap();
    match (exchange, read(text)) {
        (None, None) => {}
        (Some(exchange), Some(typed)) => {
            let is_right = typed == *digits;
            assert_eq!(exchange.token.is_some(), is_right, "{text:?}");
            assert_eq!(exchange.ledger.wrong_codes(), u8::from(!is_right), "{text:?}");
            assert!(!format!("{exchange:?}").contains(&typed), "{text:?}");
        }
        (exchange, typed) => panic!("{text:?} gives {exchange:?} in the place of {typed:?}"),
    }
}

fn read(text: &str) -> Option<String> {
    let is_digit = |c: char| {
        CodePointMapData::<GeneralCategory>::new().get(c) == GeneralCategory::DecimalNumber
    };
    let mut digits = String::new();
    for character in text.chars() {
        if is_digit(character) {
            // Each script's ten follow each other, from zero on.
            let code = u32::from(character);
            let earlier = (0..code).rev().map(char::from_u32);
            let run = earlier.take_while(|c| c.is_some_and(is_digit)).count();
            digits.push(char::from_digit(u32::try_from(run % 10).unwrap(), 10).unwrap());
        } else if !character.is_whitespace() && !BETWEEN.contains(character) {
            return None;
        }
    }
    ((8..=10).contains(&digits.len()) && text.len() <= 128).then_some(digits)
}
