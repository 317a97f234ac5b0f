//! The bodies of a mail, encoded so that the link stays unbroken.

use crate::words::push_entity;
use lettre::message::Body;
use lettre::message::header::ContentTransferEncoding;

/// The longest line of a mail, without its end (RFC 5322, section 2.1.1).
const MAX_LINE_BYTES: usize = 998;

/// A longer line of HTML is broken. The limit leaves room for one more entity and the break.
const LONG_LINE_BYTES: usize = 980;

/// A line break that no reader sees, not even as a space.
const BREAK: &str = "<!--\n-->";

/// The elements whose content is not text, and comments: their beginnings and their ends.
const RAW: [(&str, &str); 3] = [("<style", "</style"), ("<script", "</script"), ("<!--", "-->")];

/// Returns the text as a body, unencoded wherever mail permits that. lettre would break every line
/// of more than 76 characters, and a link should be unbroken in the undecoded mail too.
pub(super) fn text(content: String, eight_bit: bool) -> Body {
    let fits = |line: &str| line.len() <= MAX_LINE_BYTES && !line.contains(['\r', '\0']);
    let encoding = match (content.is_ascii(), content.lines().all(fits)) {
        (true, true) => ContentTransferEncoding::SevenBit,
        (false, true) if eight_bit => ContentTransferEncoding::EightBit,
        (false, _) => return Body::new(content),
        // lettre would leave a lone carriage return as it is. Some servers take it for the end of a
        // line and, if a full stop follows, for the end of the mail.
        (true, false) => {
            let encoding = ContentTransferEncoding::QuotedPrintable;
            return Body::new_with_encoding(content, encoding).unwrap_or_else(Body::new);
        }
    };
    let lines: String = content.lines().flat_map(|line| [line, "\r\n"]).collect();
    Body::dangerous_pre_encoded(lines.into_bytes(), encoding)
}

/// Returns the HTML as a body, in ASCII wherever entities can express it.
pub(super) fn html(content: String, eight_bit: bool) -> Body {
    let ascii = ascii_html(&content).unwrap_or(content);
    let is_encoded_anyway = ascii.lines().any(|line| line.len() > MAX_LINE_BYTES);
    text(if is_encoded_anyway { ascii.replace(BREAK, "") } else { ascii }, eight_bit)
}

/// Returns the same document in ASCII, in lines that are short enough for a mail. Returns `None` if
/// a character outside ASCII is in a place where entities mean nothing.
fn ascii_html(content: &str) -> Option<String> {
    let mut ascii = String::with_capacity(content.len());
    let mut rest = content;
    let mut is_in_text = true;
    while let Some(character) = rest.chars().next() {
        if is_in_text && let Some(raw) = raw_at(rest) {
            if !raw.is_ascii() {
                return None;
            }
            ascii.push_str(raw);
            rest = rest.get(raw.len()..)?;
            continue;
        }
        // A title can have no comments, so it is not broken.
        is_in_text = match character {
            '<' => false,
            '>' => !starts_with(ascii.rsplit('<').next().unwrap_or_default(), "title"),
            _ => is_in_text,
        };
        if character.is_ascii() {
            ascii.push(character);
        } else {
            push_entity(&mut ascii, character);
        }
        // Only after an entity: looking back from every character takes too long in a document of
        // one line.
        if is_in_text && ascii.ends_with(';') {
            let line = ascii.len() - ascii.rfind('\n').map_or(0, |end| end + 1);
            if line > LONG_LINE_BYTES {
                ascii.push_str(BREAK);
            }
        }
        rest = rest.get(character.len_utf8()..)?;
    }
    Some(ascii)
}

fn starts_with(text: &str, start: &str) -> bool {
    let first = text.as_bytes().get(..start.len());
    first.is_some_and(|first| first.eq_ignore_ascii_case(start.as_bytes()))
}

/// Returns the raw element or comment that begins here, up to its end.
fn raw_at(html: &str) -> Option<&str> {
    let (_, end) = RAW.iter().find(|(begin, _)| starts_with(html, begin))?;
    let mut ends = html.char_indices().map(|(at, _)| at);
    let at = ends.find(|at| html.get(*at..).is_some_and(|rest| starts_with(rest, end)));
    html.get(..at.map_or(html.len(), |at| at + end.len()))
}
