//! The composition of a mail and its headers.

use super::body::{html, text};
use super::{LettreError, Setup};
use crate::mailer::{Message, Recipient};
use crate::words::Content;
use core::time::Duration;
use lettre::address::{Address, Envelope};
use lettre::message::header::{ContentTransferEncoding, HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart, SinglePart};
use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;
use std::time::SystemTime;

/// The last second of the year 9999, which is the last one that lettre writes.
const LAST_SECOND: u64 = 253_402_300_799;

/// Composes the mail: one recipient, and the words as text and as HTML.
pub(super) fn compose<Id, E: core::error::Error>(
    setup: &Setup,
    message: &Message<'_, Id>,
    content: Content,
) -> Result<lettre::Message, LettreError<E>> {
    let Setup { from, reply_to, envelope_sender, headers, eight_bit } = setup;
    // lettre panics on a line break in a name.
    let has_broken_name =
        |one: &Mailbox| one.name.as_ref().is_some_and(|name| name.contains(char::is_control));
    if has_broken_name(from) || reply_to.as_ref().is_some_and(has_broken_name) {
        return Err(LettreError::Sender);
    }
    let to = address(message.recipient());
    let sender = envelope_sender.as_ref().unwrap_or(&from.email).clone();
    let envelope = Envelope::new(Some(sender), vec![to.clone()]).map_err(LettreError::Compose)?;
    let domain = ascii_domain(&from.email);
    let Content { subject, text: words, html: page } = content;
    let mut mail = lettre::Message::builder()
        .envelope(envelope)
        .from(from.clone())
        .to(to.into())
        .subject(subject)
        .date(date(message))
        .message_id(Some(id_at(&domain)))
        // Starts a new thread, so that no mail program folds the newest mail behind an older one.
        .references(id_at(&domain))
        .raw_header(entity_ref())
        .raw_header(auto_submitted());
    if let Some(reply_to) = reply_to {
        mail = mail.reply_to(reply_to.clone());
    }
    for header in headers {
        mail = mail.raw_header(header.clone());
    }
    let bodies = [text(words, *eight_bit), html(page, *eight_bit)];
    let mut parts = MultiPart::alternative();
    // A multipart with an 8-bit part must declare it as well (RFC 2045, section 6.4).
    if bodies.iter().any(|body| body.encoding() == ContentTransferEncoding::EightBit) {
        parts = parts.header(ContentTransferEncoding::EightBit);
    }
    let [words, page] = bodies;
    let parts = parts.singlepart(SinglePart::plain(words)).singlepart(SinglePart::html(page));
    mail.multipart(parts).map_err(LettreError::Compose)
}

/// Returns lettre's address of a recipient. A recipient is one mailbox, so lettre's narrower
/// grammar is not needed.
fn address(recipient: Recipient<'_>) -> Address {
    let smtp = recipient.to_smtp();
    let (local, domain) = smtp.rsplit_once('@').unwrap_or((&*smtp, ""));
    Address::new_dangerous(local, domain)
}

/// Returns the sender's domain in ASCII, or a reserved domain if IDNA cannot write it.
fn ascii_domain(sender: &Address) -> String {
    let ascii = crate::idn::to_ascii(sender.domain());
    ascii.as_deref().filter(|domain| domain.is_ascii()).unwrap_or("mail.invalid").to_owned()
}

/// Returns the message's time, clamped to the years that lettre can write.
fn date<Id>(message: &Message<'_, Id>) -> SystemTime {
    let seconds = u64::try_from(message.at().unix_timestamp()).unwrap_or(0).min(LAST_SECOND);
    SystemTime::UNIX_EPOCH + Duration::from_secs(seconds)
}

/// Returns 128 bits that are unique to a mail. They need not be secret.
fn unique() -> String {
    let random = || RandomState::new().hash_one(());
    format!("{:016x}{:016x}", random(), random())
}

fn id_at(domain: &str) -> String {
    format!("<{}@{domain}>", unique())
}

/// Keeps Gmail from treating mails with the same subject as one conversation.
fn entity_ref() -> HeaderValue {
    let name = const { HeaderName::new_from_ascii_str("X-Entity-Ref-ID") };
    HeaderValue::new(name, unique())
}

/// Asks vacation programs not to answer (RFC 3834).
fn auto_submitted() -> HeaderValue {
    let name = const { HeaderName::new_from_ascii_str("Auto-Submitted") };
    HeaderValue::new(name, "auto-generated".into())
}
