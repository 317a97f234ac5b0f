//! Whether a pooler between the store and PostgreSQL mixes up prepared statements.

use super::{Driver, Kind, SqlError, Statement, Trouble, Value};
use alloc::vec::Vec;
use core::future::poll_fn;
use core::pin::pin;
use core::task::Poll;

/// How often two statements are sent. A pooler hands out the server's connections in the order in
/// which they come back, so the order of the statements alternates.
const ROUNDS: i64 = 6;

/// Sends two statements at once, over two connections if the pool has them, and compares each
/// result. A pooler that does not track prepared statements returns the other statement's result.
pub(super) async fn check<D: Driver>(driver: &D) -> Result<(), SqlError> {
    let a = Statement::new("SELECT CAST($1 AS bigint)", [Kind::Integer]);
    let b = "SELECT CAST($1 AS bigint), CAST($2 AS bigint)";
    let b = Statement::new(b, [Kind::Integer, Kind::Integer]);
    for round in 0..ROUNDS {
        let (one, two) = if round % 2 == 0 { (&a, &b) } else { (&b, &a) };
        both(ask(driver, one, round), ask(driver, two, round)).await?;
    }
    Ok(())
}

async fn ask<D: Driver>(driver: &D, statement: &Statement, round: i64) -> Result<(), SqlError> {
    let numbers = (round..).take(statement.columns().len());
    let values: Vec<_> = numbers.map(Value::from).collect();
    let rows = driver.query(statement, &values).await.map_err(SqlError::of::<D>)?;
    let answer: Vec<_> = rows.into_iter().flatten().flatten().collect();
    if answer == values { Ok(()) } else { Err(Trouble::Pooler.into()) }
}

/// Waits for both futures, and polls `one` first.
async fn both<E>(
    one: impl Future<Output = Result<(), E>>,
    two: impl Future<Output = Result<(), E>>,
) -> Result<(), E> {
    let (mut one, mut two) = (pin!(one), pin!(two));
    let mut answers = [None, None];
    poll_fn(|context| {
        let [first, second] = &mut answers;
        if first.is_none()
            && let Poll::Ready(answer) = one.as_mut().poll(context)
        {
            *first = Some(answer);
        }
        if second.is_none()
            && let Poll::Ready(answer) = two.as_mut().poll(context)
        {
            *second = Some(answer);
        }
        match (first.take(), second.take()) {
            (Some(first), Some(second)) => Poll::Ready(first.and(second)),
            waiting => {
                (*first, *second) = waiting;
                Poll::Pending
            }
        }
    })
    .await
}
