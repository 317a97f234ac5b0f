//! Times the default policy beside a pass by hand; `benches/report` prints the ratios.

mod support;

/// Reports everything that is missing, as the crate does, for the default policy alone.
mod by_hand {
    /// What a password misses, in the order of the crate's default policy.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub(crate) enum Missing {
        Length,
        Digit,
        Lowercase,
        Uppercase,
        NotTooLong,
        NoNul,
    }

    const DIGIT: u8 = 1;
    const LOWERCASE: u8 = 2;
    const UPPERCASE: u8 = 4;
    const NUL: u8 = 8;

    const CLASSES: [u8; 256] = {
        let mut classes = [0; 256];
        let mut byte = 0_u8;
        while byte < 128 {
            classes[byte as usize] = match byte {
                b'0'..=b'9' => DIGIT,
                b'a'..=b'z' => LOWERCASE,
                b'A'..=b'Z' => UPPERCASE,
                0 => NUL,
                _ => 0,
            };
            byte += 1;
        }
        classes
    };

    /// Looks each byte up in a table. Reads ASCII only.
    #[inline(never)]
    pub(crate) fn check_ascii(password: &str) -> Result<(), Vec<Missing>> {
        let classes = password.bytes().fold(0, |found, byte| found | CLASSES[usize::from(byte)]);
        missing(password.len(), classes)
    }

    /// Asks the standard library for the Unicode properties of each character. A digit is
    /// what `char::is_numeric` accepts.
    #[inline(never)]
    pub(crate) fn check_unicode(password: &str) -> Result<(), Vec<Missing>> {
        let (mut characters, mut classes) = (0, 0);
        for character in password.chars() {
            characters += 1;
            let of = |class, is_one| if is_one { class } else { 0 };
            classes |= of(DIGIT, character.is_numeric())
                | of(LOWERCASE, character.is_lowercase())
                | of(UPPERCASE, character.is_uppercase())
                | of(NUL, character == '\0');
        }
        missing(characters, classes)
    }

    fn missing(characters: usize, classes: u8) -> Result<(), Vec<Missing>> {
        let missed = [
            (Missing::Length, characters < 8),
            (Missing::Digit, classes & DIGIT == 0),
            (Missing::Lowercase, classes & LOWERCASE == 0),
            (Missing::Uppercase, classes & UPPERCASE == 0),
            (Missing::NotTooLong, characters > 256),
            (Missing::NoNul, classes & NUL != 0),
        ];
        if missed.iter().all(|(_, is_missed)| !is_missed) {
            return Ok(());
        }
        let mut missing = Vec::with_capacity(missed.len());
        missing.extend(missed.iter().filter(|(_, is_missed)| *is_missed).map(|(what, _)| *what));
        Err(missing)
    }
}

use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use password_reset::policy::PasswordPolicy;
use std::hint::black_box;
use support::ratio;

type ByHand = fn(&str) -> Result<(), Vec<by_hand::Missing>>;

fn compare(criterion: &mut Criterion, what: &str, passwords: &[&str], by_hand: ByHand) {
    let policy = PasswordPolicy::default();
    for password in passwords {
        let told = policy.check(password).err().map_or(0, |told| told.iter().count());
        assert_eq!(told, by_hand(password).err().map_or(0, |told| told.len()), "{password}");
    }
    let ours = || {
        for password in passwords {
            _ = black_box(policy.check(black_box(password)));
        }
    };
    let by_hand = || {
        for password in passwords {
            _ = black_box(by_hand(black_box(password)));
        }
    };
    ratio::compare(criterion, &format!("policy/{what}"), ours, ("by hand", by_hand));
}

fn policy(criterion: &mut Criterion) {
    let valid = ["Abcdefg1", "Tr0ub4dor&3", "correct Horse 7", "0123456789abCDEF"];
    let rejected = ["password", "12345678", "PASSWORD1", "abcdefghijklmnop", "a", ""];
    compare(criterion, "ASCII, 8 to 16, valid", &valid, by_hand::check_ascii);
    compare(criterion, "ASCII, up to 16, rejected", &rejected, by_hand::check_ascii);
    for length in [64, 128, 256] {
        let long = format!("A1{}", "a".repeat(length - 2));
        compare(criterion, &format!("ASCII, {length}, valid"), &[&long], by_hand::check_ascii);
    }
    let mixed =
        ["Пароль12", "Tschüß-Ölung7", "pässwörd Ñandú 3", "ΚαλημέραΚόσμε1", "密码Aa1密码密码"];
    compare(criterion, "Unicode, 8 to 16, valid", &mixed, by_hand::check_unicode);
    let long = "Жёлтый1".repeat(32);
    compare(criterion, "Unicode, 224, valid", &[&long], by_hand::check_unicode);

    let policy = PasswordPolicy::default();
    let mut group = criterion.benchmark_group("policy/too long to be read");
    for (name, password) in
        [("8 characters", "password".to_owned()), ("1 MiB", "a".repeat(1 << 20))]
    {
        group.bench_function(BenchmarkId::from_parameter(name), |bencher| {
            bencher.iter(|| policy.check(black_box(&password)).is_ok());
        });
    }
    group.finish();
}

criterion_group!(benches, policy);
criterion_main!(benches);
