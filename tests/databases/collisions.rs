//! If other transactions collide with it, a change is retried a bounded number of times.
//!
//! A trigger on PostgreSQL plays the other transactions.

use crate::support::host::Host;
use crate::support::url::url;
use password_reset::adapters::memory::{ManualClock, Outbox};
use password_reset::adapters::sql::{SqlError, Trouble};
use password_reset::{LinkTemplate, PasswordReset};
use sqlx::{Pool, Postgres};
use time::UtcDateTime;

const DEADLOCK: &str = "40P01";
const SERIALIZATION: &str = "40001";
const DISK_FULL: &str = "53100";

struct World(Host<Postgres>);

impl World {
    /// A host with one account, where PostgreSQL answers the first so many statements of this kind
    /// with this error.
    async fn new(statement: &str, on: &str, code: &str, errors: u32) -> Option<Self> {
        let pool = Pool::<Postgres>::connect(&url("TEST_POSTGRES_URL")?).await.unwrap();
        let host = Host::open(pool, 1).await;
        let prefix = host.tables.prefix();
        for sql in [
            // A sequence goes on counting where everything else is undone.
            format!("CREATE SEQUENCE {prefix}_statements"),
            format!(
                "CREATE FUNCTION {prefix}_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN \
                 IF nextval('{prefix}_statements') <= {errors} THEN \
                 RAISE EXCEPTION 'refused' USING ERRCODE = '{code}'; END IF; RETURN NULL; END $$"
            ),
            format!(
                "CREATE TRIGGER refuse BEFORE {statement} ON {prefix}_{on} \
                 FOR EACH STATEMENT EXECUTE FUNCTION {prefix}_refuse()"
            ),
        ] {
            host.run(sql).await;
        }
        Some(Self(host))
    }

    async fn close(self) {
        let Self(host) = self;
        let prefix = host.tables.prefix();
        host.run(format!("DROP FUNCTION {prefix}_refuse() CASCADE")).await;
        host.run(format!("DROP SEQUENCE {prefix}_statements")).await;
        host.close().await;
    }
}

/// A purge of three ledgers, at whose first deletions there is an error.
async fn purge_after(code: &str, errors: u32) -> Option<Result<u64, SqlError>> {
    let world = World::new("DELETE", "ledgers", code, errors).await?;
    let (host, ledgers) = (&world.0, world.0.tables.ledgers());
    let three = format!(
        "INSERT INTO {ledgers} SELECT i, i::text::bytea, 1, '', 'live', 0, 0, 0 \
         FROM generate_series(1, 3) AS i"
    );
    host.run(three).await;
    let purged = host.store.purge(UtcDateTime::UNIX_EPOCH).await;
    let left = host.number(format!("SELECT count(*) FROM {ledgers}")).await;
    assert_eq!(left, if purged.is_ok() { 0 } else { 3 });
    world.close().await;
    Some(purged)
}

#[tokio::test]
async fn a_purge_that_meets_others_is_tried_eight_times_more() {
    for collision in [DEADLOCK, SERIALIZATION] {
        let Some(purged) = purge_after(collision, 8).await else { return };
        assert_eq!(purged.unwrap(), 3);
    }
    let purged = purge_after(DEADLOCK, 9).await.unwrap();
    assert!(purged.as_ref().is_err_and(|error| error.trouble() == Trouble::Conflict), "{purged:?}");
}

#[tokio::test]
async fn a_purge_that_fails_otherwise_is_not_tried_again() {
    let Some(purged) = purge_after(DISK_FULL, 1).await else { return };
    assert!(purged.as_ref().is_err_and(|error| error.trouble() == Trouble::Full), "{purged:?}");
}

/// Whether a link's redemption succeeds, at whose first passwords there is an error.
async fn redemption_after(code: &str, errors: u32) -> Option<bool> {
    let world = World::new("UPDATE", "users", code, errors).await?;
    let (host, outbox) = (&world.0, Outbox::new());
    let link = LinkTemplate::new("https://app.example.com/#{token}").unwrap();
    let resets = PasswordReset::builder(&host.store, outbox.clone(), link)
        .clock(ManualClock::new(UtcDateTime::UNIX_EPOCH))
        .build()
        .unwrap();
    let handled = resets.request("user-1@example.com").await;
    assert_eq!(handled.outcome_for_logs().code(), "sent", "{:?}", handled.outcome_for_logs());
    let token = outbox.take()[0].link().unwrap().expose_token().to_owned();
    let accepted = resets.accept(&token, "Abcdefg1").await.unwrap();
    let is_redeemed = accepted.commit("new").await.is_ok();
    let new = format!("SELECT count(*) FROM {} WHERE password_hash = 'new'", host.tables.users());
    assert_eq!(host.number(new).await, i64::from(is_redeemed));
    drop(resets);
    world.close().await;
    Some(is_redeemed)
}

#[tokio::test]
async fn a_redemption_that_meets_others_is_tried_eight_times_more() {
    for collision in [DEADLOCK, SERIALIZATION] {
        let Some(is_redeemed) = redemption_after(collision, 8).await else { return };
        assert!(is_redeemed, "after eight times {collision}");
    }
    assert!(!redemption_after(DEADLOCK, 9).await.unwrap(), "after nine");
}
