//! Random hosts and operations, weighted towards the interesting ones.

use super::ops::{ACCOUNTS, Attempt, Fate, Host, MailFate, Op};
use crate::support::ports::Stamps;
use password_reset::service::FirstPassword;
use proptest::prelude::*;
use time::SignedDuration;

pub(crate) fn any_host() -> impl Strategy<Value = Host> {
    let stamps =
        prop_oneof![2 => Just(Stamps::Hash), 1 => Just(Stamps::Empty), 1 => Just(Stamps::Counter)];
    let choice = prop_oneof![2 => Just(FirstPassword::Allow), 1 => Just(FirstPassword::Explain)];
    (stamps, choice).prop_map(|(stamps, first_password)| Host { stamps, first_password })
}

fn account() -> impl Strategy<Value = usize> {
    0..ACCOUNTS
}

fn link() -> impl Strategy<Value = usize> {
    prop_oneof![3 => Just(0), 2 => 0..8_usize]
}

fn fate() -> impl Strategy<Value = Fate> {
    prop_oneof![
        12 => Just(Fate::Pass),
        1 => Just(Fate::FindFails),
        1 => Just(Fate::FailOnce),
        1 => Just(Fate::FailBefore),
        2 => Just(Fate::FailAfter),
        3 => prop::sample::select(vec![1, 2, 8, 9_u8]).prop_map(Fate::Conflicts),
    ]
}

fn mail() -> impl Strategy<Value = MailFate> {
    prop_oneof![
        6 => Just(MailFate::Pass),
        1 => Just(MailFate::Refuse),
        1 => Just(MailFate::DeliverAndFail),
    ]
}

/// Asks, and what others than the holder of a link or a session do.
fn by_others() -> impl Strategy<Value = Op> {
    let day = 86400;
    let seconds = vec![0, 1, 30, 60, 600, 3600, 3 * day, -30, -61, -3600, 366 * day, -366 * day];
    let jump = prop::sample::select(seconds).prop_map(|s| Op::Jump(SignedDuration::seconds(s)));
    let request = (account(), fate(), mail()).prop_map(|(account, fate, mail)| Op::Request {
        account,
        fate,
        mail,
    });
    let request_for = (account(), fate(), mail())
        .prop_map(|(account, fate, mail)| Op::RequestFor { account, fate, mail });
    let invite = (account(), fate(), mail()).prop_map(|(account, fate, mail)| Op::Invite {
        account,
        fate,
        mail,
    });
    let renew =
        (link(), fate(), mail()).prop_map(|(link, fate, mail)| Op::Renew { link, fate, mail });
    let revoke = (account(), fate(), any::<bool>()).prop_map(|(account, fate, by_id)| Op::Revoke {
        account,
        fate,
        by_id,
    });
    let op = prop_oneof![
        8 => request,
        1 => request_for,
        4 => invite,
        5 => renew,
        2 => revoke,
        2 => account().prop_map(Op::SetPassword),
        2 => account().prop_map(Op::RemovePassword),
        1 => account().prop_map(Op::AddOrRemoveFactor),
        1 => account().prop_map(Op::SetAddress),
        1 => account().prop_map(Op::DeleteOrMakeAgain),
        1 => account().prop_map(Op::SignIn),
        1 => Just(Op::Purge),
        8 => jump,
    ];
    #[cfg(feature = "codes")]
    let op = prop_oneof![14 => op, 1 => exchange()];
    op
}

#[cfg(feature = "codes")]
fn exchange() -> impl Strategy<Value = Op> {
    use super::ops::Typed;
    let typed =
        prop_oneof![3 => Just(Typed::Code), 3 => Just(Typed::Wrong), 1 => Just(Typed::Nothing)];
    let link = prop_oneof![5 => Just(0), 1 => 0..4_usize];
    let times = prop_oneof![2 => Just(1_u8), 1 => Just(5)];
    (link, typed, times, fate()).prop_map(|(link, typed, times, fate)| Op::Exchange {
        link,
        typed,
        times,
        fate,
    })
}

fn attempt(meanwhile: impl Strategy<Value = Vec<Op>>) -> impl Strategy<Value = Attempt> {
    (prop::bool::weighted(0.2), any::<bool>(), meanwhile, fate(), mail()).prop_map(
        |(is_weak, passes_factor, meanwhile, fate, mail)| Attempt {
            is_weak,
            passes_factor,
            meanwhile,
            fate,
            mail,
        },
    )
}

/// A new password, by a link or by a signed-in change.
fn set_password(attempt: impl Strategy<Value = Attempt> + Clone) -> impl Strategy<Value = Op> {
    let reset = (link(), attempt.clone()).prop_map(|(link, attempt)| Op::Reset { link, attempt });
    let change = (account(), prop::bool::weighted(0.15), attempt)
        .prop_map(|(account, is_stale, attempt)| Op::Change { account, is_stale, attempt });
    prop_oneof![3 => reset, 1 => change]
}

pub(crate) fn any_op() -> impl Strategy<Value = Op> {
    let meanwhile = prop_oneof![
        6 => by_others(),
        1 => account().prop_map(Op::DeleteOrMakeAgain),
        5 => account().prop_map(Op::AddOrRemoveFactor),
        2 => set_password(attempt(Just(Vec::new())).boxed()),
    ];
    let meanwhile = prop_oneof![
        1 => Just(Vec::new()),
        1 => prop::collection::vec(meanwhile, 1..3),
    ];
    let op = prop_oneof![
        8 => by_others(),
        5 => set_password(attempt(meanwhile).boxed()),
        1 => (link(), fate()).prop_map(|(link, fate)| Op::Cancel { link, fate }),
    ];
    #[cfg(feature = "codes")]
    let op = prop_oneof![9 => op, 1 => exchange()];
    op
}
