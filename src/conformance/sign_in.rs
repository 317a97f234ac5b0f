//! Properties of sign-ins at the same time as a redemption.

use super::Fixture;
use super::case::{NEW_HASH, OLD_HASH};
use super::redemption::Redemption;
use futures_util::future::{join, join_all};

/// The number of redemptions with which sign-ins race.
const ROUNDS: usize = 8;

/// The number of sign-ins that race with each redemption.
const SIGN_INS: usize = 8;

/// A redemption ends every session that began with the old password, including sessions that open
/// while it is committed. Afterwards only the new password signs in.
///
/// # Panics
/// Panics if the store or the fixture's sign-in breaks this property.
pub async fn no_sign_in_with_the_old_password_outlives_a_redemption<F: Fixture>(fixture: &F) {
    for round in 0..ROUNDS {
        let redemption = Redemption::new(fixture).await;
        let case = &redemption.case;
        if fixture.sessions(&case.id).await.is_none() {
            return;
        }
        let commit = async {
            case.wait(round).await;
            redemption.commit().await;
        };
        let sign_in = async |wait| {
            case.wait(wait).await;
            fixture.sign_in(&case.id, OLD_HASH).await
        };
        join(commit, join_all((0..SIGN_INS).map(sign_in))).await;

        let sessions = fixture.sessions(&case.id).await;
        assert_eq!(sessions, Some(0), "no sign-in with the old password outlives the redemption");
        let is_old_good = fixture.sign_in(&case.id, OLD_HASH).await;
        assert!(!is_old_good, "the old password signs nobody in after the redemption");
        assert!(fixture.sign_in(&case.id, NEW_HASH).await, "the new password signs in");
        assert_eq!(fixture.sessions(&case.id).await, Some(1), "the session of the new password");
    }
}
