//! A page of its own requires the second factor before the form for the password.

use crate::recipes::host::{
    ALICE, ALICES, Host, NEW, OLD, Resets, Server, asks, hash_of, refusal, sets,
};
use password_reset::ResetError;
use password_reset::adapters::sql::{SqlError, Users};
use password_reset::clock::Clock as _;
use password_reset::service::Fault;
use password_reset::token::Refusal;
use sha2::{Digest as _, Sha256};
use std::fmt::Write as _;
use std::time::Duration;

/// How long a factor that was passed counts, in seconds.
const COUNTS_FOR: i64 = 900;

/// What stands in the table in the place of the link.
fn digest(token: &str) -> String {
    Sha256::digest(token).iter().fold(String::new(), |mut hex, byte| {
        write!(hex, "{byte:02x}").unwrap();
        hex
    })
}

/// The page of the factor: it was right.
async fn passes<DB: Server>(host: &Host<DB>, resets: &Resets<DB>, token: &str) {
    let link = resets.check(token).await.unwrap();
    assert!(link.needs_second_factor);
    let (id, now) = (link.account_id, host.clock.now().unix_timestamp());
    let insert = format!("INSERT INTO factors_passed VALUES ('{}', {id}, {now})", digest(token));
    host.run(&insert).await;
}

/// The form of the password.
async fn sends<DB: Server>(
    host: &Host<DB>,
    resets: &Resets<DB>,
    token: &str,
) -> Result<(), ResetError<SqlError>> {
    let mut accepted = resets.accept(token, NEW).await?;
    let since = host.clock.now().unix_timestamp() - COUNTS_FOR;
    let passed = format!("factors_passed WHERE link = '{}' AND passed_at > {since}", digest(token));
    if accepted.needs_second_factor() && host.count(&passed).await == 1 {
        accepted = accepted.second_factor_passed();
    }
    accepted.commit(hash_of(NEW)).await.map(drop)
}

fn is_missing(sent: &Result<(), ResetError<SqlError>>) -> bool {
    matches!(sent, Err(ResetError::Fault(Fault::SecondFactorMissing)))
}

pub(crate) async fn a_second_factor_is_passed_with_this_link_before_the_password_is_typed<
    DB: Server,
>(
    host: &Host<DB>,
) {
    host.run("INSERT INTO users (id, email, password_hash) VALUES (3, 'carol@example.com', 'x')")
        .await;
    host.run("UPDATE users SET totp_secret = 'JBSWY3DPEHPK3PXP', has_factor = TRUE WHERE id = 1")
        .await;
    let accounts = |column| {
        format!(
            "SELECT id, email AS address, password_hash AS password, {column} AS second_factor \
             FROM users"
        )
    };
    let users = |column| host.bare().users(&Users::new("users").second_factor(column));
    for builder in [
        users("totp_secret"),
        users("has_factor"),
        host.by_hand().accounts(accounts("totp_secret")),
        host.by_hand().accounts(accounts("has_factor")),
    ] {
        let forget = "DELETE FROM factors_passed WHERE user_id = {id}";
        let resets: Resets<DB> = host.resets(builder.also(forget)).await;
        host.clock.advance(Duration::from_secs(90_000));
        host.run("DELETE FROM sessions").await;
        host.run("UPDATE users SET password_hash = 'hash of Abcdefg1' WHERE id = 1").await;
        assert!(host.signs_in(ALICE, OLD).await);

        asks(&resets, "carol@example.com").await;
        let link = host.mailed_token();
        assert!(!resets.check(&link).await.unwrap().needs_second_factor);
        sends(host, &resets, &link).await.unwrap();
        let _ = host.outbox.take();

        asks(&resets, ALICES).await;
        let link = host.mailed_token();
        assert!(is_missing(&sends(host, &resets, &link).await));
        assert_eq!(host.hash(ALICE).await, hash_of(OLD), "nothing is written without it");
        assert_eq!((host.sessions(ALICE).await, refusal(&resets, &link).await), (1, None));

        passes(host, &resets, &link).await;
        host.clock.advance(Duration::from_secs(600));
        asks(&resets, ALICES).await;
        let newer = host.mailed_token();
        assert!(is_missing(&sends(host, &resets, &newer).await), "it was passed with another link");
        passes(host, &resets, &newer).await;
        host.clock.advance(Duration::from_secs(900));
        assert!(is_missing(&sends(host, &resets, &newer).await), "it was passed too long ago");
        host.run("DELETE FROM factors_passed").await;
        passes(host, &resets, &newer).await;
        sends(host, &resets, &newer).await.unwrap();
        assert_eq!(host.hash(ALICE).await, hash_of(NEW));
        assert_eq!((host.sessions(ALICE).await, host.count("factors_passed").await), (0, 0));

        let accepted = resets.accept_change(ALICE, hash_of(NEW), OLD).await.unwrap();
        assert!(is_missing(&accepted.commit(hash_of(OLD)).await.map(drop)), "signed in too");
        let accepted = resets.accept_change(ALICE, hash_of(NEW), OLD).await.unwrap();
        accepted.second_factor_passed().commit(hash_of(OLD)).await.unwrap();
        let _ = host.outbox.take();
    }
}

pub(crate) async fn a_factor_that_is_added_kills_the_link_where_the_stamp_counts_credentials<
    DB: Server,
>(
    host: &Host<DB>,
) {
    let resets = host.resets(host.counted()).await;
    asks(&resets, ALICES).await;
    let link = host.mailed_token();
    assert!(!resets.check(&link).await.unwrap().needs_second_factor);
    let accepted = resets.accept(&link, NEW).await.unwrap();
    host.run(
        "UPDATE users SET totp_secret = 'JBSWY3DPEHPK3PXP', credentials = credentials + 1 \
         WHERE id = 1",
    )
    .await;
    assert_eq!(refusal(&resets, &link).await, Some(Refusal::Changed));
    let error = accepted.commit(hash_of(NEW)).await.unwrap_err();
    assert_eq!(error.refusal(), Some(Refusal::Changed), "up to the commit");
    assert_eq!(host.hash(ALICE).await, hash_of(OLD));

    // Where the stamp is the hash, the link stays good, and its next page asks for the factor.
    let by_hash = host.resets(host.bare().users(&Users::new("users").second_factor("totp_secret")));
    let by_hash = by_hash.await;
    host.run("UPDATE users SET totp_secret = NULL").await;
    host.clock.advance(Duration::from_secs(90_000));
    asks(&by_hash, ALICES).await;
    let link = host.mailed_token();
    host.run("UPDATE users SET totp_secret = 'JBSWY3DPEHPK3PXP' WHERE id = 1").await;
    assert!(by_hash.check(&link).await.unwrap().needs_second_factor);
    let sent = sets(&by_hash, &link, NEW).await.map(drop);
    assert!(is_missing(&sent));
}
