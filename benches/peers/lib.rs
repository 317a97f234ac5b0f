//! Measures what people use in place of `password-reset` in the same run as it. A workspace of
//! its own, so that nobody builds the peers who does not ask for them.
