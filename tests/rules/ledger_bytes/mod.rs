//! The stored form of the ledger: as documented, bounded, and decoded without trust.

mod with_codes;

use crate::support::invariants::assert_sound;
use crate::support::{entropy, entropy_of, runner};
use password_reset::token::{
    Binding, DecodeError, Entropy, Ledger, MAX_LEDGER_BYTES, Refusal, Throttle, TokenIssuer,
};
use proptest::prelude::*;
use std::cell::Cell;
use std::time::Duration;
use time::{SignedDuration, UtcDateTime};

const NOW: UtcDateTime = UtcDateTime::UNIX_EPOCH;

/// Digests of tokens with the selector 00 01 … 0b and a verifier of 24 equal bytes,
/// computed elsewhere.
const DIGESTS: [&str; 4] = [
    "e2fc73f6ac6c4aa1bb23367d2d54bf58c355ae36d3039cc1f98b6d96c67a47a4",
    "9dcf0492125987deeabe97f5457b3175182a408d96341e750bc007fe37b4304c",
    "fbeeb0fa3b855a76a412944e3ec3834029c9e11f098d8b482121180cf2018e9b",
    "93f4052c353f37f57d440de4e89e3e7055d60cb9ff7815157ec5a821a55c763d",
];
/// The same of an invitation, and of what was told in the place of a link.
const INVITATION: &str = "7caea783146994070621ac29845418e23b0ecd90979151b4d0cdeb15a4fff29a";
const TOLD: &str = "2937c1d8b8786c14700c785b57d15e528b19359ea5b5245ed976d501961463ad";
/// The same of a change without a link.
const CHANGED: &str = "e4168a37904a972a4ae7217ab6b7859e34ffb5b6019191e459b3ff374a46db30";
const OLD_BINDING: &str = "6c99b42c8961e02e83e4ea67f58a91f14ab85e36b3799b724bbe369dc6a5e6f4";
const NEW_BINDING: &str = "84716bc0532acfae16e658dd59a0434a263b4f29a84ae9243a87f3a6d6e534c2";

fn from_hex(text: &str) -> Vec<u8> {
    let digits: Vec<char> = text.chars().filter(|c| !c.is_whitespace()).collect();
    let byte = |pair: &[char]| u8::from_str_radix(&String::from_iter(pair), 16).unwrap();
    digits.chunks(2).map(byte).collect()
}

fn numbered(verifier: u8) -> Entropy {
    let mut bytes = [verifier; 36];
    bytes[..12].copy_from_slice(&[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
    entropy_of(bytes)
}

/// One link in each state that version 1 knows: superseded, redeemed, revoked, live.
fn one_of_each_for_recovery() -> Ledger {
    history(|ledger| ledger, |ledger, _| ledger)
}

/// The same with an invitation, which the redemption closed, what was told, and a change
/// without a link.
fn one_of_each() -> Ledger {
    let inviter = TokenIssuer::default().invitations(Duration::from_secs(3600)).unwrap();
    let old = Binding::new("alice@example.com", b"old");
    let invite = |ledger: Ledger| {
        let now = NOW + SignedDuration::seconds(30);
        inviter.issue_unthrottled(Some(&ledger), old, now, numbered(5)).unwrap().ledger
    };
    let tell = |ledger: Ledger, binding: Binding| {
        let now = NOW + SignedDuration::seconds(64);
        let patient = Throttle::per_hour(5).unwrap().with_cooldown(Duration::ZERO).unwrap();
        let issuer = TokenIssuer::builder().throttle(patient).build().unwrap();
        let told = issuer.explain(Some(&ledger), binding, now, numbered(6)).unwrap();
        issuer.change(Some(&told), binding, now, numbered(7)).unwrap()
    };
    history(invite, tell)
}

fn history(
    after_the_first: impl Fn(Ledger) -> Ledger,
    before_the_last: impl Fn(Ledger, Binding) -> Ledger,
) -> Ledger {
    let issuer = TokenIssuer::default();
    let old = Binding::new("alice@example.com", b"old");
    let new = Binding::new("alice@example.com", b"new");
    let issue = |ledger: Option<&Ledger>, binding, now, number| {
        issuer.issue_unthrottled(ledger, binding, now, numbered(number)).unwrap()
    };
    let second = SignedDuration::SECOND;
    let before = NOW - SignedDuration::new(0, 1);
    let ledger = after_the_first(issue(None, old, before, 1).ledger);
    let used = issue(Some(&ledger), old, NOW + second * 61, 2);
    let ledger = issuer.redeem(&used.ledger, &used.token, &old, NOW + second * 62, new).unwrap();
    let third = issue(Some(&ledger), new, NOW + second * 63, 3);
    let ledger = issuer.cancel(&third.ledger, &third.token, &new, NOW + second * 64).unwrap();
    issue(Some(&before_the_last(ledger, new)), new, NOW + second * 65, 4).ledger
}

#[test]
fn version_2_is_stored_as_it_is_documented() {
    let documented = format!(
        "02  000102030405060708090a0b  0000000000000009  07
         {first}  {OLD_BINDING}  00
             ffffffffffffffff 3b9ac9ff  0000000000000e0f 3b9ac9ff  01  000000000000003d 00000000
         {INVITATION}  {nobody}  01
             000000000000001e 00000000  0000000000000e2e 00000000  00
         {second}  {NEW_BINDING}  00
             000000000000003d 00000000  0000000000000e4d 00000000  02  000000000000003e 00000000
         {third}  {NEW_BINDING}  00
             000000000000003f 00000000  0000000000000e4f 00000000  03  0000000000000040 00000000
         {TOLD}  {NEW_BINDING}  00
             0000000000000040 00000000  0000000000000e50 00000000  04  0000000000000040 00000000
         {CHANGED}  {NEW_BINDING}  00
             0000000000000040 00000000  0000000000000e50 00000000  05  0000000000000040 00000000
         {fourth}  {NEW_BINDING}  00
             0000000000000041 00000000  0000000000000e51 00000000  00",
        first = DIGESTS[0],
        second = DIGESTS[1],
        third = DIGESTS[2],
        fourth = DIGESTS[3],
        nobody = "00".repeat(32),
    );
    let documented = from_hex(&documented);
    assert_eq!(documented.len(), 22 + 5 * 102 + 2 * 90);
    assert_eq!(one_of_each().encode(), documented);
    assert_eq!(Ledger::decode(&documented).unwrap(), one_of_each());
}

#[test]
fn version_1_is_read_and_becomes_version_2() {
    let documented = format!(
        "01  000102030405060708090a0b  0000000000000006  04
         {first}  {OLD_BINDING}
             ffffffffffffffff 3b9ac9ff  0000000000000e0f 3b9ac9ff  01  000000000000003d 00000000
         {second}  {NEW_BINDING}
             000000000000003d 00000000  0000000000000e4d 00000000  02  000000000000003e 00000000
         {third}  {NEW_BINDING}
             000000000000003f 00000000  0000000000000e4f 00000000  03  0000000000000040 00000000
         {fourth}  {NEW_BINDING}
             0000000000000041 00000000  0000000000000e51 00000000  00",
        first = DIGESTS[0],
        second = DIGESTS[1],
        third = DIGESTS[2],
        fourth = DIGESTS[3],
    );
    let documented = from_hex(&documented);
    let read = Ledger::decode(&documented).unwrap();
    assert_eq!(read, one_of_each_for_recovery());
    assert_eq!(read.encode()[0], 2);
    for length in 0..documented.len() {
        assert_eq!(Ledger::decode(&documented[..length]), Err(DecodeError::TooShort));
    }
    let mut with_a_state_of_version_2 = documented;
    with_a_state_of_version_2[22 + 88] = 4;
    let told = Ledger::decode(&with_a_state_of_version_2);
    assert_eq!(told, Err(DecodeError::State { found: 4 }));
}

/// A ledger with as many links as it can hold, each of them no longer live.
fn full() -> Ledger {
    let issuer = TokenIssuer::default();
    let binding = Binding::new("alice@example.com", b"old");
    let mut ledger = None;
    for number in 0..16 {
        let next =
            issuer.issue_unthrottled(ledger.as_ref(), binding, NOW, entropy(number)).unwrap();
        ledger = Some(next.ledger);
    }
    issuer.revoke(&ledger.unwrap(), NOW).unwrap().unwrap()
}

#[test]
fn the_longest_ledger_takes_exactly_the_promised_bytes() {
    let bytes = full().encode();
    assert_eq!(bytes.len(), 1654, "without codes");
    assert_eq!(Ledger::decode(&bytes).unwrap(), full());
    let longest = with_codes::longest();
    assert_eq!(longest.encode().len(), MAX_LEDGER_BYTES);
    assert_eq!(MAX_LEDGER_BYTES, 2180);
}

#[test]
fn a_ledger_that_was_cut_anywhere_is_refused() {
    for ledger in [one_of_each(), full(), with_codes::ledger(), with_codes::longest()] {
        let bytes = ledger.encode();
        for length in 0..bytes.len() {
            let told = Ledger::decode(&bytes[..length]);
            assert_eq!(told, Err(DecodeError::TooShort), "{length} of {}", bytes.len());
        }
    }
    assert_eq!(Ledger::decode(&[]), Err(DecodeError::TooShort));
}

#[test]
fn bytes_behind_a_ledger_are_refused() {
    for ledger in [one_of_each(), full(), with_codes::ledger(), with_codes::longest()] {
        let mut bytes = ledger.encode();
        bytes.push(0);
        assert_eq!(Ledger::decode(&bytes), Err(DecodeError::TooLong));
    }
    assert_eq!(Ledger::decode(&vec![1; 1 << 20]), Err(DecodeError::TooLong));
}

#[test]
fn every_single_byte_change_is_refused_or_another_ledger() {
    for good in [one_of_each(), with_codes::ledger()] {
        let bytes = good.encode();
        let (mut refused, mut read) = (0, 0);
        for position in 0..bytes.len() {
            for change in 1..=u8::MAX {
                let mut changed = bytes.clone();
                changed[position] ^= change;
                match Ledger::decode(&changed) {
                    Err(_) => refused += 1,
                    Ok(other) => {
                        read += 1;
                        assert_ne!(other, good, "byte {position} means nothing");
                        assert_eq!(other.encode(), changed, "a second spelling");
                        assert_sound(&other);
                    }
                }
            }
        }
        assert!(refused > 1000 && read > 1000, "{refused} refused, {read} read");
    }
}

#[test]
fn only_versions_1_to_3_are_read() {
    for version in (0..=u8::MAX).filter(|version| !(1..=3).contains(version)) {
        let mut bytes = one_of_each().encode();
        bytes[0] = version;
        assert_eq!(Ledger::decode(&bytes), Err(DecodeError::Version { found: version }));
    }
}

#[test]
fn a_count_that_lies_is_refused() {
    for count in 0..=u8::MAX {
        let mut bytes = one_of_each().encode();
        bytes[21] = count;
        let expected = match count {
            7 => continue,
            0..7 => DecodeError::TooLong,
            8..=16 => DecodeError::TooShort,
            17.. => DecodeError::Issues { found: count },
        };
        assert_eq!(Ledger::decode(&bytes), Err(expected), "{count}");
    }
}

#[test]
fn seventeen_links_are_refused() {
    let mut bytes = full().encode();
    bytes[13..21].copy_from_slice(&20_i64.to_be_bytes());
    bytes[21] = 17;
    assert_eq!(Ledger::decode(&bytes), Err(DecodeError::Issues { found: 17 }));
    bytes.extend_from_slice(&full().encode()[22..22 + 102]);
    assert_eq!(Ledger::decode(&bytes), Err(DecodeError::Issues { found: 17 }));
}

#[test]
fn states_and_times_that_do_not_exist_are_refused() {
    let first = 22;
    let with = |at: usize, with: &[u8]| {
        let mut bytes = one_of_each().encode();
        bytes[at..at + with.len()].copy_from_slice(with);
        Ledger::decode(&bytes)
    };
    for kind in 2..=u8::MAX {
        assert_eq!(with(first + 64, &[kind]), Err(DecodeError::Kind { found: kind }));
    }
    for state in 6..=u8::MAX {
        assert_eq!(with(first + 89, &[state]), Err(DecodeError::State { found: state }));
    }
    let (issued, expires, since) = (first + 65, first + 77, first + 90);
    let last_second = UtcDateTime::MAX.unix_timestamp();
    let first_second = UtcDateTime::MIN.unix_timestamp();
    for seconds in [i64::MIN, first_second - 1, last_second + 1, i64::MAX] {
        for at in [issued, expires, since] {
            assert_eq!(with(at, &seconds.to_be_bytes()), Err(DecodeError::Time));
        }
    }
    for at in [issued, expires, since] {
        assert_eq!(with(at + 8, &1_000_000_000_u32.to_be_bytes()), Err(DecodeError::Time));
        assert!(with(at + 8, &999_999_999_u32.to_be_bytes()).is_ok());
    }
    assert!(with(issued, &first_second.to_be_bytes()).is_ok());
    assert!(with(expires, &last_second.to_be_bytes()).is_ok());
}

#[test]
fn a_ledger_that_contradicts_itself_is_refused() {
    let bytes = one_of_each().encode();
    let with = |at: usize, with: &[u8]| {
        let mut bytes = bytes.clone();
        bytes[at..at + with.len()].copy_from_slice(with);
        Ledger::decode(&bytes)
    };
    let inconsistent = Err(DecodeError::Inconsistent);
    // Six issues, one redeemed and one revoked: that took eight changes.
    for revision in [i64::MIN, -1, 0, 1, 5, 6, 7] {
        assert_eq!(with(13, &revision.to_be_bytes()), inconsistent, "revision {revision}");
    }
    assert!(with(13, &i64::MAX.to_be_bytes()).is_ok());
    let issued_at = &bytes[22 + 65..22 + 77];
    assert_eq!(with(22 + 77, issued_at), inconsistent, "it expires as it is issued");

    let mut older_is_live = bytes.clone();
    older_is_live[22 + 89] = 0;
    older_is_live.drain(22 + 90..22 + 102);
    assert_eq!(Ledger::decode(&older_is_live), inconsistent);
    older_is_live[22 + 64] = 1;
    assert_eq!(Ledger::decode(&older_is_live), inconsistent, "of both kinds");

    let newest_is_superseded = [&bytes[..21], &[1], &bytes[22..22 + 102]].concat();
    assert_eq!(Ledger::decode(&newest_is_superseded), inconsistent);

    let invitation = 22 + 102;
    let newest = bytes.len() - 90;
    assert_eq!(bytes[invitation + 89], bytes[newest + 89], "both are live");
    let digest = &bytes[invitation..invitation + 32];
    assert_eq!(with(newest, digest), inconsistent, "two live links of one token");

    let mut no_links = bytes[..22].to_vec();
    no_links[21] = 0;
    assert_eq!(Ledger::decode(&no_links), inconsistent, "changes without a link");
    no_links[13..21].copy_from_slice(&0_i64.to_be_bytes());
    assert!(Ledger::decode(&no_links).unwrap().newest().is_none());
}

#[test]
fn no_bytes_make_decoding_panic_and_what_is_read_has_one_spelling() {
    let good = [one_of_each(), full(), with_codes::ledger(), with_codes::longest()];
    let good = good.map(|ledger| ledger.encode());
    let random = prop::collection::vec(any::<u8>(), 0..2500);
    let start = prop::sample::select(good.to_vec());
    let edits = prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..4);
    let bytes = prop_oneof![
        1 => random,
        4 => (start, edits, any::<prop::sample::Index>(), any::<bool>()).prop_map(
            |(mut bytes, edits, cut, is_cut)| {
                for (at, byte) in edits {
                    let at = at.index(bytes.len());
                    bytes[at] = byte;
                }
                if is_cut {
                    bytes.truncate(cut.index(bytes.len()));
                }
                bytes
            }
        ),
    ];
    let (read, refused) = (Cell::new(0), Cell::new(0));
    let issuer = TokenIssuer::default();
    let account = Binding::new("alice@example.com", b"old");
    let token = issuer.issue(None, account, NOW, entropy(99)).unwrap().token;
    runner(5000)
        .run(&bytes, |bytes| {
            let Ok(ledger) = Ledger::decode(&bytes) else {
                refused.set(refused.get() + 1);
                return Ok(());
            };
            read.set(read.get() + 1);
            prop_assert_eq!(ledger.encode(), bytes);
            assert_sound(&ledger);
            for now in [UtcDateTime::MIN, NOW, UtcDateTime::MAX] {
                let told = issuer.check(&ledger, &token, &account, now);
                prop_assert_eq!(told.unwrap_err(), Refusal::Unknown);
                let _ = issuer.issue(Some(&ledger), account, now, entropy(100));
            }
            Ok(())
        })
        .unwrap();
    assert!(read.get() > 500 && refused.get() > 500, "{read:?} read, {refused:?} refused");
}
