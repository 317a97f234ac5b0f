use password_reset::mailer::{Mailer, Message};
use std::convert::Infallible;
use std::sync::{Arc, Mutex};

/// A mailbox that holds the token of one link.
#[derive(Clone, Default)]
pub(crate) struct Mailbox(Arc<Mutex<String>>);

impl Mailbox {
    pub(crate) fn token(&self) -> String {
        self.0.lock().expect("nobody panicked").clone()
    }
}

impl<Id: Sync> Mailer<Id> for Mailbox {
    type Error = Infallible;

    async fn send(&self, message: &Message<'_, Id>) -> Result<(), Infallible> {
        if let Message::ResetLink { link, .. } = message {
            link.expose_token().clone_into(&mut self.0.lock().expect("nobody panicked"));
        }
        Ok(())
    }
}
