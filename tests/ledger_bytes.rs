//! The ledger's stored form: as documented, bounded, and read without trust.

mod support;

use password_reset::token::{
    Binding, DecodeError, Issue, IssueState, Ledger, MAX_LEDGER_BYTES, Refusal, Throttle,
    TokenIssuer,
};
use proptest::prelude::*;
use std::cell::Cell;
use std::time::Duration;
use support::{entropy, entropy_of, runner};
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
const OLD_BINDING: &str = "6c99b42c8961e02e83e4ea67f58a91f14ab85e36b3799b724bbe369dc6a5e6f4";
const NEW_BINDING: &str = "84716bc0532acfae16e658dd59a0434a263b4f29a84ae9243a87f3a6d6e534c2";

fn from_hex(text: &str) -> Vec<u8> {
    let digits: Vec<char> = text.chars().filter(|c| !c.is_whitespace()).collect();
    let byte = |pair: &[char]| u8::from_str_radix(&String::from_iter(pair), 16).unwrap();
    digits.chunks(2).map(byte).collect()
}

/// One link in each state: superseded, redeemed, revoked, live.
fn one_of_each() -> Ledger {
    let issuer = TokenIssuer::default();
    let old = Binding::new("alice@example.com", b"old");
    let new = Binding::new("alice@example.com", b"new");
    let second = SignedDuration::SECOND;
    let entropy = |verifier: u8| {
        let mut bytes = [verifier; 36];
        bytes[..12].copy_from_slice(&[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
        entropy_of(bytes)
    };
    let before = NOW - SignedDuration::new(0, 1);
    let ledger = issuer.issue(None, old, before, entropy(1)).unwrap().ledger;
    let used = issuer.issue(Some(&ledger), old, NOW + second * 61, entropy(2)).unwrap();
    let ledger = issuer.redeem(&used.ledger, &used.token, &old, NOW + second * 62, new).unwrap();
    let ledger = issuer.issue(Some(&ledger), new, NOW + second * 63, entropy(3)).unwrap().ledger;
    let ledger = issuer.revoke(&ledger, NOW + second * 64).unwrap().unwrap();
    issuer.issue(Some(&ledger), new, NOW + second * 65, entropy(4)).unwrap().ledger
}

#[test]
fn version_1_is_stored_as_it_is_documented() {
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
    assert_eq!(documented.len(), 22 + 3 * 101 + 89);
    assert_eq!(one_of_each().encode(), documented);
    assert_eq!(Ledger::decode(&documented).unwrap(), one_of_each());
}

/// A ledger with as many links as it can hold, each of them no longer live.
fn full() -> Ledger {
    let throttle = Throttle::new(Duration::ZERO, 16, Duration::from_secs(60)).unwrap();
    let issuer = TokenIssuer::new("full", Duration::from_secs(60), throttle).unwrap();
    let binding = Binding::new("alice@example.com", b"old");
    let mut ledger = None;
    for number in 0..16 {
        let next = issuer.issue(ledger.as_ref(), binding, NOW, entropy(number)).unwrap();
        ledger = Some(next.ledger);
    }
    issuer.revoke(&ledger.unwrap(), NOW).unwrap().unwrap()
}

#[test]
fn the_longest_ledger_takes_exactly_the_promised_bytes() {
    let bytes = full().encode();
    assert_eq!(bytes.len(), MAX_LEDGER_BYTES);
    assert_eq!(MAX_LEDGER_BYTES, 1638);
    assert_eq!(Ledger::decode(&bytes).unwrap(), full());
}

#[test]
fn a_ledger_that_was_cut_anywhere_is_refused() {
    for ledger in [one_of_each(), full()] {
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
    let mut bytes = one_of_each().encode();
    bytes.push(0);
    assert_eq!(Ledger::decode(&bytes), Err(DecodeError::TooLong));
    let mut bytes = full().encode();
    bytes.push(0);
    assert_eq!(Ledger::decode(&bytes), Err(DecodeError::TooLong));
    assert_eq!(Ledger::decode(&vec![1; 1 << 20]), Err(DecodeError::TooLong));
}

#[test]
fn every_single_byte_change_is_refused_or_another_ledger() {
    let good = one_of_each();
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
                    assert_keeps_the_invariants(&other);
                }
            }
        }
    }
    assert!(refused > 1000 && read > 1000, "{refused} refused, {read} read");
}

fn assert_keeps_the_invariants(ledger: &Ledger) {
    let issues = ledger.issues();
    assert!(issues.len() <= 16);
    let finished = |issue: &&Issue| matches!(issue.state().code(), "redeemed" | "revoked");
    let changes = issues.len() + issues.iter().filter(finished).count();
    assert!(ledger.revision() >= i64::try_from(changes).unwrap());
    assert_eq!(ledger.revision() == 0, issues.is_empty());
    let (newest, older) = issues.split_last().map_or((None, issues), |(n, o)| (Some(n), o));
    assert!(newest.is_none_or(|issue| issue.state().code() != "superseded"));
    assert!(older.iter().all(|issue| issue.state() != IssueState::Live));
    assert!(issues.iter().all(|issue| issue.issued_at() < issue.expires_at()));
}

#[test]
fn only_version_1_is_read() {
    for version in (0..=u8::MAX).filter(|version| *version != 1) {
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
            4 => continue,
            0..4 => DecodeError::TooLong,
            5..=16 => DecodeError::TooShort,
            17.. => DecodeError::Issues { found: count },
        };
        assert_eq!(Ledger::decode(&bytes), Err(expected), "{count}");
    }
}

#[test]
fn seventeen_links_are_refused() {
    let mut bytes = one_of_each().encode();
    bytes[13..21].copy_from_slice(&20_i64.to_be_bytes());
    let live = bytes.split_off(22 + 3 * 101);
    let dead = bytes[22..22 + 101].to_vec();
    bytes.truncate(22);
    for _ in 0..16 {
        bytes.extend_from_slice(&dead[..64]);
        bytes.extend_from_slice(&dead[64..]);
    }
    bytes[21] = 16;
    assert_eq!(bytes.len(), MAX_LEDGER_BYTES);
    bytes[21] = 17;
    assert_eq!(Ledger::decode(&bytes), Err(DecodeError::Issues { found: 17 }));
    bytes.extend_from_slice(&live);
    assert_eq!(Ledger::decode(&bytes), Err(DecodeError::TooLong));
}

#[test]
fn states_and_times_that_do_not_exist_are_refused() {
    let first = 22;
    let with = |at: usize, with: &[u8]| {
        let mut bytes = one_of_each().encode();
        bytes[at..at + with.len()].copy_from_slice(with);
        Ledger::decode(&bytes)
    };
    for state in 4..=u8::MAX {
        assert_eq!(with(first + 88, &[state]), Err(DecodeError::State { found: state }));
    }
    let (issued, expires, since) = (first + 64, first + 76, first + 89);
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
    // Four links were issued, one redeemed and one revoked: that took six changes.
    for revision in [i64::MIN, -1, 0, 1, 3, 4, 5] {
        assert_eq!(with(13, &revision.to_be_bytes()), inconsistent, "revision {revision}");
    }
    assert!(with(13, &i64::MAX.to_be_bytes()).is_ok());
    let issued_at = &bytes[22 + 64..22 + 76];
    assert_eq!(with(22 + 76, issued_at), inconsistent, "it expires as it is issued");

    let mut older_is_live = bytes.clone();
    older_is_live[22 + 88] = 0;
    older_is_live.drain(22 + 89..22 + 101);
    assert_eq!(Ledger::decode(&older_is_live), inconsistent);

    let newest_is_superseded = [&bytes[..21], &[1], &bytes[22..22 + 101]].concat();
    assert_eq!(Ledger::decode(&newest_is_superseded), inconsistent);

    let mut no_links = bytes[..22].to_vec();
    no_links[21] = 0;
    assert_eq!(Ledger::decode(&no_links), inconsistent, "changes without a link");
    no_links[13..21].copy_from_slice(&0_i64.to_be_bytes());
    assert!(Ledger::decode(&no_links).unwrap().newest().is_none());
}

#[test]
fn no_bytes_make_decoding_panic_and_what_is_read_has_one_spelling() {
    let good = [one_of_each().encode(), full().encode()];
    let random = prop::collection::vec(any::<u8>(), 0..2000);
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
            assert_keeps_the_invariants(&ledger);
            for now in [UtcDateTime::MIN, NOW, UtcDateTime::MAX] {
                let told = issuer.check(&ledger, &token, &account, now);
                prop_assert_eq!(told, Err(Refusal::Unknown));
                let _ = issuer.issue(Some(&ledger), account, now, entropy(100));
            }
            Ok(())
        })
        .unwrap();
    assert!(read.get() > 500 && refused.get() > 500, "{read:?} read, {refused:?} refused");
}
