//! "I forgot my password", from the request to the new password.

use password_reset::adapters::memory::{MemoryStore, Outbox};
use password_reset::token::Refusal;
use password_reset::{LinkTemplate, PasswordReset};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    // Use your database and your mail server here. These two live in memory.
    let (store, outbox) = (MemoryStore::new(), Outbox::new());
    let alice = store.add_account("alice@example.com", "hash of the forgotten one")?;
    let link = LinkTemplate::new("https://app.example.com/reset?token={token}")?;
    let resets = PasswordReset::builder(store, outbox.clone(), link).build()?;

    // "Forgotten password?": give every visitor the same response, and run this after it.
    resets.request("alice@example.com").await;
    let mail = outbox.take().pop().ok_or("no mail")?;
    let link = mail.link().ok_or("no link")?;
    println!("To {}: {}", mail.recipient(), link.expose_url());

    // The link is opened. Checking it changes nothing.
    let token = link.expose_token();
    println!("A new password for {}", resets.check(token).await?.address);

    // A weak password: the error lists everything that it misses, and the link still works.
    let missing = resets.accept(token, "password").await.unwrap_err();
    println!("Rejected: {missing}");

    // A good password. Hash it with Argon2, for instance. A spawned commit outlives the connection.
    let accepted = resets.accept(token, "Correct horse 7").await?;
    let hash = format!("hash of {} characters", accepted.expose_password().chars().count());
    tokio::spawn(accepted.commit(hash)).await??;
    println!("Stored: {:?}", resets.store().password_hash(alice));

    // The link works once.
    let refused = resets.check(token).await.unwrap_err();
    assert_eq!(refused.refusal(), Some(Refusal::Used));
    println!("Refused: {refused}");
    Ok(())
}
