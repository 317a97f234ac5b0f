use crate::mailer::Message;
use core::fmt;
use std::boxed::Box;
use std::sync::Arc;

/// What the mails say, where a host says more than [`Words`](super::Words) can by itself, or
/// something else.
///
/// It sees the whole message: whose account it is, why it is sent, which language was wished. So it
/// can look the account up, for its holder's name and language. Implement it with a plain
/// `async fn`.
///
/// # Contract
///
/// - For a [`Message::ResetLink`], the text has the link as it is, unbroken, on a line
///   of its own; the HTML has it as a link and to be read. Both say whose account it is, when it
///   was asked for, until when it is good, that only the most recent email's link works, and
///   that whoever did not ask can ignore it.
/// - For a [`Message::PasswordChanged`], both say when, what to do if it wasn't you, and whom to
///   contact. No link with a token, no password.
/// - The subject has no secret. The text of an error has neither the link nor the address.
/// - The HTML is a whole document, in which every value is [escaped](super::escape_html).
/// - A message of a kind that it does not know is left to [`Words`](super::Words).
///
/// ```
/// use password_reset::mailer::Message;
/// use password_reset::words::{Content, Reader, Wording, Words};
/// use std::io;
///
/// struct Personal {
///     words: Words,
/// }
///
/// impl Wording<u64> for Personal {
///     type Error = io::Error;
///
///     async fn content(&self, message: &Message<'_, u64>) -> Result<Content, io::Error> {
///         let user = find_user(*message.account_id()).await?;
///         let language = user.language.as_deref();
///         let reader = Reader { name: Some(&user.name), language, ..Reader::default() };
///         Ok(self.words.content_for(message, &reader))
///     }
/// }
///
/// # struct User { name: String, language: Option<String> }
/// # async fn find_user(_: u64) -> io::Result<User> {
/// #     Ok(User { name: "Alice".into(), language: Some("de".into()) })
/// # }
/// # let words = Words::new("Acme", "help@acme.example").unwrap();
/// # let _ = Personal { words };
/// ```
pub trait Wording<Id>: Send + Sync {
    /// Why there are no words. The mail is not sent then.
    type Error: core::error::Error + Send + Sync + 'static;

    /// Returns the words for one message.
    fn content(
        &self,
        message: &Message<'_, Id>,
    ) -> impl Future<Output = Result<Content, Self::Error>> + Send;
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

macro_rules! forward {
    ($pointer:ty) => {
        #[deny(clippy::missing_trait_methods)]
        impl<Id: Sync, W: Wording<Id> + ?Sized> Wording<Id> for $pointer {
            type Error = W::Error;

            async fn content(&self, message: &Message<'_, Id>) -> Result<Content, W::Error> {
                W::content(self, message).await
            }
        }
    };
}

forward!(&W);
forward!(Arc<W>);
forward!(Box<W>);
