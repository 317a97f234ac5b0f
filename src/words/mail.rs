//! The mails, sentence by sentence.

use super::html::Page;
use super::translation::{Translation, Value};
use super::{Content, Reader, Words};
use crate::mailer::{Message, Reason};
use time::{OffsetDateTime, SignedDuration, UtcDateTime};

/// Writes one message in one language.
pub(super) fn write<Id>(
    words: &Words,
    translation: &Translation,
    reader: &Reader<'_>,
    message: &Message<'_, Id>,
) -> Content {
    let mail = Mail { words, translation, address: message.recipient().as_str() };
    let say = |sentence| mail.say(sentence, &[]);
    let mut page = Page::new(translation);
    if let Some(name) = reader.name {
        page.words(&[mail.say("hello", &[("name", Value::Text(name))])]);
    }
    match *message {
        Message::ResetLink {
            reason,
            link,
            asked_at,
            expires_at,
            #[cfg(feature = "codes")]
            code,
            ..
        } => {
            let said = LinkWords::of(reason);
            // With the seconds, since a reader tells links apart by this time.
            page.words(&[mail.say_when(said.asked, asked_at, true)]);
            let (lead, button) = (say(said.open_link), say(said.button));
            page.link(&lead, &button, &say("or-address"), link.expose_url());
            page.words(&[mail.valid("valid", asked_at, expires_at), say("only-newest")]);
            #[cfg(feature = "codes")]
            if let Some(code) = code {
                page.code(&say("code-lead"), &code.expose_in_groups());
                let valid = mail.valid("code-valid", asked_at, code.expires_at());
                page.words(&[valid, say("code-secret")]);
            }
            page.words(&[say(said.otherwise)]);
            page.finish(&say(said.subject))
        }
        Message::Explanation { reason, asked_at, .. } => {
            page.words(&[mail.say_when(LinkWords::of(reason).asked, asked_at, true)]);
            let sign_in = match reader.sign_in {
                Some(way) => mail.say("explanation-sign-in", &[("sign-in", Value::Text(way))]),
                None => say("explanation-otherwise"),
            };
            page.words(&[say("explanation-none"), sign_in]);
            page.words(&[say("explanation-not-you")]);
            page.finish(&say("explanation-subject"))
        }
        Message::PasswordChanged { changed_at, .. } => {
            page.words(&[mail.say_when("changed", changed_at, true)]);
            page.words(&[say("was-you")]);
            page.words(&[say("was-not-you"), say("mailbox")]);
            page.finish(&say("changed-subject"))
        }
    }
}

/// The names of the sentences that depend on why a link is sent.
struct LinkWords {
    subject: &'static str,
    asked: &'static str,
    open_link: &'static str,
    button: &'static str,
    otherwise: &'static str,
}

impl LinkWords {
    const fn of(reason: Reason) -> Self {
        let forgotten = Self {
            subject: "reset-subject",
            asked: "asked",
            open_link: "open-link",
            button: "button",
            otherwise: "not-you",
        };
        match reason {
            Reason::Forgotten => forgotten,
            Reason::Administrator => {
                Self { asked: "asked-administrator", otherwise: "not-expected", ..forgotten }
            }
            Reason::Invitation => Self {
                subject: "invite-subject",
                asked: "invited",
                open_link: "invite-open-link",
                button: "invite-button",
                otherwise: "invite-not-expected",
            },
        }
    }
}

struct Mail<'a> {
    words: &'a Words,
    translation: &'a Translation,
    address: &'a str,
}

impl Mail<'_> {
    fn say(&self, sentence: &str, more: &[(&str, Value<'_>)]) -> String {
        let mut values = vec![
            ("service", Value::Text(&self.words.service)),
            ("contact", Value::Text(&self.words.contact)),
            ("address", Value::Text(self.address)),
        ];
        values.extend_from_slice(more);
        self.translation.say(sentence, &values)
    }

    fn say_when(&self, sentence: &str, at: UtcDateTime, to_the_second: bool) -> String {
        self.say(sentence, &[("moment", Value::Phrase(&self.moment(at, to_the_second)))])
    }

    fn valid(&self, sentence: &str, from: UtcDateTime, until: UtcDateTime) -> String {
        let (span, until) = (self.span(until - from), self.moment(until, false));
        self.say(sentence, &[("span", Value::Phrase(&span)), ("moment", Value::Phrase(&until))])
    }

    /// Returns how long a span is, rounded down so that the mail does not promise too much.
    fn span(&self, span: SignedDuration) -> String {
        let minutes = span.whole_minutes();
        let (sentence, number) = match minutes {
            ..=0 => return self.say("span-moments", &[]),
            _ if minutes > 24 * 60 && minutes % (24 * 60) == 0 => {
                ("span-days", minutes / (24 * 60))
            }
            _ if minutes > 60 && minutes % 60 == 0 => ("span-hours", minutes / 60),
            _ => ("span-minutes", minutes),
        };
        self.say(sentence, &[("number", Value::Number(number))])
    }

    /// Returns the time, the zone and the date in the host's time zone, or in UTC if the local time
    /// is out of the calendar's range.
    fn moment(&self, at: UtcDateTime, to_the_second: bool) -> String {
        let zone = self.words.zone.as_ref().map(|zone| zone(at));
        let local = zone.as_ref().and_then(|zone| at.checked_to_offset(zone.offset));
        let name = local.and(zone.as_ref()).map_or("UTC", |zone| &zone.name);
        let at = local.unwrap_or(OffsetDateTime::from(at));
        let date = self.say(
            "date",
            &[
                ("day", Value::Number(at.day().into())),
                ("month", Value::Number(u8::from(at.month()).into())),
                ("year", Value::Number(at.year().into())),
            ],
        );
        let (hour, minute, second) = at.to_hms();
        let time = if to_the_second {
            format!("{hour:02}:{minute:02}:{second:02}")
        } else {
            format!("{hour:02}:{minute:02}")
        };
        let parts = [
            ("time", Value::Text(&time)),
            ("zone", Value::Text(name)),
            ("date", Value::Phrase(&date)),
        ];
        self.say("moment", &parts)
    }
}
