use crate::mailer::Message;
use core::fmt;

/// What the mails say: the host's own words and language.
///
/// # Contract
///
/// - For a [`Message::ResetLink`], the text has the link as it is, unbroken, on a line
///   of its own; the HTML has it as a link and to be read. Both say when it was asked
///   for, until when it is good, that only the most recent email's link works, and
///   that whoever did not ask can ignore it.
/// - For a [`Message::PasswordChanged`], both say when, and what to do if it wasn't
///   you. No link with a token, no password.
/// - The subject has no secret.
/// - The HTML is a whole document, in which every value is [escaped](escape_html).
/// - A message of a kind that it does not know is left to [`English`](super::English).
///
/// ```
/// use password_reset::adapters::lettre::{Content, English, Wording, escape_html};
/// use password_reset::mailer::Message;
///
/// struct German;
///
/// impl<Id> Wording<Id> for German {
///     fn content(&self, message: &Message<'_, Id>) -> Content {
///         match message {
///             Message::PasswordChanged { changed_at, .. } => {
///                 let text = format!(
///                     "Ihr Passwort wurde geändert (um {changed_at}). Waren Sie das nicht, \
///                      fordern Sie sofort einen neuen Link an und melden Sie sich bei uns."
///                 );
///                 let html = format!(
///                     "<!DOCTYPE html><html lang=\"de\"><title>Passwort</title><p>{}</p></html>",
///                     escape_html(&text)
///                 );
///                 Content { subject: "Ihr Passwort wurde geändert".into(), text, html }
///             }
///             // And the mail with the link, in the same way.
///             _ => English::default().content(message),
///         }
///     }
/// }
/// ```
pub trait Wording<Id>: Send + Sync {
    /// Returns the words for one message.
    fn content(&self, message: &Message<'_, Id>) -> Content;
}

/// The words of one mail; a secret where they have a link.
///
/// A mail has these three parts and no others, so it is built as it stands.
pub struct Content {
    /// The subject, in one line.
    pub subject: String,
    /// The part for programs that show plain text.
    pub text: String,
    /// The part for all the others: a whole document.
    pub html: String,
}

impl fmt::Debug for Content {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Content").field("subject", &self.subject).finish_non_exhaustive()
    }
}

/// The text as HTML shows it, in an element or in a quoted attribute.
#[must_use]
pub fn escape_html(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            _ => escaped.push(character),
        }
    }
    escaped
}
