//! Many tasks that type codes at once.

use super::{Memory, TakingTurns};
use crate::support::code_races::{
    a_wrong_code_is_counted_before_it_is_answered,
    five_wrong_codes_do_not_keep_a_link_from_its_password,
    wrong_codes_of_an_older_mail_do_not_count_for_the_next,
};
use crate::support::codes::{with_codes, wrong};
use crate::support::ports::OnCommit;
use crate::support::races::Fixture;
use crate::support::run;
use crate::support::world::{ALICE, GOOD, World, rival};
use password_reset::token::TokenIssuer;

macro_rules! on {
    ($($store:ident: $fixture:path;)*) => {
        $(mod $store {
            on! { $fixture,
                a_wrong_code_is_counted_before_it_is_answered
                five_wrong_codes_do_not_keep_a_link_from_its_password
                wrong_codes_of_an_older_mail_do_not_count_for_the_next
            }
        })*
    };
    ($fixture:path, $($property:ident)*) => {
        $(#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
        async fn $property() {
            let fixture = <$fixture as super::Fixture>::new().await;
            super::$property(super::Fixture::store(&fixture), super::ALICE).await;
        })*
    };
}

on! {
    memory: super::Memory;
    taking_turns: super::TakingTurns;
}

#[test]
fn a_redemption_outlasts_the_wrong_codes_that_come_before_each_of_its_commits() {
    let issuer = with_codes(TokenIssuer::builder());
    let world = World::with(|builder| builder.issuer(issuer.clone()));
    assert_eq!(world.request(ALICE), "sent");
    let mails = world.mailer.outbox.take();
    let link = mails[0].link().unwrap().expose_token();
    let code = mails[0].code().unwrap().expose_digits();
    world.store.next_commits((1..=5).map(|number| {
        let (clock, issuer, typed) = (world.clock.clone(), issuer.clone(), wrong(code, number));
        OnCommit::After(Box::new(move |memory| {
            let (_, handled) = run(rival(memory, &clock, &issuer).exchange(ALICE, &typed));
            assert_eq!(handled.outcome_for_logs().code(), "wrong_code");
        }))
    }));
    world.reset(link, GOOD).unwrap();
    assert!(world.store.end_script(), "five were typed");
}
