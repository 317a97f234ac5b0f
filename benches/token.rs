//! Times links, and codes, beside the parts that they need; `benches/report` prints the ratios.

mod support;

use base64ct::{Base64UrlUnpadded, Encoding};
use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use password_reset::token::{Binding, Entropy, Issued, ResetToken, TokenIssuer};
use rand_core::TryRng;
use sha2::{Digest, Sha256};
use std::hint::black_box;
use subtle::ConstantTimeEq;
use support::{HASH, ratio};
use time::{SignedDuration, UtcDateTime};

const ADDRESS: &str = "alice@example.com";
const STAMP: &[u8] = HASH.as_bytes();

/// How many bytes a token's digest and a binding are computed over.
const DIGEST_INPUT: usize = 16 + 36;
const BINDING_INPUT: usize = 22 + 8 + ADDRESS.len() + 8 + STAMP.len();

/// Issues a link that replaces `before`, an hour later.
fn issue(issuer: &TokenIssuer, before: Option<&Issued>) -> Issued {
    let account = Binding::new(black_box(ADDRESS), black_box(STAMP));
    let entropy = Entropy::from_system().expect("the system has a generator");
    let now = before.map_or(UtcDateTime::UNIX_EPOCH, |before| before.expires_at);
    let ledger = before.map(|before| &before.ledger);
    issuer.issue(ledger, account, now, entropy).expect("nothing throttles it")
}

/// 36 bytes of the system's generator, their text, and both digests.
fn parts_of_an_issue() -> ([u8; 48], [[u8; 32]; 2]) {
    let mut input = [0; DIGEST_INPUT];
    getrandom::SysRng.try_fill_bytes(&mut input[16..]).expect("the system has a generator");
    let mut text = [0; 48];
    Base64UrlUnpadded::encode(&input[16..], &mut text).expect("36 bytes are 48 characters");
    let binding = Sha256::digest(black_box([0; BINDING_INPUT]));
    (text, [Sha256::digest(input).into(), binding.into()])
}

/// The bytes of a token, their digest, its comparison with the digest of each issue, and the
/// comparison of the binding.
fn parts_of_a_check(text: &str, stored: &[[u8; 32]], bindings: &[[u8; 32]; 2]) -> bool {
    let mut input = [0; DIGEST_INPUT];
    Base64UrlUnpadded::decode(text, &mut input[16..]).expect("it is a token's text");
    let digest: [u8; 32] = Sha256::digest(input).into();
    let [binding, present] = bindings;
    let found = stored.iter().fold(false, |found, of| found | bool::from(of.ct_eq(&digest)));
    found | bool::from(binding.ct_eq(present))
}

fn issuing(criterion: &mut Criterion) {
    let issuer = TokenIssuer::default();
    let first = issue(&issuer, None);
    let sixteen = (0..15).fold(issue(&issuer, None), |before, _| issue(&issuer, Some(&before)));
    for (what, before) in
        [("first", None), ("second", Some(&first)), ("seventeenth", Some(&sixteen))]
    {
        let group = format!("token/issue, the {what}");
        let ours = || issue(&issuer, black_box(before));
        ratio::compare(criterion, &group, ours, ("parts", parts_of_an_issue));
    }
}

fn checking(criterion: &mut Criterion) {
    let issuer = TokenIssuer::default();
    let account = Binding::new(ADDRESS, STAMP);
    let first = issue(&issuer, None);
    let sixteen = (0..15).fold(issue(&issuer, None), |before, _| issue(&issuer, Some(&before)));
    for (what, issued) in [("one link", &first), ("sixteen links", &sixteen)] {
        let now = issued.expires_at - SignedDuration::minutes(1);
        let text = issued.token.expose_text();
        let check = || {
            let token = ResetToken::parse(black_box(text)).expect("it is a token's text");
            issuer.check(black_box(&issued.ledger), &token, &account, now).is_ok()
        };
        assert!(check());
        let (stored, bindings) = (vec![[0; 32]; issued.ledger.issues().len()], [[0; 32], [1; 32]]);
        let parts = || parts_of_a_check(black_box(text), black_box(&stored), black_box(&bindings));
        ratio::compare(criterion, &format!("token/check, of {what}"), check, ("parts", parts));
    }

    let text = first.token.expose_text();
    let mut group = criterion.benchmark_group("token/malformed");
    for (name, text) in [
        ("empty", String::new()),
        ("47 characters", text[1..].to_owned()),
        ("48 characters, the last wrong", text[..47].to_owned() + "!"),
        ("1 MiB", text.repeat(21_846)),
    ] {
        assert!(ResetToken::parse(&text).is_err(), "{name}");
        group.bench_function(BenchmarkId::from_parameter(name), |bencher| {
            bencher.iter(|| ResetToken::parse(black_box(&text)).is_err());
        });
    }
    group.finish();
}

/// A code's HMAC, its comparison, and 36 bytes of the system's generator, which are drawn before
/// it is known whether the code is right. If it is right, the digest of a token as well.
#[cfg(feature = "codes")]
fn parts_of_an_exchange(key: &hmac::Hmac<Sha256>, is_right: bool) -> bool {
    use hmac::Mac;
    let mut input = [0; DIGEST_INPUT];
    getrandom::SysRng.try_fill_bytes(&mut input[16..]).expect("the system has a generator");
    let mac = key.clone().chain_update(black_box([0; CODE_INPUT])).finalize().into_bytes();
    if is_right {
        black_box(Sha256::digest(input));
    }
    mac.ct_eq(&[0; 32][..]).into()
}

/// How many bytes a code's HMAC is computed over: tags of 26 and 16 bytes, a selector, a digest,
/// and the digits.
#[cfg(feature = "codes")]
const CODE_INPUT: usize = 26 + 16 + 12 + 32 + 8;

#[cfg(feature = "codes")]
fn exchanging(criterion: &mut Criterion) {
    use hmac::KeyInit;
    use password_reset::token::{CodeKey, Codes};

    let key = b"0123456789abcdef0123456789abcdef";
    let codes = Codes::new(CodeKey::new(key).expect("it is long enough"));
    let issuer = TokenIssuer::builder().codes(codes).build().expect("nothing is missing");
    let first = issue(&issuer, None);
    let without_codes = TokenIssuer::default();
    let ours = || issue(&issuer, black_box(Some(&first)));
    let without = || issue(&without_codes, black_box(Some(&first)));
    let group = "token/issue, the second with a code";
    ratio::compare(criterion, group, ours, ("the second without", without));

    let account = Binding::new(ADDRESS, STAMP);
    let now = first.expires_at - SignedDuration::minutes(55);
    let right = first.code.as_ref().expect("a first link has a code").expose_digits();
    let wrong = if right == "00000000" { "11111111" } else { "00000000" };
    let key = hmac::Hmac::<Sha256>::new_from_slice(key).expect("any key does");
    for (what, typed, is_right) in [("a wrong code", wrong, false), ("the right code", right, true)]
    {
        let exchange = || {
            let entropy = Entropy::from_system().expect("the system has a generator");
            let exchange =
                issuer.exchange(black_box(&first.ledger), black_box(typed), &account, now, entropy);
            exchange.expect("the key is there").expect("there is a code")
        };
        assert_eq!(exchange().token.is_some(), is_right);
        let parts = || parts_of_an_exchange(black_box(&key), is_right);
        ratio::compare(criterion, &format!("token/exchange, {what}"), exchange, ("parts", parts));
    }
}

#[cfg(not(feature = "codes"))]
fn exchanging(_: &mut Criterion) {}

criterion_group!(benches, issuing, checking, exchanging);
criterion_main!(benches);
