//! Issuers that throttle as little as they can.

use password_reset::token::{Throttle, TokenIssuer};
use std::time::Duration;

/// No cooldown, and 14 links at one reading of the clock.
pub(crate) fn eager_throttle() -> Throttle {
    let throttle = Throttle::per_window(14, Duration::from_nanos(1)).unwrap();
    throttle.with_cooldown(Duration::ZERO).unwrap()
}

pub(crate) fn eager() -> TokenIssuer {
    TokenIssuer::builder().throttle(eager_throttle()).build().unwrap()
}
