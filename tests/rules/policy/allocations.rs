//! A password that passes allocates nothing; one that fails allocates once.

use super::Without;
use allocation_counter::measure;
use password_reset::policy::{ContextWords, PasswordPolicy};

fn policies() -> Vec<PasswordPolicy> {
    let builders = [
        PasswordPolicy::builder(),
        PasswordPolicy::builder().max_bytes(100).bcrypt(true),
        PasswordPolicy::builder().blocklist(std::collections::BTreeSet::from(["x".to_owned()])),
        PasswordPolicy::builder().requirement(Without("acme")),
        #[cfg(feature = "common-passwords")]
        PasswordPolicy::builder()
            .common_passwords(password_reset::policy::CommonPasswords::IgnoringCase),
        #[cfg(feature = "nfc")]
        PasswordPolicy::builder().nfc(true),
    ];
    builders.map(|builder| builder.build().unwrap()).into()
}

fn allocations(check: impl FnOnce()) -> u64 {
    measure(check).count_total
}

#[test]
fn a_check_that_passes_allocates_nothing() {
    let long = format!("Aa1{}", "é".repeat(30));
    for policy in policies() {
        for password in ["Correct horse 7", "Пароль12", "😀😀😀😀😀A1a", long.as_str()]
        {
            let count = allocations(|| {
                let _ = policy.check_for(password, &["alice@example.com"]).unwrap();
            });
            assert_eq!(count, 0, "{password} under {policy:?}");
        }
    }
}

#[test]
fn a_check_that_does_not_pass_allocates_once() {
    for policy in policies() {
        for password in ["", "\0", "password", "PASSWORD\0", "ÀÀÀ", &"a".repeat(1 << 20)] {
            let count = allocations(|| drop(policy.check(password).unwrap_err()));
            assert_eq!(count, 1, "{password:.20} under {policy:?}");
        }
    }
}

#[test]
fn context_words_allocate_nothing_while_all_is_ascii() {
    let words = ContextWords::Contained(vec!["Acme".into(), "acme.example.com".into()]);
    let policy = PasswordPolicy::builder().context_words(words).build().unwrap();
    let check = || {
        let _ =
            policy.check_for("Correct horse 7", &["alice@example.org", "Alice Liddell"]).unwrap();
    };
    assert_eq!(allocations(check), 0);
}

#[test]
fn the_hosts_own_requirements_are_reported_without_allocating_again() {
    let names = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"];
    let builder = PasswordPolicy::builder();
    let builder = names.into_iter().fold(builder, |b, name| b.requirement(Without(name)));
    let policy = builder.build().unwrap();
    let all_at_once = names.concat() + "\0";
    assert_eq!(allocations(|| drop(policy.check(&all_at_once).unwrap_err())), 1);
}
