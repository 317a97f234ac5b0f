//! The trait behind the words of the mails.

use crate::mailer::Message;
use core::fmt;
use std::boxed::Box;
use std::sync::Arc;

/// Writes the words of the mails.
///
/// [`Words`](super::Words) is the library's own wording. Implement the trait, with a plain `async fn`,
/// to add what you know about the reader, or to write other mails. You get the whole message, so
/// you can look the account up for its holder's name and language.
///
/// # Contract
///
/// - For a [`Message::ResetLink`], the text has the link unchanged and unbroken, on a line of its
///   own. The HTML has it as a link and in letters. Both say which account it is for, when it was
///   requested, until when it is good, that only the link in the most recent email works, and that
///   a reader who did not request it can ignore it.
/// - For a [`Message::PasswordChanged`], both say when the password was changed, what to do if it
///   wasn't you, and whom to contact. They contain no link with a token and no password.
/// - The subject contains no secret. The text of an error contains neither the link nor the
///   address.
/// - The HTML is a whole document, in which every value is [escaped](super::escape_html).
/// - A message of a kind that you do not know is left to [`Words`](super::Words).
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
    /// The wording's own error. After it, the mail is not sent.
    type Error: core::error::Error + Send + Sync + 'static;

    /// Returns the words of one message.
    fn content(
        &self,
        message: &Message<'_, Id>,
    ) -> impl Future<Output = Result<Content, Self::Error>> + Send;
}

/// The words of one mail. They are secret if they contain a link or a code.
///
/// A mail has these three parts and no others, so you can build the struct directly.
pub struct Content {
    /// The subject, on one line.
    pub subject: String,
    /// The part for mail programs that show plain text.
    pub text: String,
    /// The part for all other mail programs: a whole HTML document.
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
