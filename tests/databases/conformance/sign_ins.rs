//! Sign-ins that break the rule: they verify the password first and open the session afterwards.

use crate::conformance::behind_faults::as_the_host;
use crate::conformance::caught::assert_caught;
use password_reset::adapters::memory::MemoryStore;
use password_reset::conformance::{self, Fixture, Id};
use std::time::Duration;
use time::UtcDateTime;

/// How long a hasher takes, which is usually longer.
const HASHING: Duration = Duration::from_millis(1);

/// A host around whose right store sign-ins are of the plain kind.
struct Plain<'a, F, Open> {
    fixture: &'a F,
    /// Opens a session, whatever became of the password since it was verified.
    open: Open,
}

impl<F: Fixture, Open: AsyncFn(&Id<F>) + Sync> Fixture for Plain<'_, F, Open> {
    type Store = F::Store;

    fn store(&self) -> &F::Store {
        self.fixture.store()
    }

    as_the_host!(F);

    async fn sign_in(&self, id: &Id<F>, verified: &str) -> bool {
        let stored = self.fixture.password_hash(id).await;
        tokio::time::sleep(HASHING).await;
        let is_right = stored == verified;
        if is_right {
            (self.open)(id).await;
        }
        is_right
    }
}

async fn assert_outlives<F: Fixture>(fixture: &F, open: impl AsyncFn(&Id<F>) + Sync) {
    let plain = Plain { fixture, open };
    let sentence = "no sign-in with the old password outlives the redemption";
    assert_caught(8, &[sentence], async || {
        conformance::no_sign_in_with_the_old_password_outlives_a_redemption(&plain).await;
    })
    .await;
}

#[tokio::test]
async fn a_plain_sign_in_outlives_a_redemption_in_memory() {
    let memory = crate::conformance::memory::Memory(MemoryStore::new());
    assert_outlives(&memory, async |id| {
        // The hash that is stored by now, which is what the plain kind does not ask about.
        let present = memory.0.password_hash(*id).unwrap();
        assert!(memory.0.sign_in(*id, &present));
    })
    .await;
}

mod on_servers {
    use super::assert_outlives;
    use crate::conformance::sql::{Logins, OnMySql, OnPostgres};
    use sqlx::{AssertSqlSafe, MySqlPool, PgPool, query};

    /// A host whose sign-ins insert a session in a statement that looks at nothing.
    macro_rules! assert_outlives {
        ($host:ident, $pool:ident, $url:literal) => {
            let Some(url) = crate::support::url::url($url) else { return };
            let pool = $pool::connect(&url).await.unwrap();
            let host = $host::open(pool, crate::conformance::sql::integer, Logins::Unique).await;
            let sessions = &host.tables.sessions;
            assert_outlives(&host, async |id| {
                let insert = format!("INSERT INTO {sessions} (user_id) VALUES ({id})");
                query(AssertSqlSafe(insert)).execute(&host.pool).await.unwrap();
            })
            .await;
            host.close().await;
        };
    }

    #[tokio::test]
    async fn a_plain_sign_in_outlives_a_redemption_on_postgres() {
        assert_outlives!(OnPostgres, PgPool, "TEST_POSTGRES_URL");
    }

    #[tokio::test]
    async fn a_plain_sign_in_outlives_a_redemption_on_mysql() {
        assert_outlives!(OnMySql, MySqlPool, "TEST_MYSQL_URL");
    }
}
