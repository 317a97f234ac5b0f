//! Operations at random, most of them where something happens.

use crate::ops::{ACCOUNTS, Fate, MailFate, Op};
use proptest::prelude::*;
use time::SignedDuration;

pub(crate) fn any_op() -> impl Strategy<Value = Op> {
    let account = || 0..ACCOUNTS;
    let link = || prop_oneof![3 => Just(0), 2 => 0..8_usize];
    let fate = prop_oneof![
        12 => Just(Fate::Pass),
        1 => Just(Fate::FindFails),
        1 => Just(Fate::FailOnce),
        1 => Just(Fate::FailBefore),
        2 => Just(Fate::FailAfter),
        2 => (1..5_u8).prop_map(Fate::Conflicts),
    ];
    let mail = prop_oneof![
        6 => Just(MailFate::Pass),
        1 => Just(MailFate::Refuse),
        1 => Just(MailFate::DeliverAndFail),
    ];
    let seconds = vec![0, 1, 30, 60, 600, 3600, -30, -61, -3600, 366 * 86400, -366 * 86400];
    let jump = prop::sample::select(seconds).prop_map(|s| Op::Jump(SignedDuration::seconds(s)));
    let request = (account(), fate.clone(), mail.clone())
        .prop_map(|(account, fate, mail)| Op::Request { account, fate, mail });
    let request_for = (account(), fate.clone(), mail.clone())
        .prop_map(|(account, fate, mail)| Op::RequestFor { account, fate, mail });
    let invite = (account(), fate.clone(), mail.clone())
        .prop_map(|(account, fate, mail)| Op::Invite { account, fate, mail });
    let renew = (link(), fate.clone(), mail.clone()).prop_map(|(link, fate, mail)| Op::Renew {
        link,
        fate,
        mail,
    });
    let revoke = (account(), fate.clone(), any::<bool>())
        .prop_map(|(account, fate, by_id)| Op::Revoke { account, fate, by_id });
    let by_others = prop_oneof![
        8 => request,
        1 => request_for,
        2 => invite,
        2 => renew,
        1 => revoke,
        1 => account().prop_map(Op::SetPassword),
        1 => account().prop_map(Op::SetAddress),
        1 => account().prop_map(Op::DeleteOrMakeAgain),
        1 => account().prop_map(Op::SignIn),
        1 => Just(Op::Purge),
        8 => jump,
    ];
    let reset = (link(), prop::bool::weighted(0.2), fate.clone(), mail).prop_map(
        |(link, is_weak, fate, mail)| Op::Reset { link, is_weak, meanwhile: vec![], fate, mail },
    );
    let meanwhile = prop_oneof![
        6 => by_others.clone(),
        1 => account().prop_map(Op::DeleteOrMakeAgain),
        1 => reset.clone(),
    ];
    let meanwhile = prop_oneof![
        2 => Just(Vec::new()),
        1 => prop::collection::vec(meanwhile, 1..3),
    ];
    let interrupted = (reset, meanwhile).prop_map(|(mut reset, ops)| {
        if let Op::Reset { meanwhile, .. } = &mut reset {
            *meanwhile = ops;
        }
        reset
    });
    prop_oneof![
        8 => by_others,
        3 => interrupted,
        1 => (link(), fate).prop_map(|(link, fate)| Op::Cancel { link, fate }),
    ]
}
