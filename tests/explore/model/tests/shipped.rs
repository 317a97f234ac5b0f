//! The shipped code keeps every property, in every state of each of these models.
//!
//! Those at the end are larger, and run where `MODEL_DEPTH` is 2 or more.

use model::Fault::{
    self, AnswerIsLost, Collides, CommitFails, Crash, DeliversAndFails, FindFails, MailFails,
    StaysUnderWay,
};
use model::HostDeed::{
    self, AddPasskey, Delete, MakeAgain, MakeAgainWithItsId, Purge, PurgeAtOnce, SetAddress,
    SetPassword,
};
use model::Role::{
    Administrator, Attacker, Canceller, Changer, Exchanger, Guesser, Inviter, Redeemer, Renewer,
    Requester, Revoker, WeakRedeemer,
};
use model::{Bounds, explore};

const DAYS: i64 = 24 * 3600;

const FAULTS: [Fault; 8] = [
    FindFails,
    CommitFails,
    AnswerIsLost,
    StaysUnderWay,
    Collides,
    MailFails,
    DeliversAndFails,
    Crash,
];

/// Once each: an address that comes back, too, is in `limits.rs`.
const DEEDS: [(HostDeed, u8); 4] = [(SetAddress, 1), (SetPassword, 1), (Delete, 1), (MakeAgain, 1)];

/// Asserts that the model holds, and that it is large and went where it should.
fn assert_holds(bounds: &Bounds, least_states: usize, reached: &[&str]) {
    let report = explore(bounds, None);
    println!("{report}");
    assert!(report.violations.is_empty(), "{report}");
    assert!(report.states >= least_states, "{} states are too few", report.states);
    assert!(!report.reached.contains_key("another fault"), "{:#?}", report.reached);
    for situation in reached {
        let met = report.reached.contains_key(situation);
        assert!(met, "never met: {situation}; but {:#?}", report.reached);
    }
}

fn assert_holds_where_asked(bounds: &Bounds, least_states: usize) {
    let depth = std::env::var("MODEL_DEPTH").ok().and_then(|depth| depth.parse().ok());
    if depth.unwrap_or(1) < 2 {
        println!("{}: skipped, since MODEL_DEPTH is not 2", bounds.name);
        return;
    }
    assert_holds(bounds, least_states, &[]);
}

#[test]
fn two_requests_and_two_redemptions() {
    assert_holds(
        &Bounds::new(
            "two requests, two redemptions, and a clock that is set back",
            &[Requester, Requester, Redeemer, Redeemer],
        )
        .jumps(&[(60, 2), (-120, 1)]),
        150_000,
        &[
            "sent",
            "throttled",
            "redeemed",
            "used",
            "superseded",
            "expired",
            "the clock was set back",
            "conflict: a first ledger by somebody else",
            "conflict: another password",
            "conflict: another revision",
        ],
    );
}

#[test]
fn swaps_under_way_collide_and_are_purged() {
    let both = [Requester, Redeemer];
    assert_holds(
        &Bounds::new("a swap under way collides with itself", &both)
            .faults(&[StaysUnderWay, Collides], 3),
        160,
        &["a commit landed late", "the store failed"],
    );
    assert_holds(
        &Bounds::new("a purge before its time, and swaps under way", &both)
            .deeds(&[(PurgeAtOnce, 1)])
            .faults(&[StaysUnderWay], 2),
        250,
        &["a commit landed late"],
    );
    assert_holds(
        &Bounds::new("an account made again with its id, and swaps under way", &both)
            .deeds(&[(Delete, 1), (MakeAgainWithItsId, 1)])
            .faults(&[StaysUnderWay], 2),
        550,
        &["a commit landed late"],
    );
}

#[test]
fn any_two_calls_fail() {
    assert_holds(
        &Bounds::new(
            "two requests, two redemptions, and any two calls fail",
            &[Requester, Requester, Redeemer, Redeemer],
        )
        .faults(&FAULTS, 2),
        58_000,
        &[
            "a look failed",
            "a commit failed",
            "the answer of a commit was lost",
            "a commit landed late",
            "a mail failed",
            "delivered, and reported as failed",
            "crashed between commit and mail",
            "crashed before a commit",
            "mail_failed",
            "the store failed",
        ],
    );
}

#[test]
fn commits_stay_under_way() {
    assert_holds(
        &Bounds::new(
            "three calls fail about the commit, while the clock moves",
            &[Requester, Redeemer, Redeemer],
        )
        .faults(&[AnswerIsLost, StaysUnderWay, Crash], 3)
        .jumps(&[(60, 1), (180, 1), (-120, 1)]),
        300_000,
        &["a commit landed late", "the answer of a commit was lost", "the store failed", "expired"],
    );
}

#[test]
fn transactions_collide() {
    assert_holds(
        &Bounds::new(
            "transactions collide, and any four calls fail",
            &[Requester, Redeemer, Redeemer],
        )
        .faults(&FAULTS, 4),
        19_000,
        &["a conflict without a reason", "a commit landed late", "the store failed"],
    );
}

#[test]
fn after_eight_retries_a_conflict_is_reported() {
    assert_holds(
        &Bounds::new("transactions collide nine times", &[Requester, Redeemer])
            .deeds(&[(SetAddress, 1)])
            .faults(&[Collides], 9),
        1_200,
        &["a conflict without a reason", "unexplained conflict", "contended", "redeemed"],
    );
    assert_holds(
        &Bounds::new("a change whose transactions collide nine times", &[Changer, Requester])
            .faults(&[Collides], 9),
        5_800,
        &["password_changed", "unexplained conflict", "contended"],
    );
}

#[test]
fn cancelled_and_revoked() {
    assert_holds(
        &Bounds::new(
            "a weak password, a cancellation and the host's revocation",
            &[Requester, Requester, Redeemer, WeakRedeemer, Canceller, Revoker],
        )
        .jumps(&[(60, 1)]),
        53_000,
        &["rejected", "cancelled", "revoked", "revoked by the host", "nothing to revoke"],
    );
}

#[test]
fn cancelled_and_revoked_while_calls_fail() {
    assert_holds(
        &Bounds::new(
            "a cancellation and the host's revocation, and any two calls fail",
            &[Requester, Redeemer, Canceller, Revoker],
        )
        .faults(&FAULTS, 2),
        1_000,
        &["cancelled", "revoked by the host", "a commit landed late", "the store failed"],
    );
}

#[test]
fn an_attacker_keeps_asking() {
    assert_holds(
        &Bounds::new("an attacker keeps asking", &[Requester, Attacker, Attacker, Redeemer])
            .jumps(&[(60, 2)]),
        80_000,
        &["throttled by the window", "superseded", "redeemed", "conflict: another revision"],
    );
}

#[test]
fn the_cooldown_doubles() {
    assert_holds(
        &Bounds::new("three requests in five minutes", &[Requester, Attacker, Attacker])
            .jumps(&[(60, 2), (180, 1)]),
        47_000,
        &["throttled by the cooldown", "throttled by a cooldown that has doubled"],
    );
}

#[test]
fn the_host_changes_the_account() {
    assert_holds(
        &Bounds::new(
            "the host changes, deletes and makes the account, and purges its ledger at once",
            &[Requester, Requester, Redeemer],
        )
        .deeds(&[
            (SetAddress, 2),
            (SetPassword, 1),
            (PurgeAtOnce, 1),
            (Delete, 1),
            (MakeAgainWithItsId, 1),
        ]),
        580_000,
        &[
            "unknown",
            "unknown_account",
            "changed",
            "conflict: another address",
            "conflict: another password",
            "conflict: another ledger",
            "conflict: purged between load and commit",
            "conflict: the account is gone",
            "the address changed between commit and mail",
            "deleted meanwhile",
            "made again meanwhile with the same id",
        ],
    );
}

#[test]
fn the_host_changes_the_account_while_calls_fail() {
    assert_holds(
        &Bounds::new("the host changes the account, and two calls fail", &[Requester, Redeemer])
            .deeds(&DEEDS)
            .faults(&FAULTS, 2),
        43_000,
        &[
            "changed",
            "conflict: another account",
            "a commit landed late",
            "the address changed between commit and mail",
        ],
    );
    assert_holds(
        &Bounds::new("the host purges at once, and two calls fail", &[Requester, Redeemer])
            .deeds(&[(PurgeAtOnce, 2), (SetAddress, 1), (SetPassword, 1)])
            .faults(&FAULTS, 2),
        14_000,
        &["unknown", "conflict: purged between load and commit", "a conflict without a reason"],
    );
}

#[test]
fn the_ledger_is_purged_once_it_may_be_forgotten() {
    assert_holds(
        &Bounds::new("a ledger is forgotten in its time", &[Requester, Attacker, Redeemer])
            .jumps(&[(60, 1), (180, 1), (8 * DAYS, 1), (-120, 1)])
            .deeds(&[(Purge, 1)]),
        180_000,
        &["purged meanwhile", "conflict: purged between load and commit", "unknown", "expired"],
    );
}

#[test]
fn a_link_and_an_invitation() {
    assert_holds(
        &Bounds::new(
            "an invitation, a redemption, and an attacker who keeps asking",
            &[Attacker, Attacker, Inviter, Redeemer],
        )
        .jumps(&[(60, 1), (180, 1)])
        .without_password(),
        200_000,
        &["redeemed", "superseded", "expired", "throttled by the window", "has_password"],
    );
    assert_holds(
        &Bounds::new(
            "two invitations, an attacker whose mail is cancelled, and a redemption",
            &[Attacker, Inviter, Inviter, Canceller, Redeemer],
        )
        .without_password(),
        35_000,
        &["redeemed", "superseded", "cancelled", "has_password"],
    );
}

#[test]
fn an_account_with_a_password_is_not_invited() {
    assert_holds(
        &Bounds::new(
            "an invitation of an account with a password, among requests",
            &[Inviter, Requester, Redeemer],
        )
        .faults(&FAULTS, 1),
        100,
        &["has_password", "redeemed"],
    );
}

#[test]
fn another_credential_ends_an_invitation() {
    assert_holds(
        &Bounds::new(
            "the host sets a password and adds a passkey, among an invitation and a request",
            &[Inviter, Requester, Redeemer, Renewer],
        )
        .jumps(&[(600, 1)])
        .deeds(&[(SetPassword, 1), (AddPasskey, 1)])
        .without_password(),
        52_000,
        &["changed", "has_password", "not_renewable", "a passkey came meanwhile"],
    );
    assert_holds(
        &Bounds::new(
            "the host sets a password, which its stamp does not tell",
            &[Inviter, Inviter, Redeemer, Canceller, Renewer],
        )
        .jumps(&[(600, 1)])
        .deeds(&[(SetPassword, 1)])
        .without_password()
        .without_stamp(),
        27_000,
        &["changed", "has_password", "not_renewable", "redeemed"],
    );
}

#[test]
fn a_password_is_changed_by_somebody_who_is_signed_in() {
    assert_holds(
        &Bounds::new(
            "two changes, a request and a redemption",
            &[Changer, Changer, Requester, Redeemer],
        )
        .jumps(&[(60, 1)]),
        17_000,
        &["password_changed", "changed", "conflict: a first ledger by somebody else"],
    );
    assert_holds(
        &Bounds::new(
            "a change, two requests, two redemptions, and a clock that is set back",
            &[Changer, Requester, Requester, Redeemer, Redeemer],
        )
        .jumps(&[(-120, 1)]),
        94_000,
        &["password_changed", "changed", "conflict: another revision"],
    );
    assert_holds(
        &Bounds::new(
            "a change, an invitation, a request and a redemption",
            &[Changer, Inviter, Requester, Redeemer],
        )
        .without_password(),
        3_100,
        &["password_changed", "has_password", "changed"],
    );
    assert_holds(
        &Bounds::new(
            "a change, a request, a cancellation, a renewal and the host's revocation",
            &[Changer, Requester, Canceller, Renewer, Revoker],
        )
        .jumps(&[(180, 1)]),
        13_000,
        &["password_changed", "not_renewable", "cancelled", "revoked by the host"],
    );
}

#[test]
fn a_change_leaves_no_link_good_whatever_the_stamp_does() {
    assert_holds(
        &Bounds::new(
            "a stamp that no change moves, links of both kinds, and a renewal",
            &[Changer, Requester, Inviter, Redeemer, Renewer],
        )
        .without_password()
        .telling_no_passwords()
        .without_stamp(),
        7_400,
        &["password_changed", "redeemed", "changed", "not_renewable"],
    );
}

#[test]
fn a_password_is_changed_while_calls_fail() {
    assert_holds(
        &Bounds::new(
            "two changes, a request, and any two calls fail",
            &[Changer, Changer, Requester],
        )
        .faults(&FAULTS, 2),
        111_000,
        &["password_changed", "a commit landed late", "the answer of a commit was lost"],
    );
    assert_holds(
        &Bounds::new(
            "a change, a request, a redemption, and any two calls fail",
            &[Changer, Requester, Redeemer],
        )
        .faults(&FAULTS, 2),
        10_800,
        &["password_changed", "changed", "the store failed", "crashed between commit and mail"],
    );
    assert_holds(
        &Bounds::new(
            "a stamp that no change moves, and any two calls fail",
            &[Changer, Requester, Redeemer],
        )
        .faults(&FAULTS, 2)
        .without_stamp(),
        10_900,
        &["password_changed", "changed", "the store failed"],
    );
    assert_holds(
        &Bounds::new("a change, and any four calls fail", &[Changer, Requester]).faults(&FAULTS, 4),
        43_600,
        &["password_changed", "a conflict without a reason", "a commit landed late"],
    );
}

#[test]
fn a_password_is_changed_while_the_host_acts() {
    assert_holds(
        &Bounds::new(
            "a change and a request, while the host changes the account and a call fails",
            &[Changer, Requester],
        )
        .deeds(&[(SetAddress, 1), (SetPassword, 1), (Delete, 1), (MakeAgain, 1)])
        .faults(&FAULTS, 1),
        158_000,
        &["changed", "unknown", "conflict: another address", "conflict: the account is gone"],
    );
    assert_holds(
        &Bounds::new(
            "a change and a redemption, while the host changes, deletes and makes the account",
            &[Changer, Requester, Redeemer],
        )
        .deeds(&DEEDS),
        21_000,
        &["password_changed", "redeemed", "changed", "unknown"],
    );
}

#[test]
fn one_password_ends_both_links_whatever_the_stamp_does() {
    assert_holds(
        &Bounds::new("a stamp that no password changes", &[Requester, Inviter, Redeemer, Redeemer])
            .jumps(&[(180, 1)])
            .without_password()
            .telling_no_passwords()
            .without_stamp(),
        7_000,
        &["redeemed", "used", "changed", "expired"],
    );
    assert_holds(
        &Bounds::new(
            "a stamp that no password changes, and a link that is renewed",
            &[Requester, Inviter, Redeemer, Redeemer, Renewer],
        )
        .without_password()
        .telling_no_passwords()
        .without_stamp(),
        1_900,
        &["redeemed", "changed", "not_renewable"],
    );
}

#[test]
fn both_kinds_while_calls_fail() {
    assert_holds(
        &Bounds::new(
            "a request, an invitation, two redemptions, and a call that fails",
            &[Requester, Inviter, Redeemer, Redeemer],
        )
        .faults(&FAULTS, 1)
        .without_password(),
        18_500,
        &["a commit landed late", "changed", "crashed before a commit"],
    );
    assert_holds(
        &Bounds::new(
            "a revocation of both kinds, a cancellation, and a call that fails",
            &[Requester, Inviter, Revoker, Canceller],
        )
        .faults(&FAULTS, 1)
        .without_password(),
        12_500,
        &["revoked by the host", "cancelled"],
    );
}

#[test]
fn dead_links_are_renewed() {
    assert_holds(
        &Bounds::new(
            "dead links of both kinds are renewed",
            &[Requester, Inviter, Renewer, Redeemer],
        )
        .jumps(&[(180, 1), (600, 1)])
        .without_password(),
        22_000,
        &["sent", "not_renewable", "throttled", "redeemed"],
    );
    assert_holds(
        &Bounds::new(
            "a dead link is renewed until it is forgotten, while calls fail and the host acts",
            &[Requester, Renewer, Canceller],
        )
        .jumps(&[(180, 1), (7 * DAYS, 1)])
        .deeds(&[(SetAddress, 2), (SetPassword, 1), (Purge, 1)])
        .faults(&FAULTS, 1),
        155_000,
        &["sent", "not_renewable", "unknown_account"],
    );
}

#[test]
fn nothing_is_renewed_once_a_newer_link_is_used_or_cancelled() {
    assert_holds(
        &Bounds::new(
            "an older link is renewed after the newer one is cancelled",
            &[Requester, Requester, Canceller, Renewer],
        )
        .jumps(&[(60, 1)]),
        450,
        &["sent", "not_renewable", "cancelled"],
    );
    assert_holds(
        &Bounds::new(
            "an older link is renewed after the newer one is used, without a stamp",
            &[Requester, Requester, Redeemer, Renewer],
        )
        .jumps(&[(60, 1)])
        .without_stamp(),
        450,
        &["sent", "not_renewable", "redeemed"],
    );
}

#[test]
fn the_host_asks_for_links() {
    assert_holds(
        &Bounds::new(
            "the host asks twice and a visitor once, and the address changes",
            &[Administrator, Administrator, Requester],
        )
        .jumps(&[(60, 1)])
        .deeds(&[(SetAddress, 1)]),
        48_000,
        &["throttled by the window"],
    );
    assert_holds(
        &Bounds::new(
            "an administrator, a request, a cancellation and the host's revocation",
            &[Administrator, Requester, Canceller, Revoker],
        )
        .jumps(&[(60, 1)])
        .deeds(&[(SetAddress, 1)]),
        43_500,
        &["throttled after a cancellation", "throttled by the cooldown"],
    );
}

#[test]
fn a_right_code_races_wrong_ones() {
    assert_holds(
        &Bounds::new(
            "two wrong codes after three, a right one, and redemptions with link or token",
            &[Guesser, Guesser, Exchanger, Redeemer, Redeemer],
        )
        .wrong_codes(3, &[]),
        19_800,
        &["exchanged", "wrong_code", "no_code", "redeemed", "used", "conflict: another revision"],
    );
    assert_holds(
        &Bounds::new(
            "the same code twice, a wrong one, and a redemption with link or token",
            &[Guesser, Exchanger, Exchanger, Redeemer],
        )
        .wrong_codes(3, &[]),
        1_200,
        &["exchanged", "wrong_code", "no_code", "redeemed"],
    );
}

#[test]
fn a_code_is_of_the_newest_link() {
    assert_holds(
        &Bounds::new(
            "a newer mail, a wrong code, and a right one from either mail",
            &[Requester, Guesser, Exchanger, Redeemer],
        )
        .wrong_codes(4, &[])
        .jumps(&[(60, 1), (180, 1)]),
        62_000,
        &["exchanged", "wrong_code", "no_code", "superseded", "expired", "redeemed"],
    );
    assert_holds(
        &Bounds::new(
            "an invitation, a request, codes, and a redemption",
            &[Inviter, Requester, Guesser, Exchanger, Redeemer],
        )
        .codes(180)
        .without_password(),
        12_500,
        &["exchanged", "wrong_code", "no_code", "has_password", "redeemed"],
    );
}

#[test]
fn a_code_ends_ten_minutes_after_its_mail_though_the_link_lives_on() {
    assert_holds(
        &Bounds::new(
            "links that are good for an hour, and a clock that moves",
            &[Requester, Guesser, Exchanger, Redeemer],
        )
        .codes(3600)
        .jumps(&[(599, 1), (1, 1), (-120, 1)]),
        47_800,
        &["exchanged", "wrong_code", "no_code", "redeemed"],
    );
}

#[test]
fn twenty_wrong_codes_stop_codes_until_a_password_is_set() {
    assert_holds(
        &Bounds::new(
            "two wrong codes after eighteen, and more mails",
            &[Guesser, Guesser, Requester, Exchanger],
        )
        .wrong_codes(3, &[5, 5, 5])
        .jumps(&[(60, 1)]),
        35_100,
        &["exchanged", "wrong_code", "no_code"],
    );
    assert_holds(
        &Bounds::new(
            "a wrong code after nineteen, a redemption, and a mail after it",
            &[Guesser, Redeemer, Requester, Exchanger],
        )
        .wrong_codes(4, &[5, 5, 5])
        .jumps(&[(60, 1)]),
        40_200,
        &["exchanged", "wrong_code", "no_code", "redeemed"],
    );
    assert_holds(
        &Bounds::new(
            "a wrong code after nineteen, a change, and a mail after it",
            &[Guesser, Changer, Requester, Exchanger],
        )
        .wrong_codes(4, &[5, 5, 5])
        .jumps(&[(60, 1)]),
        43_900,
        &["exchanged", "wrong_code", "no_code", "password_changed"],
    );
}

#[test]
fn a_token_ends_with_its_link() {
    assert_holds(
        &Bounds::new(
            "a code, a cancellation, a renewal, a change and the host's revocation",
            &[Exchanger, Canceller, Renewer, Changer, Revoker],
        )
        .wrong_codes(0, &[])
        .jumps(&[(180, 1)]),
        116_000,
        &["exchanged", "cancelled", "revoked by the host", "password_changed", "not_renewable"],
    );
    assert_holds(
        &Bounds::new(
            "a code, a change and a redemption, whatever the stamp does",
            &[Exchanger, Guesser, Changer, Redeemer, Redeemer],
        )
        .wrong_codes(4, &[])
        .without_stamp(),
        17_800,
        &["exchanged", "password_changed", "redeemed", "changed", "used"],
    );
}

#[test]
fn codes_are_typed_while_calls_fail() {
    assert_holds(
        &Bounds::new(
            "two wrong codes after three, a right one, and any two calls fail",
            &[Guesser, Guesser, Exchanger],
        )
        .wrong_codes(3, &[])
        .faults(&FAULTS, 2),
        40_000,
        &["exchanged", "wrong_code", "a commit landed late", "the answer of a commit was lost"],
    );
    assert_holds(
        &Bounds::new(
            "a wrong code after nineteen, a right one, a redemption, and any two calls fail",
            &[Guesser, Exchanger, Redeemer],
        )
        .wrong_codes(4, &[5, 5, 5])
        .faults(&FAULTS, 2),
        70_000,
        &["exchanged", "wrong_code", "redeemed", "crashed before a commit"],
    );
    assert_holds(
        &Bounds::new(
            "a right code twice, a wrong one, and any two calls fail",
            &[Exchanger, Exchanger, Guesser],
        )
        .wrong_codes(3, &[])
        .faults(&FAULTS, 2),
        22_000,
        &["exchanged", "no_code", "a commit landed late", "the answer of a commit was lost"],
    );
    assert_holds(
        &Bounds::new(
            "a wrong code, a right one, a request, and a call that fails",
            &[Requester, Guesser, Exchanger],
        )
        .codes(180)
        .jumps(&[(60, 1)])
        .faults(&FAULTS, 1),
        1_700,
        &["exchanged", "wrong_code", "crashed between commit and mail"],
    );
}

#[test]
fn codes_are_typed_while_the_host_changes_the_account() {
    assert_holds(
        &Bounds::new(
            "codes and a redemption, while the host changes, deletes and makes the account",
            &[Guesser, Exchanger, Redeemer],
        )
        .wrong_codes(3, &[])
        .deeds(&[(SetAddress, 2), (SetPassword, 1), (Delete, 1), (MakeAgainWithItsId, 1)]),
        12_000,
        &["exchanged", "wrong_code", "no_code", "changed", "unknown_account"],
    );
}

#[test]
fn no_purge_forgives_a_wrong_code() {
    assert_holds(
        &Bounds::new(
            "two wrong codes after eighteen, a request, and a purge in its time",
            &[Guesser, Guesser, Requester],
        )
        .wrong_codes(3, &[5, 5, 5])
        .jumps(&[(8 * DAYS, 1), (30 * DAYS, 1), (-60, 1)])
        .deeds(&[(Purge, 1)]),
        10_800,
        &["wrong_code", "no_code", "purged meanwhile"],
    );
}

#[test]
fn larger_three_requests() {
    assert_holds_where_asked(
        &Bounds::new(
            "three requests, two redemptions, and time passes",
            &[Requester, Requester, Requester, Redeemer, Redeemer],
        )
        .jumps(&[(60, 2)]),
        700_000,
    );
}

#[test]
fn larger_attack() {
    assert_holds_where_asked(
        &Bounds::new(
            "an attacker keeps asking, and the clock is set back",
            &[Requester, Attacker, Attacker, Redeemer],
        )
        .jumps(&[(60, 3), (-120, 1)]),
        2_200_000,
    );
}

#[test]
fn larger_faults() {
    assert_holds_where_asked(
        &Bounds::new(
            "two requests, two redemptions, any two calls fail, and time passes",
            &[Requester, Requester, Redeemer, Redeemer],
        )
        .jumps(&[(60, 1)])
        .faults(&FAULTS, 2),
        500_000,
    );
}
