use crate::text;
use password_reset::PasswordPolicy;
use password_reset::policy::{Breach, BreachError, BreachRange, BreachService};
use std::sync::LazyLock;

/// SHA-1 of `password`, without the five digits that are asked for.
const SUFFIX: &str = "1E4C9B93F3F0682250B6CF8331B7EE68FD8";

static POLICIES: LazyLock<[PasswordPolicy; 2]> = LazyLock::new(|| {
    [BreachService::FailOpen, BreachService::FailClosed].map(|service| {
        let lenient = PasswordPolicy::builder().digit(false).uppercase(false);
        lenient.breach_service(service).build().unwrap()
    })
});

/// Text as a range service's answer: read if and only if all of it is rows, and never
/// absence where it is not.
pub fn breach_answer(data: &[u8]) {
    let answer = &*text(data);
    let [accepting, rejecting] = &*POLICIES;
    let range = BreachRange::of(&rejecting.prepare("password"));
    let expected = times_in(answer.as_bytes());
    assert_eq!(range.times_in(answer).ok(), expected);

    let judged = [accepting, rejecting].map(|policy| {
        let password = policy.check("password").unwrap();
        policy.check_breach(password, Some(answer)).map(|(password, breach)| {
            assert_eq!(password.accept().unwrap().expose_password(), "password");
            breach
        })
    });
    match (expected, judged) {
        (None, [Ok(Breach::Unknown(Some(_))), Err(BreachError::Unknown(Some(_)))])
        | (Some(0), [Ok(Breach::Absent), Ok(Breach::Absent)])
        | (Some(1..), [Err(BreachError::Breached(_)), Err(BreachError::Breached(_))]) => {}
        (_, judged) => panic!("{answer:?} is judged {judged:?}"),
    }
}

/// The largest count of the password's rows; `None` where a line is no row.
fn times_in(answer: &[u8]) -> Option<u64> {
    let end = answer.iter().rposition(|byte| !byte.is_ascii_whitespace())?;
    let mut most = 0;
    for line in answer[..=end].split(|byte| *byte == b'\n') {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        let (suffix, times) = line.split_at_checked(35)?;
        let (b':', digits) = times.split_first()? else { return None };
        if digits.is_empty() || !suffix.iter().all(u8::is_ascii_hexdigit) {
            return None;
        }
        let mut times = 0_u64;
        for digit in digits {
            let digit = char::from(*digit).to_digit(10)?;
            times = times.checked_mul(10)?.checked_add(digit.into())?;
        }
        if suffix.to_ascii_uppercase() == SUFFIX.as_bytes() {
            most = most.max(times);
        }
    }
    Some(most)
}
