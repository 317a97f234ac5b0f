use super::{Content, Wording, escape_html};
use crate::mailer::{Message, Reason};
use time::{SignedDuration, UtcDateTime};

/// Plain English, with the service's name or without.
#[derive(Clone, Debug, Default)]
pub struct English {
    service: Option<String>,
}

impl English {
    /// Says "your Acme account" where the default says "your account".
    #[must_use]
    pub fn new(service: impl Into<String>) -> Self {
        Self { service: Some(service.into()) }
    }

    /// `Acme password`, or `password`.
    fn the(&self, noun: &str) -> String {
        match &self.service {
            Some(service) => format!("{service} {noun}"),
            None => noun.to_owned(),
        }
    }
}

impl<Id> Wording<Id> for English {
    fn content(&self, message: &Message<'_, Id>) -> Content {
        match message {
            Message::ResetLink { reason, link, asked_at, expires_at, .. } => {
                let who = match reason {
                    Reason::Forgotten => "Somebody",
                    Reason::Administrator => "An administrator",
                };
                self.reset_link(who, link.expose_url(), *asked_at, *expires_at)
            }
            Message::PasswordChanged { changed_at, .. } => self.password_changed(*changed_at),
        }
    }
}

impl English {
    fn reset_link(
        &self,
        who: &str,
        url: &str,
        asked_at: UtcDateTime,
        expires_at: UtcDateTime,
    ) -> Content {
        let asked = format!(
            "{who} asked to reset the password of your {},\nat {} UTC on {}.",
            self.the("account"),
            to_the_second(asked_at),
            day(asked_at)
        );
        let valid = format!(
            "The link is valid for {}, until {} UTC on {}.\n\
             It works once, and only the link in the most recent email works.",
            span(expires_at - asked_at),
            to_the_minute(expires_at),
            day(expires_at)
        );
        let paragraphs = [
            Paragraph::Words(&asked),
            Paragraph::Words("To set a new password, open this link:"),
            Paragraph::Link(url),
            Paragraph::Words(&valid),
            Paragraph::Words("If it wasn't you, ignore this email: your password stays as it is."),
        ];
        content(format!("Reset your {}", self.the("password")), &paragraphs)
    }

    fn password_changed(&self, changed_at: UtcDateTime) -> Content {
        let changed = format!(
            "The password of your {} was changed\nat {} UTC on {}.",
            self.the("account"),
            to_the_second(changed_at),
            day(changed_at)
        );
        let otherwise = format!(
            "If it wasn't you, act at once: ask for a new link (\"Forgotten password?\", where\n\
             you sign in), set a new password, and contact {}.\n\
             Somebody may be able to read your email, so change the password of your\n\
             mailbox as well.",
            self.service.as_deref().unwrap_or("us")
        );
        let paragraphs = [
            Paragraph::Words(&changed),
            Paragraph::Words("If it was you, there is nothing to do."),
            Paragraph::Words(&otherwise),
        ];
        content(format!("Your {} was changed", self.the("password")), &paragraphs)
    }
}

enum Paragraph<'a> {
    Words(&'a str),
    Link(&'a str),
}

impl Paragraph<'_> {
    fn text(&self) -> String {
        let (Self::Words(text) | Self::Link(text)) = self;
        format!("{text}\n")
    }

    fn html(&self) -> String {
        match self {
            Self::Words(words) => format!("<p>{}</p>\n", escape_html(words)),
            Self::Link(url) => {
                let url = escape_html(url);
                format!("<p style=\"overflow-wrap: anywhere\"><a href=\"{url}\">{url}</a></p>\n")
            }
        }
    }
}

/// The same paragraphs as text and as HTML.
fn content(subject: String, paragraphs: &[Paragraph<'_>]) -> Content {
    let text: Vec<_> = paragraphs.iter().map(Paragraph::text).collect();
    let body: String = paragraphs.iter().map(Paragraph::html).collect();
    let html = format!(
        "<!DOCTYPE html>\n\
         <html lang=\"en\">\n\
         <head>\n\
         <meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width\">\n\
         <title>{title}</title>\n\
         </head>\n\
         <body style=\"font-family: sans-serif; line-height: 1.5; max-width: 36em; margin: 1em\">\n\
         {body}\
         </body>\n\
         </html>\n",
        title = escape_html(&subject),
    );
    Content { subject, text: text.join("\n"), html }
}

fn day(time: UtcDateTime) -> String {
    format!("{} {} {}", time.day(), time.month(), time.year())
}

fn to_the_minute(time: UtcDateTime) -> String {
    format!("{:02}:{:02}", time.hour(), time.minute())
}

/// Links are told apart by the time at which they were asked for.
fn to_the_second(time: UtcDateTime) -> String {
    format!("{}:{:02}", to_the_minute(time), time.second())
}

/// `60 minutes`; rounded down, so that nobody is promised more than there is.
fn span(span: SignedDuration) -> String {
    match span.whole_minutes() {
        ..=0 => "less than a minute".into(),
        1 => "1 minute".into(),
        minutes if minutes > 60 && minutes % 60 == 0 => format!("{} hours", minutes / 60),
        minutes => format!("{minutes} minutes"),
    }
}
