//! Version 3, for ledgers with codes, is read and written without the feature too.

use super::{DIGESTS, INVITATION, NOW, OLD_BINDING, from_hex, full};
use password_reset::token::{DecodeError, Ledger, MAX_LEDGER_BYTES};
use std::ops::RangeBounds;
use time::{SignedDuration, UtcDateTime};

/// The name of the key of the bytes `40 41 … 5f`, and the HMAC of the third link's code, `73492227`;
/// both computed elsewhere.
const KEY: &str = "dae677ae";
const CODE: &str = "b3f0483e4e483fa35e254ea60e89b8d36b0b4b03652923c9daeb1f233db80c21";

// Where things begin.
const REVISION: usize = 13;
const WRONG: usize = 21;
const LAST_WRONG: usize = WRONG + 1;
const HAS_CODE: usize = LAST_WRONG + 12;
const COUNT: usize = HAS_CODE + 1 + 36;
const FIRST: usize = COUNT + 1;
const SECOND: usize = FIRST + 102 + 32;
const THIRD: usize = SECOND + 90;
const END: usize = THIRD + 90;
/// In an issue.
const BINDING: usize = 32;
const KIND: usize = 64;

/// The first link's code was exchanged after one wrong one, and the link superseded; beside an
/// invitation, the newest has a code, for which two wrong ones were typed.
fn documented() -> Vec<u8> {
    from_hex(&format!(
        "03  000102030405060708090a0b  0000000000000007
         03  000000000000003f 1dcd6500
         03  {KEY}  {CODE}  03
         {first}  {OLD_BINDING}  02  {exchanged}
             0000000000000000 00000000  0000000000000e10 00000000  01  000000000000003d 00000000
         {INVITATION}  {OLD_BINDING}  01
             000000000000001e 00000000  0000000000000e2e 00000000  00
         {third}  {OLD_BINDING}  00
             000000000000003d 00000000  0000000000000e4d 00000000  00",
        first = DIGESTS[0],
        exchanged = DIGESTS[1],
        third = DIGESTS[2],
    ))
}

pub(crate) fn ledger() -> Ledger {
    Ledger::decode(&documented()).unwrap()
}

/// A full ledger after one wrong code, of which each link's code was exchanged.
pub(crate) fn longest() -> Ledger {
    let full = full().encode();
    let (header, issues) = (&full[..WRONG], &full[WRONG + 1..]);
    let mut bytes = [header, &[1], &[0; 12], &[0], &[16]].concat();
    bytes[0] = 3;
    bytes[REVISION..WRONG].copy_from_slice(&34_i64.to_be_bytes());
    for issue in issues.chunks(102) {
        bytes.extend_from_slice(&issue[..KIND]);
        bytes.push(2);
        bytes.extend_from_slice(&issue[..BINDING]);
        bytes.extend_from_slice(&issue[KIND + 1..]);
    }
    Ledger::decode(&bytes).unwrap()
}

/// What is read after this was done to the bytes of above, which took more changes than they tell of.
fn edited(edit: impl FnOnce(&mut Vec<u8>)) -> Result<Ledger, DecodeError> {
    let mut bytes = documented();
    bytes[REVISION..WRONG].copy_from_slice(&100_i64.to_be_bytes());
    edit(&mut bytes);
    Ledger::decode(&bytes)
}

/// What is read where these bytes are put in the place of as many.
fn with(at: usize, new: &[u8]) -> Result<Ledger, DecodeError> {
    edited(|bytes| replace(bytes, at..at + new.len(), new))
}

fn replace(bytes: &mut Vec<u8>, old: impl RangeBounds<usize>, new: &[u8]) {
    bytes.splice(old, new.iter().copied());
}

/// Of the first link.
fn remove_exchange(bytes: &mut Vec<u8>) {
    replace(bytes, FIRST + KIND..=FIRST + KIND + 32, &[0]);
}

#[test]
fn version_3_is_stored_as_it_is_documented() {
    assert_eq!(documented().len(), END);
    assert_eq!(ledger().encode(), documented());
    assert_eq!(ledger().wrong_codes(), 3);
    let last_wrong = NOW + SignedDuration::milliseconds(63_500);
    assert_eq!(ledger().forgettable_at(), last_wrong + SignedDuration::days(30));
}

#[cfg(feature = "codes")]
#[test]
fn version_3_is_what_exchanges_and_wrong_codes_make() {
    use super::numbered;
    use password_reset::token::{Binding, CodeKey, Codes, TokenIssuer};
    use std::time::Duration;

    let key: Vec<u8> = (0x40..0x60).collect();
    let codes = Codes::new(CodeKey::new(&key).unwrap());
    let issuer = TokenIssuer::builder().codes(codes).build().unwrap();
    let invitations = issuer.invitations(Duration::from_secs(3600)).unwrap();
    let account = Binding::new("alice@example.com", b"old");
    let at = |seconds: f64| NOW + SignedDuration::seconds_f64(seconds);
    let issue = |issuer: &TokenIssuer, ledger: Option<&Ledger>, now, number| {
        issuer.issue_unthrottled(ledger, account, now, numbered(number)).unwrap()
    };
    let typed = |ledger: &Ledger, code, now| {
        issuer.exchange(ledger, code, &account, now, numbered(2)).unwrap().unwrap()
    };

    let first = issue(&issuer, None, NOW, 1);
    assert_eq!(first.code.unwrap().expose_digits(), "28617849", "computed elsewhere");
    let wrong = typed(&first.ledger, "00000000", at(1.0));
    let right = typed(&wrong.ledger, "28617849", at(2.0));
    assert!(wrong.token.is_none() && right.token.is_some());
    let invited = issue(&invitations, Some(&right.ledger), at(30.0), 5);
    let third = issue(&issuer, Some(&invited.ledger), at(61.0), 3);
    assert_eq!(third.code.unwrap().expose_digits(), "73492227");
    let wrong = typed(&third.ledger, "73492228", at(62.0));
    let wrong = typed(&wrong.ledger, "28617849", at(63.5));
    assert_eq!(wrong.ledger.encode(), documented());
    assert_eq!(wrong.ledger, ledger());
}

#[test]
fn version_3_without_anything_of_codes_is_refused() {
    let of_version_2 = full().encode();
    let (header, issues) = of_version_2.split_at(WRONG);
    let mut bytes = [header, &[0, 0], issues].concat();
    bytes[0] = 3;
    assert_eq!(Ledger::decode(&bytes), Err(DecodeError::Inconsistent));

    let mut bytes = of_version_2;
    bytes[WRONG + 1 + KIND] = 2;
    assert_eq!(Ledger::decode(&bytes), Err(DecodeError::Kind { found: 2 }));
}

#[test]
fn a_code_a_wrong_one_and_an_exchange_make_version_3_each_alone() {
    let code = edited(|bytes| {
        remove_exchange(bytes);
        replace(bytes, WRONG..=HAS_CODE, &[0, 1]);
    });
    let wrong = edited(|bytes| {
        remove_exchange(bytes);
        replace(bytes, HAS_CODE..COUNT, &[0]);
    });
    let exchange = edited(|bytes| replace(bytes, WRONG..COUNT, &[0, 0]));
    for (ledger, wrong) in [(code, 0), (wrong, 3), (exchange, 0)] {
        let ledger = ledger.unwrap();
        assert_eq!((ledger.encode()[0], ledger.wrong_codes()), (3, wrong));
        assert_eq!(Ledger::decode(&ledger.encode()).unwrap(), ledger);
    }
    let none = edited(|bytes| {
        remove_exchange(bytes);
        replace(bytes, WRONG..COUNT, &[0, 0]);
    });
    assert_eq!(none, Err(DecodeError::Inconsistent), "what has none of them is of version 2");
}

#[test]
fn every_count_of_wrong_codes_that_can_be_is_read_and_no_other() {
    for count in 1..=u8::MAX {
        let too_many = Err(DecodeError::WrongCodes { found: count });
        let expected = match count {
            // Two were typed for the code, and after twenty there is none.
            1 | 20 => Err(DecodeError::Inconsistent),
            21.. => too_many,
            _ => Ok(count),
        };
        let with_a_code = with(WRONG, &[count]);
        assert_eq!(with_a_code.map(|ledger| ledger.wrong_codes()), expected, "{count}");

        let expected = if count <= 20 { Ok(count) } else { too_many };
        let without_one = edited(|bytes| {
            bytes[WRONG] = count;
            replace(bytes, HAS_CODE..COUNT, &[0]);
        });
        assert_eq!(without_one.map(|ledger| ledger.wrong_codes()), expected, "{count}");

        let expected = match count {
            1..=5 => Ok(10),
            _ => too_many,
        };
        let for_the_code = edited(|bytes| (bytes[WRONG], bytes[HAS_CODE]) = (10, count));
        assert_eq!(for_the_code.map(|ledger| ledger.wrong_codes()), expected, "{count}");
    }
}

#[test]
fn a_count_of_issues_that_lies_is_refused() {
    for count in (0..=u8::MAX).filter(|count| *count != 3) {
        let expected = match count {
            0..3 => DecodeError::TooLong,
            3..=16 => DecodeError::TooShort,
            17.. => DecodeError::Issues { found: count },
        };
        assert_eq!(with(COUNT, &[count]), Err(expected), "{count}");
    }
}

#[test]
fn a_code_is_of_a_live_link_that_it_can_be_exchanged_for() {
    let inconsistent = Err(DecodeError::Inconsistent);
    assert!(edited(|_| ()).is_ok());
    let revoked = edited(|bytes| replace(bytes, END - 1.., &[&[3], &[0; 12][..]].concat()));
    assert_eq!(revoked, inconsistent);
    assert_eq!(with(THIRD + BINDING, &[0; 32]), inconsistent, "a password ended the link");
    let exchanged = edited(|bytes| {
        replace(bytes, THIRD + KIND..=THIRD + KIND, &[&[2], &[7; 32][..]].concat());
    });
    assert_eq!(exchanged, inconsistent);
    let of_an_invitation = edited(|bytes| {
        bytes.truncate(THIRD);
        bytes.drain(FIRST..SECOND);
        bytes[COUNT] = 1;
    });
    assert_eq!(of_an_invitation, inconsistent);
    let beside_an_invitation = edited(|bytes| {
        bytes.drain(FIRST..SECOND);
        bytes[COUNT] = 2;
    });
    assert!(beside_an_invitation.is_ok());
}

#[test]
fn a_code_is_exchanged_for_a_token_of_its_link_alone() {
    let inconsistent = Err(DecodeError::Inconsistent);
    let in_state = |state| with(FIRST + KIND + 32 + 25, &[state]);
    assert!(in_state(2).is_ok() && in_state(3).is_ok(), "of a link that came to its end");
    assert_eq!(in_state(4), inconsistent, "there was no link");
    assert_eq!(in_state(5), inconsistent, "there was no link");

    // The newest has no code any more, which was exchanged for a token with this digest.
    let exchanged_for = |digest: &[u8]| {
        edited(|bytes| {
            replace(bytes, THIRD + KIND..=THIRD + KIND, &[&[2], digest].concat());
            replace(bytes, HAS_CODE..COUNT, &[0]);
        })
    };
    let bytes = documented();
    assert!(exchanged_for(&[7; 32]).is_ok());
    let own = exchanged_for(&bytes[THIRD..THIRD + 32]);
    assert!(own.is_ok(), "of the link's own token, as a generator makes it that repeats itself");
    assert_eq!(exchanged_for(&bytes[SECOND..SECOND + 32]), inconsistent, "of the invitation's");
    assert!(exchanged_for(&bytes[FIRST..FIRST + 32]).is_ok(), "nobody is told of a dead one's");
}

#[test]
fn wrong_codes_and_exchanges_are_changes() {
    let at = |revision: i64| {
        let mut bytes = documented();
        bytes[REVISION..WRONG].copy_from_slice(&revision.to_be_bytes());
        Ledger::decode(&bytes)
    };
    // Three issues, three wrong codes and one that was right.
    for revision in [i64::MIN, -1, 0, 3, 6] {
        assert_eq!(at(revision), Err(DecodeError::Inconsistent), "revision {revision}");
    }
    assert!(at(7).is_ok() && at(i64::MAX).is_ok());
}

#[test]
fn kinds_and_times_that_do_not_exist_are_refused() {
    for kind in 3..=u8::MAX {
        assert_eq!(with(FIRST + KIND, &[kind]), Err(DecodeError::Kind { found: kind }));
    }
    let last_second = UtcDateTime::MAX.unix_timestamp();
    let first_second = UtcDateTime::MIN.unix_timestamp();
    for seconds in [i64::MIN, first_second - 1, last_second + 1, i64::MAX] {
        assert_eq!(with(LAST_WRONG, &seconds.to_be_bytes()), Err(DecodeError::Time));
    }
    assert_eq!(with(LAST_WRONG + 8, &1_000_000_000_u32.to_be_bytes()), Err(DecodeError::Time));
    assert!(with(LAST_WRONG + 8, &999_999_999_u32.to_be_bytes()).is_ok());
    let late = with(LAST_WRONG, &last_second.to_be_bytes()).unwrap();
    assert_eq!(late.forgettable_at(), UtcDateTime::MAX, "it saturates");
    let early = with(LAST_WRONG, &first_second.to_be_bytes()).unwrap();
    let of_links = NOW + SignedDuration::seconds(0xe4d) + SignedDuration::days(7);
    assert_eq!(early.forgettable_at(), of_links, "whichever is later");
}

/// A live link, which alone has a code, is shorter by more than a code takes.
#[test]
fn a_full_ledger_with_a_code_is_no_longer_than_one_without() {
    let mut bytes = longest().encode();
    let (last, times) = (MAX_LEDGER_BYTES - 134, KIND + 33..KIND + 33 + 24);
    let times = bytes[last + times.start..last + times.end].to_vec();
    bytes.truncate(last + KIND);
    bytes.extend_from_slice(&[&[0], &times[..], &[0]].concat());
    replace(&mut bytes, HAS_CODE..=HAS_CODE, &[&[1], &[7; 36][..]].concat());
    assert_eq!(Ledger::decode(&bytes).unwrap().encode(), bytes);
    assert!(bytes.len() < MAX_LEDGER_BYTES);
}
