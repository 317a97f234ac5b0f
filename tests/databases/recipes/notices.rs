//! The notice goes to all addresses of an account.

use crate::recipes::host::{ALICES, Host, NEW, Server, asks, hash_of, sets};
use password_reset::adapters::memory::{Mail, Outbox};
use password_reset::mailer::{Mailer, Message, Recipient};

/// Sends each notice to the account's other addresses as well. What carries a link it passes on.
struct NoticeToAll<'a, DB: Server, M> {
    mailer: M,
    host: &'a Host<DB>,
}

impl<DB: Server, M: Mailer<i64>> Mailer<i64> for NoticeToAll<'_, DB, M> {
    type Error = M::Error;

    async fn send(&self, message: &Message<'_, i64>) -> Result<(), M::Error> {
        let sent = self.mailer.send(message).await;
        let Message::PasswordChanged { account_id, changed_at, .. } = message else { return sent };
        let others = format!("addresses WHERE user_id = {account_id} ORDER BY email");
        let mut all = sent;
        for address in self.host.texts("email", &others).await {
            // An address that cannot be mailed does not stop the notice to the others.
            let Ok(recipient) = Recipient::parse(&address) else { continue };
            let notice = Message::password_changed(*account_id, recipient, *changed_at);
            all = all.and(self.mailer.send(&notice).await);
        }
        all
    }
}

pub(crate) async fn a_notice_goes_to_every_address_and_a_link_to_one<DB: Server>(host: &Host<DB>) {
    for address in ["alice@home.example", "no address", "alice@work.example"] {
        host.run(&format!("INSERT INTO addresses VALUES (1, '{address}')")).await;
    }
    host.run("INSERT INTO addresses VALUES (2, 'bob@home.example')").await;
    let mailer = NoticeToAll { mailer: host.outbox.clone(), host };
    let resets = host.builder(host.users(), mailer).await.build().unwrap();

    asks(&resets, ALICES).await;
    let mails = host.outbox.take();
    let to: Vec<_> = mails.iter().map(Mail::recipient).collect();
    assert_eq!(to, [ALICES]);
    asks(&resets, "alice@home.example").await;
    assert!(host.outbox.take().is_empty(), "another address is no login here");

    let done = sets(&resets, mails[0].link().unwrap().expose_token(), NEW).await.unwrap();
    done.notice.unwrap();
    let notices = host.outbox.take();
    assert!(notices.iter().all(|mail| matches!(mail, Mail::PasswordChanged { .. })));
    let to: Vec<_> = notices.iter().map(Mail::recipient).collect();
    assert_eq!(to, [ALICES, "alice@home.example", "alice@work.example"]);

    let accepted = resets.accept_change(1, hash_of(NEW), "Correct horse 8").await.unwrap();
    accepted.commit(hash_of("Correct horse 8")).await.unwrap().notice.unwrap();
    assert_eq!(Outbox::take(&host.outbox).len(), 3, "after a signed-in change too");
}
