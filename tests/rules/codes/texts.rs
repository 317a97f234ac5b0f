//! Which texts are read as a code.

use super::{EXCHANGED, digits, first, mistyped, right, typed, wrong};
use super::{entropy, issuer};
use password_reset::token::Ledger;

/// The digits in another script, whose zero this is.
fn in_script(digits: &str, zero: char) -> String {
    let value = |digit: char| digit.to_digit(10).unwrap();
    digits.chars().map(|d| char::from_u32(u32::from(zero) + value(d)).unwrap()).collect()
}

fn assert_right(ledger: &Ledger, text: &str, name: &str) {
    let exchange = typed(ledger, text);
    assert!(exchange.is_some_and(|exchange| exchange.token.is_some()), "{name}: {text:?}");
}

#[test]
fn a_right_code_is_exchanged_for_a_token_of_its_link() {
    let issued = first();
    let (ledger, token) = right(&issued.ledger, &digits(&issued));
    let checked = issuer().check(&ledger, &token, &super::account(), super::NOW).unwrap();
    assert_eq!(Some(checked), ledger.newest());
    assert_eq!(token.selector(), issued.token.selector(), "it stays the account's");
    let text = issuer().issue(None, super::account(), super::NOW, entropy(EXCHANGED)).unwrap();
    assert_eq!(token.expose_text()[16..], text.token.expose_text()[16..], "of the given entropy");
    assert_ne!(token.expose_text(), issued.token.expose_text());
}

#[test]
fn a_right_code_is_right_in_whatever_groups_it_is_typed() {
    let issued = first();
    let digits = digits(&issued);
    let (head, tail) = digits.split_at(4);
    assert_eq!(issued.code.as_ref().unwrap().expose_in_groups(), format!("{head}-{tail}"));
    let between = [
        ("nothing", ""),
        ("a hyphen", "-"),
        ("a space", " "),
        ("spaces and a hyphen", "  -  "),
        ("a tab", "\t"),
        ("a line's end", "\r\n"),
        ("a no-break space", "\u{a0}"),
        ("a thin space", "\u{2009}"),
        ("a narrow no-break space", "\u{202f}"),
        ("an ideographic space", "\u{3000}"),
        ("a soft hyphen", "\u{ad}"),
        ("a hyphen of its own", "\u{2010}"),
        ("a no-break hyphen", "\u{2011}"),
        ("a figure dash", "\u{2012}"),
        ("an en dash", "–"),
        ("an em dash", "—"),
        ("a bar", "\u{2015}"),
        ("a minus sign", "−"),
        ("a small hyphen", "\u{fe63}"),
        ("a full-width hyphen", "\u{ff0d}"),
        ("a zero-width space", "\u{200b}"),
        ("a joiner and a non-joiner", "\u{200c}\u{200d}"),
        ("a word joiner", "\u{2060}"),
        ("a byte order mark", "\u{feff}"),
        ("marks of direction", "\u{200e}\u{200f}\u{61c}"),
        ("embeddings", "\u{202a}\u{202c}\u{202b}\u{202c}\u{202d}\u{202c}\u{202e}"),
        ("isolates", "\u{2066}\u{2069}\u{2067}\u{2069}\u{2068}\u{2069}"),
    ];
    for (name, between) in between {
        assert_right(&issued.ledger, &format!("{head}{between}{tail}"), name);
        let around = format!("{between}{digits}{between}");
        assert_right(&issued.ledger, &around, &format!("{name} around it"));
        let everywhere: String =
            digits.chars().flat_map(|d| [d.to_string(), between.into()]).collect();
        if everywhere.len() <= 128 {
            assert_right(&issued.ledger, &everywhere, &format!("{name} everywhere"));
        }
    }
}

#[test]
fn a_right_code_is_right_in_the_digits_of_any_script() {
    let issued = first();
    let digits = digits(&issued);
    let scripts = [
        ("full width", '０'),
        ("Arabic-Indic", '٠'),
        ("extended Arabic-Indic", '۰'),
        ("Devanagari", '०'),
        ("Thai", '๐'),
        ("N'Ko", '߀'),
        ("mathematical bold", '𝟎'),
    ];
    for (name, zero) in scripts {
        assert_right(&issued.ledger, &in_script(&digits, zero), name);
    }
    let mixed =
        format!("{}\u{200f}{}", in_script(&digits[..4], '٠'), in_script(&digits[4..], '０'));
    assert_right(&issued.ledger, &mixed, "two scripts");
    for (name, zero) in scripts {
        let exchange = typed(&issued.ledger, &in_script(&mistyped(&digits), zero)).unwrap();
        assert!(exchange.token.is_none(), "{name}: a wrong one is wrong in any script");
    }
}

#[test]
fn what_is_no_code_is_not_counted() {
    let issued = first();
    let digits = digits(&issued);
    let head = &digits[..7];
    let rows = [
        ("empty", String::new()),
        ("white space", " \t\n".into()),
        ("hyphens", "-----".into()),
        ("seven digits", head.into()),
        ("eleven digits", format!("{digits}123")),
        ("a letter more", format!("{digits}a")),
        ("a letter in place", format!("{head}a")),
        ("a letter O in place", format!("{head}O")),
        ("a letter before it", format!("G-{digits}")),
        ("a plus before it", format!("+{digits}")),
        ("a full stop", format!("{digits}.")),
        ("a decimal point", format!("{}.{}", &digits[..4], &digits[4..])),
        ("a comma", format!("{},{}", &digits[..4], &digits[4..])),
        ("an underscore", format!("{}_{}", &digits[..4], &digits[4..])),
        ("a slash", format!("{}/{}", &digits[..4], &digits[4..])),
        ("a quotation mark", format!("\"{digits}\"")),
        ("NUL behind", format!("{digits}\0")),
        ("NUL inside", format!("{}\0{}", &digits[..4], &digits[4..])),
        ("an escape", format!("\u{1b}{digits}")),
        ("superscript digits", "¹²³¹²³¹²".into()),
        ("digits in circles", "①②③④⑤⑥⑦⑧".into()),
        ("Roman numbers", "ⅠⅡⅢⅣⅤⅥⅦⅧ".into()),
        ("Chinese numbers", "一二三四五六七八".into()),
        ("keycaps", "1\u{fe0f}\u{20e3}".repeat(8)),
        ("a combining mark", format!("{digits}\u{301}")),
        ("its token", issued.token.expose_text().into()),
        ("a megabyte of digits", "1".repeat(1 << 20)),
        ("a megabyte of spaces around it", format!("{digits}{}", " ".repeat(1 << 20))),
        ("a megabyte of NUL", "\0".repeat(1 << 20)),
    ];
    for (name, text) in rows {
        assert!(typed(&issued.ledger, &text).is_none(), "{name}: {text:.80}");
    }
}

#[test]
fn a_text_of_up_to_128_bytes_is_read() {
    let issued = first();
    let digits = digits(&issued);
    let padded = |bytes| format!("{digits:>bytes$}");
    assert_right(&issued.ledger, &padded(128), "128 bytes");
    assert!(typed(&issued.ledger, &padded(129)).is_none());
}

#[test]
fn a_code_of_another_length_that_codes_have_is_a_wrong_one() {
    let issued = first();
    let digits = digits(&issued);
    for other in [format!("0{digits}"), format!("{digits}0"), format!("00{digits}")] {
        let exchange = typed(&issued.ledger, &other).unwrap();
        assert!(exchange.token.is_none(), "{other}");
        assert_eq!(exchange.ledger, wrong(&issued.ledger, &digits, 1), "{other}");
    }
}
