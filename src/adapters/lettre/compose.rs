use super::LettreError;
use super::Setup;
use super::body::{html, text};
use crate::mailer::{Message, Recipient};
use crate::words::Content;
use core::time::Duration;
use lettre::address::{Address, Envelope};
use lettre::message::header::{ContentTransferEncoding, HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart, SinglePart};
use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;
use std::time::SystemTime;

/// The last second of the year 9999, beyond which lettre writes no dates.
const LAST_SECOND: u64 = 253_402_300_799;

/// The mail: one recipient, the words as text and as HTML.
pub(super) fn compose<Id, E: core::error::Error>(
    setup: &Setup,
    message: &Message<'_, Id>,
    content: Content,
) -> Result<lettre::Message, LettreError<E>> {
    let Setup { from, reply_to, envelope_sender, headers, eight_bit } = setup;
    // lettre panics on a line break in it.
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
        // A thread of its own, so that no program folds the newest mail behind an older one.
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
    // What encloses such a part says so as well (RFC 2045, section 6.4).
    if bodies.iter().any(|body| body.encoding() == ContentTransferEncoding::EightBit) {
        parts = parts.header(ContentTransferEncoding::EightBit);
    }
    let [words, page] = bodies;
    let parts = parts.singlepart(SinglePart::plain(words)).singlepart(SinglePart::html(page));
    mail.multipart(parts).map_err(LettreError::Compose)
}

/// What was parsed as a recipient is one mailbox, so lettre's narrower grammar is not asked.
fn address(recipient: Recipient<'_>) -> Address {
    let smtp = recipient.to_smtp();
    let (local, domain) = smtp.rsplit_once('@').unwrap_or((&*smtp, ""));
    Address::new_dangerous(local, domain)
}

/// The sender's domain, or one that nobody has where IDNA does not know how to write it.
fn ascii_domain(sender: &Address) -> String {
    let ascii = crate::idn::to_ascii(sender.domain());
    ascii.as_deref().filter(|domain| domain.is_ascii()).unwrap_or("mail.invalid").to_owned()
}

/// When the message came to be, moved into the years that lettre writes.
fn date<Id>(message: &Message<'_, Id>) -> SystemTime {
    let seconds = u64::try_from(message.at().unix_timestamp()).unwrap_or(0).min(LAST_SECOND);
    SystemTime::UNIX_EPOCH + Duration::from_secs(seconds)
}

/// 128 bits that no other mail has; they need not be secret.
fn unique() -> String {
    let random = || RandomState::new().hash_one(());
    format!("{:016x}{:016x}", random(), random())
}

fn id_at(domain: &str) -> String {
    format!("<{}@{domain}>", unique())
}

/// Keeps Gmail from taking mails with the same subject for one conversation.
fn entity_ref() -> HeaderValue {
    let name = const { HeaderName::new_from_ascii_str("X-Entity-Ref-ID") };
    HeaderValue::new(name, unique())
}

/// Asks vacation programs not to answer (RFC 3834).
fn auto_submitted() -> HeaderValue {
    let name = const { HeaderName::new_from_ascii_str("Auto-Submitted") };
    HeaderValue::new(name, "auto-generated".into())
}
