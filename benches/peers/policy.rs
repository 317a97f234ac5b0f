//! Times the default policy beside other crates; `benches/report` prints the ratios.

use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use password_reset::policy::PasswordPolicy;
use std::hint::black_box;

/// Checks the length; the kinds of characters are the host's functions.
mod with_garde {
    use garde::{Error, Result, Validate};

    #[derive(Validate)]
    pub(crate) struct Form<'a> {
        #[garde(length(chars, min = 8, max = 256), custom(digit), custom(lower), custom(upper))]
        pub(crate) password: &'a str,
    }

    fn ask(is_met: bool, message: &str) -> Result {
        if is_met { Ok(()) } else { Err(Error::new(message)) }
    }

    fn digit(password: &str, _: &()) -> Result {
        ask(password.chars().any(char::is_numeric), "use at least one number")
    }

    fn lower(password: &str, _: &()) -> Result {
        ask(password.chars().any(char::is_lowercase), "use at least one lower-case letter")
    }

    fn upper(password: &str, _: &()) -> Result {
        ask(password.chars().any(char::is_uppercase), "use at least one upper-case letter")
    }
}

/// Checks the length; the kinds of characters are the host's functions.
mod with_validator {
    use validator::{Validate, ValidationError};

    #[derive(Validate)]
    pub(crate) struct Form<'a> {
        #[validate(
            length(min = 8, max = 256),
            custom(function = "digit"),
            custom(function = "lower"),
            custom(function = "upper")
        )]
        pub(crate) password: &'a str,
    }

    fn ask(is_met: bool, code: &'static str) -> Result<(), ValidationError> {
        if is_met { Ok(()) } else { Err(ValidationError::new(code)) }
    }

    fn digit(password: &str) -> Result<(), ValidationError> {
        ask(password.chars().any(char::is_numeric), "missing_digit")
    }

    fn lower(password: &str) -> Result<(), ValidationError> {
        ask(password.chars().any(char::is_lowercase), "missing_lowercase")
    }

    fn upper(password: &str) -> Result<(), ValidationError> {
        ask(password.chars().any(char::is_uppercase), "missing_uppercase")
    }
}

/// Whether a password is accepted.
type Check<'a> = &'a dyn Fn(&str) -> bool;

fn policies(criterion: &mut Criterion) {
    use garde::Validate as _;
    use validator::Validate as _;

    let policy = PasswordPolicy::default();
    // Counts bytes, and takes both cases as one rule.
    let passcheck = passcheck::PasswordChecker::new()
        .min_length(8, None)
        .require_upper_lower(None)
        .require_number(None);
    let by_crate = |password: &str| policy.check(password).is_ok();
    let by_passcheck = |password: &str| passcheck.validate(password).is_ok();
    let by_garde = |password: &str| with_garde::Form { password }.validate().is_ok();
    let by_validator = |password: &str| with_validator::Form { password }.validate().is_ok();
    let checks: [(&str, Check<'_>); 5] = [
        ("crate", &by_crate),
        ("crate again", &by_crate),
        ("passcheck", &by_passcheck),
        ("garde", &by_garde),
        ("validator", &by_validator),
    ];
    for (what, passwords, accepted) in [
        ("rejected", ["password", "12345678", "PASSWORD1", "abcdefghijklmnop", "a"], false),
        (
            "valid",
            ["Abcdefg1", "Tr0ub4dor&3", "correct Horse 7", "0123456789abCDEF", "aB3aB3aB3"],
            true,
        ),
    ] {
        let mut group = criterion.benchmark_group(format!("peers/policy, {what}"));
        for (name, check) in checks {
            assert!(passwords.iter().all(|password| check(password) == accepted), "{name}");
            group.bench_function(BenchmarkId::from_parameter(name), |bencher| {
                bencher.iter(|| passwords.iter().filter(|p| check(black_box(p))).count());
            });
        }
        group.finish();
    }
}

criterion_group!(benches, policies);
criterion_main!(benches);
