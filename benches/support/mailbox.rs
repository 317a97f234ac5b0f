use password_reset::mailer::{Mailer, Message};
use std::convert::Infallible;
use std::sync::{Arc, Mutex};

/// A mailbox that holds one link.
#[derive(Clone, Default)]
pub(crate) struct Mailbox(Arc<Mutex<String>>);

impl Mailbox {
    pub(crate) fn token(&self) -> String {
        let url = self.0.lock().expect("nobody panicked");
        url.rsplit_once('=').expect("it is a link").1.to_owned()
    }
}

impl Mailer for Mailbox {
    type Error = Infallible;

    async fn send(&self, message: &Message<'_>) -> Result<(), Infallible> {
        if let Message::ResetLink { link, .. } = message {
            link.expose_url().clone_into(&mut self.0.lock().expect("nobody panicked"));
        }
        Ok(())
    }
}
