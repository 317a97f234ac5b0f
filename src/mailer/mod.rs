//! The port to the host's mail: the trait that you implement, and the messages that it sends.

mod message;
mod recipient;

pub use message::{Language, Message, Reason};
pub use recipient::{AddressError, Recipient};

use alloc::boxed::Box;
use alloc::sync::Arc;

/// Hands messages over for delivery. `Id` is the store's type of account ids.
///
/// Implement it with a plain `async fn`.
///
/// # Contract
///
/// - A message goes to its [recipient](Message::recipient) and to no other mailbox.
/// - The link appears in the mail unchanged, and nowhere else: not in a log, not in an error.
/// - `Ok` means that the message was handed over. After an error the caller does not retry, since
///   the message may have been handed over. The text of an error contains no address.
/// - The service waits for `send` and sets no timeout. Set one yourself, or hand the message to a
///   queue.
///
/// ```
/// use password_reset::mailer::{Mailer, Message};
/// use std::io;
///
/// /// Prints what a mailer would send.
/// struct Terminal;
///
/// impl Mailer<u64> for Terminal {
///     type Error = io::Error;
///
///     async fn send(&self, message: &Message<'_, u64>) -> Result<(), io::Error> {
///         let to = message.recipient().as_str();
///         // Look the account up by `message.account_id()` to greet its holder by name.
///         match message {
///             Message::ResetLink { link, .. } => println!("To {to}: {}", link.expose_url()),
///             Message::Explanation { .. } => println!("To {to}: you sign in without a password"),
///             Message::PasswordChanged { .. } => println!("To {to}: your password was changed"),
///             _ => return Err(io::ErrorKind::Unsupported.into()),
///         }
///         Ok(())
///     }
/// }
/// ```
pub trait Mailer<Id>: Send + Sync {
    /// The mailer's own error.
    type Error: core::error::Error + Send + Sync + 'static;

    /// Hands one message over.
    fn send(
        &self,
        message: &Message<'_, Id>,
    ) -> impl Future<Output = Result<(), Self::Error>> + Send;
}

macro_rules! forward {
    ($pointer:ty) => {
        #[deny(clippy::missing_trait_methods)]
        impl<Id: Sync, M: Mailer<Id> + ?Sized> Mailer<Id> for $pointer {
            type Error = M::Error;

            async fn send(&self, message: &Message<'_, Id>) -> Result<(), M::Error> {
                M::send(self, message).await
            }
        }
    };
}

forward!(&M);
forward!(Arc<M>);
forward!(Box<M>);
