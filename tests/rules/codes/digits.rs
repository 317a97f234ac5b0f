//! The digits: how they are written, and how evenly they are spread.

use super::{Codes, KEY, NOW, OTHER_KEY, account, entropy, key, with};
use password_reset::token::{Code, TokenIssuer};
use std::collections::HashSet;

fn code(issuer: &TokenIssuer, number: u64) -> Code {
    issuer.issue(None, account(), NOW, entropy(number)).unwrap().code.unwrap()
}

fn of_digits(count: u32) -> TokenIssuer {
    with(Codes::new(key(KEY)).with_digits(count).unwrap())
}

#[test]
fn a_code_is_read_in_two_groups_or_three() {
    for (count, places) in [(8, &[4][..]), (9, &[3, 7]), (10, &[5])] {
        for number in 0..100 {
            let code = code(&of_digits(count), number);
            let groups = code.expose_in_groups();
            assert_eq!(groups.replace('-', ""), code.expose_digits());
            let hyphens: Vec<_> = groups.match_indices('-').map(|(at, _)| at).collect();
            assert_eq!(hyphens, places, "{groups}");
            assert_eq!(groups.len(), code.expose_digits().len() + places.len());
        }
    }
}

#[test]
fn the_same_token_has_the_same_code_and_another_key_or_token_another() {
    let issuer = of_digits(10);
    assert_eq!(code(&issuer, 1).expose_digits(), code(&issuer, 1).expose_digits());
    assert_ne!(code(&issuer, 1).expose_digits(), code(&issuer, 2).expose_digits());
    let other = with(Codes::new(key(OTHER_KEY)).with_digits(10).unwrap());
    assert_ne!(code(&issuer, 1).expose_digits(), code(&other, 1).expose_digits());
}

#[test]
fn a_hundred_thousand_codes_are_spread_evenly_with_their_leading_zeros() {
    const COUNT: u32 = 100_000;
    for count in [8, 10] {
        let (issuer, width) = (of_digits(count), count as usize);
        let (mut distinct, mut seen) = (HashSet::new(), vec![[0_u32; 10]; width]);
        for number in 0..u64::from(COUNT) {
            let code = code(&issuer, number);
            let digits = code.expose_digits();
            assert_eq!(digits.len(), width, "{digits}");
            for (place, digit) in seen.iter_mut().zip(digits.bytes()) {
                place[usize::from(digit - b'0')] += 1;
            }
            distinct.insert(digits.to_owned());
        }
        // Each is expected ten thousand times; five standard deviations are 475.
        let is_even = |count: &u32| count.abs_diff(COUNT / 10) < 475;
        assert!(seen.iter().flatten().all(is_even), "{seen:?}");
        // Fifty of eight digits are expected to come twice.
        assert!(distinct.len() > 99_900, "{}", distinct.len());
    }
}
