//! What passes allocates nothing; what does not, once.

use super::Without;
use allocation_counter::measure;
use password_reset::policy::{ContextWords, PasswordPolicy};

fn policies() -> Vec<PasswordPolicy> {
    let words = || ContextWords::Contained(vec!["Acme".into(), "acme.example.com".into()]);
    let builders = [
        PasswordPolicy::builder(),
        PasswordPolicy::builder().context_words(words()).bcrypt(true),
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
                policy.check_for(password, &["alice@example.com"]).unwrap();
            });
            assert_eq!(count, 0, "{password} under {policy:?}");
        }
    }
}

#[test]
fn a_check_that_does_not_pass_allocates_once() {
    for policy in policies() {
        for password in ["", "password", "PASSWORD\0", "ÀÀÀ", &"a".repeat(1 << 20)] {
            let count = allocations(|| drop(policy.check(password).unwrap_err()));
            assert_eq!(count, 1, "{password:.20} under {policy:?}");
        }
    }
}
