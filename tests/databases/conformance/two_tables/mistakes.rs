//! Redemptions that look right, each with the property that catches it.

use super::host::with_tables;
use super::{BEGIN, Compared, TwoTables};
use crate::conformance::caught::assert_caught;
use password_reset::conformance;
use password_reset::store::Change;
use sqlx::error::Error;
use sqlx::{AssertSqlSafe, PgConnection, query};

#[derive(Clone, Copy, PartialEq)]
pub(super) enum Mistake {
    None,
    /// The order that the guide warns of.
    SwapFirst,
    /// A connection that goes back to the pool although its transaction has not ended.
    KeepsDropped,
    /// No isolation level of its own.
    DefaultLevel,
    /// One statement, whose snapshot is older than the lock that it waits for.
    OneStatement,
    /// A look at these accounts `FOR UPDATE`, which locks nothing, and then the writes.
    LocksNothing(&'static str),
}

/// The accounts as a host may give them.
const BEHIND_A_WITH: &str =
    "(WITH all_users AS (SELECT * FROM users) SELECT * FROM all_users) AS a";
const BEHIND_A_FUNCTION: &str = "all_users() AS a";
const FUNCTION: &str = "CREATE FUNCTION all_users() RETURNS SETOF users STABLE LANGUAGE sql \
                        AS 'SELECT * FROM users'";

const ONE_STATEMENT: &str = "
    WITH password AS (
        UPDATE users SET password_hash = $1
        WHERE id = $2 AND email = $3 AND convert_to(password_hash, 'UTF8') = $4 AND NOT disabled
        RETURNING id
    ), swapped AS (
        UPDATE ledgers SET revision = $5, ledger = $6, forgettable_at = $7
        WHERE account_id IN (SELECT id FROM password) AND selector = $8 AND revision = $9
        RETURNING account_id
    ), ended AS (
        DELETE FROM sessions WHERE user_id IN (SELECT account_id FROM swapped)
    )
    SELECT account_id FROM swapped";

impl Mistake {
    pub(super) const fn begin(self) -> &'static str {
        match self {
            Self::DefaultLevel => "BEGIN",
            _ => BEGIN,
        }
    }

    pub(super) async fn redeem(
        self,
        connection: &mut PgConnection,
        change: &Change<'_, i64>,
    ) -> Result<bool, Error> {
        match self {
            Self::None | Self::KeepsDropped | Self::DefaultLevel => {
                TwoTables::redeem(connection, change).await
            }
            Self::SwapFirst => Ok(TwoTables::swap(connection, change, Compared::Everything)
                .await?
                && TwoTables::set_password(connection, change).await?
                && TwoTables::end_sessions(connection, change).await?),
            Self::OneStatement => {
                let redeem = query(ONE_STATEMENT)
                    .bind(change.password_hash())
                    .bind(change.account_id())
                    .bind(change.address())
                    .bind(change.stamp())
                    .bind(change.ledger().revision())
                    .bind(change.ledger().encode())
                    .bind(change.ledger().forgettable_second())
                    .bind(change.selector().as_bytes().as_slice())
                    .bind(change.expected_revision());
                Ok(redeem.fetch_all(connection).await?.len() == 1)
            }
            Self::LocksNothing(accounts) => {
                let look = AssertSqlSafe(format!(
                    "SELECT id FROM {accounts} WHERE id = $1 AND email = $2 \
                     AND convert_to(password_hash, 'UTF8') = $3 AND NOT disabled FOR UPDATE"
                ));
                let look = query(look)
                    .bind(change.account_id())
                    .bind(change.address())
                    .bind(change.stamp());
                Ok(look.fetch_all(&mut *connection).await?.len() == 1
                    && TwoTables::set_password(connection, change).await?
                    && TwoTables::swap(connection, change, Compared::Nothing).await?
                    && TwoTables::end_sessions(connection, change).await?)
            }
        }
    }
}

const OVERTAKEN: [&str; 1] = ["came first, and yet the password was set"];
const OUTLIVED: [&str; 1] = ["no sign-in with the old password outlives the redemption"];

#[tokio::test]
async fn with_the_password_last_a_change_of_the_account_is_overtaken() {
    with_tables("read committed", Mistake::SwapFirst, async |tables| {
        assert_caught(32, &OVERTAKEN, async || {
            conformance::a_redemption_does_not_overtake_a_change(tables).await;
        })
        .await;
    })
    .await;
}

#[tokio::test]
async fn behind_a_lock_of_a_derived_table_a_change_of_the_account_is_overtaken() {
    for accounts in [BEHIND_A_WITH, BEHIND_A_FUNCTION] {
        with_tables("read committed", Mistake::LocksNothing(accounts), async |tables| {
            query(FUNCTION).execute(&tables.pool).await.unwrap();
            assert_caught(32, &OVERTAKEN, async || {
                conformance::a_redemption_does_not_overtake_a_change(tables).await;
            })
            .await;
        })
        .await;
    }
}

#[tokio::test]
async fn a_sign_in_outlives_a_redemption_in_one_statement() {
    for holds_sign_ins in [true, false] {
        with_tables("read committed", Mistake::OneStatement, async |tables| {
            tables.holds_sign_ins = holds_sign_ins;
            assert_caught(if holds_sign_ins { 1 } else { 32 }, &OUTLIVED, async || {
                conformance::no_sign_in_with_the_old_password_outlives_a_redemption(tables).await;
            })
            .await;
        })
        .await;
    }
}

#[tokio::test]
async fn a_sign_in_outlives_a_redemption_at_another_default_isolation_level() {
    for level in ["repeatable read", "serializable"] {
        with_tables(level, Mistake::DefaultLevel, async |tables| {
            tables.holds_sign_ins = true;
            assert_caught(1, &OUTLIVED, async || {
                conformance::no_sign_in_with_the_old_password_outlives_a_redemption(tables).await;
            })
            .await;
        })
        .await;
    }
}

#[tokio::test]
async fn a_transaction_that_a_dropped_commit_left_open_is_caught() {
    // What is lost may also be the next account that the property adds, its session or its first
    // ledger, and the server may end the connection first.
    let sentences = [
        "what is written after a dropped commit is lost",
        "the account is found by its login",
        "and no session",
        "one of two ledgers",
        "idle-in-transaction timeout",
    ];
    with_tables("read committed", Mistake::KeepsDropped, async |tables| {
        assert_caught(32, &sentences, async || {
            conformance::a_dropped_redemption_is_whole_or_nothing(tables).await;
        })
        .await;
    })
    .await;
}
