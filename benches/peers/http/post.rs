//! Takes links from the servers to the visitors, one datagram each on a Unix socket, without loss.

use crate::Failure;
use async_trait::async_trait;
use lettre::AsyncTransport;
use lettre::address::Envelope;
use lettre::message::{Message as Mail, header::ContentType};
use password_reset::adapters::lettre::LettreMailer;
use password_reset::mailer::{Mailer, Message};
use password_reset::words::Words;
use std::cell::RefCell;
use std::collections::HashMap;
use std::convert::Infallible;
use std::io;
use std::path::Path;
use std::sync::Arc;
use tokio::net::UnixDatagram;
use tokio::sync::oneshot;

/// Where the visitors wait for their links.
pub(crate) struct Office {
    socket: UnixDatagram,
    waiting: RefCell<HashMap<String, oneshot::Sender<String>>>,
}

impl Office {
    pub(crate) fn open(path: &Path) -> io::Result<Self> {
        Ok(Self { socket: UnixDatagram::bind(path)?, waiting: RefCell::default() })
    }

    /// Register before the request, since the mail may come before the response.
    pub(crate) fn expect(&self, login: &str) -> oneshot::Receiver<String> {
        let (sender, receiver) = oneshot::channel();
        self.waiting.borrow_mut().insert(login.to_owned(), sender);
        receiver
    }

    /// Hands out the links that come in, for ever.
    pub(crate) async fn deliver(&self) -> Result<(), Failure> {
        let mut buffer = [0; 2048];
        loop {
            let length = self.socket.recv(&mut buffer).await?;
            let (login, link) =
                std::str::from_utf8(&buffer[..length])?.split_once('\n').ok_or("it is no mail")?;
            if let Some(visitor) = self.waiting.borrow_mut().remove(login) {
                // A visitor who has gone needs no link.
                _ = visitor.send(link.to_owned());
            }
        }
    }
}

/// The servers' end.
#[derive(Clone)]
pub(crate) struct Sender(Arc<UnixDatagram>);

impl Sender {
    pub(crate) fn to(path: &str) -> io::Result<Self> {
        let socket = UnixDatagram::unbound()?;
        socket.connect(path)?;
        Ok(Self(Arc::new(socket)))
    }

    async fn send(&self, login: &str, link: &str) {
        let sent = self.0.send(format!("{login}\n{link}").as_bytes()).await;
        sent.expect("the visitors are there as long as the server");
    }

    /// Composes a mail as a host without the crate's mailer would, and hands out the link.
    pub(crate) async fn compose(&self, login: &str, link: &str) -> Result<(), Failure> {
        let mail = Mail::builder()
            .from("Example <accounts@example.com>".parse()?)
            .to(login.parse()?)
            .subject("Set a new password")
            .header(ContentType::TEXT_PLAIN)
            .body(format!(
                "Somebody asked for a link to set a new password for your account:\n\n{link}\n\n\
                 If it was not you, there is nothing to do.\n"
            ))?;
        drop(mail.formatted());
        self.send(login, link).await;
        Ok(())
    }
}

/// Accepts every mail, and keeps none.
pub(crate) struct Nowhere;

#[async_trait]
impl AsyncTransport for Nowhere {
    type Ok = ();
    type Error = Infallible;

    async fn send_raw(&self, _: &Envelope, _: &[u8]) -> Result<(), Infallible> {
        Ok(())
    }
}

/// Composes every mail in full, and hands out its link.
pub(crate) struct Post {
    lettre: LettreMailer<Nowhere, Words>,
    sender: Sender,
}

impl Post {
    pub(crate) fn new(sender: Sender) -> Result<Self, Failure> {
        Ok(Self { lettre: peers::lettre(Nowhere)?, sender })
    }
}

impl<Id: Sync> Mailer<Id> for Post {
    type Error = <LettreMailer<Nowhere, Words> as Mailer<Id>>::Error;

    async fn send(&self, message: &Message<'_, Id>) -> Result<(), Self::Error> {
        self.lettre.send(message).await?;
        if let Message::ResetLink { recipient, link, .. } = message {
            self.sender.send(recipient.as_str(), link.expose_url()).await;
        }
        Ok(())
    }
}
