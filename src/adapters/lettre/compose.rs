use super::{Content, LettreError};
use crate::mailer::Message;
use core::time::Duration;
use lettre::address::{Address, Envelope};
use lettre::message::header::{ContentTransferEncoding, HeaderName, HeaderValue};
use lettre::message::{Body, Mailbox, MultiPart, SinglePart};
use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;
use std::time::SystemTime;

/// The longest line of a mail, without its end (RFC 5322, section 2.1.1).
const MAX_LINE_BYTES: usize = 998;

/// The last second of the year 9999, beyond which lettre writes no dates.
const LAST_SECOND: u64 = 253_402_300_799;

/// The mail: one recipient, the words as text and as HTML.
pub(super) fn compose<Id, E: core::error::Error>(
    from: &Mailbox,
    message: &Message<'_, Id>,
    content: Content,
) -> Result<lettre::Message, LettreError<E>> {
    // lettre panics on a line break in it.
    if from.name.as_ref().is_some_and(|name| name.contains(char::is_control)) {
        return Err(LettreError::Sender);
    }
    let to: Address = message.recipient().as_str().parse().map_err(LettreError::Recipient)?;
    let envelope =
        Envelope::new(Some(from.email.clone()), vec![to.clone()]).map_err(LettreError::Compose)?;
    let Content { subject, text, html } = content;
    lettre::Message::builder()
        .envelope(envelope)
        .from(from.clone())
        .to(to.into())
        .subject(subject)
        .date(date(message))
        .message_id(Some(message_id(from)))
        .raw_header(auto_submitted())
        .multipart(
            MultiPart::alternative()
                .singlepart(SinglePart::plain(body(text)))
                .singlepart(SinglePart::html(body(html))),
        )
        .map_err(LettreError::Compose)
}

/// When the message came to be, moved into the years that lettre writes.
fn date<Id>(message: &Message<'_, Id>) -> SystemTime {
    let (Message::ResetLink { asked_at: at, .. } | Message::PasswordChanged { changed_at: at, .. }) =
        message;
    let seconds = u64::try_from(at.unix_timestamp()).unwrap_or(0).min(LAST_SECOND);
    SystemTime::UNIX_EPOCH + Duration::from_secs(seconds)
}

/// An identifier of the sender's domain; it need only be unique.
fn message_id(from: &Mailbox) -> String {
    let random = || RandomState::new().hash_one(());
    format!("<{:016x}{:016x}@{}>", random(), random(), from.email.domain())
}

/// Asks vacation programs not to answer (RFC 3834).
fn auto_submitted() -> HeaderValue {
    let name = const { HeaderName::new_from_ascii_str("Auto-Submitted") };
    HeaderValue::new(name, "auto-generated".into())
}

/// Left as it is wherever mail permits that: lettre would break any line of more than
/// 76 characters, and a link should be whole to whoever reads the mail undecoded.
fn body(content: String) -> Body {
    let fits = |line: &str| line.len() <= MAX_LINE_BYTES && !line.contains(['\r', '\0']);
    if !content.is_ascii() {
        Body::new(content)
    } else if content.lines().all(fits) {
        let lines: String = content.lines().flat_map(|line| [line, "\r\n"]).collect();
        Body::dangerous_pre_encoded(lines.into_bytes(), ContentTransferEncoding::SevenBit)
    } else {
        // lettre would leave a lone return as it is, which some servers take for a line's end:
        // with a full stop behind it, for the mail's.
        let encoding = ContentTransferEncoding::QuotedPrintable;
        Body::new_with_encoding(content, encoding).unwrap_or_else(Body::new)
    }
}
