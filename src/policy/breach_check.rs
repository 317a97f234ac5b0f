/// How a policy looks whether a password has appeared in a data breach.
///
/// With a service, the look is a step of its own, since it takes a network: the host asks
/// between `accept` and `commit`, and a commit without it is a fault. What happens when
/// the service gives no answer is said here, once, and is never silent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Deserialize, serde::Serialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum BreachCheck {
    /// A [blocklist](super::PasswordPolicyBuilder::blocklist) of the host's holds breached
    /// passwords: there is nothing more to ask.
    Blocklist,
    /// A range service is asked; while it gives no answer, no password is accepted.
    #[cfg(feature = "hibp")]
    #[cfg_attr(docsrs, doc(cfg(feature = "hibp")))]
    ServiceOrReject,
    /// A range service is asked; while it gives no answer, passwords are accepted unseen, and
    /// the host is told each time.
    #[cfg(feature = "hibp")]
    #[cfg_attr(docsrs, doc(cfg(feature = "hibp")))]
    ServiceOrAccept,
}
