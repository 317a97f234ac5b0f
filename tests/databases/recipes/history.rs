//! None of the last four passwords is accepted again.

use crate::recipes::host::{ALICE, ALICES, BOB, Builder, Host, Resets, Server, asks, hash_of};
use password_reset::ResetError;
use password_reset::adapters::sql::SqlError;
use password_reset::policy::Violation;
use password_reset::service::Accepted;
use std::time::Duration;

const REMEMBER: &str = "INSERT INTO password_history (user_id, hash) VALUES ({id}, {hash})";
/// The innermost table is for MariaDB and MySQL, which read no table that they delete from.
const FORGET: &str = "DELETE FROM password_history WHERE user_id = {id} AND number NOT IN \
                      (SELECT number FROM (SELECT number FROM password_history \
                      WHERE user_id = {id} ORDER BY number DESC LIMIT 4) AS last_four)";

fn with_history<DB: Server>(host: &Host<DB>) -> Builder<DB> {
    host.users().also(REMEMBER).also(FORGET)
}

/// A password by a link, or by the hash of the present one.
async fn sets<DB: Server>(
    host: &Host<DB>,
    resets: &Resets<DB>,
    password: &str,
    present: Option<&str>,
) -> Result<(), ResetError<SqlError>> {
    host.clock.advance(Duration::from_secs(90_000));
    let accepted: Accepted<_, _> = if let Some(present) = present {
        resets.accept_change(ALICE, hash_of(present), password).await?
    } else {
        assert_eq!(asks(resets, ALICES).await, "sent");
        resets.accept(&host.mailed_token(), password).await?
    };
    let id = accepted.account_id();
    let last_four = host.texts("hash", &format!("password_history WHERE user_id = {id}")).await;
    // Your hasher's `verify` of each, on a thread that may block.
    let is_recent = last_four.contains(&hash_of(accepted.expose_password()));
    let sentence = "This was one of your last four passwords.";
    let accepted = accepted.reject_if(is_recent, "recent_password", sentence)?;
    accepted.commit(hash_of(password)).await?;
    let _ = host.outbox.take();
    Ok(())
}

fn code(set: Result<(), ResetError<SqlError>>) -> String {
    let error = set.unwrap_err();
    error.violations().unwrap().iter().map(Violation::code).collect()
}

pub(crate) async fn none_of_the_last_four_passwords_is_taken_again<DB: Server>(host: &Host<DB>) {
    let resets = host.resets(with_history(host)).await;
    host.run(
        "INSERT INTO password_history (user_id, hash) \
         SELECT id, password_hash FROM users WHERE password_hash <> ''",
    )
    .await;
    host.run("INSERT INTO password_history (user_id, hash) VALUES (2, 'of another')").await;
    let password = |number: u32| format!("Abcdefg{number}");

    assert_eq!(code(sets(host, &resets, &password(1), None).await), "recent_password");
    sets(host, &resets, &password(2), None).await.unwrap();
    sets(host, &resets, &password(3), Some(&password(2))).await.unwrap();
    sets(host, &resets, &password(4), None).await.unwrap();
    for recent in 1..=4 {
        let by_link = sets(host, &resets, &password(recent), None).await;
        assert_eq!(code(by_link), "recent_password", "{recent}");
        let changed = sets(host, &resets, &password(recent), Some(&password(4))).await;
        assert_eq!(code(changed), "recent_password", "{recent}");
    }
    sets(host, &resets, &password(5), Some(&password(4))).await.unwrap();
    assert_eq!(code(sets(host, &resets, &password(2), None).await), "recent_password");
    sets(host, &resets, &password(1), None).await.unwrap();

    let kept = host.texts("hash", "password_history WHERE user_id = 1 ORDER BY number").await;
    assert_eq!(kept, [3, 4, 5, 1].map(|number| hash_of(&password(number))));
    assert_eq!(host.count(&format!("password_history WHERE user_id = {BOB}")).await, 1);
}
