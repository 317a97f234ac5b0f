//! Stores that each make one usual mistake, and the sentence with which the suite reports it.

mod store;

use password_reset::conformance;
use std::panic::AssertUnwindSafe;
use store::{Alike, Apart, Careless, Find, Mistake, Torn};

/// What the suite says of a store with this mistake.
fn verdict(mistake: Mistake) -> Result<(), String> {
    let suite = move || {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(conformance::run(&Careless::new(mistake)));
    };
    std::panic::catch_unwind(AssertUnwindSafe(suite)).map_err(|panic| {
        let text = panic.downcast_ref::<String>().cloned();
        text.or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned())).unwrap()
    })
}

#[track_caller]
fn assert_caught(mistake: Mistake, sentence: &str) {
    let verdict = verdict(mistake).expect_err(&format!("{mistake:?} does not pass"));
    assert!(verdict.contains(sentence), "{mistake:?} is caught, but for another reason: {verdict}");
}

#[test]
fn a_store_without_a_mistake_passes() {
    verdict(Mistake::None).unwrap();
}

#[test]
fn a_store_that_does_not_compare_is_caught() {
    assert_caught(Mistake::NoCompare, "a stale revision");
}

#[test]
fn a_store_that_compares_without_the_selector_is_caught() {
    assert_caught(Mistake::CompareWithoutSelector, "another ledger at the same revision");
}

#[test]
fn a_store_that_compares_without_the_address_is_caught() {
    assert_caught(Mistake::CompareWithoutAddress, "a changed address");
}

#[test]
fn a_store_that_compares_without_the_stamp_is_caught() {
    assert_caught(Mistake::CompareWithoutStamp, "changed by another path");
}

#[test]
fn a_store_that_compares_the_address_without_care_is_caught() {
    for (alike, differs) in ALIKE {
        let sentence = format!("an address that differs {differs}");
        assert_caught(Mistake::AddressAlike(alike), &sentence);
    }
}

#[test]
fn a_store_that_compares_the_stamp_without_care_is_caught() {
    for (alike, differs) in ALIKE {
        assert_caught(Mistake::StampAlike(alike), &format!("a stamp that differs {differs}"));
    }
}

const ALIKE: [(Alike, &str); 9] = [
    (Alike::Case, "in case"),
    (Alike::Accents, "in an accent"),
    (Alike::Decomposed, "in its normalization form"),
    (Alike::TrailingSpaces, "in a space at its end"),
    (Alike::LeadingSpaces, "in a space at its start"),
    (Alike::Beginning, "in its end"),
    (Alike::End, "in its beginning"),
    (Alike::LikePattern, "in its end"),
    (Alike::PatternOfStored, "in a part that it lacks"),
];

#[test]
fn a_store_that_writes_the_hash_outside_is_caught() {
    assert_caught(Mistake::HashWrittenOutside, "the password");
}

#[test]
fn a_store_that_cuts_or_trims_the_hash_is_caught() {
    let sentence = "a hash of 128 characters with spaces at its ends, to the byte";
    assert_caught(Mistake::HashCut, sentence);
    assert_caught(Mistake::HashTrimmed, sentence);
}

#[test]
fn a_store_that_ends_sessions_on_every_commit_is_caught() {
    assert_caught(Mistake::SessionsEndedOnEveryCommit, "the sessions");
}

#[test]
fn a_store_that_never_ends_sessions_is_caught() {
    assert_caught(Mistake::SessionsNeverEnded, "no session is left");
}

#[test]
fn a_store_that_ends_the_sessions_of_all_is_caught() {
    assert_caught(Mistake::SessionsOfAllEnded, "another account's redemption: the sessions");
}

#[test]
fn a_store_that_takes_a_login_for_a_pattern_is_caught() {
    assert_caught(Mistake::LoginAsPattern, "the login \"%\" belongs to no account");
}

#[test]
fn a_store_whose_column_cuts_the_ledger_is_caught() {
    assert_caught(Mistake::LedgerCut, "the longest ledger comes back to the byte");
}

#[test]
fn a_store_whose_first_ledger_replaces_another_is_caught() {
    assert_caught(Mistake::FirstLedgerReplaces, "a second first ledger");
    assert_caught(Mistake::FirstLedgerLosesPassword, "a password with a first ledger");
    assert_caught(Mistake::FirstLedgerRefusesPassword, "a password with a first ledger");
}

#[test]
fn a_store_that_lets_two_ledgers_share_a_selector_is_caught() {
    assert_caught(Mistake::TakenSelectorOverwritten, "a taken selector");
}

#[test]
fn a_store_that_revives_a_deleted_account_is_caught() {
    assert_caught(Mistake::DeletedAccountRevived, "a deleted account");
}

#[test]
fn a_store_that_finds_a_deleted_account_by_its_id_is_caught() {
    let sentence = "a deleted account is not found by its id";
    assert_caught(Mistake::DeletedAccountFoundById, sentence);
}

#[test]
fn a_store_that_answers_conflict_where_it_wrote_is_caught() {
    assert_caught(Mistake::EffectAnsweredAsConflict, "answered as a conflict");
}

#[test]
fn a_store_whose_selector_outlives_its_ledger_is_caught() {
    assert_caught(Mistake::SelectorOutlivesItsLedger, "a forgotten ledger's selector");
}

#[test]
fn a_store_that_purges_too_much_or_nothing_is_caught() {
    assert_caught(Mistake::PurgesEverything, "a ledger is kept while it is needed");
    assert_caught(Mistake::ForgettableRoundedDown, "a ledger is kept while it is needed");
    assert_caught(Mistake::PurgesNothing, "a ledger is forgotten when its time is over");
    let sentence = "a ledger is kept for 30 days after a wrong code";
    assert_caught(Mistake::ForgettableByTheLinks, sentence);
}

#[test]
fn a_store_that_finds_a_disabled_account_is_caught() {
    for (find, by) in [
        (Find::Login, "its login"),
        (Find::Selector, "its ledger's selector"),
        (Find::Id, "its id"),
    ] {
        let sentence = format!("a disabled account is not found by {by}");
        assert_caught(Mistake::FindsDisabled(find), &sentence);
    }
}

#[test]
fn a_store_that_commits_for_a_disabled_account_is_caught() {
    for redemption in [false, true] {
        assert_caught(Mistake::CommitsDisabled { redemption }, "a disabled account");
    }
}

#[test]
fn a_store_that_picks_one_of_two_accounts_is_caught() {
    assert_caught(Mistake::FirstOfTwoFound, "a login of two accounts is an error");
}

#[test]
fn a_store_that_denies_the_password_is_caught() {
    assert_caught(Mistake::NoPasswordFound, "an account that has a password");
}

#[test]
fn a_store_that_finds_less_or_another_account_by_the_id_is_caught() {
    assert_caught(Mistake::LedgerlessById, "a ledger found by its id");
    assert_caught(Mistake::AnyAccountById, "by its id");
}

#[test]
fn a_store_that_writes_the_password_in_a_step_of_its_own_is_caught() {
    let sentence = "sees the link used and the old";
    assert_caught(Mistake::Apart(Apart::PasswordAfterTheSwap), sentence);
    let sentence = "sees the link unused and the new";
    assert_caught(Mistake::Apart(Apart::PasswordBeforeTheSwap), sentence);
}

#[test]
fn a_store_that_ends_the_sessions_in_a_step_of_its_own_is_caught() {
    let sentence = "sees the link used and a session";
    assert_caught(Mistake::Apart(Apart::SessionsAfterTheCommit), sentence);
    let sentence = "sees the link unused and no session";
    assert_caught(Mistake::Apart(Apart::SessionsBeforeTheSwap), sentence);
}

#[test]
fn a_store_whose_steps_only_keep_others_out_is_caught() {
    let sentence = "sees the link used and the old";
    assert_caught(Mistake::Apart(Apart::PasswordAfterTheSwapUnderALock), sentence);
}

#[test]
fn a_store_whose_steps_are_only_undone_is_caught() {
    let sentence = "sees the link used and the old";
    assert_caught(Mistake::Apart(Apart::PasswordAfterTheSwapUndone), sentence);
}

#[test]
fn a_store_that_compares_before_it_locks_is_caught() {
    for (apart, change) in [
        (Apart::AddressBeforeTheLock, "a change of the address"),
        (Apart::StampBeforeTheLock, "a change of the password"),
        (Apart::DisabledBeforeTheLock, "disabling the account"),
    ] {
        assert_caught(Mistake::Apart(apart), &format!("{change} "));
    }
}

#[test]
fn a_store_that_ends_the_sessions_that_it_saw_is_caught() {
    let sentence = "no sign-in with the old password outlives the redemption";
    assert_caught(Mistake::Apart(Apart::SessionsBeforeTheLock), sentence);
}

#[test]
fn a_store_that_compares_in_the_program_is_caught() {
    assert_caught(Mistake::Apart(Apart::LedgerBeforeTheLock), "no change is lost");
    let sentence = "came first, and yet the password was set";
    assert_caught(Mistake::Apart(Apart::EverythingBeforeTheLock), sentence);
}

#[test]
fn a_store_that_reads_an_account_in_two_moments_is_caught() {
    for find in [Find::Login, Find::Selector, Find::Id] {
        assert_caught(Mistake::Torn(find, Torn::Ledger), "somebody who looks sees");
        assert_caught(Mistake::Torn(find, Torn::Stamp), "somebody who looks sees");
        let sentence = "the address is of one moment and the ledger of another";
        assert_caught(Mistake::Torn(find, Torn::Address), sentence);
    }
}
