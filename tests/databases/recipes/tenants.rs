//! Tenants that share a database: one login can be an account of each.

use crate::recipes::host::{
    ALICES, Builder, Host, NEW, OLD, Resets, Server, asks, hash_of, refusal, sets,
};
use password_reset::adapters::memory::Outbox;
use password_reset::mailer::{Mailer, Message};
use password_reset::token::{Refusal, TokenIssuer};

/// Alice of another tenant, with the same login and the same password hash.
async fn another_alice<DB: Server>(host: &Host<DB>) {
    host.run(
        "INSERT INTO users (id, tenant, email, password_hash) \
         VALUES (3, 2, 'alice@example.com', 'hash of Abcdefg1')",
    )
    .await;
    host.run("INSERT INTO sessions VALUES (3)").await;
}

/// The accounts of one tenant. All tenants share the ledger table, since ids are those of one table.
fn of_tenant<DB: Server>(host: &Host<DB>, tenant: i64) -> Builder<DB> {
    host.by_hand().accounts(format!(
        "SELECT id, email AS address, password_hash AS password FROM users WHERE tenant = {tenant}"
    ))
}

async fn service<DB: Server>(host: &Host<DB>, store: Builder<DB>, purpose: &str) -> Resets<DB> {
    let issuer = TokenIssuer::builder().purpose(purpose).build().unwrap();
    host.builder(store, host.outbox.clone()).await.issuer(issuer).build().unwrap()
}

pub(crate) async fn a_link_of_one_tenant_is_unknown_to_the_other<DB: Server>(host: &Host<DB>) {
    another_alice(host).await;
    let acme = service(host, of_tenant(host, 1), "acme").await;
    let globex = service(host, of_tenant(host, 2), "globex").await;

    assert_eq!(asks(&acme, ALICES).await, "sent");
    let of_acme = host.mailed_token();
    assert_eq!(asks(&globex, ALICES).await, "sent", "a throttle of its own");
    let of_globex = host.mailed_token();
    assert_eq!(refusal(&acme, &of_acme).await, None, "a ledger of its own");
    assert_eq!(refusal(&globex, &of_acme).await, Some(Refusal::Unknown));
    assert_eq!(refusal(&acme, &of_globex).await, Some(Refusal::Unknown));
    assert_eq!(acme.request_for(&3).await.delivery().code(), "may_not_reset");

    sets(&globex, &of_acme, NEW).await.unwrap_err();
    assert_eq!(sets(&globex, &of_globex, NEW).await.unwrap().account_id, 3);
    assert_eq!([host.hash(1).await, host.hash(3).await], [hash_of(OLD), hash_of(NEW)]);
    assert_eq!([host.sessions(1).await, host.sessions(3).await], [2, 0]);
    assert_eq!(sets(&acme, &of_acme, NEW).await.unwrap().account_id, 1);
}

/// Even if one store has the accounts of all tenants, where a request by a shared login fails.
pub(crate) async fn a_purpose_alone_keeps_tenants_apart<DB: Server>(host: &Host<DB>) {
    another_alice(host).await;
    let acme = service(host, host.users(), "acme").await;
    let globex = service(host, host.users(), "globex").await;
    assert_eq!(asks(&acme, ALICES).await, "failed", "two accounts have the login");
    assert_eq!(acme.request_for(&1).await.delivery().code(), "sent");
    let link = host.mailed_token();
    assert_eq!(refusal(&globex, &link).await, Some(Refusal::Unknown));
    assert_eq!(refusal(&acme, &link).await, None);
    assert_eq!(globex.invite(&2).await.delivery().code(), "sent");
    let invitation = host.mailed_token();
    assert_eq!(refusal(&acme, &invitation).await, Some(Refusal::Unknown));
    assert_eq!(refusal(&globex, &invitation).await, None);
}

/// One mailer for each tenant, of which the account's is taken.
struct BySender<'a, DB: Server> {
    senders: [Outbox; 2],
    host: &'a Host<DB>,
}

impl<DB: Server> Mailer<i64> for BySender<'_, DB> {
    type Error = std::convert::Infallible;

    async fn send(&self, message: &Message<'_, i64>) -> Result<(), Self::Error> {
        let of = format!("users WHERE id = {}", message.account_id());
        let first = self.host.texts("tenant", &of).await == ["1"];
        self.senders[usize::from(!first)].send(message).await
    }
}

pub(crate) async fn each_tenant_is_mailed_by_its_own_sender<DB: Server>(host: &Host<DB>) {
    another_alice(host).await;
    let mailer = BySender { senders: [Outbox::new(), Outbox::new()], host };
    let resets = host.builder(host.users(), mailer).await.build().unwrap();
    for (id, mails) in [(1, [1, 0]), (3, [0, 1])] {
        assert_eq!(resets.request_for(&id).await.delivery().code(), "sent");
        let senders = &resets.mailer().senders;
        assert_eq!([senders[0].take().len(), senders[1].take().len()], mails, "{id}");
    }
}
